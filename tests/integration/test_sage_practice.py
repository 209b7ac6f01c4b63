"""Account practice of Sage 100 in a hub: deposits, lines without third party, a year that was purged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.app.bootstrap import Hub
from hub.core.services.gaps import BookCheck, check_books
from tests.sage_company import SageBase
from tests.support.hubs import make_hub, run, sync, verified
from tests.support.sage import in_hub, in_sage, sage_hub, section
from tests.unit.plugins.sage100.owed import ledger, line

pytestmark = pytest.mark.usefixtures("opened_hubs", "without_processes")

Lines = list[dict[str, Any]]


def checked(hub: Hub) -> BookCheck:
    """The open items held against Sage's balances."""
    with hub.store.read() as connection:
        return check_books(hub.desk, connection)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Callable[[Lines], tuple[SageBase, Hub]]]:
    """Makes a company of these lines and a hub that read it; they agree."""
    made: list[SageBase] = []

    def make(lines: Lines) -> tuple[SageBase, Hub]:
        base = ledger(tmp_path, lines)
        made.append(base)
        hub = sage_hub(tmp_path / "hub", f"sqlite:///{tmp_path / 'hub.db'}", base)
        assert 0 == sync(hub, "sage").counts.held
        assert [] == checked(hub).gaps
        return base, hub

    yield make
    for base in made:
        base.close()


def years(count: int) -> Lines:
    """`count` invoices of 2024, paid but for the first two, which 2025 carries forward; the first is paid there."""
    lines = [line(n, "VE", "2024-11-03", 10 * n, f"FA{n}", f"A{n}" if n > 2 else "") for n in range(1, count + 1)]
    lines += [line(1_000 + n, "BQ", "2024-12-03", -10 * n, code=f"A{n}") for n in range(3, count + 1)]
    lines += [
        line(5_001, "RAN", "2025-01-01", 10, "FA1", "B", 1), line(5_002, "RAN", "2025-01-01", 20, "FA2", "", 1),
        line(5_003, "BQ", "2025-02-03", -10, code="B"), line(5_004, "VE", "2025-03-03", 7, "FB1"),
    ]  # fmt: skip
    # Each was entered on its day: a run looks again at the last hours only.
    return [one | {"cbModification": f"{one['JM_Date'][:8]}{one['EC_Jour']:02d} 10:00:00"} for one in lines]


def purge(base: SageBase) -> None:
    """The oldest year is taken out of Sage; nothing of the next one is touched."""
    base.tick(hours=4)
    for month in (11, 12):
        base.delete("F_ECRITUREC", JM_Date=base._when(f"2024-{month}-01"))


def test_the_oldest_year_is_purged(company: Callable[[Lines], tuple[SageBase, Hub]], tmp_path: Path) -> None:
    """The openings of the next year begin to count, by themselves: what they repeated is gone."""
    base, hub = company(years(4))
    assert {"C1": 2_700} == in_hub(hub)
    purge(base)
    sync(hub, "sage")
    assert [] == checked(hub).gaps
    assert {"C1": 2_700} == in_hub(hub) == in_sage(base, tmp_path)
    assert [] == verified(hub).differences


def test_a_large_part_that_was_purged_is_asked_about(
    company: Callable[[Lines], tuple[SageBase, Hub]], tmp_path: Path
) -> None:
    """So much is gone that it may be another data base: the run says what to do, and nothing is compared until then."""
    base, hub = company(years(40))
    before = in_hub(hub)
    purge(base)
    report = run(hub, "sage")
    assert report.error is not None
    assert "HUB-SYNC-003" == report.error.code
    assert "hub sync sage --accept-missing" in report.error.mend
    assert ["ATELIER"] == list(checked(hub).unread)
    sync(hub, "sage", accept_missing=True)
    assert [] == checked(hub).gaps
    assert not checked(hub).unread
    assert before == in_hub(hub) == in_sage(base, tmp_path)


def test_deposits_and_lines_without_third_party_agree(company: Callable[[Lines], tuple[SageBase, Hub]]) -> None:
    """A deposit that nobody used is on account, one that an invoice asked for a named line, an account a debtor."""
    deposit = {"account": "41910000"}
    _, hub = company([
        line(1, "BQ", "2026-01-05", -100, **deposit), line(2, "VE", "2026-02-05", 200, "FA1"),
        line(3, "VE", "2026-02-05", 100, "FA1", **deposit), line(4, "VE", "2026-03-05", 120, "AC2"),
        line(5, "VE", "2026-03-05", -60, "AC2", code="A", **deposit),
        line(6, "OD", "2026-03-06", 40, code="A", **deposit), line(7, "VE", "2026-04-05", 9, account="411D", debtor=""),
    ])  # fmt: skip
    [total] = checked(hub).totals
    assert (42_900, 10_000, -2_000, 30_900) == (
        total.open_minor, total.on_account_minor, total.entries_minor, total.control_minor
    )  # fmt: skip


def test_two_companies_that_use_the_same_numbers(tmp_path: Path) -> None:
    """Two data bases of Sage, one seller each: debtors, numbers and codes are the same, nothing is mixed."""
    hub_sections, bases = "", []
    for name, amount in (("one", 100), ("two", 40)):
        folder = tmp_path / name
        folder.mkdir()
        lines = [
            line(1, "VE", "2026-01-05", amount, "FA1", "A"), line(2, "BQ", "2026-02-05", -amount // 2, code="A"),
            line(3, "BQ", "2026-02-06", -7), line(4, "VE", "2026-02-06", 9, account="411D", debtor=""),
        ]  # fmt: skip
        bases.append(ledger(folder, lines))
        hub_sections += section(bases[-1], seller=name).replace("[connector.sage]", f"[connector.{name}]")
    hub = make_hub(tmp_path / "hub", f"sqlite:///{tmp_path / 'hub.db'}", hub_sections)
    for name in ("one", "two"):
        assert 0 == sync(hub, name).counts.held
    found = checked(hub)
    assert [] == found.gaps
    assert {("one", 5_200), ("two", 2_200)} == {(total.seller, total.control_minor) for total in found.totals}
    assert [] == verified(hub).differences
    for base in bases:
        base.close()
