"""What is kept of facts comes back as it was, wherever it is asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest

from hub.plugins.fec import scratch
from hub.plugins.fec.facts import Doc
from hub.plugins.fec.scratch import TOLD, Scratch

LABELS = ["", "Facture", "with \x1e in it", "with \x1f", "é\n"]


def kept(labels: list[str]) -> Scratch:
    db = Scratch()
    for number, label in enumerate(labels, 1):
        doc = Doc("invoice", 1, "C1", "Martin", f"F{number}", "2026-01-05", "2026-01-05", label, number, 0, False)
        doc.parts = {("411000", "", ""): 100}
        db.add(1, doc, f"ref{number}", "VE 1", "a.txt")
    db.flush()
    return db


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_facts_come_back_in_their_order(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many make one row, from whichever one on, even with the mark that parts them inside."""
    monkeypatch.setattr(scratch, "_CHUNK", size)
    db = kept(LABELS)
    for after in range(len(LABELS) + 1):
        for limit in range(1, len(LABELS) + 2):
            first, columns = db.told_after(after, limit, 1_000)
            told = dict(zip(TOLD, columns, strict=True))
            assert first == after + 1
            assert told["label"] == LABELS[after : after + limit]
            assert told["line"] == [*range(1, 6)][after : after + limit]


def test_a_row_is_cut_by_the_length_of_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries of thousands of lines: not five hundred of them in one row of the data base."""
    monkeypatch.setattr(scratch, "_CHUNK_TEXT", -1)
    db = Scratch()
    for number in range(1, 4):
        doc = Doc("invoice", 1, "C1", "Martin", "F", "2026-01-05", "2026-01-05", "", number, 0, False)
        db.add(1, doc, "r", "VE 1", "a")
    db.flush()
    firsts = [first for (first,) in db.rows("SELECT first FROM told ORDER BY first")]
    assert [1, 1] == [after - before for before, after in pairwise(firsts)]


def test_what_was_kept_since_a_mark_is_forgotten() -> None:
    """A file is read again when its lines turn out to be scattered."""
    db = kept(LABELS)
    mark = db.mark()
    db.add(1, Doc("invoice", 1, "C1", "Martin", "F9", "2026-01-05", "2026-01-05", "", 9, 0, False), "r", "VE 1", "a")
    db.rewind(mark)
    assert db.told_after(0, 100, 1_000)[1][0] == ["invoice"] * len(LABELS)
