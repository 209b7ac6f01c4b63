"""The connector's end of reports of money received: units out of their evidence, each collection by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hub.core.host.evidence import unpack
from hub.sdk.errors import RecordRejected
from hub.sdk.reporting import Collection


def collected_of(
    source: Any, request: Mapping[str, Any], blob: bytes
) -> tuple[dict[str, Any], dict[str, RecordRejected]]:
    """What `source` makes of each collection: reports as plain values, and refusals; both by allocation."""
    units = unpack(blob)
    at = datetime.fromisoformat(request["at"])
    reports: dict[str, Any] = {}
    refused: dict[str, RecordRejected] = {}
    for position, allocation, receipt, day, minor, currency in request["items"]:
        collection = Collection(allocation, receipt, date.fromisoformat(day), minor, currency)
        try:
            report = source.collected(units[position], collection, at)
        except RecordRejected as error:
            refused[allocation] = error
            continue
        by_rate = {str(rate): part for rate, part in report.by_rate}
        reports[allocation] = {"by_rate": by_rate, "plain": dict(report.plain), "message": report.message}
    return reports, refused
