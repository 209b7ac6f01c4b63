"""Rules of the formats, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.plugins.bank_statements.cfonb import OVERPUNCH, units_of
from hub.plugins.bank_statements.mt940_line import amount_of, day_of, line_of
from hub.sdk.records import BankStatement, Disbursement, Receipt
from hub.sdk.testing import read_records
from tests.unit.plugins.bank_statements.made import (
    CAMT_TAIL,
    DEBIT,
    OWN,
    SHARED,
    Mv,
    camt,
    camt_head,
    cfonb,
    date,
    entry,
    overpunched,
    source,
    text,
)

DAY = date(2026, 4, 7)


def read(tmp_path: Path, data: bytes, **settings: Any) -> list[Any]:
    """Records, or the code of the refusal, of each movement of one file."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / "file").write_bytes(data)
    found: list[Any] = []
    for one in read_records(source(folder, **settings)):
        found += [one.rejected.code] if one.rejected else one.records
    return [one for one in found if not isinstance(one, BankStatement)]


@pytest.mark.parametrize(("written", "units"), [("0000000166956E", 1669565), ("0000000000227R", -2279)])
def test_overpunched_amounts_of_the_specification(written: str, units: int) -> None:
    """formats.md §4.1: the last character gives the last digit and the sign."""
    assert units == units_of(written)


def test_the_overpunch_table_is_whole() -> None:
    """Ten digits for each sign, and é and è for 0."""
    assert 22 == len(OVERPUNCH)
    assert [-int(f"1{digit}") for digit in range(10)] == [units_of("0000000000001" + char) for char in DEBIT]


@pytest.mark.parametrize(
    ("currency", "places", "units", "minor"),
    [
        ("EUR", "2", 1250, 1250),
        ("EUR", "3", 12500, 1250),
        ("EUR", "0", 12, 1200),
        ("JPY", "2", 120000, 1200),
        ("TND", "3", 1250, 1250),
    ],
)
def test_decimals_are_those_of_the_record(tmp_path: Path, currency: str, places: str, units: int, minor: int) -> None:
    """Position 20 gives the decimals; the amount is exact in the currency's own unit."""
    [record] = read(tmp_path, text(cfonb([Mv(DAY, units)], 0, DAY, DAY, currency=currency, places=places)))
    assert (minor, currency) == (record.amount_minor, record.currency)


def test_an_amount_finer_than_its_currency_is_not_rounded(tmp_path: Path) -> None:
    """12.505 EUR cannot be: the statement is held."""
    assert ["HUB-BANK-021"] == read(tmp_path, text(cfonb([Mv(DAY, 12505), Mv(DAY, 5)], 0, DAY, DAY, places="3")))


def test_an_impossible_booking_date_holds_its_movement_alone(tmp_path: Path) -> None:
    """The balance is proved, so the neighbours pass."""
    lines = cfonb([Mv(DAY, 100, "A"), Mv(DAY, 200, "B")], 0, DAY, DAY)
    lines[1] = lines[1][:34] + "310226" + lines[1][40:]
    code, good = read(tmp_path, text(lines))
    assert ("HUB-BANK-031", 200) == (code, good.amount_minor)


def test_a_return_carries_its_reason(tmp_path: Path) -> None:
    """An unpaid direct debit is a disbursement with the bank's reason and the debtor's name."""
    mv = Mv(DAY, -32000, "PRLV REJETE", [("NPY", "GARAGE PETIT")], code="10", reason="64")
    [record] = read(tmp_path, text(cfonb([mv], 0, DAY, DAY)))
    assert isinstance(record, Disbursement)
    assert ("64", "GARAGE PETIT", "direct_debit") == (record.return_reason, record.payee_name, record.method)


@pytest.mark.parametrize(
    ("code", "reason", "minor", "said"),
    [
        ("10", "  ", -320, "RETURN"),
        ("27", "00", -320, "RETURN"),
        ("03", "64", -320, "64"),
        ("36", "  ", -320, None),  # a refund of cards is the firm's own act
        ("05", "  ", -320, None),
    ],
)
def test_a_return_without_reason_is_still_a_return(
    tmp_path: Path, code: str, reason: str, minor: int, said: str | None
) -> None:
    """CFONB: the operation code says that the bank takes money back, whether or not 41–42 say why."""
    [record] = read(tmp_path, text(cfonb([Mv(DAY, minor, "REJET", code=code, reason=reason)], 0, DAY, DAY)))
    assert said == record.return_reason


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (">RCDT<", ">IDDT<", None),
        (">ESCT<", ">UPDD<", "RETURN"),
        (">ESCT<", ">RRTN<", "RETURN"),
        ("<Sts>", "<RvslInd>true</RvslInd><Sts>", "RETURN"),
        ("<RmtInf>", "<RtrInf><AddtlInf>PROVISION</AddtlInf></RtrInf><RmtInf>", "RETURN"),
        ("<RmtInf>", "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf><RmtInf>", "AM04"),
    ],
)
def test_returns_of_camt(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    """RtrInf, the bank transaction code or RvslInd: on a debit `return_reason`, on a credit the method."""
    one = entry(Mv(DAY, -32000, "GARAGE PETIT"), version=8).replace(old, new, 1)
    [record] = read(tmp_path, (camt_head(50000, DAY, 18000, DAY, version=8) + one + CAMT_TAIL).encode())
    assert said == record.return_reason
    one = entry(Mv(DAY, 32000, "GARAGE PETIT"), version=8).replace(old, new, 1)
    [record] = read(tmp_path, (camt_head(0, DAY, 32000, DAY, version=8) + one + CAMT_TAIL).encode())
    assert (said is not None) == (record.method == "return")


def test_every_qualifier_of_05_finds_its_place(tmp_path: Path) -> None:
    """Texts in order in the remittance, parties, references and the original amount in their fields."""
    details = [
        ("NPY", "SARL LEROY"), ("IPY", "552100554".ljust(35) + "SIREN"), ("NPO", "LEROY HOLDING"), ("NBE", "NOUS"),
        ("CPY", "FR76 1"),
        ("LIB", "VIREMENT"), ("LCC", "FACT 2026-001 ET".ljust(70)), ("LC2", "2026-002"), ("ZZZ", "INCONNU"),
        ("LCS", "RF18539007547034"), ("RCN", "E2E-1".ljust(35) + "SUPP"), ("REF", "LOT-7".ljust(35) + "TX-9"),
        ("MMO", "USD200000000050000"), ("FEE", "EUR200000000000150"), ("RUM", "RUM-1"),
    ]  # fmt: skip
    [record] = read(tmp_path, text(cfonb([Mv(DAY, 45000, "VIR RECU", details)], 0, DAY, DAY)))
    assert ("SARL LEROY", "FR761", "RF18539007547034", "E2E-1", "LOT-7", "TX-9") == (
        record.payer_name, record.payer_iban, record.structured_ref, record.end_to_end_ref, record.batch_ref,
        record.bank_ref,
    )  # fmt: skip
    assert (50000, "USD") == (record.original_amount_minor, record.original_currency)
    pieces = [
        "VIR RECU",
        "VIREMENT",
        "FACT 2026-001 ET 2026-002",
        "INCONNU",
        "SIREN 552100554",
        "POUR LE COMPTE DE LEROY HOLDING",
    ]
    assert pieces == str(record.remittance).split("\n")
    sent = [("NBE", "ASSURANCES"), ("CBE", "FR76 2"), ("NPY", "NOUS")]
    [record] = read(tmp_path, text(cfonb([Mv(DAY, -45000, "VIR EMIS", sent, code="06")], 50000, DAY, DAY)))
    assert ("ASSURANCES", "FR762", "transfer") == (record.payee_name, record.payee_iban, record.method)


@pytest.mark.parametrize(
    ("label", "left"),
    [
        ("VIR SEPA REGIE BOURDIN", "VIR SEPA"),
        ("VIREMENT RECU DE REGIE BOURDIN E", "VIREMENT RECU DE"),  # cut at 31
        ("REGIE BOURDIN ET FILS", "REGIE BOURDIN ET FILS"),  # nothing else: it stays
        ("VIR REGIE BOURDIN FACT 12", "VIR REGIE BOURDIN FACT 12"),
    ],
)
def test_a_label_does_not_repeat_the_name_that_has_a_field(tmp_path: Path, label: str, left: str) -> None:
    """Beside NPY the end of the label is no more than the payer's name again."""
    details = [("NPY", "REGIE BOURDIN ET FILS"), ("LCC", "SDC 132 RUE HAUTE")]
    [record] = read(tmp_path, text(cfonb([Mv(DAY, 45000, label, details)], 0, DAY, DAY)))
    assert ("REGIE BOURDIN ET FILS", f"{left}\nSDC 132 RUE HAUTE") == (record.payer_name, record.remittance)


@pytest.mark.parametrize(
    ("label", "line", "told"),
    [
        (
            "VIR SEPA RECU /DE COUVERTURE DU",
            " PAYS DE LODEVE /MOTIF LOYER",
            "COUVERTURE DU PAYS DE LODEVE /MOTIF LOYER",
        ),
        ("VIR SEPA RECU /DE COUVERTURES D", "U PAYS /MOTIF LOYER", "COUVERTURES D\nU PAYS /MOTIF LOYER"),  # in a word
        ("VIR SEPA RECU", " LOYER", "VIR SEPA RECU\nLOYER"),  # the label is not full
    ],
)
def test_a_line_that_goes_on_with_a_full_label_at_a_words_end(tmp_path: Path, label: str, line: str, told: str) -> None:
    """The blank between them stands at the beginning of the line: it is no cut within a word."""
    [record] = read(tmp_path, text(cfonb([Mv(DAY, 45000, label, [("LIB", line)])], 0, DAY, DAY)))
    assert str(record.remittance).endswith(told)


@pytest.mark.parametrize(
    ("dialect", "told", "name", "iban", "end_to_end", "remittance"),
    [
        (
            "German, SEPA tags",
            "166?00GUTSCHRIFT?20EREF+E2E-77?21SVWZ+RECHNUNG F1 UND F?222?31DE89370400440532013000?32MUSTER?33 GMBH",
            "MUSTER GMBH", "DE89370400440532013000", "E2E-77", "RECHNUNG F1 UND F2",
        ),
        (
            "German, no tags",
            "166?00GUTSCHRIFT?20RECHNUNG F1 VOM 3. MAERZ 202?216 DANKE?32MUSTER GMBH",
            "MUSTER GMBH", None, None, "RECHNUNG F1 VOM 3. MAERZ 2026 DANKE",
        ),
        (
            "Dutch, by slashes",
            "/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/JANSEN BV/REMI/FACTUUR F1/EREF/E2E-77",
            "JANSEN BV", "NL91ABNA0417164300", "E2E-77", "FACTUUR F1",
        ),
        (
            "Dutch, structured",
            "/REMI/STRD/CUR/RF18539007547034/NAME/JANSEN BV/IBAN/NL91ABNA0417164300",
            "JANSEN BV", "NL91ABNA0417164300", None, "CUR/RF18539007547034",
        ),
        ("French, free text", "VIR SEPA RECU /DE LEROY", None, None, None, "VIR SEPA RECU /DE LEROY"),
    ],
)  # fmt: skip
def test_dialects_of_mt940(
    tmp_path: Path, dialect: str, told: str, name: str | None, iban: str | None, end_to_end: str | None, remittance: str
) -> None:
    """The same facts from the field :86: of German, Dutch and French banks, wherever its lines are cut."""
    for width in (65, 27, 200):
        lines = "\r\n".join(told[n : n + width] for n in range(0, len(told), width))
        if dialect.startswith("French") and width < len(told):
            continue
        data = (
            ":20:X\r\n:25:FR7630999000010001234567836\r\n:28C:1/1\r\n:60F:C260406EUR0,\r\n"
            f":61:2604070407C450,00NTRFNONREF\r\n:86:{lines}\r\n:62F:C260407EUR450,\r\n-\r\n"
        )
        [record] = read(tmp_path, data.encode())
        assert (name, iban, end_to_end, remittance) == (
            record.payer_name, record.payer_iban, record.end_to_end_ref, record.remittance,
        )  # fmt: skip


def test_a_structured_remittance_becomes_lines(tmp_path: Path) -> None:
    """Documents with what is paid of each, credit notes negative, beside the text; only for money received."""
    told = (
        "<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>F1</Nb></RfrdDocInf>"
        "<RfrdDocAmt><DuePyblAmt Ccy='EUR'>500</DuePyblAmt><RmtdAmt Ccy='EUR'>480.00</RmtdAmt></RfrdDocAmt></Strd>"
        "<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CREN</Cd></CdOrPrtry></Tp><Nb>A1</Nb></RfrdDocInf>"
        "<RfrdDocAmt><RmtdAmt Ccy='EUR'>30</RmtdAmt></RfrdDocAmt></Strd>"
        "<Strd><RfrdDocInf><Nb>A2</Nb></RfrdDocInf><RfrdDocAmt><CdtNoteAmt Ccy='EUR'>5</CdtNoteAmt></RfrdDocAmt></Strd>"
        "<Strd><RfrdDocInf><Nb>F2</Nb></RfrdDocInf><RfrdDocInf><Nb>F3</Nb></RfrdDocInf></Strd>"
    )
    one = entry(Mv(DAY, 45000, "LEROY"), version=8).replace("<RmtInf>", f"<RmtInf>{told}")
    receipt, *lines = read(tmp_path, (camt_head(0, DAY, 45000, DAY, version=8) + one + CAMT_TAIL).encode())
    assert [("F1", 48000), ("A1", -3000), ("A2", -500), ("F2", None), ("F3", None)] == [
        (line.document_number, line.amount_minor) for line in lines
    ]
    assert [1, 2, 3, 4, 5] == [line.line for line in lines]
    assert {receipt.source_key} == {line.receipt_source_key for line in lines} == {line.remittance_id for line in lines}
    assert "F1\nA1\nA2\nF2\nF3" == receipt.remittance
    one = entry(Mv(DAY, -45000, "LEROY"), version=8).replace("<RmtInf>", f"<RmtInf>{told}")
    assert 1 == len(read(tmp_path, (camt_head(45000, DAY, 0, DAY, version=8) + one + CAMT_TAIL).encode()))


def test_intraday_movements_are_booked_once_by_the_statement_that_follows(tmp_path: Path) -> None:
    """A camt.052 and an MT942 become no money, whatever they say; the camt.053 of the evening does, once."""
    moves = [Mv(DAY, 45000, "LEROY", ref="R1"), Mv(DAY, -500, "FRAIS", ref="R2")]
    evening = camt(moves, 0, DAY, DAY, version=8)
    noon = evening.replace(b"camt.053", b"camt.052").replace(b"BkToCstmrStmt>", b"BkToCstmrAcctRpt>")
    mt942 = b":20:X\n:25:FR7630999000010001234567836\n:28C:1\n:34F:EUR0,\n:61:260407C450,NTRFX\n-\n"
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.xml").write_bytes(noon.replace(b"Stmt>", b"Rpt>").replace(b"StmtRpt>", b"Rpt>"))
    (folder / "2.xml").write_bytes(noon)  # its entries below Stmt, as some write it
    (folder / "3.sta").write_bytes(mt942)
    assert ["HUB-BANK-004"] * 3 + [45000, 500] == [
        one if isinstance(one, str) else one.amount_minor for one in read(tmp_path, evening)
    ]


def test_blank_currency_and_decimals_come_from_the_settings(tmp_path: Path) -> None:
    """Without them the statement is held."""
    data = (OWN / "cfonb_blank_currency.txt").read_bytes()
    assert ["HUB-BANK-027"] == read(tmp_path, data)
    [record] = read(tmp_path, data, currency="EUR", decimals=2)
    assert (100000, "EUR") == (record.amount_minor, record.currency)


def test_the_same_statement_with_and_without_line_breaks_is_one(tmp_path: Path) -> None:
    """Cut every 120, or lines without their blanks: the same movements."""
    data = (OWN / "cfonb_unbroken.txt").read_bytes()
    lines = b"\r\n".join(data[n : n + 120].rstrip() for n in range(0, len(data), 120))
    assert read(tmp_path, data) == read(tmp_path, lines)


def test_a_zero_movement_is_kept(tmp_path: Path) -> None:
    """Zero is allowed; it is read as received."""
    [record] = read(tmp_path, text(cfonb([Mv(DAY, 0, "INFO")], 0, DAY, DAY)))
    assert isinstance(record, Receipt)


@pytest.mark.parametrize("version", range(2, 14))
def test_every_version_of_camt_gives_the_same_receipt(tmp_path: Path, version: int) -> None:
    """.02 to .13: status, party and amount moved, what they say did not."""
    one = entry(Mv(DAY, 45000, "LEROY", [("", "FACT 1"), ("", "ET 2")], ref="R1"), version=version)
    [record] = read(tmp_path, (camt_head(0, DAY, 45000, DAY, version=version) + one + CAMT_TAIL).encode())
    assert ("LEROY", "FACT 1\nET 2", "R1", "PMNT-RCDT-ESCT", "transfer", None) == (
        record.payer_name,
        record.remittance,
        record.receipt_id,
        record.transaction_code,
        record.method,
        record.end_to_end_ref,
    )


def test_a_garbled_entry_without_balances_leaves_its_neighbours(tmp_path: Path) -> None:
    """With balances the proof is lost and the statement is held; without, only the entry."""
    good, bad = entry(Mv(DAY, 100, "A")), entry(Mv(DAY, 200, "B")).replace(">2<", ">2..0<", 1)
    head = camt_head(0, DAY, 300, DAY)
    assert ["HUB-BANK-021"] == read(tmp_path, (head + good + bad + CAMT_TAIL).encode())
    bare = head[: head.index("<Bal>")]
    record, code = read(tmp_path, (bare + good + bad + CAMT_TAIL).encode())
    assert (100, "HUB-BANK-030") == (record.amount_minor, code)


@pytest.mark.parametrize(
    ("line", "minor"),
    [
        ("260407C450,NTRFX", 45000),
        ("260407RC450,NTRFX", -45000),
        ("260407CR450,NTRFX", 45000),
        ("260407RD1,5NTRFX", 150),
    ],
)
def test_marks_of_mt940(line: str, minor: int) -> None:
    """RC is money leaving, RD coming back, CR a credit with the funds code R."""
    assert minor == amount_of(line_of(line), "EUR")


def test_dates_of_mt940() -> None:
    """The entry date has no year: the closest to the value date; 30 February is the month's last day."""
    assert ("2026-01-02", "2025-12-31", False) == day_of(line_of("2512310102C1,NTRFX"))
    assert ("2025-12-31", "2026-01-02", False) == day_of(line_of("2601021231C1,NTRFX"))
    assert ("2026-03-02", "2026-02-28", True) == day_of(line_of("2602300302C1,NTRFX"))


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there: samples of others are not read")
@pytest.mark.parametrize("name", ["citi.txt", "february_30.sta", "generic.sta", "rabobank-iban.sta"])
def test_amounts_agree_with_the_library(tmp_path: Path, name: str) -> None:
    """mt-940 reads the same amounts, where it reads the file."""
    mt940 = pytest.importorskip("mt940")
    data = (SHARED / "mt940" / name).read_bytes()
    ours = [one.amount_minor if isinstance(one, Receipt) else -one.amount_minor for one in read(tmp_path, data)]
    theirs = [
        int(one.data["amount"].amount * 100)
        for statement in mt940.parse_statements(data.decode("latin-1"))
        for one in statement.transactions
        if "amount" in one.data
    ]
    assert theirs == ours


def test_qif_is_refused_until_it_is_explained(tmp_path: Path) -> None:
    """Neither account, currency nor date order stand in the file."""
    data = (OWN / "bank.qif").read_bytes()
    assert ["HUB-BANK-040"] == read(tmp_path, data)
    receipt, fee = read(tmp_path, data, account="FR7630999000010001234567836", currency="EUR", date_order="dmy")
    assert (date(2026, 4, 7), 125000, 1250) == (receipt.received_on, receipt.amount_minor, fee.amount_minor)


def test_what_ofx_says_twice_with_new_ids_is_one_when_told_so(tmp_path: Path) -> None:
    """Some banks renew FITIDs at each download: `ofx_ids = "renewed"` leaves them out of the identity."""
    data = (OWN / "ofx1_french.ofx").read_bytes()
    other = data.replace(b"<FITID>F", b"<FITID>G")
    key = {record.source_key for record in read(tmp_path, data, ofx_ids="renewed")}
    assert key == {record.source_key for record in read(tmp_path, other, ofx_ids="renewed")}
    assert key.isdisjoint(record.source_key for record in read(tmp_path, other))


def test_written_amounts_are_read_back() -> None:
    """The tests' own writer of overpunched amounts."""
    assert all(minor == units_of(overpunched(minor)) for minor in (0, 1, -1, 1669565, -(10**13)))
