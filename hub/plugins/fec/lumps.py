"""Openings that carry an account of several debtors forward in one sum and do not say whose it is.

Some programs write one line for 411000, though every other line of it names a debtor. What its debtors owed is known
from the year before: when it comes to that sum, each of them goes on with his own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from hub.plugins.fec.accounts import debtor_of
from hub.plugins.fec.net import Carried
from hub.plugins.fec.scratch import Scratch


class Lump(NamedTuple):
    """A sum of which nobody can tell whose it is: its account, what the opening says, what its debtors owed before."""

    account: str
    said: int
    owed: dict[str, int]


def share_out(scratch: Scratch, file: int, carried: Sequence[Carried]) -> tuple[list[Carried], list[Lump]]:
    """The lines of an opening, a lump as a line for each debtor; and the lumps that are not what was owed before."""
    lines = list(carried)
    by_account: dict[str, list[Carried]] = defaultdict(list)
    for line in lines:
        by_account[line[1]].append(line)
    nameless = {account for account, some in by_account.items() if {line[0] for line in some} == {debtor_of(account)}}
    unknown: list[Lump] = []
    for account, owed in _owed(scratch, file, nameless).items():
        some, code = by_account[account], debtor_of(account)
        said = sum(line[4] for line in some)
        if not owed.keys() - {code} or said == owed[code]:
            continue
        if said != owed.total():
            unknown.append(Lump(account, said, dict(owed)))
            continue
        first, others = some[0], {debtor: minor for debtor, minor in owed.items() if debtor != code}
        shares = [(debtor, account, "", "", minor, "", first[6], first[7]) for debtor, minor in sorted(owed.items())]
        lines = [line for line in lines if line[1] != account] + shares
        moved = [*others.items(), (code, -sum(others.values()))]
        scratch.many("INSERT INTO raw VALUES (?,'',?,?)", [(file, debtor, minor) for debtor, minor in moved])
    return lines, unknown


def _owed(scratch: Scratch, file: int, accounts: set[str]) -> dict[str, Counter[str]]:
    """What each debtor owed on these accounts at the end of the earlier files, zero left out."""
    found: dict[str, Counter[str]] = {}
    if not accounts:
        return found
    rows = scratch.rows("SELECT account, debtor, sum(amount) FROM part WHERE file < ? GROUP BY 1, 2", file)
    for account, debtor, minor in rows:
        if minor and account in accounts:
            found.setdefault(account, Counter())[str(debtor)] = int(minor)
    return found
