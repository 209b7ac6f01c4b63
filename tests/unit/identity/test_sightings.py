"""One sum of money is counted once, whoever saw it first; what is not certain is left to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity.bank_days import bank_days, easter
from hub.core.identity.deposits import Payout, match_deposits, match_payouts
from hub.core.identity.seen import Sighting, Source, sighting
from hub.core.identity.sightings import match_pairs
from hub.core.identity.sums import Applied, Lettered, Link, sums_of

DAY = date(2026, 10, 5)


def seen(number: int, amount: int = 12_000, day: date = DAY, **fields: object) -> Sighting:
    values: dict[str, object] = {
        "id": number, "seller": None, "account": None, "currency": "EUR", "amount_minor": amount, "received_on": day,
        "value_on": None, "references": (), "texts": (), "means": (), "names": (), "ibans": (), "batch": None,
    }  # fmt: skip
    return sighting(Source(**{**values, **fields}))  # type: ignore[arg-type]


def pairs(books: list[Sighting], bank: list[Sighting], apart: set[tuple[int, int]] | None = None) -> list[object]:
    found = match_pairs(books, bank, apart or set())
    return [(one.whole, one.parts[0][0], one.rule) for one in found.links]


@pytest.mark.parametrize(
    ("expected", "first", "last"),
    [
        (1, date(2026, 10, 2), date(2026, 10, 5)),  # Friday to Monday
        (0, date(2026, 10, 2), date(2026, 10, 4)),
        (-1, date(2026, 10, 5), date(2026, 10, 2)),
        (1, date(2026, 4, 2), date(2026, 4, 7)),  # over Easter, Good Friday included
        (1, date(2026, 12, 31), date(2027, 1, 4)),  # over the new year
        (251, date(2025, 12, 31), date(2026, 12, 31)),  # 261 weekdays, 10 holidays on one of them
    ],
)
def test_bank_days(expected: int, first: date, last: date) -> None:
    """Weekends and holidays of France and of TARGET do not count."""
    assert expected == bank_days(first, last)


def test_easter() -> None:
    """Known Sundays."""
    assert [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)] == [
        easter(year) for year in range(2024, 2028)
    ]


def test_payer_and_amount_make_a_pair() -> None:
    """The same payer, to the cent, within three bank days: over a weekend too, and with a name the bank cut."""
    ours = seen(1, names=("Menuiserie Durand et Fils SARL",), day=date(2026, 10, 2))
    assert [(1, 11, "payer")] == pairs([ours], [seen(11, names=("MENUISERIE DURAND ET FI",), day=date(2026, 10, 7))])
    assert [] == pairs([ours], [seen(11, names=("MENUISERIE DURAND ET FI",), day=date(2026, 10, 8))])
    assert [] == pairs([ours], [seen(11, 12_001, names=("MENUISERIE DURAND ET FILS",))])
    assert [] == pairs([ours], [seen(11, names=("BOULANGERIE MARTIN",))])


def test_amount_and_date_alone_are_only_suggested() -> None:
    """A wrong link hides money that is owed: a person decides. Another payer is not even suggested."""
    found = match_pairs([seen(1)], [seen(11), seen(12, names=("MARTIN",))], set())
    assert [] == found.links
    assert [(1, 11), (1, 12)] == [(one.whole, one.parts[0][0]) for one in found.suggestions]
    named = match_pairs([seen(1, names=("DURAND SAS",))], [seen(12, names=("BOULANGERIE MARTIN",))], set())
    assert ([], []) == (named.links, named.suggestions)


def test_a_reference_is_enough_and_wins() -> None:
    """Another payer may pay; the reference says which sum it is. One that many payments bear says nothing."""
    ours = seen(1, texts=("Règlement FA-2026-00123",), names=("DURAND SAS",))
    theirs = [seen(11, names=("DURAND SAS",)), seen(12, texts=("VIR FA2026 FA-2026-00123",), names=("HOLDING X",))]
    assert [(1, 12, "reference")] == pairs([ours], theirs)
    many = [seen(n, texts=("CONTRAT 778899001",)) for n in range(1, 7)]
    assert [] == pairs(many, [seen(n + 10, texts=("CONTRAT 778899001",)) for n in range(1, 7)])


def test_twins_stay_two() -> None:
    """Two payments of one payer and amount in one week: two pairs, by date. With one entry, one movement stays free."""
    ours = [seen(n, day=DAY + timedelta(days=n), names=("DURAND",)) for n in (1, 2)]
    theirs = [seen(n, day=DAY + timedelta(days=n - 10), names=("DURAND",)) for n in (11, 12)]
    assert [(1, 11, "twins"), (2, 12, "twins")] == pairs(ours, theirs)
    assert [(2, 12, "twins")] == pairs(ours[1:], theirs)
    assert [(1, 11, "payer")] == pairs(ours, theirs, {(1, 12), (2, 11), (2, 12)})


def test_two_accounts_sellers_or_currencies_are_two_sums() -> None:
    """Whatever else agrees; an account that is no IBAN (a journal's code) says nothing."""
    iban, other = "FR7630006000011234567890189", "DE89370400440532013000"
    ours = seen(1, names=("DURAND",), account=iban, seller="A")
    for fields in ({"account": other}, {"seller": "B"}, {"currency": "USD"}):
        assert [] == pairs([ours], [seen(11, names=("DURAND",), **fields)])
    assert [(1, 11, "payer")] == pairs([ours], [seen(11, names=("DURAND",), account="512100")])


def test_a_cheque_is_no_transfer() -> None:
    """A cheque in the books is not the transfer of the same amount; it may come ten bank days later."""
    ours = seen(1, names=("DURAND",), means=("Chèque",))
    assert [] == pairs([ours], [seen(11, names=("DURAND",), means=("VIR SEPA",))])
    late = seen(12, names=("DURAND",), means=("CHEQUE",), day=DAY + timedelta(days=14))
    assert [(1, 12, "payer")] == pairs([ours], [late])


def test_a_deposit_of_cheques() -> None:
    """All cheques of a day add up to one line; or the only way among a few; two ways are a person's."""
    line = seen(11, 60_000, texts=("REMISE CHQ 0001234",))
    day = [seen(1, 10_000, means=("CHQ",)), seen(2, 50_000, means=("CHQ",))]
    later = seen(3, 25_000, means=("CHQ",), day=DAY + timedelta(days=1))
    [found] = match_deposits([*day, later], [line], set()).links
    assert (11, ((1, 10_000), (2, 50_000)), "deposit") == (found.whole, found.parts, found.rule)
    spread = [seen(n, amount, means=("CHQ",), day=DAY + timedelta(days=n)) for n, amount in ((1, 10_000), (2, 50_000))]
    assert 1 == len(match_deposits(spread, [line], set()).links)
    twice = [*spread, seen(3, 20_000, means=("CHQ",)), seen(4, 40_000, means=("CHQ",), day=DAY + timedelta(days=1))]
    doubt = match_deposits(twice, [line], set())
    assert ([], 1) == (doubt.links, len(doubt.suggestions))
    assert [] == match_deposits(spread, [seen(11, 60_000, means=("VIR",))], set()).links


def test_a_batch_of_the_books_is_one_line() -> None:
    """Entries that share a batch reference, wholly: one direct debit collection, whatever means."""
    ours = [seen(n, 1_000 * n, batch="PRLV-2026-10", means=("PRLV",)) for n in (1, 2, 3)]
    [found] = match_deposits(ours, [seen(11, 6_000, means=("PRLV",))], set()).links
    assert ("batch", 3) == (found.rule, len(found.parts))
    assert [] == match_deposits(ours[:2], [seen(11, 6_000)], set()).links


def test_a_payout_is_known_by_its_reference() -> None:
    """Charges less fees are one line; without the payout's id in the text a person decides; a refund has no shares."""
    payout = Payout("po_778899", "EUR", 9_850, DAY, frozenset({"PO778899"}), ((1, 4_900), (2, 4_950)))
    named, silent = seen(11, 9_850, texts=("STRIPE PO_778899",)), seen(12, 9_850, texts=("STRIPE",))
    assert ["payout"] == [one.rule for one in match_payouts([payout], [named, silent], set()).links]
    only = match_payouts([payout], [silent], set())
    assert (0, 1) == (len(only.links), len(only.suggestions))
    refunded = payout._replace(charges=((1, 10_000), (2, -150)))
    assert ([], []) == match_payouts([refunded], [named], set())


# --- what follows from links ------------------------------------------------------------------------


def test_an_allocation_confirmed_by_the_books_counts_once() -> None:
    """Allocated here, then matched in the books over the linked entry: nothing is left, nothing is counted twice."""
    matching = [Lettered("L1", {1: 10_000}, {501: 10_000})]
    found = sums_of({1: 10_000, 11: 10_000}, [Link(1, 11, 10_000)], matching, [Applied(7, "P1", 11, 501, 10_000)])
    assert (10_000, 10_000, 10_000, []) == (
        found.elsewhere[1], found.in_books[11], found.confirmed[11], found.contradicted,
    )  # fmt: skip
    assert 0 == 10_000 - 10_000 - found.taken(11)


def test_the_books_win() -> None:
    """The books used the money for another invoice: what the hub decided gives way; a part of it stays if it fits."""
    applied = [Applied(7, "P1", 11, 501, 6_000), Applied(8, "P2", 11, 502, 4_000)]
    for used, gone in ((4_000, [8]), (10_000, [7, 8])):
        matching = [Lettered("L1", {1: used}, {599: used})]
        found = sums_of({1: 10_000, 11: 10_000}, [Link(1, 11, 10_000)], matching, applied)
        assert gone == found.contradicted


def test_a_matching_that_names_no_document_contradicts_nothing() -> None:
    """The books used the money and do not say for what: it may be what the hub said. Nothing of it is left."""
    matching = [Lettered("L1", {11: 10_000}, {})]
    found = sums_of({11: 10_000}, [], matching, [Applied(7, "P1", 11, 501, 10_000)])
    assert ([], 0) == (found.contradicted, found.taken(11))
    assert 10_000 == sums_of({11: 10_000}, [], matching, []).taken(11)


@dataclass(frozen=True)
class Payment:
    """One true payment, as the bank, the books and the lettrage may each tell it."""

    payer: str
    amount: int
    day: int
    in_books: bool
    lettered: bool


payments = st.lists(
    st.builds(
        Payment,
        st.sampled_from(["DURAND ET FILS", "BOULANGERIE MARTIN", "GARAGE DU LAC", "TRANSPORTS VASSEUR"]),
        st.sampled_from([10_000, 12_000]),
        st.integers(0, 3),
        st.booleans(),
        st.booleans(),
    ),
    max_size=7,
)


@given(payments, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_end(world: list[Payment], random: object) -> None:
    """Bank, books and lettrage come in any order, looked at after each: the same money is left for the same payer, and
    never a cent more or less than what the books have not used."""
    events = [("bank", n) for n in range(len(world))]
    events += [("books", n) for n, payment in enumerate(world) if payment.in_books]
    events += [("lettrage", n) for n, payment in enumerate(world) if payment.in_books and payment.lettered]
    straight = _left(world, events)
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert straight == _left(world, shuffled)
    received: dict[tuple[str, int], int] = {}
    for payment in world:
        key = (payment.payer, payment.amount)
        used = payment.in_books and payment.lettered
        received[key] = received.get(key, 0) + (0 if used else payment.amount)
    assert received == {key: amount for key, amount in straight.items() if key in received}


def _left(world: list[Payment], events: list[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """What is left by payer and amount, after a look at every arrival."""
    ours: dict[int, Sighting] = {}
    theirs: dict[int, Sighting] = {}
    links: list[Link] = []
    matchings = []
    for what, number in events:
        payment = world[number]
        day = date(2026, 10, 5) + timedelta(days=payment.day)  # a Monday: all within three bank days
        if what == "lettrage":
            matchings.append(Lettered(f"L{number}", {number: payment.amount}, {900 + number: payment.amount}))
        elif what == "books":
            ours[number] = seen(number, payment.amount, day, names=(payment.payer,))
        else:
            theirs[100 + number] = seen(100 + number, payment.amount, day, names=(payment.payer,))
        used = {link.echo for link in links} | {link.carrier for link in links}
        free = [[one for one in side.values() if one.id not in used] for side in (ours, theirs)]
        found = match_pairs(free[0], free[1], set())
        links += [Link(one.whole, *one.parts[0]) for one in found.links]
    amounts = {n: p.amount for n, p in enumerate(world)} | {100 + n: p.amount for n, p in enumerate(world)}
    sums = sums_of(amounts, links, matchings, [])
    left: dict[tuple[str, int], int] = {}
    for one in (*ours, *theirs):
        payment = world[one % 100]
        key = (payment.payer, payment.amount)
        left[key] = left.get(key, 0) + payment.amount - sums.taken(one)
    return left
