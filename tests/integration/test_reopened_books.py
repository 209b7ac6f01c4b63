"""The books confirm an allocation and give it up again: named, and not shown as quietly paid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.app.bootstrap import Hub
from hub.core.reconcile import Policy
from hub.core.services.allocations import list_allocations, reverse_proposal
from hub.core.services.ledger import view
from hub.core.services.reconcile import reconcile_now
from hub.core.services.status import status
from tests.integration.test_store import allocate, line
from tests.support.hubs import make_hub, sync, verified
from tests.support.scripts import Unit, debtor, invoice, receipt, section, unit, write_script

pytestmark = [pytest.mark.usefixtures("in_process"), pytest.mark.long_on_postgres]
HOUR = 3_600_000_000


def settlement(amount: int, name: str = "L1") -> Unit:
    """A line of lettrage on F1."""
    return {
        "kind": "settlement_line", "seller": "ACME", "settlement_id": name, "line": 1, "debtor_id": "C1",
        "settled_on": "2026-10-06", "target": "invoice", "document_number": "F1", "amount_minor": amount,
        "currency": "EUR",
    }  # fmt: skip


class Books:
    """A hub whose books are read again and again, an hour apart."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.now = folder, 1_790_000_000_000_000
        self.hub: Hub = make_hub(folder, url, section(), now=lambda: self.now)

    def say(self, *facts: Unit) -> None:
        self.now += HOUR
        stream = {"mode": "snapshot", "missing": "withdrawn"}
        names = ("number", "settlement_id", "receipt_id", "debtor_id")
        units = [unit(next(str(fact[name]) for name in names if name in fact), fact) for fact in facts]
        write_script(self.folder, units, stream=stream)
        sync(self.hub, "guest")
        self.now += HOUR

    def state(self) -> tuple[int, dict[str, int], list[str]]:
        """What is open, the anomalies, and the statuses of allocations."""
        opened = sum(item.open_minor for item in view(self.hub.desk).ledger.items)
        assert [] == verified(self.hub).differences
        listed = [row.status for row in list_allocations(self.hub.desk)]
        return opened, dict(status(self.hub.desk).anomalies), listed


@pytest.fixture
def books(tmp_path: Path, database_url: str) -> Books:
    """F1 of 100.00 and the receipt that was applied to it here."""
    found = Books(tmp_path, database_url)
    found.say(invoice("F1", 10_000), receipt("R1", 10_000))
    allocate(found.hub.store, line(1, 1, 10_000))
    assert (0, {}, ["confirmed"]) == found.state()
    return found


SETTLED: dict[str, tuple[list[Any], list[Any]]] = {
    "lettrage": ([invoice("F1", 10_000), settlement(10_000)], [invoice("F1", 10_000)]),
    "a smaller lettrage": ([invoice("F1", 10_000), settlement(10_000)], [invoice("F1", 10_000), settlement(10)]),
    "open amount": ([invoice("F1", 10_000, settled_minor=10_000)], [invoice("F1", 10_000, settled_minor=0)]),
}


@pytest.mark.parametrize("how", SETTLED)
def test_reopened_books_are_named(books: Books, how: str) -> None:
    """Confirmed: nothing open. Given up: open again, and said so. A person reverses it; then it is plainly open."""
    confirmed, given_up = SETTLED[how]
    books.say(*confirmed, receipt("R1", 10_000))
    assert (0, {}, ["confirmed"]) == books.state()
    books.say(*given_up, receipt("R1", 10_000))
    opened, anomalies, listed = books.state()
    rest = 9_990 if how == "a smaller lettrage" else 10_000
    assert (rest, {"reopened_in_books": 1}, ["reopened"]) == (opened, anomalies, listed)
    [row] = list_allocations(books.hub.desk)
    reverse_proposal(books.hub.desk, row.proposal, "the transfer was called back")
    assert (rest, {}, ["reversed"]) == books.state()
    books.now += HOUR
    allocate(
        books.hub.store, line(1, 1, rest, books_settled_minor=10_000 - rest)
    )  # the books err: applied anew, it counts again
    assert (0, {}, ["reversed", "confirmed"]) == books.state()


def test_nothing_is_applied_to_it_meanwhile(books: Books) -> None:
    """Another receipt that names it waits: first a person says what the books' change means."""
    text = {"remittance": "F1", "payer_name": "Dupont"}
    books.say(debtor("C1", "Dupont"), invoice("F1", 10_000), settlement(10_000), receipt("R1", 10_000))
    books.say(debtor("C1", "Dupont"), invoice("F1", 10_000), receipt("R1", 10_000), receipt("R2", 10_000, **text))
    reconcile_now(books.hub.desk, Policy(oldest_first=True))
    assert ["reopened"] == [row.status for row in list_allocations(books.hub.desk)]


def test_a_settlement_made_anew_is_no_disagreement(books: Books) -> None:
    """Accountants take a lettrage apart and make it again under another letter."""
    books.say(invoice("F1", 10_000), settlement(10_000), receipt("R1", 10_000))
    books.say(invoice("F1", 10_000), settlement(10_000, "L2"), receipt("R1", 10_000))
    assert (0, {}, ["confirmed"]) == books.state()


def test_what_never_was_confirmed_is_pending(books: Books) -> None:
    """Reading the books again without a settlement changes nothing: the allocation is on its way to them."""
    books.say(invoice("F1", 10_000), invoice("F2", 5_000), receipt("R1", 10_000))
    assert (5_000, {}, ["confirmed"]) == books.state()
