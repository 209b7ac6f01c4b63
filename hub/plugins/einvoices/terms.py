"""Business terms that UBL and CII tell in the same way, under other names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.plugins.einvoices.model import amount, day, given, squeezed
from hub.sdk.xml import all_at, text_at


class Sums:
    """The totals of one document (BG-22), in its currency.

    `payable` is the amount due (BT-115), or the total with VAT when none is told; `total` (BT-112) the other way round.

    Raises:
        RecordRejected: neither is told, or one cannot be read.
    """

    def __init__(self, node: Any, currency: str, *, total: str, due: str) -> None:
        self._node, self._currency = node, currency
        grand = self.at(total, "BT-112", "the total with VAT")
        payable = self.at(due, "BT-115", "the amount due")
        self.payable = given(payable if payable is not None else grand, "BT-112", "the total with VAT")
        self.total = grand if grand is not None else self.payable

    def at(self, name: str, term: str, shown: str) -> int | None:
        """One of the totals; None when it is not told."""
        return amount(text_at(self._node, name), self._currency, term, shown)


def issue_date(text: str) -> date:
    """BT-2."""
    return given(day(text, "BT-2", "the issue date"), "BT-2", "the issue date")


def ibans(means: list[Any], *path: str) -> list[str]:
    """BT-84 of each payment means, without blanks."""
    return [squeezed(text) for one in means if (text := text_at(one, *path))]


def by_scheme(node: Any, *path: str) -> dict[str, str]:
    """The identifiers at `path`, by the scheme that each names; the empty scheme for those that name none."""
    return {one.get("schemeID", ""): (one.text or "").strip() for one in all_at(node, *path)}


def address(node: Any, *names: str) -> str:
    """The lines of an address in one."""
    return ", ".join(filter(None, (text_at(node, name) for name in names)))


def rate(text: str) -> Decimal:
    """A VAT rate in percent; zero when none is given or it cannot be read."""
    try:
        found = Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and 0 <= found <= 100 else Decimal(0)
