"""What a seventh hand showed: a wholesale group, a temp-work agency, a builder and a landlord, and their banks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.core.reconcile import Debtors
from tests.unit.reconcile.books import DURAND, MARTIN, decide, item, lines, one, receipt


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


class TestSeveralOrders:
    """Payers that quote their order numbers, several in one transfer."""

    items = (
        item("F1001", MARTIN, 120_55, order_ref="CF44142"),
        item("F1002", MARTIN, 97_31, order_ref="CF10191"),
        item("F1003", MARTIN, 240_18, order_ref="CF60318"),
        item("F1004", MARTIN, 88_02, order_ref="CF70002"),
        item("AV31", MARTIN, 12_40, kind="credit_note"),
    )

    def test_their_invoices_add_up(self) -> None:
        """To the cent what all of them have open."""
        decision = one([*self.items], 458_04, "CDE CF44142 CF10191 CF60318", "MENUISERIE MARTIN")
        assert (decision.status, decision.rule) == ("auto", "order_exact")
        assert lines(decision) == [(1, 120_55), (2, 97_31), (3, 240_18)]

    def test_an_order_nobody_knows_is_a_question(self) -> None:
        """Of two orders one is none of ours, and the sum is not that of the other."""
        decision = one([*self.items], 217_87, "CDE CF44142 CF99999", "MENUISERIE MARTIN")
        assert decision.status != "auto"

    def test_less_a_credit_note_is_offered_first(self) -> None:
        """The text says nothing of the credit note: a person decides."""
        decision = one([*self.items], 205_46, "CDE CF44142 CF10191", "MENUISERIE MARTIN")
        assert decision.status == "suggested"
        assert lines(decision) == [(1, 120_55), (2, 97_31), (5, -12_40)]

    def test_somebody_elses_orders_are_not_applied(self) -> None:
        """The payer is another debtor."""
        decision = one([*self.items], 458_04, "CDE CF44142 CF10191 CF60318", "DUPONT ELECTRICITE SA")
        assert decision.status != "auto"


class TestStatements:
    """A statement has a number of its own, and a day: neither is an invoice's."""

    items = tuple(
        item(f"10{45_986 + 53 * n}", DURAND, 5_017 + 1_331 * n, issued_on=day)
        for n, day in enumerate(
            (
                date(2026, 2, 4),
                date(2026, 2, 11),
                date(2026, 2, 25),
                date(2026, 3, 3),
                date(2026, 3, 17),
                date(2026, 4, 1),
            )
        )
    )

    @pytest.mark.parametrize(
        "text",
        [
            "RELEVE N 2258 FEVRIER 2026",
            "RELEVE 9551 02/2026",
            "VOTRE RELEVE DU 28/02/26",
            "REL 280226",
            "RELEVE N 45986 DU 28.02.2026",
        ],
    )
    def test_everything_of_the_month(self, text: str) -> None:
        """What was issued in the month, to the cent."""
        decision = one([*self.items], 5_017 + 6_348 + 7_679, text, "DURAND ET FILS")
        assert (decision.status, decision.rule) == ("auto", "payer_statement")
        assert [1, 2, 3] == [row for row, _ in lines(decision)]

    def test_another_month_is_a_question(self) -> None:
        """The statement is of March, and the sum is that of February."""
        decision = one([*self.items], 5_017 + 6_348 + 7_679, "VOTRE RELEVE DU 31/03/26", "DURAND ET FILS")
        assert decision.status != "auto"
