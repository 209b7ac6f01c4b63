"""What a seventh hand showed: a wholesale group, a temp-work agency, a builder and a landlord, and their banks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.core.reconcile import Debtors, SettledNumbers
from hub.core.reconcile.texts.text import join_pieces
from tests.unit.reconcile.books import DUPONT, DURAND, HOLDING, MARTIN, decide, item, lines, one, receipt


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
        item("AV31", MARTIN, 13_53, kind="credit_note"),
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

    def test_less_a_credit_note(self) -> None:
        """To the cent the only one there is, as beside a number."""
        decision = one([*self.items], 204_33, "CDE CF44142 CF10191", "MENUISERIE MARTIN")
        assert (decision.status, decision.rule) == ("auto", "named_less_credit_note")
        assert lines(decision) == [(1, 120_55), (2, 97_31), (5, -13_53)]

    def test_less_the_discount_of_the_terms(self) -> None:
        """2 % within its days."""
        terms = item(
            "F1009", MARTIN, 400_00, order_ref="CF80001", discount_terms="2% 10 jours", issued_on=date(2026, 4, 3)
        )
        decision = one([*self.items, terms], 392_00, "CDE CF80001", "MENUISERIE MARTIN")
        assert (decision.status, decision.rule) == ("auto", "named_less_discount")

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


class TestMoreMoneyThanTheListNames:
    """Money beyond a list of numbers is no overpayment where the list may go on, or names what is paid."""

    items = tuple(item(f"10500{n}", DURAND, 10_000 + 731 * n) for n in range(10, 17))

    @pytest.mark.parametrize(
        ("text", "status"),
        [
            ("VIR DURAND ET FILS F1050010 ET 1050011 ET 1050012", "auto"),
            ("VIR DURAND ET FILS F1050010, 1050011, 1050012,", "suggested"),
            ("VIR DURAND ET FILS\nREGLEMENT DE NOS FACTURES DE DEBUT MARS 1050010 + 1050011 + 1050012", "suggested"),
            ("VIR DURAND ET FILS F1050010 ET 1050007 ET 1050012", "suggested"),  # 1050007 is another debtor's, and paid
        ],
    )
    def test_a_list_that_may_go_on(self, text: str, status: str) -> None:
        """The next number, and a credit note perhaps, stood behind the cut."""
        settled = SettledNumbers(["ACME"], [MARTIN], ["1050007"])
        named = [row for row in self.items if str(row["number"]) in text]
        decision = one([*self.items], sum(row["open_minor"] for row in named) + 4_321, text, settled=settled)
        assert (decision.status, decision.rule) == (status, "named_overpaid")


class TestEqualInvoices:
    """Of equal invoices silent money pays the oldest; what a text says of one is heard."""

    weekly = tuple(
        item(f"FI26-{4_410 + 57 * n}", DURAND, 1_213_80, issued_on=date(2026, 2, 6) + timedelta(days=7 * n))
        for n in range(4)
    )  # Fridays of the weeks 6 to 9

    @pytest.mark.parametrize("text", ["INTERIM SEMAINE 08", "SEM 8/2026", "SALAIRES INTERIM SEM S08"])
    def test_the_week_tells_which(self, text: str) -> None:
        """A temp-work agency bills each week, and sums come back."""
        decision = one([*self.weekly], 1_213_80, text, "DURAND ET FILS")
        assert lines(decision) == [(3, 1_213_80)]

    def test_another_week_is_a_question(self) -> None:
        """None of them is of the week."""
        assert one([*self.weekly], 1_213_80, "INTERIM SEMAINE 11", "DURAND ET FILS").status == "suggested"

    @pytest.mark.parametrize("text", ["BL 869436", "BON DE LIVRAISON 869436", "BON LIVR 869436"])
    def test_a_delivery_is_not_the_oldest(self, text: str) -> None:
        """The delivery note is that of one of them, and the ledger does not say of which."""
        assert one([*self.weekly], 1_213_80, text, "DURAND ET FILS").status == "suggested"
        assert one([self.weekly[0]], 1_213_80, text, "DURAND ET FILS").status == "auto"

    def test_a_due_day_tells_which_less_a_credit_note(self) -> None:
        """A bill of exchange of one week, less the credit note; without the day none is sure."""
        items = [dict(i, due_on=i["issued_on"] + timedelta(days=30)) for i in self.weekly]
        items.append(item("AI26-0029", DURAND, 91_37, kind="credit_note", issued_on=date(2026, 2, 27)))
        decision = one(items, 1_122_43, "LCR DURAND ET FILS ECH 220326")
        assert (decision.status, lines(decision)) == ("auto", [(3, 1_213_80), (5, -91_37)])
        assert one(items, 1_122_43, "LCR DURAND ET FILS ECH 250326").status == "suggested"

    def test_a_rounded_rent_takes_its_turn(self) -> None:
        """Fifty cents are missing of one month's rent: a person decides, and the next month's is the next one."""
        rents = [
            item(f"QL260{m}026", DURAND, 2_000_50, issued_on=date(2026, m, 1), due_on=date(2026, m, 6))
            for m in (2, 3, 4)
        ]
        paid = ((2_000_00, date(2026, 2, 11)), (2_000_50, date(2026, 3, 11)), (2_000_50, date(2026, 4, 11)))
        rows = [receipt(amount, "LOYER", "DURAND ET FILS", received_on=on) for amount, on in paid]
        first, *later = decide(rents, rows)
        assert (first.status, lines(first)[0][0]) == ("suggested", 1)
        assert [("auto", 2), ("auto", 3)] == [(d.status, lines(d)[0][0]) for d in later]

    def test_a_parent_may_pay_for_its_company(self) -> None:
        """Both owe the sum, and the label is silent."""
        items = [item("F1001", HOLDING, 2_156_32), item("F1002", DUPONT, 2_156_32)]
        decision = one(items, 2_156_32, "VIREMENT", "GROUPE DUPONT HOLDING SAS")
        assert decision.status == "suggested"
        assert [[1], [2]] == [[row for row, _ in proposal.lines] for proposal in decision.proposals[:2]]
        assert one(items, 2_156_32, "VIREMENT", "DUPONT ELECTRICITE SA").status == "auto"


class TestLinesOfALabel:
    """A label in lines, as banks print them."""

    def test_fields_are_not_glued(self) -> None:
        """The longest line is a name, and fills nothing: what follows it is another word."""
        assert join_pieces("VIREMENT DE PAYSAGES LACOMBE\nLOYER\nREFERENCE : 3319462663") == (
            "VIREMENT DE PAYSAGES LACOMBE LOYER REFERENCE : 3319462663"
        )

    def test_what_a_width_cut_is_glued(self) -> None:
        """Two lines of one length, or one of a length at which banks cut."""
        assert join_pieces("VIREMENT EN VOTRE FAVEUR 12\nFACT 1045465 1045561 1045\n598 104") == (
            "VIREMENT EN VOTRE FAVEUR 12 FACT 1045465 1045561 1045 598 104"
        )
        cut = "FACT 1045465 1045561 1045598 10"
        assert join_pieces(f"DURAND\n{cut}\n45673") == f"DURAND {cut}45673"

    def test_a_purpose_is_not_glued_to_a_cut_name(self) -> None:
        """A label of 31 characters, and the purpose in a line of its own."""
        assert join_pieces("VIR SEPA RECU /DE PATISSERIE GA\nRELEVE N 5935 MARS 2026").endswith(
            "GA RELEVE N 5935 MARS 2026"
        )
        assert join_pieces("VIR SEPA RECU /DE PATISSERIE GA\nRNIER FACT 4711").endswith("GARNIER FACT 4711")

    def test_glued_lines_take_no_word_from_a_number(self) -> None:
        """2789 is the payer's own list, announced as one, and no invoice of that counter."""
        items = [item("F26-2410", DURAND, 812_47), item("F26-2789", MARTIN, 91_12), item("F26-2412", DURAND, 330_08)]
        decision = one(items, 812_47, "VIREMENT EN VOTRE FAVEUR\nDURAND ET FILS\nBORD 2789 LOT 16")
        assert (decision.status, lines(decision)) == ("auto", [(1, 812_47)])

    def test_a_label_repeated_in_full(self) -> None:
        """The first line is what the bank left of the second."""
        label = "LCR MENUISERIE MARTIN SAS ECH 310326"
        assert join_pieces(f"{label[:31]}\n{label}") == label
        items = [item(f"F100{n}", MARTIN, 812_40, due_on=date(2026, 3, 31) - timedelta(days=7 * n)) for n in range(3)]
        decision = one(items, 812_40, f"{label[:31]}\n{label}")
        assert (decision.status, lines(decision)) == ("auto", [(1, 812_40)])

    @pytest.mark.parametrize(("reference", "status"), [("187229", "auto"), ("015229", "suggested")])
    def test_a_reference_beyond_all_counters(self, reference: str, status: str) -> None:
        """No seller has counted to 187229 whose debtor's newest invoice is 16540."""
        items = [item(f"26{16_531 + n:06}", DURAND, 10_319 + 731 * n) for n in range(10)]
        assert one(items, 12_512, f"N/REF {reference}", "DURAND ET FILS").status == status


class TestPeriods:
    """Wholesalers bill each delivery and are paid by the month, and few texts say so."""

    def items(self) -> list[dict[str, object]]:
        """Seven deliveries in each of three months."""
        return [
            item(
                f"10{45_000 + 31 * n}",
                DURAND,
                4_019 + 1_117 * n % 9_973,
                issued_on=day,
                due_on=day + timedelta(days=30),
            )
            for n, day in enumerate(date(2026, month, 2 + 4 * at) for month in (1, 2, 3) for at in range(7))
        ]

    def month(self) -> list[dict[str, object]]:
        """Those of February."""
        return self.items()[7:14]

    def test_a_month_without_a_word(self) -> None:
        """Seven of twenty-one invoices, and no other month makes the sum."""
        decision = one(self.items(), sum(i["open_minor"] for i in self.month()), "REGLEMENT", "DURAND ET FILS")
        assert (decision.status, decision.rule) == ("auto", "payer_statement")
        assert list(range(8, 15)) == [row for row, _ in lines(decision)]

    def test_less_the_credit_note(self) -> None:
        """Its credit note came in March, named or not."""
        credit = item("900406", DURAND, 1_207, kind="credit_note", issued_on=date(2026, 3, 5))
        amount = sum(i["open_minor"] for i in self.month()) - 1_207
        for text in ("REGLEMENT", "REL 280226"):
            decision = one([*self.items(), credit], amount, text, "DURAND ET FILS")
            assert (decision.status, decision.rule) == ("auto", "payer_statement")
            assert [*range(8, 15), 22] == [row for row, _ in lines(decision)]

    def test_all_but_one_of_the_month_is_a_question(self) -> None:
        """Six of seven are no period."""
        amount = sum(i["open_minor"] for i in self.month()[1:])
        assert one(self.items(), amount, "REGLEMENT", "DURAND ET FILS").status != "auto"

    def test_another_set_of_the_sum(self) -> None:
        """Two invoices make it as well, and chance would hardly have made them."""
        amount = sum(i["open_minor"] for i in self.month())
        parts, on = (7_011, amount - 7_011), date(2025, 12, 3)
        pair = [item(f"104470{n}", DURAND, part, issued_on=on) for n, part in enumerate(parts)]
        assert one([*self.items()[7:], *pair], amount, "REGLEMENT", "DURAND ET FILS").status != "auto"

    def test_a_list_that_the_bank_cut(self) -> None:
        """Four of the month's seven numbers are left, and the sum is the month's; another month's number is against."""
        numbers = [str(i["number"]) for i in self.month()]
        amount = sum(i["open_minor"] for i in self.month())
        for cut in ("", " 1", f" {numbers[4][:2]}", f" {numbers[4][:5]}"):
            decision = one(self.items(), amount, f"FACT {' '.join(numbers[:4])}{cut}", "DURAND ET FILS")
            assert decision.status == "auto"
        assert list(range(8, 15)) == [row for row, _ in lines(decision)]
        other = self.items()[0]["number"]
        assert one(self.items(), amount, f"FACT {numbers[0]} {other}", "DURAND ET FILS").status != "auto"


def test_charges_of_a_transfer_from_abroad() -> None:
    """Where the label alone says that it is one, charges are no part payment."""
    items = [item("F1001", DURAND, 812_47)]
    for label, rule in (("VIR ETRANGER RECU", "named_less_bank_fee"), ("VIR RECU", "named_in_part")):
        decision = one(items, 797_47, f"{label} ETS DURAND & FILS FACT F1001")
        assert (decision.status == "auto", decision.rule) == (rule == "named_less_bank_fee", rule)


class TestOneCompanyAtTwoSellers:
    """A group's sellers have customers in common, and not all of them know a customer's IBAN."""

    iban = "FR7630006000011234567890189"

    def debtors(self, siren: str | None = None) -> Debtors:
        """The company at both sellers, and its subsidiary at the second one."""
        return Debtors(
            seller=["PAPER", "FOOD", "FOOD"],
            debtor_id=["P1", "F1", "F2"],
            name=["Proxibois SASU", "Proxibois SASU", "Vertitrans France"],
            siren=["732829320", siren, None],
            parent_id=[None, None, "F1"],
            ibans=[(self.iban,), (), ()],
        )

    def items(self) -> list[dict[str, object]]:
        """Two of the company, one of the subsidiary."""
        owed = (("104386", "F1", 11_74), ("104415", "F1", 53_15), ("104420", "F2", 88_31))
        return [item(number, debtor, amount, seller="FOOD") for number, debtor, amount in owed]

    @pytest.mark.parametrize(("siren", "status"), [(None, "auto"), ("732829320", "auto"), ("443061841", "suggested")])
    def test_its_name_says_who_it_is(self, siren: str | None, status: str) -> None:
        """Everything due, of the account that bears its very name; another SIREN is another company."""
        row = receipt(64_89, "REGLEMENT", "PROXIBOIS SASU", payer_iban=self.iban, seller="FOOD")
        decision = decide(self.items(), [row], debtors=self.debtors(siren))[0]
        assert (decision.status, [row for row, _ in lines(decision)]) == (status, [1, 2])

    def test_it_pays_for_its_subsidiary(self) -> None:
        """The parent there is the one whose IBAN another seller knows."""
        row = receipt(88_31, "FACT 104420", "PROXIBOIS SASU", payer_iban=self.iban, seller="FOOD")
        assert decide(self.items(), [row], debtors=self.debtors())[0].status == "auto"


@pytest.mark.parametrize("reference", [None, "PMT895077", "VIR6951", "20260410004711", "BC12345"])
def test_what_a_machine_wrote_speaks_of_nothing(reference: str | None) -> None:
    """An end-to-end reference is the payer's own number of the transfer, no file and no order of the text."""
    items = [item(f"1050{n}", DURAND, amount) for n, amount in ((201, 56_11), (218, 60_99), (233, 70_17), (240, 11_08))]
    decision = one(items, 117_10, "CLIENT 4090", "DURAND ET FILS", end_to_end_ref=reference)
    assert (decision.status, decision.rule) == ("auto", "payer_sum")


def test_silent_money_waits_for_a_name_cut_within_the_label() -> None:
    """The label says SCP DES TILLEULS M, perhaps of Le Mans: which of its equal invoices comes next is not known."""
    nothing: list[None] = [None, None]
    sellers, names = ["ACME", "FOOD"], ["SCP des Tilleuls Mans", "SCI de la Tilleuls"]
    debtors = Debtors(sellers, ["D0", "D1"], names, siren=nothing, parent_id=nothing, ibans=[(), ()])
    items = [
        item(f"FI26-{n}", "D0", 3_066_12, issued_on=date(2026, 1, day), due_on=date(2026, 2, day))
        for n, day in ((4_410, 9), (4_467, 16), (4_524, 23))
    ]
    rows = [
        receipt(3_066_12, "VIR SCP DES TILLEULS M VIR FOUR", seller="ACME"),
        receipt(3_066_12, "REGLEMENT", "SCP DES TILLEULS MANS", received_on=date(2026, 4, 14), seller="ACME"),
    ]
    first, later = decide(items, rows, debtors=debtors)
    assert first.status == "suggested"
    assert later.status == "suggested"


def test_a_name_cut_to_that_of_another_sellers_debtor() -> None:
    """The label ends in the bank's cut, and the account is that of the seller who knows the longer name only."""
    nothing: list[None] = [None, None]
    names = ["Résidence des Ormes", "Résidence des Ormes Saint-Malo"]
    debtors = Debtors(["RENT", "PAPER"], ["L1", "P1"], names, siren=nothing, parent_id=nothing, ibans=[(), ()])
    items = [item("VF2603-00863", "P1", 812_47, seller="PAPER"), item("QL2603058", "L1", 700_00, seller="RENT")]
    label = "VIR SEPA RESIDENCE DES ORMES SA"
    decision = decide(items, [receipt(812_47, f"{label}\nREGLT VOS FACTURES", seller="PAPER")], debtors=debtors)[0]
    assert (decision.status, lines(decision)) == ("auto", [(1, 812_47)])
