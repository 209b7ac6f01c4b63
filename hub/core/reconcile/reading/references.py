"""Reading references: which open items, orders, months and closed invoices a text may name.

A number in a text is checked part by part, leftwards, against every number it may stand for: the counter,
then the period if one is written, then the letters or the word in front. A part that is missing weakens the
reference; a part that disagrees ends it.
"""

from __future__ import annotations

import re
from datetime import date

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.index.numbers import lookalike_of
from hub.core.reconcile.payers.debtor_names import DebtorNames
from hub.core.reconcile.reading.mentions import BARE, STRONG, WEAK, Mention, Reading, Ref
from hub.core.reconcile.reading.text_pass import TextPass
from hub.core.reconcile.reading.written import MOST_ALTERNATIVES, Lexicon
from hub.core.reconcile.texts.text import LONGEST_TEXT, fold, join_pieces, once

_NOT_ALNUM = re.compile(r"[^A-Z0-9]+")
_WORD = re.compile(r"[A-Z]{3,}")
_ANNOUNCED = re.compile(r"(?<![A-Z0-9])[A-Z]+[/:]+(?=\d)")  # the F of "F/2026.06.007O"
_MIXED = re.compile(r"[0-9][OQDILZSBG]+(?:[0-9OQDILZSBG]|\b)|\b[A-Z]{0,4}[OQDILZSBG][0-9]")


class Reader:
    """Reads texts against one ledger."""

    def __init__(self, ledger: Ledger, names: DebtorNames) -> None:
        self.lexicon = Lexicon(ledger, names)
        self.ledger = ledger
        self.numbers = ledger.numbers

    def read(self, texts: list[tuple[str, str]], received_on: date) -> Reading:
        """Read (where, text) pairs of one receipt, the most trusted first, pieces joined as banks cut them."""
        reading = Reading()
        for where, text in texts:
            folded = fold(text[:LONGEST_TEXT])
            TextPass(self.lexicon, reading, where, received_on).run(join_pieces(folded) if "\n" in folded else folded)
            if "\n" in folded:
                # A name at the end of a field may have been glued to the number that follows.
                known = set(reading.words)
                reading.words += [w for w in _WORD.findall(folded) if w not in known and w not in self.numbers.prefixes]
        return reading

    def look_again(self, reading: Reading, texts: list[tuple[str, str]], received_on: date) -> bool:
        """Read once more what did not explain the receipt: words cut between pieces, letters for digits.

        Returns whether the second look changed anything.
        """
        again = [(where, folded) for where, text in texts if _may_say_more(folded := once(fold(text[:LONGEST_TEXT])))]
        if not again:
            return False
        before = _said(reading)
        for where, folded in again:
            if "\n" in folded:
                # Fields of a statement are no cut words, and a field may fill its width: read it both ways.
                for other in sorted({folded.replace("\n", ""), folded.replace("\n", " ")} - {join_pieces(folded)}):
                    second = Reading()
                    TextPass(self.lexicon, second, where, received_on).run(other)
                    if len(other) < len(folded):  # glued: what a line has whole was read before
                        second.mentions = [m for m in second.mentions if not _stands_in_a_line(m.text, folded)]
                    _merge(reading, second)
            if _MIXED.search(folded):
                whole = join_pieces(folded[:2000])
                for other in dict.fromkeys((whole, folded[:2000], _ANNOUNCED.sub(" ", whole))):
                    self._read_lookalikes(reading, where, other)
        return _said(reading) != before

    def _read_lookalikes(self, reading: Reading, where: str, folded: str) -> None:
        """Whole numbers in which letters and digits of like shape were exchanged (O for 0, I for 1, B for 8)."""
        words = [w if w.isalnum() else _NOT_ALNUM.sub("", w) for w in folded.split()]
        for at, word in enumerate(words[:60]):
            for key in (word, "".join(words[at : at + 2]), "".join(words[at : at + 3])):
                if len(key) >= 6 and not key.isalpha():
                    rows = self.numbers.rows(self.numbers.by_lookalike.get(lookalike_of(key)))
                    if rows and key not in self.numbers.whole and all(m.text != key for m in reading.mentions):
                        reading.mentions = [m for m in reading.mentions if m.text not in key]
                        known = sorted(rows, key=lambda row: self.ledger.items.id[row])[:MOST_ALTERNATIVES]
                        reading.mentions.append(Mention(key, where, tuple(Ref(row, STRONG) for row in known)))
                        return


def _stands_in_a_line(number: str, folded: str) -> bool:
    """Whether a number stands in one of the lines of a text as it is."""
    return any([number in line for line in folded.split("\n")])


def _may_say_more(folded: str) -> bool:
    """Whether a text is in pieces, or has letters among digits."""
    return "\n" in folded or _MIXED.search(folded) is not None


def _said(reading: Reading) -> tuple[list[Mention], list[object]]:
    """What a second look may change."""
    return list(reading.mentions), [*reading.closed, *reading.orders, *reading.unknown]


def _merge(reading: Reading, glued: Reading) -> None:
    """Add what only the glued text shows: numbers that the cut between two pieces had broken."""
    known = {ref.row for m in reading.mentions for ref in m.refs if ref.strength >= STRONG}
    least = STRONG if any(m.refs[0].strength > WEAK for m in reading.mentions) else BARE
    strong = [m for m in glued.mentions if m.refs[0].strength >= least and m.refs[0].row not in known]
    if strong:
        texts = {m.text for m in glued.mentions}
        reading.mentions = [m for m in reading.mentions if m.refs[0].strength >= STRONG or m.text in texts]
        reading.mentions += strong
        reading.unknown = [u for u in reading.unknown if u in glued.unknown]
    reading.closed += [c for c in glued.closed if c not in reading.closed]
    reading.orders += [o for o in glued.orders if o not in reading.orders]
