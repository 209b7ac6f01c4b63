"""Bank statements of the second seller: camt.053, version .02 by month, then .08 by week. Layout: formats.md §4.2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from xml.sax.saxutils import escape

from tests.demo_company.model import Movement, Seller
from tests.demo_company.texts import plain

_CODES = {
    "transfer": ("RCDT ESCT", "ICDT ESCT"), "instant": ("RRCT ESCT", "IRCT ESCT"), "debit": ("IDDT ESDD", "RDDT ESDD"),
    "fee": ("MDOP CHRG", "MDOP CHRG"), "wages": ("RCDT SALA", "ICDT SALA"), "tax": ("RDDT ESDD", "RDDT ESDD"),
}  # fmt: skip


def statement(
    seller: Seller, number: int, days: tuple[date, date], opening: int, movements: Sequence[Movement], version: str
) -> bytes:
    """One message with one statement. `days`: of the opening and the closing balance; `version`: "02" or "08"."""
    closing = opening + sum(movement.minor for movement in movements)
    opened_on, closed_on = days
    entries = [_entry(seller, list(group), version) for _, group in groupby(movements, _entry_key)]
    name = f"MSV{closed_on:%Y%m%d}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>',
        f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{closed_on}T21:30:00</CreDtTm></GrpHdr>",
        f"<Stmt><Id>{name}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{closed_on}T21:30:00</CreDtTm>",
        f"<Acct><Id><IBAN>{seller.iban}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>{escape(seller.name)}</Nm></Ownr></Acct>",
        _balance("OPBD", opening, opened_on),
        _balance("CLBD", closing, closed_on),
        *entries,
        "</Stmt></BkToCstmrStmt></Document>",
    ]
    return "\n".join(lines).encode() + b"\n"


def _entry_key(movement: Movement) -> tuple[object, ...]:
    """Movements of one batch are one entry; each other one is its own."""
    return (movement.on, movement.batch) if movement.batch else (id(movement),)


def money(minor: int) -> str:
    """Unsigned, with a decimal point."""
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _sign(minor: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd>"


def _balance(code: str, minor: int, on: date) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f'<Bal>{kind}<Amt Ccy="EUR">{money(minor)}</Amt>{_sign(minor)}<Dt><Dt>{on}</Dt></Dt></Bal>'


def _entry(seller: Seller, movements: list[Movement], version: str) -> str:
    """One entry with the details of its movements, a line each."""
    first, total = movements[0], sum(movement.minor for movement in movements)
    status = "<Sts>BOOK</Sts>" if version == "02" else "<Sts><Cd>BOOK</Cd></Sts>"
    lines = [
        f'<Ntry><Amt Ccy="EUR">{money(total)}</Amt>{_sign(total)}{status}<BookgDt><Dt>{first.on}</Dt></BookgDt>'
        f"<ValDt><Dt>{first.on}</Dt></ValDt><AcctSvcrRef>{first.batch or first.ref}</AcctSvcrRef>{_code(first)}",
        "<NtryDtls>",
        *([_batch(first.batch, movements)] if first.batch else []),
        *(_detail(seller, movement, version) for movement in movements),
        "</NtryDtls></Ntry>",
    ]
    return "\n".join(lines)


def _code(movement: Movement) -> str:
    family, sub = _CODES[movement.method][0 if movement.minor > 0 else 1].split()
    if movement.return_reason:
        family, sub = "IDDT", "UPDD"
    domain = "ACMT" if family == "MDOP" else "PMNT"
    return f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>"


def _batch(name: str, movements: list[Movement]) -> str:
    total = money(sum(movement.minor for movement in movements))
    return (
        f'<Btch><PmtInfId>{name}</PmtInfId><NbOfTxs>{len(movements)}</NbOfTxs><TtlAmt Ccy="EUR">{total}</TtlAmt></Btch>'
    )


def _detail(seller: Seller, movement: Movement, version: str) -> str:
    ids = f"<AcctSvcrRef>{movement.ref}</AcctSvcrRef><EndToEndId>{movement.end_to_end or 'NOTPROVIDED'}</EndToEndId>"
    who = f"{_amounts(movement, version)}{_parties(movement, version)}"
    return f"<TxDtls><Refs>{ids}</Refs>{who}{_text(movement)}{_return(movement)}</TxDtls>"


def _amounts(movement: Movement, version: str) -> str:
    """The amount of the detail, and the amount in the payer's currency."""
    original = ""
    if movement.original:
        minor, currency = movement.original
        original = f'<InstdAmt><Amt Ccy="{currency}">{money(minor)}</Amt></InstdAmt>'
    plain_amount = f'<Amt Ccy="EUR">{money(movement.minor)}</Amt>'
    if version == "02":
        return f"<AmtDtls>{original}<TxAmt>{plain_amount}</TxAmt></AmtDtls>"
    wrapped = f"<AmtDtls>{original}</AmtDtls>" if original else ""
    return f"{plain_amount}{_sign(movement.minor)}{wrapped}"


def _parties(movement: Movement, version: str) -> str:
    """The other side; of a returned debit that is still the debtor."""
    if not movement.party:
        return ""
    side = "Dbtr" if movement.minor > 0 or movement.return_reason else "Cdtr"
    name = f"<Nm>{escape(plain(movement.party))}</Nm>"
    party = f"<{side}>{name}</{side}>" if version == "02" else f"<{side}><Pty>{name}</Pty></{side}>"
    account = f"<{side}Acct><Id><IBAN>{movement.iban}</IBAN></Id></{side}Acct>" if movement.iban else ""
    return f"<RltdPties>{party}{account}</RltdPties>"


def _text(movement: Movement) -> str:
    """Free text in pieces of 140, and a creditor reference."""
    text = plain(movement.text)
    pieces = "".join(f"<Ustrd>{escape(text[at : at + 140])}</Ustrd>" for at in range(0, len(text), 140))
    if movement.structured:
        scheme = "<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        pieces += f"<Strd><CdtrRefInf>{scheme}<Ref>{movement.structured}</Ref></CdtrRefInf></Strd>"
    return f"<RmtInf>{pieces}</RmtInf>" if pieces else ""


def _return(movement: Movement) -> str:
    return f"<RtrInf><Rsn><Cd>{movement.return_reason}</Cd></Rsn></RtrInf>" if movement.return_reason else ""
