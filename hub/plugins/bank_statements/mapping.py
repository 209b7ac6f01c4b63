"""From a raw unit to receipts and disbursements: pure, from its bytes, its layout and the configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.identity import Given
from hub.plugins.bank_statements.limits import Budget
from hub.plugins.bank_statements.model import Opened
from hub.plugins.bank_statements.readers import Understand, reader, understanding
from hub.plugins.bank_statements.recognise import recognise
from hub.plugins.bank_statements.seen import fields, proof_fields, remittance_lines
from hub.plugins.bank_statements.texts import digits_and_letters
from hub.plugins.bank_statements.units import lost, units_of
from hub.sdk.errors import RecordRejected
from hub.sdk.records import BankStatement, Disbursement, Receipt, Record, RemittanceLine
from hub.sdk.roles import Columns, MappedPage
from hub.sdk.units import RawUnit

#: Raised whenever a unit would give other records than before.
MAPPING_VERSION: Final = 4
#: Settings that the records depend on.
MAPPING_FIELDS: Final = (
    "account", "accounts", "seller", "currency", "decimals", "date_order", "use_camt054", "ofx_ids"
)  # fmt: skip
_DATES: Final = ("received_on", "paid_on", "value_on", "opened_on", "closed_on")
_KINDS: Final[dict[str, type[Record]]] = {
    "bank_statement": BankStatement, "receipt": Receipt, "disbursement": Disbursement,
    "remittance_line": RemittanceLine,
}  # fmt: skip

Row = tuple[str, dict[str, Any]]


class Mapper:
    """Maps units under one configuration."""

    def __init__(self, config: StatementsConfig) -> None:
        self._config = config
        self._sellers = {digits_and_letters(account): seller for account, seller in config.accounts.items()}
        known = [account for account in (config.account, *config.accounts) if account]
        self._ibans = {digits_and_letters(account): account for account in known if len(account) > 23}
        self._whose: dict[str, tuple[str, str | None]] = {}
        self._layout_text = ""
        self._layout: dict[str, Any] = {}
        self._understand: Understand | None = None

    def records(self, unit: RawUnit) -> list[Record]:
        """The records of one unit.

        Raises:
            RecordRejected: it is held.
        """
        return [_record(kind, row) for kind, row in self.rows(unit)]

    def page(self, units: Sequence[RawUnit]) -> MappedPage:
        """The records of many units in columns, the same as `records` unit by unit."""
        gathered: dict[str, tuple[list[int], list[dict[str, Any]]]] = {kind: ([], []) for kind in _KINDS}
        rejected: dict[int, RecordRejected] = {}
        for index, unit in enumerate(units):
            try:
                rows = self.rows(unit)
            except RecordRejected as fault:
                rejected[index] = fault
                continue
            for kind, row in rows:
                of, table = gathered[kind]
                of.append(index)
                table.append(row)
        return MappedPage([_columns(kind, *rows) for kind, rows in gathered.items() if rows[0]], rejected)

    def rows(self, unit: RawUnit) -> list[Row]:
        """Kind and fields of each record of a unit; dates are ISO text."""
        if unit.layout != self._layout_text or self._understand is None:
            self._take_layout(unit)
        if self._layout.get("whole"):
            return list(self._replayed(unit, dict(self._layout)))
        if self._layout["format"] == "statement":
            return [self._proof(unit)]
        assert self._understand is not None  # noqa: S101 - set by _take_layout, for the type checker
        try:
            seen = self._understand(unit.body, self._layout, self._config, unit.ref)
        except Garbled as garbled:
            raise garbled.at(unit.place) from None
        except UnicodeDecodeError as error:
            raise reject("HUB-BANK-012", unit.place, encoding=error.encoding, reason=error.reason) from None
        whose = self._whose.get(seen.account) or self._know(seen.account)
        rows = [fields(seen, unit.ref, whose[1], whose[0], unit.place)]
        if seen.lines and rows[0][0] == "receipt":
            rows += [("remittance_line", line) for line in remittance_lines(seen, unit.ref)]
        return rows

    def _proof(self, unit: RawUnit) -> Row:
        """What a statement proves, as a record."""
        try:
            facts = json.loads(unit.body)
            account, seller = self._know(facts["account"])
            row = {**facts, "source_key": unit.ref, "account": account or None, "seller": seller}
            return "bank_statement", proof_fields(row, unit.place)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            reason = "it does not say what a bank statement proves"
            raise reject("HUB-BANK-038", unit.place, reason=reason) from None

    def _know(self, written: str) -> tuple[str, str | None]:
        """How the configuration writes an account of a file, and whose it is."""
        rib = digits_and_letters(written) if written else ""
        account = self._ibans.get(rib, written) if rib else self._config.account or ""
        whose = account, self._sellers.get(rib or digits_and_letters(account), self._config.seller)
        if len(self._whose) < 10_000:
            self._whose[written] = whose
        return whose

    def _take_layout(self, unit: RawUnit) -> None:
        """Understand a new layout: one for all movements of a statement."""
        self._layout_text = ""
        try:
            layout = json.loads(unit.layout)
            format_ = layout["format"]
            understand = understanding("cfonb120" if format_ in ("file", "statement") else format_)
        except (ValueError, KeyError, TypeError, RecursionError):
            reason = "it does not carry the layout of a bank statement"
            raise reject("HUB-BANK-038", unit.place, reason=reason) from None
        self._layout, self._understand, self._layout_text = layout, understand, unit.layout

    def _replayed(self, unit: RawUnit, layout: dict[str, Any]) -> Iterator[Row]:
        """All movements of a statement or file that was held, should the rules pass now."""
        where = unit.place
        if "lost" in layout:
            raise lost(layout, where)
        if "refused" in layout:
            code, what, mend = layout["refused"]
            raise RecordRejected(code=code, what=what, where=where, mend=mend)
        name, version = where.partition(":")[0], str(layout.get("version", ""))
        format_, encoding = layout["format"], str(layout.get("encoding", ""))
        if format_ == "file":
            kind = recognise(unit.body[:65536], _is_utf8(unit.body))
            if kind.refused is not None:
                raise kind.refused(where)
            format_, version, encoding = kind.format, kind.version, kind.encoding
            layout = {}
        size = len(unit.body)
        opened = Opened(name, version, encoding, size, self._config, Budget(where), layout)
        given = Given(dict(layout.get("given") or {}))
        for statement in reader(format_)(BytesIO(unit.body), opened):
            for part in units_of(statement, name, self._config, given):
                if part.rejected is not None:
                    raise part.rejected
                yield from self.rows(part)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _record(kind: str, row: dict[str, Any]) -> Record:
    """A row as a record."""
    values = dict(row)
    for name in _DATES:
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    return _KINDS[kind](**values)


def _columns(kind: str, of: list[int], rows: list[dict[str, Any]]) -> Columns:
    """Rows of one kind as columns; a column of None is left out."""
    values = {name: [row[name] for row in rows] for name in rows[0]}
    return Columns(kind, of, {name: column for name, column in values.items() if any_value(column)})


def any_value(column: list[Any]) -> bool:
    """Whether a column holds anything but None."""
    return any(value is not None for value in column)
