"""The tagged text format, read and written. Golden files are written anew with HUB_WRITE_GOLDEN=1."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugins.sage100 import Sage100, Sage100Config
from hub.plugins.sage100.tagged import Entry, decode, entry, records, render
from hub.sdk import RecordRejected, RecordSource, SourceUnavailable
from hub.sdk.records import Debtor, LedgerEntry
from hub.sdk.testing import RecordSourceConformance, make_context, read_records, run_source
from tests.support.samples import SAMPLES

GOLDEN = Path(__file__).resolve().parents[3] / "golden" / "sage100" / "files"
SHARED = SAMPLES / "sage" / "DEMO_MPLG_20260919.txt"

BLANK = Entry("VE", date(2026, 3, 5), "V1", "", "", "411000", "C1", "", 0, None, 0, 0, "", 0, "")
LEDGER = [
    replace(BLANK, invoice="FA1", label="Facture FA1 hôtel", signed=120_000_000, due=date(2026, 4, 5), code="AAA"),
    replace(BLANK, invoice="FA2", signed=60_000_000, due=date(2026, 4, 30)),
    replace(BLANK, invoice="FA2", signed=60_000_000, due=date(2026, 5, 31)),
    replace(BLANK, invoice="FA3", signed=92_500_000, currency=1, amount=100_000_000, debtor="C2"),
    replace(BLANK, invoice="AV1", signed=-10_500_000, debtor="C2"),
    replace(BLANK, journal="BQ", piece="B7", day=date(2026, 4, 7), label="VIR FA1", signed=-119_990_000, code="AAA"),
    replace(BLANK, journal="OD", piece="O1", day=date(2026, 4, 7), label="Ecart", signed=-10_000, code="AAA"),
    replace(BLANK, account="706000", debtor="", signed=-120_000_000),
]
THIRD = "#MPCT\r\nC1\r\nDUPONT BTP FICTIF\r\n0\r\n411000\r\n#MPCT\r\nF1\r\nFOURNISSEUR FICTIF\r\n1\r\n401000\r\n"


def sample(damaged: bool = False) -> bytes:
    """An export of the ledger above."""
    body = render(LEDGER, "EUR").replace(b"#DEV EUR\r\n", b"#DEV EUR\r\n" + THIRD.encode("cp850"))
    return body.replace(b"050326\r\n050326\r\nV1\r\nFA3", b"310226\r\n050326\r\nV1\r\nFA3") if damaged else body


def made(folder: Path, *bodies: bytes) -> Sage100:
    """The connector over these files."""
    for number, body in enumerate(bodies):
        path = folder / f"export{number}.txt"
        if not path.exists() or path.read_bytes() != body:
            path.write_bytes(body)
    settings = {"plugin": "sage100", "files": folder / "export*.txt", "seller": "S", "currencies": {"1": "USD"}}
    return Sage100(Sage100Config.model_validate(settings), make_context(folder))


class TestFiles(RecordSourceConformance):
    """Exports keep every promise of RecordSource."""

    def make_source(self, tmp_path: Path) -> RecordSource:
        return made(tmp_path, sample())

    def make_source_with_bad(self, tmp_path: Path) -> RecordSource:
        return made(tmp_path, sample(damaged=True))

    def failures(self, tmp_path: Path) -> Sequence[tuple[RecordSource, type[SourceUnavailable]]]:
        return [(made(tmp_path), SourceUnavailable)]


def golden(name: str, source: Sage100) -> None:
    """Compare everything that is read with the golden file."""
    found = [
        {"ref": one.unit.ref, "place": one.unit.place}
        | (
            {"held": str(one.rejected)}
            if one.rejected
            else {"records": [{"kind": r.kind, **r.model_dump(mode="json", exclude_none=True)} for r in one.records]}
        )
        for one in read_records(source)
    ]
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("HUB_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_the_sample_is_read(tmp_path: Path) -> None:
    """Invoices, instalments, a foreign one, a credit note, a receipt, a write-off, matching."""
    golden("ledger", made(tmp_path, sample()))


def test_a_damaged_sample_is_read(tmp_path: Path) -> None:
    """The 31 February is held with its line; its neighbours pass."""
    golden("damaged", made(tmp_path, sample(damaged=True)))


def test_what_stays_open_is_the_balance(tmp_path: Path) -> None:
    """Documents less settlements less receipts left = debits less credits on 411."""
    records_ = [record for one in read_records(made(tmp_path, sample())) for record in one.records]
    total = 0
    for record in records_:
        kind, value = record.kind, getattr(record, "total_minor", getattr(record, "amount_minor", 0))
        value = getattr(record, "book_total_minor", None) or value
        sign = {"invoice": 1, "credit_note": -1, "receipt": -1}.get(kind, 0)
        if kind == "settlement_line":
            sign = -1 if record.target == "invoice" else 1  # type: ignore[attr-defined]
        total += sign * value
    assert sum(one.signed for one in LEDGER if one.account.startswith("411")) // 10_000 == total


def test_a_file_of_accounts_only_gives_nothing(tmp_path: Path) -> None:
    """The sample of another's repository: general accounts (#MPLG), no entry, nothing held."""
    if not SHARED.exists():
        pytest.skip("the sample is not shipped with the project: it is read where ../shared is present")
    assert 2 == len([one for one in records(decode(SHARED.read_bytes()), "x") if one.flag == "#MPLG"])
    source = made(tmp_path, SHARED.read_bytes())
    assert [] == [unit for stream in source.streams() for unit in run_source(source, stream.name)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"JournalCode|JournalLib\r\n", "HUB-SAGE-040"),
        (sample().replace(b"#VER 31", b"#VER 14"), "HUB-SAGE-041"),
        (sample().replace(b"#FIN", b""), "HUB-SAGE-042"),
    ],
)
def test_a_whole_file_is_held(tmp_path: Path, body: bytes, code: str) -> None:
    """Nothing of a file that was cut or is none of ours is booked; another file beside it passes."""
    source = made(tmp_path, body, sample())
    units = run_source(source, "entries")
    assert [code] == [unit.rejected.code for unit in units if unit.rejected]
    assert 7 == sum(len(json.loads(u.body)) for s in ("sales", "entries") for u in run_source(source, s) if u.layout)


@pytest.mark.parametrize(
    ("field", "text"), [(16, "D"), (17, "12..5"), (17, ""), (1, ""), (12, "320126"), (11, "x"), (17, "0,0000001")]
)
def test_a_field_that_is_not_understood(field: int, text: str) -> None:
    """With its place."""
    [record] = records(decode(render(LEDGER[:1], "EUR")), "e.txt")
    record.fields[field] = text
    with pytest.raises(RecordRejected, match=r"HUB-SAGE-044 e\.txt:4"):
        entry(record, "e.txt:4")


def test_an_older_writer_leaves_the_tail_out() -> None:
    """18 fields are enough; fewer are none."""
    [record] = records(decode(render(LEDGER[:1], "EUR")), "e")
    assert replace(LEDGER[0], code="") == replace(entry(replace(record, fields=record.fields[:18]), "e"), code="")
    with pytest.raises(RecordRejected, match="HUB-SAGE-043"):
        entry(replace(record, fields=record.fields[:17]), "e")


WORDS = st.text("abcXYZ éèç#-/0123456789", max_size=17).map(lambda text: " ".join(text.split()))


@given(
    st.builds(
        Entry,
        journal=st.sampled_from(["VE", "BQ"]),
        day=st.dates(date(1990, 1, 1), date(2070, 12, 31)),
        piece=st.text("ABC019", max_size=13),
        invoice=WORDS,
        treasury_piece=st.just(""),
        account=st.just("411000"),
        debtor=st.text("C0123", min_size=1, max_size=17),
        label=WORDS,
        method=st.integers(0, 30),
        due=st.none() | st.dates(date(1990, 1, 1), date(2070, 12, 31)),
        signed=st.integers(1, 10**15),
        currency=st.integers(0, 32),
        code=st.just(""),
        amount=st.integers(0, 10**15),
        reference=WORDS,
    )
)
def test_what_was_written_is_read_again(one: Entry) -> None:
    """Every field that the format is certain of comes back as it was."""
    [record] = records(decode(render([one], "EUR")), "e")
    assert one == entry(record, "e")


def exported(entries: Sequence[Entry]) -> bytes:
    """What Sage writes: with the matching code, which the hub leaves out of its own files."""
    lines = render(entries, "EUR").decode("cp850").split("\r\n")
    codes = iter(entries)
    for at, line in enumerate(lines):
        if line == "#MECG":
            lines[at + 19] = next(codes).code
    return "\r\n".join(lines).encode("cp850")


def owed(folder: Path, *bodies: bytes) -> dict[str, int]:
    """What each debtor owes by the records of these files, in cents: nothing is in a foreign currency here."""
    found: dict[str, int] = {}
    whose: dict[tuple[str, str], str] = {}
    records_ = [record for one in read_records(made(folder, *bodies)) for record in one.records]
    for record in records_:
        sign = {"invoice": 1, "credit_note": -1, "receipt": -1}.get(record.kind, 0)
        minor = getattr(record, "total_minor", getattr(record, "amount_minor", 0))
        if sign:
            debtor = str(record.debtor_id)  # type: ignore[attr-defined]
            whose[record.kind, getattr(record, "number", getattr(record, "source_key", ""))] = debtor
            found[debtor] = found.get(debtor, 0) + sign * minor
    for record in records_:
        if record.kind == "settlement_line":
            target, number = record.target, record.document_number  # type: ignore[attr-defined]
            assert (target, number) in whose, (target, number)
            sign = -1 if target == "invoice" else 1
            found[whose[target, number]] += sign * record.amount_minor  # type: ignore[attr-defined]
    return {debtor: minor for debtor, minor in found.items() if minor}


YEARS = [
    replace(BLANK, day=date(2025, 1, 1), journal="AN", piece="AN", label="A nouveau", signed=7_000_000, opening=2),
    replace(BLANK, day=date(2025, 11, 3), invoice="FA1", signed=100_000_000),
    replace(BLANK, day=date(2025, 12, 3), invoice="FA2", signed=50_000_000),
    replace(BLANK, day=date(2025, 12, 4), invoice="FA3", signed=20_000_000, code="AAA"),
    replace(BLANK, day=date(2025, 12, 5), journal="BQ", piece="B1", signed=-20_000_000, code="AAA"),
]
OPENING = replace(BLANK, day=date(2026, 1, 1), journal="AN", piece="AN", opening=1)
CARRIED = [
    replace(OPENING, label="A nouveau", signed=7_000_000, opening=2),
    replace(OPENING, invoice="FA1", signed=100_000_000, code="B"),
    replace(OPENING, invoice="FA2", signed=50_000_000),
    replace(BLANK, day=date(2026, 2, 3), journal="BQ", piece="B2", invoice="FA1", signed=-100_000_000, code="B"),
    replace(BLANK, day=date(2026, 2, 9), invoice="FA9", signed=3_000_000),
]  # fmt: skip


def test_what_is_carried_forward_counts_once(tmp_path: Path) -> None:
    """Openings of later years repeat what is there; one that was matched in its year settles the original. The
    file of the later year alone begins with its openings."""
    two, later = tmp_path / "two", tmp_path / "later"
    two.mkdir()
    later.mkdir()
    assert {"C1": 6_000} == owed(two, exported(YEARS), exported(CARRIED))
    found = [record for one in read_records(made(two)) for record in one.records]
    assert ["FA1"] == [
        record.document_number
        for record in found
        if record.kind == "settlement_line" and record.target == "invoice" and record.amount_minor == 10_000
    ]
    assert {"C1": 6_000} == owed(later, exported(CARRIED))


def test_exports_that_overlap_count_once(tmp_path: Path) -> None:
    """The same period exported twice: each line is one, as the newer file has it; two alike in one file stay two."""
    alike = [replace(BLANK, journal="BQ", piece="", label="CHQ", day=date(2026, 3, 9), signed=-1_000_000)] * 2
    older = [*LEDGER[:2], *alike]
    newer = [replace(LEDGER[0], code=""), *LEDGER[1:3], *alike]
    bodies = exported(older), exported(newer)
    assert {"C1": 12_000 + 6_000 + 6_000 - 200} == owed(tmp_path, *bodies)
    assert [] == run_source(made(tmp_path), "lettrage"), "the newer export has taken the match back"
    later = (tmp_path / "export1.txt").stat().st_mtime_ns + 1_000_000_000  # two files may be written within one tick
    os.utime(tmp_path / "export0.txt", ns=(later, later))
    assert 1 == len(run_source(made(tmp_path), "lettrage"))


def test_what_names_nobody_and_deposits_count_too(tmp_path: Path) -> None:
    """As from the data base: an account without third party owes under its own number, a deposit is no claim, and a
    supplier with a line on a debtor's account has his name."""
    lines = [
        replace(BLANK, invoice="FA1", signed=200_000_000),
        replace(BLANK, invoice="FA1", account="4191", debtor="", signed=100_000_000),
        replace(BLANK, journal="BQ", piece="B1", account="4191", signed=-100_000_000),
        replace(BLANK, invoice="FA2", account="411DUPONT", debtor="", signed=30_000_000, code="AAA"),
        replace(BLANK, journal="BQ", account="411DUPONT", debtor="", signed=-20_000_000, code="AAA"),
        replace(BLANK, invoice="FA3", debtor="F1", signed=7_000_000),
    ]
    body = exported(lines).replace(b"#DEV EUR\r\n", b"#DEV EUR\r\n" + THIRD.encode("cp850"))
    assert {"C1": 10_000, "411DUPONT": 1_000, "F1": 700} == owed(tmp_path, body)
    found = [record for one in read_records(made(tmp_path)) for record in one.records]
    deposits = [(one.debtor_id, one.effect_minor) for one in found if isinstance(one, LedgerEntry)]
    assert [("4191", 10_000)] == deposits
    names = {one.debtor_id: one.name for one in found if isinstance(one, Debtor)}
    assert ("FOURNISSEUR FICTIF", "Account 411DUPONT") == (names["F1"], names["411DUPONT"])


def test_a_payment_carried_forward_and_matched_there_is_used(tmp_path: Path) -> None:
    """It settles the payment of the year before, not only where a sale is repeated."""
    lines = [
        replace(BLANK, day=date(2025, 12, 3), journal="BQ", signed=-70_000_000),
        replace(OPENING, signed=-70_000_000, code="AAA"),
        replace(BLANK, day=date(2026, 2, 3), invoice="FA9", signed=70_000_000, code="AAA"),
    ]
    assert {} == owed(tmp_path, exported(lines))
