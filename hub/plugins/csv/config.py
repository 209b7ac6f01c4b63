"""Settings of the connector `csv`."""

from __future__ import annotations

import codecs
import difflib
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from hub.plugins.csv.vocabulary import FIELDS
from hub.sdk import ConnectorConfig
from hub.sdk.money import is_currency

Files = Path | list[Path] | None

#: The streams, in the order in which they are read: whom first, then what.
STREAMS = ("debtors", "invoices", "instalments", "receipts", "payouts", "settlements", "control_totals", "remittances")


class CsvConfig(ConnectorConfig):
    """Tables of receivables: CSV files, spreadsheets, or archives of them."""

    debtors: Files = Field(None, description="File, glob (debtors_*.csv) or list of them: the debtors.")
    invoices: Files = Field(None, description="File, glob or list: invoices and credit notes.")
    instalments: Files = Field(None, description="File, glob or list: due dates of invoices that have several.")
    receipts: Files = Field(None, description="File, glob or list: money received (and money that left).")
    payouts: Files = Field(None, description="File, glob or list: charges inside a provider's payouts.")
    remittances: Files = Field(
        None, description="File, glob or list: the debtors' own lists of what a payment pays (avis de paiement)."
    )
    settlements: Files = Field(None, description="File, glob or list: what the books matched (lettrage), line by line.")
    control_totals: Files = Field(None, description="File, glob or list: the books' balance of each debtor on a date.")
    columns: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="[columns.invoices] number = 'My header': headers the hub does not know.",
    )
    mode: Literal["append", "snapshot"] = Field(
        "append",
        description="append: what was read stays. snapshot: each file is the complete present state.",
    )
    missing: Literal["keep", "withdrawn", "settled"] = Field(
        "keep", description="What it means that a row is missing from a complete snapshot."
    )
    encoding: str | None = Field(None, description="utf-8, cp1252, cp850…; found in the file unless given.")
    delimiter: Literal[";", ",", "\t", "|"] | None = Field(None, description="Found in the file unless given.")
    decimal: Literal[",", "."] | None = Field(None, description="Decimal mark; found per column unless given.")
    date_order: Literal["dmy", "mdy"] | None = Field(
        None, description="Order of dates such as 03/04/2026; found per column, else dmy as in France."
    )
    date_format: str | None = Field(
        None,
        description="How dates are written, if it cannot be found: dd/mm/yyyy, yyyymmdd, ddmmyy, yymmdd…",
    )
    sheet: str | None = Field(None, description="Sheet of a spreadsheet; the first whose headers fit unless given.")
    currency: str = Field("EUR", description="Currency of rows that name none.")
    seller: str | None = Field(
        None, min_length=1, max_length=100, description="Seller of rows that name none; MAIN unless given."
    )
    settle_s: float = Field(
        0, ge=0, le=86_400, description="Seconds a file must have been left alone before it is read."
    )

    @field_validator("columns")
    @classmethod
    def _known_names(cls, columns: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for kind, mapping in columns.items():
            if kind not in FIELDS:
                raise ValueError(f"[columns.{kind}]: {_nearest(kind, list(FIELDS))}")
            for name in mapping:
                if name not in FIELDS[kind]:
                    raise ValueError(f"[columns.{kind}] {name}: {_nearest(name, list(FIELDS[kind]))}")
        return columns

    @field_validator("encoding")
    @classmethod
    def _usable_encoding(cls, encoding: str | None) -> str | None:
        if encoding is None:
            return None
        try:
            name = codecs.lookup(encoding).name
            usable = '";,\t|\n09az'.encode(name) == b'";,\t|\n09az'
        except (LookupError, ValueError, UnicodeError) as error:
            raise ValueError(f"{encoding!r} is no known encoding") from error
        if not usable:
            raise ValueError(f"{encoding!r} cannot be read line by line: save the file as CSV UTF-8")
        return name

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, currency: str) -> str:
        if not is_currency(currency):
            raise ValueError(f"{currency!r} is no ISO 4217 currency")
        return currency

    @field_validator("date_format")
    @classmethod
    def _readable_format(cls, date_format: str | None) -> str | None:
        from hub.plugins.csv.dates import told_form

        if date_format is not None:
            told_form(date_format)
        return date_format

    def files(self, stream: str) -> list[Path]:
        """The paths and globs of `stream`, empty when it is not configured."""
        value = getattr(self, stream)
        return [] if value is None else list(value) if isinstance(value, list) else [value]

    @property
    def default_seller(self) -> str:
        """The seller of rows that name none."""
        return self.seller or "MAIN"


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"unknown, did you mean {near[0]!r}?" if near else f"unknown; known are {', '.join(known)}"
