"""Months, weeks and periods that a text names, in words or in figures."""

from __future__ import annotations

import re
from datetime import timedelta

from hub.core.reconcile.reading.counters import CounterText
from hub.core.reconcile.reading.periods import LETTERS, as_year, near
from hub.core.reconcile.texts.words import (
    INVOICE_WORDS,
    MONTHLY_WORDS,
    MONTHS,
    ORDER_WORDS,
    OTHER_NUMBER_WORDS,
    SMALL_WORDS,
    STATEMENT_WORDS,
)

COUNTERS = (3, 4, 5, 6)  # digits of counters that a day's two may be the end of
_YEAR = 12  # months
_WEEKS = 53  # of a long year
_NEXT_WEEK = timedelta(days=7)  # a month of which less is left is at its end
_PERIOD = re.compile(  # the first and the last month, from a first to a last day
    r"\bDU 0?1[/.-](0[1-9]|1[0-2])(?:[/.-](?:20)?\d\d)? AU (?:2[89]|3[01])[/.-](0[1-9]|1[0-2])[/.-]((?:20)?\d\d)\b"
)
_WITHIN = ("", "-", "/", ".")  # gaps within one number
_BEFORE_MONTHS = STATEMENT_WORDS | INVOICE_WORDS | SMALL_WORDS | MONTHLY_WORDS
_NOT_BEFORE_MONTHS = (ORDER_WORDS | OTHER_NUMBER_WORDS) - MONTHLY_WORDS
#: What a bank or a person leaves of a month, four letters or more: "NOVE", "SEPTEM"; before a year it is one.
CUT_MONTHS = {
    name[:length]: month
    for name, month in MONTHS.items()
    for length in range(4, len(name))
    if name[:length] not in MONTHS
}


class MonthText(CounterText):
    """Reads the months and weeks of a text into `reading`."""

    def _month(self, at: int, month: int) -> None:
        """A month by its name, with the year that follows if there is one."""
        after = self.texts[at + 1] if at + 1 < len(self.texts) else None
        year = None
        if after and after < LETTERS and not self.used[at + 1] and near(self.gaps[at + 1]):
            year = as_year(after, self.received_on)
            if year:
                self.used[at + 1] = True
        self.reading.months.append((year, month))

    def _cut_month(self, at: int) -> None:
        """A month of which only the beginning is left: "LOYER NOVE 25"."""
        after = self.texts[at + 1] if at + 1 < len(self.texts) else ""
        if after and after < LETTERS and self.gaps[at + 1] == " " and as_year(after, self.received_on):
            self._month(at, CUT_MONTHS[self.texts[at]])

    def _week(self, at: int) -> None:
        """A week of the year behind its word: "SEMAINE 34", "SEM S34"."""
        texts = self.texts
        at += at < len(texts) and texts[at] in ("S", "N", "NO")
        if at < len(texts) and len(texts[at]) <= 2 and texts[at] < LETTERS and 1 <= int(texts[at]) <= _WEEKS:
            self.used[at] = True
            self.reading.weeks += (int(texts[at]),)

    def _numeric_months(self) -> None:
        """ "03/2026" or "03 26" after a word that announces a month; "03/2026" also anywhere else."""
        texts, used = self.texts, self.used
        for at in range(len(texts) - 1):
            one, two = texts[at], texts[at + 1]
            if one in STATEMENT_WORDS and not used[at + 1] and two < LETTERS:
                self._month_written_together(at + 1)
            if len(one) > 2 or one > LETTERS or two > LETTERS or used[at] or used[at + 1]:
                continue
            gap = self.gaps[at + 1]
            if not 1 <= int(one) <= 12 or gap not in ("/", "-", " ", ".", "") or len(two) not in (2, 4):
                continue
            if at > 1 and self.gaps[at] == self.gaps[at - 1] == "":
                continue  # the end of a code: "911317D1-23" is of no January
            year = as_year(two, self.received_on)
            if year and ((at and texts[at - 1] in _BEFORE_MONTHS) or self._is_plainly_a_month(at)):
                used[at] = used[at + 1] = True
                self.reading.months.append((year, int(one)))

    def _months_of_what_is_due(self) -> None:
        """ "2026-03", "202603", "032026" and "0326" behind "LOYER" and the like."""
        texts, used, months = self.texts, self.used, self.reading.months
        for at in range(1, len(texts)):
            text = texts[at]
            if texts[at - 1] not in MONTHLY_WORDS or text > LETTERS or used[at]:
                continue
            if len(text) == 4 and at + 1 < len(texts) and self.gaps[at + 1] in ("-", "/") and len(texts[at + 1]) == 2:
                spelt = [(text, texts[at + 1])]
            elif len(text) == 4:
                if (month_of := self._short_month(text)) is not None:
                    used[at] = True
                    months.append(month_of)
                continue
            else:
                spelt = [(text[:4], text[4:]), (text[2:], text[:2])] if len(text) == 6 else []
            for year, month in spelt:
                if month < LETTERS and 1 <= int(month) <= 12 and (meant := as_year(year, self.received_on)):
                    used[at] = True
                    if len(text) == 4:
                        used[at + 1] = True
                    months.append((meant, int(month)))
                    break

    def _short_month(self, text: str) -> tuple[int, int] | None:
        """The month of "0326", if it lies within a year of the receipt: four digits are soon something else."""
        year, on = as_year(text[2:], self.received_on), self.received_on
        if year is None or not 1 <= int(text[:2]) <= 12:
            return None
        return (year, int(text[:2])) if abs((year - on.year) * 12 + int(text[:2]) - on.month) <= _YEAR else None

    def _period(self, folded: str) -> None:
        """ "DU 01/03 AU 31/03/2026": the months that are paid."""
        for first, last, digits in _PERIOD.findall(folded):
            if year := as_year(digits, self.received_on):
                self.reading.months += [(year, month) for month in range(int(first), int(last) + 1)]

    def _month_written_together(self, at: int) -> None:
        """ "RELEVE 0226", "RELEVE 022026": of a month and a year in figures."""
        text = self.texts[at]
        if len(text) in (4, 6) and 1 <= int(text[:2]) <= 12 and (year := as_year(text[2:], self.received_on)):
            self.used[at] = True
            self.reading.months.append((year, int(text[:2])))

    def _is_plainly_a_month(self, at: int) -> bool:
        """Whether "03/2026" stands here alone, behind no word of an order or a file, and is no counter and its year."""
        texts, gaps, (month, year) = self.texts, self.gaps, self.texts[at : at + 2]
        if gaps[at + 1] != "/" or len(month) != 2 or len(year) != 4:
            return False
        if (at and gaps[at] in _WITHIN) or (at + 2 < len(texts) and gaps[at + 2] in _WITHIN):
            return False
        if at and texts[at - 1] in _NOT_BEFORE_MONTHS:
            return False
        return not any(month.zfill(width) + year in self.numbers.whole for width in COUNTERS)

    def _months_of_statements(self) -> None:
        """A statement drawn at the end of a month is that month's: "VOTRE RELEVE DU 31/03/26"."""
        for day in self.reading.days:
            if day <= self.received_on and day.month != (day + _NEXT_WEEK).month:
                self.reading.months.append((day.year, day.month))
