"""Lists that a person can read to the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.app.cli.explaining import show_explanation
from hub.app.cli.listed import latest
from hub.core.services.allocations import Explanation
from hub.core.store.decisions import AllocationRow

_DAY = date(2026, 10, 5)
_ROW = AllocationRow(
    1, "P1", 1, 1, "R1", _DAY, "Dupont", 100, "ACME", "C1", 1, "F1", "invoice", "money", 100, "EUR", 999_800, "auto",
    "number_exact", "The text quotes F1.", "{}", _DAY, "hub", 1_767_000_000_000_000, None, "EUR",
)  # fmt: skip


def test_a_long_list_shows_the_last_decisions_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Two lines each, a hundred decisions; what is left out is told, with the way to it."""
    rows = [replace(_ROW, proposal=f"P{n}", invoice_number=f"F{n}{part}") for n in range(250) for part in "ab"]
    shown = latest(rows)
    assert rows[-200:] == list(shown)
    said = " ".join(capsys.readouterr().out.split())
    assert "The last 100 of 250 decisions." in said
    assert "hub export allocations writes all" in said


def test_a_short_list_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is said of it."""
    rows = [replace(_ROW, proposal=f"P{n}") for n in range(100)]
    assert rows == list(latest(rows))
    assert "" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("ppm", "status", "said"),
    [
        (999_800, "auto", "about 2 of 10 000 such decisions were wrong"),
        (573_000, "suggested", "about 57 of 100 such suggestions were right"),
        (994_000, "suggested", "about 99 of 100 such suggestions were right"),
        (1_000_000, "auto", "about 0 of 10 000 such decisions were wrong"),
    ],
)
def test_how_sure_it_is_is_told_so_that_it_means_something(
    capsys: pytest.CaptureFixture[str], ppm: int, status: str, said: str
) -> None:
    """Of what is nearly always right, the wrong ones."""
    from datetime import UTC

    row = replace(_ROW, confidence_ppm=ppm, status=status)
    show_explanation([Explanation([row], {})], UTC)
    assert said in " ".join(capsys.readouterr().out.split())


def test_what_people_decided_here_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """How many of how many, beside what it makes together."""
    from datetime import UTC

    row = replace(_ROW, confidence_ppm=710_000, status="suggested", evidence='{"judged": [24, 25], "weight": 0.5}')
    show_explanation([Explanation([row], {"judged": [24, 25], "weight": 0.5})], UTC)
    said = " ".join(capsys.readouterr().out.split())
    assert "Of 25 such suggestions that people decided about here 24 were right" in said
    assert "with those measured elsewhere, about 71 of 100" in said
    assert "0.5" not in said
