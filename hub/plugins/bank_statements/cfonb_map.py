"""One CFONB 120 movement, from its 04 and 05 lines to what a receipt or disbursement says.

Source: formats.md §4.1, positions of 04 and qualifiers of 05.
"""

from __future__ import annotations

from typing import Any, Final

from hub.plugins.bank_statements.cfonb import WIDTH, day_of, defaults, money_of
from hub.plugins.bank_statements.codes import UNSTATED, cfonb_method, is_return
from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.seen import Seen
from hub.plugins.bank_statements.texts import account_text, reference
from hub.sdk.money import exponent, is_currency

#: Qualifiers whose text is understood elsewhere or stays in the evidence; unknown ones join the remittance.
_APART: Final = frozenset("NPY IPY NBE IBE NPO IPO NBU IBU LCS RCN REF RUM MMO FEE CBE CPY LCC LC2".split())


def understand(body: bytes, layout: dict[str, Any], config: StatementsConfig, ref: str) -> Seen:
    """What one movement says: `body` is its lines, 04 first.

    Raises:
        Garbled: an amount, date, currency or number of decimals is not understood.
    """
    line, *details = body.decode(layout.get("encoding", "ascii")).split("\n")
    currency, decimals = defaults(config, layout["currency"], layout["decimals"])
    minor, code = money_of(line, currency, decimals)
    on = day_of(line[34:40], "booking date")
    value = line[42:48]
    operation = line[32:34].strip()
    seen = Seen(layout["account"], on, minor, code)
    seen.value_on = day_of(value, "value date") if value.strip("0 ") else None
    seen.code = operation or None
    seen.method = cfonb_method(operation)
    seen.bank_ref = reference(line[104:WIDTH]) or reference(line[81:88]) or None
    if line[103:104] in ("é", "è"):
        seen.statement = "the last digit of the amount is written é or è, read as 0"
    reason = line[40:42].strip().strip("0") and line[40:42].strip()
    if minor < 0:
        seen.return_reason = reason or (UNSTATED if is_return(operation, minor) else None)
    label = line[48:79].strip()
    if label:
        seen.remittance.append(label)
    if details:
        _details(seen, details, full=line[78:79].strip() != "")
    return seen


def _details(seen: Seen, lines: list[str], *, full: bool) -> None:
    """Add what the 05 lines say; several LIB stay several pieces, LCC and LC2 are one text cut in two.

    Behind a line that is `full` to its last character one that begins with a blank goes on with it, at a word's end.
    """
    by: dict[str, str] = {}
    last = ""
    for line in lines:
        qualifier, text = line[45:48], line[48:118]
        if qualifier == "LC2" and last == "LCC":
            seen.remittance[-1] += text.rstrip()
        elif qualifier in ("LCC", "LC2"):
            # Cut after 70 characters, wherever that falls: blanks there are the sender's, lost at the line's end.
            seen.remittance.append(text + " " if len(text) < 70 else text)
        elif qualifier in _APART:
            by.setdefault(qualifier, text)
        elif told := text.strip():
            if full and text[0] == " ":
                seen.remittance[-1] += f" {told}"
            else:
                seen.remittance.append(told)
            full = text[69:70].strip() != ""
        last = qualifier
    seen.remittance = [piece.strip() for piece in seen.remittance if piece.strip()]
    if not by:
        return
    if seen.minor >= 0:
        seen.remittance[:1] = [_without(piece, by.get("NPY", "").strip()) for piece in seen.remittance[:1]]
        seen.party = (reference(by.get("NPY", "")) or reference(by.get("NPO", ""))) or None
        seen.party_iban = account_text(by.get("CPY", "")) or None
        seen.known_as(by.get("IPY", "")[:35], by.get("IPY", "")[35:])
        seen.paid_for(by.get("NPO", ""))
    else:
        names = ("NBE", "NBU", "NPY", "NPO") if seen.method == "transfer" else ("NPY", "NPO", "NBE", "NBU")
        seen.party = next((by[name].strip() for name in names if by.get(name, "").strip()), None)
        seen.party_iban = account_text(by.get("CBE", "") or by.get("CPY", "")) or None
    seen.structured = reference(by.get("LCS", "")[:35]) or None
    seen.end_to_end = reference(by.get("RCN", "")[:35]) or None
    seen.batch = reference(by.get("REF", "")[:35]) or None
    if not seen.bank_ref:
        seen.bank_ref = reference(by.get("REF", "")[35:]) or None
    if "MMO" in by:
        _original(seen, by["MMO"])


def _without(label: str, name: str) -> str:
    """A label without the payer's name that it ends in, cut or whole: a field of its own has it."""
    at = label.find(name[:4]) if len(name) > 3 else -1
    return label[:at].rstrip() if at > 0 and name.startswith(label[at:]) else label


def _original(seen: Seen, text: str) -> None:
    """MMO: currency 3, decimals 1, amount 14 without sign. Left out when it is not written so: it is a comment."""
    currency, places, amount = text[:3], text[3:4], text[4:18].strip()
    if not (is_currency(currency) and places.isdigit() and amount.isascii() and amount.isdigit()):
        return
    shift = exponent(currency) - int(places)
    minor, rest = (int(amount) * 10**shift, 0) if shift >= 0 else divmod(int(amount), 10**-shift)
    if not rest:
        seen.original_minor, seen.original_currency = minor, currency
