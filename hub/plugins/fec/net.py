"""Openings that tell an invoice net of what was paid on it: its number, and less than was left open of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hub.plugins.fec.facts import piece_key
from hub.plugins.fec.mentions import Mentions
from hub.plugins.fec.scratch import Scratch

#: One line carried forward: debtor, account, code, lettering date, signed amount, piece, day, line.
Carried = tuple[str, str, str, str, int, str, str, int]


@dataclass(slots=True)
class Part:
    """A part of a fact of which something is left; `rest` is signed."""

    id: int
    doc: int
    rest: int
    piece: str
    abroad: int


def settle_net(scratch: Scratch, period: str, lines: list[Carried], left: dict[int, Part]) -> None:
    """Settle in part the invoices that opening lines of one debtor tell net, with payments that the opening does not
    repeat; what is settled leaves `left`, the newest first in it. A document in another currency stays whole."""
    net = _told_net(lines, left)
    if not net:
        return
    pool, room = _spent(lines, left)
    done: Counter[int] = Counter()
    settled: list[tuple[int, str, str, int]] = []
    for line, part in net:
        short = part.rest - line[4]
        if short > room:
            continue
        room -= short
        done[part.id] = short
        group = f"{period}/{line[1]}/{line[0]}/={line[5]}"
        settled.append((part.doc, group, line[6], short))
        for one in _by_fitness(scratch, pool, line[5], short):
            share = min(short, -one.rest)
            if share:
                one.rest += share
                part.rest -= share
                short -= share
                done[one.id] += share
                settled.append((one.doc, group, line[6], share))
    scratch.many("INSERT INTO settled VALUES (?,?,?,?)", settled)
    scratch.many(
        "UPDATE part SET rest = rest - CASE WHEN rest > 0 THEN ? ELSE -? END WHERE id = ?",
        [(share, share, id_) for id_, share in done.items()],
    )
    for id_ in done:
        if not left[id_].rest:
            del left[id_]


def _told_net(lines: list[Carried], left: dict[int, Part]) -> list[tuple[Carried, Part]]:
    """Lines with the number of one invoice of which more is left, and that invoice."""
    told = Counter(line[5] for line in lines)
    parts = Counter(part.piece for part in left.values() if part.rest > 0)
    by_piece = {part.piece: part for part in left.values() if part.rest > 0 and not part.abroad}
    return [
        (line, part)
        for line in lines
        if piece_key(line[5]) and told[line[5]] == parts[line[5]] == 1
        if (part := by_piece.get(line[5])) is not None and 0 < line[4] < part.rest
    ]


def _spent(lines: list[Carried], left: dict[int, Part]) -> tuple[list[Part], int]:
    """Payments that the opening does not repeat, the oldest first, and how much of them it leaves out."""
    repeated = Counter(line[4] for line in lines if line[4] < 0)
    pool = []
    for part in reversed(list(left.values())):
        if part.rest >= 0 or part.abroad:
            continue
        if repeated[part.rest]:
            repeated[part.rest] -= 1
        else:
            pool.append(part)
    lumps = sum(minor * many for minor, many in repeated.items())
    return pool, lumps - sum(part.rest for part in pool)


def _by_fitness(scratch: Scratch, pool: list[Part], piece: str, short: int) -> list[Part]:
    """Payments that name the invoice, then those of exactly what is missing, then the oldest."""

    def names(part: Part) -> bool:
        label = scratch.one("SELECT label FROM doc WHERE id = ?", part.doc) or ""
        return piece in Mentions([(part.piece, label)])

    return sorted(pool, key=lambda part: (not names(part), part.rest != -short))
