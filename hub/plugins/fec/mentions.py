"""Does a text name a document? Only where the number stands by itself in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from hub.plugins.fec.facts import piece_key

_WORDS: Final = re.compile(r"[A-Z0-9]+")
#: Words that one number may be written in: FA-2026-001.
_MOST_WORDS: Final = 5
#: Characters of a number that says something in a text, with a letter in it and without.
_SHORTEST, _SHORTEST_DIGITS = 2, 3


class Mentions:
    """The numbers that some texts may name, and the pieces that stand beside them."""

    def __init__(self, told: Iterable[tuple[str, str]]) -> None:
        """`told`: PieceRef and label of each."""
        self._pieces: set[str] = set()
        self._named: set[str] = set()
        for piece, label in told:
            self._pieces.add(piece_key(piece))
            for text in (piece, label):
                words = _WORDS.findall(text.upper())
                for at in range(len(words)):
                    for end in range(at + 1, min(at + _MOST_WORDS, len(words)) + 1):
                        self._named.add("".join(words[at:end]).lstrip("0"))
        self._pieces.discard("")

    def __contains__(self, piece: str) -> bool:
        """True when one of the texts bears this PieceRef, or names it."""
        key = piece_key(piece)
        if not key or key in self._pieces:
            return bool(key)
        number = "".join(_WORDS.findall(key)).lstrip("0")
        long_enough = len(number) >= (_SHORTEST_DIGITS if number.isdigit() else _SHORTEST)
        return long_enough and any(map(str.isdigit, number)) and number in self._named
