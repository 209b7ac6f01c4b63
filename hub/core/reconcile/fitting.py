"""Whether a run of digits stands for an invoice: its counter, period and letters, checked one by one."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from hub.core.reconcile.layouts import year_first
from hub.core.reconcile.ledger import Ledger
from hub.core.reconcile.mentions import BARE, FULL, STRONG, WEAK
from hub.core.reconcile.numbers import NumberIndex
from hub.core.reconcile.words import CREDIT_NOTE_WORDS, INVOICE_WORDS, LEGAL_FORMS, SMALL_WORDS

LETTERS = ":"  # a run below it is digits: it stands between "9" and "A"
FEW_DIGITS = 4  # a bare number under this many digits is never proof
_LONGEST_PREFIX = 16  # characters of letters and figures that may stand before a counter
SAID, SAID_WHOLE = 1, 2  # how a text says a number's period: its year, or the year and the month before the counter


class Written(Protocol):
    """A text being read: its runs with the gap before each, and the ledger it is read against."""

    texts: list[str]
    gaps: list[str]
    numbers: NumberIndex
    ledger: Ledger
    received_on: date


def near(gap: str, *, listed: bool = False) -> bool:
    """Whether a gap may stand inside one number: nothing, a blank, or one separator; or between those of a list."""
    if len(gap) > 3 or "#" in gap:
        return False
    return listed or ("," not in gap and ";" not in gap and "+" not in gap)


def as_year(text: str, received_on: date) -> int | None:
    """The year meant by two or four digits, if it lies within five years before the receipt; None of anything else."""
    if len(text) == 2:
        text = "20" + text
    if len(text) != 4 or not text.isdecimal():
        return None
    year = int(text)
    return year if received_on.year - 5 <= year <= received_on.year + 1 else None


def as_date(text: str, received_on: date) -> bool:
    """Whether digits written together are a day near the receipt: ddmmyy, ddmmyyyy or yyyymmdd."""
    if len(text) == 6:
        orders = [(text[4:], text[2:4], text[:2])]
    elif len(text) == 8:
        orders = [(text[4:], text[2:4], text[:2]), (text[:4], text[4:6], text[6:])]
    else:
        return False
    for year, month, day in orders:
        try:
            written = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        except ValueError:
            continue
        if abs((written - received_on).days) <= 400:
            return True
    return False


def splits(digits: str) -> list[tuple[str, str]]:
    """(counter, period) readings of a run: all of it, or a year, year and month, or short year in front."""
    readings = [(digits, "")]
    if digits[2:4] == "20" and len(digits) >= 8 and "01" <= digits[:2] <= "12":
        readings.append((digits[6:], digits[:6]))
    if len(digits) >= 5 and digits[:2] == "20":
        readings.append((digits[4:], digits[:4]))
        if len(digits) >= 8:
            readings.append((digits[6:], digits[:6]))
    if len(digits) >= 5:
        readings.append((digits[2:], digits[:2]))
        if len(digits) >= 6:
            readings.append((digits[4:], digits[:4]))
    return readings


def same_period(written: str, period: str) -> bool:
    """Whether a period as written is the number's: "26", "2026" and "202603" can all mean one."""
    if written == period:
        return True
    if len(period) in (4, 6) and period[:2] == "20":
        return written in (period[2:], period[:4]) or (len(period) == 6 and written == period[2:4])
    return len(written) in (4, 6) and written[:2] == "20" and written[2 : 2 + len(period)] == period


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
        return _period_beside(self.work, self.at, dated)


def year_behind(work: Written, at: int) -> str:
    """The year joined to the end of run `at`: the 26 of "5494/26"; "" when none is."""
    texts, gaps, after = work.texts, work.gaps, at + 1
    if after >= len(texts) or texts[after] > LETTERS or gaps[after] not in ("-", "/", "."):
        return ""
    return texts[after] if as_year(texts[after], work.received_on) else ""


def _period_beside(work: Written, at: int, own_period: str) -> tuple[int, int] | None:
    """How well the period before the counter (or after it) is said, and where the letters would be.

    None when another year or month is written there, with a separator that makes it part of the number.
    """
    texts, gaps, before = work.texts, work.gaps, at - 1
    if len(texts[at]) == 2 and is_month_alone(work, at) and is_month_of_a_year(own_period, work.received_on):
        return None
    if before >= 0 and texts[before] < LETTERS and near(gaps[at]):
        written = texts[before]
        if same_period(written, own_period):
            said = _said_beside(work, at, own_period)
            return (said, before - 1) if said else None
        dated = year_and_month(work, before)
        monthly = is_month_of_a_year(own_period, work.received_on)
        if not dated and monthly and is_month_alone(work, before):
            return (SAID, before - 1) if int(written) == int(own_period[-2:]) else None
        if dated and same_period(dated, own_period):
            return SAID_WHOLE if monthly else SAID, before - 2
        if dated and monthly:
            return None
        if gaps[at].strip() in ("-", "/", ".") and (
            as_year(written, work.received_on) or (monthly and is_month_of_a_year(written, work.received_on))
        ):
            return None
    if at + 1 < len(texts) and texts[at + 1] < LETTERS and gaps[at + 1] in ("-", "/", "."):
        if same_period(texts[at + 1], own_period):
            return SAID, before
        if len(texts[at + 1]) == 4 and as_year(texts[at + 1], work.received_on):
            return None
    return 0, before


def _said_beside(work: Written, at: int, own_period: str) -> int:
    """How well the run before run `at` says a period that agrees with it; 0 when run `at` is the month, no counter."""
    written = work.texts[at - 1]
    if not is_month_of_a_year(own_period, work.received_on):
        return SAID
    if len(written) < len(own_period):
        return 0 if _is_month_within(work, at) else SAID
    return SAID_WHOLE if work.gaps[at].strip() and written[-2:] == own_period[-2:] else SAID


def _is_month_within(work: Written, at: int) -> bool:
    """Whether run `at` is the "08" of "2026-08-110": a month, with the same sign on both sides and digits behind."""
    texts, gaps, after = work.texts, work.gaps, at + 1
    if len(texts[at]) > 2 or not 1 <= int(texts[at]) <= 12 or after >= len(texts):
        return False
    return gaps[at] == gaps[after] != "" and texts[after] < LETTERS


def is_month_alone(work: Written, at: int) -> bool:
    """Whether run `at` is the "02" of "02.0004": a month without its year, joined to three digits or more behind."""
    texts, gaps = work.texts, work.gaps
    return (
        len(texts[at]) == 2
        and at + 1 < len(texts)
        and texts[at + 1] < LETTERS
        and 1 <= int(texts[at]) <= 12
        and gaps[at + 1] in ("-", "/", ".")
        and len(texts[at + 1]) > 2
        and (at == 0 or texts[at - 1] > LETTERS or not near(gaps[at]))
    )


def year_and_month(work: Written, at: int) -> str:
    """The year and the month of "2026-08-110" as one, "202608": run `at` is a month, and a year stands before it."""
    texts, gaps = work.texts, work.gaps
    if at < 1 or len(texts[at]) > 2 or texts[at - 1] > LETTERS or not near(gaps[at]):
        return ""
    year = texts[at - 1]
    if len(year) == 2 and gaps[at] == gaps[at + 1] and gaps[at] in ("-", "/", "."):
        year = "20" + year  # "26-08-0110", and what an "O" for a nought leaves of "2026"
    dated = year + texts[at].zfill(2) if len(year) == 4 else ""
    return dated if is_month_of_a_year(dated, work.received_on) else ""


def month_and_year(work: Written, at: int) -> str:
    """The month and the year of "08-2026-0110" as one, the year first: run `at` is the year, and a month before it."""
    texts, gaps = work.texts, work.gaps
    if at < 1 or texts[at] > LETTERS or len(texts[at]) not in (2, 4) or not (near(gaps[at]) and near(gaps[at + 1])):
        return ""
    dated = texts[at] + texts[at - 1].zfill(2) if texts[at - 1] < LETTERS and len(texts[at - 1]) <= 2 else ""
    return dated if is_month_of_a_year(dated, work.received_on) else ""


def is_month_of_a_year(text: str, received_on: date) -> bool:
    """Whether digits are a year and a month, "2608" or "202608", that may be an invoice's."""
    return len(text) in (4, 6) and 1 <= int(text[-2:]) <= 12 and as_year(text[:-2], received_on) is not None


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
