"""The ledger kept from one reconciliation to the next, so that a day's receipts do not read all that is open.

An image of it lies in a file of the work folder. It is mended by what the data base recorded since; what cannot be
mended (another data base, other books, too many changes) is laid anew. The decisions are those of the whole ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.core.ledger.facts import CREDIT_NOTE
from hub.core.reconcile.kept.image import Image, Whole, lay_image
from hub.core.reconcile.kept.standing import Amounts, Standing
from hub.core.services.desk import Desk, books_of
from hub.core.services.ledger import LedgerView, view_in
from hub.core.services.opened import Opened, opened_of
from hub.core.services.set_off import Waiting, set_off_too_early
from hub.core.store import Connection
from hub.core.store.changes import changed_since, correcting_after, moment, since, with_relatives
from hub.core.store.images import read_image, write_image
from hub.core.store.record_tables import fold
from hub.sdk.records import ANY_SELLER

#: Share of the open items of which more may not have changed: then all is read.
MOST_CHANGED = 0.1


@dataclass(frozen=True, slots=True)
class KeptLedger:
    """The ledger as it stands, and what is settled on its documents: in the books, and by allocations of the hub."""

    standing: Standing
    in_books: Amounts
    allocated: Amounts


def kept_ledger(desk: Desk, connection: Connection, waiting: Waiting) -> KeptLedger | None:
    """The ledger of now out of the image of before; None when it is to be read.

    Credit notes that are younger than a waiting receipt are read as if they had changed: they may have been set off
    too early for it.

    Whether numbers are still built as they were shows when it is used (`StaleImage`): then it is to be read as well.
    """
    image = _image(desk)
    books = books_of(desk, connection)
    if image is None or image.told["books"] != books or date.fromisoformat(image.told["day"]) > desk.clock.today():
        return None
    instant = since(connection, image.told["moment"])
    if instant is None:
        return None
    changes = changed_since(connection, instant)
    changes.documents.update(image.told["later"], _of_accounts(image, changes.accounts))
    changes.documents.update(correcting_after(connection, waiting.since) if waiting.since else ())
    if _too_many(image, changes.documents):
        return None
    changed = with_relatives(connection, changes.documents, changes.numbers, image.crediting)
    if _too_many(image, changed):
        return None
    view = view_in(desk, connection, only=sorted(changed))
    opened = opened_of(view, freed=set_off_too_early(view, waiting))
    standing = Standing.of(image, changed, opened.items, opened.settled)
    in_books, allocated = (
        standing.amounts(name, {**dict.fromkeys(changed, 0), **found})
        for name, found in (("in_books", opened.in_books), ("allocated", opened.allocated))
    )
    return KeptLedger(standing, in_books, allocated)


@dataclass(frozen=True, slots=True)
class Notes:
    """What is noted beside an image: where it comes from, and which credit notes correct which numbers."""

    told: Mapping[str, Any]
    crediting: list[tuple[int, str]]


def notes_of(desk: Desk, connection: Connection, view: LedgerView, opened: Opened) -> Notes | None:
    """The notes for an image of a ledger that was read; None when it is too small to be worth one.

    Taken before the image is laid, so that the view need not be held any longer: it is as large.
    """
    if desk.image is None or len(opened.items.id) < desk.image.least:
        return None
    documents = view.facts.documents
    crediting = [
        (id_, fold(corrects) or "")
        for id_, kind, corrects in zip(documents.id, documents.kind, documents.corrects, strict=True)
        if corrects and kind == CREDIT_NOTE
    ]
    told = {
        "moment": moment(connection),
        "books": view.books,
        "day": view.as_of.isoformat(),
        "later": sorted(set(_dated_after(view))),
    }
    return Notes(told, crediting)


def keep_ledger(desk: Desk, opened: Opened, notes: Notes) -> None:
    """Lay an image of what is open."""
    assert desk.image is not None  # noqa: S101 -- or nothing would have been noted
    whole = Whole(opened.items, opened.settled, opened.closed_ids, opened.in_books, opened.allocated, notes.crediting)
    write_image(desk.image.path, lay_image(whole, notes.told))


def _image(desk: Desk) -> Image | None:
    held = read_image(desk.image.path) if desk.image is not None else None
    try:
        return None if held is None else Image(held)
    except (ValueError, KeyError, TypeError):  # cut off, or laid by another version
        return None


def _too_many(image: Image, changed: set[int]) -> bool:
    return len(changed) > max(len(image.id) * MOST_CHANGED, 1_000)


def _of_accounts(image: Image, accounts: set[tuple[str, str]]) -> Iterator[int]:
    """The open documents of accounts whose terms may have changed: due dates hang on them."""
    anywhere = {debtor for seller, debtor in accounts if seller == ANY_SELLER}
    for pair, (seller, debtor) in enumerate(image.pairs):
        if (seller, debtor) in accounts or debtor in anywhere:
            yield from (image.id[row] for row in image.rows_of_pair(pair))


def _dated_after(view: LedgerView) -> Iterator[int]:
    """The documents with a fact that takes effect after the day of the view: they change without anybody's doing."""
    documents, settlements, allocations = view.facts.documents, view.facts.settlements, view.facts.allocations
    for ids, days in (
        (documents.id, documents.issued_on),
        (settlements.document_id, settlements.settled_on),
        (allocations.document_id, allocations.effective_on),
    ):
        yield from (id_ for id_, day in zip(ids, days, strict=True) if day > view.as_of)
