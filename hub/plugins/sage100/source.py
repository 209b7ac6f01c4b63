"""The connector itself: streams of Sage 100, its balances, and the refs that still exist."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from hub.plugins.sage100 import feeds, feeds_commercial
from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.database import Database
from hub.plugins.sage100.feeds import Feed
from hub.plugins.sage100.feeds_lettrage import lettrage
from hub.plugins.sage100.feeds_sums import balances, figures
from hub.plugins.sage100.figures import Debtors
from hub.plugins.sage100.file_source import FileSource
from hub.plugins.sage100.layout import NO_DAY, Layout, fiscal_month, minor
from hub.plugins.sage100.mapping import map_units
from hub.plugins.sage100.portable import Day, text, whole
from hub.plugins.sage100.reader import Reader
from hub.plugins.sage100.schema import Schema, catalogue
from hub.plugins.sage100.writing import found_again, written
from hub.sdk import Context, Cursor, LedgerBatch, LedgerFile, MappedPage, Page, RawUnit, Stream
from hub.sdk.columns import records_from_columns
from hub.sdk.records import ControlTotal, Receipt, Record

#: Raised when units are made in another way: everything is then read again.
READER_VERSION = 2
STREAMS = {
    "accounting": ("debtors", "sales", "entries", "lettrage"),
    "commercial": ("debtors", "documents", "payments", "allocations"),
}
_SETTINGS = ("url", "ledger", "accounts", "invoice_number")


@dataclass(frozen=True)
class Company:
    """What is asked once of a company's data base: its schema, its reference tables, its oldest fiscal year."""

    schema: Schema
    currencies: dict[int, str]
    methods: dict[int, str]
    year_begins: int
    openings_until: str


class Sage100:
    """One company of Sage 100. Plays RecordSource, BulkMap, ControlTotals, KeySweep, LedgerWriter.

    Sends SELECT and nothing else.
    """

    def __init__(self, config: Sage100Config, context: Context) -> None:
        self._config = config
        self._context = context
        self._database = Database(config)
        self._files = FileSource(config) if config.files is not None else None
        self._company: Company | None = None
        self._readers: dict[str, Reader] = {}
        self._debtors: Debtors | None = None

    def streams(self) -> Sequence[Stream]:
        """Debtors, then what they owe, then what was matched. What is deleted in Sage is found by listing refs."""
        if self._files is not None:  # each run gives the whole state
            return [Stream(name, "snapshot", "withdrawn", repeats="latest") for name in STREAMS["accounting"]]
        return [Stream(name, repeats="latest", swept=True) for name in STREAMS[self._config.ledger]]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """The next units of `stream`. Nothing changed since the last run: one empty page."""
        if self._files is not None:
            return self._files.page(stream, cursor, limit)
        return self._reader(stream).page(cursor, limit)

    def sweep(self, stream: str) -> Iterator[str]:
        """Refs of `stream` that exist in Sage now."""
        return self._reader(stream).existing() if self._files is None else self._files.refs(stream)

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """The records of one unit: the same code as `map_page`, on a run of one."""
        page = map_units(stream, [unit], self._config)
        if page.rejected:
            raise page.rejected[0]
        return [record for columns in page.columns for _, record in records_from_columns(columns)]

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        """The records of a run of units, straight in columns."""
        reader = self._readers.get(stream)
        known = reader.fetched if reader is not None else ([], [])
        # The page just fetched was made from rows: no need to take it apart again.
        rows = known[1] if isinstance(units, list) and known[0] == units else None
        return map_units(stream, units, self._config, rows)

    def control_totals(self, on: date) -> Iterator[ControlTotal]:
        """Debits less credits of each debtor up to `on`, of the lines that the streams read. None without Comptabilité,
        nor from files: a file cannot vouch for itself.

        Openings are counted as the streams count them: in the oldest year only. When nobody owes anything one zero is
        told: no answer would leave older balances standing.
        """
        if self._config.ledger != "accounting" or self._files is not None:
            return
        company, config = self._known(), self._config
        month = f"{on.isoformat()[:7]}-01T00:00:00.000"
        asked = balances(company.schema, config.accounts, company.openings_until, month, on.day)
        told, settled = False, ""
        for code, balance in self._database.stream(asked):
            cents = minor(balance, config.currency, f"{self._database.where} {code}")
            settled = settled or code
            if cents:
                told = True
                yield ControlTotal(
                    seller=config.seller,
                    debtor_id=code,
                    balance_on=on,
                    balance_minor=cents if balance > 0 else -cents,
                    currency=config.currency,
                )
        if settled and not told:
            yield ControlTotal(
                seller=config.seller, debtor_id=settled, balance_on=on, balance_minor=0, currency=config.currency
            )

    def write(self, batch: LedgerBatch) -> LedgerFile:
        """The batch as an import file in the tagged format."""
        return written(batch, self._config)

    def acknowledged(self, references: Mapping[str, str], receipts: Iterable[Receipt]) -> Mapping[str, Sequence[str]]:
        """Postings that came back from Sage: receipts of the books carry their reference."""
        return found_again(references, receipts)

    def _reader(self, stream: str) -> Reader:
        if stream not in self._readers:
            company, config = self._known(), self._config
            feed = self._feed(stream, company)
            layout = Layout(
                tuple(feed.columns), company.currencies, company.methods, config.invoice_number, company.year_begins
            )
            self._readers[stream] = Reader(
                self._database,
                feed,
                layout.as_text(),
                self._asked(company),
                config.look_back,
                self._context,
                self._figures(stream, company),
            )
        return self._readers[stream]

    def _figures(self, stream: str, company: Company) -> Debtors | None:
        """The debtors' figures, for streams of entries; one look serves them all."""
        if stream not in ("sales", "entries", "lettrage"):
            return None
        if self._debtors is None:
            schema, accounts, database = company.schema, self._config.accounts, self._database
            self._debtors = Debtors(lambda upto: database.stream(figures(schema, accounts, upto)))
        return self._debtors

    def _asked(self, company: Company) -> str:
        """A digest of what is asked for. When the oldest year was purged, the openings of the next one begin to count:
        nothing of them was touched, and yet everything must be read again.
        """
        told = [READER_VERSION, *(getattr(self._config, name) for name in _SETTINGS), company.openings_until]
        return hashlib.blake2b(json.dumps(told).encode(), digest_size=8).hexdigest()

    def _feed(self, stream: str, company: Company) -> Feed:
        schema, accounts, until = company.schema, self._config.accounts, company.openings_until
        if stream == "debtors":
            return feeds.debtors(schema, accounts if self._config.ledger == "accounting" else ())
        if stream == "sales":
            return feeds.sales(schema, accounts, until, self._config.invoice_number)
        if stream == "entries":
            return feeds.others(schema, accounts, until)
        if stream == "lettrage":
            return lettrage(schema, accounts, until)
        make = {
            "documents": feeds_commercial.documents,
            "payments": feeds_commercial.payments,
            "allocations": feeds_commercial.allocations,
        }[stream]
        return make(schema)

    def _known(self) -> Company:
        if self._company is None:
            database, ledger = self._database, self._config.ledger
            found = [(str(table), str(column)) for table, column in database.rows(catalogue(database.dialect, ledger))]
            schema = Schema(found, ledger, database.where)
            currency, method = schema.table("P_DEVISE", "v"), schema.table("P_REGLEMENT", "r")
            currencies = database.rows(sa.select(whole(currency["cbIndice"]), text(currency["D_CodeISO"])))
            methods = database.rows(sa.select(whole(method["cbIndice"]), text(method["R_Intitule"])))
            year_begins, until = self._years(schema) if ledger == "accounting" else (1, "")
            self._company = Company(
                schema,
                {int(number): code for number, code in currencies if code},
                {int(number): name for number, name in methods if name},
                year_begins,
                until,
            )
        return self._company

    def _years(self, schema: Schema) -> tuple[int, str]:
        """In which month fiscal years begin, and the first day after the oldest one in the base."""
        company = schema.table("P_DOSSIER", "p")
        starts = [Day(company[f"D_DebutExo0{number}"]) for number in range(1, 6)]
        days = [str(day) for row in self._database.rows(sa.select(*starts)) for day in row]
        month = fiscal_month(days)
        first = self._database.rows(feeds.oldest(schema))[0][0]
        if first in NO_DAY:
            return month, "1753-01-01T00:00:00.000"
        year = int(first[:4]) - (int(first[5:7]) < month) + 1
        return month, f"{year:04d}-{month:02d}-01T00:00:00.000"
