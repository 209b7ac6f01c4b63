"""Rows of instalments to Instalment, of payouts to PayoutLine."""

from __future__ import annotations

from typing import Any

from hub.plugins.csv.faults import EMPTY
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.records import columns_of
from hub.plugins.csv.table import Table
from hub.sdk import Columns
from hub.sdk.money import decimal_text


def instalment_keys(t: Table) -> tuple[list[str], list[str], list[str | None]]:
    """Seller, invoice number and due date of each row."""
    if t.keys is None:
        t.keys = (t.sellers(), t.ids("invoice_number"), t.days("due_on"))
        t.unkeyed = set(t.rejected)
    keys: tuple[list[str], list[str], list[str | None]] = t.keys
    return keys


def instalment_refs(t: Table, ranks: Ranks) -> list[str]:
    """seller|invoice|due date|rank among the rows with the same three."""
    keys = zip(*instalment_keys(t), strict=True)
    return [ranks.ref(f"{seller}|{number}|{due or '?'}") for seller, number, due in keys]


def map_instalments(t: Table) -> list[Columns]:
    """The records of all good rows; the others are in `t.rejected`."""
    sellers, numbers, due = instalment_keys(t)
    currencies = t.currencies()
    amounts = t.amounts("amount", currencies, required=True)
    for i, amount in enumerate(amounts):
        if amount is not None and amount < 0:
            t.refuse(i, "amount", "HUB-CSV-012", detail="an instalment is not negative", or_else="")
    fields: dict[str, list[Any] | None] = {
        "seller": sellers,
        "invoice_number": numbers,
        "due_on": due,
        "rank": [_rank(ref) for ref in t.refs],
        "amount_minor": amounts,
        "currency": currencies,
    }
    return columns_of("instalment", fields, t.kept(), t.count)


def _rank(ref: str) -> int:
    """The rank at the end of an instalment's ref; rows known by their content alone are refused anyway."""
    rank = ref.rpartition("|")[2]
    return int(rank) if rank.isascii() and rank.isdecimal() else 1


def payout_keys(t: Table) -> tuple[list[str], list[str]]:
    """Payout and charge of each row."""
    if t.keys is None:
        t.keys = (t.ids("payout_id", 100), t.ids("charge_id", 100))
        t.unkeyed = set(t.rejected)
    keys: tuple[list[str], list[str]] = t.keys
    return keys


def payout_refs(t: Table) -> list[str]:
    """payout|charge."""
    return [f"{payout}|{charge}" for payout, charge in zip(*payout_keys(t), strict=True)]


def map_payouts(t: Table) -> list[Columns]:
    """The records of all good rows; gross less fee is net, one of the last two may be left out."""
    payouts, charges = payout_keys(t)
    currencies = t.currencies()
    gross = t.amounts("gross", currencies, required=True)
    fees = t.amounts("fee", currencies, required="net" not in t)
    nets = t.amounts("net", currencies, required="fee" not in t)
    for i, (whole, fee, net) in enumerate(zip(gross, fees, nets, strict=True)):
        if whole is None or (fee is None and net is None):
            t.refuse(i, "net", "HUB-CSV-014", said=EMPTY, name="net")
            continue
        fees[i] = fee = whole - (net or 0) if fee is None else fee
        nets[i] = net = whole - fee if net is None else net
        if whole - fee != net:
            shown = {name: decimal_text(v, currencies[i]) for name, v in (("gross", whole), ("fee", fee), ("net", net))}
            t.refuse(i, "net", "HUB-CSV-026", **shown)
    fields: dict[str, list[Any] | None] = {
        "payout_id": payouts,
        "charge_id": charges,
        "invoice_number": t.optional_id("invoice_number"),
        "seller": t.sellers() if "seller" in t else None,
        "paid_on": t.days("paid_on", required=False),
        "gross_minor": gross,
        "fee_minor": fees,
        "net_minor": nets,
        "currency": currencies,
    }
    return columns_of("payout_line", fields, t.kept(), t.count)
