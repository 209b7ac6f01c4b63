"""The raw limit: what one pass of an equality join over the same records costs, and what it would get right.

polars is a benchmark's dependency only. The join links a receipt to an open item when a word of its text is,
letters and digits only, the item's number and the amounts are equal: no names, no typing errors, no sums.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from tests.benchmarks.reconciliation.scenario import Scenario


class Limit(NamedTuple):
    """Wall and CPU seconds of the join (polars uses all cores), and the receipts it links to one item."""

    wall: float
    cpu: float
    linked: int


def measure(scenario: Scenario) -> Limit | None:
    """Run the join; None when polars is not installed."""
    try:
        import polars as pl
    except ImportError:
        return None
    wall, cpu = time.perf_counter(), time.process_time()
    receipts, items = scenario.receipts, scenario.items
    words = (
        pl.LazyFrame({"receipt": receipts.id, "amount": receipts.amount_minor, "text": receipts.remittance})
        .with_columns(pl.col("text").fill_null("").str.to_uppercase().str.split(" "))
        .explode("text")
        .with_columns(pl.col("text").str.replace_all(r"[^A-Z0-9]", ""))
    )
    numbers = pl.LazyFrame({"item": items.id, "amount": items.open_minor, "text": items.number}).with_columns(
        pl.col("text").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    )
    linked = words.join(numbers, on=["text", "amount"]).select("receipt").unique().collect().height
    return Limit(time.perf_counter() - wall, time.process_time() - cpu, linked)
