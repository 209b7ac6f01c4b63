"""Receipts left to a person, as far as others must wait for them: which items they may pay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.payers.stances import STRONG as STRONG_PAYER
from hub.core.reconcile.reading.mentions import BARE, FULL, STRONG, WEAK, Ref
from hub.core.reconcile.rules.equal import alike
from hub.core.reconcile.rules.its_day import is_told
from hub.core.reconcile.rules.near_number import NEAR, near_number
from hub.core.reconcile.rules.paid_already import paid_as_written, slipped_from_paid
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS
from hub.core.reconcile.texts.words import REFUND_WORDS

_HINTS = frozenset(("payer_bank_fee", "payer_rounding", "payer_in_part", "oldest_first"))  # not to the cent
_BY_AMOUNT = ("payer_", "amount_only")  # rules that find an item by payer and amount, whatever the text says
_WANTED = 0.5  # weight from which an undecided explanation keeps others from its items
# Confidence from which silent money takes its turn among equal invoices, undecided as it is, cents missing or not.
_TURNS = {"payer_amount": 0.8, "payer_rounding": 0.7, "payer_sum": 0.8}
_SEVERAL, _NEVER = "payer_sum", 2.0
_AND_OTHERS = "named_and_others"  # the rule whose other items make up the rest, and were found by trying
_TO_THE_CENT = ("number_named_exact", "numbers_named_exact")
_NOTHING = "oldest_first"  # the rule that speaks when nothing adds up
_ANYBODYS = 2  # invoices of one amount above which a receipt that names nobody may pay any of them, and hinders none
_MOST_NEAR = 50  # paid invoices of this amount whose numbers are compared with the text
_MOST_EQUAL = 200  # equal items looked at for one receipt


class Waiting:
    """What undecided receipts probably pay, in the order they were left.

    An item is claimed when the text of an undecided receipt points at it alone, or when it is the turn of silent money
    of which one debtor only owes the sum: who comes later goes to the next of equal ones, whatever is decided. It is
    only wanted when another of equal ones may be meant as well: then who comes later waits.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._cases: dict[int, list[Case]] = {}  # by amount
        self._wanted: dict[int, Case] = {}  # by item, the receipt whose text points at it, the first one
        self._hoped: dict[int, Case] = {}  # by item, the earliest receipt that may pay it, whatever its text says
        self._claimed: set[int] = set()
        self._unexplained: dict[int, list[Case]] = {}  # by account, money of which nothing says what it pays

    def add(self, case: Case, drafts: list[Draft]) -> None:
        """Remember a receipt that a person must decide, and the items it wants."""
        if self._names_a_paid_one(case, drafts):
            return
        if not (case.payer_known_by_name or case.payer.accounts) and self._is_anybodys(drafts):
            return
        near = [d for d in drafts if d.rule == NEAR]
        if near and drafts[0] is near[0]:  # it wants one of the few it nearly names
            self._claimed.update(row for row, _ in near[0].lines if len(near) == 1)
        elif drafts and drafts[0].rule.startswith("named_") and drafts[0].evidence.get("payer") == "agrees":
            self._claimed.update(row for row, _ in drafts[0].lines if self._points_at(case, drafts[0], row))
        elif self._is_turn(case, drafts):
            self._claimed.update(row for row, _ in drafts[0].lines)
            return
        else:
            self._cases.setdefault(case.amount, []).append(case)
        if drafts and drafts[0].rule == _NOTHING and case.payer.score >= STRONG_PAYER:
            self._unexplained.setdefault(self.desk.ledger.account_of[drafts[0].lines[0][0]], []).append(case)
        wanted = [d for n, d in enumerate(drafts) if (n < 2 or d.rule == NEAR) and d.rule not in _HINTS]
        if case.payer_known_by_name:  # a name nobody knows, and an amount, want nothing
            wanted = [d for d in wanted if d.rule != "amount_only"]
        for draft in [d for d in wanted if d.weight >= _WANTED or self._is_spelt(case, d)]:
            likely = draft.weight >= _WANTED  # else its payer is known as another: it may still pay, and came first
            points = likely and (draft.rule == NEAR or not draft.rule.startswith(_BY_AMOUNT))
            for row, amount in draft.lines:
                if points and self._points_at(case, draft, row):
                    self._wanted.setdefault(row, case)
                else:
                    self._hope(case, self._equal(row, amount) if points else (row,))

    def _hope(self, case: Case, rows: Iterable[int]) -> None:
        """Remember the earliest receipt that may pay some items."""
        for row in rows:
            if row not in self._hoped or case.received_on < self._hoped[row].received_on:
                self._hoped[row] = case

    def _equal(self, row: int, amount: int) -> list[int]:
        """An item and those of its debtor with the same amount: none of them is meant more than another."""
        ledger = self.desk.ledger
        return [row, *ledger.rows_of_amount(ledger.account_of[row], amount)[:_MOST_EQUAL]]

    def _points_at(self, case: Case, draft: Draft, row: int) -> bool:
        """Whether the text means an item of an explanation: not one of those that make up the rest beside a number."""
        if draft.rule != _AND_OTHERS:
            return True
        return any(ref.row == row for mention in case.reading.mentions for ref in mention.refs)

    def _is_spelt(self, case: Case, draft: Draft) -> bool:
        """Whether the text has a whole number of ours, in money that nobody gives back: it is meant, whoever pays.

        Also the few figures that some sellers' numbers are, where they have exactly this sum.
        """
        least = BARE if draft.rule in _TO_THE_CENT else FULL
        return draft.evidence.get("strength", 0) >= least and REFUND_WORDS.isdisjoint(case.reading.words)

    def _is_anybodys(self, drafts: list[Draft]) -> bool:
        """Whether very many invoices have the amount of a receipt that names nobody: a deposit of cheques."""
        return bool(drafts) and all(d.evidence.get("same_amount", 0) > _ANYBODYS for d in drafts)

    def _names_a_paid_one(self, case: Case, drafts: list[Draft]) -> bool:
        """Whether the text names an invoice of the payer that this run settled: the money came twice, or by mistake."""
        ledger, reading = self.desk.ledger, case.reading
        if not case.payer.accounts:
            return False
        if not reading.names_something:
            return any(paid_as_written(self.desk, case, row) for d in drafts[:2] for row, _ in d.lines)
        if any(slipped_from_paid(self.desk, case, row) for d in drafts[:2] for row, _ in d.lines):
            return False
        if reading.unknown or len(reading.mentions) != 1:
            account = case.payer.accounts[0]
            paid = [r for r in ledger.rows_of_amount(account, case.amount)[-_MOST_NEAR:] if ledger.left[r] == 0]
            return not any(d.rule == NEAR for d in drafts) and any(near_number(self.desk, case, r) for r in paid)
        own = [ref.row for ref in reading.mentions[0].refs if self._is_meant(case, ref)]
        return bool(own) and not any(ledger.left[row] for row in own)

    def _is_meant(self, case: Case, ref: Ref) -> bool:
        """Whether a number of the text is an invoice of the payer: well spelt, or of this very amount."""
        ledger = self.desk.ledger
        if ledger.account_of[ref.row] not in case.payer.accounts:
            return False
        return ref.strength >= STRONG or (ref.strength > WEAK and ledger.items.open_minor[ref.row] == case.amount)

    def _is_turn(self, case: Case, drafts: list[Draft]) -> bool:
        """Whether silent money pays this one of equal invoices, if it is this debtor's at all, and no other owes it.

        A rent rounded by some cents is that month's rent; several months' may be paid at once.
        """
        if not drafts or drafts[0].weight < _TURNS.get(drafts[0].rule, _NEVER):
            return False
        if drafts[0].rule == _SEVERAL and not alike(drafts[0]):
            return False
        account_of = self.desk.ledger.account_of
        account = account_of[drafts[0].lines[0][0]]
        own = case.reading.only_refers  # a payment's own number: whatever list it is of, this debtor's next one is paid
        if not own and (case.reading.names_something or "against" in drafts[0].evidence):
            return False
        if case.payer.score < STRONG_PAYER and len(case.payer.accounts) > 1:
            return False  # a word of many names: it may be anybody
        turns = {_SEVERAL} if drafts[0].rule == _SEVERAL else _TURNS.keys() - {_SEVERAL}
        return all(account_of[d.lines[0][0]] == account and d.rule in turns for d in drafts if d.weight >= _WANTED)

    def beside_claims(self, case: Case, draft: Draft) -> Draft:
        """The draft, moved to the oldest equal invoices that no earlier receipt claims."""
        taken = [row for row, _ in draft.lines if row in self._claimed]
        if not taken or draft.rule not in ("payer_amount", "payer_sum") or is_told(draft):
            return draft
        lines = [(row, amount) for row, amount in draft.lines if row not in self._claimed]
        for row, amount in draft.lines:
            if row in self._claimed:
                free = self._next_free(case, row, amount, {row for row, _ in lines})
                if free is None:
                    return draft
                lines.append((free, amount))
        lines.sort(key=lambda line: self.desk.ledger.age(line[0]))
        has = "has exactly this amount" if len(lines) == 1 else "add up to exactly this amount"
        reason = f"The payer is known and {self.desk.numbers([row for row, _ in lines])} {has}; another receipt claims"
        return replace(draft, reason=f"{reason} {self.desk.numbers(taken)}.", lines=lines)

    def _next_free(self, case: Case, row: int, amount: int, used: set[int]) -> int | None:
        """The oldest invoice equal to one that is claimed, which is neither claimed nor used."""
        ledger, last = self.desk.ledger, case.received_on + timedelta(days=DATE_SLACK_DAYS)
        for other in ledger.rows_of_amount(ledger.account_of[row], amount)[:_MOST_EQUAL]:
            free = other not in self._claimed and other not in used and ledger.left[other] == amount
            if free and ledger.items.issued_on[other] <= last and self.desk.usable(other, case):
                return other
        return None

    def before(self, case: Case, draft: Draft) -> int | None:
        """The undecided receipt that may pay these items, or one of equal amounts of this debtor before; None: none."""
        for row, _ in draft.lines:
            if row in self._wanted:
                return self._wanted[row].id
            if row in self._hoped and self._hoped[row].received_on <= case.received_on and not is_told(draft):
                return self._hoped[row].id  # who came later, and points at nothing, takes nothing away
        if draft.rule == "payer_statement" or is_told(draft):
            return None
        alone = draft.rule != "payer_sum"
        if not alone and (other := self._may_have_one_of(case, draft)) is not None:
            return other
        for amount in (case.amount,) if alone else (case.amount, *[amount for _, amount in draft.lines]):
            others = self._cases.get(amount)
            if others and (other := self._of_equals(case, draft, amount, others)) is not None:
                return other
        return None

    def _may_have_one_of(self, case: Case, draft: Draft) -> int | None:
        """An unexplained receipt before that may have paid one of several equal invoices of which a set has the oldest:
        which of them is the next one is not plain then.
        """
        ledger = self.desk.ledger
        account = ledger.account_of[draft.lines[0][0]]
        several = [amount for _, amount in draft.lines if len(ledger.rows_of_amount(account, amount)) > 1]
        for other in self._unexplained.get(account, ()) if several else ():
            if other.received_on <= case.received_on and other.amount > min(several):
                return other.id
        return None

    def _of_equals(self, case: Case, draft: Draft, amount: int, others: list[Case]) -> int | None:
        """An undecided receipt of this amount before, which may pay any of the debtor's invoices of it; None: none."""
        account = self.desk.ledger.account_of[draft.lines[0][0]]
        if len(self.desk.ledger.rows_of_amount(account, amount)) < 2:
            return None
        for other in others:  # of equal debts the oldest first: one that came later takes nothing away
            if other.received_on <= case.received_on and (
                self._may_pay(other, account) or self._is_who_pays(case, other)
            ):
                named = other.payer_known_by_name or other.payer.accounts
                if named or self._owed_then(account, amount, other):
                    return other.id
        return None

    def _is_who_pays(self, case: Case, other: Case) -> bool:
        """Whether one name paid both, which is no debtor's: a public accountant's, who pays for several."""
        names = self.desk.receipts.payer_name
        return names[case.row] is not None and names[case.row] == names[other.row] and other.payer.behalf

    def _owed_then(self, account: int, amount: int, other: Case) -> bool:
        """Whether an account's open invoices of an amount were issued when money came that names nobody."""
        ledger, last = self.desk.ledger, other.received_on + timedelta(days=DATE_SLACK_DAYS)
        issued_on = ledger.items.issued_on
        return any(ledger.left[r] == amount and issued_on[r] <= last for r in ledger.rows_of_amount(account, amount))

    def _may_pay(self, other: Case, account: int) -> bool:
        """Whether an undecided receipt may be an account's: found as it, somewhat like it, or cut short of it."""
        payer, ledger = other.payer, self.desk.ledger
        if other.seller not in (None, ledger.accounts[account][0]):
            return False
        if any(ledger.groups.same(found, account) for found in payer.accounts):
            return True
        if payer.found_by == "iban":
            return False
        if not other.payer_known_by_name or self.desk.payers.resembles(payer, account):
            return True
        text = self.desk.receipts.remittance[other.row]
        return bool(payer.label) and self.desk.cuts.may_have_cut(text) and self.desk.payers.may_begin(payer, account)
