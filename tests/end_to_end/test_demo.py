"""`hub demo` from end to end: what was generated is what is read, nothing is matched wrongly, twice is once."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import hub as package
from hub.app import demo
from hub.app.bootstrap import Hub
from hub.app.policies import policy_of
from hub.core.services.allocations import list_allocations
from hub.core.services.held import list_held
from hub.core.services.reconcile import reconcile_now
from hub.core.services.status import status
from hub.core.store.decisions import AllocationRow
from hub.core.store.runs import LastRun
from hub.core.sync.run import RunReport, sync_connector
from hub.sdk.errors import ConfigError
from tests.support.hubs import exported

DATA = Path(package.__file__).resolve().parents[1] / "config" / "demo"
#: Held on purpose: code, place, how many records it stands for.
HELD = {
    ("HUB-CSV-012", "factures.csv:155:Montant TTC", 1),
    ("HUB-CSV-013", "factures.csv:125:Date facture", 1),
    ("HUB-REC-003", "factures.csv:141", 1),
    ("HUB-BANK-020", "releve_20260911.txt:1", 15),
}


class Shown(list[str]):
    """The lines that were told."""

    @property
    def text(self) -> str:
        return "\n".join(self)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Shown]:
    """A demo, made once for this module; tests that change it work on a copy."""
    folder, shown = tmp_path_factory.mktemp("demo") / "hub-demo", Shown()
    assert 0 == demo.run_demo(folder, shown.append)
    return folder, shown


@pytest.fixture
def hub(made: tuple[Path, Shown], tmp_path: Path) -> Iterator[Hub]:
    """The demo as it was left, to do with it as one likes."""
    shutil.copytree(made[0], tmp_path / "hub-demo")
    opened = Hub.open(tmp_path / "hub-demo" / "hub.toml", "test")
    yield opened
    opened.close()


def counts(runs: Sequence[RunReport | LastRun]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """New or changed, the same, held and read, by connector and stream."""
    return {
        (run.connector, stream.stream): (
            stream.counts.new + stream.counts.changed, stream.counts.same, stream.counts.held, stream.counts.read
        )
        for run in runs for stream in run.streams
    }  # fmt: skip


def generated(pattern: str, *marks: bytes) -> int:
    """How many lines of the generated files begin with a mark."""
    lines = [line for path in DATA.glob(pattern) for line in path.read_bytes().splitlines()]
    return sum(line.startswith(marks) for line in lines)


def truth() -> dict[str, list[dict[str, str]]]:
    """What each receipt pays."""
    found = defaultdict(list)
    with (DATA / "truth.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["receipt_id"]].append(row)
    return found


def minor(text: str) -> int:
    return int(text.replace(".", ""))


def automatic(hub: Hub) -> Iterator[tuple[str, list[AllocationRow]]]:
    """What was allocated without a person, by receipt."""
    by_receipt = defaultdict(list)
    for row in list_allocations(hub.desk, statuses=("auto",)):
        by_receipt[row.receipt_id].append(row)
    yield from by_receipt.items()


def test_everything_generated_is_read(hub: Hub) -> None:
    """Read = taken in + known already + held, and read is what stands in the files."""
    found = counts(status(hub.desk).runs)
    rows = {"ATM": generated("atelier/factures.csv", b"FA-", b"AV-"), "MSV": generated("services/invoices_*", b"MSV/")}
    moved = generated("bank/atelier/*", b"04"), generated("bank/services/*", b"<TxDtls>")
    stated = generated("bank/atelier/*", b"01"), generated("bank/services/*", b"<Stmt>")  # each counts for itself
    cfonb, camt = moved[0] + stated[0], moved[1] + stated[1]
    assert {
        ("atm_ledger", "debtors"): (32, 0, 0, 32),
        ("atm_ledger", "invoices"): (rows["ATM"] - 3, 0, 3, rows["ATM"]),
        ("msv_ledger", "debtors"): (28, 0, 0, 28),
        ("msv_ledger", "invoices"): (rows["MSV"], 0, 0, rows["MSV"]),
        ("bank_cfonb", "movements"): (cfonb - 2 - 15, 2, 15, cfonb),
        ("bank_camt", "movements"): (camt, 0, 0, camt),
    } == found
    assert 400 == rows["ATM"] + rows["MSV"]


def test_what_is_wrong_is_held_with_place_and_remedy(hub: Hub) -> None:
    found = list_held(hub.desk)
    assert {(unit.code, unit.place, unit.lines) for unit in found} == HELD
    assert all(unit.what and unit.mend for unit in found)


def test_no_automatic_allocation_contradicts_the_truth(hub: Hub) -> None:
    """Every amount applied without a person is what that receipt really pays of that document."""
    known, wrong = truth(), []
    for receipt, lines in automatic(hub):
        pays = Counter[tuple[str, str]]()
        for row in known[receipt]:
            pays[row["pays_seller"], row["document"]] += minor(row["allocated"])
        given = Counter[tuple[str, str]]()
        for line in lines:
            if line.nature == "money":
                given[line.seller, line.invoice_number] += line.amount_minor
        wrong += [(receipt, line, amount, pays[line]) for line, amount in given.items() if pays[line] != amount]
    assert [] == wrong


def test_discounts_and_charges_kept_back_are_what_they_were(hub: Hub) -> None:
    known = truth()
    for receipt, lines in automatic(hub):
        deducted = sum(line.amount_minor for line in lines if line.nature != "money")
        assert deducted in (0, sum(minor(row["deducted"]) for row in known[receipt])), receipt


def test_most_receipts_are_matched_without_a_person(hub: Hub) -> None:
    """Of the receipts that pay something the hub knows, nine in ten."""
    known = truth()
    payable = [
        ref for ref, rows in known.items()
        if rows[0]["statement"] == "read" and any(row["document"] and not row["document_held"] for row in rows)
    ]  # fmt: skip
    matched = {receipt for receipt, _ in automatic(hub)}
    assert len(matched & set(payable)) >= len(payable) * 9 // 10


def test_what_is_no_debtors_money_is_left_alone(hub: Hub) -> None:
    """Taxes, insurers, the sister company, suppliers, a factor's advance, strangers, what was paid twice."""
    applied = {receipt for receipt, _ in automatic(hub)}
    assert [] == [ref for ref, rows in truth().items() if not rows[0]["document"] and ref in applied]


def test_a_direct_debit_that_came_back_leaves_its_invoice_open(hub: Hub) -> None:
    """Issue 2, reconcile: money that was returned pays nothing."""
    returned = {ref for ref, rows in truth().items() if rows[0]["kind"] == "returned_direct_debit"}
    assert returned
    assert set() == returned & {receipt for receipt, _ in automatic(hub)}


def test_the_table_of_receipts_adds_up(made: tuple[Path, Shown]) -> None:
    """Each receipt stands in one part of the table; what the bank took back is one of them."""
    title = next(line for line in made[1] if line.startswith("Money received"))
    whole = re.compile(r"^(\S.*?) {2,}(\d+) {2,}[\d ]+,\d\d EUR$")
    found = {match[1]: int(match[2]) for line in made[1] if (match := whole.match(line))}
    parts = ["Applied to invoices automatically", "Waiting for you, with a suggestion", "Left alone"]
    came = found["All that came in"]
    assert came == sum(found[part] for part in parts) + found["Taken back by the bank, so the invoice is open"]
    assert f"Money received ({came} receipts)" == title


def test_the_readme_shows_what_the_demo_says(made: tuple[Path, Shown]) -> None:
    readme = Path(__file__).parents[2] / "README.md"
    shown = readme.read_text(encoding="utf-8").split("The demo ends like this (shortened):")[1].split("```")[1]
    assert [] == [
        line for line in shown.strip().splitlines() if line.rstrip() not in {said.rstrip() for said in made[1]}
    ]


def test_twins_of_one_day_stay_two(hub: Hub) -> None:
    [twin] = [ref for ref, rows in truth().items() if rows[0]["kind"] == "twin"]
    assert 2 == sum(row["receipt_id"] == twin for row in exported(hub, "receipts"))


def test_a_second_sync_and_reconciliation_add_nothing(hub: Hub) -> None:
    def state() -> list[dict[str, object]]:
        """All but the verdicts: see the next test."""
        rows = [row for kind in ("receipts", "open-items", "debtors", "allocations") for row in exported(hub, kind)]
        return [{name: value for name, value in row.items() if not name.startswith("verdict")} for row in rows]

    before = state()
    again = counts(demo.sync_all(hub))
    assert {0} == {new for new, _, _, _ in again.values()}
    reconcile_now(hub.desk, policy_of(hub.settings))
    assert before == state()
    assert {(unit.code, unit.place, unit.lines) for unit in list_held(hub.desk)} == HELD


def test_a_second_reconciliation_says_the_same_of_each_receipt(hub: Hub) -> None:
    """Also of the surplus of a receipt that paid more than its invoice."""
    before = exported(hub, "receipts")
    reconcile_now(hub.desk, policy_of(hub.settings))
    assert before == exported(hub, "receipts")


def test_what_is_corrected_comes_in(hub: Hub) -> None:
    """What the demo proposes to try: 12..50 becomes 12,50, and the receipt that waited is applied. The bank sends the
    week again with the right balance: its 14 movements are booked, and no statement is missing any more."""
    [missing] = status(hub.desk).bank
    assert "missing_statement" == missing.gap.kind
    ledger = hub.settings.folder / "atelier" / "factures.csv"
    ledger.write_bytes(ledger.read_bytes().replace(b"12..50", b"12,50"))
    week = hub.settings.folder / "bank" / "atelier" / "releve_20260911.txt"
    week.write_bytes(closing_a_cent_lower(week.read_bytes()))
    runs = [sync_connector(hub.store, hub.spec(name), actor="test") for name in ("atm_ledger", "bank_cfonb")]
    assert (15, 0, 0) == counts(runs)["bank_cfonb", "movements"][:3]
    assert [] == status(hub.desk).bank
    assert "HUB-CSV-012" not in {unit.code for unit in list_held(hub.desk)}
    reconcile_now(hub.desk, policy_of(hub.settings))
    applied = {line.invoice_number: line.amount_minor for _, lines in automatic(hub) for line in lines}
    assert 1250 == applied["FA-2026-00264"]


def closing_a_cent_lower(statement: bytes) -> bytes:
    """The last character of the amount in record 07 holds the last digit: one letter lower is a cent less."""
    last = statement.rindex(b"\r\n07") + len(b"\r\n") + 103
    return statement[:last] + bytes([statement[last] - 1]) + statement[last + 1 :]


def test_the_report_tells_a_finance_person_what_was_done(made: tuple[Path, Shown], hub: Hub) -> None:
    folder, shown = made
    found = status(hub.desk)
    for word in (
        "12..50",
        "31/02/2026",
        "FA-2026-00251",
        "difference 0,01 EUR",
        "Atelier Montclar SAS (ATM)",
        "overdue",
    ):
        assert word in shown.text
    for entry in found.sellers:
        assert entry.open_minor == sum(entry.aged)
        assert f"{entry.open_minor % 100:02d} {entry.currency}" in shown.text
    assert f"hub status --config {folder / 'hub.toml'}" in shown.text
    assert max(map(len, shown)) <= 120 or str(folder) in max(shown, key=len)


def test_the_exports_are_there(made: tuple[Path, Shown]) -> None:
    folder, _ = made
    names = {path.name for path in (folder / "exports").iterdir()}
    assert {"allocations.csv", "open-items.csv"} <= names
    assert names & {"aged-balance.xlsx", "aged-balance.csv"}
    assert not (folder / "truth.csv").exists()


def test_a_demo_is_made_again_in_its_own_place(tmp_path: Path) -> None:
    """Also after it was changed, or interrupted while it was made."""
    folder = tmp_path / "hub-demo"
    demo.copy_company(DATA, folder)
    (folder / "hub.toml").unlink()
    (folder / "hub.db").write_text("left over")
    demo.copy_company(DATA, folder)
    assert (folder / "hub.toml").is_file()
    assert not (folder / "hub.db").exists()


def test_somebody_elses_folder_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "accounts.xlsx").write_text("precious")
    with pytest.raises(ConfigError, match="HUB-DEMO-002"):
        demo.copy_company(DATA, tmp_path)
    assert ["accounts.xlsx"] == [path.name for path in tmp_path.iterdir()]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="HUB-DEMO-003"):
        demo.copy_company(DATA, tmp_path / "file" / "hub-demo")


def test_an_installed_hub_without_the_data_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "__file__", str(tmp_path / "hub" / "__init__.py"))
    with pytest.raises(ConfigError, match="HUB-DEMO-001"):
        demo.source()
