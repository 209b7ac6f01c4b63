"""One sum of money through the whole house: bank, ERP and lettrage in any order, links and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.services import sightings
from hub.core.services.bank import bank_gaps
from hub.core.services.ledger import view
from hub.core.services.reconcile import Policy, reconcile_now
from hub.core.store import receipts as receipt_store
from hub.core.store import tables as t
from hub.sdk.errors import HubError
from tests.support.hubs import column, dump, make_hub, rows, sync, verified
from tests.support.scripts import debtor, invoice, receipt, section, unit, write_script

pytestmark = [pytest.mark.usefixtures("in_process"), pytest.mark.long_on_postgres]

Unit = dict[str, Any]


class World:
    """An ERP and a bank, told piece by piece; after each piece the hub syncs and reconciles."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.told: dict[str, list[Unit]] = {"erp": [], "bank": [], "shop": []}
        for name in self.told:
            write_script(folder, [], name=name)
        books = '[seller.ACME]\nbooks = "erp"\n'
        self.hub: Hub = make_hub(folder, url, section("erp") + section("bank") + section("shop") + books)

    def tell(self, connector: str, *units: Unit) -> None:
        self.told[connector] += units
        write_script(self.folder, self.told[connector], name=connector)
        sync(self.hub, connector)
        reconcile_now(self.hub.desk, Policy())

    def take_back(self, connector: str, ref: str) -> None:
        """The source corrects a unit: it tells nothing any more."""
        for one in self.told[connector]:
            if one["ref"] == ref:
                one["records"] = []
        write_script(self.folder, self.told[connector], name=connector)
        sync(self.hub, connector)
        reconcile_now(self.hub.desk, Policy())

    def open(self) -> dict[str, int]:
        items = view(self.hub.desk).ledger.items
        return dict(zip(items.number, items.open_minor, strict=True))

    def left(self) -> dict[str, int]:
        """What may still be applied, by the receipt's own id."""
        with self.hub.store.read() as connection:
            books = view(self.hub.desk).books
            found = receipt_store.unapplied(connection, books)
        names = dict(rows(self.hub.store, sa.select(t.receipt.c.id, t.receipt.c.receipt_id)))
        return {
            names[number]: left
            for number, left in zip(found.id, found.unapplied_minor, strict=True)
            if number > 0 and left
        }

    def applied(self) -> list[tuple[str, str, int]]:
        """Standing allocations: receipt, invoice, amount."""
        a, r, i = t.allocation, t.receipt, t.invoice
        undone = sa.select(t.allocation_reversal.c.allocation_id)
        joined = a.join(r, r.c.id == a.c.receipt_id).join(i, i.c.id == a.c.invoice_id)
        chosen = sa.select(r.c.receipt_id, i.c.number, a.c.amount_minor).select_from(joined)
        return sorted(rows(self.hub.store, chosen.where(a.c.id.not_in(undone))))  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> World:
    made = World(tmp_path, database_url)
    made.tell(
        "erp",
        unit("c1", debtor("C1", "Menuiserie Durand SARL")), unit("c2", debtor("C2", "Boulangerie Martin")),
        unit("f1", invoice("F-2026-001", 10_000)), unit("f2", invoice("F-2026-002", 10_000, issued_on="2026-09-05")),
    )  # fmt: skip
    return made


def booked(number: str, amount: int = 10_000, **fields: Any) -> Unit:
    """The ERP's entry of a payment."""
    given = {"payer_name": "Menuiserie Durand SARL", "debtor_id": "C1", "received_on": "2026-10-06", **fields}
    return unit(f"r{number}", receipt(number, amount, **given))


def moved(number: str, amount: int = 10_000, **fields: Any) -> Unit:
    """The bank's line of a payment."""
    given = {"payer_name": "MENUISERIE DURAND", "remittance": "VIR F-2026-001", **fields}
    return unit(f"b{number}", receipt(number, amount, **given))


def lettered(name: str, *lines: tuple[str, str, int]) -> Unit:
    """A matching of the books: (target, document, amount)."""
    return unit(
        f"l{name}",
        *(
            {
                "kind": "settlement_line", "seller": "ACME", "settlement_id": name, "line": at, "debtor_id": "C1",
                "settled_on": "2026-10-07", "target": target, "document_number": number, "amount_minor": amount,
                "currency": "EUR",
            }
            for at, (target, number, amount) in enumerate(lines, start=1)
        ),
    )  # fmt: skip


ARRIVALS = {
    "entry": ("erp", booked("RG1")),
    "line": ("bank", moved("B1")),
    "lettrage": ("erp", lettered("AA", ("invoice", "F-2026-001", 10_000), ("receipt", "RG1", 10_000))),
}


@pytest.mark.parametrize("order", list(permutations(ARRIVALS)), ids="-".join)
def test_any_order_ends_the_same(world: World, order: Sequence[str]) -> None:
    """ERP first, bank first, lettrage before either: F-2026-001 is paid once, F-2026-002 is open, no money is left, and
    the entry is the bank's sum."""
    for name in order:
        world.tell(ARRIVALS[name][0], dict(ARRIVALS[name][1]))
    assert {"F-2026-002": 10_000} == world.open()
    assert {} == world.left()
    assert all(line[:2] == ("B1", "F-2026-001") for line in world.applied())
    [row] = [row for row in sightings.list_sightings(world.hub.desk) if row.status == "auto"]
    assert ("RG1", "B1", 10_000) == (row.receipt_id, row.carrier_id, row.amount_minor)
    before = dump(world.hub.store)
    reconcile_now(world.hub.desk, Policy())
    assert before == dump(world.hub.store), "a second run changed something"
    assert [] == verified(world.hub).differences


def test_an_allocation_goes_over_to_the_banks_receipt(world: World) -> None:
    """The ERP told the payment first and the hub applied it; once the bank is seen, the bank's receipt pays."""
    world.tell("erp", booked("RG1", remittance="F-2026-001"))
    assert [("RG1", "F-2026-001", 10_000)] == world.applied()
    world.tell("bank", moved("B1"))
    assert [("B1", "F-2026-001", 10_000)] == world.applied()
    assert {"F-2026-002": 10_000} == world.open()
    reasons = column(world.hub.store, sa.select(t.allocation_reversal.c.reason))
    assert ["the same money is counted as receipt B1"] == reasons


def test_a_person_takes_a_link_back(world: World) -> None:
    """Unlinked, the two are two sums again, with what was applied where it was; they are not linked by themselves."""
    world.tell("erp", booked("RG1", remittance="F-2026-001"))
    before = (world.applied(), world.left(), world.open())
    world.tell("bank", moved("B1"))
    [row] = sightings.list_sightings(world.hub.desk, statuses=["auto"])
    sightings.unlink(world.hub.desk, row.name, "two payments")
    applied, left, open_ = before
    assert (applied, {**left, "B1": 10_000}, open_) == (world.applied(), world.left(), world.open())
    reconcile_now(world.hub.desk, Policy())
    assert [] == sightings.list_sightings(world.hub.desk, statuses=["auto", "suggested"])
    assert ("RG1", "F-2026-001", 10_000) in world.applied()
    sightings.link(world.hub.desk, "erp:RG1", "B1", "one after all")
    assert 1 == len(sightings.list_sightings(world.hub.desk, statuses=["confirmed"]))
    assert [] == verified(world.hub).differences


def test_the_books_used_the_money_otherwise(world: World) -> None:
    """The hub applied it to F-2026-001, the books match it with F-2026-002: the books decide."""
    world.tell("bank", moved("B1"))
    assert [("B1", "F-2026-001", 10_000)] == world.applied()
    world.tell("erp", booked("RG1"))
    world.tell("erp", lettered("AA", ("invoice", "F-2026-002", 10_000), ("receipt", "RG1", 10_000)))
    assert [] == world.applied()
    assert {"F-2026-001": 10_000} == world.open()
    assert {} == world.left()


def test_a_number_used_again_is_not_another_document(world: World) -> None:
    """Numbers restart: the books match the payment with the R-77 of its time, as the hub applied it, though there is a
    newer R-77. Nothing is taken back."""
    world.tell(
        "erp", unit("old", invoice("R-77", 4_000, issued_on="2025-12-01", due_on="2026-01-01")),
        unit("new", invoice("R-77", 5_000, issued_on="2026-10-20", due_on="2026-11-20")),
    )  # fmt: skip
    world.tell("bank", moved("B1", 4_000, remittance="VIR R-77"))
    [(_, _, amount)] = before = world.applied()
    assert 4_000 == amount
    world.tell("erp", booked("RG1", 4_000))
    world.tell("erp", lettered("AA", ("invoice", "R-77", 4_000), ("receipt", "RG1", 4_000)))
    assert before == world.applied()
    assert {"F-2026-001": 10_000, "F-2026-002": 10_000, "R-77": 5_000} == world.open()


def test_money_of_the_books_alone_is_not_offered(world: World) -> None:
    """An entry that is matched in the books has nothing left, though no bank tells of it."""
    world.tell("erp", booked("RG1"), lettered("AA", ("invoice", "F-2026-001", 10_000), ("receipt", "RG1", 6_000)))
    assert {"RG1": 4_000} == world.left()


def test_what_is_not_certain_is_suggested(world: World) -> None:
    """Without a payer or a reference a person confirms; until then nothing is applied twice."""
    world.tell("bank", moved("B1", payer_name=None))
    world.tell("erp", booked("RG9", payer_name=None, debtor_id=None))
    [row] = sightings.list_sightings(world.hub.desk)
    assert ("suggested", "RG9", "B1") == (row.status, row.receipt_id, row.carrier_id)
    sightings.confirm(world.hub.desk, row.name)
    assert "RG9" not in world.left()
    assert [] == sightings.list_sightings(world.hub.desk, statuses=["suggested"])
    with pytest.raises(HubError, match="HUB-BOOK-004"):
        sightings.confirm(world.hub.desk, row.name)


def test_a_source_that_takes_a_receipt_back_undoes_its_link(world: World) -> None:
    """The entry goes: the bank's receipt is alone again."""
    world.tell("erp", booked("RG1"))
    world.tell("bank", moved("B1"))
    world.take_back("erp", "rRG1")
    [row] = sightings.list_sightings(world.hub.desk)
    assert ("reversed", "its source withdrew one of the receipts") == (row.status, row.reversed_because)


def test_the_data_base_refuses_money_counted_elsewhere(world: World) -> None:
    """Neither a second link nor an allocation may use what another receipt counts."""
    world.tell("erp", booked("RG1"))
    world.tell("bank", moved("B1", remittance="?"), moved("B2", remittance="?", received_on="2026-11-20"))
    with pytest.raises(HubError, match="HUB-BOOK-003"):
        sightings.link(world.hub.desk, "RG1", "B2", "again")
    with pytest.raises(HubError, match="HUB-BOOK-003"):
        sightings.link(world.hub.desk, "B1", "RG1", "and back")
    with pytest.raises(HubError, match="HUB-BOOK-001"):
        sightings.link(world.hub.desk, "B1", "nobody", "?")
    with pytest.raises(HubError, match="HUB-BOOK-002"):
        sightings.link(world.hub.desk, "B1", "B1", "?")
    with world.hub.store.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="counted as another"):
        connection.exec_driver_sql(
            "INSERT INTO allocation (id, proposal, receipt_id, invoice_id, nature, amount_minor, currency, origin, "
            "rule, reason, confidence_ppm, evidence, books_settled_minor, effective_on, recorded_at, actor) "
            "SELECT 77, 'P', r.id, i.id, 'money', 1, 'EUR', 'auto', 'x', 'x', 0, '{}', 0, r.received_on, 1, 'x' "
            "FROM receipt r, invoice i WHERE r.receipt_id = 'RG1' AND i.number = 'F-2026-002'"
        )
    with world.hub.store.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="only grows"):
        connection.exec_driver_sql("DELETE FROM sighting")


def test_twins_of_a_day_are_two(world: World) -> None:
    """Two equal payments on one day, in the bank and in the books: four sightings, two sums, both invoices paid."""
    world.tell("bank", moved("B1"), moved("B2", remittance="VIR F-2026-002"))
    world.tell("erp", booked("RG1"), booked("RG2"))
    assert 2 == len(sightings.list_sightings(world.hub.desk, statuses=["auto"]))
    assert {} == world.open()
    assert {} == world.left()


def test_verify_notices_a_link_that_was_changed(world: World) -> None:
    """Triggers aside: a link made without the journal, and one that points elsewhere than the journal says."""
    world.tell("erp", booked("RG1"), booked("RG2", 5_000))
    world.tell("bank", moved("B1"))
    assert [] == verified(world.hub).differences
    drop = "DROP TRIGGER sighting_no_update" if world.hub.store.engine.dialect.name == "sqlite" else (
        "DROP TRIGGER sighting_only_grows ON sighting"
    )  # fmt: skip
    with world.hub.store.engine.begin() as connection:
        connection.exec_driver_sql(drop)
        connection.exec_driver_sql("UPDATE sighting SET receipt_id = (SELECT id FROM receipt WHERE receipt_id = 'RG2')")
    told = verified(world.hub).differences
    assert any("it links other receipts than the journal says" in what for what in told)
    assert any("are counted elsewhere or allocated of 5000" in what for what in told)


def charge(number: str, gross: int, net: int, day: str = "2026-10-05") -> Unit:
    """A charge of a payment provider: the receipt, gross of its fee, and its line in the payout."""
    line = {
        "kind": "payout_line", "payout_id": "po_778899", "charge_id": number, "paid_on": "2026-10-07",
        "gross_minor": gross, "fee_minor": gross - net, "net_minor": net, "currency": "EUR",
    }  # fmt: skip
    return unit(f"c{number}", receipt(number, gross, received_on=day, fee_minor=gross - net), line)


@pytest.mark.parametrize("bank_first", [True, False])
def test_a_payout_of_many_charges_less_fees(world: World, bank_first: bool) -> None:
    """One line at the bank, two charges: the charges carry the money, gross; nothing is left at the bank."""
    line = moved("B7", 14_700, payer_name="STRIPE", remittance="STRIPE PO_778899", received_on="2026-10-09")
    charges = [charge("ch_0001", 10_000, 9_800), charge("ch_0002", 5_000, 4_900)]
    tellings = [("bank", [line]), ("shop", charges)]
    for name, units in tellings if bank_first else reversed(tellings):
        world.tell(name, *units)
    assert ["payout", "payout"] == [row.rule for row in sightings.list_sightings(world.hub.desk, statuses=["auto"])]
    used = sum(amount for _, _, amount in world.applied())
    assert 15_000 == used + sum(world.left().values())
    assert "B7" not in world.left()
    assert [] == verified(world.hub).differences


def test_a_deposit_of_cheques(world: World) -> None:
    """The books enter two cheques, the bank tells one deposit: each cheque keeps its payer."""
    cheque = {"method": "CHQ", "received_on": "2026-10-06"}
    world.tell("erp", booked("RG1", 10_000, **cheque), booked("RG2", 7_000, **cheque))
    world.tell("bank", moved("B9", 17_000, payer_name=None, remittance="REMISE CHQ 0004711", received_on="2026-10-08"))
    rows = sightings.list_sightings(world.hub.desk, statuses=["auto"])
    assert {("B9", "RG1", 10_000), ("B9", "RG2", 7_000)} == {(r.receipt_id, r.carrier_id, r.amount_minor) for r in rows}
    assert "B9" not in world.left()
    assert 17_000 == sum(amount for _, _, amount in world.applied()) + sum(world.left().values())
    sightings.unlink(world.hub.desk, rows[0].name, "another deposit")
    assert 17_000 == world.left()["B9"]


def paid_out(world: World) -> list[tuple[str, str, int]]:
    """Line at the bank, charge, share: the links of payouts that stand."""
    rows = sightings.list_sightings(world.hub.desk, statuses=["auto"])
    return sorted((row.receipt_id, row.carrier_id, row.amount_minor) for row in rows if row.rule == "payout")


def retell(world: World, connector: str, *units: Unit) -> None:
    """The source tells these units otherwise."""
    fresh = {one["ref"] for one in units}
    world.told[connector] = [one for one in world.told[connector] if one["ref"] not in fresh]
    world.tell(connector, *units)


def a_payout(world: World) -> None:
    """Two charges, and the line at the bank that they came in."""
    world.tell("shop", charge("ch_0001", 10_000, 9_800), charge("ch_0002", 5_000, 4_900))
    world.tell(
        "bank", moved("B7", 14_700, payer_name="STRIPE", remittance="STRIPE PO_778899", received_on="2026-10-09")
    )


def test_a_charge_that_came_in_another_payout(world: World) -> None:
    """The provider corrects which payout a charge was in: both lines are linked anew, nothing counts twice."""
    a_payout(world)
    moved_charge = charge("ch_0002", 5_000, 4_900)
    moved_charge["records"][1]["payout_id"] = "po_889900"
    world.tell("bank", moved("B8", 4_900, payer_name="STRIPE", remittance="STRIPE PO_889900", received_on="2026-10-09"))
    retell(world, "shop", moved_charge, charge("ch_0003", 5_100, 4_900))
    assert [("B7", "ch_0001", 9_800), ("B7", "ch_0003", 4_900), ("B8", "ch_0002", 4_900)] == paid_out(world)
    assert not {"B7", "B8"} & world.left().keys()
    assert [] == verified(world.hub).differences
    before = dump(world.hub.store)
    reconcile_now(world.hub.desk, Policy())
    assert before == dump(world.hub.store), "a second run changed something"


def test_the_bank_corrects_the_line_of_a_payout(world: World) -> None:
    """It comes to less than the charges linked to it: no more is counted elsewhere than there is."""
    a_payout(world)
    line = {"payer_name": "STRIPE", "remittance": "STRIPE PO_778899", "received_on": "2026-10-09"}
    retell(world, "bank", moved("B7", 14_000, **line))
    assert [] == paid_out(world)
    assert [] == verified(world.hub).differences
    retell(world, "bank", moved("B7", 14_700, **line))
    assert [("B7", "ch_0001", 9_800), ("B7", "ch_0002", 4_900)] == paid_out(world)


def test_a_payout_told_otherwise_is_named(world: World) -> None:
    """Another share than what the bank paid: the money still counts once, and the difference is told; told right again,
    it is gone."""
    a_payout(world)
    retell(world, "shop", charge("ch_0002", 5_000, 4_600))
    assert 14_700 == sum(minor for _, _, minor in paid_out(world))
    assert "B7" not in world.left()
    with world.hub.store.read() as connection:
        [found] = bank_gaps(connection)
    assert ("payout_otherwise", 14_400, 14_700) == (found.gap.kind, found.gap.expected_minor, found.gap.found_minor)
    assert "po_778899" in found.what
    retell(world, "shop", charge("ch_0002", 5_000, 4_900))
    with world.hub.store.read() as connection:
        assert [] == bank_gaps(connection)
