"""Whatever order bank, books and matchings come in, and whenever the hub reconciles: the same end.

What is compared, and what is not, is defined in docs/books.md ("In any order").
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub.core.services import sightings
from hub.core.services.ledger import view
from hub.core.services.reconcile import Policy, reconcile_now
from hub.core.store import sightings as store
from hub.core.store import tables as t
from hub.core.store.reading import returned_receipts
from tests.support.hubs import close_hubs, make_hub, sync, verified
from tests.support.scripts import debtor, disbursement, invoice, receipt, section, unit, write_script

Unit = dict[str, Any]

NAMES = {"C1": "Menuiserie Durand SARL", "C2": "Boulangerie Martin"}
INVOICES = {"FA100": ("C1", 10_000), "FA101": ("C1", 10_000), "FA102": ("C1", 20_000), "FB200": ("C2", 10_000)}


@dataclass(frozen=True)
class Payment:
    """One true payment of an invoice, and how each side tells it.

    bank, books: "named" (its text names the invoice), "silent", "" (not told), and "withdrawn": told, then taken back.
    payer: who the bank says paid: "own", "other", "" (nobody). lettered: "", "yes", "undone". returned: the bank took
    it back, and says why, unless it may be another one that came back.
    """

    number: str
    day: int
    bank: str
    books: str
    payer: str
    lettered: str
    returned: bool


payments = st.lists(
    st.builds(
        Payment,
        st.sampled_from(sorted(INVOICES)),
        st.integers(5, 8),
        st.sampled_from(["named", "named", "silent", "", "withdrawn"]),
        st.sampled_from(["named", "silent", "silent", "", "withdrawn"]),
        st.sampled_from(["own", "other", ""]),
        st.sampled_from(["", "yes", "undone"]),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=1,
    max_size=3,
)
Event = tuple[str, Unit]


@dataclass(frozen=True)
class World:
    payments: Sequence[Payment]
    deposit: str  # "": none; "whole": two cheques and their line; "lacking": the books have one of them only

    def events(self) -> list[Event]:
        """In the order of their making; a unit that is told twice changes with the second telling."""
        told: list[Event] = [
            ("erp", unit(number, invoice(number, amount, debtor=owner))) for number, (owner, amount) in INVOICES.items()
        ]
        amounts = Counter(INVOICES[one.number][1] for one in self.payments if one.bank)
        for at, one in enumerate(self.payments):
            alone = amounts[INVOICES[one.number][1]] == 1  # else what comes back may be either of them
            told += _told(at, one, returned=one.returned and alone)
        if self.deposit:
            cheques = [("RC1", 3_100), ("RC2", 4_300)]
            for key, amount in cheques[: 1 if self.deposit == "lacking" else 2]:
                fields = {"payer_name": NAMES["C2"], "debtor_id": "C2", "method": "CHQ", "received_on": "2026-10-05"}
                told.append(("erp", unit(key, receipt(key, amount, **fields))))
            line = receipt("BC", 7_400, remittance="REMISE CHQ 0004711", received_on="2026-10-07")
            told.append(("bank", unit("BC", line)))
        return told


def _told(at: int, one: Payment, *, returned: bool) -> list[Event]:
    owner, amount = INVOICES[one.number]
    day = f"2026-10-{one.day:02d}"
    payer = {"own": NAMES[owner].upper(), "other": "SCI LES LILAS", "": None}[one.payer]
    told: list[Event] = []
    if one.bank:
        text = f"VIR {one.number}" if one.bank == "named" else "VIREMENT"
        line = receipt(f"B{at}", amount, payer_name=payer, remittance=text, received_on=day, account="512")
        told.append(("bank", unit(f"b{at}", line)))
        if returned and one.bank != "withdrawn":
            back = disbursement(
                f"D{at}", amount, payee_name=payer, remittance=f"REJET {text}", paid_on=f"2026-10-{one.day + 4:02d}",
                account="512", return_reason="AC04",
            )  # fmt: skip
            told.append(("bank", unit(f"d{at}", back)))
        if one.bank == "withdrawn":
            told.append(("bank", unit(f"b{at}")))
    if one.books:
        text = f"Règlement {one.number}" if one.books == "named" else ""
        fields = {"payer_name": NAMES[owner], "debtor_id": owner, "remittance": text, "received_on": day}
        told.append(("erp", unit(f"r{at}", receipt(f"R{at}", amount, **fields))))
        if one.lettered:
            told.append(("erp", unit(f"l{at}", *_matching(at, one.number, owner, amount))))
        if one.lettered == "undone":
            told.append(("erp", unit(f"l{at}")))
        if one.books == "withdrawn":
            told.append(("erp", unit(f"r{at}")))
    return told


def _matching(at: int, number: str, owner: str, amount: int) -> list[Unit]:
    line = {
        "kind": "settlement_line", "seller": "ACME", "settlement_id": f"L{at}", "debtor_id": owner,
        "settled_on": "2026-10-09", "amount_minor": amount, "currency": "EUR",
    }  # fmt: skip
    return [
        {**line, "line": 1, "target": "invoice", "document_number": number},
        {**line, "line": 2, "target": "receipt", "document_number": f"R{at}"},
    ]


worlds = st.builds(World, payments, st.sampled_from(["", "", "whole", "lacking"]))


class House:
    """A hub that is told events one by one."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.told: dict[str, dict[str, Unit]] = {"erp": {}, "bank": {}}
        for name in self.told:
            write_script(folder, [], name=name)
        self.hub = make_hub(folder, url, section("erp") + section("bank") + '[seller.ACME]\nbooks = "erp"\n')
        for owner, name in NAMES.items():
            self.tell(("erp", unit(owner, debtor(owner, name))))

    def tell(self, *events: Event) -> None:
        for name, one in events:
            self.told[name][one["ref"]] = one
        for name in dict(events):
            write_script(self.folder, list(self.told[name].values()), name=name)
            sync(self.hub, name)

    def reconcile(self) -> None:
        reconcile_now(self.hub.desk, Policy())

    def end(self) -> dict[str, Any]:
        """The end state, by names that do not depend on who came first."""
        listed = sightings.list_sightings(self.hub.desk, statuses=["auto", "suggested"])
        with self.hub.store.read() as connection:
            elsewhere: dict[int, int] = {}
            for link in store.links(connection):
                elsewhere[link.echo] = elsewhere.get(link.echo, 0) + link.amount_minor
            returned = returned_receipts(connection)
            r = t.receipt
            rows = connection.execute(
                sa.select(r.c.id, r.c.receipt_id, r.c.amount_minor).where(r.c.withdrawn_at.is_(None))
            )
            counted = {
                row.receipt_id: row.amount_minor - elsewhere.get(row.id, 0) for row in rows if row.id not in returned
            }
        items = view(self.hub.desk).ledger.items
        return {
            "links": sorted((row.status, row.receipt_id, row.carrier_id, row.amount_minor) for row in listed),
            "counted": {key: minor for key, minor in sorted(counted.items()) if minor},
            "open": dict(sorted(zip(items.number, items.open_minor, strict=True))),
        }


def in_some_order(events: Sequence[Event], order: Sequence[int]) -> list[Event]:
    """`events` in this order, but that a second telling of a unit does not come before the first."""
    chosen = [events[at] for at in order]
    later: dict[tuple[str, str], list[Event]] = {}
    for name, one in events:
        later.setdefault((name, one["ref"]), []).append((name, one))
    return [later[name, one["ref"]].pop(0) for name, one in chosen]


Urls = Callable[[], "AbstractContextManager[str]"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def fresh_url(request: pytest.FixtureRequest, in_process: None) -> Urls:
    """Makes a fresh data base with the hub's schema each time it is asked."""

    @contextmanager
    def sqlite() -> Iterator[str]:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(request.getfixturevalue("sqlite_template"), f"{folder}/hub.db")
            yield f"sqlite:///{folder}/hub.db"

    @contextmanager
    def postgres() -> Iterator[str]:
        server = request.getfixturevalue("postgres")
        name = server.create(request.getfixturevalue("postgres_template"))
        yield server.url(name)
        server.drop(name)

    return sqlite if request.param == "sqlite" else postgres


def ends(fresh_url: Urls, world: World, steps: Sequence[Event | None]) -> dict[str, Any]:
    """The end state after these steps; None is a reconciliation, and there is one at the end. What is open on an
    invoice whose matching the books gave up depends on whether it confirmed an allocation before: it is left out."""
    with fresh_url() as url, tempfile.TemporaryDirectory() as folder:
        try:
            house = House(Path(folder), url)
            waiting: list[Event] = []
            for step in [*steps, None]:
                if step is not None and (step[0], step[1]["ref"]) not in {(n, one["ref"]) for n, one in waiting}:
                    waiting.append(step)
                    continue
                house.tell(*waiting)
                waiting = []
                if step is None:
                    house.reconcile()
                else:
                    waiting.append(step)
            assert [] == verified(house.hub).differences
            found = house.end()
            for one in world.payments:
                if one.lettered == "undone":
                    found["open"].pop(one.number, None)
            return found
        finally:
            close_hubs()


def at_once(events: Sequence[Event]) -> list[Event | None]:
    """Only the last telling of each unit: the facts of the end, nothing else."""
    return list({(name, one["ref"]): (name, one) for name, one in events}.values())


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[World, list[Event | None]]:
    """A world, and its events in some order with reconciliations between them."""
    world = draw(worlds)
    events = world.events()
    steps: list[Event | None] = []
    for one in in_some_order(events, draw(st.permutations(range(len(events))))):
        steps.append(one)
        if draw(st.booleans()):
            steps.append(None)
    return world, steps


EXAMPLES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.long_on_postgres
@settings(EXAMPLES, max_examples=2)
@given(shuffled())
def test_any_order_ends_the_same(fresh_url: Urls, told: tuple[World, list[Event | None]]) -> None:
    """A few examples of what `test_any_order_at_length` shows."""
    world, steps = told
    assert ends(fresh_url, world, at_once(world.events())) == ends(fresh_url, world, steps)


@pytest.mark.long
@settings(EXAMPLES, max_examples=int(os.environ.get("HUB_ORDERS", "100")), phases=[Phase.explicit, Phase.generate])
@given(shuffled())
def test_any_order_at_length(fresh_url: Urls, told: tuple[World, list[Event | None]]) -> None:
    """Bank, books, matchings, deletions, deposits and returned debits in any order, reconciled at any points."""
    world, steps = told
    assert ends(fresh_url, world, at_once(world.events())) == ends(fresh_url, world, steps)


@pytest.mark.long_on_postgres
def test_money_came_back_before_the_bank_told_of_it(fresh_url: Urls) -> None:
    """The rejection is read first, then the books' entry, and only then the movement: one sum, and it is gone."""
    world = World([Payment("FA102", 6, "named", "named", "", "", True)], "")
    events = {one["ref"]: (name, one) for name, one in world.events()}
    invoices = [events.pop(number) for number in INVOICES]
    steps = [*invoices, events["d0"], None, events["r0"], None, events["b0"], None]
    found = ends(fresh_url, world, steps)
    assert ({}, 20_000) == (found["counted"], found["open"]["FA102"])
    assert ends(fresh_url, world, at_once(world.events())) == found


@pytest.mark.long_on_postgres
def test_what_came_back_is_free_again_when_its_entry_goes(fresh_url: Urls) -> None:
    """The rejection took back the books' entry, which is withdrawn before the bank's movement is read."""
    world = World([Payment("FB200", 5, "named", "withdrawn", "own", "", True)], "")
    events = {one["ref"]: (name, one) for name, one in world.events()}
    entry = next((name, one) for name, one in world.events() if one["ref"] == "r0")
    steps = [*(events[number] for number in INVOICES), events["d0"], entry, None, events["r0"], None, events["b0"]]
    found = ends(fresh_url, world, steps)
    assert ({}, 10_000) == (found["counted"], found["open"]["FB200"])
    assert ends(fresh_url, world, at_once(world.events())) == found


@pytest.mark.long_on_postgres
def test_a_return_is_the_banks_whatever_entries_fit(fresh_url: Urls) -> None:
    """Two entries of the books may be the movement that came back, so that neither is linked to it."""
    world = World(
        [Payment("FA101", 7, "named", "named", "", "", True), Payment("FA101", 5, "", "silent", "", "", True)], ""
    )
    events = {one["ref"]: (name, one) for name, one in world.events()}
    late = [events.pop(ref) for ref in ("r0", "r1")]
    found = ends(fresh_url, world, [*events.values(), None, *late])
    assert {"R0": 10_000, "R1": 10_000} == found["counted"]
    assert ends(fresh_url, world, at_once(world.events())) == found
