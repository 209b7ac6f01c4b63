"""Entries of one debtor's line against sales, or against money: nearly every entry, understood by columns.

The same as `entries` says of them, several times sooner. What is not plainly one of these is left to it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from hub.plugins.fec import accounts as a
from hub.plugins.fec.blocks import Block, Line
from hub.plugins.fec.entries import Understanding, debtor_name
from hub.plugins.fec.facts import BY_DEBTOR, CREDIT_NOTE, INVOICE, RECEIPT, RETURNED, entry_name
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.scratch import Scratch

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
        for begin, end in pairwise(block.starts):
            letters = word[begin:end]
            try:
                shape = shapes[letters]
            except KeyError:
                shape = shapes[letters] = shape_of(letters)
            if shape is NOBODY:
                if closely() or (_SALES in letters and _OTHER in letters):
                    otherwise(block.lines(begin, end))
            elif (
                shape is None
                or (openings and block.cells[begin * block.stride + self._journal] in openings)
                or not self._taken(block, begin, end, shape, plain)
            ):
                otherwise(block.lines(begin, end))

    def _in_own_currency(self, block: Block) -> bool:
        """True when no line says another currency."""
        said = {text.strip().upper() for text in set(block.cells[self._foreign :: block.stride])}
        return said <= {"", self._currency}

    def _openings(self, block: Block) -> set[str]:
        """Names of journals, as they stand, among which some carry balances forward."""
        stride, cells, keys, at = block.stride, block.cells, block.keys, self._journal
        journals = {(keys[begin][0], cells[begin * stride + at]) for begin in block.starts[:-1]}
        return {name for code, name in journals if self._understanding.beginning.is_journal(code, name)}

    def _taken(self, block: Block, begin: int, end: int, shape: Shape, plain: bool) -> bool:
        """Keep what one entry says; False when it is not that simple after all."""
        at, cells, amounts = begin + shape.at, block.cells, block.amounts
        first, key, amount = at * block.stride, block.keys[begin], amounts[at]
        dates = self._dates
        day = dates.get(key[2]) or self._day(key[2])
        if not amount or not (plain or cells[first + self._foreign].strip().upper() in ("", self._currency)):
            return False
        if self._is_early[day] and a.tells_opening(cells[begin * block.stride + self._label].strip()):
            return False
        net = tax = None
        bank = ""
        if shape.money:
            kind = RECEIPT if amount < 0 else RETURNED
            bank = block.places[begin + shape.others[0]]
        else:
            if end - begin > _SHORT and not _one_against_all(amounts[begin:end], amount):
                return False
            kind = INVOICE if amount > 0 else CREDIT_NOTE
            net = -sum([amounts[begin + other] for other in shape.others])
            if amount < 0:
                net = -net
            tax = abs(amount) - net
            if net < 0 or tax < 0:
                net = tax = None
        aux, name, piece, said, label, code, lettered = self._told(cells[first : first + block.stride])
        debtor, name, naming = aux.strip() or a.debtor_of(block.places[at]), name.strip(), BY_DEBTOR
        if not name:
            name, naming = debtor_name("", cells[first + self._account_name], debtor)
        issued = day if said == key[2] else dates.get(said) or self._day(said) or day
        lettered = (dates.get(lettered) or self._day(lettered)) if lettered else ""
        # As `entry_name` says it, where the entry bears a number: its key is then of three.
        entry = f"{key[0]} {key[1]}" if len(key) == 3 and key[0] else entry_name(key)
        self._scratch.add_plain(
            self._file, kind, amount, debtor, name, naming,
            key[0], entry, piece.strip(), day, issued if issued < day else day, block.first + at, net, tax,
            label.strip(), bank, block.texts[at], (block.places[at], code.strip(), lettered), self._place,
        )  # fmt: skip
        self.found = True
        return True


def _one_against_all(amounts: list[int], amount: int) -> bool:
    """True when every other line stands on the other side: a long entry is then not cut into several facts."""
    same = [one for one in amounts if one > 0] if amount > 0 else [one for one in amounts if one < 0]
    return len(same) == 1
