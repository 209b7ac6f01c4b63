"""The bodies of a very long statement, compressed while it is being proved: it is read once, in flat memory."""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hub.plugins.bank_statements.model import Move

#: Bytes packed together: one piece is unpacked at a time.
PIECE_BYTES = 1024 * 1024


class Packed:
    """Bodies put away in the order of the movements, and given back in that order. `size` is what they take."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[bytes] = []
        self._waiting: list[Move] = []
        self._bytes = 0

    def add(self, move: Move) -> None:
        """Put the body of the next movement away."""
        self._waiting.append(move)
        self._bytes += weight(move)
        if self._bytes >= PIECE_BYTES:
            self._pack()

    def _pack(self) -> None:
        told = [(move.body, move.parts, move.shell) for move in self._waiting]
        piece = zlib.compress(marshal.dumps(told), 1)
        self._pieces.append(piece)
        self.size += len(piece)
        for move in self._waiting:
            drop(move)
        self._waiting, self._bytes = [], 0

    def moves(self, moves: Sequence[Move]) -> Iterator[Move]:
        """The movements with their bodies, one at a time; `moves` are all that were added."""
        place = 0
        for piece in self._pieces:
            for body, parts, shell in marshal.loads(zlib.decompress(piece)):  # noqa: S302 - what we packed ourselves
                yield replace(moves[place], body=body, parts=parts, shell=shell)
                place += 1
        yield from moves[place:]


def weight(move: Move) -> int:
    """Bytes of its bodies."""
    return sum(map(len, move.parts)) + len(move.body or b"")


def drop(move: Move) -> None:
    """Without its bodies."""
    move.body, move.shell = None, None
    move.parts = (b"",) * len(move.parts)
