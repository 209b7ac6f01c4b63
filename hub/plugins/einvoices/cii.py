"""CII (UN/CEFACT CrossIndustryInvoice D16B to D22B): the XML inside Factur-X and ZUGFeRD 2. Paths: formats.md §5.2."""

from __future__ import annotations

from typing import Any, Final

from hub.plugins.einvoices import model
from hub.plugins.einvoices.model import EInvoice, Party, VatLine, amount, day, needed, squeezed
from hub.plugins.einvoices.sums import Parts
from hub.plugins.einvoices.terms import Names, Sums, address, by_scheme, french_ids, ibans, issue_date, plains, rate
from hub.sdk.xml import all_at, first_at, text_at

_NAMES: Final = Names(
    "GrandTotalAmount", "DuePayableAmount", "TotalPrepaidAmount", "RoundingAmount", "LineTotalAmount",
    "AllowanceTotalAmount", "ChargeTotalAmount",
)  # fmt: skip


def read(root: Any) -> EInvoice:
    """The invoice below <CrossIndustryInvoice>.

    Raises:
        RecordRejected: something an invoice must have is missing or cannot be read.
    """
    document = first_at(root, "ExchangedDocument")
    trade = first_at(root, "SupplyChainTradeTransaction")
    agreement, settlement = (first_at(trade, f"ApplicableHeaderTrade{part}") for part in ("Agreement", "Settlement"))
    summation = first_at(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    currency = model.currency_of(text_at(settlement, "InvoiceCurrencyCode"))
    sums = Sums(summation, currency, _NAMES)
    issued = issue_date(text_at(document, "IssueDateTime", "DateTimeString"))
    means = first_at(settlement, "SpecifiedTradeSettlementPaymentMeans")
    return model.checked(
        EInvoice(
            syntax="CII",
            profile=model.profile_of(
                text_at(root, "ExchangedDocumentContext", "GuidelineSpecifiedDocumentContextParameter", "ID")
            ),
            number=needed(text_at(document, "ID"), "BT-1", "the number"),
            issued=issued,
            type_code=model.type_of(text_at(document, "TypeCode") or "380"),
            currency=currency,
            total=sums.total,
            due_payable=sums.payable,
            net=sums.at("TaxBasisTotalAmount", "BT-109", "the total without VAT"),
            tax=_tax(summation, currency),
            prepaid=sums.prepaid,
            rounding=sums.rounding,
            due=_due(settlement, currency),
            terms=" ".join(
                text_at(one, "Description") for one in all_at(settlement, "SpecifiedTradePaymentTerms")
            ).strip(),
            order_ref=text_at(agreement, "BuyerOrderReferencedDocument", "IssuerAssignedID"),
            buyer_ref=text_at(agreement, "BuyerReference"),
            preceding=text_at(settlement, "InvoiceReferencedDocument", "IssuerAssignedID"),
            remittance=text_at(settlement, "PaymentReference"),
            means=text_at(means, "TypeCode"),
            ibans=ibans(
                all_at(settlement, "SpecifiedTradeSettlementPaymentMeans"),
                "PayeePartyCreditorFinancialAccount",
                "IBANID",
            ),
            payee=text_at(settlement, "PayeeTradeParty", "Name"),
            seller=_party(first_at(agreement, "SellerTradeParty")),
            buyer=_party(first_at(agreement, "BuyerTradeParty")),
            vat=_vat(settlement, currency),
            parts=_parts(trade, settlement, sums),
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


def _parts(trade: Any, settlement: Any, sums: Sums) -> Parts:
    """Lines that only group others or inform are no part of the sum; freight is a charge (EXTENDED)."""
    changes: dict[str, list[Any]] = {"false": [], "true": []}
    for one in all_at(settlement, "SpecifiedTradeAllowanceCharge"):
        changes.setdefault(text_at(one, "ChargeIndicator", "Indicator").lower(), []).append(one)
    lines = [
        line
        for line in all_at(trade, "IncludedSupplyChainTradeLineItem")
        if text_at(line, "AssociatedDocumentLineDocument", "LineStatusReasonCode") not in ("GROUP", "INFORMATION")
    ]
    monetary = ("SpecifiedLineTradeSettlement", "SpecifiedTradeSettlementLineMonetarySummation", "LineTotalAmount")
    freight = plains(all_at(settlement, "SpecifiedLogisticsServiceCharge"), "AppliedAmount")
    return Parts(
        plains(lines, *monetary),
        plains(changes["false"], "ActualAmount"),
        plains(changes["true"], "ActualAmount") + freight,
        plains(all_at(settlement, "ApplicableTradeTax"), "CalculatedAmount"),
        *sums.stated,
    )


def _party(node: Any) -> Party:
    legal = first_at(node, "SpecifiedLegalOrganization")
    place = first_at(node, "PostalTradeAddress")
    ids = by_scheme(node, "GlobalID")
    siren, siret = french_ids(first_at(legal, "ID"), ids)
    vat = [
        squeezed(one.text or "")
        for one in all_at(node, "SpecifiedTaxRegistration", "ID")
        if one.get("schemeID") in ("VA", None)
    ]
    return Party(
        name=text_at(node, "Name") or text_at(legal, "TradingBusinessName"),
        code=text_at(node, "ID"),
        siren=siren,
        siret=siret,
        vat=vat[0] if vat else "",
        address=address(place, "LineOne", "LineTwo", "LineThree"),
        postal_code=text_at(place, "PostcodeCode"),
        city=text_at(place, "CityName"),
        country=text_at(place, "CountryID"),
        email=text_at(node, "DefinedTradeContact", "EmailURIUniversalCommunication", "URIID"),
    )
