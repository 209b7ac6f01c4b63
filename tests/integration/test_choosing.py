"""What a person chooses among decisions: a debtor's, those since a day, the sure ones; and what was left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.app.bootstrap import Hub
from hub.app.policies import rules_of
from hub.core.reconcile.policy import Policy
from hub.core.services import allocations, marks
from hub.core.services.left_alone import list_left_alone
from hub.core.services.reconcile import reconcile_now
from hub.core.store.decisions import Only
from tests.support.hubs import make_hub, sync
from tests.support.scripts import debtor, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")
NOW = 1_767_000_000_000_000

FACTS = (
    debtor("C1", "Dupont Literie"), debtor("C2", "Garage Martin"),
    invoice("FA2026-00101", 10_000), invoice("FA2026-00102", 5_000, debtor_id="C2"),
    invoice("FA2026-00103", 7_000, debtor_id="C2"),
    receipt("R1", 10_000, payer_name="DUPONT LITERIE", remittance="FA2026-00101"),
    receipt("R2", 4_850, payer_name="GARAGE MARTIN", remittance="FA2026-00102", received_on="2026-10-20"),
    receipt("R3", 12_300, payer_name="GARAGE MARTIN", remittance="VIREMENT"),
    receipt("R4", 7_100, payer_name="GARAGE MARTIN", remittance="FA2026-00103"),
    receipt("R5", 333, payer_name="INCONNU"),
    receipt("R6", 9_999, payer_name="DGFIP", remittance="REMBOURSEMENT CREDIT TVA"),
)  # fmt: skip


@pytest.fixture
def company(tmp_path: Path, database_url: str) -> Hub:
    """A hub that has read the facts and reconciled: one certain receipt, one short, one over, three left alone."""
    hub = make_hub(tmp_path, database_url, section(), now=lambda: NOW, actor="anne")
    write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(FACTS)])
    sync(hub, "guest")
    reconcile_now(hub.desk, Policy(overpaid_by_reference=False))
    return hub


def listed(hub: Hub, only: Only | None = None) -> list[tuple[str, str]]:
    """Receipts and invoices of a list."""
    rows = allocations.list_allocations(hub.desk, only=only)
    return list(dict.fromkeys((row.receipt_id, row.invoice_number) for row in rows))


def test_a_list_is_narrowed_by_debtor_and_day(company: Hub) -> None:
    """Applied and suggested alike; a stranger to the list is in none."""
    assert [("R1", "FA2026-00101")] == listed(company, Only(debtor="C1"))
    assert {receipt for receipt, _ in listed(company, Only(debtor="C2"))} >= {"R2", "R4"}
    assert [] == listed(company, Only(debtor="C3"))
    assert [] == listed(company, Only(seller="NOBODY"))
    assert listed(company) == listed(company, Only(seller="ACME"))
    day = next(row.received_on for row in allocations.list_allocations(company.desk) if row.receipt_id == "R2")
    assert "R2" in {receipt for receipt, _ in listed(company, Only(since=day))}
    assert "R2" not in {receipt for receipt, _ in listed(company, Only(since=day.replace(day=21)))}


def test_what_is_sure_is_chosen_and_confirmed(company: Hub) -> None:
    """The first suggestion for each receipt, none that is less sure; the next list lacks them."""
    rows = allocations.list_allocations(company.desk, statuses=["suggested"])
    first = {row.receipt_id: row for row in reversed(rows)}
    assert first["R2"].confidence_ppm > 950_000
    chosen = allocations.surest(company.desk, Only(right=95))
    assert first["R2"].proposal in chosen
    assert all(row.confidence_ppm >= 950_000 for row in rows if row.proposal in chosen)
    assert [] == allocations.surest(company.desk, Only(right=95, debtor="C1"))
    rules = rules_of(company.settings)
    for name in chosen:
        allocations.confirm(company.desk, rules, name)
    assert [] == allocations.surest(company.desk, Only(right=95))


def test_what_is_left_alone_is_listed_with_its_reason(company: Hub) -> None:
    """Until a person marks it; what is no debtor's payment only when asked for."""
    left = {one.receipt_id: one for one in list_left_alone(company.desk)}
    assert (333, "unapplied") == (left["R5"].left_minor, left["R5"].verdict)
    assert "R6" not in left
    [tax] = list_left_alone(company.desk, verdicts=["not_a_receipt"])
    assert ("R6", 9_999, "REMBOURSEMENT CREDIT TVA") == (tax.receipt_id, tax.left_minor, tax.text)
    assert [] == list_left_alone(company.desk, since=max(one.received_on for one in left.values()).replace(year=2030))
    marks.mark_not_a_receipt(company.desk, "R5", "a gift")
    assert "R5" not in {one.receipt_id for one in list_left_alone(company.desk)}


def test_of_a_receipt_that_is_partly_applied_the_rest_is_told(company: Hub) -> None:
    """More money than the invoice: the rest is left, and only that."""
    reconcile_now(company.desk, Policy())
    left = {one.receipt_id: one for one in list_left_alone(company.desk)}
    assert (7_100, 100) == (left["R4"].amount_minor, left["R4"].left_minor)
