"""Short numbers of which a scanner, or a finger, made letters: the 5449 of "FACT S449"."""

from __future__ import annotations

import re

from hub.core.reconcile.case import Case
from hub.core.reconcile.index.numbers import lookalike_of
from hub.core.reconcile.texts.text import fold

_LOOKED_AT = 1600  # characters of a text
_LEAST, _MOST = 4, 5  # characters of such a number: longer ones are looked up whole
_MIXED = re.compile(r"(?:\d[OQDILZSBG]|[OQDILZSBG]\d)")
_WORD = re.compile(r"[A-Z0-9]+")


def misread(case: Case, number: str) -> str | None:
    """The word of a text that looks like this number, with a letter or two for its digits; no word is it as printed."""
    return next((word for word in _alike(case, number) if lookalike_of(word) == number), None)


def misreads_another(case: Case, number: str) -> bool:
    """Whether a text has a word like this number with letters for digits, and it is another one."""
    return any(lookalike_of(word) != number for word in _alike(case, number))


def _alike(case: Case, number: str) -> list[str]:
    """The ends of mixed words that are as long as a short number, and at least half of them digits."""
    if not mixed_words(case) or not _LEAST <= len(number) <= _MOST or not number.isdigit():
        return []
    ends = [word[-len(number) :] for word in mixed_words(case) if len(word) >= len(number)]
    return [
        end
        for end in ends
        if not end.isdigit() and sum(map(str.isdigit, end)) * 2 >= len(end) and lookalike_of(end).isdigit()
    ]


def mixed_words(case: Case) -> tuple[str, ...]:
    """The words of the texts in which letters that may be digits stand next to digits; once per receipt."""
    if case.mixed is None:
        case.mixed = tuple([word for _, text in case.texts for word in _mixed(text)])
    return case.mixed


def _mixed(text: str) -> list[str]:
    folded = fold(text[:_LOOKED_AT])
    return [word for word in _WORD.findall(folded) if _MIXED.search(word)] if _MIXED.search(folded) else []
