"""Money that left: returned payments, and the receipt each one takes back."""

from __future__ import annotations

from typing import Any, NamedTuple

from hub.core.reconcile.index.numbers import series_of
from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.outcome import NOT_A_RECEIPT, RETURN, Decision
from hub.core.reconcile.payers.names import iban_key, name_words
from hub.core.reconcile.texts.outsiders import RETURN_REASONS, return_code
from hub.core.reconcile.texts.text import compact, fold, join_pieces, mask

_PLAIN = 3  # points in common that tell a return without a code
_SURELY = 4  # one reference of the payer's
_LEAST_NUMBER = 4  # characters
_LIKELY = 2  # the same payer and amount: perhaps a return, perhaps a refund
_MOST_NAMED = 5
_LONGEST_DAYS = 400  # a direct debit can be disputed for 13 months


def returns_of(receipts: Receipts) -> list[Decision]:
    """The decision for each negative receipt, in order of date and id."""
    found = Returns(receipts)
    order = sorted(zip(receipts.received_on, receipts.id, range(len(receipts.id)), strict=True))
    return [found.decide(row) for _, _, row in order if receipts.amount_minor[row] < 0]


class _Original(NamedTuple):
    """A receipt that money going out may take back: points in common, whether it came into another account than the
    one the money left (or into none that is known: the books' entry of it), days between, its row."""

    points: int
    elsewhere: bool
    days: int
    row: int


class _Signs(NamedTuple):
    """What a return says of itself: reference, account, words of the name, of name and text, its numbers, and text."""

    reference: str
    iban: str | None
    name: tuple[str, ...] | None
    said: str
    numbers: list[str]
    text: str


class Returns:
    """Recognises returns among negative receipts. A receipt is taken back once."""

    def __init__(self, receipts: Receipts) -> None:
        self.receipts = receipts
        self._by_amount: dict[int, list[int]] | None = None
        self._taken: set[int] = set()

    def decide(self, row: int) -> Decision:
        """ "return" with its reason code and the receipt it reverses when one fits; else money that left.

        Two receipts that fit alike, or one that fits without a sign of a return, are named for a person: evidence
        "candidates" holds their ids, the likeliest first, and `reverses_receipt_id` stays out.
        """
        receipts = self.receipts
        text = fold(" ".join(t[:4000] for t in (receipts.remittance[row], receipts.payer_name[row]) if t))
        code = return_code(receipts.return_reason[row], text, receipts.transaction_code[row])
        if not code and "\n" in text:  # the bank may have cut its label in the code: "AC0", "4"
            joined = join_pieces(text)
            if told := return_code(None, joined, None):
                code, text = told, joined
        fitting = self._originals(row, text)
        if code is None and not (fitting and fitting[0].points >= _LIKELY):
            reason = "Money that left the account, and no sign of a return."
            return Decision(receipts.id[row], NOT_A_RECEIPT, "money_out", reason)
        meaning = RETURN_REASONS.get(code or "", "no reason given")
        evidence: dict[str, Any] = {"reason_code": code or None, "meaning": meaning}
        reason = f"A payment came back ({code}: {meaning})." if code else "A payment came back, without a reason code."
        plain = [o for o in fitting if o[:3] == fitting[0][:3]]
        if len(plain) == 1 and (code is not None or plain[0].points >= _PLAIN):
            original = plain[0].row
            self._taken.add(original)
            evidence["reverses_receipt_id"] = receipts.id[original]
            day = f"{receipts.received_on[original]:%d/%m/%Y}"
            reason += (
                f" It reverses the receipt of {day}."
                if code
                else f" It looks like the receipt of {day}: a person must say so."
            )
            return Decision(receipts.id[row], RETURN, "return", reason, (), evidence)
        if fitting:
            named = fitting[:_MOST_NAMED]
            evidence["candidates"] = [receipts.id[o.row] for o in named]
            days = ", ".join(f"{receipts.received_on[o.row]:%d/%m/%Y}" for o in named)
            reason += f" A person must say which receipt it takes back: {len(fitting)} fit, of {days}."
        else:
            reason += " A person must say which receipt it takes back: none of this amount fits."
        return Decision(receipts.id[row], RETURN, "return_to_check", reason, (), evidence)

    def _originals(self, row: int, text: str) -> list[_Original]:
        """Earlier receipts of the same amount with something in common, the likeliest first.

        Of those with as much in common the ones of the same account: a bank takes back what it booked itself.
        """
        receipts, account = self.receipts, self.receipts.account[row]
        found: list[_Original] = []
        signs = self._signs(row, _joined(text))
        for other in self._candidates(-receipts.amount_minor[row]):
            days = (receipts.received_on[row] - receipts.received_on[other]).days
            if (
                other not in self._taken
                and 0 <= days <= _LONGEST_DAYS
                and receipts.currency[other] == receipts.currency[row]
                and (points := self._shared(signs, other))
            ):
                found.append(_Original(points, not account or receipts.account[other] != account, days, other))
        found.sort(key=lambda o: (-o.points, o.elsewhere, o.days, receipts.id[o.row]))
        return found

    def _candidates(self, amount: int) -> list[int]:
        if self._by_amount is None:
            amounts = self.receipts.amount_minor
            self._by_amount = {-value: [] for value in amounts if value < 0}
            for row, value in enumerate(amounts):
                if value in self._by_amount:
                    self._by_amount[value].append(row)
        return self._by_amount.get(amount, [])[:2000]

    def _signs(self, row: int, text: str) -> _Signs:
        r = self.receipts
        reference, iban, name = r.end_to_end_ref[row] or "", r.payer_iban[row], r.payer_name[row]
        return _Signs(
            "" if compact(reference) == "NOTPROVIDED" else reference,
            iban_key(iban) if iban else None,
            name_words(name) if name else None,
            " ".join(name_words(text)),
            _numbers_in(text),
            text,
        )

    def _shared(self, signs: _Signs, other: int) -> int:
        """Points in common: end-to-end reference, account, name, numbers of the text."""
        r, points = self.receipts, 0
        if signs.reference and signs.reference == r.end_to_end_ref[other]:
            points += _SURELY
        theirs = r.payer_iban[other]
        if theirs and signs.iban == iban_key(theirs):
            points += 2
        other_name = r.payer_name[other]
        words = name_words(other_name) if other_name else ()
        if other_name and (words == signs.name or " ".join(words) in signs.said):
            points += 2
        if signs.numbers:
            other_text = _joined(fold((r.remittance[other] or "")[:4000]))
            if any([word in other_text for word in signs.numbers]):
                points += 2
            elif points < _SURELY and _names_another(signs.text, other_text):
                return 0
        return points


def _joined(folded: str) -> str:
    """A text put together again as banks cut it: a debit and its return bear other words, and are cut elsewhere."""
    return join_pieces(folded) if "\n" in folded else folded


def _names_another(text: str, other: str) -> bool:
    """Whether two texts each have a number built as one of the other's is: "FA101", "FA100".

    Bare digits may be the bank's own reference, which no two movements share: they say nothing.
    """
    theirs, ours = (
        {series_of("", word) for word in _numbers_in(mask(said)[0]) if not word.isdigit()} for said in (other, text)
    )
    return not theirs.isdisjoint(ours)


def _numbers_in(text: str) -> list[str]:
    return [word for word in set(text.split()) if len(word) >= _LEAST_NUMBER and any(c.isdigit() for c in word)]
