"""One receipt on the desk: what is known of it, and drafts of how it could be allocated."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from hub.core.reconcile.confidence import FIRST, Judged, confidence, judged_alike, with_judged
from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.outcome import Proposal
from hub.core.reconcile.payers.companies import Payer
from hub.core.reconcile.payers.payer_index import PayerIndex
from hub.core.reconcile.policy import Policy
from hub.core.reconcile.reading.mentions import Reading
from hub.core.reconcile.texts.cuts import Cuts


@dataclass(slots=True)
class Case:
    """A receipt with its payer and its texts read. `amount` is what is unapplied, in `currency`."""

    row: int
    id: int
    amount: int
    currency: str
    seller: str | None
    received_on: date
    payer: Payer
    payer_known_by_name: bool  # the bank or the label gives some name, even one nobody knows
    reading: Reading
    texts: list[tuple[str, str]]  # where and what, the most trusted first
    original: tuple[str, int] | None  # currency and amount the payer ordered, when not ours
    for_a_person: str = ""  # why nothing is applied without a person, whatever is found
    windows: dict[tuple[str, ...], tuple[str, ...]] | None = None  # neighbouring runs, once they were asked for
    mixed: tuple[str, ...] | None = None  # words of letters and digits, once they were asked for
    thought: tuple[int, list[Draft]] | None = None  # drafts by reference, and how used up the items were
    named: tuple[list[int], list[Named]] | None = None  # what the text names, and what was left of each


class Named(NamedTuple):
    """Items of one debtor (or group) that a text or a list names: (row, strength, the text), and how the payer stands.

    rows: those of the picks. strength: of the weakest. said: how a reason begins.
    """

    picks: list[tuple[int, int, str]]
    alternatives: list[list[tuple[int, int, str]]]
    stance: int
    accounts: list[int]
    rows: list[int]
    strength: int
    said: str = "The text names"


@dataclass(slots=True)
class Draft:
    """A proposal in the making: rows of the ledger instead of ids."""

    weight: float
    rule: str
    reason: str
    lines: list[tuple[int, int]]
    deductions: list[tuple[str, int | None, int]] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    exchange: tuple[str, int] | None = None

    def same_as(self, other: Draft) -> bool:
        """Whether both would settle the same items with the same amounts, and forgo as much."""
        return sorted(self.lines) == sorted(other.lines) and bool(self.deductions) == bool(other.deductions)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every rule needs at hand."""

    ledger: Ledger
    payers: PayerIndex
    receipts: Receipts
    policy: Policy
    today: date
    cuts: Cuts
    judged: Judged

    def usable(self, row: int, case: Case) -> bool:
        """Whether an item may be paid by this receipt: its seller and currency, and something still open."""
        ledger, seller = self.ledger, case.seller
        if ledger.left[row] <= 0:
            return False
        items = ledger.items
        return items.currency[row] == case.currency and (seller is None or seller == items.seller[row])

    def signed(self, row: int) -> int:
        """What an item still has open: negative for a credit note."""
        ledger = self.ledger
        return -ledger.left[row] if ledger.is_credit[row] else ledger.left[row]

    def policy_for(self, row: int) -> Policy:
        """The policy as it applies to the debtor of an item."""
        if not self.policy.overrides:
            return self.policy
        return self.policy.for_debtor(*self.ledger.accounts[self.ledger.account_of[row]])

    def numbers(self, rows: list[int], most: int = 6) -> str:
        """Item numbers for a sentence: "F101, F102 and 4 more"."""
        number = self.ledger.items.number
        if len(rows) == 1:
            return number[rows[0]]
        shown = ", ".join([number[r] for r in rows[:most]])
        return shown + (f" and {len(rows) - most} more" if len(rows) > most else "")

    def proposal(self, draft: Draft, place: str) -> Proposal:
        """The draft with ids of items, for the world outside; at its place among the others (`confidence.py`)."""
        ledger, lines, ids = self.ledger, draft.lines, self.ledger.items.id
        account = ledger.account_of[lines[0][0]] if lines else -1
        if len(lines) > 1 and any([ledger.account_of[row] != account for row, _ in lines]):
            account = -1
        deductions = [(kind, None if row is None else ids[row], amount) for kind, row, amount in draft.deductions]
        weight = round(min(max(draft.weight, 0.0), 1.0), 4)
        right = confidence(draft.rule, round(weight, 2), place)
        if place == FIRST and (counts := judged_alike(self.judged, draft.rule, weight))[1]:
            right = with_judged(right, counts)
            draft.evidence["judged"] = list(counts)
        return Proposal(
            right,
            weight,
            draft.rule,
            draft.reason,
            tuple([(ids[row], amount) for row, amount in lines]),
            ledger.items.currency[lines[0][0]] if lines else "",
            ledger.accounts[account] if account >= 0 else None,
            draft.evidence,
            tuple(deductions),
            draft.exchange,
        )
