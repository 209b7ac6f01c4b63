"""An electronic invoice in the hub's records: the invoice or credit note, its debtor, and the file that proves it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hub.plugins.einvoices.config import EInvoicesConfig
from hub.plugins.einvoices.faults import rejected
from hub.plugins.einvoices.model import EInvoice, Party, squeezed
from hub.plugins.einvoices.reading import invoice_of, root_of
from hub.plugins.einvoices.sums import contradictions
from hub.sdk import RawUnit, RecordRejected
from hub.sdk.money import decimal_text
from hub.sdk.records import CreditNote, Debtor, Document, Instalment, Invoice, Record

#: Raised whenever the same unit gives other records.
MAPPING_VERSION = 3
#: The layout of the note that stands beside an invoice whose amounts contradict each other.
NOTE = '{"note": "amounts"}'
MAPPING_FIELDS = ("seller", "sellers", "debtors")


def records_of(unit: RawUnit, config: EInvoicesConfig) -> Sequence[Record]:
    """The records of one file: its body is the XML, its layout says of which file.

    The note beside an invoice whose amounts contradict each other has none: it is held, until a person looked at it.

    Raises:
        RecordRejected: the invoice is held.
    """
    where = unit.place or unit.ref
    if unit.rejected is not None:
        raise unit.rejected
    try:
        file = json.loads(unit.layout or "{}")
    except ValueError:
        file = {}
    invoice = invoice_of(root_of(unit.body, where), where)
    if unit.layout == NOTE:
        if refused := refused_note(invoice, where):
            raise refused
        return []
    seller, debtor = seller_of(invoice, config, where), debtor_of(invoice.buyer, config, where)
    common: dict[str, Any] = {
        "seller": seller,
        "number": invoice.number,
        "debtor_id": debtor,
        "issued_on": invoice.issued,
        "currency": invoice.currency,
        "total_minor": abs(invoice.total),
        "total_excl_tax_minor": _share(invoice, invoice.net),
        "tax_minor": _share(invoice, invoice.tax),
        "order_ref": invoice.order_ref[:500] or None,
        "label": label_of(invoice),
    }
    paid = _share(invoice, invoice.prepaid)
    if invoice.prepaid and (paid is None or paid > common["total_minor"]):
        before, total = (decimal_text(minor, invoice.currency) for minor in (invoice.prepaid, invoice.total))
        raise rejected("HUB-EINV-014", "BT-113", paid=before, total=total)
    if paid:
        common |= {"settled_minor": paid, "settled_on": invoice.issued}
    credit = invoice.sign < 0
    records: list[Record] = [_debtor(seller, debtor, invoice.buyer)]
    if credit:
        records.append(CreditNote(**common, corrects=invoice.preceding[:200] or None))
    else:
        parts = invoice.due if len(invoice.due) > 1 and all(part for _, part in invoice.due) else []
        records.append(
            Invoice(
                **common,
                due_on=None if parts or not invoice.due else max(when for when, _ in invoice.due),
                payment_ref=invoice.remittance[:500] or None,
                payment_terms=None if invoice.due else invoice.terms[:500] or None,
            )
        )
        records += [
            Instalment(
                seller=seller,
                invoice_number=invoice.number,
                due_on=when,
                rank=rank,
                amount_minor=abs(part or 0),
                currency=invoice.currency,
            )
            for rank, (when, part) in enumerate(parts, 1)
        ]
    if file:
        records.append(
            Document(
                seller=seller, document_id=file["sha256"], category="credit_note" if credit else "invoice",
                document_number=invoice.number, debtor_id=debtor, dated_on=invoice.issued, file_name=file["name"][:500],
                media_type=file["type"], digest=file["sha256"], size_bytes=file["size"],
            )
        )  # fmt: skip
    return records


def note_of(invoice: EInvoice, unit: RawUnit) -> list[RawUnit]:
    """The note that the amounts of `invoice` contradict each other, beside its `unit`; none when they agree."""
    refused = refused_note(invoice, unit.place)
    return [RawUnit(f"{unit.ref}/amounts", unit.body, NOTE, unit.place)] if refused else []


def refused_note(invoice: EInvoice, where: str) -> RecordRejected | None:
    """What is wrong with the amounts, if anything is: HUB-EINV-015."""
    found = contradictions(invoice)
    if not found:
        return None
    total = decimal_text(invoice.total, invoice.currency)
    return rejected("HUB-EINV-015", where, total=total, detail="; ".join(found)[:1_000])


def ref_of(invoice: EInvoice) -> str:
    """What identifies the invoice whatever file it comes in: who issued it, its number, year and kind."""
    issuer = (invoice.seller.ids() or [invoice.seller.name])[0]
    kind = "credit" if invoice.sign < 0 else "invoice"
    return f"{issuer[:60]}/{invoice.issued.year}/{kind}/{squeezed(invoice.number)}"


def seller_of(invoice: EInvoice, config: EInvoicesConfig, where: str) -> str:
    """Which of our companies issued it.

    Raises:
        RecordRejected: HUB-EINV-013, `sellers` is given and does not know it.
    """
    if not config.sellers:
        return config.seller
    known = {squeezed(key): name for key, name in config.sellers.items()}
    for one in invoice.seller.ids():
        if one in known:
            return known[one]
    found = ", ".join(invoice.seller.ids()) or invoice.seller.name
    raise rejected("HUB-EINV-013", where, found=found[:100])


def debtor_of(buyer: Party, config: EInvoicesConfig, where: str) -> str:
    """The buyer's account: as configured, else SIREN, the seller's own code for it, VAT number, name.

    Raises:
        RecordRejected: HUB-EINV-010, the invoice names no buyer.
    """
    known = {squeezed(key): account for key, account in config.debtors.items()}
    for one in buyer.ids():
        if squeezed(one) in known:
            return known[squeezed(one)]
    code = buyer.siren or buyer.code or buyer.siret or buyer.vat or squeezed(buyer.name)
    if not code:
        raise rejected("HUB-EINV-010", where, name="the buyer", term="BT-44")
    return code[:200]


def label_of(invoice: EInvoice) -> str | None:
    """What a person should know beside the amounts: the payee when it is another (a factor), the buyer's reference."""
    parts = [f"payable to {invoice.payee}"] if invoice.payee else []
    parts += [invoice.buyer_ref] if invoice.buyer_ref else []
    return "; ".join(parts)[:500] or None


def _share(invoice: EInvoice, minor: int | None) -> int | None:
    """A part of the total without its sign; None when its sign is another than the total's."""
    if minor is None or not minor:
        return minor
    return abs(minor) if (minor < 0) == (invoice.total < 0) else None


def _debtor(seller: str, debtor: str, buyer: Party) -> Debtor:
    def name(text: str) -> str | None:
        return text[:500] or None

    return Debtor(
        seller=seller,
        debtor_id=debtor,
        name=buyer.name[:500] or debtor,
        legal_name=name(buyer.name),
        siren=buyer.siren[:200] or None,
        siret=buyer.siret[:200] or None,
        vat_number=buyer.vat[:200] or None,
        email=name(buyer.email),
        address=name(buyer.address),
        postal_code=name(buyer.postal_code),
        city=name(buyer.city),
        country=name(buyer.country),
        stub=True,
    )
