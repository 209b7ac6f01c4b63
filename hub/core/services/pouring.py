"""How chosen receipts are spread over chosen invoices: pure, in the order in which a person named them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.core.services.proposed import shared_out
from hub.core.services.words import amount
from hub.sdk.errors import HubError


class Pot(NamedTuple):
    """A receipt or an invoice: its name, the most it gives or takes, and whether a person chose that very amount.

    `at` is its place among what the person named.
    """

    name: str
    minor: int
    chosen: bool
    at: int = 0


def pour(
    receipts: Sequence[Pot], invoices: Sequence[Pot], credits: Sequence[Pot], currency: str
) -> list[tuple[int, int, int]]:
    """Lines (receipt, invoice, amount) that use receipts and pay invoices, each in the order given.

    Credit notes are used up wholly, beside the first receipt, as negative lines. A chosen amount is used to the last
    cent or refused; one that was not chosen is as much as fits.

    Raises:
        HubError: chosen amounts do not agree, or nothing of a receipt is used.
    """
    credit = sum(pot.minor for pot in credits)
    left = [pot.minor for pot in receipts]
    left[0] += credit
    owed = [pot.minor for pot in invoices]
    lines: list[tuple[int, int, int]] = []
    for to, invoice in enumerate(invoices):
        for at, receipt in enumerate(receipts):
            amount = min(left[at], owed[to])
            if amount > 0:
                left[at] -= amount
                owed[to] -= amount
                lines.append((receipt.at, invoice.at, amount))
    _refuse_rest(receipts, left, "of the receipts is not needed", currency)
    _refuse_rest(invoices, owed, "of the invoices is not covered", currency)
    used = [sum(amount for at, _, amount in lines if at == pot.at) for pot in receipts]
    used[0] -= credit
    idle = next((pot for pot, amount in zip(receipts, used, strict=True) if amount <= 0), None)
    if idle is not None:
        raise HubError(
            code="HUB-REC-038",
            what=f"nothing of receipt {idle.name} would be used",
            where=idle.name,
            mend="leave it out, or name more invoices; a credit note alone pays no invoice here: that is for the books",
        )
    return [(receipts[0].at, pot.at, -pot.minor) for pot in credits if pot.minor] + lines


def exchange(receipt: Pot, invoices: Sequence[Pot], credits: Sequence[Pot]) -> list[tuple[int, int, int, int]]:
    """Lines (receipt, invoice, amount, what it uses of the receipt) that exchange one receipt for invoices in another
    currency: the amounts of the invoices are paid with the receipt's, at the rate that lies between them.

    Raises:
        HubError: a line would use nothing of the receipt.
    """
    amounts = [(pot.at, -pot.minor) for pot in credits if pot.minor] + [(pot.at, pot.minor) for pot in invoices]
    shares = shared_out([minor for _, minor in amounts], receipt.minor)
    if shares is None:
        raise HubError(
            code="HUB-REC-038",
            what=f"{receipt.name} cannot be shared out: one of the invoices would use nothing of it",
            where=receipt.name,
            mend="leave that invoice out, or name smaller amounts of the others",
        )
    return [(receipt.at, at, minor, share) for (at, minor), share in zip(amounts, shares, strict=True)]


def _refuse_rest(pots: Sequence[Pot], rest: Sequence[int], words: str, currency: str) -> None:
    over = [(pot.name, minor) for pot, minor in zip(pots, rest, strict=True) if pot.chosen and minor]
    if over:
        total = amount(sum(minor for _, minor in over), currency)
        raise HubError(
            code="HUB-REC-038",
            what=f"the amounts do not agree: {total} {words} ({', '.join(name for name, _ in over)})",
            where=over[0][0],
            mend="change an amount, name the difference with --deduct, or leave an amount out: it is as much as fits",
        )
