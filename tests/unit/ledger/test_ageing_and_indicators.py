"""The aged balance and the indicators, against kpi_examples.json (K01–K12)."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hub.core.ledger import indicators as figures
from hub.core.ledger.ageing import aged_balance
from hub.core.ledger.facts import Allocations, Settlements
from hub.core.ledger.indicators import half_up
from hub.core.ledger.open_items import OpenItems, open_ledger
from tests.unit.ledger.build import AS_OF, documents, instalments

VECTORS = json.loads((Path(__file__).parent / "vectors" / "kpi_examples.json").read_text(encoding="utf-8"))
EXAMPLE: dict[str, Any] = {example["id"]: example for example in VECTORS["examples"]}
DAY = date.fromisoformat


def minor(text: str) -> int:
    """ "-1500.00" → -150000."""
    return int(text.replace(".", ""))


def given(key: str) -> Any:
    """The input of an example, amounts in cents."""

    def cents(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: cents(part) for name, part in value.items()}
        if isinstance(value, list):
            return [cents(part) for part in value]
        is_amount = isinstance(value, str) and value.lstrip("-").replace(".", "").isdigit()
        return minor(value) if is_amount else value

    return cents(EXAMPLE[key]["input"])


def k05_items() -> OpenItems:
    """The nine items of K05, as open items."""
    rows = [
        {
            "id": i,
            "number": row["ref"],
            "kind": "credit_note" if row["open_amount"].startswith("-") else "invoice",
            "issued_on": date(2026, 8, 1),
            "due_on": DAY(row["due_date"]),
            "total_minor": abs(minor(row["open_amount"])),
        }
        for i, row in enumerate(EXAMPLE["K05"]["input"]["items"])
    ]
    return open_ledger(documents(*rows), Settlements(), Allocations(), as_of=AS_OF).items


def test_k05_aged_balance() -> None:
    """By days after the due date, bounds inclusive; a credit is placed by its own date."""
    expected = EXAMPLE["K05"]["expected"]
    found = aged_balance(k05_items(), as_of=AS_OF)
    assert tuple(expected["buckets"]) == found.buckets
    (row,) = found.rows
    assert [minor(amount) for amount in expected["buckets"].values()] == list(row.amounts)
    assert (minor(expected["total"]), minor(expected["overdue"])) == (row.total_minor, row.overdue_minor)
    assert {"EUR": row.amounts} == found.totals
    assert expected["overdue_rate_percent"] == half_up(figures.overdue_percent(row.overdue_minor, row.total_minor))


def test_credits_may_stand_apart() -> None:
    """Then they are no part of what is overdue."""
    found = aged_balance(k05_items(), as_of=AS_OF, credits_apart=True)
    assert ("not_due", "1_30", "31_60", "61_90", "over_90", "credits") == found.buckets
    assert (1_500_000, 1_250_000, 250_000, 700_000, 900_000, -150_000) == found.rows[0].amounts
    assert 3_100_000 == found.rows[0].overdue_minor


def test_bounds_and_invoice_age_can_be_chosen() -> None:
    """By issue date all nine items are 113 days old."""
    found = aged_balance(k05_items(), as_of=AS_OF, bounds=(15, 45, 120), by="issue")
    assert ("not_due", "1_15", "16_45", "46_120", "over_120") == found.buckets
    assert (0, 0, 0, 4_450_000, 0) == found.rows[0].amounts
    with pytest.raises(ValueError, match="rise"):
        aged_balance(k05_items(), as_of=AS_OF, bounds=(30, 30))


def test_currencies_and_accounts_never_mix() -> None:
    """C1 at two sellers is two accounts; dollars and euros have a row each."""
    rows = [{"id": 1}, {"id": 2, "currency": "USD"}, {"id": 3, "seller": "BETA"}, {"id": 4, "total_minor": 5}]
    items = open_ledger(documents(*rows), Settlements(), Allocations(), as_of=AS_OF).items
    found = aged_balance(items, as_of=AS_OF)
    assert [("ACME", "C1", "EUR", 10_005), ("ACME", "C1", "USD", 10_000), ("BETA", "C1", "EUR", 10_000)] == [
        (row.seller, row.debtor_id, row.currency, row.total_minor) for row in found.rows
    ]
    assert {"EUR": 20_005, "USD": 10_000} == {currency: sum(sums) for currency, sums in found.totals.items()}


def test_each_instalment_has_its_own_bucket() -> None:
    """One invoice, three due dates."""
    plan = instalments((1, date(2026, 8, 1), 2_000), (1, date(2026, 11, 1), 3_000), (1, date(2026, 12, 1), 5_000))
    items = open_ledger(documents({"id": 1}), Settlements(), Allocations(), as_of=AS_OF, instalments=plan).items
    assert (5_000, 3_000, 0, 0, 2_000) == aged_balance(items, as_of=AS_OF).rows[0].amounts


def test_k01_dso_simple() -> None:
    """Receivables / sales × days."""
    assert EXAMPLE["K01"]["expected"]["dso_days"] == half_up(figures.dso_simple(*given("K01").values()))


def test_k02_dso_count_back() -> None:
    """Whole months add their days, the last one its share."""
    months = [figures.Month(row["days"], row["sales"]) for row in given("K02")["monthly_sales_ttc"]]
    found = figures.dso_count_back(given("K02")["ar_ttc"], months)
    assert (EXAMPLE["K02"]["expected"]["dso_days"], False) == (half_up(found.days), found.history_exhausted)
    assert (Fraction(31), True) == figures.dso_count_back(given("K02")["ar_ttc"], months[:1])
    assert (Fraction(62), False) == figures.dso_count_back(100, [figures.Month(31, -5), figures.Month(31, 100)])
    assert (Fraction(0), False) == figures.dso_count_back(0, months)


def test_k03_best_possible_dso_and_add() -> None:
    """ADD = DSO − BPDSO."""
    value = given("K03")
    sales, days, current = value["sales_ttc"], value["days"], value["current_ar_ttc"]
    expected = EXAMPLE["K03"]["expected"]
    assert expected["bpdso_days"] == half_up(figures.dso_best_possible(current, sales, days))
    add = figures.average_days_delinquent(current + value["overdue_ar_ttc"], current, sales, days)
    assert expected["add_days"] == half_up(add)


def test_k04_collection_effectiveness() -> None:
    """What was collected of what could be; undefined without sales or receivables."""
    assert EXAMPLE["K04"]["expected"]["cei_percent"] == half_up(
        figures.collection_effectiveness(*given("K04").values())
    )
    assert figures.collection_effectiveness(0, 0, 0, 0) is None


def test_k06_unpaid_and_overdue_rates() -> None:
    """Two rates with different bases."""
    value, expected = given("K06"), EXAMPLE["K06"]["expected"]
    assert expected["unpaid_rate_percent"] == half_up(figures.unpaid_percent(value["unpaid"], value["invoiced"]))
    assert expected["overdue_rate_percent"] == half_up(figures.overdue_percent(value["overdue_ar"], value["total_ar"]))


def test_k07_weighted_days_late() -> None:
    """Paid early counts as on time, unless signed."""
    paid = [(row["amount"], row["days_late"]) for row in given("K07")["paid"]]
    expected = EXAMPLE["K07"]["expected"]
    assert expected["days"] == half_up(figures.weighted_days_late(paid))
    assert expected["variant_signed"] == half_up(figures.weighted_days_late(paid, signed=True))
    assert figures.weighted_days_late([]) is None


def test_k08_kept_promises() -> None:
    """Matured promises only, by count and by amount."""
    value, expected = given("K08"), EXAMPLE["K08"]["expected"]
    promises = [
        figures.PromiseOutcome(DAY(p["promise_date"]), p["promised"], p["received_by_date_plus_tolerance"])
        for p in value["promises"]
    ]
    found = figures.kept_promises(promises, as_of=DAY(value["as_of"]), tolerance_days=value["tolerance_days"])
    assert (expected["matured"], expected["kept"]) == found[:2]
    assert expected["rate_by_count_percent"] == half_up(found.count_percent)
    assert expected["rate_by_amount_percent"] == half_up(found.amount_percent)


def test_a_promise_matures_when_its_tolerance_is_over() -> None:
    """Promised for the 20th with two days of grace: still pending at the end of the 22nd."""
    promise = figures.PromiseOutcome(date(2026, 11, 20), 100, 0)
    pending = figures.kept_promises([promise], as_of=date(2026, 11, 22), tolerance_days=2)
    assert (0, 0, None, None) == pending
    assert 1 == figures.kept_promises([promise], as_of=date(2026, 11, 23), tolerance_days=2).matured


def test_k09_to_k11_costs_losses_recovery() -> None:
    """Cost per euro, turnover that offsets a loss, share of overdue money recovered."""
    value = given("K09")
    cost = figures.cost_per_unit_recovered(value["costs"].values(), value["overdue_cashed"])
    assert EXAMPLE["K09"]["expected"]["cost_per_euro"] == half_up(cost, 4)
    found = [
        figures.turnover_to_offset(minor(row["loss"]), Fraction(row["net_margin"])) / 100
        for row in EXAMPLE["K10"]["input"]
    ]
    assert EXAMPLE["K10"]["expected"] == [half_up(turnover) for turnover in found]
    value = given("K11")
    rate = figures.recovery_percent(value["cashed_overdue"], value["overdue_opening"], value["newly_overdue"])
    assert EXAMPLE["K11"]["expected"]["rate_percent"] == half_up(rate)


def test_k12_concentration() -> None:
    """The largest share and the sum of squared shares; a debtor in credit is no concentration."""
    expected = EXAMPLE["K12"]["expected"]
    found = figures.concentration([*given("K12")["open_amounts"], -5])
    assert (minor(expected["total"]), expected["top_share_percent"], expected["hhi"]) == (
        found.total_minor, half_up(found.top_percent), half_up(found.hhi, 4),
    )  # fmt: skip
    assert (0, None, None) == figures.concentration([])


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(1, 8), 2, "0.13"), (Fraction(-1, 8), 2, "-0.13"), (Fraction(-1, 1000), 2, "0.00"),
        (Fraction(5, 2), 0, "3"), (Fraction(71), 2, "71.00"),
    ],
)  # fmt: skip
def test_figures_are_rounded_half_up_where_they_are_shown(value, places, expected) -> None:
    """Away from zero, and never a negative nothing."""
    assert expected == half_up(value, places)
