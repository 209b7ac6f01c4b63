"""A fourth generator: banks that give one label and nothing else, families of like names, short and bare numbers.

It shares no template with the other three. A receipt is decidable when a careful clerk, with the records the hub is
given and the text that is left after the bank's cut, would apply it without asking.
"""

from __future__ import annotations

from hub.core.reconcile import Debtors, OpenItems, Receipts, Remittances, SettledNumbers
from tests.benchmarks.reconciliation.fourth_hand_named import NamedKinds
from tests.benchmarks.reconciliation.fourth_hand_silent import SilentKinds
from tests.benchmarks.reconciliation.fourth_hand_till import TODAY
from tests.benchmarks.reconciliation.scenario import Rows, Scenario

# Kinds of receipts and their share.
KINDS = {
    "named": 240, "year_dropped": 50, "list": 70, "range": 18, "month": 25, "solde_all": 20, "acompte_solde": 22,
    "acompte": 25, "order": 35, "client_number": 35, "client_and_number": 12, "escompte": 18, "foreign_fee": 14,
    "too_much": 12, "credit_named": 22, "credit_silent": 8, "group": 18, "factor": 18, "slip": 20, "silent": 55,
    "silent_two": 14, "rent_month": 16, "rent_in_order": 8, "glued": 18, "siren": 10,
    "paid_twice": 10, "closed": 12, "escompte_not_agreed": 6, "short_at_home": 10, "brother_number": 10,
    "brother_amount": 12, "stranger": 10, "advance": 12, "cheques": 10, "nobody": 45, "nobody_tempting": 12,
    "other_counter": 8,
}  # fmt: skip


class FourthHand(NamedKinds, SilentKinds):
    """Draws the firms, their documents, and one receipt after the other."""


def make_scenario(seed: int, invoices: int) -> Scenario:
    """The fourth hand's scenario of about `invoices` documents."""
    hand = FourthHand(seed, invoices)
    hand.run(invoices * 62 // 100, KINDS)
    items, debtors = Rows(), Rows()
    for firm in hand.firms:
        debtors.add(
            seller=firm.seller, debtor_id=firm.code, name=firm.name, siren=firm.siren, parent_id=firm.parent,
            ibans=(firm.iban,) if firm.known_iban else (),
        )  # fmt: skip
        for document in firm.documents:
            items.add(**{k: v for k, v in document.items() if k != "used"})
    closed = SettledNumbers(
        [f.seller for f, _ in hand.closed], [f.code for f, _ in hand.closed], [d["number"] for _, d in hand.closed]
    )
    return Scenario(
        f"fourth hand, seed {seed}", TODAY, items.columns(OpenItems), debtors.columns(Debtors),
        hand.receipts.columns(Receipts), Remittances([], [], []), closed, hand.truth,
    )  # fmt: skip
