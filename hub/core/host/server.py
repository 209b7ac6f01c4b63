"""What a connector's process answers: pages offered, taken apart and mapped with one built connector."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from hub.core.host.batches import batch_of, found_of, refused_of
from hub.core.host.collecting import collected_of
from hub.core.host.comparing import compare
from hub.core.host.evidence import DIGEST_SIZE, chunks, digests_of, excerpt, pack, unpack
from hub.core.host.frames import frame_of, json_of, write_frame
from hub.core.host.reading_ahead import Read, ReadingAhead
from hub.core.host.totals import STREAM as TOTALS
from hub.core.host.totals import WithTotals, with_totals
from hub.sdk.columns import columns_from_records
from hub.sdk.context import Clock
from hub.sdk.errors import BrokenPromise, HubError, RecordRejected
from hub.sdk.events import Headers
from hub.sdk.records import Record
from hub.sdk.redaction import redact
from hub.sdk.roles import Columns, MappedPage
from hub.sdk.units import MAX_PAGE_UNITS, InColumns, Page, RawUnit

#: What is told of an error that refused one call of a sender.
REFUSED = ("type", "code", "what", "where", "mend")


class Server:
    """Answers the hub's requests with one built connector."""

    def __init__(self, source: Any, out: BinaryIO, clock: Clock) -> None:
        self._source = with_totals(source, clock)
        self._pages = ReadingAhead(self._source)
        self._out = out
        self._stream = ""
        self._read: Read | None = None
        self._all_new = False
        self._by_marks_before = False
        self._existing: Iterator[str] = iter(())
        self._forget()

    def _forget(self) -> None:
        self._units: Sequence[RawUnit] | None = None
        self._digests: list[bytes] = []
        self._marks: list[bytes] = []
        self._chosen: Sequence[int] | None = None
        self._mapped: bytes | None = None

    def streams(self, _request: dict[str, Any], _body: bytes) -> None:
        """The streams of the source."""
        streams = [
            {
                "name": stream.name,
                "mode": stream.mode,
                "missing": stream.missing,
                "repeats": stream.repeats,
                "whole_objects": stream.whole_objects,
                "swept": stream.swept,
            }
            for stream in self._source.streams()
        ]
        write_frame(self._out, {"streams": streams})

    def fetch(self, request: dict[str, Any], _body: bytes) -> None:
        """Fetch a page and offer it by its fingerprint; its units stay here until they are wanted."""
        self._forget()
        self._stream, self._all_new = request["stream"], bool(request.get("ahead"))
        limit = min(int(request["limit"]), MAX_PAGE_UNITS)
        self._offer(self._pages.take(self._stream, request["cursor"], limit))

    def reread(self, request: dict[str, Any], _body: bytes) -> None:
        """Read objects again that a webhook was about, and offer them as a page beside the stream's own."""
        self._forget()
        self._stream, self._all_new = request["stream"], False
        units = list(self._source.reread(self._stream, request["refs"]))
        self._offer(Read(Page(units, cursor=None, last=True, origin=f"{self._stream}, read again after webhooks")))

    def receive(self, request: dict[str, Any], body: bytes) -> None:
        """Verify the calls of a sender; a faulty one leaves its neighbours. Their bodies come one after the other."""
        calls, start = [], 0
        for call in request["calls"]:
            end = start + call["size"]
            calls.append(self._heard(Headers(call["headers"]), body[start:end]))
            start = end
        write_frame(self._out, {"calls": calls})

    def _heard(self, headers: Headers, body: bytes) -> dict[str, Any]:
        try:
            events = self._source.receive(headers, body)
            told = [{"id": event.id, "stream": event.stream, "ref": event.ref} for event in events]
        except HubError as error:
            wire = wire_of(error)
            return {"events": [], "refused": {name: wire[name] for name in REFUSED}}
        except Exception as error:
            return {"events": [], "refused": broken_by(error)}
        return {"events": told, "refused": None}

    def _offer(self, read: Read) -> None:
        self._read, page = read, read.page
        offer = {"origin": page.origin, "cursor": page.cursor, "last": page.last, "skipped": list(page.skipped)}
        offer |= {"begins": bool(page.begins), "notes": list(page.notes)}
        write_frame(self._out, offer, page.fingerprint)

    def give_up_ahead(self) -> None:
        """Forget what was made of the page; it is made anew when it is asked for."""
        self._forget()

    def work_ahead(self) -> bool:
        """While the hub is busy, one piece of what it is likely to ask for. False when there is nothing to do.

        Units found changed by their marks are mapped; so are all of a page that it expects to want whole. Else the next
        pages of a bulk reader are fetched, with their marks if pages were compared by them before.
        """
        if self._read is None:
            return False
        if self._units is not None and self._chosen and self._mapped is None:
            self._mapped = self._map_all()
            return True
        if self._all_new:
            ahead = self._units is None
            if ahead:
                self._take_apart(self._read.page)
                self._mapped = self._map_all()
            return ahead
        if self._by_marks_before and self._units is None and self._read.make_marks():
            return True
        return self._pages.go_on(with_marks=self._by_marks_before)

    def units(self, request: dict[str, Any], body: bytes) -> None:
        """Make the page's units and tell those that are not as expected at the same place.

        The request's body is what is expected of each unit: digests, or marks, by which an unchanged unit is known
        without being made. The answer's body: a digest per unit told, then the marks of the whole page, if it has any.
        """
        read = self._read
        if read is None:
            raise _out_of_turn("units")
        if request.get("by") == "marks" and self._by_marks(read, body):
            return
        self._take_apart(read.page)
        digests, units = self._digests, self._units or ()
        expected = chunks(body, DIGEST_SIZE) if request.get("by") == "digests" else []
        places = [place for place, digest in enumerate(digests) if place >= len(expected) or digest != expected[place]]
        whole = len(places) == len(digests)
        refs = _refs(units)
        answer = {
            "count": len(digests),
            "places": None if whole else places,
            "moved": [],
            "former": [],
            "refs": refs if whole else [refs[place] for place in places],
        }
        told = digests if whole else [digests[place] for place in places]
        write_frame(self._out, answer, b"".join([*told, *self._marks]))

    def _take_apart(self, page: Page) -> None:
        if self._units is None:
            self._units = units = page.units if isinstance(page.units, InColumns) else list(page.units)
            self._digests = digests_of(units)
            self._marks = units.marks() if isinstance(units, InColumns) else []

    def _by_marks(self, read: Read, body: bytes) -> bool:
        """Tell the units whose mark is not among the expected ones; only these are made. False when it cannot be."""
        columns = read.page.units
        if self._units is not None or not isinstance(columns, InColumns):
            return False
        read.make_marks()
        marks = read.marks or []
        places, moved = compare(marks, body)
        units = columns.only(places) if marks else None
        if units is None:
            return False
        self._units, self._chosen, self._digests = units, places, digests_of(units)
        self._by_marks_before = True
        answer = {
            "count": len(marks),
            "places": places,
            "moved": list(moved),
            "former": list(moved.values()),
            "refs": units.refs,
        }
        write_frame(self._out, answer, b"".join([*self._digests, *marks]))
        return True

    def map(self, request: dict[str, Any], _body: bytes) -> None:
        """Map the units at the places asked for (all when none is named) and send their records and evidence."""
        places = request.get("places")
        if places is None or places == self._chosen:
            if self._mapped is None:
                self._mapped = self._map_all()
            self._out.write(self._mapped)
            self._out.flush()
            return
        units = self._units or ()
        at = {place: index for index, place in enumerate(self._chosen or range(len(units)))}
        units = [units[at[place]] for place in places]
        self._out.write(self._mapped_frame(units, pack(units)))
        self._out.flush()

    def _map_all(self) -> bytes:
        units = self._units or ()
        return self._mapped_frame(units, pack(units))

    def map_stored(self, request: dict[str, Any], body: bytes) -> None:
        """Map units that the hub kept: after a corrected configuration, a new version, or on replay."""
        self._stream = request["stream"]
        units = unpack(body)
        chosen = request.get("places")
        self._out.write(self._mapped_frame(units if chosen is None else [units[place] for place in chosen], b""))
        self._out.flush()

    def sweep(self, request: dict[str, Any], _body: bytes) -> None:
        """Refs that exist now, a page at a time; naming a stream begins anew."""
        if request.get("stream") is not None:
            self._existing = iter(self._source.sweep(request["stream"]))
        refs = list(islice(self._existing, MAX_PAGE_UNITS))
        write_frame(self._out, {"refs": refs, "last": len(refs) < MAX_PAGE_UNITS})

    def describe(self, request: dict[str, Any], _body: bytes) -> None:
        """What was sniffed of a file."""
        write_frame(self._out, {"described": dict(self._source.describe(request["file"]))})

    def refusals(self, request: dict[str, Any], _body: bytes) -> None:
        """Postings that cannot be written, and why."""
        refused = refused_of(self._source, batch_of(request["batch"]))
        write_frame(self._out, {"refused": {posting: wire_of(error) for posting, error in refused.items()}})

    def write(self, request: dict[str, Any], _body: bytes) -> None:
        """A batch of postings as a file for the books."""
        file = self._source.write(batch_of(request["batch"]))
        answer = {
            "file_name": file.file_name, "media_type": file.media_type, "references": dict(file.references),
        }  # fmt: skip
        write_frame(self._out, answer, file.body)

    def acknowledged(self, request: dict[str, Any], _body: bytes) -> None:
        """Postings that are among these receipts of the books."""
        write_frame(self._out, {"found": found_of(self._source, request)})

    def collected(self, request: dict[str, Any], body: bytes) -> None:
        """Reports of money received on invoices that stand in this evidence."""
        reports, refused = collected_of(self._source, request, body)
        refusals = {allocation: wire_of(error) for allocation, error in refused.items()}
        write_frame(self._out, {"reports": reports, "refused": refusals})

    def _mapped_frame(self, units: Sequence[RawUnit], evidence: bytes) -> bytes:
        mapped = map_units(self._source, self._stream, units)
        rejected = {
            place: {**wire_of(error), "excerpt": excerpt(units[place].body), "lines": units[place].lines}
            for place, error in mapped.rejected.items()
        }
        text, waiting = [b'{"columns":['], mapped.columns[::-1]
        del mapped
        while waiting:  # each goes as soon as it is told: a page of balances may be large
            text += [*_wire(waiting.pop()), b"," if waiting else b""]
        return frame_of([*text, b'],"rejected":', json_of(rejected), b"}"], evidence)


def _refs(units: Sequence[RawUnit]) -> list[str]:
    return units.refs if isinstance(units, InColumns) else [unit.ref for unit in units]


def wire_of(error: HubError) -> dict[str, Any]:
    """The error for the pipe, without the connector's secrets: its author may have quoted one."""
    wire = error.as_wire()
    return {**wire, **{name: redact(str(wire[name])) for name in ("what", "where", "mend")}}


def broken_by(error: Exception) -> dict[str, Any]:
    """Anything a plugin may raise: told to the hub, which names the plugin."""
    logging.getLogger("hub.connector").exception("the connector failed")
    broken = BrokenPromise(
        code="HUB-HOST-002",
        what=f"the connector raised {type(error).__name__}: {error}",
        mend="report it to the connector's author with the log of this run",
    )
    return wire_of(broken)


def _wire(column: Columns) -> list[bytes]:
    """A column as JSON, in pieces."""
    pieces = [b'{"kind":', json_of(column.kind), b',"unit":', json_of(column.unit), b',"values":{']
    for at, (name, values) in enumerate(column.values.items()):
        pieces += [b"," if at else b"", json_of(name), b":", json_of(_short(values))]
    return [*pieces, b"}}"]


def _short(values: list[Any]) -> Any:
    """A column of one text, or of nothing, as ``{"all": value}``: many are, and a page is a quarter smaller."""
    first = values[0] if values else 0
    if (first is None or type(first) is str) and values.count(first) == len(values):
        return {"all": first}
    return values


def map_units(source: Any, stream: str, units: Sequence[RawUnit]) -> MappedPage:
    """Map `units` by the source's bulk ability if it has one, else one by one; rejected ones are told apart."""
    if stream == TOTALS and isinstance(source, WithTotals):
        return source.balances(units)
    in_bulk = hasattr(source, "map_page")
    if in_bulk and isinstance(units, InColumns):
        page: MappedPage = source.map_page(stream, units)
        return page
    rejected = {place: unit.rejected for place, unit in enumerate(units) if unit.rejected is not None}
    sound = [(place, unit) for place, unit in enumerate(units) if unit.rejected is None]
    if in_bulk:
        mapped: MappedPage = source.map_page(stream, [unit for _, unit in sound])
        if len(sound) < len(units):
            for column in mapped.columns:
                column.unit = [sound[index][0] for index in column.unit]
            mapped.rejected = {sound[index][0]: error for index, error in mapped.rejected.items()}
        mapped.rejected.update(rejected)
        return mapped
    records: list[tuple[int, Sequence[Record]]] = []
    for place, unit in sound:
        try:
            records.append((place, source.map(stream, unit)))
        except RecordRejected as error:
            rejected[place] = error
    return MappedPage(columns_from_records(records), rejected)


def _out_of_turn(what: str) -> BrokenPromise:
    return BrokenPromise(code="HUB-HOST-005", what=f"{what!r} was asked for out of turn", mend="report this as a bug")
