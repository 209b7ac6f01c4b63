"""Caps on delays and limitation, against deadline_examples.json."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from hub.core.law import Terms, due_on, parse_terms
from hub.core.law.fr.limitation import Event, limitation_of
from hub.core.law.fr.terms import DEFAULT_TERMS, SECTOR_CAPS, check_due_date

VECTORS = json.loads((Path(__file__).parent / "vectors" / "deadline_examples.json").read_text(encoding="utf-8"))
EXPECTED = {t["id"]: (date.fromisoformat(t["start"].split()[1]), date.fromisoformat(t["due_date"]))
            for t in VECTORS["payment_terms"]}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "terms"),
    [
        ("T01", DEFAULT_TERMS),
        ("T02", Terms(60)),
        ("T03", parse_terms("45 jours fin de mois")),
        ("T04", parse_terms("fin de mois 45 jours")),
        ("T05", parse_terms("45 jours fin de mois")),
        ("T06", Terms(45)),
        ("T07", parse_terms("30 jours fin de mois")),
        ("T08", parse_terms("30 jours fin de mois le 15")),
        ("T09", Terms(30)),
        ("T10", Terms(90)),
    ],
)
def test_due_dates_of_the_worked_examples(key: str, terms: Terms) -> None:
    """T01–T10: the date each term leads to."""
    start, due = EXPECTED[key]
    assert due == due_on(start, terms)


@pytest.mark.parametrize(
    ("key", "terms", "options", "ok", "cap"),
    [
        ("T02", Terms(60), {}, True, "60_net"),
        ("T03", Terms(45, "after"), {}, False, None),
        ("T04", Terms(45, "before"), {}, False, None),
        ("T06", Terms(45), {"periodic": True}, True, "45_periodic"),
        ("T07", Terms(30, "after"), {}, True, "60_net"),
        ("T08", Terms(30, "after", 15), {}, False, "60_net"),
        ("T09", Terms(30), {"sector": "road_freight"}, True, "road_freight"),
        ("T10", Terms(90), {"sector": "export_vat_free"}, True, "export_vat_free"),
    ],
)
def test_caps_of_the_worked_examples(key: str, terms: Terms, options: dict, ok: bool, cap: str | None) -> None:
    """The real due date is held against the cap; 45 days end of month is a derogation that must be written."""
    issued_on, due = EXPECTED[key]
    found = check_due_date(issued_on, due, terms=terms, **options)
    if cap is None:  # T03 is 75 days, T04 61 days: legal as 45 EOM only
        assert found.ok
        assert ("45_eom", True) == (found.cap.key, found.needs_express_clause)
        assert not check_due_date(issued_on, due).ok
        return
    assert (ok, cap) == (found.ok, found.cap.key)
    assert (due - issued_on).days == found.days


def test_the_methods_of_45_days_end_of_month_are_not_mixed() -> None:
    """A term by method B may not use the later date of method A."""
    issued_on = date(2026, 1, 15)
    assert not check_due_date(issued_on, date(2026, 3, 31), terms=Terms(45, "before")).ok


def test_sectors_count_from_their_own_start() -> None:
    """Perishable food from the delivery, alcohol from the end of its month; without that date nothing is
    said.
    """
    issued_on, delivered = date(2026, 3, 1), date(2026, 3, 3)
    food = check_due_date(issued_on, date(2026, 4, 3), sector="perishable_food", delivered_on=delivered)
    assert (False, date(2026, 4, 2)) == (food.ok, food.latest_on)
    drink = check_due_date(issued_on, date(2026, 4, 30), sector="alcohol_excise", delivered_on=delivered)
    assert (True, date(2026, 4, 30)) == (drink.ok, drink.latest_on)
    assert drink.cap.unconfirmed
    with pytest.raises(ValueError, match="delivery"):
        check_due_date(issued_on, issued_on, sector="perishable_food")


def test_what_is_unknown_is_refused() -> None:
    """No sector is invented and no rule applied before it stood."""
    with pytest.raises(ValueError, match="road_freight"):
        check_due_date(date(2026, 1, 1), date(2026, 2, 1), sector="road")
    with pytest.raises(ValueError, match="2019"):
        check_due_date(date(2018, 1, 1), date(2018, 2, 1))


def test_sector_spellings_are_frozen() -> None:
    """They stand in configurations."""
    expected = [
        "alcohol_excise", "export_vat_free", "farm_machinery", "grapes_must_wine", "green_space_equipment", "leather",
        "livestock_fresh_meat", "perishable_food", "perishable_food_periodic", "road_freight", "watches_jewellery",
    ]  # fmt: skip
    assert expected == sorted(SECTOR_CAPS)


def test_limitation_of_the_worked_examples() -> None:
    """D09: five years from the due date, not rolled; D10: a part payment starts them again."""
    due = date(2021, 12, 31)
    assert date(2026, 12, 31) == limitation_of(due).expires_on
    events = [Event("part_payment", date(2024, 3, 10)), Event("formal_notice", date(2026, 1, 5))]
    assert date(2029, 3, 10) == limitation_of(due, events=events).expires_on
    assert limitation_of(due, events=events) == limitation_of(due, events=events[::-1])


def test_limitation_stands_still_while_a_court_is_seized() -> None:
    """C. civ. 2242, 2243: the case keeps the claim alive, unless it was withdrawn, lapsed or dismissed."""
    due, sued = date(2021, 12, 31), date(2025, 5, 5)
    assert limitation_of(due, events=[Event("court_claim", sued)]).expires_on is None
    assert date(2026, 12, 31) == limitation_of(due, events=[Event("court_claim", sued, void=True)]).expires_on
    ended = Event("court_claim", sued, ended_on=date(2026, 6, 6))
    assert date(2031, 6, 6) == limitation_of(due, events=[ended]).expires_on


def test_nothing_revives_a_claim_that_lapsed() -> None:
    """An interruption must come in time; carriage has one year, consumers two."""
    due = date(2020, 2, 29)
    assert date(2021, 2, 28) == limitation_of(due, "carriage").expires_on
    late = Event("acknowledgement", date(2022, 3, 1))
    assert date(2022, 2, 28) == limitation_of(due, "consumer", [late]).expires_on
    in_time = Event("acknowledgement", date(2022, 2, 28))  # the last day counts (C. civ. 2229)
    assert date(2024, 2, 28) == limitation_of(due, "consumer", [in_time]).expires_on
    with pytest.raises(ValueError, match="regime"):
        limitation_of(due, "transport")
