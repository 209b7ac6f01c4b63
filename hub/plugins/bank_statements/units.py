"""From statements to raw units: one per movement, or one for what is held whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.identity import Days, Ranks
from hub.plugins.bank_statements.judge import judge
from hub.plugins.bank_statements.limits import KEPT_BYTES
from hub.plugins.bank_statements.model import Move, Statement, dump
from hub.sdk.errors import RecordRejected
from hub.sdk.units import RawUnit


def units_of(
    statement: Statement, name: str, config: StatementsConfig, days: Days, moves: Iterable[Move] | None = None
) -> Iterator[RawUnit]:
    """The units of one statement: its movements when it may be booked, else itself, held.

    Args:
        statement: as read.
        name: of its file, for places.
        config: what the statement must be.
        days: memory of closing days; it learns from a statement that may be booked.
        moves: its movements with their bodies, when the statement had to drop them.
    """
    fault = judge(statement, name, config)
    base = days.base(statement)
    if fault is not None:
        yield held(statement, name, fault, base)
        return
    days.learn(statement)
    ranks = Ranks(base)
    plain, accented = statement.layouts()
    for move in statement.moves if moves is None else moves:
        ref = ranks.ref(move.key)
        place = f"{name}:{move.line}"
        if not move.parts:
            body = move.body or b""
            yield RawUnit(ref, body, plain if body.isascii() else accented, place)
            continue
        shell = dump({**statement.layout, **(move.shell or {})})
        for number, body in enumerate(move.parts, 1):
            yield RawUnit(f"{ref}/{number}", body, shell, f"{place} detail {number}")


def held(statement: Statement, name: str, fault: RecordRejected, base: dict[str, int]) -> RawUnit:
    """A statement held whole: its bytes, so that it can be replayed, and how many movements it stands for."""
    layout = {**statement.layout, **statement.reading, "whole": True}
    if base:
        layout["base"] = base
    body = b"" if statement.rereads else statement.raw()
    return _whole(body, statement.rereads, layout, f"{name}:{statement.line}", fault, statement.lines)


def held_file(body: bytes, size: int, name: str, sha256: str, fault: RecordRejected) -> RawUnit:
    """A file that is refused, or whose rest cannot be read."""
    layout = {"format": "file", "whole": True, "sha256": sha256}
    return _whole(body, size > len(body), layout, name, fault, 1)


def _whole(body: bytes, cut: bool, layout: dict[str, object], place: str, fault: RecordRejected, lines: int) -> RawUnit:
    """A held unit; what is too long for a page is not kept, and then cannot be replayed but only read again."""
    if cut or len(body) > KEPT_BYTES:
        layout["lost"] = [fault.code, fault.what]
        body = body[:1024] if layout["format"] == "file" else b""
    text = dump(layout)
    seen = blake2b(body, digest_size=16)
    seen.update(str(layout.get("sha256", "") or (text if not body else "")).encode())
    return RawUnit(f"held-{seen.hexdigest()}", body, text, place, fault, lines)


def lost(layout: dict[str, object], where: str) -> RecordRejected:
    """The refusal of a held unit whose bytes were too long to keep."""
    said = layout.get("lost")
    reason = str(said[1]) if isinstance(said, list) and len(said) > 1 else "its bytes were not kept"
    return reject("HUB-BANK-028", where, size="over 2 M", reason=reason)
