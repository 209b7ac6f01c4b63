"""Which items a text quotes, read the quick way: whole words, neighbouring pieces, or a known payer's digits."""

from __future__ import annotations

import re

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.payers.companies import Payer
from hub.core.reconcile.payers.debtor_names import DebtorNames
from hub.core.reconcile.payers.stances import STRONG
from hub.core.reconcile.texts.text import compact
from hub.core.reconcile.texts.words import INVOICE_WORDS

PROOF_LENGTH = 6  # characters of a number that is proof without a known payer
_MOST_PIECES = 5  # pieces a number may be written in: "E 2026 01 1414"
_LEAST_COUNTER = 3  # digits of a counter that means something beside a known payer and an exact sum
_WITH_ZEROS = 5  # digits of one that is written with its zeros: "AV 00020"
_PIECE = re.compile(r"[A-Z0-9]+")
_GLUED_LETTERS = re.compile(r"[A-Z]+$")
_LONGEST_MARK = 3  # letters of a reference; more are a word, or a name, that lost its blank
_RUN = re.compile(r"\d+")
_DIGIT = re.compile(r"\d")
_YEAR_BEHIND = re.compile(r"[-/.](20\d\d|\d\d)(?!\d)")
_YEAR = re.compile(r"20\d\d")


def counters_in(folded: str) -> list[str]:
    """The runs of digits that may be counters, without their leading zeros."""
    return [
        plain
        for run in _RUN.findall(folded)
        if len(plain := run.lstrip("0")) >= _LEAST_COUNTER or (plain and len(run) >= _WITH_ZEROS)
    ]


class Quotes:
    """Finds the open numbers of a ledger in folded texts."""

    def __init__(self, ledger: Ledger, names: DebtorNames) -> None:
        self.ledger, self._names = ledger, names
        self._counters: dict[int, dict[str, int]] = {}

    def whole_words(self, folded: str) -> dict[int, str]:
        """The items quoted by words of the text, each a whole number as it stands; empty when one is shared."""
        find = self.ledger.numbers.whole.get
        found: dict[int, str] = {}
        words = folded.replace(",", " ").replace(";", " ").replace("+", " ").replace("&", " ").split()
        for word in words:
            if word.isalpha():
                continue
            hit = find(word if word.isalnum() else compact(word))
            if hit is None or _DIGIT.search(word) is None:
                continue
            if not isinstance(hit, int):
                return {}
            found[hit] = word
        return found

    def in_pieces(self, folded: str, payer: Payer) -> dict[int, str]:
        """The items whose whole numbers neighbouring pieces of the text spell, the longest first."""
        numbers, account_of = self.ledger.numbers, self.ledger.account_of
        find, heads = numbers.whole.get, numbers.heads
        pieces, at = _PIECE.findall(folded), 0
        size, found = len(pieces), dict[int, str]()
        while at < size:
            key = pieces[at]
            if key[:2] not in heads and len(key) > 1:
                at += 1
                continue
            hit, used = find(key), 1
            for after in range(at + 1, min(at + _MOST_PIECES, size)):
                key += pieces[after]
                if (longer := find(key)) is not None:
                    hit, used = longer, after + 1 - at
            if isinstance(hit, list):  # several sellers use this number: the payer tells which
                mine = [item for item in hit if account_of[item] in payer.accounts] if payer.score >= STRONG else []
                hit = mine[0] if len(mine) == 1 else None
            if hit is not None:
                found[hit] = "".join(pieces[at : at + used])
            at += used
        return found

    def counters_of(self, account: int) -> dict[str, int]:
        """Items of an account by their counter and by all their digits, without leading zeros; -1 when shared."""
        counters = self._counters.get(account)
        if counters is None:
            counters = self._counters[account] = {}
            compacts, scheme_of = self.ledger.numbers.compact, self.ledger.numbers.scheme_of
            for item in self.ledger.rows_of[account]:
                number, (prefix, _, counter) = compacts[item], scheme_of[item]
                key, digits = number[counter].lstrip("0"), number[prefix.stop :].lstrip("0")
                counters[key] = -1 if key in counters else item
                if digits != key:
                    counters[digits] = -1 if digits in counters else item
        return counters

    def digits_in(self, item: int, plain: str, folded: str) -> str:
        """The digits of a number as they stand in the text: all of them, or the counter as a run of its own."""
        numbers = self.ledger.numbers
        number, (prefix, dated, counted) = numbers.compact[item], numbers.scheme_of[item]
        digits = number[prefix.stop :]
        if digits in plain and len(digits) >= PROOF_LENGTH:
            return digits
        counter = number[counted].lstrip("0")
        if (
            len(counter) >= _LEAST_COUNTER
            and counter in folded
            and not _YEAR.fullmatch(counter)
            and _stands_alone(counter, folded, number[prefix])
            and not _of_another_period(counter, number[dated], folded)
            and not self._goes_on_as_another(number, max(counted.stop, dated.stop), counter, folded)
            and not (self._names.houses and self._is_a_house(counter, folded))
            and not (
                dated.start >= counted.stop > 0
                and number[dated]
                and _before_another_year(counter, number[dated], folded)
            )
        ):
            return counter
        return ""

    def _goes_on_as_another(self, number: str, end: int, counter: str, folded: str) -> bool:
        """Whether a number has something behind its counter, and the text what another number has there: "SEM464 A1"
        is not SEM464-S.
        """
        if end >= len(number):
            return False
        behind = re.findall(rf"(?<!\d){counter}[ /.-]*([A-Z0-9]+)", folded)
        known = (self.ledger.numbers.whole, self.ledger.settled)
        said = [number[:end] + tail for tail in behind]
        return number not in said and any(one in numbers for one in said for numbers in known)

    def _is_a_house(self, counter: str, folded: str) -> bool:
        """Whether the digits are those of a debtor's address or name: "SDC 132 RUE DES TANNEURS"."""
        return any(self._names.is_house(counter, word) for word in re.findall(rf"\b{counter} ([A-Z]+)", folded))


def _stands_alone(counter: str, folded: str, prefix: str) -> bool:
    """Whether the digits stand in the text as a run of their own, leading zeros apart, and not in an amount.

    Nor behind letters glued to them that neither are the number's nor announce one: the 286 of "OD286/41".
    """
    start = folded.find(counter)
    while start >= 0:
        end = start + len(counter)
        said = folded[:start].rstrip("0")
        before = said[-1:]
        if before > "9" and not (prefix and said.endswith(prefix)) and not _announces(said):
            start = folded.find(counter, end)
            continue
        after = folded[end : end + 2]
        of_an_amount = before in (",", ".") or (after[:1] in (",", ".") and after[1:].isdigit())
        if not of_an_amount and not before.isdigit() and not after[:1].isdigit():
            return True
        start = folded.find(counter, end)
    return False


def _announces(said: str) -> bool:
    """Whether the letters at the end of a text are a word that announces an invoice, or too long to be a mark."""
    found = _GLUED_LETTERS.search(said)
    return found is None or len(found[0]) > _LONGEST_MARK or found[0] in INVOICE_WORDS


def _of_another_period(counter: str, period: str, folded: str) -> bool:
    """Whether the counter is joined to digits that are not the number's period: "F-2026-08-0294" is not September's."""
    before = folded[: folded.find(counter)].rstrip("0")
    if not period or before[-1:] not in ("-", "/", ".") or not before[-2:-1].isdigit():
        return False
    said = "".join([char for char in before[-9:] if char.isdigit()])
    return not (said.endswith(period) or period.endswith(said))


def _before_another_year(counter: str, period: str, folded: str) -> bool:
    """Whether a year that is not the number's is joined to the end of the counter: "5494/25" is not 5494/26."""
    found = _YEAR_BEHIND.match(folded, folded.find(counter) + len(counter))
    return found is not None and not found[1].endswith(period) and not period.endswith(found[1])
