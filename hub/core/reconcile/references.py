"""Reading references: which open items, orders, months and closed invoices a text may name.

A number in a text is checked part by part, leftwards, against every number it may stand for: the counter,
then the period if one is written, then the letters or the word in front. A part that is missing weakens the
reference; a part that disagrees ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hub.core.reconcile.ledger import Ledger
from hub.core.reconcile.numbers import Scheme, fill_index
from hub.core.reconcile.text import LONGEST_TEXT, Token, fold, join_pieces, mask, runs
from hub.core.reconcile.words import (
    CREDIT_NOTE_WORDS,
    DISCOUNT_WORDS,
    INVOICE_WORDS,
    LEGAL_FORMS,
    LIST_WORDS,
    MONTHS,
    ORDER_WORDS,
    OTHER_NUMBER_WORDS,
    PART_WORDS,
    RANGE_WORDS,
    SMALL_WORDS,
    STATEMENT_WORDS,
)

FULL, STRONG, BARE, WEAK = 4, 3, 2, 1
_MOST_ALTERNATIVES = 24  # rows kept for one number; a counter shared by more proves nothing
_LOOKALIKES = str.maketrans("OQDILZSBG", "000112586")  # letters that scanners and fingers take for digits
_MIXED = re.compile(r"[0-9][OQDILZSBG]+(?:[0-9OQDILZSBG]|\b)|\b[A-Z]{0,4}[OQDILZSBG][0-9]")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FEW_DIGITS = 4  # a bare number under this many digits is never proof


class Ref(NamedTuple):
    """One open item a number may stand for, and how completely it is written."""

    row: int
    strength: int


class Mention(NamedTuple):
    """A number of the text with the items it may stand for. `chained`: joined to the one before as a range."""

    text: str
    where: str
    refs: tuple[Ref, ...]
    opens_range: bool = False


@dataclass(slots=True)
class Reading:
    """Everything a receipt's texts say."""

    mentions: list[Mention] = field(default_factory=list)
    closed: list[tuple[str, list[int]]] = field(default_factory=list)  # number, accounts
    unknown: list[str] = field(default_factory=list)  # built like our numbers, but neither open nor closed
    orders: list[tuple[str, list[int]]] = field(default_factory=list)  # order or payment reference, rows
    months: list[tuple[int | None, int]] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)  # by SIREN in the text
    words: list[str] = field(default_factory=list)
    statement: bool = False
    part: bool = False
    discount: bool = False
    more: bool = False  # "and others"
    on_behalf: bool = False  # the payer says it pays for someone else

    @property
    def names_something(self) -> bool:
        """Whether the text points at particular items."""
        firm = any(m.refs[0].strength > WEAK for m in self.mentions)
        return bool(firm or self.closed or self.unknown or self.orders)


class _Known:
    """Keys worth a closer look: whole numbers, numbers without letters, closed numbers, order references."""

    def __init__(self, ledger: Ledger) -> None:
        self._whole, self._digits = ledger.numbers.whole, ledger.numbers.by_digits
        self._settled, self._orders = ledger.settled, ledger.by_order

    def __contains__(self, key: str) -> bool:
        return key in self._whole or key in self._digits or key in self._settled or key in self._orders


class Reader:
    """Reads texts against one ledger."""

    def __init__(self, ledger: Ledger, sirens: dict[str, list[int]]) -> None:
        self.ledger = ledger
        self.numbers = ledger.numbers
        self.sirens = sirens
        self.known = _Known(ledger)
        self.begins = {key[: len(key) - len(key.lstrip(_LETTERS))] for key in (*ledger.settled, *ledger.by_order)}
        self.begins |= self.numbers.prefixes
        self.begins.discard("")
        self._lookalike: dict[str, int | list[int]] | None = None

    def read(self, texts: list[tuple[str, str]], received_on: date) -> Reading:
        """Read (where, text) pairs of one receipt, the most trusted first, pieces joined as banks cut them."""
        reading = Reading()
        for where, text in texts:
            folded = fold(text[:LONGEST_TEXT])
            _TextPass(self, reading, where, received_on).run(join_pieces(folded) if "\n" in folded else folded)
        return reading

    def look_again(self, reading: Reading, texts: list[tuple[str, str]], received_on: date) -> bool:
        """Read once more what did not explain the receipt: words cut between pieces, letters for digits.

        Returns whether the second look can have added something.
        """
        changed = False
        for where, text in texts:
            folded = fold(text[:LONGEST_TEXT])
            if "\n" in folded:
                glued = Reading()
                _TextPass(self, glued, where, received_on).run(folded.replace("\n", ""))
                _merge(reading, glued)
                changed = True
            if _MIXED.search(folded):
                self._read_lookalikes(reading, where, join_pieces(folded[:2000]))
                changed = True
        return changed

    def _read_lookalikes(self, reading: Reading, where: str, folded: str) -> None:
        """Whole numbers in which letters and digits of like shape were exchanged (O for 0, I for 1, B for 8)."""
        if self._lookalike is None:
            self._lookalike = {}
            fill_index(self._lookalike, (number.translate(_LOOKALIKES) for number in self.numbers.compact))
        words = [w if w.isalnum() else "".join(c for c in w if c.isalnum()) for w in folded.split()]
        for at, word in enumerate(words[:60]):
            for key in (word, "".join(words[at : at + 2]), "".join(words[at : at + 3])):
                if len(key) >= 6 and any(c.isdigit() for c in key):
                    rows = self.numbers.rows(self._lookalike.get(key.translate(_LOOKALIKES)))
                    if rows and key not in self.numbers.whole:
                        reading.mentions = [m for m in reading.mentions if m.text not in key]
                        known = sorted(rows, key=lambda row: self.ledger.items.id[row])[:_MOST_ALTERNATIVES]
                        reading.mentions.append(Mention(key, where, tuple(Ref(row, STRONG) for row in known)))
                        return


def _merge(reading: Reading, glued: Reading) -> None:
    """Add what only the glued text shows: numbers that the cut between two pieces had broken."""
    known = {ref.row for m in reading.mentions for ref in m.refs if ref.strength >= STRONG}
    strong = [m for m in glued.mentions if m.refs[0].strength >= STRONG and m.refs[0].row not in known]
    if strong:
        texts = {m.text for m in glued.mentions}
        reading.mentions = [m for m in reading.mentions if m.refs[0].strength >= STRONG or m.text in texts]
        reading.mentions += strong
        reading.unknown = [u for u in reading.unknown if u in glued.unknown]
    reading.closed += [c for c in glued.closed if c not in reading.closed]
    reading.orders += [o for o in glued.orders if o not in reading.orders]


class _TextPass:
    """One pass over one text. `used` marks runs that already belong to something."""

    def __init__(self, reader: Reader, reading: Reading, where: str, received_on: date) -> None:
        self.reader = reader
        self.numbers = reader.numbers
        self.ledger = reader.ledger
        self.reading = reading
        self.where = where
        self.received_on = received_on
        self.tokens: list[Token] = []
        self.used: list[bool] = []
        self.found: dict[int, Mention] = {}  # by the position of the last run

    def run(self, folded: str) -> None:
        """Fill the reading: whole numbers first, then what they leave."""
        masked, hidden = mask(folded)
        self._read_hidden(hidden)
        self.tokens = runs(masked)
        self.used = [False] * len(self.tokens)
        if not any(token.is_digits for token in self.tokens):
            self._words_and_months()
            return
        self._whole_numbers()
        self._words_and_months()
        self._counters()
        self._link()

    def _read_hidden(self, hidden: list[tuple[str, str]]) -> None:
        """A hidden date or amount can still be a whole number of the ledger ("12/2026" never is a date here)."""
        for _, text in hidden:
            key = "".join(c for c in text if c.isalnum())
            rows = self.numbers.whole.get(key)
            if rows is not None and len(key) >= 6 and not key.isdigit():
                self._mention(-1, text, [Ref(r, STRONG) for r in self.numbers.rows(rows)])

    def _whole_numbers(self) -> None:
        """Runs that, put together, spell a whole number, open or closed, or an order. The longest wins."""
        tokens, at = self.tokens, 0
        while at < len(tokens):
            at += self._spelt_from(at) or 1

    def _spelt_from(self, at: int) -> int:
        """How many runs from `at` on spell something known; 0 when nothing."""
        tokens = self.tokens
        first = tokens[at]
        known = self.reader.known
        for start in self._starts(first):
            key, keys = start, [(start, 1)] if first.is_digits and start in known else []
            for count in range(1, min(7, len(tokens) - at)):
                token = tokens[at + count]
                if token.gap and not _near(token.gap):
                    break
                key += token.text
                if key in known:
                    keys.append((key, count + 1))
            for key, count in reversed(keys):
                if self._spelt(key, at, count):
                    return count
        return 0

    def _starts(self, first: Token) -> list[str]:
        """The run itself, and its end when a word was glued before a known prefix ("FACTFA" -> "FA")."""
        text = first.text
        if first.is_digits:
            return [text]
        begins = self.reader.begins
        return [text[-n:] for n in range(min(len(text), 6), 0, -1) if text[-n:] in begins]

    def _spelt(self, key: str, at: int, count: int) -> bool:
        """Record `key` if it is an open number, a closed number or an order reference."""
        if key.isalpha() or len(key) < _FEW_DIGITS:
            return False
        if key.isdigit() and (len(key) < 6 or _as_date(key, self.received_on)):
            return False
        order = self._governed_by(at, ORDER_WORDS) or key[: len(key) - len(key.lstrip(_LETTERS))] in ORDER_WORDS
        rows = None if order or self._governed_by(at, OTHER_NUMBER_WORDS) else self._rows_spelt(key)
        if rows is not None:
            self._use(at, count)
            strength = FULL if not key.isdigit() or len(key) >= 7 else STRONG
            self._mention(at + count - 1, key, [Ref(r, strength) for r in self.numbers.rows(rows)])
            return True
        if key in self.ledger.settled and not order:
            self._use(at, count)
            self.reading.closed.append((key, self.ledger.settled[key]))
            return True
        if key in self.ledger.by_order:
            self._use(at, count)
            self.reading.orders.append((key, self.ledger.by_order[key]))
            return True
        return False

    def _rows_spelt(self, key: str) -> int | list[int] | None:
        """Rows whose whole number is `key`, or whose number is `key` once its letters are dropped."""
        rows = self.numbers.whole.get(key)
        if rows is None and key.isdigit():
            rows = self.numbers.by_digits.get(key)
        return rows

    def _governed_by(self, at: int, words: frozenset[str]) -> bool:
        """Whether the word just before run `at` is one of `words` ("CDE 4512", "N CLIENT 4512")."""
        back = at - 1
        while back >= 0 and self.tokens[back].text in ("N", "NO", "NUM", "NUMERO", "REF", "VOTRE", "DE"):
            back -= 1
        return back >= 0 and at - back <= 3 and self.tokens[back].text in words and "#" not in self.tokens[at].gap

    def _use(self, at: int, count: int) -> None:
        for position in range(at, at + count):
            self.used[position] = True

    def _mention(self, position: int, text: str, refs: list[Ref]) -> None:
        if refs and len(refs) <= _MOST_ALTERNATIVES:
            refs.sort(key=lambda ref: self.ledger.items.id[ref.row])
            self.found[position] = Mention(text, self.where, tuple(refs))

    def _words_and_months(self) -> None:
        """Words that change the meaning of the whole text, months, and company numbers."""
        reading, tokens = self.reading, self.tokens
        for at, token in enumerate(tokens):
            text = token.text
            if token.is_digits:
                self._company_number(at)
                continue
            if not self.used[at]:
                reading.words.append(text)
            if text in STATEMENT_WORDS:
                reading.statement = True
            elif text in PART_WORDS:
                reading.part = True
            elif text in DISCOUNT_WORDS:
                reading.discount = True
            elif text == "COMPTE" and at and tokens[at - 1].text in ("POUR", "LE", "PR", "P", "ET"):
                reading.on_behalf = True
            elif text in ("AUTRES", "SUIVANTES", "SUIV", "DIVERS", "DIVERSES", "PLUSIEURS", "ETC"):
                reading.more = True
            elif text in MONTHS and not self.used[at]:
                self._month(at, MONTHS[text])
        self._numeric_months()

    def _month(self, at: int, month: int) -> None:
        """A month by its name, with the year that follows if there is one."""
        after = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        year = None
        if after and after.is_digits and not self.used[at + 1] and _near(after.gap):
            year = _as_year(after.text, self.received_on)
            if year:
                self.used[at + 1] = True
        self.reading.months.append((year, month))

    def _numeric_months(self) -> None:
        """ "03/2026" or "03 26" after a word that announces a statement or invoices."""
        tokens = self.tokens
        for at in range(1, len(tokens) - 1):
            one, two = tokens[at], tokens[at + 1]
            if not one.is_digits or not two.is_digits or self.used[at] or self.used[at + 1]:
                continue
            if (
                len(one.text) > 2
                or not 1 <= int(one.text) <= 12
                or two.gap not in ("/", "-", " ", ".", "")
                or len(two.text) not in (2, 4)
            ):
                continue
            year = _as_year(two.text, self.received_on)
            word = tokens[at - 1].text
            if year and (word in STATEMENT_WORDS or word in INVOICE_WORDS or word in SMALL_WORDS or word == "MOIS"):
                self.used[at] = self.used[at + 1] = True
                self.reading.months.append((year, int(one.text)))

    def _company_number(self, at: int) -> None:
        """A SIREN (9 digits) or SIRET (14) of a debtor, written with or without blanks."""
        text = self.tokens[at].text
        if len(text) in (9, 14) and not self.used[at]:
            accounts = self.reader.sirens.get(text[:9])
            if accounts:
                self.used[at] = True
                self.reading.accounts += accounts

    def _counters(self) -> None:
        """Numbers that are not spelt out: a counter, perhaps with its year or its letters."""
        chain: Mention | None = None
        excluded = False
        for at, token in enumerate(self.tokens):
            text = token.text
            if not token.is_digits:
                excluded = self._excludes(at, excluded)
                if not (
                    text in LIST_WORDS or text in RANGE_WORDS or text in INVOICE_WORDS or text in self.numbers.prefixes
                ):
                    chain = None
                continue
            if self.used[at]:
                chain = self.found.get(at, chain)
                continue
            if excluded or "#" in token.gap[-1:]:
                self._order_number(at)
                continue
            mention = self._as_counter(at, chain)
            if mention is not None:
                self.used[at] = True
                self.found[at] = mention
                chain = mention

    def _excludes(self, at: int, before: bool) -> bool:
        """Whether numbers after this word are orders, customers, telephones: anything but invoices."""
        text = self.tokens[at].text
        if text in ORDER_WORDS or text in OTHER_NUMBER_WORDS:
            return True
        return before and (text in ("N", "NO", "NUM", "NUMERO", "DE", "REF") or text in LIST_WORDS)

    def _order_number(self, at: int) -> None:
        """An announced order number, looked up alone."""
        for key in (self.tokens[at].text, (self.tokens[at - 1].text + self.tokens[at].text) if at else ""):
            if key in self.ledger.by_order:
                self.used[at] = True
                self.reading.orders.append((key, self.ledger.by_order[key]))
                return

    def _as_counter(self, at: int, chain: Mention | None) -> Mention | None:
        """The open items whose counter this run may be."""
        text = self.tokens[at].text
        if self._runs_on(at):
            return None
        if len(text) > 18 or (len(text) == 4 and _as_year(text, self.received_on) and self._is_lonely_year(at)):
            return None
        found: dict[int, int] = {}
        for counter, period in _splits(text):
            key = counter.lstrip("0")
            rows = self.numbers.by_counter.get(key) if key else None
            if rows is None or (not isinstance(rows, int) and len(rows) > 2000):
                continue
            for row in self.numbers.rows(rows):
                strength = _fit(self, at, row, counter, period)
                if strength > found.get(row, 0):
                    found[row] = strength
        if chain is not None:
            self._follow_chain(text, chain, found)
        if not found:
            self._note_unknown(at)
            return None
        if len(text) in (6, 8) and _as_date(text, self.received_on):
            found = {row: min(strength, WEAK) for row, strength in found.items()}
        best = sorted(
            found.items(),
            key=lambda x: (-x[1], -self.ledger.items.issued_on[x[0]].toordinal(), self.ledger.items.id[x[0]]),
        )
        return Mention(text, self.where, tuple(Ref(r, s) for r, s in best[: 4 * _MOST_ALTERNATIVES]))

    def _runs_on(self, at: int) -> bool:
        """Whether letters and more digits are glued behind: the run is a part of something longer."""
        after = self.tokens[at + 1 : at + 3]
        return len(after) == 2 and not after[0].is_digits and after[1].is_digits and after[0].gap == after[1].gap == ""

    def _is_lonely_year(self, at: int) -> bool:
        """A run like "2026" that no letters are glued to."""
        return self.tokens[at].gap != "" or at == 0

    def _follow_chain(self, text: str, chain: Mention, found: dict[int, int]) -> None:
        """ "F-2026-00101, 102" or "/02": the number before lends its letters, its period and its first digits."""
        for ref in chain.refs[:4]:
            number, scheme = self.numbers.compact[ref.row], self.numbers.scheme_of[ref.row]
            counter = number[scheme.counter]
            plain = text.lstrip("0")
            if len(text) > len(counter) or not plain:
                continue
            for tail in dict.fromkeys((counter[: -len(text)] + text, plain.zfill(len(counter)))):
                spelt = number[: scheme.counter.start] + tail + number[scheme.counter.start + len(counter) :]
                rows = self.numbers.whole.get(spelt)
                for row in self.numbers.rows(rows):
                    if self.ledger.account_of[row] == self.ledger.account_of[ref.row] and row != ref.row:
                        found[row] = max(found.get(row, 0), min(ref.strength, STRONG))

    def _note_unknown(self, at: int) -> None:
        """A number built like ours that is not in the ledger: its invoice is closed, or it is misprinted."""
        token = self.tokens[at]
        before = self.tokens[at - 1] if at else None
        if before is None or len(token.text) < 3 or not _near(token.gap):
            return
        if before.text in self.numbers.prefixes or (before.text in INVOICE_WORDS and len(token.text) >= _FEW_DIGITS):
            self.reading.unknown.append(before.text + token.text)
        elif before.is_digits and _as_year(before.text, self.received_on) and token.gap in ("-", "/", ".", ""):
            self.reading.unknown.append(before.text + token.text)
        elif (
            before.is_digits and at > 1 and self.tokens[at - 2].text in self.numbers.prefixes and not self.used[at - 1]
        ):
            self.reading.unknown.append(self.tokens[at - 2].text + before.text + token.text)

    def _link(self) -> None:
        """Put the mentions in the order of the text and mark ranges ("F101 A F105")."""
        positions = sorted(self.found)
        following: list[int | None] = [*positions[1:], None]
        technical = self.where == "end_to_end_ref"  # made by machines: only a whole number of ours means anything
        if technical:
            self.reading.unknown.clear()
        for here, after in zip(positions, following, strict=False):
            mention = self.found[here]
            if technical and mention.refs[0].strength < STRONG:
                continue
            if after is not None and here >= 0 and self._is_range(here, after):
                mention = mention._replace(opens_range=True)
            self.reading.mentions.append(mention)

    def _is_range(self, here: int, after: int) -> bool:
        """Whether only "A", "AU" or a dash, and letters of the number itself, stand between two numbers."""
        between = self.tokens[here + 1 : after + 1]
        words = (
            [t.text for t in between if not t.is_digits and not self.used[self.tokens.index(t)]]
            if len(between) < 8
            else ["?"]
        )
        if any(w in RANGE_WORDS for w in words):
            return all(w in RANGE_WORDS or w in INVOICE_WORDS or w in self.numbers.prefixes for w in words)
        return not words and between[0].gap.strip() in ("-", "->", ">", "...") and between[0].gap != ""


def _near(gap: str) -> bool:
    """Whether a gap may stand inside one number: nothing, a blank, or one separator."""
    return len(gap) <= 3 and "#" not in gap and "," not in gap and ";" not in gap and "+" not in gap


def _as_year(text: str, received_on: date) -> int | None:
    """The year meant by two or four digits, if it lies within five years before the receipt."""
    if len(text) == 2:
        text = "20" + text
    if len(text) != 4:
        return None
    year = int(text)
    return year if received_on.year - 5 <= year <= received_on.year + 1 else None


def _as_date(text: str, received_on: date) -> bool:
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


def _splits(digits: str) -> list[tuple[str, str]]:
    """(counter, period) readings of a run: all of it, or a year, year and month, or short year in front."""
    readings = [(digits, "")]
    if len(digits) >= 5 and digits[:2] == "20":
        readings.append((digits[4:], digits[:4]))
        if len(digits) >= 8:
            readings.append((digits[6:], digits[:6]))
    if len(digits) >= 5:
        readings.append((digits[2:], digits[:2]))
        if len(digits) >= 6:
            readings.append((digits[4:], digits[:4]))
    return readings


def _same_period(written: str, period: str) -> bool:
    """Whether a period as written is the number's: "26", "2026" and "202603" can all mean one."""
    if written == period:
        return True
    if len(period) in (4, 6) and period[:2] == "20":
        return written in (period[2:], period[:4]) or (len(period) == 6 and written == period[2:4])
    return len(written) in (4, 6) and written[:2] == "20" and written[2 : 2 + len(period)] == period


def _fit(work: _TextPass, at: int, row: int, counter: str, period: str) -> int:
    """How well run `at` stands for the number of `row`: 0 when a part written disagrees."""
    number, scheme = work.numbers.compact[row], work.numbers.scheme_of[row]
    before, period_said = at - 1, False
    own_period = number[scheme.period]
    if period:
        if not own_period or not _same_period(period, own_period):
            return 0
        period_said = True
    elif own_period:
        said = _period_beside(work, at, own_period)
        if said is None:
            return 0
        period_said, before = said
    letters = _letters_before(work, before, number, scheme, row)
    if letters < 0:
        return 0
    return _strength(
        counter, number[scheme.counter], letters, period_said, bool(own_period), bool(number[scheme.prefix])
    )


def _period_beside(work: _TextPass, at: int, own_period: str) -> tuple[bool, int] | None:
    """Whether the period stands before the counter (or after it), and where the letters would be.

    None when another year is written there, with a separator that makes it part of the number.
    """
    tokens, before = work.tokens, at - 1
    if before >= 0 and tokens[before].is_digits and _near(tokens[at].gap):
        written = tokens[before].text
        if _same_period(written, own_period):
            return True, before - 1
        if _as_year(written, work.received_on) and tokens[at].gap.strip() in ("-", "/", "."):
            return None
    if at + 1 < len(tokens) and tokens[at + 1].is_digits and tokens[at + 1].gap in ("-", "/", "."):
        if _same_period(tokens[at + 1].text, own_period):
            return True, before
        if len(tokens[at + 1].text) == 4 and _as_year(tokens[at + 1].text, work.received_on):
            return None
    return False, before


def _letters_before(work: _TextPass, before: int, number: str, scheme: Scheme, row: int) -> int:
    """2: the number's own letters stand in front; 1: a word that announces an invoice; 0: nothing; -1: others."""
    tokens = work.tokens
    if before < 0 or tokens[before].is_digits:
        return 0
    gap = tokens[before + 1].gap
    if not _near(gap):
        return 0
    word, prefix = tokens[before].text, number[scheme.prefix]
    if prefix and word.endswith(prefix) and (word == prefix or gap == "" or word[: -len(prefix)] in INVOICE_WORDS):
        return 2
    is_credit = work.ledger.is_credit[row]
    if word in CREDIT_NOTE_WORDS:
        return 1 if is_credit else -1
    if word in work.numbers.prefixes_of(work.ledger.items.seller[row]):
        return -1
    if word in INVOICE_WORDS:
        return 0 if is_credit and word in ("FACTURE", "FACT", "FAC") else 1
    if gap == "" and not (word.endswith("N") or word in LEGAL_FORMS):
        return -1
    if len(word) <= 2 and word not in LEGAL_FORMS and word not in SMALL_WORDS:
        return -1
    return 0


def _strength(written: str, counter: str, letters: int, period_said: bool, has_period: bool, has_prefix: bool) -> int:
    """From WEAK to FULL, by the parts that are written and agree."""
    digits = len(written)
    telling = len(written.lstrip("0"))
    if letters == 2 and (period_said or not has_period):
        return FULL if telling >= 3 or digits == len(counter) >= 3 else BARE
    if letters == 2 or period_said:
        return STRONG if digits >= 3 and telling >= 2 else WEAK
    if not has_prefix and not has_period and digits >= 6:
        return STRONG
    if digits >= _FEW_DIGITS and (telling >= 2 or digits >= len(counter)):
        return BARE
    return WEAK
