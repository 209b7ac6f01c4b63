"""An invoice in another currency than the money: what is applied, what it uses up, and all that counts on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.cli.explaining import show_explanation
from hub.app.policies import rules_of
from hub.core.services import allocations
from hub.core.services.allocations import reverse_proposal
from hub.core.services.ledger import view
from hub.core.services.reconcile import reconcile_now
from hub.core.services.status import status
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


def lines(hub: Hub) -> list[tuple[str, int, str, str | None, str]]:
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
    assert [("US-2026-0411", 100_000, "USD", "920.13", "auto")] == lines(hub)
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
    assert ["33.33", "33.33", "33.35"] == sorted(line[3] or "" for line in lines(hub))
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
    assert [("US-2026-0411", 100_000, "USD", "920.13", "suggested")] == lines(hub)
    [name] = {row["proposal"] for row in exported(hub, "allocations")}
    allocations.confirm(hub.desk, rules_of(hub.settings), name)
    assert [("US-2026-0411", 100_000, "USD", "920.13", "confirmed")] == lines(hub)
    assert {} == left(hub)
    show_explanation(allocations.explain(hub.desk, name), hub.zone)
    assert "1 000,00 USD for 920,13 EUR" in " ".join(capsys.readouterr().out.split())
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


def test_by_hand_it_stays_one_currency(company: Callable[..., Hub]) -> None:
    """Chosen amounts say no rate: the suggestion is confirmed instead."""
    from tests.integration.test_work_of_a_person import allocate

    hub = company(dollars("US-2026-0411", 100_000), receipt("R1", 92_013, payer_name="Harbor Supplies Inc"))
    with pytest.raises(HubError, match="HUB-REC-013"):
        allocate(hub, "R1", "US-2026-0411")
