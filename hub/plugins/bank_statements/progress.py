"""How far the folder has been read: the cursor, opaque to the hub."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import blake2b

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.timeline import Timeline

_VERSION = 2


@dataclass(slots=True)
class Progress:
    """What is known of the folder.

    Attributes:
        settings: digest of the settings that reading depends on; another one makes every file new.
        files: by name, what was read: size, modification time in ns, SHA-256 (first 20 digits).
        run: names read in the run that is under way, so that they are not reported as skipped.
        at: the file being read: its name, SHA-256 and how many of its units were given; None between files.
        proven: what is proven of the accounts, as it was before the file being read: JSON of a `Timeline`.
        timeline: the same, as it is now.
    """

    settings: str
    files: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    run: list[str] = field(default_factory=list)
    at: tuple[str, str, int] | None = None
    proven: str = "{}"
    timeline: Timeline = field(default_factory=Timeline)

    def text(self) -> str:
        """The cursor."""
        plain = {
            "v": _VERSION,
            "settings": self.settings,
            "files": self.files,
            "run": self.run,
            "at": self.at,
        }
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return f'{text[:-1]},"proven":{self.proven}}}'

    @classmethod
    def parse(cls, cursor: str | None, config: StatementsConfig) -> Progress:
        """The progress that `cursor` says.

        A cursor of other settings, of another version or damaged starts again: refs do not change, so what was read
        before is found again and adds nothing.
        """
        settings = _settings(config)
        fresh = cls(settings)
        if not cursor:
            return fresh
        try:
            plain = json.loads(cursor)
            if plain["v"] != _VERSION or plain["settings"] != settings:
                return fresh
            at = plain["at"]
            timeline = Timeline(plain["proven"])
            return cls(
                settings=settings,
                files={str(n): (int(s), int(m), str(d)) for n, (s, m, d) in plain["files"].items()},
                run=[str(name) for name in plain["run"]],
                at=(str(at[0]), str(at[1]), int(at[2])) if at else None,
                proven=timeline.text(),
                timeline=timeline,
            )
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
            return fresh


def _settings(config: StatementsConfig) -> str:
    """Digest of the settings that decide which units a file gives."""
    names = ("account", "currency", "decimals", "date_order", "use_camt054", "ofx_ids")
    said = json.dumps([getattr(config, name) for name in names])
    return blake2b(said.encode(), digest_size=8).hexdigest()
