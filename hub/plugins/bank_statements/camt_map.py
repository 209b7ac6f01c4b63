"""One camt movement, from its entry or detail to what a receipt or disbursement says. Source: formats.md §4.2."""

from __future__ import annotations

from typing import Any

from hub.plugins.bank_statements.camt_amounts import (
    amount_at,
    charges,
    detail_amount,
    minor_of,
    ordered_amount,
    sign_of,
)
from hub.plugins.bank_statements.codes import UNSTATED, cfonb_method, is_return, iso_method
from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.identity import parse_ref
from hub.plugins.bank_statements.limits import REF_CHARS
from hub.plugins.bank_statements.seen import Seen
from hub.plugins.bank_statements.texts import account_text, iso_date, reference
from hub.plugins.bank_statements.xmlread import Tree, each, first, parse, text_at, text_of, tree


def understand(body: bytes, layout: dict[str, Any], config: StatementsConfig, ref: str) -> Seen:
    """What an entry says (with at most one detail, or details that do not add up), or one detail of a batch.

    Raises:
        Garbled: an amount, sign, status or date is not understood, or the bytes are no XML.
    """
    node = tree(parse(body))
    entry: Tree = layout.get("entry") or node
    seen = _entry(entry, layout)
    if "entry" in layout:
        number = parse_ref(ref)[2]
        _child(seen, entry, node, layout, number)
        _detail(seen, entry, node)
        return seen
    details = [part for block in each(entry, "NtryDtls") for part in each(block, "TxDtls")]
    if len(details) == 1:
        _only_detail(seen, entry, details[0])
        _detail(seen, entry, details[0])
    else:
        _no_detail(seen, entry, details)
    if seen.original_minor is None:
        _original(seen, entry)
    return seen


def _entry(entry: Tree, layout: dict[str, Any]) -> Seen:
    """What the entry itself says: amount, dates, the bank's reference."""
    status = text_at(entry, "Sts", "Cd") or text_at(entry, "Sts")
    if status != "BOOK":
        said = f"its status is {status[:20]!r}" if status else "it has no status"
        raise Garbled("HUB-BANK-038", reason=said + ", BOOK is expected")
    amount = first(entry, "Amt") or {}
    currency = str(amount.get("@Ccy", "")).strip()
    minor = sign_of(text_at(entry, "CdtDbtInd")) * minor_of(text_of(amount), currency)
    booked = _date(entry, "BookgDt", "booking date")
    if booked is None:
        raise Garbled("HUB-BANK-032")
    seen = Seen(layout["account"], booked, minor, currency)
    seen.value_on = _date(entry, "ValDt", "value date")
    seen.bank_ref = reference(text_at(entry, "AcctSvcrRef")) or None
    seen.own_id = seen.bank_ref or reference(text_at(entry, "NtryRef")) or None
    return seen


def _date(entry: Tree, name: str, field: str) -> str | None:
    """The date part as written of a date or date and time; the zone is the bank's own and is not converted."""
    text = text_at(entry, name, "Dt") or text_at(entry, name, "DtTm")
    if not text:
        return None
    try:
        return iso_date(text)
    except ValueError:
        raise Garbled("HUB-BANK-031", field=field, text=text[:40]) from None


def _child(seen: Seen, entry: Tree, detail: Tree, layout: dict[str, Any], number: int) -> None:
    """Amount, ids and charges of one detail of a batch whose details add up."""
    amount = detail_amount(detail, seen.currency, 1 if seen.minor >= 0 else -1)
    if amount is None:
        raise Garbled("HUB-BANK-038", reason="the detail of the batch has no amount in the entry's currency")
    batch = first(entry, "Btch")
    seen.batch = text_at(batch, "PmtInfId") or text_at(batch, "MsgId") or seen.own_id
    if layout.get("fees") == "detail":
        seen.fee_minor = charges(detail, seen.currency) or None
    elif layout.get("fees") == "entry" and number == 1:
        seen.fee_minor = charges(entry, seen.currency) or None
    seen.minor = amount
    seen.own_id = f"{seen.own_id}/{number}" if seen.own_id else None


def _only_detail(seen: Seen, entry: Tree, detail: Tree) -> None:
    """Gross and charges of the single detail of an entry: what the payer paid stays gross."""
    if seen.minor < 0:
        return
    ordered = ordered_amount(detail)
    stated = (detail_amount(detail, seen.currency, 1), ordered[0] if ordered and ordered[1] == seen.currency else None)
    for fee in (charges(detail, seen.currency), charges(entry, seen.currency)):
        if fee > 0 and seen.minor + fee in stated:
            seen.minor, seen.fee_minor = seen.minor + fee, fee
            return


def _no_detail(seen: Seen, entry: Tree, details: list[Tree]) -> None:
    """An entry without details, or with details that do not add up: booked as one, and said so."""
    _code(seen, entry, {})
    _returned(seen, entry, {})
    for detail in details:
        _remittance(seen, detail)
    if details:
        seen.statement = f"{len(details)} details do not add up to the entry: booked as one"
    batch = first(entry, "NtryDtls", "Btch")
    seen.batch = text_at(batch, "PmtInfId") or text_at(batch, "MsgId") or None
    _fallback_text(seen, entry, {})


def _detail(seen: Seen, entry: Tree, detail: Tree) -> None:
    """References, parties, remittance, code and reason of return of one detail."""
    refs = first(detail, "Refs") or {}
    own = reference(text_at(refs, "AcctSvcrRef"))
    if own:
        seen.own_id = seen.bank_ref = own
    seen.end_to_end = reference(text_at(refs, "EndToEndId")) or None
    _code(seen, entry, detail)
    _returned(seen, entry, detail)
    _parties(seen, detail)
    _remittance(seen, detail)
    _fallback_text(seen, entry, detail)
    if seen.minor >= 0 and not seen.return_reason:
        if seen.party is None:
            _label_with_the_name(seen, entry, detail)
        for path in (("Dbtr",), ("Dbtr", "Pty")):
            for number in each(first(detail, "RltdPties", *path, "Id", "OrgId"), "Othr"):
                scheme = text_at(number, "SchmeNm", "Cd") or text_at(number, "SchmeNm", "Prtry")
                seen.known_as(text_at(number, "Id"), scheme)
        seen.paid_for(_name(first(detail, "RltdPties"), "UltmtDbtr"))
    _original(seen, detail)


def _code(seen: Seen, entry: Tree, detail: Tree) -> None:
    """Bank transaction code: the ISO domain where given, else the bank's own (French banks put CFONB's there)."""
    for node in (detail, entry):
        domain = first(node, "BkTxCd", "Domn")
        if domain is not None:
            family, sub = text_at(domain, "Fmly", "Cd"), text_at(domain, "Fmly", "SubFmlyCd")
            seen.code = "-".join(part for part in (text_at(domain, "Cd"), family, sub) if part) or None
            seen.method = iso_method(family, sub)
            return
    for node in (detail, entry):
        own = text_at(node, "BkTxCd", "Prtry", "Cd")
        if own:
            seen.code = own
            seen.method = cfonb_method(own) if len(own) == 2 and seen.account[:2] == "FR" else "other"
            return


def _returned(seen: Seen, entry: Tree, detail: Tree) -> None:
    """Money that comes back or is taken back: RtrInf says why; a code of returns or RvslInd says that it is."""
    returned = first(detail, "RtrInf")
    if returned is not None:
        seen.return_reason = text_at(returned, "Rsn", "Cd") or text_at(returned, "Rsn", "Prtry") or UNSTATED
    elif is_return(seen.code, seen.minor) or text_at(entry, "RvslInd") in ("true", "1"):
        seen.return_reason = UNSTATED
    if seen.return_reason and seen.minor >= 0:
        seen.method = "return"


def _parties(seen: Seen, detail: Tree) -> None:
    """The other side: who paid us or whom we paid; for a returned payment, whichever of the two is not us."""
    related = first(detail, "RltdPties")
    if related is None:
        return
    sides = ["Dbtr", "Cdtr"] if seen.minor >= 0 or seen.return_reason else ["Cdtr", "Dbtr"]
    ibans = {side: _account(related, side) for side in sides}
    if seen.return_reason and ibans[sides[0]] == seen.account:
        sides.reverse()
    side = sides[0]
    seen.party = _name(related, side) or _name(related, f"Ultmt{side}") or None
    seen.party_iban = ibans[side] or None
    if seen.return_reason and not (seen.party or seen.party_iban):
        seen.party, seen.party_iban = _name(related, sides[1]) or None, ibans[sides[1]] or None


def _name(related: Tree | None, side: str) -> str:
    """Name of a party: directly (.02 to .07) or below Pty (.08 and later); banks that give only an address begin it
    with the name."""
    for path in ((side,), (side, "Pty")):
        if name := reference(text_at(related, *path, "Nm")):
            return name
    lines = (text_at(related, *path, "PstlAdr", "AdrLine") for path in ((side,), (side, "Pty")))
    return next((line for line in lines if line and not line[0].isdigit()), "")


def _account(related: Tree, side: str) -> str:
    """IBAN of a party, or its account by another scheme."""
    node = first(related, f"{side}Acct", "Id")
    return account_text(text_at(node, "IBAN") or text_at(node, "Othr", "Id"))


def _remittance(seen: Seen, detail: Tree) -> None:
    """Free text piece by piece; then the documents that a structured remittance names; its reference apart."""
    info = first(detail, "RmtInf")
    if info is None:
        return
    pieces = [" ".join(text_of(part).split()) for part in each(info, "Ustrd")]
    for block in each(info, "Strd"):
        ref = " ".join(text_at(block, "CdtrRefInf", "Ref").split())
        if ref:
            scheme = text_at(block, "CdtrRefInf", "Tp", "CdOrPrtry", "Cd")
            better = scheme == "SCOR" or ref[:2].upper() == "RF"
            if seen.structured is None:
                seen.structured = ref
            elif better and seen.structured != ref and seen.structured[:2].upper() != "RF":
                seen.structured, ref = ref, seen.structured
                pieces.append(ref)
            elif seen.structured != ref:
                pieces.append(ref)
        documents = [text_at(document, "Nb") for document in each(block, "RfrdDocInf")]
        pieces += documents
        if any(documents):
            seen.lines += _lines(block, documents)
        pieces += [" ".join(text_of(part).split()) for part in each(block, "AddtlRmtInf")]
    seen.remittance += [piece for piece in pieces if piece]


def _lines(block: Tree, documents: list[str]) -> list[tuple[str, int | None, str | None]]:
    """Each document of a structured remittance; the amount is known when the block names one document only.

    RmtdAmt is what is paid of it; CdtNoteAmt, or a document of type CREN, is a credit note used up.
    """
    paid, currency = None, None
    if len(documents) == 1:
        amounts = first(block, "RfrdDocAmt")
        credit = amount_at(amounts, "CdtNoteAmt")
        stated = amount_at(amounts, "RmtdAmt") or credit
        if stated is not None:
            used_up = stated is credit or text_at(block, "RfrdDocInf", "Tp", "CdOrPrtry", "Cd") == "CREN"
            paid, currency = (-stated[0] if used_up else stated[0]), stated[1]
    fit = [number for number in documents if 0 < len(number) <= REF_CHARS and number.isprintable()]
    return [(number, paid, currency) for number in fit]


def _fallback_text(seen: Seen, entry: Tree, detail: Tree) -> None:
    """The bank's own words, when the payer wrote none."""
    if not seen.remittance:
        said = (text_at(detail, "AddtlTxInf"), text_at(detail, "RtrInf", "AddtlInf"), text_at(entry, "AddtlNtryInf"))
        seen.remittance += [" ".join(text.split()) for text in said if text]


def _label_with_the_name(seen: Seen, entry: Tree, detail: Tree) -> None:
    """The bank's own label beside the payer's text, where no field has a name: it stands there, if anywhere.

    A label that repeats the payer's text takes its place. That of a batch says nothing of its details.
    """
    labels = [text_at(detail, "AddtlTxInf"), "" if seen.batch else text_at(entry, "AddtlNtryInf")]
    for label in (" ".join(text.split()) for text in labels):
        told = _bare("".join(seen.remittance))
        if _bare(label) in told:
            continue
        if told in _bare(label):
            seen.remittance = [label]
        else:
            seen.remittance.append(label)


def _bare(text: str) -> str:
    return "".join([char for char in text.upper() if char.isalnum()])


def _original(seen: Seen, detail: Tree) -> None:
    """The amount in the payer's currency, when it is another one: of the detail, else of its entry."""
    for path in (("AmtDtls", "InstdAmt", "Amt"), ("AmtDtls", "TxAmt", "Amt"), ("Amt",)):
        found = amount_at(detail, *path)
        if found is not None and found[1] != seen.currency and found[0]:
            seen.original_minor, seen.original_currency = found
            return
