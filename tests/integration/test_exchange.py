"""An invoice in another currency than the money: what is applied, what it uses up, and all that counts on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.cli.explaining import show_explanation
from hub.app.policies import rules_of
from hub.core.ledger.gap_causes import Standing
from hub.core.services import allocations
from hub.core.services.allocations import reverse_proposal
from hub.core.services.ledger import view
from hub.core.services.linking import has_room, move
from hub.core.services.postings import _Judge
from hub.core.services.reconcile import reconcile_now
from hub.core.services.status import status
from hub.core.store import sightings
from hub.core.store import tables as t
from hub.sdk.errors import HubError
from tests.support.hubs import exported, make_hub, sync, verified
from tests.support.scripts import debtor, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")
ORDERED = {"original_currency": "USD", "payer_name": "Harbor Supplies Inc"}


@pytest.fixture
def company(tmp_path: Path, database_url: str) -> Callable[..., Hub]:
    """A hub that has read these facts about a debtor in the United States."""

    def make(*facts: dict[str, object]) -> Hub:
        hub = make_hub(tmp_path, database_url, section(), now=lambda: 1_767_000_000_000_000, actor="anne")
        all_ = (debtor("C1", "Harbor Supplies Inc"), *facts)
        write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(all_)])
        sync(hub, "guest")
        return hub

    return make


def dollars(number: str, total: int) -> dict[str, object]:
    return {**invoice(number, total), "currency": "USD"}


def opened(hub: Hub) -> dict[str, int]:
    return {item.number: item.open_minor for item in view(hub.desk).ledger.items}


def left(hub: Hub) -> dict[str, int]:
    return dict(status(hub.desk).unapplied)


def lines(hub: Hub) -> list[tuple[str, int, str, int | None, str]]:
    """Every line as exported: invoice, amount and currency, what it uses of the receipt, status."""
    return [
        (row["invoice_number"], row["amount"], row["currency"], row["used"], row["status"])
        for row in exported(hub, "allocations")
        if row["nature"] == "money"
    ]


def test_what_was_ordered_is_what_is_open(company: Callable[..., Hub]) -> None:
    """1,000.00 USD ordered, 920.13 EUR received: the invoice is paid, the receipt used up; twice changes nothing."""
    paid = receipt("R1", 92_013, remittance="INVOICE US-2026-0411", original_amount_minor=100_000, **ORDERED)
    hub = company(dollars("US-2026-0411", 100_000), dollars("US-2026-0412", 70_000), paid)
    report = reconcile_now(hub.desk, rules_of(hub.settings).policy)
    assert {"other_currency": {"EUR": 92_013}} == {rule: dict(c.amounts) for rule, c in report.automatic.items()}
    assert [("US-2026-0411", 100_000, "USD", 92_013, "auto")] == lines(hub)
    assert {"US-2026-0412": 70_000} == {number: minor for number, minor in opened(hub).items() if minor}
    assert {} == {currency: minor for currency, minor in left(hub).items() if minor}
    assert not reconcile_now(hub.desk, rules_of(hub.settings).policy).automatic
    assert [] == verified(hub).differences


def test_several_invoices_share_the_money(company: Callable[..., Hub]) -> None:
    """In proportion, to the cent together; a reversal gives everything back."""
    text = "US-2026-0411 US-2026-0412 US-2026-0413"
    paid = receipt("R1", 100_01, remittance=text, original_amount_minor=30_000, **ORDERED)
    hub = company(*(dollars(f"US-2026-041{n}", 10_000) for n in (1, 2, 3)), paid)
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    assert [33_33, 33_34, 33_34] == sorted(line[3] or 0 for line in lines(hub))
    assert {} == {number: minor for number, minor in opened(hub).items() if minor}
    [name] = {row["proposal"] for row in exported(hub, "allocations")}
    reverse_proposal(hub.desk, name, "it was for another")
    assert {"EUR": 100_01} == left(hub)
    assert 30_000 == sum(opened(hub).values())
    assert [] == verified(hub).differences


def test_a_person_confirms_at_the_rate_of_the_bank(
    company: Callable[..., Hub], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody says what was ordered: it is only suggested, and says what it would use up; confirmed, it is applied."""
    paid = receipt("R1", 92_013, remittance="INVOICE US-2026-0411", payer_name="Harbor Supplies Inc")
    hub = company(dollars("US-2026-0411", 100_000), paid)
    assert not reconcile_now(hub.desk, rules_of(hub.settings).policy).automatic
    assert [("US-2026-0411", 100_000, "USD", 92_013, "suggested")] == lines(hub)
    [name] = {row["proposal"] for row in exported(hub, "allocations")}
    allocations.confirm(hub.desk, rules_of(hub.settings), name)
    assert [("US-2026-0411", 100_000, "USD", 92_013, "confirmed")] == lines(hub)
    assert {} == left(hub)
    show_explanation(allocations.explain(hub.desk, name), hub.zone)
    assert "1 000,00 USD for 920,13 EUR" in " ".join(capsys.readouterr().out.split())
    assert [] == verified(hub).differences


@pytest.mark.parametrize(
    ("ordered", "paid", "used"), [(60_000, 60_000, 92_013), (125_000, 100_000, 73_610)], ids=["part", "too much"]
)
def test_another_sum_was_ordered_and_a_person_confirms(
    company: Callable[..., Hub], ordered: int, paid: int, used: int
) -> None:
    """600.00 USD of 1,000.00 use up the whole receipt; of 1,250.00 four fifths do, and the rest stays unapplied."""
    came = receipt("R1", 92_013, remittance="US-2026-0411", original_amount_minor=ordered, **ORDERED)
    hub = company(dollars("US-2026-0411", 100_000), came)
    assert not reconcile_now(hub.desk, rules_of(hub.settings).policy).automatic
    [name] = {row["proposal"] for row in exported(hub, "allocations")}
    allocations.confirm(hub.desk, rules_of(hub.settings), name)
    assert [("US-2026-0411", paid, "USD", used, "confirmed")] == lines(hub)
    assert 100_000 - paid == opened(hub).get("US-2026-0411", 0)
    assert ({"EUR": 92_013 - used} if used < 92_013 else {}) == left(hub)
    assert [] == verified(hub).differences


def test_what_cannot_be_shared_out_is_left_and_stops_nobody(company: Callable[..., Hub]) -> None:
    """One yen beside 100,000 would use nothing of the euros; and an invoice with its credit note nothing at all."""
    yen = [{**invoice(f"JP-2026-041{n}", minor), "currency": "JPY"} for n, minor in ((1, 1), (2, 100_000))]
    odd = receipt("R1", 600_00, remittance="JP-2026-0411 JP-2026-0412", payer_name="Harbor Supplies Inc")
    odd |= {"original_currency": "JPY", "original_amount_minor": 100_001}
    note = {**dollars("AV-2026-0007", 70_000), "kind": "credit_note"}
    del note["due_on"]
    both = receipt("R2", 55_00, remittance="US-2026-0412 AV-2026-0007", payer_name="Harbor Supplies Inc")
    good = receipt("R3", 12_000, remittance="FA-2026-0001", payer_name="Harbor Supplies Inc")
    hub = company(*yen, dollars("US-2026-0412", 70_000), note, invoice("FA-2026-0001", 12_000), odd, both, good)
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    assert [("FA-2026-0001", 12_000, "EUR", None, "auto")] == [line for line in lines(hub) if line[4] == "auto"]
    assert {"EUR": 655_00} == left(hub)


def test_large_sums_are_compared_and_not_multiplied(company: Callable[..., Hub]) -> None:
    """Six thousand million rupiahs for 320,000 euros."""
    paid = receipt("R1", 32_000_000, remittance="ID-2026-0001", payer_name="Harbor Supplies Inc")
    paid |= {"original_currency": "IDR", "original_amount_minor": 600_000_000_000}
    hub = company({**invoice("ID-2026-0001", 600_000_000_000), "currency": "IDR"}, paid)
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    assert [("ID-2026-0001", 600_000_000_000, "IDR", 32_000_000, "auto")] == lines(hub)


def test_what_was_ordered_says_nothing_of_a_rest(company: Callable[..., Hub]) -> None:
    """A part of the receipt is applied already: the 1,000.00 USD were ordered with all of it."""
    from tests.integration.test_work_of_a_person import allocate

    paid = receipt("R1", 92_013, remittance="US-2026-0411", original_amount_minor=100_000, **ORDERED)
    hub = company(dollars("US-2026-0411", 100_000), invoice("F1", 82_013), paid)
    allocate(hub, "R1=820.13", "F1=820.13")
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    assert {("F1", "confirmed"), ("US-2026-0411", "suggested")} == {(line[0], line[4]) for line in lines(hub)}


def test_a_receipt_seen_twice_takes_its_lines_along(company: Callable[..., Hub]) -> None:
    """What another receipt has room for is counted in its own currency, whatever the invoices are in."""
    paid = receipt("R1", 92_013, remittance="US-2026-0411", original_amount_minor=100_000, **ORDERED)
    again = receipt("R2", 92_013, payer_name="ZZZ")
    hub = company(dollars("US-2026-0411", 100_000), paid, again)
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    with hub.store.read() as connection:
        mine = sightings.allocations_of(connection, [1])
        facts = {row.id: row for row in connection.execute(sa.select(t.receipt))}
    assert has_room(mine, [], facts[2])
    assert 1 == hub.store.again("anne", lambda unit: move(unit, mine, facts[1], facts[2]))
    assert [] == verified(hub).differences


def test_no_more_than_the_receipt_has(company: Callable[..., Hub]) -> None:
    """The data base counts what lines in other currencies use up, and refuses one that does not say it."""
    paid = receipt("R1", 92_013, remittance="US-2026-0411", original_amount_minor=100_000, **ORDERED)
    hub = company(dollars("US-2026-0411", 100_000), dollars("US-2026-0412", 70_000), paid)
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    row = (
        "INSERT INTO allocation (id, proposal, receipt_id, invoice_id, nature, amount_minor, currency, origin, rule, "
        "reason, confidence_ppm, evidence, books_settled_minor, effective_on, recorded_at, actor, used_minor) "
        "SELECT 77, 'x', receipt_id, (SELECT id FROM invoice WHERE number = 'US-2026-0412'), nature, 100, currency, "
        "origin, rule, reason, confidence_ppm, evidence, 0, effective_on, recorded_at, actor, {} FROM allocation"
    )
    for used, words in (
        ("1", "less than that left"),
        ("NULL", "less than that left|not in one currency"),
        ("-1", "not in one currency"),
    ):
        with hub.store.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=words):
            connection.exec_driver_sql(row.format(used))
    with hub.store.engine.connect() as connection:
        assert 1 == connection.execute(sa.select(sa.func.count()).select_from(t.allocation)).scalar()


def test_by_hand_at_the_rate_that_a_person_gives(company: Callable[..., Hub]) -> None:
    """A part of the receipt for a part of what is open; the rest of both, left out, is all of it."""
    from tests.integration.test_work_of_a_person import allocate

    euros = receipt("R1", 92_013, payer_name="Harbor Supplies Inc")
    hub = company(dollars("US-2026-0411", 100_000), dollars("US-2026-0412", 20_000), euros)
    assert ["R1>US-2026-0411 money 60000"] == allocate(hub, "R1=552.08", "US-2026-0411=600")
    assert {"EUR": 36_805} == left(hub)
    both = allocate(hub, "R1", "US-2026-0411 US-2026-0412")
    assert ["R1>US-2026-0411 money 40000", "R1>US-2026-0412 money 20000"] == both
    assert [12_269, 24_536, 55_208] == sorted(line[3] or 0 for line in lines(hub))
    assert {} == left(hub)
    assert {} == {number: minor for number, minor in opened(hub).items() if minor}
    assert [] == verified(hub).differences


def test_by_hand_a_credit_note_gives_back_its_share(company: Callable[..., Hub]) -> None:
    """Used up beside the invoice: 800.00 USD net are all of the receipt."""
    from tests.integration.test_work_of_a_person import allocate

    note = {**dollars("AV-2026-0007", 20_000), "kind": "credit_note"}
    del note["due_on"]
    hub = company(dollars("US-2026-0411", 100_000), note, receipt("R1", 72_000))
    assert ["R1>AV-2026-0007 money -20000", "R1>US-2026-0411 money 100000"] == allocate(
        hub, "R1", "US-2026-0411 AV-2026-0007"
    )
    assert [-18_000, 90_000] == sorted(line[3] or 0 for line in lines(hub))
    assert {} == left(hub)
    assert [] == verified(hub).differences


@pytest.mark.parametrize(
    ("receipts", "invoices", "words"),
    [
        ("R1=920.14", "US-2026-0411", "HUB-REC-010.*has 920,13 EUR left, not 920,14 EUR"),
        ("R1", "US-2026-0411=1000.01", "HUB-REC-010.*less open than that"),
        ("R1=0.01", "US-2026-0411 US-2026-0412", "HUB-REC-038.*cannot be shared out"),
        ("R1", "US-2026-0411 F1", "HUB-REC-013.*name one receipt"),
        ("R1 R2", "US-2026-0411", "HUB-REC-013.*name one receipt"),
    ],
)
def test_by_hand_what_cannot_be_exchanged_is_refused(
    company: Callable[..., Hub], receipts: str, invoices: str, words: str
) -> None:
    """Nothing is half done: more than is left or open, less than a cent a line, or more than two currencies."""
    from tests.integration.test_work_of_a_person import allocate

    facts = [dollars("US-2026-0411", 100_000), dollars("US-2026-0412", 20_000), invoice("F1", 5_000)]
    hub = company(*facts, receipt("R1", 92_013), receipt("R2", 5_000))
    with pytest.raises(HubError, match=words):
        allocate(hub, receipts, invoices)
    assert [] == lines(hub)


def test_it_is_not_handed_over_to_the_books(company: Callable[..., Hub]) -> None:
    """At which rate the books hold the invoice, nobody here knows: it is left with its reason, and what to do."""
    paid = receipt("R1", 92_013, remittance="US-2026-0411", account="512", original_amount_minor=100_000, **ORDERED)
    hub = company(dollars("US-2026-0411", 100_000), paid)
    reconcile_now(hub.desk, rules_of(hub.settings).policy)
    with hub.store.read() as connection:
        money = sightings.allocations_of(connection, [1])
        [row] = connection.execute(sa.select(t.receipt, sa.literal(0).label("elsewhere_minor"))).all()
        [document] = connection.execute(sa.select(t.invoice)).all()
    judge = _Judge(
        document.connector_id, {document.id: document}, set(), set(), frozenset(), Standing(frozenset(), frozenset())
    )
    refused = judge._refused(row, money)
    assert refused is not None
    assert ("other_currency", "USD") == (refused[0], refused[1].split("in ")[1][:3])
