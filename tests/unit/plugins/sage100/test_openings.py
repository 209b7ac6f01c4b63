"""What a year of Sage carries forward, and what of it is matched there: the balance stays that of the books."""

from __future__ import annotations

import pytest

from tests.unit.plugins.sage100.owed import cases_read, line

CASES = {
    # An invoice carried forward and paid there: it is settled.
    "sale": ([line(1, "VE", "2025-11-03", 100, "FA1"), line(2, "RAN", "2026-01-01", 100, "FA1", "AAA", 1),
      line(3, "BQ", "2026-02-03", -100, "FA1", "AAA")], {}),
    # Paid, returned unpaid, carried forward, and paid again: the return was the claim, and is settled.
    "unpaid": ([line(1, "VE", "2025-11-03", 100, "FA1", "AAA"), line(2, "BQ", "2025-12-03", -100, "FA1", "AAA"),
      line(3, "BQ", "2025-12-20", 100, "FA1"), line(4, "RAN", "2026-01-01", 100, "FA1", "AAB", 1),
      line(5, "BQ", "2026-02-03", -100, "FA1", "AAB")], {}),
    # A payment on account, carried forward and used for an invoice of the new year.
    "on account": ([line(1, "BQ", "2025-12-03", -70, "AC1"), line(2, "RAN", "2026-01-01", -70, "AC1", "AAA", 1),
      line(3, "VE", "2026-02-03", 70, "FA9", "AAA")], {}),
    # The same, without a number; and of two alike only one was used.
    "alike": ([line(1, "BQ", "2025-11-03", -70), line(2, "BQ", "2025-12-03", -70),
      line(3, "RAN", "2026-01-01", -70, "", "", 1), line(4, "RAN", "2026-01-01", -70, "", "AAA", 1),
      line(5, "VE", "2026-02-03", 70, "FA9", "AAA")], {"EC2": -70}),
    # Carried forward twice before it was paid.
    "twice": ([line(1, "VE", "2025-11-03", 100, "FA1"), line(2, "RAN", "2026-01-01", 100, "FA1", "", 1),
      line(3, "RAN", "2027-01-01", 100, "FA1", "AAA", 1), line(4, "BQ", "2027-02-03", -100, "", "AAA")], {}),
    # Matched for a part there.
    "part": ([line(1, "VE", "2025-11-03", 100, "FA1"), line(2, "RAN", "2026-01-01", 100, "FA1", "AAA", 1),
      line(3, "BQ", "2026-02-03", -30, "", "AAA")], {"FA1": 70}),
    # Matched where it was entered, and once more in its copy: the original's counts, the copy's payment stays.
    "matched both": ([line(1, "VE", "2025-11-03", 100, "FA1", "AAA"), line(2, "BQ", "2025-12-03", -100, "", "AAA"),
      line(3, "RAN", "2026-01-01", 100, "FA1", "AAB", 1), line(4, "BQ", "2026-02-03", -100, "", "AAB")],
     {"EC4": -100}),
    # A balance carried in one sum repeats no line: both sides stay.
    "one sum": ([line(1, "VE", "2025-11-03", 100, "FA1"), line(2, "VE", "2025-11-04", 50, "FA2"),
      line(3, "RAN", "2026-01-01", 150, "", "AAA", 2), line(4, "BQ", "2026-02-03", -150, "", "AAA")],
     {"FA1": 100, "FA2": 50, "EC4": -150}),
    # A line of the new year that says the same is not what the opening repeats.
    "nothing": ([line(1, "RAN", "2026-01-01", -70, "", "AAA", 1), line(2, "VE", "2026-02-03", 70, "FA9", "AAA"),
      line(3, "BQ", "2026-03-03", -70), line(4, "VE", "2025-02-03", 10, "FA0")],
     {"EC3": -70, "FA0": 10, "FA9": 70}),
}  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[tuple[str, str], int]]:
    """What each case leaves open."""
    return cases_read(tmp_path_factory.mktemp("openings"), {name: (lines, {}) for name, (lines, _) in CASES.items()})


@pytest.mark.parametrize("case", CASES)
def test_what_is_carried_forward_keeps_the_balance(case: str, read: dict[str, dict[tuple[str, str], int]]) -> None:
    """What repeats a line settles it; nothing is settled on one side alone, and nothing names what is not there."""
    expected: dict[str, int] = CASES[case][1]
    assert {("C1", name): minor for name, minor in expected.items()} == read[case]
