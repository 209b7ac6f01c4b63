"""CII (UN/CEFACT CrossIndustryInvoice D16B to D22B): the XML inside Factur-X and ZUGFeRD 2. Paths: formats.md §5.2."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from hub.plugins.einvoices.model import (
    EInvoice,
    Party,
    VatLine,
    amount,
    checked,
    currency_of,
    day,
    given,
    needed,
    profile_of,
    squeezed,
)  # fmt: skip
from hub.sdk.xml import all_at, first_at, text_at


def read(root: Any) -> EInvoice:
    """The invoice below <CrossIndustryInvoice>.

    Raises:
        RecordRejected: something an invoice must have is missing or cannot be read.
    """
    document = first_at(root, "ExchangedDocument")
    trade = first_at(root, "SupplyChainTradeTransaction")
    agreement, settlement = (first_at(trade, f"ApplicableHeaderTrade{part}") for part in ("Agreement", "Settlement"))
    sums = first_at(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    currency = currency_of(text_at(settlement, "InvoiceCurrencyCode"))

    def total(name: str, term: str, shown: str) -> int | None:
        return amount(text_at(sums, name), currency, term, shown)

    grand = total("GrandTotalAmount", "BT-112", "the total with VAT")
    due = total("DuePayableAmount", "BT-115", "the amount due")
    payable = given(due if due is not None else grand, "BT-112", "the total with VAT")
    issued = given(
        day(text_at(document, "IssueDateTime", "DateTimeString"), "BT-2", "the issue date"), "BT-2", "the issue date"
    )
    means = first_at(settlement, "SpecifiedTradeSettlementPaymentMeans")
    return checked(
        EInvoice(
            syntax="CII",
            profile=profile_of(
                text_at(root, "ExchangedDocumentContext", "GuidelineSpecifiedDocumentContextParameter", "ID")
            ),
            number=needed(text_at(document, "ID"), "BT-1", "the number"),
            issued=issued,
            type_code=text_at(document, "TypeCode") or "380",
            currency=currency,
            total=grand if grand is not None else payable,
            due_payable=payable,
            net=total("TaxBasisTotalAmount", "BT-109", "the total without VAT"),
            tax=_tax(sums, currency),
            prepaid=total("TotalPrepaidAmount", "BT-113", "the amount paid"),
            rounding=total("RoundingAmount", "BT-114", "the rounding") or 0,
            due=_due(settlement, currency),
            terms=" ".join(
                text_at(one, "Description") for one in all_at(settlement, "SpecifiedTradePaymentTerms")
            ).strip(),
            order_ref=text_at(agreement, "BuyerOrderReferencedDocument", "IssuerAssignedID"),
            buyer_ref=text_at(agreement, "BuyerReference"),
            preceding=text_at(settlement, "InvoiceReferencedDocument", "IssuerAssignedID"),
            remittance=text_at(settlement, "PaymentReference"),
            means=text_at(means, "TypeCode"),
            ibans=[
                squeezed(text)
                for one in all_at(settlement, "SpecifiedTradeSettlementPaymentMeans")
                if (text := text_at(one, "PayeePartyCreditorFinancialAccount", "IBANID"))
            ],
            payee=text_at(settlement, "PayeeTradeParty", "Name"),
            seller=_party(first_at(agreement, "SellerTradeParty")),
            buyer=_party(first_at(agreement, "BuyerTradeParty")),
            vat=_vat(settlement, currency),
        )
    )


def _tax(sums: Any, currency: str) -> int | None:
    """BT-110: of several tax totals, the one in the invoice's currency."""
    for one in all_at(sums, "TaxTotalAmount"):
        if one.get("currencyID", currency) == currency:
            return amount((one.text or "").strip(), currency, "BT-110", "the VAT")
    return None


def _due(settlement: Any, currency: str) -> list[tuple[Any, int | None]]:
    found = []
    for one in all_at(settlement, "SpecifiedTradePaymentTerms"):
        when = day(text_at(one, "DueDateDateTime", "DateTimeString"), "BT-9", "the due date")
        if when is not None:
            part = amount(text_at(one, "PartialPaymentAmount"), currency, "BT-9", "the instalment")
            found.append((when, part))
    return found


def _vat(settlement: Any, currency: str) -> list[VatLine]:
    found = []
    for one in all_at(settlement, "ApplicableTradeTax"):
        base = amount(text_at(one, "BasisAmount"), currency, "BT-116", "the VAT base")
        tax = amount(text_at(one, "CalculatedAmount"), currency, "BT-117", "the VAT")
        if base is not None and tax is not None:
            found.append(VatLine(text_at(one, "CategoryCode"), rate(text_at(one, "RateApplicablePercent")), base, tax))
    return found


def rate(text: str) -> Decimal:
    """A VAT rate in percent; zero when none is given or it cannot be read."""
    try:
        found = Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and 0 <= found <= 100 else Decimal(0)


def _party(node: Any) -> Party:
    legal = first_at(node, "SpecifiedLegalOrganization")
    address = first_at(node, "PostalTradeAddress")
    ids = {one.get("schemeID", ""): (one.text or "").strip() for one in all_at(node, "GlobalID")}
    own = squeezed(text_at(legal, "ID"))
    vat = [
        squeezed(one.text or "")
        for one in all_at(node, "SpecifiedTaxRegistration", "ID")
        if one.get("schemeID") in ("VA", None)
    ]
    return Party(
        name=text_at(node, "Name") or text_at(legal, "TradingBusinessName"),
        code=text_at(node, "ID"),
        siren=own if len(own) == 9 else own[:9] if len(own) == 14 else "",
        siret=squeezed(ids.get("0009", "")) or (own if len(own) == 14 else ""),
        vat=vat[0] if vat else "",
        address=", ".join(filter(None, (text_at(address, name) for name in ("LineOne", "LineTwo", "LineThree")))),
        postal_code=text_at(address, "PostcodeCode"),
        city=text_at(address, "CityName"),
        country=text_at(address, "CountryID"),
        email=text_at(node, "DefinedTradeContact", "EmailURIUniversalCommunication", "URIID"),
    )
