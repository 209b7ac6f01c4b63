"""Overlapping or repeated statements add nothing, while genuine twins on one day stay two."""

from __future__ import annotations

import json
import os
import random
import tempfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plugins.bank_statements.identity import digest
from hub.plugins.bank_statements.model import Balance, Move, Statement
from hub.plugins.bank_statements.texts import rib_of
from hub.plugins.bank_statements.timeline import KEPT_MOVES, Timeline
from hub.plugins.bank_statements.units import PROOF
from hub.sdk.records import Receipt
from hub.sdk.testing import pages, read_records
from tests.unit.plugins.bank_statements.made import IBAN, RIB, Mv, camt, cfonb, source, text

START = date(2026, 1, 5)


@st.composite
def years(draw: st.DrawFn) -> list[Mv]:
    """Money received day after day, with many identical movements: balances never come back on one day."""
    moves: list[Mv] = []
    day = START
    for size in draw(st.lists(st.integers(1, 5), min_size=1, max_size=12)):
        day += timedelta(days=draw(st.integers(1, 3)))
        for _ in range(size):
            minor = draw(st.sampled_from([1000, 2500]))
            moves.append(Mv(day, minor, draw(st.sampled_from(["VIR DUPONT", "VIR LEROY"]))))
    return moves


@st.composite
def cuts(draw: st.DrawFn) -> tuple[list[Mv], list[tuple[int, int]]]:
    """A year and statements that tell all of it: consecutive ones, cut anywhere, then any overlapping ones."""
    moves = draw(years())
    n = len(moves)
    marks = sorted({0, n, *draw(st.lists(st.integers(0, n), max_size=8))})
    pieces = list(pairwise(marks))
    for start in draw(st.lists(st.integers(0, n - 1), max_size=5)):
        pieces.append((start, draw(st.integers(start + 1, n))))
    return moves, sorted(set(pieces))


def statement(moves: list[Mv], start: int, end: int, kind: str) -> bytes:
    """The statement of `moves[start:end]`: it opens with the date of the day it goes on, else the day before."""
    opening = sum(mv.minor for mv in moves[:start])
    first = moves[start].on
    inside = start > 0 and moves[start - 1].on == first
    last = moves[end - 1].on
    if kind == "camt":
        return camt(moves[start:end], opening, first, last, version=8)
    return text(cfonb(moves[start:end], opening, first if inside else first - timedelta(days=1), last))


def refs(folder: Path, runs: int = 1) -> list[str]:
    """The refs of the movements of a complete run; what is held stands there with its code."""
    found = [unit for page in pages(source(folder), "movements", 50) for unit in page.units]
    return [unit.rejected.code if unit.rejected else unit.ref for unit in found if unit.layout != PROOF]


@pytest.mark.parametrize("kind", ["cfonb", "camt"])
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cuts(), one_by_one=st.booleans())
def test_any_cutting_gives_the_same_refs(
    kind: str, case: tuple[list[Mv], list[tuple[int, int]]], one_by_one: bool
) -> None:
    """Whatever statements tell a year, together or one run after the other, its movements are the same ones."""
    moves, pieces = case
    with tempfile.TemporaryDirectory() as scratch:
        whole, parts = Path(scratch) / "whole", Path(scratch) / "parts"
        whole.mkdir()
        parts.mkdir()
        (whole / "all").write_bytes(statement(moves, 0, len(moves), kind))
        expected = refs(whole)
        assert len(moves) == len(set(expected))
        found: set[str] = set()
        cursor = None
        for start, end in pieces:
            (parts / f"{start:04}-{end:04}").write_bytes(statement(moves, start, end, kind))
            if one_by_one:
                for page in pages(source(parts), "movements", 50, cursor):
                    found |= {unit.ref for unit in page.units if unit.layout != PROOF}
                    cursor = page.cursor
        if not one_by_one:
            found = set(refs(parts))
        assert set(expected) == found


def test_twins_split_over_two_statements_of_a_day_stay_two(tmp_path: Path) -> None:
    """The second statement of a day opens with the closing balance of the first one: its ranks go on."""
    twin = Mv(START, 45000, "VIR LEROY", [("LIB", "FACT 2026-00123")])
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.txt").write_bytes(text(cfonb([twin], 1000, START - timedelta(days=1), START)))
    (folder / "2.txt").write_bytes(text(cfonb([twin], 46000, START, START)))
    found = refs(folder)
    assert 2 == len(set(found))
    (folder / "3.txt").write_bytes(text(cfonb([twin, twin], 1000, START - timedelta(days=1), START)))
    assert set(found) == set(refs(folder))


@pytest.mark.parametrize("kind", ["cfonb", "camt"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cuts(), names=st.randoms(use_true_random=False), late=st.booleans())
def test_neither_names_nor_backdated_days_lose_a_twin(
    kind: str, case: tuple[list[Mv], list[tuple[int, int]]], names: random.Random, late: bool
) -> None:
    """Files named against time, and movements posted later than the day they are booked on: the same movements."""
    moves, pieces = case
    if late:  # each third movement is booked on the first day; what a statement opens and closes with stays
        posted = [(mv.on, Mv(moves[0].on, mv.minor, mv.label) if n % 3 == 2 else mv) for n, mv in enumerate(moves)]
    else:
        posted = [(mv.on, mv) for mv in moves]
    with tempfile.TemporaryDirectory() as scratch:
        whole, parts = Path(scratch) / "whole", Path(scratch) / "parts"
        whole.mkdir()
        parts.mkdir()
        (whole / "all").write_bytes(posted_statement(posted, 0, len(moves), kind))
        expected = refs(whole)
        assert len(moves) == len(set(expected))
        order = list(range(len(pieces)))
        names.shuffle(order)
        for name, (start, end) in zip(order, pieces, strict=True):
            (parts / f"{name:04}").write_bytes(posted_statement(posted, start, end, kind))
            os.utime(parts / f"{name:04}", (0, 0))
        assert set(expected) == set(refs(parts))


def posted_statement(posted: list[tuple[date, Mv]], start: int, end: int, kind: str) -> bytes:
    """The statement of what was posted from `start` to `end`, whatever day each movement is booked on."""
    opening = sum(mv.minor for _, mv in posted[:start])
    first, last = posted[start][0], posted[end - 1][0]
    inside = start > 0 and posted[start - 1][0] == first
    told = [mv for _, mv in posted[start:end]]
    if kind == "camt":
        return camt(told, opening, first, last, version=8)
    return text(cfonb(told, opening, first if inside else first - timedelta(days=1), last))


def test_a_file_named_against_time_does_not_merge_twins(tmp_path: Path) -> None:
    """Two statements of one day, the later one first by name: one genuine payment each."""
    twin = Mv(START, 45000, "VIR LEROY", [("LIB", "FACT 2026-00123")])
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.txt").write_bytes(text(cfonb([twin], 1000, START, START)))
    (folder / "a.txt").write_bytes(text(cfonb([twin], 46000, START, START)))
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    assert 2 == len(set(refs(folder)))


def test_the_later_statement_of_a_day_may_arrive_first(tmp_path: Path) -> None:
    """One run after the other, against time: the twins stay two, and a repetition of either adds nothing."""
    twin = Mv(START, 45000, "VIR LEROY")
    folder = tmp_path / "in"
    folder.mkdir()
    found: set[str] = set()
    cursor = None
    for name, opening in (("late", 46000), ("early", 1000), ("again", 46000)):
        (folder / name).write_bytes(text([*cfonb([twin], opening, START, START), " " * len(name)]))
        for page in pages(source(folder), "movements", 50, cursor):
            found |= {unit.ref for unit in page.units if unit.layout != PROOF}
            cursor = page.cursor
    assert 2 == len(found)


def test_a_twin_booked_on_an_earlier_day_is_a_second_payment(tmp_path: Path) -> None:
    """The statement of the 6th books a movement on the 5th that says the same as one already told: two payments."""
    twin = Mv(START, 45000, "VIR LEROY")
    folder = tmp_path / "in"
    folder.mkdir()
    after = START + timedelta(days=1)
    (folder / "1.txt").write_bytes(text(cfonb([twin], 0, START - timedelta(days=1), START)))
    (folder / "2.txt").write_bytes(text(cfonb([twin], 45000, START, after)))
    (folder / "3.txt").write_bytes(text(cfonb([twin, twin], 0, START - timedelta(days=1), after)))
    assert 2 == len(set(refs(folder)))


def held_of(folder: Path) -> list[str]:
    """What is held in a run, in words."""
    units = [unit for page in pages(source(folder), "movements", 50) for unit in page.units]
    return [str(unit.rejected) for unit in units if unit.rejected]


def test_a_corrected_statement_under_another_name_is_held_whole(tmp_path: Path) -> None:
    """Its period is proven by another file with another amount: nothing of it is booked, both are named."""
    folder = tmp_path / "in"
    folder.mkdir()
    before, same = START - timedelta(days=1), Mv(START, 700, "VIR B")
    (folder / "first.txt").write_bytes(text(cfonb([Mv(START, 45000, "VIR A"), same], 0, before, START)))
    (folder / "second.txt").write_bytes(text(cfonb([Mv(START, 54000, "VIR A"), same], 0, before, START)))
    [said] = held_of(folder)
    assert "HUB-BANK-050 second.txt:1" in said
    assert "first.txt: only there 450,00 EUR on 2026-01-05; only here 540,00 EUR on 2026-01-05" in said
    assert 3 == len(refs(folder))
    [unit] = [u for page in pages(source(folder), "movements", 50) for u in page.units if u.rejected]
    assert "HUB-BANK-050" == source(folder).map_page("movements", [unit]).rejected[0].code  # a replay says the same


def test_what_was_told_first_stands_when_all_is_read_again(tmp_path: Path) -> None:
    """Without a cursor (`--full`) a correction whose name comes first does not take the place of what is booked."""
    folder = tmp_path / "in"
    folder.mkdir()
    before = START - timedelta(days=1)
    for age, (name, minor) in enumerate((("z.txt", 45000), ("a.txt", 54000))):
        (folder / name).write_bytes(text(cfonb([Mv(START, minor, "VIR A")], 0, before, START)))
        os.utime(folder / name, (1_000_000 + age, 1_000_000 + age))
    [said] = held_of(folder)
    assert "HUB-BANK-050 a.txt:1" in said


def test_a_statement_that_lost_an_entry_is_held(tmp_path: Path) -> None:
    """A correction that takes an entry out contradicts what was booked."""
    folder = tmp_path / "in"
    folder.mkdir()
    before, moves = START - timedelta(days=1), [Mv(START, 45000, "VIR A"), Mv(START, 700, "VIR B")]
    (folder / "first.txt").write_bytes(text(cfonb(moves, 0, before, START)))
    (folder / "second.txt").write_bytes(text(cfonb(moves[1:], 0, before, START)))
    [said] = held_of(folder)
    assert "only there 450,00 EUR on 2026-01-05; only here nothing else" in said


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_the_same_statement_in_another_format_adds_nothing(tmp_path: Path, order: tuple[str, str]) -> None:
    """CFONB by day and camt by week of one account: each movement once, and the run says so."""
    folder = tmp_path / "in"
    folder.mkdir()
    moves = [Mv(START + timedelta(days=n // 2), 1000 + n // 3, f"VIR {n // 3}") for n in range(8)]
    for day in range(4):
        told = moves[2 * day : 2 * day + 2]
        opening = sum(mv.minor for mv in moves[: 2 * day])
        on = START + timedelta(days=day)
        (folder / f"{order[0]}{day}.txt").write_bytes(text(cfonb(told, opening, on - timedelta(days=1), on)))
    (folder / f"{order[1]}.xml").write_bytes(camt(moves, 0, START, START + timedelta(days=3), version=8))
    assert 8 == len(refs(folder))
    skipped = [note for page in pages(source(folder), "movements", 50) for note in page.skipped]
    assert any("in another format" in note for note in skipped)


def test_another_format_with_other_amounts_is_held(tmp_path: Path) -> None:
    """The same days and balances do not prove the same movements: a person looks."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(text(cfonb([Mv(START, 3000)], 0, START - timedelta(days=1), START)))
    (folder / "b.xml").write_bytes(camt([Mv(START, 1000), Mv(START, 2000)], 0, START, START, version=8))
    assert 1 == len(held_of(folder))


def test_the_format_may_change_in_the_middle_of_a_period(tmp_path: Path) -> None:
    """A camt statement that begins where CFONB files still tell: only what is new is booked."""
    folder = tmp_path / "in"
    folder.mkdir()
    moves = [Mv(START + timedelta(days=n), 1000 + n, f"VIR {n}") for n in range(4)]
    (folder / "a.txt").write_bytes(text(cfonb(moves[:2], 0, START - timedelta(days=1), moves[1].on)))
    (folder / "b.xml").write_bytes(camt(moves, 0, START, moves[3].on, version=8))
    assert ([], 4) == (held_of(folder), len(refs(folder)))


def test_the_entry_number_of_cfonb_is_no_part_of_a_movement(tmp_path: Path) -> None:
    """Positions 82 to 88 are numbered anew by some banks at each export: one receipt."""
    folder = tmp_path / "in"
    folder.mkdir()
    lines = cfonb([Mv(START, 45000, "VIR A")], 0, START - timedelta(days=1), START)
    (folder / "1.txt").write_bytes(text(lines))
    lines[1] = lines[1][:81] + "0000417" + lines[1][88:]
    (folder / "2.txt").write_bytes(text(lines))
    assert 1 == len(set(refs(folder)))


def test_one_reference_of_the_bank_for_several_movements(tmp_path: Path) -> None:
    """Told again in another order, each keeps its own ref: no receipt becomes another one."""
    folder = tmp_path / "in"
    folder.mkdir()
    shared = [Mv(START, 45000, "X", [("", f"FACT {n}")], ref="LOT7") for n in range(3)]
    (folder / "1.xml").write_bytes(camt(shared, 0, START, START, version=8))
    (folder / "2.xml").write_bytes(camt(shared[::-1], 0, START, START, version=8))
    told: dict[str, set[str]] = {}
    for one in read_records(source(folder)):
        for record in one.records:
            if isinstance(record, Receipt):
                told.setdefault(record.source_key, set()).add(str(record.remittance))
    assert [{"FACT 0"}, {"FACT 1"}, {"FACT 2"}] == sorted(told.values(), key=min)


def test_a_repeated_statement_adds_nothing_though_its_day_sums_to_zero(tmp_path: Path) -> None:
    """+100 then −100: the closing balance is the opening one, and a repetition must not look like a continuation."""
    day = [Mv(START, 10000, "VIR A"), Mv(START, -10000, "PRLV A", code="10")]
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.txt").write_bytes(text(cfonb(day, 500, START, START)))
    (folder / "2.txt").write_bytes(text([*cfonb(day, 500, START, START), ""]) + b"\n")
    (folder / "3.txt").write_bytes(text(cfonb([*day, Mv(START, 700, "VIR B")], 500, START, START)))
    assert 3 == len(set(refs(folder)))


def test_a_renamed_copy_is_skipped_and_a_changed_file_read_again(tmp_path: Path) -> None:
    """The same bytes under another name are not read; a file that grew is read from its beginning, refs unchanged."""
    folder = tmp_path / "in"
    folder.mkdir()
    moves = [Mv(START, 100 + n) for n in range(5)]
    (folder / "a.txt").write_bytes(text(cfonb(moves, 0, START, START)))
    first = list(pages(source(folder), "movements", 2))
    known = {unit.ref for page in first for unit in page.units}
    (folder / "b.txt").write_bytes((folder / "a.txt").read_bytes())
    [page] = pages(source(folder), "movements", 100, first[-1].cursor)
    assert ([], ["a.txt", "b.txt"]) == (list(page.units), list(page.skipped))
    (folder / "a.txt").write_bytes(text(cfonb([*moves, Mv(START, 999)], 0, START, START)))
    again = [unit.ref for page in pages(source(folder), "movements", 100, page.cursor) for unit in page.units]
    moved = {ref for ref in known if not ref.startswith("statement-")}
    assert (7, moved) == (len(again), moved & set(again))  # six movements and what the statement proves


def test_a_file_changed_in_the_middle_of_a_run_starts_again(tmp_path: Path) -> None:
    """The cursor names the file's content: another content under the name is read from its beginning."""
    folder = tmp_path / "in"
    folder.mkdir()
    moves = [Mv(START, 100 + n) for n in range(5)]
    (folder / "a.txt").write_bytes(text(cfonb(moves, 0, START, START)))
    page = source(folder).fetch("movements", None, 3)
    (folder / "a.txt").write_bytes(text(cfonb([Mv(START, 7), *moves], 0, START, START)))
    rest = [unit for page in pages(source(folder), "movements", 100, page.cursor) for unit in page.units]
    assert 7 == len(rest)


def test_refs_do_not_depend_on_configuration_or_name_of_the_file(tmp_path: Path) -> None:
    """IBAN and RIB of one account give one identity; the folder and the file's name give none."""
    assert RIB == rib_of(IBAN) == rib_of(RIB)
    found = []
    for name, extra in (("a", {}), ("b", {"account": IBAN, "seller": "ACME"}), ("c", {"accounts": {RIB: "ACME"}})):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(text(cfonb([Mv(START, 100)], 0, START, START)))
        connector = source(folder, **extra)
        found.append([unit.ref for page in pages(connector, "movements") for unit in page.units])
    assert [found[0]] * 3 == found


def test_the_memory_stays_small() -> None:
    """The cursor does not grow with the years: per account the latest movements, and what was said comes back."""
    timeline = Timeline()
    for n in range(50):
        on = (START + timedelta(days=n)).isoformat()
        told = Statement("A", "", {}, 1, {}, Balance(on, n * 300, "EUR"), Balance(on, (n + 1) * 300, "EUR"))
        told.moves = [Move(digest(f"{on} {k}"), on, 1, "EUR", b"", 1) for k in range(300)]
        timeline.place(told, f"{n}")
    kept = json.loads(timeline.text())
    assert KEPT_MOVES == sum(len(piece[7]) // 8 for chains in kept.values() for chain in chains for piece in chain)
    assert timeline.text() == Timeline(kept).text()
    assert len(timeline.text()) < 20 * KEPT_MOVES
