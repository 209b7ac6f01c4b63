"""What `hub connectors check` shows: how a file is understood, or what the first page of each stream gives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.table import Col, next_steps, show_json, show_table
from hub.app.cli.words import count, many, words_of, wrapped
from hub.core.host.process import ConnectorProcess
from hub.sdk.errors import BrokenPromise, ConfigError
from hub.sdk.units import Stream

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub

#: Units of the first page that are tried.
TRIED_UNITS = 500
_SHOWN = 5


def settings_for(hub: Hub, plugin: str, file: Path) -> dict[str, Any]:
    """The least settings with which `plugin` can be asked about `file`: itself, and a path where it wants one."""
    from pydantic import ValidationError

    model = hub.registry.connectors[plugin].config
    tries: list[dict[str, Any]] = [{"plugin": plugin}]
    tries += [
        {"plugin": plugin, name: str(file.absolute())} for name in model.model_fields if name not in ("plugin", "id")
    ]
    for values in tries:
        try:
            model.model_validate(values)
        except ValidationError:
            continue
        return values
    raise ConfigError(
        code="HUB-CFG-016",
        what=f"connector {plugin!r} needs settings of its own",
        where="hub connectors check",
        mend=f"add a [connector.NAME] with plugin = {plugin!r} to hub.toml, then check NAME",
    )


def show_file(hub: Hub, section: str, file: Path, *, as_json: bool) -> None:
    """How the connector understands `file`: format, encoding, columns, the first records.

    Raises:
        ConfigError: it cannot say so, or there is no such file.
    """
    spec = hub.spec(section)
    if "FileCheck" not in [role.__name__ for role in hub.registry.get(spec.plugin).roles]:
        raise ConfigError(
            code="HUB-CFG-017",
            what=f"connector {spec.plugin!r} does not read files, or cannot say how",
            where=f"[connector.{section}]",
            mend=f"leave --file out: hub connectors check {section}",
        )
    if not file.is_file():
        raise ConfigError(code="HUB-CFG-018", what="there is no such file", where=str(file), mend="correct --file")
    with ConnectorProcess(spec.start, spec.limits) as process:
        answer, _ = process.ask({"op": "describe", "file": str(file.absolute())})
    if as_json:
        show_json({"file": str(file), "understood": answer["described"]})
        return
    for line in _lines(answer["described"], ""):
        click.echo(line)
    next_steps((f"hub connectors check {section}", "try everything it is configured to read"))


def _lines(value: Any, indent: str) -> list[str]:
    """Nested plain values as indented lines."""
    if isinstance(value, dict):
        lines = []
        for key, part in value.items():
            label = f"{indent}{str(key).replace('_', ' ')}:"
            nested = isinstance(part, dict | list) and bool(part)
            lines += [label, *_lines(part, indent + "  ")] if nested else wrapped(f"{label} {_plain(part)}", indent="")
        return lines
    if isinstance(value, list):
        if all(not isinstance(part, dict | list) for part in value):
            return wrapped(", ".join(map(_plain, value)), indent=indent)
        return [line for part in value for line in _item(part, indent)]
    return wrapped(_plain(value), indent=indent)


def _item(value: Any, indent: str) -> list[str]:
    lines = _lines(value, indent + "  ")
    return [f"{indent}- {lines[0].strip()}", *lines[1:]] if lines else []


def _plain(value: Any) -> str:
    return (
        "-"
        if value is None or value in ([], {})
        else "yes"
        if value is True
        else "no"
        if value is False
        else str(value)
    )


def show_pages(hub: Hub, section: str, *, as_json: bool) -> None:
    """The first page of each stream, fetched twice and mapped; nothing is taken in.

    Raises:
        BrokenPromise: the same cursor gave other units.
    """
    spec = hub.spec(section)
    with ConnectorProcess(spec.start, spec.limits) as process:
        found = [_try(process, section, stream) for stream in process.streams()]
    if as_json:
        show_json({"connector": section, "plugin": spec.plugin, "streams": found})
        return
    rows = [
        [entry["stream"], entry["mode"], count(entry["units"]), count(entry["rejected"]), _kinds(entry["records"])]
        for entry in found
    ]
    columns = [
        Col("stream"), Col("mode"), Col("first page", right=True), Col("held", right=True), Col("records", wrap=True)
    ]  # fmt: skip
    show_table(columns, rows)
    for entry in found:
        for reason in entry["reasons"]:
            for line in wrapped(f"{reason['where']}: {reason['what']} ({reason['code']}). {reason['mend']}"):
                click.echo(line)
    click.echo()
    click.echo("The same page came twice, unit by unit. Nothing was taken in.")
    next_steps((f"hub sync {section}", "read it all"))


def _kinds(records: dict[str, int]) -> str:
    return ", ".join(many(number, words_of(kind)) for kind, number in records.items()) or "-"


def _try(process: ConnectorProcess, section: str, stream: Stream) -> dict[str, Any]:
    first, digests = _page(process, stream.name)
    again, same = _page(process, stream.name)
    if (first["refs"], digests) != (again["refs"], same):
        raise BrokenPromise(
            code="HUB-HOST-007",
            what=f"stream {stream.name!r} gave other units for the same cursor",
            where=f"[connector.{section}]",
            mend="report it to the connector's author: the same cursor gives the same units",
        )
    mapped, _ = process.ask({"op": "map"})
    records = Counter({column["kind"]: len(column["unit"]) for column in mapped["columns"]})
    rejected = list(mapped["rejected"].values())
    reasons = [{name: entry.get(name) for name in ("code", "where", "what", "mend")} for entry in rejected[:_SHOWN]]
    return {
        "stream": stream.name,
        "mode": stream.mode,
        "units": first["count"],
        "records": dict(records),
        "rejected": len(rejected),
        "reasons": reasons,
    }


def _page(process: ConnectorProcess, stream: str) -> tuple[dict[str, Any], bytes]:
    """The first units of a stream, as the hub's own run would ask for them."""
    process.ask({"op": "fetch", "stream": stream, "cursor": None, "limit": TRIED_UNITS})
    return process.ask({"op": "units"})
