"""An invoice of Dolibarr, with its payments and discounts, to Invoice or CreditNote and to what settled it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.sdk.records import CreditNote, Invoice, Record
from hub_dolibarr.faults import unreadable
from hub_dolibarr.settling import Claim, settled
from hub_dolibarr.values import amount, day, instant_day, text, whole

DRAFT, OPEN, PAID, ABANDONED = 0, 1, 2, 3
PROFORMA = 4


def document(unit: Mapping[str, Any], seller: str, currency: str, place: str) -> Sequence[Record]:
    """The document, its receipts and its settlement; nothing of a draft or a pro forma invoice.

    A total below zero is a credit note, whatever its type says: a situation invoice may be negative.
    """
    row = unit["invoice"]
    try:
        status = whole(row.get("status", row.get("statut")))
        if status == DRAFT or whole(row.get("type")) == PROFORMA:
            return []
        found = _document(row, seller, currency)
        claim = Claim(
            document=found,
            status=status,
            sign=-1 if isinstance(found, CreditNote) else 1,
            base=currency,
            base_minor=abs(amount(row["total_ttc"], currency)),
            remains_minor=_remains(row, currency),
            closed_on=_closed_on(row) or found.issued_on,
            written_off=status == ABANDONED or bool(text(row.get("close_code"))),
        )
        return [found, *settled(claim, str(row["id"]), unit["payments"], unit["discounts"], place)]
    except (KeyError, ValueError, TypeError) as error:
        raise unreadable(place, f"invoice {row.get('ref')!r}", error) from error


def _document(row: Mapping[str, Any], seller: str, base: str) -> Invoice | CreditNote:
    """The document in the currency in which it was issued."""
    foreign = text(row.get("multicurrency_code"))
    abroad = foreign is not None and foreign != base
    currency, prefix = (str(foreign), "multicurrency_") if abroad else (base, "")
    total, net, tax = (amount(row.get(f"{prefix}total_{part}"), currency) for part in ("ttc", "ht", "tva"))
    issued_on = day(row["date"])
    if issued_on is None:
        raise ValueError("it has no date")
    common: dict[str, Any] = {
        "seller": seller,
        "number": text(row["ref"]),
        "debtor_id": str(whole(row["socid"])),
        "issued_on": issued_on,
        "currency": currency,
        "total_minor": abs(total),
        "total_excl_tax_minor": abs(net),
        "tax_minor": abs(tax),
        "book_total_minor": abs(amount(row["total_ttc"], base)) if abroad else None,
        "book_currency": base if abroad else None,
        "order_ref": text(row.get("ref_client") or row.get("ref_customer")),
    }
    if total < 0:
        return CreditNote(**common)
    terms = text(row.get("cond_reglement_doc") or row.get("cond_reglement_code"))
    return Invoice(**common, due_on=day(row.get("date_lim_reglement")), payment_terms=terms)


def _remains(row: Mapping[str, Any], currency: str) -> int | None:
    """What Dolibarr says remains to pay, without sign of a credit note's; None when this version does not say."""
    told = row.get("remaintopay")
    return None if told is None or told == "" else amount(told, currency)


def _closed_on(row: Mapping[str, Any]) -> date | None:
    """The day on which the invoice was closed: an instant, or text."""
    told = row.get("date_closing")
    if told is None or told == "":
        return None
    return day(told) if "-" in str(told) else instant_day(int(str(told)))
