"""The demo company's files: as generated, well formed, and true. Read with our own few lines, not the hub's."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree
from stdnum import iban
from stdnum.fr import siren, siret, tva

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "config" / "demo"
WRITTEN_BY_HAND = {"hub.toml", "README.md"}
WRONG_BY_A_CENT, REPEATS_TWO_DAYS = "releve_20260911.txt", "releve_20261016.txt"


class Line(NamedTuple):
    """A movement: signed cents, and the bank's reference."""

    on: date
    minor: int
    ref: str


class Sheet(NamedTuple):
    """A statement; balances in cents at the end of two days."""

    name: str
    opened_on: date
    opening: int
    closed_on: date
    closing: int
    lines: list[Line]


def minor(text: str) -> int:
    """Cents of ``-1 234,56``, ``1234.56`` or ``1234``."""
    whole, _, cents = text.replace(" ", "").replace(",", ".").partition(".")
    return int(whole + cents.ljust(2, "0"))


def rows(name: str, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[dict[str, str]]:
    with (DEMO / name).open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def overpunched(text: str) -> int:
    place = "{ABCDEFGHI}JKLMNOPQR".index(text[13])
    return int(text[:13] + str(place % 10)) * (1 if place < 10 else -1)


def cfonb() -> list[Sheet]:
    """The first seller's statements."""

    def day(line: str) -> date:
        return date(2000 + int(line[38:40]), int(line[36:38]), int(line[34:36]))

    sheets = []
    for path in sorted((DEMO / "bank" / "atelier").iterdir()):
        records = path.read_bytes().decode("latin-1").split("\r\n")[:-1]
        assert {120} == {len(record) for record in records}
        assert (1, 1) == (sum(r[:2] == "01" for r in records), sum(r[:2] == "07" for r in records))
        first, last = records[0], records[-1]
        moved = [Line(day(r), overpunched(r[90:104]), r[104:120].strip()) for r in records if r[:2] == "04"]
        opening, closing = overpunched(first[90:104]), overpunched(last[90:104])
        sheets.append(Sheet(path.name, day(first), opening, day(last), closing, moved))
    return sheets


def camt() -> list[Sheet]:
    """The second seller's statements; a batch gives a line per detail."""
    sheets = []
    for path in sorted((DEMO / "bank" / "services").iterdir()):
        root = etree.parse(path).getroot()
        for element in root.iter():
            element.tag = etree.QName(element).localname
        balances = {}
        for balance in root.iter("Bal"):
            on = date.fromisoformat(str(balance.findtext("Dt/Dt")))
            balances[balance.findtext("Tp/CdOrPrtry/Cd")] = (on, signed(balance, "Amt"))
        lines = [line for entry in root.iter("Ntry") for line in entry_lines(entry)]
        sheets.append(Sheet(path.name, *balances["OPBD"], *balances["CLBD"], lines))
    return sheets


def signed(element: etree._Element, path: str) -> int:
    return minor(str(element.findtext(path))) * (1 if element.findtext("CdtDbtInd") == "CRDT" else -1)


def entry_lines(entry: etree._Element) -> Iterator[Line]:
    on, total = date.fromisoformat(str(entry.findtext("BookgDt/Dt"))), signed(entry, "Amt")
    lines = []
    for detail in entry.iter("TxDtls"):
        amount = minor(detail.findtext("Amt") or detail.findtext("AmtDtls/TxAmt/Amt") or "")
        lines.append(Line(on, amount if total > 0 else -amount, str(detail.findtext("Refs/AcctSvcrRef"))))
    assert total == sum(line.minor for line in lines)
    yield from lines


@pytest.fixture(scope="module")
def truth() -> dict[str, list[dict[str, str]]]:
    """Rows of the truth by receipt."""
    by_receipt = defaultdict(list)
    for row in rows("truth.csv", "utf-8"):
        by_receipt[row["receipt_id"]].append(row)
    return by_receipt


def test_the_generator_writes_exactly_these_files(tmp_path: Path) -> None:
    """Generated again, the files are the same byte for byte, and none is left over."""
    subprocess.run([sys.executable, "-m", "tests.demo_company", str(tmp_path)], cwd=ROOT, check=True)
    made = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {str(path.relative_to(DEMO)): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}
    assert WRITTEN_BY_HAND == set(kept) - set(made)
    assert made == {name: content for name, content in kept.items() if name not in WRITTEN_BY_HAND}
    assert sum(map(len, kept.values())) < 400_000


@pytest.mark.parametrize("sheets", [cfonb(), camt()], ids=["CFONB 120", "camt.053"])
def test_balances_chain(sheets: list[Sheet]) -> None:
    """Opening + movements = closing, and each statement opens with the balance of that day; one is a cent off."""
    balances = {sheets[0].opened_on: sheets[0].opening}
    for sheet in sheets:
        slip = 1 if sheet.name == WRONG_BY_A_CENT else 0
        assert sheet.opening + sum(line.minor for line in sheet.lines) == sheet.closing - slip, sheet.name
        assert all(sheet.opened_on < line.on <= sheet.closed_on for line in sheet.lines), sheet.name
        running = sheet.opening
        assert balances[max(day for day in balances if day <= sheet.opened_on)] == running, sheet.name
        for line in sheet.lines:
            running += line.minor
            balances[line.on] = running
        balances[sheet.closed_on] = running
    assert date(2026, 11, 30) == sheets[-1].closed_on


def test_banks_do_not_book_on_weekends() -> None:
    assert {0, 1, 2, 3, 4} == {line.on.weekday() for sheet in cfonb() + camt() for line in sheet.lines}


def test_one_week_repeats_two_days() -> None:
    """The same movements, to the byte, stand in two files."""
    before, again = (set(sheet.lines) for sheet in cfonb() if sheet.name in ("releve_20261009.txt", REPEATS_TWO_DAYS))
    assert {date(2026, 10, 8)} == {line.on for line in before & again}


def test_identifiers_are_well_formed_and_belong_to_nobody() -> None:
    """Warnings about bad SIREN or IBAN would be noise here; real ones would be somebody's."""
    clients = rows("atelier/clients.csv", "cp1252", ";")
    customers = rows("services/customers.csv")
    assert 60 == len(clients) + len(customers)
    for names, debtors in ((("N° SIREN", "SIRET", "N° TVA intracommunautaire", "IBAN", "Courriel"), clients),
                           (("siren", "siret", "vat_number", "iban", "email"), customers)):  # fmt: skip
        for debtor in debtors:
            number, branch, vat, account, mail = (debtor[name] for name in names)
            assert not number or (siren.is_valid(number) and siret.is_valid(branch) and number.startswith("999"))
            assert not number or not vat or tva.to_siren(vat) == number
            assert not account or iban.is_valid(account, check_country=False)
            assert mail.endswith(".example")


def test_there_are_400_rows_of_invoices_and_credit_notes() -> None:
    atelier = rows("atelier/factures.csv", "cp1252", ";")
    services = rows("services/invoices_takeover.csv") + rows("services/invoices_since_august.csv")
    assert 400 == len(atelier) + len(services)
    assert 12 == sum(r["Type"] == "Avoir" for r in atelier) + sum(r["type"] == "credit_note" for r in services)


def documents() -> dict[tuple[str, str], tuple[int, int]]:
    """Total and open amount at the takeover of each good row, by seller and number; credit notes positive."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows("atelier/factures.csv", "cp1252", ";"):
        if row["Montant TTC"] != "12..50":
            found.setdefault(("ATM", row["N° facture"]), (minor(row["Montant TTC"]), minor(row["Reste à payer"])))
    for row in rows("services/invoices_takeover.csv") + rows("services/invoices_since_august.csv"):
        total = abs(minor(row["total"]))
        found["MSV", row["number"]] = (total, minor(row.get("open_amount") or f"{total // 100}.{total % 100:02d}"))
    return found


def test_vat_is_20_percent() -> None:
    """Of sales in France; what goes abroad carries none."""
    for row in rows("atelier/factures.csv", "cp1252", ";"):
        if row["Montant TTC"] != "12..50":
            net, tax = minor(row["Montant HT"]), minor(row["Montant TVA"])
            assert net + tax == minor(row["Montant TTC"])
            assert tax in (0, (net * 20 + 50) // 100)


def test_the_truth_tells_every_receipt(truth: dict[str, list[dict[str, str]]]) -> None:
    """One entry per receipt of the statements, with its amount; twins share a reference."""
    received = {}
    for seller, sheets in (("ATM", cfonb()), ("MSV", camt())):
        for sheet in sheets:
            for ref, count in Counter((x.ref, x.on, x.minor) for x in sheet.lines if x.minor > 0).items():
                received[seller, *ref] = count
    told = {
        (r[0]["account_of"], ref, date.fromisoformat(r[0]["received_on"]), minor(r[0]["amount"])): sum(
            1 for row in r if row["kind"] == "twin"
        ) or 1
        for ref, r in truth.items()
    }  # fmt: skip
    assert told == received
    assert 1 == sum(count == 2 for count in received.values())


def test_no_receipt_pays_more_than_it_is(truth: dict[str, list[dict[str, str]]]) -> None:
    for ref, entries in truth.items():
        twins = len(entries) if entries[0]["kind"] == "twin" else 1
        if entries[0]["kind"] != "foreign_currency":
            assert sum(minor(row["allocated"]) for row in entries) <= minor(entries[0]["amount"]) * twins, ref


def test_no_invoice_is_paid_more_than_was_open(truth: dict[str, list[dict[str, str]]]) -> None:
    """What came back unpaid is owed again, and is not counted."""
    known, paid = documents(), Counter[tuple[str, str]]()
    for entries in truth.values():
        for row in entries:
            if row["document"] and not row["kind"].startswith("returned"):
                paid[row["pays_seller"], row["document"]] += abs(minor(row["allocated"])) + minor(row["deducted"])
    for document, amount in paid.items():
        if document in known:
            assert amount <= known[document][1], document
    assert set(paid) - set(known) == {("ATM", "FA-2026-00264")}, "only the row with 12..50 has no amount"
