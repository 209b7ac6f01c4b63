"""Drafts become final and their entries get other numbers: what a person decided about a payment stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from hub.app.policies import rules_of
from hub.core.services import by_hand
from hub.core.services.ledger import view
from tests.integration.test_ledger_entries import SECTION, write
from tests.support.hubs import make_hub, sync, verified
from tests.unit.plugins.fec.made import Made


def test_what_a_person_applied_stays_applied(tmp_path: Path, database_url: str, opened_hubs: None) -> None:
    """V1 is applied to F2 by hand; every entry gets another number; F2 is still paid, once."""
    made = Made()
    made.sale(date(2026, 3, 1), "F1", "A", 12_000)
    made.sale(date(2026, 3, 2), "F2", "A", 30_000)
    made.paid(date(2026, 4, 2), "V1", "A", 5_000)
    hub = make_hub(tmp_path, database_url, SECTION)
    write(tmp_path, made)
    sync(hub, "books")
    receipts, invoices = [by_hand.Share("V1", None)], [by_hand.Share("F2", Decimal("50.00"))]
    by_hand.allocate(hub.desk, rules_of(hub.settings), receipts, invoices, (), "he said so")
    for row in made.rows:
        row["EcritureNum"] = f"{9_000 - int(row['EcritureNum'])}"
    write(tmp_path, made)
    sync(hub, "books")
    items = view(hub.desk).ledger.items
    assert {"F1": 12_000, "F2": 25_000} == dict(zip(items.number, items.open_minor, strict=True))
    assert [] == verified(hub).differences
