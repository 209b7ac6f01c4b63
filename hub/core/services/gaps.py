"""Gaps: open items held against the balances that the books themselves give, debtor by debtor, with the records behind.

Only books that were read to the end are compared: half a ledger always differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.core.ledger.gap_causes import (
    ExplainedGap,
    HeldEntry,
    OnAccount,
    Pending,
    Standing,
    Telling,
    explain_gaps,
    standing_credits,
    standing_of,
)
from hub.core.ledger.gaps import Account, Control, Gap, book_value_minor, find_gaps
from hub.core.ledger.open_items import OpenItem, OpenItems
from hub.core.services.desk import Desk, books_of
from hub.core.services.disagreements import tellings_of
from hub.core.services.ledger import LedgerView, view_in
from hub.core.store import books as store
from hub.core.store import exporting, sightings
from hub.core.store.postings import in_suggestions
from hub.core.store.reading import connector_keys

BookTotals = Mapping[int, tuple[int, str]]


@dataclass(slots=True)
class SellerTotal:
    """One seller in one currency of its books, on the day of their balances; minor units.

    `on_account_minor` is what the books have of payments that neither they nor the hub matched with anything,
    `entries_minor` their named lines that are neither invoice nor payment (bills, retentions, netting…): gap = open −
    on account + entries − control. `gap_minor` is the plain sum of the differences of all debtors; `differing_minor` of
    their sizes.
    """

    seller: str
    currency: str
    balance_on: date
    open_minor: int = 0
    on_account_minor: int = 0
    entries_minor: int = 0
    control_minor: int = 0
    gap_minor: int = 0
    differing_minor: int = 0
    debtors_with_gap: int = 0
    held: int = 0


@dataclass(slots=True)
class BookCheck:
    """What holding the open items against the books gave.

    `gaps` with the day of the balance, `agreed` debtors without a difference, `numbers` of documents by id for
    naming causes. `checked` is False when no connector of the books gives balances: then nothing is known.
    `unread`: sellers that were not compared, and why. `held_entries`: of entries of the books that are held here and
    behind a gap, by the id that a cause names: number, reason and remedy.
    """

    checked: bool = False
    agreed: int = 0
    gaps: list[tuple[date, ExplainedGap]] = field(default_factory=list)
    totals: list[SellerTotal] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    held_entries: dict[int, tuple[str, str]] = field(default_factory=dict)

    def standing(self) -> Standing:
        """Whom no outgoing act may reach: `ledger.gap_causes.may_act` reads it."""
        return standing_of((found.gap for _, found in self.gaps), self.unread)


def check_books(desk: Desk, connection: Any, *, as_of: date | None = None, known_on: date | None = None) -> BookCheck:
    """Compare each seller's open items with its balances of the latest day up to `as_of`, as known then."""
    known_at = desk.known_at(known_on)
    books = books_of(desk, connection)
    totals = exporting.control_totals(connection, books, as_of or desk.clock.today(), known_at=known_at)
    result = BookCheck(checked=bool(totals))
    if not totals:
        return result
    sellers = {row.seller for row in totals}
    result.unread = _unread(connection, books, sellers & books.keys(), known_at) | {
        seller: "nobody brought an invoice of it yet, and its books are not configured"
        for seller in sellers - books.keys()
    }
    foreign = exporting.book_totals(connection, known_at=known_at)
    totals = [row for row in totals if row.seller not in result.unread]
    for balance_on in sorted({row.balance_on for row in totals}):
        of_day = [row for row in totals if row.balance_on == balance_on]
        _compare(desk, connection, _Day(balance_on, known_on, known_at, of_day, foreign), result)
    return result


def _unread(connection: Any, books: Mapping[str, int], sellers: set[str], known_at: int | None) -> dict[str, str]:
    """Sellers whose books were not read to the end by their last run."""
    states, keys = store.last_states(connection, known_at), connector_keys(connection)
    words = {"running": "is still running", "incomplete": "did not come to its end", "failed": "failed"}
    return {
        seller: f"the last run of {keys[books[seller]]} {words[state]}"
        for seller in sorted(sellers)
        if (state := states.get(books[seller], "complete")) in words
    }


@dataclass(frozen=True, slots=True)
class _Day:
    """The balances of one day, and how the open items are seen."""

    balance_on: date
    known_on: date | None
    known_at: int | None
    rows: list[Any]
    foreign: BookTotals


def _compare(desk: Desk, connection: Any, day: _Day, result: BookCheck) -> None:
    sellers = {row.seller for row in day.rows}
    view = view_in(desk, connection, as_of=day.balance_on, known_on=day.known_on)
    mine = OpenItems.of(item for item in view.ledger.items if item.seller in sellers)
    controls = [Control(row.seller, row.debtor_id, row.currency, row.balance_minor) for row in day.rows]
    money = _Money(connection, view, day, sellers)
    credits_ = standing_credits(money.on_account, money.pending_of_entries)
    entries = [
        entry
        for entry in store.ledger_entries(connection, view.books, day.balance_on, day.known_at)
        if entry[0][0] in sellers
    ]
    items = [
        *mine,
        *(_line("receipt", account, number, -minor, day.balance_on) for account, number, minor in credits_),
        *(_line("entry", account, number, minor, day.balance_on) for account, number, minor in entries),
    ]
    held = [
        HeldEntry(*entry)
        for entry in store.ledger_entries(connection, view.books, day.balance_on, day.known_at, held=True)
        if entry[0][0] in sellers
    ]
    unread = {entry.account for entry in held if not entry.minor}
    found = find_gaps(items, controls, book_totals=day.foreign, missing_is_zero=True, unknown=unread)
    result.agreed += found.agreed
    result.numbers |= dict(zip(view.facts.documents.id, view.facts.documents.number, strict=True))
    result.totals += _totals(connection, view, day, mine, credits_, entries, found.gaps)
    if found.gaps:
        explained = _explained(connection, view, day, mine, money, held, found.gaps)
        result.gaps += [(day.balance_on, gap) for gap in explained]
        behind = {c.entry_id for _, gap in result.gaps for c in gap.causes if c.entry_id is not None}
        result.held_entries |= store.entry_labels(connection, sorted(behind), day.known_at)


def _line(kind: str, account: Account, number: int, minor: int, day: date) -> OpenItem:
    """A payment on account or a named line as the books' balance has it, signed. No document: its id is negative."""
    seller, debtor, currency = account
    return OpenItem(
        -number, seller, debtor, "", kind, currency, day, day, "issue_date", abs(minor), minor, 0, 0, "open"
    )  # fmt: skip


class _Money:
    """Payments that the books have and matched with nothing yet, and what of them is applied here."""

    def __init__(self, connection: Any, view: LedgerView, day: _Day, sellers: set[str]) -> None:
        carriers = {link.echo: link.carrier for link in sightings.links(connection, day.known_at)}
        entries = [
            row for row in store.entries(connection, view.books, day.known_at) if row.received_on <= day.balance_on
        ]
        used: dict[int, int] = {}
        for matching in sightings.lettered(connection, view.books, day.known_at, day.balance_on):
            for receipt, amount in matching.receipts.items():
                used[receipt] = used.get(receipt, 0) + amount
        self.entered = frozenset(carriers.get(row.id, row.id) for row in entries)
        rest = [(row, left) for row in entries if (left := row.amount_minor - used.get(row.id, 0)) > 0]
        whole = {carriers.get(row.id, row.id) for row, _ in rest}
        lines = store.lines_of_receipts(connection, sorted(whole), day.known_at)
        documents = view.facts.documents
        whose = dict(zip(documents.id, zip(documents.seller, documents.debtor_id, strict=True), strict=True))
        accounts = {whose[line.invoice_id] for line in lines if line.invoice_id in whose}
        self.pending_of_entries = [
            one for one in _pending(connection, view, day, accounts) if one.receipt_id in whole
        ] if accounts else []  # fmt: skip
        applied_to = {one.receipt_id: one.account for one in self.pending_of_entries}
        sellers_of: dict[int, list[str]] = {}
        for seller, connector in sorted(view.books.items()):
            sellers_of.setdefault(connector, []).append(seller)
        self.on_account: list[OnAccount] = []
        for row, left in rest:
            counted = carriers.get(row.id, row.id)
            own = [row.seller] if row.seller else sellers_of.get(row.connector_id, [])
            named = (own[0], row.debtor_id, row.currency) if row.debtor_id is not None and len(own) == 1 else None
            account = named or applied_to.get(counted)  # an entry without account: whose invoices it is applied to
            if account is not None and account[0] in sellers:
                self.on_account.append(OnAccount(account, counted, row.id, left))


def _in_books(document: int, minor: int, currency: str, total: int, foreign: BookTotals) -> tuple[int, str]:
    """An amount on a document in the currency of the books."""
    if document not in foreign:
        return minor, currency
    book_total, book_currency = foreign[document]
    return book_value_minor(minor, total, book_total), book_currency


def _signed_items(mine: OpenItems, foreign: BookTotals) -> list[tuple[Account, int, int]]:
    found = []
    for item in mine:
        minor, currency = _in_books(item.document_id, item.open_minor, item.currency, item.total_minor, foreign)
        found.append(((item.seller, item.debtor_id, currency), item.document_id, minor))
    return found


def _totals(
    connection: Any,
    view: LedgerView,
    day: _Day,
    mine: OpenItems,
    credits_: list[tuple[Account, int, int]],
    entries: list[tuple[Account, int, int]],
    gaps: list[Gap],
) -> list[SellerTotal]:
    held = store.held_lines_by_connector(connection)
    totals: dict[tuple[str, str], SellerTotal] = {}

    def of(seller: str, currency: str) -> SellerTotal:
        made = SellerTotal(seller, currency, day.balance_on, held=held.get(view.books.get(seller, -1), 0))
        return totals.setdefault((seller, currency), made)

    for (seller, _, currency), _, minor in _signed_items(mine, day.foreign):
        of(seller, currency).open_minor += minor
    for (seller, _, currency), _, minor in credits_:
        of(seller, currency).on_account_minor += minor
    for (seller, _, currency), _, minor in entries:
        of(seller, currency).entries_minor += minor
    for row in day.rows:
        of(row.seller, row.currency).control_minor += row.balance_minor
    for gap in gaps:
        total = of(gap.seller, gap.currency)
        total.gap_minor += gap.difference_minor
        total.differing_minor += abs(gap.difference_minor)
        total.debtors_with_gap += 1
    return [totals[key] for key in sorted(totals)]


def _explained(
    connection: Any,
    view: LedgerView,
    day: _Day,
    mine: OpenItems,
    money: _Money,
    held: list[HeldEntry],
    gaps: list[Gap],
) -> list[ExplainedGap]:
    """The gaps with the records behind them; only what concerns their debtors is looked at."""
    accounts = {(gap.seller, gap.debtor_id) for gap in gaps}
    documents = view.facts.documents
    whose = dict(zip(documents.id, zip(documents.seller, documents.debtor_id, strict=True), strict=True))
    return explain_gaps(
        gaps,
        pending=_pending(connection, view, day, accounts),
        on_account=money.on_account,
        items=_signed_items(mine, day.foreign),
        tellings=[
            Telling((row.seller, debtor, row.currency), row.kind, row.document_id, row.effect_minor)
            for row in tellings_of(connection, view.books, day.known_at)
            if row.effect_minor
            and (debtor := whose[row.document_id][1] if row.document_id in whose else row.debtor_id)
            and (row.seller, debtor) in accounts
        ],
        entered=money.entered,
        doubted=frozenset(in_suggestions(connection)) if day.known_at is None else frozenset(),
        held=held,
    )


def _pending(connection: Any, view: LedgerView, day: _Day, accounts: set[tuple[str, str]]) -> list[Pending]:
    """The allocations behind what is applied here and in no settlement yet: the newest ones of each document."""
    documents, balances = view.facts.documents, view.ledger.balances
    rows = {
        documents.id[at]: at
        for at, minor in enumerate(balances.pending_minor)
        if minor and (documents.seller[at], documents.debtor_id[at]) in accounts
    }
    left = {document: balances.pending_minor[at] for document, at in rows.items()}
    found = []
    for line in store.standing_lines(connection, sorted(rows), day.known_at):
        at, part = rows[line.invoice_id], min(abs(line.amount_minor), left[line.invoice_id])
        if not part or line.effective_on > day.balance_on:
            continue
        left[line.invoice_id] -= part
        minor, currency = _in_books(
            line.invoice_id, part, documents.currency[at], documents.total_minor[at], day.foreign
        )
        effect = -minor if documents.kind[at] == "invoice" else minor
        account = (documents.seller[at], documents.debtor_id[at], currency)
        found.append(
            Pending(account, line.id, line.receipt_id, line.invoice_id, effect, deduction=line.nature != "money")
        )
    return found
