"""What makes reports of money received: to the cent, by rate, and from the invoice's own evidence alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import SkipTest

from hub.sdk.context import Context
from hub.sdk.errors import RecordRejected
from hub.sdk.records import CreditNote, Invoice
from hub.sdk.reporting import Collection, CollectionReport
from hub.sdk.roles import CollectionReports, RecordSource
from hub.sdk.testing import checks
from hub.sdk.testing.fakes import NothingSleeps, make_context
from hub.sdk.testing.runs import read_records
from hub.sdk.units import RawUnit

AT = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


class CollectionReportsConformance(NothingSleeps):
    """Every promise of `CollectionReports`, each as one test. Subclass it under a name that begins with ``Test``.

    Attributes:
        without_report: numbers of the sample's invoices of which none can be made, and is refused: no breakdown.
    """

    without_report: tuple[str, ...] = ()

    def make_source(self, tmp_path: Path) -> RecordSource:
        """A source over a sample of invoices, that plays CollectionReports too. Each time the same, made anew."""
        raise AssertionError("define make_source(self, tmp_path) in your test class")

    def make_context(self, tmp_path: Path) -> Context:
        """A context for `make_source` to build with."""
        return make_context(tmp_path)

    def test_the_role_is_played(self, tmp_path: Path) -> None:
        """The object can report, and its sample holds an invoice of which it does."""
        source = self.make_source(tmp_path)
        assert isinstance(source, CollectionReports), f"{type(source).__name__} lacks collected"
        assert list(self._invoices(tmp_path)), "the sample holds no invoice to report on"

    def test_any_amount_is_shared_to_the_cent(self, tmp_path: Path) -> None:
        """A cent, a part, the whole: each rate once, with its share, and the shares add up to what was received."""
        source = self._reporter(tmp_path)
        for unit, invoice in self._invoices(tmp_path):
            for minor in sorted({1, 2, 3, invoice.total_minor // 3 or 1, invoice.total_minor}):
                report = source.collected(unit, self._of(invoice, minor), AT)
                where = f"invoice {invoice.number}, {minor} received"
                self._check_report(report, where)
                found = sum(part for _, part in report.by_rate)
                assert minor == found, f"{where}: the rates add up to {found}"

    def test_a_report_is_pure(self, tmp_path: Path) -> None:
        """Twice, by another process, and from the evidence alone: the same report."""
        source = self._reporter(tmp_path)
        for unit, invoice in self._invoices(tmp_path):
            asked = self._of(invoice, invoice.total_minor)
            first = source.collected(unit, asked, AT)
            stored = RawUnit(unit.ref, unit.body, unit.layout)
            for again in (source, self._reporter(tmp_path)):
                for one in (unit, stored):
                    assert first == again.collected(one, asked, AT), f"invoice {invoice.number}: another report"

    def test_a_report_belongs_to_one_collection(self, tmp_path: Path) -> None:
        """Two receipts of one amount and day are two reports, that can be told apart."""
        source = self._reporter(tmp_path)
        for unit, invoice in self._invoices(tmp_path):
            one = self._of(invoice, 1)
            other = replace(one, allocation_id="A-2", receipt_id="R-2")
            first, second = (source.collected(unit, asked, AT) for asked in (one, other))
            assert first.message != second.message, f"invoice {invoice.number}: two receipts, one message"
            assert dict(first.plain) != dict(second.plain), f"invoice {invoice.number}: two receipts, one line"

    def test_what_cannot_be_shared_is_refused(self, tmp_path: Path) -> None:
        """Another currency, nothing, less than nothing, more than the invoice: refused with a remedy, never guessed."""
        source = self._reporter(tmp_path)
        for unit, invoice in self._invoices(tmp_path):
            good = self._of(invoice, invoice.total_minor)
            other = "USD" if invoice.currency != "USD" else "EUR"
            for bad in (
                replace(good, currency=other), replace(good, amount_minor=0), replace(good, amount_minor=-1),
                replace(good, amount_minor=invoice.total_minor + 1),
            ):  # fmt: skip
                self._check_refused(source, unit, bad, f"{bad.amount_minor} {bad.currency} on {invoice.number}")

    def test_what_has_no_report_is_refused(self, tmp_path: Path) -> None:
        """Credit notes, and invoices that say too little."""
        source = self._reporter(tmp_path)
        found = [
            (unit, document)
            for unit, document in self._documents(tmp_path)
            if isinstance(document, CreditNote) or document.number in self.without_report
        ]
        if not found:
            raise SkipTest("no credit note in the sample, and no without_report")
        for unit, document in found:
            self._check_refused(source, unit, self._of(document, document.total_minor), f"{document.number}")

    @staticmethod
    def _check_report(report: CollectionReport, where: str) -> None:
        assert isinstance(report, CollectionReport), f"{where}: a {type(report).__name__} is no CollectionReport"
        rates = [rate for rate, _ in report.by_rate]
        assert {type(rate) for rate in rates} == {Decimal}, f"{where}: {rates} are no decimals"
        wrong = [rate for rate in rates if not rate.is_finite() or not 0 <= rate <= 100]
        assert not wrong, f"{where}: {wrong} is no rate in percent"
        assert len(set(rates)) == len(rates), f"{where}: a rate stands there twice"
        parts = [part for _, part in report.by_rate]
        assert {type(part) for part in parts} == {int}, f"{where}: {parts} are no integers"
        assert min(parts) > 0, f"{where}: {parts} are no amounts"
        assert json.loads(json.dumps(dict(report.plain))) == dict(report.plain), f"{where}: `plain` is no JSON"
        checks.check_text(report.message, f"{where}: the message")
        assert report.message, f"{where}: the message is empty"

    @staticmethod
    def _check_refused(source: Any, unit: RawUnit, asked: Collection, where: str) -> None:
        try:
            source.collected(unit, asked, AT)
        except RecordRejected as error:
            checks.check_error(error, where)
        else:
            raise AssertionError(f"{where}: reported, though it cannot be")

    @staticmethod
    def _of(document: Invoice | CreditNote, minor: int) -> Collection:
        return Collection("A-1", "R-1", date(2026, 6, 29), minor, document.currency)

    def _invoices(self, tmp_path: Path) -> Iterator[tuple[RawUnit, Invoice]]:
        """The invoices of which a report can be made, with their units."""
        for unit, document in self._documents(tmp_path):
            if isinstance(document, Invoice) and document.total_minor and document.number not in self.without_report:
                yield unit, document

    def _documents(self, tmp_path: Path) -> Iterator[tuple[RawUnit, Invoice | CreditNote]]:
        for one in read_records(checks.made_again(self.make_source, tmp_path)):
            for record in one.records:
                if isinstance(record, Invoice | CreditNote):
                    yield one.unit, record

    def _reporter(self, tmp_path: Path) -> Any:
        return checks.made_again(self.make_source, tmp_path)
