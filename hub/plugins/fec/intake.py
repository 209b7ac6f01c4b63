"""One file on its way in: its lines brought together to entries, what cannot be read held, the rest understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, pairwise

from hub.plugins.fec import accounts as a
from hub.plugins.fec import opening
from hub.plugins.fec.blocks import Block, Line, Stray
from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.entries import Understanding
from hub.plugins.fec.facts import BY_CODE, Doc, entry_name
from hub.plugins.fec.faults import rejected
from hub.plugins.fec.holding import Holder
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.net import Carried
from hub.plugins.fec.proof import Tally
from hub.plugins.fec.scratch import Scratch
from hub.plugins.fec.simple import Simple
from hub.sdk import RecordRejected
from hub.sdk.money import decimal_text

#: Accounts whose sales to nobody are added up.
_KNOWN = 10_000
#: Accounts named of a ledger without debtors.
_SHOWN = 5


class Scattered(Exception):
    """The lines of an entry do not stand together: the file must be sorted first."""


class Intake:
    """One file on its way in."""

    def __init__(
        self, scratch: Scratch, config: FecConfig, number: int, reader: Reader, *, carries: bool, begins: str
    ) -> None:
        """`carries`: a year before was read, so that openings repeat it. `begins`: the first day of this one."""
        self._scratch, self.number, self._ledger, self._reader = scratch, number, reader.ledger, reader
        self._currency, self._takes = config.currency, config.unbalanced == "take"
        self._understanding = Understanding(reader, config.accounts, config.opening_journals, config.currency, begins)
        self._simple = Simple(reader, self._understanding, config.currency, scratch, number)
        tally = Tally(scratch, reader, config.accounts, number)
        tally.begin()
        reader.counted = tally.add
        self._tally, self._carries = tally, carries
        self._holder = Holder(scratch, reader, self._understanding, tally, number, begins, takes=self._takes)
        self.lines = 0
        self.sold_to: set[str] = set()
        self.elsewhere: Counter[str] = Counter()
        self._debtors = False
        self._one_sided: dict[tuple[str, str], list[list[Line]]] = {}
        self.carried: list[Carried] = []
        self.names: dict[str, tuple[str, int]] = {}
        self._debit = self._credit = 0
        self._faults = 0
        self._journal = reader.column("journallib")

    def opens(self, line: Line) -> bool:
        """True for a line of a journal that may carry balances forward."""
        return self._understanding.beginning.is_journal(line.key[0], line.cells[self._journal])

    def take(self, found: Iterator[list[Line] | Stray | Block], *, scattered: bool) -> None:
        """Every entry of the file.

        Raises:
            Scattered: an entry does not balance, and `scattered` does not say that this is known.
        """
        for entry in found:
            if isinstance(entry, Stray):
                self.lines += 1
                self._faults += 1
                self._holder.hold_line(entry)
            elif isinstance(entry, Block):
                self.lines += entry.starts[-1] - entry.starts[0]
                self._block(entry, scattered)
            else:
                self.lines += len(entry)
                self._entry(entry, scattered)
        self._take_one_sided()

    def _take_one_sided(self) -> None:
        """Openings that number each line by itself balance together: by journal and day. Others are held."""
        for entries in self._one_sided.values():
            together = sum(line.amount for lines in entries for line in lines)
            for lines in entries:
                if together:
                    self._holder.hold_entry(lines, self._unbalanced(lines, sum(line.amount for line in lines)))
                elif docs := self._understanding.docs(lines):
                    self._debtors = True
                    self._keep(docs, lines)

    def _block(self, block: Block, scattered: bool) -> None:
        begin, end = block.starts[0], block.starts[-1]
        balances = list(accumulate(block.amounts, initial=0))
        if len({balances[at] for at in block.starts}) > 1:
            for at, to in pairwise(block.starts):
                self._entry(block.lines(at, to), scattered)
            return
        debit = sum([amount for amount in block.amounts[begin:end] if amount > 0])
        self._debit += debit
        self._credit += debit
        self._simple.take(block, self._balanced, self._wants_debtors)

    def _wants_debtors(self) -> bool:
        """True as long as none was met: accounts that may be debtors' are then looked for."""
        return not (self._debtors or self._simple.found) and len(self.sold_to) < _SHOWN

    def _entry(self, lines: list[Line], scattered: bool) -> None:
        amounts = [line.amount for line in lines]
        balance, debit = sum(amounts), sum([amount for amount in amounts if amount > 0])
        self._debit += debit
        self._credit += debit - balance
        fault = next((line.fault for line in lines if line.fault is not None), None)
        if balance and fault is None and not self._takes:
            if not scattered:
                raise Scattered
            if self._understanding.beginning.is_opening(lines):
                self._one_sided.setdefault((lines[0].key[0], lines[0].key[2]), []).append(lines)
                return
            fault = self._unbalanced(lines, balance)
        elif balance and fault is not None and not scattered:
            raise Scattered
        if fault is not None:
            self._faults += any(line.fault for line in lines)
            self._holder.hold_entry(lines, fault)
            return
        self._balanced(lines)

    def _balanced(self, lines: list[Line]) -> None:
        if self._understanding.beginning.closes(lines):  # nothing happened: what is owed stays owed
            for line in lines:
                self._tally.count(line.account, self._understanding.aux_of(line), -line.amount)
            return
        docs = self._understanding.docs(lines)
        if docs:
            self._debtors = True
            self._keep(docs, lines)
        else:
            self._look_for_debtors(lines)

    def _look_for_debtors(self, lines: list[Line]) -> None:
        """Of a sale to nobody that is known as a debtor: the accounts that were debited, money aside; and what it comes
        to, corrections included, on accounts that may be debtors'."""
        sold = [line.amount for line in lines if line.account.startswith("70")]
        if self._wants_debtors() and any(amount < 0 for amount in sold):
            self.sold_to |= {line.account for line in lines if line.amount > 0 and line.account[0] not in "567"}
        for line in lines if sold else ():
            known = line.account in self.elsewhere or len(self.elsewhere) < _KNOWN
            if known and a.may_owe(line.account) and not self._understanding.is_debtor(line.account):
                self.elsewhere[line.account] += line.amount

    def _keep(self, docs: list[Doc], lines: list[Line]) -> None:
        name = self._ledger.name
        if docs[0].opening and self._carries:
            self.carried += opening.carried_lines(docs)
            for doc in docs:
                if doc.naming >= self.names.get(doc.debtor, ("", BY_CODE))[1]:
                    self.names[doc.debtor] = doc.name, doc.naming
            return
        entry = entry_name(lines[0].key)
        for doc in docs:
            self._scratch.add(self.number, doc, doc.ref(lines[0].key[0]), entry, name)

    def _unbalanced(self, lines: list[Line], balance: int) -> RecordRejected:
        debit = sum(line.amount for line in lines if line.amount > 0)
        loose = len({line.key[:2] for line in lines}) > 1  # never one entry, as `loose` puts them together
        return rejected(
            "HUB-FEC-021" if loose else "HUB-FEC-020",
            f"{self._ledger.name}:{lines[0].number}",
            journal=lines[0].key[0],
            day=self._reader.day(lines[0].key[2]),
            count=len(lines),
            entry=entry_name(lines[0].key),
            debit=decimal_text(debit, self._currency),
            credit=decimal_text(debit - balance, self._currency),
            difference=decimal_text(balance, self._currency),
        )

    def close(self) -> None:
        """After the last line: does the file as a whole balance?"""
        self._tally.close()
        difference = self._debit - self._credit
        if difference and not self._takes and not self._faults:
            name = self._ledger.name
            fault = rejected(
                "HUB-FEC-022",
                name,
                debit=decimal_text(self._debit, self._currency),
                credit=decimal_text(self._credit, self._currency),
                difference=decimal_text(difference, self._currency),
            )
            self._holder.hold(f"balance/{name}", [name], 1, fault, 1)
