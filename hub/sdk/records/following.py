"""What was agreed with debtors and said to them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hub.sdk.money import MAX_MINOR, Currency
from hub.sdk.records.base import Minor, Record, Ref, Text


class Promise(Record):
    """A dated commitment of the debtor to pay."""

    kind: ClassVar[str] = "promise"
    key: ClassVar[tuple[str, ...]] = ("seller", "promise_id")

    seller: Ref
    promise_id: Ref
    debtor_id: Ref
    invoice_number: Ref | None = None
    promised_on: date
    due_on: date
    amount_minor: Minor
    currency: Currency


class PaymentPlanStep(Record):
    """One dated part of an agreed payment plan."""

    kind: ClassVar[str] = "payment_plan_step"
    key: ClassVar[tuple[str, ...]] = ("seller", "plan_id", "step")

    seller: Ref
    plan_id: Ref
    step: Annotated[int, Field(ge=1, le=MAX_MINOR)]
    debtor_id: Ref
    due_on: date
    amount_minor: Minor
    currency: Currency


class ContactEvent(Record):
    """A reminder, call, letter or answer, as the source recorded it."""

    kind: ClassVar[str] = "contact_event"
    key: ClassVar[tuple[str, ...]] = ("seller", "event_id")

    seller: Ref
    event_id: Ref
    debtor_id: Ref
    happened_on: date
    channel: Literal["email", "letter", "phone", "sms", "visit", "other"]
    direction: Literal["in", "out"]
    level: Annotated[int, Field(ge=0, le=MAX_MINOR)] | None = None
    subject: Text | None = None
