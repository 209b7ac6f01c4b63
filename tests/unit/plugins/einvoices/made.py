"""Electronic invoices made to measure, and a PDF around one: all parties are invented."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

from hub.plugins.einvoices import EInvoices, EInvoicesConfig
from hub.sdk.records import Record
from hub.sdk.testing import make_context, read_records

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>{guideline}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{number}</ram:ID><ram:TypeCode>{type}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">{issued}</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:BuyerReference>SERV</ram:BuyerReference>
<ram:SellerTradeParty><ram:Name>Ateliers Exemple</ram:Name><ram:SpecifiedLegalOrganization>
<ram:ID schemeID="0002">123456782</ram:ID></ram:SpecifiedLegalOrganization></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Société Fictive</ram:Name><ram:SpecifiedLegalOrganization>
<ram:ID schemeID="0002">552100554</ram:ID></ram:SpecifiedLegalOrganization></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>{currency}</ram:InvoiceCurrencyCode>{payee}
<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax1}</ram:CalculatedAmount><ram:BasisAmount>{base1}</ram:BasisAmount>
<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax2}</ram:CalculatedAmount><ram:BasisAmount>{base2}</ram:BasisAmount>
<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>5.50</ram:RateApplicablePercent></ram:ApplicableTradeTax>
{terms}
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>{net}</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="{currency}">{tax}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{total}</ram:GrandTotalAmount>
<ram:TotalPrepaidAmount>{paid}</ram:TotalPrepaidAmount><ram:DuePayableAmount>{due}</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
TERM = (
    "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format='102'>{}</udt:DateTimeString>"
    "</ram:DueDateDateTime>{}</ram:SpecifiedTradePaymentTerms>"
)
PART = "<ram:PartialPaymentAmount>{}</ram:PartialPaymentAmount>"
DEFAULTS = {
    "guideline": "urn:cen.eu:en16931:2017", "number": "F2026-001", "type": "380", "issued": "20260115",
    "currency": "EUR",
    "payee": "", "tax1": "20.00", "base1": "100.00", "tax2": "5.50", "base2": "100.00", "net": "200.00", "tax": "25.50",
    "total": "225.50", "paid": "25.50", "due": "200.00", "terms": TERM.format("20260228", ""),
}  # fmt: skip

UBL = """<?xml version="1.0"?><{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>2026-01-15</cbc:IssueDate>{extra}<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>F2026-000</cbc:ID></cac:InvoiceDocumentReference>
</cac:BillingReference>
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity>
<cbc:RegistrationName>Ateliers Exemple</cbc:RegistrationName>
<cbc:CompanyID schemeID="0002">123456782</cbc:CompanyID></cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity>
<cbc:RegistrationName>Société Fictive</cbc:RegistrationName>
<cbc:CompanyID schemeID="0002">552100554</cbc:CompanyID></cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="USD">9.99</cbc:TaxAmount></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>{net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount>{total}</cbc:TaxInclusiveAmount><cbc:PayableAmount>{total}</cbc:PayableAmount></cac:LegalMonetaryTotal></{root}>"""


def cii(**said: str) -> bytes:
    """A CII invoice, changed where `said`."""
    return CII.format(**DEFAULTS | said).encode()


def ubl(
    root: str = "Invoice",
    number: str = "U1",
    net: str = "100.00",
    tax: str = "20.00",
    total: str = "120.00",
    extra: str = "",
) -> bytes:
    """A UBL invoice or credit note."""
    return UBL.format(root=root, number=number, net=net, tax=tax, total=total, extra=extra).encode()


def with_rate(invoice: bytes) -> bytes:
    """A UBL document of `ubl` with its VAT breakdown: all of it at 20 %."""
    total = b'<cbc:TaxAmount currencyID="EUR">20.00</cbc:TaxAmount>'
    line = (
        b"<cac:TaxSubtotal><cbc:TaxableAmount>100.00</cbc:TaxableAmount><cbc:TaxAmount>20.00</cbc:TaxAmount>"
        b"<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20.00</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>"
    )
    return invoice.replace(total, total + line)


def pdf(xml: bytes, *, folded: bool = True, name: str = "factur-x.xml", filters: bytes = b"/FlateDecode") -> bytes:
    """A small PDF with one attachment, and a page whose stream must be left alone."""
    page = zlib.compress(b"BT /F1 12 Tf (Facture) Tj ET")
    body = zlib.compress(xml) if folded else xml
    kind = b"/Filter " + filters if folded else b""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(" + name.encode() + b") 5 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(page) + page + b"\nendstream",
        b"<< /Type /Filespec /F (" + name.encode() + b") /EF << /F 6 0 R >> >>",
        b"<< /Type /EmbeddedFile /Subtype /text#2Fxml "
        + kind
        + b" /Length %d >>\nstream\n" % len(body)
        + body
        + b"\nendstream",
    ]
    whole = b"%PDF-1.7\n"
    for number, part in enumerate(parts, 1):
        whole += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    return whole + b"trailer << /Root 1 0 R >>\n%%EOF\n"


def updated(whole: bytes, xml: bytes, *, number: int = 6) -> bytes:
    """`whole` with an incremental update (ISO 32000-1, 7.5.6) that writes its attachment, object 6, again."""
    body = zlib.compress(xml)
    head = b"%d 0 obj\n<< /Type /EmbeddedFile /Filter /FlateDecode /Length %d >>\nstream\n" % (number, len(body))
    tail = b"\nendstream\nendobj\nxref\n6 1\n%010d 00000 n \ntrailer << /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%%%EOF\n"
    return whole + head + body + tail % len(whole)


def source(tmp_path: Path, files: Path, **settings: Any) -> EInvoices:
    config = EInvoicesConfig.model_validate({"plugin": "einvoices", "files": files, "settle_s": 0, **settings})
    return EInvoices(config, make_context(tmp_path))


def read(tmp_path: Path, content: bytes, name: str = "invoice.xml", **settings: Any) -> tuple[list[Record], str]:
    """The records of one file, or the code under which it is held."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    [one, *_notes] = read_records(source(tmp_path, folder, **settings))
    return list(one.records), one.rejected.code if one.rejected else ""


def canonical(record: Record) -> dict[str, Any]:
    """A record for golden files."""
    plain = record.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {"kind": record.kind, **json.loads(json.dumps(plain))}
