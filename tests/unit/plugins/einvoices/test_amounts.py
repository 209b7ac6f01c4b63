"""Amounts of one invoice that contradict each other (EN 16931, BR-CO-10 to 16), and whose invoice it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.sdk.records import CreditNote, Debtor, Invoice
from hub.sdk.testing import Mapped, read_records
from tests.unit.plugins.einvoices.made import cii, pdf, read, source, ubl

EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"


def mapped(tmp_path: Path, content: bytes) -> list[Mapped]:
    """The units of one file: the invoice, and the note beside it if there is one."""
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / "a.xml").write_bytes(content)
    return read_records(source(tmp_path, tmp_path / "in"))


def told(tmp_path: Path, content: bytes) -> str:
    """What the note says; the invoice itself must be taken, at its total with VAT."""
    invoice, *notes = mapped(tmp_path, content)
    assert invoice.rejected is None
    assert [one for one in invoice.records if isinstance(one, Invoice | CreditNote)]
    if not notes:
        return ""
    [note] = notes
    assert note.rejected is not None
    assert ("HUB-EINV-015", "a.xml") == (note.rejected.code, note.rejected.where)
    assert "ask the issuer" in note.rejected.mend
    return note.rejected.what


def with_lines(
    content: bytes,
    lines: list[str],
    total: str,
    *,
    less: dict[str, str] | None = None,
    more: dict[str, str] | None = None,
) -> bytes:
    """A CII or UBL invoice with lines, and allowances and charges of the document: {told total: its one amount}."""
    text = content.decode()
    is_cii = "CrossIndustryInvoice" in text
    sums = {"LineTotalAmount" if is_cii else "LineExtensionAmount": total}
    changes = ""
    for indicator, one, name in (("false", less, "AllowanceTotalAmount"), ("true", more, "ChargeTotalAmount")):
        for stated, amount in (one or {}).items():
            if stated:
                sums[name] = stated
            if amount and is_cii:
                changes += (
                    "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>"
                    f"{indicator}</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>{amount}</ram:ActualAmount>"
                    "</ram:SpecifiedTradeAllowanceCharge>"
                )
            elif amount:
                changes += (
                    f"<cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator>"
                    f'<cbc:Amount currencyID="EUR">{amount}</cbc:Amount></cac:AllowanceCharge>'
                )
    if is_cii:
        made = "".join(
            "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>"
            f"<ram:LineStatusReasonCode>{kind or 'DETAIL'}</ram:LineStatusReasonCode>"
            "</ram:AssociatedDocumentLineDocument><ram:SpecifiedLineTradeSettlement>"
            f"<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{amount}</ram:LineTotalAmount>"
            "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
            "</ram:IncludedSupplyChainTradeLineItem>"
            for kind, _, amount in (line.rpartition(" ") for line in lines)
        )
        text = text.replace("<ram:ApplicableHeaderTradeAgreement>", made + "<ram:ApplicableHeaderTradeAgreement>")
        text = text.replace("<ram:ApplicableTradeTax>", changes + "<ram:ApplicableTradeTax>", 1)
        before = "<ram:TaxBasisTotalAmount>"
        text = text.replace(before, "".join(f"<ram:{k}>{v}</ram:{k}>" for k, v in sums.items()) + before)
    else:
        before = "<cac:LegalMonetaryTotal>"
        text = text.replace("<cac:TaxTotal>", changes + "<cac:TaxTotal>", 1)
        text = text.replace(before, before + "".join(f"<cbc:{k}>{v}</cbc:{k}>" for k, v in sums.items()))
        kind = "CreditNoteLine" if "<CreditNote" in text else "InvoiceLine"
        made = "".join(
            f'<cac:{kind}><cbc:LineExtensionAmount currencyID="EUR">{amount}</cbc:LineExtensionAmount></cac:{kind}>'
            for amount in lines
        )
        end = f"</{'CreditNote' if kind == 'CreditNoteLine' else 'Invoice'}>"
        text = text.replace(end, made + end)
    return text.encode()


@pytest.mark.parametrize(
    "content",
    [
        with_lines(cii(), ["150.00", "50.00"], "200.00"),
        with_lines(cii(), ["150.00", "70.00"], "220.00", less={"30.00": "30.00"}, more={"10.00": "10.00"}),
        with_lines(cii(), ["GROUP 200.00", "150.00", "INFORMATION 9.99", "50.00"], "200.00"),
        with_lines(ubl(), ["120.00", "-10"], "110.00", less={"20.00": "20.00"}, more={"10.00": "10.00"}),
        with_lines(ubl("CreditNote"), ["100.0"], "100"),
        with_lines(ubl(net="-100.00", tax="-20.00", total="-120.00"), ["-100.00"], "-100.00"),
        ubl(net="120.00", tax="0.00", total="120.00"),
        cii(guideline="urn:factur-x.eu:1p0:minimum", terms="", paid="", due="225.50"),
        cii(guideline=EXTENDED, net="199.99"),
        with_lines(cii(guideline=EXTENDED), ["150.00", "50.01"], "200.00"),
    ],
    ids=range(10),
)
def test_amounts_that_agree(content: bytes, tmp_path: Path) -> None:
    """With lines, allowances and charges of the document, credits, no VAT, no lines; EXTENDED has a cent for each."""
    assert "" == told(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (cii(net="190.00"), ["(BT-109) 190.00 + the VAT (BT-110) 25.50 = 215.50, and not 225.50 (BT-112)"]),
        (ubl(tax="21.00"), ["(BT-109) 100.00 + the VAT (BT-110) 21.00 = 121.00, and not 120.00 (BT-112)"]),
        (cii(net="200.01"), ["= 225.51, and not 225.50 (BT-112)"]),
        (cii(guideline=EXTENDED, net="199.90"), ["= 225.40, and not 225.50 (BT-112)"]),
        (cii(tax2="6.50"), ["the VAT by rate (BT-117), added up = 26.50, and not 25.50 (BT-110)"]),
        (with_lines(cii(), ["150.00", "40.00"], "200.00"), ["(BT-131), added up = 190.00, and not 200.00 (BT-106)"]),
        (with_lines(ubl(), ["90.00"], "100.00"), ["the lines (BT-131), added up = 90.00, and not 100.00 (BT-106)"]),
        (with_lines(ubl(), ["120.00"], "120.00"),
         ["the lines (BT-106) 120.00 − allowances (BT-107) 0 + charges (BT-108) 0 = 120.00, and not 100.00 (BT-109)"]),
        (with_lines(ubl(), ["120.00"], "120.00", less={"20.00": ""}), ["(BT-92), added up = 0, and not 20.00"]),
        (with_lines(cii(), ["200.00"], "200.00", more={"": "5.00"}), ["(BT-99), added up = 5.00, and not 0"]),
        (with_lines(cii(), ["210.00"], "210.00", less={"10.00": "12.00"}), ["= 12.00, and not 10.00 (BT-107)"]),
        (with_lines(cii(), ["2OO.00"], "200.00"), ["something in there is no amount"]),
        (with_lines(cii(tax1="21.00"), ["180.00"], "200.00"), ["(BT-106)", "(BT-110)"]),
    ],
    ids=range(13),
)  # fmt: skip
def test_amounts_that_contradict_each_other(content: bytes, words: list[str], tmp_path: Path) -> None:
    """Each broken rule with both values; the invoice is taken all the same, at its total with VAT."""
    what = told(tmp_path, content)
    for one in words:
        assert one in what
    assert "its total with VAT (BT-112) of " in what


@pytest.mark.parametrize("text", ["Infinity", "-inf", "sNaN", "1E+999999", "1e-400", "9" * 400, "1,00", "١٢"])
def test_what_is_no_amount_breaks_nothing(text: str, tmp_path: Path) -> None:
    """In a line, an allowance or a sum that only proves the others: told, and the invoice is taken."""
    assert "something in there is no amount" in told(tmp_path, with_lines(cii(), [text], "200.00"))
    assert "something in there is no amount" in told(tmp_path, with_lines(cii(), ["200.00"], text))
    assert "something in there is no amount" in told(tmp_path, with_lines(ubl(), ["100.00"], "100.00", less={"": text}))


def test_the_rounding_belongs_to_the_amount_due(tmp_path: Path) -> None:
    """BT-114 is between BT-112 and BT-115; where it is missing there, the amount due itself is doubtful: held."""
    rounded = cii(paid="0.00", due="226.00").replace(
        b"<ram:GrandTotalAmount>", b"<ram:RoundingAmount>0.50</ram:RoundingAmount><ram:GrandTotalAmount>"
    )
    assert "" == told(tmp_path, rounded)
    assert ([], "HUB-EINV-012") == read(tmp_path, cii(paid="0.00", due="226.00"), "a.xml")


def test_one_of_total_and_amount_due_may_be_missing(tmp_path: Path) -> None:
    """BT-112, BT-113, BT-114 and BT-115 are tied by BR-CO-16: the missing one follows, and nothing is guessed."""
    for gone in (
        b"<ram:DuePayableAmount>200.00</ram:DuePayableAmount>",
        b"<ram:GrandTotalAmount>225.50</ram:GrandTotalAmount>",
    ):
        assert gone in cii()
        records, held = read(tmp_path, cii().replace(gone, b""), "a.xml")
        assert "" == held
        [invoice] = [one for one in records if isinstance(one, Invoice)]
        assert (22_550, 2_550) == (invoice.total_minor, invoice.settled_minor)


def test_a_total_in_another_currency_is_none(tmp_path: Path) -> None:
    """A second total, in the currency of accounting, is left aside; one in another currency alone is held."""
    grand = b"<ram:GrandTotalAmount>"
    both = cii().replace(grand, b'<ram:GrandTotalAmount currencyID="USD">300.00</ram:GrandTotalAmount>' + grand)
    [invoice] = [one for one in read(tmp_path, both, "a.xml")[0] if isinstance(one, Invoice)]
    assert 22_550 == invoice.total_minor
    alone = ubl().replace(b"<cbc:TaxInclusiveAmount>", b'<cbc:TaxInclusiveAmount currencyID="USD">')
    (tmp_path / "in" / "a.xml").write_bytes(alone)
    [one] = read_records(source(tmp_path, tmp_path / "in"))
    assert one.rejected is not None
    assert ("HUB-EINV-011", True) == (one.rejected.code, "120.00 USD" in one.rejected.what)


def test_a_pdf_says_it_too(tmp_path: Path) -> None:
    """The note names the file that a person has."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "f.pdf").write_bytes(pdf(cii(net="190.00")))
    _, note = read_records(source(tmp_path, tmp_path / "in"))
    assert note.rejected is not None
    assert "f.pdf" == note.rejected.where


SIREN, SIRET = "552100554", "55210055400013"


def party(syntax: str, scheme: str, own: str, other: tuple[str, str] | None = None) -> bytes:
    """An invoice whose buyer bears these identifiers: legal registration, and another one with its scheme."""
    said = f' schemeID="{scheme}"' if scheme else ""
    if syntax == "UBL":
        text = ubl().decode().replace(f' schemeID="0002">{SIREN}', f"{said}>{own}")
        more = '<cac:PartyIdentification><cbc:ID schemeID="{}">{}</cbc:ID></cac:PartyIdentification>'
        before = "<cac:PartyLegalEntity>\n<cbc:RegistrationName>Société"
    else:
        text = cii().decode().replace(f' schemeID="0002">{SIREN}', f"{said}>{own}")
        more = '<ram:GlobalID schemeID="{}">{}</ram:GlobalID>'
        before = "<ram:Name>Société"
    return text.replace(before, (more.format(*other) if other else "") + before).encode()


@pytest.mark.parametrize("syntax", ["UBL", "CII"])
@pytest.mark.parametrize(
    ("scheme", "own", "other", "expected"),
    [
        ("0002", SIREN, None, (SIREN, None)),
        ("0009", SIRET, None, (SIREN, SIRET)),
        ("0002", SIRET, None, (SIREN, SIRET)),
        ("", "552 100 554 00013", None, (SIREN, SIRET)),
        ("0002", SIREN, ("0009", SIRET), (SIREN, SIRET)),
        ("0009", SIREN, None, (SIREN, None)),
        ("0002", "", ("0009", SIRET), (SIREN, SIRET)),
        ("0002", "", ("0002", SIRET), (SIREN, SIRET)),
        ("0002", SIRET, ("0009", "55210055400021"), (SIREN, "55210055400021")),
        ("0192", "987654321", None, (None, None)),
        ("0060", "123456789", ("0009", SIRET), (SIREN, SIRET)),
        ("0002", "12345", None, (None, None)),
    ],
)
def test_siren_and_siret(
    syntax: str, scheme: str, own: str, other: tuple[str, str] | None, expected: tuple[str | None, str | None],
    tmp_path: Path,
) -> None:  # fmt: skip
    """One rule for both syntaxes: a SIRET wherever it stands, its first nine digits where no SIREN is told; the number
    of a company of another country is none."""
    records, held = read(tmp_path, party(syntax, scheme, own, other))
    assert "" == held
    [debtor] = [one for one in records if isinstance(one, Debtor)]
    assert expected == (debtor.siren, debtor.siret)
