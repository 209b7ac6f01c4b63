"""Pages of which little changed are written together: the facts, the counts and the proof are as if each went alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hub.app.bootstrap import Hub
from hub.core.store import tables as t
from hub.core.sync import gathering, pages, recalling
from hub.core.sync.pages import PageReader
from hub.plugins.csv import mapping
from hub.plugins.csv.mapping_invoices import invoice_refs
from hub.sdk.errors import SourceUnavailable
from tests.integration.test_changed_files import HEADER, LEDGER, edited, row
from tests.support.hubs import column, content, counted, differences, make_hub, run, sync, verified

pytestmark = pytest.mark.usefixtures("in_process")


def write(path: Path, lines: list[str]) -> None:
    """The file with these rows."""
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="cp1252")


@pytest.mark.long_on_postgres
@pytest.mark.parametrize("mode", ["append", "snapshot"])
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 30))])
def test_together_or_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, seed: int, mode: str
) -> None:
    """Two hubs read the same changing files: one writes changed pages together, one each by itself.

    Some write many small groups, or recall few pages at once. A run that finds nothing changed brings nothing and
    misses nothing.
    """
    dice = random.Random(100 + seed)
    monkeypatch.setattr(gathering, "MAX_PAGES", (16, 1, 2)[seed % 3] if seed else 1)
    monkeypatch.setattr(recalling, "AT_ONCE", (16, 3)[seed % 2])
    folders = [tmp_path / "together", tmp_path / "alone"]
    urls = (database_url, f"sqlite:///{folders[1]}/hub.db")
    settings = LEDGER + f'mode = "{mode}"\nmissing = "withdrawn"\nmissing_percent = 100\n'
    hubs = [make_hub(folder, url, settings) for folder, url in zip(folders, urls, strict=True)]
    files = [[row(number, number * 10) for number in range(at, at + dice.randrange(8, 24))] for at in (0, 40, 80)]
    for _ in range(4):
        found = []
        for hub, folder in zip(hubs, folders, strict=True):
            for at, lines in enumerate(files):
                write(folder / f"in{at}.csv", lines)
            with monkeypatch.context() as patch:
                if folder.name == "alone":
                    patch.setattr(gathering.Gathered, "takes", lambda *_: False)
                found.append(counted(sync(hub, "ledger", page_units=3)))
        assert found[0] == found[1]
        assert [] == differences(content(hubs[0].store), content(hubs[1].store))
        assert {} == counted(sync(hubs[0], "ledger", page_units=3))
        for lines in files:  # in place, as most days: a row or two, and one at the end
            at = dice.randrange(len(lines))
            lines[at] = lines[at].rpartition(";")[0] + f";{dice.randrange(1, 9_000)},00"
            if dice.random() < 0.5:
                lines.append(row(dice.randrange(200, 900), 5))
        at = dice.randrange(len(files))
        files[at] = edited(files[at], dice)
    assert [] == verified(hubs[0]).differences


def changed_everywhere(tmp_path: Path, url: str) -> tuple[Hub, list[str]]:
    """A hub that read thirty rows, and the rows with every fifth one changed."""
    hub = make_hub(tmp_path, url, LEDGER)
    lines = [row(number, number) for number in range(30)]
    write(tmp_path / "invoices.csv", lines)
    sync(hub, "ledger", page_units=5)
    return hub, [row(number, number + 1_000 * (number % 5 == 2)) for number in range(30)]


def test_one_entry_of_the_journal_for_all(tmp_path: Path, database_url: str) -> None:
    """Six pages, a changed row in each: five changes make a transaction, for a page may have five rows."""
    hub, lines = changed_everywhere(tmp_path, database_url)
    before = len(column(hub.store, t.evidence.select()))
    write(tmp_path / "invoices.csv", lines)
    assert {"read": 30, "changed": 6, "same": 24} == counted(sync(hub, "ledger", page_units=5))
    assert 2 == len(column(hub.store, t.evidence.select())) - before
    assert {} == counted(sync(hub, "ledger", page_units=5))
    assert [] == verified(hub).differences


def test_pages_of_two_files_are_not_mixed(tmp_path: Path, database_url: str) -> None:
    """The second file begins with a page that stands: what changed in each file is kept as evidence of that file."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    first, second = ([row(number, number) for number in range(start, start + 12)] for start in (0, 20))
    write(tmp_path / "in1.csv", first)
    write(tmp_path / "in2.csv", second)
    sync(hub, "ledger", page_units=5)
    for lines in (first, second):
        lines[6] = lines[6].replace(",00", ",99")
        write(tmp_path / f"in{1 if lines is first else 2}.csv", lines)
    assert {"read": 24, "changed": 2, "same": 22} == counted(sync(hub, "ledger", page_units=5))
    proof = t.evidence.c
    changed = t.evidence.select().with_only_columns(proof.origin).where(proof.unit_count == 1).order_by(proof.id)
    assert ["in1.csv", "in2.csv"] == column(hub.store, changed)


def test_pages_in_each_others_way_are_written_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """A changed row takes number and year of a row of another file: it is held, with its place; its neighbours pass.

    The refs are those of a source that knows its rows without the year; with the year in them it would be a new row.
    """
    monkeypatch.setattr(mapping, "invoice_refs", lambda table: [ref[:-5] for ref in invoice_refs(table)])
    hub, lines = changed_everywhere(tmp_path, database_url)
    write(tmp_path / "in2.csv", [row(12, 70).replace("F012", "f012").replace("/2026", "/2025")])
    assert {"read": 1, "new": 1} == counted(sync(hub, "ledger", page_units=5))
    lines[12] = lines[12].replace("/2026", "/2025")
    write(tmp_path / "invoices.csv", lines)
    assert {"read": 30, "changed": 5, "same": 24, "held": 1} == counted(sync(hub, "ledger", page_units=5))
    held = t.held.select().with_only_columns(t.held.c.place).where(t.held.c.code == "HUB-REC-002")
    assert ["invoices.csv (record 3 of page 3)"] == column(hub.store, held)
    assert [] == verified(hub).differences


def test_a_row_comes_behind_the_last_page_that_changed(tmp_path: Path, database_url: str) -> None:
    """What most exports do: a row here and there changes, and a new one comes at the end of the last page."""
    hub, lines = changed_everywhere(tmp_path, database_url)
    write(tmp_path / "invoices.csv", [*lines[:28], row(28, 999)])
    sync(hub, "ledger", page_units=5)
    write(tmp_path / "invoices.csv", [row(0, 888), *lines[1:28], row(28, 777), row(40, 40)])
    assert {"read": 30, "new": 1, "changed": 2, "same": 27} == counted(sync(hub, "ledger", page_units=5))
    assert [] == verified(hub).differences


@pytest.mark.parametrize("missing", ["withdrawn", "settled"])
def test_a_snapshot_of_several_files_loses_nothing(tmp_path: Path, database_url: str, missing: str) -> None:
    """A row changes in the middle of each file; the next run, which finds the files untouched, misses no row."""
    text = LEDGER + f'mode = "snapshot"\nmissing = "{missing}"\n'
    hub = make_hub(tmp_path, database_url, text)
    files = [[row(number, number) for number in range(start, start + 12)] for start in (0, 20, 40)]
    for changes in (False, True):
        for at, lines in enumerate(files):
            lines[5] = lines[5].replace(",00", ",77") if changes else lines[5]
            write(tmp_path / f"in{at}.csv", lines)
        sync(hub, "ledger", page_units=3)
    before = content(hub.store)
    report = sync(hub, "ledger", page_units=3)
    assert 0 == report.counts.missing
    assert [] == differences(before, content(hub.store))


def test_a_group_that_is_refused_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """The data base refuses it: the run says so, and the next one finishes."""
    hub, lines = changed_everywhere(tmp_path, database_url)
    write(tmp_path / "invoices.csv", lines)
    monkeypatch.setattr(gathering, "MAX_PAGES", 1)
    with monkeypatch.context() as patch:

        def refuses(*_: object) -> None:
            raise SourceUnavailable(code="HUB-DB-003", what="no room", where="here", mend="make room")

        patch.setattr(pages, "commit_page", refuses)
        report = run(hub, "ledger", page_units=5)
        assert report.error is not None
        assert "no room" in str(report.error)
    assert {"read": 30, "changed": 6, "same": 24} == counted(sync(hub, "ledger", page_units=5))
    assert [] == verified(hub).differences


@pytest.mark.parametrize("twice_before", [True, False])
def test_a_row_that_contradicts_what_waits(tmp_path: Path, database_url: str, twice_before: bool) -> None:
    """The first page changes an invoice; the fourth says of it what was said before: held, as when each goes alone."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    lines = [row(number, number) for number in range(24)]
    if twice_before:
        lines[17] = lines[1]
    write(tmp_path / "invoices.csv", lines)
    sync(hub, "ledger", page_units=5)
    lines[17], lines[1] = lines[1], row(1, 777)
    write(tmp_path / "invoices.csv", lines)
    report = counted(sync(hub, "ledger", page_units=5))
    assert {"read": 24, "changed": 1, "same": 22, "held": 1} == report
    assert any("77700" in line for line in content(hub.store)["invoice"])
    assert [] == verified(hub).differences


def test_what_waits_is_written_when_the_connector_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """The file becomes unreadable behind the third page: the changes before it are kept, and counted."""
    hub, lines = changed_everywhere(tmp_path, database_url)
    write(tmp_path / "invoices.csv", lines)
    hear, heard = PageReader._hear_offer, []

    def failing(reader: PageReader) -> object:
        heard.append(1)
        if len(heard) == 4:
            raise pages.HubError(code="HUB-X-001", what="the disk went away", mend="bring it back")
        return hear(reader)

    with monkeypatch.context() as patch:
        patch.setattr(PageReader, "_hear_offer", failing)
        report = run(hub, "ledger", page_units=5)
    assert report.error is not None
    assert (15, 3, 12) == (report.counts.read, report.counts.changed, report.counts.same)
    assert {"read": 15, "changed": 3, "same": 12} == counted(sync(hub, "ledger", page_units=5))
