"""Entries on customers' accounts to Invoice, CreditNote, Instalment and Receipt.

Every line becomes something that the ledger can count, so that invoices and credit notes still open, less what is
left of receipts, equal debits less credits in Sage. A line of a sales journal is an invoice or a credit note. A credit
in a treasury journal is a receipt. Everything else (unpaid items, refunds, write-offs, transfers, openings) is a
document named after its journal and entry: a debit asks, like an invoice; a credit gives, like a credit note. A
deposit received (419) that is neither is no claim of any kind: it is a named line of the debtor's balance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hub.plugins.sage100.accounts import DEPOSITS, TREASURY, is_deposit
from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.faults import rejected
from hub.plugins.sage100.layout import Layout, day_of, factor, minor, posted_on
from hub.plugins.sage100.records import Records, Row, Work
from hub.sdk import RawUnit

_DOCUMENT = "seller number debtor_id issued_on currency total_minor book_total_minor book_currency order_ref label"
_INVOICE = f"{_DOCUMENT} due_on"
ENTRY = "seller entry_id debtor_id booked_on category effect_minor currency account document_number label"
_DEBTOR = "seller debtor_id name stub"
_RECEIPT = (
    "source_key receipt_id seller received_on amount_minor currency original_amount_minor original_currency remittance "
    "method bank_ref statement_ref debtor_id"
)


def sales_number(row_number: str, piece: str, entry: int) -> str:
    """The number of a sales document; a line without one is told by its voucher and entry."""
    return row_number or f"{piece}#{entry}"


def other_number(journal: str, piece: str, entry: int) -> str:
    """The name of an entry that is no sale: journal, voucher, entry."""
    return f"{journal} {piece}#{entry}"


def receipt_key(entry: int) -> str:
    """The identity of a receipt of the books, and of a named line."""
    return f"EC{entry}"


class Money:
    """The amounts of lines, in the company's currency and in the document's."""

    def __init__(self, layout: Layout, config: Sage100Config) -> None:
        self._layout = layout
        self._own = config.currency
        self._factor = factor(config.currency)

    def of(self, signed: int, devise: int, amount: int, where: str) -> tuple[str, int, int | None, str | None]:
        """Currency, amount in it, and for a foreign one the books' value and currency."""
        if devise == 0 or amount == 0:
            value, rest = divmod(abs(signed), self._factor)
            if rest:
                value = minor(signed, self._own, where)  # says what is wrong
            return self._own, value, None, None
        currency = self._layout.currency(devise, self._own, where)
        if currency == self._own:
            return currency, minor(signed, self._own, where), None, None
        return currency, minor(amount, currency, where), minor(signed, self._own, where), self._own


def mentioning(config: Sage100Config, records: Records) -> Callable[[str], None]:
    """Names the account itself as a debtor: a line without third party is owed by whoever it was opened for."""
    add = records.into("debtor", _DEBTOR)
    return lambda account: add(config.seller, account, f"Account {account}", True)


def booked_on(row: Row, where: str) -> str:
    """The accounting date of a line.

    Raises:
        RecordRejected: its month has no such day.
    """
    day = posted_on(row[3], row[4])
    if day is None:
        raise rejected("HUB-SAGE-021", where, column="JM_Date + EC_Jour", text=f"{row[3]} + {row[4]}")
    return day


def map_sales(layout: Layout, config: Sage100Config, records: Records) -> Work:
    """The lines of one number, year and side: one invoice or credit note, with its instalments."""
    money, seller = Money(layout, config), config.seller
    number_at = layout.columns.index(layout.number)
    add_invoice, add_credit = records.into("invoice", _INVOICE), records.into("credit_note", _DOCUMENT)
    add_part = records.into("instalment", "seller invoice_number due_on rank amount_minor currency")
    mention = mentioning(config, records)

    def work(unit: RawUnit, rows: Sequence[Row]) -> None:
        row = rows[0]
        entry, _, _, month, at, piece, _, _, debtor, signed, devise, amount, reference, label, due = row
        where = unit.place
        if len(rows) > 1:
            several(unit, rows)
            return
        currency, total, book, book_currency = money.of(signed, devise, amount, where)
        number = sales_number(row[number_at], piece, entry)
        if debtor == row[7]:
            mention(debtor)
        common = (
            seller, number, debtor, posted_on(month, at) or booked_on(row, where), currency, total, book,
            book_currency, reference or None,
            label or None,
        )  # fmt: skip
        if signed < 0:
            add_credit(*common)
        else:
            add_invoice(*common, day_of(due))

    def several(unit: RawUnit, rows: Sequence[Row]) -> None:
        where, first = unit.place, rows[0]
        number = sales_number(first[number_at], first[5], first[0])
        debtors = sorted({row[8] for row in rows})
        if len(debtors) > 1:
            year = first[3][:4]
            raise rejected(
                "HUB-SAGE-023", where, number=number, count=len(debtors), year=year, debtors=", ".join(debtors[:5])
            )
        currency, total, book, book_currency, parts = together(rows, where)
        if debtors[0] == first[7]:
            mention(debtors[0])
        issued = min(booked_on(row, where) for row in rows)
        labels = [row[13] for row in rows if row[13]]
        references = [row[12] for row in rows if row[12]]
        common = (
            seller, number, debtors[0], issued, currency, total, book, book_currency,
            references[0] if references else None, labels[0] if labels else None,
        )  # fmt: skip
        if first[9] < 0:
            add_credit(*common)
            return
        days = [day_of(row[14]) for row in rows]
        known = sorted(day for day in days if day)
        if known:  # a deposit that the invoice uses was paid before: it bears no due date, and counts towards the first
            days = [
                day or (known[0] if row[7].startswith(DEPOSITS) else None) for day, row in zip(days, rows, strict=True)
            ]
        add_invoice(*common, known[-1] if known else None)
        if None in days or len(set(days)) == 1:
            return
        due = sorted(zip([str(day) for day in days], parts, strict=True))
        for rank, (day, part) in enumerate(due, 1):
            add_part(seller, number, day, rank, part, currency)

    def together(rows: Sequence[Row], where: str) -> tuple[str, int, int | None, str | None, list[int]]:
        """Currency, total, books' value and currency, and the share of each line."""
        found = [money.of(row[9], row[10], row[11], where) for row in rows]
        currencies = {currency for currency, _, _, _ in found}
        if len(currencies) == 1 and found[0][2] is not None:
            parts = [amount for _, amount, _, _ in found]
            return found[0][0], sum(parts), sum(book or 0 for _, _, book, _ in found), config.currency, parts
        parts = [minor(row[9], config.currency, where) for row in rows]
        return config.currency, sum(parts), None, None, parts

    return work


def map_entries(layout: Layout, config: Sage100Config, records: Records) -> Work:
    """One line of another journal: a receipt, or a document of its own."""
    money, seller, own = Money(layout, config), config.seller, config.currency
    add_invoice, add_credit = records.into("invoice", _INVOICE), records.into("credit_note", _DOCUMENT)
    add_receipt, add_entry = records.into("receipt", _RECEIPT), records.into("ledger_entry", ENTRY)
    mention = mentioning(config, records)

    def work(unit: RawUnit, rows: Sequence[Row]) -> None:
        row, where = rows[0], unit.place
        entry, journal, kind, month, at, piece, ref_piece, account, debtor, signed, devise, amount, *more = row
        treasury_piece, reference, label, due, method = more
        day = posted_on(month, at) or booked_on(row, where)
        currency, total, book, book_currency = money.of(signed, devise, amount, where)
        if debtor == account:
            mention(debtor)
        if is_deposit(account, kind, signed):
            effect = minor(signed, own, where)
            number = other_number(journal, piece, entry)
            add_entry(
                seller, receipt_key(entry), debtor, day, "deposit", effect if signed > 0 else -effect, own, account,
                number, label or None,
            )  # fmt: skip
            return
        if kind == TREASURY and signed < 0:
            told = "\n".join(text for text in (label, ref_piece, reference) if text)
            key = receipt_key(entry)
            foreign: tuple[Any, Any] = (None, None) if book is None else (total, currency)
            add_receipt(
                key, key, seller, day, total if book is None else book, own, *foreign, told or None,
                layout.methods.get(method), treasury_piece or None, piece or None, debtor,
            )  # fmt: skip
            return
        common = (
            seller, other_number(journal, piece, entry), debtor, day, currency, total, book, book_currency,
            reference or ref_piece or None, label or None,
        )  # fmt: skip
        if signed < 0:
            add_credit(*common)
        else:
            add_invoice(*common, day_of(due))

    return work
