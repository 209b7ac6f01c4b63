"""A payment that the bank tells under another name than the debtor's, with a short reference: it counts once, or a
person is asked, and until then the gap says so and nothing goes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.core.ledger.gap_causes import may_act
from hub.core.services import sightings
from hub.core.services.books import books_status, standing
from hub.core.services.gaps import check_books
from hub.core.services.ledger import view
from hub.core.services.reconcile import Policy, reconcile_now
from hub.core.store import receipts as receipt_store
from tests.support.hubs import dump, exported, make_hub, sync, verified
from tests.support.scripts import debtor, disbursement, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")

Unit = dict[str, Any]


class Firm:
    """An ERP that gives balances, and a bank; each telling is synced and reconciled."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.told: dict[str, list[Unit]] = {"erp": [], "bank": [], "other_bank": []}
        self.balances = {"C1": 30_000, "C2": 10_000}
        for name in self.told:
            self._write(name)
        books = '[connector.erp]\nplugin = "totalled"\nscript = "erp.json"\n[seller.ACME]\nbooks = "erp"\n'
        self.hub = make_hub(folder, url, section("bank") + section("other_bank") + books)

    def _write(self, name: str) -> None:
        more = {"totals": self.balances} if name == "erp" else {}
        write_script(self.folder, self.told[name], name=name, **more)

    def tell(self, name: str, *units: Unit, **balances: int) -> None:
        fresh = {one["ref"] for one in units}
        self.told[name] = [one for one in self.told[name] if one["ref"] not in fresh] + list(units)
        self.balances |= balances
        self._write(name)
        sync(self.hub, name)
        reconcile_now(self.hub.desk, Policy())

    def links(self, *statuses: str) -> list[tuple[str, str, str, str]]:
        rows = sightings.list_sightings(self.hub.desk, statuses=statuses or ("auto", "suggested"))
        return sorted((row.status, row.rule, row.receipt_id, row.carrier_id) for row in rows)

    def causes(self) -> list[tuple[str, int, str, int]]:
        """Debtor, difference, cause, effect."""
        with self.hub.store.read() as connection:
            found = check_books(self.hub.desk, connection).gaps
        return [
            (one.gap.debtor_id, one.gap.difference_minor, cause.kind, cause.effect_minor)
            for _, one in found
            for cause in one.causes
        ]

    def may_act(self, debtor: str) -> bool:
        with self.hub.store.read() as connection:
            return may_act(standing(self.hub.desk, connection), "ACME", debtor)

    def open(self) -> dict[str, int]:
        items = view(self.hub.desk).ledger.items
        return dict(zip(items.number, items.open_minor, strict=True))

    def left(self) -> int:
        with self.hub.store.read() as connection:
            found = receipt_store.unapplied(connection, view(self.hub.desk).books)
        return sum(left for number, left in zip(found.id, found.unapplied_minor, strict=True) if number > 0)


@pytest.fixture
def firm(tmp_path: Path, database_url: str, install_guest: Any) -> Firm:
    install_guest(Path(__file__).parents[1] / "support" / "guests", totalled="hub_totalled")
    made = Firm(tmp_path, database_url)
    made.tell(
        "erp",
        unit("c1", debtor("C1", "Menuiserie Durand SARL")), unit("c2", debtor("C2", "Boulangerie Martin")),
        unit("f1", invoice("FA100", 10_000)), unit("f2", invoice("FA101", 20_000)),
        unit("f3", invoice("FA102", 10_000, debtor="C2")),
    )  # fmt: skip
    return made


def moved(number: str, text: str, amount: int = 10_000, **fields: Any) -> Unit:
    return unit(f"b{number}", receipt(number, amount, **{"payer_name": "SCI LES LILAS", "remittance": text, **fields}))


def booked(number: str, amount: int = 10_000, **fields: Any) -> Unit:
    given = {"payer_name": "Menuiserie Durand SARL", "debtor_id": "C1", "received_on": "2026-10-06", **fields}
    return unit(f"r{number}", receipt(number, amount, **given))


@pytest.mark.parametrize("bank_first", [True, False])
def test_a_short_reference_and_another_payer(firm: Firm, bank_first: bool) -> None:
    """The bank's text names FA100 of C1, and the books enter 100 EUR of C1: one sum, whoever told it first."""
    tellings = [("bank", moved("B1", "VIR FA100"), {}), ("erp", booked("RG1"), {"C1": 20_000})]
    for name, one, balances in tellings if bank_first else reversed(tellings):
        firm.tell(name, one, **balances)
    assert [("auto", "account", "RG1", "B1")] == firm.links()
    assert ({"FA101": 20_000, "FA102": 10_000}, 0) == (firm.open(), firm.left())
    assert ([], True) == (firm.causes(), firm.may_act("C1"))
    before = dump(firm.hub.store)
    reconcile_now(firm.hub.desk, Policy())
    assert before == dump(firm.hub.store), "a second run changed something"
    assert [] == verified(firm.hub).differences


@pytest.mark.long_on_postgres
@pytest.mark.parametrize("bank_first", [True, False])
def test_two_entries_of_one_debtor(firm: Firm, bank_first: bool) -> None:
    """Two payments of one debtor and amount in one week, one at the bank: it is either. A person is asked; the gap
    says that it may count twice, and nothing goes out."""
    entries = [booked("RG1"), booked("RG2", received_on="2026-10-07")]
    tellings = [("bank", [moved("B1", "VIR FA100")], {}), ("erp", entries, {"C1": 10_000})]
    for name, units, balances in tellings if bank_first else reversed(tellings):
        firm.tell(name, *units, **balances)
    assert [("suggested", "amount", "RG1", "B1"), ("suggested", "amount", "RG2", "B1")] == firm.links()
    assert [("C1", -10_000, "maybe_twice", -10_000)] == firm.causes()
    assert (False, True) == (firm.may_act("C1"), firm.may_act("C2"))
    [row] = exported(firm.hub, "gaps")
    assert "may be the same money" in row["likely_cause"]
    with firm.hub.store.read() as connection:
        status = books_status(firm.hub.desk, connection)
    assert (1, 1, 10_000) == (status.not_in_books, status.maybe_in_books, status.maybe_in_books_minor["EUR"])
    [first, _] = sightings.list_sightings(firm.hub.desk, statuses=["suggested"])
    sightings.confirm(firm.hub.desk, first.name)
    reconcile_now(firm.hub.desk, Policy())
    assert ([], True) == (firm.causes(), firm.may_act("C1"))


@pytest.mark.long_on_postgres
def test_genuine_twins_stay_two(firm: Firm) -> None:
    """Another debtor's entry of that amount and day is not the sum, whatever it is called."""
    firm.tell("bank", moved("B1", "VIR FA100"))
    firm.tell("erp", booked("RG2", payer_name="Boulangerie Martin", debtor_id="C2"), C2=0)
    assert [] == firm.links()
    assert [("C1", -10_000, "not_in_books", -10_000)] == firm.causes()
    firm.tell("erp", booked("RG1"), C1=20_000)
    assert [("auto", "account", "RG1", "B1")] == firm.links()
    assert [] == firm.causes()


@pytest.mark.long_on_postgres
def test_a_later_twin_reopens_what_was_decided(firm: Firm) -> None:
    """Linked while it was the only entry; a second one of that debtor comes: it may be either, as if both had been
    there. When the books take it back, the link is there again."""
    firm.tell("bank", moved("B1", "VIR FA100"))
    firm.tell("erp", booked("RG1"), C1=20_000)
    assert [("auto", "account", "RG1", "B1")] == firm.links()
    firm.tell("erp", booked("RG2"), C1=10_000)
    assert [("suggested", "amount", "RG1", "B1"), ("suggested", "amount", "RG2", "B1")] == firm.links()
    assert ["judged again with what came since"] == [
        row.reversed_because for row in sightings.list_sightings(firm.hub.desk, statuses=["reversed"])
    ]
    firm.tell("erp", {"ref": "rRG2", "records": []}, C1=20_000)
    assert [("auto", "account", "RG1", "B1")] == firm.links()
    assert ([], {"FA101": 20_000, "FA102": 10_000}) == (firm.causes(), firm.open())
    assert [] == verified(firm.hub).differences


@pytest.mark.long_on_postgres
def test_lettrage_tells_twins_apart(firm: Firm) -> None:
    """The books matched one of two entries with FA100, which the bank's text names, and the other with FA101: linked,
    and not any more when they take that back."""
    firm.tell("bank", moved("B1", "VIR FA100"))
    firm.tell("erp", booked("RG1"), booked("RG2"), C1=10_000)
    firm.tell("erp", matched("A", "FA100", "RG1"), matched("B", "FA101", "RG2"))
    assert [("auto", "account", "RG1", "B1")] == firm.links("auto")
    assert [] == firm.causes()
    firm.tell("erp", {"ref": "lA", "records": []}, {"ref": "lB", "records": []})
    assert 2 == len(firm.links("suggested"))
    assert ([], 10_000) == (firm.causes(), firm.open()["FA100"]), "the books gave the matching up: it is open again"


def matched(name: str, number: str, entry: str) -> Unit:
    """A matching of the books."""
    line = {
        "kind": "settlement_line", "seller": "ACME", "settlement_id": name, "debtor_id": "C1",
        "settled_on": "2026-10-07", "amount_minor": 10_000, "currency": "EUR",
    }  # fmt: skip
    lines = [{**line, "line": 1, "target": "invoice", "document_number": number}]
    return unit(f"l{name}", *lines, {**line, "line": 2, "target": "receipt", "document_number": entry})


@pytest.mark.long_on_postgres
def test_the_bank_pays_what_the_books_matched_otherwise(firm: Firm) -> None:
    """The bank's text names FA100, the books matched their entry with FA101: two payments, or one that somebody
    matched wrongly. A person is asked, and the gap says so."""
    firm.tell("erp", booked("RG1"), matched("A", "FA101", "RG1"), C1=20_000)
    firm.tell("bank", moved("B1", "VIR FA100"))
    assert [("suggested", "amount", "RG1", "B1")] == firm.links()
    assert [("C1", -10_000, "maybe_twice", -10_000)] == firm.causes()


@pytest.mark.long_on_postgres
def test_two_payments_and_one_entry(firm: Firm) -> None:
    """Two receipts of one amount of one debtor in one week, each naming its invoice; the books have one of them. Both
    are applied, the entry is a person's, and the gap says it to the cent. Confirmed, the other one is on its way."""
    firm.tell("erp", unit("f4", invoice("FA103", 10_000)), C1=40_000)
    firm.tell("bank", moved("B1", "VIR FA100"), moved("B2", "VIR FA103", received_on="2026-10-07"))
    firm.tell("erp", booked("RG1"), C1=30_000)
    assert [("suggested", "amount", "RG1", "B1"), ("suggested", "amount", "RG1", "B2")] == firm.links()
    assert [("C1", -20_000, "maybe_twice", -10_000)] * 2 == firm.causes()
    assert {"FA101": 20_000, "FA102": 10_000} == firm.open()
    rows = sightings.list_sightings(firm.hub.desk, statuses=["suggested"])
    sightings.confirm(firm.hub.desk, next(row.name for row in rows if row.carrier_id == "B1"))
    reconcile_now(firm.hub.desk, Policy())
    assert [("C1", -10_000, "not_in_books", -10_000)] == firm.causes()
    assert [] == verified(firm.hub).differences


@pytest.mark.long_on_postgres
def test_one_statement_from_two_banks_connectors(firm: Firm) -> None:
    """The same line in two formats, read by two connectors: applied once; the entry may be either of them."""
    firm.tell("bank", moved("B1", "VIR FA100"))
    firm.tell("other_bank", moved("X1", "VIR FA100"))
    assert ({"FA101": 20_000, "FA102": 10_000}, 10_000) == (firm.open(), firm.left())
    firm.tell("erp", booked("RG1"), C1=20_000)
    assert {("suggested", "amount", "RG1", "B1"), ("suggested", "amount", "RG1", "X1")} == set(firm.links())
    assert [("C1", -10_000, "maybe_twice", -10_000)] == firm.causes()
    rows = sightings.list_sightings(firm.hub.desk, statuses=["suggested"])
    sightings.confirm(firm.hub.desk, next(row.name for row in rows if row.carrier_id == "B1"))
    reconcile_now(firm.hub.desk, Policy())
    assert [] == firm.causes()


@pytest.mark.long_on_postgres
@pytest.mark.parametrize("books_first", [True, False])
def test_what_the_bank_took_back_before_the_books_had_it(firm: Firm, books_first: bool) -> None:
    """A debit that comes back unpaid, and an entry of the books before or after it: the invoice is open, and the books
    that still have the payment differ by it."""
    back = disbursement(
        "D1", 10_000, payee_name="SCI LES LILAS", remittance="REJET VIR FA100", return_reason="AC04",
    )  # fmt: skip
    bank = [("bank", moved("B1", "VIR FA100"), {}), ("bank", unit("bD1", back), {})]
    entry = ("erp", booked("RG1"), {"C1": 20_000})
    for name, one, balances in [entry, *bank] if books_first else [*bank, entry]:
        firm.tell(name, one, **balances)
    assert [("auto", "account", "RG1", "B1")] == firm.links()
    assert 0 == firm.left()
    assert {"FA100": 10_000, "FA101": 20_000, "FA102": 10_000} == firm.open()


@pytest.mark.long_on_postgres
@pytest.mark.parametrize("entries_first", [True, False])
def test_a_deposit_that_lacks_an_entry(firm: Firm, entries_first: bool) -> None:
    """Two cheques in one deposit, one of them in the books: nothing adds up until the other one is entered."""
    cheque = {"method": "CHQ", "received_on": "2026-10-05"}
    line = moved("B9", "REMISE CHQ 0004711", 17_000, payer_name=None, received_on="2026-10-06")
    tellings = [("erp", booked("RG1", 10_000, **cheque)), ("bank", line)]
    for name, one in tellings if entries_first else reversed(tellings):
        firm.tell(name, one)
    assert [] == firm.links()
    firm.tell("erp", booked("RG2", 7_000, **cheque))
    assert [("auto", "deposit", "B9", "RG1"), ("auto", "deposit", "B9", "RG2")] == firm.links()
    firm.tell("erp", {"ref": "rRG2", "records": []})
    assert [] == firm.links()
    assert [] == verified(firm.hub).differences


@pytest.mark.parametrize(("seller", "applied"), [(None, False), ("ACME", False), ("OTHER", True)])
def test_two_banks_that_name_no_account(firm: Firm, seller: str | None, applied: bool) -> None:
    """Equal sums of one week in two exports may be one sum told twice, unless they are money of two sellers."""
    firm.tell("bank", moved("B1", "VIR FA102", payer_name="Boulangerie Martin", seller=seller))
    firm.tell("other_bank", moved("B2", "VIR FA100", payer_name="Menuiserie Durand SARL", seller="ACME"))
    assert applied is ("FA100" not in firm.open())
