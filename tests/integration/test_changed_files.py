"""A CSV file that changes between two runs: rows are known by their marks, and the facts are as if all were read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hub.core.host.server import Server
from hub.core.store import tables as t
from hub.core.store.streams import Counts
from hub.core.sync import sync_connector
from hub.core.sync.pages import PageReader
from hub.plugins.csv.units import Units
from tests.support.hubs import column, content, counted, differences, make_hub, spec_of, sync

HEADER = "number;debtor_id;debtor_name;issued_on;total"
LEDGER = '[connector.ledger]\nplugin = "csv"\ninvoices = "in*.csv"\n'

pytestmark = [pytest.mark.usefixtures("in_process"), pytest.mark.long_on_postgres]


def row(number: int, total: int) -> str:
    """An invoice of one of four debtors."""
    return f"F{number:03d};C{number % 4};Société {number % 4};{1 + number % 28:02d}/09/2026;{total},00"


def edited(lines: list[str], dice: random.Random) -> list[str]:
    """Some of what people do to a file: rows change, come, go, move, stand twice; blank lines, a header once more."""
    lines = list(lines)
    for _ in range(dice.randrange(1, 5)):
        at, number = dice.randrange(len(lines)), dice.randrange(100, 400)
        act = dice.choice(["change", "change", "insert", "top", "delete", "twice", "blank", "bad", "swap"])
        if act == "change":
            lines[at] = row(dice.randrange(40), dice.randrange(1, 9_000))
        elif act == "insert":
            lines.insert(at, row(number, number))
        elif act == "top":
            lines[0:0] = [row(number, number), row(number + 1, number)]
        elif act == "delete":
            del lines[at]
        elif act == "twice":
            lines.insert(dice.randrange(len(lines)), lines[at])
        elif act == "blank":
            lines.insert(at, dice.choice(["", HEADER, "Total;;;;12,00"]))
        elif act == "bad":
            lines[at] = f"F{number};C1;Société 1;31/02/2026;{dice.choice(['12', 'twelve'])}"
        else:
            lines[at], lines[0] = lines[0], lines[at]
    said: dict[str, str] = {}  # one number, one content: of two that differ either may stand, and one is held
    return [line for line in lines if said.setdefault(line.split(";")[0] or line, line) == line]


@pytest.mark.parametrize("seed", range(4))
def test_marks_change_nothing_but_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Two hubs read the same changing file, one by marks, one without: the same counts and facts after each run."""
    dice = random.Random(seed)
    folders = [tmp_path / "marks", tmp_path / "plain"]
    hubs = [make_hub(folder, f"sqlite:///{folder}/hub.db", LEDGER) for folder in folders]
    lines = [row(number, number * 10) for number in range(dice.randrange(1, 40))]
    for _ in range(6):
        text = "\n".join([HEADER, *lines, ""])
        found = []
        for hub, folder in zip(hubs, folders, strict=True):
            (folder / "invoices.csv").write_text(text, encoding="cp1252")
            with monkeypatch.context() as patch:
                if folder.name == "plain":
                    patch.setattr(Units, "marks", lambda self: [])
                found.append(counted(sync(hub, "ledger", page_units=7)))
        assert found[0] == found[1]
        assert [] == differences(content(hubs[0].store), content(hubs[1].store))
        lines = edited(lines, dice)


@pytest.mark.parametrize("before", [True, False])
def test_what_is_known_stands(tmp_path: Path, database_url: str, before: bool) -> None:
    """A number comes a second time with another amount, above or below: the known one stands, the other is held."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    lines = [row(number, number) for number in range(10)]
    path = tmp_path / "invoices.csv"
    path.write_text("\n".join([HEADER, *lines, ""]))
    sync(hub, "ledger")
    lines.insert(2 if before else 8, row(5, 999))
    path.write_text("\n".join([HEADER, *lines, ""]))
    facts = content(hub.store)["invoice"]
    assert {"read": 11, "same": 10, "held": 1} == counted(sync(hub, "ledger"))
    assert facts == content(hub.store)["invoice"]


def test_only_changed_rows_are_taken_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """Of 50 rows one changes and two come on top: three are made into units, the others are known by their marks."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    lines = [row(number, number) for number in range(50)]
    path = tmp_path / "invoices.csv"
    path.write_text("\n".join([HEADER, *lines, ""]))
    assert {"read": 50, "new": 50} == counted(sync(hub, "ledger", page_units=100))
    made: list[int] = []
    answer = Server._by_marks
    monkeypatch.setattr(
        Server,
        "_by_marks",
        lambda self, page, body: answer(self, page, body) and not made.append(len(self._units or ())),
    )
    lines[30] = row(30, 999)
    path.write_text("\n".join([HEADER, row(100, 1), row(101, 2), *lines, ""]))
    assert {"read": 52, "new": 2, "changed": 1, "same": 49} == counted(sync(hub, "ledger", page_units=100))
    assert [3] == made


def test_a_row_that_another_file_changed_is_read_again(tmp_path: Path, database_url: str) -> None:
    """The later file had the last word; when the first one is exported again, its row is no longer known."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    first = [row(number, number) for number in range(10)]
    (tmp_path / "in1.csv").write_text("\n".join([HEADER, *first, ""]))
    assert {"read": 10, "new": 10} == counted(sync(hub, "ledger", page_units=4))
    (tmp_path / "in2.csv").write_text("\n".join([HEADER, row(3, 777), ""]))
    assert {"read": 1, "changed": 1} == counted(sync(hub, "ledger", page_units=4))
    (tmp_path / "in1.csv").write_text("\n".join([HEADER, *first, row(50, 50), ""]))
    assert {"read": 11, "new": 1, "changed": 1, "same": 9} == counted(sync(hub, "ledger", page_units=4))


def test_a_file_may_change_after_a_run_was_ended(tmp_path: Path, database_url: str) -> None:
    """The rows that the ended run read are changed rows now, no repetitions: nothing is held."""
    hub = make_hub(tmp_path, database_url, LEDGER.replace("in*", "invoices"))
    path = tmp_path / "invoices.csv"
    path.write_text("\n".join([HEADER, *(row(number, number) for number in range(12)), ""]))

    def ended(_stream: str, counts: Counts) -> None:
        if counts.read >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync_connector(hub.store, spec_of(hub, "ledger", page_units=4), actor="x", progress=ended)
    path.write_text("\n".join([HEADER, *(row(number, number + 1_000) for number in range(12)), ""]))
    assert {"read": 12, "new": 4, "changed": 8} == counted(sync(hub, "ledger", page_units=4))


def test_known_rows_after_new_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """Behind a page of new rows refs are not looked up: a page with known ones is read again, and all is as ever.

    The second file: a page of new rows, one with known rows, changed ones and new ones, one of known rows of which two
    differ from what the file said before, a new one.
    """
    first = [row(number, number) for number in range(1, 15)]
    mixed = [row(3, 3), row(4, 400), row(30, 30), row(5, 5), row(32, 32), row(31, 31), row(6, 600)]
    second = [*(row(number, number) for number in range(20, 27)), *mixed, *first[:7], row(40, 40)]
    found, taken, take = [], [], PageReader._take_next
    monkeypatch.setattr(PageReader, "_take_next", lambda *given: taken.append(1) or take(*given))
    for page_units, url in ((7, database_url), (5_000, f"sqlite:///{tmp_path}/whole.db")):
        folder = tmp_path / str(page_units)
        hub = make_hub(folder, url, LEDGER)
        (folder / "in1.csv").write_text("\n".join([HEADER, *first, ""]), encoding="cp1252")
        sync(hub, "ledger", page_units=page_units)
        (folder / "in2.csv").write_text("\n".join([HEADER, *second, ""]), encoding="cp1252")
        taken.clear()
        counts = counted(sync(hub, "ledger", page_units=page_units))
        assert {"read": 22, "new": 11, "changed": 2, "same": 7, "held": 2} == counts
        assert len(taken) == (5 if page_units == 7 else 1)  # four pages, one of them twice
        assert {} == counted(sync(hub, "ledger", page_units=page_units))
        found.append(content(hub.store))
    assert [] == differences(*found)


def test_a_file_that_became_shorter_before_one_that_stands(tmp_path: Path, database_url: str) -> None:
    """What was noted of pages it has no more is forgotten, though the next file's first pages are as they were."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    first, second = ([row(number, number) for number in range(start, start + 12)] for start in (0, 20))
    for lines, other in ((first, second), (first[:4], [*second[:-1], row(31, 999)])):
        (tmp_path / "in1.csv").write_text("\n".join([HEADER, *lines, ""]))
        (tmp_path / "in2.csv").write_text("\n".join([HEADER, *other, ""]))
        sync(hub, "ledger", page_units=4)
    noted = t.page.select().with_only_columns(t.page.c.origin).order_by(t.page.c.origin, t.page.c.ordinal)
    assert ["in1.csv", "in2.csv", "in2.csv", "in2.csv"] == column(hub.store, noted)
