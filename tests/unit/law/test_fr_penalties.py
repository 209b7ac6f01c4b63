"""Late penalties against the worked examples P01–P13 (vectors/penalty_examples.json)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.core.law.fr.penalties import (
    Segment,
    contract_breaches,
    default_warnings,
    fixed_indemnity_minor,
    last_interest_day,
    late_segments,
    total_minor,
)
from hub.core.law.fr.rates import UnknownRate, hundredths, shipped_rates
from hub.core.law.fr.statement import Credit, Payment, claim_statement, compound_segments

VECTORS = json.loads((Path(__file__).parent / "vectors" / "penalty_examples.json").read_text(encoding="utf-8"))
EXAMPLE: dict[str, Any] = {example["id"]: example for example in VECTORS["examples"]}
RATES = shipped_rates()
DAY = date.fromisoformat


def minor(text: str) -> int:
    """ "12000.00" → 1200000."""
    whole, _, cents = text.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def segments(rows: list[dict[str, Any]]) -> list[Segment]:
    """The segments an example expects."""
    return [
        Segment(
            DAY(row["first_day"]),
            DAY(row["last_day"]),
            row["days"],
            minor(row["base"]),
            hundredths(row["annual_rate_percent"]),
            minor(row["interest"]),
        )
        for row in rows
    ]


def span(example: dict[str, Any]) -> tuple[int, date, date]:
    """Principal, first and last late day of an example."""
    given = example["input"]
    due = DAY(given["due_date"])
    return (
        minor(given["principal_ttc"]),
        date.fromordinal(due.toordinal() + 1),
        DAY(given.get("paid_on") or given["statement_date"]),
    )


@pytest.mark.parametrize("key", ["P01", "P02", "P03"])
def test_the_default_rate_changes_with_the_half_year(key: str) -> None:
    """ECB + 10 points, each half-year at its own rate, half up to the cent, then added (L441-10 II)."""
    example = EXAMPLE[key]
    found = late_segments(*span(example), RATES)
    assert segments(example["segments"]) == found
    assert minor(example["expected"]["interest"]) == total_minor(found)
    assert example["expected"]["days_late"] == sum(segment.days for segment in found)


def test_2024_is_warned_about_and_not_corrected() -> None:
    """P03: the default lies below 3 times legal interest in both halves of 2024; it stays the default."""
    _, first, last = span(EXAMPLE["P03"])
    expected = [
        (DAY(w["half_year"]), hundredths(w["default"]), hundredths(w["floor"])) for w in EXAMPLE["P03"]["warnings"]
    ]
    assert expected == [tuple(breach) for breach in default_warnings(first, last, RATES)]


def test_part_payments_serve_interest_first() -> None:
    """P04: interest, then principal, the indemnity last; unpaid interest bears none (C. civ. 1343-1)."""
    example = EXAMPLE["P04"]
    given, expected = example["input"], example["expected"]
    found = claim_statement(
        minor(given["principal_ttc"]),
        DAY(given["due_date"]),
        DAY(given["statement_date"]),
        RATES,
        payments=[Payment(DAY(p["value_date"]), minor(p["amount"])) for p in given["payments"]],
        indemnity_minor=4000,
    )
    assert [s for step in example["timeline"] for s in segments(step["segments"])] == found.segments
    assert [
        (minor(step["to_interest"]), minor(step["to_principal"]), minor(step["to_fixed_indemnity"]))
        for step in example["timeline"]
        if "payment" in step
    ] == [(s.to_interest_minor, s.to_principal_minor, s.to_indemnity_minor) for s in found.served]
    assert minor(expected["principal"]) == found.principal_minor
    assert minor(expected["interest"]) == found.interest_minor
    assert minor(expected["total_due"]) == found.total_minor


def test_a_contract_rate_above_the_floor_stands() -> None:
    """P05: 10 % is above 3 times legal interest in both half-years."""
    example = EXAMPLE["P05"]
    principal, first, last = span(example)
    assert [] == contract_breaches(1000, first, last, RATES)
    found = late_segments(principal, first, last, RATES, rule="contract", contract_rate=1000)
    assert segments(example["segments"]) == found
    assert minor(example["expected"]["interest"]) == total_minor(found)


def test_a_contract_rate_below_the_floor_needs_a_decision() -> None:
    """P06: the breach is named per half-year; floor, default and clause are all computed, none is chosen."""
    example = EXAMPLE["P06"]
    principal, first, last = span(example)
    breaches = contract_breaches(500, first, last, RATES)
    assert [(date(2026, 1, 1), 786), (date(2026, 7, 1), 825)] == [(b.half_year, b.floor) for b in breaches]
    assert segments(example["segments_if_floor"]) == late_segments(principal, first, last, RATES, rule="contract_floor")
    assert segments(example["segments_if_default"]) == late_segments(principal, first, last, RATES)
    assert segments(example["segments_as_written"]) == late_segments(
        principal, first, last, RATES, rule="contract", contract_rate=500
    )


@pytest.mark.parametrize(("order", "block"), [("AB", "allocation"), ("BA", "alternative_if_debtor_names_B")])
def test_one_payment_serves_two_invoices_in_turn(order: str, block: str) -> None:
    """P07: the oldest first, or the one the debtor names; what is left goes to the next (C. civ. 1342-10)."""
    example = EXAMPLE["P07"]
    paid_on, left = DAY(example["input"]["payment"]["value_date"]), minor(example["input"]["payment"]["amount"])
    invoices = {i["ref"]: i for i in example["input"]["invoices"]}
    for ref in order:
        found = claim_statement(
            minor(invoices[ref]["principal_ttc"]),
            DAY(invoices[ref]["due_date"]),
            paid_on,
            RATES,
            payments=[Payment(paid_on, left)],
        )
        expected = example[block][ref]
        assert minor(expected["to_interest"]) == found.served[0].to_interest_minor
        assert minor(expected["to_principal"]) == found.served[0].to_principal_minor
        assert minor(expected["principal_after"]) == found.principal_minor
        left = found.served[0].unallocated_minor
    assert 0 == left


def test_a_public_buyer_keeps_the_rate_of_the_first_late_day() -> None:
    """P08: ECB + 8 points of the half-year in which interest started, for the whole delay (CCP R2192-31)."""
    example = EXAMPLE["P08"]
    principal, first, last = span(example)
    found = late_segments(principal, first, last, RATES, rule="public_ecb_plus_8")
    assert segments(example["segments"]) == found
    whole = claim_statement(principal, DAY(example["input"]["due_date"]), last, RATES, rule="public_ecb_plus_8")
    assert found == whole.segments
    parts = claim_statement(
        principal,
        DAY(example["input"]["due_date"]),
        last,
        RATES,
        rule="public_ecb_plus_8",
        payments=[Payment(date(2026, 7, 10), 1)],
    )
    assert {1015} == {segment.rate for segment in parts.segments}


def test_insolvency_stops_interest_and_later_indemnities() -> None:
    """P09: interest up to the day before the judgment; what falls due later bears neither interest nor 40
    EUR.
    """
    example = EXAMPLE["P09"]
    opened = DAY(example["input"]["opening_judgment"])
    stop = last_interest_day(date(2026, 11, 22), opened)
    total = 0
    for invoice, key in zip(example["input"]["invoices"], ("declared_A", "declared_B"), strict=True):
        due = DAY(invoice["due_date"])
        indemnity = fixed_indemnity_minor(due, date(2026, 11, 22), insolvency_opened_on=opened)
        found = claim_statement(minor(invoice["principal_ttc"]), due, stop, RATES, indemnity_minor=indemnity)
        expected = example["expected"][key]
        assert minor(expected["interest"]) == found.interest_minor
        assert minor(expected["fixed_indemnity"]) == found.indemnity_minor
        total += found.total_minor
    assert minor(example["expected"]["total_declared"]) == total


def test_an_invoice_due_on_the_day_of_the_judgment_bears_no_indemnity() -> None:
    """Payment was forbidden on its due date already (L441-10 II, end)."""
    opened, later = date(2026, 8, 20), date(2026, 11, 22)
    assert 0 == fixed_indemnity_minor(opened, later, insolvency_opened_on=opened)
    assert 4000 == fixed_indemnity_minor(date(2026, 8, 19), later, insolvency_opened_on=opened)


def test_on_one_day_a_payment_comes_before_a_credit_note() -> None:
    """A convention that keeps the account independent of the order of the lists: the payment is not left
    over.
    """
    day = date(2026, 1, 31)
    found = claim_statement(
        100_00, day, day, RATES, payments=[Payment(day, 80_00)], credits=[Credit(day, 50_00, "from_date")]
    )
    assert (80_00, 0) == (found.served[0].to_principal_minor, found.served[0].unallocated_minor)
    assert (0, 30_00) == (found.principal_minor, found.refundable_minor)


def test_interest_is_compounded_on_request_only() -> None:
    """P10: interest of a full year joins the base on the anniversary, with a clause or a judgment (C. civ.
    1343-2).
    """
    example = EXAMPLE["P10"]
    due, until = DAY(example["input"]["due_date"]), DAY(example["input"]["statement_date"])
    principal = minor(example["input"]["principal_ttc"])
    compound = compound_segments(principal, due, until, RATES)
    assert segments(example["segments_compound"]) == compound
    assert minor(example["expected"]["interest_compound"]) == total_minor(compound)
    # The example cuts simple interest at the anniversaries too. Rounding goes by displayed segment, so
    # without these cuts, as a plain account has it, the sum is one cent more.
    rows = segments(example["segments_simple"])
    found = [late_segments(row.base_minor, row.first_day, row.last_day, RATES) for row in rows]
    assert [[row] for row in rows] == found
    assert minor(example["expected"]["interest_simple"]) == sum(total_minor(one) for one in found)
    assert 815_663 == claim_statement(principal, due, until, RATES).interest_minor


def test_a_consumer_owes_legal_interest_from_the_formal_notice() -> None:
    """P11: the rate follows the creditor, a company; no indemnity (CPCE L111-8)."""
    example = EXAMPLE["P11"]
    notice = DAY(example["input"]["formal_notice_received"])
    first = date.fromordinal(notice.toordinal() + 1)
    last = DAY(example["input"]["statement_date"])
    found = late_segments(minor(example["input"]["principal_ttc"]), first, last, RATES, rule="legal_interest")
    assert segments(example["segments"]) == found
    assert 0 == fixed_indemnity_minor(DAY(example["input"]["due_date"]), last, business=False)


@pytest.mark.parametrize("policy", ["from_origin", "from_date"])
def test_a_credit_note_lowers_the_price(policy: Any) -> None:
    """P12: from the origin when it corrects an error, from its date when it is a gesture."""
    example = EXAMPLE["P12"]
    given = example["input"]
    credit = Credit(DAY(given["credit_note"]["date"]), minor(given["credit_note"]["amount"]), policy)
    found = claim_statement(
        minor(given["principal_ttc"]), DAY(given["due_date"]), DAY(given["statement_date"]), RATES, credits=[credit]
    )
    assert segments(example[f"segments_{policy}"]) == found.segments
    assert minor(example["expected"][policy]) == found.interest_minor
    assert minor(example["expected"]["principal"]) == found.principal_minor


def test_the_divisor_is_365_in_leap_years_unless_asked() -> None:
    """P13."""
    example = EXAMPLE["P13"]
    assert minor(example["expected"]["interest_basis_365"]) == total_minor(late_segments(*span(example), RATES))
    by_366 = late_segments(*span(example), RATES, day_basis=366)
    assert minor(example["expected"]["interest_basis_366"]) == total_minor(by_366)


def test_an_unknown_half_year_is_named() -> None:
    """A rate is never extrapolated (law-and-finance.md §1.2, 11)."""
    with pytest.raises(UnknownRate, match="first half of 2027"):
        late_segments(100_00, date(2026, 12, 1), date(2027, 1, 1), RATES)


def test_nothing_late_costs_nothing() -> None:
    """An invoice paid on its due date has no segment; nor has a base of zero any interest."""
    assert [] == late_segments(100_00, date(2026, 2, 1), date(2026, 1, 31), RATES)
    assert [] == late_segments(100_00, date(2026, 2, 1), date(2026, 1, 31), RATES, rule="public_ecb_plus_8")
    assert 0 == total_minor(late_segments(0, date(2026, 2, 1), date(2026, 2, 3), RATES))
    assert 0 == fixed_indemnity_minor(date(2026, 2, 1), date(2026, 2, 1))
    assert 4000 == fixed_indemnity_minor(date(2026, 2, 1), date(2026, 2, 2))
    assert 0 == fixed_indemnity_minor(date(2012, 12, 31), date(2026, 2, 2))


def test_contradictory_requests_are_refused() -> None:
    """A contract rate belongs to the contract rule, and to it alone."""
    day = date(2026, 2, 1)
    with pytest.raises(ValueError, match="contract"):
        late_segments(1, day, day, RATES, rule="contract")
    with pytest.raises(ValueError, match="contract"):
        late_segments(1, day, day, RATES, contract_rate=500)
    with pytest.raises(ValueError, match="unpaid"):
        late_segments(-1, day, day, RATES)
    with pytest.raises(ValueError, match="exceed"):
        claim_statement(100, day, day, RATES, credits=[Credit(day, 101)])


def test_events_after_the_statement_and_their_order_do_not_matter() -> None:
    """A payment of tomorrow is unknown today; a list in any order gives one account."""
    payments = [Payment(date(2026, 3, 1), 5_000), Payment(date(2026, 2, 1), 7_000), Payment(date(2026, 9, 1), 1)]
    until = date(2026, 6, 30)
    one = claim_statement(100_000, date(2026, 1, 31), until, RATES, payments=payments)
    assert one == claim_statement(100_000, date(2026, 1, 31), until, RATES, payments=payments[::-1])
    assert 2 == len(one.served)
