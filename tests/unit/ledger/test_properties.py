"""What always holds, whatever the facts: every cent is somewhere, and order never matters."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.core.ledger.ageing import aged_balance
from hub.core.ledger.balances import absorbed_minor, document_balances
from hub.core.ledger.claims import Contest, open_claims
from hub.core.ledger.due_dates import split_by_instalments
from hub.core.ledger.facts import Allocations, Documents, Instalments, Settlements
from hub.core.ledger.gaps import Control, find_gaps
from hub.core.ledger.open_items import open_ledger

#: A busy machine is no fault of the ledger.
CALM = settings(deadline=None)
START = date(2026, 1, 1)
DAYS = st.integers(0, 300).map(lambda n: START + timedelta(days=n))
MINOR = st.integers(0, 500)
# Few values, so that numbers, accounts and dates collide.
DOCUMENT = st.fixed_dictionaries(
    {
        "seller": st.sampled_from(["A", "B"]),
        "debtor_id": st.sampled_from(["C1", "C2"]),
        "number": st.sampled_from(["F1", "F 1", "f1", "F2", "F3"]),
        "kind": st.sampled_from(["invoice", "invoice", "credit_note"]),
        "issued_on": DAYS,
        "due_on": st.none() | DAYS,
        "currency": st.sampled_from(["EUR", "EUR", "USD"]),
        "total_minor": MINOR,
        "corrects": st.sampled_from([None, "F1", "F2", "F9"]),
        "payment_terms": st.sampled_from([None, "30 jours", "45 jours fin de mois", "?"]),
    }
)
LINE = st.tuples(st.integers(0, 9), DAYS, MINOR, st.booleans(), st.integers(0, 3), st.sampled_from([None, None, "EUR"]))
MADE = st.tuples(
    st.integers(0, 9), st.integers(1, 3), st.integers(-200, 500), DAYS, st.sampled_from([0, 0, 50, 100]),
    st.sampled_from(["auto", "confirmed", "reversed"]), st.sampled_from([None, None, "EUR"]),
)  # fmt: skip
PART = st.tuples(st.integers(0, 9), DAYS, MINOR)


def table(cls: type[Any], rows: list[tuple[Any, ...]]) -> Any:
    """Rows as columns."""
    return cls(*([row[i] for row in rows] for i in range(len(fields(cls)))))


def as_documents(rows: list[tuple[int, dict[str, Any]]]) -> Documents:
    """(id, fields) rows as columns."""
    names = [column.name for column in fields(Documents)][1:]
    return Documents([id_ for id_, _ in rows], *([row[name] for _, row in rows] for name in names))


FACTS = {
    "docs": st.lists(DOCUMENT, max_size=8),
    "lines": st.lists(LINE, max_size=10),
    "made": st.lists(MADE, max_size=10),
    "as_of": DAYS,
}


def made_up(docs, lines, made):
    """The three tables; a made-up id may have no document, which is a case."""
    return as_documents(list(enumerate(docs))), table(Settlements, lines), table(Allocations, made)


@CALM
@given(**FACTS, parts=st.lists(PART, max_size=6), seed=st.integers(0, 9))
def test_the_order_of_facts_never_changes_the_result(docs, lines, made, as_of, parts, seed) -> None:
    """Invariant I11: sorted by document, items and anomalies are the same whatever came first."""

    def result(shuffle: random.Random | None):
        tables = [list(enumerate(docs)), list(lines), list(made), list(parts)]
        for rows in tables if shuffle else ():
            shuffle.shuffle(rows)
        found = open_ledger(
            as_documents(tables[0]),
            table(Settlements, tables[1]),
            table(Allocations, tables[2]),
            as_of=as_of,
            instalments=table(Instalments, tables[3]),
        )
        return sorted(found.items), Counter(found.anomalies), aged_balance(found.items, as_of=as_of)

    assert result(None) == result(random.Random(seed))


@CALM
@given(**FACTS)
def test_every_cent_is_somewhere(docs, lines, made, as_of) -> None:
    """Invariant I5: total = settled + credited + pending + open; below zero only under a named anomaly."""
    tables = made_up(docs, lines, made)
    found = document_balances(*tables, as_of=as_of)
    named = {a.document_id: 0 for a in found.anomalies}
    for anomaly in found.anomalies:
        if anomaly.kind in ("over_settled", "over_allocated"):
            named[anomaly.document_id] -= anomaly.amount_minor
    for id_, row in enumerate(docs):
        parts = [column[id_] for column in found[1:5]]
        assert sum(parts) == (row["total_minor"] if row["issued_on"] <= as_of else 0)
        assert min(0, found.open_minor[id_]) == (named.get(id_, 0) if found.in_force[id_] else 0)
        assert found.credited_minor[id_] >= 0


@CALM
@given(**FACTS)
def test_a_credit_moves_from_note_to_invoice_within_one_account(docs, lines, made, as_of) -> None:
    """What invoices were credited is what notes gave, per seller, debtor and currency."""
    found = document_balances(*made_up(docs, lines, made), as_of=as_of)
    sums: Counter[tuple[str, ...]] = Counter()
    for row, credited in zip(docs, found.credited_minor, strict=True):
        account = (row["seller"], row["debtor_id"], row["currency"])
        sums[account] += credited if row["kind"] == "invoice" else -credited
    assert set(sums.values()) <= {0}


@CALM
@given(docs=FACTS["docs"], lines=FACTS["lines"], as_of=DAYS)
def test_settled_money_is_the_books_own_sum(docs, lines, as_of) -> None:
    """Without snapshots, the settled amounts and the lines left out add up to all lines in force."""
    plain = [(*line[:3], False, *line[4:]) for line in lines]
    found = document_balances(*made_up(docs, plain, []), as_of=as_of)
    left_out = sum(a.amount_minor for a in found.anomalies if a.kind in ("unknown_document", "other_currency"))
    early = {id_ for id_, row in enumerate(docs) if row["issued_on"] > as_of}

    def misfit(line) -> bool:
        return line[0] >= len(docs) or line[5] not in (None, docs[line[0]]["currency"])

    counted = [line for line in plain if line[1] <= as_of and (misfit(line) or line[0] not in early)]
    assert sum(line[2] for line in counted) == sum(found.settled_minor) + left_out


@CALM
@given(**FACTS, parts=st.lists(PART, max_size=6), apart=st.booleans())
def test_buckets_debtors_and_items_have_one_sum(docs, lines, made, as_of, parts, apart) -> None:
    """Per currency: buckets = rows = items = balances, signed; the parts of an item are its open amount."""
    tables = made_up(docs, lines, made)
    found = open_ledger(*tables, as_of=as_of, instalments=table(Instalments, parts))
    aged = aged_balance(found.items, as_of=as_of, credits_apart=apart)
    for currency in ("EUR", "USD"):
        items = sum(item.open_minor for item in found.items if item.currency == currency)
        signed = [
            open_ if row["kind"] == "invoice" else -open_
            for row, open_ in zip(docs, found.balances.open_minor, strict=True)
            if row["currency"] == currency
        ]
        assert items == sum(signed)
        assert items == sum(aged.totals.get(currency, ()))
        assert items == sum(row.total_minor for row in aged.rows if row.currency == currency)
    for item in found.items:
        assert not item.parts or sum(minor for _, minor in item.parts) == item.open_minor
        assert not item.parts or all(minor > 0 for _, minor in item.parts)
        assert item.open_minor != 0
    sums = Counter()
    for item in found.items:
        sums[item.seller, item.debtor_id, item.currency] += item.open_minor
    controls = [Control(*account, minor) for account, minor in sums.items()]
    assert ([], len(controls), []) == find_gaps(found.items, controls)


@CALM
@given(**FACTS, contests=st.lists(st.tuples(st.integers(0, 9), DAYS, st.none() | DAYS, st.none() | MINOR)))
def test_a_claim_is_its_two_parts(docs, lines, made, as_of, contests) -> None:
    """Contested and uncontested add up, neither below zero."""
    items = open_ledger(*made_up(docs, lines, made), as_of=as_of).items
    for claim in open_claims(items, [Contest(*row) for row in contests], as_of=as_of):
        assert claim.contested_minor + claim.uncontested_minor == claim.open_minor
        assert min(claim.contested_minor, claim.uncontested_minor) >= 0


@CALM
@given(st.lists(st.tuples(MINOR, st.integers(0, 300))), st.integers(0, 600))
@example([(30, 0), (50, 100)], 100)
def test_what_the_books_confirm_is_bounded(made: list[tuple[int, int]], settled: int) -> None:
    """Never more than was allocated, nor than the books rose since the first; equal when all began at one
    level.
    """
    absorbed = absorbed_minor([(amount, max(0, settled - level)) for amount, level in made])
    levels = {level for _, level in made}
    allocated = sum(amount for amount, _ in made)
    bound = max(0, min(settled - min(levels, default=settled), allocated))
    assert 0 <= absorbed <= bound
    if len(levels) == 1:
        assert bound == absorbed
    for level in levels:  # nothing an allocation absorbs was settled before it was made
        later = [(amount, max(0, settled - at)) for amount, at in made if at >= level]
        assert absorbed_minor(later) <= max(0, settled - level)


@CALM
@given(st.lists(st.tuples(DAYS, MINOR), min_size=1, max_size=5), MINOR, st.integers(1, 500), st.none() | DAYS)
def test_instalments_never_lose_a_cent(plan, total, open_minor, own) -> None:
    """Whatever the plan says, the parts are the open amount, as long as it is within the total."""
    open_minor = min(open_minor, total)
    if open_minor:
        parts = split_by_instalments(plan, total, open_minor, own)
        assert open_minor == sum(minor for _, minor in parts)
        assert [due for due, _ in parts] == sorted({due for due, _ in parts})
