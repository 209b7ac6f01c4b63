"""The hub's end of writing entries for the books: a batch to the connector, its file back, and what the books have.

The connector only renders and recognises; numbers, once-only and state are the hub's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath

from hub.core.host.answers import ACKNOWLEDGED, REFUSED, WRITTEN
from hub.core.host.batches import wire_of_batch
from hub.core.host.process import ConnectorProcess, Limits, Start, named, place_of
from hub.sdk.errors import BrokenPromise, HubError, from_wire
from hub.sdk.roles import Columns
from hub.sdk.writing import LedgerBatch, LedgerFile

#: Bytes of a writer's file that the hub takes.
MAX_FILE_BYTES = 32 * 1024 * 1024


class Writer:
    """The hub's end: one `LedgerWriter` in its process."""

    def __init__(self, process: ConnectorProcess, start: Start) -> None:
        self._process = process
        self._start = start

    def refusals(self, batch: LedgerBatch) -> dict[str, HubError]:
        """Postings that this connector cannot write, each tried by itself: why, by posting."""
        answer, _ = self._process.ask({"op": "refusals", "batch": wire_of_batch(batch)}, form=REFUSED)
        return {posting: named(from_wire(error), self._start) for posting, error in answer["refused"].items()}

    def write(self, batch: LedgerBatch) -> LedgerFile:
        """The file for `batch`, and by what each of its postings is known again.

        Raises:
            ConfigError: something in it cannot be written: nothing is.
            BrokenPromise: a posting has no reference, two share one, or the file's name is a path.
        """
        answer, body = self._process.ask({"op": "write", "batch": wire_of_batch(batch)}, form=WRITTEN)
        references: dict[str, str] = answer["references"]
        postings = {posting.posting_id for posting in batch.postings}
        name = answer["file_name"]
        fault = None
        if references.keys() != postings or len(set(references.values())) != len(postings):
            fault = "its postings are not known by a reference each"
        elif PurePath(name).name != name or name in ("", ".", "..") or "\\" in name:
            fault = f"{name!r} is no name of a file"
        elif not body or len(body) > MAX_FILE_BYTES:
            fault = f"its file has {len(body)} bytes"
        if fault is not None:
            raise self._broken(fault)
        return LedgerFile(name, answer["media_type"], body, references)

    def acknowledged(self, references: Mapping[str, str], receipts: Columns) -> dict[str, list[str]]:
        """By posting, the source keys of those of `receipts` that the books gave for it.

        Raises:
            BrokenPromise: it names a posting or a receipt that it was not told of.
        """
        answer, _ = self._process.ask(
            {"op": "acknowledged", "references": dict(references), "unit": receipts.unit, "values": receipts.values},
            form=ACKNOWLEDGED,
        )
        found: dict[str, list[str]] = answer["found"]
        told = set(receipts.values["source_key"])
        if not found.keys() <= references.keys() or any(key not in told for keys in found.values() for key in keys):
            raise self._broken("it acknowledged what it was not told of")
        return found

    def _broken(self, what: str) -> BrokenPromise:
        return BrokenPromise(
            code="HUB-HOST-013", what=what, where=place_of(self._start), mend="report it to the connector's author"
        )


@contextmanager
def writer(start: Start, limits: Limits | None = None) -> Iterator[Writer]:
    """A connector's process, to be asked for entries; ended afterwards."""
    with ConnectorProcess(start, limits) as process:
        yield Writer(process, start)
