"""UBL 2.1: Invoice and CreditNote. Paths: formats.md §5.2."""

from __future__ import annotations

from typing import Any, Final

from hub.plugins.einvoices import model
from hub.plugins.einvoices.model import EInvoice, Party, VatLine, amount, day, needed, squeezed
from hub.plugins.einvoices.sums import Parts
from hub.plugins.einvoices.terms import Names, Sums, address, by_scheme, french_ids, ibans, issue_date, plains, rate
from hub.sdk.xml import all_at, first_at, local, text_at

_NAMES: Final = Names(
    "TaxInclusiveAmount", "PayableAmount", "PrepaidAmount", "PayableRoundingAmount", "LineExtensionAmount",
    "AllowanceTotalAmount", "ChargeTotalAmount",
)  # fmt: skip


def read(root: Any) -> EInvoice:
    """The invoice below <Invoice> or <CreditNote>.

    Raises:
        RecordRejected: something an invoice must have is missing or cannot be read.
    """
    credit = local(root) == "CreditNote"
    currency = model.currency_of(text_at(root, "DocumentCurrencyCode"))
    sums = Sums(first_at(root, "LegalMonetaryTotal"), currency, _NAMES)
    issued = issue_date(text_at(root, "IssueDate"))
    due_on = text_at(root, "DueDate") or text_at(root, "PaymentMeans", "PaymentDueDate")
    when = day(due_on, "BT-9", "the due date")
    tax = _tax_total(root, currency)
    return model.checked(
        EInvoice(
            syntax="UBL",
            profile=model.profile_of(text_at(root, "CustomizationID") or "urn:cen.eu:en16931:2017"),
            number=needed(text_at(root, "ID"), "BT-1", "the number"),
            issued=issued,
            type_code=model.type_of(
                text_at(root, "CreditNoteTypeCode" if credit else "InvoiceTypeCode") or ("381" if credit else "380")
            ),
            currency=currency,
            total=sums.total,
            due_payable=sums.payable,
            net=sums.at("TaxExclusiveAmount", "BT-109", "the total without VAT"),
            tax=amount(text_at(tax, "TaxAmount"), currency, "BT-110", "the VAT"),
            prepaid=sums.prepaid,
            rounding=sums.rounding,
            due=[(when, None)] if when else [],
            terms=text_at(root, "PaymentTerms", "Note"),
            order_ref=text_at(root, "OrderReference", "ID"),
            buyer_ref=text_at(root, "BuyerReference"),
            preceding=text_at(root, "BillingReference", "InvoiceDocumentReference", "ID"),
            remittance=text_at(root, "PaymentMeans", "PaymentID"),
            means=text_at(root, "PaymentMeans", "PaymentMeansCode"),
            ibans=ibans(all_at(root, "PaymentMeans"), "PayeeFinancialAccount", "ID"),
            payee=text_at(root, "PayeeParty", "PartyName", "Name"),
            seller=_party(first_at(root, "AccountingSupplierParty", "Party")),
            buyer=_party(first_at(root, "AccountingCustomerParty", "Party")),
            vat=_vat(tax, currency),
            parts=_parts(root, tax, sums),
        )
    )


def _tax_total(root: Any, currency: str) -> Any:
    """The TaxTotal in the invoice's currency; a second one is in the currency of accounting."""
    for one in all_at(root, "TaxTotal"):
        value = first_at(one, "TaxAmount")
        if value is not None and value.get("currencyID", currency) == currency:
            return one
    return None


def _vat(tax: Any, currency: str) -> list[VatLine]:
    found = []
    for one in all_at(tax, "TaxSubtotal"):
        base = amount(text_at(one, "TaxableAmount"), currency, "BT-116", "the VAT base")
        part = amount(text_at(one, "TaxAmount"), currency, "BT-117", "the VAT")
        category = first_at(one, "TaxCategory")
        if base is not None and part is not None:
            found.append(VatLine(text_at(category, "ID"), rate(text_at(category, "Percent")), base, part))
    return found


def _parts(root: Any, tax: Any, sums: Sums) -> Parts:
    changes: dict[str, list[Any]] = {"false": [], "true": []}
    for one in all_at(root, "AllowanceCharge"):
        changes.setdefault(text_at(one, "ChargeIndicator").lower(), []).append(one)
    return Parts(
        plains([*all_at(root, "InvoiceLine"), *all_at(root, "CreditNoteLine")], "LineExtensionAmount"),
        plains(changes["false"], "Amount"),
        plains(changes["true"], "Amount"),
        plains(all_at(tax, "TaxSubtotal"), "TaxAmount"),
        *sums.stated,
    )


def _party(node: Any) -> Party:
    place = first_at(node, "PostalAddress")
    ids = by_scheme(node, "PartyIdentification", "ID")
    siren, siret = french_ids(first_at(node, "PartyLegalEntity", "CompanyID"), ids)
    vat = next(
        (
            squeezed(text_at(one, "CompanyID"))
            for one in all_at(node, "PartyTaxScheme")
            if text_at(one, "TaxScheme", "ID") in ("VAT", "")
        ),
        "",
    )
    return Party(
        name=text_at(node, "PartyLegalEntity", "RegistrationName") or text_at(node, "PartyName", "Name"),
        code=next((value for scheme, value in ids.items() if scheme not in ("0002", "0009")), ""),
        siren=siren,
        siret=siret,
        vat=vat,
        address=address(place, "StreetName", "AdditionalStreetName"),
        postal_code=text_at(place, "PostalZone"),
        city=text_at(place, "CityName"),
        country=text_at(place, "Country", "IdentificationCode"),
        email=text_at(node, "Contact", "ElectronicMail"),
    )
