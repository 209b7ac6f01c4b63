"""The status « encaissée » (212): what the seller owes the administration at each receipt, prepared as a file.

Only the platform (plateforme agréée) sends it, and only the invoice's own VAT breakdown can split it. `collected` is
pure: a collection in, the amounts with VAT by rate out, with their proof. `as_xml` writes the CDAR message of
formats.md §5.3 (XP Z12-012); how to correct a reversed allocation is unverified there, so none is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from hub.plugins.einvoices.faults import rejected
from hub.plugins.einvoices.model import EInvoice
from hub.sdk import Collection
from hub.sdk.money import decimal_text, split_minor

_RSM = "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"


@dataclass(frozen=True, slots=True)
class Collected:
    """One status 212. `by_rate`: VAT rate in percent and the amount received at it, VAT included."""

    number: str
    type_code: str
    issued: date
    seller_siren: str
    currency: str
    by_rate: tuple[tuple[Decimal, int], ...]
    proof: Collection

    def as_plain(self) -> dict[str, Any]:
        """For a JSON line: amounts as decimal text."""
        return {
            "status": "212",
            "invoice": self.number,
            "issued_on": self.issued.isoformat(),
            "seller_siren": self.seller_siren,
            "collected_on": self.proof.collected_on.isoformat(),
            "currency": self.currency,
            "by_rate": [
                {"rate": str(rate), "amount": decimal_text(minor, self.currency)} for rate, minor in self.by_rate
            ],
            "allocation": self.proof.allocation_id,
            "receipt": self.proof.receipt_id,
        }


def collected(invoice: EInvoice, given: Collection) -> Collected:
    """The status for one collection, partial ones apart.

    The amount is shared by what each rate has of the total with VAT, to the cent, the remainder by largest fraction.
    An invoice without breakdown (profile MINIMUM), or with one that is not the total, gives none.

    Raises:
        RecordRejected: a credit note, another currency, nothing received or more than the total, no breakdown, or no
            SIREN of the seller: HUB-EINV-020 to 024.
    """
    if invoice.sign < 0:
        raise rejected("HUB-EINV-020")
    if given.currency != invoice.currency:
        raise rejected("HUB-EINV-021", received=given.currency, invoiced=invoice.currency)
    if not 0 < given.amount_minor <= abs(invoice.total):
        amounts = [decimal_text(minor, invoice.currency) for minor in (given.amount_minor, abs(invoice.total))]
        raise rejected("HUB-EINV-022", received=amounts[0], total=amounts[1])
    weights: dict[Decimal, int] = {}
    for line in invoice.vat:
        weights[line.rate] = weights.get(line.rate, 0) + line.base_minor + line.tax_minor
    no_rate = any(line.tax_minor and not line.rate for line in invoice.vat)
    if no_rate or not weights or min(weights.values()) < 0 or sum(weights.values()) != abs(invoice.total):
        raise rejected("HUB-EINV-023")
    if not invoice.seller.siren:
        raise rejected("HUB-EINV-024")
    rates = sorted(weights, reverse=True)
    parts = split_minor(given.amount_minor, [weights[rate] for rate in rates])
    by_rate = tuple((rate, part) for rate, part in zip(rates, parts, strict=True) if part)
    return Collected(
        invoice.number, invoice.type_code, invoice.issued, invoice.seller.siren, invoice.currency, by_rate, given
    )


def as_xml(status: Collected, *, at: datetime, to_portal: bool = False) -> bytes:
    """The CDAR message of one status, made at `at`; to the public portal or between platforms."""
    root = etree.Element(
        f"{{{_RSM}}}CrossDomainAcknowledgementAndResponse", nsmap={"rsm": _RSM, "ram": _RAM, "udt": _UDT}
    )
    guideline = "urn.cpro.gouv.fr:1p0:CDV:einvoicingF2" if to_portal else "urn.cpro.gouv.fr:1p0:CDV:invoice"
    _put(root, "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", guideline)
    document = _put(root, "rsm:ExchangedDocument")
    _put(document, "ram:ID", f"212-{status.number}-{status.proof.allocation_id}")
    _when(_put(document, "ram:IssueDateTime"), f"{at:%Y%m%d%H%M%S}", "204")
    sender = _put(document, "ram:SenderTradeParty")
    _put(sender, "ram:RoleCode", "SE")
    acknowledgement = _put(root, "rsm:AcknowledgementDocument")
    _put(acknowledgement, "ram:TypeCode", "23")
    reference = _put(acknowledgement, "ram:ReferenceReferencedDocument")
    _put(reference, "ram:IssuerAssignedID", status.number)
    _put(reference, "ram:StatusCode", "47")
    _put(reference, "ram:TypeCode", status.type_code)
    _when(_put(reference, "ram:FormattedIssueDateTime"), f"{status.issued:%Y%m%d}", "102")
    _put(reference, "ram:ProcessConditionCode", "212")
    _put(reference, "ram:ProcessCondition", "Encaissée")
    issuer = _put(reference, "ram:IssuerTradeParty")
    _put(issuer, "ram:GlobalID", status.seller_siren).set("schemeID", "0002")
    _put(issuer, "ram:RoleCode", "SE")
    for rate, minor in status.by_rate:
        part = _put(reference, "ram:SpecifiedDocumentStatus/ram:SpecifiedDocumentCharacteristic")
        _put(part, "ram:TypeCode", "MEN")
        _put(part, "ram:ValuePercent", str(rate))
        _put(part, "ram:ValueAmount", decimal_text(minor, status.currency)).set("currencyID", status.currency)
        _when(_put(part, "ram:ValueDateTime"), f"{status.proof.collected_on:%Y%m%d}", "102")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _put(parent: Any, path: str, text: str = "") -> Any:
    """A new element at the end of `path` below `parent`; those on the way are found or made."""
    *way, last = path.split("/")
    for name in way:
        found = parent.find(_tag(name))
        parent = etree.SubElement(parent, _tag(name)) if found is None else found
    made = etree.SubElement(parent, _tag(last))
    made.text = text or None
    return made


def _tag(name: str) -> str:
    prefix, _, own = name.partition(":")
    return f"{{{_RSM if prefix == 'rsm' else _RAM}}}{own}"


def _when(parent: Any, text: str, form: str) -> None:
    etree.SubElement(parent, f"{{{_UDT}}}DateTimeString", format=form).text = text
