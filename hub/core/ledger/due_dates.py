"""When an open item is due, and on what that rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple, cast

from hub.core.law.fr.terms import DEFAULT_TERMS
from hub.core.law.terms import Terms, due_on, parse_terms
from hub.core.ledger.facts import (
    INSTALMENTS_DIFFER,
    INVOICE,
    UNREADABLE_TERMS,
    Anomaly,
    Documents,
    Instalments,
)

# Where a due date comes from; exported, never respelt.
BY_INVOICE = "invoice"
BY_TERMS = "terms"
BY_DEBTOR_TERMS = "debtor_terms"
BY_DEFAULT = "default_30_days"
BY_INSTALMENTS = "instalments"
BY_ISSUE = "issue_date"

Parts = tuple[tuple[date, int], ...]
Plans = Mapping[int, list[tuple[date, int]]]


class DueColumns(NamedTuple):
    """Due date, its basis and what is open per instalment (empty without any), one row per open item."""

    due_on: list[date]
    basis: list[str]
    parts: list[Parts]
    anomalies: list[Anomaly]


def due_columns(
    documents: Documents,
    rows: list[int],
    open_minor: list[int],
    debtor_terms: Mapping[tuple[str, str], str],
    plans: Plans,
) -> DueColumns:
    """When each open item is due. The date on the document counts, unless the invoice has instalments.

    Args:
        rows: the rows of `documents` that are open items; `open_minor` is aligned with it, signed.
        debtor_terms: by (seller, debtor_id), as written.
        plans: instalments by document id, as (due date, amount).
    """
    parts: list[Parts] = [()] * len(rows)
    basis = [BY_INVOICE] * len(rows)
    due_on = [documents.due_on[row] for row in rows]
    anomalies: list[Anomaly] = []
    for i, row in enumerate(rows if plans else ()):
        plan = plans.get(documents.id[row])
        if plan and open_minor[i] > 0 and documents.kind[row] == INVOICE:
            parts[i] = split_by_instalments(plan, documents.total_minor[row], open_minor[i], due_on[i])
            due_on[i], basis[i] = parts[i][0][0], BY_INSTALMENTS
            anomalies += _difference(documents, row, plan)
    dates = DueDates(debtor_terms)
    for i in [i for i, due in enumerate(due_on) if due is None]:
        row = rows[i]
        if documents.kind[row] != INVOICE:
            due_on[i], basis[i] = documents.issued_on[row], BY_ISSUE
            continue
        due_on[i], basis[i], unread = dates.derive(
            documents.seller[row],
            documents.debtor_id[row],
            documents.issued_on[row],
            documents.payment_terms[row],
        )
        for text in unread:
            detail = f"{documents.number[row]}: {text!r}"
            anomalies.append(Anomaly(UNREADABLE_TERMS, documents.id[row], 0, None, detail))
    return DueColumns(cast(list[date], due_on), basis, parts, anomalies)


def _difference(documents: Documents, row: int, plan: list[tuple[date, int]]) -> list[Anomaly]:
    differs = sum(amount for _, amount in plan) - documents.total_minor[row]
    detail = f"{documents.number[row]}: instalments do not add up to its total"
    found = Anomaly(INSTALMENTS_DIFFER, documents.id[row], differs, documents.currency[row], detail)
    return [found] if differs else []


class DueDates:
    """Due dates derived from payment terms; each text is parsed once, each date computed once."""

    def __init__(self, debtor_terms: Mapping[tuple[str, str], str]) -> None:
        self._debtor_terms = debtor_terms
        self._by_text: dict[str, _Calendar | None] = {}
        self._default = _Calendar(DEFAULT_TERMS)

    def derive(
        self, seller: str, debtor: str, issued_on: date, stated: str | None
    ) -> tuple[date, str, tuple[str, ...]]:
        """The due date, its basis, and the texts that could not be read on the way.

        The invoice's own terms (`stated`) come first, then the account's, then 30 days. The law counts
        these 30 days from the receipt of the goods (C. com. L441-10 I al. 1); the issue date stands in for
        it, which is good enough to age an item, not to claim penalties.
        """
        calendar = self._calendar(stated)
        if calendar:
            return calendar[issued_on], BY_TERMS, ()
        unread: tuple[str, ...] = (stated,) if stated and stated.strip() else ()
        of_account = self._debtor_terms.get((seller, debtor))
        calendar = self._calendar(of_account)
        if calendar:
            return calendar[issued_on], BY_DEBTOR_TERMS, unread
        if of_account and of_account.strip():
            unread += (of_account,)
        return self._default[issued_on], BY_DEFAULT, unread

    def _calendar(self, text: str | None) -> _Calendar | None:
        """The due dates under the terms `text`; None when there are none or they cannot be read."""
        if not text:
            return None
        if text not in self._by_text:
            terms = parse_terms(text)
            self._by_text[text] = None if terms is None else _Calendar(terms)
        return self._by_text[text]


class _Calendar(dict[date, date]):
    """Due date by issue date under one set of terms, filled as it is asked for."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def __bool__(self) -> bool:
        return True

    def __missing__(self, issued_on: date) -> date:
        found = self[issued_on] = due_on(issued_on, self.terms)
        return found


def split_by_instalments(
    plan: Iterable[tuple[date, int]], total_minor: int, open_minor: int, own_due_on: date | None
) -> Parts:
    """What is open per due date, oldest first; the parts add up to `open_minor` (positive) exactly.

    Money received serves the oldest due date first, so what is open lies on the latest ones. When the
    instalments add up to less than the total, the remainder is due on the invoice's own date, or with the
    last instalment; when they add up to more, the excess is taken off the oldest: the debtor is never
    called late on the strength of it.

    Args:
        plan: (due date, amount), any order, not empty; amounts not negative.
    """
    dated = sorted(plan)
    remainder = total_minor - sum(amount for _, amount in dated)
    if remainder > 0:
        dated = sorted([*dated, (own_due_on or dated[-1][0], remainder)])
    by_date: dict[date, int] = {}
    for due, amount in reversed(dated):
        part = min(amount, open_minor)
        open_minor -= part
        if part:
            by_date[due] = by_date.get(due, 0) + part
    return tuple(sorted(by_date.items()))


def plans_by_document(instalments: Instalments | None) -> dict[int, list[tuple[date, int]]]:
    """The instalments of each document that has some, as (due date, amount)."""
    plans: dict[int, list[tuple[date, int]]] = {}
    if instalments is not None:
        columns = zip(instalments.document_id, instalments.due_on, instalments.amount_minor, strict=True)
        for id_, due, amount in columns:
            plans.setdefault(id_, []).append((due, amount))
    return plans
