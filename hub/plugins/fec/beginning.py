"""Which entries carry balances forward (à-nouveaux): by journal, account, label, or by what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hub.plugins.fec import accounts as a
from hub.plugins.fec.blocks import Line
from hub.plugins.fec.lines import Reader

#: Capital, reserves, results carried forward: with a debtor in one entry on the first days of a year.
_OWN_FUNDS: Final = ("101", "104", "105", "106", "110", "119", "120", "129")


class Beginning:
    """Knows the openings of one file."""

    def __init__(self, reader: Reader, journals: Sequence[str], begins: str, is_debtor: Callable[[str], bool]) -> None:
        """`journals`: those of openings, by the settings. `begins`: the first day of the year, where it is known."""
        self._day, self._journals, self._begins, self._is_debtor = reader.day, tuple(journals), begins, is_debtor
        self._name, self._label = reader.column("journallib"), reader.column("ecriturelib")

    def is_journal(self, code: str, name: str) -> bool:
        """True for a journal that may carry balances forward, by its code and its name as it stands."""
        return bool(a.opening_journal(code, name.strip(), self._journals))

    def is_opening(self, lines: Sequence[Line]) -> bool:
        """True when the entry carries balances forward: by its journal, by account 890, by own funds beside debtors, or
        by its label; the last two only at the beginning of the year: not all programs have such a journal.

        Costs and sales are never carried forward. Money against debtors alone is a payment, unless the journal's own
        name, or the settings, say otherwise.
        """
        first = lines[0]
        classes = {line.account[:1] for line in lines}
        if classes & {"6", "7"}:
            return False
        journal = a.opening_journal(first.key[0], first.cells[self._name].strip(), self._journals)
        if journal == a.NAMED or a.OPENING_ACCOUNT in {line.account[:3] for line in lines}:
            return True
        if journal == a.PERHAPS:
            return classes != {"4", "5"}
        day = self._day(first.key[2])
        if self._is_early(day) and any(line.account.startswith(_OWN_FUNDS) for line in lines):
            return True
        return self.is_labelled(day, first.cells[self._label]) and (
            "1" in classes or not ("5" in classes or self._moves(lines))
        )

    def is_labelled(self, day: str, label: str) -> bool:
        """True for a label that tells of balances carried forward, at the beginning of the year."""
        return self._is_early(day) and a.tells_opening(label.strip())

    def _is_early(self, day: str) -> bool:
        """In the first three days of the month in which the year begins; on the first of any month where that is not
        known."""
        return day[:7] == self._begins[:7] and day[8:] <= "03" if self._begins else day[8:] == "01"

    def _moves(self, lines: Sequence[Line]) -> bool:
        """True when what is taken from debtors goes to debtors."""
        return not sum(line.amount for line in lines) and all(self._is_debtor(line.account) for line in lines)
