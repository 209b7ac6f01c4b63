"""Credit notes that came after the money: the invoice was paid whole, and the credit note is still to be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hub.app.bootstrap import Hub
from hub.core.reconcile import Policy
from hub.core.reconcile.kept.standing import Standing
from hub.core.services.allocations import confirm, list_allocations
from hub.core.services.desk import ImagePlace
from hub.core.services.inputs import load_inputs
from hub.core.services.ledger import view
from hub.core.services.reconcile import reconcile_now
from hub.core.services.rules import Rules
from tests.support.hubs import make_hub, sync
from tests.support.scripts import Unit, debtor, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")
PAID = receipt("R1", 12_347, payer_name="DURAND SARL", remittance="FACTURE F2026-0001", received_on="2026-09-20")
FACTS = [debtor("C1", "Menuiserie Durand"), invoice("F2026-0001", 12_347), invoice("F2026-0002", 30_319)]


def credit_note(number: str = "A2026-0001", total: int = 1_717, **fields: object) -> Unit:
    """A credit note of October on the invoice of September."""
    fields = {"corrects": "F2026-0001", "issued_on": "2026-10-01", **fields}
    note = invoice(number, total, **{**fields, "kind": "credit_note"})
    del note["due_on"]
    return note


@pytest.fixture
def hub_of(tmp_path: Path) -> Callable[..., Hub]:
    """A hub that has read these facts, and reconciled."""

    def make(facts: list[Unit], threshold: int = 970) -> Hub:
        hub = make_hub(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}", section())
        write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(facts)])
        sync(hub, "guest")
        reconcile_now(hub.desk, Policy(auto_threshold=threshold))
        return hub

    return make


def applied(hub: Hub, receipt_id: str, status: str = "auto") -> dict[str, int]:
    """What is applied of a receipt, by document."""
    rows = list_allocations(hub.desk, statuses=[status])
    return {row.invoice_number: row.amount_minor for row in rows if row.receipt_id == receipt_id}


def still_open(hub: Hub) -> dict[str, int]:
    """What is open now, by document."""
    return {item.number: item.open_minor for item in view(hub.desk).ledger.items}


def test_money_before_the_credit_note_paid_the_whole_invoice(hub_of: Callable[..., Hub]) -> None:
    """All of one year is read at once: the payment is exact, and the credit note is the debtor's to use."""
    hub = hub_of([*FACTS, credit_note(), PAID])
    assert {"F2026-0001": 12_347} == applied(hub, "R1")
    assert {"F2026-0002": 30_319, "A2026-0001": -1_717} == still_open(hub)


def test_so_did_one_that_names_nothing(hub_of: Callable[..., Hub]) -> None:
    """The payer's name and the whole amount are as good as the number; an invoice credited in full was paid, too."""
    silent = {**PAID, "payer_name": "MENUISERIE DURAND", "remittance": "VIREMENT"}
    hub = hub_of([*FACTS, credit_note(total=12_347), silent])
    assert {"F2026-0001": 12_347} == applied(hub, "R1")
    assert -12_347 == still_open(hub)["A2026-0001"]


def test_money_that_is_less_and_yet_more_than_the_credit_note_left(hub_of: Callable[..., Hub]) -> None:
    """A discount was kept: it paid more of the invoice than the ledger leaves of it, so the credit note came later."""
    hub = hub_of([*FACTS, credit_note(), {**PAID, "amount_minor": 11_000}])
    assert {"F2026-0001": 11_000} == applied(hub, "R1")
    assert {"F2026-0002": 30_319, "A2026-0001": -370} == still_open(hub)


def test_a_payment_of_several_did(hub_of: Callable[..., Hub]) -> None:
    """The credited invoice is one of those that the text names."""
    both = {**PAID, "amount_minor": 42_666, "remittance": "F2026-0001 F2026-0002"}
    hub = hub_of([*FACTS, credit_note(), both])
    assert {"F2026-0001": 12_347, "F2026-0002": 30_319} == applied(hub, "R1")


@pytest.mark.parametrize("text", ["FACTURE F2026-0002 MOINS AVOIR", "FACTURE F2026-0002 - A2026-0001"])
def test_the_credit_note_is_then_deducted_from_another_invoice(hub_of: Callable[..., Hub], text: str) -> None:
    """Its number is given or not: what is missing is the credit note that the first payment left."""
    second = receipt("R2", 28_602, payer_name="DURAND SARL", remittance=text)
    hub = hub_of([*FACTS, credit_note(), PAID, second])
    assert {"F2026-0002": 30_319, "A2026-0001": -1_717} == applied(hub, "R2")
    assert {} == still_open(hub)


def test_one_named_in_another_payment_is_not_set_off(hub_of: Callable[..., Hub]) -> None:
    """The debtor deducts it from the second invoice; the first is owed whole, whenever it is paid."""
    second = receipt("R2", 28_602, payer_name="DURAND SARL", remittance="F2026-0002 MOINS AVOIR A2026-0001")
    hub = hub_of([*FACTS, credit_note(), second, {**PAID, "received_on": "2026-09-02", "amount_minor": 1}])
    assert {"F2026-0002": 30_319, "A2026-0001": -1_717} == applied(hub, "R2")


@pytest.mark.parametrize("text", ["FACTURE F2026-0001", "F2026-0001 MOINS AVOIR A2026-0001"])
def test_money_after_the_credit_note_pays_the_rest(hub_of: Callable[..., Hub], text: str) -> None:
    """Then the debtor knew what was left, and may say why; another's money before it changes nothing."""
    later = {**PAID, "amount_minor": 10_630, "received_on": "2026-10-20", "remittance": text}
    other = receipt("R2", 12_347, payer_name="GARAGE PETIT", remittance="VIREMENT", received_on="2026-09-10")
    hub = hub_of([*FACTS, credit_note(), later, other])
    assert {"F2026-0001": 10_630} == applied(hub, "R1")
    assert {"F2026-0002": 30_319} == still_open(hub)


def test_a_reissued_invoice_is_paid_and_not_the_cancelled_one(hub_of: Callable[..., Hub]) -> None:
    """Cancelled by a credit note and issued anew: silent money after that is for the new one."""
    anew = invoice("F2026-0003", 12_347, issued_on="2026-10-01", due_on="2026-11-01")
    later = receipt("R2", 12_347, payer_name="MENUISERIE DURAND", remittance="VIREMENT", received_on="2026-10-20")
    early = receipt("R3", 9_999, payer_name="UN INCONNU", remittance="VIREMENT", received_on="2026-09-02")
    hub = hub_of([*FACTS, credit_note(total=12_347), anew, later, early])
    assert {"F2026-0003": 12_347} == applied(hub, "R2")


def test_a_suggestion_of_the_whole_can_be_confirmed(hub_of: Callable[..., Hub]) -> None:
    """A person decides for it: what the credit note had taken from the invoice gives way, as it does for the hub."""
    hub = hub_of([*FACTS, credit_note(), PAID], 1000)
    [best] = {row.proposal for row in list_allocations(hub.desk, statuses=["suggested"]) if row.rank == 1}
    confirm(hub.desk, Rules(Policy()), best)
    assert {"F2026-0001": 12_347} == applied(hub, "R1", "confirmed")
    assert -1_717 == still_open(hub)["A2026-0001"]


def test_a_kept_ledger_knows_it_as_well(tmp_path: Path, database_url: str) -> None:
    """What is kept of the ledger gives the same invoice and credit note as reading it anew."""
    hub = make_hub(tmp_path, database_url, section())
    facts = [*FACTS, *(invoice(f"F2026-{n:04}", 5_000 + n, "C2") for n in range(10, 30))]
    write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(facts)])
    sync(hub, "guest")
    desk = replace(hub.desk, image=ImagePlace(tmp_path / "ledger.image", least=0))
    reconcile_now(desk, Policy())
    later = [*facts, credit_note(), {**PAID, "received_on": "2026-09-30"}]
    write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(later)])
    sync(hub, "guest")
    with hub.store.read() as connection:
        assert isinstance(load_inputs(desk, connection).items, Standing)
    reconcile_now(desk, Policy())
    assert {"F2026-0001": 12_347} == applied(hub, "R1")
    assert -1_717 == still_open(hub)["A2026-0001"]
