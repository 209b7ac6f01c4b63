"""Sage as people use it, at random: whatever they do, the hub ends where Sage is, and where a fresh hub would be.

At length: `HUB_SEEDS=60 pytest -m long tests/integration/test_sage_habits.py`.
"""

from __future__ import annotations

import os
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.services.gaps import check_books
from hub.core.services.ledger import view
from tests.sage_company import SageBase
from tests.support.hubs import run, sync, verified
from tests.support.sage import sage_hub
from tests.unit.plugins.sage100.owed import ledger, line

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("opened_hubs", "without_processes")]

ACCOUNTS = ["41100000"] * 8 + ["41300000", "41600000", "41170000", "41910000"]
SEEDS = int(os.environ.get("HUB_SEEDS", "8"))


class People:
    """They enter, match, correct and delete, and open a new year now and then."""

    def __init__(self, seed: int, base: SageBase) -> None:
        self.dice, self.base = random.Random(seed), base
        self.entries, self.invoices, self.codes, self.year = 1, 0, 0, 2024

    def work(self) -> None:
        """One thing, at random."""
        things = (
            [self.invoice] * 8 + [self.payment] * 7 + [self.matching] * 8 + [self.unmatching] * 3
            + [self.deletion] * 2 + [self.correction] * 2 + [self.another_debtor] + [self.openings]
        )  # fmt: skip
        self.dice.choice(things)()

    def invoice(self) -> None:
        """Of one line or two, on one account or with a retention; now and then negative, without number, foreign."""
        self.invoices += 1
        number = f"F{self.invoices}" if self.dice.random() < 0.9 else ""
        who, account = self.whose()
        amount = self.dice.randint(1, 12) * 10
        parts = [amount] if self.dice.random() < 0.7 else [amount, amount // 2 + 1]
        rate = Decimal(self.dice.choice(["0.7012", "0.8734", "1.1319"])) if len(parts) == 1 else Decimal(0)
        foreign = self.dice.random() < 0.3 and rate
        for at, part in enumerate(parts):
            signed = part if self.dice.random() < 0.97 else -part
            more = {"N_Devise": 1, "EC_Devise": f"{part * rate:.2f}0000"} if foreign else {}
            on = account if at == 0 or self.dice.random() < 0.6 else "41170000"
            more["EC_Echeance"] = f"{self.year}-12-0{at + 1}"
            self.enter("VE", self.day(), signed, number, account=on, debtor=who, **more)

    def payment(self) -> None:
        """Money, a bill or an entry; now and then the other way."""
        who, account = self.whose()
        amount = self.dice.randint(1, 12) * 10
        number = f"F{self.dice.randint(1, self.invoices + 1)}" if self.dice.random() < 0.4 else ""
        signed = -amount if self.dice.random() < 0.85 else amount
        self.enter(self.dice.choice(["BQ", "BQ", "LC", "OD"]), self.day(), signed, number, account=account, debtor=who)

    def matching(self) -> None:
        """Some lines of one account, often balanced by a last one; codes are used again."""
        free = self.lines("EC_Lettrage = ''")
        if not free:
            return
        one = self.dice.choice(free)
        same = [line for line in free if (line["CG_Num"], line["CT_Num"]) == (one["CG_Num"], one["CT_Num"])]
        if self.dice.random() < 0.8:
            same = [line for line in same if line["JM_Date"][:4] == one["JM_Date"][:4]]
        chosen = self.dice.sample(same, min(len(same), self.dice.randint(2, 4)))
        self.codes += 1
        code = self.dice.choice(["AAA", "AAB", f"B{self.codes}", f"C{self.codes}"])
        self.base.letter(code, *(line["EC_No"] for line in chosen))
        rest = sum((1 if line["EC_Sens"] == 0 else -1) * int(Decimal(line["EC_Montant"])) for line in chosen)
        if rest and self.dice.random() < 0.7:
            day = max(line["JM_Date"] for line in chosen)
            self.enter(self.dice.choice(["OD", "BQ"]), f"{day[:8]}20", -rest, "", code, account=one["CG_Num"],
                       debtor=one["CT_Num"])  # fmt: skip

    def unmatching(self) -> None:
        """A whole group, or one line of it."""
        matched = self.lines("EC_Lettrage <> ''")
        if matched:
            one = self.dice.choice(matched)
            names = ("CG_Num", "CT_Num", "EC_Lettrage") if self.dice.random() < 0.6 else ("EC_No",)
            self.base.change("F_ECRITUREC", {name: one[name] for name in names}, EC_Lettre=0, EC_Lettrage="")

    def deletion(self) -> None:
        """Any line."""
        if found := self.lines():
            self.base.delete("F_ECRITUREC", EC_No=self.dice.choice(found)["EC_No"])

    def correction(self) -> None:
        """Another amount, with a stamp or without."""
        if found := self.lines("EC_ANType = 0 AND N_Devise = 0"):
            one, silent = self.dice.choice(found), self.dice.random() < 0.5
            amount = f"{self.dice.randint(1, 20) * 5}.000000"
            self.base.change("F_ECRITUREC", {"EC_No": one["EC_No"]}, silent=silent, EC_Montant=amount)

    def another_debtor(self) -> None:
        """A line goes to another debtor."""
        if found := self.lines("EC_ANType = 0"):
            one = self.dice.choice(found)
            self.base.change("F_ECRITUREC", {"EC_No": one["EC_No"]}, CT_Num=self.dice.choice(["C1", "C2"]))

    def openings(self) -> None:
        """A new year is opened, or the openings of this one are made anew."""
        self.year = min(self.year + 1, 2026)
        for one in self.lines(f"EC_ANType <> 0 AND JM_Date LIKE '{self.year}%'"):
            self.base.delete("F_ECRITUREC", EC_No=one["EC_No"])
        for one in self.lines(f"EC_Lettrage = '' AND JM_Date LIKE '{self.year - 1}%'"):
            self.entries += 1
            same = {name: value for name, value in one.items() if name not in ("cbMarq", "cbModification")}
            new = {
                "EC_No": self.entries,
                "JO_Num": "RAN",
                "JM_Date": f"{self.year}-01-01",
                "EC_Jour": 1,
                "EC_ANType": 1,
            }
            self.base.add("F_ECRITUREC", [same | new])

    def whose(self) -> tuple[str, str]:
        who = self.dice.choice(["C1", "C1", "C2", "F1", ""])
        if who:
            return who, self.dice.choice(ACCOUNTS)
        return who, self.dice.choice(["411D", "411D", "411D", "41170000", "41910000", "41300000"])

    def day(self) -> str:
        return f"{self.year}-{self.dice.randint(1, 11):02d}-{self.dice.randint(1, 28):02d}"

    def enter(self, journal: str, day: str, signed: int, ref: str, code: str = "", **more: Any) -> None:
        self.entries += 1
        self.base.add("F_ECRITUREC", [line(self.entries, journal, day, signed, ref, code, **more)])

    def lines(self, where: str = "1 = 1") -> list[dict[str, Any]]:
        with self.base.engine.connect() as connection:
            rows = connection.execute(sa.text(f"SELECT * FROM F_ECRITUREC WHERE {where} ORDER BY EC_No"))  # noqa: S608
            return [dict(row._mapping) for row in rows]

    def owed(self) -> int:
        """What Sage has on debtors' accounts, in cents: each line once."""
        found = [line for line in self.lines() if line["CG_Num"].startswith(("411", "413", "416", "4191"))]
        oldest = min((line["JM_Date"][:4] for line in self.lines()), default="")
        counted = [line for line in found if not line["EC_ANType"] or line["JM_Date"][:4] == oldest]
        return sum((1 if line["EC_Sens"] == 0 else -1) * int(Decimal(line["EC_Montant"]) * 100) for line in counted)


def open_items(hub: Hub) -> list[tuple[Any, ...]]:
    """What is open, by debtor, kind and number."""
    seen = view(hub.desk)
    numbers = dict(zip(seen.facts.documents.id, seen.facts.documents.number, strict=True))
    return sorted(
        (item.debtor_id, item.kind, numbers[item.document_id], item.currency, item.open_minor)
        for item in seen.ledger.items
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_people_do_the_hub_ends_where_sage_is(seed: int, tmp_path: Path) -> None:
    """After each run: no gap unless something is held, no anomaly, the total is that of Sage. At the end the hub
    verifies, and a fresh one has the same open items."""
    base = ledger(tmp_path, [line(1, "VE", "2024-01-05", 50, "F0")])
    people = People(seed, base)
    hub = sage_hub(tmp_path / "hub", f"sqlite:///{tmp_path / 'hub.db'}", base)
    for _ in range(14):
        for _ in range(people.dice.randint(1, 4)):
            people.work()
        base.tick(hours=3)
        report = run(hub, "sage", accept_missing=True)
        assert report.error is None
        with hub.store.read() as connection:
            found = check_books(hub.desk, connection)
        assert [] == view(hub.desk).ledger.balances.anomalies
        if not report.counts.held and not any(total.held for total in found.totals):
            assert [] == found.gaps
            assert people.owed() == sum(total.control_minor for total in found.totals)
    assert [] == verified(hub).differences
    fresh = sage_hub(tmp_path / "fresh", f"sqlite:///{tmp_path / 'fresh.db'}", base)
    sync(fresh, "sage")
    assert open_items(fresh) == open_items(hub)
    base.close()
