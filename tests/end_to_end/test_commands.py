"""The command line on a small company's files: from `hub init` to an aged balance, as a person would go."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub.app.cli import main

CUSTOMERS = """seller;debtor_id;name;iban;payment_terms
ACME;C001;Boulangerie Dupont;FR7630006000011234567890189;30 jours
ACME;C002;Garage Martin;;45 jours fin de mois
"""
INVOICES = """number;seller;debtor_id;type;issued_on;due_on;currency;total_excl_tax;tax;total
F2026-0001;ACME;C001;invoice;01/09/2026;01/10/2026;EUR;1000,00;200,00;1200,00
F2026-0002;ACME;C001;invoice;15/10/2026;15/11/2026;EUR;500,00;100,00;600,00
F2026-0003;ACME;C002;invoice;20/10/2026;;EUR;1000,00;200,00;1200,00
F2026-0004;ACME;C002;invoice;21/10/2026;;EUR;1000,00;200,00;12..00
A2026-0001;ACME;C002;credit_note;25/10/2026;;EUR;100,00;20,00;120,00
"""
RECEIPTS = """receipt_id;received_on;value_on;amount;currency;payer_name;payer_iban;remittance;method
R1;05/10/2026;05/10/2026;1200,00;EUR;BOULANGERIE DUPONT;FR7630006000011234567890189;VIR FACT F2026-0001;transfer
R2;18/11/2026;18/11/2026;300,00;EUR;BOULANGERIE DUPONT;FR7630006000011234567890189;ACOMPTE;transfer
R3;19/11/2026;19/11/2026;77,00;EUR;INCONNU SA;;divers;transfer
"""
CONFIG = """
[hub]
database = "sqlite:///hub.db"
today = 2026-11-30

[connector.ledger]
plugin = "csv"
debtors = "customers.csv"
invoices = "invoices/*.csv"
receipts = "receipts.csv"
"""


def _write(folder: Path) -> None:
    (folder / "invoices").mkdir()
    (folder / "hub.toml").write_text(CONFIG)
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "invoices" / "2026.csv").write_text(INVOICES)
    (folder / "receipts.csv").write_text(RECEIPTS)


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of connectors find the hub from any folder, also where it is not installed."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company after its first `hub sync`; tests work on copies."""
    folder = tmp_path_factory.mktemp("company")
    _write(folder)
    assert 1 == main(["--config", str(folder / "hub.toml"), "sync"])
    return folder


@pytest.fixture
def company(synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the synced company, and we stand in it."""
    folder = tmp_path / "company"
    shutil.copytree(synced, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HUB_ACTOR", "marie")
    monkeypatch.setenv("COLUMNS", "80")
    return folder


class Runs:
    """Runs a command and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        self._capsys.readouterr()
        status = main(arguments)
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.out + self.err
        return status

    def json(self, *arguments: str) -> Any:
        self(*arguments, "--json")
        return json.loads(self.out)

    def rows(self, kind: str, *arguments: str) -> list[dict[str, Any]]:
        assert 0 == self("export", kind, "--format", "jsonl", *arguments)
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def hub(capsys: pytest.CaptureFixture[str]) -> Runs:
    """The command line."""
    return Runs(capsys)


def test_init_then_check_then_sync(tmp_path: Path, hub: Runs) -> None:
    """A first day: init writes what check and sync accept, before there is any file; it never overwrites."""
    assert 0 == hub("init", str(tmp_path / "new"))
    config = str(tmp_path / "new" / "hub.toml")
    assert 0 == hub("check", "--config", config)
    assert "no file in" in hub.out
    assert 0 == hub("sync", "--config", config)
    assert 2 == hub("init", str(tmp_path / "new"))
    assert "HUB-CFG-013" in hub.err


def test_sync_counts_and_asks_for_a_person(company: Path, hub: Runs) -> None:
    """read = new + changed + same + held; a held record makes the status 1, also the second time."""
    assert 1 == hub("sync", "--full")
    assert hub.out.splitlines()[0].split() == "connector stream read new changed same held state".split()
    assert "Next:  hub held list" in hub.out
    found = hub.json("sync", "ledger", "--full")
    by_stream = {entry["stream"]: entry for entry in found["connectors"][0]["streams"]}
    assert (5, 0, 0, 4, 1) == tuple(by_stream["invoices"][name] for name in ("read", "new", "changed", "same", "held"))
    assert 1 == found["held_now"]


def test_a_command_says_more_when_asked(company: Path, hub: Runs) -> None:
    """`-v`: the configuration and each page, on standard error; what a script reads stays as it is."""
    assert 1 == hub("sync", "ledger", "-v")
    assert "configuration" in hub.err
    assert str(company / "hub.db") in hub.err
    assert "ledger: complete" in hub.err
    said = hub.out
    assert 1 == hub("sync", "ledger")
    assert "configuration" not in hub.err
    assert said.splitlines()[0] == hub.out.splitlines()[0]


def test_one_failing_connector_does_not_stop_the_others(company: Path, hub: Runs) -> None:
    """The exit status is the worst; the fault is shown with its line and a caret."""
    with (company / "hub.toml").open("a") as config:
        config.write('\n[connector.bad]\nplugin = "csv"\ninvoice = "x.csv"\n')
    assert 2 == hub("sync")
    assert "ledger" in hub.out
    assert "failed (HUB-CFG-004)" in hub.out
    assert 'invoice = "x.csv"' in hub.err
    assert "^^^^^^^" in hub.err


def test_status_shows_totals(company: Path, hub: Runs) -> None:
    """Open amounts by lateness with a total, what waits, and exit status 1 while something is held."""
    assert 1 == hub("status")
    assert "2 880,00 EUR" in hub.out
    assert "total" in hub.out
    document = hub.json("status")
    [seller] = document["sellers"]
    assert ("ACME", 288_000, 180_000) == (seller["seller"], seller["open_minor"], seller["overdue_minor"])
    assert 288_000 == sum(entry["amount_minor"] for entry in seller["aged"].values())


def test_held_records_are_shown_discarded_and_replayed(company: Path, hub: Runs) -> None:
    """What was not understood has place, reason, remedy and excerpt; discarding needs a reason."""
    [held] = hub.json("held", "list")["held"]
    assert "2026.csv:5:total" == held["place"]
    assert 0 == hub("held", "show", str(held["id"]))
    assert "12..00" in hub.out
    assert 0 == hub("held", "replay", "--all")
    assert "0 understood now, 1 still held" in hub.out
    assert held["id"] == hub.json("held", "list")["held"][0]["id"]
    assert 2 == hub("held", "discard", str(held["id"]))
    assert 0 == hub("held", "discard", str(held["id"]), "--reason", "a draft")
    assert [] == hub.json("held", "list")["held"]
    assert 0 == hub("sync")


def test_a_corrected_file_is_taken_in(company: Path, hub: Runs) -> None:
    """The row is mended in the file, read again, and nothing is held any more."""
    path = company / "invoices" / "2026.csv"
    path.write_text(path.read_text().replace("12..00", "1200,00"))
    assert 0 == hub("sync")
    assert "F2026-0004" in [row["number"] for row in hub.rows("open-items")]


def test_reconcile_when_only_money_that_left_is_new(company: Path, hub: Runs) -> None:
    """A debit that may be a return is no receipt: once the rest is applied, nothing is left to apply."""
    header, paid = RECEIPTS.splitlines()[:2]
    left = "R9;20/10/2026;20/10/2026;-1200,00;EUR;BOULANGERIE DUPONT;;REJET VIR F2026-0001;transfer"
    (company / "receipts.csv").write_text("\n".join([header, paid, left, ""]))
    hub("sync")
    assert 0 == hub("reconcile", "--json")
    for receipt in ("R2", "R3"):  # those that the first file told stay: they are none of a debtor
        hub("allocations", "mark", receipt, "--reason", "not ours")
    assert 0 == hub("reconcile")
    assert 0 == hub("reconcile")
    assert "No receipt has money left to apply." in hub.out


def test_reconcile_confirm_reverse_explain(company: Path, hub: Runs) -> None:
    """Certain receipts are applied, others suggested; each decision explains itself and can be undone."""
    assert 0 == hub("reconcile")
    assert "applied" in hub.out
    assert 0 == hub("reconcile")
    applied = [row for row in hub.json("allocations", "list")["allocations"] if row["status"] == "auto"]
    assert [("R1", "F2026-0001", 120_000)] == [
        (r["receipt_id"], r["invoice_number"], r["amount_minor"]) for r in applied
    ]
    assert 0 == hub("allocations", "explain", "R1")
    assert "The bank's text: “VIR FACT F2026-0001”\nAccount of the payer: FR76 3000 6000 0112" in hub.out
    assert "F2026-0001  C001 Boulangerie Dupont  01/10/2026  1 200,00 EUR" in hub.out
    name = applied[0]["proposal"]
    assert 2 == hub("allocations", "reverse", name)
    assert 0 == hub("allocations", "reverse", name, "--reason", "a test")
    assert 2 == hub("allocations", "reverse", name, "--reason", "again")
    assert ["reversed"] == [row["status"] for row in hub.rows("allocations") if row["proposal"] == name][:1]
    suggested = [row for row in hub.rows("proposals") if row["receipt_id"] == "R2"]
    assert 0 == hub("allocations", "confirm", suggested[0]["proposal"])
    assert "confirmed" in [row["status"] for row in hub.rows("allocations") if row["receipt_id"] == "R2"]
    assert "marie" in [row["actor"] for row in hub.rows("journal")]


def test_suggestions_are_listed_below_their_receipt(company: Path, hub: Runs) -> None:
    """The money with its payer and the bank's text; then the choices, with debtor and due."""
    with (company / "receipts.csv").open("a", encoding="utf-8") as file:
        file.write("R4;20/11/2026;20/11/2026;1200,00;EUR;;;remise\u202e cheque;cheque\n")
    assert hub("sync") in (0, 1)
    assert 0 == hub("reconcile")
    assert 0 == hub("allocations", "list")
    table = [line.split() for line in hub.out.splitlines()]
    at = table.index("20/11/2026 “remise cheque” 1 200,00 EUR".split())
    assert "F2026-0003 Garage Martin" in " ".join(table[at + 1])
    assert ["1", "200,00", "EUR"] == table[at + 1][-5:-2]
    assert 1 <= int(table[at + 1][-2]) <= 99
    assert "BOULANGERIE DUPONT: “ACOMPTE”" in " ".join(hub.out.split())
    assert "right: how many of 100" in hub.out
    assert "\u202e" not in hub.out
    assert 2 == hub("allocations", "explain", "R3")
    assert "“divers”" in hub.err


def test_what_is_sure_is_listed_and_confirmed_at_once(company: Path, hub: Runs) -> None:
    """`--right`: the same receipts in the list and in the act; names and options exclude each other."""
    with (company / "receipts.csv").open("a", encoding="utf-8") as file:
        file.write("R5;20/11/2026;20/11/2026;1198,50;EUR;GARAGE MARTIN;;FACT F2026-0003;transfer\n")
    assert hub("sync") in (0, 1)
    assert 0 == hub("reconcile")
    assert "hub allocations unapplied" in hub.out
    listed = hub.json("allocations", "list", "--right", "95")["allocations"]
    assert {"R5"} == {row["receipt_id"] for row in listed}
    assert 0 == hub("allocations", "list", "--right", "95")
    assert "hub allocations confirm --right 95" in hub.out
    assert 2 == hub("allocations", "confirm")
    assert 2 == hub("allocations", "confirm", "Punknown", listed[0]["proposal"])
    assert 2 == hub("allocations", "confirm", listed[0]["proposal"], "--right", "95")
    assert "not both" in hub.err
    assert 0 == hub("allocations", "confirm", "--right", "95", "--debtor", "C001")
    assert "No suggestion is as sure as that." in hub.out
    assert 0 == hub("allocations", "confirm", "--right", "95")
    assert "1 198,50 EUR on F2026-0003" in hub.out
    assert [] == hub.json("allocations", "list", "--right", "95")["allocations"]
    assert 0 == hub("allocations", "list", "--debtor", "C404")
    assert "No debtor has the code 'C404'." in hub.out
    assert 0 == hub("allocations", "list", "--seller", "ACMI")
    assert "No seller is called 'ACMI'." in hub.out
    assert 0 == hub("allocations", "explain", "R5")
    assert "Where it was measured, about" in " ".join(hub.out.split())


def test_of_several_named_ones_those_before_a_refused_one_are_told(company: Path, hub: Runs) -> None:
    """They are applied, so they are said: in words, and in the document."""
    assert 0 == hub("reconcile")
    names = dict.fromkeys(
        row["proposal"] for row in hub.json("allocations", "list", "--status", "suggested")["allocations"]
    )
    name = next(iter(names))
    assert 2 == hub("allocations", "confirm", name, "Punknown", "--json")
    assert [name] == list(dict.fromkeys(row["proposal"] for row in json.loads(hub.out)["applied"]))
    assert 2 == hub("allocations", "confirm", "Punknown", "--json")
    assert "" == hub.out
    assert 0 == hub("allocations", "reverse", name, "--reason", "a test")
    assert 0 == hub("reconcile")
    again = hub.json("allocations", "list", "--status", "suggested")["allocations"][0]["proposal"]
    assert 2 == hub("allocations", "confirm", again, "Punknown")
    assert f"applied {again}" in hub.out


def test_what_nothing_is_suggested_for_is_listed_with_the_reason(company: Path, hub: Runs) -> None:
    """What is left of each receipt, why, and what to do; nothing left is said too."""
    assert 0 == hub("allocations", "unapplied")
    assert "No such money is left" in hub.out
    assert "hub allocations unapplied --verdict not_a_receipt" in hub.out
    assert 0 == hub("reconcile")
    [left] = hub.json("allocations", "unapplied")["unapplied"]
    assert ("R3", "77.00", 7_700, "divers") == tuple(
        left[key] for key in ("receipt_id", "unapplied", "unapplied_minor", "remittance")
    )
    assert 0 == hub("allocations", "unapplied")
    assert "INCONNU SA" in hub.out
    assert "hub allocations mark R3" in hub.out
    assert [] == hub.json("allocations", "unapplied", "--since", "2026-11-20")["unapplied"]


def test_a_few_cents_too_much_are_counted_below_the_list(company: Path, hub: Runs) -> None:
    """Nobody looks at 1200,10 for 1200,00 again; --all and the JSON document have it, without an offer to mark it."""
    money = company / "receipts.csv"
    money.write_text(money.read_text().replace("R1;05/10/2026;05/10/2026;1200,00", "R1;05/10/2026;05/10/2026;1200,10"))
    hub("sync")  # a row of an invoice is held
    assert 0 == hub("reconcile")
    assert 0 == hub("allocations", "unapplied")
    assert "1 receipt, 77,00 EUR" in hub.out
    assert "Of 1 receipt applied a few cents are left: 0,10 EUR; --all lists them." in " ".join(hub.out.split())
    assert 0 == hub("allocations", "unapplied", "--all")
    assert "2 receipts, 77,10 EUR" in hub.out
    assert "hub allocations mark R3" in hub.out
    assert ["R1", "R3"] == [one["receipt_id"] for one in hub.json("allocations", "unapplied")["unapplied"]]


def test_decisions_by_hand(company: Path, hub: Runs) -> None:
    """Allocate with a deduction, write off, mark and unmark, learn and forget, and other rules tried."""
    assert 0 == hub("reconcile")
    said = ("--reason", "on the telephone")
    chosen = ("--receipt", "R2=299,50", "--invoice", "F2026-0002=299,50", "--deduct", "F2026-0002=1:discount")
    assert 2 == hub("allocations", "allocate", *chosen)
    assert 2 == hub("allocations", "allocate", *chosen, "--reason", " ")
    assert 2 == hub("allocations", "allocate", "--receipt", "R2=x,50", "--invoice", "F2026-0002", *said)
    assert "'x,50' is no amount" in hub.err
    assert 2 == hub("allocations", "allocate", "--receipt", "R2", "--invoice", "F2026-0002", "--deduct", "x", *said)
    assert "is not written like F123=1,20:discount" in hub.err
    assert 0 == hub("allocations", "allocate", *chosen, *said)
    assert "299,50 EUR on F2026-0002" in hub.out
    assert "1,00 EUR on F2026-0002  (discount)" in hub.out
    assert "FR76 3000 6000 0112 3456 7890 189 is known to pay for ACME C001" in " ".join(hub.out.split())
    [lesson, *_] = hub.json("allocations", "learnt")["learnt"]
    assert 0 == hub("allocations", "learnt")
    assert 0 == hub("allocations", "forget", lesson["name"], *said)
    assert 2 == hub("allocations", "forget", lesson["name"], *said)
    assert "marie forgot" in hub.err
    assert 2 == hub("allocations", "write-off", "F2026-0002", *said)
    assert "beyond the limit of 5,00 EUR" in hub.err
    assert 0 == hub("allocations", "mark", "R3", *said)
    assert 0 == hub("reconcile")
    assert "not_a_receipt" == next(row["verdict"] for row in hub.rows("receipts") if row["receipt_id"] == "R3")
    assert 0 == hub("allocations", "unmark", "R3", *said)
    acts = [row["act"] for row in hub.rows("journal") if row["chain"] == "acts" and row["actor"] == "marie"]
    assert ["allocate", "allocate", "forget", "mark", "unmark"] == acts
    assert 0 == hub("allocations", "explain", "R2")
    assert "Why: decided by a person. “on the telephone”" in hub.out


def test_other_rules_are_tried(company: Path, hub: Runs) -> None:
    """`--as-if` says what would change in money and receipts, and changes nothing; a faulty file is told."""
    assert 0 == hub("reconcile")
    before = (company / "hub.db").read_bytes()
    (company / "rules.toml").write_text('version = "2"\nauto_threshold = 1000\n')
    assert 0 == hub("reconcile", "--as-if", "rules.toml", "--since", "01/10/2026")
    assert "no longer applied by itself 1 1 200,00 EUR" in " ".join(hub.out.split())
    assert "Nothing was changed." in hub.out
    found = hub.json("reconcile", "--as-if", "rules.toml", "--since", "01/10/2026")
    assert [("no_longer_applied", "R1", 120_000)] == [
        (change["change"], change["receipt_id"], change["amount_minor"]) for change in found["changes"]
    ]
    assert before == (company / "hub.db").read_bytes()
    assert 0 == hub("reconcile", "--as-if", "hub.toml", "--since", "01/10/2026")  # a copy without [reconcile]
    (company / "rules.toml").write_text('[[override]]\nseller = "ACME"\ndebtor = "C404"\nauto_threshold = 1000\n')
    assert 0 == hub("reconcile", "--as-if", "rules.toml", "--since", "01/10/2026")
    assert "an override names debtor C404 of ACME, whom nobody knows" in " ".join(hub.out.split())
    (company / "rules.toml").write_text("auto_treshold = 1000\n")
    assert 2 == hub("reconcile", "--as-if", "rules.toml")
    assert "did you mean 'auto_threshold'" in hub.err
    assert 2 == hub("reconcile", "--as-if", "nowhere.toml")
    assert 2 == hub("reconcile", "--since", "01/10/2026")


OWN_RULES = """
[[reconcile.rule]]
name = "Large sums are the treasurer's"
then = "ask"
from_minor = 100_000

[[reconcile.rule]]
name = "Refunds of Inconnu"
then = "not_a_receipt"
text = "inconnu sa"
"""


def test_rules_of_the_company(company: Path, hub: Runs) -> None:
    """Tried first, then written into hub.toml: what they say is done, and each decision names its rule."""
    assert 0 == hub("reconcile")
    (company / "rules.toml").write_text(OWN_RULES.replace("reconcile.", ""))
    assert 0 == hub("reconcile", "--as-if", "rules.toml", "--since", "01/10/2026")
    assert "no longer applied by itself 1 1 200,00 EUR" in " ".join(hub.out.split())
    [applied] = [row for row in hub.json("allocations", "list")["allocations"] if row["status"] == "auto"]
    assert 0 == hub("allocations", "reverse", applied["proposal"], "--reason", "the treasurer decides")
    (company / "hub.toml").write_text(CONFIG + OWN_RULES)
    assert 0 == hub("reconcile")
    assert "no debtor's payment by a rule of yours 1 77,00 EUR" in " ".join(hub.out.split())
    verdicts = {row["receipt_id"]: (row["verdict"], row["verdict_reason"]) for row in hub.rows("receipts")}
    assert ("not_a_receipt", "Your rule “Refunds of Inconnu” says that it is no debtor's payment.") == verdicts["R3"]
    assert "suggested" == verdicts["R1"][0]
    assert 0 == hub("allocations", "explain", "R1")
    assert "Against it: your rule “Large sums are the treasurer's” leaves it to a person." in " ".join(hub.out.split())
    (company / "hub.toml").write_text(CONFIG + OWN_RULES.replace("from_minor = 100_000", ""))
    assert 2 == hub("reconcile")
    assert "has no condition" in hub.err
    assert "[[reconcile.rule]]" in hub.err


def test_a_payer_that_a_rule_names(company: Path, hub: Runs) -> None:
    """A stranger's money is a debtor's, because the company says so; one name without the other is refused."""
    (company / "receipts.csv").write_text(RECEIPTS.replace("77,00", "1200,00"))
    rule = '[[reconcile.rule]]\nname = "Inconnu"\nthen = "payer"\ntext = "INCONNU SA"\nseller = "ACME"\n'
    (company / "hub.toml").write_text(CONFIG + rule)
    hub("sync")
    for command in ("reconcile", "check"):
        assert 2 == hub(command)
        assert "who pays is both" in hub.out + hub.err
    (company / "hub.toml").write_text(CONFIG + rule + 'debtor = "C404"\n')
    assert 1 == hub("check")
    assert "names debtor C404 of ACME, whom nobody knows" in " ".join(hub.out.split())
    override = '[[reconcile.override]]\nseller = "ACMI"\nauto_threshold = 1000\n'
    (company / "hub.toml").write_text(CONFIG + override)
    assert 1 == hub("check")
    assert "an override names seller ACMI, whom nobody knows" in " ".join(hub.out.split())
    (company / "hub.toml").write_text(CONFIG + rule + 'debtor = "C002"\n')
    assert 0 == hub("check")
    assert 0 == hub("reconcile")
    assert 0 == hub("allocations", "explain", "R3")
    assert "F2026-0003" in hub.out
    assert "recognised by your rule “Inconnu”" in " ".join(hub.out.split())


def test_frozen_columns_of_allocations(company: Path, hub: Runs) -> None:
    """DESIGN §6: the first ten, spelled so, and confidence between 0 and 1."""
    hub("reconcile")
    assert 0 == hub("export", "allocations")
    rows = list(csv.reader(io.StringIO(hub.out), delimiter=";"))
    frozen = "receipt_id seller invoice_number amount currency confidence status rule reason proposal".split()
    assert frozen == rows[0][:10]
    assert all(0 <= row["confidence"] <= 1 for row in hub.rows("allocations"))


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("open-items", ("--as-of", "2026-10-31")), ("allocations", ("--as-of", "31/10/2026")), ("proposals", ()),
        ("receipts", ("--as-of", "2026-10-31")), ("aged-balance", ("--known-on", "2099-01-01")),
        ("indicators", ("--as-of", "2026-10-31")), ("gaps", ()), ("journal", ("--known-on", "2099-01-01")),
        ("bank-gaps", ()), ("held", ("--known-on", "2099-01-01")), ("debtors", ("--known-on", "2099-01-01")),
    ],
)  # fmt: skip
def test_every_export_in_every_format(company: Path, hub: Runs, kind: str, arguments: tuple[str, ...]) -> None:
    """The same rows in all three; the format follows the file's name."""
    counts = {}
    for form in ("csv", "jsonl", "xlsx"):
        assert 0 == hub("export", kind, *arguments, "--out", f"out/{kind}.{form}")
        counts[form] = int(hub.err.split(" row")[0].replace(" ", ""))
    assert 1 == len(set(counts.values()))
    assert counts["csv"] == len((company / "out" / f"{kind}.csv").read_text("utf-8-sig").splitlines()) - 1


def test_before_anything_was_known(company: Path, hub: Runs) -> None:
    """As known on a day before the first sync there is nothing; as of the middle of the year neither."""
    assert [] == hub.rows("open-items", "--known-on", "2020-01-01")
    assert [] == hub.rows("open-items", "--as-of", "2026-06-30")


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("proposals", ("--as-of", "2026-10-31")), ("journal", ("--as-of", "2026-10-31")),
        ("debtors", ("--as-of", "2026-10-31")), ("held", ("--seller", "ACME")),
    ],
)  # fmt: skip
def test_an_option_that_makes_no_sense_is_refused(
    company: Path, hub: Runs, kind: str, arguments: tuple[str, ...]
) -> None:
    """With words, not with a wrong table."""
    assert 2 == hub("export", kind, *arguments)
    assert "makes no sense" in hub.err


def test_a_file_of_another_format_is_refused(company: Path, hub: Runs) -> None:
    """Not a CSV under the name of a PDF."""
    assert 2 == hub("export", "aged-balance", "--out", "aged.pdf")
    assert ".xlsx" in hub.err
    assert not (company / "aged.pdf").exists()


def test_our_own_open_items_can_be_read_back(company: Path, hub: Runs) -> None:
    """The export is a canonical CSV: another hub starts from it with the same open amounts, credits included."""
    assert 0 == hub("export", "open-items", "--out", "other/open-items.csv")
    before = {(row["number"], row["open_minor"], row["kind"]) for row in hub.rows("open-items")}
    config = '[hub]\ntoday = 2026-11-30\n\n[connector.l]\nplugin = "csv"\ninvoices = "open-items.csv"\n'
    (company / "other" / "hub.toml").write_text(config)
    assert 0 == hub("sync", "--config", "other/hub.toml")
    after = {
        (row["number"], row["open_minor"], row["kind"]) for row in hub.rows("open-items", "--config", "other/hub.toml")
    }
    assert before == after


def test_verify_finds_nothing_then_a_changed_amount(company: Path, hub: Runs) -> None:
    """Everything is recomputed from raw records; a figure changed behind our back is named, with status 1."""
    hub("reconcile")
    assert 0 == hub("verify")
    assert {"EUR": {"amount": "0.00", "amount_minor": 0}} == hub.json("verify")["gap"]
    import sqlite3

    with sqlite3.connect(company / "hub.db") as database:
        database.execute("UPDATE invoice SET total_minor = total_minor + 1 WHERE number = 'F2026-0003'")
    database.close()
    assert 1 == hub("verify")
    assert "differs:" in hub.out


def test_connectors_are_listed_and_tried(company: Path, hub: Runs) -> None:
    """What is installed, how a file is understood, and the first page of each stream; nothing is taken in."""
    names = [entry["name"] for entry in hub.json("connectors", "list")["connectors"]]
    assert {"csv", "bank_statements"} <= set(names)
    assert 0 == hub("connectors", "check", "ledger")
    assert "The same page came twice" in hub.out
    assert 0 == hub("connectors", "check", "csv", "--file", "invoices/2026.csv")
    assert "delimiter" in hub.out
    assert 2 == hub("connectors", "check", "nobody")


def test_a_new_connector_passes_the_conformance_kit(company: Path, hub: Runs) -> None:
    """The scaffold is a connector from its first minute; it is never written over something."""
    assert 0 == hub("connectors", "new", "my-erp")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), "."])}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:cacheprovider"],
        cwd=company / "hub-my-erp", env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout
    assert 2 == hub("connectors", "new", "my-erp")
    assert 2 == hub("connectors", "new", "My ERP")


def test_exit_status_3_when_the_data_base_is_out_of_reach(company: Path, hub: Runs) -> None:
    """A data base that cannot be opened is told apart from a faulty configuration."""
    (company / "hub.toml").write_text(CONFIG.replace("sqlite:///hub.db", "sqlite:///invoices"))
    assert 3 == hub("status")
    assert "HUB-DB-006" in hub.err
    assert "correct the address" in " ".join(hub.err.split())


def test_a_fault_of_the_hub_leaves_no_traceback(company: Path, hub: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says where the traceback was written; the status is 70."""
    monkeypatch.setattr("hub.core.services.status.status", lambda desk: 1 // 0)
    assert 70 == hub("status")
    assert 1 == len(hub.err.splitlines())
    [written] = (company / ".hub").glob("fault-*.txt")
    assert "ZeroDivisionError" in written.read_text()


def test_a_reader_who_leaves_is_no_error(company: Path) -> None:
    """`hub export journal | head -1` ends quietly, as `cat` would."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "hub.app.cli", "export", "receipts"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    os.close(writing)
    assert (141, "") == (done.returncode, done.stderr)
