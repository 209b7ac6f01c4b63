"""`hub sync` against a Dolibarr on this machine: found by entry point, run in a process of its own, as at a company."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from fake_dolibarr import KEY, FakeDolibarr, sample

Hub = Callable[..., str]
#: Runs the commands that come line by line in one process: the hub takes seconds to start.
DRIVER = """
import contextlib, io, json, sys
from hub.app.cli import main
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as told:
        status = main(json.loads(line))
    print(json.dumps([status, told.getvalue()]), flush=True)
"""


@pytest.fixture
def fake() -> FakeDolibarr:
    """The small company of the other tests."""
    return sample()


@pytest.fixture
def hub(tmp_path: Path, announced: None, fake: FakeDolibarr) -> Iterator[Hub]:
    """Runs a command of the hub and gives what it wrote; a status that is not expected fails the test."""
    server = fake.serve()
    (tmp_path / "hub.toml").write_text(f"""
[hub]
database = "sqlite:///hub.db"
today = 2026-06-30

[connector.erp]
plugin = "dolibarr"
address = "http://127.0.0.1:{server.server_port}"
api_key = {{ env = "DOLIBARR_KEY" }}
seller = "ACME"
entity = 1
""")

    env = {**os.environ, "DOLIBARR_KEY": KEY}
    command = [sys.executable, "-c", DRIVER]
    with subprocess.Popen(command, cwd=tmp_path, env=env, text=True, stdin=PIPE, stdout=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(*words: str, status: tuple[int, ...] = (0, 1)) -> str:
            print(json.dumps(words), file=process.stdin, flush=True)
            ended, told = json.loads(process.stdout.readline())
            assert ended in status, told
            return str(told)

        yield run
        process.stdin.close()
        process.wait(timeout=60)
    server.shutdown()
    server.server_close()


def exported(hub: Hub, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in hub("export", kind, "--format", "jsonl").splitlines()]


def open_items(hub: Hub) -> dict[str, Decimal]:
    """What the hub holds open, by number, in euros."""
    return {item["number"]: Decimal(item["open"]) for item in exported(hub, "open-items")}


def of_dolibarr(fake: FakeDolibarr) -> dict[str, Decimal]:
    """What Dolibarr says remains to pay of what is open. One item is in dollars."""
    rows = [row for row in fake.invoices.values() if row["status"] == "1"]
    items = {row["ref"]: fake.remains(int(row["id"])) for row in rows}
    return {ref: rest for ref, rest in items.items() if rest} | {"FA2605-0014": Decimal("82.50")}


def test_the_books_of_dolibarr_and_the_hub_agree(hub: Hub, fake: FakeDolibarr) -> None:
    """Synced twice is synced once; a payment is deleted there, an invoice reopened, one deleted; the key is refused."""
    assert "dolibarr" in hub("connectors", "list")
    hub("sync")
    assert of_dolibarr(fake) == open_items(hub)
    receipts = exported(hub, "receipts")
    before = hub("export", "journal")
    counts = {stream["stream"]: stream for stream in json.loads(hub("sync", "--json"))["connectors"][0]["streams"]}
    assert {name: counts[name]["read"] for name in counts} == {"customers": 0, "invoices": 0}
    assert receipts == exported(hub, "receipts")
    assert before == hub("export", "journal")

    fake.delete_payment("PAY2605-0001")
    fake.set(3, status="1", paye="0")  # the invoice that it had paid
    fake.set(8, status="1", close_code=None, date_closing=None)  # taken up again after it was given up
    del fake.invoices[7]
    hub("sync")
    assert of_dolibarr(fake) == open_items(hub)
    assert {"FA2605-0003": Decimal(360), "FA2605-0008": Decimal(200)}.items() <= open_items(hub).items()
    gone = {one["receipt_id"] for one in receipts} - {one["receipt_id"] for one in exported(hub, "receipts")}
    assert {"PAY2605-0001"} == gone
    assert [] == exported(hub, "held")
    hub("verify")

    fake.key = "another key by now"
    told = json.loads(hub("sync", "--json", status=(1, 3)))
    assert "HUB-HTTP-007" in json.dumps(told)
    assert KEY not in json.dumps(told)
    assert of_dolibarr(fake) == open_items(hub)
