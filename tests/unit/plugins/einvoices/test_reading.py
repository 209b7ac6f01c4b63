"""What electronic invoices become: amounts, signs, dates, parties, the file that proves them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from hub.sdk.records import CreditNote, Debtor, Document, Instalment, Invoice
from tests.unit.plugins.einvoices.made import PART, TERM, cii, pdf, read, ubl


def one(records: list, kind: type):
    [found] = [record for record in records if isinstance(record, kind)]
    return found


@pytest.mark.parametrize("folded", [True, False])
def test_a_pdf_is_its_xml(folded: bool, tmp_path: Path) -> None:
    """Factur-X: the amounts are those of the XML inside, the document is the PDF."""
    whole = pdf(cii(), folded=folded)
    records, held = read(tmp_path, whole, "f.pdf")
    assert "" == held
    invoice, document = one(records, Invoice), one(records, Document)
    assert ("F2026-001", 22_550, 20_000, 2_550, 2_550, date(2026, 2, 28)) == (
        invoice.number,
        invoice.total_minor,
        invoice.total_excl_tax_minor,
        invoice.tax_minor,
        invoice.settled_minor,
        invoice.due_on,
    )
    assert ("invoice", "F2026-001", "application/pdf", len(whole)) == (
        document.category,
        document.document_number,
        document.media_type,
        document.size_bytes,
    )
    debtor = one(records, Debtor)
    assert ("552100554", "Société Fictive", True) == (debtor.debtor_id, debtor.name, debtor.stub)


NEGATIVE = {
    "tax1": "-20.00",
    "base1": "-100.00",
    "tax2": "-5.50",
    "base2": "-100.00",
    "net": "-200.00",
    "tax": "-25.50",
    "total": "-225.50",
    "paid": "-0.00",
    "due": "-225.50",
}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"type": "381", "paid": "0.00", "due": "225.50"}, CreditNote),
        ({"type": "380", **NEGATIVE}, CreditNote),
        ({"type": "381", **NEGATIVE}, Invoice),
        ({"type": "384", "paid": "0.00", "due": "225.50"}, Invoice),
    ],
)
def test_type_and_sign_decide_together(said: dict[str, str], kind: type, tmp_path: Path) -> None:
    """381 positive and 380 negative are credit notes; a negative credit note is a claim again."""
    records, held = read(tmp_path, cii(**said))
    assert "" == held
    document = one(records, kind)
    assert (22_550, 2_550) == (document.total_minor, document.tax_minor)


def test_ubl(tmp_path: Path) -> None:
    """Both roots; the VAT in the invoice's own currency; a credit note names what it corrects."""
    invoice = one(read(tmp_path, ubl(extra="<cbc:DueDate>2026-03-01</cbc:DueDate>"))[0], Invoice)
    assert (12_000, 2_000, date(2026, 3, 1)) == (invoice.total_minor, invoice.tax_minor, invoice.due_on)
    note = one(read(tmp_path, ubl("CreditNote"))[0], CreditNote)
    assert (12_000, "F2026-000") == (note.total_minor, note.corrects)


def test_no_due_date_is_invented(tmp_path: Path) -> None:
    """MINIMUM has neither due date nor lines: none stands in the record; terms in words are kept as words."""
    minimum = "urn:factur-x.eu:1p0:minimum"
    records, _ = read(tmp_path, cii(guideline=minimum, terms="", paid="", due="225.50"))
    invoice = one(records, Invoice)
    assert (None, None, None) == (invoice.due_on, invoice.payment_terms, invoice.settled_minor)
    words = TERM.split("<ram:Due")[0] + "<ram:Description>30 jours fin de mois</ram:Description>" + TERM[-33:]
    invoice = one(read(tmp_path, cii(terms=words))[0], Invoice)
    assert (None, "30 jours fin de mois") == (invoice.due_on, invoice.payment_terms)


def test_several_due_dates(tmp_path: Path) -> None:
    """Terms with amounts are instalments; without amounts the last date stands."""
    parts = TERM.format("20260228", PART.format("125.50")) + TERM.format("20260331", PART.format("100.00"))
    records, _ = read(tmp_path, cii(terms=parts))
    found = [(r.rank, r.due_on, r.amount_minor) for r in records if isinstance(r, Instalment)]
    assert [(1, date(2026, 2, 28), 12_550), (2, date(2026, 3, 31), 10_000)] == found
    assert one(records, Invoice).due_on is None
    records, _ = read(tmp_path, cii(terms=TERM.format("20260228", "") + TERM.format("20260331", "")))
    assert date(2026, 3, 31) == one(records, Invoice).due_on


def test_whose_invoice_on_whose_account(tmp_path: Path) -> None:
    """Several sellers in a folder; the buyer's account of the ERP; a payee who is not the seller is shown."""
    settings = {"sellers": {"123 456 782": "ACME"}, "debtors": {"552100554": "C001"}}
    payee = "<ram:PayeeTradeParty><ram:Name>Factor Exemple</ram:Name></ram:PayeeTradeParty>"
    invoice = one(read(tmp_path, cii(payee=payee), **settings)[0], Invoice)
    assert ("ACME", "C001") == (invoice.seller, invoice.debtor_id)
    assert "payable to Factor Exemple; SERV" == invoice.label
    assert "HUB-EINV-013" == read(tmp_path, cii(), sellers={"999999999": "OTHER"})[1]


@pytest.mark.parametrize(("due", "paid"), [("200.00", 2_550), ("225.50", None), ("0.00", 22_550)])
def test_minimum_says_what_was_paid_by_what_is_due(due: str, paid: int | None, tmp_path: Path) -> None:
    """It has no BT-113: what is not due any more is not claimed again."""
    text = cii(guideline="urn:factur-x.eu:1p0:minimum", terms="", paid="", due=due)
    records, held = read(tmp_path, text)
    assert "" == held
    assert (22_550, paid) == (one(records, Invoice).total_minor, one(records, Invoice).settled_minor)


def test_minimum_with_more_due_than_its_total_is_held(tmp_path: Path) -> None:
    """Nobody paid less than nothing."""
    records, held = read(tmp_path, cii(guideline="urn:factur-x.eu:1p0:minimum", terms="", paid="", due="230.00"))
    assert [] == records
    assert "HUB-EINV-014" in held


@pytest.mark.parametrize("code", ["325", "proforma"])
@pytest.mark.parametrize("make", [cii, ubl])
def test_what_claims_nothing_is_held(code: str, make: Callable[..., bytes], tmp_path: Path) -> None:
    """A proforma invoice, and what is no type of a document."""
    content = make(type="380") if make is cii else make(extra="<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>")
    records, held = read(tmp_path, content.replace(b">380<", f">{code}<".encode()))
    assert [] == records
    assert "HUB-EINV-011" in held
