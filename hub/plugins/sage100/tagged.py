"""The tagged text format of Sage (#FLG … #FIN): one field a line, CP850, CRLF. Source: formats.md §2.1.

Only what that page is certain of is read: entries (#MECG) and third parties (#MPCT: number, name, type). Fields on
whose place its sources disagree are ignored when reading and left at their defaults when writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from hub.plugins.sage100.faults import rejected

#: Versions of Comptabilité's format whose #MECG is known.
VERSIONS = (31,)
#: Fields of an entry; the first 18 must be there, a shorter tail is an older writer's.
ENTRY_FIELDS, ENTRY_NEEDED = 38, 18
#: A flag line begins a record; anything else, also a label that begins with #, is a field.
_FLAG = re.compile(r"#[A-Z0-9]{3,12}")
_FLAGS = frozenset("#MECG #MRGT #MECA #MPCT #MBQT #MRLT #MCTT #MPLG #MCJR #MEXT #CHEN #CHLI #CHRE #CREC #FIN".split())
_SECOND_HALF = 80


@dataclass(frozen=True, slots=True)
class Tagged:
    """One record of a file: its flag, its fields, the line on which it begins."""

    flag: str
    fields: list[str]
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an entry (#MECG); amounts in millionths, debit positive. None: no such date.

    `opening`: how it carries a balance forward (EC_ANType): 0 not at all, 1 in detail, 2 and more otherwise.
    """

    journal: str
    day: date
    piece: str
    invoice: str
    treasury_piece: str
    account: str
    debtor: str
    label: str
    method: int
    due: date | None
    signed: int
    currency: int
    code: str
    amount: int
    reference: str
    opening: int = 0


def decode(body: bytes) -> str:
    """The text of a file: UTF-8 where it says so or can only be that, else CP850, as Sage writes."""
    if body.startswith(b"\xef\xbb\xbf"):
        return body.decode("utf-8-sig", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp850")


def records(text: str, name: str) -> Iterator[Tagged]:
    """The records of a whole file, its header left out.

    Raises:
        RecordRejected: the file as a whole cannot be taken in: no header, an unknown version, no #FIN.
    """
    lines = re.split("\r?\n", text)
    if lines[0].rstrip() != "#FLG 000":
        raise rejected("HUB-SAGE-040", name, found=lines[0][:40])
    versions = [line[5:].strip() for line in lines[1:4] if line.startswith("#VER ")]
    version = versions[0] if versions else "none"
    if version not in map(str, VERSIONS):
        raise rejected("HUB-SAGE-041", name, version=version, known=", ".join(map(str, VERSIONS)))
    ends = [number for number, line in enumerate(lines) if line == "#FIN"]
    if not ends:
        raise rejected("HUB-SAGE-042", f"{name}:{len(lines)}")
    start: int | None = None
    for number, line in enumerate(lines[: ends[-1] + 1]):
        if number < 2 or not _FLAG.fullmatch(line) or line not in _FLAGS:
            continue
        if start is not None:
            yield Tagged(lines[start], lines[start + 1 : number], start + 1)
        start = number


def entry(record: Tagged, place: str) -> Entry:
    """An entry's fields, understood.

    Raises:
        RecordRejected: fields are missing, or a date, a side or an amount is none.
    """
    fields = [field.strip() for field in record.fields]
    if len(fields) < ENTRY_NEEDED:
        raise rejected("HUB-SAGE-043", place, found=len(fields), wanted=ENTRY_FIELDS)
    fields += [""] * (ENTRY_FIELDS - len(fields))
    if fields[16] not in ("0", "1"):
        raise rejected("HUB-SAGE-044", place, column="side", text=fields[16])
    signed = _millionths(fields[17], "amount", place)
    booked = day_of(fields[1], "date", place)
    if booked is None:
        raise rejected("HUB-SAGE-044", place, column="date", text="")
    return Entry(
        journal=fields[0],
        day=booked,
        piece=fields[3],
        invoice=fields[4],
        treasury_piece=fields[5],
        account=fields[6],
        debtor=fields[8],
        label=fields[10],
        method=_number(fields[11], "payment mode", place),
        due=day_of(fields[12], "due date", place),
        signed=signed if fields[16] == "0" else -signed,
        currency=_number(fields[15], "currency", place),
        code=fields[18],
        amount=_millionths(fields[24] or "0", "amount in currency", place),
        reference=fields[32],
        opening=_number(fields[22], "carry-forward type", place),
    )


def render(entries: Iterable[Entry], currency: str) -> bytes:
    """An import file of these entries, as the accountant's Sage reads it: version 31, CP850, CRLF.

    Characters that CP850 lacks become a question mark; texts are cut to the format's lengths.
    """
    lines = ["#FLG 000", f"#VER {VERSIONS[-1]}", f"#DEV {currency}"]
    for one in entries:
        lines += ["#MECG", *_fields(one), ""]
    lines += ["#FIN", ""]
    return "\r\n".join(lines).encode("cp850", "replace")


def _fields(one: Entry) -> list[str]:
    """The 38 fields of an entry. 20, 21 and 36 to 38 keep their defaults (see the module's head)."""
    day = f"{one.day:%d%m%y}"
    debit = one.signed >= 0
    first = [
        one.journal[:6], day, day, one.piece.upper()[:13], one.invoice[:17], one.treasury_piece[:17], one.account[:13],
        "", one.debtor[:17], "", _line(one.label)[:69], str(one.method), f"{one.due:%d%m%y}" if one.due else "",
        "0,000000", "0,00", str(one.currency), "0" if debit else "1", _decimal(abs(one.signed)),
    ]  # fmt: skip
    amount = _decimal(one.amount) if one.amount else ""
    tail = ["", "", "", "0", str(one.opening), "0", amount, "", "0", "0", "0", "", "", "",
            one.reference[:17], "0", "0,00", "", "", "0"]  # fmt: skip
    return [*first, *tail]


def _line(text: str) -> str:
    return " ".join(text.split())


def _decimal(millionths: int) -> str:
    value = Decimal(millionths).scaleb(-6)
    places = max(2, -int(value.normalize().as_tuple().exponent))
    return f"{value:.{places}f}".replace(".", ",")


def _millionths(text: str, column: str, place: str) -> int:
    try:
        value = Decimal(text.replace(",", ".").replace(" ", "")).scaleb(6)
    except InvalidOperation:
        raise rejected("HUB-SAGE-044", place, column=column, text=text[:40]) from None
    if not value.is_finite() or value != value.to_integral_value() or abs(value) > 10**18:
        raise rejected("HUB-SAGE-044", place, column=column, text=text[:40])
    return int(value)


def _number(text: str, column: str, place: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 4):
        raise rejected("HUB-SAGE-044", place, column=column, text=text[:40])
    return int(text or 0)


def day_of(text: str, column: str, place: str) -> date | None:
    """A date written DDMMYY; years 80 to 99 are those of the last century; None when there is none.

    Raises:
        RecordRejected: it is no day of the calendar.
    """
    if not text or text == "000000":
        return None
    try:
        if len(text) != 6 or not text.isascii():
            raise ValueError(text)
        year = int(text[4:])
        return date(year + (1900 if year >= _SECOND_HALF else 2000), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise rejected("HUB-SAGE-044", place, column=column, text=text[:40]) from None
