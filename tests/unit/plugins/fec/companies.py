"""Ledgers of five invented companies, each written by another program in its own habits, neatly or not, over years.

The habits are those of formats.md §3: how accounts and debtors are numbered, how journals are called, which encoding
and separator, who letters and how. What the reader makes of them is nowhere used here.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tests.unit.plugins.fec.made import HEADERS, Row, euros

FIRST = 2024
DEBTORS = ("DUPONT", "MARTIN", "0042", "LEROY", "X-1")
CLAIMS = ("411", "413", "416", "4191")
#: Account and debtor, and the signed amount in cents.
Leg = tuple[tuple[str, str], int]


@dataclass(frozen=True)
class Habits:
    """How one program writes: the account of a debtor by its beginning and name, its journals of sales, of the bank and
    of openings, its file."""

    account: Callable[[str, str], tuple[str, str]]
    journals: dict[str, str]
    encoding: str
    number: str = "{}"
    delimiter: str = "\t"
    mark: str = ","
    zero: str = "0,00"
    letters: bool = True
    one_piece: bool = False  # a payment bears the number of the invoice


def _journals(*names: str) -> dict[str, str]:
    return dict(zip(("sales", "bank", "openings"), names, strict=True))


PROGRAMS = {
    "sage": Habits(lambda base, name: (f"{base:0<8}", f"C{name}"), _journals("VEN", "BQ1", "RAN"), "cp1252"),
    "cegid": Habits(
        lambda base, name: (f"{base}10000"[:8], f"9{name}"), _journals("VT", "BNP", "ANO"), "iso8859-15", "{:08d}", "|"
    ),
    "ebp": Habits(lambda base, name: (f"{base}{name}", ""), _journals("VE", "BQ", "AN"), "cp1252"),
    "pennylane": Habits(
        lambda base, name: (f"{base}000", f"411{name}"), _journals("VT", "BQ1", "AN"), "utf-8", one_piece=True
    ),
    "quickbooks": Habits(
        lambda base, name: (f"{base}000", f"Client {name}"), _journals("Facture", "Paiement", "AN"), "utf-8-sig", "{}",
        "|", ".", "", letters=False,
    ),
}  # fmt: skip


@dataclass
class Company:
    """One company: `years` are the rows of each year's file. `openings`: in detail, as one lump an account, with
    differences, or none at all. `sloppy`: what people do."""

    program: str
    seed: int
    sloppy: bool
    count: int = 2
    years: list[list[Row]] = field(default_factory=list)
    amounts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"{self.program} {self.seed} {self.sloppy}")
        self.habits = PROGRAMS[self.program]
        self.openings = self.draw.choice(["detail", "lump", *(["different", "none"] if self.sloppy else [])])
        self._number = 0
        for year in range(FIRST, FIRST + self.count):
            self.years.append(self._year(year, self.years[-1] if self.years else []))

    def balances(self, upto: int) -> dict[str, int]:
        """Debits less credits of each debtor after so many years, read off the files: the last one, which begins with
        its openings; all of them when nothing is carried forward."""
        found: Counter[str] = Counter()
        for row in self._counted(upto):
            found[_who(row)] += self.amounts[id(row)]
        return {debtor: minor for debtor, minor in found.items() if minor}

    def write(self, folder: Path) -> list[Path]:
        """A file for each year."""
        paths = []
        for year, rows in enumerate(self.years, FIRST):
            lines = [HEADERS, *([row[name] for name in HEADERS] for row in rows)]
            text = "".join(self.habits.delimiter.join(cells) + "\r\n" for cells in lines)
            path = folder / f"123456782FEC{year}1231.txt"
            path.write_bytes(text.encode(self.habits.encoding))
            paths.append(path)
        return paths

    def _counted(self, upto: int) -> Iterable[Row]:
        years = self.years[:upto] if self.openings == "none" else self.years[upto - 1 : upto]
        return [row for rows in years for row in rows if row["CompteNum"].startswith(CLAIMS)]

    def _year(self, year: int, before: list[Row]) -> list[Row]:
        rows: list[Row] = []
        if before and self.openings != "none":
            self._carry(rows, before, date(year, 1, 1))
        for number in range(self.draw.randint(8, 25)):
            day = date(year, 1, 2) + timedelta(days=self.draw.randrange(360))
            self._event(rows, day, f"F{year}{number:03}")
        # A quiet end of the year before an opening that differs would be a missing file.
        self._event(rows, date(year, 12, 20), f"F{year}999")
        if self.habits.letters:
            self._letter(rows, year)
        return rows

    def _event(self, rows: list[Row], day: date, invoice: str) -> None:
        draw, odd = self.draw, self.sloppy and self.draw.random() < 0.2
        debtor, amount = self._debtor(), draw.choice([12_000, 12_000, 5_000, 33_333, draw.randrange(60, 99_999)])
        piece = draw.choice(["", "VE 01", "1", invoice]) if odd else invoice
        what = draw.random()
        if what < 0.45:
            tax = amount // 6
            legs = [(debtor, amount), (("706000", ""), tax - amount), (("445710", ""), -tax)]
            sign = -1 if draw.random() < 0.1 else 1
            self._entry(rows, self.habits.journals["sales"], day, piece, [(who, sign * minor) for who, minor in legs])
        elif what < 0.85:
            if self.habits.one_piece and rows:
                piece = draw.choice(rows)["PieceRef"]
            legs = [(("512000", ""), amount), (debtor, -amount)]
            if odd:
                other = self._debtor()
                legs = draw.choice([
                    [(("512000", ""), amount + 700), (debtor, -amount), (other, -700)],
                    [(("512000", ""), amount - 5), (("658000", ""), 5), (debtor, -amount)],
                    [(("512000", ""), -amount), (debtor, amount)],
                ])  # fmt: skip
            self._entry(rows, self.habits.journals["bank"], day, piece, legs)
        else:
            other = draw.choice([self._debtor(), ("654000", "")])
            self._entry(rows, "OD", day, piece, [(other, amount), (debtor, -amount)])

    def _debtor(self) -> tuple[str, str]:
        if self.sloppy and self.draw.random() < 0.08:
            return "411000", ""  # the collective account, and nobody's name
        base = self.draw.choice(["411"] * 8 + ["413", "416", "4191"]) if self.sloppy else "411"
        return self.habits.account(base, self.draw.choice(DEBTORS))

    def _carry(self, rows: list[Row], before: list[Row], day: date) -> None:
        """What the year before left open: its open lines, or a lump, which need not be right."""
        accounts: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in before:
            if row["CompteNum"].startswith(CLAIMS):
                accounts[row["CompteNum"], row["CompAuxNum"]].append(row)
        for account, lines in accounts.items():
            balance = sum(self.amounts[id(row)] for row in lines)
            loose = [row for row in lines if not row["EcritureLet"]]
            if self.openings == "detail" and sum(self.amounts[id(row)] for row in loose) == balance:
                told = [(self.amounts[id(row)], row["PieceRef"]) for row in loose]
            else:
                balance += self.draw.choice([0, 1, -1, 5_000]) if self.openings == "different" else 0
                told = [(balance, self.draw.choice(["", "AN"]))]
            for minor, piece in told:
                if minor:
                    self._entry(
                        rows, self.habits.journals["openings"], day, piece, [(account, minor), (("890000", ""), -minor)]
                    )

    def _entry(self, rows: list[Row], journal: str, day: date, piece: str, legs: list[Leg]) -> None:
        self._number += 1
        for (account, debtor), minor in legs:
            # A credit written as a negative debit, as some do.
            debit, credit = (max(minor, 0), max(-minor, 0))
            if self.sloppy and self.draw.random() < 0.1:
                debit, credit = -credit, -debit
            values = (
                journal, f"Journal {journal}", self.habits.number.format(self._number), f"{day:%Y%m%d}", account,
                f"Compte {account}", debtor, debtor and f"Société {debtor}", piece, f"{day:%Y%m%d}", f"Écrit {piece}",
                self._amount(debit), self._amount(credit), "", "", f"{day:%Y%m%d}", "", "",
            )  # fmt: skip
            row = dict(zip(HEADERS, values, strict=True))
            self.amounts[id(row)] = minor
            rows.append(row)

    def _amount(self, minor: int) -> str:
        return euros(minor, self.habits.mark) if minor else self.habits.zero

    def _letter(self, rows: list[Row], year: int) -> None:
        """Equal amounts are matched under codes that begin anew for each account; the sloppy add codes that match
        nothing, on the same account or on others, in this year or dated in the next."""
        accounts: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            if row["CompteNum"].startswith(CLAIMS):
                accounts[row["CompteNum"], row["CompAuxNum"]].append(row)
        for lines in accounts.values():
            used = 0
            for debit in lines:
                minor = self.amounts[id(debit)]
                same = (row for row in lines if self.amounts[id(row)] == -minor and not row["EcritureLet"])
                credit = next(same, None)
                if minor <= 0 or debit["EcritureLet"] or credit is None or self.draw.random() < 0.3:
                    continue
                day = max(debit["EcritureDate"], credit["EcritureDate"])
                for row in (debit, credit):
                    row["EcritureLet"] = f"A{chr(65 + used % 26)}"
                    row["DateLet"] = "" if self.sloppy and used % 3 == 2 else day
                used += 1
            for row in lines:
                if self.sloppy and not row["EcritureLet"] and self.draw.random() < 0.2:
                    row["EcritureLet"] = self.draw.choice(["aa", "AA", "ZZ", "AB"])
                    row["DateLet"] = self.draw.choice(["", row["EcritureDate"], f"{year + 1}0131"])


def _who(row: Row) -> str:
    """Whose line it is: the auxiliary account, else the account's own number; 413 and 416 are their debtor's 411."""
    if row["CompAuxNum"]:
        return row["CompAuxNum"]
    account = row["CompteNum"]
    individual = account[:3] in ("413", "416") and account[3:].strip("0")
    return f"411{account[3:]}" if individual else account
