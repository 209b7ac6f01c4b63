"""One pass over one text: whole numbers first, then months and words, then counters."""

from __future__ import annotations

import re
from datetime import timedelta

from hub.core.reconcile.counters import CounterText
from hub.core.reconcile.fitting import LETTERS, as_year, near
from hub.core.reconcile.mentions import BARE, STRONG, WEAK, Ref
from hub.core.reconcile.names import odd_words
from hub.core.reconcile.text import due_day, mask, runs
from hub.core.reconcile.words import (
    DISCOUNT_WORDS,
    INVOICE_WORDS,
    LIST_WORDS,
    MONTHLY_WORDS,
    MONTHS,
    ORDER_WORDS,
    OTHER_NUMBER_WORDS,
    PART_WORDS,
    RANGE_WORDS,
    SITUATION_WORDS,
    SMALL_WORDS,
    STATEMENT_WORDS,
    WEEK_WORDS,
)

_MORE_WORDS = frozenset(("AUTRES", "SUIVANTES", "SUIV", "DIVERS", "DIVERSES", "PLUSIEURS", "ETC"))
_CUT_STATEMENT = "RELEV"  # what a bank may leave of the word
_WEEKS = 53  # of a long year
_NEXT_WEEK = timedelta(days=7)  # a month of which less is left is at its end
_LONGEST_TERMS = 400  # days between a receipt and a due date that it names
_COUNTERS = (3, 4, 5, 6)  # digits of counters that a day's two may be the end of
_PERIOD = re.compile(  # the first and the last month, from a first to a last day
    r"\bDU 0?1[/.-](0[1-9]|1[0-2])(?:[/.-](?:20)?\d\d)? AU (?:2[89]|3[01])[/.-](0[1-9]|1[0-2])[/.-]((?:20)?\d\d)\b"
)
_WITHIN = ("", "-", "/", ".")  # gaps within one number
_BEFORE_MONTHS = STATEMENT_WORDS | INVOICE_WORDS | SMALL_WORDS | MONTHLY_WORDS
_NOT_BEFORE_MONTHS = (ORDER_WORDS | OTHER_NUMBER_WORDS) - MONTHLY_WORDS
_MOST_SITUATIONS = 3  # digits of the number of a builder's invoice within its contract
_NAMES_WITHIN = 1000  # characters of a text that may hold its payer's name
_TELLING_WORDS = STATEMENT_WORDS | PART_WORDS | DISCOUNT_WORDS | _MORE_WORDS | {"COMPTE", *MONTHS, *WEEK_WORDS}


class TextPass(CounterText):
    """One pass over one text: whole numbers first, then months and words, then counters."""

    def run(self, folded: str) -> None:
        """Fill the reading: whole numbers first, then what they leave."""
        masked, hidden = mask(folded, self._is_number)
        self._read_hidden(folded, hidden)
        self.texts, self.gaps = runs(masked)
        self.used = [False] * len(self.texts)
        self._whole_numbers()
        self._words_and_months()
        if " AU " in folded:
            self._period(folded)
        self._counters()
        if self.reading.statement and self.reading.days and not self.reading.months:
            self._months_of_statements()
        self._link()
        self._odd_words(masked)

    def _is_number(self, digits: str, tail: str) -> bool:
        """Whether digits are the whole number of an open item; with a tail, one printed apart from it, or closed."""
        rows = self.numbers.whole.get(digits + tail)
        if not tail:
            return rows is not None
        printed = [self.ledger.items.number[row] for row in self.numbers.rows(rows)]
        return any(n.endswith(tail) and not n[: -len(tail)][-1:].isdigit() for n in printed) or (
            rows is None and digits + tail in self.ledger.settled
        )

    def _read_hidden(self, folded: str, hidden: list[tuple[str, str]]) -> None:
        """A hidden date or amount can still be a whole number of the ledger ("12/2026" never is a date here)."""
        for kind, text in hidden:
            if kind == "due" and (day := due_day(text)) and abs((day - self.received_on).days) <= _LONGEST_TERMS:
                self.reading.due_on.append(day)
            elif kind == "date" and (day := due_day(text)):
                self.reading.days += (day,)
            key = "".join(c for c in text if c.isalnum())
            rows = self.numbers.whole.get(key)
            if rows is not None and len(key) >= 6 and not key.isdigit():
                self._mention(-1, text, [Ref(r, STRONG) for r in self.numbers.rows(rows)])
            elif kind == "date" and len(key) == 8 and key.startswith("20"):
                self._number_like_a_day(folded, text, key)

    def _number_like_a_day(self, folded: str, text: str, day: str) -> None:
        """ "F 2026-03-29" is a day to the eye, and the number F-2026-03-0029 without its noughts, if there is one.

        Without its letters in front it is a day, and only beside its debtor and its sum a number.
        """
        month, counter, numbers = day[:6], day[6:], self.numbers
        before = folded[: folded.find(text)].split()[-1:]
        announced = bool(before) and before[0] in numbers.prefixes
        spelt = [
            letters + month + counter.zfill(width)
            for letters in (before if announced else (*numbers.prefixes, ""))
            for width in _COUNTERS
        ]
        found = [row for number in spelt for row in numbers.rows(numbers.whole.get(number))]
        if found:
            self._mention(-1, text, [Ref(row, BARE if announced else WEAK) for row in found])
        elif announced:
            settled = self.ledger.settled
            self.reading.closed += [(number, settled[number]) for number in spelt if number in settled]

    def _words_and_months(self) -> None:
        """Words that change the meaning of the whole text, months, and company numbers."""
        reading, texts, telling, figured = self.reading, self.texts, _TELLING_WORDS, self.lexicon.figured
        for at, text in enumerate(texts):
            if text < LETTERS:
                self._company_number(at)
                if at and (texts[at - 1], text) in figured:
                    reading.words.append(text)
                continue
            if not self.used[at]:
                reading.words.append(text)
            if text in SITUATION_WORDS and (counted := self._counted(at + 1)) is not None:
                self.used[counted] = True
                continue
            if text not in telling:
                reading.statement |= text == _CUT_STATEMENT and at + 1 == len(texts)
                continue
            if text in STATEMENT_WORDS:
                reading.statement = True
            elif text in PART_WORDS:
                reading.part = True
            elif text in DISCOUNT_WORDS:
                reading.discount = True
            elif text == "COMPTE" and at and texts[at - 1] in ("POUR", "LE", "PR", "P", "ET"):
                reading.on_behalf = True
            elif text in _MORE_WORDS:
                reading.more = True
            elif text in MONTHS and not self.used[at]:
                self._month(at, MONTHS[text])
            elif text in WEEK_WORDS:
                self._week(at + 1)
        self._numeric_months()
        if not MONTHLY_WORDS.isdisjoint(reading.words):
            self._months_of_what_is_due()

    def _counted(self, at: int) -> int | None:
        """Where a small number stands that is no date: "SITUATION 2" is a builder's second invoice, and no counter."""
        texts = self.texts
        at += at < len(texts) and texts[at] in ("N", "NO", "NUM", "NUMERO")
        if at >= len(texts) or texts[at] > LETTERS or len(texts[at]) > _MOST_SITUATIONS or self.used[at]:
            return None
        dated = at + 1 < len(texts) and texts[at + 1] < LETTERS and as_year(texts[at + 1], self.received_on)
        return None if dated else at

    def _odd_words(self, masked: str) -> None:
        """Words of debtors' names that are no runs of letters: "J.P.R.", "2MB"."""
        words, vocabulary = self.reading.words, self.lexicon.vocabulary
        words += [word for word in odd_words(masked[:_NAMES_WITHIN]) if word in vocabulary and word not in words]

    def _month(self, at: int, month: int) -> None:
        """A month by its name, with the year that follows if there is one."""
        after = self.texts[at + 1] if at + 1 < len(self.texts) else None
        year = None
        if after and after < LETTERS and not self.used[at + 1] and near(self.gaps[at + 1]):
            year = as_year(after, self.received_on)
            if year:
                self.used[at + 1] = True
        self.reading.months.append((year, month))

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
            year = as_year(two, self.received_on)
            if year and ((at and texts[at - 1] in _BEFORE_MONTHS) or self._is_plainly_a_month(at)):
                used[at] = used[at + 1] = True
                self.reading.months.append((year, int(one)))

    def _months_of_what_is_due(self) -> None:
        """ "2026-03", "202603" and "032026" behind "LOYER" and the like."""
        texts, used, months = self.texts, self.used, self.reading.months
        for at in range(1, len(texts)):
            text = texts[at]
            if texts[at - 1] not in MONTHLY_WORDS or text > LETTERS or used[at]:
                continue
            if len(text) == 4 and at + 1 < len(texts) and self.gaps[at + 1] in ("-", "/") and len(texts[at + 1]) == 2:
                spelt = [(text, texts[at + 1])]
            else:
                spelt = [(text[:4], text[4:]), (text[2:], text[:2])] if len(text) == 6 else []
            for year, month in spelt:
                if month < LETTERS and 1 <= int(month) <= 12 and (meant := as_year(year, self.received_on)):
                    used[at] = True
                    if len(text) == 4:
                        used[at + 1] = True
                    months.append((meant, int(month)))
                    break

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
        return not any(month.zfill(width) + year in self.numbers.whole for width in _COUNTERS)

    def _months_of_statements(self) -> None:
        """A statement drawn at the end of a month is that month's: "VOTRE RELEVE DU 31/03/26"."""
        for day in self.reading.days:
            if day <= self.received_on and day.month != (day + _NEXT_WEEK).month:
                self.reading.months.append((day.year, day.month))

    def _company_number(self, at: int) -> None:
        """A SIREN (9 digits) or SIRET (14) of a debtor, written with or without blanks."""
        text = self.texts[at]
        if len(text) in (9, 14) and not self.used[at]:
            accounts = self.lexicon.sirens.get(text[:9])
            if accounts:
                self.used[at] = True
                self.reading.accounts += accounts

    def _link(self) -> None:
        """Put the mentions in the order of the text and mark ranges ("F101 A F105")."""
        positions = sorted(self.found)
        following: list[int | None] = [*positions[1:], None]
        technical = self.where == "end_to_end_ref"  # made by machines: only a whole number of ours means anything
        if technical:
            self.reading.unknown.clear()
            self.reading.of_something = False
        for here, after in zip(positions, following, strict=False):
            mention = self.found[here]
            if technical and mention.refs[0].strength < STRONG:
                continue
            if after is not None and here >= 0 and self._is_range(here, after):
                mention = mention._replace(opens_range=True)
            self.reading.mentions.append(mention)
            if not technical and here >= 0 and self._goes_on(here + 1):
                self.reading.goes_on = True

    def _goes_on(self, at: int) -> bool:
        """Whether the text goes on with digits, or with letters that begin numbers, that nothing explains."""
        texts, used = self.texts, self.used
        while at < len(texts) and texts[at] in LIST_WORDS and near(self.gaps[at], listed=True):
            at += 1
        if at >= len(texts) or not near(self.gaps[at], listed=True):
            return False
        if used[at]:
            return at in self.found and self.found[at].refs[0].strength <= WEAK
        if texts[at] < LETTERS:
            return True
        last = at + 1 == len(texts)
        return texts[at] in self.numbers.prefixes and (last or (texts[at + 1] < LETTERS and not used[at + 1]))

    def _is_range(self, here: int, after: int) -> bool:
        """Whether only "A", "AU" or a dash, and letters of the number itself, stand between two numbers."""
        between = range(here + 1, after + 1)
        words = [self.texts[at] for at in between if not self.used[at] and self.texts[at] > LETTERS]
        if len(between) >= 8:
            return False
        if any(w in RANGE_WORDS for w in words):
            return all(w in RANGE_WORDS or w in INVOICE_WORDS or w in self.numbers.prefixes for w in words)
        return not words and self.gaps[here + 1].strip() in ("-", "->", ">", "...")
