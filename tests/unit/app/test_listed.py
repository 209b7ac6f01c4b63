"""Lists that a person can read to the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.app.cli.explaining import show_explanation
from hub.app.cli.listed import foremost, latest, show_applied, show_left_out
from hub.core.reconcile import Policy
from hub.core.services.allocations import Explanation
from hub.core.services.present import Present
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


def test_a_long_list_of_suggestions_shows_the_first_receipts_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """All that is suggested for forty of them; how many there are, and the way to the others, stands below."""
    rows = [replace(_ROW, receipt_row=n, proposal=f"P{n}{way}", status="suggested") for n in range(197) for way in "ab"]
    shown = foremost(rows)
    assert rows[:80] == list(shown)
    show_left_out(rows, shown)
    assert "The first 40 of 197 receipts." in capsys.readouterr().out
    assert rows[:80] == list(foremost(rows[:80]))
    show_left_out(rows[:80], rows[:80])
    assert "" == capsys.readouterr().out


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
        (4_000, "suggested", "hardly one of 100 such suggestions was right"),
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


def test_what_was_reversed_names_both_who_applied_and_who_reversed_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with the instant of the act: the hub at 10:20, Anne an hour later."""
    from datetime import UTC

    row = replace(
        _ROW, status="reversed", origin="auto", reversed_by="anne", reversed_because="Martin's",
        reversed_at=1_767_003_600_000_000,
    )  # fmt: skip
    show_explanation([Explanation([row], {})], UTC)
    said = " ".join(capsys.readouterr().out.split())
    assert "P1: applied automatically by hub, 29/12/2025 09:20, reversed since" in said
    assert "Reversed by anne, 29/12/2025 10:20: Martin's" in said


def test_each_decision_about_an_invoice_stands_below_its_money(capsys: pytest.CaptureFixture[str]) -> None:
    """Two receipts paid it: both are told, once each, with what is left of them."""
    from datetime import UTC

    other = replace(_ROW, proposal="P2", receipt_row=2, receipt_id="R2")
    again = replace(_ROW, proposal="P3", receipt_row=2, receipt_id="R2")
    found = [Explanation([row], {}, {}, {}, {2: Present("why", "nothing", "1,00 EUR")}) for row in (_ROW, other, again)]
    show_explanation(found, UTC)
    said = capsys.readouterr().out
    assert [1, 1, 1] == [said.count(text) for text in ("Receipt R1", "Receipt R2", "Not applied now")]
    assert said.index("P1:") < said.index("Receipt R2") < said.index("P2:")


def test_what_people_decided_here_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """How many of how many, beside what it makes together."""
    from datetime import UTC

    row = replace(_ROW, confidence_ppm=710_000, status="suggested", evidence='{"judged": [24, 25], "weight": 0.5}')
    show_explanation([Explanation([row], {"judged": [24, 25], "weight": 0.5})], UTC)
    said = " ".join(capsys.readouterr().out.split())
    assert "Of 25 such suggestions that people decided about here 24 were right" in said
    assert "with those measured elsewhere, about 71 of 100" in said
    assert "0.5" not in said


@pytest.mark.parametrize(
    ("remittance", "said"),
    [
        ({"name": "AP-9", "lines": 3}, "The payer's list “AP-9” has 3 lines."),
        ({"name": None, "lines": 1}, "The list came with the money; it has 1 line."),
        (7, ""),  # of earlier versions
    ],
)
def test_a_payers_list_is_named(capsys: pytest.CaptureFixture[str], remittance: object, said: str) -> None:
    """And what says nothing to a person is not shown: numbers of this run, no fee."""
    from datetime import UTC

    show_explanation([Explanation([_ROW], {"remittance": remittance, "lines": 3, "fee": 0, "not_found": []})], UTC)
    out = capsys.readouterr().out
    assert said in out
    assert not any(word in out for word in ("remittance:", "fee", "lines:"))


def test_a_kind_that_was_seldom_measured_is_not_said_to_be_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """Five of five were right: what is missing to all of them is caution, no mistake that was seen."""
    from datetime import UTC

    show_explanation([Explanation([replace(_ROW, origin="auto", confidence_ppm=908_900)], {})], UTC)
    said = " ".join(capsys.readouterr().out.split())
    assert "measured too seldom to promise more than about 91 of 100 right" in said


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ({"weight": 0.9}, "Not applied alone: the evidence weighs 900, and auto_threshold asks for 970."),
        ({"weight": 0.98}, ""),
        ({"weight": 1.0, "held_back": "the books may have it"}, "Not applied alone: the books may have it."),
        ({"chance": 0.2}, "about 20 of 100 such sums"),
        ({"chance": 7.5}, "nearly any such sum"),
        ({"chance": 0.0001}, ""),
        ({"rivals": ["2 others add up too"]}, "Against it: 2 other invoices together make this amount too."),
        ({"rivals": ["1 others add up too"]}, "Against it: another invoice makes this amount too."),
    ],
)
def test_why_a_suggestion_was_not_applied_alone(
    capsys: pytest.CaptureFixture[str], evidence: dict[str, object], said: str
) -> None:
    """In words; nothing where there is nothing to say."""
    from datetime import UTC

    show_explanation([Explanation([replace(_ROW, status="suggested")], evidence)], UTC, Policy())
    out = " ".join(capsys.readouterr().out.split())
    assert said in out
    assert said or not any(word in out for word in ("alone", "Chance"))


def test_a_suggestion_says_that_somebody_undid_it(capsys: pytest.CaptureFixture[str]) -> None:
    """However sure it looks, it waits for a person because a person reversed it."""
    from datetime import UTC

    undone = replace(_ROW, status="reversed", origin="auto", reversed_by="anne", reversed_at=1_767_003_600_000_000)
    found = [Explanation([replace(_ROW, status="suggested")], {"weight": 1.0}), Explanation([undone], {})]
    show_explanation(found, UTC, Policy())
    assert "Not applied alone: anne reversed P1, 29/12/2025 10:20" in " ".join(capsys.readouterr().out.split())


def test_a_list_of_what_was_reversed_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    """Once for each decision, in the place of the status that all of them have."""
    rows = [
        replace(_ROW, status="reversed", invoice_number=number, reversed_by="anne", reversed_because="AC04: closed")
        for number in ("F1", "F2")
    ]
    show_applied(rows)
    out = " ".join(capsys.readouterr().out.split())
    assert "name received payer invoice amount reversed by" in out
    assert 1 == out.count("anne: AC04: closed")
