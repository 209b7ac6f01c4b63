"""What a sync promises about its numbers and its memory, with a connector that follows a script."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.core.services import held as quarantine
from hub.core.services.ledger import view
from hub.core.services.status import status
from hub.core.store import tables as t
from hub.core.store.reading import as_known
from hub.sdk.errors import HubError, SourceUnavailable
from tests.support.hubs import (
    column,
    content,
    counted,
    differences,
    dump,
    make_hub,
    records,
    replay,
    rows,
    run,
    sync,
    verified,
)
from tests.support.scripts import debtor, fetched, invoice, receipt, section, unit, write_script

pytestmark = [pytest.mark.usefixtures("in_process"), pytest.mark.long_on_postgres]

UNITS = [
    unit(f"u{n}", debtor(f"C{n % 3}", f"Client {n % 3}", stub=True), invoice(f"F{n}", n * 100, f"C{n % 3}"))
    for n in range(1, 9)
]
BAD = unit("bad", debtor("C9", "Client 9", stub=True), invoice("F-9", -5, "C9", unchecked=True))
REJECTED = {"ref": "no", "reject": "total 'twelve' is not a number"}


def test_counts_add_up_and_a_second_run_is_nothing(tmp_path: Path, database_url: str) -> None:
    """read = new + changed + same + held; the second run changes no row outside the run log."""
    hub = make_hub(tmp_path, database_url, section())
    write_script(tmp_path, [*UNITS, BAD, REJECTED])
    assert {"read": 10, "new": 8, "held": 2} == counted(sync(hub, "guest"))
    before = dump(hub.store)
    assert {"read": 10, "same": 8, "held": 2} == counted(sync(hub, "guest"))
    assert [] == differences(before, dump(hub.store))
    write_script(
        tmp_path,
        [
            *UNITS[:3],
            unit("u4", debtor("C1", "Client 1", stub=True), invoice("F4", 999, "C1")),
            *UNITS[4:],
            BAD,
            unit("u9", invoice("F9")),
        ],
    )
    assert {"read": 10, "new": 1, "changed": 1, "same": 7, "held": 1} == counted(sync(hub, "guest"))


def test_a_changed_record_keeps_its_former_version(tmp_path: Path, database_url: str) -> None:
    """The former value stands in the history, and is what was known on the day before."""
    clock = [1_000_000]
    hub = make_hub(tmp_path, database_url, section(), now=lambda: clock[0])
    write_script(tmp_path, UNITS)
    sync(hub, "guest")
    clock[0] = 2_000_000
    write_script(tmp_path, [*UNITS[:1], unit("u2", invoice("F2", 555, "C2")), *UNITS[2:]])
    sync(hub, "guest")
    now, then, before = (as_known("invoice", at) for at in (None, 1_999_999, 999_999))
    assert [(555, 2_000_000)] == rows(
        hub.store, sa.select(now.c.total_minor, now.c.recorded_at).where(now.c.number == "F2")
    )
    assert [(200, 1_000_000)] == rows(
        hub.store, sa.select(then.c.total_minor, then.c.recorded_at).where(then.c.number == "F2")
    )
    assert [] == rows(hub.store, sa.select(before.c.total_minor))
    assert 8 == len(column(hub.store, sa.select(then.c.id)))


def test_only_what_differs_is_superseded(tmp_path: Path, database_url: str) -> None:
    """Units whose bytes changed but whose facts did not are the same: only the others get a new version."""
    hub = make_hub(tmp_path, database_url, section())
    write_script(tmp_path, UNITS)
    sync(hub, "guest")
    touched = [{**entry, "note": "another export"} for entry in UNITS]
    touched[2] = unit("u3", invoice("F3", 1, "C0"), note="another export")
    touched[6] = unit("u7", invoice("F7", 2, "C1"), note="another export")
    write_script(tmp_path, touched)
    assert {"read": 8, "changed": 2, "same": 6} == counted(sync(hub, "guest"))
    invoices = as_known("invoice", None)
    found = rows(hub.store, sa.select(invoices.c.number, invoices.c.total_minor).order_by(invoices.c.number))
    assert [("F1", 100), ("F2", 200), ("F3", 1), ("F4", 400), ("F5", 500), ("F6", 600), ("F7", 2), ("F8", 800)] == found


@pytest.mark.parametrize("page_units", [1, 7])
def test_page_size_does_not_matter(tmp_path: Path, database_url: str, page_units: int) -> None:
    """Pages of one, of seven or of all: the same facts. Mentions of a debtor and the debtor itself in any order."""
    units = [
        *UNITS,
        unit("c1", debtor("C1", "Dupont SA", siren="552100554")),
        BAD,
        REJECTED,
        unit("r", receipt("R1", 5)),
    ]
    random.Random(page_units).shuffle(units)
    found = {}
    for size in (5000, page_units):
        folder = tmp_path / str(size)
        url = database_url if size == 5000 else f"sqlite:///{folder}/hub.db"
        write_script(folder, units)
        hub = make_hub(folder, url, section())
        sync(hub, "guest", page_units=size)
        found[size] = content(hub.store)
    assert [] == differences(found[5000], found[page_units])


def test_full_reads_everything_and_changes_nothing(tmp_path: Path, database_url: str) -> None:
    """`--full` ignores cursor and digests, deletes nothing, and respects what a person discarded."""
    hub = make_hub(tmp_path, database_url, section())
    write_script(tmp_path, [*UNITS, BAD, REJECTED], stream={"append": True})
    sync(hub, "guest", page_units=3)
    quarantine.discard_held(hub.desk, 1, "not ours")
    before, facts = dump(hub.store), content(hub.store)
    assert {"read": 10, "same": 9, "held": 1} == counted(sync(hub, "guest", full=True))
    assert [] == differences(facts, content(hub.store))
    assert [] == differences(records(before), records(dump(hub.store)))
    assert {} == counted(sync(hub, "guest"))


def test_another_mapping_is_applied_without_fetching(tmp_path: Path, database_url: str) -> None:
    """A setting that `map` depends on changed: kept units are mapped again, the source is not asked for them."""
    write_script(tmp_path, [*UNITS, REJECTED], stream={"append": True})
    sync(make_hub(tmp_path, database_url, section()), "guest")
    hub = make_hub(tmp_path, database_url, section(label="second reading"))
    before = fetched(tmp_path)
    assert {"read": 9, "changed": 8, "held": 1} == counted(sync(hub, "guest", page_units=3))
    assert ["facts 9"] == fetched(tmp_path)[len(before) :]
    assert {"second reading"} == set(column(hub.store, sa.select(as_known("invoice", None).c.label)))
    once = dump(hub.store)
    assert {} == counted(sync(hub, "guest"))
    assert [] == differences(once, dump(hub.store))


def test_a_record_the_hub_refuses_takes_its_unit_with_it(tmp_path: Path, database_url: str) -> None:
    """The parent validates: one faulty record holds its unit, and none of the unit's records is kept."""
    hub = make_hub(tmp_path, database_url, section())
    nul = unit("nul", invoice("F50"), receipt("R50", 5, remittance="a\0b", unchecked=True, received_on="2026-10-05"))
    write_script(tmp_path, [UNITS[0], BAD, nul])
    assert {"read": 3, "new": 1, "held": 2} == counted(sync(hub, "guest"))
    assert ["F1"] == column(hub.store, sa.select(t.invoice.c.number))
    assert [] == column(hub.store, sa.select(t.receipt.c.id))
    assert ["C1"] == column(hub.store, sa.select(as_known("debtor", None).c.debtor_id))
    first, second = quarantine.list_held(hub.desk)
    assert ("HUB-REC-001", "HUB-REC-001") == (first.code, second.code)
    assert "total_minor" in first.what
    assert "NUL" in second.what
    assert all((first.place, first.mend, first.excerpt, second.place, second.mend, second.excerpt))


def test_a_changed_unit_that_is_refused_stands_on_its_last_good_version(tmp_path: Path, database_url: str) -> None:
    """A typo in the next export does not make an invoice vanish: it stands as it was last understood, and says so."""
    clock = [1_000_000]
    hub = make_hub(tmp_path, database_url, section(), now=lambda: clock[0])
    write_script(tmp_path, UNITS[:2])
    sync(hub, "guest")
    good = records(dump(hub.store))
    for instant, words in ((2_000_000, "unreadable"), (3_000_000, "still unreadable")):
        clock[0] = instant
        write_script(tmp_path, [UNITS[0], {"ref": "u2", "reject": words}])
        assert {"read": 2, "same": 1, "held": 1} == counted(sync(hub, "guest"))
        assert [] == differences(good, records(dump(hub.store)))
        [entry] = quarantine.list_held(hub.desk)
        assert (words, 1_000_000) == (entry.what, entry.stands_since)
        assert {"guest": 1} == status(hub.desk).stale
        assert [] == verified(hub).differences
    clock[0] = 4_000_000
    write_script(tmp_path, UNITS[:2])
    assert {"read": 2, "same": 2} == counted(sync(hub, "guest"))
    assert [] == differences(good, records(dump(hub.store)))
    assert {"mended"} == set(column(hub.store, sa.select(t.held.c.state)))
    assert {} == status(hub.desk).stale


def test_a_unit_that_claims_the_number_of_another_stands_as_it_was(tmp_path: Path, database_url: str) -> None:
    """A changed unit whose new number belongs to another is held; its own invoice stands, its neighbours pass."""
    hub = make_hub(tmp_path, database_url, section())
    write_script(tmp_path, UNITS[:2])
    sync(hub, "guest")
    claims = unit("u1", debtor("C7", "Client 7", stub=True), invoice("F2", 1, "C7"))
    write_script(tmp_path, [claims, UNITS[1], UNITS[2], unit("u4", invoice("F4", 400, "C7"))])
    assert {"read": 4, "new": 2, "same": 1, "held": 1} == counted(sync(hub, "guest"))
    invoices = as_known("invoice", None)
    found = rows(hub.store, sa.select(invoices.c.number, invoices.c.total_minor).order_by(invoices.c.number))
    assert [("F1", 100), ("F2", 200), ("F3", 300), ("F4", 400)] == found
    assert "C7" in column(hub.store, sa.select(as_known("debtor", None).c.debtor_id)), "the mention is kept"
    assert [] == verified(hub).differences


def test_a_mapping_that_understands_less_leaves_what_was_understood(tmp_path: Path, database_url: str) -> None:
    """Held by a changed setting, not by the source: the records stand as the former setting gave them."""
    hub = make_hub(tmp_path, database_url, section())
    write_script(tmp_path, UNITS[:2], stream={"append": True})
    sync(hub, "guest")
    worse = make_hub(tmp_path, database_url, section(label="x" * 600))
    assert {"read": 2, "held": 2} == counted(sync(worse, "guest"))
    assert 2 == len(column(worse.store, sa.select(as_known("invoice", None).c.id)))
    assert {"guest": 2} == status(worse.desk).stale
    found = verified(worse)
    assert [] == found.differences
    assert any("former settings" in line for line in found.not_checked)
    mended = make_hub(tmp_path, database_url, section())
    assert {"read": 2, "same": 2} == counted(sync(mended, "guest"))
    assert {} == status(mended.desk).stale


def test_discard_is_a_decision_with_a_reason(tmp_path: Path, database_url: str) -> None:
    """Discarded: closed by a person, with a reason; the next runs leave it alone; a second time is refused."""
    hub = make_hub(tmp_path, database_url, section(), actor="anne")
    write_script(tmp_path, [UNITS[0], REJECTED])
    sync(hub, "guest")
    quarantine.discard_held(hub.desk, 1, "test invoice")
    closed = sa.select(t.held.c.state, t.held.c.closed_by, t.held.c.closed_because)
    assert [("discarded", "anne", "test invoice")] == rows(hub.store, closed)
    assert {"read": 2, "same": 2} == counted(sync(hub, "guest"))
    with pytest.raises(HubError, match="HUB-REC-020"):
        quarantine.discard_held(hub.desk, 1, "again")
    assert "discarded" == quarantine.show_held(hub.desk, 1).state


@pytest.mark.parametrize("page_units", [1, 5000])
def test_the_same_number_twice_with_other_content(tmp_path: Path, database_url: str, page_units: int) -> None:
    """Inside one run the first stands and the second is held; the next run finds both as they were."""
    hub = make_hub(tmp_path, database_url, section())
    second = unit("u1", invoice("F1", 77))
    write_script(tmp_path, [UNITS[0], UNITS[1], second, unit("other", invoice("f 2", 5))])
    assert {"read": 4, "new": 2, "held": 2} == counted(sync(hub, "guest", page_units=page_units))
    assert {"HUB-REC-002", "HUB-REC-003"} == {entry.code for entry in quarantine.list_held(hub.desk)}
    assert [100, 200] == column(hub.store, sa.select(as_known("invoice", None).c.total_minor).order_by("total_minor"))
    before = dump(hub.store)
    assert {"read": 4, "same": 2, "held": 2} == counted(sync(hub, "guest", page_units=page_units))
    assert [] == differences(before, dump(hub.store))
    write_script(tmp_path, [UNITS[0], UNITS[1]])
    sync(hub, "guest", page_units=page_units)
    assert (0, 2) == replay(hub, "guest")


def test_identical_repetitions_are_one(tmp_path: Path, database_url: str) -> None:
    """The very same unit three times in a run is one unit, met three times."""
    hub = make_hub(tmp_path, database_url, section())
    write_script(tmp_path, [UNITS[0], UNITS[0], UNITS[1], UNITS[0]])
    assert {"read": 4, "new": 2, "same": 2} == counted(sync(hub, "guest", page_units=3))
    before = dump(hub.store)
    assert {"read": 4, "same": 4} == counted(sync(hub, "guest", page_units=3))
    assert [] == differences(before, dump(hub.store))


def test_the_latest_word_counts_where_the_stream_says_so(tmp_path: Path, database_url: str) -> None:
    """`repeats = latest`: the second telling supersedes the first, nothing is held."""
    hub = make_hub(tmp_path, database_url, section())
    units = [UNITS[0], unit("u1", debtor("C1", "Client 1", stub=True), invoice("F1", 77))]
    write_script(tmp_path, units, stream={"repeats": "latest"})
    assert 0 == sync(hub, "guest", page_units=1).counts.held
    assert [77] == column(hub.store, sa.select(as_known("invoice", None).c.total_minor))


@pytest.mark.parametrize("page_units", [1, 5000])
def test_a_unit_may_change_its_key(tmp_path: Path, database_url: str, page_units: int) -> None:
    """A corrected number moves the fact: the former key is withdrawn and free for another unit."""
    hub = make_hub(tmp_path, database_url, section())
    write_script(tmp_path, [unit("a", invoice("F1", 10)), unit("b", invoice("F2", 20))])
    sync(hub, "guest")
    write_script(tmp_path, [unit("a", invoice("F3", 10)), unit("b", invoice("F1", 20)), unit("c", invoice("F2", 30))])
    assert {"read": 3, "new": 1, "changed": 2} == counted(sync(hub, "guest", page_units=page_units))
    invoices = as_known("invoice", None)
    found = rows(hub.store, sa.select(invoices.c.number, invoices.c.total_minor).order_by(invoices.c.number))
    assert [("F1", 20), ("F2", 30), ("F3", 10)] == found


def test_numbers_belong_to_their_connector(tmp_path: Path, database_url: str) -> None:
    """Two connectors with the same numbers keep their own invoices; a renamed section keeps its ledger by its id."""
    hub = make_hub(tmp_path, database_url, section() + section("other"))
    write_script(tmp_path, [unit("u", invoice("F1", 10))])
    write_script(tmp_path, [unit("u", invoice("F1", 20))], name="other")
    sync(hub, "guest")
    assert {"read": 1, "new": 1} == counted(sync(hub, "other"))
    assert [10, 20] == column(hub.store, sa.select(as_known("invoice", None).c.total_minor).order_by("total_minor"))
    write_script(tmp_path, [unit("u", invoice("F1", 10))], name="renamed")
    renamed = make_hub(tmp_path, database_url, section("renamed", id="guest"))
    assert {"read": 1, "same": 1} == counted(sync(renamed, "renamed"))


def test_a_mention_never_overwrites(tmp_path: Path, database_url: str) -> None:
    """A stub gives way to the account, never the reverse; an account once mentioned stays known by its name."""
    hub = make_hub(tmp_path, database_url, section())
    real = unit("c", debtor("C1", "Dupont SA", siren="552100554"))
    write_script(tmp_path, [UNITS[0], real])
    sync(hub, "guest")
    debtors = as_known("debtor", None)
    known = sa.select(debtors.c.debtor_id, debtors.c.name, debtors.c.stub).order_by(debtors.c.debtor_id)
    assert [("C1", "Dupont SA", False)] == rows(hub.store, known)
    write_script(tmp_path, [UNITS[0], real, UNITS[3], UNITS[1], UNITS[4]])
    sync(hub, "guest", page_units=1)
    assert [("C1", "Dupont SA", False), ("C2", "Client 2", True)] == rows(hub.store, known)
    write_script(tmp_path, [UNITS[0], real, UNITS[3], unit("u2", invoice("F2", 200, "C1")), UNITS[4]])
    sync(hub, "guest", page_units=1)
    assert [("C1", "Dupont SA", False), ("C2", "Client 2", True)] == rows(hub.store, known)


@pytest.mark.parametrize("missing", ["withdrawn", "settled", "keep"])
def test_what_a_snapshot_no_longer_has(tmp_path: Path, database_url: str, missing: str) -> None:
    """Missing from a complete snapshot: withdrawn, taken as settled, or kept; counted apart; back when it is back."""
    hub = make_hub(tmp_path, database_url, section())
    stream = {"mode": "snapshot", "missing": missing}
    write_script(tmp_path, [*UNITS, REJECTED], stream=stream)
    sync(hub, "guest", page_units=3)
    before = content(hub.store)
    write_script(tmp_path, UNITS[2:], stream=stream)
    lost = {} if missing == "keep" else {"missing": 3}
    assert {"read": 6, "same": 6, **lost} == counted(sync(hub, "guest", page_units=3))
    left = column(hub.store, sa.select(as_known("invoice", None).c.number).order_by("number"))
    assert [f"F{n}" for n in range(3 if missing == "withdrawn" else 1, 9)] == left
    again = dump(hub.store)
    assert {"read": 6, "same": 6} == counted(sync(hub, "guest", page_units=3))
    assert [] == differences(again, dump(hub.store))
    write_script(tmp_path, [*UNITS, REJECTED], stream=stream)
    assert 9 == sync(hub, "guest", page_units=3).counts.read
    assert [] == differences(before, content(hub.store))


def test_nothing_is_missing_while_something_is_held(tmp_path: Path, database_url: str) -> None:
    """The held record may be the one that seems missing: what is gone is told when it is mended, not before."""
    hub = make_hub(tmp_path, database_url, section())
    stream = {"mode": "snapshot", "missing": "withdrawn"}
    write_script(tmp_path, UNITS, stream=stream)
    sync(hub, "guest")
    write_script(tmp_path, [*UNITS[1:], REJECTED], stream=stream)
    assert {"read": 8, "same": 7, "held": 1} == counted(sync(hub, "guest"))
    assert {"read": 8, "same": 7, "held": 1} == counted(sync(hub, "guest"))
    write_script(tmp_path, [*UNITS[1:], unit("no", invoice("F12"))], stream=stream)
    assert {"read": 8, "same": 7, "changed": 1, "missing": 1} == counted(sync(hub, "guest"))


def test_an_interrupted_snapshot_loses_nothing(tmp_path: Path, database_url: str) -> None:
    """A run that ended early says nothing about what is missing, nor does the run that takes up where it ended."""
    hub = make_hub(tmp_path, database_url, section())
    stream = {"mode": "snapshot", "missing": "withdrawn"}
    units = [{**entry, "origin": "first" if n < 3 else "second"} for n, entry in enumerate(UNITS)]
    write_script(tmp_path, units, stream=stream, fail_at=6)
    report = run(hub, "guest", page_units=3)
    assert "incomplete" == report.state
    assert isinstance(report.error, SourceUnavailable)
    assert {"read": 6, "new": 6} == counted(report)
    assert [(False, 2)] == rows(hub.store, sa.select(t.run_stream.c.complete, t.run_stream.c.pages))
    write_script(tmp_path, units, stream=stream)
    assert 0 == sync(hub, "guest", page_units=3).counts.missing
    assert 8 == len(column(hub.store, sa.select(as_known("invoice", None).c.id)))


def test_a_repetition_is_seen_after_an_interruption(tmp_path: Path, database_url: str) -> None:
    """The run that goes on where another was ended remembers what that one read: the second telling is held."""
    hub = make_hub(tmp_path, database_url, section())
    units = [*UNITS[:4], unit("u1", invoice("F1", 77))]
    write_script(tmp_path, units, fail_at=2)
    run(hub, "guest", page_units=2)
    write_script(tmp_path, units)
    assert {"read": 3, "new": 2, "held": 1} == counted(sync(hub, "guest", page_units=2))
    assert 100 == min(column(hub.store, sa.select(as_known("invoice", None).c.total_minor)))


def test_a_source_without_objects_is_asked_about(tmp_path: Path, database_url: str) -> None:
    """A source that only ever adds gives a number again in the next year, days later: held with a question."""
    hub = make_hub(tmp_path, database_url, section())
    stream = {"append": True}
    units = [unit("a", invoice("F1", 10, issued_on="2025-12-30")), unit("b", invoice("F2", 10, issued_on="2025-01-02"))]
    write_script(tmp_path, units, stream=stream)
    sync(hub, "guest")
    units += [
        unit("c", invoice("F1", 10, issued_on="2026-01-03")),
        unit("d", invoice("F2", 20, issued_on="2026-01-05")),
    ]
    write_script(tmp_path, units, stream=stream)
    assert {"read": 2, "new": 1, "held": 1} == counted(sync(hub, "guest"))
    [entry] = quarantine.list_held(hub.desk)
    assert ("HUB-REC-004", "F1") == (entry.code, entry.excerpt.split()[1])
    assert 3 == len(column(hub.store, sa.select(as_known("invoice", None).c.id)))


def test_settlements_of_a_repeated_number(tmp_path: Path, database_url: str) -> None:
    """A lettrage without issue date settles the invoice of its debtor issued last before it; else it is named."""
    hub = make_hub(tmp_path, database_url, section())

    def line(number: int, debtor_id: str, settled_on: str) -> dict[str, object]:
        return {
            "kind": "settlement_line", "seller": "ACME", "settlement_id": f"L{number}", "line": 1,
            "debtor_id": debtor_id, "settled_on": settled_on, "target": "invoice", "document_number": "F1",
            "amount_minor": number, "currency": "EUR",
        }  # fmt: skip

    write_script(
        tmp_path,
        [
            unit("a", invoice("F1", 100, "C1", issued_on="2024-02-01", due_on="2024-03-01")),
            unit("b", invoice("F1", 100, "C1", issued_on="2025-02-01", due_on="2025-03-01")),
            unit("c", invoice("F1", 100, "C2", issued_on="2026-02-01", due_on="2026-03-01")),
            unit("l1", line(1, "C1", "2024-03-01")),
            unit("l2", line(2, "C1", "2026-09-01")),
            unit("l4", line(4, "C2", "2026-02-01")),
            unit("l8", line(8, "C2", "2025-09-01")),
        ],
    )
    sync(hub, "guest")
    found = view(hub.desk).ledger
    assert [99, 98, 96] == [item.open_minor for item in sorted(found.items, key=lambda item: item.issued_on)]
    assert [("ambiguous_document", 8)] == [(anomaly.kind, anomaly.amount_minor) for anomaly in found.anomalies]
    assert [] == verified(hub).differences
