"""Open items: invoices with something still owed and credits with something still to use, with their age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import compress
from typing import NamedTuple, TypeVar

from hub.core.ledger.balances import Balances, document_balances
from hub.core.ledger.due_dates import Parts, due_columns, plans_by_document
from hub.core.ledger.facts import INVOICE, Allocations, Anomaly, Documents, Instalments, Settlements

# What an item's status is; exported, never respelt.
OPEN, LATE, NOT_DUE = "open", "late", "not_due"

Cell = TypeVar("Cell")


class OpenItem(NamedTuple):
    """A document with something open at the end of the day asked for.

    open_minor: signed, minor units: positive, the debtor owes; negative, a credit of the debtor. An invoice
        with a negative amount is over-settled, and an anomaly says so.
    due_on: the oldest due date with something open. A credit without one keeps its own issue date.
    due_basis: "invoice" (stated on the document), "terms" (computed from its payment terms), "debtor_terms"
        (from the account's), "default_30_days" (nothing stated: an estimate, see `DueDates.derive`),
        "instalments", "issue_date" (credits).
    age_days: since issue. late_days: since `due_on`, 0 when not late.
    status: "late" (from the day after `due_on`), "not_due", or "open" for what is no claim: credits.
    parts: what is open per due date, oldest first, when there are instalments; else empty.
    """

    document_id: int
    seller: str
    debtor_id: str
    number: str
    kind: str
    currency: str
    issued_on: date
    due_on: date
    due_basis: str
    total_minor: int
    open_minor: int
    age_days: int
    late_days: int
    status: str
    parts: Parts = ()


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Open items in columns, one list per field of `OpenItem`; iterating gives the rows.

    Columns because a million rows kept alive cost more in garbage collection than in arithmetic.
    """

    document_id: list[int]
    seller: list[str]
    debtor_id: list[str]
    number: list[str]
    kind: list[str]
    currency: list[str]
    issued_on: list[date]
    due_on: list[date]
    due_basis: list[str]
    total_minor: list[int]
    open_minor: list[int]
    age_days: list[int]
    late_days: list[int]
    status: list[str]
    parts: list[Parts]

    def __len__(self) -> int:
        return len(self.document_id)

    def __iter__(self) -> Iterator[OpenItem]:
        return map(OpenItem._make, zip(*(getattr(self, column.name) for column in fields(self)), strict=True))

    @classmethod
    def of(cls, rows: Iterable[OpenItem]) -> OpenItems:
        """The columns of some rows, in their order: the way back after choosing among items."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        return cls(*columns) if columns else cls(*([] for _ in fields(cls)))


class OpenLedger(NamedTuple):
    """Open items in the order of the documents given, what a person should look at, and the balances."""

    items: OpenItems
    anomalies: list[Anomaly]
    balances: Balances


def open_ledger(
    documents: Documents,
    settlements: Settlements,
    allocations: Allocations,
    *,
    as_of: date,
    debtor_terms: Mapping[tuple[str, str], str] | None = None,
    instalments: Instalments | None = None,
) -> OpenLedger:
    """Everything open at the end of `as_of`. Pure and deterministic; amounts follow `document_balances`.

    Args:
        documents: all documents a line may point to, settled ones included; any order.
        as_of: facts that take effect later are left out.
        debtor_terms: payment terms as written, by (seller, debtor_id).
        instalments: due dates of invoices that have several.

    Payment terms are looked at only where no due date is stated. A text that cannot be parsed is an
    anomaly, and the next basis is taken. Documents with nothing open, neither more nor less, are not in the
    list.
    """
    state = document_balances(documents, settlements, allocations, as_of=as_of)
    kept = state.open_minor  # zero: nothing open, not an item
    kind = _pick(documents.kind, kept)
    rest = [minor if what == INVOICE else -minor for minor, what in zip(filter(None, kept), kind, strict=True)]
    issued_on = _pick(documents.issued_on, kept)
    today = as_of.toordinal()
    rows = list(compress(range(len(kept)), kept))
    dated = due_columns(documents, rows, rest, debtor_terms or {}, plans_by_document(instalments))
    late_days = [late if (late := today - day.toordinal()) > 0 else 0 for day in dated.due_on]
    items = OpenItems(
        document_id=_pick(documents.id, kept),
        seller=_pick(documents.seller, kept),
        debtor_id=_pick(documents.debtor_id, kept),
        number=_pick(documents.number, kept),
        kind=kind,
        currency=_pick(documents.currency, kept),
        issued_on=issued_on,
        due_on=dated.due_on,
        due_basis=dated.basis,
        total_minor=_pick(documents.total_minor, kept),
        open_minor=rest,
        age_days=[today - day.toordinal() for day in issued_on],
        late_days=late_days,
        status=[
            OPEN if what != INVOICE or minor < 0 else LATE if late else NOT_DUE
            for what, minor, late in zip(kind, rest, late_days, strict=True)
        ],
        parts=dated.parts,
    )
    return OpenLedger(items, state.anomalies + dated.anomalies, state)


def _pick(column: list[Cell], kept: list[int]) -> list[Cell]:
    return list(compress(column, kept))
