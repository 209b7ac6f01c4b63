"""The aged balance (balance âgée): what each debtor has open, by how late it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal, NamedTuple

from hub.core.ledger.facts import INVOICE
from hub.core.ledger.open_items import OpenItems

#: Upper bounds of the buckets in days late, law-and-finance.md §7; what is beyond the last has its own
#: bucket.
DEFAULT_BOUNDS = (30, 60, 90)


class AgedRow(NamedTuple):
    """One debtor in one currency. `amounts`: one signed sum per bucket, in the order of the balance.

    `overdue_minor`: the buckets past due, credits in them deducted. Minor units.
    """

    seller: str
    debtor_id: str
    currency: str
    amounts: tuple[int, ...]
    total_minor: int
    overdue_minor: int


class AgedBalance(NamedTuple):
    """The aged balance on a day: rows by seller, debtor, currency; totals by currency, never across.

    `buckets`: "not_due", "1_30", … "over_90", and "credits" when credits stand apart.
    """

    as_of: date
    buckets: tuple[str, ...]
    rows: list[AgedRow]
    totals: dict[str, tuple[int, ...]]


def aged_balance(
    items: OpenItems,
    *,
    as_of: date,
    bounds: Sequence[int] = DEFAULT_BOUNDS,
    by: Literal["due", "issue"] = "due",
    credits_apart: bool = False,
) -> AgedBalance:
    """Sum open items per debtor, currency and bucket. Buckets of a row add up to its open items, to the cent.

    Args:
        items: open items as of `as_of`, any order.
        bounds: rising upper bounds in days: (30, 60, 90) gives 1–30, 31–60, 61–90 and over 90.
        by: "due", days after the due date (an instalment by its own); "issue", days after the issue date.
        credits_apart: False: a credit is placed by its own date, like an invoice (kpi_examples.json K05);
            True: what is no claim has a bucket of its own, the last one.

    Raises:
        ValueError: bounds that do not rise from above 0.
    """
    limits = [0, *bounds]
    if any(upper <= lower for lower, upper in pairwise(limits)):
        raise ValueError(f"bounds of an aged balance rise from above 0, not {tuple(bounds)}")
    buckets = bucket_names(bounds, credits_apart=credits_apart)
    size, today = len(buckets), as_of.toordinal()
    sums: dict[tuple[str, str, str], list[int]] = {}
    days = items.age_days if by == "issue" else items.late_days
    columns = zip(
        items.seller,
        items.debtor_id,
        items.currency,
        items.open_minor,
        days,
        items.parts,
        items.kind,
        strict=True,
    )
    for seller, debtor, currency, minor, late_days, parts, kind in columns:
        key = (seller, debtor, currency)
        row = sums.get(key)
        if row is None:
            row = sums[key] = [0] * size
        if credits_apart and (kind != INVOICE or minor < 0):
            row[-1] += minor
        elif parts and by == "due":
            for due, amount in parts:
                row[bisect_left(limits, today - due.toordinal())] += amount
        else:
            row[bisect_left(limits, late_days)] += minor
    past_due = slice(1, len(limits) + 1)
    rows = [AgedRow(*key, tuple(row), sum(row), sum(row[past_due])) for key, row in sorted(sums.items())]
    return AgedBalance(as_of, buckets, rows, _totals(rows))


def bucket_names(bounds: Sequence[int] = DEFAULT_BOUNDS, *, credits_apart: bool = False) -> tuple[str, ...]:
    """The stored spelling of the buckets, in order: "not_due", "1_30", "31_60", "61_90", "over_90"[,
    "credits"].
    """
    starts = [1, *(bound + 1 for bound in bounds)]
    spans = [f"{start}_{bound}" for start, bound in zip(starts, bounds, strict=False)]
    last = [f"over_{bounds[-1]}"] if bounds else ["late"]
    return ("not_due", *spans, *last, *(["credits"] if credits_apart else []))


def _totals(rows: Iterable[AgedRow]) -> dict[str, tuple[int, ...]]:
    sums: dict[str, tuple[int, ...]] = {}
    for row in rows:
        found = sums.get(row.currency, (0,) * len(row.amounts))
        sums[row.currency] = tuple(a + b for a, b in zip(found, row.amounts, strict=True))
    return dict(sorted(sums.items()))
