"""Written dates to ISO text, once per distinct text.

A form says what is left open by the text itself: the order of ``03/04/2026`` (`dmy`, `mdy`) and what bare digits
mean (`ddmmyy`, `yymmdd`). ISO dates, ``yyyymmdd``, ``ddmmyyyy`` and Excel serial numbers have one reading
whatever the form.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

#: What stands where there is no date.
_EMPTY = frozenset({"", "00/00/0000", "0000-00-00", "00-00-0000", "00000000", "-", "--"})
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? ?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_DIGITS = re.compile(r"\d{5,8}", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
#: Day 0 of Excel's calendar (its 29 February 1900 never existed, hence the 30th); serials of 1954 to 2119.
_SERIAL_ZERO, _SERIALS = date(1899, 12, 30), range(20_000, 80_001)
_YEARS = range(1900, 2101)
#: What stands for "not readable" in a column of dates; never a value.
UNREADABLE = ""
_CACHE_LIMIT = 100_000

_TOLD = {
    "ymd": "ymd",
    "yyyymmdd": "dmy",
    "ddmmyyyy": "dmy",
    "ddmmyy": "ddmmyy",
    "yymmdd": "yymmdd",
    "iso": "dmy",
}


class Dates(dict[str, str | None]):
    """Text -> ISO date, None for an empty text, `UNREADABLE` for one that is no date of this form. Fills itself."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form

    def __missing__(self, text: str) -> str | None:
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        bare = text.strip()
        value = None if bare in _EMPTY else read_date(bare, self.form) or UNREADABLE
        self[text] = value
        return value


def read_date(text: str, form: str) -> str | None:
    """The date in `text` as ISO text, None when there is none under `form`. A time of day is left aside."""
    time = _TIME.search(text)
    if time and time.end() == len(text):
        text = text[: time.start()]
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        return _iso(match[1], match[3], match[4])
    match = _YEAR_LAST.fullmatch(text)
    if match:
        year = match[4] if len(match[4]) == 4 else _century(match[4])
        return _iso(year, match[1], match[3]) if form == "mdy" else _iso(year, match[3], match[1])
    match = _SERIAL.fullmatch(text)
    if match and int(match[1]) in _SERIALS:
        return (_SERIAL_ZERO + timedelta(days=int(match[1]))).isoformat()
    return _bare_digits(text, form) if _DIGITS.fullmatch(text) else None


def _bare_digits(text: str, form: str) -> str | None:
    """Eight digits have one reading at most: 20 or 19 in front is no month of a day written last."""
    if len(text) == 8:
        last = _iso(text[4:], text[:2], text[2:4]) if form == "mdy" else _iso(text[4:], text[2:4], text[:2])
        return _iso(text[:4], text[4:6], text[6:]) or last
    if len(text) == 6 and form == "yymmdd":
        return _iso(_century(text[:2]), text[2:4], text[4:])
    if len(text) == 6 and form == "ddmmyy":
        return _iso(_century(text[4:]), text[2:4], text[:2])
    return None


def _iso(year: str, month: str, day: str) -> str | None:
    if int(year) not in _YEARS:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _century(two_digits: str) -> str:
    """70 to 99 belong to the last century: no open invoice is older."""
    return ("19" if int(two_digits) >= 70 else "20") + two_digits


def told_form(date_format: str) -> str:
    """The form meant by the setting `date_format`: ``dd/mm/yyyy``, ``%d/%m/%Y``, ``yymmdd``…

    Raises:
        ValueError: it is none that can be read.
    """
    words = date_format.lower() if "%" not in date_format else _from_percent(date_format)
    letters = re.sub(r"[^a-z]", "", words.replace("j", "d").replace("a", "y"))
    bare = letters == words.replace("j", "d").replace("a", "y")
    if bare and letters in _TOLD:
        return _TOLD[letters]
    order = re.sub(r"(.)\1*", r"\1", letters)
    if not bare and order in ("dmy", "mdy", "ymd"):
        return "dmy" if order == "ymd" else order
    raise ValueError(f"date_format {date_format!r} is not written like dd/mm/yyyy, mm/dd/yyyy, yyyymmdd or ddmmyy")


def _from_percent(date_format: str) -> str:
    for mark, letters in (("%d", "dd"), ("%m", "mm"), ("%Y", "yyyy"), ("%y", "yy")):
        date_format = date_format.replace(mark, letters)
    return date_format


def form_of(texts: list[str]) -> tuple[str | None, str]:
    """The form of a column, from its non-empty `texts`, and an example of what decides or stays open.

    Returns:
        ``dmy`` or ``mdy`` or ``ddmmyy`` or ``yymmdd`` when the texts prove it, ``""`` when nothing in them
        depends on the form, ``open`` when they fit both orders, None when they prove contradictory orders.
    """
    day_first = month_first = either = short_day = short_year = short = 0
    example = ""
    for text in texts:
        match = _YEAR_LAST.match(text)
        if match:
            first, second = int(match[1]), int(match[3])
            day_first += first > 12 >= second
            month_first += second > 12 >= first
            either += 1
            example = example or text
        elif len(text) == 6 and text.isdigit():
            by_day, by_year = _bare_digits(text, "ddmmyy"), _bare_digits(text, "yymmdd")
            short += 1
            short_day += bool(by_day and not by_year)
            short_year += bool(by_year and not by_day)
            example = example or text
    if short:
        if bool(short_day) == bool(short_year):
            return None, example
        return ("ddmmyy" if short_day else "yymmdd"), example
    if not either:
        return "", ""
    if day_first >= max(1, 2 * month_first):  # what does not fit is then held, cell by cell
        return "dmy", example
    if month_first:
        return ("mdy" if month_first > 20 * day_first and month_first * 4 >= either else None), example
    return "open", example
