"""Gaps: open items held against the balances that the books themselves give, debtor by debtor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.core.ledger.gaps import Control, Gap, find_gaps
from hub.core.services.desk import Desk, books_of
from hub.core.services.ledger import view_in
from hub.core.store import exporting


@dataclass(slots=True)
class BookCheck:
    """What holding the open items against the books gave.

    `gaps` with the day of the balance, `agreed` debtors without a difference, `numbers` of documents by id for
    naming likely causes. `checked` is False when no connector of the books gives balances: then nothing is known.
    """

    checked: bool = False
    agreed: int = 0
    gaps: list[tuple[date, Gap]] = field(default_factory=list)
    numbers: dict[int, str] = field(default_factory=dict)


def check_books(desk: Desk, connection: Any, *, as_of: date | None = None, known_on: date | None = None) -> BookCheck:
    """Compare each seller's open items with its balances of the latest day up to `as_of`, as known then."""
    known_at = desk.known_at(known_on)
    day = as_of or desk.clock.today()
    totals = exporting.control_totals(connection, books_of(desk, connection), day, known_at=known_at)
    result = BookCheck(checked=bool(totals))
    foreign = exporting.book_totals(connection, known_at=known_at) if totals else {}
    for balance_on in sorted({row.balance_on for row in totals}):
        today = [row for row in totals if row.balance_on == balance_on]
        sellers = {row.seller for row in today}
        view = view_in(desk, connection, as_of=balance_on, known_on=known_on)
        mine = (item for item in view.ledger.items if item.seller in sellers)
        controls = [Control(row.seller, row.debtor_id, row.currency, row.balance_minor) for row in today]
        found = find_gaps(mine, controls, book_totals=foreign, missing_is_zero=True)
        result.agreed += found.agreed
        result.gaps += [(balance_on, gap) for gap in found.gaps]
        result.numbers |= dict(zip(view.facts.documents.id, view.facts.documents.number, strict=True))
    return result
