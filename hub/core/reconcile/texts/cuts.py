"""Where the banks of one run cut their labels: more of them end there than chance would make."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.texts.text import WIDTHS

_NEIGHBOURS = 3  # lengths on each side with which a width is compared
_MANY = 5  # labels of one length that are no accident, if their words differ: a bank's own label has a new number each
_HEAD = 35  # characters of a label that tell payers apart
_NO_DIGITS = str.maketrans("", "", "0123456789")
_TIMES = 2  # as many labels as of a neighbouring length, and more, are no chance


class Cuts:
    """Which labels may have been cut, told by the lengths of all of them. Few labels prove nothing: then any may."""

    def __init__(self, receipts: Receipts) -> None:
        self._receipts = receipts

    @cached_property
    def _widths(self) -> frozenset[int]:
        """The usual widths at which more labels end than at the lengths around; and where an account's longest end."""
        r = self._receipts
        labels = zip(r.account, r.remittance, r.payer_name, strict=True)
        of_accounts = Counter([(account, _size(text)) for account, text, name in labels if text and not name])
        every, longest = Counter[int](), dict[str | None, int]()
        for (account, size), times in of_accounts.items():
            every[size] += times
            if size > longest.get(account, min(WIDTHS)):
                longest[account] = size
        found = {size for account, size in longest.items() if self._is_a_wall(account, size, of_accounts)}
        for width in WIDTHS:
            around = [every[width + n] for n in range(-_NEIGHBOURS, _NEIGHBOURS + 1) if n]
            if every[width] * len(around) >= _TIMES * sum(around):
                found.add(width)
        return frozenset(found)

    def _is_a_wall(self, account: str | None, longest: int, sizes: Counter[tuple[str | None, int]]) -> bool:
        """Whether the longest labels of an account are many, and of one length: the bank lets none be longer."""
        many = sizes[account, longest]
        before = [sizes[account, longest - n] for n in range(1, _NEIGHBOURS + 1)]
        if many < _MANY or many * _NEIGHBOURS < _TIMES * sum(before):
            return False
        r = self._receipts
        labels = zip(r.account, r.remittance, r.payer_name, strict=True)
        walls = [text for of, text, name in labels if of == account and text and not name and len(text) >= longest]
        return len({text[:_HEAD].translate(_NO_DIGITS) for text in walls if _size(text) == longest}) >= _MANY

    def may_have_cut(self, text: str | None) -> bool:
        """Whether a label, its pieces put together, is as long as what a bank of this run leaves of one."""
        return bool(text) and _size(text or "") in self._widths


def _size(text: str) -> int:
    return len(text) - text.count("\n")
