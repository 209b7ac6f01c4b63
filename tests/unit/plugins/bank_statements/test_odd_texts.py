"""Texts that look like marks of their format: nothing of what a payer wrote is lost or changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plugins.bank_statements.made import IBAN
from tests.unit.plugins.bank_statements.test_formats import read

LINE = ":61:2604070407C100,00NTRFNONREF//B1"


def _mt940(*lines: str, account: str = f":25:{IBAN}") -> bytes:
    body = "\n".join(lines)
    return f":20:X\n{account}\n:28C:1/1\n:60F:C260401EUR0,\n{body}\n:62F:C260407EUR100,\n-\n".encode()


def _ofx(name: str, memo: str) -> bytes:
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS>"
        "<STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>30999<BRANCHID>00001<ACCTID>00012345678</BANKACCTFROM><BANKTRANLIST>"
        f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260407<TRNAMT>100.00<FITID>1<NAME>{name}<MEMO>{memo}</STMTTRN>"
        "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode("cp1252")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((":86:VIR DUPONT", ":12:30 RDV FACT 9"), "VIR DUPONT\n:12:30 RDV FACT 9"),
        ((":86:VIR DUPONT", "{REF 12} FACT 9"), "VIR DUPONT\n{REF 12} FACT 9"),
        ((":86:VIR DUPONT", "-", "FACT 9"), "VIR DUPONT\n-\nFACT 9"),
        ((":86:VIR DUPONT", "-FACT 9"), "VIR DUPONT\n-FACT 9"),
    ],
)
def test_lines_of_a_text_that_look_like_marks(lines: tuple[str, ...], told: str, tmp_path: Path) -> None:
    """MT940: an hour is no tag, a brace no envelope, and a dash ends no statement that has no closing balance yet."""
    (receipt,) = read(tmp_path, _mt940(LINE, *lines))
    assert told == receipt.remittance


def test_blocks_without_a_reference_are_still_told_apart(tmp_path: Path) -> None:
    """Without :20: the dash alone stands between two statements."""
    first = _mt940(LINE, ":86:A").removeprefix(b":20:X\n")
    second = first.replace(b"C260401EUR0,", b"C260407EUR100,").replace(b"C260407EUR100,\n-", b"C260408EUR200,\n-")
    found = read(tmp_path, first + second.replace(b"//B1", b"//B2"))
    assert ["B1", "B2"] == [one.receipt_id for one in found]


def test_the_ordering_party_may_be_the_name_itself(tmp_path: Path) -> None:
    """/ORDP/DUPONT SA: the name was lost beside /REMI/. Field 25P is an account like 25."""
    (receipt,) = read(tmp_path, _mt940(LINE, ":86:/ORDP/DUPONT SA/REMI/FACT 12", account=f":25P:{IBAN}\nAAAAFRPP"))
    assert ("DUPONT SA", "FACT 12", IBAN) == (receipt.payer_name, receipt.remittance, receipt.account)


@pytest.mark.parametrize(
    ("name", "memo", "told"),
    [
        ("A&REGIE DUPONT", "R&D FACT 1", "A&REGIE DUPONT\nR&D FACT 1"),
        ("EIFFAGE B&GTP", "S&amp;P &#233;t&eacute; &AMP", "EIFFAGE B&GTP\nS&P été &AMP"),
        ("A < B SARL", "FACT <12> ET <REF 13", "A < B SARL\nFACT <12> ET <REF 13"),
        ("DUPONT", "<![CDATA[R&D <b>]]>", "DUPONT\nR&D <b>"),
    ],
)
def test_signs_that_are_not_escaped(name: str, memo: str, told: str, tmp_path: Path) -> None:
    """OFX: &REG without a semicolon became ®, and a lone < cut the text."""
    (receipt,) = read(tmp_path, _ofx(name, memo))
    assert told == receipt.remittance
