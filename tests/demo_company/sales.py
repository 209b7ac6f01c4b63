"""What was invoiced: 387 invoices and 12 credit notes, numbered in the order of their dates, one series per seller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tests.demo_company.calendar_fr import FIRST_INVOICE, TODAY, due_on, month_end, worked, working
from tests.demo_company.dice import Dice
from tests.demo_company.identifiers import creditor_reference
from tests.demo_company.model import Account, Document

_MONTHS = [date(2026, month, 1) for month in range(4, 12)]
_WORKS = (
    "Agencement boutique", "Comptoir chêne massif", "Banque d'accueil", "Rayonnages sur mesure",
    "Pose cloisons vitrées", "Mobilier salle de pause", "Plans de travail", "Habillage mural",
    "Vitrines d'exposition", "Reprise et finitions",
)  # fmt: skip
_JOBS = (
    "Intervention curative", "Remplacement groupe froid", "Mise aux normes", "Audit installations",
    "Maintenance trimestrielle", "Fourniture et pose", "Dépannage urgent", "Réglages et essais",
)  # fmt: skip
#: The debtor whose two invoices of one day and one amount are paid by two identical transfers.
TWINS = ("ATM", "delvaux")
#: Who bought a few screws for 12.50 EUR: the invoice whose amount was typed 12..50.
SMALL = ("ATM", "tavernel")
#: How many credit notes each seller wrote.
_CREDIT_NOTES = {"ATM": 7, "MSV": 5}


def invoices(accounts: Sequence[Account], dice: Dice) -> list[Document]:
    """All invoices of all accounts, numbered, in the order of their numbers per seller."""
    documents = [document for account in accounts for document in _of(account, dice)]
    documents.sort(key=lambda document: document.issued_on)  # stable: the order of the tables within a day
    for seller, first, form in (("ATM", 118, "FA-2026-{:05d}"), ("MSV", 211, "MSV/26/{:04d}")):
        own = [document for document in documents if document.account.seller == seller]
        for number, document in enumerate(own, start=first):
            document.number = form.format(number)
            if document.account.manner == "coded":
                document.payment_ref = creditor_reference(f"MSV26{number:04d}")
    return documents


def credit_notes(documents: Sequence[Document], dice: Dice) -> list[Document]:
    """Credit notes on some invoices, a week or two later; the last of each seller cancels its invoice wholly."""
    made: list[Document] = []
    for seller, first, form in (("ATM", 9, "AV-2026-{:05d}"), ("MSV", 4, "MSV/26/AV{:02d}")):
        fit = [document for document in documents if document.account.seller == seller and _may_be_corrected(document)]
        step = len(fit) // _CREDIT_NOTES[seller]
        chosen = [fit[place * step + dice.between(0, step - 1)] for place in range(_CREDIT_NOTES[seller])]
        notes = [_credit_note(document, document is chosen[-1], dice) for document in chosen]
        notes.sort(key=lambda note: note.issued_on)
        for number, note in enumerate(notes, start=first):
            note.number = form.format(number)
            note.says_origin = number % 2 == 0
        made += notes
    return made


def _of(account: Account, dice: Dice) -> list[Document]:
    """The invoices of one account, by date."""
    days = {"spread": _spread, "monthly": _monthly, "burst": _burst}[account.rhythm](account.count, dice)
    made = [_invoice(account, place, day, dice) for place, day in enumerate(days)]
    who = (account.seller, account.company.key)
    if who == TWINS:
        one, other = made[-3:-1]
        other.issued_on, other.due_on, other.net, other.tax = one.issued_on, one.due_on, one.net, one.tax
        other.rest, other.label = one.rest, one.label
    if who == SMALL:
        small = _invoice(account, 0, working(date(2026, 9, 14)), dice)
        small.net, small.tax, small.rest, small.label = 10_42, 2_08, 12_50, "Visserie"
        made.append(small)
    return made


def _spread(count: int, dice: Dice) -> list[date]:
    """So many working days, spread over the eight months."""
    span = (TODAY - FIRST_INVOICE).days - 3
    slots = [(span * place // count, span * (place + 1) // count - 1) for place in range(count)]
    return [worked(max(FIRST_INVOICE, FIRST_INVOICE + timedelta(days=dice.between(*slot)))) for slot in slots]


def _monthly(count: int, dice: Dice) -> list[date]:
    """The first working day of each month."""
    return [working(month) for month in _MONTHS[-count:]]


def _burst(count: int, dice: Dice) -> list[date]:
    """Three invoices at the end of each month."""
    return [worked(month_end(_MONTHS[place // 3])) for place in range(count)]


def _invoice(account: Account, place: int, day: date, dice: Dice) -> Document:
    net = account.price if account.rhythm == "monthly" else account.price * dice.between(450, 1750) // 1000
    net += dice.between(-49, 49) if account.rhythm == "spread" else 0
    tax = (net * 20 + 50) // 100 if account.taxed else 0
    due = due_on(day, account.terms)
    invoice = Document(account, "invoice", day, due, net, tax, _label(account, day, dice), rest=net + tax)
    if account.manner == "order":
        invoice.order_ref = f"45{dice.digits(8)}"
    return invoice


def _label(account: Account, day: date, dice: Dice) -> str:
    if account.rhythm == "monthly":
        return f"Contrat de maintenance {day:%m/%Y}"
    return dice.pick(_WORKS if account.seller == "ATM" else _JOBS)


def _may_be_corrected(invoice: Document) -> bool:
    """Only those of debtors who pay by transfer and would deduct it, and not so late that it is in the future."""
    late = date(2026, 11, 6)
    account = invoice.account
    fits = account.rhythm == "spread" and account.manner in ("exact", "several", "mixed", "short", "glued")
    return fits and invoice.net > 100_00 and account.temper in ("prompt", "normal", "slow") and invoice.issued_on < late


def _credit_note(invoice: Document, whole: bool, dice: Dice) -> Document:
    share = 100 if whole else dice.between(6, 30)
    net = invoice.net * share // 100
    tax = invoice.tax if whole else (net * 20 + 50) // 100 if invoice.account.taxed else 0
    day = working(invoice.issued_on + timedelta(days=dice.between(4, 12)))
    label = "Annulation" if whole else "Remise pour défaut"
    return Document(invoice.account, "credit_note", day, day, net, tax, label, corrects=invoice, rest=net + tax)
