"""A guest that gives exactly what a JSON file says: streams, and units with the records they map to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr

from hub.sdk import (
    Connector,
    ConnectorConfig,
    Context,
    Cursor,
    Page,
    RawUnit,
    RecordRejected,
    RecordSource,
    Registry,
    SourceUnavailable,
    Stream,
    hookimpl,
)
from hub.sdk.records import KINDS, Record


class ScriptedConfig(ConnectorConfig):
    """Where the script is."""

    script: Path = Field(description="JSON: {streams: [{name, mode, missing, repeats, append}], units: {stream: […]}}")
    label: str = Field("", description="Written on each invoice: a setting that map depends on.")
    key: SecretStr | None = Field(None, description="A secret, never used.")


class Scripted:
    """Plays RecordSource. The script is read anew at each fetch; a stream that is no `append` starts again each run."""

    def __init__(self, config: ScriptedConfig, context: Context) -> None:
        self._config = config
        self._fetched = context.work_folder / "fetched.txt"

    def streams(self) -> Sequence[Stream]:
        names = ("name", "mode", "missing", "repeats")
        return [
            Stream(**{name: stream[name] for name in names if name in stream}) for stream in self._script()["streams"]
        ]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        self._fetched.parent.mkdir(parents=True, exist_ok=True)
        with self._fetched.open("a") as log:
            log.write(f"{stream} {cursor}\n")
        script = self._script()
        declared = next(entry for entry in script["streams"] if entry["name"] == stream)
        units = script["units"].get(stream, [])
        start = int(cursor or 0)
        origin = units[start].get("origin", "script") if start < len(units) else "script"
        stop = start
        while stop < min(start + limit, len(units)) and units[stop].get("origin", "script") == origin:
            stop += 1
        if script.get("fail_at") is not None and stop > script["fail_at"]:
            raise SourceUnavailable(code="HUB-SCR-002", what="the script ends here", where=stream, mend="go on")
        last = stop >= len(units)
        after = str(stop) if not last or declared.get("append") else "0"
        return Page([_unit(entry) for entry in units[start:stop]], after, last, origin)

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        body = json.loads(unit.body)
        if "reject" in body:
            raise RecordRejected(code="HUB-SCR-001", what=body["reject"], where=unit.place, mend="correct the script")
        return [self._record(dict(fields)) for fields in body["records"]]

    def _record(self, fields: dict[str, Any]) -> Record:
        cls = KINDS[fields.pop("kind")]
        if fields.pop("unchecked", False):
            return cls.model_construct(**fields)
        record = cls.model_validate_json(json.dumps(fields))
        if self._config.label and "label" in cls.model_fields:
            return record.model_copy(update={"label": self._config.label})  # not validated here: the hub does it
        return record

    def _script(self) -> Any:
        return json.loads(self._config.script.read_text())


def _unit(entry: dict[str, Any]) -> RawUnit:
    body = json.dumps({name: entry[name] for name in ("records", "reject", "note") if name in entry})
    return RawUnit(entry["ref"], body.encode(), place=f"script:{entry['ref']}")


@hookimpl
def hub_register(registry: Registry) -> None:
    """The door."""
    registry.add(
        Connector(
            name="scripted",
            sdk="1",
            roles=[RecordSource],
            config=ScriptedConfig,
            build=Scripted,
            mapping_fields=["label"],
            author="tests@hub.test",
        )
    )
