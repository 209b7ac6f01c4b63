"""Days: when banks book, and when an invoice falls due by the terms of this company."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

TODAY = date(2026, 11, 30)
#: The books were taken over at the end of this day: what was paid before is in the invoice files.
TAKEOVER = date(2026, 7, 31)
FIRST_INVOICE = date(2026, 4, 1)

#: Days without bookings, besides weekends.
HOLIDAYS = frozenset(
    date(2026, month, day) for month, day in ((4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (11, 11), (12, 25))
)


def is_working(day: date) -> bool:
    """Whether offices and banks work on that day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def working(day: date) -> date:
    """`day`, or the next one on which banks book."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def worked(day: date) -> date:
    """`day`, or the last one before it on which offices work."""
    while not is_working(day):
        day -= timedelta(days=1)
    return day


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def due_on(issued_on: date, terms: str) -> date:
    """The due date by `terms`.

    Raises:
        KeyError: nobody at this company has such terms.
    """
    days, end_of_month, day = _TERMS[terms]
    reached = issued_on + timedelta(days=days)
    if end_of_month:
        reached = month_end(reached)
    return reached + timedelta(days=day)


#: Terms as people write them: days, end of month, days after that.
_TERMS = {
    "comptant": (0, False, 0),
    "30 jours": (30, False, 0),
    "30 j net": (30, False, 0),
    "30 jours date de facture": (30, False, 0),
    "45 jours": (45, False, 0),
    "60 jours": (60, False, 0),
    "30 jours fin de mois": (30, True, 0),
    "45 jours fin de mois": (45, True, 0),
    "45j fdm": (45, True, 0),
    "30 jours fin de mois le 10": (30, True, 10),
    "30 days": (30, False, 0),
    "30 EOM": (30, True, 0),
}
