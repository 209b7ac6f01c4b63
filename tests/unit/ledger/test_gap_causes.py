"""A gap names the records behind it, with their share; what is on both sides alike is no cause."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.core.ledger.gap_causes import (
    Cause,
    ExplainedGap,
    OnAccount,
    Pending,
    Telling,
    explain_gaps,
    may_act,
    standing_credits,
    standing_of,
)
from hub.core.ledger.gaps import Gap

C1 = ("ACME", "C1", "EUR")


def gap(difference: int) -> Gap:
    return Gap(*C1, difference, 0, difference, ())


def explained(difference: int, **facts: object) -> ExplainedGap:
    """The only gap, explained by these facts."""
    given_: dict[str, object] = {"pending": [], "on_account": [], "items": [], "tellings": [], "entered": frozenset()}
    [found] = explain_gaps([gap(difference)], **{**given_, **facts})  # type: ignore[arg-type]
    return found


def test_each_kind_has_its_name() -> None:
    """Applied here and not in the books; in the books and not matched; a rest closed here."""
    found = explained(
        -14_500,
        pending=[
            Pending(C1, 1, 11, 501, -10_000), Pending(C1, 2, 12, 502, -4_000), Pending(C1, 3, 12, 502, -500, True),
        ],
        entered=frozenset({12, 13}),
    )  # fmt: skip
    assert (
        Cause("not_in_books", -10_000, 11, 501, 1), Cause("not_confirmed", -4_000, 12, 502, 2),
        Cause("deduction", -500, 12, 502, 3),
    ) == found.causes  # fmt: skip
    assert (0, ()) == (found.unexplained_minor, found.candidates)


def test_on_account_there_and_applied_here_cancels() -> None:
    """The books' balance and the open items both know the payment: only what is applied nowhere is a credit, and only
    what the books lack is a cause."""
    pending = [Pending(C1, 1, 11, 501, -10_000)]
    more, less = [OnAccount(C1, 11, 21, 12_000)], [OnAccount(C1, 11, 21, 9_000)]
    assert [(C1, 21, 2_000)] == standing_credits(more, pending)
    assert () == explained(5, pending=pending, on_account=more, entered=frozenset({11})).causes
    assert [] == standing_credits(less, pending)
    found = explained(-1_000, pending=pending, on_account=less, entered=frozenset({11}))
    assert ((Cause("not_confirmed", -1_000, 11, 501, 1),), 0) == (found.causes, found.unexplained_minor)


def test_the_unknown_rest_is_searched() -> None:
    """Among open items and what others say; only what fits to the cent is shown."""
    items = [(C1, 501, 7_000), (C1, 502, 9_000)]
    assert [(("open_item", 501),)] == [c.records for c in explained(7_000, items=items).candidates]
    assert () == explained(7_001, items=items).candidates
    telling = Telling(C1, "disagreement", 502, -1_234)
    assert [(("disagreement", 502),)] == [c.records for c in explained(-1_234, tellings=[telling]).candidates]


def test_no_act_while_a_gap_is_open() -> None:
    """For that debtor of that seller; for all of a seller whose books were not read to the end."""
    standing = standing_of([gap(1)], {"BETA": "the last run of erp failed"})
    told = [may_act(standing, *who) for who in (("ACME", "C1"), ("ACME", "C2"), ("BETA", "C9"), ("GAMMA", "C1"))]
    assert [False, True, False, True] == told


amounts = st.integers(1, 500)
entries = st.lists(st.tuples(st.integers(1, 4), amounts), max_size=5)


@given(entries, entries, st.integers(-2_000, 2_000), st.randoms(use_true_random=False))
def test_effects_and_rest_make_up_the_difference(
    here: list[tuple[int, int]], there: list[tuple[int, int]], difference: int, random: object
) -> None:
    """Always, to the cent, in whatever order the facts come; causes are what differs, never both sides."""
    pending = [Pending(C1, n, receipt, 500 + n, -amount) for n, (receipt, amount) in enumerate(here)]
    on_account = [OnAccount(C1, receipt, 900 + n, amount) for n, (receipt, amount) in enumerate(there)]
    found = explained(difference, pending=pending, on_account=on_account, entered=frozenset())
    assert difference == sum(cause.effect_minor for cause in found.causes) + found.unexplained_minor
    credit = sum(minor for _, _, minor in standing_credits(on_account, pending))
    net = sum(amount for _, amount in there) - sum(amount for _, amount in here)
    assert net == sum(cause.effect_minor for cause in found.causes) + credit
    random.shuffle(pending)  # type: ignore[attr-defined]
    random.shuffle(on_account)  # type: ignore[attr-defined]
    assert found == explained(difference, pending=pending, on_account=on_account, entered=frozenset())
