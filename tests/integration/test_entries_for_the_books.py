"""Payments carried back to the books: from the bank's receipt over the import file to one sum on both sides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.cli import main
from hub.core.host.writing import Writer
from hub.core.jobs.running import run_connector
from hub.core.services import allocations, batches, handed, sightings, users
from hub.core.services.acknowledging import acknowledge
from hub.core.services.books import books_status
from hub.core.services.by_hand import Deduction, Share, allocate
from hub.core.services.ledger import view
from hub.core.services.reconcile import Policy, reconcile_now
from hub.core.services.rights import NotAllowed
from hub.core.services.rules import Rules
from hub.core.store import batches as batch_store
from hub.core.store import tables as t
from hub.sdk.errors import HubError
from tests.sage_company import SageBase
from tests.sage_company.importing import import_file
from tests.sage_company.ledger import euros
from tests.support.hubs import column, dump, make_hub, rows, sync, verified
from tests.support.in_process import InProcess
from tests.support.sage import in_sage
from tests.support.scripts import receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")

IBAN = "FR7630999000010001234567836"
SAGE = f"""
[connector.sage]
plugin = "sage100"
url = "{{url}}"
seller = "ATELIER"
bank_accounts = {{{{ "{IBAN}" = "512100" }}}}
bank_journals = {{{{ "{IBAN}" = "BQ" }}}}
[seller.ATELIER]
books = "sage"
"""
TODAY = date(2026, 11, 30)
RULES = Rules(Policy(), {})


class Firm:
    """Sage, a bank, and the hub between them."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.base = SageBase(f"sqlite:///{folder / 'sage.db'}")
        self.hub: Hub = make_hub(folder, database_url, SAGE.format(url=self.base.url) + section("bank"))
        self.entry = 0
        self.units: list[dict[str, Any]] = []
        self.base.add("F_JOURNAUX", [
            {"JO_Num": "VE", "JO_Type": 1}, {"JO_Num": "BQ", "JO_Type": 2}, {"JO_Num": "OD", "JO_Type": 3},
        ])  # fmt: skip
        self.base.add("P_DOSSIER", [{"D_DebutExo01": "2026-01-01", "D_FinExo01": "2026-12-31"}])
        self.base.add("F_COMPTET", [
            {"CT_Num": "C1", "CT_Intitule": "Menuiserie Durand SARL"}, {"CT_Num": "C2", "CT_Intitule": "Hôtel du Parc"},
        ])  # fmt: skip
        self.sold("OLD", 100, "C2")
        self.entry += 1
        self.base.add("F_ECRITUREC", [{
            "EC_No": self.entry, "JO_Num": "BQ", "JM_Date": "2026-09-01", "EC_Jour": 20, "CG_Num": "41100000",
            "CT_Num": "C2", "EC_Sens": 1, "EC_Montant": "1.000000", "EC_Piece": "BQ0",
        }])  # fmt: skip
        self.base.letter("ZZZ", 1, 2)
        write_script(folder, [], name="bank")

    def keep(self) -> None:
        """Keep both data bases as they stand."""
        self._closed()
        self._kept = (self.entry, list(self.units), self.base.now)
        shutil.copytree(self.folder, self.folder.with_suffix(".kept"))

    def as_kept(self) -> None:
        """As it was then."""
        self._closed()
        self.entry, units, self.base.now = self._kept
        self.units = list(units)
        shutil.rmtree(self.folder)
        shutil.copytree(self.folder.with_suffix(".kept"), self.folder)

    def _closed(self) -> None:
        self.hub.store.close()
        self.base.close()

    def sold(self, number: str, cents: int, debtor: str = "C1", journal: str = "VE", sens: int = 0) -> None:
        """An invoice, or with `sens` 1 a credit note."""
        self.entry += 1
        self.base.add("F_ECRITUREC", [{
            "EC_No": self.entry, "JO_Num": journal, "JM_Date": "2026-09-01", "EC_Jour": 5, "EC_RefPiece": number,
            "CG_Num": "41100000", "CT_Num": debtor, "EC_Sens": sens, "EC_Montant": euros(cents), "EC_Piece": number,
            "EC_Echeance": "2026-10-05",
        }])  # fmt: skip

    def received(self, key: str, cents: int, text: str, **fields: Any) -> None:
        """A line at the bank."""
        given = {"account": IBAN, "payer_name": "MENUISERIE DURAND", "remittance": text, **fields}
        self.units.append(unit(key, receipt(key, cents, **given)))
        write_script(self.folder, self.units, name="bank")

    def read(self) -> None:
        """Everything is read, and what is certain applied."""
        self.base.tick(hours=3)
        for name in ("sage", "bank"):
            report = run_connector(self.hub.store, self.hub.spec(name), actor="tester")
            assert report.error is None, report.error
        reconcile_now(self.hub.desk, Policy())

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """The connector, asked for a file."""
        spec = self.hub.spec("sage")
        yield Writer(InProcess(spec.start), spec.start)

    def write(self, **options: Any) -> batches.HandedOver:
        """`hub books write sage`."""
        return batches.hand_over(self.hub.desk, "sage", self.writer, self.folder / "books", **options)

    def imported(self, report: batches.HandedOver) -> None:
        """The accountant imports what was written."""
        for one in report.written:
            assert import_file(self.base, one.path.read_bytes())

    def posted(self) -> list[tuple[str, str, list[str]]]:
        """Each posting: receipt, state, what is to be corrected."""
        return [
            (one.posting.receipt_id, one.state, [c.kind for c in one.corrections])
            for batch in handed.list_batches(self.hub.desk)
            for one in batch.postings
        ]

    def mend(self, receipt_id: str) -> str:
        """What is to be done about a posting."""
        [posting] = [
            one
            for batch in handed.list_batches(self.hub.desk)
            for one in batch.postings
            if one.posting.receipt_id == receipt_id
        ]
        return posting.corrections[0].mend

    def agrees(self) -> None:
        """The books agree for every debtor, and all that is open here is their balance."""
        with self.hub.store.read() as connection:
            status = books_status(self.hub.desk, connection)
        assert [] == status.check.gaps
        assert {0} == {total.gap_minor for total in status.check.totals}
        assert sum(in_sage(self.base, self.folder, TODAY).values()) == sum(
            total.open_minor - total.on_account_minor for total in status.check.totals
        )

    def open(self) -> dict[str, int]:
        """What is open here, by number."""
        items = view(self.hub.desk).ledger.items
        return dict(zip(items.number, items.open_minor, strict=True))


@pytest.fixture(autouse=True)
def _asked_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connector is asked over frames, but without a process."""

    @contextmanager
    def asked(start: Any, limits: Any = None) -> Iterator[Writer]:
        yield Writer(InProcess(start), start)

    monkeypatch.setattr("hub.core.host.writing.writer", asked)


@pytest.fixture
def firm(tmp_path: Path, database_url: str) -> Iterator[Firm]:
    """A firm with two debtors, on each data base."""
    made = Firm(tmp_path, database_url)
    yield made
    made.base.close()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Firm]:
    """The firm of `ready`, made by the first who needs it; its statements stay compiled."""
    return {}


@pytest.fixture
def ready(standing: dict[str, Firm], tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Firm:
    """The firm of `paid`, on SQLite, each time as it was."""
    if not standing:
        folder = tmp_path_factory.mktemp("firm")
        shutil.copy(sqlite_template, folder / "hub.db")
        standing["firm"] = made = Firm(folder, f"sqlite:///{folder / 'hub.db'}")
        paid(made)
        made.keep()
    made = standing["firm"]
    made.as_kept()
    return made


def paid(firm: Firm) -> None:
    """Three invoices; one payment for two of them and something over, one for the third."""
    firm.sold("FA1", 12_000)
    firm.sold("FA2", 3_000)
    firm.sold("FA3", 900, "C2")
    firm.received("B1", 15_050, "FA1 FA2", received_on="2026-11-05")
    firm.received("B2", 900, "FA3", payer_name="HOTEL DU PARC", received_on="2026-11-06")
    firm.read()
    allocate(firm.hub.desk, RULES, [Share("B1")], [Share("FA1"), Share("FA2")], [], "and something over")


def test_there_and_back_again(ready: Firm) -> None:
    """Each posting is acknowledged, each sum counted once, the gap is 0.00, and verify is content."""
    round_trip(ready)


@pytest.mark.long
def test_there_and_back_again_on_each_data_base(firm: Firm) -> None:
    """The same from the first invoice on."""
    paid(firm)
    round_trip(firm)


def round_trip(firm: Firm) -> None:
    """Bank, reconcile, file, import, read."""
    with firm.hub.store.read() as connection:
        before = books_status(firm.hub.desk, connection)
    assert 2 == before.not_in_books
    assert {"C1", "C2"} == {found.gap.debtor_id for _, found in before.check.gaps}
    report = firm.write()
    [batch] = report.written
    assert (1, "hub-ATELIER-000001.txt", 2) == (batch.batch.number, batch.path.name, len(batch.postings))
    assert [("B1", "written", []), ("B2", "written", [])] == firm.posted()
    firm.imported(report)
    firm.read()
    assert [("B1", "acknowledged", []), ("B2", "acknowledged", [])] == firm.posted()
    firm.agrees()
    assert {} == firm.open()
    links = [row for row in sightings.list_sightings(firm.hub.desk) if row.status == "auto"]
    assert ["posting"] * 4 == [row.rule for row in links]
    assert {"B1": 15_050, "B2": 900} == {
        name: sum(row.amount_minor for row in links if row.carrier_id == name) for name in ("B1", "B2")
    }
    with firm.hub.store.read() as connection:
        assert 0 == books_status(firm.hub.desk, connection).not_in_books
    stood = dump(firm.hub.store)
    firm.read()
    firm.hub.store.engine.dispose()
    changed = {name for name in stood if name not in ("connector_state",) and stood[name] != dump(firm.hub.store)[name]}
    assert not changed - {"stream", "journal", "evidence", "page"}, changed
    assert [] == verified(firm.hub).differences


@pytest.mark.long
def test_matched_in_sage_it_is_confirmed(ready: Firm) -> None:
    """The accountant matches the entries with the invoices: what was applied here is confirmed, not added to."""
    ready.imported(ready.write())
    ready.read()
    sql = "SELECT MIN(EC_No) FROM F_ECRITUREC WHERE CT_Num = 'C2' AND JO_Num = '{}' AND EC_No > 2"
    ready.base.letter("AAA", int(ready.base.value(sql.format("VE"))), int(ready.base.value(sql.format("BQ"))))
    ready.read()
    ready.agrees()
    assert {} == ready.open()
    assert [("B1", "acknowledged", []), ("B2", "acknowledged", [])] == ready.posted()
    assert [] == verified(ready.hub).differences


def test_twice_is_once(ready: Firm) -> None:
    """A second run hands nothing over; the third gives the next number to what came since."""
    assert 1 == len(ready.write().written)
    stood = dump(ready.hub.store)
    assert [] == ready.write().written
    assert stood == dump(ready.hub.store)
    ready.sold("FA4", 700)
    ready.received("B3", 700, "FA4")
    ready.read()
    [batch] = ready.write().written
    assert (2, ["B3"]) == (batch.batch.number, [row.receipt_id for row in batch.postings])


def test_a_dry_run_writes_nothing(ready: Firm) -> None:
    """It says what would be handed over, with its parts."""
    stood = dump(ready.hub.store)
    report = ready.write(dry_run=True)
    assert [("B1", ["FA1", "FA2", None]), ("B2", ["FA3"])] == [
        (one.receipt.receipt_id, [part.document_number for part in one.parts]) for one in report.drafts
    ]
    assert stood == dump(ready.hub.store)
    assert not (ready.folder / "books").exists()


@pytest.mark.long
def test_only_up_to_a_day(ready: Firm) -> None:
    """Later receipts wait."""
    [batch] = ready.write(until=date(2026, 11, 5)).written
    assert ["B1"] == [row.receipt_id for row in batch.postings]


@pytest.mark.parametrize("at", [pytest.param("whole_file", marks=pytest.mark.long), "batches.note_written"])
def test_killed_between_batch_and_note(ready: Firm, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    """Before the file exists, or before it was noted: the next run gives the same file, and nothing twice."""

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(f"hub.core.services.batches.{at}", killed)
        with pytest.raises(Killed):
            ready.write()
    assert [("B1", "prepared", []), ("B2", "prepared", [])] == ready.posted()
    left = list((ready.folder / "books").glob("hub-*")) if (ready.folder / "books").exists() else []
    before = [path.read_bytes() for path in left]
    report = ready.write()
    [batch] = report.written
    assert batch.again
    assert before in ([], [batch.path.read_bytes()])
    assert ["batches of 1"] == [f"batches of {n}" for n in column(ready.hub.store, sa.select(t.ledger_batch.c.number))]
    ready.imported(report)
    ready.read()
    assert {"acknowledged"} == {state for _, state, _ in ready.posted()}
    ready.agrees()


@pytest.mark.long
def test_imported_before_it_was_noted(ready: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file was there and imported, though the hub was killed before it noted so: the books say it."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("hub.core.services.batches.batches.note_written", killed)
        with pytest.raises(KeyboardInterrupt):
            ready.write()
    [path] = (ready.folder / "books").glob("hub-*")
    import_file(ready.base, path.read_bytes())
    ready.read()
    assert {"acknowledged"} == {state for _, state, _ in ready.posted()}
    ready.agrees()


@pytest.mark.long
def test_a_lost_file_is_made_again(ready: Firm) -> None:
    """The same bytes; another file under its name is left alone."""
    [batch] = ready.write().written
    body = batch.path.read_bytes()
    batch.path.unlink()
    assert body == batches.put_again(ready.hub.desk, batch.batch, ready.folder / "books").path.read_bytes()
    batch.path.write_text("something else")
    with pytest.raises(HubError, match="HUB-BOOK-013"):
        batches.put_again(ready.hub.desk, batch.batch, ready.folder / "books")
    assert "something else" == batch.path.read_text()


def test_an_allocation_reversed_after_writing(ready: Firm) -> None:
    """The entry is (or will be) in the books: a person is told, and nothing is written over it."""
    report = ready.write()
    [row] = [one for one in allocations.list_allocations(ready.hub.desk) if one.receipt_id == "B2"]
    allocations.reverse_proposal(ready.hub.desk, row.proposal, "another debtor's")
    assert [("B1", "written", []), ("B2", "written", ["not_applied"])] == ready.posted()
    assert "never imported, nor will be: hub books withdraw 1" in ready.mend("B2")
    ready.imported(report)
    for name in ("sage", "bank"):
        run_connector(ready.hub.store, ready.hub.spec(name), actor="tester")
    assert [("B1", "acknowledged", []), ("B2", "acknowledged", ["not_applied"])] == ready.posted()
    assert "match it otherwise in the books, or correct the entry" == ready.mend("B2")
    assert [] == ready.write().written


def test_the_hint_fits_the_state_of_each_batch(
    ready: Firm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prepared: finish its file, or withdraw it. Written: import it, or withdraw it. In the books, all or in part:
    nothing to withdraw, as the data base would say."""

    def listed() -> str:
        capsys.readouterr()
        assert 0 == main(["--config", str(ready.folder / "hub.toml"), "books", "list"])
        return " ".join(capsys.readouterr().out.split())

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("hub.core.services.batches.batches.note_written", killed)
        with pytest.raises(KeyboardInterrupt):
            ready.write()
    shown = listed()
    assert "books write sage" in shown
    assert "books withdraw 1" in shown
    assert " sync sage" not in shown
    [row] = [one for one in allocations.list_allocations(ready.hub.desk) if one.receipt_id == "B2"]
    allocations.reverse_proposal(ready.hub.desk, row.proposal, "another debtor's")
    assert ready.mend("B2").startswith("its file was not written yet: hub books withdraw 1")
    report = ready.write()
    shown = listed()
    assert " sync sage" in shown
    assert "books withdraw 1" in shown
    ready.imported(report)
    ready.base.delete("F_ECRITUREC", CT_Num="C2", JO_Num="BQ", EC_RefPiece="FA3")  # one of the two was not imported
    ready.base.tick(hours=3)
    run_connector(ready.hub.store, ready.hub.spec("sage"), actor="tester")
    assert [("B1", "acknowledged", []), ("B2", "written", ["not_applied"])] == ready.posted()
    shown = listed()
    assert " sync sage" in shown
    assert "withdraw" not in shown
    assert "withdraw" not in ready.mend("B2")
    with pytest.raises(HubError, match="the books have entries of this batch"):
        batches.withdraw(ready.hub.desk, 1, "no")


@pytest.mark.long
def test_imported_twice_is_said(ready: Firm) -> None:
    """The books have the money twice: nothing hides it."""
    report = ready.write()
    ready.imported(report)
    ready.imported(report)
    ready.read()
    assert [("B1", "acknowledged", ["twice"]), ("B2", "acknowledged", ["twice"])] == ready.posted()
    for number in range(ready.base.value("SELECT MAX(EC_No) FROM F_ECRITUREC") - 5, 1_000):
        ready.base.delete("F_ECRITUREC", EC_No=number)
    ready.read()
    ready.read()
    assert [("B1", "acknowledged", []), ("B2", "acknowledged", [])] == ready.posted()
    ready.agrees()


@pytest.mark.long
def test_another_amount_in_the_books(ready: Firm) -> None:
    """Somebody corrected the entry in Sage: it is said, and no longer the same sum."""
    ready.imported(ready.write())
    ready.read()
    ready.base.tick(hours=3)
    ready.base.change("F_ECRITUREC", {"CT_Num": "C2", "JO_Num": "BQ", "EC_RefPiece": "FA3"}, EC_Montant="8.000000")
    ready.read()
    assert ("B2", "acknowledged", ["amount"]) in ready.posted()
    assert 3 == len(sightings.list_sightings(ready.hub.desk, statuses=["auto"]))


@pytest.mark.long
def test_deleted_in_the_books(ready: Firm) -> None:
    """The entry is gone from Sage: it is said."""
    ready.imported(ready.write())
    ready.read()
    ready.base.delete("F_ECRITUREC", CT_Num="C2", JO_Num="BQ", EC_RefPiece="FA3")
    ready.read()
    assert ("B2", "written", ["gone"]) in ready.posted()


def test_a_batch_that_was_never_imported(ready: Firm) -> None:
    """Withdrawn with a reason, its receipts go into the next one; its number is not used again."""
    ready.write()
    batches.withdraw(ready.hub.desk, 1, "wrong folder")
    with pytest.raises(HubError, match="HUB-BOOK-014"):
        batches.withdraw(ready.hub.desk, 1, "again")
    with pytest.raises(HubError, match="HUB-BOOK-010"):
        batches.withdraw(ready.hub.desk, 7, "which?")
    [batch] = ready.write().written
    assert 2 == batch.batch.number
    import_file(ready.base, batch.path.read_bytes())
    ready.read()
    assert {("withdrawn", ()), ("acknowledged", ())} == {(state, tuple(kinds)) for _, state, kinds in ready.posted()}
    ready.agrees()
    with pytest.raises(HubError, match="the books have entries of this batch"):
        batches.withdraw(ready.hub.desk, 2, "no")
    assert [] == verified(ready.hub).differences


@pytest.mark.long
def test_withdrawn_but_imported(ready: Firm) -> None:
    """What a person said was wrong: the books have the batch. It is said."""
    report = ready.write()
    batches.withdraw(ready.hub.desk, 1, "never imported, so they say")
    ready.imported(report)
    ready.read()
    assert [("B1", "withdrawn", ["imported"]), ("B2", "withdrawn", ["imported"])] == ready.posted()
    assert [] == ready.write().written, "the books have it: it is not handed over again"


@pytest.mark.long
def test_what_is_left_says_why(firm: Firm) -> None:
    """An unknown payer, a receipt without account, one in another currency, one of two debtors with a rest."""
    firm.sold("FA1", 12_000)
    firm.sold("FA3", 900, "C2")
    firm.sold("FA4", 400)
    firm.received("B1", 5_555, "?", payer_name="INCONNU")
    firm.received("B2", 400, "FA4", account=None)
    firm.received("B3", 13_000, "FA1 FA3")
    firm.read()
    allocate(firm.hub.desk, RULES, [Share("B3")], [Share("FA1"), Share("FA3")], [], "both")
    report = firm.write()
    assert [] == report.written
    assert {"B1": "not_applied", "B2": "no_account", "B3": "rest"} == {
        one.receipt.receipt_id: one.reason for one in report.left
    }


@pytest.mark.long
def test_an_account_that_is_not_configured(ready: Firm) -> None:
    """What the connector cannot write is left with its own words; its neighbours go."""
    ready.sold("FA4", 400)
    ready.received("B4", 400, "FA4", account="FR7630999000010009999999905")
    ready.read()
    report = ready.write()
    assert [("B4", "refused")] == [(one.receipt.receipt_id, one.reason) for one in report.left]
    assert "HUB-SAGE-050" in report.left[0].what
    assert 2 == len(report.written[0].postings)


def test_a_debtor_about_whom_the_books_differ(ready: Firm) -> None:
    """An unexplained gap: nothing is written for that debtor; the other one's payment goes."""
    ready.base.tick(hours=5)
    ready.sold("FA9", 100, "C2")
    ready.read()
    # Held, since its currency is not known: what was known of it stands, and the balance is another.
    unknown = {"N_Devise": 9, "EC_Devise": "5.000000"}
    ready.base.change("F_ECRITUREC", {"EC_RefPiece": "FA1"}, EC_Montant="121.000000", **unknown)
    ready.read()
    report = ready.write()
    assert [("B1", "books_differ")] == [(one.receipt.receipt_id, one.reason) for one in report.left]
    assert ["B2"] == [row.receipt_id for row in report.written[0].postings]


@pytest.mark.long
def test_another_sighting_of_a_payment_handed_over(ready: Firm) -> None:
    """Told again by another statement: linked by a person, or in the place of the first one, it does not go twice."""
    ready.write()
    ready.received("B9", 15_050, "FA1 FA2", received_on="2026-11-05")
    ready.read()
    sightings.link(ready.hub.desk, "B1", "B9", "the same payment")
    assert [] == ready.write().written
    ready.units = [one for one in ready.units if one["ref"] != "B2"]
    ready.received("B7", 900, "FA3", payer_name="HOTEL DU PARC", received_on="2026-11-06")
    for one in ready.units:
        if one["ref"] == "B2":
            one["records"] = []
    ready.units.append({"ref": "B2", "records": []})
    write_script(ready.folder, ready.units, name="bank")
    ready.read()
    report = ready.write()
    assert [("B7", "maybe_handed_over")] == [(one.receipt.receipt_id, one.reason) for one in report.left]
    assert ("B2", "written", ["receipt"]) in ready.posted()


@pytest.mark.long
def test_books_not_read_to_the_end(ready: Firm) -> None:
    """Nobody knows what they have: nothing is written."""
    ready.base.engine.dispose()
    (ready.folder / "sage.db").rename(ready.folder / "away.db")
    run_connector(ready.hub.store, ready.hub.spec("sage"), actor="tester")
    with pytest.raises(HubError, match="HUB-BOOK-011"):
        ready.write()


@pytest.mark.long
def test_settled_in_the_books_meanwhile(ready: Firm) -> None:
    """The accountant entered and matched the payment under another name before the batch: it is not handed over."""
    ready.base.add("F_ECRITUREC", [{
        "EC_No": 900, "JO_Num": "OD", "JM_Date": "2026-11-01", "EC_Jour": 7, "CG_Num": "41100000", "CT_Num": "C2",
        "EC_Sens": 1, "EC_Montant": "9.000000", "EC_Piece": "OD1",
    }])  # fmt: skip
    ready.base.tick(hours=3)
    ready.base.letter("AAA", 5, 900)
    ready.read()
    report = ready.write()
    assert [("B2", "settled_in_books")] == [(one.receipt.receipt_id, one.reason) for one in report.left]


@pytest.mark.long
def test_entered_by_hand_meanwhile(ready: Firm) -> None:
    """The accountant entered the payment before the file was written: it is linked, and not handed over."""
    ready.base.add("F_ECRITUREC", [{
        "EC_No": 900, "JO_Num": "BQ", "JM_Date": "2026-11-01", "EC_Jour": 6, "CG_Num": "41100000", "CT_Num": "C2",
        "EC_Sens": 1, "EC_Montant": "9.000000", "EC_Piece": "BQ1", "EC_Intitule": "HOTEL DU PARC FA3",
    }])  # fmt: skip
    ready.base.tick(hours=3)
    run_connector(ready.hub.store, ready.hub.spec("sage"), actor="tester")
    [batch] = ready.write().written
    assert ["B1"] == [row.receipt_id for row in batch.postings]


@pytest.mark.long
def test_a_credit_note_and_a_discount(firm: Firm) -> None:
    """What a credit note took off is taken off the part; a deduction is said, to be entered by hand."""
    firm.sold("FA1", 10_000)
    firm.sold("AV1", 2_000, sens=1)
    firm.sold("FA2", 5_000, "C2")
    firm.received("B1", 8_000, "?")
    firm.received("B2", 4_900, "?", payer_name="HOTEL DU PARC")
    firm.read()
    for name in {row.proposal for row in allocations.list_allocations(firm.hub.desk, statuses=["auto"])}:
        allocations.reverse_proposal(firm.hub.desk, name, "by hand")
    allocate(firm.hub.desk, RULES, [Share("B1")], [Share("FA1"), Share("AV1")], [], "net")
    from decimal import Decimal

    less = [Deduction("FA2", Decimal("1.00"), "discount")]
    allocate(firm.hub.desk, RULES, [Share("B2")], [Share("FA2")], less, "discount")
    report = firm.write()
    assert [[("FA1", 8_000)], [("FA2", 4_900)]] == [
        [(part.document_number, part.amount_minor) for part in row.parts] for row in report.written[0].postings
    ]
    assert [("FA2", "discount", 100)] == [
        (one.document_number, one.nature, one.amount_minor) for one in report.deducted
    ]


def test_a_reader_writes_nothing(ready: Firm) -> None:
    """It needs a controller; so does withdrawing."""
    users.create(ready.hub.desk, "anne", "administrator", None, None)
    users.create(ready.hub.desk, "rene", "reader", None, None)
    reader = replace(ready.hub.desk, actor="rene", user=users.acting(ready.hub.store, "rene", None))
    with pytest.raises(NotAllowed):
        batches.hand_over(reader, "sage", ready.writer, ready.folder / "books")
    with pytest.raises(NotAllowed):
        batches.withdraw(reader, 1, "no")
    users.create(ready.hub.desk, "carl", "controller", ("ELSEWHERE",), None)
    other = replace(ready.hub.desk, actor="carl", user=users.acting(ready.hub.store, "carl", None))
    assert [] == batches.hand_over(other, "sage", ready.writer, ready.folder / "books").written


def test_the_data_base_refuses(firm: Firm) -> None:
    """A second standing posting of a receipt, a hole or a repeat in the numbers, a posting that is not its receipt."""
    paid(firm)
    firm.write()
    store = firm.hub.store
    [connector, receipt_row] = [
        rows(store, sa.select(t.ledger_batch.c.connector_id))[0][0],
        rows(store, sa.select(t.ledger_posting.c.receipt_id))[0][0],
    ]
    file = {"file_name": "x", "media_type": "x", "body": b"x", "digest": b"x"}
    day = date(2026, 11, 5)
    part = batch_store.Part("ATELIER", "C1", None, None, 15_050)

    def add(number: int, posting: batch_store.NewPosting | None) -> None:
        store.again(
            "x", lambda unit: batch_store.add_batch(unit, connector, number, file, [posting] if posting else [])
        )

    whole = batch_store.NewPosting(receipt_row, "X", day, "x", "EUR", 15_050, "x", [part])
    for number, posting, words in (
        (2, whole, "handed to the books already"),
        (3, whole, "numbered one after the other"),
        (1, whole, "numbered one after the other"),
    ):
        with pytest.raises(HubError, match=words):
            add(number, posting)
    batches.withdraw(firm.hub.desk, 1, "to try")
    with pytest.raises(HubError, match="whole and in its currency"):
        add(2, whole._replace(amount_minor=15_000))
    with pytest.raises(HubError, match="the parts are more"):
        add(2, whole._replace(parts=[part._replace(amount_minor=15_051)]))
    add(2, whole)


def test_no_entry_no_question(ready: Firm) -> None:
    """The connector is asked only when entries came that nobody looked at."""
    ready.write()

    @contextmanager
    def never() -> Iterator[Writer]:
        raise AssertionError("asked for nothing")
        yield

    sync(ready.hub, "sage")
    assert 0 == acknowledge(ready.hub.store, "sage", never, "tester")
