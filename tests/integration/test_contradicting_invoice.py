"""An e-invoice whose amounts contradict each other is taken, and a note is held beside it until a person looked."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.services.held import discard_held
from hub.core.store import tables as t
from tests.support.hubs import counted, make_hub, replay, rows, sync, verified
from tests.unit.plugins.einvoices.made import ubl

SECTION = '[connector.issued]\nplugin = "einvoices"\nfiles = "in"\nseller = "ACME"\nsettle_s = 0\n'


def notes(hub: Hub) -> list[tuple[int, str, str]]:
    """What is held now: id, code, place."""
    return rows(hub.store, sa.select(t.held.c.id, t.held.c.code, t.held.c.place).where(t.held.c.state == "open"))


def test_the_note_and_the_invoice(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """Taken once at BT-112; the note is held again on replay, gone with the corrected file; discarded, it stays so."""
    hub = make_hub(tmp_path, database_url, SECTION)
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "a.xml"
    file.write_bytes(ubl(number="F1", net="90.00"))
    assert {"read": 2, "new": 1, "held": 1} == counted(sync(hub, "issued", page_units=1))
    totals = sa.select(t.invoice.c.number, t.invoice.c.total_minor)
    assert [("F1", 12_000)] == rows(hub.store, totals)
    [(note, code, place)] = notes(hub)
    assert ("HUB-EINV-015", "a.xml") == (code, place)
    assert (0, 1) == replay(hub, "issued", note)
    assert {} == counted(sync(hub, "issued"))
    file.write_bytes(ubl(number="F1"))
    os.utime(file, ns=(1, 1))
    sync(hub, "issued")
    assert [] == notes(hub)
    (tmp_path / "in" / "b.xml").write_bytes(ubl(number="F2", tax="19.00"))
    sync(hub, "issued")
    [(note, _, _)] = notes(hub)
    discard_held(hub.desk, note, "the total is right")
    sync(hub, "issued", full=True)
    assert [] == notes(hub)
    assert [("F1", 12_000), ("F2", 12_000)] == rows(hub.store, totals.order_by(t.invoice.c.number))
    assert [] == verified(hub).differences
