"""The connector keeps every promise of RecordSource."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import httpx
from hub_example_books import ExampleBooks, ExampleBooksConfig

from hub.sdk import HubError, Money, RecordSource, SourceAuthError, SourceUnavailable
from hub.sdk.testing import RecordSourceConformance, make_context

KEY = "canary-exb-4711"
ROWS = [
    {
        "id": n,
        "number": f"F2026-{n:03}",
        "account": f"C{n % 4}",
        "company": "Dupont BTP",
        "issued": f"2026-05-{n:02}",
        "currency": "EUR",
        "total": f"{n}.50",
    }
    for n in range(1, 24)
]


def books(tmp_path: Path, rows: Sequence[dict[str, object]] = ROWS, status: int = 200) -> ExampleBooks:
    def answer(request: httpx.Request) -> httpx.Response:
        if status != 200:
            return httpx.Response(status, text=f"key {request.headers['X-Api-Key']} refused")
        after, limit = (int(request.url.params[name]) for name in ("after", "limit"))
        rest = [row for row in rows if int(str(row["id"])) > after]
        return httpx.Response(200, json={"invoices": rest[:limit], "more": len(rest) > limit})

    config = ExampleBooksConfig.model_validate({"plugin": "example_books", "api_key": KEY, "seller": "S1"})
    return ExampleBooks(config, make_context(tmp_path, transport=httpx.MockTransport(answer)))


class TestExampleBooks(RecordSourceConformance):
    """Against a stand-in for the service."""

    expected_total = Money(minor=sum(100 * n + 50 for n in range(1, 24)), currency="EUR")
    expected_refs_count = 23

    def make_source(self, tmp_path: Path) -> RecordSource:
        return books(tmp_path)

    def make_source_with_bad(self, tmp_path: Path) -> RecordSource:
        return books(tmp_path, [*ROWS[:5], {**ROWS[5], "total": "twelve"}, *ROWS[6:]])

    def failures(self, tmp_path: Path) -> Iterable[tuple[RecordSource, type[HubError]]]:
        yield books(tmp_path, status=401), SourceAuthError
        yield books(tmp_path, status=429), SourceUnavailable
        yield books(tmp_path, status=500), SourceUnavailable

    def secrets(self) -> Sequence[str]:
        return [KEY]
