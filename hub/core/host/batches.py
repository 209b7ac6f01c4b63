"""The connector's end of writing entries for the books, and the form in which a batch crosses the pipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.sdk.columns import records_from_columns
from hub.sdk.errors import ConfigError, HubError, RecordRejected
from hub.sdk.roles import Columns
from hub.sdk.writing import LedgerBatch, Posting, PostingPart


def wire_of_batch(batch: LedgerBatch) -> dict[str, Any]:
    """The batch as plain values."""
    return {"number": batch.number, "postings": [_posting(one) for one in batch.postings]}


def _posting(one: Posting) -> list[Any]:
    parts = [[part.debtor_id, part.document_number, part.amount_minor] for part in one.parts]
    return [one.posting_id, one.booked_on, one.account, one.currency, one.amount_minor, one.label, parts]


def batch_of(wire: Mapping[str, Any]) -> LedgerBatch:
    """The batch that was told."""
    postings = [
        Posting(name, date.fromisoformat(day), account, currency, minor, label, [PostingPart(*part) for part in parts])
        for name, day, account, currency, minor, label, parts in wire["postings"]
    ]
    return LedgerBatch(wire["number"], postings)


def refused_of(source: Any, batch: LedgerBatch) -> dict[str, HubError]:
    """What `source` raises for each posting of `batch` alone."""
    refused: dict[str, HubError] = {}
    for posting in batch.postings:
        try:
            source.write(LedgerBatch(batch.number, [posting]))
        except (ConfigError, RecordRejected) as error:
            refused[posting.posting_id] = error
    return refused


def found_of(source: Any, request: Mapping[str, Any]) -> dict[str, list[str]]:
    """What `source` knows again of the receipts that were told."""
    columns = Columns("receipt", request["unit"], request["values"])
    receipts: Sequence[Any] = [record for _, record in records_from_columns(columns)]
    return {posting: list(keys) for posting, keys in source.acknowledged(request["references"], receipts).items()}
