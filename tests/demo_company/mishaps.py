"""What goes wrong with payments: too little, too much, twice, to the wrong account, returned, misspelt."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from tests.demo_company import texts
from tests.demo_company.calendar_fr import TAKEOVER, TODAY, working
from tests.demo_company.dice import Dice
from tests.demo_company.model import Movement
from tests.demo_company.sales import TWINS
from tests.demo_company.statements import held_movements

_PLAIN = ("exact_reference", "reference_reformatted", "reference_shortened", "payer_only")

#: A debtor in trouble sends round sums, and a stranger sends money.
_ON_ACCOUNT = (
    Movement("ATM", date(2026, 9, 22), 300_00, "transfer", "LIBRAIRIE LA PAGE CORNEE", "A VALOIR", "on_account"),
    Movement("ATM", date(2026, 11, 3), 300_00, "transfer", "LIBRAIRIE LA PAGE CORNEE", "A VALOIR", "on_account"),
    Movement("ATM", date(2026, 10, 20), 1_486_40, "transfer", "LEBRUN ODET", "VIREMENT", "unknown_payer"),
    Movement("MSV", date(2026, 11, 12), 540_00, "instant", "INDIVISION KERJEAN", "", "unknown_payer"),
)


def disturb(payments: list[Movement], dice: Dice) -> list[Movement]:
    """The payments with their mishaps, and what these lead to later (a second part, a return); by date."""
    _twins(payments)
    later: list[Movement] = []
    used: set[int] = set()
    plan: tuple[tuple[str, int, Callable[[Movement, Dice], list[Movement]]], ...] = (
        ("ATM", 3, _part_payment), ("MSV", 2, _part_payment), ("ATM", 2, _overpaid), ("MSV", 1, _overpaid),
        ("ATM", 1, _paid_twice), ("MSV", 1, _paid_twice), ("ATM", 2, _wrong_number), ("MSV", 1, _wrong_number),
        ("ATM", 1, _wrong_account), ("ATM", 1, _disputed_share),
    )  # fmt: skip
    for seller, count, mishap in plan:
        for movement in _choose(payments, seller, count, used, dice):
            later += mishap(movement, dice)
    later += _fees_kept(payments) + _returned(payments)
    _in_francs(payments)
    later += list(_ON_ACCOUNT)
    _homonym(payments)
    made = [movement for movement in [*payments, *later] if movement.on <= TODAY]
    return sorted(made, key=lambda movement: movement.on)


def _choose(payments: Sequence[Movement], seller: str, count: int, used: set[int], dice: Dice) -> list[Movement]:
    """Plain payments of one invoice since the takeover, spread over the time; none of the statement that is held."""
    unread = set(map(id, held_movements(payments)))
    fit = [
        movement
        for movement in payments
        if movement.seller == seller and movement.kind in _PLAIN[:2] and len(movement.lines) == 1
        and movement.on > TAKEOVER and movement.minor > 300_00 and id(movement) not in used | unread
        and movement.lines[0][0].account.taxed
    ]  # fmt: skip
    step = len(fit) // count
    chosen = [fit[place * step + dice.between(0, step - 1)] for place in range(count)]
    used.update(map(id, chosen))
    return chosen


def _part_payment(movement: Movement, dice: Dice) -> list[Movement]:
    """Half now, the rest a month later."""
    invoice, total = movement.lines[0]
    movement.minor = max(total * dice.between(40, 60) // 100 // 100_00 * 100_00, 100_00)
    movement.kind, movement.lines = "part_payment", [(invoice, movement.minor)]
    movement.text = f"ACOMPTE {invoice.number}"
    rest = copy.copy(movement)
    rest.on, rest.minor = working(movement.on + timedelta(days=dice.between(25, 40))), total - movement.minor
    rest.kind, rest.lines, rest.text = "last_part", [(invoice, rest.minor)], f"SOLDE {invoice.number}"
    return [rest]


def _overpaid(movement: Movement, dice: Dice) -> list[Movement]:
    """More than the invoice: the surplus pays nothing."""
    movement.minor += dice.pick((20_00, 100_00, 54_00))
    movement.kind = "overpaid"
    movement.text = f"FACTURE {movement.lines[0][0].number}"
    return []


def _paid_twice(movement: Movement, dice: Dice) -> list[Movement]:
    """The same payment again, some days later: it pays nothing."""
    movement.text = f"FACTURE {movement.lines[0][0].number}"
    again = copy.copy(movement)
    again.on = working(movement.on + timedelta(days=dice.between(6, 12)))
    again.kind, again.lines, again.note = "paid_twice", [], f"{movement.lines[0][0].number} was paid already"
    return [again]


def _wrong_number(movement: Movement, dice: Dice) -> list[Movement]:
    """Two digits exchanged."""
    movement.kind = "wrong_number"
    movement.text = texts.slipped(movement.lines[0][0])
    return []


def _wrong_account(movement: Movement, dice: Dice) -> list[Movement]:
    """Paid to the sister company."""
    movement.kind, movement.seller = "wrong_account", "MSV"
    movement.text = f"FACTURE {movement.lines[0][0].number}"
    movement.note = "paid to the account of the other seller"
    return []


def _disputed_share(movement: Movement, dice: Dice) -> list[Movement]:
    """A tenth kept back because of a defect; it stays open."""
    invoice, total = movement.lines[0]
    movement.minor = total - total // 10
    movement.kind, movement.lines = "disputed_share", [(invoice, movement.minor)]
    movement.text = f"{invoice.number} DEDUCTION LITIGE POSE"
    return []


def _fees_kept(payments: Sequence[Movement]) -> list[Movement]:
    """Banks on the way keep 12.50 EUR of two transfers from abroad."""
    abroad = [
        m for m in payments if m.on > TAKEOVER and m.account and m.account.company.key in ("nordwerk", "vanaerdt")
    ]
    for movement in [abroad[0], abroad[-1]]:
        invoice = movement.lines[0][0]
        movement.minor -= 12_50
        movement.kind, movement.deducted = "bank_fee_deducted", 12_50
        movement.lines = [(invoice, movement.minor), *movement.lines[1:]]
    return []


def _in_francs(payments: Sequence[Movement]) -> None:
    """Invoices in Swiss francs arrive in euros, with the amount in francs beside it."""
    for movement in payments:
        if movement.account and movement.account.currency == "CHF":
            movement.original = (movement.minor, "CHF")
            movement.kind = "foreign_currency"
            movement.minor = movement.minor * 1064 // 1000


def _returned(payments: Sequence[Movement]) -> list[Movement]:
    """Two direct debits and a cheque come back unpaid some days later: what they paid is owed again."""
    debits = [m for m in payments if m.kind == "direct_debit" and date(2026, 9, 1) <= m.on <= date(2026, 11, 12)]
    cheques = [m for m in payments if m.kind == "cheque_deposit" and m.on > date(2026, 9, 1)]
    made = []
    for movement, reason in ((debits[3], "AM04"), (debits[-2], "MD06"), (cheques[0], "40")):
        back = copy.copy(movement)
        back.on, back.minor = working(movement.on + timedelta(days=6)), -movement.minor
        back.kind, back.lines, back.return_reason = "return", [], reason
        back.text = f"IMPAYE {movement.text or 'CHEQUE'}"
        movement.kind, movement.note = f"returned_{movement.kind}", f"came back unpaid on {back.on}"
        made.append(back)
    return made


def _homonym(payments: Sequence[Movement]) -> None:
    """Maurel Frères pays under a name cut so short that it is that of the other Maurel."""
    own = [m for m in payments if m.account and m.account.company.key == "maurelfr" and m.on > TAKEOVER]
    own[-1].party, own[-1].kind = "BOULANGERIE MAUREL", "homonym"


def _twins(payments: list[Movement]) -> None:
    """Two invoices of one amount are paid on one day by two transfers that say exactly the same."""
    own = [m for m in payments if m.account and (m.account.seller, m.account.company.key) == TWINS]
    one, other = next(
        (a, b)
        for a in own
        for b in own
        if a is not b and a.minor == b.minor and a.lines[0][0].number < b.lines[0][0].number
    )
    for movement in (one, other):
        movement.on, movement.method, movement.party = one.on, "transfer", one.party
        movement.text, movement.end_to_end, movement.kind = "PLANS DE TRAVAIL", "", "twin"
