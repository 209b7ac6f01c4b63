"""Which movement is which: the same one read twice stays one, two genuine twins stay two.

No format gives every movement an id, so a movement is known by what it says (account, booking date, signed amount,
currency, the bank's reference, its text) and, among movements that say exactly the same on one day, by its rank in
the statement. Days are never cut by an overlap, so a rank found again is the same movement. The one exception is a
day told by several consecutive statements: the second one then opens with the balance that the first one closed with,
and its ranks go on where the first one's ended. `Days` remembers enough of the latest closing days to see that.
The reasoning, with its limits, is in docs/connectors/bank_statements.md; formats.md §4.1 rule 5, §4.2.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from hub.plugins.bank_statements.model import Move, Statement
from hub.plugins.bank_statements.texts import rib_of

#: Closing days remembered per account: always the latest, and up to so many older ones of so many movements.
OLDER_DAYS, OLDER_MOVES = 3, 600


def digest(text: str) -> bytes:
    """16 bytes that stand for `text`, the normalised content of a movement."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def short(key: bytes) -> str:
    """A key in eight characters, enough to tell the movements of one day apart."""
    return urlsafe_b64encode(key[:6]).decode()


class Ranks:
    """Gives movements of one statement their refs: key and rank among identical ones, from 1 on top of `base`."""

    def __init__(self, base: Mapping[str, int]) -> None:
        self._base = base
        self._seen: dict[bytes, int] = {}

    def ref(self, key: bytes) -> str:
        """The ref of the next movement with this key: 32 hexadecimal digits, ``-`` and the rank."""
        seen = self._seen
        rank = seen.get(key)
        if rank is None:
            rank = self._base.get(short(key), 0) if self._base else 0
        seen[key] = rank = rank + 1
        return f"{key.hex()}-{rank}"


def parse_ref(ref: str) -> tuple[str, int, int]:
    """Key in hexadecimal, rank, and detail number (0: the whole entry) of a movement's ref."""
    key, _, rest = ref.partition("-")
    rank, _, detail = rest.partition("/")
    return key, int(rank or 1), int(detail or 0)


@dataclass(slots=True)
class Trail:
    """The movements known of one day of one account, in order, from a known balance on."""

    start: int
    keys: list[str] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.keys)

    def counts(self, end: int) -> Counter[str]:
        """How often each key stands among the first `end` movements."""
        return Counter(self.keys[:end])

    def cut_at(self, balance: int, following: Counter[str]) -> int | None:
        """Where a statement begins that opens with `balance` and tells `following` of this day; None if nowhere.

        A balance may be met twice on one day (+100, −100). The earliest place counts where what is already known
        after it and what the statement tells are the same movements, as far as both go: an overlap or a
        repetition is likelier than a second round of identical movements, and never books money twice.
        """
        running, places = self.start, []
        for place in range(len(self.keys) + 1):
            if running == balance:
                places.append(place)
            if place < len(self.keys):
                running += self.amounts[place]
        for place in places:
            known = Counter(self.keys[place:])
            if known <= following or following <= known:
                return place
        return None


class Days:
    """Per account, the latest closing days: enough to recognise a day that is told in several statements."""

    def __init__(self, plain: Mapping[str, Any] | None = None) -> None:
        self.given: dict[str, int] = {}
        self._of: dict[str, dict[str, Trail]] = {}
        for account, days in (plain or {}).items():
            trails = self._of.setdefault(str(account), {})
            for on, start, keys, amounts in days:
                pieces = [keys[i : i + 8] for i in range(0, len(keys), 8)]
                trails[str(on)] = Trail(int(start), pieces, [int(amount) for amount in amounts])

    def plain(self) -> dict[str, Any]:
        """The memory as plain values for the cursor, oldest day first."""
        return {
            account: [[on, t.start, "".join(t.keys), t.amounts] for on, t in sorted(trails.items())]
            for account, trails in sorted(self._of.items())
        }

    def base(self, statement: Statement) -> dict[str, int]:
        """How many of each key the day of opening already had before this statement; empty for a fresh start.

        `given` is the answer for a statement that is replayed: what it was when the statement was first read.
        """
        if self.given:
            return self.given
        place, trail = self._place(statement)
        return dict(trail.counts(place)) if trail and place else {}

    def learn(self, statement: Statement) -> None:
        """Remember how `statement` ends, and forget days that are too old."""
        opening, closing = statement.opening, statement.closing
        if opening is None or closing is None or not opening.on or not closing.on:
            return
        place, trail = self._place(statement)
        trails = self._of.setdefault(account_key(statement), {})
        first = [move for move in statement.moves if move.on == opening.on]
        if trail is not None and place is not None:
            self._keep(trails, opening.on, _trail(trail.start, first, trail, place))
        elif opening.on == closing.on:
            self._keep(trails, opening.on, _trail(opening.minor, first))
        if closing.on > opening.on:
            last = [move for move in statement.moves if move.on == closing.on]
            start = closing.minor - sum(move.minor or 0 for move in last)
            self._keep(trails, closing.on, _trail(start, last))
        _forget(trails)

    def _place(self, statement: Statement) -> tuple[int | None, Trail | None]:
        opening = statement.opening
        if opening is None or statement.closing is None:
            return None, None
        trail = self._of.get(account_key(statement), {}).get(opening.on)
        if trail is None:
            return None, None
        told = Counter(short(move.key) for move in statement.moves if move.on == opening.on)
        return trail.cut_at(opening.minor, told), trail

    @staticmethod
    def _keep(trails: dict[str, Trail], on: str, trail: Trail) -> None:
        """Keep the longer of what is known and what was just told of a day."""
        if on not in trails or len(trail) > len(trails[on]):
            trails[on] = trail


def account_key(statement: Statement) -> str:
    """What the memory of days is kept by: the account's RIB, or its number, and its currency."""
    currency = statement.opening.currency if statement.opening else ""
    return f"{rib_of(statement.account)}:{currency}"


def _trail(start: int, moves: list[Move], before: Trail | None = None, place: int = 0) -> Trail:
    """A day's trail made of the first `place` movements of `before`, then `moves`."""
    keys = before.keys[:place] if before else []
    amounts = before.amounts[:place] if before else []
    return Trail(start, keys + [short(m.key) for m in moves], amounts + [m.minor or 0 for m in moves])


def _forget(trails: dict[str, Trail]) -> None:
    """Keep the latest day, and the few before it while they are small."""
    days = sorted(trails, reverse=True)
    kept = 0
    for rank, on in enumerate(days[1:], 1):
        kept += len(trails[on])
        if rank > OLDER_DAYS or kept > OLDER_MOVES:
            del trails[on]
