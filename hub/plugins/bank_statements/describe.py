"""How a file is understood, before anything is taken in: for `hub connectors check NAME --file F`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.files import Found, look
from hub.plugins.bank_statements.judge import judge
from hub.plugins.bank_statements.limits import Budget, check_size
from hub.plugins.bank_statements.mapping import Mapper
from hub.plugins.bank_statements.model import Balance, Opened, Statement
from hub.plugins.bank_statements.readers import reader
from hub.plugins.bank_statements.recognise import Kind
from hub.plugins.bank_statements.timeline import Timeline
from hub.plugins.bank_statements.units import PROOF, units_of
from hub.sdk.errors import RecordRejected
from hub.sdk.money import decimal_text

#: Movements shown as understood, and statements listed one by one.
SHOWN: Final = 5
LISTED: Final = 200


def describe(file: str, config: StatementsConfig, mapper: Mapper) -> Mapping[str, Any]:
    """Format, version, encoding, accounts, statements and first movements of `file`, as plain values.

    A file that cannot be read says why, under ``refused``.
    """
    try:
        state = os.stat(file)
        looked = look(Found(file, file, state.st_size, state.st_mtime_ns))
    except OSError as error:
        return {"file": file, "refused": f"HUB-BANK-002 {file}: {error.strerror or type(error).__name__}"}
    kind, name = looked.kind, looked.found.label
    shown: dict[str, Any] = {
        "file": file,
        "bytes": state.st_size,
        "format": kind.named,
        "version": kind.version,
        "encoding": kind.encoding,
        "accounts": [],
        "statements": [],
        "movements": 0,
        "first": [],
        "notes": [],
    }
    try:
        if kind.refused is not None:
            raise kind.refused(name)
        check_size(state.st_size, kind.family, name, kind.named)
        _statements(shown, file, name, kind, config, mapper)
    except (RecordRejected, OSError) as error:
        shown["refused"] = str(error)
    return shown


def _statements(
    shown: dict[str, Any], file: str, name: str, kind: Kind, config: StatementsConfig, mapper: Mapper
) -> None:
    """Read the file and add its statements to what is shown."""
    size = int(shown["bytes"])
    opened = Opened(name, kind.version, kind.encoding, size, config, Budget(name))
    timeline = Timeline()
    with open(file, "rb") as stream:
        for statement in reader(kind.format)(stream, opened):
            if statement.account and statement.account not in shown["accounts"]:
                shown["accounts"].append(statement.account)
            shown["movements"] += sum(move.lines for move in statement.moves)
            if len(shown["statements"]) < LISTED:
                shown["statements"].append(_one(statement, name, config))
            shown["notes"] += [note for note in statement.notes if len(shown["notes"]) < LISTED]
            if len(shown["first"]) < SHOWN and statement.whole:
                _first(shown["first"], statement, name, config, mapper, timeline)


def _one(statement: Statement, name: str, config: StatementsConfig) -> dict[str, Any]:
    """One statement: its balances, the sum of its movements, and why it would be held."""
    fault = judge(statement, name, config)
    return {
        "account": statement.account,
        "number": statement.number,
        "opening": _balance(statement.opening),
        "closing": _balance(statement.closing),
        "sums": _sums(statement),
        "movements": sum(move.lines for move in statement.moves),
        "held": str(fault) if fault else "",
    }


def _balance(balance: Balance | None) -> str:
    return f"{balance.on} {decimal_text(balance.minor, balance.currency)} {balance.currency}" if balance else ""


def _sums(statement: Statement) -> dict[str, str]:
    """Sum of the movements by currency."""
    totals: dict[str, int] = {}
    for move in statement.moves:
        if move.minor is not None:
            totals[move.currency] = totals.get(move.currency, 0) + move.minor
    return {currency: decimal_text(minor, currency) for currency, minor in totals.items()}


def _first(
    first: list[dict[str, Any]],
    statement: Statement,
    name: str,
    config: StatementsConfig,
    mapper: Mapper,
    timeline: Timeline,
) -> None:
    """Add movements as understood, until enough are shown."""
    for unit in units_of(statement, name, config, timeline):
        if len(first) >= SHOWN:
            return
        if unit.layout == PROOF:
            continue
        if unit.rejected is not None:
            first.append({"place": unit.place, "held": str(unit.rejected)})
            continue
        try:
            rows = mapper.rows(unit)
        except RecordRejected as fault:
            first.append({"place": unit.place, "held": str(fault)})
            continue
        for kind, row in rows:
            said = {field: value for field, value in row.items() if value is not None and field != "source_key"}
            first.append({"place": unit.place, "kind": kind, **said})
