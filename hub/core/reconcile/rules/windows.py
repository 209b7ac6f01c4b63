"""Numbers that a text has in pieces: neighbouring runs of letters and digits, with what stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.core.reconcile.case import Case
from hub.core.reconcile.index.numbers import lookalike_of
from hub.core.reconcile.reading.periods import LETTERS, near
from hub.core.reconcile.texts.text import fold, join_pieces, mask, runs
from hub.core.reconcile.texts.words import REFERENCE_WORDS

_LEAST_ALIKE = 6  # digits of a number that tell how another is built
_MOST_RUNS = 5  # pieces a number may be written in
_LOOKED_AT = 1600  # characters of a text whose numbers are compared piece by piece
_MOST_WINDOWS = 120
_NOUGHT = re.compile(r"(?<=\d)O(?=\d)")  # "F-2O26-05-0099"
_GLUED = re.compile(r"[A-Z]\d{6}")
_TWO_RUNS = re.compile(r"\d\D+\d")
_LEAST_CODE = 6  # characters of a code that numbers begin with, of letters and digits by turns
_BY_TURNS = re.compile(r"[A-Z]+\d+[A-Z]|\d[A-Z]+\d")
_SIGN = r"[^A-Z0-9]?"
_SIGNS = re.compile(r"[^A-Z0-9]+")
_MADE_BY_MACHINES = "end_to_end_ref"
Window = tuple[str, ...]


def windows(case: Case) -> dict[Window, Window]:
    """Neighbouring runs of the texts with two runs of digits or more, by themselves without zeros; once per receipt."""
    if case.windows is None:
        case.windows = {}
        for _, text in case.texts:
            for window in _windows(text):
                if len(case.windows) >= _MOST_WINDOWS:
                    return case.windows
                case.windows.setdefault(plain(window), window)
    return case.windows


def _windows(text: str) -> Iterator[Window]:
    folded = _NOUGHT.sub("0", fold(text[:_LOOKED_AT]))
    if not _TWO_RUNS.search(folded):
        return
    parts, gaps = runs(mask(join_pieces(folded) if "\n" in folded else folded)[0])
    for at in range(len(parts)):
        digits = int(parts[at] < LETTERS)
        for end in range(at + 2, min(at + _MOST_RUNS, len(parts)) + 1):
            if not near(gaps[end - 1]):
                break
            if parts[end - 1] < LETTERS:
                digits += 1
                if digits > 1:
                    yield tuple(parts[at:end])


def built_alike(case: Case, number: str) -> bool:
    """Whether the text has a number in as many pieces, as long as those of an item's, whatever its digits are.

    Where that is one piece, the end-to-end reference does not count: machines make those of any length.
    """
    lengths = [len(run) for run in runs(fold(number))[0] if run < LETTERS]
    if len(lengths) == 1:
        return lengths[0] >= _LEAST_ALIKE and _has_a_run_of(case, lengths[0])
    return len(lengths) > 1 and any(
        [len(run) for run in window if run < LETTERS] == lengths for window in windows(case).values()
    )


def quotes_its_code(case: Case, number: str) -> bool:
    """Whether the text has what a number begins with, up to its last sign, and figures behind: "132C1BAA N 13".

    So has a number of a customer's own code in letters and digits; letters taken for digits are read as such.
    """
    code, _, counter = _SIGNS.sub(" ", fold(number)).rpartition(" ")
    if len(code) < _LEAST_CODE or not counter.isdigit() or code.isalpha() or not _BY_TURNS.search(code):
        return False
    begun = _SIGN.join(map(re.escape, lookalike_of(code.replace(" ", ""))))
    spelt = re.compile(rf"{begun}[^A-Z0-9]*(?:N[O0]?)?[^A-Z0-9]*\d")
    return any(spelt.search(lookalike_of(fold(text[:_LOOKED_AT]))) for _, text in case.texts)


def _has_a_run_of(case: Case, length: int) -> bool:
    """Whether digits of this length are glued to letters in the text, which announce no reference: "FC26105194"."""
    for where, text in case.texts:
        if where == _MADE_BY_MACHINES or not _GLUED.search(folded := fold(text[:_LOOKED_AT])):
            continue
        parts, gaps = runs(mask(join_pieces(folded) if "\n" in folded else folded)[0])
        for letters, digits, gap in zip(parts, parts[1:], gaps[1:], strict=False):
            if not gap and len(digits) == length and letters > LETTERS and letters not in REFERENCE_WORDS:
                return True
    return False


def plain(window: Window) -> Window:
    """The runs of digits of a number without their zeros in front; letters before them do not count."""
    digits = window[1:] if window and window[0] > LETTERS else window
    return tuple([run.lstrip("0") if run < LETTERS else run for run in digits])
