"""When each debtor pays, and what each payment pays. A payment knows its documents: this is the truth of the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from tests.demo_company import texts
from tests.demo_company.calendar_fr import TODAY, working
from tests.demo_company.dice import Dice
from tests.demo_company.model import Account, Document, Movement

#: Days after the due date, from and to; "early" counts from the issue date, "broke" stops paying altogether.
DELAYS = {
    "early": (4, 7), "prompt": (-2, 3), "normal": (0, 11), "slow": (10, 27), "late": (18, 44), "worst": (40, 90),
    "broke": (0, 12),
}  # fmt: skip
#: A debtor in trouble pays nothing from this day on.
_BROKE_ON = date(2026, 7, 20)
_RUN_DAYS = (10, 25)
#: Kind in the truth, by manner; "mixed" takes one of the first four at each payment.
KINDS = {
    "exact": "exact_reference", "glued": "reference_reformatted", "short": "reference_shortened",
    "silent": "payer_only", "order": "order_reference", "coded": "structured_reference", "public": "public_body",
    "factor": "paid_by_factor", "several": "several_invoices", "parent": "parent_pays", "monthly": "monthly_statement",
    "range": "range", "cheque": "cheque_deposit", "debit": "direct_debit",
}  # fmt: skip
Ready = tuple[date, Document]
#: The credit note of an invoice that has one.
Credits = Mapping[Document, Document]


def payments(
    accounts: Sequence[Account], invoices: Sequence[Document], notes: Sequence[Document], dice: Dice
) -> list[Movement]:
    """All receipts of debtors up to today, by date; what falls later is not paid yet."""
    credits = {note.corrects: note for note in notes if note.corrects}
    ready = {id(account): _ready(account, invoices, credits, dice) for account in accounts}
    made: list[Movement] = []
    for group in _payers(accounts):
        together = sorted((pair for account in group for pair in ready[id(account)]), key=lambda pair: pair[0])
        made += _receipts(group[0], together, credits, dice)
    made = [movement for movement in made if movement.on <= TODAY]
    return sorted(made, key=lambda movement: movement.on)


def _payers(accounts: Sequence[Account]) -> Iterator[list[Account]]:
    """Accounts whose payments come in one transfer: children of one parent, else each alone."""
    parents = {id(account.parent): account.parent for account in accounts if account.parent}
    for parent in parents.values():
        yield [account for account in accounts if account.parent is parent]
    for account in accounts:
        if account.parent is None:
            yield [account]


def _ready(account: Account, invoices: Sequence[Document], credits: Credits, dice: Dice) -> list[Ready]:
    """The account's invoices with the day on which it is willing to pay them."""
    willing: list[Ready] = []
    for invoice in invoices:
        if invoice.account is not account:
            continue
        low, high = DELAYS[account.temper]
        start = invoice.issued_on if account.temper == "early" else invoice.due_on
        day = working(max(start + timedelta(days=dice.between(low, high)), invoice.issued_on + timedelta(days=1)))
        note = credits.get(invoice)
        if note is not None and note.total == invoice.total:
            continue  # cancelled: nothing to pay
        if account.temper == "broke" and day >= _BROKE_ON:
            continue
        willing.append((max(day, note.issued_on) if note else day, invoice))
    return willing


def _receipts(account: Account, ready: list[Ready], credits: Credits, dice: Dice) -> Iterator[Movement]:
    """The payments of one payer."""
    grouped: dict[str, Callable[[Ready], object]] = {
        "several": lambda pair: _run_day(pair[0]),
        "parent": lambda pair: _run_day(pair[0]),
        "monthly": lambda pair: pair[1].issued_on.month,
        "range": lambda pair: pair[1].issued_on,
    }
    by = grouped.get(account.manner)
    if by is None:
        for day, invoice in ready:
            yield _receipt(account, day, [invoice], credits, dice)
        return
    for _, pairs in groupby(sorted(ready, key=lambda pair: (str(by(pair)), pair[1].number)), by):
        group = list(pairs)
        last = max(day for day, _ in group)
        on = _run_day(last) if account.manner in ("several", "parent") else last
        yield _receipt(account, on, [invoice for _, invoice in group], credits, dice)


def _run_day(day: date) -> date:
    """The next day on which a debtor with payment runs pays."""
    while day.day not in _RUN_DAYS:
        day += timedelta(days=1)
    return working(day)


def _receipt(account: Account, on: date, invoices: list[Document], credits: Credits, dice: Dice) -> Movement:
    notes = [credits[invoice] for invoice in invoices if invoice in credits]
    manner = dice.pick(("exact", "glued", "short", "silent")) if account.manner == "mixed" else account.manner
    kind = KINDS[manner] if len(invoices) > 1 or manner != "several" else "exact_reference"
    lines = [(invoice, invoice.total) for invoice in invoices] + [(note, -note.total) for note in notes]
    payer = account.parent.company if account.parent else account.company
    movement = Movement(
        seller=account.seller,
        on=on,
        minor=sum(amount for _, amount in lines),
        method={"cheque": "cheque", "debit": "debit"}.get(manner, "instant" if dice.percent(6) else "transfer"),
        party=payer.legal_name if dice.percent(60) else payer.name,
        text=_text(manner, invoices, notes, dice),
        kind="credit_note_deducted" if notes else kind,
        iban=payer.iban,
        end_to_end=f"{dice.pick(('VIR', 'PAY', 'RGT'))}{on:%y%m%d}{dice.digits(4)}" if dice.percent(35) else "",
        lines=lines,
    )
    return _dressed(movement, manner, dice)


def _text(manner: str, invoices: list[Document], notes: list[Document], dice: Dice) -> str:
    first = invoices[0]
    if notes:
        return texts.several([*invoices, *notes], dice)
    if manner in ("several", "parent"):
        return texts.several(invoices, dice)
    if manner == "range":
        return texts.ranged(invoices)
    if manner == "monthly":
        return f"RELEVE {first.issued_on:%m/%Y}"
    if manner == "order":
        return texts.order(first, dice)
    if manner in ("silent", "cheque", "coded"):
        return texts.silent(dice) if manner == "silent" else ""
    ways = {"glued": texts.glued, "short": texts.short}
    return ways.get(manner, texts.exact)(first, dice)


def _dressed(movement: Movement, manner: str, dice: Dice) -> Movement:
    """What a few manners add: another payer, a reference of its own, a cash discount."""
    [invoice, *_] = [document for document, _ in movement.lines]
    company = invoice.account.company
    if manner == "coded":
        movement.structured = invoice.payment_ref
    elif manner == "public":
        movement.party, movement.iban = "SGC MAYENNE SUD", ""
        movement.text = f"MANDAT {dice.digits(4)} BORD {dice.digits(3)} {invoice.number}"
    elif manner == "factor":
        movement.party, movement.iban = "GALDRIC AFFACTURAGE SA", ""
        movement.text = f"{invoice.number} POUR COMPTE {texts.plain(company.name)}"
    elif manner == "debit":
        movement.end_to_end = invoice.number
        movement.text = f"PRLV {invoice.number}"
    if invoice.account.temper == "early" and movement.on <= invoice.issued_on + timedelta(days=8):
        movement.deducted = (2 * invoice.total + 50) // 100
        movement.minor -= movement.deducted
        movement.lines = [(invoice, movement.minor)]
        movement.kind, movement.text = "discount_taken", f"{invoice.number} ESCOMPTE 2 %"
    return movement
