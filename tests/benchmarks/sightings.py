"""How long linking takes: entries of the books and movements at the bank, from stored texts to links.

``python -m tests.benchmarks.sightings [ENTRIES]`` prints sums linked, suggestions, and microseconds a receipt. One in
ten amounts is a round one that hundreds share; one in twenty movements is in no books.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import date, timedelta

from hub.core.identity.seen import Source, sighting
from hub.core.identity.sightings import match_pairs

_WORDS = "ATELIER DURAND MARTIN GARAGE LAC NORD BOIS FERME MOULIN PORT VIGNE SOLEIL ROCHE PLAINE RIVE MONT".split()


def sources(entries: int, seed: int = 1) -> tuple[list[Source], list[Source]]:
    """Entries of the books, and the bank's movements."""
    chance = random.Random(seed)
    firms = [" ".join(chance.sample(_WORDS, 3)) for _ in range(max(10, entries // 20))]
    books, bank = [], []
    for number in range(entries):
        amount = chance.choice((10_000, 12_000, 120_000)) if chance.random() < 0.1 else chance.randint(1_000, 9_000_000)
        day = date(2026, 1, 5) + timedelta(days=chance.randint(0, 300))
        firm = chance.choice(firms)
        text = f"VIR FA-2026-{number:06d}" if chance.random() < 0.5 else "VIREMENT"
        common = (None, None, "EUR", amount)
        bank.append(Source(entries + number, *common, day, day, (), (text,), (), (firm[:24],), (), None))
        if chance.random() < 0.95:
            entered = day + timedelta(days=chance.randint(0, 2))
            names = (f"{firm.title()} SARL",)
            books.append(Source(number, *common, entered, None, (), (text,), ("Virement",), names, (), None))
    return books, bank


def main(entries: int) -> None:
    """Print the figures."""
    books, bank = sources(entries)
    began = time.perf_counter()
    ours, theirs = [sighting(one) for one in books], [sighting(one) for one in bank]
    read = time.perf_counter()
    found = match_pairs(ours, theirs, set())
    ended = time.perf_counter()
    wrong = sum(1 for one in found.links if one.parts[0][0] != one.whole + entries)
    count = len(books) + len(bank)
    print(f"{len(books)} entries, {len(bank)} movements")
    print(f"linked {len(found.links)} ({len(found.links) / len(books):.1%} of the entries), another's: {wrong}")
    print(f"suggested {len(found.suggestions)}")
    print(f"{(read - began) / count * 1e6:.0f} µs a receipt to read, {(ended - read) / count * 1e6:.0f} µs to match")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
