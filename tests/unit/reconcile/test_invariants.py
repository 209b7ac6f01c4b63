"""What must hold whatever the records say: bounds, determinism, indifference to their order, no crash."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.reconcile import Outcome, Policy, reconcile
from tests.benchmarks.reconciliation.receipts import make_scenario
from tests.benchmarks.reconciliation.scenario import Scenario
from tests.unit.reconcile.books import DEBTORS, DURAND, MARTIN, TODAY, decide, item, items_of, receipt, receipts_of

_AMOUNTS = st.integers(min_value=0, max_value=40).map(lambda n: n * 1_050)
_ITEMS = st.lists(
    st.builds(
        lambda n, debtor, amount, kind, currency, day: item(
            f"F{1000 + n}",
            debtor,
            amount,
            kind=kind,
            currency=currency,
            issued_on=date(2026, 1, 1) + timedelta(days=day),
        ),
        st.integers(0, 12),
        st.sampled_from((DURAND, MARTIN)),
        _AMOUNTS,
        st.sampled_from(("invoice", "invoice", "credit_note")),
        st.sampled_from(("EUR", "EUR", "USD")),
        st.integers(0, 120),
    ),
    min_size=1,
    max_size=9,
)
_TEXTS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.lists(st.integers(1000, 1012).map(lambda n: f"F{n}"), max_size=4).map(" ET ".join),
    st.sampled_from(("RELEVE 02/2026", "F1000 A F1004", "ACOMPTE")),
    st.sampled_from(("1" * 10_000, "/" * 10_000, "\u200f\u202e🙂", "F1001\nF10\n02")),
)
_RECEIPTS = st.lists(
    st.builds(
        lambda amount, text, name, currency, original: receipt(
            amount,
            text,
            name,
            currency=currency,
            original_amount_minor=original,
            original_currency="USD" if original else None,
        ),
        st.integers(-20, 60).map(lambda n: n * 1_050),
        _TEXTS,
        st.sampled_from((None, "DURAND ET FILS", "MARTIN", "", "🙂", "SAS")),
        st.sampled_from(("EUR", "EUR", "USD", "XXX")),
        st.sampled_from((None, None, 2_100)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(_ITEMS, _RECEIPTS)
def test_allocations_keep_within_receipts_and_items(items: list[dict], receipts: list[dict]) -> None:  # type: ignore[type-arg]
    """No line exceeds its item, no receipt gives more than it has, no allocation mixes currencies."""
    used: dict[int, int] = {}
    for row, decision in zip(receipts, decide(items, receipts), strict=True):
        for proposal in decision.proposals:
            spent = sum(amount for _, amount in proposal.lines) if proposal.exchange is None else proposal.exchange[1]
            assert 0 < spent <= row["unapplied_minor"]
            assert {items[i - 1]["currency"] for i, _ in proposal.lines} == {proposal.currency}
            assert (proposal.currency == row["currency"]) == (proposal.exchange is None)
            assert 0.0 <= proposal.confidence <= 1.0
        if decision.status == "auto":
            best = decision.proposals[0]
            for item_id, amount in (*best.lines, *((i, a) for _, i, a in best.deductions if i is not None)):
                used[item_id] = used.get(item_id, 0) + abs(amount)
    assert all(total <= items[item_id - 1]["open_minor"] for item_id, total in used.items())


@settings(max_examples=40, deadline=None)
@given(_ITEMS, _RECEIPTS, st.randoms(use_true_random=False))
def test_order_of_records_is_indifferent(items: list[dict], receipts: list[dict], rng: Random) -> None:  # type: ignore[type-arg]
    """The same records in another order give the same decisions."""
    items = [{"id": n, **row} for n, row in enumerate(items, 1)]
    receipts = [{"id": n, **row} for n, row in enumerate(receipts, 1)]
    expected = {d.receipt_id: d for d in decide(items, receipts)}
    rng.shuffle(items)
    rng.shuffle(receipts)
    assert expected == {d.receipt_id: d for d in decide(items, receipts)}


def _run(scenario: Scenario) -> Outcome:
    return reconcile(
        scenario.items,
        scenario.debtors,
        scenario.receipts,
        policy=Policy(),
        remittances=scenario.remittances,
        settled=scenario.settled,
        today=scenario.today,
    )


def test_benchmark_scenario_is_reproducible() -> None:
    """Two runs on one scenario agree to the last word of evidence."""
    scenario = make_scenario(11, 600)
    assert _run(scenario) == _run(scenario)


def test_five_thousand_equal_invoices_are_paid_oldest_first() -> None:
    """One debtor with 5,000 equal open invoices and 2,000 silent payments: each pays another one."""
    items = [
        item(f"F{10000 + n}", DURAND, 99_00, issued_on=date(2026, 1, 1) + timedelta(days=n % 90)) for n in range(5000)
    ]
    receipts = [receipt(99_00, "ABONNEMENT", "DURAND ET FILS") for _ in range(2000)]
    decisions = decide(items, receipts)
    assert 2000 == len({d.proposals[0].lines for d in decisions if d.status == "auto"})


def test_remittance_text_of_100_kilobytes() -> None:
    """A very long text names far more than the receipt pays: nothing is applied alone."""
    items = [item(f"FA-2026-{n:05d}", DURAND, 10_00 + n) for n in range(1, 400)]
    text = " ".join(f"FA-2026-{n:05d} ligne {n}" for n in range(1, 5000))[:100_000]
    decision = decide(items, [receipt(123_45, text, "DURAND ET FILS")])[0]
    assert "auto" != decision.status
    assert all(sum(amount for _, amount in p.lines) <= 123_45 for p in decision.proposals)


def test_nothing_at_all() -> None:
    """No items, or no receipts: an empty answer, no error."""
    nothing = items_of([item("F1", DURAND, 1)])
    empty = type(nothing)(*([] for _ in range(10)))
    outcome = reconcile(empty, DEBTORS, receipts_of([receipt(100, "F1", "X")]), policy=Policy(), today=TODAY)
    assert ["unapplied"] == [d.status for d in outcome.decisions]
