"""Units to records: a run of rows at once. `map` of one unit is the same code on a run of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from operator import attrgetter

from hub.plugins.csv.config import CsvConfig
from hub.plugins.csv.faults import FileRefused
from hub.plugins.csv.grid import BETWEEN_ROWS, Grid
from hub.plugins.csv.headers import check
from hub.plugins.csv.layout import Readings
from hub.plugins.csv.mapping_books import map_settlements, map_totals, settlement_refs, total_refs
from hub.plugins.csv.mapping_debtors import debtor_refs, map_debtors
from hub.plugins.csv.mapping_invoices import invoice_refs, map_invoices
from hub.plugins.csv.mapping_lines import instalment_refs, map_instalments, map_payouts, payout_refs
from hub.plugins.csv.mapping_receipts import map_receipts, receipt_refs
from hub.plugins.csv.mapping_remittances import map_remittances, remittance_refs
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.table import Table
from hub.sdk import Columns, MappedPage, RawUnit, RecordRejected

_MAPS: dict[str, Callable[[Table], list[Columns]]] = {
    "debtors": map_debtors,
    "invoices": map_invoices,
    "instalments": map_instalments,
    "receipts": map_receipts,
    "payouts": map_payouts,
    "remittances": map_remittances,
    "settlements": map_settlements,
    "control_totals": map_totals,
}
_RANKED_REFS = {
    "instalments": instalment_refs,
    "receipts": receipt_refs,
    "remittances": remittance_refs,
    "settlements": settlement_refs,
}
#: Kinds whose refs count equal rows of the file: their pages are read in order, never lazily.
RANKED = frozenset(_RANKED_REFS)


def refs_of(table: Table, bodies: Sequence[bytes], ranks: Ranks) -> list[str]:
    """The identity of each row; a row whose key cannot be read is known by its content."""
    kind = table.reading.kind
    if kind == "invoices":
        refs = invoice_refs(table)
    elif kind == "debtors":
        refs = debtor_refs(table)
    elif kind == "payouts":
        refs = payout_refs(table)
    elif kind == "control_totals":
        refs = total_refs(table)
    else:
        refs = _RANKED_REFS[kind](table, ranks)
    for i in table.rejected:
        if i in table.unkeyed or not refs[i]:
            refs[i] = f"row/{blake2b(bodies[i], digest_size=10).hexdigest()}"
    return refs


def map_units(units: Sequence[RawUnit], readings: Readings, config: CsvConfig) -> MappedPage:
    """Map `units`, whatever files they come from; columns and refusals bear the indexes of `units`."""
    done = MappedPage(columns=[], rejected={})
    runs: dict[str, list[int]] = {}
    for i, unit in enumerate(units):
        if unit.rejected is not None:
            done.rejected[i] = unit.rejected
        else:
            runs.setdefault(unit.layout, []).append(i)
    for layout, indexes in runs.items():
        if '"refused":' in layout and readings[layout].layout.refused:
            _map_refused_files(units, indexes, readings, config, done)
            continue
        run = units if len(indexes) == len(units) else [units[i] for i in indexes]
        bodies = list(map(attrgetter("body"), run))
        places, refs = list(map(attrgetter("place"), run)), list(map(attrgetter("ref"), run))
        joined = BETWEEN_ROWS.encode().join(bodies).decode()
        grid = Grid.from_joined(joined, readings[layout].width, len(run), max(map(len, bodies)))
        table = Table(readings[layout], grid, places, refs)
        merge(done, map_table(table), indexes)
    return done


def map_table(table: Table) -> MappedPage:
    """The records of a table; indexes are those of its rows."""
    columns = _MAPS[table.reading.kind](table)
    return MappedPage(columns=columns, rejected=table.rejected)


def merge(into: MappedPage, page: MappedPage, indexes: Sequence[int]) -> None:
    """Add `page`, whose row `i` is unit `indexes[i]`."""
    if list(indexes) != list(range(len(indexes))):
        for columns in page.columns:
            columns.unit = [indexes[i] for i in columns.unit]
    into.columns.extend(page.columns)
    into.rejected.update({indexes[i]: refusal for i, refusal in page.rejected.items()})


def _map_refused_files(
    units: Sequence[RawUnit], indexes: Sequence[int], readings: Readings, config: CsvConfig, done: MappedPage
) -> None:
    """A file held whole: once the configuration fits its headers, nothing is left to hold; the next run reads it."""
    for i in indexes:
        layout, place = readings[units[i].layout].layout, units[i].place
        told = config.columns.get(layout.kind, {})
        try:
            check(layout.kind, layout.headers, told, place)
        except FileRefused as still:
            done.rejected[i] = still.refusal
            continue
        if layout.refused not in ("HUB-CSV-001", "HUB-CSV-009", "HUB-CSV-010"):
            done.rejected[i] = RecordRejected(
                code=layout.refused, what="the file could not be taken in", where=place, mend="sync again"
            )
