"""A connector's own process: ``python -m hub.core.host.child``. Faults and crashes of a plugin end here.

It speaks frames (see `frames`) on its original standard input and output; whatever the plugin prints goes to standard
error. The first frame says which connector to build, its settings and secrets; then one request, one answer.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from hub.core.host.evidence import DIGEST_SIZE, chunks, digests_of, excerpt, pack, unpack
from hub.core.host.frames import FrameError, frame, read_frame, write_frame
from hub.core.host.plugins import discover
from hub.sdk.columns import columns_from_records
from hub.sdk.config import ConnectorConfig
from hub.sdk.context import Context, SystemClock
from hub.sdk.errors import BrokenPromise, ConfigError, HubError, RecordRejected
from hub.sdk.hooks import Connector
from hub.sdk.records import Record
from hub.sdk.redaction import REDACTING, redact, register_secrets_of
from hub.sdk.roles import Columns, MappedPage
from hub.sdk.units import MARK_SIZE, MAX_PAGE_UNITS, InColumns, Page, RawUnit


class Server:
    """Answers the hub's requests with one built connector."""

    def __init__(self, source: Any, out: BinaryIO) -> None:
        self._source = source
        self._out = out
        self._stream = ""
        self._page: Page | None = None
        self._ahead = False
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
            }
            for stream in self._source.streams()
        ]
        write_frame(self._out, {"streams": streams})

    def fetch(self, request: dict[str, Any], _body: bytes) -> None:
        """Fetch a page and offer it by its fingerprint; its units stay here until they are wanted."""
        self._forget()
        self._stream, self._ahead = request["stream"], bool(request.get("ahead"))
        limit = min(int(request["limit"]), MAX_PAGE_UNITS)
        page = self._page = self._source.fetch(self._stream, request["cursor"], limit)
        offer = {"origin": page.origin, "cursor": page.cursor, "last": page.last, "skipped": list(page.skipped)}
        write_frame(self._out, offer, page.fingerprint)

    def give_up_ahead(self) -> None:
        """Forget what was made of the page; it is made anew when it is asked for."""
        self._forget()

    def work_ahead(self) -> None:
        """Make and map the units of a page that the hub expects to want whole, while it still writes the last one."""
        if self._ahead and self._page is not None:
            self._ahead = False
            self._take_apart(self._page)
            self._mapped = self._map_all()

    def units(self, request: dict[str, Any], body: bytes) -> None:
        """Make the page's units and tell those that are not as expected at the same place.

        The request's body is what is expected of each unit: digests, or marks, by which an unchanged unit is known
        without being made. The answer's body: a digest per unit told, then the marks of the whole page, if it has any.
        """
        page = self._page
        if page is None:
            raise _out_of_turn("units")
        if request.get("by") == "marks" and self._by_marks(page, body):
            return
        self._take_apart(page)
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

    def _by_marks(self, page: Page, body: bytes) -> bool:
        """Tell the units whose mark is not among the expected ones; only these are made. False when it cannot be."""
        if self._units is not None or not isinstance(page.units, InColumns):
            return False
        marks = page.units.marks()
        former = {mark: index for index, mark in enumerate(chunks(body, MARK_SIZE))}
        found = list(map(former.get, marks))
        places = [place for place, index in enumerate(found) if index is None]
        units = page.units.only(places) if marks else None
        if units is None:
            return False
        self._units, self._chosen, self._digests = units, places, digests_of(units)
        moved = {place: index for place, index in enumerate(found) if index is not None and index != place}
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
        if places is None and self._chosen is None:
            if self._mapped is None:
                self._mapped = self._map_all()
            self._out.write(self._mapped)
            self._out.flush()
            return
        units = self._units or ()
        if places is not None and places != self._chosen:
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

    def control_totals(self, request: dict[str, Any], _body: bytes) -> None:
        """Balance per debtor on a date."""
        records = list(self._source.control_totals(date.fromisoformat(request["on"])))
        columns = columns_from_records([(0, records)])
        write_frame(self._out, {"columns": [_wire(column) for column in columns], "count": len(records)})

    def describe(self, request: dict[str, Any], _body: bytes) -> None:
        """What was sniffed of a file."""
        write_frame(self._out, {"described": dict(self._source.describe(request["file"]))})

    def _mapped_frame(self, units: Sequence[RawUnit], evidence: bytes) -> bytes:
        mapped = map_units(self._source, self._stream, units)
        rejected = {
            place: {**_wire_of(error), "excerpt": excerpt(units[place].body), "lines": units[place].lines}
            for place, error in mapped.rejected.items()
        }
        return frame({"columns": [_wire(column) for column in mapped.columns], "rejected": rejected}, evidence)


def _refs(units: Sequence[RawUnit]) -> list[str]:
    return units.refs if isinstance(units, InColumns) else [unit.ref for unit in units]


def _wire_of(error: HubError) -> dict[str, Any]:
    """The error for the pipe, without the connector's secrets: its author may have quoted one."""
    wire = error.as_wire()
    return {**wire, **{name: redact(str(wire[name])) for name in ("what", "where", "mend")}}


def _broken_by(error: Exception) -> dict[str, Any]:
    """Anything a plugin may raise: told to the hub, which names the plugin."""
    logging.getLogger("hub.connector").exception("the connector failed")
    broken = BrokenPromise(
        code="HUB-HOST-002",
        what=f"the connector raised {type(error).__name__}: {error}",
        mend="report it to the connector's author with the log of this run",
    )
    return _wire_of(broken)


def _wire(column: Columns) -> dict[str, Any]:
    values = {name: _short(values) for name, values in column.values.items()}
    return {"kind": column.kind, "unit": column.unit, "values": values}


def _short(values: list[Any]) -> Any:
    """A column of one text, or of nothing, as ``{"all": value}``: many are, and a page is a quarter smaller."""
    first = values[0] if values else 0
    if (first is None or type(first) is str) and values.count(first) == len(values):
        return {"all": first}
    return values


def map_units(source: Any, stream: str, units: Sequence[RawUnit]) -> MappedPage:
    """Map `units` by the source's bulk ability if it has one, else one by one; rejected ones are told apart."""
    if isinstance(units, InColumns) and hasattr(source, "map_page"):
        page: MappedPage = source.map_page(stream, units)
        return page
    rejected = {place: unit.rejected for place, unit in enumerate(units) if unit.rejected is not None}
    sound = [(place, unit) for place, unit in enumerate(units) if unit.rejected is None]
    if hasattr(source, "map_page"):
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


def build_source(start: dict[str, Any]) -> Any:
    """The connector named in the first frame, built from its settings."""
    registry, faults = discover(only=[start["plugin"]])
    if start["plugin"] not in registry.connectors and faults:
        raise faults[0].error
    connector = registry.get(start["plugin"], where=f"[connector.{start['name']}]")
    config = _checked(connector, start)
    register_secrets_of(config)
    today = date.fromisoformat(start["today"]) if start.get("today") else None
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(REDACTING)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    context = Context(
        start["name"],
        clock=SystemClock(start["timezone"], today),
        work_folder=Path(start["work_folder"]),
    )
    return connector.build(config, context)


def _checked(connector: Connector, start: dict[str, Any]) -> ConnectorConfig:
    """The settings again as the connector's own model; the hub checked them, so a fault here is one of versions."""
    try:
        return connector.config.model_validate(start["config"])
    except ValidationError as error:
        names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}))
        raise ConfigError(
            code="HUB-HOST-009",
            what=f"the connector does not accept its settings: {names}",
            where=f"[connector.{start['name']}]",
            mend="correct them; hub check names each fault",
        ) from None


def _out_of_turn(what: str) -> BrokenPromise:
    return BrokenPromise(code="HUB-HOST-005", what=f"{what!r} was asked for out of turn", mend="report this as a bug")


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes of the hub, taken away from the plugin: what it prints goes to standard error, it reads nothing."""
    inside, outside = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return inside, outside


def _answer(server: Server, request: dict[str, Any], body: bytes, out: BinaryIO) -> None:
    try:
        operation = getattr(server, request["op"])
        operation(request, body)
    except HubError as error:
        write_frame(out, {"error": _wire_of(error)})
    except Exception as error:
        write_frame(out, {"error": _broken_by(error)})


def _work_ahead(server: Server) -> None:
    try:
        server.work_ahead()
    except Exception:  # it is raised again, and told, when the hub asks for what failed
        server.give_up_ahead()


def main() -> None:
    """Serve until the hub closes the pipe."""
    inside, out = _own_pipes()
    # Pages are long lists without cycles: looking for garbage in them again and again costs a fifth of a bulk load.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    try:
        start, _ = read_frame(inside)
        _limit(start.get("limits") or {})
        try:
            server = Server(build_source(start), out)
        except HubError as error:
            write_frame(out, {"error": _wire_of(error)})
            return
        except Exception as error:
            write_frame(out, {"error": _broken_by(error)})
            return
        write_frame(out, {"ready": True})
        while True:
            request, body = read_frame(inside)
            _answer(server, request, body, out)
            _work_ahead(server)
    except (FrameError, BrokenPipeError, KeyboardInterrupt):
        return


def _limit(limits: dict[str, int]) -> None:
    """Bound what the plugin may use; only on systems that can."""
    try:
        import resource
    except ImportError:
        return
    for name, value in (("RLIMIT_AS", limits.get("memory_bytes")), ("RLIMIT_CPU", limits.get("cpu_seconds"))):
        if value:
            _, hard = resource.getrlimit(getattr(resource, name))
            bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (bound, hard))


if __name__ == "__main__":
    main()
