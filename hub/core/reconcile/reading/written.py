"""What texts are read against, and the whole numbers a text spells."""

from __future__ import annotations

from datetime import date

from hub.core.reconcile.index.keys import beginnings, letters_of
from hub.core.reconcile.index.layouts import LEAST_DRAWN
from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.payers.debtor_names import DebtorNames
from hub.core.reconcile.reading.fitting import FEW_DIGITS
from hub.core.reconcile.reading.mentions import BARE, FULL, STRONG, Mention, Reading, Ref
from hub.core.reconcile.reading.periods import LETTERS, as_date, near
from hub.core.reconcile.texts.words import CUSTOMER_WORDS, ORDER_WORDS, OTHER_NUMBER_WORDS

_PLAIN_CODE, _LONG_CODE = 5, 7  # characters of a customer number that nobody announces, with letters and without
_LONGEST_COUNTER = 6  # digits of a counter behind a beginning that a program drew
_SIGNS = ("-", "/", ".")
_COUNTERS = range(3, _LONGEST_COUNTER + 1)
_MOST_RUNS = 7  # runs a number is written in; one of letters and digits by turns, "7F3A9C21-0004", has more
MOST_ALTERNATIVES = 24  # rows kept for one number; a counter shared by more proves nothing


class Lexicon:
    """What texts are read against: the ledger's numbers, how they begin, and the debtors' own numbers and words.

    vocabulary: the words of their names, figured: the figures in them. codes: accounts by the customer number that
    the seller gave. drawn: what the numbers of one customer begin with, letters and digits as a program drew them, the
    932A3F0C of 932A3F0C-0004.
    """

    def __init__(self, ledger: Ledger, names: DebtorNames) -> None:
        self.ledger = ledger
        self.numbers = ledger.numbers
        self.sirens, self.codes = names.by_siren, names.by_code
        self.vocabulary, self.figured = names.index.postings, names.figured
        self.names = names
        self._starts: dict[str, list[str]] = {}
        prefixes = self.numbers.prefixes
        figured = [prefix for prefix in prefixes if not prefix.isalpha()]
        self.drawn = frozenset([prefix for prefix in figured if len(prefix) >= LEAST_DRAWN])
        self.begins = ledger.begins | prefixes | beginnings(self.codes) | beginnings(figured)
        self.begins.discard("")

    def knows(self, key: str) -> bool:
        """Whether a key is a whole number, one without its letters, a closed one, or an order reference."""
        numbers, ledger = self.numbers, self.ledger
        invoice = key in numbers.whole or key in numbers.by_digits or key in ledger.settled
        return invoice or key in ledger.by_order or key in self.codes

    def starts(self, text: str) -> list[str]:
        """The run of letters itself, or its end when a word was glued before a known prefix ("FACTFA" -> "FA")."""
        found = self._starts.get(text)
        if found is None:
            ends = [text[-n:] for n in range(min(len(text), 6), 0, -1)]
            found = self._starts[text] = [end for end in ends if end in self.begins]
        return found


class WrittenText:
    """One text being read: its runs with the gap before each, and the whole numbers it spells.

    `used` marks runs that already belong to something; `found` holds mentions by the position of their last run.
    """

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
        self.situations: list[str] = []  # a builder's, by their figures
        self.but_for: list[int] = []  # where words stand behind which is what the payer leaves out

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
        texts, gaps, known, drawn = self.texts, self.gaps, self.lexicon.knows, self.lexicon.drawn
        keys = [(key, 1)] if key < LETTERS and len(key) >= FEW_DIGITS and known(key) else []
        for after in range(at + 1, min(at + _MOST_RUNS + 3, len(texts))):
            if (gap := gaps[after]) and ((gap != " " and not near(gap)) or (after >= at + _MOST_RUNS and gap == " ")):
                break
            if drawn and texts[after] < LETTERS and (spelt := self._behind_what_was_drawn(key, texts[after])):
                keys.append((spelt, after + 1 - at))
            key += texts[after]
            if len(key) >= FEW_DIGITS and known(key):
                keys.append((key, after + 1 - at))
        for key, count in reversed(keys):
            if self._spelt(key, at, count):
                return count
            if drawn and self._begins_as_drawn(key):
                while at + count < len(texts) and texts[at + count] < LETTERS and gaps[at + count] in _SIGNS:
                    count += 1
                self._use(at, count)
                self.reading.unknown.append(key)
                return count
        return 0

    def _behind_what_was_drawn(self, begun: str, digits: str) -> str:
        """A number without the noughts of its counter, behind what its customer's begin with: "932A3F0C-4", or in one
        word. As it is written where there is none: paid, or a misprint.
        """
        drawn, known = self.lexicon.drawn, self.lexicon.knows
        for at in range(len(digits)):
            if (start := begun + digits[:at]) in drawn:
                counter = digits[at:]
                spelt = [start + counter.zfill(width) for width in _COUNTERS if width > len(counter)]
                return next((number for number in (start + counter, *spelt) if known(number)), start + counter)
        return ""

    def _begins_as_drawn(self, key: str) -> bool:
        """Whether something that is no number begins as those of a customer do."""
        return any(key[:-size] in self.lexicon.drawn for size in range(1, min(len(key), _LONGEST_COUNTER) + 1))

    def _spelt(self, key: str, at: int, count: int) -> bool:
        """Record `key` if it is an open number, a closed number or an order reference."""
        if key.isalpha() or len(key) < FEW_DIGITS:
            return False
        if key in self.lexicon.codes and self._is_customer(key, at, count):
            self._use(at, count)
            self.reading.customers += self.lexicon.codes[key]
            return True
        if key.isdigit() and (len(key) < 6 or as_date(key, self.received_on)):
            return False
        order = self._governed_by(at, ORDER_WORDS) or letters_of(key) in ORDER_WORDS
        rows = None if order or self._governed_by(at, OTHER_NUMBER_WORDS) else self._rows_spelt(key)
        if rows is not None:
            self._use(at, count)
            strength = FULL if not key.isdigit() or len(key) >= 7 else STRONG
            refs = [Ref(row, strength) for row in self.numbers.rows(rows)]
            self._mention(at + count - 1, key, refs + self._counted_alike(key, refs) if key.isdigit() else refs)
            if key in self.ledger.settled:  # another seller, or another year, may have closed the same number
                self.reading.closed.append((key, self.ledger.settled[key]))
            return True
        if key in self.ledger.settled and not order:
            self._use(at, count)
            self.reading.closed.append((key, self.ledger.settled[key]))
            if key.isdigit():
                self._mention(at + count - 1, key, self._counted_alike(key, []))
            return True
        if key in self.ledger.by_order:
            self._use(at, count)
            self.reading.orders.append((key, self.ledger.by_order[key]))
            return True
        return False

    def _counted_alike(self, key: str, whole: list[Ref]) -> list[Ref]:
        """Open numbers whose counter, noughts included, is the digits that are all of another seller's number."""
        numbers = self.numbers
        rows, known = numbers.rows(numbers.by_counter.get(key.lstrip("0"))), [ref.row for ref in whole]
        if len(rows) == len(known) or len(rows) + len(known) > MOST_ALTERNATIVES:
            return []
        return [
            Ref(r, BARE) for r in rows if r not in known and numbers.compact[r][numbers.scheme_of[r].counter] == key
        ]

    def _is_customer(self, key: str, at: int, count: int) -> bool:
        """Whether a debtor's customer number is meant: announced as one, or long and no number of an invoice.

        It stands alone: "FC43046-12" is an invoice of customer C43046, or none.
        """
        after = at + count
        goes_on = after < len(self.texts) and self.texts[after] < LETTERS and self.gaps[after] in ("", "-", "/", ".")
        if goes_on or (self.texts[at] > LETTERS and not key.startswith(self.texts[at])):
            return False
        if self._governed_by(at, CUSTOMER_WORDS):
            return True
        other = key in self.ledger.settled or key in self.ledger.by_order or self._rows_spelt(key) is not None
        return not other and len(key) >= (_LONG_CODE if key.isdigit() else _PLAIN_CODE)

    def _rows_spelt(self, key: str) -> int | list[int] | None:
        """Rows whose whole number is `key`; for digits, also those whose number has them behind its letters."""
        return self.numbers.by_digits.get(key) if key.isdigit() else self.numbers.whole.get(key)

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
