"""Equal invoices of one debtor and silent money: the oldest first, in turn, and never an earlier one's by mistake."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from hub.core.reconcile import Decision
from tests.unit.reconcile.books import debtors_of, decide, item, lines, one, receipt

IBAN = "FR7630006000011234567890189"
RENT = 1_497_19
CARON = debtors_of(["Sté Pépinière Caron", "Éts Pépinière Caron", "Garage du Lac"], ibans=[(IBAN,), (), ()])


def rents(count: int, amount: int = RENT, **more: Any) -> list[dict[str, Any]]:
    """Invoices of one sum, one a month from January 2026 on, due on the 20th of the next month."""
    first = date(2026, 1, 20)
    return [
        item(f"FA-2026-{701 + 37 * n:05d}", "D0", amount, **more)
        | {"issued_on": first + timedelta(days=30 * n), "due_on": first + timedelta(days=30 * n + 30)}
        for n in range(count)
    ]


def paid(number: int, **more: Any) -> dict[str, Any]:
    """A silent receipt of the rent, known by its account, `number` months after the first."""
    on = date(2026, 2, 21) + timedelta(days=30 * number)
    return receipt(RENT, "VIREMENT", "PEPINIERE CARON", payer_iban=IBAN) | {"received_on": on} | more


def first_lines(decisions: list[Decision]) -> list[int]:
    """The first item each decision speaks of."""
    return [lines(decision)[0][0] for decision in decisions]


def test_a_round_rent_is_no_accident() -> None:
    """1,500.00 paid where every invoice is 1,500.00."""
    decision = one(rents(3, 1_500_00), 1_500_00, "ABONNEMENT", "PEPINIERE CARON", payer_iban=IBAN, debtors=CARON)
    assert ("auto", [(1, 1_500_00)]) == (decision.status, lines(decision))


def test_another_debtors_money_of_the_same_sum_makes_nobody_wait() -> None:
    """The garage's receipt is left to a person; the nursery pays the same sum and is sure."""
    doubtful = paid(0, payer_name="GARAGE DU LAC", payer_iban=None, remittance="FACTURE FA-2026-99999")
    decisions = decide([*rents(3), item("FA-2026-09001", "D2", 12_00)], [doubtful, paid(1)], debtors=CARON)
    assert ["suggested", "auto"] == [d.status for d in decisions]
    assert [(1, RENT)] == lines(decisions[1])


def test_who_may_be_the_debtor_takes_a_turn_and_the_sure_ones_go_on() -> None:
    """The second receipt may be one of two nurseries, of which one owes the sum: the third still pays the third."""
    decisions = decide(rents(4), [paid(0), paid(1, payer_iban=None), paid(2)], debtors=CARON)
    assert ["auto", "suggested", "auto"] == [d.status for d in decisions]
    assert [1, 2, 3] == first_lines(decisions)


def test_the_turns_do_not_depend_on_the_order_of_the_records() -> None:
    """The same receipts, given backwards."""
    receipts = [paid(n, **({"payer_iban": None} if n == 1 else {}), id=n + 1) for n in range(3)]
    there = decide(rents(4), receipts, debtors=CARON)
    back = decide(rents(4), receipts[::-1], debtors=CARON)
    assert there == back[::-1]


def test_a_misprint_claims_the_one_it_nearly_names() -> None:
    """The text is one slip away from the second; silent money passes it by."""
    slipped = paid(1, remittance="FACT FA-2026-00783 ET FA-2026-07381")  # two numbers: a person must look
    near = paid(1, remittance="FACT FA-2026-07388")
    for doubtful in (slipped, near):
        decisions = decide(rents(4), [doubtful, paid(0), paid(2)], debtors=CARON)
        assert "auto" != decisions[0].status or [(2, RENT)] == lines(decisions[0])
        assert [(2, RENT)] not in [lines(d) for d in decisions[1:] if d.status == "auto"]


def test_a_shortfall_on_a_number_keeps_that_number_only() -> None:
    """10.00 are missing on the oldest, a question; who pays in full and silently pays the next."""
    short = paid(0, remittance="FACT FA-2026-00701", amount_minor=RENT - 10_00, unapplied_minor=RENT - 10_00)
    decisions = decide(rents(3), [short, paid(1)], debtors=CARON)
    assert ["suggested", "auto"] == [d.status for d in decisions]
    assert [1, 2] == first_lines(decisions)


def test_a_second_payment_makes_nobody_wait() -> None:
    """The number was paid a moment ago; the silent one after it pays the oldest that is open."""
    twice = [paid(0, remittance="FACT FA-2026-00701"), paid(1, remittance="FACT FA-2026-00701")]
    decisions = decide(rents(3), [*twice, paid(2)], debtors=CARON)
    assert ["auto", "auto"] == [decisions[0].status, decisions[2].status]
    assert [(2, RENT)] == lines(decisions[2])


def test_what_a_cut_left_of_a_name_may_be_the_debtors() -> None:
    """ "VIR PEPINIERE CA", where this bank cuts: it may pay the oldest, so the next one waits."""
    cut = paid(0, remittance="VIREMENT EN VOTRE FAVEUR PEPINIE", payer_name=None, payer_iban=None)
    cut["remittance"] = cut["remittance"][:31]
    decisions = decide(rents(3), [cut, paid(1)], debtors=CARON)
    assert "auto" not in [d.status for d in decisions]


def test_a_label_that_ends_where_banks_cut_may_have_lost_a_number() -> None:
    """Two equal invoices and 31 characters; where the label goes on nothing was lost."""
    label = "VIR SEPA GARAGE DU LAC FACTURE "
    equal = [item(f"FA-2026-{n}", "D2", 366_40) for n in ("03433", "04058")]
    assert 31 == len(label)
    assert "suggested" == one(equal, 366_40, label, None, debtors=CARON).status
    whole = one(equal, 366_40, "VIR SEPA GARAGE DU LAC VOTRE FACTURE", None, debtors=CARON)
    assert ("auto", [(1, 366_40)]) == (whole.status, lines(whole))


def test_lengths_tell_whether_a_bank_cuts() -> None:
    """Beside many labels of every length one of 31 characters is none that was cut."""
    label = "VIR SEPA GARAGE DU LAC FACTURE "
    equal = [item(f"FA-2026-{n}", "D2", 366_40) for n in ("03433", "04058")]
    others = [receipt(1_00 + size, "VIR REM " + "X" * size) for size in range(10, 40) for _ in range(3)]
    assert "auto" == decide(equal, [receipt(366_40, label), *others], debtors=CARON)[0].status


def test_half_a_word_is_no_month() -> None:
    """ "MAI" at the end of a label that was cut there; in full it is the month."""
    items = [
        item(f"FA-2026-0{n}", "D2", 49_00, issued_on=date(2026, n, 2), due_on=date(2026, n, 12)) for n in (3, 5, 6)
    ]
    later = {"received_on": date(2026, 6, 20), "debtors": CARON}
    half = "VIRT SEPA RECU GARAGE DU LA MAI"
    assert 31 == len(half)
    assert "auto" != one(items, 49_00, half, None, **later).status
    full = one(items, 49_00, "VIRT SEPA RECU GARAGE DU LAC LOYER MAI 2026", None, **later)
    assert ("auto", [(2, 49_00)]) == (full.status, lines(full))


@pytest.mark.parametrize("text", ["LOYER AVRIL", "FACT 41565-20"])
def test_a_text_that_means_another_one_is_not_the_oldest(text: str) -> None:
    """A month in which none is due, a number built like theirs that is none: a person must say which is meant."""
    numbers = ("41505-03", "41505-20")
    equal = [item(n, "D2", 1_648_80, issued_on=date(2026, 1, 5), due_on=date(2026, 2, 5)) for n in numbers]
    assert "auto" != one(equal, 1_648_80, text, "GARAGE DU LAC", debtors=CARON).status


def test_the_rest_of_an_invoice_is_not_equal_to_a_whole_one() -> None:
    """30 % were paid on the oldest; what is left happens to be another one's sum."""
    items = [item("FA-2026-00125", "D2", 374_70, due_on=date(2026, 3, 1)), item("FA-2026-02333", "D2", 262_29)]
    part = receipt(112_41, "ACOMPTE FA-2026-00125", "GARAGE DU LAC") | {"received_on": date(2026, 3, 20)}
    decisions = decide(items, [part, receipt(262_29, "VIREMENT", "GARAGE DU LAC")], debtors=CARON)
    assert ["auto", "suggested"] == [d.status for d in decisions]


def test_beside_its_own_turn_the_next_older_one_is_offered() -> None:
    """Five that a person must decide: each is offered its own first, and the one before beside it."""
    doubtful = [paid(n, payer_iban=None, payer_name="CARON PEPINIERE") for n in range(5)]
    decisions = decide([*rents(5), item("FA-2026-09001", "D1", RENT + 1)], doubtful, debtors=CARON)
    assert ["suggested"] * 5 == [d.status for d in decisions]
    assert [1, 2, 3, 4, 5] == first_lines(decisions)
    for turn, decision in enumerate(decisions[1:], start=1):
        offered = [proposal.lines[0][0] for proposal in decision.proposals]
        assert turn in offered[:3]
        assert len(offered) == len(set(offered))


@pytest.mark.parametrize("text", ["FA-2026-00775", "VOTRE FACTURE 2026-00775 LOYER"])
def test_a_number_that_nobody_could_know_yet(text: str) -> None:
    """The third rent's, on the day of the first, is a misprint sooner; where no older one is open it is meant."""
    early = paid(0, remittance=text, received_on=date(2026, 2, 21))
    assert decide(rents(3), [early], debtors=CARON)[0].status == "suggested"
    assert [(1, RENT)] == lines(decide([rents(3)[2]], [early], debtors=CARON)[0])
    other = [row | {"open_minor": 5_00} for row in rents(2)]
    assert [(3, RENT)] == lines(decide([*other, rents(3)[2]], [early], debtors=CARON)[0])


def test_a_word_of_many_names_takes_no_turn() -> None:
    """Who bears a word of three debtors' names may be a fourth company: the sure one behind it is not moved on."""
    names = ["Carrelages Payet", "Payet Transports", "Garage Payet"]
    names += [f"{trade} Du{letter}al" for letter in "bcdfghklmn" for trade in ("Carrelages", "Garage", "Transports")]
    many = debtors_of(names, ibans=[(IBAN,)] + [()] * (len(names) - 1))
    items = rents(3) + [item(f"FA-2026-090{n:02}", f"D{n}", 77_00 + n) for n in range(1, len(names))]
    stranger = paid(0, payer_name="SOCIETE PAYET", payer_iban="FR7614707538734188193674479")
    decisions = decide(items, [stranger, paid(1, payer_name="CARRELAGES PAYET")], debtors=many)
    assert ["suggested", "suggested"] == [d.status for d in decisions]


@pytest.mark.parametrize(("unexplained", "sure"), [(2_944_13, False), (611_02, True)], ids=["larger", "smaller"])
def test_a_set_with_one_of_equals_behind_money_nobody_understands(unexplained: int, sure: bool) -> None:
    """An earlier sum may have paid the first rent beside others: which one is next is not plain."""
    items = [*rents(3), item("FA-2026-09001", "D0", 317_40), item("FA-2026-09002", "D0", 1_208_77)]
    first, second = paid(0), paid(1)
    first |= {"amount_minor": unexplained, "unapplied_minor": unexplained}
    second |= {"amount_minor": RENT + 317_40, "unapplied_minor": RENT + 317_40}
    decisions = decide(items, [first, second], debtors=CARON)
    assert decisions[0].status != "auto"
    assert sure is (decisions[1].status == "auto")
    assert not sure or [(1, RENT), (4, 317_40)] == sorted(lines(decisions[1]))


@pytest.mark.parametrize(
    ("text", "reference", "sure"), [("LOYER", "RGL26105194", True), ("LOYER RGL26105194", None, False)]
)
def test_a_machines_reference_is_no_number_like_theirs(text: str, reference: str | None, sure: bool) -> None:
    """An end-to-end reference may be as long as an invoice's number; the same in the payer's words is a question."""
    items = [row | {"number": f"{26105701 + 37 * n}"} for n, row in enumerate(rents(3))]
    decision = decide(items, [paid(0, remittance=text, end_to_end_ref=reference)], debtors=CARON)[0]
    assert (sure, [(1, RENT)]) == (decision.status == "auto", lines(decision))


def test_what_only_makes_up_the_rest_beside_a_number_is_claimed_by_nobody() -> None:
    """A list of June with a wrong number in it: February's money pays the oldest, and who comes after it waits."""
    numbers = [row["number"] for row in rents(5)]
    listed = paid(3, amount_minor=2 * RENT, unapplied_minor=2 * RENT, remittance=f"FACTURES {numbers[3]} FA-2026-99981")
    decisions = decide(rents(5), [paid(0, remittance=numbers[0]), paid(1), listed, paid(4)], debtors=CARON)
    assert ["auto", "auto", "suggested", "suggested"] == [d.status for d in decisions]
    assert [1, 2] == first_lines(decisions[:2])


def test_a_payments_own_number_takes_a_turn() -> None:
    """Whatever list "PMT 620879" is of, it is this debtor's, and the silent money after it goes on with the next."""
    decisions = decide(rents(4), [paid(0, remittance="PMT 620879"), paid(1)], debtors=CARON)
    assert ["suggested", "auto"] == [d.status for d in decisions]
    assert [1, 2] == first_lines(decisions)


@pytest.mark.parametrize("more", [0, 9])
def test_many_months_paid_at_once_take_their_turns(more: int) -> None:
    """Five rents in one sum, also among more invoices than all sets are tried of: the next is the sixth."""
    others = [item(f"FA-2026-9{n:04d}", "D0", 31_07 + 17_11 * n * n, issued_on=date(2026, 1, 2)) for n in range(more)]
    half_a_year = timedelta(days=180)
    earlier = [row | {day: row[day] - half_a_year for day in ("issued_on", "due_on")} for row in rents(7)]
    at_once = paid(1, amount_minor=5 * RENT, unapplied_minor=5 * RENT)
    decisions = decide([*earlier, *others], [at_once, paid(2)], debtors=CARON)
    assert ["suggested", "auto"] == [d.status for d in decisions]
    assert [(6, RENT)] == lines(decisions[1])
    assert 5 == len(lines(decisions[0]))


def test_the_few_figures_of_a_number_and_its_sum_came_first() -> None:
    """Somebody of a like name pays "51475", to the cent: the debtor's silent money after it waits."""
    firms = debtors_of(["Guérin Rolland", "Guérin Vidal", "Caron Formation", "Guérin SARL"])
    rows = [item(f"{51433 + 21 * n}", f"D{(n + 1) % 3}", 2388_00, issued_on=date(2026, n % 3 + 1, 3)) for n in range(5)]
    rows.append(item("51999", "D3", 77_00))
    named = receipt(2388_00, "VIR SEPA RECU DE GUERIN TRESORERIE 51475", received_on=date(2026, 4, 2))
    silent = receipt(2388_00, "VIREMENT", "GUERIN ROLLAND", received_on=date(2026, 4, 20))
    decisions = decide(rows, [named, silent], debtors=firms)
    assert ["suggested", "suggested"] == [d.status for d in decisions]
    assert [(3, 2388_00)] == lines(decisions[0])
