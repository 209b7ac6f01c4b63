"""Where a glob begins: the folder that must be there before it can find anything."""

from __future__ import annotations

import glob
from pathlib import Path


def base_of(pattern: Path) -> Path:
    """The part of `pattern` before its first wildcard, a folder; of a path without wildcards, the folder it lies in.

    A glob in a folder that does not exist finds nothing and complains of nothing: a mistyped path, or a share that is
    not mounted, would pass for a day without files. Ask `base_of(pattern).is_dir()` first.
    """
    plain: list[str] = []
    for part in pattern.parts[:-1]:
        if glob.has_magic(part):
            break
        plain.append(part)
    return Path(*plain)
