"""Small ledgers for the tests, written as a person would jot them down."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.core.reconcile import (
    Debtors,
    Decision,
    Learnt,
    OpenItems,
    Policy,
    Receipts,
    Remittances,
    SettledNumbers,
    reconcile,
)

TODAY = date(2026, 6, 30)
DURAND, MARTIN, DUPONT, HOLDING = "C001", "C002", "C003", "C009"
DEBTORS = Debtors(
    seller=["ACME"] * 4,
    debtor_id=[DURAND, MARTIN, DUPONT, HOLDING],
    name=["Éts Durand & Fils SARL", "Menuiserie Martin SAS", "Dupont Électricité SA", "Groupe Dupont Holding SAS"],
    siren=["732829320", None, None, None],
    parent_id=[None, None, HOLDING, None],
    ibans=[("FR7630006000011234567890189",), (), (), ()],
)


def debtors_of(names: list[str], **more: list[Any]) -> Debtors:
    """Debtors of one seller, known as D0, D1 and so on; columns not given are empty."""
    size = len(names)
    columns = {"siren": [None] * size, "parent_id": [None] * size, "ibans": [()] * size} | more
    return Debtors(seller=["ACME"] * size, debtor_id=[f"D{n}" for n in range(size)], name=names, **columns)


def item(number: str, debtor: str, amount: int, **more: Any) -> dict[str, Any]:
    """One open item; an invoice of 1 March 2026 due in 30 days unless said otherwise."""
    issued = more.pop("issued_on", date(2026, 3, 1))
    row = {
        "seller": "ACME",
        "debtor": debtor,
        "number": number,
        "kind": "invoice",
        "issued_on": issued,
        "due_on": date(2026, 4, 1),
        "currency": "EUR",
        "total_minor": amount,
        "open_minor": amount,
    }
    return row | more


def receipt(amount: int, text: str | None, name: str | None = None, **more: Any) -> dict[str, Any]:
    """One receipt of 10 April 2026."""
    row = {
        "received_on": date(2026, 4, 10),
        "currency": "EUR",
        "amount_minor": amount,
        "unapplied_minor": amount,
        "remittance": text,
        "payer_name": name,
    }
    return row | more


def items_of(rows: list[dict[str, Any]]) -> OpenItems:
    """Columns of items; ids count from 1 unless given."""
    rows = [
        {"id": n, "order_ref": None, "payment_ref": None, "discount_terms": None} | r for n, r in enumerate(rows, 1)
    ]
    return OpenItems(**{key: [r[key] for r in rows] for key in rows[0]})


def receipts_of(rows: list[dict[str, Any]]) -> Receipts:
    """Columns of receipts; ids count from 1 unless given."""
    keys = {k for r in rows for k in r} | {"id"}
    rows = [{"id": n} | r for n, r in enumerate(rows, 1)]
    return Receipts(**{key: [r.get(key) for r in rows] for key in keys})


def decide(
    items: list[dict[str, Any]],
    receipts: list[dict[str, Any]],
    *,
    policy: Policy | None = None,
    remittances: Remittances | None = None,
    learnt: Learnt | None = None,
    settled: SettledNumbers | None = None,
    debtors: Debtors = DEBTORS,
) -> list[Decision]:
    """Run the engine on a small ledger."""
    outcome = reconcile(
        items_of(items),
        debtors,
        receipts_of(receipts),
        policy=policy or Policy(),
        remittances=remittances,
        learnt=learnt,
        settled=settled,
        today=TODAY,
    )
    return outcome.decisions


def one(items: list[dict[str, Any]], *row: Any, **more: Any) -> Decision:
    """The decision for a single receipt."""
    keywords = {k: more.pop(k) for k in ("policy", "remittances", "learnt", "settled", "debtors") if k in more}
    return decide(items, [receipt(*row, **more)], **keywords)[0]


def lines(decision: Decision) -> list[tuple[int, int]]:
    """Lines of the best proposal, by item id; empty when there is none."""
    return sorted(decision.proposals[0].lines) if decision.proposals else []
