"""The status « encaissée »: prepared once for each receipt on an electronic invoice, with the allocation as proof."""

from __future__ import annotations

import csv
import io
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hub.app.bootstrap import Hub
from hub.core.host.reporting import Reporter
from hub.core.services import allocations, collected, sightings, users
from hub.core.services.by_hand import Share, allocate
from hub.core.services.exports import Asked, open_table, write_stream
from hub.core.services.reconcile import Policy, reconcile_now
from hub.core.services.rights import NotAllowed
from hub.core.services.rules import Rules
from tests.support.hubs import dump, make_hub, sync, verified
from tests.support.in_process import InProcess
from tests.support.scripts import debtor, invoice, receipt, section, unit, write_script
from tests.unit.plugins.einvoices.made import cii

pytestmark = [pytest.mark.usefixtures("in_process"), pytest.mark.long_on_postgres]

EINVOICES = '[connector.issued]\nplugin = "einvoices"\nfiles = "issued"\nseller = "ACME"\nsettle_s = 0\n'
BOOKS = '[seller.ACME]\nbooks = "erp"\n'


class World:
    """An ERP, a bank and a folder of e-invoices."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "issued").mkdir()
        self.hub: Hub = make_hub(folder, url, section("erp") + section("bank") + EINVOICES + BOOKS)
        self.told: dict[str, list[dict[str, Any]]] = {"erp": [], "bank": []}

    def tell(self, connector: str, *units: dict[str, Any]) -> None:
        """More of a source; everything is read and applied."""
        self.told[connector] += units
        write_script(self.folder, self.told[connector], name=connector)
        sync(self.hub, connector)
        sync(self.hub, "issued")
        reconcile_now(self.hub.desk, Policy())

    @contextmanager
    def reporter(self) -> Any:
        """The connector, asked for reports."""
        start = self.hub.spec("issued").start
        yield Reporter(InProcess(start), start)

    def prepare(self) -> collected.Prepared:
        """What `hub export collected` does first."""
        return collected.prepare(self.hub.desk, {"issued": self.reporter})

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The export: status, invoice, rate, amount."""
        stream = io.StringIO()
        with open_table(self.hub.desk, "collected", Asked()) as table:
            write_stream(table, "csv", stream)
        read = csv.DictReader(io.StringIO(stream.getvalue()), delimiter=";")
        return [(row["status"], row["invoice_number"], row["rate"], row["amount"]) for row in read]


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> World:
    """On SQLite."""
    shutil.copy(sqlite_template, tmp_path / "hub.db")
    return filled(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}")


@pytest.fixture
def world_anywhere(tmp_path: Path, database_url: str) -> World:
    """On each data base."""
    return filled(tmp_path, database_url)


def filled(tmp_path: Path, url: str) -> World:
    """Three invoices in the books, two of them as e-invoices, one of which says no rates."""
    made = World(tmp_path, url)
    (tmp_path / "issued" / "a.xml").write_bytes(cii())
    (tmp_path / "issued" / "b.xml").write_bytes(cii(number="F2026-002").replace(b"RateApplicablePercent", b"RateOf"))
    issued = {"issued_on": "2026-01-15", "due_on": "2026-02-28"}
    made.tell(
        "erp", unit("c", debtor("C1", "Société Fictive")), unit("f1", invoice("F2026-001", 22_550, **issued)),
        unit("f2", invoice("F2026-002", 22_550, **issued)), unit("f3", invoice("F2026-003", 5_000, **issued)),
    )  # fmt: skip
    return made


def paid(key: str, amount: int, number: str) -> dict[str, Any]:
    """A payment at the bank that names its invoice."""
    return unit(key, receipt(key, amount, payer_name="SOCIETE FICTIVE", remittance=f"VIR {number}"))


def test_each_receipt_once_by_rate(world_anywhere: World, tmp_path: Path) -> None:
    """Two part payments, each shared by the invoice's own rates; a second run prepares nothing; books without an
    e-invoice and invoices without a breakdown are not guessed."""
    world = world_anywhere
    world.tell("bank", paid("B1", 11_275, "F2026-001"), paid("B2", 22_550, "F2026-002"), paid("B3", 5_000, "F2026-003"))
    found = world.prepare()
    assert (1, ["HUB-EINV-023"]) == (found.new, [error.code for _, error in found.refused])
    half = [("prepared", "F2026-001", "20,00", "60,00"), ("prepared", "F2026-001", "5,50", "52,75")]
    assert half == [(s, n, r, a) for s, n, r, a in world.rows()]
    stood = dump(world.hub.store)
    assert 0 == world.prepare().new
    assert stood == dump(world.hub.store)
    world.tell("bank", paid("B4", 11_275, "F2026-001"))
    assert 1 == world.prepare().new
    assert 4 == len(world.rows())
    assert 2 == collected.write_messages(world.hub.desk, tmp_path / "out")
    assert 0 == collected.write_messages(world.hub.desk, tmp_path / "out")
    texts = [one.text for path in sorted((tmp_path / "out").iterdir()) for one in etree.parse(str(path)).iter()]
    assert ["60.00", "52.75"] * 2 == [text for text in texts if text in ("60.00", "52.75")]
    assert [] == verified(world.hub).differences


def test_an_e_invoice_of_another_year_is_reported(world_anywhere: World) -> None:
    """The books date the invoice in the year before: it is the same document, and its status is prepared."""
    world = world_anywhere
    before = {"issued_on": "2025-12-31", "due_on": "2026-02-28"}
    (world.folder / "issued" / "c.xml").write_bytes(cii(number="F2026-004"))
    world.tell("erp", unit("f4", invoice("F2026-004", 22_550, **before)))
    world.tell("bank", paid("B1", 22_550, "F2026-004"))
    assert 1 == world.prepare().new
    assert {"F2026-004"} == {number for _, number, _, _ in world.rows()}
    assert 0 == world.prepare().new


def test_a_reversed_allocation_is_for_a_person(world: World) -> None:
    """The status stands as it was prepared; it is listed to be corrected. Applied again to the same, it is right."""
    world.tell("bank", paid("B1", 22_550, "F2026-001"))
    assert 1 == world.prepare().new
    [row] = [one for one in allocations.list_allocations(world.hub.desk) if one.receipt_id == "B1"]
    allocations.reverse_proposal(world.hub.desk, row.proposal, "another invoice")
    assert {"to_correct"} == {status for status, *_ in world.rows()}
    assert 0 == world.prepare().new
    allocate(world.hub.desk, Rules(Policy(), {}), [Share("B1")], [Share("F2026-001")], [], "after all")
    assert 0 == world.prepare().new, "the same money for the same invoice has its status"
    assert {"prepared"} == {status for status, *_ in world.rows()}


def test_money_that_is_counted_as_another_receipt(world: World) -> None:
    """The ERP told the payment first, then the bank: one sum, one status."""
    booked = receipt("RG1", 22_550, payer_name="Société Fictive", debtor_id="C1", remittance="F2026-001")
    world.tell("erp", unit("r1", booked))
    assert 1 == world.prepare().new
    world.tell("bank", paid("B1", 22_550, "F2026-001"))
    assert ["B1"] == [row.carrier_id for row in sightings.list_sightings(world.hub.desk, statuses=["auto"])]
    assert 0 == world.prepare().new
    assert {"prepared"} == {status for status, *_ in world.rows()}


def test_a_reader_prepares_nothing(world: World) -> None:
    """It needs a controller; what was prepared can be read by anybody."""
    world.tell("bank", paid("B1", 22_550, "F2026-001"))
    users.create(world.hub.desk, "anne", "administrator", None, None)
    users.create(world.hub.desk, "rene", "reader", None, None)
    reader = replace(world.hub.desk, actor="rene", user=users.acting(world.hub.store, "rene", None))
    with pytest.raises(NotAllowed):
        collected.prepare(reader, {"issued": world.reporter})
    assert [] == world.rows()


@pytest.mark.long
def test_a_connector_that_does_not_add_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts by rate that are not what was received: nothing is prepared."""
    world.tell("bank", paid("B1", 22_550, "F2026-001"))
    real = InProcess.hear

    def wrong(self: InProcess, form: Any = None) -> Any:
        answer, body = real(self, form)
        for report in answer.get("reports", {}).values():
            report["by_rate"]["20.00"] = 1
        return answer, body

    monkeypatch.setattr(InProcess, "hear", wrong)
    with pytest.raises(Exception, match="HUB-HOST-014"):
        world.prepare()
    assert [] == world.rows()
