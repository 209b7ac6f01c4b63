"""The status « encaissée »: the amounts received by VAT rate, with the allocation as proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hub.plugins.einvoices import cii
from hub.plugins.einvoices.collected import as_xml, collected
from hub.sdk import Collection, RecordRejected
from hub.sdk.xml import parse
from tests.unit.plugins.einvoices.made import cii as made

INVOICE = cii.read(parse(made(), max_bytes=1_000_000))
PAID = Collection("A-17", "R-4", date(2026, 3, 2), 22_550, "EUR")


def test_the_whole_invoice_by_rate() -> None:
    """225.50 received: 120.00 at 20 %, 105.50 at 5.5 %, VAT included."""
    status = collected(INVOICE, PAID)
    assert {"20.00": "120.00", "5.50": "105.50"} == {one["rate"]: one["amount"] for one in status.as_plain()["by_rate"]}
    assert ("212", "A-17", "R-4") == tuple(status.as_plain()[name] for name in ("status", "allocation", "receipt"))


@given(st.integers(1, 22_550))
def test_parts_add_up(amount: int) -> None:
    """A partial receipt is shared to the cent."""
    status = collected(INVOICE, replace(PAID, amount_minor=amount))
    assert amount == sum(minor for _, minor in status.by_rate)


def test_the_message() -> None:
    """CDAR: code 212, type of characteristic MEN, one amount with VAT per rate."""
    root = etree.fromstring(as_xml(collected(INVOICE, PAID), at=datetime(2026, 3, 3, 8, tzinfo=UTC)))
    texts = [(etree.QName(one).localname, one.text) for one in root.iter() if one.text and one.text.strip()]
    assert ("ProcessConditionCode", "212") in texts
    assert ("IssuerAssignedID", "F2026-001") in texts
    assert [("TypeCode", "MEN")] * 2 == [pair for pair in texts if pair == ("TypeCode", "MEN")]
    assert ["120.00", "105.50"] == [text for name, text in texts if name == "ValueAmount"]


@pytest.mark.parametrize(
    "allocated",
    [replace(PAID, currency="USD"), replace(PAID, amount_minor=0), replace(PAID, amount_minor=22_551)],
)
def test_no_status_without_a_sum(allocated: Collection) -> None:
    """Another currency, nothing, or more than the invoice: refused."""
    with pytest.raises(RecordRejected, match=r"HUB-EINV-02[12]"):
        collected(INVOICE, allocated)


def test_a_credit_note_has_no_status() -> None:
    """212 is for money received on an invoice; an invoice without breakdown cannot be shared."""
    with pytest.raises(RecordRejected, match="credit note"):
        collected(replace(INVOICE, type_code="381"), PAID)
    with pytest.raises(RecordRejected, match="breakdown"):
        collected(replace(INVOICE, vat=[]), PAID)
    unsaid = [replace(line, rate=Decimal(0)) for line in INVOICE.vat]
    for vat in (unsaid, INVOICE.vat[:1]):
        with pytest.raises(RecordRejected, match="adds up to its total"):
            collected(replace(INVOICE, vat=vat), PAID)
    with pytest.raises(RecordRejected, match="SIREN"):
        collected(replace(INVOICE, seller=replace(INVOICE.seller, siren="")), PAID)
