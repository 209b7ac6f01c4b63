"""Sentences on a file for the report of the run: nothing is held for them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from hub.plugins.csv.cursor import Now, Progress
from hub.plugins.csv.layout import Reading

#: Headers that one sentence names.
_SHOWN = 15


def sheets_not_read(name: str, now: Now) -> str:
    """Sheets that could have been meant."""
    return f"{name} (only the sheet {now.sheet} is read, not {now.unread}: name another with sheet = …)"


def capitals_differ(name: str, pattern: str) -> str:
    """A file that was probably meant, and is not read."""
    return f"{name} (left alone: its capitals are not those of {pattern})"


def columns_not_read(name: str, reading: Reading, now: Now, progress: Progress) -> Sequence[str]:
    """The columns that are left aside, once per layout: one may be a known one under another name."""
    left = reading.left_aside()
    seen = hashlib.blake2b("\x1f".join([now.settings, *left]).encode(), digest_size=6).hexdigest()
    if not left or seen in progress.told:
        return ()
    progress.told.append(seen)
    shown = ", ".join(header[:40] for header in left[:_SHOWN]) + (", …" if len(left) > _SHOWN else "")
    return (f"{name} (columns that are not read: {shown})",)
