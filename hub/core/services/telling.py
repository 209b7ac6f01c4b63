"""Whose invoices receipts pay, for the matcher: what is applied here, what texts name, what the books matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from typing import Any

from hub.core.identity.accounts import Account, Document, Told, names
from hub.core.reconcile.texts.text import compact
from hub.core.store import Connection
from hub.core.store import judged_again as store
from hub.core.store.postings import documents as documents_of
from hub.core.store.sightings import allocations_of


class Teller:
    """Answers the matcher about receipts that neither a reference nor the payer paired; few of them, asked for once.

    Args:
        rows: the receipts, as `store.sightings.unlinked` gives them, by id.
        sellers: of each books connector.
    """

    def __init__(
        self,
        connection: Connection,
        books: Mapping[str, int],
        rows: Mapping[int, Any],
        sellers: Mapping[int, Sequence[str]],
    ) -> None:
        self._connection, self._books, self._rows, self._sellers = connection, books, rows, sellers

    def __call__(self, ours: Set[int], theirs: Set[int]) -> dict[int, Told]:
        """What is known of these entries and movements."""
        both = sorted(ours | theirs)
        own = {entry: account for entry in ours if (account := self._account(self._rows[entry])) is not None}
        applied = self._applied(both)
        debtors = {debtor for _, debtor in own.values()}
        debtors |= {debtor for found in applied.values() for (_, debtor), _ in found}
        named = self._named(both, debtors)
        matched = store.matched_documents(self._connection, sorted(own))
        told = {}
        for receipt in both:
            paid = applied.get(receipt, set()) | named.get(receipt, set())
            documents = {document for _, document in paid}
            if receipt in own:
                told[receipt] = Told(frozenset({own[receipt]}), frozenset(matched.get(receipt) or documents))
            else:
                told[receipt] = Told(frozenset(account for account, _ in paid), frozenset(documents))
        return told

    def _account(self, row: Any) -> Account | None:
        """The account that an entry of the books names."""
        sellers = [row.seller] if row.seller else self._sellers.get(row.connector_id, [])
        return (sellers[0], row.debtor_id) if row.debtor_id is not None and len(sellers) == 1 else None

    def _applied(self, receipts: Sequence[int]) -> dict[int, set[tuple[Account, Document]]]:
        """What the hub, or a person, applied them to."""
        lines = [line for line in allocations_of(self._connection, receipts) if line.nature == "money"]
        known = documents_of(self._connection, [line.invoice_id for line in lines])
        found: dict[int, set[tuple[Account, Document]]] = defaultdict(set)
        for line in lines:
            one = known[line.invoice_id]
            if one.kind == "invoice":
                found[line.receipt_id].add(((one.seller, one.debtor_id), (one.seller, one.number_key)))
        return found

    def _named(self, receipts: Sequence[int], debtors: Set[str]) -> dict[int, set[tuple[Account, Document]]]:
        """Invoices of these debtors that the texts name, where the number is surely theirs."""
        words = {receipt: names(self._rows[receipt].remittance or "") for receipt in receipts}
        wanted = set().union(*words.values()) if words else set()
        if not wanted or not debtors:
            return {}
        keys: dict[str, set[str]] = defaultdict(set)
        for row in store.invoices_of(self._connection, self._books, debtors):
            if (word := compact(row.number)) in wanted:
                keys[word].add(row.number_key)
        bearing: dict[str, list[Any]] = defaultdict(list)
        for row in store.invoices_numbered(self._connection, self._books, set().union(*keys.values())):
            bearing[row.number_key].append(row)
        found: dict[int, set[tuple[Account, Document]]] = defaultdict(set)
        for receipt, said in words.items():
            for word in said & keys.keys():
                meant = _meant([row for key in keys[word] for row in bearing[key]], self._rows[receipt].received_on)
                if meant is not None:
                    found[receipt].add(((meant.seller, meant.debtor_id), (meant.seller, meant.number_key)))
        return found


def _meant(rows: Iterable[Any], day: date) -> Any:
    """The invoice that a payment of `day` means by a number: the only one, or of several the last one issued before;
    None when two were."""
    known = list(rows)
    if len(known) > 1:
        before = [row.issued_on for row in known if row.issued_on <= day]
        known = [row for row in known if before and row.issued_on == max(before)]
    return known[0] if len(known) == 1 else None
