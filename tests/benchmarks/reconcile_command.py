"""`hub reconcile` as a command, data base included, beside the engine alone on the same records.

    python -m tests.benchmarks.reconcile_command --size 100k [--seed 101] [--database sqlite|postgresql]
    python -m tests.benchmarks.reconcile_command --size 1m --daily 2000 [--check]

The scenario of `tests.benchmarks.reconciliation` is loaded straight into the store. Printed are CPU and wall seconds of
the engine, of the command in a process of its own (start, reading, deciding, writing, and the server's share on
PostgreSQL in the wall time), their ratio, and an empty loop of this machine at that moment. `--daily N` measures a day:
the hub has reconciled yesterday's N receipts, so it keeps an image of the ledger; then N receipts and N new invoices
arrive, and the command runs. `--check` runs it once more on a copy without what is
kept, and says whether both wrote the same.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.reconcile import OpenItems, Policy, Receipts, SettledNumbers, reconcile
from hub.core.store import Store, bulk
from hub.core.store import tables as t
from hub.core.store.record_tables import RECORD_TABLES, fold
from tests.benchmarks.reconciliation import receipts as generator
from tests.benchmarks.reconciliation.scenario import Scenario

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
AT = 1_767_000_000_000_000


def load(store: Store, scenario: Scenario, receipts: Receipts) -> None:
    """The scenario's records as if connectors had brought them: one unit stands for all."""
    with store.write("benchmark") as unit:
        c = unit.connection
        c.execute(t.connector.insert().values(id=1, key="ledger", plugin="csv"))
        c.execute(t.stream.insert().values(id=1, connector_id=1, name="all", ordinal=0, version=1))
        c.execute(t.mapping.insert().values(id=1, connector_id=1, fingerprint="-"))
        c.execute(t.evidence.insert().values(id=1, digest=b"", origin="-", unit_count=1, recorded_at=AT))
        c.execute(
            t.raw_unit.insert().values(
                id=1, stream_id=1, ref="-", digest=b"", evidence_id=1, position=0, mapping_id=1, state="mapped",
                recorded_at=AT,
            )
        )  # fmt: skip
        _debtors(c, scenario)
        _invoices(c, scenario)
        _money(c, receipts)
        _remittances(c, scenario, receipts)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _insert(
    connection: sa.Connection,
    name: str,
    columns: dict[str, Sequence[Any]],
    ids: Sequence[int],
    unit: int = 1,
    at: int = AT,
) -> None:
    """Rows of a record table, in columns; whatever is not given is empty."""
    if not ids:
        return
    shared = {"connector_id": bulk.Constant(1), "unit_id": bulk.Constant(unit), "recorded_at": bulk.Constant(at)}
    plain = {key: [_plain(value) for value in column] for key, column in columns.items()}
    bulk.insert_columns(connection, RECORD_TABLES[name].current, {"id": list(ids), **plain, **shared})


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _debtors(connection: sa.Connection, scenario: Scenario) -> None:
    d, size = scenario.debtors, len(scenario.debtors.debtor_id)
    _insert(
        connection,
        "debtor",
        {
            "seller": d.seller, "debtor_id": d.debtor_id, "name": d.name, "legal_name": d.legal_name,
            "siren": d.siren, "vat_number": d.vat_number, "parent_id": d.parent_id,
            "ibans": [" ".join("".join(i.split()) for i in ibans) or None for ibans in d.ibans],
            "stub": [False] * size,
        },
        range(1, size + 1),
    )  # fmt: skip


def _invoices(connection: sa.Connection, scenario: Scenario, unit: int = 1, at: int = AT) -> None:
    """Open items with what was settled of them before, then the closed ones."""
    i, s = scenario.items, scenario.settled
    _insert(
        connection,
        "invoice",
        {
            "kind": i.kind, "seller": i.seller, "debtor_id": i.debtor, "number": i.number,
            "number_key": [fold(n) for n in i.number], "issued_on": i.issued_on, "due_on": i.due_on,
            "currency": i.currency, "total_minor": i.total_minor,
            "settled_minor": [a - b for a, b in zip(i.total_minor, i.open_minor, strict=True)],
            "order_ref": i.order_ref, "payment_ref": i.payment_ref, "corrects": i.corrects,
            "discount_terms": i.discount_terms, "issue_year": [day.year for day in i.issued_on],
        },
        i.id,
        unit,
        at,
    )  # fmt: skip
    if not s.number:
        return
    first, closed = min(i.issued_on), 10 * max(i.id)
    unique = {(row[0], fold(row[2])): row for row in zip(s.seller, s.debtor, s.number, strict=True)}
    years = zip(i.seller, i.number, i.issued_on, strict=True)
    taken = {(seller, fold(number), day.year) for seller, number, day in years}
    rows = [row for (seller, key), row in unique.items() if (seller, key, first.year) not in taken]
    size = len(rows)
    _insert(
        connection,
        "invoice",
        {
            "kind": ["invoice"] * size, "seller": [r[0] for r in rows], "debtor_id": [r[1] for r in rows],
            "number": [r[2] for r in rows], "number_key": [fold(r[2]) for r in rows], "issued_on": [first] * size,
            "due_on": [first] * size, "currency": ["EUR"] * size, "total_minor": [100] * size,
            "settled_minor": [100] * size, "issue_year": [first.year] * size,
        },
        range(closed, closed + size),
    )  # fmt: skip


_SHARED = (
    "seller", "account", "value_on", "end_to_end_ref", "structured_ref", "method", "transaction_code",
    "original_amount_minor", "original_currency", "bank_ref",
)  # fmt: skip


def _money(connection: sa.Connection, r: Receipts, unit: int = 1, at: int = AT) -> None:
    """Receipts, and money that left as disbursements."""
    for name, sign, day, payer in (("receipt", 1, "received_on", "payer"), ("disbursement", -1, "paid_on", "payee")):
        rows = [n for n, amount in enumerate(r.amount_minor) if amount * sign > 0]
        keys = [f"B{r.id[n]}" for n in rows]
        columns: dict[str, Sequence[Any]] = {column: [getattr(r, column)[n] for n in rows] for column in _SHARED}
        columns |= {
            "source_key": keys, f"{name}_id": keys, day: [r.received_on[n] for n in rows],
            "currency": [r.currency[n] for n in rows], "amount_minor": [abs(r.amount_minor[n]) for n in rows],
            f"{payer}_name": [r.payer_name[n] for n in rows], f"{payer}_iban": [r.payer_iban[n] for n in rows],
            "remittance": [r.remittance[n] or "" for n in rows],
        }  # fmt: skip
        if name == "disbursement":
            columns["return_reason"] = [r.return_reason[n] for n in rows]
        table = RECORD_TABLES[name].current.c
        known = {key: value for key, value in columns.items() if key in table}
        _insert(connection, name, known, [r.id[n] for n in rows], unit, at)


def arrive(store: Store, items: OpenItems, scenario: Scenario, receipts: Receipts) -> None:
    """A day's new invoices and receipts, as a connector's page brings them: in one transaction with its entry."""
    with store.write("benchmark") as unit:
        c = unit.connection
        c.execute(
            t.raw_unit.insert().values(
                id=2, stream_id=1, ref="day", digest=b"", evidence_id=1, position=0, mapping_id=1, state="mapped",
                recorded_at=unit.at,
            )
        )  # fmt: skip
        _invoices(c, replace(scenario, items=items, settled=SettledNumbers([], [], [])), unit=2, at=unit.at)
        _money(c, receipts, unit=2, at=unit.at)
        unit.journal("arrive", "benchmark", {"receipts": len(receipts.id), "invoices": len(items.id)})


def _remittances(connection: sa.Connection, scenario: Scenario, receipts: Receipts) -> None:
    found, wanted = scenario.remittances, set(receipts.id)
    lines = [
        (f"L{name}", f"B{receipt}", at, number, amount)
        for name, receipt, entries in zip(found.id, found.receipt_id, found.lines, strict=True)
        if receipt in wanted
        for at, (number, amount) in enumerate(entries)
    ]
    columns = {
        "remittance_id": [x[0] for x in lines], "receipt_source_key": [x[1] for x in lines],
        "line": [x[2] for x in lines], "document_number": [x[3] for x in lines],
        "document_key": [fold(x[3]) for x in lines], "amount_minor": [x[4] for x in lines],
        "currency": ["EUR"] * len(lines), "seller": ["*"] * len(lines),
    }  # fmt: skip
    if lines:
        table = RECORD_TABLES["remittance_line"].current.c
        known = {key: value for key, value in columns.items() if key in table}
        _insert(connection, "remittance_line", known, range(1, len(lines) + 1))


def last(receipts: Receipts, number: int) -> Receipts:
    """The `number` receipts that came last."""
    order = sorted(range(len(receipts.id)), key=lambda n: (receipts.received_on[n], receipts.id[n]))[-number:]
    return Receipts(**{f.name: [getattr(receipts, f.name)[n] for n in order] for f in fields(Receipts)})


def _engine(scenario: Scenario, receipts: Receipts) -> float:
    """CPU seconds of the engine alone."""
    gc.collect()
    gc.freeze()
    start = time.process_time()
    reconcile(
        scenario.items, scenario.debtors, receipts, policy=Policy(), remittances=scenario.remittances,
        settled=scenario.settled, today=scenario.today,
    )  # fmt: skip
    return time.process_time() - start


#: The command, which then tells its peak memory: what the system tells of a child counts its parent's memory too.
_RUN = """
import sys
from hub.app.cli import main
try:
    main()
except SystemExit:
    pass
print("peak", next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


class Ran(NamedTuple):
    """What a command took, and what it printed."""

    wall: float
    cpu: float
    mib: float
    said: str


def _command(config: Path) -> Ran:
    """Run `hub reconcile` in a process of its own."""
    wall = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        command = [sys.executable, "-c", _RUN, "--config", str(config), "reconcile"]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said, _, peak = out.read().decode().rpartition("peak ")
    return Ran(time.perf_counter() - wall, used.ru_utime + used.ru_stime, int(peak) / 1024, said)


def _loop() -> float:
    start = time.process_time()
    for _ in range(10_000_000):
        pass
    return time.process_time() - start


def _scenario(size: int, seed: int, kept: Path | None) -> Scenario:
    """Generated, or taken from `kept` when it was generated before: a million take minutes."""
    path = kept / f"scenario-{size}-{seed}.pickle" if kept else None
    if path and path.exists():
        return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 -- our own file
    gc.disable()
    scenario = generator.make_scenario(seed, size)
    gc.enable()
    if path:
        path.write_bytes(pickle.dumps(scenario, 5))
    return scenario


def measure(scenario: Scenario, receipts: Receipts, url: str, folder: Path) -> str:
    """Load, run the engine alone and the command twice (the second finds nothing new); a report of four lines."""
    store = Store(url, lambda: AT)
    store.migrate()
    load(store, scenario, receipts)
    store.close()
    config = folder / "hub.toml"
    config.write_text(f'[hub]\ndatabase = "{url}"\ntoday = {scenario.today}\n')
    engine = _engine(scenario, receipts)
    first, again = _command(config), _command(config)
    head = f"{len(receipts.id):,} receipts on {len(scenario.items.id):,} open items, {url.split(':')[0]}"
    return "\n".join(
        (
            first.said,
            head,
            f"engine alone: CPU {engine:.2f} s",
            f"hub reconcile: CPU {first.cpu:.2f} s, wall {first.wall:.2f} s, {first.mib:,.0f} MiB;"
            f" / engine = {first.cpu / engine:.2f} in CPU",
            f"hub reconcile again: CPU {again.cpu:.2f} s, wall {again.wall:.2f} s, {again.mib:,.0f} MiB",
            _machine(),
        )
    )


def _machine() -> str:
    return (
        f"this machine now: an empty loop of 10,000,000 turns takes {_loop():.2f} s (about 0.12 on an idle 3 GHz core)"
    )


def measure_day(scenario: Scenario, number: int, url: str, folder: Path, *, check: bool) -> str:
    """Yesterday's receipts reconciled, then a day's receipts and invoices arrive: what the command takes for them."""
    both, items = last(scenario.receipts, 2 * number), scenario.items
    yesterday, today = (_rows(both, range(start, start + number)) for start in (0, number))
    order = sorted(range(len(items.id)), key=lambda row: (items.issued_on[row], items.id[row]))
    before = replace(scenario, items=_rows(items, sorted(order[:-number])))
    store = Store(url, lambda: AT)
    store.migrate()
    load(store, before, yesterday)
    store.close()
    config = folder / "hub.toml"
    config.write_text(f'[hub]\ndatabase = "{url}"\ntoday = {scenario.today}\n')
    first = _command(config)
    store = Store(url, lambda: time.time_ns() // 1000)
    arrive(store, _rows(items, sorted(order[-number:])), scenario, today)
    store.close()
    copy = folder / "copy"
    if check:
        copy.mkdir()
        shutil.copy(folder / "hub.db", copy)
        (copy / "hub.toml").write_text(config.read_text().replace(str(folder / "hub.db"), str(copy / "hub.db")))
    day = _command(config)
    lines = [
        day.said,
        f"{number:,} new receipts and {number:,} new invoices on {len(items.id):,} open items, {url.split(':')[0]}",
        f"the day before, everything read: CPU {first.cpu:.2f} s, wall {first.wall:.2f} s, {first.mib:,.0f} MiB",
        f"the day: CPU {day.cpu:.2f} s, wall {day.wall:.2f} s, {day.mib:,.0f} MiB",
    ]
    if check:
        whole = _command(copy / "hub.toml")
        same = "the same" if _written(folder / "hub.db") == _written(copy / "hub.db") else "SOMETHING ELSE"
        lines.append(f"the day with nothing kept: CPU {whole.cpu:.2f} s, {whole.mib:,.0f} MiB; it wrote {same}")
    return "\n".join([*lines, _machine()])


def _rows(table: Any, rows: Iterable[int]) -> Any:
    chosen = list(rows)
    return type(table)(**{f.name: [getattr(table, f.name)[row] for row in chosen] for f in fields(table)})


def _written(database: Path) -> list[list[Any]]:
    """The allocations, suggestions and verdicts in a data base, without the instants of writing."""
    with closing(sqlite3.connect(database)) as connection:
        return [
            connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3, 4").fetchall()  # noqa: S608 -- ours
            for table, columns in (
                ("allocation", "receipt_id, invoice_id, nature, amount_minor, rule, reason, evidence, proposal"),
                ("proposal", "receipt_id, rank, proposal, rule, reason, confidence_ppm, lines, evidence"),
                ("receipt_verdict", "receipt_id, verdict, reason, 0"),
            )
        ]


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reconcile_command", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--daily", type=int, metavar="N", help="measure a day of N receipts")
    parser.add_argument("--check", action="store_true", help="with --daily on SQLite: compare with all read")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep generated scenarios here, and use those kept")
    args = parser.parse_args()
    scenario = _scenario(SIZES[args.size], args.seed, args.keep)

    def report(url: str, folder: Path) -> str:
        if args.daily:
            return measure_day(scenario, args.daily, url, folder, check=args.check and url.startswith("sqlite"))
        return measure(scenario, scenario.receipts, url, folder)

    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        if args.database == "sqlite":
            print(report(f"sqlite:///{folder / 'hub.db'}", folder), flush=True)
            return
        from tests.support.postgres import PostgresServer

        server = PostgresServer()
        try:
            print(report(server.url(server.create()), folder), flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", os.getcwd())
    main()
