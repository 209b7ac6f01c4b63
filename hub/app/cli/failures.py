"""How errors are shown: code and place, the line of the file with a caret where it is known, what, and the remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from hub.app.cli.words import styled, wrapped

if TYPE_CHECKING:
    from hub.app.cli.session import Session
    from hub.sdk.errors import HubError

_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_AT_END = "(at end of document)"
_SECTION = re.compile(r"^(?P<path>.+?): \[(?P<section>[^\]]+)\](?: (?P<key>\S+))?$")
_QUOTED = re.compile(r"^'([^']+)'|^([\w.]+):")


class Spot(NamedTuple):
    """A place in a text file: line number from 1, the line, and where the caret stands in it."""

    number: int
    line: str
    start: int
    length: int


def show(error: HubError) -> None:
    """Print `error` on standard error, in words that a person can act on."""
    for line in lines_of(error):
        click.echo(line, err=True)


def lines_of(error: HubError) -> list[str]:
    """The lines that `show` prints."""
    place = f"  {error.where}" if error.where else ""
    lines = [styled(error.code, "bold", err=True) + place, *wrapped(error.what, indent="  ")]
    spot = find_spot(error)
    if spot:
        number = str(spot.number)
        lines += [
            "",
            f"  {number} | {spot.line}",
            f"  {' ' * len(number)} | {' ' * spot.start}{'^' * max(1, spot.length)}",
            "",
        ]
    return lines + (wrapped(f"What to do: {error.mend}", indent="  ") if error.mend else [])


def as_json(error: HubError) -> dict[str, Any]:
    """The error for a JSON document."""
    return {"code": error.code, "what": error.what, "where": error.where, "mend": error.mend}


def find_spot(error: HubError) -> Spot | None:
    """The line of the configuration that an error is about, when it can be told from its place."""
    if not error.code.startswith("HUB-CFG-"):
        return None
    section = _SECTION.match(error.where)
    path = Path(section["path"] if section else error.where)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    found = _AT_LINE.search(error.what)
    if found and int(found[1]) <= len(lines):
        return Spot(int(found[1]), lines[int(found[1]) - 1], int(found[2]) - 1, 1)
    if _AT_END in error.what and lines:
        return Spot(len(lines), lines[-1], len(lines[-1]), 1)
    quoted = _QUOTED.match(error.what)
    key = section["key"] if section and section["key"] else (quoted[1] or quoted[2]) if quoted else None
    return _in_section(lines, section["section"] if section else "", key)


def _in_section(lines: list[str], section: str, key: str | None) -> Spot | None:
    """The line of `key` in `[section]`; that of the section's header when the key is not found."""
    current, header = "", None
    first = key.split(".")[0] if key else None
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.startswith("[") and not text.startswith("[["):
            current = text.strip("[]").split("]")[0].replace('"', "")
            if current == section or (not section and current.split(".")[0] == first):
                header = Spot(number, line, line.index("["), len(text))
        elif first and current == section and re.match(rf'"?{re.escape(first)}"?\s*=', text):
            return Spot(number, line, len(line) - len(line.lstrip()), len(first))
    return header


def show_fault(error: Exception, session: Session) -> None:
    """A fault of the hub itself: one line, and where its traceback was written, with secrets masked."""
    import traceback
    from datetime import UTC, datetime

    from hub.sdk.redaction import redact

    text = redact("".join(traceback.format_exception(error)))
    name = f"fault-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}.txt"
    try:
        folder = session.work_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(text, encoding="utf-8")
        where = f"the traceback is in {path}"
    except OSError as trouble:
        where = f"the traceback could not be written ({trouble.strerror})"
    what = redact(f"{type(error).__name__}: {error}").splitlines()[0][:300]
    click.echo(f"HUB-APP-001 the hub failed: {what}; {where}. Please report it; nothing was half done.", err=True)
