"""What an eleventh hand's ledger showed: an industrial and distribution group's customers."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, item, lines, one

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
