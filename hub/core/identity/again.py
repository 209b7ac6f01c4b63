"""Which links are judged again when more is known: those that what came since could have been part of.

Links that the hub made by itself are what the sightings of today say, whoever was read first. A receipt that came, was
corrected, or was set free since the last links were made has its whole neighbourhood judged once more; the rest stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from hub.core.identity.deposits import BATCH, DEPOSIT
from hub.core.identity.seen import WIDEST_DAYS
from hub.core.identity.sightings import BY_ACCOUNT, BY_PAYER, BY_REFERENCE, TWINS

#: Rules of links that may be judged again; those of people, payouts and postings are not.
PAIRS = (BY_REFERENCE, BY_PAYER, TWINS, BY_ACCOUNT)
AGAIN = (*PAIRS, BATCH, DEPOSIT)

_WIDE = timedelta(days=WIDEST_DAYS)


class Standing(NamedTuple):
    """A link that the hub made by itself: `days` are those of its two receipts. `fresh`: one of them was corrected
    since."""

    id: int
    name: str
    rule: str
    echo: int
    carrier: int
    currency: str
    amount_minor: int
    days: tuple[date, date]
    recorded_at: int = 0
    fresh: bool = False


class Free(NamedTuple):
    """A receipt that is in no link. `fresh`: it came or was set free since the last links were made."""

    currency: str
    amount_minor: int
    day: date
    fresh: bool


def to_judge_again(links: Sequence[Standing], free: Iterable[Free]) -> list[Standing]:
    """The links among `links` that the sightings of today may not say any more, in their order.

    Of pairs those that lie in one group of dates with something fresh of their amount, as `sightings.clusters` makes
    them; those that rest on a debtor's invoices always, since invoices, matchings and allocations change too; of
    deposits and batches those near anything fresh.
    """
    points: dict[tuple[str, int], list[tuple[date, bool, str]]] = defaultdict(list)
    days: set[date] = set()
    for one in free:
        points[one.currency, one.amount_minor].append((one.day, one.fresh, ""))
        if one.fresh:
            days.add(one.day)
    for link in links:
        if link.rule in PAIRS:
            for day in link.days:
                points[link.currency, link.amount_minor].append((day, link.fresh, link.name))
        if link.fresh:
            days.update(link.days)
    names = {name for ones in points.values() if any(fresh for _, fresh, _ in ones) for name in _near_fresh(ones)}
    deposits = {
        link.name
        for link in links
        if link.rule not in PAIRS and any(abs(day - own) <= _WIDE for day in days for own in link.days)
    }
    return [link for link in links if link.name in names or link.name in deposits or link.rule == BY_ACCOUNT]


def _near_fresh(points: list[tuple[date, bool, str]]) -> set[str]:
    """Names of the links in a group of dates with something fresh in it."""
    found: set[str] = set()
    group: set[str] = set()
    any_fresh, last = False, None
    for day, fresh, name in [*sorted(points), (date.max, False, "")]:
        if last is not None and day - last > _WIDE:
            if any_fresh:
                found |= group
            group, any_fresh = set(), False
        group.add(name)
        any_fresh = any_fresh or fresh
        last = day
    return found - {""}
