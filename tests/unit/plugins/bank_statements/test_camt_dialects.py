"""What banks write elsewhere than in the usual fields of camt.053: who paid, for whom, and how much."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.sdk.records import Receipt
from tests.unit.plugins.bank_statements.made import CAMT_TAIL, Mv, camt_head, date, entry
from tests.unit.plugins.bank_statements.test_formats import read

DAY = date(2026, 4, 7)
TEXT = [("LIB", "FACT 4711")]


def one(tmp_path: Path, xml: str, *, minor: int = 45000, version: int = 2) -> Receipt:
    """The only receipt of a statement that has this entry alone."""
    [receipt] = read(tmp_path, (camt_head(0, DAY, minor, DAY, version=version) + xml + CAMT_TAIL).encode())
    assert isinstance(receipt, Receipt)
    return receipt


@pytest.mark.parametrize("version", [2, 8])
def test_the_ultimate_debtor_is_told_beside_the_payer(tmp_path: Path, version: int) -> None:
    """A treasury pays for a company of its group: the payer stays who paid, the text says for whom."""
    name = "<Pty><Nm>ALPHA LYON</Nm></Pty>" if version == 8 else "<Nm>ALPHA LYON</Nm>"
    xml = entry(Mv(DAY, 45000, "ALPHA TRESORERIE", TEXT), version=version)
    xml = xml.replace("</RltdPties>", f"<UltmtDbtr>{name}</UltmtDbtr></RltdPties>")
    receipt = one(tmp_path, xml, version=version)
    assert ("ALPHA TRESORERIE", "FACT 4711\nPOUR LE COMPTE DE ALPHA LYON") == (receipt.payer_name, receipt.remittance)
    assert one(tmp_path, xml.replace("ALPHA LYON", "Alpha Tresorerie"), version=version).remittance == "FACT 4711"


def test_a_name_that_stands_in_the_address_alone(tmp_path: Path) -> None:
    """The first line of an address without a name is the name, unless it begins with a house number; a word that says
    that there is none is no name."""
    xml = entry(Mv(DAY, 45000, "X", TEXT))
    for first, name in (("DURAND SARL", "DURAND SARL"), ("12 RUE HAUTE", None)):
        address = f"<PstlAdr><Ctry>FR</Ctry><AdrLine>{first}</AdrLine><AdrLine>69001 LYON</AdrLine></PstlAdr>"
        assert name == one(tmp_path, xml.replace("<Nm>X</Nm>", address)).payer_name
        assert name == one(tmp_path, xml.replace("<Nm>X</Nm>", f"<Nm>NOTPROVIDED</Nm>{address}")).payer_name


def test_a_name_that_stands_in_the_banks_label_alone(tmp_path: Path) -> None:
    """The label is read beside the payer's text; in its place when it repeats it; not when a field has the name."""
    whole = entry(Mv(DAY, 45000, "X", TEXT))
    nameless = whole.replace("<Dbtr><Nm>X</Nm></Dbtr>", "")
    for label, told in (
        ("VIR RECU DE DURAND", "FACT 4711\nVIR RECU DE DURAND"),
        ("VIR SEPA RECU /DE DURAND /MOTIF FACT 4711 /REF A1", "VIR SEPA RECU /DE DURAND /MOTIF FACT 4711 /REF A1"),
    ):
        below = nameless.replace("</TxDtls>", f"<AddtlTxInf>{label}</AddtlTxInf></TxDtls>")
        beside = nameless.replace("</Ntry>", f"<AddtlNtryInf>{label}</AddtlNtryInf></Ntry>")
        assert told == one(tmp_path, below).remittance == one(tmp_path, beside).remittance
        assert one(tmp_path, whole.replace("</Ntry>", f"<AddtlNtryInf>{label}</AddtlNtryInf></Ntry>")).remittance == (
            "FACT 4711"
        )


def test_a_batch_of_which_only_ordered_amounts_are_told(tmp_path: Path) -> None:
    """InstdAmt tells what a detail is where no other amount does; details that do not add up stay one."""
    part = "<TxDtls><Refs><EndToEndId>{0}</EndToEndId></Refs><AmtDtls><InstdAmt><Amt Ccy='EUR'>{1}</Amt></InstdAmt>"
    parts = [part.format(*told) + "</AmtDtls></TxDtls>" for told in (("F1", "300.00"), ("F2", "150.00"))]
    head, _, rest = entry(Mv(DAY, 45000, "X", ref="R1")).partition("<TxDtls>")
    tail = rest.partition("</TxDtls>")[2]
    xml = camt_head(0, DAY, 45000, DAY) + head + "".join(parts) + tail + CAMT_TAIL
    assert [("F1", 30000), ("F2", 15000)] == [(r.end_to_end_ref, r.amount_minor) for r in read(tmp_path, xml.encode())]
    odd = xml.replace("150.00", "151.00")
    assert [45000] == [r.amount_minor for r in read(tmp_path, odd.encode())]


def test_charges_taken_off_what_was_ordered(tmp_path: Path) -> None:
    """The amount of the detail is what arrived; what was ordered and the charges make the gross."""
    xml = entry(Mv(DAY, 43500, "ACME LTD", TEXT), version=8).replace(
        "<RltdPties>",
        "<AmtDtls><InstdAmt><Amt Ccy='EUR'>450.00</Amt></InstdAmt></AmtDtls><Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>15.00"
        "</TtlChrgsAndTaxAmt></Chrgs><RltdPties>",
    )
    receipt = one(tmp_path, xml, minor=43500, version=8)
    assert (45000, 1500) == (receipt.amount_minor, receipt.fee_minor)


def test_the_original_currency_that_the_entry_alone_tells(tmp_path: Path) -> None:
    """Some banks state amounts in other currencies once, beside the booked one."""
    xml = entry(Mv(DAY, 45000, "ACME INC", TEXT)).replace(
        "<NtryDtls>", "<AmtDtls><InstdAmt><Amt Ccy='USD'>491.30</Amt></InstdAmt></AmtDtls><NtryDtls>", 1
    )
    receipt = one(tmp_path, xml)
    assert (49130, "USD") == (receipt.original_amount_minor, receipt.original_currency)


@pytest.mark.parametrize(
    ("number", "scheme", "told"),
    [
        ("552100554", "<SchmeNm><Cd>SREN</Cd></SchmeNm>", "FACT 4711\nSIREN 552100554"),
        ("55210055400013", "<SchmeNm><Prtry>SIRET</Prtry></SchmeNm>", "FACT 4711\nSIREN 552100554"),
        ("732829320", "", "FACT 4711\nSIREN 732829320"),
        ("732829321", "", "FACT 4711"),  # its check digit is wrong, and nothing says what it is
        ("732829320", "<SchmeNm><Cd>CUST</Cd></SchmeNm>", "FACT 4711"),
    ],
)
def test_the_payers_company_number(tmp_path: Path, number: str, scheme: str, told: str) -> None:
    """A SIREN or SIRET beside the payer's name is read with the text."""
    other = f"<Id><OrgId><Othr><Id>{number}</Id>{scheme}</Othr></OrgId></Id>"
    assert (
        told == one(tmp_path, entry(Mv(DAY, 45000, "X", TEXT)).replace("<Nm>X</Nm>", f"<Nm>X</Nm>{other}")).remittance
    )
