"""Money that came back: `hub export receipts` shows each return, also one that leads to no receipt by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.app.bootstrap import Hub
from hub.core.services import marks
from hub.core.services.allocations import explain, reverse_proposal
from hub.core.services.left_alone import list_came_back, list_taken_back
from hub.core.services.reconcile import Policy, reconcile_now
from hub.sdk.errors import HubError
from tests.support.hubs import exported, make_hub, sync
from tests.support.scripts import debtor, disbursement, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")

PAYER = "Menuiserie Durand SARL"


def told(folder: Path, url: str, *movements: dict[str, Any]) -> Hub:
    """A hub that read an invoice of 100 EUR and these movements, and reconciled."""
    documents = [unit("c", debtor("C1", PAYER)), unit("f", invoice("FA100", 10_000))]
    write_script(folder, [*documents, *(unit(f"m{at}", one) for at, one in enumerate(movements))])
    hub = make_hub(folder, url, section())
    sync(hub, "guest")
    reconcile_now(hub.desk, Policy())
    return hub


def shown(hub: Hub, **asked: Any) -> dict[str, dict[str, Any]]:
    """The export by receipt."""
    return {row["receipt_id"]: row for row in exported(hub, "receipts", **asked)}


def paid(text: str = "VIR FA100") -> dict[str, Any]:
    return receipt("B1", 10_000, payer_name=PAYER, remittance=text, received_on="2026-10-05")


def back(**fields: Any) -> dict[str, Any]:
    return disbursement("D1", 10_000, **{"payee_name": PAYER, "paid_on": "2026-10-09", **fields})


@pytest.mark.long_on_postgres
def test_a_return_without_a_code_is_shown(tmp_path: Path, database_url: str) -> None:
    """The payment is applied whole, and the bank gives no reason: a person decides, so a person must see it."""
    rows = shown(told(tmp_path, database_url, paid(), back(remittance="VIR FA100")))
    assert ("applied", 10_000, 0) == tuple(rows["B1"][name] for name in ("verdict", "applied", "unapplied"))
    row = rows["D1"]
    assert (-10_000, "return", 0, 0) == tuple(row[name] for name in ("amount", "verdict", "applied", "unapplied"))
    assert "A payment came back, without a reason code. It looks like" in row["verdict_reason"]
    assert "B1" in row["verdict_reason"]
    assert (PAYER, "2026-10-09") == (row["payer_name"], str(row["received_on"]))


@pytest.mark.long_on_postgres
def test_a_return_that_fits_nothing_is_shown(tmp_path: Path, database_url: str) -> None:
    """With its code, and of no amount that was ever received."""
    rows = shown(told(tmp_path, database_url, back(return_reason="AC04")))
    assert ["return"] == [row["verdict"] for row in rows.values()]
    assert "none of this amount fits" in rows["D1"]["verdict_reason"]


def test_a_certain_return_is_shown_on_its_receipt(tmp_path: Path, database_url: str) -> None:
    """Nothing of the receipt may be applied any more, and it stands once; what left for another reason is no row."""
    other = disbursement("D2", 4_200, payee_name="EDF", remittance="ELECTRICITE", paid_on="2026-10-10")
    hub = told(tmp_path, database_url, paid(), back(remittance="REJET VIR FA100", return_reason="AC04"), other)
    rows = shown(hub)
    assert {"B1"} == rows.keys()
    assert ("return", 0, 0) == tuple(rows["B1"][name] for name in ("verdict", "applied", "unapplied"))
    assert "It reverses the receipt of 05/10/2026" in rows["B1"]["verdict_reason"]
    past = shown(hub, as_of=date(2026, 10, 31))
    assert (None, 0) == (past["B1"]["verdict"], past["B1"]["unapplied"])


def test_explain_says_that_the_bank_took_it_back(tmp_path: Path, database_url: str) -> None:
    """With the bank's reason, and not that nobody knows the receipt."""
    hub = told(tmp_path, database_url, paid(), back(remittance="REJET VIR FA100", return_reason="AC04"))
    [one] = list_taken_back(hub.desk)
    assert ("B1", 10_000, 0) == (one.receipt_id, one.amount_minor, one.left_minor)
    assert "AC04: account closed" in one.reason
    with pytest.raises(HubError, match=r"HUB-REC-014.*the bank took it back.*AC04: account closed"):
        explain(hub.desk, "B1")


@pytest.mark.long_on_postgres
def test_what_came_back_waits_until_the_receipt_is_marked(tmp_path: Path, database_url: str) -> None:
    """Counted and listed with the receipt that fits; the mark on another payer's equal receipt is no answer."""
    stranger = receipt("B2", 10_000, payer_name="Zorglub", remittance="DON", received_on="2026-10-06")
    hub = told(tmp_path, database_url, paid(), stranger, back(remittance="VIR FA100"))
    marks.mark_not_a_receipt(hub.desk, "B2", "a gift")
    report = reconcile_now(hub.desk, Policy())
    assert (1, {"EUR": -10_000}) == (report.to_place.receipts, dict(report.to_place.amounts))
    [one] = list_came_back(hub.desk)
    assert ("D1", -10_000, ("B1",)) == (one.receipt_id, one.left_minor, one.fitting)
    assert (
        "without a reason code. It looks like the receipt of 05/10/2026: a person must say so. That would be B1."
        in one.reason
    )
    with pytest.raises(HubError, match=r"HUB-REC-014.*D1 is money that left: A payment came back"):
        explain(hub.desk, "D1")
    [decision] = explain(hub.desk, "B1")
    reverse_proposal(hub.desk, decision.lines[0].proposal, "it came back")
    marks.mark_not_a_receipt(hub.desk, "B1", "it came back")
    assert [] == list_came_back(hub.desk)
    assert 0 == reconcile_now(hub.desk, Policy()).to_place.receipts
