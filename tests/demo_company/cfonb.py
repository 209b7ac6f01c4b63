"""Bank statements of the first seller: CFONB 120, a file a week. Layout: formats.md §4.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tests.demo_company.model import Movement, Seller
from tests.demo_company.texts import plain

_CODES = {
    "transfer": ("05", "06"), "instant": ("C2", "C1"), "cheque": ("02", "03"), "debit": ("08", "08"),
    "fee": ("62", "62"), "wages": ("21", "21"), "tax": ("08", "08"),
}  # fmt: skip


@dataclass(frozen=True)
class Week:
    """One statement: from the end of `opened_on` to that of `closed_on`. `slip`: cents of error in record 07."""

    opened_on: date
    opening: int
    closed_on: date
    movements: Sequence[Movement]
    slip: int = 0

    @property
    def closing(self) -> int:
        """The balance that follows from the movements."""
        return self.opening + sum(movement.minor for movement in self.movements)


def statement(seller: Seller, week: Week) -> bytes:
    """The records of one statement, in latin-1, each line ended by CR LF."""
    lines = [_balance("01", seller, week.opened_on, week.opening)]
    for movement in week.movements:
        lines += _movement(seller, movement)
    lines.append(_balance("07", seller, week.closed_on, week.closing + week.slip))
    assert {len(line) for line in lines} == {120}
    return "".join(line + "\r\n" for line in lines).encode("latin-1")


def amount(minor: int) -> str:
    """14 characters; the last one carries the sign."""
    digits = f"{abs(minor):014d}"
    return digits[:13] + ("{ABCDEFGHI" if minor >= 0 else "}JKLMNOPQR")[int(digits[13])]


def _zone(code: str, seller: Seller, operation: str = "", interbank: str = "") -> str:
    """Positions 1 to 34: who and which account."""
    bank, branch, account = seller.iban[4:9], seller.iban[9:14], seller.iban[14:25]
    return f"{code}{bank}{operation:4}{branch}EUR2 {account}{interbank:2}"


def _balance(code: str, seller: Seller, on: date, minor: int) -> str:
    return f"{_zone(code, seller)}{on:%d%m%y}{'':50}{amount(minor)}{'':16}"


def _movement(seller: Seller, movement: Movement) -> list[str]:
    """The 04 and its 05s."""
    code = _CODES[movement.method][0 if movement.minor > 0 else 1]
    head = _zone("04", seller, "0091", code) + f"{movement.on:%d%m%y}"
    reason = f"{movement.return_reason:2}"
    first = f"{head}{reason}{movement.on:%d%m%y}{_label(movement):31.31}{'':2}{'':7}  "
    lines = [f"{first}{amount(movement.minor)}{movement.ref:16.16}"]
    details = _zone("05", seller, "0091", code) + f"{movement.on:%d%m%y}{'':5}"
    return lines + [f"{details}{qualifier}{text:70.70}  " for qualifier, text in _details(movement)]


def _label(movement: Movement) -> str:
    """What fits into 31 characters: the bank's word and the beginning of the name."""
    if movement.method in ("transfer", "instant"):
        word = (
            ("VIR SEPA RECU" if movement.method == "transfer" else "VIR INST RECU")
            if movement.minor > 0
            else "VIR EMIS"
        )
        return f"{word} {plain(movement.party)}"
    if movement.return_reason:
        return "CHEQUE IMPAYE"
    return plain(f"PRLV {movement.party}" if movement.party else movement.text)


def _details(movement: Movement) -> list[tuple[str, str]]:
    """Name, text and end-to-end reference, where there are some."""
    details = []
    if movement.party:
        details.append(("NPY" if movement.minor > 0 else "NBE", plain(movement.party)))
    text = plain(movement.text)
    if text and movement.method != "fee":
        details.append(("LCC", text))
        if len(text) > 70:
            details.append(("LC2", text[70:]))
    if movement.end_to_end:
        details.append(("RCN", movement.end_to_end))
    return details
