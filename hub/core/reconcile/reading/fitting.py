"""Whether a run of digits stands for an invoice: its counter, period and letters, checked one by one."""

from __future__ import annotations

from hub.core.reconcile.index.layouts import year_first
from hub.core.reconcile.reading.mentions import BARE, FULL, STRONG, WEAK
from hub.core.reconcile.reading.periods import (
    LETTERS,
    SAID,
    SAID_WHOLE,
    Written,
    month_and_year,
    near,
    period_beside,
    same_period,
    year_behind,
)
from hub.core.reconcile.texts.words import CREDIT_NOTE_WORDS, INVOICE_WORDS, LEGAL_FORMS, SMALL_WORDS

FEW_DIGITS = 4  # a bare number under this many digits is never proof
_LONGEST_PREFIX = 16  # characters of letters and figures that may stand before a counter


class Fitting:
    """How well run `at` of a text stands for numbers. What stands around it is read once per period, and per letters:
    a counter of few digits is that of hundreds of items.
    """

    def __init__(self, work: Written, at: int) -> None:
        self.work, self.at = work, at
        self._periods: dict[tuple[str, str, bool], tuple[int, int] | None] = {}
        self._letters: dict[tuple[int, str, int, str], int] = {}

    def strength(self, row: int, counter: str, period: str) -> int:
        """How well `counter`, and the `period` if the run has one in front, are those of `row`; 0: they disagree."""
        work = self.work
        number, (begun, dated, counted) = work.numbers.compact[row], work.numbers.scheme_of[row]
        own_period, prefix = number[dated], number[begun]
        periods = period, own_period, dated.start >= counted.stop
        if periods not in self._periods:
            self._periods[periods] = self._period(*periods)
        said = self._periods[periods]
        if said is None:
            return 0
        period_said, before = said
        around = before, prefix, work.ledger.is_credit[row], work.ledger.items.seller[row]
        letters = self._letters.get(around)
        if letters is None:
            letters = self._letters[around] = _letters_before(work, *around)
        if letters < 0:
            return 0
        return _strength(counter, number[counted], letters, period_said, bool(own_period), bool(prefix))

    def _period(self, period: str, own_period: str, behind: bool) -> tuple[int, int] | None:
        """How well the text says the period, and where the letters would be; None when it has another one."""
        if own_period and behind and (written := year_behind(self.work, self.at)):
            return (SAID, self.at - 1) if same_period(written, own_period) and not period else None
        if not own_period:
            return None if period else (0, self.at - 1)
        dated = year_first(own_period)
        if period:
            return (SAID, self.at - 1) if same_period(year_first(period), dated) else None
        if dated != own_period and (written := month_and_year(self.work, self.at - 1)):
            return (SAID_WHOLE, self.at - 3) if same_period(written, dated) else None
        return period_beside(self.work, self.at, dated)


def _letters_before(work: Written, before: int, prefix: str, is_credit: int, seller: str) -> int:
    """3, 2: the number's own letters stand in front, with figures or not; 1: a word that announces an invoice;
    0: nothing; -1: others.
    """
    if before < 0:
        return 0
    gap, word = work.gaps[before + 1], work.texts[before]
    if prefix and not prefix.isalpha() and near(gap) and (said := _figured_before(work, before, prefix, seller)):
        return said
    if word < LETTERS or not near(gap):
        return 0
    if prefix and word.endswith(prefix) and (word == prefix or gap == "" or word[: -len(prefix)] in INVOICE_WORDS):
        return 2
    if word in CREDIT_NOTE_WORDS:
        return 1 if is_credit else -1
    if word in work.numbers.prefixes_of(seller):
        return -1
    if gap == "" and word in SMALL_WORDS and len(word) == 1:
        return -1  # "26A00123" is no "A 00123"
    if word in INVOICE_WORDS:
        return 0 if is_credit and word in ("FACTURE", "FACT", "FAC") else 1
    if gap == "" and not (word.endswith("N") or word in LEGAL_FORMS):
        return -1
    if len(word) <= 2 and word not in LEGAL_FORMS and word not in SMALL_WORDS:
        return -1
    return 0


def _figured_before(work: Written, before: int, prefix: str, seller: str) -> int:
    """The same where letters and figures stand in front, as in the prefix: the GR1 of "GR1/482" is no LY3; 0: neither.

    What is joined to the counter by a sign and is not the prefix, is another one, or misprinted.
    """
    said = word_at(work, before)
    if said.endswith(prefix):
        return 3
    if said == work.texts[before]:
        return 0
    return -1 if said in work.numbers.prefixes_of(seller) or work.gaps[before + 1] in ("-", "/", ".") else 0


def word_at(work: Written, at: int) -> str:
    """Run `at` with the runs that are glued in front of it: the GR1 of which it is the 1."""
    said = work.texts[at]
    while at and not work.gaps[at] and len(said) < _LONGEST_PREFIX:
        at -= 1
        said = work.texts[at] + said
    return said


def _strength(written: str, counter: str, letters: int, period_said: int, has_period: bool, has_prefix: bool) -> int:
    """From WEAK to FULL, by the parts that are written and agree."""
    digits = len(written)
    telling = len(written.lstrip("0"))
    if letters > 2 and (period_said or not has_period):
        return FULL if telling >= 3 or digits == len(counter) >= 3 else STRONG  # nothing but noughts is missing
    letters = min(letters, 2)
    if letters == 2 and (period_said or not has_period):
        if telling >= 3 or digits == len(counter) >= 3:
            return FULL
        return STRONG if period_said == SAID_WHOLE else BARE
    if letters == 2 or period_said:
        if digits >= 3 and (telling >= 2 or (period_said == SAID_WHOLE and digits == len(counter))):
            return STRONG
        return BARE if period_said == SAID_WHOLE and digits == 2 else WEAK
    own = min(digits, len(counter))  # zeros put before a short number do not make it a long one
    if not has_prefix and not has_period and (own >= 6 or (letters == 1 and digits == len(counter) >= FEW_DIGITS)):
        return STRONG  # all of a number that is nothing but digits, long enough or announced as an invoice
    if digits >= FEW_DIGITS and (telling >= 2 or digits >= len(counter)):
        return BARE
    return WEAK
