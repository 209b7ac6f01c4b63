"""Rules that a company writes itself go before everything the engine would make of a receipt."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.reconcile import Policy
from hub.core.reconcile.company_rules import CompanyRule
from tests.unit.reconcile.books import DURAND, MARTIN, item, lines, one

IBAN, OURS = "FR7630006000011234567890189", "FR1420041010050500013M02606"
ITEMS = [item("FA-2026-0101", DURAND, 120_017), item("FA-2026-0202", MARTIN, 45_013)]
TAKINGS = {"name": "Takings", "then": "not_a_receipt"}


def told(rule: dict[str, Any], amount: int, text: str | None, name: str | None = None, **more: Any) -> Any:
    """The decision about one receipt under one rule."""
    return one(ITEMS, amount, text, name, policy=Policy(rules=(CompanyRule(**rule),)), **more)


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({"text": ("remise cb",)}, True),
        ({"text": ("TELECOLLECTE", "Remise-C.B.")}, False),  # "C B" is two words
        ({"text": ("EMISE CB",)}, False),  # whole words only
        ({"text": ("CB REMISE",)}, False),  # in this order
        ({"text": ("boutique fa",)}, True),  # a line's end is a blank
        ({"text": ("VENTE REMISE",)}, False),  # not from one text into another
        ({"account": ("fr14 2004 1010 0505 0001 3M02 606",)}, True),
        ({"account": (IBAN,)}, False),
        ({"payer_iban": (IBAN,), "text": ("REMISE",)}, True),
        ({"payer_iban": (OURS,), "text": ("REMISE",)}, False),  # every condition
        ({"from_minor": 120_017, "to_minor": 120_017}, True),
        ({"from_minor": 120_018}, False),
        ({"to_minor": 120_016}, False),
    ],
)
def test_a_rule_fits_what_it_says(conditions: dict[str, Any], fits: bool) -> None:
    """Money that quotes an invoice to the cent is left alone all the same, and the decision names the rule."""
    text = "Rémise CB 0412 boutique\nFA-2026-0101"
    decision = told(TAKINGS | conditions, 120_017, text, "Point de vente", account=OURS, payer_iban=IBAN)
    assert ("not_a_receipt" if fits else "auto") == decision.status
    assert not fits or ("company_rule" == decision.rule and "“Takings”" in decision.reason)


@pytest.mark.parametrize("text", ["FA-2026-0202", "VIREMENT LOYERS", None])
def test_a_payer_that_nobody_would_guess(text: str | None) -> None:
    """Whoever sends it, with a number or with none: it is this debtor's, and the evidence names the rule."""
    rule = {"name": "Agency", "then": "payer", "text": ("AGENCE DES LILAS",), "debtor": ("ACME", MARTIN)}
    assert "auto" != one(ITEMS, 45_013, text and "VIREMENT LOYERS", "AGENCE DES LILAS").status
    decision = told(rule, 45_013, text, "SARL AGENCE DES LILAS")
    assert ("auto", [(2, 45_013)]) == (decision.status, lines(decision))
    assert "rule: Agency" == decision.proposals[0].evidence["payer_found_by"]


def test_a_payer_of_a_rule_contradicts_the_number_of_another() -> None:
    """The text quotes Durand's invoice: a person must see that."""
    rule = {"name": "Agency", "then": "payer", "text": ("AGENCE DES LILAS",), "debtor": ("ACME", MARTIN)}
    assert "auto" == one(ITEMS, 120_017, "FA-2026-0101", "AGENCE DES LILAS").status
    assert "suggested" == told(rule, 120_017, "FA-2026-0101", "AGENCE DES LILAS").status


def test_a_debtor_that_nobody_knows() -> None:
    """The rule cannot be followed: nothing is applied, and the evidence says so."""
    rule = {"name": "Agency", "then": "payer", "text": ("AGENCE",), "debtor": ("ACME", "C404")}
    decision = told(rule, 120_017, "FA-2026-0101", "AGENCE DES LILAS")
    assert "suggested" == decision.status
    assert "C404" in decision.proposals[0].evidence["against"]


@pytest.mark.parametrize("text", ["FA-2026-0101", "VIREMENT"])
def test_a_person_decides(text: str) -> None:
    """Large sums are suggested as they would have been applied; smaller ones are not held up."""
    rule = {"name": "Large sums", "then": "ask", "from_minor": 100_000}
    name = "Éts Durand & Fils SARL"
    plain, asked = one(ITEMS, 120_017, text, name), told(rule, 120_017, text, name)
    assert ("auto", "suggested") == (plain.status, asked.status)
    assert lines(plain) == lines(asked)
    assert "“Large sums”" in asked.proposals[0].evidence["against"]
    assert "auto" == told(rule, 45_013, "FA-2026-0202", "Menuiserie Martin SAS").status


def test_the_first_rule_that_fits_holds() -> None:
    rules = [CompanyRule(**TAKINGS, text=("CB",)), CompanyRule("Ask", "ask", text=("CB", "FA 2026"))]
    for order, expected in ((rules, "not_a_receipt"), (rules[::-1], "suggested")):
        decision = one(ITEMS, 120_017, "CB FA-2026-0101", policy=Policy(rules=tuple(order)))
        assert expected == decision.status


def test_money_that_left_is_no_concern_of_rules() -> None:
    assert "not_a_receipt" != told(TAKINGS | {"text": ("CB",)}, -120_017, "CB FA-2026-0101").rule


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (TAKINGS, "no condition"),
        (TAKINGS | {"name": " ", "text": ("CB",)}, "no name"),
        (TAKINGS | {"text": ("CB", "—")}, "without letters"),
        (TAKINGS | {"then": "apply", "text": ("CB",)}, "'apply'"),
        (TAKINGS | {"then": "payer", "text": ("CB",)}, "seller and debtor"),
        (TAKINGS | {"debtor": ("ACME", DURAND), "text": ("CB",)}, "only there"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        CompanyRule(**rule)
