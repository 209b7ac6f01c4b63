"""What a seventh hand showed: a wholesale group, a temp-work agency, a builder and a landlord, and their banks."""

from __future__ import annotations

from datetime import date, timedelta

from hub.core.reconcile import Debtors
from tests.unit.reconcile.books import decide, item, lines, receipt


class TestSeriesOfSeveralSellers:
    """Numbers of one length that two sellers build otherwise."""

    debtors = Debtors(
        seller=["BOLTS", "ROOFS"],
        debtor_id=["C1", "T1"],
        name=["Garage Lefort SARL", "Mairie de Brive"],
        siren=[None, None],
        parent_id=[None, None],
        ibans=[(), ()],
    )

    def items(self) -> list[dict[str, object]]:
        """Two years and six digits of the one, a year and four of the other: 26012007 and 2026-0007."""
        rows = []
        for n in range(20):
            issued = date(2026, 1, 5) + timedelta(days=3 * n)
            rows.append(item(f"26{12000 + n:06}", "C1", 10_000 + 37 * n, seller="BOLTS", issued_on=issued))
            rows.append(item(f"2026-{n:04}", "T1", 90_000 + 41 * n, seller="ROOFS", issued_on=issued))
        return rows

    def test_each_seller_has_its_own_counter(self) -> None:
        """12004 and 12007 are counters of 26012004 and 26012007, whatever stands in the other seller's numbers."""
        text = "VOS FACTURES 12004 ET 012007"
        decision = decide(
            self.items(),
            [receipt(10_000 + 37 * 4 + 10_000 + 37 * 7, text, "GARAGE LEFORT", seller="BOLTS")],
            debtors=self.debtors,
        )[0]
        assert decision.status == "auto"
        assert lines(decision) == [(9, 10_148), (15, 10_259)]
