"""The conformance kit on sources that keep every promise, and on what its hooks are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hub.sdk import Money, Page, SourceAuthError, SourceUnavailable
from hub.sdk.testing import (
    BulkMemorySource,
    MemorySource,
    RecordSourceConformance,
    sample_map,
    sample_source,
    sample_unit,
)

CANARY = "canary-51aa"
Caught = Callable[[object, Path], set[str]]


class Failing(MemorySource):
    """Cannot be read."""

    error: Exception = SourceUnavailable(code="HUB-MEM-009", what="busy", where="memory", mend="wait")

    def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
        raise self.error


class TestFaithful(RecordSourceConformance):
    """A source that keeps every promise passes every test."""

    expected_total = Money(minor=sum(100 * n for n in range(12)), currency="EUR")
    expected_refs_count = 12

    def make_source(self, tmp_path: Path) -> MemorySource:
        return sample_source()

    def make_source_with_bad(self, tmp_path: Path) -> MemorySource:
        units = [sample_unit(n) for n in range(12)]
        units[3] = sample_unit("bad", "F3")
        return sample_source(units={"invoices": units})

    def failures(self, tmp_path: Path) -> Iterable[tuple[Any, type[Any]]]:
        yield Failing({"invoices": []}), SourceUnavailable

    def secrets(self) -> Sequence[str]:
        return [CANARY]


class TestFaithfulSnapshot(TestFaithful):
    """A snapshot may be given whole again."""

    def make_source(self, tmp_path: Path) -> MemorySource:
        class Again(BulkMemorySource):
            def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
                page = super().fetch(stream, cursor, limit)
                return Page(page.units, None if page.last else page.cursor, page.last)

        units = {"invoices": [sample_unit(n) for n in range(12)]}
        return Again(units, sample_map, modes={"invoices": {"mode": "snapshot"}})


class TestFaithfulFiles(RecordSourceConformance):
    """A source of files, written anew each time it is made, keeps them unread when nothing changed."""

    def make_source(self, tmp_path: Path) -> MemorySource:
        file = tmp_path / "invoices.jsonl"
        file.write_bytes(b"\n".join(sample_unit(n).body for n in range(12)))

        class Files(MemorySource):
            def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
                state = json.loads(cursor) if cursor else {"time": file.stat().st_mtime_ns, "after": 0}
                if state["time"] != file.stat().st_mtime_ns:
                    state = {"time": file.stat().st_mtime_ns, "after": 0}
                page = super().fetch(stream, json.dumps(state), limit)
                return Page(page.units, json.dumps(state | json.loads(page.cursor or "")), page.last)

        return Files({"invoices": [sample_unit(n) for n in range(12)]}, sample_map)


def test_what_the_hooks_promise_is_caught_too(failing_tests: Caught, tmp_path: Path) -> None:
    """Neighbours that are lost, an error of another type, and a key in an error's text."""
    wrong = SourceAuthError(code="E1", what=f"key {CANARY} refused", where="memory", mend="renew")

    class Kit(TestFaithful):
        def make_source_with_bad(self, tmp_path: Path) -> MemorySource:
            return sample_source(units={"invoices": [sample_unit("bad", "F3"), sample_unit(0)]})

        def failures(self, tmp_path: Path) -> Iterable[tuple[Any, type[Any]]]:
            failing = Failing({"invoices": []})
            failing.error = wrong
            yield failing, SourceUnavailable

    assert {"a_bad_record_leaves_its_neighbours", "errors_can_be_understood", "no_secret_gets_out"} == failing_tests(
        Kit(), tmp_path
    )


@pytest.mark.parametrize("failure", [None, ValueError("x"), "wordless"])
def test_a_failure_must_be_one_of_the_hubs_errors(failure: Any, failing_tests: Caught, tmp_path: Path) -> None:
    """Not failing, a ValueError, or an error without a code are no answers."""
    failing = Failing({"invoices": [sample_unit(1)]}) if failure else sample_source()
    if isinstance(failure, ValueError):
        failing.error = failure  # type: ignore[attr-defined]
    elif failure:
        failing.error = SourceUnavailable(code="MEM", what="x", where="y", mend="z")  # type: ignore[attr-defined]

    class Kit(TestFaithful):
        def failures(self, tmp_path: Path) -> Iterable[tuple[Any, type[Any]]]:
            yield failing, SourceUnavailable

    assert "errors_can_be_understood" in failing_tests(Kit(), tmp_path)
