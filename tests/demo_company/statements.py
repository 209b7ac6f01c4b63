"""Which movements stand in which statement file: weeks and months, the one that overlaps and the one that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from tests.demo_company import camt, cfonb
from tests.demo_company.calendar_fr import TAKEOVER, TODAY
from tests.demo_company.catalogue import ATELIER, SERVICES
from tests.demo_company.model import Movement, Seller

#: The closing balance of this week is one cent off: the statement is held whole.
WRONG = date(2026, 9, 11)
#: This week's file begins two working days early: Thursday and Friday before stand in two files.
OVERLAP = date(2026, 10, 16)
#: The second seller's bank changes to version .08 after this day.
_LAST_OLD_VERSION = date(2026, 9, 30)


def referenced(movements: Sequence[Movement]) -> None:
    """Give each movement the bank's reference; the two twins came in one order and share theirs.

    Direct debits of one day are one batch, with a reference of its own.
    """
    counts: dict[tuple[str, date], int] = {}
    twin = ""
    for movement in movements:
        place = (movement.seller, movement.on)
        counts[place] = counts.get(place, 0) + 1
        prefix = "VM" if movement.seller == "ATM" else "ZV0731"
        movement.ref = f"{prefix}{movement.on:%y%m%d}{counts[place]:04d}"
        if movement.kind == "twin":
            movement.ref = twin = twin or movement.ref
        if movement.method == "debit" and movement.minor > 0:
            movement.batch = f"PRLV{movement.on:%y%m%d}"


def files(movements: Sequence[Movement]) -> dict[str, bytes]:
    """All statement files by their path."""
    own = [movement for movement in movements if movement.seller == ATELIER.code]
    made = {f"bank/atelier/releve_{week.closed_on:%Y%m%d}.txt": cfonb.statement(ATELIER, week) for week in _weeks(own)}
    theirs = [movement for movement in movements if movement.seller == SERVICES.code]
    for number, (days, opening, part) in enumerate(_parts(SERVICES, theirs, list(_mixed())), start=31):
        version = "02" if days[1] <= _LAST_OLD_VERSION else "08"
        name = f"bank/services/camt053_{days[1]:%Y%m%d}.xml"
        made[name] = camt.statement(SERVICES, number, days, opening, _batches_together(part), version)
    return made


def held_movements(movements: Sequence[Movement]) -> list[Movement]:
    """The movements of the statement that is held."""
    first = WRONG - timedelta(days=7)
    return [m for m in movements if m.seller == ATELIER.code and first < m.on <= WRONG]


def _weeks(movements: Sequence[Movement]) -> Iterator[cfonb.Week]:
    fridays = list(_fridays())
    for (opened_on, closed_on), opening, part in _parts(ATELIER, movements, fridays):
        if closed_on == OVERLAP:
            opened_on -= timedelta(days=2)
            again = [movement for movement in movements if opened_on < movement.on <= opened_on + timedelta(days=2)]
            opening -= sum(movement.minor for movement in again)
            part = [*again, *part]
        yield cfonb.Week(opened_on, opening, closed_on, part, slip=1 if closed_on == WRONG else 0)


def _parts(
    seller: Seller, movements: Sequence[Movement], ends: Sequence[date]
) -> Iterator[tuple[tuple[date, date], int, list[Movement]]]:
    """The movements up to each closing day, with the days and the opening balance; each begins where one ended."""
    opened_on, balance = TAKEOVER, seller.opening
    for closed_on in ends:
        part = [movement for movement in movements if opened_on < movement.on <= closed_on]
        yield (opened_on, closed_on), balance, part
        opened_on, balance = closed_on, balance + sum(movement.minor for movement in part)


def _fridays() -> Iterator[date]:
    day = date(2026, 8, 7)
    while day < TODAY:
        yield day
        day += timedelta(days=7)
    yield TODAY


def _mixed() -> Iterator[date]:
    """Months in version .02, then weeks in version .08."""
    yield date(2026, 8, 31)
    yield _LAST_OLD_VERSION
    yield from (friday for friday in _fridays() if friday > _LAST_OLD_VERSION)


def _batches_together(movements: Sequence[Movement]) -> list[Movement]:
    """By day, the direct debits of the day one after the other."""
    made: list[Movement] = []
    for _, day in groupby(movements, lambda movement: movement.on):
        made += sorted(day, key=lambda movement: movement.batch)
    return made
