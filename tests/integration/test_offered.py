"""What people decide about suggestions is counted, as long as it stands, and makes the next ones surer or less sure."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.policies import rules_of
from hub.core.reconcile.policy import Policy
from hub.core.services import allocations, by_hand, marks
from hub.core.services.by_hand import Share
from hub.core.services.reconcile import reconcile_now
from hub.core.store import Store
from hub.core.store import tables as t
from hub.core.store.decisions import AllocationRow
from hub.core.store.offered import judged
from hub.core.store.revision import HEAD, current
from tests.integration.test_migration_0005 import FILLED
from tests.support.hubs import make_hub, sync, verified
from tests.support.schema import fill, schema_differences, upgrade_to
from tests.support.scripts import debtor, invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")
NOW = 1_767_000_000_000_000
_SHORT = 150  # cents missing beside a certain number: a question
FACTS = (
    debtor("C1", "Dupont Literie"),
    *(invoice(f"FA2026-0010{n}", 10_000 + 1_000 * n) for n in range(8)),
    *(
        receipt(f"R{n}", 10_000 + 1_000 * n - _SHORT, payer_name="DUPONT LITERIE", remittance=f"FA2026-0010{n}")
        for n in range(8)
    ),
)


@pytest.fixture
def company(tmp_path: Path, database_url: str) -> Hub:
    """Eight receipts, each a little less than the invoice that it names."""
    hub = make_hub(tmp_path, database_url, section(), now=lambda: NOW, actor="anne")
    write_script(tmp_path, [unit(f"u{number}", fact) for number, fact in enumerate(FACTS)])
    sync(hub, "guest")
    reconcile_now(hub.desk, Policy())
    return hub


def suggestions(hub: Hub, receipt: str) -> list[AllocationRow]:
    rows = allocations.list_allocations(hub.desk, statuses=["suggested"])
    return [row for row in rows if row.receipt_id == receipt]


def counted(hub: Hub) -> list[tuple[int, int]]:
    with hub.store.read() as connection:
        return list(judged(connection).values())


def test_each_way_to_decide_is_counted_and_an_undone_one_is_not(company: Hub) -> None:
    """Confirmed, the same money by hand, the rest forgone: right. Applied otherwise, or marked: wrong."""
    rules = rules_of(company.settings)
    assert [] == counted(company)
    first = suggestions(company, "R0")
    assert "weight" in json.loads(first[0].evidence)
    allocations.confirm(company.desk, rules, first[0].proposal)
    assert [(1, 1)] == counted(company)
    forgone = next(row for row in suggestions(company, "R1") if row.rank == 2)
    assert any(row.nature != "money" for row in suggestions(company, "R1") if row.rank == 2)
    allocations.confirm(company.desk, rules, forgone.proposal)
    assert [(2, 2)] == counted(company)
    by_hand.allocate(company.desk, rules, [Share("R2", None)], [Share("FA2026-00102", None)], (), "as agreed")
    assert [(3, 3)] == counted(company)
    by_hand.allocate(company.desk, rules, [Share("R3", Decimal("1"))], [Share("FA2026-00104", None)], (), "as agreed")
    assert [(3, 4)] == counted(company)
    marks.mark_not_a_receipt(company.desk, "R5", "a gift")
    assert [(3, 5)] == counted(company)
    marks.unmark(company.desk, "R5", "no gift")
    assert [(3, 4)] == counted(company)
    allocations.reverse_proposal(company.desk, first[0].proposal, "a mistake")
    assert [(2, 3)] == counted(company)
    assert [] == verified(company).differences


def test_the_next_suggestions_say_what_people_decided(company: Hub) -> None:
    """Their confidence moves, their order and what is applied alone do not."""
    before = suggestions(company, "R7")
    for number in range(5):
        marks.mark_not_a_receipt(company.desk, f"R{number}", "not ours")
    reconcile_now(company.desk, Policy())
    after = suggestions(company, "R7")
    assert [row.proposal for row in before] == [row.proposal for row in after]
    assert before[0].confidence_ppm - after[0].confidence_ppm > 150_000
    assert [0, 5] == json.loads(after[0].evidence)["judged"]
    assert "judged" not in json.loads(before[0].evidence)


def test_a_decision_without_a_suggestion_notes_nothing(company: Hub) -> None:
    """Nor does one about a suggestion of an earlier version, which told no weight."""
    with company.store.engine.begin() as connection:
        connection.execute(t.proposal.update().values(evidence="{}"))
    rules = rules_of(company.settings)
    allocations.confirm(company.desk, rules, suggestions(company, "R0")[0].proposal)
    with company.store.engine.begin() as connection:
        connection.execute(t.proposal.delete())
    marks.mark_not_a_receipt(company.desk, "R1", "a gift")
    assert [] == counted(company)


def test_the_migration_runs_on_filled_data(empty_database_url: str) -> None:
    """A mark that stands keeps all it had, and notes nothing."""
    store = Store(empty_database_url, lambda: 9)
    upgrade_to(store, "0016")
    with store.engine.begin() as connection:
        fill(connection, [*FILLED, _RECEIPT, _MARK])
        before = connection.execute(sa.text("SELECT * FROM receipt_mark")).all()
    store.migrate()
    with store.engine.connect() as connection:
        assert HEAD == current(connection)
        assert [(*row, None) for row in before] == connection.execute(sa.text("SELECT * FROM receipt_mark")).all()
        assert [] == schema_differences(connection)
        assert {} == judged(connection)
    store.close()


_RECEIPT = (
    "INSERT INTO receipt (id, connector_id, unit_id, recorded_at, source_key, receipt_id, received_on, currency, "
    "amount_minor, remittance) VALUES (2, 1, 1, 1, 'R2', 'R2', '2026-10-06', 'EUR', 500, '')"
)
_MARK = "INSERT INTO receipt_mark (id, receipt_id, reason, recorded_at, actor) VALUES (1, 2, 'a gift', 5, 'anne')"
