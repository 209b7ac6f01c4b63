"""Hostile files of our own making, by name: every one is read correctly, held or refused, with words."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

from tests.unit.plugins.bank_statements.made import (
    CAMT_TAIL,
    IBAN,
    OWN,
    Mv,
    camt,
    camt_head,
    cfonb,
    entry,
    record,
    text,
)

DAY = date(2026, 4, 7)
MOVES = [Mv(DAY, 45000, "VIR LEROY", [("LIB", "FACT 1")], ref="R1"), Mv(DAY, -700, "FRAIS", code="62")]
CFONB = text(cfonb(MOVES, 1000, DAY, DAY))
CAMT = camt(MOVES, 1000, DAY, DAY, version=8)
MT940 = (OWN / "mt940_pages.sta").read_bytes()
OFX = (OWN / "ofx1_french.ofx").read_bytes()
QIF = (OWN / "bank.qif").read_bytes()
GOOD = {"cfonb": CFONB, "camt": CAMT, "mt940": MT940, "ofx": OFX, "qif": QIF}


def cases() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each case."""
    yield from _whole_files()
    for name, data in GOOD.items():
        yield from _spoilt(name, data)
    yield from _cfonb()
    yield from _camt()
    yield from _mt940()
    yield from _ofx()
    yield from _qif()
    yield from _proofs()


def _proofs() -> Iterator[tuple[str, bytes]]:
    """Statements that are hard to place beside one another."""
    day = date(2026, 4, 7)
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    idle = [Mv(day, 0, "INFO")] * 4_000
    yield "proof: 4,000 movements of nothing, twice", text([*cfonb(idle, 0, before, day), *cfonb(idle, 0, before, day)])
    yield (
        "proof: 4,000 movements of nothing, and one more",
        text([*cfonb(idle, 0, before, day), *cfonb([*idle, Mv(day, 5)], 0, before, day)]),
    )
    swing = [Mv(day, 100), Mv(day, -100)] * 2_000
    yield (
        "proof: 2,000 swings in three overlapping pieces",
        text([*cfonb(swing[:3_000], 0, day, day), *cfonb(swing[1_000:], 0, day, day), *cfonb(swing, 0, day, day)]),
    )
    yield (
        "proof: 1,500 statements of one day",
        text(line for n in range(1_500) for line in cfonb([Mv(day, 1, "A")], n, day, day)),
    )
    yield (
        "proof: 800 statements of one day, last first",
        text(line for n in reversed(range(800)) for line in cfonb([Mv(day, 1, "A")], n, day, day)),
    )
    yield "proof: 1,000 empty statements", text(line for _ in range(1_000) for line in cfonb([], 5, day, day))
    yield (
        "proof: 300 statements that contradict the first",
        text(line for n in range(300) for line in cfonb([Mv(day, n + 1, "A")], 0, before, day)),
    )
    yield "proof: opens after it closes", text(cfonb([Mv(day, 1)], 0, after, day))
    yield (
        "proof: years apart",
        text([*cfonb([Mv(day, 1)], 0, date(1960, 1, 1), day), *cfonb([], 1, day, date(2059, 1, 1))]),
    )
    yield (
        "proof: movements booked in other centuries",
        text(
            [
                *cfonb([Mv(date(1961, 1, 1), 1), Mv(date(2058, 1, 1), 1)], 0, before, day),
                *cfonb([Mv(date(1961, 1, 1), 1)], 2, day, after),
            ]
        ),
    )
    good = camt([Mv(day, 45000, "A"), Mv(day, 500, "B")], 0, day, day, version=8)
    yield "proof: account of 5,000 characters", good.replace(IBAN.encode(), b"FR76" + b"1" * 5_000, 1)
    yield (
        "proof: balances beyond 64 bits",
        good.replace(b"'EUR'>0<", b"'EUR'>92233720368547758.07<", 1).replace(
            b"'EUR'>455<", b"'EUR'>92233720368548213.07<", 1
        ),
    )
    yield (
        "proof: number of odd characters",
        good.replace(b"<ElctrncSeqNb>1<", "<ElctrncSeqNb>1\n\u0085\u202e<".encode(), 1),
    )
    yield (
        "proof: number of 100,000 characters",
        good.replace(b"<ElctrncSeqNb>1<", b"<ElctrncSeqNb>%s<" % (b"9" * 100_000), 1),
    )
    for amount in ("", "x", "-5", "9" * 400):
        paid = f"<RfrdDocAmt><RmtdAmt Ccy='EUR'>{amount}</RmtdAmt></RfrdDocAmt>"
        line = f"<Strd><RfrdDocInf><Nb>F1</Nb></RfrdDocInf>{paid}</Strd>"
        yield f"remittance line: amount {amount[:9]!r}", good.replace(b"<RmtInf>", b"<RmtInf>" + line.encode(), 1)
    for number in ("", " ", "F" * 5_000, "F\u0085", "é" * 200):
        line = f"<Strd><RfrdDocInf><Nb>{number}</Nb></RfrdDocInf></Strd>"
        yield f"remittance line: number {number[:9]!r}", good.replace(b"<RmtInf>", b"<RmtInf>" + line.encode(), 1)
    many = "<Strd><RfrdDocInf><Nb>F1</Nb></RfrdDocInf></Strd>" * 5_000
    yield "remittance line: 5,000 of them", good.replace(b"<RmtInf>", b"<RmtInf>" + many.encode(), 1)


def _whole_files() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "blanks", b" \n\t\r\n" * 100
    yield "one byte", b"\x00"
    yield "nul bytes", b"\x00" * 5000
    yield "all bytes", bytes(range(256)) * 20
    yield "gzip", gzip.compress(CFONB)
    yield "gzip bomb", gzip.compress(b"0" * 5_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../escape.txt", CFONB)
    yield "zip that climbs out", packed.getvalue()
    yield from {
        "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj",
        "png": b"\x89PNG\r\n\x1a\n",
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "html": b"<!DOCTYPE html><html><body>Session expired</body></html>",
        "html without doctype": b"<html><body>404</body></html>",
        "pain.001": b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'><CstmrCdtTrfInitn/></Document>",
        "pain.008": b"<Document><CstmrDrctDbtInitn/></Document>",
        "ubl": b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>",
        "csv": b"date;libelle;montant\n01/02/2026;VIR;12,00\n",
        "fec": b"JournalCode\tJournalLib\tEcritureNum\nBQ\tBANQUE\t1\n",
        "cfonb 240": (b"31" + b"0" * 238 + b"\n") * 3,
        "cfonb 160": (b"03" + b"0" * 158 + b"\n") * 3,
        "mt942": b":20:X\n:25:ACC\n:28C:1\n:34F:EUR0,\n:13D:2604071200+0200\n:61:260407C1,NTRFX\n-\n",
        "json": b'{"movements": [1, 2]}',
        "long line of nothing": b"A" * 3_000_000,
        "sqlite": b"SQLite format 3\x00" + b"\x00" * 100,
        "pem": b"-----BEGIN PRIVATE KEY-----\nAAAA\n",
        "only a bom": b"\xef\xbb\xbf",
        "utf-16 bom alone": b"\xff\xfe",
    }.items()

    yield "xml of unclosed instructions", b"<" + b"<?" * 32_000
    yield "xml of unclosed comments", b"<a>" + b"<!--" * 16_000


def _spoilt(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Faults of transport, on each format."""
    size = len(data)
    for quarter in (1, 2, 3):
        yield f"{name}: cut after {quarter} quarters", data[: size * quarter // 4]
    yield f"{name}: last byte lost", data.rstrip()[:-1]
    yield f"{name}: first byte lost", data[1:]
    yield f"{name}: nul inside", data[: size // 2] + b"\x00" + data[size // 2 :]
    yield f"{name}: escape inside", data.replace(b"FACT", b"FA\x1b[2J", 1)
    yield f"{name}: bell inside", data.replace(b"FACT", b"FA\x07T", 1)
    yield f"{name}: bad utf-8 inside", data.replace(b"FACT", b"FA\xc3\x28", 1)
    yield f"{name}: utf-8 with bom", b"\xef\xbb\xbf" + data
    yield f"{name}: utf-16", data.decode("latin-1").encode("utf-16")
    yield f"{name}: utf-16 big endian without bom", data.decode("latin-1").encode("utf-16-be")
    yield f"{name}: utf-32", data.decode("latin-1").encode("utf-32")
    yield f"{name}: twice in one file", data + data
    yield f"{name}: carriage returns only", data.replace(b"\r", b"").replace(b"\n", b"\r")
    yield f"{name}: blank lines", data.replace(b"\n", b"\r\n\r\n")
    yield f"{name}: binary tail", data + b"\x00\xff\x1a" * 100
    yield f"{name}: end of file mark", data + b"\x1a"
    yield f"{name}: text of 200,000 characters", data.replace(b"FACT", b"F" * 200_000, 1)
    yield f"{name}: field of 10 MB", data.replace(b"FACT", b"F" * 10_000_000, 1)
    yield f"{name}: backwards", data[::-1]
    yield f"{name}: capitals", data.upper()
    yield f"{name}: small letters", data.lower()


def _cfonb() -> Iterator[tuple[str, bytes]]:
    good = cfonb(MOVES, 1000, DAY, DAY)
    amount = good[1][90:104]

    def with_amount(new: str) -> bytes:
        return text([good[0], good[1][:90] + new + good[1][104:], *good[2:]])

    for new in (
        "0000000004500 ",
        "              ",
        "0000000004500x",
        "-000000004500{",
        "0000000045,00{",
        "1e00000000000{",
    ):
        yield f"cfonb: amount {new!r}", with_amount(new)
    yield "cfonb: amount in other digits", CFONB.replace(amount.encode(), amount.replace("0", "٠").encode())
    for new in ("310226", "000000", "999999", "      ", "0704 6", "ABCDEF"):
        yield f"cfonb: booking date {new!r}", text([good[0], good[1][:34] + new + good[1][40:], *good[2:]])
        yield f"cfonb: value date {new!r}", text([good[0], good[1][:42] + new + good[1][48:], *good[2:]])
        yield f"cfonb: opening date {new!r}", text([good[0][:34] + new + good[0][40:], *good[1:]])
    for new in ("XXX", "   ", "eur", "ZZZ"):
        yield f"cfonb: currency {new!r}", text([line[:16] + new + line[19:] for line in good])
    for new in (" ", "9", "x", "4"):
        yield f"cfonb: decimals {new!r}", text([line[:19] + new + line[20:] for line in good])
    yield "cfonb: lone 05", text([good[2]])
    yield "cfonb: 05 after 01", text([good[0], good[2], *good[1:]])
    yield "cfonb: two 01", text([good[0], *good])
    yield "cfonb: two 07", text([*good, good[-1]])
    yield "cfonb: lone 07", text([good[-1]])
    yield "cfonb: lone 01", text([good[0]])
    yield "cfonb: record 06", text([good[0], "06" + good[1][2:], *good[1:]])
    yield "cfonb: other account inside", text([good[0], good[1][:21] + "99999999999" + good[1][32:], *good[2:]])
    yield "cfonb: balance one cent off", text([*good[:-1], record("07", DAY, "0000000004530A")])
    yield "cfonb: line of 130", text([good[0], good[1] + "0123456789", *good[2:]])
    yield "cfonb: 05 without qualifier", text([good[0], good[1], "05", *good[2:]])
    yield "cfonb: MMO of nonsense", text([good[0], good[1], good[2][:45] + "MMOUSDx99", *good[3:]])
    yield "cfonb: 50,000 details", text([good[0], good[1], *[good[2]] * 50_000, *good[3:]])
    yield "cfonb: 50,000 long details", text([good[0], good[1], *[good[2].replace(" ", "x")] * 50_000, *good[3:]])
    yield (
        "cfonb: 5,000 statements",
        text([record("01", DAY, "0000000000000{"), record("07", DAY, "0000000000000{")] * 5_000),
    )
    yield "cfonb: largest amount", text(cfonb([Mv(DAY, 10**14 - 1)], 0, DAY, DAY))
    yield "cfonb: formula", text(cfonb([Mv(DAY, 100, '=HYPERLINK("http://x")')], 0, DAY, DAY))
    yield "cfonb: control characters of latin-1", text([good[0], good[1].replace("VIR", "V\x85R"), *good[2:]])


def _camt() -> Iterator[tuple[str, bytes]]:
    head = camt_head(0, DAY, 45000, DAY, version=8)
    one = entry(Mv(DAY, 45000, "LEROY", [("", "FACT 1")], ref="R1"), version=8)

    def doc(*entries: str, start: str = head, tail: str = CAMT_TAIL) -> bytes:
        return (start + "".join(entries) + tail).encode()

    bomb = '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    yield "camt: billion laughs", (bomb + "]>" + head.partition("\n")[2]).encode()
    yield "camt: external entity", doc(one, start='<!DOCTYPE z SYSTEM "file:///etc/passwd">' + head.partition("\n")[2])
    yield "camt: doctype after 70,000 blanks", doc(one, start=" " * 70_000 + "<!DOCTYPE z>" + head.partition("\n")[2])
    yield (
        "camt: comment of 70,000 then doctype",
        doc(one, start=f"<!--{'x' * 70_000}--><!DOCTYPE z [<!ENTITY a 'b'>]>" + head.partition("\n")[2]),
    )
    yield "camt: undefined entity", doc(one.replace("FACT", "&xxe;"))
    yield "camt: deep nesting", doc(one, "<Ntry>" + "<a>" * 5000 + "</a>" * 5000 + "</Ntry>")
    yield "camt: depth 200 in an entry", doc(one.replace("<RmtInf>", "<RmtInf>" + "<a>" * 200 + "</a>" * 200))
    yield "camt: another namespace", doc(one).replace(b"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08", b"urn:x")
    yield "camt: version 99", doc(one).replace(b"001.08", b"001.99")
    yield "camt: declared latin-1, is utf-8", doc(one.replace("LEROY", "Béton")).replace(b"UTF-8", b"ISO-8859-1")
    yield "camt: declared utf-8, is latin-1", doc(one.replace("LEROY", "B#ton")).replace(b"#", b"\xe9")
    yield "camt: declared unknown", doc(one).replace(b"UTF-8", b"KLINGON")
    yield "camt: declared utf-16", doc(one).replace(b"UTF-8", b"UTF-16")
    for amount in (
        "",
        "-450.00",
        "450,00",
        "4.5E2",
        "NaN",
        "Infinity",
        "450.001",
        "9" * 1_000_000,
        "0x1C2",
        "٤٥٠",
        " 450 ",
    ):
        yield f"camt: amount {amount[:12]!r}", doc(one.replace(">450<", f">{amount}<"))
    yield "camt: 1e6 decimals", doc(one.replace(">450<", ">450." + "0" * 1_000_000 + "<"))
    for day in ("", "2026-02-30", "07/04/2026", "2026-04-07garbage", "20260407", "0000-00-00", "99999-01-01"):
        yield f"camt: booking date {day!r}", doc(one.replace(f"<BookgDt><Dt>{DAY}", f"<BookgDt><Dt>{day}"))
    for mark in ("", "CRED", "crdt", "C"):
        yield f"camt: mark {mark!r}", doc(one.replace("<CdtDbtInd>CRDT", f"<CdtDbtInd>{mark}", 1))
    for status in ("", "PDNG", "INFO", "FUTR", "BOOKED", "book"):
        yield f"camt: status {status!r}", doc(one.replace("<Cd>BOOK</Cd>", f"<Cd>{status}</Cd>"))
    yield "camt: no currency", doc(one.replace("<Ntry><Amt Ccy='EUR'>", "<Ntry><Amt>"))
    yield "camt: currency of nonsense", doc(one.replace("<Ntry><Amt Ccy='EUR'>", "<Ntry><Amt Ccy='E&lt;R'>"))
    yield "camt: foreign entry", doc(one.replace("<Ntry><Amt Ccy='EUR'>", "<Ntry><Amt Ccy='USD'>"))
    yield "camt: no account", doc(one).replace(b"<Acct>", b"<Acc>").replace(b"</Acct><Ccy>", b"</Acc><Ccy>")
    yield "camt: no account at all", doc(one, start=head[: head.index("<Acct>")] + head[head.index("</Acct>") + 7 :])
    yield "camt: balance garbled", doc(one, start=head.replace(">450<", ">4x0<"))
    yield "camt: balance off", doc(one, one)
    yield "camt: no entries", doc(start=camt_head(0, DAY, 0, DAY))
    yield (
        "camt: entries outside a statement",
        doc(one, start=head.replace("<Stmt>", "<Other>"), tail="</Other></BkToCstmrStmt></Document>"),
    )
    yield "camt: entry in an entry", doc(one.replace("<NtryDtls>", one + "<NtryDtls>"))
    yield "camt: statement in a statement", doc(one, head[head.index("<Stmt>") :], one, "</Stmt>")
    yield (
        "camt: details of another currency",
        doc(one.replace("</TxDtls>", "</TxDtls><TxDtls><Amt Ccy='XXX'>1</Amt></TxDtls>")),
    )
    details = "".join(f"<TxDtls><Amt Ccy='EUR'>{n}</Amt></TxDtls>" for n in (400, 50))
    batch = one[: one.index("<NtryDtls>")] + "<NtryDtls>" + details + "</NtryDtls></Ntry>"
    yield (
        "camt: a batch with 20,000 names around it",
        doc(batch.replace("<NtryDtls>", "".join(f"<a{n}/>" for n in range(20_000)) + "<NtryDtls>")),
    )
    yield "camt: 1,000 batches of two", doc(*[batch] * 1000, start=camt_head(0, DAY, 45000 * 1000, DAY, version=8))
    yield (
        "camt: a batch of 6,000 that adds up",
        doc(
            one.replace(">450<", ">6000<", 1).replace(
                one[one.index("<NtryDtls>") : one.index("</Ntry>")],
                "<NtryDtls>" + f"<TxDtls><Amt Ccy='EUR'>1</Amt><A>{'x' * 700}</A></TxDtls>" * 6000 + "</NtryDtls>",
            ),
            start=camt_head(0, DAY, 600000, DAY, version=8),
        ),
    )
    yield (
        "camt: a batch of 6,000 that does not add up",
        doc(
            one.replace(
                one[one.index("<NtryDtls>") : one.index("</Ntry>")],
                "<NtryDtls>" + f"<TxDtls><Amt Ccy='EUR'>1</Amt><A>{'x' * 700}</A></TxDtls>" * 6000 + "</NtryDtls>",
            )
        ),
    )
    yield "camt: 20,000 details", doc(one.replace("<NtryDtls>", "<NtryDtls>" + "<TxDtls/>" * 20_000))
    yield (
        "camt: 100,000 attributes",
        doc(one.replace("<Ntry>", "<Ntry " + " ".join(f"a{n}='1'" for n in range(100_000)) + ">")),
    )
    yield "camt: junk of 6 MB between entries", doc(one, "<Foo/>" * 1_000_000)
    yield "camt: processing instructions", doc("<?php system('x') ?>" * 1000, one)
    yield "camt: CDATA", doc(one.replace("FACT 1", "<![CDATA[<FACT> & 1]]>"))
    yield (
        "camt: prefixes",
        doc(one)
        .replace(b"<", b"<n:")
        .replace(b"<n:/", b"</n:")
        .replace(b"<n:?", b"<?")
        .replace(b"xmlns=", b"xmlns:n="),
    )
    yield (
        "camt: own file included",
        doc(one, "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>"),
    )
    yield "camt: NUL as reference", doc(one.replace("FACT", "&#0;"))
    yield "camt: C1 control as reference", doc(one.replace("FACT", "&#x85;&#x9b;"))
    yield "camt: right-to-left override", doc(one.replace("FACT", "\u202e1TCAF"))
    yield "camt: name of 600 characters", doc(one.replace("LEROY", "L" * 600))


def _mt940() -> Iterator[tuple[str, bytes]]:
    def block(line: str, told: str = "X", opening: str = "C260406EUR0,", closing: str = "C260407EUR450,") -> bytes:
        return f":20:A\n:25:ACC\n:28C:1\n:60F:{opening}\n:61:{line}\n:86:{told}\n:62F:{closing}\n-\n".encode()

    for line in (
        "", "260407", "2604070407C", "260407C450,NTRF", "260407X450,NTRF", "260407C4,5,0NTRF", "260431C450,NTRFX",
        "2604071399C450,NTRFX", "260230C450,NTRFX", "260407C" + "9" * 5000 + ",NTRFX", "260407C450,", "C450,NTRFX",
        "260407RC450,NTRFX", "260407CR450,NTRFX//B", "260407C450.00NTRFX", "260407C450,001NTRFX", "260407c450,ntrfx",
    ):  # fmt: skip
        yield f"mt940: line {line[:24]!r}", block(line)
    for opening in (
        "",
        "X260406EUR0,",
        "C260431EUR0,",
        "C260406XXX0,",
        "C260406EUR",
        "C260406EUR1,00,0",
        "D260406JPY0,5",
    ):
        yield f"mt940: opening {opening!r}", block("260407C450,NTRFX", opening=opening)
    for told in ("?", "166?", "166?20", "166?99?20EREF+", "/EREF/", "/EREF//REMI/", "?20" * 20_000, "EREF+" * 20_000):
        yield f"mt940: text {told[:20]!r}", block("260407C450,NTRFX", told)
    yield "mt940: 61 alone", b":61:260407C450,NTRFX\n"
    yield "mt940: 86 before 61", b":20:A\n:25:B\n:60F:C260406EUR0,\n:86:X\n:62F:C260406EUR0,\n-\n"
    yield "mt940: no account", block("260407C450,NTRFX").replace(b":25:ACC", b":25:")
    yield "mt940: dashes", b":20:A\n" + b"-\n" * 10_000


def _ofx() -> Iterator[tuple[str, bytes]]:
    for amount in ("", "1,234", "1.234,56", "1,2,3", "--5", "12OO", "9" * 10_000, "1e5", "+-1"):
        yield f"ofx: amount {amount[:12]!r}", OFX.replace(b"+1250,00", amount.encode())
    for day in ("", "20260231", "2026", "20260407120000[-5:EST]", "yesterday"):
        yield f"ofx: date {day!r}", OFX.replace(b"<DTPOSTED>20260407", b"<DTPOSTED>" + day.encode())
    yield "ofx: no currency", OFX.replace(b"<CURDEF>EUR", b"<CURDEF>")
    yield "ofx: no account", OFX.replace(b"BANKACCTFROM", b"NOTHING")
    yield "ofx: doctype", b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + OFX[OFX.index(b"<OFX>") :]
    yield "ofx: charset of nonsense", OFX.replace(b"1252", b"KLINGON")
    yield "ofx: 100,000 open tags", OFX.replace(b"<STMTTRN>", b"<A>" * 100_000 + b"<STMTTRN>", 1)
    yield "ofx: statements never closed", OFX.replace(b"</STMTRS>", b"<STMTRS>" * 1000)
    yield "ofx: entities", OFX.replace(b"DUPONT", b"&#0;&#x85;&bogus;&lt;")
    yield "ofx: 200,000 unclosed CDATA", OFX.replace(b"VIR DUPONT", b"<A><![CDATA[" * 200_000)
    yield "ofx: unclosed CDATA", OFX.replace(b"VIR DUPONT", b"<![CDATA[VIR")


def _qif() -> Iterator[tuple[str, bytes]]:
    for day in ("", "32/01/2026", "01-13-2026", "1/1'6", "2026", "0/0/0", "9999/99/99"):
        yield f"qif: date {day!r}", QIF.replace(b"D07/04/2026", b"D" + day.encode())
    for amount in ("", "1,234", "x", "1.2.3"):
        yield f"qif: amount {amount!r}", QIF.replace(b"T1,250.00", b"T" + amount.encode())
    yield "qif: investments", QIF.replace(b"!Type:Bank", b"!Type:Invst")
    yield "qif: no end", QIF.replace(b"^", b"")
    yield "qif: only ends", b"!Type:Bank\n" + b"^\n" * 10_000
    yield "qif: accounts", b"!Account\nNCompte\nTBank\n^\n" + QIF
