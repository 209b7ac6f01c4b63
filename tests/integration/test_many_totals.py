"""Control totals of many debtors: one unit a day whatever their number; what earlier versions cut gives way to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.host import totals as host
from hub.core.services.gaps import check_books
from hub.core.store import tables as t
from hub.core.store.record_tables import RECORD_TABLES
from hub.sdk.units import RawUnit
from tests.support.hubs import make_hub, rows, run, sync, verified
from tests.support.scripts import invoice, unit, write_script

GUESTS = Path(__file__).parents[1] / "support" / "guests"
FEW, MANY = 6, 24


def cut_as_before(told: Iterable[Any], most: int = 20) -> list[RawUnit]:
    """How a day was told before: one unit up to `most` balances (it was 60,000), sixteen beyond."""
    told = sorted(told, key=lambda one: str(one.debtor_id))
    cut = len(told) > most
    pieces: list[list[Any]] = [[] for _ in range(16 if cut else 1)]
    for one in told:
        piece = blake2b(one.debtor_id.encode(), digest_size=1).digest()[0] % 16 if cut else 0
        pieces[piece].append([one.debtor_id, one.currency, one.balance_minor])
    day = told[0].balance_on
    refs = [f"ACME|{day}" + (f"|{number + 1} of 16" if cut else "") for number in range(len(pieces))]
    bodies = [json.dumps({"seller": "ACME", "on": day.isoformat(), "balances": piece}) for piece in pieces]
    return [RawUnit(ref, body.encode(), place="control totals") for ref, body in zip(refs, bodies, strict=True)]


class Books:
    """Books of many debtors, each of whom owes ten euros on one invoice."""

    def __init__(self, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        self.hub: Hub = make_hub(folder, url, '[connector.erp]\nplugin = "totalled"\nscript = "erp.json"\n')
        self.now = host.units_of

    def tell(self, balances: dict[str, int], *, as_before: bool = False, page_units: int = 5_000) -> None:
        """One run of the books, whose balances these are; by the code before the mending, if so wanted."""
        facts = [unit(f"f{n}", invoice(f"F{n}", 1_000, debtor=f"C{n}")) for n in range(MANY)]
        write_script(self.folder, facts, name="erp", totals=balances)
        self.monkeypatch.setattr(host, "units_of", cut_as_before if as_before else self.now)
        sync(self.hub, "erp", page_units=page_units)

    def standing(self) -> dict[str, int]:
        """The balances in force."""
        c = RECORD_TABLES["control_total"].current
        found = rows(self.hub.store, sa.select(c.c.debtor_id, c.c.balance_minor).where(c.c.withdrawn_at.is_(None)))
        assert len(found) == len(dict(found))
        return dict(found)

    def gaps(self) -> int:
        """How many debtors the books and the hub do not agree about."""
        with self.hub.store.read() as connection:
            return len(check_books(self.hub.desk, connection).gaps)


@pytest.fixture
def books(
    tmp_path: Path, database_url: str, install_guest: Callable[..., None], in_process: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Books:  # fmt: skip
    install_guest(GUESTS, totalled="hub_totalled")
    return Books(tmp_path, database_url, monkeypatch)


def owed(count: int, since: int = 0) -> dict[str, int]:
    """The balances of `count` debtors, all equal to what the hub holds."""
    return {f"C{number}": 1_000 for number in range(since, since + count)}


@pytest.mark.parametrize(
    ("earlier", "now", "page_units"),
    [
        pytest.param([owed(FEW)], owed(MANY), 5_000, marks=pytest.mark.long_on_postgres),
        pytest.param([owed(MANY)], owed(FEW, since=12), 5_000, marks=pytest.mark.long_on_postgres),
        ([owed(MANY)], {"C1": 0}, 3),
        pytest.param([owed(FEW), owed(MANY)], owed(FEW), 5_000, marks=pytest.mark.long_on_postgres),
        ([owed(MANY), owed(FEW, since=12)], owed(MANY), 3),
    ],
)
def test_an_upgrade_leaves_no_former_piece_standing(
    books: Books, earlier: list[dict[str, int]], now: dict[str, int], page_units: int
) -> None:
    """Told before in one unit, in pieces, or across the threshold on one day, then told by this version: what stands
    is what was told last, nothing is held, and `hub verify` agrees."""
    for balances in earlier:
        books.tell(balances, as_before=True, page_units=page_units)
    books.tell(now)
    assert now == books.standing()
    assert MANY - len([minor for minor in now.values() if minor]) == books.gaps()
    assert [] == rows(books.hub.store, sa.select(t.held.c.what).where(t.held.c.state == "open"))
    books.tell(now)
    assert now == books.standing()
    assert [] == verified(books.hub).differences


def test_a_day_has_one_unit_whatever_the_number(books: Books) -> None:
    """Up, down and up again on one day: one unit, whose ref does not depend on the number of balances."""
    for balances in (owed(FEW), owed(MANY), owed(FEW, since=12), owed(MANY)):
        books.tell(balances)
        assert balances == books.standing()
        stream = t.stream.c.name == host.STREAM
        units = sa.select(t.raw_unit.c.ref, t.raw_unit.c.state).join(t.stream, t.stream.c.id == t.raw_unit.c.stream_id)
        assert [("ACME|2026-11-30", "mapped")] == rows(books.hub.store, units.where(stream))


def test_more_balances_than_a_unit_takes_end_the_run(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not cut: the run says so, its books count as not read, and the former balances stand."""
    books.tell(owed(FEW))
    monkeypatch.setattr(host, "MOST_BYTES", 300)
    write_script(books.folder, [], name="erp", totals=owed(MANY))
    report = run(books.hub, "erp")
    assert report.error is not None
    assert "HUB-HOST-015" == report.error.code
    assert owed(FEW) == books.standing()
