"""Rows of money movements to Receipt (money in) and Disbursement (money out)."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

from hub.plugins.csv.headers import fold
from hub.plugins.csv.limits import MAX_NAME, MAX_TEXT
from hub.plugins.csv.mapping_invoices import debit_less_credit
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.records import absolute, columns_of
from hub.plugins.csv.table import Table
from hub.sdk import Columns
from hub.sdk.money import decimal_text

#: What banks write beside a balance; a payer's own "solde facture 12" is none.
_BALANCE = re.compile(
    r"soldeprecedent|(?:ancien|nouveau)solde|solde(?:crediteur|debiteur)?au\d{6,8}|solde(?:cred|deb)iteur"
)
_CONTENT = (
    "payer_name",
    "payer_iban",
    "remittance",
    "end_to_end_ref",
    "structured_ref",
    "bank_ref",
    "account",
)


def receipt_keys(t: Table) -> tuple[list[str | None], list[str], list[int | None]]:
    """Booking date, currency and signed amount (positive: money in) of each row."""
    if t.keys is None:
        t.optional_id("receipt_id")
        t.unkeyed = set(t.rejected)
        currencies = t.currencies()
        t.keys = (t.days("received_on"), currencies, _signed(t, currencies))
    keys: tuple[list[str | None], list[str], list[int | None]] = t.keys
    return keys


def receipt_refs(t: Table, ranks: Ranks) -> list[str]:
    """The id that the file gives; else date, amount and a digest of the row, with its rank among equal rows.

    So overlapping exports give the same refs, and genuine twins of one day stay two.
    """
    days, currencies, amounts = receipt_keys(t)
    given = t.cells("receipt_id")
    content = list(zip(*(t.cells(name) for name in _CONTENT), t.reading_dates("value_on"), strict=True))
    refs = []
    for i, written in enumerate(given):
        amount = amounts[i]
        if written or amount is None or days[i] is None or i in t.rejected:
            refs.append(written)
            continue
        text = "\x1f".join((str(days[i]), str(amount), currencies[i], *content[i]))
        digest = blake2b(text.encode(), digest_size=6).hexdigest()
        rank = ranks.next(digest)
        ref = f"{days[i]}/{decimal_text(amount, currencies[i])}{currencies[i]}/{digest}"
        refs.append(f"{ref}/{rank}" if rank > 1 else ref)
    return refs


def map_receipts(t: Table) -> list[Columns]:
    """The records of all good rows; the others are in `t.rejected`."""
    days, currencies, amounts = receipt_keys(t)
    visible = _visible_ids(t)
    told = "original_currency" in t
    originals = t.amounts("original_amount", t.currencies("original_currency") if told else currencies)
    common: dict[str, list[Any] | None] = {
        "source_key": list(t.refs),
        "account": _compact(t.optional("account", 200)),
        "seller": t.sellers() if "seller" in t or t.reading.seller_told else None,
        "value_on": t.days("value_on", required=False),
        "amount_minor": absolute(amounts),
        "currency": currencies,
        "remittance": t.optional("remittance", MAX_TEXT),
        **{
            name: t.optional_id(name, MAX_NAME)
            for name in ("end_to_end_ref", "structured_ref", "bank_ref", "batch_ref")
        },
        "method": t.optional("method"),
        "transaction_code": t.optional("transaction_code"),
        "original_amount_minor": absolute(originals),
        "original_currency": list(t.currencies_beside("original_currency", originals)) if told else None,
    }
    _refuse_balances(t)
    names, ibans = t.optional("payer_name"), t.digits("payer_iban")
    fees = absolute(t.amounts("fee", currencies))
    kept = t.kept()
    received = [i for i in kept if (amounts[i] or 0) >= 0]
    paid = [i for i in kept if (amounts[i] or 0) < 0]
    receipt = common | {
        "debtor_id": t.optional_id("debtor_id"),
        "receipt_id": visible,
        "received_on": days,
        "payer_name": names,
        "payer_iban": ibans,
    }
    disbursement = common | {
        "disbursement_id": visible,
        "paid_on": days,
        "payee_name": names,
        "payee_iban": ibans,
    }
    return [
        *columns_of("receipt", receipt | {"fee_minor": fees}, received, t.count),
        *columns_of("disbursement", disbursement, paid, t.count),
    ]


def _refuse_balances(t: Table) -> None:
    """A line of the account's balance among the movements is no money."""
    column = t.cells("remittance")
    if "solde" in "\n".join(column).lower():
        for i, text in enumerate(column):
            if _BALANCE.fullmatch(fold(text)):
                detail = f"{text[:40]!r} is a balance, no movement"
                t.refuse(i, "remittance", "HUB-CSV-012", detail=detail, or_else=", or leave the row out of the export")


def _visible_ids(t: Table) -> list[str]:
    """What people call the movement: its id, else the bank's reference, else the derived one."""
    given, bank = t.optional_id("receipt_id"), t.optional_id("bank_ref")
    ids = [written or "" for written in given] if given else [""] * t.count
    if bank:
        ids = [own or reference or "" for own, reference in zip(ids, bank, strict=True)]
    return [own or ref for own, ref in zip(ids, t.refs, strict=True)]


def _signed(t: Table, currencies: list[str]) -> list[int | None]:
    """Positive for money in: of the amount column with its direction, else credit less debit."""
    if "amount" in t:
        amounts = t.amounts("amount", currencies, required=True, flip=True)
        return _directed(t, amounts) if "direction" in t else amounts
    return [value and -value for value in debit_less_credit(t, currencies, of_bank=True)]


def _directed(t: Table, amounts: list[int | None]) -> list[int | None]:
    """The amounts with the sign that a direction column gives: C or crédit is money in, D or débit money out."""
    signed: list[int | None] = []
    for i, (text, amount) in enumerate(zip(t.cells("direction"), amounts, strict=True)):
        side = fold(text)[:1]
        if side not in ("c", "d"):
            t.refuse(i, "direction", "HUB-CSV-025", detail=f"the direction {text[:20]!r} is neither D nor C")
        elif side == "c" and amount is not None and amount < 0:
            t.refuse(i, "direction", "HUB-CSV-025", detail="the amount is negative and its direction is C")
        signed.append(None if amount is None else -abs(amount) if side == "d" else amount)
    return signed


def _compact(column: list[str | None] | None) -> list[str | None] | None:
    return None if column is None else [text and "".join(text.split()) for text in column]
