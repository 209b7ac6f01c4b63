"""OFX 1 (SGML with unclosed leaves) and OFX 2 (XML), by one tolerant reader of our own.

Source: formats.md §4.4; OFX 1.0.2 §2 and §11, OFX 2.1.1. Only the ledger balance is given, no opening one: a statement
cannot be proved, so each movement stands for itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO, Final

from hub.plugins.bank_statements.codes import OFX_METHOD
from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.identity import digest
from hub.plugins.bank_statements.limits import ELEMENT_BYTES
from hub.plugins.bank_statements.model import Balance, Move, Opened, Statement
from hub.plugins.bank_statements.seen import Seen
from hub.plugins.bank_statements.texts import account_text, loose_minor, reference, rib_of

_NAME: Final = r"/?[A-Za-z][A-Za-z0-9._]{0,40}\s*/?>"
#: A tag and its value, in which a lone `<` that begins no tag is text.
_TAG: Final = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9._]{{0,40}})\s*/?>\s*([^<]*+(?:<(?!{_NAME}|[!?])[^<]*+)*+)")
#: Only what ends with a semicolon: names of firms hold R&D, and B&REG stands for no sign.
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_CDATA: Final = "<![CDATA["
_STATEMENTS: Final = frozenset({"STMTRS", "CCSTMTRS"})
_ACCOUNT: Final = ("BANKID", "BRANCHID", "ACCTID")


def tokens(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, name (a closing tag begins with ``/``) and value of each tag, in order."""
    position, closed = 0, True
    while (found := _TAG.search(text, position)) is not None:
        position, value = found.end(), found[3]
        if closed and not value and text.startswith(_CDATA, position):
            end = text.find("]]>", position)
            closed = end >= 0  # looked for once only: a file of unclosed ones must not be searched again and again
            if closed:
                value, position = text[position + len(_CDATA) : end], end + 3
        elif "&" in value:
            value = _ENTITY.sub(lambda entity: html.unescape(entity[0]), value)
        yield found.start(), position, found[1] + found[2].upper(), value.strip()


def read(stream: BinaryIO, opened: Opened) -> Iterator[Statement]:
    """The statements of an OFX file, one per account.

    Raises:
        RecordRejected: the file cannot be decoded, or the bank answered with an error (HUB-BANK-013).
    """
    try:
        text = stream.read().decode(opened.encoding)
    except UnicodeDecodeError as error:
        where = f"{opened.name}:byte {error.start + 1}"
        raise reject("HUB-BANK-012", where, encoding=opened.encoding, reason=error.reason) from None
    lines = _Lines(text)
    builder: _Builder | None = None
    status: dict[str, str] = {}
    found = False
    for start, end, name, value in tokens(text):
        if name in _STATEMENTS:
            if builder is not None:
                yield builder.done(text, start, complete=False)
            builder, found = _Builder(opened, lines, start), True
        elif builder is not None and name[1:] in _STATEMENTS:
            yield builder.done(text, end, complete=True)
            builder = None
        elif builder is not None:
            builder.take(text, start, end, name, value)
        elif name in ("CODE", "SEVERITY", "MESSAGE"):
            status[name] = value
            if name == "SEVERITY" and value.upper() == "ERROR":
                status["error"] = "yes"
    if builder is not None:
        yield builder.done(text, len(text), complete=False)
    elif not found:
        said = f"code {status.get('CODE', '?')[:20]}, {status.get('MESSAGE', '')[:100] or 'no message'}"
        if "error" in status:
            raise reject("HUB-BANK-013", opened.name, reason=said)
        raise reject("HUB-BANK-023", opened.name, missing="it holds no account statement (STMTRS)")


class _Lines:
    """Line numbers of places in a text, asked in ascending order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at, self._line = 0, 1

    def number(self, place: int) -> int:
        self._line += self._text.count("\n", self._at, place)
        self._at = place
        return self._line


class _Builder:
    """One STMTRS being read, tag by tag."""

    def __init__(self, opened: Opened, lines: _Lines, start: int) -> None:
        self._opened = opened
        self._lines = lines
        self._start = start
        self._account: dict[str, str] = {}
        self._balance: dict[str, str] = {}
        self._in_balance = self._in_account = False
        self._move: int | None = None
        self._first = 0
        self._fields: dict[str, str] = {}
        self._currency = ""
        layout: dict[str, Any] = {"format": "ofx"}
        self._statement = Statement("", "", layout, lines.number(start), {"encoding": opened.encoding})

    def take(self, text: str, start: int, end: int, name: str, value: str) -> None:
        """One tag."""
        if self._move is not None:
            if name in ("STMTTRN", "/STMTTRN", "/BANKTRANLIST", "LEDGERBAL"):
                self._finish(text, end if name == "/STMTTRN" else start)
            else:
                self._fields.setdefault(name, value)
                return
        if name == "STMTTRN":
            self._opened.budget.spend()
            self._move, self._fields = start, {}
            self._first = self._first or start
            if not self._statement.moves:
                self._identify()
        elif name == "CURDEF":
            self._currency = value.upper()[:10]
        elif name in ("BANKACCTFROM", "CCACCTFROM"):
            self._in_account = True
        elif name in ("/BANKACCTFROM", "/CCACCTFROM", "BANKTRANLIST"):
            self._in_account = False
        elif name in ("LEDGERBAL", "/LEDGERBAL", "AVAILBAL"):
            self._in_balance = name == "LEDGERBAL"
        elif self._in_account and name in _ACCOUNT:
            self._account.setdefault(name, value)
        elif self._in_balance:
            self._balance.setdefault(name, value)

    def done(self, text: str, end: int, complete: bool) -> Statement:
        """The statement; one that the file does not finish is a fragment."""
        if self._move is not None:
            self._finish(text, end)
        self._identify()
        statement = self._statement
        if not complete:
            where = f"{self._opened.name}:{statement.line}"
            statement.fault = reject("HUB-BANK-023", where, missing="the file ends before </STMTRS>")
        encoding = self._opened.encoding
        statement.head = text[self._start : self._first or end].encode(encoding)
        if complete:
            statement.tail = b"</STMTRS>"
        statement.glue = b""
        statement.closing = self._ledger_balance()
        return statement

    def _identify(self) -> None:
        """The account: the parts of a RIB in French files, an IBAN, or bank and account."""
        statement = self._statement
        bank, branch, account = (account_text(self._account.get(name, "")) for name in _ACCOUNT)
        if len(bank) == 5 and len(branch) == 5 and len(account) == 11:
            statement.account = bank + branch + account
        elif len(account) >= 15 and account[:2].isalpha():
            statement.account = account
        else:
            statement.account = "/".join(part for part in (bank, branch, account) if part)[:100]
        currency = self._currency or self._opened.config.currency or ""
        statement.layout |= {"account": statement.account, "currency": currency}

    def _finish(self, text: str, end: int) -> None:
        """Close the transaction being read."""
        start, self._move = self._move or 0, None
        fields, opened = self._fields, self._opened
        line = self._lines.number(start)
        where = f"{opened.name}:{line}"
        if end - start > ELEMENT_BYTES:
            raise reject("HUB-BANK-008", where, thing="transaction", limit=ELEMENT_BYTES)
        currency = str(self._statement.layout["currency"])
        minor, fault = None, None
        try:
            minor = loose_minor(fields.get("TRNAMT", ""), currency)
        except Garbled as garbled:
            fault = garbled.at(where)
        own = reference(fields.get("FITID")) if opened.config.ofx_ids == "kept" else ""
        said = (fields.get(name, "") for name in ("TRNTYPE", "NAME", "MEMO", "CHECKNUM", "REFNUM"))
        parts = [
            rib_of(self._statement.account),
            fields.get("DTPOSTED", "")[:8],
            str(minor) if minor is not None else fields.get("TRNAMT", ""),
            currency,
            own,
            *(" ".join(text.split()) for text in said),
        ]
        on = _iso(fields.get("DTPOSTED", "")) or fields.get("DTPOSTED", "")[:8]
        body = text[start:end].encode(opened.encoding)
        self._statement.moves.append(Move(digest("\x1f".join(parts)), on, minor, currency, body, line, fault=fault))

    def _ledger_balance(self) -> Balance | None:
        """LEDGERBAL, for display: without an opening balance it proves nothing."""
        currency = str(self._statement.layout["currency"])
        try:
            minor = loose_minor(self._balance.get("BALAMT", ""), currency)
        except Garbled:
            return None
        return Balance(_iso(self._balance.get("DTASOF", "")), minor, currency)


def _iso(text: str) -> str:
    """ISO date of YYYYMMDD…, the date as written whatever its zone; empty when it is none."""
    head = text[:8]
    if len(head) != 8 or not head.isascii() or not head.isdigit():
        return ""
    try:
        return date(int(head[:4]), int(head[4:6]), int(head[6:])).isoformat()
    except ValueError:
        return ""


def understand(body: bytes, layout: dict[str, Any], config: StatementsConfig, ref: str) -> Seen:
    """What one STMTTRN says.

    Raises:
        Garbled: its amount or date is not understood.
    """
    fields: dict[str, str] = {}
    for _, _, name, value in tokens(body.decode(layout.get("encoding", "ascii"))):
        fields.setdefault(name, value)
    currency = layout["currency"] or config.currency or ""
    minor = loose_minor(fields.get("TRNAMT", ""), currency)
    posted = fields.get("DTPOSTED", "")
    if not posted:
        raise Garbled("HUB-BANK-032")
    on = _iso(posted)
    if not on:
        raise Garbled("HUB-BANK-031", field="date posted", text=posted[:40])
    seen = Seen(layout["account"], on, minor, currency)
    seen.value_on = _iso(fields.get("DTAVAIL", "")) or None
    seen.bank_ref = reference(fields.get("FITID")) or None
    seen.code = fields.get("TRNTYPE", "").upper() or None
    seen.method = OFX_METHOD.get(seen.code or "", "other")
    seen.party = fields.get("NAME") or None
    seen.party_iban = account_text(fields.get("ACCTID", "")) or None  # of BANKACCTTO
    check = reference(fields.get("CHECKNUM"))
    pieces = (fields.get("NAME", ""), fields.get("MEMO", ""), f"CHQ {check}" if check else "")
    seen.remittance = [" ".join(piece.split()) for piece in pieces if piece]
    return seen
