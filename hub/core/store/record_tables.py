"""One table per kind of record, derived from the record classes of the SDK, plus its table of superseded versions.

Invoices and credit notes share the table `invoice` (column `kind`): an allocation, an age or a holder concerns either.
Each row knows its connector, the raw unit it was mapped from and when it was recorded; a row whose unit is gone or no
longer gives it is not deleted but carries `withdrawn_at`. Nothing computed is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast, get_args, get_origin

import sqlalchemy as sa
from pydantic.fields import FieldInfo

from hub.sdk.records import KINDS, Record, SignedMinor

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: 64-bit keys; SQLite wants plain INTEGER to use its row id.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: Instants: microseconds since 1970, UTC. One spelling on both data bases, and it sorts.
Instant = sa.BigInteger()

#: Written numbers are compared by a folded copy: blanks dropped, capitals.
FOLDED = {"number": "number_key", "document_number": "document_key", "invoice_number": "invoice_key"}
#: Two kinds that live in one table, told apart by `kind`.
SHARED_TABLE = {"credit_note": "invoice"}
#: Business key of a table where it differs from the record's: DESIGN §3, seller + normalised number + issue year.
TABLE_KEYS = {"invoice": ("kind", "seller", "number_key", "issue_year")}

BOOKKEEPING = ("id", "connector_id", "unit_id", "recorded_at", "withdrawn_at")


def fold(number: str | None) -> str | None:
    """The comparison form of a written number: ``"F 2031/a"`` → ``"F2031/A"``. Punctuation is kept."""
    return None if number is None else "".join(number.split()).upper()


def fold_column(numbers: list[str | None]) -> list[str | None]:
    """`fold` of a whole column, several times faster where no number has a blank in it."""
    if None in numbers:
        return [fold(number) for number in numbers]
    joined = "\0".join(cast(list[str], numbers))
    if joined.count("\0") != len(numbers) - 1 or joined.split() != [joined]:
        return [fold(number) for number in numbers]
    return list(joined.upper().split("\0"))


@dataclass(frozen=True)
class RecordTable:
    """Where the records of some kinds are kept.

    Attributes:
        current: one row per business key.
        key: columns of the business key, within a connector.
        payload: columns that make up the content; a difference in any of them is a change.
    """

    name: str
    current: sa.Table
    kinds: tuple[type[Record], ...]
    key: tuple[str, ...]
    payload: tuple[str, ...]

    @cached_property
    def history(self) -> sa.Table:
        """Superseded versions, with `superseded_at`. Made when first asked for: most commands read the present."""
        return sa.Table(
            f"{self.name}_history",
            metadata,
            *_bookkeeping(history=True),
            *_payload_columns(self.kinds),
            sa.Column("superseded_at", Instant, nullable=False),
            _from_unit(f"{self.name}_history"),
            sa.Index(f"ix_{self.name}_history_id", "id", "superseded_at"),
        )


def _column_type(field: FieldInfo) -> sa.types.TypeEngine[Any]:
    """The column type for a field of a record: text, date, 64-bit integer or boolean."""
    seen: list[Any] = [field.annotation]
    while seen:
        kind = seen.pop()
        if kind is date:
            return sa.Date()
        if kind is bool:
            return sa.Boolean()
        if kind is int:
            return sa.BigInteger()
        if get_origin(kind) is not None:
            seen.extend(get_args(kind))
    return sa.Text()


def _fields(kinds: Sequence[type[Record]]) -> dict[str, tuple[sa.types.TypeEngine[Any], bool]]:
    """Every field of `kinds` with its type and whether it may be empty (missing in one kind: it may)."""
    fields: dict[str, tuple[sa.types.TypeEngine[Any], bool]] = {}
    for cls in kinds:
        for name, field in cls.model_fields.items():
            nullable = not (field.is_required() or isinstance(field.default, bool))
            fields.setdefault(name, (_column_type(field), nullable))
    for name, (type_, nullable) in fields.items():
        missing = any(name not in cls.model_fields for cls in kinds)
        fields[name] = (type_, nullable or missing)
    return fields


def _payload_columns(kinds: Sequence[type[Record]]) -> list[sa.Column[Any]]:
    columns: list[sa.Column[Any]] = []
    if len(kinds) > 1:
        columns.append(sa.Column("kind", sa.Text, nullable=False))
    for name, (type_, nullable) in _fields(kinds).items():
        columns.append(sa.Column(name, type_, nullable=nullable))
        if name in FOLDED:
            columns.append(sa.Column(FOLDED[name], sa.Text, nullable=nullable))
    if any(cls.kind == "invoice" for cls in kinds):
        columns.append(sa.Column("issue_year", sa.Integer, nullable=False))
    return columns


def _is_signed(field: FieldInfo) -> bool:
    """Whether a record may have a negative amount in this field, also where it may be empty."""
    return SignedMinor in get_args(field.annotation) or any(getattr(mark, "ge", 0) < 0 for mark in field.metadata)


def _checks(columns: list[sa.Column[Any]], kinds: Sequence[type[Record]]) -> list[sa.CheckConstraint]:
    """Money is an integer of minor units beside a three-letter currency; below zero only where the record says so."""
    checks = []
    signed = {name for cls in kinds for name, field in cls.model_fields.items() if _is_signed(field)}
    signed.add("fee_minor")  # of a receipt never was one to check
    for column in columns:
        if column.name.endswith("_minor") and column.name not in signed:
            checks.append(sa.CheckConstraint(f"{column.name} >= 0", name=f"{column.name}_positive"))
        if column.name.endswith("currency"):
            checks.append(sa.CheckConstraint(f"length({column.name}) = 3", name=f"{column.name}_iso"))
    return checks


def _bookkeeping(history: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("id", Id, primary_key=not history, nullable=False),
        sa.Column("connector_id", sa.Integer, nullable=False),  # no foreign key: see bulk_references
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("withdrawn_at", Instant),
    ]


#: Further indexes that readers need: what is looked up by number, by debtor, by document.
_INDEXES: dict[str, list[tuple[str, ...]]] = {
    "settlement_line": [("seller", "document_key")],
    "instalment": [("seller", "invoice_key")],
    "remittance_line": [("receipt_source_key",)],
}


def _from_unit(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["unit_id"], ["raw_unit.id"], name=f"fk_{name}_unit_id")


def _build(name: str, kinds: Sequence[type[Record]]) -> RecordTable:
    key = TABLE_KEYS.get(name, kinds[0].key)
    columns = _payload_columns(kinds)
    current = sa.Table(
        name,
        metadata,
        *_bookkeeping(history=False),
        *columns,
        *_checks(columns, kinds),
        # PostgreSQL runs a query per row for it: a quarter of a bulk load. See bulk_references.
        _from_unit(name).ddl_if(dialect="sqlite"),
        sa.UniqueConstraint("connector_id", *key, name=f"uq_{name}_key"),
        sa.Index(f"ix_{name}_unit_id", "unit_id"),
        *(sa.Index(f"ix_{name}_{'_'.join(index)}", *index) for index in _INDEXES.get(name, [])),
    )
    return RecordTable(name, current, tuple(kinds), key, tuple(column.name for column in columns))


def _kinds_by_table() -> dict[str, list[type[Record]]]:
    kinds: dict[str, list[type[Record]]] = {}
    for kind, cls in KINDS.items():
        kinds.setdefault(SHARED_TABLE.get(kind, kind), []).append(cls)
    return kinds


#: The kinds of record that each table keeps, in loading order. Known without making the tables.
TABLE_KINDS: Mapping[str, Sequence[type[Record]]] = _kinds_by_table()


class _Tables(Mapping[str, RecordTable]):
    """Record tables by name, in loading order; each is made when first asked for: a command reads a few of them."""

    def __init__(self) -> None:
        self._made: dict[str, RecordTable] = {}

    def __getitem__(self, name: str) -> RecordTable:
        if name not in self._made:
            self._made[name] = _build(name, TABLE_KINDS[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TABLE_KINDS)

    def __len__(self) -> int:
        return len(TABLE_KINDS)


RECORD_TABLES: Mapping[str, RecordTable] = _Tables()


def table_of(kind: str) -> RecordTable:
    """The table that keeps records of `kind`."""
    return RECORD_TABLES[SHARED_TABLE.get(kind, kind)]
