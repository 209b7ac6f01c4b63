"""How sellers build their numbers, learnt from numbers as they are printed and the days of their invoices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from hub.core.reconcile.index.layouts import Sample, learn_scheme
from hub.core.reconcile.texts.text import compact, mask
from tests.unit.reconcile.books import DUPONT, MARTIN, decide, item, lines, receipt


def parts(printed: Callable[[int, date], str], size: int = 40) -> tuple[str, str, str]:
    """Prefix, period and counter of the last of some numbers, one each nine days."""
    samples = []
    for n in range(size):
        issued = date(2025, 1, 6) + timedelta(days=9 * n)
        number = printed(n, issued)
        samples.append(Sample(compact(number), issued, number))
    scheme, last = learn_scheme(samples), samples[-1].number
    return last[scheme.prefix], last[scheme.period], last[scheme.counter]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (lambda n, day: f"FA-{day.year}-{day.month:02}-{n:04}", ("FA", "202512", "0039")),
        (lambda n, day: f"{n + 1200:05}/{day:%y}", ("", "25", "01239")),
        (lambda n, day: f"{day.month:02}-{day.year}-{n:04}", ("", "122025", "0039")),  # the month before its year
        (lambda n, day: f"FV{day:%m%y}-{n:04}", ("FV", "1225", "0039")),
        (lambda n, day: f"FI{day:%y}/S{day.isocalendar().week:02}-{4800 + n}", ("FI", "25", "4839")),  # a week
        (
            lambda n, day: f"{n % 3 + 1:02}-{day:%y}-{n // 3 + 1:04}",
            ("01", "25", "0014"),
        ),  # a branch, a year, a counter
        (lambda n, day: f"C{40 + n % 7:03}-{day:%y}-{310 + n:04}", ("C044", "25", "0349")),  # the customer's code
        (lambda n, _: f"{12 + n // 20}.{n % 20:03}", ("", "", "13019")),  # thousands: the end tells nothing alone
        (lambda n, _: f"12.{345 + n}", ("12", "", "384")),
        (lambda n, _: f"LOT7-{1000 + n}", ("LOT7", "", "1039")),
    ],
)
def test_parts(printed: Callable[[int, date], str], expected: tuple[str, str, str]) -> None:
    """Signs part digits, where the part behind tells the numbers apart or one part follows the calendar."""
    assert parts(printed) == expected


def test_a_few_numbers_may_look_so_by_chance() -> None:
    """Of seven numbers the signs say nothing."""
    assert parts(lambda n, _: f"12.{345 + n}", size=7)[2] == "12351"


@pytest.mark.parametrize("text", ["FACT 4812", "REGLT FACT 4812 ET 4820", "FACTURES 4820-4812"])
def test_the_counter_behind_a_week(text: str) -> None:
    """It is a counter of four digits like any other's, alone and in a list."""
    rows = []
    for n in range(24):
        issued = date(2026, 1, 5) + timedelta(days=4 * n)
        rows.append(
            item(f"FI26/S{issued.isocalendar().week:02}-{4800 + n}", MARTIN, 40_000 + 977 * n, issued_on=issued)
        )
    paid = [n for n in (12, 20) if f"{4800 + n}" in text]
    decision = decide(rows, [receipt(sum(40_000 + 977 * n for n in paid), text, "MENUISERIE MARTIN")])[0]
    assert decision.status == "auto"
    assert sorted(lines(decision)) == [(n + 1, 40_000 + 977 * n) for n in paid]


@pytest.mark.parametrize(
    "text",
    [
        "FACT 02-2026-0103",
        "SDC 9 RUE PASTEUR FA02-2026-0103",
        "02-2026-103",
        "0220260103",
        "02 2026 0103",
        "02-26-0103",
    ],
)
def test_a_month_before_its_year_is_the_numbers(text: str) -> None:
    """Every month begins anew, so that each counter comes back, here with equal sums: the month tells which."""
    rows = []
    for month in (1, 2, 3):
        for n in range(96, 108):
            debtor, issued = (MARTIN, DUPONT)[(n + month) % 2], date(2026, month, 5 + n % 20)
            rows.append(item(f"{month:02}-2026-{n:04}", debtor, 38_000, issued_on=issued))
    at = next(n for n, row in enumerate(rows, 1) if row["number"] == "02-2026-0103")
    name = {MARTIN: "MENUISERIE MARTIN SAS", DUPONT: "DUPONT ELECTRICITE SA"}[rows[at - 1]["debtor"]]
    decision = decide(rows, [receipt(38_000, text, name)])[0]
    assert (decision.status, lines(decision)) == ("auto", [(at, 38_000)])


def test_a_month_before_its_year_that_is_another() -> None:
    """No counter of March is meant where April is written, whoever pays."""
    rows = [item(f"03-2026-{n:04}", MARTIN, 38_000 + n, issued_on=date(2026, 3, 1 + n % 28)) for n in range(96, 130)]
    rows += [item("02-2026-0103", DUPONT, 99_000, issued_on=date(2026, 2, 9))]
    decision = decide(rows, [receipt(38_103, "02-2026-0103", "TIERS PAYEUR")])[0]
    assert decision.status != "auto"


@pytest.mark.parametrize("digits", ["0220260103", "0123456789"])
def test_a_number_of_ten_digits_is_no_telephones(digits: str) -> None:
    """What could be a telephone's in Paris is left where it is an open invoice's."""
    told, hidden = mask(f"{digits} 9 RUE PASTEUR", lambda number, tail: number == "0220260103")
    assert (digits in told, len(hidden)) == ((True, 0) if digits == "0220260103" else (False, 1))
