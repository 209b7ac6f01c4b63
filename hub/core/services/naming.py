"""From what a person typed to one receipt or one invoice; two that fit are listed, never guessed."""

from __future__ import annotations

from hub.core.services.desk import Desk, books_of
from hub.core.store import Connection
from hub.core.store.choosing import ChosenInvoice, ChosenReceipt, invoices_called, receipts_called
from hub.core.store.reading import Books, debtor_columns
from hub.sdk.errors import HubError
from hub.sdk.money import decimal_text

#: What stands before a row number where an id or a number alone is not enough.
RECEIPT, INVOICE = "receipt:", "invoice:"


def receipts_named(connection: Connection, name: str) -> list[ChosenReceipt]:
    """All receipts with the source's own id `name`, or the one with the number in ``receipt:17``."""
    row = _row(name, RECEIPT)
    return receipts_called(connection, rows=[row]) if row else receipts_called(connection, name)


def invoices_named(connection: Connection, books: Books, name: str) -> list[ChosenInvoice]:
    """All invoices and credit notes of the books with the number `name`, or the one that ``invoice:17`` names."""
    row = _row(name, INVOICE)
    return invoices_called(connection, books, rows=[row]) if row else invoices_called(connection, books, name)


def receipt_called(connection: Connection, name: str) -> ChosenReceipt:
    """The receipt with the source's own id `name`, or with the number in ``receipt:17``.

    Raises:
        HubError: there is none, or there are several.
    """
    found = receipts_named(connection, name)
    if len(found) != 1:
        shown = [f"{RECEIPT}{r.id} ({r.received_on}, {decimal_text(r.amount_minor, r.currency)})" for r in found]
        raise _not_one("receipt", name, shown, "hub export receipts lists them")
    return found[0]


def invoice_called(connection: Connection, books: Books, name: str) -> ChosenInvoice:
    """The invoice or credit note of the books with the number `name`, or with the number in ``invoice:17``.

    Raises:
        HubError: there is none, or there are several.
    """
    found = invoices_named(connection, books, name)
    if len(found) != 1:
        shown = [f"{INVOICE}{i.id} ({i.kind.replace('_', ' ')} of {i.seller}, {i.issued_on})" for i in found]
        raise _not_one("invoice", name, shown, "hub export open-items lists them")
    return found[0]


def unknown_account(desk: Desk, seller: str | None, debtor: str | None) -> str:
    """That nobody knows this seller, or this debtor's code, as a sentence without its full stop; "" when both are known
    or not asked for."""
    if seller is None and debtor is None:
        return ""
    with desk.store.read() as connection:
        columns = debtor_columns(connection, books_of(desk, connection), ())
    known = [
        (of, code)
        for of, code in zip(columns["seller"], columns["debtor_id"], strict=True)
        if seller in (None, of) and debtor in (None, code)
    ]
    if known:
        return ""
    if debtor is None:
        return f"No seller is called {seller!r}"
    return f"No debtor {f'of {seller} ' if seller else ''}has the code {debtor!r}"


def _row(name: str, lead: str) -> int | None:
    digits = name.removeprefix(lead)
    return int(digits) if digits != name and digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def _not_one(what: str, name: str, several: list[str], where: str) -> HubError:
    if several:
        return HubError(
            code="HUB-REC-032",
            what=f"several are called {name!r}: {', '.join(several[:5])}",
            where=name,
            mend=f"say which, by the name in front: {several[0].split(' ')[0]}",
        )
    return HubError(code="HUB-REC-031", what=f"no {what} is called {name!r}", where=name, mend=where)
