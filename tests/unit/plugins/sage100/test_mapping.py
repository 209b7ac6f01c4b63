"""What entries become: units given by hand, records compared to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from hub.core.ledger.gaps import book_value_minor
from hub.plugins.sage100 import Sage100, Sage100Config
from hub.plugins.sage100.layout import Layout
from hub.plugins.sage100.map_lettrage import foreign_rest, groups, net, shares
from hub.sdk import RawUnit, RecordRejected
from hub.sdk.records import Record
from hub.sdk.testing import make_context

_COMMON = "EC_No JO_Num JO_Type JM_Date EC_Jour EC_Piece EC_RefPiece CG_Num CT_Num EC_Signed N_Devise EC_Devise"
COLUMNS = {
    "sales": f"{_COMMON} EC_Reference EC_Intitule EC_Echeance",
    "entries": f"{_COMMON} EC_TresoPiece EC_Reference EC_Intitule EC_Echeance N_Reglement",
    "lettrage": f"{_COMMON} EC_Lettrage Carried",
}
BLANK = {
    "JM_Date": "2026-03-01", "EC_Jour": 5, "CG_Num": "411000", "CT_Num": "C1", "N_Devise": 0, "EC_Devise": 0,
    "N_Reglement": 0, "Carried": "", "JO_Num": "VE", "JO_Type": 1,
}  # fmt: skip


def unit(stream: str, *rows: dict[str, Any], year_begins: int = 1) -> RawUnit:
    """A unit of these rows; what is left out is empty."""
    names = tuple(COLUMNS[stream].split())
    layout = Layout(names, {1: "USD", 2: ""}, {2: "Virement"}, "EC_RefPiece", year_begins)
    filled = [[{**BLANK, **row}.get(name, "") for name in names] for row in rows]
    return RawUnit("ref", to_json(filled), layout.as_text(), f"{stream} ref")


@pytest.fixture
def sage(tmp_path: Path) -> Sage100:
    """A connector that maps and never connects."""
    config = Sage100Config(plugin="sage100", url="mssql+pytds://u@h/d", seller="S")
    return Sage100(config, make_context(tmp_path))


def told(records: Any) -> list[dict[str, Any]]:
    """Records as plain values, without what is empty."""
    found: list[Record] = list(records)
    return [{"kind": r.kind, **r.model_dump(mode="json", exclude_none=True, exclude={"seller"})} for r in found]


def test_one_number_two_due_dates(sage: Sage100) -> None:
    """An invoice over the sum, with an instalment for each line."""
    rows = [
        {"EC_No": 1, "EC_RefPiece": "FA1", "EC_Signed": 60_000_000, "EC_Echeance": "2026-04-30"},
        {"EC_No": 2, "EC_RefPiece": "FA1", "EC_Signed": 40_010_000, "EC_Echeance": "2026-03-31"},
    ]
    parts = [
        {"kind": "instalment", "invoice_number": "FA1", "due_on": day, "rank": rank, "amount_minor": minor,
         "currency": "EUR"}
        for rank, day, minor in ((1, "2026-03-31", 4_001), (2, "2026-04-30", 6_000))
    ]  # fmt: skip
    invoice = {
        "kind": "invoice", "number": "FA1", "debtor_id": "C1", "issued_on": "2026-03-05", "due_on": "2026-04-30",
        "currency": "EUR", "total_minor": 10_001,
    }  # fmt: skip
    assert [invoice, *parts] == told(sage.map("sales", unit("sales", *rows)))


def test_a_deposit_that_an_invoice_uses_leaves_its_due_dates(sage: Sage100) -> None:
    """Its line bears none: it was paid before, and counts towards the first."""
    days = ("2026-04-30", "2026-03-31", "")
    rows = [
        {"EC_No": n, "EC_RefPiece": "FA1", "EC_Signed": 60_000_000, "EC_Echeance": day,
         "CG_Num": "411000" if day else "419100"}
        for n, day in enumerate(days, 1)
    ]  # fmt: skip
    invoice, *parts = told(sage.map("sales", unit("sales", *rows)))
    assert (18_000, "2026-04-30") == (invoice["total_minor"], invoice["due_on"])
    assert ["2026-03-31", "2026-03-31", "2026-04-30"] == [part["due_on"] for part in parts]


def test_a_foreign_invoice_keeps_both_values(sage: Sage100) -> None:
    """The document's own amount, and the books' value beside it."""
    row = {"EC_No": 1, "EC_RefPiece": "FA1", "EC_Signed": 92_500_000, "N_Devise": 1, "EC_Devise": 100_000_000}
    [invoice] = told(sage.map("sales", unit("sales", row)))
    names = ("currency", "total_minor", "book_currency", "book_total_minor")
    assert ("USD", 10_000, "EUR", 9_250) == tuple(invoice[name] for name in names)
    assert "due_on" not in invoice


def test_a_line_without_a_number_is_told_by_its_entry(sage: Sage100) -> None:
    """Two of them never become one invoice."""
    [credit] = told(sage.map("sales", unit("sales", {"EC_No": 7, "EC_Piece": "1204", "EC_Signed": -1_000_000})))
    assert ("credit_note", "1204#7", 100) == (credit["kind"], credit["number"], credit["total_minor"])


@pytest.mark.parametrize(
    ("kind", "signed", "expected"),
    [
        (2, -5_000_000, ("receipt", 500)),
        (2, 5_000_000, ("invoice", 500)),
        (3, 5_000_000, ("invoice", 500)),
        (3, -5_000_000, ("credit_note", 500)),
        (0, -5_000_000, ("credit_note", 500)),
    ],
)
def test_other_journals(sage: Sage100, kind: int, signed: int, expected: tuple[str, int]) -> None:
    """A credit in a treasury journal is money; everything else is a document of its own."""
    row = {"EC_No": 9, "JO_Num": "JJ", "JO_Type": kind, "EC_Piece": "77", "EC_Signed": signed, "N_Reglement": 2}
    [record] = told(sage.map("entries", unit("entries", row)))
    assert expected == (record["kind"], record.get("total_minor", record.get("amount_minor")))
    assert ("EC9" if record["kind"] == "receipt" else "JJ 77#9") == record.get("receipt_id", record.get("number"))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"EC_Signed": 1_234_500}, "HUB-SAGE-020"),
        ({"EC_Jour": 31, "JM_Date": "2026-02-01"}, "HUB-SAGE-021"),
        ({"JM_Date": "1753-01-01"}, "HUB-SAGE-021"),
        ({"N_Devise": 2, "EC_Devise": 1_000_000}, "HUB-SAGE-022"),
    ],
)
def test_what_is_held(sage: Sage100, row: dict[str, Any], code: str) -> None:
    """With its place and a remedy."""
    with pytest.raises(RecordRejected, match=f"{code} sales ref: .* — "):
        sage.map("sales", unit("sales", {"EC_No": 1, "EC_RefPiece": "FA1", "EC_Signed": 1_000_000, **row}))


def test_one_number_two_debtors_is_held(sage: Sage100) -> None:
    """Nobody can tell whose invoice it is."""
    rows = [{"EC_No": n, "EC_RefPiece": "FA1", "EC_Signed": 10_000, "CT_Num": f"C{n}"} for n in (1, 2)]
    with pytest.raises(RecordRejected, match=r"HUB-SAGE-023.*C1, C2"):
        sage.map("sales", unit("sales", *rows))


def test_a_unit_of_another_form_is_held(sage: Sage100) -> None:
    """A kept unit that this version cannot take apart."""
    good = unit("sales", {"EC_No": 1, "EC_Signed": 0})
    for body in (b"[[1,2]]", b"{", b'"x"'):
        with pytest.raises(RecordRejected, match="HUB-SAGE-026"):
            sage.map("sales", RawUnit("r", body, good.layout, "sales r"))


def test_a_partial_group_settles_the_oldest_first(sage: Sage100) -> None:
    """70 paid on 60 and 40: the first invoice whole, 10 of the second; the payment whole."""
    rows = [
        {"EC_No": 1, "EC_RefPiece": "FA1", "EC_Signed": 60_000_000, "EC_Lettrage": "AAA"},
        {"EC_No": 2, "EC_RefPiece": "FA2", "EC_Signed": 40_000_000, "EC_Lettrage": "AAA", "EC_Jour": 6},
        {"EC_No": 3, "JO_Num": "BQ", "JO_Type": 2, "EC_Signed": -70_000_000, "EC_Lettrage": "AAA", "EC_Jour": 20},
    ]
    lines = told(sage.map("lettrage", unit("lettrage", *rows)))
    found = [(one["target"], one["document_number"], one["amount_minor"], one["settled_on"]) for one in lines]
    day = "2026-03-20"
    assert [("invoice", "FA1", 6_000, day), ("invoice", "FA2", 1_000, day), ("receipt", "EC3", 7_000, day)] == found


def test_a_code_used_again_next_year_is_another_group(sage: Sage100) -> None:
    """Fiscal years part the lines; an invoice of December paid in January comes together again."""
    rows = [
        {"EC_No": 1, "EC_RefPiece": "FA1", "EC_Signed": 10_000_000, "JM_Date": "2024-05-01"},
        {"EC_No": 2, "JO_Type": 2, "EC_Signed": -10_000_000, "JM_Date": "2024-06-01"},
        {"EC_No": 3, "EC_RefPiece": "FA3", "EC_Signed": 30_000_000, "JM_Date": "2025-12-01"},
        {"EC_No": 4, "JO_Type": 2, "EC_Signed": -30_000_000, "JM_Date": "2026-01-01"},
    ]
    lines = told(sage.map("lettrage", unit("lettrage", *[{**row, "EC_Lettrage": "AAA"} for row in rows])))
    assert ["411000|C1|AAA|2024"] * 2 + ["411000|C1|AAA|2026"] * 2 == [line["settlement_id"] for line in lines]
    assert ["2024-06-05"] * 2 + ["2026-01-05"] * 2 == [line["settled_on"] for line in lines]


def test_a_carried_forward_line_settles_the_document_of_its_number(sage: Sage100) -> None:
    """The opening of a later year was matched; the invoice stands in the year before."""
    rows = [
        {"EC_No": 8, "JO_Num": "AN", "JO_Type": 3, "EC_RefPiece": "FA1", "EC_Signed": 10_000_000, "Carried": 1},
        {"EC_No": 9, "JO_Type": 2, "EC_Signed": -10_000_000},
    ]
    lines = told(sage.map("lettrage", unit("lettrage", *[{**row, "EC_Lettrage": "AAB"} for row in rows])))
    assert [("invoice", "FA1"), ("receipt", "EC9")] == [(line["target"], line["document_number"]) for line in lines]
    assert "document_issued_on" not in lines[0]


@pytest.mark.parametrize(
    ("told", "settled"),
    [
        ([("FA1", 1_000), ("FA2", 500), ("FA2", -500)], [0, 500, 500]),
        ([("FA1", 1_000), ("FA2", 500), ("", -600)], [600, 0, 600]),
        ([("FA1", 1_000), ("FA2", 500), ("FA2", -300), ("", -300)], [300, 300, 300, 300]),
        ([("FA1", 100), ("FA1", 100), ("FA1", -150)], [100, 50, 150]),
        ([("FA1", 100), ("FA2", -300), ("FA1", -50)], [100, 50, 50]),
    ],
)
def test_of_a_partial_matching_what_is_named_comes_first(told: list[tuple[str, int]], settled: list[int]) -> None:
    """The larger side's lines of the numbers on the other side, then the oldest."""
    rows = [[n, "VE", 1, "2026-01-01", 1, "", number, "", "", signed] for n, (number, signed) in enumerate(told)]
    assert settled == shares(rows, 6)


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(2022, 2027), st.integers(1, 12)), max_size=12))
def test_settling_leaves_the_books_balance(drawn: list[tuple[int, int, int]]) -> None:
    """Whatever the lines of a code: both sides of each group are settled alike, so that what stays open is its sum."""
    rows = [[n, "VE", 1, f"{y}-{m:02d}-01", 1, "", "", "", "", signed] for n, (signed, y, m) in enumerate(drawn)]
    layout = Layout((), {}, {}, "EC_RefPiece", 4)
    met = []
    for _, group in groups(rows, layout):
        settled = shares(group, 6)
        assert 0 == sum(share if row[9] > 0 else -share for row, share in zip(group, settled, strict=True))
        assert all(0 <= share <= abs(row[9]) for row, share in zip(group, settled, strict=True))
        open_ = [abs(row[9]) - share for row, share in zip(group, settled, strict=True)]
        assert abs(net(group)) == sum(open_)
        met += [row[0] for row in group]
    assert sorted(met) == [row[0] for row in rows]


def chained(*told: tuple[str, int]) -> list[tuple[int, int]]:
    """Year and sum of each group of lines of one code, of which each bears a month and an amount."""
    rows = [[n, "VE", 1, f"{month}-01", 1, "", "", "", "", signed] for n, (month, signed) in enumerate(told)]
    return [(year, net(group)) for year, group in groups(rows, Layout((), {}, {}, "EC_RefPiece", 1))]


def test_years_that_balance_only_together_are_one_group() -> None:
    """Each January pays an invoice of the December before under the same code: two years of it, three, and a hole."""
    first = [("2024-12", 300), ("2025-01", -300)]
    second = [("2025-12", 200), ("2026-01", -200)]
    assert [(2025, 0)] == chained(*first)
    assert [(2026, 0)] == chained(*first, *second)
    assert [(2026, 0), (2027, 50)] == chained(*first, *second, ("2027-03", 50))
    assert [(2024, 300), (2026, -300)] == chained(("2024-12", 300), ("2026-01", -300))
    assert [(2024, 300), (2025, 0), (2026, -300)] == chained(
        ("2024-12", 300), ("2025-02", 70), ("2025-03", -70), ("2026-01", -300)
    )


@given(
    st.integers(1, 10**9).flatmap(lambda book: st.tuples(st.just(book), st.integers(0, book))), st.integers(1, 10**9)
)
def test_the_rest_of_a_foreign_document_is_worth_what_the_books_have(values: tuple[int, int], total: int) -> None:
    """To the cent, with what is told beside it; a cent at most where a foreign cent is worth less than two."""
    (book, left) = values
    kept, missed = foreign_rest(left, book, total)
    assert 0 <= kept <= total
    assert left == book_value_minor(kept, total, book) + missed
    assert not missed or abs(missed) <= book // total + 1


def test_a_foreign_invoice_paid_in_part_leaves_no_cent_unnamed(sage: Sage100) -> None:
    """£100.00 at 115.00: when 33.39 are paid, 81.61 stay in the books, and no amount in pounds is worth just that."""
    same = {"EC_Lettrage": "A", "EC_Signed": 115_000_000, "EC_No": 1, "EC_RefPiece": "FA1"}
    paid = {"EC_Lettrage": "A", "EC_Signed": -33_390_000, "EC_No": 2, "JO_Num": "BQ", "JO_Type": 2}
    found = told(sage.map("lettrage", unit("lettrage", same | {"N_Devise": 1, "EC_Devise": 100_000_000}, paid)))
    [settled] = [one for one in found if one["kind"] == "settlement_line" and one["target"] == "invoice"]
    rounding = sum(one["effect_minor"] for one in found if one["kind"] == "ledger_entry")
    assert rounding
    assert 8_161 == book_value_minor(10_000 - settled["amount_minor"], 10_000, 11_500) + rounding
    assert "USD" == settled["currency"]
