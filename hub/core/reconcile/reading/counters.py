"""Numbers a text does not spell out: a counter alone, with its year, with its letters, or after another number."""

from __future__ import annotations

from hub.core.reconcile.index.numbers import tail_of
from hub.core.reconcile.reading.fitting import FEW_DIGITS, Fitting, word_at
from hub.core.reconcile.reading.mentions import STRONG, WEAK, Mention, Ref
from hub.core.reconcile.reading.periods import (
    LETTERS,
    as_date,
    as_year,
    is_month_alone,
    near,
    splits,
    year_and_month,
    year_behind,
)
from hub.core.reconcile.reading.situations import contracts
from hub.core.reconcile.reading.written import MOST_ALTERNATIVES, WrittenText
from hub.core.reconcile.texts.text import due_day
from hub.core.reconcile.texts.words import (
    DELIVERY_WORDS,
    INVOICE_WORDS,
    LIST_WORDS,
    NUMBERED_STATEMENTS,
    ORDER_WORDS,
    OTHER_NUMBER_WORDS,
    RANGE_WORDS,
    REFERENCE_WORDS,
)

_DAY = 6  # digits of a day written together, "310326"
_BANKS_DIGITS = 8  # digits of a reference that a bank, rather than a payer, gives
_ANNOUNCES_ONE = frozenset("FACT FACTURE FAC FA F FCT INV INVOICE N NO NUM REF RECHNUNG FACTURA".split())  # "FACT 2025"
_NOT_ANNOUNCING = """VIR VIRT VRT VIREMENT VIREMENTS SEPA INST INSTANTANE RECU DE DU DES LES LA LE A AU ET AND POUR
    FOR SOLDE ACPTE ACOMPTE ACC PARTIEL NOTPROVIDED EUR UND Y ZU SU MOTIF LIB LIBELLE""".split()
_ANNOUNCES = INVOICE_WORDS - frozenset(_NOT_ANNOUNCING)  # what only stands about says nothing about a number
_OF_SOMETHING = ORDER_WORDS | DELIVERY_WORDS | frozenset("CONTRAT CTR DOSSIER DOS AFFAIRE AFF CHANTIER LOT".split())
_NO_INVOICES = ORDER_WORDS | OTHER_NUMBER_WORDS | NUMBERED_STATEMENTS
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SITUATIONS = 2  # digits of the number of a builder's invoice within its contract
_LAST_DAY = 31
_LONG_LISTED = 5  # digits of a number that may follow one of its length in a list
_STILL_OF_IT = frozenset("N NO NUM NUMERO DE REF LCR EFFETS CB TPE PRLV".split())  # "REMISE LCR 1387" is a deposit's
_SIGNS = ("-", "/", ".")
_WITHIN = ("-", "/", ".", "")  # stands within a number
_CHAIN_WORDS = LIST_WORDS | RANGE_WORDS | INVOICE_WORDS  # do not end a list of numbers


class CounterText(WrittenText):
    """The same, with the numbers that are not spelt out: a counter, perhaps with its year or its letters."""

    def _counters(self) -> None:
        """Numbers that are not spelt out: a counter, perhaps with its year or its letters."""
        chain: Mention | None = None
        excluded = numbered = False
        prefixes = self.numbers.prefixes
        situated = contracts(self, self.texts, self.used, self.situations) if self.situations else {}
        for at, text in enumerate(self.texts):
            if text > LETTERS:
                excluded = self._excludes(text, excluded and not (numbered and text == "REF"))
                numbered = False
                if text not in _CHAIN_WORDS and text not in prefixes:
                    chain = None
                continue
            if self.used[at]:
                chain = self.found.get(at, chain)
                continue
            if self._is_banks(at):
                self.used[at] = True
                continue
            if at in situated:
                self.used[at] = True
                refs = tuple([Ref(row, STRONG) for row in situated[at]])
                self.found[at] = chain = Mention(self.texts[at], self.where, refs)
                continue
            if (excluded and not self._stands_behind_another(at)) or self.gaps[at].endswith("#"):
                numbered = excluded  # "BORD 230 REF 4711": the second is another one
                self._order_number(at)
                continue
            mention = self._as_counter(at, chain)
            if mention is not None:
                self.used[at] = True
                self.found[at] = mention
                chain = mention

    def _excludes(self, text: str, before: bool) -> bool:
        """Whether numbers after this word are orders, customers, telephones, statements: anything but invoices."""
        if text in _NO_INVOICES:
            return text not in self.numbers.prefixes  # "ABO-2605-5", where our numbers begin so
        return before and (text in _STILL_OF_IT or text in LIST_WORDS)

    def _stands_behind_another(self, at: int) -> bool:
        """Whether a shorter number stands before, the one that a word announced: "BORD 9 46162" may be one of ours.

        So may "BORD 9 26.02.0301", which is in pieces.
        """
        texts, gaps, first, end = self.texts, self.gaps, at, at + 1
        while first and texts[first - 1] < LETTERS and gaps[first] in _SIGNS:
            first -= 1
        while end < len(texts) and texts[end] < LETTERS and gaps[end] in _SIGNS:
            end += 1
        before = texts[first - 1] if first else LETTERS
        return (
            before < LETTERS
            and gaps[first].isspace()
            and sum(map(len, texts[first:end])) > max(len(before), FEW_DIGITS)
        )

    def _order_number(self, at: int) -> None:
        """An announced order number, looked up alone; or the day of a statement in figures."""
        if len(self.texts[at]) == _DAY and at and self.texts[at - 1] in NUMBERED_STATEMENTS:
            self.reading.days += tuple(filter(None, (due_day(self.texts[at]),)))
        if len(self.texts[at]) >= FEW_DIGITS and at and self.texts[at - 1] in _OF_SOMETHING:
            self.reading.of_something = True
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
        year = len(text) == 4 and bool(as_year(text, self.received_on)) and self._is_lonely_year(at)
        year = year and not year_behind(self, at)  # "FA 2024/26"
        if len(text) > 18 or (year and (at == 0 or self.texts[at - 1] not in _ANNOUNCES_ONE)):
            return None
        found, fitting = dict[int, int](), Fitting(self, at)
        for counter, period in splits(text):
            key = counter.lstrip("0")
            rows = self.numbers.by_counter.get(key) if key else None
            if rows is None or (not isinstance(rows, int) and len(rows) > 2000):
                continue
            for row in self.numbers.rows(rows):
                strength = fitting.strength(row, counter, period)
                if strength > found.get(row, 0):
                    found[row] = strength
        if len(found) > 1:
            found = self._as_it_goes_on(at, found)
        if chain is not None:
            self._follow_chain(text, chain, found)
        if not found or max(found.values()) == WEAK:
            self._note_period(at)
        if not found:
            self._note_unknown(at)
            return None
        if year or (len(text) in (6, 8) and as_date(text, self.received_on)):
            found = {row: min(strength, WEAK) for row, strength in found.items()}
        best = list(found.items())
        if len(best) > 1:
            issued_on, ids = self.ledger.items.issued_on, self.ledger.items.id
            best.sort(key=lambda x: (-x[1], -issued_on[x[0]].toordinal(), ids[x[0]]))
        return Mention(text, self.where, tuple(Ref(r, s) for r, s in best[: 4 * MOST_ALTERNATIVES]))

    def _as_it_goes_on(self, at: int, found: dict[int, int]) -> dict[int, int]:
        """Of numbers that go on behind their counter those that the text goes on with: "C26105 SIT 1" is C26105-S1.

        None, where it goes on as one of them that is not open.
        """
        numbers, texts = self.numbers, self.texts
        tails = {row: tail_of(numbers.compact[row], numbers.scheme_of[row]) for row in found}
        word = texts[at + 1] if at + 1 < len(texts) and near(self.gaps[at + 1]) else ""
        if not word or not any(tails.values()):
            return found
        figure = word if word < LETTERS else texts[at + 2] if at + 2 < len(texts) and near(self.gaps[at + 2]) else ""
        letters = word if word > LETTERS else ""
        behind = {row: (tail.rstrip("0123456789"), tail.lstrip(_ALPHABET).lstrip("0")) for row, tail in tails.items()}
        alike = {row for row, (begun, _) in behind.items() if begun and letters.startswith(begun)}
        told = {
            row: max(strength, STRONG) if row in alike else strength  # nothing of the number is missing
            for row, strength in found.items()
            if (letters and tails[row] == letters)
            or (row in alike and behind[row][1] and behind[row][1] == figure.lstrip("0"))
        }
        if told and figure and word != figure:
            self.used[at + 2] = True
        counted = any(behind[row][1] for row in alike)
        return told or ({} if counted and figure.isdigit() and len(figure) <= _SITUATIONS else found)

    def _runs_on(self, at: int) -> bool:
        """Whether letters and more digits are glued behind: the run is a part of something longer."""
        texts, gaps = self.texts, self.gaps
        glued = at + 2 < len(texts) and gaps[at + 1] == gaps[at + 2] == ""
        if not glued or texts[at + 1] < LETTERS or texts[at + 2] > LETTERS:
            return False
        return not (texts[at + 1].endswith("DU") and as_date(texts[at + 2], self.received_on))  # "22187/DDU201025"

    def _is_lonely_year(self, at: int) -> bool:
        """A run like "2026" that no letters are glued to."""
        return self.gaps[at] != "" or at == 0

    def _follow_chain(self, text: str, chain: Mention, found: dict[int, int]) -> None:
        """ "F-2026-00101, 102" or "/02": the number before lends its letters, its period and its first digits."""
        for ref in chain.refs[:4]:
            number, scheme = self.numbers.compact[ref.row], self.numbers.scheme_of[ref.row]
            counter = number[scheme.counter]
            plain = text.lstrip("0")
            if not plain:
                continue
            if len(text) > len(counter):
                if len(text) < len(number) and number[-len(text) :].isdigit():
                    self._chained(ref, {number[: -len(text)] + text}, found)
                continue
            tails = (counter[: -len(text)] + text, plain.zfill(len(counter)))
            behind = number[scheme.counter.start + len(counter) :]
            self._chained(ref, {number[: scheme.counter.start] + tail + behind for tail in tails}, found)

    def _chained(self, ref: Ref, spelt: set[str], found: dict[int, int]) -> None:
        """Numbers of the same account, spelt with what the one before lends."""
        account_of = self.ledger.account_of
        for number in spelt:
            for row in self.numbers.rows(self.numbers.whole.get(number)):
                if account_of[row] == account_of[ref.row] and row != ref.row:
                    found[row] = max(found.get(row, 0), min(ref.strength, STRONG))

    def _is_banks(self, at: int) -> bool:
        """Whether a number is the bank's own reference of the transfer: "/REF 4711", "MOTIF … REFERENCE : 4711"."""
        if at == 0 or self.texts[at - 1] not in REFERENCE_WORDS:
            return False
        return self.gaps[at - 1].endswith(" /") or (":" in self.gaps[at] and len(self.texts[at]) >= _BANKS_DIGITS)

    def _is_ours(self, at: int) -> bool:
        """Whether no letters that begin none of our numbers are glued to the year before: "BAP-2025-1846" is the
        payer's.
        """
        if at < 2 or self.texts[at - 2] < LETTERS or self.gaps[at - 1] not in _WITHIN:
            return True
        letters = self.texts[at - 2]
        return letters in _ANNOUNCES or any(letters[at:] in self.numbers.prefixes for at in range(len(letters)))

    def _note_period(self, at: int) -> None:
        """The counter of a month or a year that has none like it open, and no day: "2026.8.67", "FACT 623/26"."""
        if at < 1 or self.used[at]:
            return
        text, before, unknown = self.texts[at], self.texts[at - 1], self.reading.unknown
        if before > LETTERS:
            if len(text) > 2 and (before in _ANNOUNCES or before in self.numbers.prefixes):
                year = year_behind(self, at)
                unknown += [text + year] if year else []
        elif at > 1 and self.gaps[at] in _WITHIN and int(text) > _LAST_DAY:
            month = year_and_month(self, at - 1)
            unknown += [month + text] if month else []

    def _note_unknown(self, at: int) -> None:
        """A number built like ours that is not in the ledger: its invoice is closed, or it is misprinted."""
        text, gap = self.texts[at], self.gaps[at]
        before = self.texts[at - 1] if at else None
        if before is None or len(text) < 3 or not near(gap):
            return
        prefixes = self.numbers.prefixes
        dated = before < LETTERS and gap in _WITHIN and as_year(before, self.received_on) is not None
        announced = len(text) >= FEW_DIGITS and before in _ANNOUNCES
        if (dated and not self._is_ours(at)) or (announced and not gap and before not in _ANNOUNCES_ONE | prefixes):
            self.reading.of_something = True
        elif before in prefixes or announced or dated or (before < LETTERS and is_month_alone(self, at - 1)):
            self.reading.unknown.append(before + text)
        elif (
            len(before) == len(text) >= _LONG_LISTED
            and (unknown := self.reading.unknown)
            and unknown[-1].endswith(before)
        ):
            unknown.append(text)  # "FACTURE 90265 90502": one as long behind it
        elif before < LETTERS and at > 1 and self.texts[at - 2] in prefixes and not self.used[at - 1]:
            self.reading.unknown.append(self.texts[at - 2] + before + text)
        elif before < LETTERS and gap and not self.gaps[at - 1] and (word := word_at(self, at - 1)) in prefixes:
            self.reading.unknown.append(word + text)  # "GR1/048"
