"""Suggestions of one run seen together: two receipts of equal amounts are not offered the same invoice first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hub.core.reconcile.case import Case, Desk, Draft

_TWIN_RULE = "number_named_exact"  # of a counter that several months have; all of them are drafts already
_SPREAD_RULES = ("payer_amount", "amount_only", _TWIN_RULE)
_MOST_EQUAL = 200  # equal items looked at for one suggestion
_LIKELY = 0.4  # confidence from which what is offered to one is not offered first to the next
_DATE_SLACK_DAYS = 3


class Suggestions:
    """What is suggested first so far, in the order of the receipts: of equal debts the oldest (C. civ. 1342-10)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.offered: set[int] = set()

    def spread(self, case: Case, drafts: list[Draft]) -> list[Draft]:
        """The drafts of a receipt; what an earlier receipt was offered first comes after its equals."""
        found: list[Draft] = []
        for draft in drafts:
            other = self._next(case, draft)
            if other is not None and not any(other.same_as(known) for known in (*found, *drafts)):
                found.append(other)
            found.append(draft)
        found.sort(key=lambda draft: (-draft.confidence, self._is_offered(draft), self._turn(case, draft)))
        if found:
            found[1:1] = self._neighbours(case, found)
            found = [draft for at, draft in enumerate(found) if not any(draft.same_as(known) for known in found[:at])]
        if found and len(found[0].lines) == 1 and found[0].confidence >= _LIKELY:
            self.offered.add(found[0].lines[0][0])
        return found

    def _neighbours(self, case: Case, found: list[Draft]) -> list[Draft]:
        """Beside one of several equal invoices, the one due nearest to the receipt, and the next older one.

        The older one is right when a receipt before this one turns out to be no payment; unless they are there already.
        """
        first = found[0]
        if first.rule not in _SPREAD_RULES or len(first.lines) != 1 or first.lines[0][1] != case.amount:
            return []
        if first.rule == _TWIN_RULE:
            twins = [d for d in found[1:] if d.rule == _TWIN_RULE and d.confidence == first.confidence]
            return sorted(twins, key=lambda d: self._turn(case, d))
        ledger, items, mine = self.desk.ledger, self.desk.ledger.items, first.lines[0][0]
        last = case.received_on + timedelta(days=_DATE_SLACK_DAYS)
        equal = [
            row
            for row in ledger.rows_of_amount(ledger.account_of[mine], case.amount)[:_MOST_EQUAL]
            if ledger.left[row] == case.amount and self.desk.usable(row, case) and items.issued_on[row] <= last
        ]
        if len(equal) < 2:
            return []
        free = [row for row in equal if row not in self.offered] or equal
        nearest = min(free, key=lambda r: (self._days_from(case, r), ledger.age(r)))
        others = [(nearest, "is due nearest to the receipt")]
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
        ledger, row = self.desk.ledger, draft.lines[0][0]
        last = case.received_on + timedelta(days=_DATE_SLACK_DAYS)
        for other in ledger.rows_of_amount(ledger.account_of[row], case.amount)[:_MOST_EQUAL]:
            free = other not in self.offered and ledger.left[other] == case.amount
            if free and self.desk.usable(other, case) and ledger.items.issued_on[other] <= last:
                reason = f"{self.desk.numbers([other])} has exactly this amount open; an older one was offered before."
                return replace(draft, reason=reason, lines=[(other, case.amount)], evidence=dict(draft.evidence))
        return None
