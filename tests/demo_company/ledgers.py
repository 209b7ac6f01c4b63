"""The files of the two ledgers, each in the dialect of its program, and the rows that were typed wrong.

Atelier Montclar exports as French accounting programs do: `;`, cp1252, decimal comma, dd/mm/yyyy. Montclar Services
uses UTF-8 with a byte order mark, `,`, a decimal point and ISO dates.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from tests.demo_company.calendar_fr import TAKEOVER
from tests.demo_company.catalogue import head_office
from tests.demo_company.model import Account, Document
from tests.demo_company.texts import plain

_CLIENTS = (
    "Code client;Raison sociale;Dénomination sociale;N° SIREN;SIRET;N° TVA intracommunautaire;IBAN;Code groupe;"
    "Conditions de paiement;Catégorie;Courriel;Téléphone;Adresse;CP;Ville;Pays"
).split(";")
_CUSTOMERS = (
    "debtor_id,name,legal_name,siren,siret,vat_number,iban,parent_id,payment_terms,category,email,phone,address,"
    "postal_code,city,country,currency"
).split(",")
_FACTURES = (
    "N° facture;Type;Date facture;Échéance;Code client;Nom client;Libellé;Réf. commande;Montant HT;Montant TVA;"
    "Montant TTC;Facture d'origine;Escompte"
).split(";")
_INVOICES = (
    "number,type,issued_on,due_on,debtor_id,debtor_name,label,order_ref,payment_ref,currency,total_excl_tax,tax,total,"
    "corrects"
).split(",")
#: In the files, not in the sales: a number used again, for another amount.
_AGAIN = "FA-2026-00251"


def debtor_files(accounts: Sequence[Account]) -> dict[str, bytes]:
    """The list of debtors of each seller."""
    own = [_debtor(account) for account in accounts if account.seller == "ATM"]
    theirs = [[*_debtor(account), account.currency] for account in accounts if account.seller == "MSV"]
    return {
        "atelier/clients.csv": _french([_CLIENTS, *own]),
        "services/customers.csv": _english([_CUSTOMERS, *theirs]),
    }


def invoice_files(documents: Sequence[Document]) -> dict[str, bytes]:
    """The invoices of each seller, with what was open at the takeover; since then nobody matches in the ledgers.

    One ledger exports everything into one file, the other one begins a file after the takeover.
    """
    made: dict[str, bytes] = {}
    own = [[*_facture(d), _comma(d.open_at_takeover)] for d in documents if d.account.seller == "ATM"]
    made["atelier/factures.csv"] = _french([[*_FACTURES, "Reste à payer"], *_with_mistakes(own)])
    theirs = [document for document in documents if document.account.seller == "MSV"]
    before = [[*_invoice(d), _point(d.open_at_takeover)] for d in theirs if d.issued_on <= TAKEOVER]
    made["services/invoices_takeover.csv"] = _english([[*_INVOICES, "open_amount"], *before])
    since = [_invoice(document) for document in theirs if document.issued_on > TAKEOVER]
    made["services/invoices_since_august.csv"] = _english([_INVOICES, *since])
    return made


def is_small(document: Document) -> bool:
    """The invoice whose amount was typed 12..50."""
    return document.label == "Visserie"


def is_misdated(document: Document) -> bool:
    """The invoice whose date was typed 31/02/2026."""
    return document.number == "FA-2026-00236"


def is_held(document: Document) -> bool:
    """Whether its row is held, so that the hub does not know it."""
    return is_small(document) or is_misdated(document)


def _with_mistakes(rows: list[list[str]]) -> list[list[str]]:
    """The rows, with what was typed wrong in some."""
    made = []
    for row in rows:
        wrong = list(row)
        if row[6] == "Visserie":
            wrong[10] = "12..50"
        if row[0] == "FA-2026-00236":
            wrong[2] = "31/02/2026"
        made.append(wrong)
        if row[0] == _AGAIN:
            made.append([*row[:8], "1 150,00", "230,00", "1 380,00", *row[11:-1], "1 380,00"])
    return made


def _debtor(account: Account) -> list[str]:
    company = account.company
    mail = "".join(char for char in plain(company.name).lower() if char.isalnum())
    return [
        account.code, company.name, company.legal_name, company.siren, head_office(company), company.vat,
        "" if account.manner in ("cheque", "public", "factor") else company.iban,
        account.parent.code if account.parent else "", account.terms, company.category, f"compta@{mail}.example",
        f"01 99 00 {int(account.code[-2:]):02d} {len(company.name):02d}", company.street, company.postal_code,
        company.city, company.country,
    ]  # fmt: skip


def _facture(document: Document) -> list[str]:
    invoice = document.kind == "invoice"
    return [
        document.number, "Facture" if invoice else "Avoir", _slashed(document.issued_on),
        _slashed(document.due_on) if invoice else "", document.account.code, document.account.company.name,
        document.label, document.order_ref, _comma(document.net), _comma(document.tax), _comma(document.total),
        _origin(document), document.account.discount,
    ]  # fmt: skip


def _invoice(document: Document) -> list[str]:
    """This program writes credit notes with a minus."""
    sign = 1 if document.kind == "invoice" else -1
    amounts = [_point(sign * amount) for amount in (document.net, document.tax, document.total)]
    return [
        document.number, document.kind, str(document.issued_on), str(document.due_on) if sign > 0 else "",
        document.account.code, document.account.company.name, document.label, document.order_ref, document.payment_ref,
        document.account.currency, *amounts, _origin(document),
    ]  # fmt: skip


def _origin(document: Document) -> str:
    """The invoice that a credit note corrects; every second one does not say."""
    return document.corrects.number if document.corrects and document.says_origin else ""


def _slashed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _point(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _comma(minor: int) -> str:
    return f"{minor // 100:,}".replace(",", " ") + f",{minor % 100:02d}"


def _french(rows: Iterable[Sequence[str]]) -> bytes:
    return _written(rows, ";").encode("cp1252")


def _english(rows: Iterable[Sequence[str]]) -> bytes:
    return _written(rows, ",").encode("utf-8-sig")


def _written(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO()
    write: Callable[[Iterable[Sequence[str]]], None] = csv.writer(
        text, delimiter=delimiter, lineterminator="\r\n"
    ).writerows
    write(rows)
    return text.getvalue()
