"""Hostile files of our own making: what exports, spreadsheets, transfers and jokers do to a table.

Each case says what must come out: how many good rows, and under which codes the others are held. No case may end in
anything else than records, held rows, a file held whole, or an error that a person can understand.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

HEAD = "number;debtor_id;issued_on;due_on;total"
GOOD = "G1;C1;15/01/2026;28/02/2026;100,00"
LAST = "G2;C2;16/01/2026;28/02/2026;200,00"


@dataclass(frozen=True)
class Case:
    """One file.

    Attributes:
        good: invoices and credit notes (of other kinds: records) that must come out.
        codes: codes under which rows, or the whole file, are held; in order.
        minor: expected amount of the row between the two good ones, when that is what the case is about.
    """

    name: str
    content: bytes
    good: int
    codes: tuple[str, ...] = ()
    kind: str = "invoices"
    file: str = "table.csv"
    settings: dict[str, Any] = field(default_factory=dict)
    minor: int | None = None
    day: str | None = None


def _row(name: str, row: str | bytes, code: str = "", head: str = HEAD, **more: Any) -> Case:
    """A row between two good neighbours: held under `code`, or read."""
    middle = row.encode() if isinstance(row, str) else row
    content = b"\n".join([head.encode(), GOOD.encode(), middle, LAST.encode(), b""])
    return Case(name, content, 2 if code else 3, (code,) if code else (), **more)


def _amount(text: str, minor: int | None, code: str = "HUB-CSV-012", **more: Any) -> Case:
    row = f'M1;C1;17/01/2026;;"{text}"'
    if minor is None:
        return _row(f"amount {text!r}", row, code, **more)
    return _row(f"amount {text!r}", row, minor=minor, **more)


def _day(text: str, day: str | None, **more: Any) -> Case:
    row = f"M1;C1;{text};;5,00"
    return _row(f"date {text!r}", row, "" if day else "HUB-CSV-013", day=day, **more)


def _file(name: str, content: bytes | str, good: int, *codes: str, **more: Any) -> Case:
    return Case(name, content.encode() if isinstance(content, str) else content, good, codes, **more)


def amounts() -> Iterator[Case]:
    """Amounts in every wrong, right or ambiguous writing (the column is French: decimal comma)."""
    right = {
        "1234,56": 123456, "1 234,56": 123456, "1\u00a0234,56": 123456, "1\u202f234,56": 123456, "1.234,56": 123456,
        "1'234,56": 123456, "1’234,56": 123456, "12 345 678,90": 1234567890, "-1234,56": -123456, "1234,56-": -123456,
        "(1 234,56)": -123456, "\u22121 234,56": -123456, "1234,56 C": -123456, "1234,56 D": 123456, "€ 5,00": 500,
        "5,00 €": 500, "5,00 EUR": 500, "EUR 5,00": 500, "+5,00": 500, "0,00": 0, "-0,00": 0, ",50": 50, "12": 1200,
        "12,5": 1250, "12,500": 1250, "12,50000": 1250, "  12,50 ": 1250, "00012,50": 1250, "1.234": 123400,
        "92233720368547758,07": 9223372036854775807,
    }  # fmt: skip
    for text, minor in right.items():
        yield _amount(text, minor)
    wrong = (
        "12..34", "12,34,56", "1,2.3", "12.34", "abc", "12x,00", "1 2 3,00", "12 34,56", "1.23,45", "12,", ",", "-",
        "--5,00",
        "-5,00-", "(-5,00)", "-5,00 C", "5,00 $", "5,00 USD", "$5,00", "£5,00", "5,005", "12,001", "NaN", "inf",
        "٣,٠٠", "５,００", "1_000,00", "0x10", "½", "12,3O", "l2,00", "5%", "5,00 XYZ", "92233720368547758,08",
        "99999999999999999999,00", "1" * 400 + ",00", "12,00 12,00", "12/01", "#REF!", "#N/A", "N/A", "néant", "?", "…",
        "1,234,567.89", "1.234.567", "12\t34,00x",
    )  # fmt: skip
    for text in wrong:
        if text == "1.234.567":
            yield _amount(text, 123456700)
        else:
            yield _amount(text, None, "HUB-CSV-028" if text.startswith("#") else "HUB-CSV-012")
    for text in ("1,23E+11", "1E+5", "1.5e+3", "1e5"):
        yield _amount(text, None, "HUB-CSV-020")
    yield _amount("", None, "HUB-CSV-014")
    yield _amount("   ", None, "HUB-CSV-014")
    yield _amount("=A1+B1", None, "HUB-CSV-021")
    yield _amount("=1+1", None, "HUB-CSV-021")


def dates() -> Iterator[Case]:
    """Dates: right ones of every family, impossible ones, others' calendars."""
    right = {
        "17/01/2026": "2026-01-17", "17-01-2026": "2026-01-17", "17.01.2026": "2026-01-17", "7/1/2026": "2026-01-07",
        "17/01/26": "2026-01-17", "2026-01-17": "2026-01-17", "2026/01/17": "2026-01-17", "20260117": "2026-01-17",
        "17012026": "2026-01-17", "46039": "2026-01-17", "46039,75": "2026-01-17", "2026-01-17 10:30": "2026-01-17",
        "2026-01-17T00:00:00": "2026-01-17", "17/01/2026 00:00:00": "2026-01-17", "29/02/2024": "2024-02-29",
        "2026-01-17T23:30:00Z": "2026-01-17", "17 01 2026": "2026-01-17", "01/12/2026": "2026-12-01",
    }  # fmt: skip
    for text, day in right.items():
        yield _day(text, day)
    wrong = (
        "31/02/2026", "29/02/2026", "32/01/2026", "01/13/2026", "00/01/2026", "2026-13-01", "2026-02-30", "17/01",
        "2026",
        "17 janvier 2026", "17-Jan-26", "hier", "1/1/1", "17/01/0026", "17/01/3026", "1026-01-17", "99999999", "123",
        "17//01/2026", "17/01-2026", "１７/０１/２０２６", "2026-W03-6", "20260132", "-46039", "46039x", "0",
        "31/11/2026",
    )  # fmt: skip
    for text in wrong:
        yield _day(text, None)
    for text in ("", "00/00/0000", "0000-00-00"):
        yield _row(f"date {text!r}", f"M1;C1;{text};;5,00", "HUB-CSV-014")


def cells() -> Iterator[Case]:
    """Cells and rows that are cut, doubled, stuffed or poisoned."""
    yield _row("too few cells", "M1;C1;17/01/2026", "HUB-CSV-015")
    yield _row("too many cells", "M1;C1;17/01/2026;;5,00;x;y", "HUB-CSV-015")
    yield _row("final separators", "M1;C1;17/01/2026;;5,00;;;")
    yield _row("a separator in a text", "M1;C;1;17/01/2026;;5,00", "HUB-CSV-015")
    yield _row("one cell", "hello", "HUB-CSV-015")
    yield _row("no number", ";C1;17/01/2026;;5,00", "HUB-CSV-014")
    yield _row("no debtor", "M1;;17/01/2026;;5,00", "HUB-CSV-014")
    yield _row("NUL", b"M1;C1;17/01/2026;;5,\x0000", "HUB-CSV-016")
    for code in (0x01, 0x07, 0x08, 0x0B, 0x0C, 0x1A, 0x1B, 0x1C, 0x1E, 0x1F, 0x7F):
        yield _row(f"control 0x{code:02x}", b"M" + bytes([code]) + b"1;C1;17/01/2026;;5,00", "HUB-CSV-016")
    yield _row("carriage return in a cell", b"M1;C\r1;17/01/2026;;5,00", "HUB-CSV-016")
    yield _row("formula", "=HYPERLINK(1);C1;17/01/2026;;5,00", "HUB-CSV-021")
    yield _row("formula as text", '"=""00123""";C1;17/01/2026;;5,00', "HUB-CSV-021")
    yield _row("formula in the debtor", "M1;=cmd|' /C calc'!A0;17/01/2026;;5,00", "HUB-CSV-021")
    yield _row("plus and minus are no formulas", "+M1;-C1;17/01/2026;;5,00")
    yield _row("number in scientific notation", "1,23E+11;C1;17/01/2026;;5,00", "HUB-CSV-020")
    yield _row("debtor in scientific notation", "M1;1.23E+11;17/01/2026;;5,00", "HUB-CSV-020")
    yield _row("a number with an E", "12E45;C1;17/01/2026;;5,00")
    yield _row("quote never closed", 'M1;"C1;17/01/2026;;5,00', "HUB-CSV-018")
    yield _row("text after a quote", 'M1;"C1"x;17/01/2026;;5,00', "HUB-CSV-018")
    yield _row("quote in a text", 'M1;C"1;17/01/2026;;5,00')
    yield _row("quotes in a text", 'M1;C "1" a;17/01/2026;;5,00')
    yield _row("doubled quotes", 'M1;"C ""1""";17/01/2026;;5,00')
    yield _row("a line break in quotes", '"M1";"C\n1";17/01/2026;;5,00')
    yield _row("a CRLF in quotes", '"M1";"C\r\n1";17/01/2026;;5,00')
    yield _row("a separator in quotes", 'M1;"C;1";17/01/2026;;5,00')
    yield _row("a unicode line separator", "M1;C\u20281;17/01/2026;;5,00")
    yield _row("a next-line character", "M1;C\u00851;17/01/2026;;5,00")
    yield _row("a zero-width blank", "M1;C\u200b1;17/01/2026;;5,00")
    yield _row("text from right to left", "M1;\u202eC1;17/01/2026;;5,00")
    yield _row("an emoji", "M1;C🧾;17/01/2026;;5,00")
    yield _row("number too long", "M" * 151 + ";C1;17/01/2026;;5,00", "HUB-CSV-027")
    yield _row("debtor too long", "M1;" + "C" * 201 + ";17/01/2026;;5,00", "HUB-CSV-027")
    yield _row("a cell of 10 MB", b"M1;" + b"C" * 10_000_000 + b";17/01/2026;;5,00", "HUB-CSV-019")
    yield _row("a quoted cell of 10 MB", b'M1;"' + b"C" * 10_000_000 + b'";17/01/2026;;5,00', "HUB-CSV-019")
    yield _row("a cell of 200 KB", b"M1;" + b"C" * 200_000 + b";17/01/2026;;5,00", "HUB-CSV-019")
    yield _row("a thousand separators", b"M1" + b";" * 1_000, "HUB-CSV-014")
    yield _file("a million separators", f"{HEAD}\n{GOOD}\n{';' * 900_000}\n{LAST}\n", 2)
    yield _file("a million full cells", f"{HEAD}\n{GOOD}\n{';x' * 450_000}\n{LAST}\n", 2, "HUB-CSV-015")
    yield _row("ten thousand quotes", b'M1;"' + b'"' * 10_000 + b";x", "HUB-CSV-018")
    yield _row("bytes of another encoding", "M1;Café;17/01/2026;;5,00".encode("cp1252"))
    yield _file("blank lines", f"{HEAD}\n\n{GOOD}\n \n;;;;\n{LAST}\n\n\n", 2)
    yield _file("a total below", f"{HEAD}\n{GOOD}\n{LAST}\nTotal;;;;300,00\n", 2)
    yield _file("totals between", f"{HEAD}\n{GOOD}\nSous-total C1;;;;100,00\n{LAST}\nTOTAL GÉNÉRAL;;;;300,00\n", 2)
    yield _file("a total that names a document", f"{HEAD}\nTotal;C1;17/01/2026;;3,00\n{GOOD}\n", 2)
    yield _file("the header again", f"{HEAD}\n{GOOD}\n{HEAD}\n{LAST}\n", 2)


def columns() -> Iterator[Case]:
    """Types, currencies, open amounts, debit and credit."""
    typed = "number;debtor_id;issued_on;total;type;currency;open_amount"
    good = "G1;C1;15/01/2026;100,00;facture;EUR;100,00\n"

    def row(name: str, text: str, *codes: str) -> Case:
        return _file(name, f"{typed}\n{good}{text}\n", 1 if codes else 2, *codes)

    for word in (
        "Facture",
        "FA",
        "facture",
        "invoice",
        "380",
        "Fact.",
        "Avoir",
        "AV",
        "credit_note",
        "381",
        "Note de crédit",
    ):
        yield row(f"type {word}", f"M1;C1;17/01/2026;5,00;{word};EUR;")
    for word in ("proforma", "Devis", "BL", "acompte ?", "X", "…"):
        yield row(f"type {word}", f"M1;C1;17/01/2026;5,00;{word};EUR;", "HUB-CSV-023")
    for code in ("usd", "€", "JPY", "TND"):
        yield row(f"currency {code}", f"M1;C1;17/01/2026;5;;{code};")
    for code in ("FRF", "EURO.", "XXX", "12", "EU", "dollars", "ＥＵＲ"):
        yield row(f"currency {code}", f"M1;C1;17/01/2026;5,00;;{code};", "HUB-CSV-022")
    yield row("decimals that a currency lacks", "M1;C1;17/01/2026;5,50;;JPY;", "HUB-CSV-012")
    yield row("three decimals", "M1;C1;17/01/2026;5,505;;TND;")
    for text in ("0,00", "5,00", "2,50"):
        yield row(f"open {text}", f"M1;C1;17/01/2026;5,00;;EUR;{text}")
    for text in ("5,01", "-0,01", "-5,00", "1000,00"):
        yield row(f"open {text}", f"M1;C1;17/01/2026;5,00;;EUR;{text}", "HUB-CSV-024")
    yield row("credit note, both negative", "M1;C1;17/01/2026;-5,00;avoir;EUR;-5,00")
    yield row("credit note, open too large", "M1;C1;17/01/2026;-5,00;avoir;EUR;-6,00", "HUB-CSV-024")
    ledger = "Pièce;Compte tiers;Date;Libellé;Débit;Crédit\nG1;C1;15/01/2026;x;100,00;\n"
    for name, cells_, code in (
        ("debit", "5,00;", ""), ("credit", ";5,00", ""), ("both", "5,00;5,00", "HUB-CSV-025"),
        ("neither", ";", "HUB-CSV-025"), ("zero beside", "5,00;0,00", ""), ("letters", "x;", "HUB-CSV-012"),
    ):  # fmt: skip
        held = (code,) if code else ()
        yield _file(f"debit and credit: {name}", f"{ledger}M1;C1;17/01/2026;x;{cells_}\n", 1 if code else 2, *held)
    payouts = "payout_id;charge_id;gross;fee;net\np;c;10,00;1,00;9,00\np;d;10,00;1,00;8,00\n"
    yield _file("payout that does not add up", payouts, 1, "HUB-CSV-026", kind="payouts")
    yield _file("negative instalment", "invoice_number;due_on;amount\nF;31/01/2026;-1,00\nF;31/01/2026;1,00\n", 1,
                "HUB-CSV-012", kind="instalments")  # fmt: skip
    yield _file("receipt without a date", "receipt_id;received_on;amount\nr;;1,00\ns;31/01/2026;1,00\n", 1,
                "HUB-CSV-014", kind="receipts")  # fmt: skip
    yield _file("direction unknown", "received_on;amount;Sens\n31/01/2026;1,00;C\n31/01/2026;1,00;Z\n", 1,
                "HUB-CSV-025", kind="receipts")  # fmt: skip


def headers() -> Iterator[Case]:
    """Headers that lack, repeat, hide or lie."""
    body = f"\n{GOOD}\n{LAST}\n"
    yield _file("empty file", b"", 0, "HUB-CSV-002")
    yield _file("blank file", b"\n\n  \n;;;\n", 0, "HUB-CSV-002")
    yield _file("header only", HEAD, 0)
    yield _file("no header", f"{GOOD}\n{LAST}\n", 0, "HUB-CSV-001")
    yield _file("a required header lacks", "number;debtor_id;due_on;total" + body, 0, "HUB-CSV-001")
    yield _file("headers of another kind", "foo;bar;baz\n1;2;3\n", 0, "HUB-CSV-001")
    yield _file("a header twice", "number;debtor_id;issued_on;total;total" + body, 0, "HUB-CSV-009")
    yield _file("an ignored header twice", f"x;x;{HEAD}\n1;2;{GOOD}\n", 1)
    yield _file("title lines", f"Société ACME\nBalance au 30/06/2026\n\n{HEAD}{body}", 2)
    yield _file("titles with separators", f"ACME;;;;\n;;;;\nÉdité le;12/01/2026;;;\n{HEAD}{body}", 2)
    yield _file("header too far below", "x\n" * 60 + HEAD + body, 0, "HUB-CSV-001")
    yield _file("French headers", "N° Facture;CODE CLIENT;Date d’émission;Échéance;Net à payer" + body, 2)
    yield _file("spoilt accents", "No. facture;code  client;DATE FACTURE;echeance;Total T.T.C." + body, 2)
    yield _file(
        "told header absent", HEAD + body, 0, "HUB-CSV-010", settings={"columns": {"invoices": {"number": "Nope"}}}
    )
    yield _file("told header", "Foo;debtor_id;issued_on;due_on;total" + body, 2,
                settings={"columns": {"invoices": {"number": "foo"}}})  # fmt: skip
    yield _file("quoted headers", '"number";"debtor_id";"issued_on";"due_on";"total"' + body, 2)
    yield _file("a line break in a header", '"number";"debtor\nid";"issued_on";"due_on";"total"' + body, 2)
    yield _file("a header without end", '"number;debtor_id;issued_on;due_on;total' + body, 0, "HUB-CSV-001")
    yield _file("three thousand columns", ";".join(f"c{i}" for i in range(3_000)) + "\n", 0, "HUB-CSV-001")
    for mark, name in ((",", "comma"), ("\t", "tab"), ("|", "pipe")):
        text = f"{HEAD}\n{GOOD}\n{LAST}\n".replace(",", ".").replace(";", mark)
        yield _file(f"separated by {name}", text, 2)
    yield _file("separated by colons", f"{HEAD}{body}".replace(";", ":"), 0, "HUB-CSV-001")
    yield _file("told the wrong separator", HEAD + body, 0, "HUB-CSV-001", settings={"delimiter": "|"})


def encodings() -> Iterator[Case]:
    """Encodings: told, found, mixed, broken."""
    text = f"{HEAD}\n{GOOD}\nÉ1;Café Müller œuvre;17/01/2026;;5,00\n{LAST}\n"
    for name in ("utf-8", "utf-8-sig", "cp1252"):
        yield _file(f"written in {name}", text.encode(name), 3)
    for name in ("cp850", "iso-8859-15", "mac-roman"):
        plain = text if name != "cp850" else text.replace("œ", "oe")
        yield _file(f"{name}, told", plain.encode(name), 3, settings={"encoding": name})
    yield _file(
        "cp850, not told",
        f"{HEAD}\nM1;Soci\x82t\x82 g\x82n\x82rale;17/01/2026;;5,00\n".encode("latin-1"),
        0,
        "HUB-CSV-005",
    )
    yield _file("utf-16", text.encode("utf-16"), 0, "HUB-CSV-005")
    yield _file("utf-16 without mark", text.encode("utf-16-le"), 0, "HUB-CSV-011")
    yield _file("utf-8 with one damaged row", text.encode() + b"M9;Caf\xe9;17/01/2026;;5,00\n", 3, "HUB-CSV-017")
    mixed = (
        text.encode("cp1252")
        + "M8;Père Noël;17/01/2026;;5,00\n".encode("cp1252")
        + "M9;Café;17/01/2026;;5,00\n".encode()
    )
    yield _file("cp1252 with one row of utf-8", mixed, 4, "HUB-CSV-017")
    yield _file("an undefined byte", text.encode("cp1252") + b"M9;C\x811;17/01/2026;;5,00\n", 3, "HUB-CSV-017")
    late = f"{HEAD}\n" + "".join(f"N{i};C1;15/01/2026;;1,00\n" for i in range(12_000))
    yield _file("a late cp1252 byte", late.encode() + "M9;Café;17/01/2026;;5,00\n".encode("cp1252"), 12_001)
    yield _file("told utf-8, is not", text.encode("cp1252"), 2, "HUB-CSV-017", settings={"encoding": "utf-8"})
    yield _file("overlong utf-8", f"{HEAD}\n{GOOD}\n".encode() + b"M1;C\xc0\xaf;17/01/2026;;5,00\n", 2)
    surrogates = f"{HEAD}\n{GOOD}\nÉ;É;17/01/2026;;1,00\n".encode() + b"M1;C\xed\xa0\x80;17/01/2026;;5,00\n"
    yield _file("surrogates in utf-8", surrogates, 2, "HUB-CSV-017")
    yield _file("a mark in the middle", f"{HEAD}\n{GOOD}\n\ufeff{LAST}\n", 2)
    yield _file("CRLF", text.replace("\n", "\r\n").encode(), 3)
    yield _file("CR only", text.replace("\n", "\r").encode(), 0, "HUB-CSV-011")
    yield _file("no final line break", f"{HEAD}\n{GOOD}\n{LAST}", 2)
    yield _file("cut in the middle of a row", f"{HEAD}\n{GOOD}\nM1;C1;17/0", 1, "HUB-CSV-015")
    yield _file(
        "cut in the middle of a letter", f"{HEAD}\n{GOOD}\nÉ;É;17/01/2026;;1,00\nM1;É".encode()[:-1], 2, "HUB-CSV-017"
    )


def doubts() -> Iterator[Case]:
    """Files that can be read in two ways."""
    two = "number;debtor_id;issued_on;total"
    yield _file("1.234 alone", f"{two}\nA;C;13/01/2026;1.234\nB;C;13/01/2026;5.678\n", 0, "HUB-CSV-003")
    yield _file("1,234 alone", f"{two}\nA;C;13/01/2026;1,234\n", 0, "HUB-CSV-003")
    yield _file("1.234, told", f"{two}\nA;C;13/01/2026;1.234\n", 1, settings={"decimal": ","})
    yield _file("1.234, another column decides", f"{two};tax\nA;C;13/01/2026;1.234;5,50\n", 1)
    late = "".join(f"A{i};C;13/01/2026;1.234\n" for i in range(20_000))
    yield _file("1.234, a late row decides", f"{two}\n{late}Z;C;13/01/2026;1,50\n", 20_001)
    yield _file("month first, proven", f"{two}\nA;C;01/13/2026;1,00\nB;C;02/14/2026;1,00\nC;C;03/04/2026;1,00\n", 3)
    yield _file("both orders", f"{two}\nA;C;13/01/2026;1,00\nB;C;01/14/2026;1,00\n", 0, "HUB-CSV-004")
    yield _file("month first by one of many", f"{two}\n" + "A;C;01/02/2026;1,00\n" * 1 + "".join(
        f"B{i};C;0{i}/0{i}/2026;1,00\n" for i in range(1, 10)) + "C;C;01/14/2026;1,00\n", 0, "HUB-CSV-004")  # fmt: skip
    yield _file("order open", f"{two}\nA;C;03/04/2026;1,00\n", 1)
    yield _file("six digits open", f"{two}\nA;C;010203;1,00\n", 0, "HUB-CSV-004")
    yield _file("six digits, told", f"{two}\nA;C;010203;1,00\n", 1, settings={"date_format": "ddmmyy"})
    yield _file("six digits, proven", f"{two}\nA;C;310132;1,00\nB;C;010226;1,00\n", 2)


def archives() -> Iterator[Case]:
    """Archives and documents that pretend to be tables."""
    text = f"{HEAD}\n{GOOD}\n{LAST}\n".encode()
    yield _file("gzip", gzip.compress(text), 2, file="t.csv.gz")
    yield _file("gzip, cut", gzip.compress(text * 50)[:60], 0, "HUB-CSV-007", file="t.csv.gz")
    yield _file("gzip, is none", text, 0, "HUB-CSV-007", file="t.csv.gz")
    yield _file("a line without end", b"0" * 70_000_000, 0, "HUB-CSV-006")
    yield _file("gzip bomb", gzip.compress(b"0" * 120_000_000, 9), 0, "HUB-CSV-006", file="t.csv.gz")
    yield _file("zip", _zip({"a.csv": text}), 2, file="t.zip")
    yield _file("zip of two", _zip({"a.csv": text, "b.csv": text.replace(b"G", b"H")}), 4, file="t.zip")
    yield _file("zip with litter", _zip({"a.csv": text, "__MACOSX/._a.csv": b"\0", ".DS_Store": b"x"}), 2, file="t.zip")
    yield _file("zip that climbs out", _zip({"../../etc/a.csv": text}), 0, "HUB-CSV-007", file="t.zip")
    nameless = _zip({"NAMELESS": text, "a.csv": text}).replace(b"NAMELESS", b"\0AMELESS")
    yield _file("zip with a member without a name", nameless, 2, "HUB-CSV-007", file="t.zip")
    yield _file("zip with an absolute name", _zip({"/etc/a.csv": text}), 0, "HUB-CSV-007", file="t.zip")
    yield _file("zip with a drive", _zip({"C:\\a.csv": text}), 0, "HUB-CSV-007", file="t.zip")
    yield _file("zip bomb", _zip({"a.csv": b"0" * 120_000_000}), 0, "HUB-CSV-006", file="t.zip")
    yield _file("zip, cut", _zip({"a.csv": text * 40})[:80], 0, "HUB-CSV-007", file="t.zip")
    yield _file("zip, is none", text, 0, "HUB-CSV-007", file="t.zip")
    yield _file("empty zip", _zip({}), 0, file="t.zip")
    yield _file("zip of a zip", _zip({"a.zip": _zip({"a.csv": text})}), 0, "HUB-CSV-011", file="t.zip")
    for magic, name in ((b"%PDF-1.7\n", "pdf"), (b"PK\x03\x04", "office"), (b"\x89PNG\r\n", "png"), (b"<html>", "html"),
                        (b"<?xml version='1.0'?>", "xml"), (b"\xd0\xcf\x11\xe0", "old office")):  # fmt: skip
        yield _file(f"{name} under another name", magic + text, 0, "HUB-CSV-011")
    yield _file("random bytes", bytes((i * 7919 + i // 251) % 256 for i in range(50_000)), 0, "*")
    yield _file("zeros", b"\0" * 50_000, 0, "HUB-CSV-011")
    for suffix in ("xlsx", "ods", "xls"):
        yield _file(f"{suffix}, is text", text, 0, "HUB-CSV-008", file=f"t.{suffix}")
        yield _file(f"{suffix}, empty", b"", 0, "HUB-CSV-008", file=f"t.{suffix}")
    yield _file("xlsx, a zip of something else", _zip({"a.csv": text}), 0, "HUB-CSV-008", file="t.xlsx")
    yield _file("xlsx bomb", _zip({"xl/worksheets/sheet1.xml": b"0" * 120_000_000}), 0, "HUB-CSV-006", file="t.xlsx")


def _zip(members: dict[str, bytes]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return memory.getvalue()


def cases() -> list[Case]:
    """All of them."""
    families = (amounts, dates, cells, columns, headers, encodings, doubts, archives)
    return [case for family in families for case in family()]
