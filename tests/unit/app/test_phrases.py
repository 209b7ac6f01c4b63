"""Every rule of the engine has its words, and decisions are explained without codes."""

from __future__ import annotations

import re

import pytest

from hub.app.cli.explaining import found_words
from hub.app.cli.phrases import known_rules, phrase
from hub.core.reconcile import Policy, Proposal, reconcile
from hub.core.store.decisions import AllocationRow
from tests.benchmarks.reconciliation import other_hand, receipts

CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")


def _row(proposal: Proposal, received: int) -> AllocationRow:
    """A suggestion's line, as explained."""
    from datetime import date

    day = date(2026, 10, 5)
    return AllocationRow(
        None, "P1", 1, 1, "R1", day, "Dupont", received, "ACME", "C1", 1, "F1", "invoice", "money", 100,
        proposal.currency, 900_000, "suggested", proposal.rule, proposal.reason, "{}", day, "", None, None, "EUR",
    )  # fmt: skip


@pytest.mark.parametrize("make", [receipts.make_scenario, other_hand.make_scenario], ids=["one hand", "other hand"])
def test_every_rule_has_words(make: object) -> None:
    """On both generators: no decision, and no piece of evidence, is shown by its stored spelling."""
    s = make(3, 3_000)  # type: ignore[operator]
    outcome = reconcile(
        s.items, s.debtors, s.receipts, policy=Policy(), remittances=s.remittances, settled=s.settled, today=s.today
    )
    rules = {decision.rule for decision in outcome.decisions}
    rules |= {proposal.rule for decision in outcome.decisions for proposal in decision.proposals}
    assert set() == rules - known_rules()
    assert len(rules) > 15
    for decision in outcome.decisions:
        for proposal in decision.proposals:
            told = " ".join(found_words(proposal.evidence, [_row(proposal, 1)]))
            quoted = re.sub(r"“[^”]*”", "", told)
            assert [] == CODE.findall(quoted), told


def test_an_unknown_rule_is_shown_not_hidden() -> None:
    """A rule of a newer engine, read by an older command line."""
    assert "some new rule" == phrase("some_new_rule")


def test_amounts_are_no_minor_units(capsys: pytest.CaptureFixture[str]) -> None:
    """The engine counts in cents; people read euros."""
    from datetime import UTC

    from hub.app.cli.explaining import show_explanation
    from hub.core.services.allocations import Explanation

    words = "F1; 1250 minor units are missing: rounding."
    plain = Proposal(0.9, 0.9, "named_less_rounding", words, ((1, 100),), "EUR", None, {})
    show_explanation([Explanation([_row(plain, 1)], {})], UTC)
    assert "F1; 12,50 EUR are missing: rounding." in " ".join(capsys.readouterr().out.split())


FROM = {"allocation": 1, "receipt": "BQ 17", "received_on": "2026-10-03", "amount_minor": 12_000, "currency": "EUR"}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            FROM | {"back": False},
            "- Applied first as receipt BQ 17 (120,00 EUR on 03/10/2026): 1,00 EUR to F1. Both are the same money, "
            "seen twice; this one counts, so it went over to it.",
        ),
        (
            FROM | {"back": True},
            "- Applied first as receipt BQ 17 (120,00 EUR on 03/10/2026): 1,00 EUR to F1. The two were taken for one "
            "sum and are two again, so it went over to this one.",
        ),
        (
            {"allocation": 1, "receipt": "BQ 17"},
            "- Applied first as receipt BQ 17: 1,00 EUR to F1. Both are the same money, seen twice; this one counts, "
            "so it went over to it.",
        ),
    ],
    ids=["linked", "parted", "told by an earlier version"],
)
def test_what_went_over_from_another_receipt_is_told(found: dict[str, object], told: str) -> None:
    """What was applied, of which money, and why it stands here now: no number of a row."""
    row = _row(Proposal(0.9, 0.9, "numbers", "F1.", ((1, 100),), "EUR", None, {}), 1)
    assert told == " ".join(" ".join(found_words({"moved_from": found}, [row])).split())
