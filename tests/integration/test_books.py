"""The books agree, or we say so: an ERP's CSV files and bank statements, gaps with the records behind them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.app.bootstrap import Hub
from hub.app.cli import main
from hub.core.ledger.gap_causes import may_act
from hub.core.services import parties
from hub.core.services.books import standing
from hub.core.services.gaps import check_books
from hub.core.services.reconcile import Policy, reconcile_now
from hub.sdk.errors import HubError
from tests.demo_company import cfonb
from tests.demo_company.model import Movement
from tests.demo_company.model import Seller as Company
from tests.support.hubs import exported, make_hub, run, sync, verified
from tests.support.scripts import invoice, receipt, unit, write_script

ACME = Company("ACME", "ACME SAS", "732829320", "FR7630006000011234567890189", "ZZZZFRPPXXX", 100_000)
SECTIONS = """
[seller.ACME]
books = "erp"
[connector.erp]
plugin = "csv"
seller = "ACME"
debtors = "clients.csv"
invoices = "factures.csv"
receipts = "reglements.csv"
settlements = "lettrage.csv"
control_totals = "soldes.csv"
[connector.bank]
plugin = "bank_statements"
folder = "statements"
settle_s = 0
"""
HEADS = {
    "clients": "Code client;Raison sociale;N° SIREN;Société mère",
    "factures": "N° facture;Date facture;Échéance;Code client;Montant TTC;Devise;Montant devise société",
    "reglements": "N° règlement;Date règlement;Montant;Code client;Payeur;Mode de règlement;Libellé",
    "lettrage": "N° facture;N° règlement;Date lettrage;Montant lettré",
    "soldes": "Code client;Date du solde;Solde",
}


class Erp:
    """An ERP that exports its tables, and the bank's statements of a week."""

    def __init__(self, folder: Path, url: str, more: str = "") -> None:
        self.folder = folder
        self.lines: dict[str, list[str]] = {name: [] for name in HEADS}
        (folder / "statements").mkdir()
        self.hub: Hub = make_hub(folder, url, SECTIONS + more)
        for table in HEADS:
            self.add(table)
        self.add("clients", "C001;Menuiserie Durand;732829320;", "C002;Garage Martin;;")
        self.add("factures", "FA-2026-001;01/10/2026;31/10/2026;C001;1200,00;EUR;")
        self.add("factures", "FA-2026-002;02/10/2026;02/11/2026;C002;1000,00;EUR;")

    def add(self, table: str, *lines: str) -> None:
        self.lines[table] += lines
        text = "\n".join([HEADS[table], *self.lines[table]]) + "\n"
        (self.folder / f"{table}.csv").write_text(text, encoding="utf-8")

    def balances(self, **minor: str) -> None:
        """The balances of today, in place of earlier ones."""
        self.lines["soldes"] = []
        self.add("soldes", *(f"{debtor};30/11/2026;{amount}" for debtor, amount in minor.items()))

    def statement(self, *movements: Movement) -> None:
        week = cfonb.Week(date(2026, 11, 20), 0, date(2026, 11, 27), movements)
        (self.folder / "statements" / "releve.txt").write_bytes(cfonb.statement(ACME, week))

    def run(self) -> None:
        for name in ("erp", "bank"):
            if name == "erp" or list((self.folder / "statements").iterdir()):
                assert run(self.hub, name).error is None
        reconcile_now(self.hub.desk, Policy())

    def gaps(self) -> list[tuple[str, int, int, list[tuple[str, int]]]]:
        """Debtor, difference, unexplained, causes."""
        with self.hub.store.read() as connection:
            found = check_books(self.hub.desk, connection).gaps
        return [
            (one.gap.debtor_id, one.gap.difference_minor, one.unexplained_minor,
             [(cause.kind, cause.effect_minor) for cause in one.causes])
            for _, one in found
        ]  # fmt: skip

    def export(self, kind: str) -> list[dict[str, Any]]:
        return exported(self.hub, kind)

    def may_act(self, debtor: str) -> bool:
        with self.hub.store.read() as connection:
            return may_act(standing(self.hub.desk, connection), "ACME", debtor)


@pytest.fixture
def erp(tmp_path: Path, database_url: str, without_processes: None) -> Erp:
    return Erp(tmp_path, database_url)


def paid(minor: int, party: str, text: str, day: int = 24) -> Movement:
    """A transfer at the bank."""
    return Movement("ACME", date(2026, 11, day), minor, "transfer", party, text, "receipt", ref=f"REF{day}{minor}")


def test_a_payment_on_its_way_into_the_books(erp: Erp) -> None:
    """Nothing to say; then the bank alone has it: a gap that names the receipt, and no outgoing act; then the books
    have it on account; then matched: they agree again, the money counted once throughout."""
    erp.balances(C001="1200,00", C002="1000,00")
    erp.run()
    assert [] == erp.gaps()
    assert erp.may_act("C001")

    erp.statement(paid(120_000, "MENUISERIE DURAND", "FACTURE FA-2026-001"))
    erp.run()
    assert [("C001", -120_000, 0, [("not_in_books", -120_000)])] == erp.gaps()
    assert (False, True) == (erp.may_act("C001"), erp.may_act("C002"))
    [row] = erp.export("gap-records")
    assert ("not_in_books", -120_000, "FA-2026-001") == (row["cause"], row["effect"], row["invoice_number"])
    assert "not yet in the books" in erp.export("gaps")[0]["likely_cause"]

    erp.add("reglements", "RG1;25/11/2026;1200,00;C001;Menuiserie Durand;Virement;FA-2026-001")
    erp.balances(C001="0,00", C002="1000,00")
    erp.run()
    assert [] == erp.gaps()
    [link] = erp.export("sightings")
    assert ("RG1", "bank", "auto") == (link["receipt_id"], link["counted_connector"], link["status"])

    erp.add("lettrage", "FA-2026-001;RG1;26/11/2026;1200,00")
    erp.run()
    assert [] == erp.gaps()
    assert ["FA-2026-002"] == [row["number"] for row in erp.export("open-items")]
    receipts = {row["receipt_id"]: row for row in erp.export("receipts")}
    assert ("same_sum", 0, 120_000) == tuple(receipts["RG1"][name] for name in ("verdict", "unapplied", "elsewhere"))
    assert 0 == sum(row["unapplied"] for row in receipts.values())
    assert [] == verified(erp.hub).differences


def test_money_on_account_in_the_books(erp: Erp) -> None:
    """The books have 500 of C002 that nobody matched: a credit on both sides, applied here or not, and no gap."""
    erp.add("reglements", "RG2;20/11/2026;500,00;C002;;Chèque;")
    erp.balances(C001="1200,00", C002="500,00")
    erp.run()
    assert [] == erp.gaps()
    with erp.hub.store.read() as connection:
        [total] = check_books(erp.hub.desk, connection).totals
    assert (220_000, 50_000, 170_000, 0) == (
        total.open_minor, total.on_account_minor, total.control_minor, total.gap_minor,
    )  # fmt: skip
    erp.add("reglements", "RG3;21/11/2026;100,00;C001;;Virement;FA-2026-001")
    erp.balances(C001="1100,00", C002="500,00")
    erp.run()
    assert [] == erp.gaps()


def test_what_nothing_explains_is_said(erp: Erp) -> None:
    """A difference that no record makes up stays unknown; one that an open item makes up names it."""
    erp.balances(C001="1187,65", C002="0,00")
    erp.run()
    assert [("C001", 1_235, 1_235, []), ("C002", 100_000, 100_000, [])] == erp.gaps()
    told = [(row["debtor_id"], row["cause"], row["invoice_number"]) for row in erp.export("gap-records")]
    assert [("C001", "unknown", None), ("C002", "unknown", None), ("C002", "open_item", "FA-2026-002")] == told


def test_foreign_invoices_are_compared_in_the_books_currency(erp: Erp) -> None:
    """1,100 USD that the books value at 1,000 EUR."""
    erp.add("factures", "FA-2026-003;03/10/2026;03/11/2026;C002;1100,00;USD;1000,00")
    erp.balances(C001="1200,00", C002="2000,00")
    erp.run()
    assert [] == erp.gaps()


@pytest.mark.parametrize("configured", [True, False])
def test_books_without_any_invoice(
    configured: bool, tmp_path: Path, database_url: str, install_guest: Callable[..., None], in_process: None
) -> None:
    """Payments and balances come before the first invoice: compared when it is said whose books these are, else it is
    said that nobody knows."""
    install_guest(Path(__file__).parents[1] / "support" / "guests", totalled="hub_totalled")
    more = '[seller.ACME]\nbooks = "erp"\n' if configured else ""
    hub = make_hub(tmp_path, database_url, f'[connector.erp]\nplugin = "totalled"\nscript = "erp.json"\n{more}')
    paid_in = unit("r1", receipt("R1", 700, seller="ACME", debtor_id="C1"))
    write_script(tmp_path, [paid_in], name="erp", totals={"C1": -700, "C2": 300})
    sync(hub, "erp")
    with hub.store.read() as connection:
        found = check_books(hub.desk, connection)
        assert found.checked
        assert not may_act(standing(hub.desk, connection), "ACME", "C2")
    if configured:
        assert ([("C2", -300)], {}) == (_gaps(hub), found.unread)
    else:
        assert ([], ["ACME"]) == (found.gaps, list(found.unread))


def test_a_debtor_left_out_counts_as_zero(erp: Erp) -> None:
    """The books name no balance for C002: nothing is owed, they say."""
    erp.balances(C001="1200,00")
    erp.run()
    assert [("C002", 100_000)] == [gap[:2] for gap in erp.gaps()]


def test_status_tells_the_books_in_numbers(erp: Erp, capsys: pytest.CaptureFixture[str]) -> None:
    """`hub status --json`: open, control total and gap by seller; receipts not in the books; exit status 1."""
    erp.add("reglements", "RG2;20/11/2026;500,00;C002;;Chèque;")
    erp.balances(C001="1200,00", C002="400,00")
    erp.statement(paid(7_700, "INCONNU", "DIVERS"))
    erp.run()
    capsys.readouterr()
    config = ["--config", str(erp.folder / "hub.toml")]
    assert 1 == main([*config, "status", "--json"])
    books = json.loads(capsys.readouterr().out)["books"]
    [seller] = books["sellers"]
    names = ("seller", "currency", "open_minor", "control_total_minor", "gap_minor", "debtors_with_gap")
    assert ("ACME", "EUR", 220_000, 160_000, 10_000, 1) == tuple(seller[name] for name in names)
    amounts = {"EUR": {"amount": "77.00", "amount_minor": 7_700}}
    assert {"number": 1, "amounts": amounts} == books["receipts_not_in_books"]
    assert 1 == main([*config, "status"])
    assert "do not agree for 1 debtor" in capsys.readouterr().out
    for command in (["sightings", "list"], ["parties", "list"], ["parties", "list", "--all", "--json"]):
        assert 0 == main([*config, *command])
    with pytest.raises(HubError, match="HUB-BOOK-005"):
        parties.link(erp.hub.desk, "ACME:C001", "ACME:nobody", "?")


def disagreements(
    tmp_path: Path, database_url: str, first: str, second: str, **balances: str
) -> tuple[Erp, list[dict[str, Any]]]:
    """Books beside which two e-invoices tell of C001 and C002, and where these differ."""
    more = '[connector.einvoices]\nplugin = "csv"\nseller = "ACME"\ninvoices = "einvoices.csv"\n'
    erp = Erp(tmp_path, database_url, more)
    (tmp_path / "einvoices.csv").write_text(f"number;issued_on;due_on;debtor_id;total\n{first}\n{second}\n")
    erp.balances(**balances)
    sync(erp.hub, "einvoices")
    erp.run()
    return erp, erp.export("disagreements")


def test_another_connector_disagrees(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """An e-invoice tells another total, and one that the books lack: shown, never overruled, and named in the gap."""
    erp, found = disagreements(
        tmp_path, database_url, "fa-2026-001;2026-10-01;2026-10-31;X;1250.00",
        "FA-2026-009;2026-10-09;2026-11-09;C002;80.00", C001="1250,00", C002="1080,00",
    )  # fmt: skip
    told = [
        (row["invoice_number"], row["field"], row["books_value"], row["other_value"], row["difference"])
        for row in found
    ]
    missing = ("FA-2026-009", "document", None, "80.00", None)
    assert [missing, ("FA-2026-001", "total", "1200.00", "1250.00", 5_000)] == told
    assert 220_000 == sum(row["open"] for row in erp.export("open-items"))
    causes = [(row["cause"], row["effect"]) for row in erp.export("gap-records")]
    assert [("unknown", -5_000), ("disagreement", -5_000), ("unknown", -8_000), ("not_in_the_books", -8_000)] == causes


def test_an_e_invoice_of_another_date_is_the_same_document(
    tmp_path: Path, database_url: str, without_processes: None
) -> None:
    """Dated after the new year by one and before it by the other, and spelt otherwise: one document, whose date is a
    disagreement. The number of another year, with another amount, is a document that the books lack."""
    _, found = disagreements(
        tmp_path, database_url, "FA2026001;2025-12-30;2026-10-31;X;1200.00",
        "FA-2026-002;2025-10-02;2025-11-02;C002;80.00", C001="1200,00", C002="1000,00",
    )  # fmt: skip
    told = [(row["invoice_number"], row["kind"], row["field"], row["books_value"], row["other_value"]) for row in found]
    assert [
        ("FA-2026-002", "not_in_the_books", "document", None, "80.00"),
        ("FA-2026-001", "disagreement", "issued_on", "2026-10-01", "2025-12-30"),
    ] == told


def test_the_role_is_asked_at_the_end_of_a_complete_run(
    tmp_path: Path, database_url: str, install_guest: Callable[..., None], in_process: None
) -> None:
    """Balances of today come with the run, kept with evidence; a debtor left out later owes nothing; a run that does
    not come to its end is not compared, and nothing may be sent out."""
    install_guest(Path(__file__).parents[1] / "support" / "guests", totalled="hub_totalled")
    hub = make_hub(tmp_path, database_url, '[connector.erp]\nplugin = "totalled"\nscript = "erp.json"\n')
    facts = [unit("f1", invoice("F1", 10_000)), unit("f2", invoice("F2", 5_000, debtor="C2"))]
    write_script(tmp_path, facts, name="erp", totals={"C1": 10_000, "C2": 4_000})
    report = sync(hub, "erp")
    assert ["facts", "control_totals"] == [stream.stream for stream in report.streams]
    assert [("C2", 1_000)] == _gaps(hub)
    write_script(tmp_path, facts, name="erp", totals={"C2": 5_000})
    sync(hub, "erp")
    assert [("C1", 10_000)] == _gaps(hub)
    assert [] == verified(hub).differences
    write_script(tmp_path, facts, name="erp", totals={"C2": 5_000}, fail_at=1)
    assert run(hub, "erp").error is not None
    with hub.store.read() as connection:
        found = check_books(hub.desk, connection)
        assert ([], {"ACME": "the last run of erp failed"}) == (found.gaps, found.unread)
        assert not may_act(standing(hub.desk, connection), "ACME", "C2")


def _gaps(hub: Hub) -> list[tuple[str, int]]:
    with hub.store.read() as connection:
        return [(one.gap.debtor_id, one.gap.difference_minor) for _, one in check_books(hub.desk, connection).gaps]


def test_a_party_owes_to_several_sellers(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """Equal SIREN at two sellers is one party, with one exposure; a person links a third account and takes it back."""
    hub = make_hub(tmp_path, database_url, '[connector.all]\nplugin = "csv"\ndebtors = "d.csv"\ninvoices = "i.csv"\n')
    (tmp_path / "d.csv").write_text(
        "seller;debtor_id;name;siren;parent_id\nACME;C1;Durand;732829320;\nBETA;D9;Durand SAS;732829320;\n"
        "BETA;D10;Durand;;D9\nBETA;D11;Martin;;D9\n"
    )
    (tmp_path / "i.csv").write_text(
        "number;seller;debtor_id;issued_on;due_on;total\nF1;ACME;C1;2026-10-01;2026-10-31;100\n"
        "F1;BETA;D9;2026-10-01;2026-12-31;50\nF2;BETA;D10;2026-10-01;2026-10-31;7\n"
        "F3;BETA;D11;2026-10-01;2026-10-31;1\n"
    )
    sync(hub, "all")
    before = _parties(hub)
    assert {"732829320": (15_000, 10_000), "BETA:D10": (700, 700), "BETA:D11": (100, 100)} == before
    with hub.store.read() as connection:
        [alike] = parties.suggestions(hub.desk, connection)
        groups = parties.party_view(hub.desk, connection).by_group
    assert (("ACME", "C1"), ("BETA", "D10"), "name") == alike[:3]
    assert 15_800 == groups["732829320"].open_minor["EUR"]
    parties.link(hub.desk, "ACME:C1", "BETA:D10", "the same shop")
    assert {"732829320": (15_700, 10_700), "BETA:D11": (100, 100)} == _parties(hub)
    parties.unlink(hub.desk, "BETA:D10", "they are not")
    assert before == _parties(hub)
    parties.part(hub.desk, "BETA:D10", "ACME:C1", "a namesake")
    parties.unlink(hub.desk, "BETA:D9", "its SIREN is typed wrong")
    assert {"732829320", "BETA:D9", "BETA:D10", "BETA:D11"} == set(_parties(hub))
    parties.link(hub.desk, "BETA:D9", "ACME:C1", "it was right")
    assert before == _parties(hub)
    with pytest.raises(HubError, match="HUB-BOOK-006"):
        parties.link(hub.desk, "BETA:D9", "ACME:C1", "again")
    told = exported(hub, "parties")
    assert {("C1", 10_000, 15_000, 15_800)} == {
        (row["debtor_id"], row["open"], row["party_open"], row["group_open"]) for row in told if row["seller"] == "ACME"
    }


def _parties(hub: Hub) -> dict[str, tuple[int, int]]:
    """Open and overdue of each party in EUR."""
    with hub.store.read() as connection:
        view = parties.party_view(hub.desk, connection)
    return {
        party.name: (view.by_party[party.name].open_minor["EUR"], view.by_party[party.name].overdue_minor["EUR"])
        for party in view.parties
    }
