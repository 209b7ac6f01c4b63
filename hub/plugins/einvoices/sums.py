"""Whether the amounts of an invoice agree with each other: EN 16931, BR-CO-10 to BR-CO-15.

BT-112 stays the total whatever they say; a contradiction is told beside the invoice. (BR-CO-16, the amount due, decides
whether the invoice is taken at all: `model.checked`.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from hub.sdk.money import decimal_text

if TYPE_CHECKING:
    from hub.plugins.einvoices.model import EInvoice

NOTHING = Decimal(0)


@dataclass(slots=True)
class Parts:
    """What the totals are made of, as written; NaN stands for what is no amount.

    `lines` are the net amounts of the lines (BT-131), `allowances` and `charges` those of the document (BT-92, BT-99),
    `vat` the VAT of each line of the breakdown (BT-117); then the sums told of the first three (BT-106 to BT-108).
    """

    lines: list[Decimal] = field(default_factory=list)
    allowances: list[Decimal] = field(default_factory=list)
    charges: list[Decimal] = field(default_factory=list)
    vat: list[Decimal] = field(default_factory=list)
    line_total: Decimal | None = None
    allowance_total: Decimal | None = None
    charge_total: Decimal | None = None


def contradictions(invoice: EInvoice) -> list[str]:
    """Each rule that the amounts break, in a sentence with both values; none when they agree.

    What an invoice does not tell (MINIMUM has no lines) contradicts nothing. EXTENDED allows a cent for each amount
    added up (BR-FXEXT-CO-10 to 15).
    """
    return list(_broken(invoice))


def _broken(invoice: EInvoice) -> Iterator[str]:
    parts = invoice.parts
    count = len(parts.lines) + len(parts.allowances) + len(parts.charges)
    if parts.lines and parts.line_total is not None:
        yield from _unequal(invoice, parts.lines, "the lines (BT-131)", parts.line_total, "BT-106")
    for found, told, shown, term in (
        (parts.allowances, parts.allowance_total, "the allowances (BT-92)", "BT-107"),
        (parts.charges, parts.charge_total, "the charges (BT-99)", "BT-108"),
    ):
        if found or told is not None:
            yield from _unequal(invoice, found, shown, told or NOTHING, term)
    net, tax, total = (_plain(invoice, minor) for minor in (invoice.net, invoice.tax, invoice.total))
    if parts.line_total is not None and net is not None:
        less, more = parts.allowance_total or NOTHING, parts.charge_total or NOTHING
        shown = f"the lines (BT-106) {parts.line_total} − allowances (BT-107) {less} + charges (BT-108) {more}"
        yield from _wrong(invoice, shown, parts.line_total - less + more, net, "BT-109", max(1, count))
    if parts.vat:
        yield from _unequal(invoice, parts.vat, "the VAT by rate (BT-117)", tax or NOTHING, "BT-110", exact=True)
    if net is not None and total is not None:
        shown = f"the total without VAT (BT-109) {net} + the VAT (BT-110) {'none' if tax is None else tax}"
        yield from _wrong(invoice, shown, net + (tax or NOTHING), total, "BT-112", max(1, len(parts.vat)))


def _unequal(
    invoice: EInvoice, found: list[Decimal], shown: str, told: Decimal, term: str, *, exact: bool = False
) -> Iterator[str]:
    """`found` must add up to `told`."""
    yield from _wrong(invoice, f"{shown}, added up", sum(found, NOTHING), told, term, 0 if exact else len(found))


def _wrong(invoice: EInvoice, shown: str, made: Decimal, told: Decimal, term: str, count: int) -> Iterator[str]:
    """`made` must be `told`, but for what the profile allows for `count` amounts."""
    if made.is_nan() or told.is_nan():
        yield f"{shown} or {term}: something in there is no amount"
        return
    unit = Decimal(decimal_text(1, invoice.currency))
    allowed = unit * count if invoice.profile.startswith("extended") else NOTHING
    if abs(made.quantize(unit) - told.quantize(unit)) > allowed:
        yield f"{shown} = {made}, and not {told} ({term})"


def _plain(invoice: EInvoice, minor: int | None) -> Decimal | None:
    return None if minor is None else Decimal(decimal_text(minor, invoice.currency))
