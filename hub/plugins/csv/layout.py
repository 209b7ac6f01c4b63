"""What must be known of a file to map one of its rows, as text beside each row; and its compiled form.

The layout holds what was found in the file (headers, number and date forms), never what the configuration says:
so a corrected `[columns]` applies to stored rows, and the same row exported in another encoding or with another
separator stays the same unit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.plugins.csv.config import CsvConfig
from hub.plugins.csv.dates import Dates, told_form
from hub.plugins.csv.headers import resolve
from hub.plugins.csv.vocabulary import AMOUNTS, DATES
from hub.sdk.records import ANY_SELLER

#: Fields that only a true record has, by kind; the first one given tells blank lines and totals from records.
_KEYS = {
    "debtors": ("name", "debtor_id", ""),
    "invoices": ("issued_on", "number", "debtor_id", "due_on", ""),
    "instalments": ("due_on", "invoice_number", ""),
    "receipts": ("received_on", "receipt_id", "value_on", ""),
    "payouts": ("charge_id", "payout_id", ""),
    "remittances": ("invoice_number", "dated_on", ""),
    "settlements": ("settled_on", "invoice_number", ""),
    "control_totals": ("balance_on", "debtor_id", ""),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Findings of one file.

    Attributes:
        kind: the stream: ``invoices``…
        headers: as written, by position.
        decimal: the decimal mark of the file's amounts; `decimals` the columns that differ, by position.
        dates: forms of date columns that are not ``dmy``, by position.
        refused: the code of the fault for which the whole file is held, else empty.
    """

    kind: str
    headers: tuple[str, ...]
    decimal: str = ","
    decimals: Mapping[int, str] = field(default_factory=dict)
    dates: Mapping[int, str] = field(default_factory=dict)
    refused: str = ""

    def as_text(self) -> str:
        """The same findings always give the same text: it is part of each unit's digest."""
        found: dict[str, object] = {"kind": self.kind, "headers": self.headers, "decimal": self.decimal}
        if self.decimals:
            found["decimals"] = self.decimals
        if self.dates:
            found["dates"] = self.dates
        if self.refused:
            found["refused"] = self.refused
        return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Layout:
        found = json.loads(text)
        return cls(
            kind=found["kind"],
            headers=tuple(found["headers"]),
            decimal=found.get("decimal", ","),
            decimals={int(position): mark for position, mark in found.get("decimals", {}).items()},
            dates={int(position): form for position, form in found.get("dates", {}).items()},
            refused=found.get("refused", ""),
        )


class Reading:
    """A layout under a configuration: which column is what, and how it is read. Made once per layout.

    Attributes:
        text: the layout as text, one shared object.
        positions: canonical name -> column.
        decimals, dates: canonical name -> decimal mark, and self-filling dictionary of dates.
        key: the field whose emptiness makes a row doubtful; `record_positions` the columns that name a record.
        seller, currency: for rows that name none; `seller_told` when the configuration names it.
    """

    def __init__(self, text: str, config: CsvConfig) -> None:
        self.text = text
        self.layout = layout = Layout.from_text(text)
        self.kind = layout.kind
        self.width = len(layout.headers)
        self.positions = resolve(layout.kind, layout.headers, config.columns.get(layout.kind, {}))
        if "debtor_id" not in self.positions and layout.kind == "invoices" and "debtor_name" in self.positions:
            self.positions["debtor_id"] = self.positions["debtor_name"]
        form = told_form(config.date_format) if config.date_format else config.date_order
        self.decimals: dict[str, str] = {}
        self.dates: dict[str, Dates] = {}
        shared: dict[str, Dates] = {}
        for name, position in self.positions.items():
            if name in AMOUNTS:
                self.decimals[name] = config.decimal or layout.decimals.get(position, layout.decimal)
            elif name in DATES:
                own = form or layout.dates.get(position, "dmy")
                self.dates[name] = shared.setdefault(own, Dates(own))
        self.key = next(name for name in _KEYS[layout.kind] if name in self.positions or name == "")
        self.record_positions = [self.positions[name] for name in _KEYS[layout.kind] if name in self.positions]
        self.currency = config.currency
        #: Fields whose cells are read by someone who takes blanks off himself.
        self.forgiving = self.dates.keys() | self.decimals.keys()
        #: Accounts and due dates whose file names no seller serve any seller; an invoice has one.
        unnamed = layout.kind in ("debtors", "instalments") and config.seller is None
        self.seller = ANY_SELLER if unnamed else config.default_seller
        self.seller_told = config.seller is not None

    def left_aside(self) -> list[str]:
        """The headers of columns that nothing is read from."""
        used = set(self.positions.values())
        return [header for at, header in enumerate(self.layout.headers) if header and at not in used]

    def header(self, name: str) -> str:
        """The header under which `name` stands in the file, for places."""
        position = self.positions.get(name)
        return self.layout.headers[position] if position is not None else name


class Readings(dict[str, Reading]):
    """Compiled layouts of one connector, by text; fills itself and forgets the oldest beyond a hundred."""

    def __init__(self, config: CsvConfig) -> None:
        super().__init__()
        self._config = config

    def __missing__(self, text: str) -> Reading:
        if len(self) >= 100:
            del self[next(iter(self))]
        reading = self[text] = Reading(text, self._config)
        return reading
