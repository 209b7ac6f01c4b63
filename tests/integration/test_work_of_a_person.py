"""What people decide about receipts: by hand, confirming, reversing, marking, and what that teaches."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.policies import rules_of
from hub.core.services import allocations, by_hand, lessons, marks
from hub.core.services.by_hand import Deduction, Share
from hub.core.services.ledger import view
from hub.core.services.reconcile import reconcile_now
from hub.core.services.rules import Rules
from hub.core.services.status import status
from hub.core.store import journal
from hub.core.store import tables as t
from hub.core.store.decisions import Only
from hub.sdk.errors import HubError
from tests.support.hubs import differences, dump, exported, make_hub, rows, sync, verified
from tests.support.scripts import debtor, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")
NOW = 1_767_000_000_000_000


@pytest.fixture
def company(tmp_path: Path, database_url: str) -> Callable[..., Hub]:
    """A hub that has read these facts; `actor` sits before it."""

    def make(*facts: dict[str, object], actor: str = "anne", settings: str = "") -> Hub:
        hub = make_hub(tmp_path, database_url, section() + settings, now=lambda: NOW, actor=actor)
        if facts:
            write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(facts)])
            sync(hub, "guest")
        return hub

    return make


def share(text: str) -> Share:
    """``R1=12.00`` as the command line reads it."""
    name, _, amount = text.partition("=")
    return Share(name, Decimal(amount) if amount else None)


def allocate(hub: Hub, receipts: str, invoices: str, *deductions: Deduction, rules: Rules | None = None) -> list[str]:
    """Allocate by hand; the lines as ``receipt>invoice nature amount``."""
    rules = rules or rules_of(hub.settings)
    chosen = [[share(text) for text in part.split()] for part in (receipts, invoices)]
    lines = by_hand.allocate(hub.desk, rules, chosen[0], chosen[1], deductions, "as agreed")
    return [f"{row.receipt_id}>{row.invoice_number} {row.nature} {row.amount_minor}" for row in lines]


def opened(hub: Hub) -> dict[str, int]:
    """Open amounts by number."""
    return {item.number: item.open_minor for item in view(hub.desk).ledger.items}


def unapplied(hub: Hub) -> dict[str, int]:
    return dict(status(hub.desk).unapplied)


FACTS = (
    debtor("C1", "Dupont"), invoice("F1", 10_000), invoice("F2", 5_000), invoice("F3", 7_000),
    {**invoice("A1", 2_000), "kind": "credit_note"}, receipt("R1", 12_000, payer_name="ZZZ HOLDING"),
    receipt("R2", 6_000, payer_iban="FR7630006000011234567890189"), receipt("U1", 500, currency="USD"),
)  # fmt: skip


def credit_free(fact: dict[str, object]) -> dict[str, object]:
    """A credit note has no due date."""
    return {key: value for key, value in fact.items() if fact["kind"] != "credit_note" or key != "due_on"}


FACTS = tuple(credit_free(fact) for fact in FACTS)


@pytest.mark.long_on_postgres
@pytest.mark.parametrize(
    ("receipts", "invoices", "expected"),
    [
        ("R1=120.00", "F1=80.00 F2=40.00", ["R1>F1 money 8000", "R1>F2 money 4000"]),
        ("R1 R2", "F1 F2", ["R1>F1 money 10000", "R1>F2 money 2000", "R2>F2 money 3000"]),
        ("R1", "F2", ["R1>F2 money 5000"]),
        ("R2", "F1", ["R2>F1 money 6000"]),
        ("R1", "F1 A1", ["R1>A1 money -2000", "R1>F1 money 10000"]),
        ("R2=60.00 R1=110.00", "F1 F3", ["R2>F1 money 6000", "R1>F1 money 4000", "R1>F3 money 7000"]),
    ],
)
def test_several_receipts_to_several_invoices(
    company: Callable[..., Hub], receipts: str, invoices: str, expected: list[str]
) -> None:
    """In the order named; what is left out is as much as fits; a reversal restores the state before."""
    hub = company(*FACTS)
    before = opened(hub), unapplied(hub)
    found = allocate(hub, receipts, invoices)
    assert sorted(expected) == sorted(found)
    for line in expected:
        number, _, amount = line.partition(">")[2].split()
        assert abs(int(amount)) <= abs(before[0][number])
    applied = sum(before[0].values()) - sum(opened(hub).values())
    assert applied == before[1]["EUR"] - unapplied(hub).get("EUR", 0)
    [name] = {row.proposal for row in allocations.list_allocations(hub.desk)}
    allocations.reverse_proposal(hub.desk, name, "wrong")
    assert before == (opened(hub), unapplied(hub))
    assert [] == verified(hub).differences


def test_an_id_used_twice_is_told_apart_by_the_exports(company: Callable[..., Hub]) -> None:
    """CFONB numbers entries anew each month: `receipt` is one receipt's alone, in both exports and for commands."""
    same = [{**receipt("0000001", minor), "source_key": f"2026-{minor}/0000001"} for minor in (12_000, 6_000)]
    hub = company(*FACTS, *same)
    by_amount = {row["amount"]: row["receipt"] for row in exported(hub, "receipts") if row["receipt_id"] == "0000001"}
    assert len(set(by_amount.values())) == 2
    assert ["0000001>F3 money 6000"] == allocate(hub, by_amount[6_000], "F3")
    assert [(6_000, by_amount[6_000])] == [(row["amount"], row["receipt"]) for row in exported(hub, "allocations")]


@pytest.mark.long_on_postgres
@pytest.mark.parametrize(
    ("receipts", "invoices", "code", "words"),
    [
        ("R1=120.00", "F1=80.00", "HUB-REC-038", "40,00 EUR of the receipts is not needed"),
        ("R2=60.00", "F1=80.00", "HUB-REC-038", "20.00 EUR of the invoices is not covered"),
        ("R1=120.00", "F1=120.00", "HUB-REC-010", "F1 has less open than that"),
        ("R2=70.00", "F1=70.00", "HUB-REC-010", "R2 has 60,00 EUR left, not 70,00 EUR"),
        ("R1 R1", "F1", "HUB-REC-037", "named twice"),
        ("R1 R2", "F1=10.00", "HUB-REC-038", "nothing of receipt R2 would be used"),
        ("R1", "A1", "HUB-REC-038", "nothing of receipt R1"),
        ("R1=0", "F1", "HUB-REC-037", "no amount of EUR"),
        ("R1=1.001", "F1", "HUB-REC-037", "no amount of EUR"),
        ("R9", "F1", "HUB-REC-031", "no receipt is called 'R9'"),
        ("R1", "F9", "HUB-REC-031", "no invoice is called 'F9'"),
        ("R1 U1", "F1", "HUB-REC-013", "EUR and USD"),
    ],
)
def test_what_does_not_agree_is_refused(
    company: Callable[..., Hub], receipts: str, invoices: str, code: str, words: str
) -> None:
    """With what and how much; and nothing is half done."""
    hub = company(*FACTS)
    before = dump(hub.store)
    with pytest.raises(HubError, match=words) as caught:
        allocate(hub, receipts, invoices)
    assert code == caught.value.code
    assert [] == differences(before, dump(hub.store))


@pytest.mark.long_on_postgres
def test_deductions_are_named_and_limited(company: Callable[..., Hub]) -> None:
    """Each nature has its limit, for all deductions of it on one invoice together; an override changes it."""
    override = '[reconcile]\nversion = "7"\n[[reconcile.override]]\nseller = "ACME"\ndebtor = "C1"\ndiscount_bp = 200\n'
    hub = company(*FACTS, settings=override)
    with pytest.raises(HubError, match=r"HUB-REC-036.*2,01 EUR of F1 as discount is beyond the limit of 2,00 EUR"):
        allocate(hub, "R1", "F1", Deduction("F1", Decimal("2.01"), "discount"))
    with pytest.raises(HubError, match=r"HUB-REC-035.*F2 is none of the invoices"):
        allocate(hub, "R1", "F1", Deduction("F2", Decimal("2.00"), "discount"))
    found = allocate(hub, "R1", "F1", Deduction("F1", Decimal("2.00"), "discount"))
    assert ["R1>F1 money 9800", "R1>F1 discount 200"] == found
    assert "F1" not in opened(hub)
    assert {"7"} == {str(row.policy).split("-")[0] for row in allocations.list_allocations(hub.desk)}


def test_a_small_rest_is_written_off(company: Callable[..., Hub]) -> None:
    """After a receipt paid almost all; in two steps the limit is the same; without a receipt it is for the books."""
    hub = company(*FACTS)
    rules = rules_of(hub.settings)
    with pytest.raises(HubError, match=r"HUB-REC-035.*no receipt was applied to F1"):
        by_hand.write_off(hub.desk, rules, "F1", "small")
    allocate(hub, "R1=94.99", "F1=94.99")
    with pytest.raises(HubError, match=r"HUB-REC-036.*5,01 EUR of F1 as write off is beyond the limit of 5,00"):
        by_hand.write_off(hub.desk, rules, "F1", "small")
    allocate(hub, "R2=0.02", "F1=0.02")
    [line] = by_hand.write_off(hub.desk, rules, "F1", "not worth a letter")
    assert ("write_off", 499, "R2", "not worth a letter") == (
        line.nature, line.amount_minor, line.receipt_id, line.reason,
    )  # fmt: skip
    assert "F1" not in opened(hub)
    with pytest.raises(HubError, match=r"HUB-REC-035.*nothing is open on F1"):
        by_hand.write_off(hub.desk, rules, "F1", "again")
    assert [] == verified(hub).differences


@pytest.mark.long_on_postgres
def test_a_marked_receipt_is_left_alone(company: Callable[..., Hub]) -> None:
    """Nothing of it is suggested, applied or counted; the mark is taken back with a reason; twice says who and when."""
    hub = company(*FACTS, receipt("R3", 7_000, payer_name="Dupont"))
    allocate(hub, "R3", "F3")
    [applied] = allocations.list_allocations(hub.desk)
    with pytest.raises(HubError, match=r"HUB-REC-034.*R3 is applied"):
        marks.mark_not_a_receipt(hub.desk, "R3", "a loan of the owner")
    allocations.reverse_proposal(hub.desk, applied.proposal, "a loan")
    marks.mark_not_a_receipt(hub.desk, "R3", "a loan of the owner")
    with pytest.raises(HubError, match=r"HUB-REC-033.*marked already by anne, 29/12/2025 10:20: a loan of the owner"):
        marks.mark_not_a_receipt(hub.desk, "R3", "again")
    with pytest.raises(HubError, match=r"HUB-REC-033.*anne marked R3 as no debtor's payment, 29/12/2025 10:20: a loan"):
        allocate(hub, "R3", "F3")
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    assert "R3" not in {row.receipt_id for row in allocations.list_allocations(hub.desk, statuses=["suggested"])}
    verdicts = sa.select(t.receipt_verdict.c.verdict, t.receipt_verdict.c.reason)
    assert ("not_a_receipt", "a loan of the owner") in rows(hub.store, verdicts)
    assert 18_000 == unapplied(hub)["EUR"]
    marks.unmark(hub.desk, "R3", "it was Dupont after all")
    with pytest.raises(HubError, match=r"HUB-REC-033.*anne took it back, 29/12/2025 10:20: it was Dupont"):
        marks.unmark(hub.desk, "R3", "again")
    allocate(hub, "R3", "F3")
    acts = sa.select(t.journal.c.act, t.journal.c.actor).where(t.journal.c.chain == journal.ACTS)
    assert [("mark", "anne"), ("unmark", "anne")] == [a for a in rows(hub.store, acts) if "mark" in a[0]]
    assert [] == verified(hub).differences


def suggested(hub: Hub, receipt_id: str) -> str:
    """The best suggestion for a receipt."""
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    found = [r for r in allocations.list_allocations(hub.desk, statuses=["suggested"]) if r.receipt_id == receipt_id]
    return found[0].proposal


#: Two invoices of one amount, a payer nobody knows: suggested, never applied.
IBAN = "FR7610107001011234567890129"
UNSURE = (
    debtor("C1", "Dupont"), invoice("F1", 10_000), receipt("R1", 10_000, payer_name="ZZZ", payer_iban=IBAN),
)  # fmt: skip


def test_confirming_and_reversing_twice_say_what_happened(company: Callable[..., Hub]) -> None:
    """By whom, when and why; the other suggestions of the receipt say which decision took their place."""
    hub = company(*UNSURE, invoice("F2", 10_000))
    rules = rules_of(hub.settings)
    name = suggested(hub, "R1")
    names = {row.proposal for row in allocations.list_allocations(hub.desk, statuses=["suggested"])}
    assert 2 == len(names)
    [other] = names - {name}
    allocations.confirm(hub.desk, rules, name, "rang them")
    assert [] == allocations.list_allocations(hub.desk, statuses=["suggested"])
    with pytest.raises(HubError, match=rf"HUB-REC-030.*{name} was confirmed already by anne, 29/12/2025 10:20"):
        allocations.confirm(hub.desk, rules, name)
    with pytest.raises(HubError, match=rf"HUB-REC-030.*anne decided otherwise.*29/12/2025 10:20: {name}"):
        allocations.confirm(hub.desk, rules, other)
    assert "rang them" == allocations.explain(hub.desk, name)[0].evidence["confirmed_because"]
    allocations.reverse_proposal(hub.desk, name, "wrong debtor")
    with pytest.raises(HubError, match=rf"HUB-REC-011.*anne reversed {name} already, 29/12/2025 10:20: wrong debtor"):
        allocations.reverse_proposal(hub.desk, name, "again")
    with pytest.raises(HubError, match=r"HUB-REC-030.*anne reversed it, 29/12/2025 10:20: wrong debtor"):
        allocations.confirm(hub.desk, rules, name)
    with pytest.raises(HubError, match=r"HUB-REC-012"):
        allocations.confirm(hub.desk, rules, "P000000000000")


def test_a_stale_choice_is_refused(company: Callable[..., Hub]) -> None:
    """The invoice was paid by another receipt since the suggestion was made."""
    hub = company(*UNSURE, receipt("R2", 5_000))
    name = suggested(hub, "R1")
    allocate(hub, "R2", "F1")
    with pytest.raises(HubError, match=r"HUB-REC-010.*F1 has less open than that.*run hub reconcile"):
        allocations.confirm(hub.desk, rules_of(hub.settings), name)


_CONFIRM = """
import sys
from pathlib import Path
from hub.app.bootstrap import Hub
from hub.app.policies import rules_of
from hub.core.services.allocations import confirm
from hub.sdk.errors import HubError
hub = Hub.open(Path(sys.argv[1]), sys.argv[3])
hub.store.revision()
print("ready", flush=True)
sys.stdin.readline()
try:
    confirm(hub.desk, rules_of(hub.settings), sys.argv[2])
    print("won")
except HubError as error:
    print(error.code)
"""


def test_two_people_who_confirm_at_once(company: Callable[..., Hub], tmp_path: Path) -> None:
    """Two processes, one suggestion for which money and invoice suffice twice: one wins, one is told why not."""
    hub = company(debtor("C1", "Dupont"), invoice("F1", 50_000), receipt("R1", 50_000, payer_name="ZZZ"))
    name = suggested(hub, "R1")
    # Halved by hand, so that only the rule "once" keeps the second from winning.
    with hub.store.write("x") as work:
        work.connection.execute(t.proposal.update().values(lines=json.dumps([[1, "money", 20_000]])))
    pipe = subprocess.PIPE
    people = [
        subprocess.Popen(
            [sys.executable, "-c", _CONFIRM, str(tmp_path / "hub.toml"), name, who],
            stdin=pipe, stdout=pipe, stderr=pipe, text=True,
        )
        for who in ("anne", "bob")
    ]  # fmt: skip
    for person in people:
        assert person.stdout is not None
        assert "ready\n" == person.stdout.readline()
    for person in people:
        assert person.stdin is not None
        person.stdin.write("\n")
        person.stdin.flush()
    said = sorted(person.communicate(timeout=120)[0].strip() for person in people)
    assert ["HUB-REC-030", "won"] == said
    assert [20_000] == [row.amount_minor for row in allocations.list_allocations(hub.desk, statuses=["confirmed"])]


def test_two_people_who_allocate_by_hand_at_once(company: Callable[..., Hub]) -> None:
    """Ten people give the same invoice, half paid in the books, ten receipts: it is paid once."""
    receipts = [receipt(f"R{number}", 5_000) for number in range(10)]
    hub = company(debtor("C1", "Dupont"), invoice("F1", 10_000, settled_minor=5_000), *receipts)
    barrier, said = threading.Barrier(10), []

    def work(number: int) -> None:
        barrier.wait(timeout=60)
        try:
            allocate(hub, f"R{number}", "F1=50.00")
            said.append("won")
        except HubError as error:
            said.append(error.code)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (1, 9) == (said.count("won"), said.count("HUB-REC-010"))
    assert {} == opened(hub)


def test_what_a_person_confirms_is_learnt(company: Callable[..., Hub]) -> None:
    """The account is known from then on, until the decision is reversed or the lesson is forgotten."""
    hub = company(
        *UNSURE, invoice("F2", 4_321, issued_on="2026-10-01"),
        receipt("R2", 4_321, payer_name="ZZZ", payer_iban=IBAN, received_on="2026-11-05"),
    )  # fmt: skip
    rules = rules_of(hub.settings)
    name = suggested(hub, "R1")
    assert "R2" in {row.receipt_id for row in allocations.list_allocations(hub.desk, statuses=["suggested"])}
    allocations.confirm(hub.desk, rules, name)
    taught = lessons.lessons_of(hub.desk, name)
    assert [("iban", IBAN, "C1"), ("name", "ZZZ", "C1")] == [(x.by, x.key, x.debtor_id) for x in taught]

    def applied() -> list[str]:
        reconcile_now(hub.desk, rules.policy)
        return [row.receipt_id for row in allocations.list_allocations(hub.desk, statuses=["auto"])]

    forgotten = [lessons.forget(hub.desk, lesson.name, "a factor, pays for many") for lesson in taught]
    with pytest.raises(HubError, match=r"HUB-REC-039.*anne forgot L\w+ already, 29/12/2025 10:20: a factor"):
        lessons.forget(hub.desk, forgotten[0].name, "again")
    assert [] == applied()
    assert [True, True] == [lesson.forgotten for lesson in lessons.list_lessons(hub.desk)]
    allocations.reverse_proposal(hub.desk, name, "to confirm it anew")
    assert [] == lessons.list_lessons(hub.desk)
    allocations.confirm(hub.desk, rules, suggested(hub, "R1"))
    assert [False, False] == [lesson.forgotten for lesson in lessons.list_lessons(hub.desk)]
    assert ["R2"] == applied()
    reason = next(row for row in allocations.list_allocations(hub.desk, statuses=["auto"]))
    assert "learnt iban" == json.loads(reason.evidence)["payer_found_by"]
    assert [] == verified(hub).differences


@pytest.mark.parametrize("name", ["STRIPE PAYMENTS EUROPE", "FACTOFRANCE", "DDFIP CORREZE", "BNP PARIBAS FACTOR"])
def test_who_pays_for_many_teaches_nothing(company: Callable[..., Hub], name: str) -> None:
    """One transfer of a provider, a factor or a public accountant says nothing of the next: whose money was it?"""
    hub = company(
        debtor("C1", "Durand"), invoice("F1", 10_000), invoice("F2", 4_321),
        receipt("R1", 9_000, payer_name=name, payer_iban=IBAN),
        receipt("R2", 4_321, payer_name=name, payer_iban=IBAN, received_on="2026-11-05"),
    )  # fmt: skip
    allocate(hub, "R1", "F1")
    assert [] == lessons.list_lessons(hub.desk)
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    assert [] == allocations.list_allocations(hub.desk, statuses=["auto"])


def test_what_was_reversed_may_be_suggested_again(company: Callable[..., Hub]) -> None:
    """Under the same name: explain shows the suggestion first, then what was undone; it can be confirmed again."""
    hub = company(*UNSURE, invoice("F2", 10_000))
    rules = rules_of(hub.settings)
    name = suggested(hub, "R1")
    allocations.confirm(hub.desk, rules, name)
    allocations.reverse_proposal(hub.desk, name, "too early")
    assert name == suggested(hub, "R1")
    told = [decision.lines[0].status for decision in allocations.explain(hub.desk, name)]
    assert ["suggested", "reversed"] == told
    assert "confirmed" == allocations.confirm(hub.desk, rules, name)[0].status


def test_what_was_reversed_is_not_confirmed_in_passing(company: Callable[..., Hub]) -> None:
    """`confirm --right` applies what is nearly certain, one after the other: what somebody undid needs a look."""
    hub = company(debtor("C1", "Durand"), invoice("FA1001", 10_000), receipt("R1", 10_000, remittance="FACT FA1001"))
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    [applied] = allocations.list_allocations(hub.desk, statuses=["auto"])
    allocations.reverse_proposal(hub.desk, applied.proposal, "it was Martin's")
    name = suggested(hub, "R1")
    assert [] == allocations.surest(hub.desk, Only(right=50))
    assert "confirmed" == allocations.confirm(hub.desk, rules_of(hub.settings), name)[0].status


def test_explain_says_what_is_so_now(company: Callable[..., Hub]) -> None:
    """Of a marked receipt who marked it and how to take that back; of one that was overpaid, what is left."""
    hub = company(
        debtor("C1", "Durand"), invoice("FA1001", 10_000), invoice("FA1002", 5_000),
        receipt("R1", 12_500, payer_name="Durand", remittance="FACT FA1001"), receipt("R2", 333, payer_name="X"),
    )  # fmt: skip
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    [found] = allocations.explain(hub.desk, "R1")
    [said] = found.left.values()
    assert ("25,00 EUR", True) == (said.left, said.free)
    assert said.why.startswith("Part of it is applied")
    marks.mark_not_a_receipt(hub.desk, "R2", "a gift")
    with pytest.raises(HubError, match=r"HUB-REC-014.*R2 .*anne marked it.*29/12/2025 10:20: a gift") as refused:
        allocations.explain(hub.desk, "R2")
    assert "unmark R2" in refused.value.mend
    allocate(hub, "R1", "FA1002=20.00")
    assert {"R1"} == {row.receipt_id for one in allocations.explain(hub.desk, "FA 1002") for row in one.lines}
    decided = {row.proposal for row in allocations.list_allocations(hub.desk)}
    with pytest.raises(HubError, match=r"HUB-REC-012.*R1 is the name of a receipt") as refused:
        allocations.reverse_proposal(hub.desk, "R1", "wrong")
    assert all(name in refused.value.what for name in decided)
    with pytest.raises(HubError, match=r"HUB-REC-012.*FA1002 is the name of an invoice"):
        allocations.reverse_proposal(hub.desk, "FA1002", "wrong")


def test_a_suggestion_for_a_marked_receipt_says_who_marked_it(company: Callable[..., Hub]) -> None:
    """Two decide about one receipt: the later one is told what the other said of it."""
    hub = company(*UNSURE)
    rules, name = rules_of(hub.settings), suggested(hub, "R1")
    marks.mark_not_a_receipt(hub.desk, "R1", "a gift")
    assert [] == allocations.list_allocations(hub.desk)
    with pytest.raises(HubError, match=r"HUB-REC-033.*anne marked R1 .*29/12/2025 10:20: a gift"):
        allocations.confirm(hub.desk, rules, name)
    marks.unmark(hub.desk, "R1", "no gift")
    with pytest.raises(HubError, match=r"HUB-REC-030.*R1 was marked meanwhile"):
        allocations.confirm(hub.desk, rules, name)
    assert name == suggested(hub, "R1")
    allocations.confirm(hub.desk, rules, name)


def test_an_invoice_with_nothing_open_is_named(company: Callable[..., Hub]) -> None:
    """With who paid it when, whether an amount was chosen for it or not."""
    hub = company(*FACTS, receipt("R3", 7_000))
    allocate(hub, "R3", "F3=70.00")
    for again in ("F3", "F3=10.00"):
        with pytest.raises(HubError, match=r"HUB-REC-010.*nothing is open on F3; anne applied receipt R3 to it, 29/12"):
            allocate(hub, "R1", f"F1 {again}")


def test_what_a_rule_keeps_for_a_person_is_not_confirmed_in_passing(company: Callable[..., Hub]) -> None:
    """The rule asks; however sure the suggestion looks, it is confirmed by its name only."""
    rule = '\n[[reconcile.rule]]\nname = "Large sums"\nthen = "ask"\nfrom_minor = 8_000\n'
    hub = company(
        debtor("C1", "Durand"), invoice("FA1001", 10_000), receipt("R1", 10_000, remittance="FACT FA1001"),
        settings=rule,
    )  # fmt: skip
    name = suggested(hub, "R1")
    assert [] == allocations.surest(hub.desk, Only(right=50))
    assert "confirmed" == allocations.confirm(hub.desk, rules_of(hub.settings), name)[0].status


def test_a_suggestion_says_that_the_books_may_have_the_money(company: Callable[..., Hub]) -> None:
    """Number and sum agree, and so much was settled in the books before: it is suggested only, and says why."""
    hub = company(
        debtor("C1", "Durand"), invoice("FA1001", 20_000, settled_minor=10_000),
        receipt("R1", 10_000, payer_name="Durand", remittance="FACT FA1001"),
    )  # fmt: skip
    [found, *_] = allocations.explain(hub.desk, suggested(hub, "R1"))
    assert "the books may have settled the invoice with this very money" == found.evidence["held_back"]
