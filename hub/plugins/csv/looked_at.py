"""Sizes and times of the files that were there last time, in the scratch folder: what is worth reading early.

A hint and no more. Lost or wrong, a file is read when it is asked for, as ever.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.plugins.csv.files import Stamp
from hub.sdk import Context

_NAME = "looked-at.json"


class LookedAt:
    """What the scratch folder tells of the files of each stream; nothing where there is none."""

    def __init__(self, context: Context) -> None:
        self._path: Path | None = None
        self._known: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            self._path = context.work_folder / _NAME
            known = json.loads(self._path.read_text(encoding="utf-8"))
            self._known = known if isinstance(known, dict) else {}

    def differs(self, stream: str, key: str, stamp: Stamp) -> bool:
        """True when files of the stream were looked at, and this one was not there or had another size or time."""
        files = self._known.get(stream)
        return isinstance(files, dict) and files.get(key) != [stamp.size, stamp.mtime_ns]

    def note(self, stream: str, stamps: Mapping[str, Stamp]) -> None:
        """All files of the stream, as they are now."""
        files = {key: [stamp.size, stamp.mtime_ns] for key, stamp in stamps.items()}
        if self._path is not None and files != self._known.get(stream):
            self._known[stream] = files
            with contextlib.suppress(OSError):
                self._path.write_text(json.dumps(self._known), encoding="utf-8")
