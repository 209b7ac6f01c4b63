"""The conformance kit for reports of money received: a faithful source passes, each broken promise is caught."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.sdk import Collection, CollectionReport, RawUnit, RecordRejected
from hub.sdk.money import split_minor
from hub.sdk.records import CreditNote, Invoice, Record
from hub.sdk.testing import CollectionReportsConformance, MemorySource

RATES = (Decimal("20.00"), Decimal("5.50"))
DOCUMENTS = {
    "F1": {"kind": "invoice", "total": 22_550, "weights": [12_000, 10_550]},
    "F2": {"kind": "invoice", "total": 1_000, "weights": [1_000, 0]},
    "F3": {"kind": "invoice", "total": 500, "weights": []},
    "A1": {"kind": "credit_note", "total": 1_200, "weights": [1_200, 0]},
}
ticks = itertools.count()


def refused(what: str, mend: str = "report it by hand") -> RecordRejected:
    return RecordRejected(code="HUB-TEST-002", what=what, where="sample", mend=mend)


class Reports(MemorySource):
    """Documents as JSON, whose weights share what is received."""

    def __init__(self) -> None:
        units = [RawUnit(number, json.dumps(told).encode()) for number, told in DOCUMENTS.items()]
        super().__init__({"invoices": units}, self.document)

    @staticmethod
    def document(stream: str, unit: RawUnit) -> Sequence[Record]:
        told = json.loads(unit.body)
        kind = Invoice if told["kind"] == "invoice" else CreditNote
        return [
            kind(
                seller="S", number=unit.ref, debtor_id="C1", issued_on=date(2026, 6, 1), currency="EUR",
                total_minor=told["total"],
            )
        ]  # fmt: skip

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        told = json.loads(invoice.body)
        self.check(told, collection)
        parts = self.share(collection.amount_minor, told["weights"])
        by_rate = [(rate, part) for rate, part in zip(RATES, parts, strict=True) if part]
        plain = {"invoice": invoice.ref, "allocation": collection.allocation_id}
        return CollectionReport(by_rate, plain, f"<report id='{collection.allocation_id}' of='{invoice.ref}'/>")

    def share(self, minor: int, weights: list[int]) -> list[int]:
        return split_minor(minor, weights)

    def check(self, told: dict[str, Any], collection: Collection) -> None:
        if told["kind"] == "credit_note" or not told["weights"]:
            raise refused("there is no report of it")
        if collection.currency != "EUR":
            raise refused("another currency")
        if not 0 < collection.amount_minor <= told["total"]:
            raise refused("no part of the total")


class TestFaithfulReports(CollectionReportsConformance):
    """Every test runs."""

    without_report = ("F3",)

    def make_source(self, tmp_path: Path) -> Any:
        return Reports()


class Silent(MemorySource):
    """No reports at all."""

    def __init__(self) -> None:
        super().__init__(Reports().units, Reports.document)


class Rounds(Reports):
    """Each rate rounded by itself: a cent is lost."""

    def share(self, minor: int, weights: list[int]) -> list[int]:
        return [minor * weight // sum(weights) for weight in weights]


class Zeros(Reports):
    """Rates of which nothing was received."""

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        report = super().collected(invoice, collection, at)
        return replace(report, by_rate=[*report.by_rate, (Decimal("2.10"), 0)])


class Twice(Reports):
    """A rate in two pieces."""

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        report = super().collected(invoice, collection, at)
        (rate, part), *rest = report.by_rate
        return replace(report, by_rate=[(rate, part), (rate, 1), *rest])


class Floats(Reports):
    """A rate that is no decimal."""

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        report = super().collected(invoice, collection, at)
        return replace(report, by_rate=[(float(rate), part) for rate, part in report.by_rate])  # type: ignore[misc]


class Unsaid(Reports):
    """A line that is no JSON."""

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        return replace(super().collected(invoice, collection, at), plain={"on": collection.collected_on})


class Restless(Reports):
    """Another message each time."""

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        return replace(super().collected(invoice, collection, at), message=f"<report n='{next(ticks)}'/>")


class ByPlace(Reports):
    """A message that hangs on more than the evidence."""

    def __init__(self) -> None:
        super().__init__()
        self.units = {"invoices": [replace(one, place=f"{one.ref}.xml") for one in self.units["invoices"]]}

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        report = super().collected(invoice, collection, at)
        return replace(report, message=f"{report.message} {invoice.place}")


class Nameless(Reports):
    """Nothing that tells one receipt from another."""

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        return super().collected(invoice, replace(collection, allocation_id="?"), at)


class AnyCurrency(Reports):
    """Dollars are euros."""

    def check(self, told: dict[str, Any], collection: Collection) -> None:
        super().check(told, replace(collection, currency="EUR"))


class AnyAmount(Reports):
    """More than the invoice."""

    def check(self, told: dict[str, Any], collection: Collection) -> None:
        super().check(told, replace(collection, amount_minor=min(collection.amount_minor, told["total"])))


class NoRemedy(Reports):
    """Refused without a word on what to do."""

    def check(self, told: dict[str, Any], collection: Collection) -> None:
        try:
            super().check(told, collection)
        except RecordRejected as error:
            raise refused(error.what, "") from None


class Credits(Reports):
    """Credit notes are reported like invoices."""

    def check(self, told: dict[str, Any], collection: Collection) -> None:
        super().check({**told, "kind": "invoice"}, collection)


class Guesses(Reports):
    """All at the first rate where the invoice says nothing."""

    def check(self, told: dict[str, Any], collection: Collection) -> None:
        told["weights"] = told["weights"] or [1, 0]
        super().check(told, collection)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (Silent, "the_role_is_played"),
        (Rounds, "any_amount_is_shared_to_the_cent"),
        (Zeros, "any_amount_is_shared_to_the_cent"),
        (Twice, "any_amount_is_shared_to_the_cent"),
        (Floats, "any_amount_is_shared_to_the_cent"),
        (Unsaid, "any_amount_is_shared_to_the_cent"),
        (Restless, "a_report_is_pure"),
        (ByPlace, "a_report_is_pure"),
        (Nameless, "a_report_belongs_to_one_collection"),
        (AnyCurrency, "what_cannot_be_shared_is_refused"),
        (AnyAmount, "what_cannot_be_shared_is_refused"),
        (NoRemedy, "what_cannot_be_shared_is_refused what_has_no_report_is_refused"),
        (Credits, "what_has_no_report_is_refused"),
        (Guesses, "what_has_no_report_is_refused"),
    ],
)
def test_broken_reports_are_caught(
    make: Callable[[], Any], expected: str, failing_tests: Callable[[object, Path], set[str]], tmp_path: Path
) -> None:
    """Each fault by the test that is about it."""

    class Kit(TestFaithfulReports):
        def make_source(self, tmp_path: Path) -> Any:
            return make()

    assert set(expected.split()) <= failing_tests(Kit(), tmp_path)
