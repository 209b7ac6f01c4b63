"""What one entry did to each debtor: invoices, credit notes, money received, and the named rest.

An entry is cut where its lines balance, so that a month booked under one number still falls into its facts. The other
side of each line tells what it is (`accounts`); the sum of a debtor's lines is kept whatever they are called, so that
the balance of an account is always the sum of what is said of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.plugins.fec import accounts as a
from hub.plugins.fec.blocks import Line
from hub.plugins.fec.division import add_tax, balanced_parts, split_money
from hub.plugins.fec.facts import (
    BY_ACCOUNT,
    BY_CODE,
    BY_DEBTOR,
    CREDIT_NOTE,
    INVOICE,
    RECEIPT,
    Doc,
    Slot,
    foreign_minor,
    kind_of_sign,
)
from hub.plugins.fec.lines import Reader
from hub.sdk.money import is_currency


class Understanding:
    """How the lines of one file are understood; holds what does not change from line to line."""

    def __init__(
        self, reader: Reader, prefixes: Sequence[str], opening: Sequence[str], currency: str, begins: str = ""
    ) -> None:
        """`begins`: the first day of the year, where it is known."""
        self._begins = begins
        self._prefixes, self._opening, self._currency = tuple(prefixes), tuple(opening), currency
        self._day = reader.day
        names = ("journallib", "comptelib", "compauxnum", "compauxlib", "pieceref", "piecedate", "ecriturelib",
                 "ecriturelet", "datelet", "montantdevise", "idevise")  # fmt: skip
        self._at = {name: reader.column(name) for name in names}
        self._foreign = self._at["idevise"]
        self._letters, self._lettered = self._at["ecriturelet"], self._at["datelet"]
        self._name, self._account_name = self._at["compauxlib"], self._at["comptelib"]
        self._piece, self._piece_date, self._label = (self._at[n] for n in ("pieceref", "piecedate", "ecriturelib"))
        self._is_debtor: dict[str, bool] = {}
        self._sides_of: dict[str, str] = {}

    def is_debtor(self, account: str) -> bool:
        """True for an account of debtors."""
        known = self._is_debtor.get(account)
        if known is None:
            known = self._is_debtor[account] = account.startswith(self._prefixes)
        return known

    def debtor_of(self, line: Line) -> str:
        """The debtor's code: CompAuxNum, else the account's own number (413DUPONT and 416DUPONT are 411DUPONT)."""
        return self.aux_of(line) or a.debtor_of(line.account)

    def aux_of(self, line: Line) -> str:
        """CompAuxNum."""
        return line.cells[self._at["compauxnum"]].strip()

    def is_opening_journal(self, code: str, name: str) -> bool:
        """True for a journal that may carry balances forward, by its code and its name as it stands."""
        return bool(a.opening_journal(code, name.strip(), self._opening))

    def is_opening(self, lines: Sequence[Line]) -> bool:
        """True when the entry carries balances forward: by its journal, by account 890, or by its label where it stands
        at the beginning of the year: not all programs have such a journal.

        Costs and sales are never carried forward. Money against debtors alone is a payment, unless the journal's own
        name, or the settings, say otherwise.
        """
        first = lines[0]
        classes = {line.account[:1] for line in lines}
        if classes & {"6", "7"}:
            return False
        journal = a.opening_journal(first.key[0], first.cells[self._at["journallib"]].strip(), self._opening)
        if journal == a.NAMED or a.OPENING_ACCOUNT in {line.account[:3] for line in lines}:
            return True
        if journal == a.PERHAPS:
            return classes != {"4", "5"}
        if not self.is_labelled_opening(self._day(first.key[2]), first.cells[self._label]):
            return False
        return "1" in classes or not ("5" in classes or self._moves(lines))

    def closes(self, lines: Sequence[Line]) -> bool:
        """True when the entry closes the accounts at the end of a year, against account 891; never costs or sales."""
        if a.CLOSING_ACCOUNT not in {line.account[:3] for line in lines}:
            return False
        return not {"6", "7"} & {line.account[:1] for line in lines} and not self.is_opening(lines)

    def is_labelled_opening(self, day: str, label: str) -> bool:
        """True for a label that tells of balances carried forward, in the first three days of the month in which the
        year begins; on the first of any month where that is not known."""
        early = day[:7] == self._begins[:7] and day[8:] <= "03" if self._begins else day[8:] == "01"
        return early and a.tells_opening(label.strip())

    def _moves(self, lines: Sequence[Line]) -> bool:
        """True when what is taken from debtors goes to debtors."""
        return not sum(line.amount for line in lines) and all(self.is_debtor(line.account) for line in lines)

    def docs(self, lines: list[Line]) -> list[Doc]:
        """The facts of one entry, in the order of its lines; none when it touches no debtor."""
        mine = self.debtors_lines(lines)
        if not mine:
            return []
        opening = self.is_opening(lines)
        if len(mine) == 1 and len(lines) < 4 and not opening and (simple := self._simple(lines, mine[0])):
            return [simple]
        found: dict[tuple[object, ...], Doc] = {}
        parts = [lines]
        if opening:
            for line in mine:
                kind = INVOICE if line.amount >= 0 and a.role_of(line.account) != a.DEPOSIT else "opening"
                self._put(found, (line.number,), kind, line, 0, opening=True)
        else:
            parts = balanced_parts(lines)
            for sub, part in enumerate(parts):
                self._understand(part, mine if part is lines else self.debtors_lines(part), sub, found)
        docs = [doc for raw in found.values() for doc in self._signed(raw)]
        if opening:
            return docs
        for sub, part in enumerate(parts):
            docs += split_money([doc for doc in docs if doc.sub == sub], part, self.is_debtor)
        sales = [doc for doc in docs if doc.kind in (INVOICE, CREDIT_NOTE)]
        if len(sales) == 1:
            add_tax(sales[0], [line for line in lines if not self.is_debtor(line.account)])
        return docs

    def _simple(self, lines: list[Line], line: Line) -> Doc | None:
        """One debtor's line against sales, or against money: nearly every entry. The same as the long way, sooner."""
        net = tax = money = 0
        bank = ""
        sides = self._sides_of
        for one in lines:
            if one is line:
                continue
            side = sides.get(one.account) or self._side_of(one.account)
            if side == a.SALES:
                net -= one.amount
            elif side == a.VAT:
                tax -= one.amount
            elif side == a.MONEY:
                money -= one.amount
                bank = bank or one.account
            else:
                return None
        amount = line.amount
        sign = 1 if amount > 0 else -1
        if not amount or (money and (net or tax or money != amount)) or (not money and net + tax != amount):
            return None
        if line.cells[self._foreign].strip().upper() not in ("", self._currency):
            return None
        doc = self.begun(kind_of_sign(RECEIPT if money else INVOICE, sign), line)
        doc.sign, doc.bank, doc.parts = sign, bank, {self._slot(line): abs(amount)}
        doc.lines.append(line)
        if not money and net * sign >= 0 and tax * sign >= 0:
            doc.net, doc.tax = net * sign, tax * sign
        return doc

    def debtors_lines(self, lines: list[Line]) -> list[Line]:
        """The lines on accounts of debtors."""
        known = self._is_debtor
        try:
            return [line for line in lines if known[line.account]]
        except KeyError:
            return [line for line in lines if self.is_debtor(line.account)]

    def _understand(self, lines: list[Line], mine: list[Line], sub: int, found: dict[tuple[object, ...], Doc]) -> None:
        if not mine:
            return
        debit, credit = self._sides(lines)
        bank = ""
        if a.MONEY in debit or a.MONEY in credit:
            bank = next(line.account for line in lines if self._side_of(line.account) == a.MONEY)
        for line in mine:
            kind = self._kind(line, credit if line.amount >= 0 else debit)
            piece = line.cells[self._at["pieceref"]].strip()
            sale = kind in (INVOICE, CREDIT_NOTE)
            key = (INVOICE if sale else kind, self.debtor_of(line), piece, 0 if sale else sub, line.key[2])
            doc = self._put(found, key, kind, line, sub, opening=False)
            doc.bank = doc.bank or bank

    def _side_of(self, account: str) -> str:
        """What an account says as the other side of a debtor's line."""
        known = self._sides_of.get(account)
        if known is None:
            known = f"to:{a.role_of(account)}" if self.is_debtor(account) else a.side_of(account)
            self._sides_of[account] = known
        return known

    def _sides(self, lines: list[Line]) -> tuple[dict[str, int], dict[str, int]]:
        """What stands on the debit side and on the credit side: amounts by what the account is."""
        debit: dict[str, int] = {}
        credit: dict[str, int] = {}
        for line in lines:
            side, amount = self._side_of(line.account), line.amount
            if side == a.VAT:
                side = a.SALES
            if amount >= 0:
                debit[side] = debit.get(side, 0) + amount
            else:
                credit[side] = credit.get(side, 0) - amount
        return debit, credit

    def _kind(self, line: Line, other: dict[str, int]) -> str:
        """What a debtor's line is, by the `other` side of its entry."""
        plus = line.amount >= 0
        if len(other) == 1:
            if a.SALES in other:
                return INVOICE if plus else CREDIT_NOTE
            if a.MONEY in other:
                return "payment_returned" if plus else RECEIPT
        outside = {side: amount for side, amount in other.items() if not side.startswith("to:")}
        if not other or (not any(other.values()) and not line.amount):
            side = a.journal_side(line.key[0], line.cells[self._at["journallib"]].strip())
        elif outside:
            side = max(outside, key=lambda name: (outside[name], -a.WEIGHT.index(name)))
            if side == a.OTHER and a.journal_side(line.key[0], line.cells[self._at["journallib"]].strip()) == a.SALES:
                side = a.SALES
        else:
            return self._transfer(line, other)
        if side == a.SALES:
            return INVOICE if plus else CREDIT_NOTE
        if side == a.MONEY or side == a.FEE:
            return "payment_returned" if plus else RECEIPT
        return side

    @staticmethod
    def _transfer(line: Line, other: dict[str, int]) -> str:
        """From one debtor's account to another: which kind of transfer."""
        roles = {a.role_of(line.account), *(side[3:] for side in other)}
        for role in (a.BILL, a.DEPOSIT, a.DOUBTFUL, a.RETENTION):
            if role in roles:
                return role
        return "transfer"

    def _put(
        self,
        found: dict[tuple[object, ...], Doc],
        key: tuple[object, ...],
        kind: str,
        line: Line,
        sub: int,
        *,
        opening: bool,
    ) -> Doc:
        doc = found.get(key)
        if doc is None:
            doc = found[key] = self.begun(kind, line, sub, opening=opening)
        slot = self._slot(line)
        doc.parts[slot] = doc.parts.get(slot, 0) + line.amount
        doc.lines.append(line)
        self._add_foreign(doc, line)
        return doc

    def begun(self, kind: str, line: Line, sub: int = 0, *, opening: bool = False) -> Doc:
        """The fact that a line tells of first, without its amount."""
        cells, piece_date = line.cells, line.cells[self._piece_date]
        debtor, day = self.debtor_of(line), self._day(line.key[2])
        issued = day if piece_date == line.key[2] else self._day(piece_date) or day
        name, naming = debtor_name(cells[self._name], cells[self._account_name], debtor)
        return Doc(
            kind, 1, debtor, name, cells[self._piece].strip(), day, issued if issued < day else day,
            cells[self._label].strip(), line.number, sub, opening, naming=naming,
        )  # fmt: skip

    def _slot(self, line: Line) -> Slot:
        """Where the line can be matched."""
        lettered = line.cells[self._lettered]
        return line.account, line.cells[self._letters].strip(), self._day(lettered) if lettered else ""

    def _add_foreign(self, doc: Doc, line: Line) -> None:
        """The amount in another currency, when the line says one; signed like the line."""
        currency = line.cells[self._foreign].strip().upper()
        if not currency or currency == self._currency or not is_currency(currency):
            return
        amount = foreign_minor(line.cells[self._at["montantdevise"]], currency)
        if not amount:
            return
        before = doc.foreign[1] if doc.foreign and doc.foreign[0] == currency else 0
        doc.foreign = (currency, before + (abs(amount) if line.amount >= 0 else -abs(amount)))

    def _signed(self, doc: Doc) -> list[Doc]:
        """A document of one sign, or two: what raises the debt and what lowers it are two facts."""
        if len(doc.parts) == 1 and doc.foreign is None:
            [(slot, minor)] = doc.parts.items()
            if minor:
                doc.sign = 1 if minor > 0 else -1
                doc.parts = {slot: abs(minor)}
                doc.kind = kind_of_sign(doc.kind, doc.sign)
                return [doc]
        sides = {sign: {s: abs(m) for s, m in doc.parts.items() if m * sign > 0} for sign in (1, -1)}
        if not sides[1] and not sides[-1]:
            keep = doc.kind in (INVOICE, CREDIT_NOTE) and not doc.opening
            doc.kind, doc.parts = INVOICE, {slot: 0 for slot in list(doc.parts)[:1]}
            return [doc] if keep else []
        docs = []
        for sign, parts in sides.items():
            if not parts:
                continue
            one = doc
            if sides[1] and sides[-1]:
                one = Doc(doc.kind, sign, doc.debtor, doc.name, doc.piece, doc.day, doc.issued, doc.label, doc.number,
                          doc.sub, doc.opening, doc.bank, naming=doc.naming, lines=doc.lines)  # fmt: skip
            one.sign, one.parts = sign, parts
            one.kind = kind_of_sign(doc.kind, sign)
            if one.foreign:
                one.foreign = (one.foreign[0], abs(one.foreign[1]))
                same = all(self._currency_of(line) == one.foreign[0] for line in one.lines)
                one.foreign = one.foreign if same and one.foreign[1] else None
            docs.append(one)
        return docs

    def _currency_of(self, line: Line) -> str:
        return line.cells[self._at["idevise"]].strip().upper()


def debtor_name(said: str, of_account: str, code: str) -> tuple[str, int]:
    """What a debtor is called by a line, and by whom: CompAuxLib, else the account's name, else its code."""
    if name := said.strip():
        return name, BY_DEBTOR
    name = of_account.strip()
    return (name, BY_ACCOUNT) if name else (code, BY_CODE)
