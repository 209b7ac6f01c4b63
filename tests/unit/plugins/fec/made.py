"""A small French ledger made to measure: the accounting practice that the connector must understand, in any dialect.

`Made` writes the entries of a fictitious firm and keeps what an accountant would say of each debtor's account; the same
ledger comes out in every way a program may write a FEC.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

HEADERS = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate "
    "EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise"
).split()
JOURNALS = {"VE": "VENTES", "BQ": "BANQUE", "CA": "CAISSE", "OD": "OPERATIONS DIVERSES", "AN": "A NOUVEAUX"}

Row = dict[str, str]
#: account, debtor (or empty), signed amount in cents, lettering code
Leg = tuple[str, str, int, str]


@dataclass
class Made:
    """A ledger under construction: `rows` as they are written, `balance` of each debtor."""

    year: int = 2026
    rows: list[Row] = field(default_factory=list)
    balance: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def entry(
        self, journal: str, day: date, piece: str, label: str, *legs: Leg, let_on: date | None = None, **more: str
    ) -> None:
        """One entry; its legs balance or the maker made a mistake."""
        self.number += 1
        for account, debtor, amount, code in legs:
            if account.startswith(("411", "413", "416", "4191")):
                self.balance[debtor or account] += amount
            self.rows.append(
                {
                    "JournalCode": journal,
                    "JournalLib": JOURNALS.get(journal, journal),
                    "EcritureNum": f"{self.number:06d}",
                    "EcritureDate": f"{day:%Y%m%d}",
                    "CompteNum": account,
                    "CompteLib": "CLIENTS" if account.startswith("41") else f"COMPTE {account}",
                    "CompAuxNum": debtor,
                    "CompAuxLib": self.names.get(debtor, f"Société {debtor}") if debtor else "",
                    "PieceRef": piece,
                    "PieceDate": f"{day:%Y%m%d}",
                    "EcritureLib": label,
                    "Debit": euros(max(amount, 0)),
                    "Credit": euros(max(-amount, 0)),
                    "EcritureLet": code,
                    "DateLet": f"{let_on or day:%Y%m%d}" if code else "",
                    "ValidDate": f"{day:%Y%m%d}",
                    "Montantdevise": "",
                    "Idevise": "",
                    **more,
                }
            )

    def sale(self, day: date, piece: str, debtor: str, total: int, code: str = "", **more: str) -> None:
        """An invoice at 20 % VAT; a negative total is a credit note."""
        net = round(total / 1.2)
        self.entry(
            "VE",
            day,
            piece,
            f"Facture {piece}",
            ("411000", debtor, total, code),
            ("706000", "", -net, ""),
            ("445710", "", net - total, ""),
            **more,
        )

    def paid(
        self, day: date, piece: str, debtor: str, amount: int, code: str = "", bank: str = "512000", **more: str
    ) -> None:
        """Money received."""
        journal = "CA" if bank.startswith("53") else "BQ"
        self.entry(
            journal, day, piece, f"VIR {debtor}", (bank, "", amount, ""), ("411000", debtor, -amount, code), **more
        )


def euros(cents: int, mark: str = ",") -> str:
    """Cents as a FEC writes them."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}{mark}{abs(cents) % 100:02d}"


def practice(year: int = 2026) -> Made:
    """The cases of docs/connectors/french-accounts.md, one debtor each."""
    made = Made(year)

    def on(month: int, day: int) -> date:
        return date(year, month, day)

    made.entry(
        "AN",
        on(1, 1),
        "AN",
        "A nouveau F25-9",
        ("411000", "OPEN", 50_000, "AA"),
        ("411000", "OPEN", -8_000, ""),
        ("110000", "", -42_000, ""),
    )
    made.paid(on(1, 20), "VIR1", "OPEN", 50_000, "AA")
    made.sale(on(1, 5), "F001", "PLAIN", 120_000)
    made.sale(on(1, 6), "F002", "PAID", 60_000, "AA")
    made.paid(on(2, 6), "VIR2", "PAID", 60_000, "AA")
    made.sale(on(1, 7), "F003", "CREDITED", 36_000, "AB")
    made.sale(on(1, 9), "A001", "CREDITED", -36_000, "AB")
    made.sale(on(1, 8), "F004", "PARTLY", 100_000, "aa")
    made.paid(on(2, 8), "VIR3", "PARTLY", 40_000, "aa")
    made.sale(on(1, 9), "F005", "LCR", 80_000, "AA")
    made.entry("OD", on(1, 10), "LCR1", "LCR acceptée", ("413000", "LCR", 80_000, ""), ("411000", "LCR", -80_000, "AA"))
    made.sale(on(1, 9), "F006", "LCRPAID", 70_000, "AA")
    made.entry(
        "OD", on(1, 10), "LCR2", "LCR", ("413000", "LCRPAID", 70_000, "AA"), ("411000", "LCRPAID", -70_000, "AA")
    )
    made.entry(
        "BQ", on(3, 10), "LCR2", "LCR encaissée", ("512000", "", 70_000, ""), ("413000", "LCRPAID", -70_000, "AA")
    )
    made.sale(on(1, 9), "F007", "BOUNCED", 90_000, "AA")
    made.paid(on(2, 9), "CHQ1", "BOUNCED", 90_000, "AA", bank="511200")
    made.entry("BQ", on(2, 19), "F007", "Chèque impayé", ("411000", "BOUNCED", 90_000, ""), ("511200", "", -90_000, ""))
    made.entry(
        "VE",
        on(1, 12),
        "F008",
        "Facture F008",
        ("411000", "RETAIN", 95_000, ""),
        ("411700", "RETAIN", 5_000, ""),
        ("704000", "", -83_333, ""),
        ("445710", "", -16_667, ""),
    )
    made.sale(on(1, 13), "F009", "DOUBT", 24_000, "AA")
    made.entry(
        "OD", on(4, 1), "OD1", "Client douteux", ("416000", "DOUBT", 24_000, ""), ("411000", "DOUBT", -24_000, "AA")
    )
    made.sale(on(1, 14), "F010", "BAD", 12_000, "AA")
    made.entry(
        "OD",
        on(5, 1),
        "OD2",
        "Perte",
        ("654000", "", 10_000, ""),
        ("445710", "", 2_000, ""),
        ("411000", "BAD", -12_000, "AA"),
    )
    made.entry("BQ", on(1, 15), "AC1", "Acompte", ("512000", "", 30_000, ""), ("419100", "DEPOSIT", -30_000, "AA"))
    made.entry(
        "VE",
        on(2, 15),
        "F011",
        "Facture F011",
        ("411000", "DEPOSIT", 90_000, ""),
        ("419100", "DEPOSIT", 30_000, "AA"),
        ("706000", "", -100_000, ""),
        ("445710", "", -20_000, ""),
    )
    made.sale(on(1, 16), "F012", "NETTED", 45_000, "AA")
    made.entry("OD", on(2, 16), "OD3", "Compensation", ("401000", "", 45_000, ""), ("411000", "NETTED", -45_000, "AA"))
    made.sale(on(1, 17), "F013", "DISCOUNT", 100_000, "AA")
    made.entry(
        "BQ",
        on(1, 27),
        "VIR5",
        "VIR moins escompte",
        ("512000", "", 98_000, ""),
        ("665000", "", 2_000, ""),
        ("411000", "DISCOUNT", -100_000, "AA"),
    )
    made.sale(on(1, 18), "F014", "CENT", 33_333, "AA")
    made.paid(on(2, 18), "VIR6", "CENT", 33_332, "AA")
    made.entry("OD", on(2, 18), "OD4", "Ecart", ("658000", "", 1, ""), ("411000", "CENT", -1, "AA"))
    made.sale(on(1, 19), "F015", "DOLLAR", 92_000, "AA", Montantdevise="1000,00", Idevise="USD")
    made.paid(on(2, 19), "VIR7", "DOLLAR", 90_000, "AA", Montantdevise="1000,00", Idevise="USD")
    made.entry("OD", on(2, 19), "OD5", "Ecart de change", ("666000", "", 2_000, ""), ("411000", "DOLLAR", -2_000, "AA"))
    made.sale(on(1, 19), "F016", "DOLLAROPEN", 46_000, Montantdevise="500,00", Idevise="USD")
    made.sale(on(1, 20), "F017", "CHILD", 15_000, "ZZ")
    made.paid(on(2, 20), "VIR8", "PARENT", 15_000, "ZZ")
    made.sale(on(1, 21), "F018", "AGAIN", 10_000, "AA")
    made.paid(on(1, 31), "VIR9", "AGAIN", 10_000, "AA", let_on=on(1, 31))
    for row in made.rows[-5:]:
        row["DateLet"] = f"{year}0131" if row["EcritureLet"] else ""
    made.sale(on(6, 1), "F019", "AGAIN", 20_000, "AA")
    made.paid(on(6, 30), "VIR10", "AGAIN", 20_000, "AA")
    for row in made.rows[-5:]:
        row["DateLet"] = f"{year}0630" if row["EcritureLet"] else ""
    made.paid(on(3, 1), "VIR11", "UNKNOWN", 7_700, bank="530000")
    made.entry("OD", on(3, 2), "OD6", "Attente", ("471000", "", 500, ""), ("411000", "SUSPENSE", -500, ""))
    made.entry(
        "VE",
        on(3, 3),
        "F020",
        "Deux taux",
        ("411000", "SPLIT", 12_000, ""),
        ("706000", "", -10_000, ""),
        ("445710", "", -2_000, ""),
        ("411000", "SPLIT", 10_550, ""),
        ("707000", "", -10_000, ""),
        ("445712", "", -550, ""),
    )
    made.entry("OD", on(3, 4), "OD7", "Reprise", ("411000", "NEW", 1_000, ""), ("411000", "OLD", -1_000, ""))
    made.entry(
        "BQ",
        on(3, 5),
        "CHQS",
        "Remise",
        ("512000", "", 3_000, ""),
        ("411000", "TWO1", -1_000, ""),
        ("411000", "TWO2", -2_000, ""),
    )
    made.entry("OD", on(3, 6), "PAIE", "Salaires", ("641000", "", 200_000, ""), ("421000", "", -200_000, ""))
    return made


def random_ledger(draw: random.Random, size: int) -> Made:
    """Entries of every kind, lettered well, partly or wrongly, for the identity that must always hold."""
    made = Made()
    debtors = [f"C{n:03d}" for n in range(1, draw.randint(2, 6))]
    start = date(2026, 1, 1)
    for n in range(size):
        debtor, day = draw.choice(debtors), start + timedelta(days=draw.randrange(360))
        amount, code = draw.randrange(-500, 100_000), draw.choice(["", "", "AA", "AB", "aa", "B"])
        piece = draw.choice(["", f"P{n}", f"P{draw.randrange(size)}", "LOT01"])
        account = draw.choice(["411000", "411000", "411000", "411700", "413000", "416000", "419100"])
        other = draw.choice(
            [
                "706000",
                "512000",
                "530000",
                "654000",
                "665000",
                "666000",
                "658000",
                "401000",
                "471000",
                "445710",
                "467000",
                "411000",
                "416000",
                "413000",
                "627000",
                "999000",
            ]
        )
        sign = draw.choice([1, -1])
        second = draw.choice(debtors) if other.startswith("41") and other != "401000" else ""
        legs: list[Leg] = [
            (account, debtor, sign * amount, code),
            (other, second, -sign * amount, draw.choice(["", code])),
        ]
        if draw.random() < 0.3:
            legs += [("411000", draw.choice(debtors), 777, draw.choice(["", code])), ("706000", "", -777, "")]
        if draw.random() < 0.2:
            legs += [("512000", "", 250, ""), ("665000", "", 50, ""), ("411000", debtor, -300, code)]
        more = {"Idevise": "USD", "Montantdevise": euros(abs(amount) * 2)} if draw.random() < 0.1 else {}
        journal = draw.choice(["VE", "BQ", "OD", "OD", "CA"] + (["AN"] if n < 3 else []))
        made.entry(journal, day, piece, f"Libellé n°{n}", *legs, **more)
    return made


Change = Callable[[Row], Row]


@dataclass
class Dialect:
    """One way of writing a FEC."""

    name: str
    delimiter: str = "\t"
    encoding: str = "utf-8"
    end: str = "\r\n"
    headers: list[str] = field(default_factory=lambda: list(HEADERS))
    change: Change = lambda row: row
    quoted: bool = False
    extra: str = ""
    named: bool = True
    shuffled: bool = False

    def write(self, path: Path, rows: Iterable[Row]) -> Path:
        """The ledger in this dialect."""
        lines = [self._line({name: name for name in self.headers})] if self.named else []
        changed = [self.change(dict(row)) for row in rows]
        if self.shuffled:
            changed.sort(key=lambda row: (row["CompteNum"], row["EcritureDate"]))
        lines += [self._line(row) for row in changed]
        path.write_bytes("".join(line + self.end for line in lines).encode(self.encoding))
        return path

    def _line(self, row: Row) -> str:
        cells = [row.get(name, "") for name in self.headers]
        if self.quoted:
            cells = ['"' + cell.replace('"', '""') + '"' for cell in cells]
        return self.delimiter.join(cells) + self.extra


def _amount_and_sense(debit: str, credit: str, absolute: bool = True) -> Change:
    def change(row: Row) -> Row:
        is_credit = row["Credit"] not in ("0,00", "")
        row["Montant"] = row["Credit"] if is_credit else row["Debit"]
        row["Sens"] = credit if is_credit else debit
        return row

    return change


def _each(**functions: Callable[[str], str]) -> Change:
    def change(row: Row) -> Row:
        return {name: functions[name](value) if name in functions else value for name, value in row.items()}

    return change


_SENSE = [*HEADERS[:11], "Montant", "Sens", *HEADERS[13:]]

#: Programs write the same ledger in these ways, and more than one of them at a time.
DIALECTS = [
    Dialect("tab"),
    Dialect("pipe", delimiter="|"),
    Dialect("cp1252", encoding="cp1252"),
    Dialect("latin9", encoding="iso8859-15"),
    Dialect("cp850", encoding="cp850"),
    Dialect("bom", encoding="utf-8-sig", delimiter="|"),
    Dialect("lf", end="\n"),
    Dialect("cr", end="\r"),
    Dialect("crcrlf", end="\r\r\n"),
    Dialect("semicolon", delimiter=";"),
    Dialect("point", change=_each(Debit=lambda t: t.replace(",", "."), Credit=lambda t: t.replace(",", "."))),
    Dialect(
        "padded",
        delimiter="|",
        extra="|",
        change=lambda row: {k: (v.rjust(13, "0") if k in ("Debit", "Credit") else v.ljust(14)) for k, v in row.items()},
    ),
    Dialect(
        "empty zero", change=_each(Debit=lambda t: "" if t == "0,00" else t, Credit=lambda t: "" if t == "0,00" else t)
    ),
    Dialect("sense DC", headers=_SENSE, change=_amount_and_sense("D", "C")),
    Dialect("sense signs", headers=_SENSE, change=_amount_and_sense("+1", "-1"), delimiter="|"),
    Dialect("quoted", quoted=True, delimiter=";"),
    Dialect(
        "capitals",
        headers=[name.upper() for name in HEADERS],
        change=lambda row: {k.upper(): v for k, v in row.items()} | row,
    ),
    Dialect("other order", headers=list(reversed(HEADERS))),
    Dialect("BNC", headers=[*HEADERS, "DateRglt", "ModeRglt", "NatOp"], delimiter="|"),
    Dialect("no names", named=False),
    Dialect("by account", shuffled=True),
    Dialect("iso dates", change=_each(EcritureDate=lambda t: f"{t[:4]}-{t[4:6]}-{t[6:]}")),
    Dialect("French dates", change=_each(EcritureDate=lambda t: f"{t[6:]}/{t[4:6]}/{t[:4]}", PieceDate=lambda t: "")),
    Dialect(
        "debtor in account",
        change=lambda row: (
            row
            | (
                {"CompteNum": row["CompteNum"][:4].rstrip("0") + row["CompAuxNum"], "CompAuxNum": ""}
                if row["CompAuxNum"] and row["CompteNum"] == "411000"
                else {}
            )
        ),
    ),
    Dialect(
        "negative credit",
        change=lambda row: row | ({"Debit": "-" + row["Credit"], "Credit": "0,00"} if row["Credit"] != "0,00" else {}),
    ),
]


def by_debtor(rows: Iterable[Row]) -> dict[str, int]:
    """Balances read off written rows, independently of the reader: debit less credit per debtor."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        if row["CompteNum"].startswith(("411", "413", "416", "4191")):
            amount = int(row["Debit"].replace(",", "") or 0) - int(row["Credit"].replace(",", "") or 0)
            found[row["CompAuxNum"] or row["CompteNum"]] += amount
    return {debtor: minor for debtor, minor in found.items() if minor}
