"""What a twelfth hand's ledger showed: an industrial and distribution group's customers."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import Debtors, SettledNumbers
from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, decide, item, lines, one, receipt

DEPOTS = [
    item(f"DV1058{n}/{depot}", DURAND if n % 3 else MARTIN, 300_00 + n * 17_31, issued_on=date(2026, 3, n % 27 + 1))
    for n in range(10, 50)
    for depot in ("B3", "A1", "C7")[n % 3 : n % 3 + 1]
]


def of(number: str) -> tuple[int, int]:
    """The id and the amount of one of them."""
    row = next(n for n, one in enumerate(DEPOTS, 1) if one["number"].startswith(number))
    return row, DEPOTS[row - 1]["open_minor"]


@pytest.mark.parametrize("text", ["DV 105 826", "REGLT FACT 105 826", "BDX 4711 FAC DV 105 826 17,31EUR"])
def test_a_counter_written_like_a_sum(text: str) -> None:
    """A spreadsheet parts thousands: the number stands there, though without its depot."""
    paid = of("DV105826")
    decision = one(DEPOTS, paid[1], text, "DURAND ET FILS")
    assert ("auto", [paid]) == (decision.status, lines(decision))
    assert [paid] == lines(one(DEPOTS, paid[1], text, "NORDLEASE LOCATION"))


def test_several_counters_written_like_sums() -> None:
    """Each is announced, or follows another one."""
    paid = [of("DV105820"), of("DV105829")]
    decision = one(DEPOTS, sum(amount for _, amount in paid), "FACT DV 105 820 / 105 829", "DURAND ET FILS")
    assert ("auto", paid) == (decision.status, lines(decision))


SITES = [
    item(f"{site}-S{n:02d}", f"D{site % 2}", site * 10_07 + n * 100_01, issued_on=date(2025, 11 - n, site % 27 + 1))
    for site in (1880, 1411, 1952, 1305, 1137, 1240, 1663, 1718, 1594, 1021, 1076, 1499)
    for n in range(1, 6)
]
BUILDERS = debtors_of(["Commune de Thiers", "Colsa Bâtiment SA"])


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("MDT 951 RGLT VOTRE FACTURE SITUATION 3 CHANTIER 1880 MERCI", "SGC DE THIERS", "1880-S03"),
        ("F. SIT N 1 - 1952", "DRFIP EST", "1952-S01"),
        ("PAIEMENT CH 1411 SIT 2", "COLSA BATIMENT", "1411-S02"),
        ("SIT 2 AFFAIRE 1411", "COLSA BATIMENT", "1411-S02"),
    ],
)
def test_a_situation_and_its_contract(text: str, name: str, number: str) -> None:
    """A builder's invoice, by the contract's number and its own within it, in any order."""
    row = next(n for n, one in enumerate(SITES, 1) if one["number"] == number)
    amount = SITES[row - 1]["open_minor"]
    decision = one(SITES, amount, text, name, debtors=BUILDERS)
    assert ("auto", [(row, amount)]) == (decision.status, lines(decision))
    if name == "COLSA BATIMENT":  # retention money of 5 % is kept
        kept = amount - round(amount * 0.05)
        decision = one(SITES, kept, text, name, debtors=BUILDERS)
        assert ("auto", [(row, kept)]) == (decision.status, lines(decision))


def test_a_situation_that_is_not_open() -> None:
    """Another one of the same contract is not meant."""
    decision = one(SITES, SITES[0]["open_minor"], "SITUATION 7 CHANTIER 1880", "SGC DE THIERS", debtors=BUILDERS)
    assert "auto" != decision.status


def test_a_contract_and_its_situation_are_all_of_a_number() -> None:
    """Nothing is missing of "1952 S1" but a sign and a nought: nobody need be known who pays it."""
    row = next(n for n, one in enumerate(SITES, 1) if one["number"] == "1952-S01")
    amount = SITES[row - 1]["open_minor"]
    decision = one(SITES, amount, "MDT 3325 319563 1952 S1", "DRFIP NORD", debtors=BUILDERS)
    assert ("auto", [(row, amount)]) == (decision.status, lines(decision))


REGIONS = debtors_of(
    ["Norvalis Ardennes", "Norvalis Vosges", "Norvalis Berry", "Garage Rastouil", "Sidéral Moteurs", "Sidéral Câblage"]
    + [f"Sidéral {what}" for what in ("Sièges", "Usinage", "Freinage", "Composites", "Fixations")]
)
OWED = [item("FC26/000724", "D3", 638_68), item("FC26/000731", "D5", 1204_11), item("FC26/000748", "D0", 77_10)]


@pytest.mark.parametrize(
    ("name", "number", "row", "status"),
    [
        ("SOGEPARTEX ARDENNES", "FC26/000724", 1, "auto"),  # bought the garage
        ("NORVALIS ARDENNES", "FC26/000724", 1, "suggested"),
        ("NORVALIS ARD", "FC26/000724", 1, "suggested"),
        ("SIDERAL CORPORATE", "FC26/000731", 2, "auto"),
        ("SIDERAL TRESORERIE", "FC26/000731", 2, "auto"),
        ("SIDERAL MOTEURS", "FC26/000731", 2, "suggested"),
    ],
)
def test_a_name_that_is_no_debtors(name: str, number: str, row: int, status: str) -> None:
    """A region's name, or a family's, that other debtors bear is no debtor's, when the rest of it is nobody's."""
    amount = OWED[row - 1]["open_minor"]
    for text, named in ((f"REGLT FACT {number}", name), (f"VIR SEPA {name}\nREGLT FACT {number}", None)):
        decision = one(OWED, amount, text, named, debtors=REGIONS)
        assert (status, [(row, amount)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("siren", ["732829320", "552100554"])
def test_two_accounts_of_one_company(siren: str) -> None:
    """Since the books moved, one company has an old and a new account: they are no namesakes."""
    owed = [
        item("FC26/001581", "D1", 302_47, discount_terms="2% 10 jours", issued_on=date(2026, 4, 2)),
        item("9000412996", "D0", 866_10),
        item("FC26/001600", "D1", 1500_31),
        item("AV26/000353", "D1", 171_15, kind="credit_note"),
    ]
    debtors = debtors_of(["Marcadet Emballages SAS"] * 2 + ["Forges de Tulle"], siren=["732829320", siren, None])
    for amount, paid in ((296_42, [(1, 296_42)]), (1329_16, [(3, 1500_31), (4, -171_15)])):
        decision = one(owed, amount, "REGLEMENT", "MARCADET EMBALLAGES", debtors=debtors)
        assert ("auto" if siren == "732829320" else "suggested", paid) == (decision.status, lines(decision))


LATE = [item("001705", DURAND, 104_87), item("001706", DURAND, 63_30), item("001709", DURAND, 900_00)]


@pytest.mark.parametrize(
    ("text", "more", "status"),
    [
        ("PAIEMENT N 001705 + IND FORF 40 EUR", 40_00, "auto"),
        ("N/REF 903731 V/REF 001705", 40_00, "auto"),
        ("N/REF 903731 V/REF 001705", 80_00, "suggested"),  # of one invoice the law gives 40.00 once
        ("N/REF 903731 V/REF 001705", 41_00, "suggested"),
    ],
)
def test_the_indemnity_for_paying_late(text: str, more: int, status: str) -> None:
    """40.00 for each invoice paid late are told by the sum: no invoice is missing in the text."""
    decision = one(LATE, 104_87 + more, text, "DURAND ET FILS")
    assert status == decision.status
    if more == 40_00:
        assert [(1, 104_87)] == lines(decision)


def test_what_a_collector_hands_over() -> None:
    """A bailiff or an agency keeps its fees: whether they are forgone, or the invoice still owed, a person says."""
    owed = [item("FC26/001084", MARTIN, 2069_48)]
    for name, text in (
        ("CABINET ARCADIO RECOUVREMENT", "DOS 79472 MENUISERIE MARTIN FC26/001084"),
        ("SCP LENOIR HUISSIERS", "DOS 59774 MENUISERIE MARTIN FC26/001084"),
        ("CREANCIA", "MENUISERIE MARTIN FC26/001084 NET HONORAIRES"),
    ):
        decision = one(owed, 1821_14, text, name)
        assert ("suggested", [(1, 1821_14)]) == (decision.status, lines(decision))
    assert "auto" == one(owed, 1821_14, "ACOMPTE FC26/001084", "MENUISERIE MARTIN").status


def test_a_fortnight() -> None:
    """Carriers bill each run, and are paid by the half month."""
    runs = [
        item(f"T2603{n:05d}", DURAND, 100_00 + n * 7_13, issued_on=date(2026, 3, day))
        for n, day in enumerate((2, 5, 5, 11, 14, 16, 19, 23, 26, 30), 101)
    ]
    for text, ids in (("RELEVE QUINZAINE 1 MARS", range(1, 6)), ("RELEVE 2EME QUINZAINE MARS 2026", range(6, 11))):
        paid = [(n, runs[n - 1]["open_minor"]) for n in ids]
        decision = one(runs, sum(amount for _, amount in paid), text, "DURAND ET FILS")
        assert ("auto", paid) == (decision.status, lines(decision))


def test_a_manager_of_houses_of_a_debtors_name() -> None:
    """ "Cabinet Martin Immobilier" pays for the owners of its houses, and is not the joiner Martin."""
    houses = debtors_of(["SDC Le Belvédère Redon", "Entreprise Martin", "Charpentes Gaudichon"])
    owed = [item("FC26/001190", "D0", 4573_07)]
    decision = one(owed, 4573_07, "VIR CABINET MARTIN IMMOBILIER FACT FC26/001190", debtors=houses)
    assert ("auto", [(1, 4573_07)]) == (decision.status, lines(decision))


GROUP = [
    item("FC26/000780", DURAND, 2053_68),
    item("000780", MARTIN, 91_20, seller="OTHER"),
    *(item(f"FC26/{n:06d}", MARTIN, n * 1_01, issued_on=date(2026, 3, n % 28 + 1)) for n in range(700, 760)),
    *(item(f"{n:06d}", MARTIN, n * 1_03, seller="OTHER") for n in range(700, 760)),
]


@pytest.mark.parametrize("settled", [True, False])
def test_a_counter_that_is_all_of_another_sellers_number(settled: bool) -> None:
    """Another company of the group numbers with the bare counter: it is not meant on this one's account."""
    owed = [one for one in GROUP if not settled or one["number"] != "000780"]
    paid = SettledNumbers(["OTHER"], [MARTIN], ["000780"]) if settled else None
    decision = one(owed, 1026_84, "ACOMPTE F. 000780", "DURAND ET FILS", seller="ACME", settled=paid)
    assert ("auto", [(1, 1026_84)]) == (decision.status, lines(decision))


def test_a_deposits_number_is_no_invoices() -> None:
    """Bills handed to the bank together: nobody waits for them."""
    owed = [item("001387", DURAND, 341_71), item("001388", MARTIN, 99_10)]
    deposit = receipt(50881_79, "REMISE LCR 1387 56 EFFETS ECH 3003 26", received_on=date(2026, 4, 9))
    decisions = decide(owed, [deposit, receipt(341_71, "VIREMENT", "DURAND ET FILS")])
    assert ["unapplied", "auto"] == [decision.status for decision in decisions]


CUT = ["Romorantin", "Rodez", "Roche", "Romanche", "Roye", "Rouen", "Roquefort", "Rosé"]
ALIKE = Debtors(
    seller=["ACME"] * 2 + ["OTHER"] * 6,
    debtor_id=[f"D{n}" for n in range(8)],
    name=[f"Ateliers du Pays de {town}" for town in CUT],
    siren=[None] * 8,
    parent_id=[None] * 8,
    ibans=[()] * 8,
)


@pytest.mark.parametrize("owing", [1, 2])
def test_a_cut_name_of_two_debtors_of_whom_one_owes_the_sum(owing: int) -> None:
    """Of two debtors whose names go on behind the cut one owes this odd sum, or both; other sellers have more."""
    owed = [item(f"W26{n:02d}-01{n}", f"D{n % 2}", 300_00 + n * n * 31_07) for n in range(10, 24)]
    owed += [item(f"W2603-014{n}", f"D{n}", 2514_88) for n in range(owing)]
    owed += [item(f"00{n}", f"D{n}", 77_00 + n, seller="OTHER") for n in range(2, 8)]
    decision = one(owed, 2514_88, "VIR INST ATELIERS DU PAYS DE RO\nREGLEMENT", seller="ACME", debtors=ALIKE)
    assert ("auto" if owing == 1 else "suggested") == decision.status


def test_nearly_the_sum_of_a_namesake() -> None:
    """Inside SEPA the whole sum arrives: who owes it to the cent pays, not a namesake who owes a little more."""
    twins = debtors_of(["EARL Ormesson", "EARL Ormesson", "Forges de Tulle"])
    owed = [item("000981", "D0", 819_60), item("001578", "D1", 829_10), item("001600", "D1", 77_20)]
    decision = one(owed, 819_60, "REGLEMENT", "EARL ORMESSON", debtors=twins)
    assert ("auto", [(1, 819_60)]) == (decision.status, lines(decision))


@pytest.mark.parametrize(("kept", "status"), [(123_56, "suggested"), (130_00, "auto")])
def test_a_discount_of_the_net_sum(kept: int, status: str) -> None:
    """1.5 % of an invoice without its VAT are kept back for paying early, though the terms give nothing."""
    decision = one([item("FC26/003929", DURAND, 9884_78)], 9884_78 - kept, "FACT FC26/003929", "DURAND ET FILS")
    assert (status, [(1, 9884_78 - kept)]) == (decision.status, lines(decision))


LISTED = [item(f"FC26/{n:06d}", DURAND, n * 1_37, issued_on=date(2026, 3, 2)) for n in range(2890, 2910)]


def test_a_label_whose_tags_are_told_twice() -> None:
    """What the bank cut stands in full behind it: a list that fills its purpose, to the last sign, lost its end."""
    listed = "FACT " + " ".join(one["number"] for one in LISTED[:12])
    purpose = listed[:140]
    label = f"VIR SEPA RECU /DE ETS DURAND ET FILS /MOTIF {purpose} /REF 85811977"
    pieces = [label[:31], *(label[at : at + 70] for at in range(14, len(label), 70))]
    total = sum(one["open_minor"] for one in LISTED[:12]) - 1_11
    decision = one(LISTED, total, "\n".join(pieces))
    assert "auto" != decision.status
    short = f"VIR SEPA RECU /DE ETS DURAND ET FILS /MOTIF FACT {LISTED[3]['number']} /REF 85811977"
    decision = one(LISTED, LISTED[3]["open_minor"], f"{short[:31]}\n{short[14:]}")
    assert ("auto", "name") == (decision.status, decision.proposals[0].evidence["payer_found_by"])


@pytest.mark.parametrize("said", ["REJET VIR SEPA 001985 MOTIF AC0\n4", "REJET VIR SEPA REF 001985 MOTIF\nAC04"])
def test_a_reason_code_that_a_cut_parted(said: str) -> None:
    """A bank's label of 31 characters goes on in the next line: "AC0", "4"."""
    owed = [item("001985", DURAND, 132_02)]
    paid = receipt(132_02, "001985", "DURAND ET FILS", received_on=date(2026, 4, 8))
    back = receipt(-132_02, f"{said} COMPTE CLOTURE DURAND ET FILS")
    decision = decide(owed, [paid, back])[1]
    assert ("return", "AC04", 1) == (
        decision.status,
        decision.evidence["reason_code"],
        decision.evidence.get("reverses_receipt_id"),
    )


@pytest.mark.parametrize(("text", "status"), [("BERTHOLET 2622-133", "suggested"), ("BERTHOLET", "auto")])
def test_a_paid_invoices_number_without_its_noughts(text: str, status: str) -> None:
    """W2622-0133 was paid: another invoice of this sum is hardly meant."""
    weeks = [
        item(f"W26{n:02d}-01{n}", DURAND, 300_00 + n * n * 31_07, issued_on=date.fromisocalendar(2026, n, 1))
        for n in range(1, 14)
    ]
    owed = [*weeks, item("W2618-0136", DURAND, 4041_91)]
    paid = SettledNumbers(["ACME"], [DURAND], ["W2622-0133"])
    decision = one(owed, 4041_91, text, "DURAND ET FILS", settled=paid)
    assert (status, [(14, 4041_91)]) == (decision.status, lines(decision))


@pytest.mark.parametrize(
    "text",
    [
        "FACT 25C0204 SITUATION 3 25C0261 SITUATION 2",
        "SITUATION 3 CHANTIER 25C0204 SITUATION 2 CHANTIER 25C0261",
    ],
)
def test_each_contract_has_its_own_situation(text: str) -> None:
    """Two contracts of one builder: the third situation of the one, and the second of the other."""
    sums = {"25C0204": (5000_00, 4343_19, 12612_32), "25C0261": (8269_13, 18329_65)}
    invoices = [item(f"{site}-S0{n}", "D0", a) for site, amounts in sums.items() for n, a in enumerate(amounts, 1)]
    invoices += [item(f"25C03{n:02}-S01", "D1", n * 1000_00) for n in range(1, 20)]
    two = debtors_of(["Menuiserie Riom SAS", "Garage Martin"])
    decision = one(invoices, 30941_97, text, "MENUISERIE RIOM", debtors=two)
    assert ("auto", [(3, 12612_32), (5, 18329_65)]) == (decision.status, lines(decision))
