"""Images of ledgers on disk: files that may be deleted at any time; then they are laid anew."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def read_image(path: Path) -> memoryview | None:
    """The bytes of an image, read where they are touched; None when there is none."""
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):  # not there, not ours to read, or empty
        return None


def write_image(path: Path, pieces: Iterable[bytes | memoryview]) -> bool:
    """Put an image in place of the last one, whole or not at all; readable by this user only.

    Returns whether it is there: an image is a help, so a full or read-only disk is no reason to fail.
    """
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            name = file.name
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())  # after a power cut it is there whole, or the last one is
        os.replace(name, path)
    except OSError:
        if name:
            Path(name).unlink(missing_ok=True)
        return False
    return True
