"""Overlapping or repeated statements add nothing, while genuine twins on one day stay two."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plugins.bank_statements.identity import Days, digest
from hub.plugins.bank_statements.model import Balance, Move, Statement
from hub.plugins.bank_statements.texts import rib_of
from hub.sdk.testing import pages
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
    """The refs of a complete run."""
    return [unit.ref for page in pages(source(folder), "movements", 50) for unit in page.units]


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
                    found |= {unit.ref for unit in page.units}
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
    assert (6, known) == (len(again), known & set(again))


def test_a_file_changed_in_the_middle_of_a_run_starts_again(tmp_path: Path) -> None:
    """The cursor names the file's content: another content under the name is read from its beginning."""
    folder = tmp_path / "in"
    folder.mkdir()
    moves = [Mv(START, 100 + n) for n in range(5)]
    (folder / "a.txt").write_bytes(text(cfonb(moves, 0, START, START)))
    page = source(folder).fetch("movements", None, 3)
    (folder / "a.txt").write_bytes(text(cfonb([Mv(START, 7), *moves], 0, START, START)))
    rest = [unit for page in pages(source(folder), "movements", 100, page.cursor) for unit in page.units]
    assert 6 == len(rest)


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


def test_the_memory_of_days_stays_small() -> None:
    """The cursor does not grow with the years: per account the latest closing day and few, small older ones."""
    days = Days()
    for n in range(50):
        on = (START + timedelta(days=n)).isoformat()
        told = Statement("A", "", {}, 1, {}, Balance(on, n, "EUR"), Balance(on, n + 300, "EUR"))
        told.moves = [Move(digest(f"{on} {k}"), on, 1, "EUR", b"", 1) for k in range(300)]
        days.learn(told)
    [kept] = days.plain().values()
    assert (3, on) == (len(kept), kept[-1][0])
    assert kept == Days(days.plain()).plain()["A:EUR"]
