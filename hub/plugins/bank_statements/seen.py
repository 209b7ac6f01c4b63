"""One movement as understood, whatever its format; and the receipt or disbursement made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.identity import parse_ref
from hub.plugins.bank_statements.limits import NAME_CHARS, REMITTANCE_CHARS
from hub.plugins.bank_statements.texts import CONTROL, clean
from hub.sdk.money import MAX_MINOR

#: How banks and the ISO list name the French company numbers.
_COMPANY_NUMBERS: Final = frozenset(("SIREN", "SIRET", "SREN", "SRET"))


@dataclass(slots=True)
class Seen:
    """What a statement says of one movement. Dates are ISO text; `minor` is signed, positive for money received.

    `lines` are the documents that a structured remittance names: number, signed minor units or None, currency.
    `own_id` is what a person would quote to the bank; empty makes a readable id of account, date and amount.
    """

    account: str
    on: str
    minor: int
    currency: str
    own_id: str | None = None
    value_on: str | None = None
    party: str | None = None
    party_iban: str | None = None
    remittance: list[str] = field(default_factory=list)
    end_to_end: str | None = None
    structured: str | None = None
    method: str | None = None
    code: str | None = None
    bank_ref: str | None = None
    statement: str | None = None
    batch: str | None = None
    original_minor: int | None = None
    original_currency: str | None = None
    fee_minor: int | None = None
    return_reason: str | None = None
    lines: list[tuple[str, int | None, str | None]] = field(default_factory=list)

    def paid_for(self, name: str) -> None:
        """Whose debt the money pays (the ultimate debtor), where that is not the payer: one more piece of the text."""
        name = " ".join(name.split())
        if name and self.party and name.casefold() != " ".join(self.party.split()).casefold():
            self.remittance.append(f"POUR LE COMPTE DE {name}")

    def known_as(self, number: str, scheme: str) -> None:
        """The payer's company number, where it is a SIREN or SIRET: one more piece of the text."""
        digits = "".join(number.split())
        if not (digits.isascii() and digits.isdigit() and len(digits) in (9, 14)):
            return
        if scheme.strip().upper() in _COMPANY_NUMBERS or (not scheme.strip() and _adds_up(digits)):
            self.remittance.append(f"SIREN {digits[:9]}")


def _adds_up(digits: str) -> bool:
    """Whether digits are a SIREN or SIRET by their check digits (INSEE)."""
    from stdnum.fr import siren, siret

    return bool((siren if len(digits) == 9 else siret).is_valid(digits))


def remittance_lines(seen: Seen, ref: str) -> Iterator[dict[str, Any]]:
    """The documents that a structured remittance names, with the amount paid of each (negative: a credit note used)."""
    for number, (document, minor, currency) in enumerate(seen.lines, 1):
        yield {
            "remittance_id": ref,
            "line": number,
            "receipt_source_key": ref,
            "document_number": document,
            "amount_minor": minor,
            "currency": currency,
        }


def fields(seen: Seen, ref: str, seller: str | None, account: str, where: str) -> tuple[str, dict[str, Any]]:
    """Kind of record and its fields: money received is a receipt, money that left a disbursement; zero is received.

    Args:
        seen: the movement.
        ref: of its unit: the `source_key`.
        seller, account: whose account it is, and how the configuration writes it.
        where: place for a refusal.

    Raises:
        RecordRejected: a text is too long or holds control characters; an amount is beyond 64 bits.
    """
    minor = abs(seen.minor)
    if minor > MAX_MINOR:
        raise reject("HUB-BANK-030", where, text=str(seen.minor)[:40], reason="it is beyond what any account holds")
    pieces = seen.remittance
    remittance: str | None = "\n".join(pieces) if pieces else None
    if remittance is not None:
        remittance = clean(remittance, "remittance text", where, REMITTANCE_CHARS) or None
    credit = seen.minor >= 0
    visible = seen.own_id or seen.bank_ref or readable_id(account, seen, ref)
    row: dict[str, Any] = {
        "source_key": ref,
        "account": account or None,
        "seller": seller,
        "value_on": seen.value_on,
        "amount_minor": minor,
        "currency": seen.currency,
        "remittance": remittance,
        "end_to_end_ref": seen.end_to_end,
        "structured_ref": seen.structured,
        "method": seen.method,
        "transaction_code": seen.code,
        "bank_ref": seen.bank_ref,
        "statement_ref": seen.statement,
        "batch_ref": seen.batch,
        "original_amount_minor": seen.original_minor,
        "original_currency": seen.original_currency,
    }
    if credit:
        row |= {
            "receipt_id": visible,
            "received_on": seen.on,
            "payer_name": seen.party,
            "payer_iban": seen.party_iban,
            "fee_minor": seen.fee_minor,
        }
    else:
        row |= {
            "disbursement_id": visible,
            "paid_on": seen.on,
            "payee_name": seen.party,
            "payee_iban": seen.party_iban,
            "return_reason": seen.return_reason,
        }
    told = (
        visible,
        seen.party,
        seen.party_iban,
        seen.end_to_end,
        seen.structured,
        seen.code,
        seen.bank_ref,
        seen.batch,
    )
    together = "".join([text for text in told if text])
    if len(together) > 200 or len(account) > 200 or not together.isprintable():
        for name, value in row.items():
            if type(value) is str and name != "remittance":
                row[name] = _checked(value, name, where)
    return ("receipt" if credit else "disbursement"), row


def proof_fields(row: dict[str, Any], where: str) -> dict[str, Any]:
    """The fields of a bank statement, fit to be stored.

    Raises:
        RecordRejected: a text is too long or holds control characters; a balance is beyond 64 bits.
    """
    for name in ("opening_minor", "closing_minor", "sum_minor"):
        if abs(row[name]) > MAX_MINOR:
            reason = "it is beyond what any account holds"
            raise reject("HUB-BANK-030", where, text=str(row[name])[:40], reason=reason)
    for name in ("account", "statement_ref"):
        if row[name] is not None:
            row[name] = _checked(row[name], name, where)
    return row


def _checked(value: str, name: str, where: str) -> str:
    """A long or odd text: refused when it cannot be stored, otherwise unchanged but for line ends."""
    limit = 200 if name.endswith("_id") or name in ("account", "seller") else NAME_CHARS
    value = clean(value, name.replace("_", " "), where, limit)
    if CONTROL.search(value):  # pragma: no cover - `clean` refuses them
        raise reject("HUB-BANK-035", where, field=name, char="?")
    return " ".join(value.split()) if "\n" in value or "\t" in value or "\r" in value else value


def readable_id(account: str, seen: Seen, ref: str) -> str:
    """An id for a movement to which the bank gave none: ``FR76…0189-20260407-1250-3fa9``, and its rank if not 1."""
    key, rank, detail = parse_ref(ref)
    ends = f"{account[:4]}…{account[-4:]}" if len(account) > 8 else account
    tail = "" if rank == 1 else f".{rank}"
    part = f"/{detail}" if detail else ""
    return f"{ends}-{seen.on.replace('-', '')}-{abs(seen.minor)}-{key[:4]}{tail}{part}"
