"""Rows of invoices to Invoice, CreditNote (each with what the books say is settled) and Debtor (a stub)."""

from __future__ import annotations

from operator import itemgetter, sub
from typing import Any, cast

from hub.plugins.csv.headers import fold
from hub.plugins.csv.limits import MAX_NAME
from hub.plugins.csv.records import absolute, columns_of
from hub.plugins.csv.table import Table
from hub.sdk import Columns
from hub.sdk.money import decimal_text

_INVOICE = frozenset(
    "invoice inv facture factures fact fac fa fc f facturedevente facturedacompte facturedesituation facturedesolde "
    "facturecomptabilisee facturefinanciere commercialinvoice 380 384 389 386 debit d".split()
)
_CREDIT = frozenset(
    "creditnote credit cn avoir avoirs avo av a avoirclient avoirfinancier avoirdevente factureavoir factureduavoir "
    "notedecredit nc 381 396 c refund".split()
)


def invoice_keys(t: Table) -> tuple[list[str], list[str], list[str | None], list[str]]:
    """Seller, number, issue date and written type (``invoice``, ``credit_note`` or empty) of each row."""
    if t.keys is None:
        named = t.sellers(), t.ids("number"), t.days("issued_on")
        t.unkeyed = set(t.rejected)
        t.keys = (*named, written_types(t))
    keys: tuple[list[str], list[str], list[str | None], list[str]] = t.keys
    return keys


def invoice_refs(t: Table) -> list[str]:
    """seller|number|issue year; a credit note is told apart, since some books number both alike."""
    sellers, numbers, issued, types = invoice_keys(t)
    refs = [f"{s}|{n}|{d[:4] if d else '?'}" for s, n, d in zip(sellers, numbers, issued, strict=True)]
    if "credit_note" in types:
        refs = [f"{r}|credit_note" if k == "credit_note" else r for r, k in zip(refs, types, strict=True)]
    return refs


def map_invoices(t: Table) -> list[Columns]:
    """The records of all good rows; the others are in `t.rejected`."""
    sellers, numbers, issued, types = invoice_keys(t)
    debtors = t.ids("debtor_id")
    currencies = t.currencies()
    totals = _totals(t, currencies)
    books_told = "book_currency" in t
    of_books = t.currencies("book_currency") if books_told else [t.reading.currency] * t.count
    net, tax = t.amounts("total_excl_tax", currencies), t.amounts("tax", currencies)
    book = t.amounts("book_total", of_books)
    credit = {i for i, value in enumerate(totals) if (value is not None and value < 0) or types[i] == "credit_note"}
    for name, column in (("total_excl_tax", net), ("tax", tax), ("book_total", book)):
        _same_sign(t, name, column, credit)
    settled = _settled(t, totals, currencies, credit)
    common: dict[str, Any] = {
        "seller": sellers,
        "number": numbers,
        "debtor_id": debtors,
        "issued_on": issued,
        "currency": currencies,
        "total_minor": absolute(totals) if credit else totals,
        "total_excl_tax_minor": absolute(net) if credit else net,
        "tax_minor": absolute(tax) if credit else tax,
        "book_total_minor": absolute(book) if credit else book,
        "book_currency": [None if value is None else code for value, code in zip(book, of_books, strict=True)],
        "settled_minor": settled,
        "settled_on": _beside(t.days("paid_on", required=False), settled) if settled else None,
        "order_ref": t.optional_id("order_ref", MAX_NAME),
        "label": t.optional("label"),
    }
    only_invoice = {
        "due_on": t.days("due_on", required=False),
        "payment_ref": t.optional_id("payment_ref", MAX_NAME),
        "payment_terms": t.optional("payment_terms"),
        "discount_terms": t.optional("discount_terms"),
    }
    corrects = t.optional_id("corrects")
    stub = _stub_fields(t)
    kept = t.kept() if t.rejected else list(range(t.count))
    invoices = [i for i in kept if i not in credit] if credit else kept
    credit_notes = [i for i in kept if i in credit] if credit else []
    return [
        *_stubs(stub, sellers, debtors, kept),
        *columns_of("invoice", {**common, **only_invoice}, invoices, t.count),
        *columns_of("credit_note", {**common, "corrects": corrects}, credit_notes, t.count),
    ]


def written_types(t: Table) -> list[str]:
    """The written type of each row: ``invoice``, ``credit_note``, or empty where nothing is said."""
    if "type" not in t:
        return [""] * t.count
    column = t.cells("type")
    meanings = {text: _meaning(text) for text in set(column)}
    if "?" in meanings.values():
        for i, text in enumerate(column):
            if meanings[text] == "?":
                t.refuse(i, "type", "HUB-CSV-023", text=text[:40])
    return [meanings[text] for text in column]


def _meaning(text: str) -> str:
    word = fold(text)
    if not word:
        return "" if not text else "?"
    return "invoice" if word in _INVOICE else "credit_note" if word in _CREDIT else "?"


def _totals(t: Table, currencies: list[str]) -> list[int | None]:
    """Signed totals: of the total column, else debit less credit; a direction C makes them negative."""
    by_total = "total" in t
    totals = t.amounts("total", currencies, required=True) if by_total else debit_less_credit(t, currencies)
    if by_total and "direction" in t:
        directions = t.cells("direction")
        for i, text in enumerate(directions):
            value = totals[i]
            side = fold(text)[:1]
            if side == "c" and value is not None and value > 0:
                totals[i] = -value
            elif side == "d" and value is not None and value < 0:
                t.refuse(i, "direction", "HUB-CSV-025", detail="the amount is negative and its direction is D")
            elif side not in ("c", "d"):
                t.refuse(i, "direction", "HUB-CSV-025", detail=f"the direction {text[:20]!r} is neither D nor C")
    return totals


def debit_less_credit(t: Table, currencies: list[str], *, of_bank: bool = False) -> list[int | None]:
    """Debit less credit of each row. Exactly one of the two must be given; zero counts as not given beside it.

    A negative debit of a ledger takes a debit back: it is a credit. `of_bank`: banks write debits with their sign,
    there the column says the direction.
    """
    debits, credits = t.amounts("debit", currencies), t.amounts("credit", currencies)
    values: list[int | None] = []
    for i, (debit, credit) in enumerate(zip(debits, credits, strict=True)):
        if debit and credit:
            t.refuse(i, "debit", "HUB-CSV-025", detail="both the debit and the credit are given")
        elif debit is None and credit is None:
            t.refuse(i, "debit", "HUB-CSV-025", detail="neither the debit nor the credit is given")
        values.append((abs(debit or 0) if of_bank else debit or 0) - (credit or 0))
    return values


def _same_sign(t: Table, name: str, column: list[int | None], credit: set[int]) -> None:
    """A part of an invoice is not negative; of a credit note it is read without its sign, like the total."""
    if min(filter(None, column), default=0) < 0:
        for i, value in enumerate(column):
            if value is not None and value < 0 and i not in credit:
                detail = f"amount {t.cells(name)[i][:40]!r} is negative, the invoice's total is not"
                t.refuse(i, name, "HUB-CSV-012", detail=detail, or_else="")


def _settled(t: Table, totals: list[int | None], currencies: list[str], credit: set[int]) -> list[int | None] | None:
    """How much of each document the books say is settled: total less open amount, else what is written as paid."""
    name = "open_amount" if "open_amount" in t else "paid"
    if name not in t:
        return None
    column = t.amounts(name, currencies)
    is_open = name == "open_amount"
    if credit:
        column = [abs(v) if v is not None and i in credit else v for i, v in enumerate(column)]
        totals = absolute(totals) or []
    if None not in column and None not in totals:
        values, wholes = cast(list[int], column), cast(list[int], totals)
        rest = list(map(sub, wholes, values))
        if rest and min(rest) >= 0 and min(values) >= 0:
            return list(rest) if is_open else column
    settled: list[int | None] = []
    for i, (value, total) in enumerate(zip(column, totals, strict=True)):
        if value is None or total is None:
            settled.append(None)
            continue
        if not 0 <= value <= total:
            shown = decimal_text(value, currencies[i])
            t.refuse(i, name, "HUB-CSV-024", open=shown, total=decimal_text(total, currencies[i]))
        settled.append(total - value if is_open else value)
    return settled


def _stub_fields(t: Table) -> dict[str, list[Any]]:
    """What the row says of its debtor besides the code, checked; empty when it says nothing."""
    found = {
        "name": t.optional("debtor_name"),
        "siren": t.digits("siren"),
        "siret": t.digits("siret"),
        "vat_number": t.digits("vat_number"),
        "email": t.optional("email"),
    }
    return {name: column for name, column in found.items() if column is not None}


def _stubs(said: dict[str, list[Any]], sellers: list[str], debtors: list[str], kept: list[int]) -> list[Columns]:
    """One stub for each distinct mention on the page, with the first row that makes it."""
    if not said:
        return []
    if all(None in column for column in said.values()):  # some rows may say nothing at all
        kept = [i for i in kept if any(column[i] is not None for column in said.values())]
    columns = {"seller": sellers, "debtor_id": debtors, **said}
    rows = _first_mentions(list(columns.values()), kept)
    if not rows:
        return []
    values: dict[str, list[Any]] = {name: [column[i] for i in rows] for name, column in columns.items()}
    codes = values["debtor_id"]
    values["name"] = [name or code for name, code in zip(values.get("name", codes), codes, strict=True)]
    values["stub"] = [True] * len(rows)
    return [Columns(kind="debtor", unit=rows, values=values)]


def _first_mentions(columns: list[list[Any]], kept: list[int]) -> list[int]:
    """The rows (of `kept`) that say something of a debtor which no row before them says."""
    sellers, codes = columns[0], columns[1]
    if len(kept) == len(codes) > 1 and sellers.count(sellers[0]) == len(sellers):
        # Usually all rows of a code say the same: then the first of each code will do, at half the price.
        first = dict(zip(reversed(codes), range(len(codes) - 1, -1, -1), strict=True))
        representative = itemgetter(*itemgetter(*codes)(first))
        if all(representative(column) == tuple(column) for column in columns[2:]):
            return sorted(first.values())
    mentions = list(zip(*columns, strict=True))
    return sorted({mentions[i]: i for i in reversed(kept)}.values())


def _beside(days: list[str | None], amounts: list[int | None]) -> list[str | None]:
    """The day of each amount that is given: a day alone says nothing of how much."""
    return [None if amount is None else day for day, amount in zip(days, amounts, strict=True)]
