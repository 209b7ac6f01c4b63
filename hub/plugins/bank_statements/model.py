"""What every reader gives, whatever the format: statements made of light movements.

A reader recognises and splits; it does not interpret more than the proof of the balance and the identity need.
The rest is done by `mapping`, from a movement's bytes and its layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.limits import Budget
from hub.sdk.errors import RecordRejected

if TYPE_CHECKING:
    from hub.plugins.bank_statements.packed import Packed


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance as stated: ISO date (empty when not given), signed minor units, currency."""

    on: str
    minor: int
    currency: str


@dataclass(slots=True)
class Move:
    """One movement, as much as is needed to prove the statement and to tell it from others.

    Attributes:
        key: what identical movements have in common (`identity.digest`).
        on: booking date, ISO; the raw text when it is no date.
        minor: signed minor units; None when the amount is not understood, then `fault` says why.
        currency: of `minor`.
        body: raw bytes; None when dropped because the statement is too long to buffer.
        line: of the file where it starts.
        parts: bodies of the details of a batch that is booked detail by detail; else empty.
        shell: what the layout of these details says besides the statement's: the entry around them.
    """

    key: bytes
    on: str
    minor: int | None
    currency: str
    body: bytes | None
    line: int
    parts: tuple[bytes, ...] = ()
    shell: dict[str, Any] | None = None
    fault: RecordRejected | None = None

    @property
    def lines(self) -> int:
        """How many records it stands for."""
        return len(self.parts) or 1


@dataclass(slots=True)
class Statement:
    """One account over one period, as read; `judge` says whether it may be booked.

    Attributes:
        account: as the file writes it, without blanks; empty when the file gives none.
        number: the bank's number or id of the statement; may be empty.
        opening, closing: None when the file does not give them.
        layout: what `mapping` needs besides a movement's body; plain values. It is part of the unit's digest: nothing
            of the file or the statement may stand in it, so that a movement told again is the same unit.
        reading: what a reader needs to read the bytes of the held statement again: encoding, version.
        line: where it starts.
        head, tail: raw bytes before the first movement and after the last, for a held statement's evidence.
        fault: the statement's structure is already known to be wrong.
        complete: False when both balances are promised by the format and one is missing.
        packed: the bodies, when the statement is too long for keeping them as they are.
        rereads: the bodies were dropped; read the file again to get them.
        notes: things left alone (pending entries), for the run's report.
    """

    account: str
    number: str
    layout: dict[str, Any]
    line: int
    reading: dict[str, str] = field(default_factory=dict)
    opening: Balance | None = None
    closing: Balance | None = None
    moves: list[Move] = field(default_factory=list)
    head: bytes = b""
    tail: bytes = b""
    glue: bytes = b""
    fault: RecordRejected | None = None
    packed: Packed | None = None
    rereads: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether its bytes are at hand."""
        return self.packed is None and not self.rereads

    @property
    def lines(self) -> int:
        """How many movements the statement stands for when it is held; at least one."""
        return sum(move.lines for move in self.moves) or 1

    def raw(self) -> bytes:
        """The statement's bytes: what was before, the movements, what was after."""
        pieces = [self.head, *(move.body or b"" for move in self.moves), self.tail]
        return self.glue.join(piece for piece in pieces if piece)

    def layouts(self) -> tuple[str, str]:
        """The layout as JSON for bodies in ASCII and for others, which need the encoding; one text object each."""
        encoding = self.reading.get("encoding")
        plain = dump(self.layout)
        return plain, (dump({**self.layout, "encoding": encoding}) if encoding else plain)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, or the bytes of a held statement, given to a reader.

    Attributes:
        name: for places: the file's name.
        kind: what `recognise` found.
        encoding: of the text formats.
        size: in bytes.
        config: for what a format leaves to the configuration.
        budget: time and movements left.
        layout: of the held statement that is replayed; None for a file.
    """

    name: str
    version: str
    encoding: str
    size: int
    config: StatementsConfig
    budget: Budget
    layout: dict[str, Any] | None = None


class Reader(Protocol):
    """Reads one format: the statements of a stream, in the file's order.

    Raises:
        RecordRejected: the rest of the stream cannot be read; what was yielded before stands.
    """

    def __call__(self, stream: BinaryIO, opened: Opened) -> Iterator[Statement]: ...


def dump(layout: dict[str, Any]) -> str:
    """A layout as JSON text: stable order, no blanks."""
    return json.dumps(layout, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
