"""PNM, the fixed-width import format of Comptabilité, behind `experimental_pnm`. Second-hand: formats.md §2.2.

A line with the company's name, then 138 characters a movement. The sources contradict each other on amounts and on
where debit and credit stand, so a file is believed only when every line fits the first of the layouts, every amount
has a decimal mark, and debits equal credits. Anything else is held whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from hub.plugins.sage100.faults import misconfigured, rejected
from hub.plugins.sage100.tagged import Entry, day_of

#: Characters of a line up to the last field; what follows is filler.
NEEDED, WIDTH = 104, 138
#: Characters of what an entry of ours must carry whole, by name and place (formats.md §2.2).
JOURNAL, ACCOUNT, DEBTOR, REFERENCE, LABEL = 3, 13, 13, 13, 25
_THIRD_PARTY, _ANALYTIC = "X", "A"


def is_pnm(body: bytes) -> bool:
    """True for a file that is not in the tagged format: with the flag set, what else can it be."""
    return not body.lstrip(b"\xef\xbb\xbf").startswith(b"#FLG")


def entries(body: bytes, name: str) -> list[tuple[Entry, int]]:
    """The movements of a whole file with their lines, analytic ones left out.

    Raises:
        RecordRejected: a line is no movement, an amount could be euros or cents, or debits are not credits: the file is
            held whole.
    """
    lines = body.decode("cp1252", "replace").replace("\r\n", "\n").split("\n")
    found = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip() and line[24:25] != _ANALYTIC:
            found.append((_entry(line, f"{name}:{number}"), number))
    rest = sum(one.signed for one, _ in found)
    if rest or not found:
        raise rejected("HUB-SAGE-062", name, rest=Decimal(rest).scaleb(-6), count=len(found))
    return found


def _entry(line: str, place: str) -> Entry:
    side = line[83:84]
    if len(line) < NEEDED or side not in ("D", "C") or line[24:25] not in ("", " ", _THIRD_PARTY):
        raise rejected("HUB-SAGE-060", place, found=line[:40].rstrip())
    booked = day_of(line[3:9], "date", place)
    if booked is None:
        raise rejected("HUB-SAGE-044", place, column="date", text="")
    amount = _amount(line[84:104].strip(), place)
    return Entry(
        journal=line[:3].strip(),
        day=booked,
        piece=line[105:112].strip(),
        invoice=line[38:51].strip(),
        treasury_piece="",
        account=line[11:24].strip(),
        debtor=line[25:38].strip() if line[24:25] == _THIRD_PARTY else "",
        label=line[51:76].strip(),
        method=0,
        due=day_of(line[77:83].strip(), "due date", place),
        signed=amount if side == "D" else -amount,
        currency=0,
        code="",
        amount=0,
        reference="",
    )


def _amount(text: str, place: str) -> int:
    """Millionths; an amount without a decimal mark is euros to one source and cents to another."""
    if not ("." in text or "," in text):
        raise rejected("HUB-SAGE-061", place, text=text[:20])
    try:
        value = Decimal(text.replace(",", ".")).scaleb(6)
    except InvalidOperation:
        raise rejected("HUB-SAGE-044", place, column="amount", text=text[:40]) from None
    if not value.is_finite() or value != value.to_integral_value() or abs(value) > 10**18:
        raise rejected("HUB-SAGE-044", place, column="amount", text=text[:40])
    return int(value)


def render(company: str, found: Iterable[Entry]) -> bytes:
    """A file of these entries, in the first of the layouts; cp1252, CRLF. The label begins with the entry's reference,
    by which it is known again.

    Raises:
        ConfigError: an account, a debtor or an invoice's number does not fit: it is never cut.
    """
    lines = [" ".join(company.split())[:30], *_lines(found), ""]
    return "\r\n".join(lines).encode("cp1252", "replace")


def _lines(found: Iterable[Entry]) -> Iterator[str]:
    for one in found:
        where = one.reference
        journal = _whole("journal", one.journal, JOURNAL, where)
        account = _whole("general account", one.account, ACCOUNT, where)
        debtor = _whole("third party", one.debtor, DEBTOR, where)
        invoice = _whole("invoice number", one.invoice, REFERENCE, where)
        label = f"{one.reference} {' '.join(one.label.split())}"[:LABEL]
        amount = f"{Decimal(abs(one.signed)).scaleb(-6):.2f}"
        yield (
            f"{journal:<3}{one.day:%d%m%y}OD{account:<13}{_THIRD_PARTY if debtor else ' '}{debtor:<13}{invoice:<13}"
            f"{label:<25} {_day(one.due)}{'D' if one.signed >= 0 else 'C'}{amount:>20}N{one.piece[-7:]:<7}"
        ).ljust(WIDTH)


def _day(day: date | None) -> str:
    return " " * 6 if day is None else f"{day:%d%m%y}"


def _whole(what: str, text: str, most: int, where: str) -> str:
    if len(text) > most:
        raise misconfigured("HUB-SAGE-054", where, what=what, text=text, most=most)
    return text
