"""What a later export of the same ledger may do to what is owed: typos, cut files, corrected dates. Real CSV files."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.app.bootstrap import Hub
from hub.core.services import held as quarantine
from hub.core.services.ledger import view
from hub.core.services.status import status
from hub.core.sync.replay import replay_held
from tests.support.hubs import (
    counted,
    differences,
    dump,
    make_hub,
    records,
    replay,
    run,
    sync,
    verified,
    write_csv,
)

pytestmark = pytest.mark.long_on_postgres

LEDGER = '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\n'
SNAPSHOT = LEDGER + 'mode = "snapshot"\nmissing = "settled"\n'
HEADER = "number;type;debtor_id;issued_on;due_on;total;open_amount"


def export(folder: Path, *lines: str, header: str = HEADER) -> None:
    """The ledger's next export."""
    path = folder / "invoices.csv"
    before = path.stat().st_mtime_ns if path.exists() else 0
    write_csv(path, header, *lines)
    if before:
        os.utime(path, ns=(before + 10**9, before + 10**9))


def row(number: str, total: str = "100,00", issued: str = "2026-09-01", open_amount: str = "", **more: str) -> str:
    """A line of the export."""
    due = more.get("due", "2026-10-15")
    return f"{number};{more.get('kind', '')};{more.get('debtor', 'C1')};{issued};{due};{total};{open_amount}"


def owed(hub: Hub, as_of: date | None = None) -> list[tuple[str, str, int]]:
    """Number, issue date and open amount of what is open."""
    items = view(hub.desk, as_of=as_of).ledger.items
    return sorted((item.number, item.issued_on.isoformat(), item.open_minor) for item in items)


def test_a_typo_does_not_make_an_invoice_vanish(tmp_path: Path, database_url: str) -> None:
    """The row is held, the invoice stays in the aged balance as it was, and everyone can see that it is old."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    export(tmp_path, row("F1", "100,00"), row("F2", "200,00"))
    sync(hub, "ledger")
    export(tmp_path, row("F1", "100,00"), row("F2", "2OO,00"))
    assert {"read": 2, "same": 1, "held": 1} == counted(sync(hub, "ledger"))
    assert [("F1", "2026-09-01", 10_000), ("F2", "2026-09-01", 20_000)] == owed(hub)
    [entry] = quarantine.list_held(hub.desk)
    assert entry.stands_since is not None
    assert {"ledger": 1} == status(hub.desk).stale
    found = verified(hub)
    assert ([], []) == (found.differences, found.not_checked)
    export(tmp_path, row("F1", "100,00"), row("F2", "250,00"))
    assert {"read": 2, "changed": 1, "same": 1} == counted(sync(hub, "ledger"))
    assert [("F1", "2026-09-01", 10_000), ("F2", "2026-09-01", 25_000)] == owed(hub)
    assert {} == status(hub.desk).stale


@pytest.mark.parametrize(("mode", "left"), [(LEDGER, ["F1", "F2"]), (SNAPSHOT, ["F1"])])
def test_a_faulty_row_that_goes_for_good(
    tmp_path: Path, database_url: str, without_processes: None, mode: str, left: list[str]
) -> None:
    """Deleted after it was faulty: what was read stays (append), or it is taken as settled (snapshot)."""
    hub = make_hub(tmp_path, database_url, mode)
    export(tmp_path, row("F1"), row("F2"))
    sync(hub, "ledger")
    export(tmp_path, row("F1"), row("F2", "2OO,00"))
    sync(hub, "ledger")
    assert ["F1", "F2"] == [number for number, *_ in owed(hub)]
    export(tmp_path, row("F1"))
    sync(hub, "ledger")
    assert left == [number for number, *_ in owed(hub)]
    assert [] == quarantine.list_held(hub.desk)
    assert {} == status(hub.desk).stale
    assert [] == verified(hub).differences


@pytest.mark.parametrize("kept", [30, 0])
@pytest.mark.parametrize("meaning", ["settled", "withdrawn"])
def test_a_cut_snapshot_settles_nothing(
    tmp_path: Path, database_url: str, without_processes: None, kept: int, meaning: str
) -> None:
    """40 invoices, then an export of 30 or of none: nothing is lost, the run asks, again and again, until answered."""
    hub = make_hub(tmp_path, database_url, SNAPSHOT.replace("settled", meaning))
    every = [row(f"F{n:02}") for n in range(40)]
    export(tmp_path, *every)
    sync(hub, "ledger", page_units=7)
    export(tmp_path, *every[:kept])
    before = records(dump(hub.store))
    for _ in range(2):
        report = run(hub, "ledger", page_units=7)
        assert report.error is not None
        assert ("HUB-SYNC-003", "incomplete") == (report.error.code, report.state)
        assert f"{40 - kept} of 40 invoices" in report.error.what
        assert "--accept-missing" in report.error.mend
        assert 0 == report.counts.missing
        assert [] == differences(before, records(dump(hub.store)))
        assert 40 == len(owed(hub))
    assert 40 - kept == sync(hub, "ledger", accept_missing=True, page_units=7).counts.missing
    assert kept == len(owed(hub))
    sync(hub, "ledger", page_units=7)
    assert [] == verified(hub).differences


def test_an_ordinary_day_is_not_asked_about(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """Few rows, or a small share of them, are settled as configured; the share is a setting."""
    hub = make_hub(tmp_path, database_url, SNAPSHOT)
    every = [row(f"F{n:02}") for n in range(60)]
    export(tmp_path, *every)
    sync(hub, "ledger")
    export(tmp_path, *every[:50])
    assert 10 == sync(hub, "ledger").counts.missing
    strict = make_hub(tmp_path, database_url, SNAPSHOT + "missing_percent = 10\n")
    export(tmp_path, *every[:40])
    report = run(strict, "ledger")
    assert report.error is not None
    assert "HUB-SYNC-003" == report.error.code
    export(tmp_path, *every[:41])
    assert 9 == sync(strict, "ledger").counts.missing


def stage(folder: Path, database_url: str, sections: str, day: str, *lines: str) -> Hub:
    """The hub on `day`, after it read that day's export."""
    hub = make_hub(folder, database_url, sections, today=day)
    export(folder, *lines)
    sync(hub, "ledger")
    return hub


def test_the_past_does_not_follow_the_present(tmp_path: Path, database_url: str) -> None:
    """What a July file says is paid was owed on 30 June, whenever one asks; a takeover counts from the issue date."""
    paid, part = (
        row("F1", open_amount="100,00", issued="2026-05-02"),
        row("F2", open_amount="60,00", issued="2026-05-03"),
    )
    stage(tmp_path, database_url, LEDGER, "2026-06-20", paid, part)
    later = row("F1", open_amount="0,00", issued="2026-05-02"), row("F2", open_amount="80,00", issued="2026-05-03")
    hub = stage(tmp_path, database_url, LEDGER, "2026-07-15", *later)
    first, second = ("F1", "2026-05-02"), ("F2", "2026-05-03")
    assert [(*second, 8_000)] == owed(hub, date(2026, 7, 15))
    for day in (date(2026, 5, 10), date(2026, 6, 30), date(2026, 7, 14)):
        assert [(*first, 10_000), (*second, 6_000)] == owed(hub, day)
    again = stage(tmp_path, database_url, LEDGER, "2026-08-01", row("F1", open_amount="40,00", issued="2026-05-02"))
    assert [(*first, 4_000), (*second, 8_000)] == owed(again)
    assert [(*second, 8_000)] == owed(again, date(2026, 7, 31))
    assert [(*first, 10_000), (*second, 6_000)] == owed(again, date(2026, 6, 30))
    found = verified(again)
    assert ([], {"EUR": 0}) == (found.differences, found.gap_minor)


def test_the_day_that_the_source_gives_counts(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """With `paid_on` in the file a payment takes effect on that day, also when it is learnt later or corrected."""

    def line(left: str, paid_on: str) -> str:
        return f"{row('F1', open_amount=left, issued='2026-05-02')};{paid_on}"

    for day, left, paid_on in (
        ("2026-06-20", "100,00", ""),
        ("2026-07-15", "0,00", "2026-06-25"),
        ("2026-07-16", "0,00", "2026-06-28"),
    ):
        hub = make_hub(tmp_path, database_url, LEDGER, today=day)
        export(tmp_path, line(left, paid_on), header=HEADER + ";paid_on")
        sync(hub, "ledger")
    assert [("F1", "2026-05-02", 10_000)] == owed(hub, date(2026, 6, 27))
    assert [] == owed(hub, date(2026, 6, 28))


@pytest.mark.parametrize(("day", "still"), [("2026-07-01", 1), ("2026-07-02", 0)])
def test_settled_by_absence_counts_from_the_hubs_day(
    tmp_path: Path, database_url: str, without_processes: None, day: str, still: int
) -> None:
    """Missing from the snapshot of 2 July by the hub's calendar: owed on 1 July, not on the 2nd."""
    every = row("F1", issued="2026-05-02"), row("F2", issued="2026-05-02")
    stage(tmp_path, database_url, SNAPSHOT, "2026-06-20", *every)
    hub = stage(tmp_path, database_url, SNAPSHOT, "2026-07-02", every[0])
    assert still == sum(number == "F2" for number, *_ in owed(hub, date.fromisoformat(day)))


def test_the_day_is_that_of_the_time_zone(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """At 23:30 in Paris it is still that day, at 00:30 the next one, whatever UTC says."""
    zone = ZoneInfo("Europe/Paris")
    clock = [datetime(2026, 6, 20, 12, tzinfo=zone)]
    hub = make_hub(tmp_path, database_url, SNAPSHOT, now=lambda: int(clock[0].timestamp() * 1e6))
    hub.store._today = lambda: clock[0].date()
    export(tmp_path, *(row(f"F{n}", open_amount="100,00") for n in range(3)))
    sync(hub, "ledger")
    clock[0] = datetime(2026, 9, 30, 0, 30, tzinfo=zone)
    export(tmp_path, row("F0", open_amount="100,00"), row("F1", open_amount="0,00"))
    sync(hub, "ledger")
    assert ["F0", "F1", "F2"] == [number for number, *_ in owed(hub, date(2026, 9, 29))]
    assert ["F0"] == [number for number, *_ in owed(hub, date(2026, 9, 30))]


def test_a_date_corrected_across_the_end_of_the_year(tmp_path: Path, database_url: str) -> None:
    """The file is read again with the invoice in the next year: it is corrected, not doubled; and back again."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    export(tmp_path, row("F1", issued="2025-12-31"), row("F2", issued="2025-12-30"))
    sync(hub, "ledger")
    for issued in ("2026-01-02", "2025-12-31", "2026-01-03"):
        export(tmp_path, row("F1", "120,00", issued=issued), row("F2", issued="2025-12-30"))
        sync(hub, "ledger")
        assert [("F1", issued, 12_000), ("F2", "2025-12-30", 10_000)] == owed(hub)
    found = verified(hub)
    assert ([], []) == (found.differences, found.not_checked)


@pytest.mark.parametrize("mode", [LEDGER, SNAPSHOT])
def test_an_invoice_that_becomes_a_credit_note(
    tmp_path: Path, database_url: str, without_processes: None, mode: str
) -> None:
    """The type was wrong: one document under that number, before and after, and back."""
    hub = make_hub(tmp_path, database_url, mode)
    others = [row(f"G{n}", debtor="C2", kind="FA") for n in range(3)]
    for kind, left in (("FA", 10_000), ("AV", -10_000), ("FA", 10_000)):
        export(tmp_path, row("F1", kind=kind), *others)
        report = sync(hub, "ledger")
        assert 0 == report.counts.missing
        assert ("F1", "2026-09-01", left) in owed(hub)
        assert 4 == len(owed(hub))
    assert [] == verified(hub).differences


@pytest.mark.parametrize(
    "former",
    [
        row("F001", issued="2025-01-06"),
        row("F001", issued="2025-03-01", debtor="C9"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_numbers_that_restart_stay_two(
    tmp_path: Path, database_url: str, without_processes: None, former: str, together: bool
) -> None:
    """F001 of 2025 and F001 of 2026 are two invoices, also when the export only has the last twelve months."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    export(tmp_path, former, row("X"))
    sync(hub, "ledger")
    export(tmp_path, *([former] if together else []), row("X"), row("F001", "55,00", issued="2026-01-09"))
    assert 0 == sync(hub, "ledger").counts.held
    assert 3 == len(owed(hub))


def test_both_in_one_file_are_two(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """What one file states side by side is two, however alike."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    export(tmp_path, row("F1", issued="2025-12-31"))
    sync(hub, "ledger")
    export(tmp_path, row("F1", issued="2025-12-31"), row("F1", issued="2026-01-02"))
    assert {"read": 2, "new": 1, "same": 1} == counted(sync(hub, "ledger"))
    assert 2 == len(owed(hub))


@pytest.mark.parametrize("instead", [True, False])
def test_a_question_waits_for_its_answer(
    tmp_path: Path, database_url: str, without_processes: None, instead: bool
) -> None:
    """Only the year differs and the former is gone: a typo, or rent of the next year. A person says which."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    export(tmp_path, row("F1", issued="2025-01-01"), row("X"))
    sync(hub, "ledger")
    export(tmp_path, row("F1", issued="2026-01-01"), row("X"))
    assert {"read": 2, "same": 1, "held": 1} == counted(sync(hub, "ledger"))
    before = dump(hub.store)
    assert {} == counted(sync(hub, "ledger"))
    assert (0, 0) == replay(hub, "ledger"), "replaying everything answers no question"
    assert [] == differences(before, dump(hub.store))
    assert [("F1", "2025-01-01", 10_000), ("X", "2026-09-01", 10_000)] == owed(hub)
    export(tmp_path, row("F1", issued="2026-01-01", due="2026-10-16"), row("X"))
    assert {"read": 2, "same": 1, "held": 1} == counted(sync(hub, "ledger"))
    [entry] = quarantine.list_held(hub.desk)
    assert "HUB-REC-004" == entry.code
    assert [] == verified(hub).differences
    replay_held(hub.store, hub.spec("ledger"), [entry.id], actor="anne", instead=instead)
    former = [] if instead else [("F1", "2025-01-01", 10_000)]
    assert [*former, ("F1", "2026-01-01", 10_000), ("X", "2026-09-01", 10_000)] == owed(hub)
    assert [] == quarantine.list_held(hub.desk)
    assert {} == counted(sync(hub, "ledger"))
    assert [] == verified(hub).differences


@pytest.mark.parametrize(
    ("due", "attached"), [("2025-02-15", ["2025-01-10"]), ("2026-02-15", ["2026-01-12"]), ("2024-12-31", [])]
)
def test_instalments_of_a_repeated_number(
    tmp_path: Path, database_url: str, without_processes: None, due: str, attached: list[str]
) -> None:
    """F1 of 2025 and F1 of 2026: an instalment belongs to the one issued last before it is due; else it is named."""
    hub = make_hub(tmp_path, database_url, LEDGER + 'instalments = "parts.csv"\n')
    export(tmp_path, row("F1", issued="2025-01-10", due=""), row("F1", issued="2026-01-12", due=""))
    write_csv(tmp_path / "parts.csv", "invoice_number;due_on;amount", f"F1;{due};100,00")
    sync(hub, "ledger")
    found = view(hub.desk)
    items = list(found.ledger.items)
    assert attached == [item.issued_on.isoformat() for item in items if item.due_basis == "instalments"]
    assert ([] if attached else ["ambiguous_document"]) == [anomaly.kind for anomaly in found.ledger.anomalies]
