"""How far the reading of one stream has come, as text that the hub keeps with each page.

Between runs: the newest instant of change that was seen, a digest of everything changed shortly before it, and the
figures of the debtors. The next run looks at that stretch and at the figures again: equal, nothing to do. During a run:
from where it reads, what it will leave behind for the next one, and the keys of the last unit.
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

    `stamp`, `seen` and `figures` are those of the last complete run, or while `running` those that this run will leave;
    `suspects` are debtors to read again whatever the stamps say.
    """

    settings: str
    stamp: str | None
    seen: str
    running: bool = False
    since: str | None = None
    after: tuple[Any, ...] = ()
    figures: str = ""
    suspects: tuple[str, ...] = ()

    def as_text(self) -> str:
        state: dict[str, Any] = {"v": _VERSION, "settings": self.settings, "stamp": self.stamp, "seen": self.seen}
        if self.figures:
            state["figures"] = self.figures
        if self.running:
            state |= {"since": self.since, "after": list(self.after)}
            if self.suspects:
                state["suspects"] = list(self.suspects)
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
                figures=str(state.get("figures", "")),
                suspects=tuple(state.get("suspects", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise misconfigured("HUB-SAGE-008", where, cursor=cursor[:60]) from error
