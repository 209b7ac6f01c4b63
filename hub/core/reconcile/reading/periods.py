"""The year and the month of a number, as a text writes them before or behind its counter."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.index.numbers import NumberIndex

LETTERS = ":"  # a run below it is digits: it stands between "9" and "A"
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


def is_month_of_a_year(text: str, received_on: date) -> bool:
    """Whether digits are a year and a month, "2608" or "202608", that may be an invoice's."""
    return len(text) in (4, 6) and 1 <= int(text[-2:]) <= 12 and as_year(text[:-2], received_on) is not None


def year_behind(work: Written, at: int) -> str:
    """The year joined to the end of run `at`: the 26 of "5494/26"; "" when none is."""
    texts, gaps, after = work.texts, work.gaps, at + 1
    if after >= len(texts) or texts[after] > LETTERS or gaps[after] not in ("-", "/", "."):
        return ""
    return texts[after] if as_year(texts[after], work.received_on) else ""


def period_beside(work: Written, at: int, own_period: str) -> tuple[int, int] | None:
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
