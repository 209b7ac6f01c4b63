"""Records on the wire: columns give back exactly the records, and one bad record is named without its neighbours."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sdk import BrokenPromise, Columns
from hub.sdk.columns import columns_from_records, page_model, records_from_columns, validate_columns
from hub.sdk.money import MAX_MINOR
from hub.sdk.records import KINDS, Debtor, Invoice, PaymentPlanStep, Receipt, Record

GOOD: dict[str, list[Any]] = {
    "seller": ["S"] * 4,
    "number": ["F1", "F2", "F3", "F4"],
    "debtor_id": ["C1"] * 4,
    "issued_on": ["2026-01-01", "2024-02-29", "2026-01-01", "1999-12-31"],
    "due_on": [None, "2026-02-01", None, None],
    "currency": ["EUR", "JPY", "EUR", "TND"],
    "total_minor": [0, 1, 2, MAX_MINOR],
}


def sample(cls: type[Record], text: str, minor: int, day: date, full: bool) -> Record:
    row: dict[str, Any] = {}
    for name, info in cls.model_fields.items():
        if full or info.is_required():
            row[name] = _value(name, info.annotation, text, minor, day)
    return cls.model_validate(row)


def _value(name: str, annotation: Any, text: str, minor: int, day: date) -> Any:
    if name.endswith("_on"):
        return day
    if name.endswith("currency"):
        return "EUR"
    if name in ("stub", "opening"):
        return True
    if name.endswith("_minor") or name in ("rank", "line", "step", "size_bytes", "level", "entry_count"):
        return max(1, minor)
    if name == "digest":
        return "0a" * 32
    for literal in ("business", "invoice", "email", "in"):
        if literal in str(annotation) and name in ("category", "target", "channel", "direction"):
            return "in" if name == "direction" else literal
    return text


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)


@settings(deadline=None)  # the first example builds the page models
@given(texts, st.integers(0, MAX_MINOR), st.dates(), st.booleans())
def test_every_kind_survives_the_wire(text: str, minor: int, day: date, full: bool) -> None:
    """Records -> columns -> JSON -> checked columns -> the same records, in the same order, for all kinds."""
    records = [sample(cls, text, minor, day, full) for cls in KINDS.values()]
    by_unit = [(0, records), (1, []), (2, records[:3]), (3, records[::-1])]
    found: list[tuple[int, Record]] = []
    for columns in columns_from_records(by_unit):
        wire = json.loads(json.dumps(columns.values))
        checked, faults = validate_columns(columns.kind, len(columns.unit), wire)
        assert ({}, set(KINDS[columns.kind].model_fields)) == (faults, set(checked))
        assert columns.unit == sorted(columns.unit)
        found += records_from_columns(Columns(columns.kind, columns.unit, wire))
    order = list(KINDS)
    expected = [(unit, record) for unit, group in by_unit for record in group]
    assert sorted(expected, key=lambda pair: (order.index(pair[1].kind), pair[0])) == found


def test_missing_columns_are_filled_with_the_default() -> None:
    """What no record of a page has need not be sent."""
    checked, faults = validate_columns("invoice", 4, GOOD)
    assert {} == faults
    assert [None] * 4 == checked["label"]
    assert GOOD["issued_on"] == checked["issued_on"]
    stubs, _ = validate_columns("debtor", 2, {"seller": ["S"] * 2, "debtor_id": ["a", "b"], "name": ["A", "B"]})
    assert [False, False] == stubs["stub"]
    assert {} == validate_columns("invoice", 0, {})[1]


def test_a_column_of_nothing_is_not_sent() -> None:
    """A page of receipts without fee has no column for fees."""
    receipt = sample(Receipt, "x", 5, date(2026, 1, 1), False)
    [columns] = columns_from_records([(0, [receipt, receipt])])
    assert {"source_key", "receipt_id", "received_on", "amount_minor", "currency"} == set(columns.values)
    assert [0, 0] == columns.unit


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("number", None),
        ("number", 7),
        ("number", "x" * 201),
        ("number", "F\0"),
        ("number", "\ud800"),
        ("label", "\0"),
        ("label", "x" * 501),
        ("total_minor", -1),
        ("total_minor", MAX_MINOR + 1),
        ("total_minor", 10**30),
        ("total_minor", 1.0),
        ("total_minor", True),
        ("total_minor", "12"),
        ("total_minor", None),
        ("currency", "ZZZ"),
        ("currency", "eur"),
        ("currency", None),
        ("currency", 1),
        ("currency", ["EUR"]),
        ("book_currency", "XXX"),
        ("issued_on", None),
        ("issued_on", "2026-02-30"),
        ("issued_on", "20260101"),
        ("issued_on", "2026-W01-1"),
        ("issued_on", "2026-01-01T00:00:00"),
        ("issued_on", "٢٠٢٦-٠١-٠١"),
        ("issued_on", 20260101),
        ("issued_on", {"a": 1}),
        ("due_on", ""),
        ("due_on", "0000-01-01"),
    ],
)
def test_one_bad_record_leaves_its_neighbours(field: str, value: Any) -> None:
    """Its index and what is wrong are told; the others pass."""
    values = {name: list(column) for name, column in GOOD.items()}
    values.setdefault(field, [None] * 4)[2] = value
    checked, faults = validate_columns("invoice", 4, values)
    assert [2] == list(faults)
    assert faults[2].startswith(f"{field}: ")
    assert [column[3] for column in values.values()] == [checked[name][3] for name in values]
    with pytest.raises(BrokenPromise, match="HUB-SDK-015"):
        records_from_columns(Columns("invoice", [0, 1, 2, 3], values))


def test_all_faults_of_a_record_are_told() -> None:
    """Once corrected, a record should not come back with the next fault."""
    values = GOOD | {
        "number": ["", "F2", "\0", "F4"],
        "currency": ["ZZZ", "EUR", "EUR", "EUR"],
        "total_minor": [-1, 1, 2, -4],
    }
    _, faults = validate_columns("invoice", 4, values)
    assert [0, 2, 3] == list(faults)
    assert ["number", "total_minor", "currency"] == [part.split(":")[0] for part in faults[0].split("; ")]


@pytest.mark.parametrize(
    ("kind", "n", "values", "code"),
    [
        ("bill", 1, {}, "HUB-SDK-010"),
        ("invoice", 4, {name: column for name, column in GOOD.items() if name != "number"}, "HUB-SDK-011"),
        ("invoice", 3, GOOD, "HUB-SDK-012"),
        ("invoice", 4, GOOD | {"label": None}, "HUB-SDK-012"),
        ("invoice", 4, GOOD | {"label": "abcd"}, "HUB-SDK-012"),
        ("invoice", 4, GOOD | {"status": ["open"] * 4}, "HUB-SDK-013"),
    ],
)
def test_columns_that_do_not_fit_together(kind: str, n: int, values: dict[str, list[Any]], code: str) -> None:
    """A page without form is the connector's fault, not a record's."""
    with pytest.raises(BrokenPromise, match=code):
        validate_columns(kind, n, values)


def test_what_is_no_record_is_refused() -> None:
    """Only records of the SDK cross the boundary, whole ones."""
    with pytest.raises(BrokenPromise, match="HUB-SDK-010"):
        columns_from_records([(0, ["invoice"])])  # type: ignore[list-item]
    with pytest.raises(BrokenPromise, match="HUB-SDK-014"):
        columns_from_records([(0, [Invoice.model_construct(seller="S")])])


@pytest.mark.parametrize("value", [datetime(2026, 1, 1, tzinfo=UTC), "2026-02-30", 3, ["x"]])
def test_a_record_built_unchecked_is_found_by_the_parent(value: Any) -> None:
    """`model_copy` and `model_construct` do not validate; the parent does."""
    good = sample(Invoice, "x", 1, date(2026, 1, 1), False)
    bad = good.model_copy(update={"issued_on": value})
    [columns] = columns_from_records([(0, [good]), (1, [bad])])
    values = {
        name: [v.isoformat() if isinstance(v, date) else v for v in column] for name, column in columns.values.items()
    }
    _, faults = validate_columns("invoice", 2, values)
    assert [1] == list(faults)


def test_literals_and_bounds_come_from_the_record_class() -> None:
    """The page's model is derived: a kind cannot be stricter or laxer on the wire."""
    _, faults = validate_columns(
        "debtor",
        2,
        {
            "seller": ["S"] * 2,
            "debtor_id": ["a", "b"],
            "name": ["A", "B"],
            "category": ["business", "person"],
            "stub": [True, 1],
        },
    )
    assert [1] == list(faults)
    assert "one of business, consumer, public" in faults[1]
    step = sample(PaymentPlanStep, "x", 1, date(2026, 1, 1), True)
    [columns] = columns_from_records([(0, [step])])
    assert {0} == set(validate_columns("payment_plan_step", 1, columns.values | {"step": [0]})[1])
    assert page_model("invoice") is page_model("invoice")
    assert Debtor.kind in KINDS
