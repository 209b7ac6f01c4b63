"""Business terms that UBL and CII tell in the same way, under other names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from hub.plugins.einvoices.faults import rejected
from hub.plugins.einvoices.model import amount, day, given, squeezed
from hub.sdk.xml import all_at, text_at

#: An amount of an XML invoice: no exponent, no infinity.
_PLAIN: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d{0,12})?", re.ASCII)
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

    `total` is the total with VAT (BT-112), `payable` the amount due (BT-115): of the two, one that is not told follows
    from the other, `prepaid` (BT-113, None: not told) and `rounding` (BT-114). `stated` has the sums that only prove
    the others (BT-106 to BT-108), as written.

    Raises:
        RecordRejected: neither is told, one cannot be read, or is told in another currency only.
    """

    def __init__(self, node: Any, currency: str, names: Names) -> None:
        self._node, self._currency = node, currency
        self.stated = tuple(plain(text_at(node, name)) for name in (names.lines, names.allowances, names.charges))
        self.prepaid = self.at(names.prepaid, "BT-113", "the amount paid")
        self.rounding = self.at(names.rounding, "BT-114", "the rounding") or 0
        grand = self.at(names.total, "BT-112", "the total with VAT")
        payable = self.at(names.due, "BT-115", "the amount due")
        between = self.rounding - (self.prepaid or 0)
        known = grand if grand is not None or payable is None else payable - between
        self.total = given(known, "BT-112", "the total with VAT")
        self.payable = payable if payable is not None else self.total + between

    def at(self, name: str, term: str, shown: str) -> int | None:
        """One of the totals, in the document's currency; None when it is not told.

        Raises:
            RecordRejected: HUB-EINV-011, it is told in another currency only, or is no amount.
        """
        told = [one for one in all_at(self._node, name) if (one.text or "").strip()]
        mine = [one for one in told if one.get("currencyID", self._currency) == self._currency]
        if told and not mine:
            detail = f"the invoice is in {self._currency}"
            text = f"{told[0].text.strip()[:30]} {told[0].get('currencyID')}"
            raise rejected("HUB-EINV-011", "", name=shown, term=term, text=text, detail=detail)
        return amount(mine[0].text.strip(), self._currency, term, shown) if mine else None


class Names(NamedTuple):
    """How a syntax calls the totals of a document."""

    total: str
    due: str
    prepaid: str
    rounding: str
    lines: str
    allowances: str
    charges: str


def plain(text: str) -> Decimal | None:
    """An amount that only proves others, as written; None when there is none, NaN when it is none."""
    if not text:
        return None
    return Decimal(text) if _PLAIN.fullmatch(text) else Decimal("NaN")


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
