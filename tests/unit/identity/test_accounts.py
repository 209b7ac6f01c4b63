"""Whose invoices a text names, which document another connector tells, and which links are judged again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity.accounts import names
from hub.core.identity.again import Free, Standing, to_judge_again
from hub.core.identity.documents import Numbered, attach, attached, same_document
from hub.core.identity.seen import Sighting
from hub.core.identity.sightings import nearest_in_order

DAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"FA100"}, "VIR FA100"),
        ({"FA100"}, "virement fa-100 / fa 100"),
        ({"FA100"}, "FA100 du 05/01/2026 12,50 EUR"),
        (set(), "VIREMENT 2026 12"),
        ({"10042"}, "Facture 10042"),
    ],
)
def test_words_that_may_number_a_document(expected: set[str], text: str) -> None:
    """Short ones with letters too; no dates, amounts or years."""
    assert expected == names(text) & {"FA100", "10042", "2026", "12", "100", "1250", "05012026"}


def told(
    number: str = "FA-2026-001", day: date = DAY, debtor: str = "C1", total: int = 12_000, id_: int = 1
) -> Numbered:
    return Numbered(id_, "invoice", "ACME", number, debtor, day, "EUR", total)


def test_one_document_under_two_dates() -> None:
    """Over the new year, with another spelling, for another amount or for another account: one document. Another amount
    and another year: two, since numbers restart."""
    before = DAY - timedelta(days=7)
    assert same_document(told(), told("FA2026001", before))
    assert same_document(told(), told(day=before, total=12_500))
    assert same_document(told(), told(day=DAY - timedelta(days=365), debtor="X"))
    assert not same_document(told(), told(day=DAY - timedelta(days=365), total=12_500))
    assert not same_document(told(), told(day=before, total=12_500, debtor="C2"))
    assert not same_document(told("1-12"), told("11-2"))
    assert not same_document(told(), told()._replace(kind="credit_note"))


def test_of_several_years_the_nearest() -> None:
    """And none when two are as near."""
    years = [told("R-00077", DAY - timedelta(days=days))._replace(id=days) for days in (0, 365, 730)]
    found = attach(told("R-00077", DAY - timedelta(days=360)), years)
    assert found is not None
    assert 365 == found.id
    assert attach(told("R-00077", DAY), [years[0], years[0]._replace(id=9)]) is None


def test_two_tellings_are_not_one_document() -> None:
    """The nearer one is it; of two as near, neither."""
    own = told("R-00077")
    others = [told("R-00077", DAY + timedelta(days=days))._replace(id=days) for days in (200, 300)]
    assert {200: 1} == attached(others, {"R00077": [own]})
    assert {} == attached([others[0], others[0]._replace(id=9)], {"R00077": [own]})


def test_what_came_since_reopens_its_neighbourhood_only() -> None:
    """Of its amount and time; links by a debtor always; deposits near it."""

    def link(number: int, rule: str, day: date, amount: int = 100) -> Standing:
        return Standing(number, f"S{number}", rule, number, 100 + number, "EUR", amount, (day, day))

    later, apart = DAY + timedelta(days=30), DAY + timedelta(days=200)
    links = [
        link(1, "payer", DAY), link(2, "payer", later), link(3, "payer", apart), link(4, "payer", DAY, 200),
        link(5, "account", apart, 300), link(6, "deposit", later, 400), link(7, "deposit", apart, 400),
    ]  # fmt: skip
    fresh = Free("EUR", 100, DAY + timedelta(days=60), True)
    assert [1, 2, 5, 6] == [one.id for one in to_judge_again(links, [fresh])]
    assert [5] == [one.id for one in to_judge_again(links, [fresh._replace(fresh=False)])]
    assert [1, 2, 5, 6] == [one.id for one in to_judge_again([links[0]._replace(fresh=True), *links[1:]], [])]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.lists(st.integers(0, 9), min_size=4, max_size=7))
def test_nearest_in_order_is_the_least(few: list[int], many: list[int]) -> None:
    """Against all ways; and what was not taken may go without changing the rest."""
    ours, theirs = _sightings(few, 0), _sightings(many, 100)
    chosen = nearest_in_order(ours, theirs)
    assert [one.id for one in ours] == [a for a, _ in chosen]
    taken = [b for _, b in chosen]
    assert sorted(taken, key=[one.id for one in theirs].index) == taken
    kept = [one for one in theirs if one.id in taken]
    assert chosen == nearest_in_order(ours, kept)
    spare = [one for one in theirs if one.id not in taken]
    for gone in spare:
        assert chosen == nearest_in_order(ours, [one for one in theirs if one is not gone])


def _sightings(days: list[int], first: int) -> list[Sighting]:
    return [
        Sighting(first + n, None, None, "EUR", 1, (DAY + timedelta(days=day),)) for n, day in enumerate(sorted(days))
    ]
