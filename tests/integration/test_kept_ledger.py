"""What is kept of the ledger between reconciliations, mended by what changed, is the ledger as it would be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hub.app.bootstrap import Hub
from hub.core.reconcile import OpenItems, Policy
from hub.core.reconcile.kept.standing import Standing
from hub.core.services.allocations import list_allocations, reverse_proposal
from hub.core.services.desk import Desk, ImagePlace
from hub.core.services.inputs import Inputs, load_inputs
from hub.core.services.reconcile import reconcile_now
from hub.core.store import Store
from tests.support.hubs import Dump, dump, make_hub, sync
from tests.support.scripts import Unit, debtor, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")
HOUR = 3_600_000_000
TODAY = date(2026, 11, 30)
DEBTORS = {"C1": "Menuiserie Durand", "C2": "Garage Martin", "C3": "Garage Martinet", "C4": "Boulangerie Petit"}


@dataclass
class Calendar:
    """A clock whose day is moved on."""

    day: date = TODAY

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day).astimezone()

    def today(self) -> date:
        return self.day


class Company:
    """Books of two sellers, read as a whole again and again, in which anything may change from one day to the next."""

    def __init__(self, folder: Path, url: str, seed: int, missing: str, *, keeps: bool = False) -> None:
        self.folder, self.instant, self.dice, self.missing = folder, 1_790_000_000_000_000, Random(seed), missing
        self.calendar = Calendar()
        self.hub: Hub = make_hub(folder, url, section(), now=lambda: self.instant)
        place = ImagePlace(folder / "ledger.image", least=0)
        self.desk: Desk = replace(self.hub.desk, clock=self.calendar, image=place)
        self.reconciling = self.desk if keeps else replace(self.desk, image=None)
        self.facts: dict[str, Unit] = {f"D{s}{key}": self._debtor(s, key) for s in ("ACME", "BETA") for key in DEBTORS}
        for _ in range(40):
            self._add_document()
        for _ in range(12):
            self.act(self.dice.choice((self._add_receipt, self._settle, self._part)))
        self.read()

    def act(self, act: Callable[[], None]) -> None:
        """One change of the books."""
        act()

    def read(self) -> None:
        """The connector reads the books as they are now."""
        self.instant += HOUR
        stream = {"mode": "snapshot", "missing": self.missing}
        write_script(self.folder, [unit(ref, fact) for ref, fact in self.facts.items()], stream=stream)
        sync(self.hub, "guest", accept_missing=True)
        self.instant += HOUR

    def change(self) -> None:
        """Some changes of the books, then perhaps a reconciliation, a reversal, or another day."""
        acts = (
            self._add_document, self._add_document, self._add_receipt, self._settle, self._part, self._restate,
            self._drop, self._terms,
        )  # fmt: skip
        for _ in range(self.dice.randint(0, 4)):
            self.dice.choice(acts)()
        self.read()
        if self.dice.random() < 0.5:
            reconcile_now(self.reconciling, Policy(oldest_first=True))
        standing = [row.proposal for row in list_allocations(self.desk) if row.status in ("auto", "confirmed")]
        if standing and self.dice.random() < 0.3:
            reverse_proposal(self.desk, self.dice.choice(standing), "it was another's")
        if self.dice.random() < 0.3:
            self.calendar.day += timedelta(days=self.dice.randint(1, 20))

    def _debtor(self, seller: str, key: str, **more: Any) -> Unit:
        return debtor(key, DEBTORS[key], **{"seller": seller, **more})

    def _documents(self) -> list[str]:
        return [ref for ref, fact in self.facts.items() if fact["kind"] in ("invoice", "credit_note")]

    def _day(self) -> str:
        return str(date(2026, 9, 1) + timedelta(days=self.dice.randint(0, 120)))

    def _add_document(self) -> None:
        dice, number = self.dice, f"F-2026-{self.dice.randint(1, 60):03}"
        seller, day = dice.choice(("ACME", "BETA")), self._day()
        if dice.random() < 0.2:
            day = day.replace("2026", "2025")  # numbers restart each year
        due = None if dice.random() < 0.3 else str(date.fromisoformat(day) + timedelta(days=30))
        more: dict[str, Any] = {"seller": seller, "issued_on": day, "due_on": due}
        kind = "invoice"
        if dice.random() < 0.2:
            kind, number = "credit_note", number.replace("F", "A")
            more |= {"kind": kind, "corrects": f"f-2026- {dice.randint(1, 60):03}"}
            del more["due_on"]
        elif dice.random() < 0.5:
            more |= {"settled_minor": dice.choice((0, 100, 500)), "order_ref": dice.choice((None, "CDE4512"))}
            more["settled_on"] = self._day() if dice.random() < 0.5 else None
        fact = invoice(number, dice.choice((1_000, 2_000, 2_000, 777)), dice.choice(list(DEBTORS)), **more)
        if kind == "credit_note":
            fact.pop("due_on", None)
        self.facts[f"{kind}{seller}{number}{day[:4]}"] = fact

    def _add_receipt(self) -> None:
        key = f"R{len(self.facts)}-{self.dice.randint(1, 1000)}"
        fact = self.facts[self.dice.choice(self._documents())]
        amount = fact["total_minor"] - self.dice.choice((0, 0, 0, 100, fact.get("settled_minor") or 0))
        more = {"payer_name": DEBTORS[fact["debtor_id"]], "remittance": f"FACT {fact['number']}"}
        self.facts[key] = receipt(key, max(amount, 1), received_on="2026-11-20", **more)

    def _settle(self) -> None:
        fact = self.facts[self.dice.choice(self._documents())]
        name = f"L{self.dice.randint(1, 12)}"
        self.facts[name] = {
            "kind": "settlement_line", "seller": fact["seller"], "settlement_id": name, "line": 1,
            "debtor_id": fact["debtor_id"], "settled_on": self._day(), "target": fact["kind"],
            "document_number": fact["number"], "amount_minor": self.dice.choice((100, fact["total_minor"])),
            "currency": "EUR",
        }  # fmt: skip

    def _part(self) -> None:
        fact = self.facts[self.dice.choice(self._documents())]
        name, seller = f"P{self.dice.randint(1, 12)}", self.dice.choice((fact["seller"], "*"))
        self.facts[name] = {
            "kind": "instalment", "seller": seller, "invoice_number": fact["number"], "due_on": self._day(),
            "rank": int(name[1:]), "amount_minor": 500, "currency": "EUR",
        }  # fmt: skip

    def _restate(self) -> None:
        """The books say something else of a document: another open amount, due date, total, or corrected number."""
        fact = self.facts[self.dice.choice(self._documents())]
        if fact["kind"] == "credit_note":
            fact["corrects"] = f"F-2026-{self.dice.randint(1, 60):03}"
        else:
            fact["settled_minor"] = self.dice.choice((0, 100, fact["total_minor"]))
            fact["due_on"] = self.dice.choice((None, self._day()))

    def _drop(self) -> None:
        del self.facts[self.dice.choice([ref for ref in self.facts if not ref.startswith("D")])]

    def _terms(self) -> None:
        seller, key = self.dice.choice(("ACME", "BETA")), self.dice.choice(list(DEBTORS))
        terms = self.dice.choice((None, "60 jours", "30 jours fin de mois"))
        self.facts[f"D{seller}{key}"] = self._debtor(seller, key, payment_terms=terms)


def told(inputs: Inputs) -> tuple[Any, ...]:
    """What inputs say of the ledger, in an order of its own."""
    names = [f.name for f in fields(OpenItems)]
    tables: list[tuple[OpenItems, list[int]]]
    if isinstance(inputs.items, Standing):
        standing = inputs.items
        image = standing.image
        base = [row for row in range(len(image.id)) if row not in standing.gone]
        tables = [(image.items, base), (standing.items, list(range(len(standing.items.id))))]
        closed = [
            (*image.pairs[image.closed_pair[at]], image.closed[at])
            for at in range(len(image.closed))
            if at not in standing.gone_closed
        ]
        new = standing.settled
        closed += [(s, d, n.replace("-", "")) for s, d, n in zip(new.seller, new.debtor, new.number, strict=True)]
    else:
        assert inputs.settled is not None
        new = inputs.settled
        tables = [(inputs.items, list(range(len(inputs.items.id))))]
        closed = [(s, d, n.replace("-", "")) for s, d, n in zip(new.seller, new.debtor, new.number, strict=True)]
    items = sorted(str([getattr(table, name)[row] for name in names]) for table, rows in tables for row in rows)
    ids = sorted(table.id[row] for table, rows in tables for row in rows)
    return items, sorted(closed), [(id_, inputs.in_books.get(id_, 0), inputs.allocated.get(id_, 0)) for id_ in ids]


def decided(store: Store) -> Dump:
    """What reconciliations wrote."""
    dumped = dump(store)
    return {name: dumped[name] for name in ("allocation", "allocation_reversal", "proposal", "receipt_verdict")}


def looked_at(company: Company) -> tuple[Inputs, Inputs]:
    """The inputs out of what was kept, and those read."""
    with company.desk.store.read() as connection:
        kept = load_inputs(company.desk, connection)
        read = load_inputs(replace(company.desk, image=None), connection)
    return kept, read


def several_days(folder: Path, url: str, seed: int, days: int) -> int:
    """Compares after each day; returns on how many days the kept ledger served."""
    company = Company(folder, url, seed, ("withdrawn", "settled")[seed % 2])
    looked_at(company)
    served = 0
    for _ in range(days):
        company.change()
        kept, read = looked_at(company)
        assert told(read) == told(kept)
        served += isinstance(kept.items, Standing)
    return served


def test_a_kept_ledger_is_the_ledger(tmp_path: Path, database_url: str) -> None:
    """Documents, credit notes, settlements, instalments, terms, allocations and days come and go: it stays the same."""
    assert 6 == several_days(tmp_path, database_url, seed=1, days=6)


def test_reconciling_writes_the_same_with_and_without_it(tmp_path: Path) -> None:
    """Two hubs over the same books, one of which keeps its ledger: the same allocations, suggestions and verdicts."""
    keeping, reading = (
        Company(tmp_path / name, f"sqlite:///{tmp_path / name}.db", 9, "withdrawn", keeps=name == "keeping")
        for name in ("keeping", "reading")
    )
    for _ in range(4):
        keeping.change()
        reading.change()
        assert decided(reading.hub.store) == decided(keeping.hub.store)
    assert decided(keeping.hub.store)["allocation"]
    assert (tmp_path / "keeping" / "ledger.image").exists()
    assert not (tmp_path / "reading" / "ledger.image").exists()


def test_numbers_built_otherwise_are_learnt_anew(tmp_path: Path) -> None:
    """The kept ledger took digits for the month; the seller's new numbers show that they are a counter: all is read."""
    company = Company(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}", 1, "withdrawn", keeps=True)
    company.facts = {f"S{n}": invoice(f"S26{n:02}{n:03}", 1_000 + n, issued_on=f"2026-{n:02}-03") for n in range(1, 10)}
    company.read()
    reconcile_now(company.desk, Policy())
    laid = (tmp_path / "ledger.image").read_bytes()
    for n in range(20, 90):
        company.facts[f"S{n}"] = invoice(f"S{n:02}26{n:03}", 1_000 + n, issued_on="2026-10-03")
    company.facts["R"] = receipt("R", 1_055, remittance="FACTURE 5526055", payer_name="Menuiserie Durand")
    company.facts["D"] = debtor("C1", DEBTORS["C1"])
    company.read()
    reconcile_now(company.desk, Policy())
    assert laid != (tmp_path / "ledger.image").read_bytes()
    kept, read = looked_at(company)
    assert told(read) == told(kept)


@pytest.mark.parametrize("spoil", [lambda held: b"", lambda held: held[:-9], lambda held: b"x" * len(held)])
def test_a_spoilt_image_is_no_image(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    """Empty, cut off or something else: the ledger is read, and an image laid in its place."""
    company = Company(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}", 1, "withdrawn")
    looked_at(company)
    image = tmp_path / "ledger.image"
    whole = image.read_bytes()
    image.write_bytes(spoil(whole))
    kept, read = looked_at(company)
    assert not isinstance(kept.items, Standing)
    assert told(read) == told(kept)
    assert whole == image.read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 33))
def test_a_kept_ledger_is_the_ledger_again_and_again(tmp_path: Path, database_url: str, seed: int) -> None:
    """The same over many companies and more days."""
    assert 25 == several_days(tmp_path, database_url, seed, days=25)
