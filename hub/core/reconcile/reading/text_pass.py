"""One pass over one text: whole numbers first, then months and words, then counters."""

from __future__ import annotations

from itertools import pairwise

from hub.core.reconcile.payers.names import odd_words
from hub.core.reconcile.reading.fitting import FEW_DIGITS
from hub.core.reconcile.reading.mentions import BARE, STRONG, WEAK, Ref
from hub.core.reconcile.reading.months import COUNTERS, CUT_MONTHS, MonthText
from hub.core.reconcile.reading.periods import LETTERS, as_year, near
from hub.core.reconcile.reading.situations import GROUPED, ungrouped
from hub.core.reconcile.texts.text import due_day, mask, runs
from hub.core.reconcile.texts.words import (
    DISCOUNT_WORDS,
    EXCEPT_WORDS,
    INVOICE_WORDS,
    LIST_WORDS,
    MONTHLY_WORDS,
    MONTHS,
    PART_WORDS,
    RANGE_WORDS,
    SITUATION_WORDS,
    STATEMENT_WORDS,
    WEEK_WORDS,
)

_MORE_WORDS = frozenset(("AUTRES", "SUIVANTES", "SUIV", "DIVERS", "DIVERSES", "PLUSIEURS", "ETC"))
_CUT_STATEMENT = "RELEV"  # what a bank may leave of the word
_LONGEST_TERMS = 400  # days between a receipt and a due date that it names
_MOST_SITUATIONS = 3  # digits of the number of a builder's invoice within its contract
_NAMES_WITHIN = 1000  # characters of a text that may hold its payer's name
_TELLING_WORDS = (
    STATEMENT_WORDS | PART_WORDS | DISCOUNT_WORDS | EXCEPT_WORDS | _MORE_WORDS | {"COMPTE", *MONTHS, *WEEK_WORDS}
)


class TextPass(MonthText):
    """One pass over one text: whole numbers first, then months and words, then counters."""

    def run(self, folded: str) -> None:
        """Fill the reading: whole numbers first, then what they leave."""
        masked, hidden = mask(folded, self._is_number)
        self._read_hidden(folded, hidden)
        if GROUPED.search(masked):
            masked = ungrouped(self, masked)
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
        digits = [month + counter.zfill(width) for width in COUNTERS]
        spelt = [before[0] + one for one in digits] if announced else digits
        find = numbers.whole.get if announced else numbers.by_digits.get
        found = [row for number in spelt for row in numbers.rows(find(number))]
        if found:
            self._mention(-1, text, [Ref(row, BARE if announced else WEAK) for row in found])
        elif announced:
            settled = self.ledger.settled
            self.reading.closed += [(number, settled[number]) for number in spelt if number in settled]

    def _words_and_months(self) -> None:
        """Words that change the meaning of the whole text, months, and company numbers."""
        reading, texts, telling, figured = self.reading, self.texts, _TELLING_WORDS, self.lexicon.figured
        names, houses = self.lexicon.names, self.lexicon.names.houses
        for at, text in enumerate(texts):
            if text < LETTERS:
                self._company_number(at)
                behind = texts[at + 1] if at + 1 < len(texts) else ""
                if houses and behind and not self.used[at] and names.is_house(text, behind):
                    self.used[at] = True
                    reading.words.append(text)
                elif at and (texts[at - 1], text) in figured:
                    reading.words.append(text)
                continue
            if not self.used[at]:
                reading.words.append(text)
            if text in SITUATION_WORDS and (counted := self._counted(at + 1)) is not None:
                self.used[counted] = True
                self.situations.append(texts[counted].lstrip("0"))
                continue
            if text not in telling:
                reading.statement |= text == _CUT_STATEMENT and at + 1 == len(texts)
                if text in CUT_MONTHS and not self.used[at]:
                    self._cut_month(at)
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
            elif text in EXCEPT_WORDS:
                self.but_for.append(at)
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
        begins = at + 2 < len(texts) and texts[at + 2] > LETTERS and not self.gaps[at + 2]  # the "25" of "25C0261"
        return None if dated and not begins else at

    def _odd_words(self, masked: str) -> None:
        """Words of debtors' names that are no runs of letters: "J.P.R.", "2MB"."""
        words, vocabulary = self.reading.words, self.lexicon.vocabulary
        words += [word for word in odd_words(masked[:_NAMES_WITHIN]) if word in vocabulary and word not in words]

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
            if self.but_for and self._is_left_out(here):
                self.reading.left_out += [ref.row for ref in mention.refs]
                continue
            if technical and mention.refs[0].strength < STRONG:
                if len(mention.text) < FEW_DIGITS or mention.text not in self.numbers.whole:
                    continue
                mention = mention._replace(refs=tuple([ref._replace(strength=WEAK) for ref in mention.refs]))
            if after is not None and here >= 0 and self._is_range(here, after):
                mention = mention._replace(opens_range=True)
            self.reading.mentions.append(mention)
            if not technical and here >= 0 and self._goes_on(here + 1):
                self.reading.goes_on = True
        if len(positions) > 2:
            self._parted_by_dashes()

    def _parted_by_dashes(self) -> None:
        """Three numbers and more with a dash between each two are a list: "951 - 984 - 994" is no range."""
        mentions = self.reading.mentions
        chained = {
            at + step
            for at, (one, after) in enumerate(pairwise(mentions))
            if one.opens_range and after.opens_range
            for step in (0, 1)
        }
        for at in chained:
            mentions[at] = mentions[at]._replace(opens_range=False)

    def _is_left_out(self, at: int) -> bool:
        """Whether nothing but numbers, and words for them, stand between a number and the "SAUF" before it."""
        texts, prefixes = self.texts, self.numbers.prefixes
        while at >= 0 and (self.used[at] or texts[at] in INVOICE_WORDS or texts[at] in prefixes):
            at -= 1
        return at in self.but_for

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
