"""What an entry tells of a debtor: one fact, its parts, and what may be done with it by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from hub.plugins.fec.blocks import Line
from hub.sdk.money import exponent

INVOICE, CREDIT_NOTE, RECEIPT, RETURNED = "invoice", "credit_note", "receipt", "payment_returned"
DOCUMENTS = (INVOICE, CREDIT_NOTE)
#: How an account, a lettering code and its date go together: where a part of a document can be matched.
Slot = tuple[str, str, str]
#: Who names a debtor: CompAuxLib before CompteLib before nobody; the lower never replaces the higher.
BY_CODE, BY_ACCOUNT, BY_DEBTOR = 0, 1, 2
#: Characters of what identifies a fact; a longer one keeps its beginning and a digest.
SHORT = 180
_NO_PIECE = {"", "SANS", "NEANT", "NÉANT", "DIVERS", "AN", "RAN", "-", ".", "0"}


@dataclass(slots=True)
class Doc:
    """One fact: `kind` is invoice, credit_note, receipt or the category of another entry; `sign` +1 when it raises what
    the debtor owes. `parts` are unsigned amounts by slot. `foreign` is (currency, amount) when all its
    lines say one. `naming` says who gave `name`: `BY_DEBTOR`, `BY_ACCOUNT` or, below both, only the code.
    """

    kind: str
    sign: int
    debtor: str
    name: str
    piece: str
    day: str
    issued: str
    label: str
    number: int
    sub: int
    opening: bool
    bank: str = ""
    parts: dict[Slot, int] = field(default_factory=dict)
    foreign: tuple[str, int] | None = None
    net: int | None = None
    tax: int | None = None
    naming: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def total(self) -> int:
        """What all parts come to."""
        return sum(self.parts.values())

    def ref(self, journal: str) -> str:
        """What identifies it in the ledger; `journal`: the code of its journal."""
        return ref_of(self.day, journal, self.piece, self.debtor, self.kind, self.sign * self.total)


def take(receipt: Doc, kind: str, amount: int) -> Doc:
    """Part of a receipt that was no money, as a fact of its own; taken from its largest parts."""
    one = Doc(kind, receipt.sign, receipt.debtor, receipt.name, receipt.piece, receipt.day, receipt.issued,
              receipt.label, receipt.number, receipt.sub, receipt.opening, naming=receipt.naming,
              lines=receipt.lines)  # fmt: skip
    receipt.foreign = None
    for slot in sorted(receipt.parts, key=lambda slot: (-receipt.parts[slot], slot)):
        taken = min(amount, receipt.parts[slot])
        if taken:
            one.parts[slot] = taken
            receipt.parts[slot] -= taken
            amount -= taken
    receipt.parts = {slot: minor for slot, minor in receipt.parts.items() if minor}
    return one


def kind_of_sign(kind: str, sign: int) -> str:
    """What a fact is once its sign is known: lines of one document may have cancelled each other."""
    if kind in (INVOICE, CREDIT_NOTE):
        return INVOICE if sign > 0 else CREDIT_NOTE
    if kind in (RECEIPT, RETURNED):
        return RETURNED if sign > 0 else RECEIPT
    return kind


def foreign_minor(text: str, currency: str) -> int:
    """Montantdevise in minor units; 0 when it cannot be read: it is no part of the balance."""
    digits = text.strip().lstrip("0").replace(",", ".")
    sign = digits[:1]
    digits = digits.lstrip("+-")
    whole, _, fraction = digits.partition(".")
    places = exponent(currency)
    if not (whole + fraction).isdigit() or not (whole + fraction).isascii() or len(whole) > 15:
        return 0
    if fraction[places:].strip("0"):
        return 0
    amount = int((whole or "0") + fraction[:places].ljust(places, "0"))
    return -amount if sign == "-" else amount


def piece_key(piece: str) -> str:
    """PieceRef for comparison; empty when it says nothing."""
    folded = "".join(piece.split()).upper()
    return "" if folded in _NO_PIECE else folded


def piece_keys(pieces: Sequence[str]) -> list[str]:
    """`piece_key` of each: all at once where none is empty or has a blank in it."""
    keys = "\n".join(pieces).upper().split()
    if len(keys) != len(pieces) or "" in pieces:
        return list(map(piece_key, pieces))
    return keys if _NO_PIECE.isdisjoint(keys) else ["" if key in _NO_PIECE else key for key in keys]


def entry_name(key: tuple[str, ...]) -> str:
    """An entry for people: journal and number, or the date where entries are not numbered."""
    return f"{key[0]} {key[1] if key[1].strip('0') else key[2]}".strip()


def ref_of(day: str, journal: str, piece: str, debtor: str, kind: str, amount: int) -> str:
    """What identifies a fact among those of the ledger; of several alike the second and later ones get a number.

    Not the number of its entry: programs give entries other numbers when they become final. `amount` is signed.
    """
    return short(f"{day}/{journal}/{piece}/{debtor}/{kind}/{amount}")


def short(ref: str) -> str:
    """What identifies a fact, cut to its beginning and a digest where it is too long."""
    return ref if len(ref) <= SHORT else f"{ref[:150]}…{blake2b(ref.encode(), digest_size=8).hexdigest()}"
