"""One run: receipts in the order of their evidence, each decision made on what the earlier ones left open."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.company_rules import NO_RECEIPT, fitting
from hub.core.reconcile.confidence import Judged
from hub.core.reconcile.decide import (
    RIVAL,
    apply,
    automatic,
    for_a_person,
    not_a_receipt,
    ranked,
    said_by,
    sure,
    within_bounds,
)
from hub.core.reconcile.exact import ExactMatcher
from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.inputs import Debtors, Learnt, OpenItems, Receipts, Remittances, SettledNumbers
from hub.core.reconcile.kept.ledger import StandingLedger
from hub.core.reconcile.kept.standing import Standing
from hub.core.reconcile.opening import Opening
from hub.core.reconcile.outcome import UNAPPLIED, Decision, Outcome
from hub.core.reconcile.payers.debtor_names import Memory
from hub.core.reconcile.payers.payer_index import PayerIndex
from hub.core.reconcile.policy import Policy
from hub.core.reconcile.returns import Returns
from hub.core.reconcile.rules.remittances import RemittanceIndex
from hub.core.reconcile.second_payment import second_payment
from hub.core.reconcile.suggestions import Suggestions
from hub.core.reconcile.texts.cuts import Cuts
from hub.core.reconcile.texts.given_back import given_back
from hub.core.reconcile.texts.tagged import taken_apart
from hub.core.reconcile.thought import Thought
from hub.core.reconcile.waiting import Waiting


def reconcile(
    items: OpenItems | Standing,
    debtors: Debtors,
    receipts: Receipts,
    *,
    policy: Policy,
    remittances: Remittances | None = None,
    learnt: Learnt | None = None,
    settled: SettledNumbers | None = None,
    today: date,
    memory: Memory | None = None,
    judged: Judged | None = None,
) -> Outcome:
    """Decide for each receipt what it pays, or why nobody but a person can tell.

    Pure and deterministic: equal records, in any order, give equal decisions. What one receipt uses up is
    not offered to the next; receipts with better evidence choose first, then the earlier received.

    Args:
        items: everything open, of any seller, in any currency; or a ledger kept from an earlier run, with what
            changed since, closed numbers included: a few receipts on a large ledger are then decided without reading
            it. The decisions are the same.
        receipts: money with something unapplied; decisions come back in this order.
        policy: tolerances and choices; its version is returned with the outcome.
        remittances: lists of what receipts pay; they outrank the text.
        learnt: payers known from confirmed decisions.
        settled: numbers closed recently, so that a second payment is recognised; left out with a kept ledger.
        today: dates after it are taken for misprints.
        judged: what became of first suggestions that people decided about; it changes their confidence, nothing else.
        memory: lent by who runs several times over one ledger, so that its debtors' names are read once.

    Returns:
        One decision per receipt. The sum of a proposal's lines never exceeds what the receipt had unapplied,
        and over all automatic decisions no item is settled beyond what it had open.

    Raises:
        ValueError: columns of one table have different lengths.
        StaleImage: the kept ledger's numbers are built otherwise now: give the items themselves.
    """
    with _no_garbage_collection():
        ledger = StandingLedger(items, debtors) if isinstance(items, Standing) else Ledger(items, debtors, settled)
        names = (memory or Memory()).names(ledger)
        receipts = taken_apart(receipts)
        desk = Desk(ledger, PayerIndex(ledger, names, learnt), receipts, policy, today, Cuts(receipts), judged or {})
        return Outcome(_Run(desk, remittances).decisions(), policy.version)


class _Run:
    """The passes over the receipts; each pass in the order of receipt date and id."""

    def __init__(self, desk: Desk, remittances: Remittances | None) -> None:
        self.desk = desk
        self.receipts = desk.receipts
        own = frozenset(a.replace(" ", "").upper() for a in set(desk.receipts.account) if a)
        self.ruled = fitting(desk.policy.rules, desk.receipts)
        self.given_back = given_back(desk.receipts)
        self.opening = Opening(desk, self.ruled, self.given_back)
        self.thought = Thought(desk, RemittanceIndex(remittances, self.opening.reader), own, self.given_back)
        self.remitted = set(remittances.receipt_id) if remittances else set()
        self.waiting = Waiting(desk)
        self.decided: list[Decision | None] = [None] * len(self.receipts.id)

    def decisions(self) -> list[Decision]:
        """Decide all receipts, the best evidence first."""
        receipts = self.receipts
        days = list(map(date.toordinal, receipts.received_on))
        order = sorted(range(len(days)), key=receipts.id.__getitem__)
        order.sort(key=days.__getitem__)
        rest = self._without_thought(order)
        cases = [self.opening.open_case(row) for row in rest]
        cases = self._pass(cases, self._exact_references)
        cases = self._pass(cases, self._references)
        held: list[tuple[Case, list[Draft]]] = []
        # Misprints before silence; stable by date.
        cases.sort(key=lambda case: not case.reading.names_something or case.reading.only_refers)
        for case in cases:
            drafts = self._everything(case)
            if drafts is not None:
                held.append((case, drafts))
        held.sort(key=lambda waiting: (waiting[0].received_on, waiting[0].id))
        self._for_a_person(held)
        return [d for d in self.decided if d is not None]

    def _without_thought(self, order: list[int]) -> list[int]:
        """Money that left, nothing to allocate, and the exact references; returns what needs thought."""
        receipts, decided, rest = self.receipts, self.decided, []
        amounts, unapplied, ids, today = receipts.amount_minor, receipts.unapplied_minor, receipts.id, self.desk.today
        ruled = self.ruled
        returns, settle = Returns(receipts), ExactMatcher(self.desk.ledger, self.desk.payers, receipts).settle
        for row in order:
            if amounts[row] < 0:
                decided[row] = returns.decide(row)
            elif unapplied[row] <= 0 or amounts[row] == 0:
                reason = "Nothing of this receipt is left to allocate."
                decided[row] = Decision(ids[row], UNAPPLIED, "nothing_left", reason)
            elif row in ruled:
                if ruled[row].then == NO_RECEIPT:
                    decided[row] = not_a_receipt(ids[row], said_by(ruled[row]))
                else:
                    rest.append(row)
            elif ids[row] in self.remitted or receipts.received_on[row] > today or row in self.given_back:
                rest.append(row)
            elif (decision := settle(row)) is not None:
                decided[row] = decision
            else:
                rest.append(row)
        return rest

    def _pass(self, cases: list[Case], decide: Callable[[Case], Decision | None]) -> list[Case]:
        """Decide what can be decided now; returns the cases that wait."""
        waiting = []
        for case in cases:
            decision = decide(case)
            if decision is None:
                waiting.append(case)
            else:
                self.decided[case.row] = decision
        return waiting

    def _exact_references(self, case: Case) -> Decision | None:
        """References whose amount agrees to the cent choose before part payments do."""
        reading = case.reading
        if not (reading.mentions or reading.orders or case.id in self.remitted or case.original):
            return None
        if not self.thought.may_be_exact(case):
            return None
        drafts = ranked(self.desk, case, self.thought.by_references(case))
        if drafts and drafts[0].rule.endswith(("_exact", "other_currency")):
            return self._automatic(case, drafts)
        return None

    def _references(self, case: Case) -> Decision | None:
        """Other references, and what is plainly nobody's payment."""
        self.opening.look_again(case)
        reading = case.reading
        drafts: list[Draft] = []
        if reading.mentions or reading.orders or case.id in self.remitted or case.original:
            drafts = ranked(self.desk, case, self.thought.by_references(case))
        decision = self._automatic(case, drafts)
        if decision is None and not (drafts and drafts[0].weight > RIVAL):
            kind = self.thought.outsider(case)
            if kind is not None:
                return not_a_receipt(case.id, kind)
        if decision is None and not drafts:
            decision = second_payment(self.desk, case)
        return decision

    def _everything(self, case: Case) -> list[Draft] | None:
        """Decide with payer and amount as well; the drafts when a person must."""
        drafts = ranked(self.desk, case, self.thought.all_drafts(case))
        if drafts and drafts[0].rule.startswith("payer_"):
            drafts[0] = self.waiting.beside_claims(case, drafts[0])
            other = self.waiting.before(case, drafts[0])
            if other is not None:
                drafts[0].weight = min(drafts[0].weight, 0.9)
                drafts[0].evidence["against"] = "another receipt still open may pay the same item"
                drafts[0].evidence["waits_for_receipt"] = other
        decision = self._automatic(case, drafts)
        if decision is None:
            self.waiting.add(case, drafts)
            return drafts
        self.decided[case.row] = decision
        return None

    def _automatic(self, case: Case, drafts: list[Draft]) -> Decision | None:
        first = sure(self.desk, case, drafts)
        if first is None:
            return None
        if case.for_a_person:
            first.evidence["against"] = case.for_a_person
            return None
        apply(self.desk, first)
        return automatic(self.desk, case, first, drafts)

    def _for_a_person(self, held: list[tuple[Case, list[Draft]]]) -> None:
        """Suggestions; thought again where another receipt has since used up an item of theirs."""
        open_ones = []
        for case, drafts in held:
            if not all(within_bounds(self.desk, case, d) for d in drafts):
                drafts = ranked(self.desk, case, self.thought.all_drafts(case))
                if not drafts and (again := second_payment(self.desk, case)) is not None:
                    self.decided[case.row] = again
                    continue
            open_ones.append((case, drafts))
        for case, drafts in Suggestions(self.desk).of(open_ones):
            self.decided[case.row] = for_a_person(self.desk, case, drafts)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Millions of small records and no cycles: the collector would only re-read them, again and again.

    Before it is switched on again the records count as old (frozen and thawed, unless the caller froze
    objects of its own), otherwise it would walk through all of them at once.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()
