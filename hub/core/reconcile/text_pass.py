"""One pass over one text: whole numbers first, then months and words, then counters."""

from __future__ import annotations

from datetime import date

from hub.core.reconcile.fitting import FEW_DIGITS, LETTERS, as_date, as_year, fit, near, splits
from hub.core.reconcile.ledger import Ledger
from hub.core.reconcile.mentions import FULL, STRONG, WEAK, Mention, Reading, Ref
from hub.core.reconcile.text import mask, runs
from hub.core.reconcile.words import (
    DISCOUNT_WORDS,
    INVOICE_WORDS,
    LIST_WORDS,
    MONTHS,
    ORDER_WORDS,
    OTHER_NUMBER_WORDS,
    PART_WORDS,
    RANGE_WORDS,
    SMALL_WORDS,
    STATEMENT_WORDS,
)

MOST_ALTERNATIVES = 24  # rows kept for one number; a counter shared by more proves nothing
_MORE_WORDS = frozenset(("AUTRES", "SUIVANTES", "SUIV", "DIVERS", "DIVERSES", "PLUSIEURS", "ETC"))
_TELLING_WORDS = STATEMENT_WORDS | PART_WORDS | DISCOUNT_WORDS | _MORE_WORDS | {"COMPTE", *MONTHS}
_CHAIN_WORDS = LIST_WORDS | RANGE_WORDS | INVOICE_WORDS  # do not end a list of numbers
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Lexicon:
    """What texts are read against: the ledger's numbers, how they begin, and the debtors' company numbers."""

    def __init__(self, ledger: Ledger, sirens: dict[str, list[int]]) -> None:
        self.ledger = ledger
        self.numbers = ledger.numbers
        self.sirens = sirens
        self._starts: dict[str, list[str]] = {}
        self.begins = {key[: len(key) - len(key.lstrip(_LETTERS))] for key in (*ledger.settled, *ledger.by_order)}
        self.begins |= self.numbers.prefixes
        self.begins.discard("")

    def knows(self, key: str) -> bool:
        """Whether a key is a whole number, one without its letters, a closed one, or an order reference."""
        numbers, ledger = self.numbers, self.ledger
        return key in numbers.whole or key in numbers.by_digits or key in ledger.settled or key in ledger.by_order

    def starts(self, text: str) -> list[str]:
        """The run of letters itself, or its end when a word was glued before a known prefix ("FACTFA" -> "FA")."""
        found = self._starts.get(text)
        if found is None:
            ends = [text[-n:] for n in range(min(len(text), 6), 0, -1)]
            found = self._starts[text] = [end for end in ends if end in self.begins]
        return found


class TextPass:
    """One pass over one text. `used` marks runs that already belong to something."""

    def __init__(self, lexicon: Lexicon, reading: Reading, where: str, received_on: date) -> None:
        self.lexicon = lexicon
        self.numbers = lexicon.numbers
        self.ledger = lexicon.ledger
        self.reading = reading
        self.where = where
        self.received_on = received_on
        self.texts: list[str] = []
        self.gaps: list[str] = []
        self.used: list[bool] = []
        self.found: dict[int, Mention] = {}  # by the position of the last run

    def run(self, folded: str) -> None:
        """Fill the reading: whole numbers first, then what they leave."""
        masked, hidden = mask(folded)
        self._read_hidden(hidden)
        self.texts, self.gaps = runs(masked)
        self.used = [False] * len(self.texts)
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
        at, size, starts = 0, len(self.texts), self.lexicon.starts
        while at < size:
            text = self.texts[at]
            if text < LETTERS:
                at += self._spelt_from(at, text) or 1
                continue
            count = 0
            for start in starts(text):
                count = self._spelt_from(at, start)
                if count:
                    break
            at += count or 1

    def _spelt_from(self, at: int, key: str) -> int:
        """How many runs from `at` on, the first cut to `key`, spell something known; 0 when nothing."""
        texts, gaps, known = self.texts, self.gaps, self.lexicon.knows
        keys = [(key, 1)] if key < LETTERS and known(key) else []
        for after in range(at + 1, min(at + 7, len(texts))):
            if (gap := gaps[after]) and not near(gap):
                break
            key += texts[after]
            if known(key):
                keys.append((key, after + 1 - at))
        for key, count in reversed(keys):
            if self._spelt(key, at, count):
                return count
        return 0

    def _spelt(self, key: str, at: int, count: int) -> bool:
        """Record `key` if it is an open number, a closed number or an order reference."""
        if key.isalpha() or len(key) < FEW_DIGITS:
            return False
        if key.isdigit() and (len(key) < 6 or as_date(key, self.received_on)):
            return False
        order = self._governed_by(at, ORDER_WORDS) or key[: len(key) - len(key.lstrip(_LETTERS))] in ORDER_WORDS
        rows = None if order or self._governed_by(at, OTHER_NUMBER_WORDS) else self._rows_spelt(key)
        if rows is not None:
            self._use(at, count)
            strength = FULL if not key.isdigit() or len(key) >= 7 else STRONG
            self._mention(at + count - 1, key, [Ref(r, strength) for r in self.numbers.rows(rows)])
            if key in self.ledger.settled:  # another seller, or another year, may have closed the same number
                self.reading.closed.append((key, self.ledger.settled[key]))
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
        texts, back = self.texts, at - 1
        while back >= 0 and texts[back] in ("N", "NO", "NUM", "NUMERO", "REF", "VOTRE", "DE"):
            back -= 1
        return back >= 0 and at - back <= 3 and texts[back] in words and "#" not in self.gaps[at]

    def _use(self, at: int, count: int) -> None:
        for position in range(at, at + count):
            self.used[position] = True

    def _mention(self, position: int, text: str, refs: list[Ref]) -> None:
        if refs and len(refs) <= MOST_ALTERNATIVES:
            refs.sort(key=lambda ref: self.ledger.items.id[ref.row])
            self.found[position] = Mention(text, self.where, tuple(refs))

    def _words_and_months(self) -> None:
        """Words that change the meaning of the whole text, months, and company numbers."""
        reading, texts, telling = self.reading, self.texts, _TELLING_WORDS
        for at, text in enumerate(texts):
            if text < LETTERS:
                self._company_number(at)
                continue
            if not self.used[at]:
                reading.words.append(text)
            if text not in telling:
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
        self._numeric_months()

    def _month(self, at: int, month: int) -> None:
        """A month by its name, with the year that follows if there is one."""
        after = self.texts[at + 1] if at + 1 < len(self.texts) else None
        year = None
        if after and after < LETTERS and not self.used[at + 1] and near(self.gaps[at + 1]):
            year = as_year(after, self.received_on)
            if year:
                self.used[at + 1] = True
        self.reading.months.append((year, month))

    def _numeric_months(self) -> None:
        """ "03/2026" or "03 26" after a word that announces a statement or invoices."""
        texts, used = self.texts, self.used
        for at in range(1, len(texts) - 1):
            one, two = texts[at], texts[at + 1]
            if len(one) > 2 or one > LETTERS or two > LETTERS or used[at] or used[at + 1]:
                continue
            gap = self.gaps[at + 1]
            if not 1 <= int(one) <= 12 or gap not in ("/", "-", " ", ".", "") or len(two) not in (2, 4):
                continue
            year = as_year(two, self.received_on)
            word = texts[at - 1]
            if year and (word in STATEMENT_WORDS or word in INVOICE_WORDS or word in SMALL_WORDS or word == "MOIS"):
                used[at] = used[at + 1] = True
                self.reading.months.append((year, int(one)))

    def _company_number(self, at: int) -> None:
        """A SIREN (9 digits) or SIRET (14) of a debtor, written with or without blanks."""
        text = self.texts[at]
        if len(text) in (9, 14) and not self.used[at]:
            accounts = self.lexicon.sirens.get(text[:9])
            if accounts:
                self.used[at] = True
                self.reading.accounts += accounts

    def _counters(self) -> None:
        """Numbers that are not spelt out: a counter, perhaps with its year or its letters."""
        chain: Mention | None = None
        excluded = False
        prefixes = self.numbers.prefixes
        for at, text in enumerate(self.texts):
            if text > LETTERS:
                excluded = self._excludes(text, excluded)
                if text not in _CHAIN_WORDS and text not in prefixes:
                    chain = None
                continue
            if self.used[at]:
                chain = self.found.get(at, chain)
                continue
            if excluded or self.gaps[at].endswith("#"):
                self._order_number(at)
                continue
            mention = self._as_counter(at, chain)
            if mention is not None:
                self.used[at] = True
                self.found[at] = mention
                chain = mention

    def _excludes(self, text: str, before: bool) -> bool:
        """Whether numbers after this word are orders, customers, telephones: anything but invoices."""
        if text in ORDER_WORDS or text in OTHER_NUMBER_WORDS:
            return True
        return before and (text in ("N", "NO", "NUM", "NUMERO", "DE", "REF") or text in LIST_WORDS)

    def _order_number(self, at: int) -> None:
        """An announced order number, looked up alone."""
        for key in (self.texts[at], (self.texts[at - 1] + self.texts[at]) if at else ""):
            if key in self.ledger.by_order:
                self.used[at] = True
                self.reading.orders.append((key, self.ledger.by_order[key]))
                return

    def _as_counter(self, at: int, chain: Mention | None) -> Mention | None:
        """The open items whose counter this run may be."""
        text = self.texts[at]
        if self._runs_on(at):
            return None
        if len(text) > 18 or (len(text) == 4 and as_year(text, self.received_on) and self._is_lonely_year(at)):
            return None
        found: dict[int, int] = {}
        for counter, period in splits(text):
            key = counter.lstrip("0")
            rows = self.numbers.by_counter.get(key) if key else None
            if rows is None or (not isinstance(rows, int) and len(rows) > 2000):
                continue
            for row in self.numbers.rows(rows):
                strength = fit(self, at, row, counter, period)
                if strength > found.get(row, 0):
                    found[row] = strength
        if chain is not None:
            self._follow_chain(text, chain, found)
        if not found:
            self._note_unknown(at)
            return None
        if len(text) in (6, 8) and as_date(text, self.received_on):
            found = {row: min(strength, WEAK) for row, strength in found.items()}
        best = sorted(
            found.items(),
            key=lambda x: (-x[1], -self.ledger.items.issued_on[x[0]].toordinal(), self.ledger.items.id[x[0]]),
        )
        return Mention(text, self.where, tuple(Ref(r, s) for r, s in best[: 4 * MOST_ALTERNATIVES]))

    def _runs_on(self, at: int) -> bool:
        """Whether letters and more digits are glued behind: the run is a part of something longer."""
        texts, gaps = self.texts, self.gaps
        glued = at + 2 < len(texts) and gaps[at + 1] == gaps[at + 2] == ""
        return glued and texts[at + 1] > LETTERS and texts[at + 2] < LETTERS

    def _is_lonely_year(self, at: int) -> bool:
        """A run like "2026" that no letters are glued to."""
        return self.gaps[at] != "" or at == 0

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
        text, gap = self.texts[at], self.gaps[at]
        before = self.texts[at - 1] if at else None
        if before is None or len(text) < 3 or not near(gap):
            return
        prefixes = self.numbers.prefixes
        if (
            before in prefixes
            or (before in INVOICE_WORDS and len(text) >= FEW_DIGITS)
            or (before < LETTERS and as_year(before, self.received_on) and gap in ("-", "/", ".", ""))
        ):
            self.reading.unknown.append(before + text)
        elif before < LETTERS and at > 1 and self.texts[at - 2] in prefixes and not self.used[at - 1]:
            self.reading.unknown.append(self.texts[at - 2] + before + text)

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
        between = range(here + 1, after + 1)
        words = [self.texts[at] for at in between if not self.used[at] and self.texts[at] > LETTERS]
        if len(between) >= 8:
            return False
        if any(w in RANGE_WORDS for w in words):
            return all(w in RANGE_WORDS or w in INVOICE_WORDS or w in self.numbers.prefixes for w in words)
        return not words and self.gaps[here + 1].strip() in ("-", "->", ">", "...")
