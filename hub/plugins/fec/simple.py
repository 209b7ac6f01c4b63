"""Entries of one debtor's line against sales, or against money: nearly every entry, understood by columns.

The same as `entries` says of them, several times sooner. What is not plainly one of these is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from hub.plugins.fec import accounts as a
from hub.plugins.fec.blocks import Block, Line
from hub.plugins.fec.entries import Understanding, debtor_name
from hub.plugins.fec.facts import BY_DEBTOR, CREDIT_NOTE, INVOICE, RECEIPT, RETURNED, entry_name
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.scratch import Plain, Scratch

#: What the account of a line is, in a letter: an entry is then a word, and few words are many entries.
_DEBTOR, _SALES, _VAT, _MONEY, _OTHER = "DSVMO"
_LETTERS: Final = {a.SALES: _SALES, a.VAT: _VAT, a.MONEY: _MONEY}
#: Lines of an entry that is looked at here. A longer one than `_SHORT` may be cut into several facts: one of money is
#: left alone, one of sales is taken when it cannot.
_MOST, _SHORT = 40, 3


class Shape(NamedTuple):
    """What an entry of a certain word may be: `at` the debtor's line, `others` those of sales or of money."""

    money: bool
    at: int
    others: tuple[int, ...]


#: What an entry says: the index of its first line and of its debtor's, the amount there, its day, the kind of fact; the
#: amount without tax and the tax, where it is a sale of that; the account of the money.
Taken = tuple[int, int, int, str, str, int | None, int | None, str]
#: The word of an entry that touches no debtor.
NOBODY: Final = Shape(False, -1, ())


def shape_of(word: str) -> Shape | None:
    """How an entry of this word can be understood here; None when it cannot."""
    if _DEBTOR not in word:
        return NOBODY
    if word.count(_DEBTOR) > 1 or not 1 < len(word) <= _MOST:
        return None
    rest = set(word) - {_DEBTOR}
    if rest == {_MONEY} and len(word) <= _SHORT:
        return Shape(True, word.index(_DEBTOR), tuple(at for at, one in enumerate(word) if one == _MONEY))
    if rest <= {_SALES, _VAT}:
        return Shape(False, word.index(_DEBTOR), tuple(at for at, one in enumerate(word) if one == _SALES))
    return None


class _Letters(dict[str, str]):
    """The letter of each account met."""

    def __init__(self, understanding: Understanding) -> None:
        super().__init__()
        self._understanding = understanding

    def __missing__(self, account: str) -> str:
        known = self._understanding
        letter = _DEBTOR if known.is_debtor(account) else _LETTERS.get(a.side_of(account), _OTHER)
        self[account] = letter
        return letter


class Simple:
    """Takes the simple entries of blocks into the temporary data base.

    Attributes:
        found: a debtor was met.
    """

    def __init__(
        self, reader: Reader, understanding: Understanding, currency: str, scratch: Scratch, file: int
    ) -> None:
        self._understanding, self._scratch, self._file = understanding, scratch, file
        self._day, self._dates, self._currency, self._place = reader.day, reader.dates, currency, reader.ledger.name
        self._is_early = understanding.beginning.is_early
        self._letters = _Letters(understanding)
        self._shapes: dict[str, Shape | None] = {}
        width = reader.dialect.width
        # A column that the file has not reads as what stands behind each line: a line end, nothing but a blank.
        names = ("compauxnum", "compauxlib", "pieceref", "piecedate", "ecriturelib", "ecriturelet", "datelet")
        self._told = itemgetter(*(reader.dialect.columns.get(name, width) for name in names))
        self._journal, self._account_name, self._label, self._foreign = (
            reader.dialect.columns.get(name, width) for name in ("journallib", "comptelib", "ecriturelib", "idevise")
        )
        self.found = False

    def take(self, block: Block, otherwise: Callable[[list[Line]], None], closely: Callable[[], bool]) -> None:
        """The entries of `block`, all of which balance, in their order.

        Args:
            otherwise: given the lines of an entry that is not understood here.
            closely: asked of an entry that touches no debtor: is it wanted all the same? A sale to another account is.
        """
        word = "".join(map(self._letters.__getitem__, block.places))
        shapes, plain = self._shapes, self._in_own_currency(block)
        openings = self._openings(block)
        run: list[Taken] = []
        for begin, end in pairwise(block.starts):
            letters = word[begin:end]
            try:
                shape = shapes[letters]
            except KeyError:
                shape = shapes[letters] = shape_of(letters)
            taken = None
            if shape is NOBODY:
                if not (closely() or (_SALES in letters and _OTHER in letters)):
                    continue
            elif shape is not None and not (openings and block.cells[begin * block.stride + self._journal] in openings):
                taken = self._taken(block, begin, end, shape, plain)
            if taken is not None:
                self.found = True
                run.append(taken)
                continue
            self._keep(block, run)  # in the order of the entries
            run = []
            otherwise(block.lines(begin, end))
        self._keep(block, run)

    def _in_own_currency(self, block: Block) -> bool:
        """True when no line says another currency."""
        said = {text.strip().upper() for text in set(block.cells[self._foreign :: block.stride])}
        return said <= {"", self._currency}

    def _openings(self, block: Block) -> set[str]:
        """Names of journals, as they stand, among which some carry balances forward."""
        stride, cells, keys, at = block.stride, block.cells, block.keys, self._journal
        journals = {(keys[begin][0], cells[begin * stride + at]) for begin in block.starts[:-1]}
        return {name for code, name in journals if self._understanding.beginning.is_journal(code, name)}

    def _taken(self, block: Block, begin: int, end: int, shape: Shape, plain: bool) -> Taken | None:
        """What one entry says; None when it is not that simple after all."""
        at, amounts, stride = begin + shape.at, block.amounts, block.stride
        amount, booked = amounts[at], block.keys[begin][2]
        day = self._dates.get(booked) or self._day(booked)
        if not amount or not (
            plain or block.cells[at * stride + self._foreign].strip().upper() in ("", self._currency)
        ):
            return None
        if self._is_early[day] and a.tells_opening(block.cells[begin * stride + self._label].strip()):
            return None
        if shape.money:
            return (
                begin,
                at,
                amount,
                day,
                RECEIPT if amount < 0 else RETURNED,
                None,
                None,
                block.places[begin + shape.others[0]],
            )
        if end - begin > _SHORT and not _one_against_all(amounts[begin:end], amount):
            return None
        net = -sum([amounts[begin + other] for other in shape.others])
        if amount > 0:
            kind, tax = INVOICE, amount - net
        else:
            kind, net = CREDIT_NOTE, -net
            tax = -amount - net
        if net < 0 or tax < 0:
            return begin, at, amount, day, kind, None, None, ""
        return begin, at, amount, day, kind, net, tax, ""

    def _keep(self, block: Block, run: Sequence[Taken]) -> None:
        """Keep what some entries say, by columns."""
        if not run:
            return
        begins, ats, amounts, days, kinds, nets, taxes, banks = zip(*run, strict=True)
        stride, cells, dates, read = block.stride, block.cells, self._dates, self._day
        rows = [cells[at * stride : at * stride + stride] for at in ats]
        auxes, said, pieces, piece_days, labels, codes, lettered = zip(*map(self._told, rows), strict=True)
        keys, accounts = [block.keys[begin] for begin in begins], [block.places[at] for at in ats]
        debtors = [aux.strip() or a.debtor_of(account) for aux, account in zip(auxes, accounts, strict=True)]
        names, namings = list(map(str.strip, said)), [BY_DEBTOR] * len(run)
        for n, name in enumerate(names):
            if not name:
                names[n], namings[n] = debtor_name("", rows[n][self._account_name], debtors[n])
        issued = [
            day if text == key[2] else min(day, dates.get(text) or read(text) or day)
            for day, text, key in zip(days, piece_days, keys, strict=True)
        ]
        facts = Plain(
            kinds, amounts, debtors, names, namings,
            [key[0] for key in keys],
            # As `entry_name` says it, where the entry bears a number: its key is then of three.
            [f"{key[0]} {key[1]}" if len(key) == 3 and key[0] else entry_name(key) for key in keys],
            list(map(str.strip, pieces)), days, issued, [block.first + at for at in ats], nets, taxes,
            list(map(str.strip, labels)), banks, [block.texts[at] for at in ats],
            accounts, list(map(str.strip, codes)),
            [(dates.get(text) or read(text)) if text else "" for text in lettered],
        )  # fmt: skip
        self._scratch.add_plain(self._file, self._place, facts)


def _one_against_all(amounts: list[int], amount: int) -> bool:
    """True when every other line stands on the other side: a long entry is then not cut into several facts."""
    same = [one for one in amounts if one > 0] if amount > 0 else [one for one in amounts if one < 0]
    return len(same) == 1
