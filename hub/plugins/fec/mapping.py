"""From facts to raw units and from raw units to records.

The body of a unit is one line of what was understood (fields between U+001F) above the lines of the ledger themselves:
so mapping is pure, and what the whole ledger says of a document, its number and its lettrage, is part of its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

from hub.plugins.fec.books import Books
from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.faults import rejected as refusal
from hub.sdk import Columns, MappedPage, RawUnit, RecordRejected
from hub.sdk.money import split_minor
from hub.sdk.records import KINDS

#: Raised whenever the same unit gives other records.
MAPPING_VERSION = 1
MAPPING_FIELDS = ("seller", "terms", "payment_terms")

_FIELD, _LIST, _PAIR = "\x1f", "\x1e", "\x1d"
_DOCS = """SELECT id, file, ref, kind, sign, debtor, number, piece, day, issued, total, currency, amount, net, tax,
    label, bank, line, raw FROM doc WHERE id > ? AND kind <> 'held' ORDER BY id LIMIT ?"""
_DUE = """SELECT d.id, due.due, due.amount FROM doc d JOIN due ON due.key IN (fold(d.number), fold(d.piece))
    AND due.debtor IN ('', d.debtor) WHERE d.id BETWEEN ? AND ? AND d.kind = 'invoice' ORDER BY d.id, due.due"""


#: Where a unit stands among all: (0, row) what is held, (1, code) debtors, (2, id) documents.
Place = tuple[int, str]
Placed = tuple[Place, RawUnit]


def units_after(books: Books, place: Place, limit: int, layout: str) -> list[Placed]:
    """At most `limit` units after `place`, all of one kind, each with its place; none: there are no more."""
    step, after = place
    if step == 0:
        rows = books.scratch.rows(
            "SELECT rowid, * FROM held WHERE rowid > ? ORDER BY rowid LIMIT ?", int(after or 0), limit
        )
        if held := [((0, str(row[0])), _held(row, layout)) for row in rows]:
            return held
        step, after = 1, ""
    if step == 1:
        rows = books.scratch.rows(
            "SELECT code, name, place FROM debtor WHERE code > ? ORDER BY code LIMIT ?", after, limit
        )
        if debtors := [((1, str(row[0])), _debtor(row[0], row[1], row[2], layout)) for row in rows]:
            return debtors
        after = "0"
    return _documents(books, int(after), limit, layout)


def _held(row: tuple[Any, ...], layout: str) -> RawUnit:
    _, ref, body, where, code, what, mend, lines = row
    refusal = RecordRejected(code=code, what=what, where=where, mend=mend)
    return RawUnit(f"held/{ref}", body.encode(), layout, where, refusal, lines)


def _debtor(code: Any, name: Any, where: Any, layout: str) -> RawUnit:
    return RawUnit(f"debtor/{code}", _FIELD.join(("debtor", code, name)).encode(), layout, where)


def _documents(books: Books, after: int, limit: int, layout: str) -> list[Placed]:
    db = books.scratch
    rows = list(db.rows(_DOCS, after, limit))
    if not rows:
        return []
    first, last = rows[0][0], rows[-1][0]
    settled: dict[int, list[str]] = {}
    for doc, group, day, amount in db.rows(
        "SELECT doc, grp, day, amount FROM settled WHERE doc BETWEEN ? AND ? ORDER BY doc, grp", first, last
    ):
        settled.setdefault(doc, []).append(f"{group}{_PAIR}{day}{_PAIR}{amount}")
    due: dict[int, list[str]] = {}
    if books.has_due_dates:
        for doc, day, amount in db.rows(_DUE, first, last):
            due.setdefault(doc, []).append(f"{day}{_PAIR}{'' if amount is None else amount}")
    units: list[Placed] = []
    for row in rows:
        (id_, file, ref, kind, sign, debtor, number, piece, day, issued, total, currency, amount, net, tax, label, bank,
         line, raw) = row  # fmt: skip
        head = _FIELD.join(
            (kind, ref, "-" if sign < 0 else "", debtor, number or "", piece, day, issued, str(total), currency or "",
             "" if amount is None else str(amount), "" if net is None else str(net), "" if tax is None else str(tax),
             label, bank, _LIST.join(settled.get(id_, ())), _LIST.join(due.get(id_, ())))
        )  # fmt: skip
        name = books.names.get(file, "lettrage")
        units.append(
            ((2, str(id_)), RawUnit(ref, f"{head}\n{raw}".encode(), layout, f"{name}:{line}" if line else name))
        )
    return units


class Mapper:
    """Units to columns, in the settings of one connector."""

    def __init__(self, config: FecConfig) -> None:
        self._seller = config.seller
        self._terms, self._any_terms = config.terms, config.payment_terms
        self._fill: dict[str, Callable[[int, list[str], str], None]] = {
            "debtor": self._debtor,
            "invoice": self._document,
            "credit_note": self._document,
            "receipt": self._receipt,
        }
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def page(self, units: Sequence[RawUnit]) -> MappedPage:
        """The records of `units`, kinds in their order."""
        self._rows = {}
        rejected: dict[int, RecordRejected] = {}
        for index, unit in enumerate(units):
            if unit.rejected is not None:
                rejected[index] = unit.rejected
                continue
            body = unit.body.decode()
            fields = body.split("\n", 1)[0].split(_FIELD)
            if len(fields) < 3:
                rejected[index] = refusal("HUB-FEC-036", unit.place or unit.ref)
                continue
            self._fill.get(fields[0], self._entry)(index, fields, unit.layout)
        order = list(KINDS)
        return MappedPage(sorted(self._in_columns(), key=lambda column: order.index(column.kind)), rejected)

    def _add(self, kind: str, unit: int, **values: Any) -> None:
        """One record; all records of a kind have the same fields in the same order."""
        rows = self._rows.get(kind)
        if rows is None:
            rows = self._rows[kind] = []
            self._names[kind] = tuple(values)
        rows.append((unit, *values.values()))

    def _in_columns(self) -> list[Columns]:
        found = []
        for kind, rows in self._rows.items():
            units, *columns = map(list, zip(*rows, strict=True))
            found.append(Columns(kind, units, dict(zip(self._names[kind], columns, strict=True))))
        return found

    def _debtor(self, unit: int, fields: list[str], _currency: str) -> None:
        code = fields[1]
        self._add(
            "debtor", unit, seller=self._seller, debtor_id=short_ref(code), name=fields[2][:500],
            payment_terms=self._terms.get(code, self._any_terms),
        )  # fmt: skip

    def _document(self, unit: int, fields: list[str], books: str) -> None:
        (kind, ref, _, debtor, number, piece, _day, issued, total_, currency, amount, net, tax, label, bank, settled,
         due) = fields  # fmt: skip
        del bank
        total = int(total_)
        foreign = bool(currency)
        values: dict[str, Any] = dict(
            seller=self._seller, number=short_ref(number), debtor_id=short_ref(debtor), issued_on=issued,
            currency=currency or books, total_minor=int(amount) if foreign else total,
            total_excl_tax_minor=int(net) if net and not foreign else None,
            tax_minor=int(tax) if tax and not foreign else None,
            book_total_minor=total if foreign else None, book_currency=books if foreign else None,
            label=label[:500] or None,
        )  # fmt: skip
        if kind == "invoice":
            dates = [pair.split(_PAIR) for pair in due.split(_LIST)] if due else []
            values |= {
                "due_on": dates[0][0] if len(dates) == 1 else None,
                "payment_ref": piece[:500] if piece and piece != number else None,
            }
            if len(dates) > 1:
                self._instalments(unit, short_ref(number), dates, values["total_minor"], values["currency"])
        self._add(kind, unit, **values)
        if settled:
            self._settled(unit, ref, kind, short_ref(number), issued, debtor, settled, values["currency"],
                          (total, values["total_minor"]) if foreign else None)  # fmt: skip

    def _instalments(self, unit: int, number: str, dates: list[list[str]], total: int, currency: str) -> None:
        said = [int(amount) if amount else 0 for _, amount in dates]
        amounts = said if all(amount for _, amount in dates) else split_minor(total, [1] * len(dates))
        for rank, ((day, _), amount) in enumerate(zip(dates, amounts, strict=True), 1):
            self._add("instalment", unit, seller=self._seller, invoice_number=number, due_on=day, rank=rank,
                      amount_minor=amount, currency=currency)  # fmt: skip

    def _receipt(self, unit: int, fields: list[str], books: str) -> None:
        (kind, ref, _, debtor, _number, piece, day, _issued, total, currency, amount, _net, _tax, label, bank, settled,
         _due) = fields  # fmt: skip
        self._add(
            "receipt", unit, source_key=short_ref(ref), receipt_id=short_ref(piece or ref), debtor_id=short_ref(debtor),
            account=short_ref(bank) or None,
            seller=self._seller, received_on=day, amount_minor=int(total), currency=books, remittance=label or None,
            bank_ref=piece[:500] or None, original_amount_minor=int(amount) if amount else None,
            original_currency=currency or None,
        )  # fmt: skip
        self._settled(unit, ref, kind, short_ref(ref), None, debtor, settled, books, None)

    def _entry(self, unit: int, fields: list[str], books: str) -> None:
        (kind, ref, minus, debtor, _number, piece, day, _issued, total, _currency, _amount, _net, _tax, label, _bank,
         settled, _due) = fields  # fmt: skip
        self._add(
            "ledger_entry", unit, seller=self._seller, entry_id=short_ref(ref), debtor_id=short_ref(debtor),
            booked_on=day,
            category=kind, effect_minor=-int(total) if minus else int(total), currency=books,
            document_number=short_ref(piece) or None, label=label[:500] or None,
        )  # fmt: skip
        target = "write_off" if kind == "write_off" else "other"
        self._settled(unit, ref, target, short_ref(ref), None, debtor, settled, books, None)

    def _settled(
        self, unit: int, ref: str, target: str, number: str, issued: str | None, debtor: str, settled: str,
        currency: str, rate: tuple[int, int] | None,
    ) -> None:  # fmt: skip
        """One settlement line per group that holds the document. A foreign one is settled in its own currency."""
        for one in settled.split(_LIST) if settled else ():
            group, day, amount_ = one.split(_PAIR)
            amount = int(amount_)
            if rate is not None:
                amount = amount * rate[1] // rate[0]
            # A number that stays the same when lines are added to the group: two units never claim one.
            line = int.from_bytes(blake2b(ref.encode(), digest_size=6).digest(), "big") + 1
            self._add("settlement_line", unit, seller=self._seller, settlement_id=short_ref(group), line=line,
                      debtor_id=short_ref(debtor), settled_on=day, target=target, document_number=number,
                      document_issued_on=issued, amount_minor=amount, currency=currency)  # fmt: skip


def short_ref(text: str) -> str:
    """A reference short enough to be one: a longer one keeps its beginning and a digest."""
    return text if len(text) <= 200 else f"{text[:180]}…{blake2b(text.encode(), digest_size=8).hexdigest()}"
