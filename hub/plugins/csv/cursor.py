"""Progress of one stream as JSON text: files done, files to do in this run, the file at hand and the place in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from hub.plugins.csv.faults import misconfigured
from hub.plugins.csv.files import Stamp

_VERSION = 1
_TOLD = 100


@dataclass(frozen=True, slots=True)
class Done:
    """A file read to its end: unchanged while stamp or digest and the settings are the same."""

    size: int
    mtime_ns: int
    digest: str
    settings: str

    def has(self, stamp: Stamp, settings: str) -> bool:
        return (self.size, self.mtime_ns, self.settings) == (stamp.size, stamp.mtime_ns, settings)


@dataclass(frozen=True, slots=True)
class Now:
    """The file at hand.

    Attributes:
        key: of the source; `size`, `mtime_ns`, `digest`: the content that `offset` belongs to.
        offset: bytes of the unfolded text before the next record (of a spreadsheet: rows); `line` its number.
        first, first_line: the same of the first record below the header.
        layout: what was sniffed, as text; with encoding, delimiter and so on nothing is sniffed again.
        sheet: of a spreadsheet; `unread` names other visible sheets with the same columns.
    """

    key: str
    size: int
    mtime_ns: int
    digest: str
    settings: str
    offset: int
    line: int
    layout: str
    first: int = 0
    first_line: int = 1
    encoding: str = ""
    delimiter: str = ""
    mixed: bool = False
    long_lines: bool = False
    end: int = 0
    sheet: str = ""
    unread: str = ""

    def is_of(self, stamp: Stamp, settings: str) -> bool:
        return (self.size, self.mtime_ns, self.settings) == (stamp.size, stamp.mtime_ns, settings)


@dataclass(slots=True)
class Progress:
    """`todo`: keys of the files this run still has to read, in order. A run is over when it is empty and `now` None."""

    done: dict[str, Done] = field(default_factory=dict)
    todo: list[str] = field(default_factory=list)
    now: Now | None = None
    #: True between the first and the last page of a run.
    running: bool = False
    #: Layouts whose columns that are not read were told to people: digests, the latest last.
    told: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        state: dict[str, Any] = {
            "v": _VERSION,
            "done": {k: [d.size, d.mtime_ns, d.digest, d.settings] for k, d in self.done.items()},
            "todo": self.todo,
            "running": self.running,
            "told": self.told[-_TOLD:],
        }
        if self.now is not None:
            state["now"] = asdict(self.now)
        return json.dumps(state, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str | None) -> Progress:
        """Raises:
        ConfigError: the text was written by another connector.
        """
        if not text:
            return cls()
        try:
            state = json.loads(text)
            if state["v"] != _VERSION:
                raise ValueError("another version")
            now = state.get("now")
            return cls(
                done={key: Done(*values) for key, values in state["done"].items()},
                todo=list(state["todo"]),
                now=Now(**now) if now else None,
                running=bool(state["running"]),
                told=list(state.get("told", ())),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise misconfigured("HUB-CSV-035", "cursor", cursor=text[:60]) from error
