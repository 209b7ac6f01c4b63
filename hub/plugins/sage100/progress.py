"""How far the reading of one stream has come, as text that the hub keeps with each page.

Between runs: the newest instant of change that was seen, and a digest of everything changed shortly before it. The
next run looks at that stretch again: equal digest, nothing to do. During a run: from where it reads, what it will
leave behind for the next one, and the keys of the last unit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hub.plugins.sage100.faults import misconfigured

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """`settings`: what was asked for; with other settings everything is read again.

    `stamp` and `seen` are those of the last complete run, or while `running` those that this run will leave.
    """

    settings: str
    stamp: str | None
    seen: str
    running: bool = False
    since: str | None = None
    after: tuple[Any, ...] = ()

    def as_text(self) -> str:
        state: dict[str, Any] = {"v": _VERSION, "settings": self.settings, "stamp": self.stamp, "seen": self.seen}
        if self.running:
            state |= {"since": self.since, "after": list(self.after)}
        return json.dumps(state, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, cursor: str, where: str) -> Progress:
        """Raises:
        ConfigError: the text was written by another connector.
        """
        try:
            state = json.loads(cursor)
            if state["v"] != _VERSION:
                raise ValueError("another version")
            return cls(
                settings=state["settings"],
                stamp=state["stamp"],
                seen=state["seen"],
                running="after" in state,
                since=state.get("since"),
                after=tuple(state.get("after", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise misconfigured("HUB-SAGE-008", where, cursor=cursor[:60]) from error
