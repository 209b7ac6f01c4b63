"""camt.053 (and camt.054 when asked for): statements and their booked entries, read as a stream.

Elements are met by local name, with any namespace or none, versions .02 to .13. Source: formats.md §4.2;
ISO 20022 BankToCustomerStatement. This module splits and proves; `camt_map` interprets one movement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from hub.plugins.bank_statements.camt_amounts import fees_of, minor_of, sign_of
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.identity import digest
from hub.plugins.bank_statements.limits import BUFFER_BYTES, ELEMENT_BYTES, HEAD_ELEMENTS, PACKED_BYTES, SHELL_CHARS
from hub.plugins.bank_statements.model import Balance, Move, Opened, Statement, dump
from hub.plugins.bank_statements.packed import Packed, drop, weight
from hub.plugins.bank_statements.texts import account_text, iso_date, reference, rib_of
from hub.plugins.bank_statements.xmlread import (
    Element,
    Tree,
    ends,
    first,
    text_at,
    text_of,
    tree,
)
from hub.sdk.errors import RecordRejected
from hub.sdk.xml import name_of, serialized

#: What holds entries: a statement, a notification.
_CONTAINERS: Final = {"Stmt": "camt.053", "Ntfctn": "camt.054"}
#: What is read or kept of a statement besides its entries.
_HEAD: Final = frozenset(
    "Id StmtPgntn NtfctnPgntn ElctrncSeqNb LglSeqNb CreDtTm FrToDt CpyDplctInd RptgSrc Acct RltdAcct Intrst Bal "
    "TxsSummry AddtlStmtInf AddtlNtfctnInf".split()
)
#: Statuses of entries that are not money yet.
_NOT_BOOKED: Final = frozenset({"PDNG", "INFO", "FUTR"})


def read(stream: BinaryIO, opened: Opened) -> Iterator[Statement]:
    """The statements of a camt.053 message (notifications of a camt.054), in its order.

    The bodies of a very long statement are packed (`Statement.packed`); when even that is too much they are dropped
    (`Statement.rereads`), and `moves_of` reads them again.

    Raises:
        RecordRejected: the document cannot be read, and no statement is under way.
    """
    builder: _Builder | None = None
    kept = 0
    for step in _steps(stream, opened):
        if isinstance(step, Move):
            assert builder is not None  # noqa: S101 - _steps gives the builder first
            kept += weight(step)
            builder.statement.moves.append(step)
            if kept > BUFFER_BYTES:
                _put_away(builder.statement, step)
        elif isinstance(step, _Builder):
            builder, kept = step, 0
        else:
            yield step


def _put_away(statement: Statement, last: Move) -> None:
    """Keep a statement that is too long to be buffered in little memory: `last` is its last movement so far."""
    if statement.rereads:
        drop(last)
        return
    if statement.packed is None:
        statement.packed = Packed()
        for move in statement.moves:
            statement.packed.add(move)
    else:
        statement.packed.add(last)
    if statement.packed.size > PACKED_BYTES:
        statement.packed, statement.rereads = None, True
        for move in statement.moves:
            drop(move)


def moves_of(path: str, opened: Opened, number: int) -> Iterator[Move]:
    """The movements of the file's statement `number` (from 0), one at a time, with their bodies."""
    with open(path, "rb") as stream:
        current = -1
        for step in _steps(stream, opened):
            if isinstance(step, _Builder):
                current += 1
            elif current == number:
                if isinstance(step, Statement):
                    return
                yield step


def _steps(stream: BinaryIO, opened: Opened) -> Iterator[_Builder | Move | Statement]:
    """For each statement: its builder, its movements as they are read, then the statement without them."""
    builder: _Builder | None = None
    try:
        for name, element in ends(stream, ("Ntry", *_CONTAINERS), opened.name):
            container = element if name != "Ntry" else element.getparent()
            kind = _CONTAINERS.get(name_of(container.tag)) if container is not None else None
            if kind is not None and container is not None:
                if builder is None:
                    builder = _Builder(kind, container, opened)
                    yield builder
                if name == "Ntry":
                    builder.head(element)
                    opened.budget.spend()
                    move = builder.entry(element)
                    if move is not None:
                        yield move
                else:
                    yield builder.close(element)
                    builder = None
            _purge(element)
    except RecordRejected as fault:
        if builder is None:
            raise
        builder.statement.fault = fault
        yield builder.close(None)


def _purge(element: Element) -> None:
    """Free what was read: the element's content, and all that stands before it and before its ancestors."""
    element.clear()
    node: Element | None = element
    while node is not None:
        parent = node.getparent()
        if parent is not None and node.getprevious() is not None:
            del parent[: parent.index(node)]
        node = parent


class _Builder:
    """One statement being read, entry by entry."""

    def __init__(self, kind: str, container: Element, opened: Opened) -> None:
        self._opened = opened
        self._tag = name_of(container.tag)
        self._balances: list[tuple[str, Balance]] = []
        self._head: list[bytes] = []
        self._waiting = 0
        self._account: Tree = {}
        self._ids: dict[str, str] = {}
        self._salt: str | None = None
        layout: dict[str, Any] = {"format": kind}
        line = container.sourceline or 0
        self.statement = Statement("", "", layout, line)

    def head(self, entry: Element) -> None:
        """Take what stands before `entry`: account, balances, ids."""
        before = entry.getprevious()
        if before is None:
            return
        elements: list[Element] = []
        while before is not None:
            elements.append(before)
            self._few(len(elements))
            before = before.getprevious()
        for element in reversed(elements):
            self._take(element)

    def _few(self, count: int) -> None:
        """Refuse a statement with thousands of elements that are no entries."""
        if count > HEAD_ELEMENTS:
            where = f"{self._opened.name}:{self.statement.line}"
            raise reject("HUB-BANK-026", where, reason=f"more than {HEAD_ELEMENTS} elements stand between two entries")

    def _take(self, element: Element) -> None:
        name = name_of(element.tag)
        if name not in _HEAD:
            return
        self._head.append(serialized(element))
        if name == "Acct" and not self._account:
            self._account = tree(element)
            self._name_account()
        elif name == "Bal":
            self._take_balance(element)
        elif name in ("Id", "ElctrncSeqNb", "LglSeqNb") and name not in self._ids:
            self._ids[name] = (element.text or "").strip()[:200]

    def _name_account(self) -> None:
        account = text_at(self._account, "Id", "IBAN") or text_at(self._account, "Id", "Othr", "Id")
        self.statement.account = account_text(account)

    def _take_balance(self, element: Element) -> None:
        bal = tree(element)
        code = text_at(bal, "Tp", "CdOrPrtry", "Cd")
        if code not in ("OPBD", "PRCD", "CLBD", "ITBD"):
            return
        amount = first(bal, "Amt") or {}
        currency = str(amount.get("@Ccy", "")).strip()
        day = text_at(bal, "Dt", "Dt") or text_at(bal, "Dt", "DtTm")
        try:
            sign = sign_of(text_at(bal, "CdtDbtInd"))
            minor = sign * minor_of(text_of(amount), currency)
            self._balances.append((code, Balance(iso_date(day) if day else "", minor, currency)))
        except (Garbled, ValueError) as error:
            where = f"{self._opened.name}:{element.sourceline}"
            reason = error.at("").what if isinstance(error, Garbled) else f"its date {day[:40]!r} is none"
            self.statement.fault = self.statement.fault or reject("HUB-BANK-027", where, which=code, reason=reason)

    def entry(self, element: Element) -> Move | None:
        """One entry as a movement; None when it is not booked yet."""
        top: dict[str, Element] = {}
        details: list[Element] = []
        for child in element:
            name = name_of(child.tag)
            top.setdefault(name, child)
            if name == "NtryDtls":
                details += [part for part in child if name_of(part.tag) == "TxDtls"]
        status = "".join(top["Sts"].itertext()).strip() if "Sts" in top else ""
        if status in _NOT_BOOKED:
            self._waiting += 1
            return None
        line = element.sourceline or 0
        amount = top.get("Amt")
        text, currency = (
            ((amount.text or "").strip(), amount.get("Ccy", "").strip()) if amount is not None else ("", "")
        )
        day = "".join(top["BookgDt"].itertext()).strip() if "BookgDt" in top else ""
        mark = _text(top, "CdtDbtInd")
        minor, fault = None, None
        try:
            minor = sign_of(mark) * minor_of(text, currency)
        except Garbled as garbled:
            fault = garbled.at(f"{self._opened.name}:{line}")
        own = reference(_text(top, "AcctSvcrRef"))
        # Banks give one reference to several movements: what the payers wrote tells them apart.
        said = f"R{own}{_written(details)}" if own else f"T{_words(element)}"
        key = digest(f"{self._account_salt()}\x1f{day[:10]}\x1f{mark}{text}{currency}\x1f{said}")
        move = Move(key, day[:10], minor, currency, None, line, fault=fault)
        if minor is not None and len(details) > 1 and self._split(move, element, details, minor):
            return move
        move.body = serialized(element)
        if len(move.body) > ELEMENT_BYTES:
            fault = reject("HUB-BANK-008", f"{self._opened.name}:{line}", thing="entry", limit=ELEMENT_BYTES)
            self.statement.fault = self.statement.fault or fault
        return move

    def _account_salt(self) -> str:
        if self._salt is None:
            self._salt = rib_of(self.statement.account)
            self.statement.layout["account"] = self.statement.account
        return self._salt

    @staticmethod
    def _split(move: Move, element: Element, details: list[Element], minor: int) -> bool:
        """Make the details movements of their own when they add up to the entry; False leaves it as one."""
        whole = tree(element, without="NtryDtls")
        fees = fees_of(whole, (tree(detail) for detail in details), minor, move.currency)
        if fees is None:
            return False
        batches = (part for block in element if name_of(block.tag) == "NtryDtls" for part in block)
        whole["Btch"] = [tree(part) for part in batches if name_of(part.tag) == "Btch"][:1]
        if len(dump(whole)) > SHELL_CHARS:
            return False
        move.parts = tuple(serialized(detail) for detail in details)
        move.shell = {"entry": whole, "details": len(details), "fees": fees}
        return True

    def close(self, container: Element | None) -> Statement:
        """The statement, without its movements."""
        if container is not None:
            for count, element in enumerate(container):
                self._few(count)
                self._take(element)
        statement, ids = self.statement, self._ids
        self._account_salt()
        statement.number = ids.get("ElctrncSeqNb") or ids.get("LglSeqNb") or ids.get("Id") or ""
        statement.opening, statement.closing = _ends_of(self._balances, text_at(self._account, "Ccy"))
        statement.head = f"<{self._tag}>".encode() + b"".join(self._head)
        statement.tail = f"</{self._tag}>".encode()
        if self._waiting:
            statement.notes.append(f"{self._waiting} entries not booked yet (PDNG, INFO) left alone")
        return statement


def _words(entry: Element) -> str:
    """All that an entry says, blanks reduced; but not NtryRef, which is numbered by statement."""
    texts: list[str] = []
    for child in entry:
        if name_of(child.tag) != "NtryRef":
            texts.extend(child.itertext())
    return " ".join(" ".join(texts).split())


def _written(details: list[Element]) -> str:
    """What the payers wrote: end-to-end references and remittance, blanks left out; empty when there is nothing."""
    texts: list[str] = []
    for detail in details:
        for child in detail:
            name = name_of(child.tag)
            if name == "RmtInf":
                texts.extend(child.itertext())
            elif name == "Refs":
                texts += [reference(ref.text) for ref in child if name_of(ref.tag) == "EndToEndId"]
    return "".join("".join(texts).split())


def _text(top: dict[str, Element], name: str) -> str:
    element = top.get(name)
    return (element.text or "").strip() if element is not None else ""


def _ends_of(balances: list[tuple[str, Balance]], currency: str) -> tuple[Balance | None, Balance | None]:
    """Opening and closing balance: OPBD or PRCD, and CLBD; a page of a longer statement has ITBD instead."""
    own = [pair for pair in balances if not currency or pair[1].currency == currency] or balances
    middle = [balance for code, balance in own if code == "ITBD"]
    opening = next((b for wanted in ("OPBD", "PRCD") for code, b in own if code == wanted), None)
    closing = next((balance for code, balance in own if code == "CLBD"), None)
    if opening is None and middle and (closing is not None or len(middle) > 1):
        opening = middle.pop(0)
    if closing is None and middle:
        closing = middle[-1]
    if closing is None or opening is None:
        # A balance in another currency than the account's still has to be named, not passed over.
        opening = opening or next((b for code, b in balances if code in ("OPBD", "PRCD")), None)
        closing = closing or next((b for code, b in balances if code == "CLBD"), None)
    return opening, closing
