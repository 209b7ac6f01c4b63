"""What a movement is known by: the same one read twice stays one, two genuine twins stay two.

No format gives every movement an id, so a movement is known by what it says (account, booking date, signed amount,
currency, the bank's reference, its text) and, among movements that say exactly the same, by its rank. `timeline` gives
the ranks, from what the balances of the statements prove. The reasoning, with its limits, is in
docs/connectors/bank_statements.md; formats.md §4.1 rule 5, §4.2.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from hub.plugins.bank_statements.model import Move, Statement
from hub.plugins.bank_statements.texts import rib_of
from hub.sdk.errors import RecordRejected

#: Rank of a movement that another file told in another format: it is left out.
TOLD: int = 0


def digest(text: str) -> bytes:
    """16 bytes that stand for `text`, the normalised content of a movement."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def short(key: bytes) -> str:
    """A key in eight characters, enough to tell the movements of one account apart."""
    return urlsafe_b64encode(key[:6]).decode()


def parse_ref(ref: str) -> tuple[str, int, int]:
    """Key in hexadecimal, rank, and detail number (0: the whole entry) of a movement's ref."""
    key, _, rest = ref.partition("-")
    rank, _, detail = rest.partition("/")
    return key, int(rank or 1), int(detail or 0)


def account_key(statement: Statement) -> str:
    """What the memory of an account is kept by: its RIB, or its number, and its currency."""
    currency = statement.opening.currency if statement.opening else ""
    return f"{rib_of(statement.account)}:{currency}"


def natural(moves: Sequence[Move]) -> list[int]:
    """The rank of each movement among identical ones of its own statement, from 1 on."""
    seen: dict[bytes, int] = {}
    ranks = []
    for move in moves:
        seen[move.key] = rank = seen.get(move.key, 0) + 1
        ranks.append(rank)
    return ranks


@dataclass(slots=True)
class Plan:
    """How a statement meets what is already proven of its account.

    Attributes:
        ranks: of each movement; `TOLD` for one that is left out.
        told_by: of what is left out: the file and the format that told it.
        fault: other entries are proven for its period: it is held.
    """

    ranks: Sequence[int]
    told_by: str = ""
    fault: RecordRejected | None = None

    def odd(self, moves: Sequence[Move]) -> dict[str, int]:
        """The ranks that the statement alone would not give, by place: what its replay has to be told."""
        pairs = enumerate(zip(self.ranks, natural(moves), strict=True))
        return {str(place): rank for place, (rank, own) in pairs if rank != own}


@dataclass(slots=True)
class Given:
    """The memory of a statement that is replayed: the ranks it was given when it was first read."""

    odd: Mapping[str, int] = field(default_factory=dict)

    def place(self, statement: Statement, name: str, learn: bool = True) -> Plan:
        """The plan as it was; nothing is learned."""
        ranks = natural(statement.moves)
        for place, rank in self.odd.items():
            if 0 <= int(place) < len(ranks):
                ranks[int(place)] = int(rank)
        return Plan(ranks)
