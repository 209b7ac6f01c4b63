"""Statements made for tests: fictitious accounts of valid form, any number of movements, balances that agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.plugins.bank_statements import Statements, StatementsConfig
from hub.sdk.testing import make_context
from tests.support.samples import SAMPLES

REPO = Path(__file__).resolve().parents[4]
SHARED = SAMPLES
OWN = REPO / "tests" / "samples" / "bank_statements"
GOLDEN = REPO / "tests" / "golden" / "bank_statements"

#: An invented account: bank 30999 does not exist.
RIB = "309990000100012345678"
IBAN = "FR7630999000010001234567836"
CREDIT, DEBIT = "{ABCDEFGHI", "}JKLMNOPQR"


@dataclass
class Mv:
    """A movement to write down."""

    on: date
    minor: int
    label: str = "VIR DE SARL DUPONT"
    details: Sequence[tuple[str, str]] = ()
    ref: str = ""
    code: str = "05"
    reason: str = "  "
    extra: dict[str, Any] = field(default_factory=dict)


def overpunched(minor: int) -> str:
    """An amount of CFONB 120: 13 digits and the last digit with the sign."""
    digits = str(abs(minor)).rjust(14, "0")
    return digits[:13] + (CREDIT if minor >= 0 else DEBIT)[int(digits[13])]


def record(code: str, on: date | str, amount: str, *, rib: str = RIB, currency: str = "EUR", places: str = "2") -> str:
    """Record 01 or 07."""
    day = on if isinstance(on, str) else on.strftime("%d%m%y")
    return f"{code}{rib[:5]}    {rib[5:10]}{currency}{places} {rib[10:]}  {day}{' ' * 50}{amount}{' ' * 16}"


def movement(mv: Mv, *, rib: str = RIB, currency: str = "EUR", places: str = "2") -> list[str]:
    """Record 04 and its 05s."""
    head = f"{rib[:5]}    {rib[5:10]}{currency}{places} {rib[10:]}{mv.code}{mv.on:%d%m%y}"
    reason = mv.reason.ljust(2)
    first = f"04{head}{reason}{mv.on:%d%m%y}{mv.label[:31]:31}{'':2}{'0000000'}{'':2}{overpunched(mv.minor)}{mv.ref:16}"
    return [first, *(f"05{head}{'':5}{code:3}{text[:70]:70}{'':2}" for code, text in mv.details)]


def cfonb(moves: Iterable[Mv], opening: int, opened: date, closed: date, **kw: Any) -> list[str]:
    """A whole statement."""
    lines = [record("01", opened, overpunched(opening), **kw)]
    total = opening
    for mv in moves:
        lines += movement(mv, **kw)
        total += mv.minor
    return [*lines, record("07", closed, overpunched(total), **kw)]


def text(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("latin-1")


def money(minor: int) -> str:
    return str(Decimal(abs(minor)) / 100)


def balance(code: str, minor: int, on: date) -> str:
    mark = "CRDT" if minor >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{money(minor)}</Amt>"
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(mv: Mv, *, version: int = 2, status: str = "BOOK") -> str:
    """An Ntry with one TxDtls, in the shape of `version`."""
    mark = "CRDT" if mv.minor >= 0 else "DBIT"
    side = "Dbtr" if mv.minor >= 0 else "Cdtr"
    name = f"<Nm>{mv.label}</Nm>" if version < 8 else f"<Pty><Nm>{mv.label}</Nm></Pty>"
    sts = status if version < 8 else f"<Cd>{status}</Cd>"
    ref = f"<AcctSvcrRef>{mv.ref}</AcctSvcrRef>" if mv.ref else ""
    told = "".join(f"<Ustrd>{words}</Ustrd>" for _, words in mv.details)
    amount = f"<Amt Ccy='EUR'>{money(mv.minor)}</Amt>"
    inner = amount + f"<CdtDbtInd>{mark}</CdtDbtInd>" if version >= 4 else f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
    return (
        f"<Ntry>{amount}<CdtDbtInd>{mark}</CdtDbtInd><Sts>{sts}</Sts><BookgDt><Dt>{mv.on}</Dt></BookgDt>"
        f"<ValDt><Dt>{mv.on}</Dt></ValDt>{ref}"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{inner}"
        f"<RltdPties><{side}>{name}</{side}><{side}Acct><Id><IBAN>{IBAN}</IBAN></Id></{side}Acct></RltdPties>"
        f"<RmtInf>{told}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def camt_head(opening: int, opened: date, closing: int, closed: date, *, version: int = 2, iban: str = IBAN) -> str:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}"
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<Document xmlns='{namespace}'><BkToCstmrStmt><GrpHdr>"
        f"<MsgId>M{opened}</MsgId><CreDtTm>{closed}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S{opened}-{closed}</Id>"
        f"<ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>{closed}T20:00:00</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id>"
        f"<Ccy>EUR</Ccy></Acct>{balance('OPBD', opening, opened)}{balance('CLBD', closing, closed)}"
    )


CAMT_TAIL = "</Stmt></BkToCstmrStmt></Document>"


def camt(moves: Sequence[Mv], opening: int, opened: date, closed: date, *, version: int = 2) -> bytes:
    closing = opening + sum(mv.minor for mv in moves)
    head = camt_head(opening, opened, closing, closed, version=version)
    return (head + "".join(entry(mv, version=version) for mv in moves) + CAMT_TAIL).encode()


def source(folder: Path, **settings: Any) -> Statements:
    """The connector over `folder`, without waiting for files to settle."""
    config = StatementsConfig(plugin="bank_statements", **{"folder": folder, "settle_s": 0, **settings})
    return Statements(config, make_context(folder.parent))


def days(start: date, count: int) -> list[date]:
    return [start + timedelta(days=n) for n in range(count)]
