"""Which entries carry balances forward (à-nouveaux): by journal, account, label, or by what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hub.plugins.fec import accounts as a
from hub.plugins.fec.blocks import Line
from hub.plugins.fec.lines import Reader

#: Capital, reserves, results carried forward: with a debtor in one entry on the first days of a year.
_OWN_FUNDS: Final = ("101", "104", "105", "106", "110", "119", "120", "129")


class _Early(dict[str, bool]):
    """The beginning of the year: the first three days of its month; the first of any month where that is not known."""

    def __init__(self, begins: str) -> None:
        super().__init__()
        self._begins = begins

    def __missing__(self, day: str) -> bool:
        begins = self._begins
        self[day] = early = day[:7] == begins[:7] and day[8:] <= "03" if begins else day[8:] == "01"
        return early


class Beginning:
    """Knows the openings of one file.

    Attributes:
        is_early: of a day, whether it is at the beginning of the year.
    """

    def __init__(self, reader: Reader, journals: Sequence[str], begins: str, is_debtor: Callable[[str], bool]) -> None:
        """`journals`: those of openings, by the settings. `begins`: the first day of the year, where it is known."""
        self._day, self._journals, self._is_debtor = reader.day, tuple(journals), is_debtor
        self.is_early = _Early(begins)
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
        if self.is_early[day] and any(line.account.startswith(_OWN_FUNDS) for line in lines):
            return True
        return (
            self.is_early[day]
            and a.tells_opening(first.cells[self._label].strip())
            and ("1" in classes or not ("5" in classes or self._moves(lines)))
        )

    def closes(self, lines: Sequence[Line]) -> bool:
        """True when the entry closes the accounts at the end of a year, against account 891; never costs or sales."""
        if a.CLOSING_ACCOUNT not in {line.account[:3] for line in lines}:
            return False
        return not {"6", "7"} & {line.account[:1] for line in lines} and not self.is_opening(lines)

    def _moves(self, lines: Sequence[Line]) -> bool:
        """True when what is taken from debtors goes to debtors."""
        return not sum(line.amount for line in lines) and all(self._is_debtor(line.account) for line in lines)
