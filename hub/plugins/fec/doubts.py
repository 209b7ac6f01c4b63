"""What is wrong with the books as a whole, and no single line says: it is held by name, beside what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.facts import BY_CODE, Doc
from hub.plugins.fec.faults import rejected
from hub.plugins.fec.lumps import Lump
from hub.plugins.fec.proof import differences
from hub.plugins.fec.scratch import Scratch
from hub.sdk.money import decimal_text

#: Days without an entry before an opening that may be a holiday: more of them, and a file is missing.
_QUIET: Final = 62


class Doubts:
    """Looks at what was read. `where`: the file or the files of which it is said."""

    def __init__(self, scratch: Scratch, config: FecConfig, where: str) -> None:
        self._scratch, self._currency, self._where = scratch, config.currency, where
        self._prefixes = " ".join(config.accounts)

    def prove(self, file: int) -> None:
        """Where what was understood of a debtor is not what his lines come to: control totals follow the lines, and a
        fact that counts nowhere names the gap."""
        db, where = self._scratch, self._where
        found = differences(db)
        if not found:
            return
        first, minor = found[0]
        fault = rejected(
            "HUB-FEC-024", where, count=len(found), first=first, difference=decimal_text(minor, self._currency)
        )
        db.hold("proof", where, where, fault, 1)
        day, why = db.one("SELECT min(day) FROM part") or "1901-01-01", f"{fault.what}; {fault.mend}"
        for debtor, minor in found:
            doc = Doc("held", 1 if minor > 0 else -1, debtor, debtor, "", day, day, why, 0, 0, False, naming=BY_CODE)
            doc.parts = {("", "", ""): abs(minor)}
            db.add(file, doc, f"proof/{debtor}", "", where)
        db.flush()

    def miss_year(self, until: str, begins: str, changes: Sequence[int]) -> tuple[str, str] | None:
        """Balances that are carried forward on `begins` are not those of `until`, the last day before it: when too many
        days lie between, a file is missing. Returns which days, and why that is a gap."""
        first, last = date.fromisoformat(until) + timedelta(1), date.fromisoformat(begins) - timedelta(1)
        if not changes or (last - first).days < _QUIET:
            return None
        total = decimal_text(sum(map(abs, changes)), self._currency)
        fault = rejected("HUB-FEC-025", self._where, first=first, last=last, count=len(changes), total=total)
        self._scratch.hold(f"missing/{first}", self._where, self._where, fault, 1)
        return f"missing {first} to {last}", f"{fault.what}; {fault.mend}"

    def miss_names(self, lumps: Sequence[Lump]) -> tuple[str, str] | None:
        """An opening carries accounts of several debtors forward in one sum each, which is not what they owed: whose
        the rest is nobody can tell. Returns of which accounts, and why that is a gap."""
        if not lumps:
            return None
        accounts = " ".join(lump.account for lump in lumps)
        said, owed = (
            decimal_text(sum(sums), self._currency)
            for sums in ([lump.said for lump in lumps], [sum(lump.owed.values()) for lump in lumps])
        )
        fault = rejected("HUB-FEC-026", self._where, accounts=accounts, said=said, owed=owed)
        self._scratch.hold(f"lump/{accounts}"[:150], self._where, self._where, fault, 1)
        return f"opening of {accounts}"[:150], f"{fault.what}; {fault.mend}"

    def miss_opening(self, file: int, first: str) -> str:
        """A year follows another and no opening was recognised: perhaps it was not opened yet. Where the sum that a
        debtor owed is booked once more in the first month, neither as a sale nor as money received, it was.

        Args:
            first: the first day of the year.

        Returns:
            What there is to note, when nothing is wrong.
        """
        db, name = self._scratch, self._where
        owed = "SELECT debtor, sum(amount) AS total FROM part WHERE file < ? GROUP BY debtor HAVING sum(amount) <> 0"
        if db.one(f"{owed} LIMIT 1", file) is None:
            return ""
        again = db.one(
            f"""SELECT count(*) FROM ({owed}) o JOIN (
                SELECT p.debtor, sum(p.amount) AS total FROM part p JOIN doc d ON d.id = p.doc
                WHERE p.file = ? AND p.day <= date(?, '+31 days')
                AND d.kind NOT IN ('invoice', 'credit_note', 'receipt', 'payment_returned', 'transfer')
                GROUP BY p.debtor) n ON n.debtor = o.debtor AND n.total = o.total""",  # noqa: S608 - words of our own
            file,
            file,
            first,
        )
        if again:
            fault = rejected("HUB-FEC-009", name, count=again)
            db.hold(f"opening/{name}", name, name, fault, 1)
            return ""
        return f"{name} (it has no opening: it goes on where the year before ended)"

    def hold_without_debtors(self, sold_to: Collection[str]) -> None:
        """Sales, and no account of debtors: nothing of what is owed is read, and that is no reason to say nothing."""
        told = ", ".join(sorted(sold_to)[:5])
        fault = rejected("HUB-FEC-007", self._where, prefixes=self._prefixes, found=told)
        self._scratch.hold("accounts", told, fault.where, fault, 1)
        self._scratch.flush()

    def hold_elsewhere(self, sums: Counter[str]) -> None:
        """Sales to accounts that are not read beside debtors that are: named with their sums, the largest first."""
        named = sorted(sums, key=lambda account: (-sums[account], account))
        told = ", ".join(f"{account} ({decimal_text(sums[account], self._currency)})" for account in named[:5])
        more = f" and {len(named) - 5} more" if len(named) > 5 else ""
        total = decimal_text(sums.total(), self._currency)
        fault = rejected("HUB-FEC-023", self._where, total=total, found=told + more, prefixes=self._prefixes)
        self._scratch.hold("accounts", told, self._where, fault, 1)
        self._scratch.flush()
