"""Suggestions of one run seen together: two receipts of equal amounts are not offered the same invoice first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.hints import with_hints
from hub.core.reconcile.rules.parts import PART, made_up
from hub.core.reconcile.rules.together import together
from hub.core.reconcile.rules.told import told
from hub.core.reconcile.rules.turns import Debt, in_turn

_TWIN_RULE = "number_named_exact"  # of a counter that several months have; all of them are drafts already
_SPREAD_RULES = ("payer_amount", "amount_only", _TWIN_RULE)
_STATEMENT = "payer_statement"
_IN_TURN = ("payer_amount", "amount_only", _STATEMENT)  # one invoice of a sum that others may have
_SETS = ("payer_sum", "payer_less_credit_note", "named_and_others")
_PARTS = ("oldest_first", PART)  # of something, nobody knows what
_SURER = 0.7  # a part that the text tells
_MOST_PARTS = 40  # receipts of one debtor compared with one another
_MOST_EQUAL = 200  # equal items looked at for one suggestion
_LIKELY = 0.4  # weight from which what is offered to one is not offered first to the next
_DATE_SLACK_DAYS = 3


class Suggestions:
    """What is suggested first so far, in the order of the receipts."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.offered: set[int] = set()
        self._turns: dict[int, int] = {}  # by receipt, the row of the invoice whose turn it is

    def of(self, held: list[tuple[Case, list[Draft]]]) -> Iterator[tuple[Case, list[Draft]]]:
        """All receipts left to a person, in order of their dates, each with its drafts as they are suggested."""
        held = [(case, with_hints(self.desk, case, drafts)) for case, drafts in held]
        held = self._halves(held)
        self._take_turns(held)
        for case, drafts in held:
            yield case, self.spread(case, drafts)

    def _halves(self, held: list[tuple[Case, list[Draft]]]) -> list[tuple[Case, list[Draft]]]:
        """Where nothing adds up: two receipts of one debtor that make up an invoice between them."""
        lonely: dict[int, list[Case]] = {}
        for case, drafts in held:
            if drafts and drafts[0].rule in _PARTS and drafts[0].weight < _SURER:
                lonely.setdefault(self.desk.ledger.account_of[drafts[0].lines[0][0]], []).append(case)
        found: dict[int, Draft] = {}
        for account, cases in lonely.items():
            for case in cases[:_MOST_PARTS]:
                draft = made_up(self.desk, case, account, cases[:_MOST_PARTS])
                if draft is not None:
                    found[case.id] = draft
        return [(case, [found[case.id], *drafts] if case.id in found else drafts) for case, drafts in held]

    def _take_turns(self, held: list[tuple[Case, list[Draft]]]) -> None:
        """Lay receipts of one debtor and sum beside its equal invoices; first those whose text points at some."""
        groups: dict[tuple[int, int], list[tuple[Case, list[Draft]]]] = {}
        shared: set[tuple[int, int]] = set()  # accounts and sums of which a receipt's payer bears the name, and another
        for case, drafts in held:
            account = self._only_account(case, drafts)
            if account is not None:
                groups.setdefault((account, case.amount), []).append((case, drafts))
            elif drafts and drafts[0].weight >= _LIKELY:
                shared |= {(a, case.amount) for a in self._accounts(case, drafts)}
        for (account, amount), members in groups.items():
            if (account, amount) in shared and all(drafts[0].weight < _LIKELY for _, drafts in members):
                continue  # whoever bears the name goes first
            silent = []
            for case, drafts in members:
                equal = self._equal(case, account)
                pointed = _of_a_statement(drafts) or (told(self.desk, case, equal) if len(equal) > 1 else [])
                if pointed:
                    free = [row for row in pointed if row not in self.offered] or pointed
                    self._give(case, min(free, key=lambda r: (self._days_from(case, r), self.desk.ledger.age(r))))
                elif equal:
                    silent.append(case)
            if silent:
                self._lay(silent, account)

    def _lay(self, cases: list[Case], account: int) -> None:
        """Each silent receipt's turn among the equal invoices that no other text points at."""
        ledger = self.desk.ledger
        free = [row for row in self._equal(cases[-1], account) if row not in self.offered]
        debts = [Debt(row, ledger.items.issued_on[row], ledger.age(row)[0]) for row in free]
        for case, row in zip(cases, in_turn([case.received_on for case in cases], debts), strict=False):
            self._give(case, row)

    def _give(self, case: Case, row: int) -> None:
        self._turns[case.id] = row
        self.offered.add(row)

    def _only_account(self, case: Case, drafts: list[Draft]) -> int | None:
        """The debtor whose invoice of exactly the sum is the best draft, when no other one's may be meant."""
        if not drafts or not _is_whole_one(case, drafts[0]):
            return None
        accounts = self._accounts(case, drafts)
        if len(accounts) > 1:
            return None
        account = accounts.pop()
        return None if self._has_a_namesake(case, account) else account

    def _accounts(self, case: Case, drafts: list[Draft]) -> set[int]:
        """The debtors of whom some draft is one invoice of exactly the sum."""
        account_of = self.desk.ledger.account_of
        return {account_of[draft.lines[0][0]] for draft in drafts if _is_whole_one(case, draft)}

    def _has_a_namesake(self, case: Case, account: int) -> bool:
        """Whether another debtor of this seller and of the same words may be the payer as well."""
        owners, words_of = self.desk.ledger.accounts, self.desk.payers.words_of
        others = [one for one in case.payer.accounts if one != account and owners[one][0] == owners[account][0]]
        return any(words_of(one) == words_of(account) for one in others)

    def _equal(self, case: Case, account: int) -> list[int]:
        """The debtor's open invoices of exactly the sum, issued by then, oldest due first."""
        ledger, last = self.desk.ledger, case.received_on + timedelta(days=_DATE_SLACK_DAYS)
        return [
            row
            for row in ledger.rows_of_amount(account, case.amount)[:_MOST_EQUAL]
            if ledger.left[row] == case.amount and self.desk.usable(row, case) and ledger.items.issued_on[row] <= last
        ]

    def spread(self, case: Case, drafts: list[Draft]) -> list[Draft]:
        """The drafts of a receipt; what an earlier receipt was offered first comes after its equals."""
        found: list[Draft] = []
        if any([draft.rule in _SETS for draft in drafts]):
            drafts = self._sets_that_fit(case, drafts)
        turn = self._turns.get(case.id)
        if turn is not None:
            found = self._whose_turn(case, drafts, turn)
        else:
            for draft in drafts:
                other = self._next(case, draft)
                if other is not None and not any(other.same_as(known) for known in (*found, *drafts)):
                    found.append(other)
                found.append(draft)
            found.sort(key=lambda draft: (-draft.weight, self._is_offered(draft), self._turn(case, draft)))
        if found:
            found[1:1] = self._neighbours(case, found)
            found = [draft for at, draft in enumerate(found) if not any(draft.same_as(known) for known in found[:at])]
        if found and len(found[0].lines) == 1 and found[0].weight >= _LIKELY:
            self.offered.add(found[0].lines[0][0])
        return found

    def _sets_that_fit(self, case: Case, drafts: list[Draft]) -> list[Draft]:
        """The drafts; before a set that has equal invoices, the one of them that fits better."""
        found: list[Draft] = []
        for draft in drafts:
            other = together(self.desk, case, draft, self.offered) if draft.rule in _SETS else None
            found += [draft] if other is None else [other, draft]
        return found

    def _whose_turn(self, case: Case, drafts: list[Draft], row: int) -> list[Draft]:
        """The drafts, the invoice first whose turn it is among equal ones."""
        first = drafts[0]
        mine = next((d for d in drafts if d.lines == [(row, case.amount)] and d.weight == first.weight), None)
        if mine is None:
            reason = f"{self.desk.numbers([row])} has exactly this amount open, and it is its turn among equal ones."
            mine = replace(first, reason=reason, lines=[(row, case.amount)], evidence=dict(first.evidence))
        return [mine, *drafts]

    def _neighbours(self, case: Case, found: list[Draft]) -> list[Draft]:
        """Beside one of several equal invoices: one of its due day, the one due nearest to the receipt, the next older.

        The older one is right when a receipt before this one turns out to be no payment; unless they are there already.
        """
        first = found[0]
        if first.rule not in _SPREAD_RULES or len(first.lines) != 1 or first.lines[0][1] != case.amount:
            return []
        if first.rule == _TWIN_RULE:
            twins = [d for d in found[1:] if d.rule == _TWIN_RULE and d.weight == first.weight]
            return sorted(twins, key=lambda d: self._turn(case, d))
        mine = first.lines[0][0]
        equal = self._equal(case, self.desk.ledger.account_of[mine])
        if len(equal) < 2:
            return []
        free = [row for row in equal if row not in self.offered] or equal
        nearest = min(free, key=lambda r: (self._days_from(case, r), self.desk.ledger.age(r)))
        due = self.desk.ledger.items.due_on
        others = [(row, "is due on the same day") for row in equal if row != mine and due[row] == due[mine]][:1]
        others.append((nearest, "is due nearest to the receipt"))
        if mine in equal and (at := equal.index(mine)):
            others.append((equal[at - 1], "is the next older one"))
        drafts = []
        for row, what in others:
            reason = f"{self.desk.numbers([row])} has exactly this amount open and {what}."
            other = replace(first, reason=reason, lines=[(row, case.amount)], evidence=dict(first.evidence))
            if not any(other.same_as(known) for known in found[:2]):
                drafts.append(other)
        return drafts

    def _days_from(self, case: Case, row: int) -> int:
        """Days between an item's due date and the receipt."""
        return abs((self.desk.ledger.age(row)[0] - case.received_on).days)

    def _turn(self, case: Case, draft: Draft) -> int:
        """Days between a twin's due date and the receipt: the nearest goes first."""
        return self._days_from(case, draft.lines[0][0]) if draft.rule == _TWIN_RULE else 0

    def _is_offered(self, draft: Draft) -> bool:
        """Whether it is one whole invoice that an earlier receipt was offered first."""
        return draft.rule in _SPREAD_RULES and len(draft.lines) == 1 and draft.lines[0][0] in self.offered

    def _next(self, case: Case, draft: Draft) -> Draft | None:
        """The same draft for the next invoice of this debtor and amount, when its own is offered already."""
        if draft.rule == _TWIN_RULE or not self._is_offered(draft):
            return None
        for other in self._equal(case, self.desk.ledger.account_of[draft.lines[0][0]]):
            if other not in self.offered:
                reason = f"{self.desk.numbers([other])} has exactly this amount open; an older one was offered before."
                return replace(draft, reason=reason, lines=[(other, case.amount)], evidence=dict(draft.evidence))
        return None


def _is_whole_one(case: Case, draft: Draft) -> bool:
    """Whether it is one invoice of exactly the sum, for no better reason than that."""
    return draft.rule in _IN_TURN and draft.lines[0][1] == case.amount and len(draft.lines) == 1


def _of_a_statement(drafts: list[Draft]) -> list[int]:
    """The invoices of the month that the text names, where the best drafts are such."""
    best = [draft for draft in drafts if draft.weight == drafts[0].weight]
    return [draft.lines[0][0] for draft in best] if all(draft.rule == _STATEMENT for draft in best) else []
