"""What a sixth hand's files showed: habits of payers, as patterns, and what must stay a question beside each."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile.payers.names import name_words
from hub.core.reconcile.texts.outsiders import outsider_by_text
from tests.unit.reconcile.books import DURAND, debtors_of, decide, item, lines, one, receipt

RESIDENCE, VASSEUR = "D0", "D1"
HOUSES = debtors_of(["SDC Les Tilleuls 27 rue Silva", "Vasseur Conseil SARL"])


@pytest.mark.parametrize(
    ("amount", "status"), [(950_00, "auto"), (949_00, "suggested"), (970_00, "suggested"), (900_00, "suggested")]
)
def test_a_bare_number_less_the_retention_money(amount: int, status: str) -> None:
    """Builders keep 5 % for a year, to the cent: what they pay is a part, and the rest stays owed."""
    items = [item(f"25FC0{n}", DURAND, 1_000_00) for n in (4425, 4426)]
    decision = one(items, amount, "FACT FC04425 DEDUCTION RG", "DURAND ET FILS")
    assert status == decision.status
    assert (1, amount) == lines(decision)[0]


@pytest.mark.parametrize(("payer", "status"), [("DDFIP 39", "auto"), ("SGC NOGENT", "auto"), (None, "auto")])
def test_retention_money_of_a_public_payer(payer: str | None, status: str) -> None:
    """A whole number, to the cent what is paid of it, and a payer who says nothing: as sure as the whole sum."""
    items = [item("25FC04425", DURAND, 1_000_00), item("25FC04426", DURAND, 1_000_00)]
    decision = one(items, 950_00, "MDT 871 BORD. 222 FACT 25FC04425", payer)
    assert (status, [(1, 950_00)]) == (decision.status, lines(decision))
    assert "auto" != one(items, 950_00, "MDT 871 BORD. 222 FACT 04425", payer).status


@pytest.mark.parametrize(
    ("text", "amount", "status"),
    [
        ("FA 00970 ACOMPTE 1/3", 658_90, "auto"), ("FA 00970 ECH 2/3", 658_91, "auto"),
        ("FA 00970 ACOMPTE 1/3", 600_00, "suggested"), ("FA 00970 ACOMPTE", 658_90, "auto"),
        ("REGLT FACT 26FC00970 VERS. 1/3.", 658_90, "auto"),
    ],
)  # fmt: skip
def test_a_third_and_the_words_one_of_three(text: str, amount: int, status: str) -> None:
    """To the cent the share that the text names, beside a bare number."""
    items = [item("26FC00970", DURAND, 1_976_70), item("26FC00971", DURAND, 99_13)]
    decision = one(items, amount, text, "DURAND ET FILS")
    assert (status, [(1, amount)]) == (decision.status, lines(decision))


def test_a_statement_of_one_invoice() -> None:
    """Its sum is to the cent one open invoice's, and hardly another's by chance; a round one may be."""
    items = [item(f"FA0001{n}", DURAND, amount) for n, amount in enumerate((1_511_59, 6_312_07, 812_44), 8370)]
    assert [(1, 1_511_59)] == lines(one(items, 1_511_59, "VOTRE RELEVE 9394", "DURAND ET FILS"))
    assert "auto" == one(items, 1_511_59, "VOTRE RELEVE 9394", "DURAND ET FILS").status
    assert "auto" != one([*items, item("FA00018380", DURAND, 699_15)], 1_511_59, "RELEVE", "DURAND ET FILS").status
    round_ones = [item(f"FA0001{n}", DURAND, n % 10 * 100_00) for n in range(8371, 8379)]
    assert "auto" != one(round_ones, 800_00, "VOTRE RELEVE 9394", "DURAND ET FILS").status


@pytest.mark.parametrize("label", [True, False])
@pytest.mark.parametrize("payer", ["CABINET VASSEUR SYNDIC", "HOLDING VASSEUR", "FINANCIERE VASSEUR"])
def test_who_pays_for_others_contradicts_no_number(payer: str, label: bool) -> None:
    """Though a debtor is called nearly so: a manager of houses, and a holding, pay what others owe."""
    items = [item("FA2505-0254", RESIDENCE, 120_00), item("FA2505-0255", VASSEUR, 130_00)]
    text, name = (f"VIR {payer} FACT FA2505-0254", None) if label else ("FACT FA2505-0254", payer)
    decision = one(items, 120_00, text, name, debtors=HOUSES)
    assert ("auto", [(1, 120_00)]) == (decision.status, lines(decision))
    other = text.replace(payer, "VASSEUR CONSEIL"), name and "VASSEUR CONSEIL"
    assert "auto" != one(items, 120_00, *other, debtors=HOUSES).status


def test_a_number_of_the_payer_s_own_says_nothing() -> None:
    """Letters that begin none of our numbers stand before the year: his voucher. "FA-2026-1846" would be ours."""
    items = [item("FA2602-0051", DURAND, 1_770_23), item("FA2602-0052", DURAND, 99_13)]
    assert "auto" == one(items, 1_770_23, "BAP-2026-1846", "DURAND ET FILS").status
    assert "auto" == one(items, 1_770_23, "PMT895077 19062026", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "FACT895077", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "PMT 26020050", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "FA-2026-1846", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "FACT 2026-1846", "DURAND ET FILS").status


def test_a_builder_s_second_invoice_is_no_statement() -> None:
    """ "SITUATION 2" is one invoice; "SITUATION" and a month are all of that month."""
    items = [item("FA2602-0051", DURAND, 1_770_23), item("FA2602-0052", DURAND, 99_13)]
    assert "auto" == one(items, 1_770_23, "SITUATION N°2", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "SITUATION 01/2026", "DURAND ET FILS").status


@pytest.mark.parametrize(
    ("cut", "auto"),
    [
        ("FACT FA2603-", True), ("FACTU 26030", True), ("N FA2603-0", True), ("FACT FA2602-", False),
        ("NO FA2603-0199", False),
    ],
)  # fmt: skip
def test_a_number_cut_by_the_bank_speaks_for_what_it_begins(cut: str, auto: bool) -> None:
    """The label ends at 31 characters as those of its bank do; the beginning is this invoice's, and the only number."""
    items = [item("FA2603-0156", DURAND, 131_27), item("FA2603-0157", DURAND, 99_13)]
    width = 30 if cut.startswith("N ") else 31  # the blank that stood for "°" is lost
    cut_ones = ("VIR QUELQUE INCONNU".ljust(31, "X"),) * 8
    labels = ["VIR DURAND ET FILS".ljust(width - len(cut)) + cut, *cut_ones]
    amounts = (131_27, *range(1, 9))
    first, *_ = decide(items, [receipt(amount, text) for amount, text in zip(amounts, labels, strict=True)])
    assert auto is (first.status == "auto")
    assert [(1, 131_27)] == lines(first)


def test_the_public_treasury_is_not_our_own_treasury() -> None:
    """A transfer of the treasury of a town is a payment; one "de trésorerie" is between own accounts."""
    assert outsider_by_text("VIR TRESORERIE DE PLOUHINEC MANDAT 5575", None) is None
    assert outsider_by_text("VIR TRESORERIE MUNICIPALE", None) is None
    kind = outsider_by_text("VIR DE TRESORERIE", None)
    assert kind is not None
    assert "internal_transfer" == kind.code


def test_a_list_that_the_bank_cut_behind_its_tag() -> None:
    """The purpose fills 140 characters of a label that has other parts: the list may go on, whatever it ends with."""
    numbers = [f"FAC/2026/{n:05d}" for n in range(629, 639)]
    items = [item(number, DURAND, 100_00 + n, issued_on=date(2026, 3, n + 1)) for n, number in enumerate(numbers)]
    for front in ("REGLT DE VOS FACT ", "REGLT DE VOS FACT A", "VOTRE FACTURE NO ABC "):
        purpose = (front + " + ".join(numbers))[:140].strip()
        label = f"VIR SEPA RECU /DE DURAND ET FILS /MOTIF {purpose}"
        broken = label[:65] + "\n" + label[65:129] + "\n" + label[129:]  # joined with a blank too many
        for text in (label, broken, f"{label} /REF 491829470", f"{label} /REF NOTPROVIDED"):
            assert "auto" != one(items, 1_200_00, text).status


def test_a_tag_at_the_end_of_its_line() -> None:
    """It fills the line, or the blank behind it is lost: what follows is the purpose."""
    items = [item("FAC/2026/00973", DURAND, 1_770_23), item("FAC/2026/00983", DURAND, 99_13)]
    front = "VIREMENT RECU /DE DURAND ET FILS".ljust(58)
    text = f"{front} /MOTIF\nMANDAT 8319 BORDEREAU 82 EX 2026 FACT FAC 2026 00973 FAC-2026-00\n983 /REF 4711"
    decision = one(items, 1_869_36, text)
    assert ("auto", [(1, 1_770_23), (2, 99_13)]) == (decision.status, sorted(lines(decision)))


def test_a_list_in_the_end_to_end_reference_alone() -> None:
    """No remittance at all is no cut one."""
    items = [item(f"FA2602-005{n}", DURAND, 100_00 + n) for n in range(3)]
    more = {"end_to_end_ref": "FA2602-0050 FA2602-0051"}
    for text in (None, ""):
        assert "named_overpaid" == one(items, 260_00, text, "DURAND ET FILS", **more).proposals[0].rule


def test_a_list_that_leaves_no_room_for_another_number() -> None:
    """It ends with a whole number, a few characters short of what a transfer takes; a shorter one was not cut."""
    numbers = [f"{n:07d}" for n in range(1045981, 1045996)]
    items = [item(number, DURAND, 100_00 + n, issued_on=date(2026, 3, n + 1)) for n, number in enumerate(numbers)]
    text = "Facture n  " + " ET ".join(numbers[:12])
    assert 140 - 11 < len(text) < 140
    assert "auto" != one(items, 1_850_00, text, "DURAND ET FILS").status
    assert "auto" == one(items, 850_00, "Facture n  " + " ET ".join(numbers[:8]), "DURAND ET FILS").status


def test_a_number_of_the_payer_s_own_beside_what_was_found_by_trying() -> None:
    """It says nothing of one invoice; that a credit note makes up the rest of another one is still no proof."""
    items = [item("FA2602-0051", DURAND, 878_48), item("AV2602-0003", DURAND, 38_31, kind="credit_note")]
    items.append(item("FA2602-0053", DURAND, 1_999_13))
    assert "auto" == one(items, 840_17, "VIREMENT", "DURAND ET FILS").status
    assert "auto" != one(items, 840_17, "PMT58724 10042026", "DURAND ET FILS").status
    assert "auto" != one(items, 840_17, "BAP-2026-5872", "DURAND ET FILS").status


@pytest.mark.parametrize("name", ["M. NOGARET Hervé", "M. et Mme Hervé Nogaret", "Nogaret Hervé"])
@pytest.mark.parametrize("text", ["VIR M NOGARET HERVE", "VIREMENT EN VOTRE FAVEUR M OU MME NOGARET HERVE"])
def test_a_title_is_no_part_of_a_name(name: str, text: str) -> None:
    """ "M." as little as "Mme", whichever accounts of other sellers write it otherwise; "M 2 A" keeps its M."""
    houses = debtors_of([name, "Le Table Nogaret", "M. et Mme Barbier Hervé"])
    assert "auto" == one([item("FA2505-0053", "D0", 119_74)], 119_74, text, debtors=houses).status
    assert ("M2A", "CONSEIL") == name_words("M.2.A Conseil")[:2] or "M" in name_words("M 2 A Conseil")
    assert ("M", "CONSEIL") == name_words("M Conseil")


@pytest.mark.parametrize("ref", ["NOTPROVIDED", "647669061", "FA2602-0051"])
def test_a_tagged_label_without_a_purpose(ref: str) -> None:
    """Payer and reference, and the bank's own number before them, which names nothing."""
    items = [item("FA2602-0051", DURAND, 1_770_23), item("FA2602-0052", DURAND, 1_770_23, due_on=date(2026, 3, 20))]
    decision = one(items, 1_770_23, f"VIR INST RE 6830899111S DE: DURAND ET FILS REF: {ref}")
    assert ("auto", [(1 if ref.startswith("FA") else 2, 1_770_23)]) == (decision.status, lines(decision))
    assert "auto" != one(items, 1_770_23, "VIR INST RE 6830899111S DE: DURAND ET FILS REF: FA2602-0053").status


def test_a_credit_note_of_the_same_sum_is_settled_with_its_invoice() -> None:
    """All three that the text names, though one of them alone has the amount."""
    items = [item("FA00022532", DURAND, 320_10), item("FA00022643", DURAND, 428_59)]
    for number, written in (("AV00001935", "1935"), ("AV00000020", "00020")):
        credit = item(number, DURAND, 320_10, kind="credit_note")
        text = f"FAC 22532 DU 050326 FAC 22643 DU 180326 AV {written}"
        decision = one([*items, credit], 428_59, text, "DURAND ET FILS")
        assert ("auto", [(1, 320_10), (2, 428_59), (3, -320_10)]) == (decision.status, sorted(lines(decision)))


def test_retention_money_beside_a_sum_found_by_trying() -> None:
    """The text says that something was kept: that two others add up is no proof."""
    items = [item(f"25FC0{4425 + n}", DURAND, amount) for n, amount in enumerate((1_134_17, 1_921_03, 7_004_11))]
    assert "auto" == one(items, 3_055_20, "VIREMENT", "DURAND ET FILS").status
    for text in ("RG 5", "MOINS RETENUE DE GARANTIE"):
        assert "auto" != one(items, 3_055_20, text, "DURAND ET FILS").status


def test_a_misprint_that_looks_like_a_telephone() -> None:
    """Behind the word for an invoice stands its number: another one of that sum is not paid silently."""
    items = [item(f"F-2026-0{m}-0199", DURAND, 238_80, issued_on=date(2026, m, 3)) for m in (1, 2)]
    decision = one(items, 238_80, "REGLT FACT 0226020199", "DURAND ET FILS")
    assert decision.status != "auto" or [(2, 238_80)] == lines(decision)
