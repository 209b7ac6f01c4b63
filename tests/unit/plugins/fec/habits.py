"""Ledgers of many invented companies: what happened is drawn once, and written in the habits of some program.

What a company is owed is a plain sum over what happened, kept while it is drawn: the reader is nowhere used here, nor
what the files say. Habits are drawn one by one, so that any of them meets any other.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tests.unit.plugins.fec.made import HEADERS, Row, euros

NAMES = ("DUPONT", "MARTIN", "LEROY", "GARCIA", "ÉTÉ", "NOËL & FILS", "0042", "X-1")
CLAIMS = ("411", "413", "416", "4191")


@dataclass
class Habits:
    """How a company's program writes; every field is drawn."""

    draw: random.Random

    def __post_init__(self) -> None:
        pick = self.draw.choice
        self.sales = pick([("VE", "Ventes"), ("VT", "VENTES"), ("70", "Journal des ventes"), ("FAC", "Facturation")])
        self.bank = pick([("BQ", "Banque"), ("BNP", "BNP PARIBAS"), ("512", "Crédit agricole"), ("CE1", "CE1")])
        self.openings = pick([
            ("AN", "A nouveaux"), ("RAN", "Reports à nouveau"), ("ANO", "ANO"), ("AN", "Journal AN"), ("OD", "Divers"),
            ("OUV", "Ouverture"), ("SI", "Soldes initiaux"), ("1", "A-NOUVEAU"),
        ])  # fmt: skip
        self.opening_label = pick(["A nouveaux", "Report à nouveau", "Solde initial", "A-nouveau au {}"])
        self.opening_style = pick(["detail", "net", "lump", "lump", "detail in one"])
        self.opening_other = pick(["890000", "110000", "balance"])
        self.aux = pick(["aux", "aux", "aux prefixed", "account", "number"])
        self.width = pick([6, 7, 8, 10])
        self.numbers = pick(["all", "journal", "prefixed", "none", "month of bank"])
        self.invoice = pick(["F{:05}", "FA-{y}-{:04}", "{:08}", "VT{y}{:03}", "FC {:04}"])
        self.paid_piece = pick(["", "VIR{}", "{}", "invoice", "RELEVE"])
        self.paid_label = pick(["VIR {who}", "Règlement {what}", "CHQ 12345{n:02}", "VIR SEPA RECU {who} {what}"])
        self.letters = pick(["", "account", "account", "ledger", "numbers"])
        self.partly = pick([True, False])
        self.dated = pick([True, False])
        self.written = pick(["debit", "debit", "debit", "sense DC", "sense 1"])
        self.mark, self.zero = pick([(",", "0,00"), (",", ""), (".", "0.00"), (",", "0")])
        self.day = pick(["%Y%m%d"] * 5 + ["%d/%m/%Y", "%Y-%m-%d"])
        self.delimiter = pick(["\t", "\t", "|", "|", ";"])
        self.encoding = pick(["utf-8", "utf-8-sig", "cp1252", "iso8859-15", "cp850"])
        self.end = pick(["\r\n", "\n"])
        self.order = pick(["entry", "entry", "account", "day"])
        if self.numbers == "month of bank" and self.order == "account":
            self.order = "day"  # nobody could tell what belongs together
        self.padded = pick([False, False, False, True])
        self.begins = pick([1, 1, 1, 7, 10])
        self.files = pick(["year", "year", "year", "half"])
        self.negative = pick([False, False, True])

    def account(self, base: str, who: str, number: int) -> tuple[str, str]:
        """Account and CompAuxNum of a debtor."""
        collective = base.ljust(self.width, "0")
        if self.aux == "aux":
            return collective, who
        if self.aux == "aux prefixed":
            return collective, f"C{number:04}"
        return (f"{base}{who}" if self.aux == "account" else f"{base}{number:0{self.width - len(base)}}"), ""


@dataclass
class Item:
    """One document or payment on a debtor's account; `open` is what people think is left of it."""

    who: int
    number: str
    open: int
    rows: list[Row]
    day: date


@dataclass
class Company:
    """One company over some years. `owed`: what each debtor owes at the end, by name; `invoices`: their numbers."""

    seed: int
    years: int = 2
    files: dict[str, list[Row]] = field(default_factory=dict)
    invoices: list[str] = field(default_factory=list)
    received: int = 0

    def __post_init__(self) -> None:
        self.draw = random.Random(f"habits {self.seed}")
        self.habits = Habits(self.draw)
        self.owed: Counter[int] = Counter()
        self.items: list[Item] = []
        self._entries: Counter[str] = Counter()
        self._pieces = self._codes = 0
        self._codes_of: Counter[str] = Counter()
        for year in range(2024, 2024 + self.years):
            self._year(year)

    def balances(self) -> dict[str, int]:
        """What each debtor owes, by the code that the files give him."""
        told: Counter[str] = Counter()
        for who, minor in self.owed.items():
            account, aux = self.habits.account("411", NAMES[who], who + 1)
            told[aux or account] += minor
        return {code: minor for code, minor in told.items() if minor}

    def write(self, folder: Path) -> list[Path]:
        """The files, each as the program writes it."""
        return [self._write(folder / name, rows) for name, rows in self.files.items()]

    # -- what happens

    def _year(self, year: int) -> None:
        first = date(year, self.habits.begins, 1)
        rows: list[Row] = []
        if year > 2024:
            self._open(rows, first)
        for _ in range(self.draw.randint(6, 22)):
            self._event(rows, first + timedelta(days=self.draw.randrange(360)))
        if self.habits.letters:
            self._letter(rows)
        rows.sort(key=lambda row: row["day"])
        closed = f"{date(year + 1, self.habits.begins, 1) - timedelta(1):%Y%m%d}"
        if self.habits.files == "half" and len(rows) > 20:
            # An entry stays in one file.
            middle = f"{first + timedelta(days=180):%Y%m%d}"
            self.files[f"{year} 1.txt"] = [row for row in rows if row["day"] < middle]
            self.files[f"{year} 2.txt"] = [row for row in rows if row["day"] >= middle]
            self.files = {name: some for name, some in self.files.items() if some}
        else:
            self.files[f"123456782FEC{closed}.txt"] = rows

    def _event(self, rows: list[Row], day: date) -> None:
        draw, who = self.draw, self.draw.randrange(len(NAMES))
        amount = draw.choice([12_000, 6_000, draw.randrange(500, 250_000)])
        what = draw.random()
        due = [item for item in self.items if item.open > 0 and item.day <= day]
        if what < 0.45 or not due:
            self._sale(rows, day, who, amount)
        elif what < 0.8:
            self._paid(rows, day, draw.choice(due))
        elif what < 0.86:
            self._sale(rows, day, who, -amount // 3)
        else:
            self._odd(rows, day, draw.choice(due))

    def _sale(self, rows: list[Row], day: date, who: int, amount: int) -> None:
        self._pieces += 1
        number = self.habits.invoice.format(self._pieces, y=day.year)
        net = amount * 5 // 6
        legs = [("411", who, amount), ("706000", -1, -(net // 2)), ("707100", -1, -(net - net // 2)),
                ("445710", -1, net - amount)]  # fmt: skip
        if self.draw.random() < 0.5:
            legs = [legs[0], ("706000", -1, -net), ("445710", -1, net - amount)]
        self._entry(rows, self.habits.sales, day, number, f"Facture {number}", legs)
        if amount > 0:
            self.invoices.append(number)

    def _paid(self, rows: list[Row], day: date, item: Item) -> None:
        amount = item.open if self.draw.random() < 0.8 else max(1, item.open // 3)
        legs = [("512000", -1, amount), ("411", item.who, -amount)]
        if self.draw.random() < 0.1:  # the bank keeps a fee
            legs = [("512000", -1, amount - 1), ("627000", -1, 1), ("411", item.who, -amount)]
        self.received += amount
        self._money(rows, day, item, legs)
        item.open -= amount

    def _money(self, rows: list[Row], day: date, item: Item, legs: list[tuple[str, int, int]]) -> None:
        habits = self.habits
        self._pieces += 1
        piece = item.number if habits.paid_piece == "invoice" else habits.paid_piece.format(self._pieces)
        label = habits.paid_label.format(who=NAMES[item.who], what=item.number, n=self._pieces % 100)
        self._entry(rows, habits.bank, day, piece, label, legs)

    def _odd(self, rows: list[Row], day: date, item: Item) -> None:
        """What is neither a sale nor a plain payment."""
        rest, who, other = item.open, item.who, (item.who + 1) % len(NAMES)
        part = rest // 4
        od = ("OD", "Opérations diverses")
        which = self.draw.randrange(7)
        if which == 0:
            self._money(rows, day, item, [("512000", -1, rest - part), ("665000", -1, part), ("411", who, -rest)])
            self.received += rest - part
        elif which == 1:
            self._entry(rows, od, day, "OD", "Compensation", [("401000", -1, rest), ("411", who, -rest)])
        elif which == 2:
            self._entry(
                rows, od, day, "OD", "Perte", [("654000", -1, rest - part), ("445710", -1, part), ("411", who, -rest)]
            )
        elif which == 3:
            legs = [("512000", -1, part), ("401000", -1, rest - part), ("411", who, -rest)]
            self._money(rows, day, item, legs)
            self.received += part
        elif which == 4:
            self._entry(rows, od, day, "OD", "Virement", [("411", other, rest), ("411", who, -rest)])
        elif which == 5:
            self._money(rows, day, item, [("512000", -1, -part), ("411", who, part)])
            return
        else:
            self._money(rows, day, item, [("512000", -1, rest + 500), ("411", who, -rest), ("411", other, -500)])
            self.received += rest + 500
        item.open = 0

    # -- how it is written

    def _entry(
        self, rows: list[Row], journal: tuple[str, str], day: date, piece: str, label: str,
        legs: list[tuple[str, int, int]], *, opening: bool = False,
    ) -> None:  # fmt: skip
        habits = self.habits
        code, name = journal
        self._entries[""] += 1
        self._entries[code] += 1
        numbers = {
            "all": str(self._entries[""]), "journal": f"{self._entries[code]:06}", "none": "",
            "prefixed": f"{code}{self._entries['']:05}", "month of bank": str(self._entries[""]),
        }  # fmt: skip
        number = numbers[habits.numbers]
        if habits.numbers == "month of bank" and journal == habits.bank:
            number, day = f"BQ{day:%m}", day.replace(day=28)
        if habits.numbers == "none" and not piece:
            piece = f"P{self._entries['']}"
        for base, who, minor in legs:
            account, aux = (base.ljust(habits.width, "0")[: habits.width], "")
            if who >= 0:
                account, aux = habits.account(base, NAMES[who], who + 1)
            row = {
                "JournalCode": code, "JournalLib": name, "EcritureNum": number,
                "EcritureDate": day.strftime(habits.day),
                "CompteNum": account, "CompteLib": f"Compte {account}", "CompAuxNum": aux,
                "CompAuxLib": f"Sté {NAMES[who]}" if aux else "", "PieceRef": piece,
                "PieceDate": day.strftime(habits.day), "EcritureLib": label, "EcritureLet": "", "DateLet": "",
                "ValidDate": day.strftime(habits.day), "Montantdevise": "", "Idevise": "",
                "minor": str(minor), "day": f"{day:%Y%m%d}",
            }  # fmt: skip
            rows.append(row)
            if who >= 0 and not opening:
                self.owed[who] += minor
                self.items.append(Item(who, piece, minor if journal == habits.sales else 0, [row], day))

    def _open(self, rows: list[Row], day: date) -> None:
        """Balances carried forward: the open lines, the invoices net of what was paid, or one sum for each debtor."""
        habits, style = self.habits, self.habits.opening_style
        label = habits.opening_label.format(f"{day:%d/%m/%Y}")
        told: list[tuple[int, int, str]] = []
        for who, minor in sorted(self.owed.items()):
            mine = [item for item in self.items if item.who == who and item.open > 0]
            loose = [item for item in self.items if item.who == who and not item.rows[0]["EcritureLet"]]
            if style.startswith("detail") and sum(int(item.rows[0]["minor"]) for item in loose) == minor:
                told += [(who, int(item.rows[0]["minor"]), item.number) for item in loose]
            elif style == "net" and sum(item.open for item in mine) == minor:
                told += [(who, item.open, item.number) for item in mine]
            else:
                told.append((who, minor, "AN"))
        legs = [("411", who, minor) for who, minor, _ in told if minor]
        pieces = [piece for _, minor, piece in told if minor]
        total = sum(minor for _, _, minor in legs)
        journal = habits.openings
        if style == "detail in one" or habits.opening_other == "balance":
            others = [(habits.opening_other if habits.opening_other != "balance" else "101000", -1, -total)]
            if habits.opening_other == "balance":
                others = [("512000", -1, 70_000), ("401000", -1, -20_000), ("101000", -1, -50_000 - total)]
            start = len(rows)
            self._entry(rows, journal, day, "AN", label, [*legs, *others], opening=True)
            for row, piece in zip(rows[start:], pieces, strict=False):
                row["PieceRef"] = piece if habits.numbers != "none" else "AN"
        else:
            for leg, piece in zip(legs, pieces, strict=True):
                self._entry(rows, journal, day, piece, label, [leg, (habits.opening_other, -1, -leg[2])], opening=True)

    def _letter(self, rows: list[Row]) -> None:
        """Lines of one account that come to zero two by two; perhaps also an invoice and a part of it that was paid."""
        accounts: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            if row["CompteNum"].startswith(CLAIMS):
                accounts[row["CompteNum"], row["CompAuxNum"]].append(row)
        for lines in accounts.values():
            codes = 0
            for debit in lines:
                if int(debit["minor"]) <= 0 or debit["EcritureLet"] or self.draw.random() < 0.25:
                    continue
                minus = [row for row in lines if int(row["minor"]) < 0 and not row["EcritureLet"]]
                match = [row for row in minus if int(row["minor"]) == -int(debit["minor"])]
                if not match and self.habits.partly and self.draw.random() < 0.4:
                    match = minus
                if match:
                    codes, self._codes = codes + 1, self._codes + 1
                    number = self._codes if self.habits.letters == "ledger" else codes
                    code = (
                        str(number)
                        if self.habits.letters == "numbers"
                        else chr(64 + number // 26 + 1) + chr(65 + number % 26)
                    )
                    day = max(debit["day"], match[0]["day"])
                    for row in (debit, match[0]):
                        row["EcritureLet"], row["DateLet"] = code, day if self.habits.dated else ""

    def _write(self, path: Path, rows: list[Row]) -> Path:
        habits, headers = self.habits, list(HEADERS)
        if habits.written != "debit":
            headers[11:13] = ["Montant", "Sens"]
        keys = {"entry": lambda _: "", "account": lambda row: row["CompteNum"], "day": lambda row: row["day"]}
        lines = [headers]
        for row in sorted(rows, key=keys[habits.order]):
            minor = int(row["minor"])
            debit, credit = max(minor, 0), max(-minor, 0)
            if habits.negative and minor % 7 == 0:
                debit, credit = -credit, -debit
            minus, plus = {"sense DC": ("C", "D"), "sense 1": ("-1", "+1")}.get(habits.written, ("", ""))
            told = row | {
                "Debit": self._amount(debit), "Credit": self._amount(credit), "Montant": self._amount(abs(minor)),
                "Sens": minus if minor < 0 else plus,
            }  # fmt: skip
            cells = [told[name] for name in headers]
            lines.append([cell.ljust(12) for cell in cells] if habits.padded else cells)
        text = "".join(habits.delimiter.join(cells) + habits.end for cells in lines)
        path.write_bytes(text.encode(habits.encoding))
        return path

    def _amount(self, minor: int) -> str:
        return euros(minor, self.habits.mark) if minor else self.habits.zero
