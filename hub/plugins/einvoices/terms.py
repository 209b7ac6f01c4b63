"""Business terms that UBL and CII tell in the same way, under other names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from hub.plugins.einvoices.model import amount, day, given, squeezed
from hub.sdk.xml import all_at, text_at

#: Schemes of ISO 6523 under which French legal identifiers stand; some write none, or the name.
_FRENCH: Final = ("", "0002", "0009", "SIREN", "SIRENE", "SIRET")


def french_ids(legal: Any, ids: dict[str, str]) -> tuple[str, str]:
    """SIREN and SIRET of a party; empty where it tells none.

    The legal registration (BT-30, BT-47) may hold either, under the scheme of either; so may the other identifiers.
    A SIRET without a SIREN tells it: its first nine digits.

    Args:
        legal: the element of the legal registration, if there is one.
        ids: the other identifiers (BT-29, BT-46), by scheme.
    """
    scheme = "" if legal is None else legal.get("schemeID", "").strip().upper()
    own = squeezed(legal.text or "") if legal is not None and scheme in _FRENCH else ""
    told = [squeezed(ids.get("0009", "")), own, squeezed(ids.get("0002", ""))]
    siret = next((one for one in told if _digits(one, 14)), "")
    siren = next((one for one in (told[1], told[2], told[0]) if _digits(one, 9)), siret[:9])
    return siren, siret


def _digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()


class Sums:
    """The totals of one document (BG-22), in its currency.

    `payable` is the amount due (BT-115), or the total with VAT when none is told; `total` (BT-112) the other way round.
    `stated` has those that only prove the others, as written.

    Raises:
        RecordRejected: neither is told, or one cannot be read.
    """

    def __init__(
        self, node: Any, currency: str, *, total: str, due: str, lines: str, allowances: str, charges: str
    ) -> None:
        self._node, self._currency = node, currency
        self.stated = tuple(plain(text_at(node, name)) for name in (lines, allowances, charges))
        grand = self.at(total, "BT-112", "the total with VAT")
        payable = self.at(due, "BT-115", "the amount due")
        self.payable = given(payable if payable is not None else grand, "BT-112", "the total with VAT")
        self.total = grand if grand is not None else self.payable

    def at(self, name: str, term: str, shown: str) -> int | None:
        """One of the totals; None when it is not told."""
        return amount(text_at(self._node, name), self._currency, term, shown)


def plain(text: str) -> Decimal | None:
    """An amount that only proves others, as written; None when there is none, NaN when it is none."""
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def plains(nodes: Iterable[Any], *path: str) -> list[Decimal]:
    """The amounts at `path` of these elements, as written; those that tell none are left out."""
    return [found for one in nodes if (found := plain(text_at(one, *path))) is not None]


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
