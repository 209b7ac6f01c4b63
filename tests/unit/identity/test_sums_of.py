"""What follows from links and matchings: no cent is lost, none counts twice, whatever order the facts come in."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity.sums import Applied, Lettered, Link, sums_of


class Known(NamedTuple):
    """Entries of the books that are linked, in shares, to movements at the bank; matchings; what was applied here."""

    amounts: dict[int, int]
    links: list[Link]
    lettered: list[Lettered]
    applied: list[Applied]


@st.composite
def known(draw: st.DrawFn) -> Known:
    """Entry `e` has movements 100·e + 1…; its matchings 1000·e + 1… use it up to its amount; documents are 1 to 4."""
    amounts: dict[int, int] = {}
    links: list[Link] = []
    lettered: list[Lettered] = []
    applied: list[Applied] = []
    for entry in range(1, draw(st.integers(1, 3)) + 1):
        shares = draw(st.lists(st.integers(1, 60), max_size=3))
        amounts[entry] = sum(shares) + draw(st.integers(0 if shares else 1, 20))
        for number, share in enumerate(shares, 1):
            amounts[100 * entry + number] = share
            links.append(Link(entry, 100 * entry + number, share))
            used = draw(st.integers(0, share))
            if used:
                place = len(applied) + 1
                applied.append(Applied(place, f"P{place}", 100 * entry + number, draw(st.integers(1, 4)), used))
        left = amounts[entry]
        for number in range(1, draw(st.integers(0, 3)) + 1):
            used = draw(st.integers(0, left))
            left -= used
            if used:
                named = draw(st.booleans())
                documents = {draw(st.integers(1, 4)): used} if named else {}
                lettered.append(Lettered(f"L{1000 * entry + number}", {entry: used}, documents))
    return Known(amounts, links, lettered, applied)


@given(known(), st.randoms(use_true_random=False))
def test_no_cent_is_lost_and_none_counts_twice(facts: Known, random: object) -> None:
    """All that the books matched is used somewhere; no receipt gives more than it has, once what the books contradict
    is taken back; and the facts in another order say the same."""
    found = sums_of(*facts)
    assert sum(sum(one.receipts.values()) for one in facts.lettered) == sum(found.in_books.values())
    for receipt, amount in facts.amounts.items():
        standing = sum(
            line.amount_minor
            for line in facts.applied
            if line.receipt_id == receipt and line.allocation_id not in found.contradicted
        )
        assert 0 <= found.taken(receipt)
        assert found.taken(receipt) + standing <= amount, receipt
        assert found.confirmed.get(receipt, 0) <= min(standing, found.in_books.get(receipt, 0))
    shuffled = [list(part) for part in facts[1:]]
    for part in shuffled:
        random.shuffle(part)  # type: ignore[attr-defined]
    assert found == sums_of(facts.amounts, *shuffled)  # type: ignore[arg-type]


@given(known())
def test_a_link_taken_back_leaves_no_trace(facts: Known) -> None:
    """Without the links of an entry, its matchings use its own money and nothing of the movements."""
    for entry in {link.echo for link in facts.links}:
        links = [link for link in facts.links if link.echo != entry]
        found = sums_of(facts.amounts, links, facts.lettered, facts.applied)
        mine = sum(one.receipts.get(entry, 0) for one in facts.lettered)
        assert mine == found.in_books.get(entry, 0)
        assert 0 == found.elsewhere.get(entry, 0)
        movements = [link.carrier for link in facts.links if link.echo == entry]
        assert {0} >= {found.taken(movement) for movement in movements}


def test_a_matching_in_another_currency_confirms_what_was_exchanged() -> None:
    """920.13 EUR paid an invoice of 800.00 GBP, here and in the books: nothing contradicts, and it counts once."""
    lettered = [Lettered("L1", {1: 92_013}, {501: 80_000})]
    found = sums_of({1: 92_013}, [], lettered, [Applied(7, "P1", 1, 501, 92_013, 92_013)])
    assert found.contradicted == []
    assert {1: 92_013} == found.confirmed
    other = sums_of(
        {1: 92_013}, [], [Lettered("L1", {1: 92_013}, {502: 80_000})], [Applied(7, "P1", 1, 501, 92_013, 92_013)]
    )
    assert other.contradicted == [7]
