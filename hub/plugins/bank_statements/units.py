"""From statements to raw units: one per movement, or one for what is held whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final, Protocol

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.identity import TOLD, Plan, account_key
from hub.plugins.bank_statements.judge import judge
from hub.plugins.bank_statements.limits import KEPT_BYTES
from hub.plugins.bank_statements.model import Balance, Move, Statement, dump
from hub.sdk.errors import RecordRejected
from hub.sdk.units import RawUnit

#: Layout of the units that say what a statement proves.
PROOF: Final = dump({"format": "statement"})


class Memory(Protocol):
    """What places a statement: `timeline.Timeline`, or `identity.Given` for a replay."""

    def place(self, statement: Statement, name: str, learn: bool = True) -> Plan: ...


def units_of(
    statement: Statement, name: str, config: StatementsConfig, memory: Memory, moves: Iterable[Move] | None = None
) -> Iterator[RawUnit]:
    """The units of one statement: itself and its movements when it may be booked, else itself, held.

    Args:
        statement: as read.
        name: of its file, for places.
        config: what the statement must be.
        memory: of what is proven; it learns from a statement that may be booked.
        moves: its movements with their bodies, when the statement had to drop them.
    """
    fault = judge(statement, name, config)
    plan = memory.place(statement, name, learn=fault is None)
    if fault is not None:
        yield held(statement, name, fault, plan)
        return
    if plan.fault is not None:
        yield held(statement, name, plan.fault, plan)
        return
    left = sum(rank == TOLD for rank in plan.ranks)
    if left:
        which = f"{left} of {len(plan.ranks)} movements" if left < len(plan.ranks) else "all its movements"
        statement.notes.append(f"{which} were told in another format by {plan.told_by}: not booked again")
    if not left or left < len(plan.ranks):
        yield from _proof(statement, name)
    plain, accented = statement.layouts()
    if statement.packed is not None:
        moves = statement.packed.moves(statement.moves)
    for move, rank in zip(statement.moves if moves is None else moves, plan.ranks, strict=True):
        if rank == TOLD:
            continue
        ref = f"{move.key.hex()}-{rank}"
        place = f"{name}:{move.line}"
        if not move.parts:
            body = move.body or b""
            yield RawUnit(ref, body, plain if body.isascii() else accented, place)
            continue
        shell = dump({**statement.layout, **(move.shell or {})})
        for number, body in enumerate(move.parts, 1):
            yield RawUnit(f"{ref}/{number}", body, shell, f"{place} detail {number}")


def _proof(statement: Statement, name: str) -> Iterator[RawUnit]:
    """The statement as a unit of its own, when both its balances are dated: what it proves, without its movements."""
    dated = _dated(statement)
    if dated is None:
        return
    opening, closing = dated
    said = [opening.on, opening.minor, closing.on, closing.minor, opening.currency]
    facts = {
        "account": statement.account,
        "opened_on": opening.on,
        "opening_minor": opening.minor,
        "closed_on": closing.on,
        "closing_minor": closing.minor,
        "currency": opening.currency,
        "statement_ref": statement.number or None,
        "entry_count": len(statement.moves),
        "sum_minor": closing.minor - opening.minor,
    }
    seen = blake2b(dump({"account": account_key(statement), "said": said}).encode(), digest_size=16)
    yield RawUnit(f"statement-{seen.hexdigest()}", dump(facts).encode(), PROOF, f"{name}:{statement.line}")


def _dated(statement: Statement) -> tuple[Balance, Balance] | None:
    """Both balances of a statement, when both are given with their day."""
    opening, closing = statement.opening, statement.closing
    return (opening, closing) if opening and closing and opening.on and closing.on else None


def held(statement: Statement, name: str, fault: RecordRejected, plan: Plan) -> RawUnit:
    """A statement held whole: its bytes, so that it can be replayed; it stands for its movements and, when both its
    balances are dated, for what it would prove."""
    layout = {**statement.layout, **statement.reading, "whole": True}
    if odd := plan.odd(statement.moves):
        layout["given"] = odd
    if plan.fault is not None:
        layout["refused"] = [plan.fault.code, plan.fault.what, plan.fault.mend]
    body = statement.raw() if statement.whole else b""
    lines = statement.lines + (_dated(statement) is not None)
    return _whole(body, not statement.whole, layout, f"{name}:{statement.line}", fault, lines)


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
