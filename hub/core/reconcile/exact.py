"""The common receipt: it quotes one number, pays exactly what is open, and the payer does not object.

Most receipts end here, so this is the one place written for speed: no tokens are built. Either a word of the
text is a whole number, or the payer is known, owes exactly this amount on an invoice, and the digits of that
invoice stand in the text. Anything else is left to the slower reasoning.
"""

from __future__ import annotations

import re

from hub.core.reconcile.confidence import SURE, confidence
from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.outcome import AUTO, Decision, Proposal
from hub.core.reconcile.payers.companies import Payer
from hub.core.reconcile.payers.payer_index import PayerIndex
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS, STRONG, UNKNOWN
from hub.core.reconcile.reading.quotes import PROOF_LENGTH, Quotes, counters_in
from hub.core.reconcile.texts.outsiders import figures_are_no_invoices
from hub.core.reconcile.texts.text import compact, fold, join_pieces
from hub.core.reconcile.texts.words import EXCEPT_WORDS, REFUND_WORDS

_LONGEST = 400
_MOST_EQUAL = 40  # items of one amount and debtor tried here; a number in the text finds one among more
_DIGIT = re.compile(r"\d")
_LETTER_AND_DIGIT = re.compile(r"[A-Z]\n\d|\d\n[A-Z]")  # what a line break keeps apart
_NAME_WORD = re.compile(r"(?<![A-Z0-9])[A-Z]{2,}(?![A-Z0-9])")  # "VE" of "VE2601" is no word
_ONLY_ALNUM = {code: chr(code) if chr(code).isalnum() else None for code in range(128)}
_MAY_LEAVE_OUT = ("SAUF", "HORS", "EXC", "OHNE", "AUSSER")  # what those words begin with
_LEFT_OUT = re.compile(r"\b(?:" + "|".join(sorted(EXCEPT_WORDS)) + r")\b")
_GIVEN_BACK = re.compile(r"\b(?:" + "|".join(sorted(REFUND_WORDS)) + r")\b")


class ExactMatcher:
    """Settles the receipts whose text quotes open numbers with exactly their open amount."""

    def __init__(self, ledger: Ledger, payers: PayerIndex, receipts: Receipts) -> None:
        self.ledger = ledger
        self.payers = payers
        self.receipts = receipts
        self.quotes = Quotes(ledger, payers.names)

    def settle(self, row: int) -> Decision | None:
        """The decision for receipt `row`, with the items used up; None when it needs more thought."""
        receipts = self.receipts
        text = receipts.remittance[row] or receipts.end_to_end_ref[row]
        structured = receipts.structured_ref[row]
        if not text or len(text) > _LONGEST:
            return self._ordered(row, structured, "", receipts.unapplied_minor[row]) if structured else None
        folded, amount = fold(text), receipts.unapplied_minor[row]
        if any([word in folded for word in _MAY_LEAVE_OUT]) and _LEFT_OUT.search(folded) is not None:
            return None
        if structured or _DIGIT.search(folded) is not None:
            if "\n" in folded:
                return self._of_pieces(row, structured, folded, amount)
            return self._named(row, folded, amount) or self._ordered(row, structured, folded, amount)
        return None

    def _of_pieces(self, row: int, structured: str | None, folded: str, amount: int) -> Decision | None:
        """The same for a text in pieces: put together as banks cut them, else each by itself.

        Two fields of one length look like a cut, and glue a name to the number behind it.
        """
        joined = join_pieces(folded)
        decision = self._named(row, joined, amount) or self._ordered(row, structured, joined, amount)
        if decision or len(joined) == len(folded) or _LETTER_AND_DIGIT.search(folded) is None:
            return decision
        return self._named(row, folded.replace("\n", " "), amount)

    def _named(self, row: int, folded: str, amount: int) -> Decision | None:
        """By numbers of invoices: whole words, in pieces, or only the digits of what a known payer owes."""
        receipts, payers = self.receipts, self.payers
        quoted = self.quotes.whole_words(folded)
        if quoted and self._add_up(quoted, amount, row):
            account = self.ledger.account_of[next(iter(quoted))]
            name = receipts.payer_name[row]
            words = [] if name else _NAME_WORD.findall(folded)
            found_by = payers.plainly(account, name, receipts.payer_iban[row], words)
            if found_by:
                return self._settled(row, quoted, found_by, AGREES)
            payer = payers.find(name, receipts.payer_iban[row])
            return self._unless_contradicted(row, quoted, folded, payer)
        payer = payers.find(receipts.payer_name[row], receipts.payer_iban[row])
        if not payer.accounts and not receipts.payer_name[row]:
            payer = payers.in_text(_NAME_WORD.findall(folded))
        if not quoted:  # an invoice and a credit note of one sum, named beside another invoice, are paid with it
            listed = self._listed(row, folded, amount, payer) if "AV" in folded else None
            if (decision := listed or self._vouched(row, folded, amount, payer)) is not None:
                return decision
        spelt = self.quotes.in_pieces(folded, payer)
        if spelt and spelt != quoted and self._add_up(spelt, amount, row):
            return self._unless_contradicted(row, spelt, folded, payer)
        return self._listed(row, folded, amount, payer)

    def _unless_contradicted(self, row: int, quoted: dict[int, str], folded: str, payer: Payer) -> Decision | None:
        """Settled when the payer agrees, or does not object to a number that is long enough."""
        item = next(iter(quoted))
        stance = self._stance(payer, item, folded, row)
        if stance == CONTRADICTS or (stance != AGREES and (payer.behalf or not self._is_proof(item, row))):
            return None  # who pays for others may say for whom
        if stance != AGREES and (_GIVEN_BACK.search(folded) is not None or self._are_no_invoices(quoted, folded)):
            return None
        return self._settled(row, quoted, payer.found_by, stance)

    def _are_no_invoices(self, quoted: dict[int, str], folded: str) -> bool:
        """Whether numbers without a letter stand in a text that speaks of other money, or of an order."""
        numbers = self.ledger.numbers.compact
        return all([numbers[item].isdigit() for item in quoted]) and figures_are_no_invoices(folded)

    def _stance(self, payer: Payer, item: int, folded: str, row: int) -> int:
        """The payer's stance; a bank that gives no name may have put one in the label."""
        account = self.ledger.account_of[item]
        if not payer.accounts and not self.receipts.payer_name[row]:
            payer = self.payers.in_text(_NAME_WORD.findall(folded))
        return self.payers.stance(payer, account)

    def _listed(self, row: int, folded: str, amount: int, payer: Payer) -> Decision | None:
        """The digits in the text are those of several items of the known payer that make up the amount."""
        if payer.score < STRONG or len(payer.accounts) > 4:
            return None
        runs = counters_in(folded)
        if len(set(runs)) < 2:  # fewer than two items
            return None
        for account in payer.accounts:
            counters = self.quotes.counters_of(account)
            found = {item: run for run in runs if (item := counters.get(run)) is not None}
            if len(found) > 1 and -1 not in found and self._add_up(found, amount, row):
                return self._settled(row, found, payer.found_by, AGREES)
        return None

    def _ordered(self, row: int, structured: str | None, folded: str, amount: int) -> Decision | None:
        """The text or the structured reference is the order or payment reference of one item of the payer."""
        find = self.ledger.by_order.get
        words = folded.split()
        for word in (compact(structured), *words) if structured else words:
            if word.isalpha():
                continue
            key = word if word.isalnum() else compact(word)
            items = find(key)
            if items is None:
                continue
            item = items[0]
            if len(items) > 1 or len(key) < PROOF_LENGTH or not self._fits(item, amount, row):
                return None
            payer = self.payers.find(self.receipts.payer_name[row], self.receipts.payer_iban[row])
            stance = self._stance(payer, item, folded, row)
            if stance != AGREES:
                return None
            reason = f"The text quotes {key}, the reference of {self.ledger.items.number[item]}, and the amount is"
            reason += " exactly what is open."
            return self._settled(row, {item: key}, payer.found_by, stance, "order_exact", reason)
        return None

    def _add_up(self, quoted: dict[int, str], amount: int, row: int) -> bool:
        """Whether the quoted items, all of one debtor, make up exactly the amount."""
        ledger = self.ledger
        if len(quoted) == 1:
            return self._fits(next(iter(quoted)), amount, row)
        total, account = 0, ledger.account_of[next(iter(quoted))]
        for item in quoted:
            left = ledger.left[item]
            total += -left if ledger.is_credit[item] else left
            if ledger.account_of[item] != account or left <= 0 or not self._serves(item, row):
                return False
        return total == amount

    def _vouched(self, row: int, folded: str, amount: int, payer: Payer) -> Decision | None:
        """The known payer owes this amount on one invoice whose digits stand in the text."""
        if payer.score < STRONG or len(payer.accounts) > 4:
            return None
        with_amount, plain = self.ledger.with_amount, ""
        found: dict[int, str] = {}
        for account in payer.accounts:
            equal = with_amount(account, amount)
            if len(equal) > _MOST_EQUAL:
                return None
            for item in equal:
                if not self._fits(item, amount, row):
                    continue
                plain = plain or folded.translate(_ONLY_ALNUM)
                quoted = self.quotes.digits_in(item, plain, folded)
                if quoted:
                    found[item] = quoted
            if len(found) > 1:
                return None
        return self._settled(row, found, payer.found_by, AGREES) if found else None

    def _fits(self, item: int, amount: int, row: int) -> bool:
        """An invoice of the receipt's seller and currency, with exactly this amount open."""
        ledger = self.ledger
        return ledger.left[item] == amount and not ledger.is_credit[item] and self._serves(item, row)

    def _serves(self, item: int, row: int) -> bool:
        """Whether the receipt's account serves the item's seller, and the currency is the same."""
        receipts, items = self.receipts, self.ledger.items
        seller = receipts.seller[row]
        return (seller is None or seller == items.seller[item]) and receipts.currency[row] == items.currency[item]

    def _is_proof(self, item: int, row: int) -> bool:
        """A number long enough not to be met by chance, whose digits are no other item's of this amount."""
        numbers, amount = self.ledger.numbers, self.ledger.left[item]
        number = numbers.compact[item]
        if len(number) < PROOF_LENGTH:
            return False
        alike = numbers.rows(numbers.by_digits.get(number)) if number.isdigit() else ()
        return not any(other != item and self._fits(other, amount, row) for other in alike)

    def _settled(
        self, row: int, quoted: dict[int, str], found_by: str, stance: int, rule: str = "", reason: str = ""
    ) -> Decision | None:
        """Use the items up and say why; None when one was not issued yet, and an equal one is open: a misprint?"""
        ledger, items, received = self.ledger, self.ledger.items, self.receipts.received_on[row]
        for item in quoted:
            if items.issued_on[item] > received and ledger.skips_an_older(item, received):
                return None
        left, is_credit, ids = ledger.left, ledger.is_credit, items.id
        lines = tuple([(ids[item], -left[item] if is_credit[item] else left[item]) for item in quoted])
        first = next(iter(quoted))
        account = ledger.account_of[first]
        ledger.uses[account] += 1
        for item in quoted:
            left[item] = 0
        if not rule:
            alone = len(lines) == 1
            rule = "number_exact" if alone else "numbers_exact"
            numbers = items.number[first] if alone else ", ".join([items.number[item] for item in quoted])
            reason = f"The text quotes {numbers} and the amount is exactly what is open."
        evidence = {
            "tokens": list(quoted.values()),
            "where": "remittance",
            "payer": "agrees" if stance == AGREES else "unknown",
            "payer_found_by": found_by,
            "received": self.receipts.unapplied_minor[row],
        }
        weight = 0.998 if stance == UNKNOWN else 0.9995
        proposal = Proposal(
            confidence(rule, 1.0, SURE),
            weight,
            rule,
            reason,
            lines,
            items.currency[first],
            ledger.accounts[account],
            evidence,
        )
        return Decision(self.receipts.id[row], AUTO, rule, reason, (proposal,))
