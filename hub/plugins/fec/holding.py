"""What of one file cannot be taken in: kept with its reason; what it did to debtors is told by facts that count not.

Such a fact gives the gap that it leaves a name. Where an amount cannot be read the rest of its entry says it; where
that does not either the fact is of zero: what the debtor owes is then not known.
"""

from __future__ import annotations

from hashlib import blake2b

from hub.plugins.fec import accounts as a
from hub.plugins.fec.blocks import Line, Stray
from hub.plugins.fec.entries import Understanding
from hub.plugins.fec.facts import BY_CODE, Doc, entry_name
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.proof import Tally
from hub.plugins.fec.scratch import Scratch
from hub.sdk import RecordRejected

#: Lines of a held entry that are kept as evidence.
_KEPT_LINES = 200


class Holder:
    """Holds what is wrong in one file."""

    def __init__(
        self, scratch: Scratch, reader: Reader, understanding: Understanding, tally: Tally, number: int, begins: str,
        *, takes: bool,
    ) -> None:  # fmt: skip
        """`begins`: the first day of the year, where it is known. `takes`: entries need not balance."""
        self._takes = takes
        self._scratch, self._reader, self._number, self._begins = scratch, reader, number, begins
        self._understanding, self._tally, self._name = understanding, tally, reader.ledger.name

    def hold(self, ref: str, texts: list[str], number: int, fault: RecordRejected, lines: int) -> None:
        """Keep what is wrong, with its place."""
        self._scratch.hold(ref, "\n".join(texts), fault.where or f"{self._name}:{number}", fault, lines)

    def hold_line(self, stray: Stray) -> None:
        """A line of which not even the entry can be told."""
        digest = blake2b(stray.text.encode(), digest_size=8).hexdigest()
        self.hold(f"line/{digest}", [stray.text], stray.number, stray.fault, 1)
        told = self._reader.guessed(stray.text)
        if told is not None and self._understanding.is_debtor(told.account):
            amount = told.amount or 0
            debtor, day, place = told.aux or a.debtor_of(told.account), self._some_day(), f"line {stray.number}"
            doc = Doc("held", 1 if amount >= 0 else -1, debtor, debtor, place, day, day, _reason(stray.fault),
                      stray.number, 0, False, parts={(told.account, "", ""): abs(amount)}, naming=BY_CODE)  # fmt: skip
            self._scratch.add(self._number, doc, doc.ref(place), place, self._name)

    def hold_entry(self, lines: list[Line], fault: RecordRejected) -> None:
        """The entry waits; what it did to debtors still counts in their balances, so that a gap shows."""
        entry, ref = entry_name(lines[0].key), "entry/" + "/".join(lines[0].key)
        self.hold(ref[:150], [line.text for line in lines[:_KEPT_LINES]], lines[0].number, fault, len(lines))
        day = self._reader.day(lines[0].key[2]) or self._some_day()
        docs: dict[tuple[str, int], Doc] = {}
        for line, amount in zip(lines, self._amounts(lines), strict=True):
            debtor, sign = self._whose(line), 1 if amount >= 0 else -1
            if not debtor or not (amount or line.fault):
                continue
            if not line.account:
                self._tally.infer(debtor, amount)
            doc = docs.get((debtor, sign))
            if doc is None:
                doc = docs[debtor, sign] = self._understanding.begun("held", line)
                doc.sign, doc.piece, doc.label, doc.day, doc.issued = sign, entry, _reason(fault), day, day
            slot = (line.account, "", "")
            doc.parts[slot] = doc.parts.get(slot, 0) + abs(amount)
            doc.lines.append(line)
        for doc in docs.values():
            self._scratch.add(self._number, doc, doc.ref(entry), entry, self._name)

    def _amounts(self, lines: list[Line]) -> list[int]:
        """The amount of each line, as far as it can be read; of a single one that cannot, what the others leave."""
        amounts: list[int] = []
        unread: list[int] = []
        for at, line in enumerate(lines):
            told = self._reader.guessed(line.text) if line.fault is not None else None
            if told is not None and told.amount is None:
                unread.append(at)
            amounts.append(line.amount if told is None else told.amount or 0)
        if len(unread) == 1 and not self._takes:
            [at] = unread
            amounts[at] = -sum(amounts)
            if self._understanding.is_debtor(lines[at].account):
                self._tally.infer(self._understanding.debtor_of(lines[at]), amounts[at])
        return amounts

    def _whose(self, line: Line) -> str:
        """The debtor of a line, empty when it is none's. Where the account is missing, CompAuxNum of a known one."""
        if self._understanding.is_debtor(line.account):
            return self._understanding.debtor_of(line)
        aux = "" if line.account else self._understanding.aux_of(line)
        return aux if aux and self._scratch.knows(aux) else ""

    def _some_day(self) -> str:
        """A day for what bears none: the first of the year, else the first that was read."""
        return self._begins or min(filter(None, self._reader.dates.values()), default="1901-01-01")


def _reason(fault: RecordRejected) -> str:
    return f"{fault.what}; {fault.mend}"
