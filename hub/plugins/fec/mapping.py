"""From raw units to records, straight in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.faults import rejected as refusal
from hub.plugins.fec.scratch import FIELD
from hub.plugins.fec.units import LIST, PAIR
from hub.sdk import Columns, MappedPage, RawUnit, RecordRejected
from hub.sdk.money import split_minor
from hub.sdk.records import KINDS

#: Raised whenever the same unit gives other records.
MAPPING_VERSION = 1
MAPPING_FIELDS = ("seller", "terms", "payment_terms")

_DOCUMENT = (
    "seller number debtor_id issued_on currency total_minor total_excl_tax_minor tax_minor book_total_minor "
    "book_currency label"
)
#: The fields of each kind that a FEC can give, in the order of the rows below.
_FIELDS = {
    "debtor": "seller debtor_id name payment_terms",
    "invoice": f"{_DOCUMENT} due_on payment_ref",
    "credit_note": _DOCUMENT,
    "instalment": "seller invoice_number due_on rank amount_minor currency",
    "receipt": "source_key receipt_id debtor_id account seller received_on amount_minor currency remittance bank_ref "
    "original_amount_minor original_currency",
    "ledger_entry": "seller entry_id debtor_id booked_on category effect_minor currency document_number label",
    "settlement_line": "seller settlement_id line debtor_id settled_on target document_number document_issued_on "
    "amount_minor currency",
}


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

    def page(self, units: Sequence[RawUnit]) -> MappedPage:
        """The records of `units`, kinds in their order."""
        self._rows = {kind: [] for kind in KINDS if kind in _FIELDS}
        rejected: dict[int, RecordRejected] = {}
        fill = self._fill
        for index, unit in enumerate(units):
            if unit.rejected is not None:
                rejected[index] = unit.rejected
                continue
            head, _, _ = unit.body.partition(b"\n")
            fields = head.decode().split(FIELD)
            if len(fields) < 3:
                rejected[index] = refusal("HUB-FEC-036", unit.place or unit.ref)
                continue
            fill.get(fields[0], self._entry)(index, fields, unit.layout)
        return MappedPage([self._in_columns(kind, rows) for kind, rows in self._rows.items() if rows], rejected)

    @staticmethod
    def _in_columns(kind: str, rows: list[tuple[Any, ...]]) -> Columns:
        units, *columns = map(list, zip(*rows, strict=True))
        return Columns(kind, units, dict(zip(_FIELDS[kind].split(), columns, strict=True)))

    def _debtor(self, unit: int, fields: list[str], _currency: str) -> None:
        code = fields[1]
        terms = self._terms.get(code, self._any_terms)
        self._rows["debtor"].append((unit, self._seller, short_ref(code), fields[2][:500], terms))

    def _document(self, unit: int, fields: list[str], books: str) -> None:
        (kind, ref, _, debtor, number, piece, _day, issued, total_, currency, amount, net, tax, label, _bank, settled,
         due) = fields  # fmt: skip
        own_ref, debtor_id, total = short_ref(number), short_ref(debtor), int(total_)
        row: tuple[Any, ...]
        if currency:
            own, rate = int(amount), (total, int(amount))
            row = (unit, self._seller, own_ref, debtor_id, issued, currency, own, None, None, total, books)
        else:
            own, rate, currency = total, None, books
            row = (
                unit, self._seller, own_ref, debtor_id, issued, books, total, int(net) if net else None,
                int(tax) if tax else None, None, None,
            )  # fmt: skip
        if kind == "invoice":
            dates = [pair.split(PAIR) for pair in due.split(LIST)] if due else []
            if len(dates) > 1:
                self._instalments(unit, own_ref, dates, own, currency)
            due_on = dates[0][0] if len(dates) == 1 else None
            payment_ref = piece[:500] if piece and piece != number else None
            self._rows[kind].append((*row, label[:500] or None, due_on, payment_ref))
        else:
            self._rows[kind].append((*row, label[:500] or None))
        if settled:
            self._settled(unit, ref, kind, own_ref, issued, debtor_id, settled, currency, rate)

    def _instalments(self, unit: int, number: str, dates: list[list[str]], total: int, currency: str) -> None:
        said = [int(amount) if amount else 0 for _, amount in dates]
        amounts = said if all(amount for _, amount in dates) else split_minor(total, [1] * len(dates))
        for rank, ((day, _), amount) in enumerate(zip(dates, amounts, strict=True), 1):
            self._rows["instalment"].append((unit, self._seller, number, day, rank, amount, currency))

    def _receipt(self, unit: int, fields: list[str], books: str) -> None:
        (kind, ref, _, debtor, _number, piece, day, _issued, total, currency, amount, _net, _tax, label, bank, settled,
         _due) = fields  # fmt: skip
        key, debtor_id = short_ref(ref), short_ref(debtor)
        self._rows[kind].append(
            (unit, key, short_ref(piece) if piece else key, debtor_id, short_ref(bank) or None, self._seller, day,
             int(total), books, label or None, piece[:500] or None, int(amount) if amount else None, currency or None)
        )  # fmt: skip
        if settled:
            self._settled(unit, ref, kind, key, None, debtor_id, settled, books, None)

    def _entry(self, unit: int, fields: list[str], books: str) -> None:
        (kind, ref, minus, debtor, _number, piece, day, _issued, total, _currency, _amount, _net, _tax, label, _bank,
         settled, _due) = fields  # fmt: skip
        key, debtor_id, effect = short_ref(ref), short_ref(debtor), -int(total) if minus else int(total)
        self._rows["ledger_entry"].append(
            (
                unit,
                self._seller,
                key,
                debtor_id,
                day,
                kind,
                effect,
                books,
                short_ref(piece) or None,
                label[:500] or None,
            )
        )
        if settled:
            target = "write_off" if kind == "write_off" else "other"
            self._settled(unit, ref, target, key, None, debtor_id, settled, books, None)

    def _settled(
        self, unit: int, ref: str, target: str, number: str, issued: str | None, debtor: str, settled: str,
        currency: str, rate: tuple[int, int] | None,
    ) -> None:  # fmt: skip
        """One settlement line per group that holds the document. A foreign one is settled in its own currency."""
        # A number that stays the same when lines are added to the group: two units never claim one.
        line = int.from_bytes(blake2b(ref.encode(), digest_size=6).digest(), "big") + 1
        for one in settled.split(LIST):
            group, day, told = one.split(PAIR)
            amount = int(told)
            if rate is not None:
                amount = amount * rate[1] // rate[0]
            self._rows["settlement_line"].append(
                (unit, self._seller, short_ref(group), line, debtor, day, target, number, issued, amount, currency)
            )


def short_ref(text: str) -> str:
    """A reference short enough to be one: a longer one keeps its beginning and a digest."""
    return text if len(text) <= 200 else f"{text[:180]}…{blake2b(text.encode(), digest_size=8).hexdigest()}"
