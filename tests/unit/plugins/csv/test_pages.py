"""Pages, places, resumption, and what happens to files between two runs."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from hub.plugins.csv import CsvConfig
from hub.plugins.csv.files import Source
from hub.plugins.csv.source import CsvSource
from hub.plugins.csv.units import Units
from hub.sdk import ConfigError, SourceUnavailable
from hub.sdk.testing import FrozenClock, make_context
from tests.unit.plugins.csv.tables import read, run, source_of

HEAD = "number;debtor_id;issued_on;total\n"


def rows(count: int, prefix: str = "F") -> str:
    return "".join(f"{prefix}{i};C;13/01/2026;{i},00\n" for i in range(count))


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    """Size, time and settings equal: skipped, and named."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(10))
    first = run(source_of(tmp_path, invoices=path))
    again = run(source_of(tmp_path, invoices=path), cursor=first.cursor)
    assert ["invoices.csv"] == again.skipped
    assert not again.units


def test_a_touched_file_is_not_read_again(tmp_path: Path) -> None:
    """Another time, the same bytes."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(10))
    first = run(source_of(tmp_path, invoices=path))
    os.utime(path, (1, 1))
    again = run(source_of(tmp_path, invoices=path), cursor=first.cursor)
    assert ["invoices.csv"] == again.skipped
    assert ["invoices.csv"] == run(source_of(tmp_path, invoices=path), cursor=again.cursor).skipped


def test_a_changed_file_is_read_again_from_its_start(tmp_path: Path) -> None:
    """And the pages before the change have their former fingerprints."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(20))
    first = run(source_of(tmp_path, invoices=path), limit=5)
    path.write_text(HEAD + rows(21))
    again = run(source_of(tmp_path, invoices=path), limit=5, cursor=first.cursor)
    assert 21 == len(again.units)
    assert [page.fingerprint for page in first.pages[:4]] == [page.fingerprint for page in again.pages[:4]]


def test_a_known_page_is_never_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetching costs a read and a digest until somebody looks at the units."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(20))
    monkeypatch.setattr("hub.plugins.csv.units.Pending.parse", lambda self: pytest.fail("parsed"))
    page = source_of(tmp_path, invoices=path).fetch("invoices", None, 5_000)
    assert page.fingerprint
    assert page.last


def test_settings_that_change_the_reading_read_again(tmp_path: Path) -> None:
    """A corrected configuration applies to files already read."""
    path = tmp_path / "invoices.csv"
    path.write_text("Foo;debtor_id;issued_on;total\n" + rows(3))
    held = run(source_of(tmp_path, invoices=path))
    assert ["HUB-CSV-001"] == held.codes
    assert 3 == held.units[0].lines
    columns = {"invoices": {"number": "Foo"}}
    mended = run(source_of(tmp_path, invoices=path, columns=columns), cursor=held.cursor)
    assert 3 == len(mended.of("invoice"))
    replayed = source_of(tmp_path, invoices=path, columns=columns)
    unit = held.units[0]
    bare = type(unit)(unit.ref, unit.body, unit.layout, unit.place)
    assert [] == list(replayed.map("invoices", bare))


def test_a_held_row_is_replayed_under_a_new_setting(tmp_path: Path) -> None:
    """The layout says what the file is, the configuration how it is read: the stored row is enough."""
    result = read(tmp_path, HEAD + "A;C;13/01/2026;1,00\nB;C;13/01/2026;12.34\n")
    assert ["HUB-CSV-012"] == result.codes
    source = source_of(tmp_path, invoices=tmp_path / "invoices.csv", decimal=".")
    assert 1234 == source.map("invoices", result.units[1])[0].total_minor  # type: ignore[attr-defined]


def test_places_are_right_after_a_resume(tmp_path: Path) -> None:
    """Lines are counted through title lines, blank lines, quoted line breaks and restarts."""
    text = "title\n\n" + HEAD + 'A;"C\n\n1";13/01/2026;1,00\n\nB;C;x;1,00\nD;C;13/01/2026;1,00\nE;C;y;2,00\n'
    whole = read(tmp_path, text)
    places = ["invoices.csv:4", "invoices.csv:8", "invoices.csv:9", "invoices.csv:10"]
    assert places == [unit.place for unit in whole.units]
    assert ["invoices.csv:8:issued_on", "invoices.csv:10:issued_on"] == [one.where for one in whole.rejected]
    found, cursor, last = [], None, False
    while not last:
        page = source_of(tmp_path, invoices=tmp_path / "invoices.csv").fetch("invoices", cursor, 1)
        found += [unit.place for unit in page.units]
        cursor, last = page.cursor, page.last
    assert places == found


def test_ranks_are_right_after_a_resume(tmp_path: Path) -> None:
    """Genuine twins of one day stay two, and keep their refs in any page and process."""
    twin = "31/01/2026;5,00;same\n"
    path = tmp_path / "receipts.csv"
    path.write_text("received_on;amount;remittance\n" + twin * 3 + "31/01/2026;6,00;other\n" + twin)
    whole = [unit.ref for unit in run(source_of(tmp_path, receipts=path), "receipts").units]
    assert 5 == len(set(whole))
    found, cursor, last = [], None, False
    while not last:
        page = source_of(tmp_path, receipts=path).fetch("receipts", cursor, 2)
        found += [unit.ref for unit in page.units]
        cursor, last = page.cursor, page.last
    assert whole == found


def test_overlapping_exports_give_the_same_refs(tmp_path: Path) -> None:
    """The same movements in two files are the same units."""
    one = read(tmp_path, "received_on;amount;remittance\n30/01/2026;1,00;a\n31/01/2026;5,00;b\n", "receipts")
    two = read(tmp_path, "Date;Libellé;Montant\n2026-01-31;b;5,00\n2026-02-01;c;7,00\n", "receipts")
    assert one.units[1].ref == two.units[0].ref


def test_a_file_that_changes_while_it_is_read_is_left(tmp_path: Path) -> None:
    """Pages already given stand; the rest is for the next run, which reads the file from its start."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(10))
    source = source_of(tmp_path, invoices=path)
    page = source.fetch("invoices", None, 4)
    path.write_text(HEAD + rows(12))
    rest = source.fetch("invoices", page.cursor, 4)
    assert rest.last
    assert not rest.units
    assert ["invoices.csv (changed while it was read, left for the next run)"] == list(rest.skipped)
    assert 12 == len(run(source_of(tmp_path, invoices=path), cursor=rest.cursor).units)


def test_a_file_changed_between_two_processes_is_read_from_its_start(tmp_path: Path) -> None:
    """An interrupted run that finds another file begins it anew."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(10))
    page = source_of(tmp_path, invoices=path).fetch("invoices", None, 4)
    path.write_text(HEAD + rows(12))
    assert 12 == len(run(source_of(tmp_path, invoices=path), cursor=page.cursor).units)


def test_a_file_deleted_during_the_run(tmp_path: Path) -> None:
    """A glob goes on without it; a named file is missed by name."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(HEAD + rows(4, name))
    page = source_of(tmp_path, invoices=tmp_path / "*.csv").fetch("invoices", None, 4)
    (tmp_path / "b.csv").unlink()
    rest = source_of(tmp_path, invoices=tmp_path / "*.csv").fetch("invoices", page.cursor, 4)
    assert rest.last
    assert any("is gone" in name for name in rest.skipped)
    with pytest.raises(SourceUnavailable, match=r"HUB-CSV-030.*b\.csv"):
        source_of(tmp_path, invoices=tmp_path / "b.csv").fetch("invoices", None, 4)


def test_a_fresh_file_is_left_until_it_has_settled(tmp_path: Path) -> None:
    """`settle_s` seconds without a change; said so among the skipped."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(4))
    clock = FrozenClock()
    os.utime(path, (clock.instant.timestamp() - 10,) * 2)
    config = CsvConfig(plugin="csv", invoices=path, settle_s=60)
    page = CsvSource(config, make_context(tmp_path, clock=clock)).fetch("invoices", None, 10)
    assert page.last
    assert "still being written" in page.skipped[0]
    os.utime(path, (clock.instant.timestamp() - 61,) * 2)
    assert 4 == len(run(CsvSource(config, make_context(tmp_path, clock=clock)), cursor=page.cursor).units)


def test_a_snapshot_is_whole_or_says_so(tmp_path: Path) -> None:
    """One changed file: all are read. A held file, a missing file, a fresh file: the run is not complete."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(HEAD + rows(4, name))
    settings = {"invoices": tmp_path / "*.csv", "mode": "snapshot"}
    first = run(source_of(tmp_path, **settings))
    assert 8 == len(first.units)
    assert ["a.csv", "b.csv"] == run(source_of(tmp_path, **settings), cursor=first.cursor).skipped
    (tmp_path / "b.csv").write_text(HEAD + rows(3, "b"))
    assert 7 == len(run(source_of(tmp_path, **settings), cursor=first.cursor).units)
    (tmp_path / "b.csv").write_text("nothing;of;use\n1;2;3\n")
    source = source_of(tmp_path, **settings)
    page = source.fetch("invoices", first.cursor, 100)
    page = source.fetch("invoices", page.cursor, 100)
    assert page.units[0].rejected
    assert not page.last
    with pytest.raises(SourceUnavailable, match="HUB-CSV-034"):
        source.fetch("invoices", page.cursor, 100)
    with pytest.raises(SourceUnavailable, match="HUB-CSV-034"):
        source_of(tmp_path, invoices=tmp_path / "none*.csv", mode="snapshot").fetch("invoices", None, 1)


def test_many_files_in_order_of_name(tmp_path: Path) -> None:
    """Globs below folders, archives among them; each file once; the latest word on a row counts."""
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "a.csv").write_text(HEAD + rows(1, "a"))
    (tmp_path / "2026" / "b.csv.gz").write_bytes(gzip.compress((HEAD + rows(1, "b")).encode()))
    (tmp_path / "2026" / ".hidden.csv").write_text("x")
    source = source_of(tmp_path, invoices=[tmp_path / "**" / "*.csv*", tmp_path / "2026" / "a.csv"])
    result = run(source)
    assert ["2026/a.csv:2", "2026/b.csv.gz:2"] == [unit.place for unit in result.units]
    assert "by_origin" == source.streams()[0].repeats
    assert 2 == len(run(source_of(tmp_path, invoices=tmp_path / "2026")).units)


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    """A glob takes regular files only."""
    os.mkfifo(tmp_path / "a.csv")
    assert not run(source_of(tmp_path, invoices=tmp_path / "*.csv")).units


def test_an_unreadable_file(tmp_path: Path) -> None:
    """A folder instead of a file, a foreign cursor: clear words."""
    path = tmp_path / "x.csv"
    with pytest.raises(SourceUnavailable, match="HUB-CSV-030"):
        Source(path, "x.csv").stamp()
    path.write_text(HEAD)
    with pytest.raises(ConfigError, match="HUB-CSV-035"):
        source_of(tmp_path, invoices=path).fetch("invoices", "garbage", 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_a_page_never_exceeds_its_bytes(tmp_path: Path, limit: int) -> None:
    """Long rows make short pages; the units are those of one large page."""
    text = HEAD + "".join(f'N{i};"{"x" * 60_000}\n{i}";13/01/2026;1,00\n' for i in range(60))
    whole = [(unit.ref, unit.body) for unit in read(tmp_path, text).units]
    parts = run(source_of(tmp_path, invoices=tmp_path / "invoices.csv"), limit=limit)
    assert whole == [(unit.ref, unit.body) for unit in parts.units]
    assert all(sum(len(unit.body) for unit in page.units) < 4 * 1024**2 for page in parts.pages)


def test_units_in_columns_are_the_units(tmp_path: Path) -> None:
    """A choice of a page's rows, quoted and broken ones among them, gives the very units of the whole page."""
    text = HEAD + rows(6) + 'F9;"two\nlines";13/01/2026;1,00\n' + "F10;C;bad;2,00\n" + 'F11;"open;13/01/2026;1,00\n'
    path = tmp_path / "invoices.csv"
    path.write_text(text)
    first, again = (source_of(tmp_path, invoices=path).fetch("invoices", None, 5_000).units for _ in range(2))
    assert isinstance(first, Units)
    assert isinstance(again, Units)
    marks, chosen = first.marks(), [1, 5, 6, 7, 8]
    assert len(marks) == len(set(marks)) == len(first) == 9
    some = again.only(chosen)
    assert some is not None
    told = [[(u.ref, u.body, u.layout, u.place, str(u.rejected)) for u in units] for units in (first, some)]
    assert [told[0][i] for i in chosen] == told[1]
    assert [marks[i] for i in chosen] == some.marks()


def test_rows_that_are_no_records_make_no_marks(tmp_path: Path) -> None:
    """A blank line or a total is no unit: row and unit do not go together, so the page is told by its units."""
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + rows(3) + ";;;\n" + rows(2, "G"))
    units = source_of(tmp_path, invoices=path).fetch("invoices", None, 5_000).units
    assert isinstance(units, Units)
    assert 5 == len(units)
    assert [] == units.marks()
    assert units.only([3]) is None


@pytest.mark.parametrize(("cell", "remedy"), [("12.50", 'or set decimal = "."'), ("12..50", "correct the cell, then")])
def test_the_other_decimal_mark_is_offered_where_it_helps(tmp_path: Path, cell: str, remedy: str) -> None:
    """Only a text that could be read with it."""
    found = read(tmp_path, HEAD + rows(3) + f"X;C;13/01/2026;{cell}\n", decimal=",")
    assert ["HUB-CSV-012"] == found.codes
    assert remedy in found.rejected[0].mend
