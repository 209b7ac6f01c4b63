"""A third party to Debtor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hub.sdk.money import is_currency
from hub.sdk.records import Debtor, Record
from hub_dolibarr.faults import unreadable
from hub_dolibarr.values import amount, text, whole

#: Dolibarr's codes of the kinds of third parties that are no ordinary business.
_CATEGORIES: dict[str, Literal["consumer", "public"]] = {"TE_PRIVATE": "consumer", "TE_ADMIN": "public"}
_BLANKS = re.compile(r"[\s.]+")


def customer(row: Mapping[str, Any], seller: str, currency: str, place: str) -> Sequence[Record]:
    """The debtor, or nothing: suppliers and prospects owe nothing. Who was a customer once keeps his code.

    The professional ids 1 and 2 are SIREN and SIRET in France, and something else elsewhere.
    """
    try:
        if whole(row.get("client")) not in (1, 3) and not text(row.get("code_client")):
            return []
        siren, siret = _siren(row)
        foreign = text(row.get("multicurrency_code"))
        limit = amount(row.get("outstanding_limit"), currency)
        debtor = Debtor(
            seller=seller,
            debtor_id=str(row["id"]),
            name=text(row.get("name")) or str(row["id"]),
            siren=siren,
            siret=siret,
            vat_number=_compact(row.get("tva_intra")),
            parent_id=text(row.get("parent")),
            currency=foreign if foreign and is_currency(foreign) else None,
            payment_terms=text(row.get("cond_reglement_code")),
            email=text(row.get("email")),
            phone=text(row.get("phone")),
            address=text(row.get("address")),
            postal_code=text(row.get("zip")),
            city=text(row.get("town")),
            country=text(row.get("country_code")),
            category=_CATEGORIES.get(str(row.get("typent_code"))),
            credit_limit_minor=limit if limit > 0 else None,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise unreadable(place, f"third party {row.get('name')!r}", error) from error
    return [debtor]


def _siren(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """SIREN and SIRET as far as they are given: people write the one into the field of the other."""
    if row.get("country_code") not in (None, "", "FR"):
        return None, None
    given = [_compact(row.get(name)) or "" for name in ("idprof1", "idprof2")]
    numbers = [number for number in given if number.isascii() and number.isdigit()]
    siret = next((number for number in numbers if len(number) == 14), None)
    siren = next((number for number in numbers if len(number) == 9), siret and siret[:9])
    return siren, siret


def _compact(value: Any) -> str | None:
    found = text(value, 200)
    return None if found is None else _BLANKS.sub("", found) or None
