"""Length-prefixed frames between the hub and a connector's process: a JSON header and a binary body. Never pickle."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

from pydantic_core import from_json, to_json

_HEAD = struct.Struct(">II")
#: The largest frame either side accepts; a page is at most 4 MB of evidence and its records.
MAX_FRAME_BYTES = 64 * 1024 * 1024


class FrameError(Exception):
    """The other side closed the pipe, or sent something that is no frame."""


class PipeEnded(FrameError):
    """The other side closed the pipe."""


class Readable(Protocol):
    """Where frames come from."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


def frame(header: dict[str, Any], body: bytes = b"") -> bytes:
    """The bytes of one frame."""
    return frame_of([json_of(header)], body)


def frame_of(header: Sequence[bytes], body: bytes = b"") -> bytes:
    """The bytes of one frame whose header is JSON already, in pieces: a large one is not held twice."""
    return b"".join((_HEAD.pack(sum(map(len, header)), len(body)), *header, body))


def json_of(value: Any) -> bytes:
    """A value as it stands in a frame's header."""
    return to_json(value, inf_nan_mode="strings")


def write_frame(pipe: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    """Send one frame on a buffered pipe and flush it."""
    pipe.write(frame(header, body))
    pipe.flush()


def read_frame(pipe: Readable) -> tuple[dict[str, Any], bytes]:
    """Receive one frame.

    Raises:
        FrameError: the pipe ended, the frame is too large, or its header is no JSON object.
    """
    size, body_size = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    if size + body_size > MAX_FRAME_BYTES:
        raise FrameError(f"a frame of {size + body_size} bytes is larger than {MAX_FRAME_BYTES}")
    text = _exactly(pipe, size)
    body = _exactly(pipe, body_size) if body_size else b""
    try:
        header = from_json(text, cache_strings="keys")
    except ValueError as error:
        raise FrameError(f"a frame's header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise FrameError("a frame's header is no JSON object")
    return header, body


def _exactly(pipe: Readable, size: int) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing:
        part = pipe.read(missing)
        if not part:
            raise PipeEnded("the pipe ended")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
