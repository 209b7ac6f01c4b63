"""`hub reconcile` as a command, data base included, beside the engine alone on the same records.

    python -m tests.benchmarks.reconcile_command --size 100k [--seed 101] [--database sqlite|postgresql]
    python -m tests.benchmarks.reconcile_command --size 1m --daily 2000

The scenario of `tests.benchmarks.reconciliation` is loaded straight into the store. Printed are CPU and wall seconds of
the engine, of the command in a process of its own (start, reading, deciding, writing, and the server's share on
PostgreSQL in the wall time), their ratio, and an empty loop of this machine at that moment. `--daily N`: all receipts
but the last N are marked as dealt with before, so that the command sees N receipts on all open items.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.core.reconcile import Policy, Receipts, reconcile
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


def _insert(connection: sa.Connection, name: str, columns: dict[str, Sequence[Any]], ids: Sequence[int]) -> None:
    """Rows of a record table, in columns; whatever is not given is empty."""
    shared = {"connector_id": bulk.Constant(1), "unit_id": bulk.Constant(1), "recorded_at": bulk.Constant(AT)}
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


def _invoices(connection: sa.Connection, scenario: Scenario) -> None:
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
    )  # fmt: skip
    first, closed = min(i.issued_on), max(i.id) + 1
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


def _money(connection: sa.Connection, r: Receipts) -> None:
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
        _insert(connection, name, known, [r.id[n] for n in rows])


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


def _command(config: Path) -> tuple[float, float, str]:
    """Wall and CPU seconds of the command, and what it printed."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "hub.app.cli", "--config", str(config), "reconcile"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - wall, cpu, done.stdout + done.stderr


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
    first_wall, first, said = _command(config)
    again_wall, again, _ = _command(config)
    loop = _loop()
    head = f"{len(receipts.id):,} receipts on {len(scenario.items.id):,} open items, {url.split(':')[0]}"
    return "\n".join(
        (
            said,
            head,
            f"engine alone: CPU {engine:.2f} s",
            f"hub reconcile: CPU {first:.2f} s, wall {first_wall:.2f} s; / engine = {first / engine:.2f} in CPU",
            f"hub reconcile again: CPU {again:.2f} s, wall {again_wall:.2f} s",
            f"this machine now: an empty loop of 10,000,000 turns takes {loop:.2f} s",
        )
    )


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reconcile_command", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--daily", type=int, metavar="N", help="only the last N receipts")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep generated scenarios here, and use those kept")
    args = parser.parse_args()
    scenario = _scenario(SIZES[args.size], args.seed, args.keep)
    receipts = last(scenario.receipts, args.daily) if args.daily else scenario.receipts
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        if args.database == "sqlite":
            print(measure(scenario, receipts, f"sqlite:///{folder / 'hub.db'}", folder), flush=True)
            return
        from tests.support.postgres import PostgresServer

        server = PostgresServer()
        try:
            print(measure(scenario, receipts, server.url(server.create()), folder), flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", os.getcwd())
    main()
