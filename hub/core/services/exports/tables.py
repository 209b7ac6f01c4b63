"""The kinds of exports, by their frozen spelling, and the door to their rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from hub.core.services.desk import Desk
from hub.core.services.exports import books, collected, facts, ledger, parties
from hub.core.services.exports.model import Asked, Column, Kind, Row, Scope, Table
from hub.sdk.errors import ConfigError

__all__ = ["KINDS", "Asked", "Column", "Kind", "Table", "open_table"]

_LAST = "suggestions are only those of the last hub reconcile"

#: Every export, in the order of listings. Spellings are frozen.
KINDS: dict[str, Kind] = {
    "open-items": Kind("Invoices and credits with something still open", ledger.OPEN_ITEMS, ledger.open_items),
    "allocations": Kind(
        "Receipts applied to invoices, reversed ones and suggestions included", facts.ALLOCATIONS, facts.allocations
    ),
    "proposals": Kind(
        "Suggestions that wait for a person", facts.ALLOCATIONS, facts.proposals, no_as_of=_LAST, no_known_on=_LAST
    ),
    "receipts": Kind("Money received, what is applied of it, and why the rest is not", facts.RECEIPTS, facts.receipts),
    "aged-balance": Kind("What each debtor owes, by lateness", ledger.AGED_BALANCE, ledger.aged_rows),
    "indicators": Kind("DSO, overdue rate and the like, by seller and currency", ledger.INDICATORS, ledger.indicators),
    "gaps": Kind("Where the open items and the books' own balances differ", books.GAPS, books.gaps),
    "gap-records": Kind("The records behind each gap, with their share of it", books.GAP_RECORDS, books.gap_records),
    "bank-gaps": Kind(
        "Where bank statements do not meet, or other money is booked than they prove", facts.BANK_GAPS,
        facts.bank_gaps,
        no_as_of="a statement proves its whole period; use --known-on",
    ),
    "disagreements": Kind(
        "What other connectors say otherwise of the books' invoices", books.DISAGREEMENTS, books.disagreements,
        no_as_of="a statement has versions by instant of recording only; use --known-on",
    ),
    "parties": Kind(
        "What each debtor owes to all sellers, and his group", parties.PARTIES, parties.parties
    ),
    "sightings": Kind(
        "Receipts that are one sum of money, and suggestions", books.SIGHTINGS, books.sightings,
        no_as_of="a link has an instant of recording only; use --known-on",
        no_seller="a receipt may belong to no seller yet",
    ),
    "collected": Kind(
        "Statuses « encaissée »: what was received on each electronic invoice, by VAT rate", collected.COLLECTED,
        collected.collected,
        no_as_of="a status is of the day of its receipt",
        no_known_on="what is to be corrected is only known now",
    ),
    "journal": Kind(
        "Who did what, when: the hash-chained journal", facts.JOURNAL, facts.journal,
        no_as_of="an entry has an instant of recording only; use --known-on",
        no_seller="an entry belongs to a connector, not to a seller",
    ),
    "held": Kind(
        "Records that could not be understood", facts.HELD, facts.held,
        no_as_of="a held record has an instant of recording only; use --known-on",
        no_seller="a record that was not understood has no seller yet",
    ),
    "debtors": Kind(
        "Accounts of debtors as the books have them", facts.DEBTORS, facts.debtors,
        no_as_of="an account has versions by instant of recording only; use --known-on",
    ),
}  # fmt: skip


@contextmanager
def open_table(desk: Desk, name: str, asked: Asked) -> Iterator[Table]:
    """The export called `name`, in one reading transaction; its rows are read inside.

    Raises:
        ConfigError: there is no such kind, or an option makes no sense for it.
    """
    kind = _kind(name, asked)
    with desk.store.read() as connection:
        notes: list[str] = []
        rows = kind.rows(Scope(desk, connection, asked, desk.known_at(asked.known_on), notes))
        if asked.seller is not None:
            rows = _of_seller(rows, [column.name for column in kind.columns].index("seller"), asked.seller)
        yield Table(name, kind.columns, rows, _about(desk, kind, asked), notes)


def _about(desk: Desk, kind: Kind, asked: Asked) -> tuple[tuple[str, str], ...]:
    """What the table is, which state of which seller it shows, and when it was made."""
    now = desk.clock.now().astimezone(desk.zone)
    state = () if kind.no_as_of else (("As of", f"{asked.as_of or desk.clock.today():%d/%m/%Y}"),)
    return (
        ("Table", kind.title),
        *state,
        ("As known on", _moment(asked.known_on) if asked.known_on else "now"),
        ("Seller", asked.seller or "all"),
        ("Made", f"{now:%d/%m/%Y %H:%M}"),
    )


def _moment(day: date) -> str:
    return f"{day:%d/%m/%Y %H:%M}" if isinstance(day, datetime) else f"{day:%d/%m/%Y}"


def _of_seller(rows: Iterator[Row], place: int, seller: str) -> Iterator[Row]:
    return (row for row in rows if row[place] == seller)


def _kind(name: str, asked: Asked) -> Kind:
    kind = KINDS.get(name)
    if kind is None:
        raise ConfigError(
            code="HUB-EXP-001",
            what=f"there is no export called {name!r}",
            where="hub export",
            mend=f"choose one of: {', '.join(KINDS)}",
        )
    for option, value, refusal in (
        ("--as-of", asked.as_of, kind.no_as_of),
        ("--known-on", asked.known_on, kind.no_known_on),
        ("--seller", asked.seller, kind.no_seller),
    ):
        if value is not None and refusal:
            raise ConfigError(
                code="HUB-EXP-002",
                what=f"{option} makes no sense for {name}: {refusal}",
                where="hub export",
                mend=f"leave {option} out",
            )
    return kind
