"""QIF: `D` date, `T` amount, `P` payee, `M` memo, `N` number, `^` ends a record. Read only when told account and dates.

Source: formats.md §4.4. The format has no account, no currency, no id and no balance, and its dates are ambiguous: it
is refused unless the configuration gives account, currency and date order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO, Final

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.identity import digest
from hub.plugins.bank_statements.limits import ELEMENT_BYTES
from hub.plugins.bank_statements.lines import decoded_lines
from hub.plugins.bank_statements.model import Move, Opened, Statement
from hub.plugins.bank_statements.seen import Seen
from hub.plugins.bank_statements.texts import loose_minor, reference, rib_of

_TYPES: Final = frozenset({"bank", "ccard", "cash"})
_DAY: Final = re.compile(r"\s*(\d{1,4})\s*[-/.]\s*(\d{1,2})\s*([-/.'])\s*(\d{1,4})\s*")


def read(stream: BinaryIO, opened: Opened) -> Iterator[Statement]:
    """The records of a QIF file as one statement without balances.

    Raises:
        RecordRejected: HUB-BANK-040 (not configured), 003 (another type of list), or the file cannot be read.
    """
    config = opened.config
    if not (config.account and config.currency and config.date_order):
        raise reject("HUB-BANK-040", opened.name)
    layout = {"format": "qif", "account": config.account}
    statement = Statement(config.account, "", layout, 1, {"encoding": opened.encoding}, glue=b"\n^\n")
    salt = rib_of(config.account)
    skipping = False
    for number, lines in _records(stream, opened):
        for line in [line for line in lines if line.startswith("!")]:
            lines.remove(line)
            name, _, kind = line[1:].strip().lower().partition(":")
            if name == "type" and kind.strip() not in _TYPES:
                named = f"a QIF list of type {kind.strip()[:20]!r}"
                raise reject("HUB-BANK-003", f"{opened.name}:{number}", named=named, hint="")
            skipping = name == "account"
            if not statement.moves and not statement.head:
                statement.head = line.encode(opened.encoding)
        if not lines or skipping or _is_opening(lines):
            continue
        opened.budget.spend()
        statement.moves.append(_move(lines, number, salt, opened))
    yield statement


def _records(stream: BinaryIO, opened: Opened) -> Iterator[tuple[int, list[str]]]:
    """The lines of each record, without ``^``, with the number of the first."""
    lines: list[str] = []
    first, size = 1, 0
    for number, length, line in decoded_lines(stream, opened):
        size += length
        if size > ELEMENT_BYTES:
            raise reject("HUB-BANK-008", f"{opened.name}:{first}", thing="record", limit=ELEMENT_BYTES)
        if line.startswith("^"):
            yield first, lines
            lines, size = [], 0
        elif line.strip():
            if not lines:
                first = number
            lines.append(line)
    if lines:
        yield first, lines


def _is_opening(lines: list[str]) -> bool:
    """The first record of an account, which states its balance and is no movement."""
    return any(line.lower().startswith("popening balance") for line in lines)


def _move(lines: list[str], number: int, salt: str, opened: Opened) -> Move:
    config, text = opened.config, "\n".join(lines)
    fields = _fields(lines)
    minor, fault = None, None
    on = fields.get("D", "")
    try:
        minor = loose_minor(fields.get("T") or fields.get("U", ""), config.currency or "")
        on = _day(on, config.date_order or "")
    except Garbled as garbled:
        fault = garbled.at(f"{opened.name}:{number}")
    key = digest("\x1f".join((salt, *(" ".join(line.split()) for line in lines))))
    body = text.encode(opened.encoding)
    return Move(key, on, minor, config.currency or "", body, number, fault=fault)


def _fields(lines: list[str]) -> dict[str, str]:
    """The fields by letter; of a split transaction the first ones, which are the whole's."""
    fields: dict[str, str] = {}
    for line in lines:
        fields.setdefault(line[0].upper(), line[1:].strip())
    return fields


def _day(text: str, order: str) -> str:
    """ISO date of `text` in the configured order; ``'`` before the year means 2000 or later.

    Raises:
        Garbled: HUB-BANK-031.
    """
    found = _DAY.fullmatch(text)
    if found is None:
        raise Garbled("HUB-BANK-031", field="date", text=text[:40])
    parts = dict(zip(order, (found[1], found[2], found[4]), strict=True))
    year = parts["y"]
    if len(year) <= 2:
        recent = found[3] == "'" or int(year) < 60
        year = str((2000 if recent else 1900) + int(year))
    try:
        return date(int(year), int(parts["m"]), int(parts["d"])).isoformat()
    except ValueError:
        raise Garbled("HUB-BANK-031", field="date", text=text[:40]) from None


def understand(body: bytes, layout: dict[str, Any], config: StatementsConfig, ref: str) -> Seen:
    """What one QIF record says.

    Raises:
        Garbled: its amount or date is not understood, or the configuration does not say how to read them.
    """
    if not (config.currency and config.date_order):
        raise Garbled("HUB-BANK-040")
    fields = _fields(body.decode(layout.get("encoding", "ascii")).split("\n"))
    if "D" not in fields:
        raise Garbled("HUB-BANK-032")
    on = _day(fields["D"], config.date_order)
    minor = loose_minor(fields.get("T") or fields.get("U", ""), config.currency)
    seen = Seen(layout["account"], on, minor, config.currency)
    seen.party = fields.get("P") or None
    number = reference(fields.get("N"))
    seen.method = "cheque" if number.isdigit() else "other"
    pieces = (fields.get("P", ""), fields.get("M", ""), number)
    seen.remittance = [piece for piece in pieces if piece]
    return seen
