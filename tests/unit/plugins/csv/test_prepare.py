"""A file that changed is looked through before it is asked for: the same pages as without, and never an old look."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hub.plugins.csv.config import CsvConfig
from hub.plugins.csv.source import CsvSource
from hub.sdk import Context
from tests.unit.plugins.csv.tables import Result, run

TIMES = count(1_800_000_000)
ROWS = ("F1;C1;2026-09-01;12,00", "F2;C2;2026-09-02;13,00", "F3;C3;2026-09-03;14,00")


class Told(CsvSource):
    """Tells which files it sniffed."""

    sniffs: list[str]

    def sniff(self, source: Any, kind: str) -> Any:
        self.sniffs.append(source.name)
        return super().sniff(source, kind)


def write(path: Path, *rows: str) -> None:
    """The file, with a time of its own each time it is written."""
    path.write_text("\n".join(["number;debtor_id;issued_on;total", *rows, ""]), encoding="cp1252")
    at = next(TIMES)
    os.utime(path, (at, at))


def facts(found: Result) -> Any:
    """What a run came to, to be compared."""
    return found.units, found.records, found.codes, found.skipped, found.notes, found.cursor


def begun(folder: Path, *, prepared: bool = True) -> Told:
    """A source as a run gets it: made anew, and prepared."""
    source = Told(
        CsvConfig(plugin="csv", invoices=folder / "in*.csv", settle_s=0), Context("x", work_folder=folder / "w")
    )
    source.sniffs = []
    if prepared:
        source.prepare()
    return source


def test_nothing_is_read_early_the_first_time_nor_untouched(tmp_path: Path) -> None:
    write(tmp_path / "in1.csv", *ROWS[:1])
    first = begun(tmp_path)
    assert [] == first.sniffs
    cursor = run(first).cursor
    assert ["in1.csv"] == first.sniffs
    again = begun(tmp_path)
    run(again, cursor=cursor)
    assert [] == again.sniffs


def test_what_changed_is_read_early_and_once(tmp_path: Path) -> None:
    """A changed file, or a new one beside it; what comes of it is the same as without."""
    for name in ("in1.csv", "in2.csv"):
        write(tmp_path / name, *ROWS[:1])
        cursor = run(begun(tmp_path)).cursor
    write(tmp_path / "in2.csv", *ROWS[:2])
    hint = (tmp_path / "w" / "looked-at.json").read_bytes()
    source = begun(tmp_path)
    assert ["in2.csv"] == source.sniffs
    early = facts(run(source, cursor=cursor))
    assert ["in2.csv"] == source.sniffs
    (tmp_path / "w" / "looked-at.json").write_bytes(hint)
    assert early == facts(run(begun(tmp_path, prepared=False), cursor=cursor))
    write(tmp_path / "in3.csv", *ROWS)
    assert ["in3.csv"] == begun(tmp_path).sniffs


def test_a_file_that_changed_again_meanwhile_is_looked_through_anew(tmp_path: Path) -> None:
    write(tmp_path / "in1.csv", *ROWS[:1])
    cursor = run(begun(tmp_path)).cursor
    write(tmp_path / "in1.csv", *ROWS[:2])
    source = begun(tmp_path)
    write(tmp_path / "in1.csv", *ROWS)
    found = run(source, cursor=cursor)
    assert ["in1.csv", "in1.csv"] == source.sniffs
    assert 3 == len(found.records) - len(found.of("debtor")) - len(found.of("seller"))
    assert facts(found) == facts(run(begun(tmp_path, prepared=False), cursor=cursor))


@pytest.mark.parametrize("hint", ["", "[]", "null", '{"invoices": 3}', json.dumps({"invoices": {"x": None}}), "\xff"])
def test_a_damaged_hint_is_none(tmp_path: Path, hint: str) -> None:
    write(tmp_path / "in1.csv", *ROWS)
    expected = facts(run(begun(tmp_path)))
    (tmp_path / "w" / "looked-at.json").write_text(hint, encoding="latin-1")
    assert expected == facts(run(begun(tmp_path)))
    (tmp_path / "w" / "looked-at.json").unlink()
    (tmp_path / "w").rmdir()
    (tmp_path / "w").write_text("no folder")
    assert expected == facts(run(begun(tmp_path)))
