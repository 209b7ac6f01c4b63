"""One MT940 movement: its `:61:` line and the three dialects of `:86:`. Source: formats.md §4.3."""

from __future__ import annotations

import re
from typing import Any, Final

from hub.plugins.bank_statements.codes import SWIFT_METHOD, UNSTATED
from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.mt940_line import Line, amount_of, day_of, line_of
from hub.plugins.bank_statements.seen import Seen
from hub.plugins.bank_statements.texts import account_text, reference

_GERMAN: Final = re.compile(r"\s*(\d{3})([?>@&!])(?=\d\d)")
#: Length of a German remittance field: a shorter one ends a line of the sender, a full one goes on in the next.
_GERMAN_WIDTH: Final = 27
_SEPA_TAG: Final = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+")
_SLASH_CODES: Final = (
    "EREF|KREF|REMI|NAME|IBAN|BIC|BENM|ORDP|ADDR|ISDT|CSID|MARF|TRTP|RTRN|TRCD|PREF|PURP|ULTD|ULTC|ULTB|ACCW|EXCH|"
    "OCMT|CHGS|NRTX|IACC|ID|CNTP|SVCL|PT|FT|PY|RFB|ROC|INV|BENE|OPRP|AORT|RCMT|TXID"
)
_SLASH: Final = re.compile(rf"/({_SLASH_CODES})/")
_MONEY: Final = re.compile(r"([A-Z]{3})([0-9]+,[0-9]*)")
#: German business transaction codes (Geschäftsvorfallcode) that say what the SWIFT type leaves open.
_GVC: Final = {
    **dict.fromkeys("004 005 104 105 108 109 171 174 177".split(), "direct_debit"),
    **dict.fromkeys("008 020 051 052 053 116 117 118 152 153 154 156 166 168 169 177 191".split(), "transfer"),
    **dict.fromkeys("001 002 011 012 070 071".split(), "cheque"),
    **dict.fromkeys("805 806 807 808 809 814".split(), "fee"),
    "159": "return",
}
_GVC_RETURNS: Final = frozenset({"108", "109", "159", "181", "182", "183", "184"})


def understand(body: bytes, layout: dict[str, Any], config: StatementsConfig, ref: str) -> Seen:
    """What one movement says: `body` is its `:61:` lines, then its `:86:` lines.

    Raises:
        Garbled: the line, its amount or a date is not understood.
    """
    lines = body.decode(layout.get("encoding", "ascii")).split("\n")
    start = next((place for place, line in enumerate(lines) if line.startswith(":86:")), len(lines))
    line = line_of(lines[0].removeprefix(":61:"))
    minor = amount_of(line, layout["currency"] or config.currency or "")
    booked, value, clamped = day_of(line)
    seen = Seen(layout["account"], booked, minor, layout["currency"] or config.currency or "")
    seen.value_on = value
    seen.statement = "the bank's value date is 30 February" if clamped else None
    seen.bank_ref = reference(line.bank_ref) or None
    seen.code = line.type or None
    seen.method = SWIFT_METHOD.get(line.type[1:4].upper(), "other")
    extra = [part.strip() for part in lines[1:start] if part.strip()]
    told = [part.removeprefix(":86:") for part in lines[start:]]
    _information(seen, told)
    if not seen.end_to_end and minor >= 0 and not line.customer_ref.endswith("+") and line.customer_ref != "EREF":
        seen.end_to_end = reference(line.customer_ref) or None
    _charges(seen, "".join(extra))
    if line.mark == "RC":  # a credit taken back
        seen.return_reason = seen.return_reason or UNSTATED
    elif line.mark == "RD":  # a debit that comes back
        seen.method = "return"
    if not seen.remittance:
        seen.remittance = extra
    return seen


def _information(seen: Seen, lines: list[str]) -> None:
    """`:86:` in whichever dialect it is written."""
    joined = "".join(lines)  # lines are cut anywhere
    german = _GERMAN.match(joined)
    if german is not None:
        _german(seen, joined, german)
    elif _SLASH.match(joined.lstrip()):
        _slashes(seen, joined.strip())
    else:
        seen.remittance = [line.strip() for line in lines if line.strip()]


def _german(seen: Seen, text: str, head: re.Match[str]) -> None:
    """Three digits, then fields of two digits after a separator: 20–29 and 60–63 remittance, 30–33 the other side."""
    pieces = re.split(rf"{re.escape(head[2])}(\d\d)", text[head.end() - 1 :])
    fields: dict[str, str] = {}
    for code, content in zip(pieces[1::2], pieces[2::2], strict=False):
        fields[code] = fields.get(code, "") + content
    seen.code = f"{seen.code}-{head[1]}" if seen.code else head[1]
    seen.method = _GVC.get(head[1], seen.method)
    name = (fields.get("32", "") + fields.get("33", "")).strip()
    seen.party = " ".join(name.split()) or None
    seen.party_iban = account_text(fields.get("38", "") or fields.get("31", "")) or None
    parts = [fields[code] for code in sorted(fields) if code[0] == "2" or "60" <= code <= "63"]
    whole = "".join(parts)
    if _SEPA_TAG.search(whole):
        _sepa(seen, whole)
    else:
        seen.remittance = _rejoined(parts)
    if not seen.remittance and fields.get("00", "").strip():
        seen.remittance = [fields["00"].strip()]
    reason = fields.get("34", "").strip()
    if seen.minor < 0 and head[1] in _GVC_RETURNS:
        seen.return_reason = reason if reason.strip("0") else UNSTATED


def _rejoined(parts: list[str]) -> list[str]:
    """Remittance fields with what was cut at 27 characters put together again."""
    pieces: list[str] = []
    open_ = False
    for part in parts:
        if open_:
            pieces[-1] += part
        else:
            pieces.append(part)
        open_ = len(part) >= _GERMAN_WIDTH
    return [piece.strip() for piece in pieces if piece.strip()]


def _sepa(seen: Seen, text: str) -> None:
    """SEPA tags inside the remittance: EREF+ end-to-end, SVWZ+ what the payer wrote."""
    found = _SEPA_TAG.split(text)
    fields = dict(zip(found[1::2], found[2::2], strict=False))
    seen.end_to_end = reference(fields.get("EREF", "")) or None
    words = (found[0], fields.get("SVWZ", ""))
    seen.remittance = [" ".join(part.split()) for part in words if part.strip()]
    if fields.get("IBAN", "").strip():
        seen.party_iban = account_text(fields["IBAN"])


def _slashes(seen: Seen, text: str) -> None:
    """/EREF/…/REMI/…: codes between slashes; a code given twice keeps its first meaning."""
    found = _SLASH.split(text)
    fields: dict[str, str] = {}
    for code, content in zip(found[1::2], found[2::2], strict=False):
        if content.strip("/ "):
            fields.setdefault(code, content.strip("/ "))
    seen.end_to_end = reference(fields.get("EREF", "")) or None
    # Who ordered and who gets it: some banks give the name itself there, others a list of codes.
    seen.party = fields.get("NAME") or fields.get("ORDP" if seen.minor >= 0 else "BENM") or None
    seen.party_iban = account_text(fields.get("IBAN", "")) or None
    told = re.sub(r"^(?:USTD|STRD)//?", "", fields.get("REMI", ""))
    if fields.get("REMI", "").startswith("STRD"):
        seen.structured = told.rpartition("/")[2] or None
    if told:
        seen.remittance = [told]
    elif fields:
        known = {"EREF", "NAME", "IBAN", "BIC", "ISDT", "TRTP"}
        seen.remittance = [content for code, content in fields.items() if code not in known]
    if "/RTRN/" in text and seen.minor < 0:
        seen.return_reason = fields.get("RTRN", "")[:35] or UNSTATED


def _charges(seen: Seen, text: str) -> None:
    """/OCMT/ and /CHGS/ of the supplementary line: the amount before exchange and charges."""
    found = dict(zip(_SLASH.split(text)[1::2], _SLASH.split(text)[2::2], strict=False))
    gross, fee = _money(found.get("OCMT", "")), _money(found.get("CHGS", ""))
    if gross is None:
        return
    if gross[1] != seen.currency:
        seen.original_minor, seen.original_currency = gross
    elif fee is not None and seen.minor >= 0 and fee[1] == seen.currency and gross[0] - fee[0] == seen.minor:
        seen.minor, seen.fee_minor = gross[0], fee[0]


def _money(text: str) -> tuple[int, str] | None:
    found = _MONEY.match(text)
    if found is None:
        return None
    try:
        return amount_of(Line("", "", "C", found[2], "", "", ""), found[1]), found[1]
    except Garbled:
        return None
