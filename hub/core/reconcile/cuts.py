"""Where the banks of one run cut their labels: more of them end there than chance would make."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.text import WIDTHS

_NEIGHBOURS = 3  # lengths on each side with which a width is compared
_TIMES = 2  # as many labels as of a neighbouring length, and more, are no chance


class Cuts:
    """Which labels may have been cut, told by the lengths of all of them. Few labels prove nothing: then any may."""

    def __init__(self, receipts: Receipts) -> None:
        self._receipts = receipts

    @cached_property
    def _widths(self) -> frozenset[int]:
        """The usual widths at which more labels end than at the lengths around."""
        labels = zip(self._receipts.remittance, self._receipts.payer_name, strict=True)
        sizes = Counter(_size(text) for text, name in labels if text and not name)
        found = set[int]()
        for width in WIDTHS:
            around = [sizes[width + n] for n in range(-_NEIGHBOURS, _NEIGHBOURS + 1) if n]
            if sizes[width] * len(around) >= _TIMES * sum(around):
                found.add(width)
        return frozenset(found)

    def may_have_cut(self, text: str | None) -> bool:
        """Whether a label, its pieces put together, is as long as what a bank of this run leaves of one."""
        return bool(text) and _size(text or "") in self._widths


def _size(text: str) -> int:
    return len(text) - text.count("\n")
