"""Rules tried before they hold, and what must be so whatever people and rules decide."""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.app.bootstrap import Hub
from hub.core.reconcile import Policy
from hub.core.reconcile.company_rules import CompanyRule
from hub.core.services.allocations import confirm, list_allocations, reverse_proposal
from hub.core.services.inputs import load_inputs
from hub.core.services.judging import judge
from hub.core.services.ledger import view
from hub.core.services.reconcile import reconcile_now
from hub.core.services.replay import NEWLY, NEWLY_SUGGESTED, NO_LONGER, NO_LONGER_SUGGESTED, OTHERWISE, compare
from hub.core.services.rules import Rules
from hub.core.store import tables as t
from hub.sdk.errors import HubError
from tests.support.hubs import differences, dump, make_hub, rows, sync
from tests.support.scripts import Unit, debtor, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")
DAY = date(2026, 10, 1)


@pytest.fixture
def hub_of(tmp_path: Path, database_url: str) -> Callable[[list[Unit]], Hub]:
    """A hub that has read these facts."""

    def make(facts: list[Unit]) -> Hub:
        hub = make_hub(tmp_path, database_url, section())
        write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(facts)])
        sync(hub, "guest")
        return hub

    return make


def named(number: int, amount: int, **fields: object) -> Unit:
    """A receipt of Dupont that names F2026-000N."""
    text = f"REGLEMENT F2026-{number:04d}"
    return receipt(f"R{number}", amount, remittance=text, payer_name="DUPONT PEINTURE", **fields)


FACTS = [
    debtor("C1", "Dupont Peinture"),
    *(invoice(f"F2026-{number:04d}", 10_000 + number) for number in range(1, 6)),
    named(1, 10_001), named(2, 9_950), named(3, 5_000), named(4, 10_004, received_on="2026-09-15"),
]  # fmt: skip


def test_rules_are_tried_without_a_trace(hub_of: Callable[[list[Unit]], Hub]) -> None:
    """The same rules change nothing; stricter ones no longer apply, laxer ones newly do; nothing is written."""
    hub = hub_of(FACTS)
    policy = Policy(version="1")
    reconcile_now(hub.desk, policy)
    assert {"R1", "R2", "R3", "R4"} == {row.receipt_id for row in list_allocations(hub.desk, statuses=["auto"])}
    before = dump(hub.store)
    alike = compare(hub.desk, policy, policy, DAY)
    assert (3, 3, []) == (alike.receipts, alike.same, alike.changes)
    strict = replace(policy, version="2", partial_by_reference=False, rounding_minor=0, bank_fee_minor=0)
    found = compare(hub.desk, policy, strict, DAY)
    assert [(NO_LONGER, "R2", 9_950), (NO_LONGER, "R3", 5_000)] == [
        (change.kind, change.receipt_id, change.amount_minor) for change in found.changes
    ]
    assert {"EUR": 14_950} == found.amounts(NO_LONGER)
    back = compare(hub.desk, strict, policy, DAY)
    assert [(NEWLY, "R2"), (NEWLY, "R3")] == [(change.kind, change.receipt_id) for change in back.changes]
    fee = replace(policy, version="3", rounding_minor=0, bank_fee_anywhere=True)
    [other] = compare(hub.desk, policy, fee, DAY).changes
    assert (OTHERWISE, "R2", "named_less_rounding", "named_less_bank_fee") == (
        other.kind, other.receipt_id, other.before.rule, other.after.rule,
    )  # fmt: skip
    assert [] == differences(before, dump(hub.store))


def test_what_would_no_longer_be_suggested_is_told(hub_of: Callable[[list[Unit]], Hub]) -> None:
    """A rule that takes too much for no payment leaves alone what waited for a person: that is a difference."""
    stranger = receipt("R9", 10_005, payer_name="ZZZ", remittance="VIREMENT", received_on="2026-10-20")
    hub = hub_of([*FACTS, stranger])
    policy = Policy(version="1")
    reconcile_now(hub.desk, policy)
    assert {"R9"} == {row.receipt_id for row in list_allocations(hub.desk, statuses=["suggested"])}
    broad = replace(policy, rules=(CompanyRule(name="all", then="not_a_receipt", text=("VIREMENT",)),))
    [change] = compare(hub.desk, policy, broad, DAY).changes
    assert (NO_LONGER_SUGGESTED, "R9", 10_005) == (change.kind, change.receipt_id, change.amount_minor)
    [back] = compare(hub.desk, broad, policy, DAY).changes
    assert NEWLY_SUGGESTED == back.kind


def test_a_replay_under_the_same_rules_is_what_stands(hub_of: Callable[[list[Unit]], Hub]) -> None:
    """Undone in memory and judged again: the very lines that were written."""
    hub = hub_of(FACTS)
    policy = Policy(version="1")
    reconcile_now(hub.desk, policy)
    names = ("receipt_id", "invoice_id", "nature", "amount_minor")
    stands = rows(hub.store, sa.select(*(t.allocation.c[name] for name in names)))
    with hub.store.read() as connection:
        inputs = load_inputs(hub.desk, connection, undone_since=date(2026, 1, 1))
    again = judge(inputs, policy, hub.clock.today())
    assert sorted(stands) == sorted((x.receipt_id, x.invoice_id, x.nature, x.amount_minor) for x in again.lines)


def test_each_allocation_keeps_its_rules(hub_of: Callable[[list[Unit]], Hub]) -> None:
    """The version, on every line the hub wrote by itself."""
    hub = hub_of(FACTS)
    reconcile_now(hub.desk, Policy(version="7-abc123"))
    assert {"7-abc123"} == {row.policy for row in list_allocations(hub.desk, statuses=["auto"])}


# --- invariants -----------------------------------------------------------------------------------

AMOUNT = st.sampled_from([1_000, 2_000, 3_000, 5_000, 10_000])


@st.composite
def ledgers(draw: st.DrawFn) -> list[Unit]:
    """A few invoices of one debtor, and receipts that name some of them, with amounts that fit or not."""
    totals = draw(st.lists(AMOUNT, min_size=1, max_size=5))
    facts = [debtor("C1", "Dupont Peinture")]
    facts += [invoice(f"F2026-{number:04d}", total) for number, total in enumerate(totals, start=1)]
    for number in range(draw(st.integers(1, 5))):
        text = " ".join(f"F2026-{n:04d}" for n in draw(st.lists(st.integers(1, 6), max_size=2)))
        name = draw(st.sampled_from(["DUPONT PEINTURE", None]))
        facts.append(receipt(f"R{number}", draw(AMOUNT), remittance=text, payer_name=name))
    return facts


def _within_bounds(hub: Hub) -> None:
    """Never more of a receipt than it has, nor of an invoice than it is; one currency on each line."""
    standing = [row for row in list_allocations(hub.desk) if row.status in ("auto", "confirmed")]
    used, paid = Counter[int](), Counter[int]()
    for row in standing:
        assert row.currency == row.receipt_currency
        paid[row.invoice_row] += abs(row.amount_minor)
        used[row.receipt_row] += row.amount_minor if row.nature == "money" else 0
    whole = {row.receipt_row: row.receipt_minor for row in standing}
    assert all(amount <= whole[receipt_row] for receipt_row, amount in used.items())
    totals = dict(rows(hub.store, sa.select(t.invoice.c.id, t.invoice.c.total_minor)))
    assert all(amount <= totals[invoice_row] for invoice_row, amount in paid.items())
    assert all(item.open_minor >= 0 for item in view(hub.desk).ledger.items)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(facts=ledgers(), order=st.randoms(use_true_random=False), picks=st.lists(st.integers(0, 9), max_size=4))
def test_whatever_is_decided_the_sums_hold(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, facts: list[Unit], order: object, picks: list[int]
) -> None:
    """Records read in any order, the same is applied; twice changes nothing; people confirm and reverse at will, and a
    reversal of everything restores the open amounts of the beginning."""
    shuffled = list(facts)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    hubs = [_hub(tmp_path_factory.mktemp("h"), sqlite_template, given_facts) for given_facts in (facts, shuffled)]
    hub = hubs[0]
    before = sorted((i.number, i.open_minor) for i in view(hub.desk).ledger.items)
    for each in hubs:
        reconcile_now(each.desk, Policy())
    assert _told(hubs[0]) == _told(hubs[1])
    once = dump(hub.store)
    reconcile_now(hub.desk, Policy())
    assert [] == differences(once, dump(hub.store))
    _within_bounds(hub)
    for pick in picks:
        names = sorted({row.proposal for row in list_allocations(hub.desk) if row.status != "reversed"})
        if not names:
            break
        name = names[pick % len(names)]
        suggested = any(row.status == "suggested" for row in list_allocations(hub.desk) if row.proposal == name)
        with contextlib.suppress(HubError):  # used up by another choice
            confirm(hub.desk, Rules(), name) if suggested else reverse_proposal(hub.desk, name, "no")
        _within_bounds(hub)
    for name in {row.proposal for row in list_allocations(hub.desk) if row.status in ("auto", "confirmed")}:
        reverse_proposal(hub.desk, name, "all of it")
    assert before == sorted((i.number, i.open_minor) for i in view(hub.desk).ledger.items)


def _hub(folder: Path, template: Path, facts: list[Unit]) -> Hub:
    shutil.copy(template, folder / "hub.db")
    hub = make_hub(folder, f"sqlite:///{folder / 'hub.db'}", section())
    write_script(folder, [unit(f"{fact['kind']}-{number}", fact) for number, fact in enumerate(facts)])
    sync(hub, "guest")
    return hub


def _told(hub: Hub) -> list[tuple[object, ...]]:
    """What was applied, in the words of the sources. Suggestions that are equally good stand in the order of the rows'
    numbers, which is that of the reading."""
    listed = list_allocations(hub.desk, statuses=["auto"])
    return sorted((r.receipt_id, r.invoice_number, r.nature, r.amount_minor) for r in listed)
