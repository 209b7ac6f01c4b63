"""The common receipt: it quotes one number, pays exactly what is open, and the payer does not object.

Most receipts end here, so this is the one place written for speed: no tokens are built. Either a word of the
text is a whole number, or the payer is known, owes exactly this amount on an invoice, and the digits of that
invoice stand in the text. Anything else is left to the slower reasoning.
"""

from __future__ import annotations

import re

from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.ledger import Ledger
from hub.core.reconcile.outcome import AUTO, Decision, Proposal
from hub.core.reconcile.payers import AGREES, CONTRADICTS, UNKNOWN, Payer, PayerIndex
from hub.core.reconcile.text import compact, fold, join_pieces

_PROOF_LENGTH = 6  # characters of a number that is proof without a known payer
_LONGEST = 400
_KNOWN = 0.9  # a payer surer than this may vouch for the digits of one of its invoices
_MOST_EQUAL = 40  # items of one amount and debtor tried here; a number in the text finds one among more
_DIGIT = re.compile(r"\d")
_NAME_WORD = re.compile(r"[A-Z]{2,}")
_NOT_ALNUM = re.compile(r"[^A-Z0-9]+")
_BETWEEN = str.maketrans(",;+&", "    ")  # stand between two numbers, never within one
_YEAR = re.compile(r"20\d\d")


class ExactMatcher:
    """Settles the receipts whose text quotes one open number with exactly its open amount."""

    def __init__(self, ledger: Ledger, payers: PayerIndex, receipts: Receipts) -> None:
        self.ledger = ledger
        self.payers = payers
        self.receipts = receipts

    def settle(self, row: int) -> Decision | None:
        """The decision for receipt `row`, with the item used up; None when it needs more thought."""
        receipts = self.receipts
        text = receipts.remittance[row] or receipts.end_to_end_ref[row]
        if not text or len(text) > _LONGEST:
            return None
        folded, amount = fold(text), receipts.unapplied_minor[row]
        if "\n" in folded:
            folded = join_pieces(folded)
        payer = self.payers.find(receipts.payer_name[row], receipts.payer_iban[row])
        quoted = self._quoted(folded)
        if not quoted:
            return self._vouched(row, folded, amount, payer)
        if not self._add_up(quoted, amount, row):
            return None
        item = next(iter(quoted))
        stance = self._stance(payer, item, folded, row)
        if stance == CONTRADICTS or (stance != AGREES and not self._is_proof(item)):
            return None
        return self._settled(row, quoted, payer, stance)

    def _stance(self, payer: Payer, item: int, folded: str, row: int) -> int:
        """The payer's stance; a bank that gives no name may have put one in the label."""
        account = self.ledger.account_of[item]
        if not payer.accounts and not self.receipts.payer_name[row]:
            payer = self.payers.in_text(_NAME_WORD.findall(folded))
        return self.payers.stance(payer, account)

    def _quoted(self, folded: str) -> dict[int, str]:
        """The items quoted by words of the text, each a whole number as it stands; empty when one is shared."""
        whole = self.ledger.numbers.whole
        found: dict[int, str] = {}
        for word in folded.translate(_BETWEEN).split():
            if word.isalpha():
                continue
            hit = whole.get(word if word.isalnum() else compact(word))
            if hit is None:
                continue
            if not isinstance(hit, int):
                return {}
            found[hit] = word
        return found

    def _add_up(self, quoted: dict[int, str], amount: int, row: int) -> bool:
        """Whether the quoted items, all of one debtor, make up exactly the amount."""
        ledger = self.ledger
        if len(quoted) == 1:
            return self._fits(next(iter(quoted)), amount, row)
        if len({ledger.account_of[item] for item in quoted}) > 1:
            return False
        if not all(ledger.left[item] > 0 and self._fits(item, ledger.left[item], row) for item in quoted):
            return False
        return sum(ledger.left[item] for item in quoted) == amount

    def _vouched(self, row: int, folded: str, amount: int, payer: Payer) -> Decision | None:
        """The known payer owes this amount on one invoice whose digits stand in the text."""
        if not payer.accounts and not self.receipts.payer_name[row]:
            payer = self.payers.in_text(_NAME_WORD.findall(folded))
        if payer.score < _KNOWN or len(payer.accounts) > 4 or not _DIGIT.search(folded):
            return None
        plain = ""
        found: list[tuple[int, str]] = []
        for account in payer.accounts:
            equal = self.ledger.with_amount(account, amount)
            if len(equal) > _MOST_EQUAL:
                return None
            for item in equal:
                if not self._fits(item, amount, row):
                    continue
                plain = plain or _NOT_ALNUM.sub("", folded)
                quoted = self._digits_in(item, plain, folded)
                if quoted:
                    found.append((item, quoted))
            if len(found) > 1:
                return None
        if len(found) != 1:
            return None
        return self._settled(row, dict(found), payer, AGREES)

    def _digits_in(self, item: int, plain: str, folded: str) -> str:
        """The digits of a number as they stand in the text: all of them, or the counter as a run of its own."""
        numbers = self.ledger.numbers
        number, scheme = numbers.compact[item], numbers.scheme_of[item]
        digits = number[scheme.prefix.stop :]
        if len(digits) >= _PROOF_LENGTH and digits in plain:
            return digits
        counter = number[scheme.counter].lstrip("0")
        if len(counter) >= 4 and counter in folded and not _YEAR.fullmatch(counter) and _stands_alone(counter, folded):
            return counter
        return ""

    def _fits(self, item: int, amount: int, row: int) -> bool:
        """An invoice of the receipt's seller and currency, with exactly this amount open."""
        ledger, receipts = self.ledger, self.receipts
        seller = receipts.seller[row]
        return (
            ledger.left[item] == amount
            and not ledger.is_credit[item]
            and (seller is None or seller == ledger.items.seller[item])
            and receipts.currency[row] == ledger.items.currency[item]
        )

    def _is_proof(self, item: int) -> bool:
        """A number long enough not to be met by chance."""
        return len(self.ledger.numbers.compact[item]) >= _PROOF_LENGTH

    def _settled(self, row: int, quoted: dict[int, str], payer: Payer, stance: int) -> Decision:
        """Use the items up and say why."""
        ledger, items = self.ledger, self.ledger.items
        lines = tuple([(items.id[item], ledger.left[item]) for item in quoted])
        first = next(iter(quoted))
        numbers = ", ".join([items.number[item] for item in quoted])
        account = ledger.account_of[first]
        ledger.uses[account] += 1
        for item in quoted:
            ledger.left[item] = 0
        rule = "number_exact" if len(lines) == 1 else "numbers_exact"
        reason = f"The text quotes {numbers} and the amount is exactly what is open."
        evidence = {
            "tokens": list(quoted.values()),
            "where": "remittance",
            "payer": "agrees" if stance == AGREES else "unknown",
            "payer_found_by": payer.found_by,
            "received": self.receipts.unapplied_minor[row],
        }
        proposal = Proposal(
            0.998 if stance == UNKNOWN else 0.9995,
            rule,
            reason,
            lines,
            items.currency[first],
            ledger.accounts[account],
            evidence,
        )
        return Decision(self.receipts.id[row], AUTO, rule, reason, (proposal,))


def _stands_alone(counter: str, folded: str) -> bool:
    """Whether the digits stand in the text as a run of their own, leading zeros apart, and not in an amount."""
    start = folded.find(counter)
    while start >= 0:
        end = start + len(counter)
        before = folded[:start].rstrip("0")[-1:]
        after = folded[end : end + 2]
        of_an_amount = before in (",", ".") or (after[:1] in (",", ".") and after[1:].isdigit())
        if not of_an_amount and not before.isdigit() and not after[:1].isdigit():
            return True
        start = folded.find(counter, end)
    return False
