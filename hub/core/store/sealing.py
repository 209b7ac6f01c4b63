"""What a transaction moves to the history and does to units, summed up for its journal entry.

The journal cannot hold every row. It holds, for each entry, how many rows were superseded with it and the sum of their
salted digests, and which units took which state. `hub verify` adds the same up from the tables: a history row that was
changed, added or removed, and a state that nobody gave, then show.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.store.idranges import ranges

_KEY = "hub_tally"
_MODULUS = 1 << 128


@dataclass(slots=True)
class Tally:
    """The sums of one transaction, since its last journal entry. `acted`: an act was written into the journal."""

    salt: bytes
    rows: int = 0
    digest: int = 0
    states: dict[int, str] = field(default_factory=dict)
    acted: bool = False


def begin(connection: sa.Connection, salt: bytes) -> Tally:
    """Sums for the transaction that begins."""
    tally = Tally(salt)
    connection.info[_KEY] = tally
    return tally


def end(connection: sa.Connection) -> None:
    """The transaction is over."""
    connection.info.pop(_KEY, None)


def tally_of(connection: sa.Connection) -> Tally | None:
    """The sums of the transaction at hand; None outside of a unit of work."""
    return connection.info.get(_KEY)


def note_past(connection: sa.Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """These rows went to the history table `table`: values in the order of its columns."""
    tally = tally_of(connection)
    if tally is not None:
        for row in rows:
            tally.rows += 1
            tally.digest = (tally.digest + digest_of(tally.salt, table, row)) % _MODULUS


def note_states(connection: sa.Connection, unit_ids: Iterable[int], state: str) -> None:
    """These units are in `state` from now on."""
    tally = tally_of(connection)
    if tally is not None:
        tally.states.update(dict.fromkeys(unit_ids, state))


def drain(connection: sa.Connection) -> dict[str, Any]:
    """What the journal entry written now tells of the sums so far; they begin anew."""
    tally = tally_of(connection)
    told: dict[str, Any] = {}
    if tally is not None and tally.rows:
        told["past"] = [tally.rows, f"{tally.digest:032x}"]
        tally.rows = tally.digest = 0
    if tally is not None and tally.states:
        by_state: dict[str, list[int]] = {}
        for unit, state in sorted(tally.states.items()):
            by_state.setdefault(state, []).append(unit)
        told["states"] = {state: ranges(units) for state, units in sorted(by_state.items())}
        tally.states = {}
    return told


def mark(connection: sa.Connection) -> tuple[int, int]:
    """The sums as they stand, before something that may be rolled back."""
    tally = tally_of(connection)
    return (tally.rows, tally.digest) if tally is not None else (0, 0)


def back_to(connection: sa.Connection, marked: tuple[int, int]) -> None:
    """What was summed up since `mark` was rolled back."""
    tally = tally_of(connection)
    if tally is not None:
        tally.rows, tally.digest = marked


def digest_of(salt: bytes, table: str, row: Sequence[Any]) -> int:
    """The salted digest of a row as a number, to be added to others."""
    text = _as_json([table, *row])
    return int.from_bytes(hashlib.blake2b(text.encode(), key=salt, digest_size=16).digest(), "big")


def digest_of_rows(salt: bytes, rows: Sequence[Sequence[Any]]) -> str:
    """The salted digest of some rows together, in hexadecimal."""
    return hmac.new(salt, _as_json([list(row) for row in rows]).encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> str:
    """What JSON does not know."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} is no value of a row")


#: As `json.dumps`, which would make an encoder for each row.
_as_json = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
