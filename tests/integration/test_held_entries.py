"""An entry of the books that cannot be taken is named as the cause of the gap that it leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hub.core.ledger.gap_causes import may_act
from hub.core.services.books import standing
from tests.support.hubs import exported, make_hub, run, verified
from tests.unit.plugins.fec.made import DIALECTS, Made

SECTIONS = '[connector.books]\nplugin = "fec"\nfiles = "fec.txt"\nseller = "ACME"\n[seller.ACME]\nbooks = "books"\n'


def test_the_gap_names_the_held_entry(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """Number, amount and remedy for its debtor; the other debtor agrees; mended, nothing is left of it."""
    made = Made()
    for number, debtor in enumerate(("C1", "C1", "C2"), 1):
        made.sale(date(2026, 3, number), f"F{number}", debtor, 12_000)
    file = DIALECTS[0].write(tmp_path / "fec.txt", made.rows)
    good = file.read_bytes()
    bad = good.replace(b"120,00\t0,00", b"130,00\t0,00", 1)
    file.write_bytes(bad)
    hub = make_hub(tmp_path, database_url, SECTIONS)
    assert run(hub, "books").error is None
    [gap] = exported(hub, "gaps")
    assert ("C1", -13_000, -13_000, 0) == (gap["debtor_id"], gap["difference"], gap["explained"], gap["unexplained"])
    assert "VE 000001" in gap["likely_cause"]
    [record] = exported(hub, "gap-records")
    assert ("C1", "held_entry", -13_000, "VE 000001") == tuple(
        record[name] for name in ("debtor_id", "cause", "effect", "invoice_number")
    )
    assert "debits 130.00, credits 120.00, difference 10.00; export the whole ledger again" in record["words"]
    with hub.store.read() as connection:
        where = standing(hub.desk, connection)
        assert (False, True) == (may_act(where, "ACME", "C1"), may_act(where, "ACME", "C2"))
    assert [] == verified(hub).differences
    file.write_bytes(good)
    assert run(hub, "books").error is None
    assert [] == exported(hub, "gaps")
    assert [] == verified(hub).differences


def test_a_balance_that_cannot_be_read_is_a_gap(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """A line of C1 broke off before its amount: both sums are equal without it, and yet nobody may act on them."""
    made = Made()
    for number, debtor in enumerate(("C1", "C1", "C2"), 1):
        made.sale(date(2026, 3, number), f"F{number}", debtor, 12_000)
    file = DIALECTS[0].write(tmp_path / "fec.txt", made.rows)
    good = file.read_bytes()
    file.write_bytes(good.replace(b"120,00\t0,00\t\t\t20260301\t\t\r\n", b"\r\n", 1))
    hub = make_hub(tmp_path, database_url, SECTIONS)
    assert run(hub, "books").error is None
    [gap] = exported(hub, "gaps")
    assert ("C1", 0, 0, 0) == (gap["debtor_id"], gap["difference"], gap["explained"], gap["unexplained"])
    assert "line 2 (amount not known)" in gap["likely_cause"]
    [record] = exported(hub, "gap-records")
    assert ("held_entry", 0, "line 2") == (record["cause"], record["effect"], record["invoice_number"])
    with hub.store.read() as connection:
        where = standing(hub.desk, connection)
        assert (False, True) == (may_act(where, "ACME", "C1"), may_act(where, "ACME", "C2"))
    file.write_bytes(good)
    assert run(hub, "books").error is None
    assert [] == exported(hub, "gaps")
    assert [] == verified(hub).differences
