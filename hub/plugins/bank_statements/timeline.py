"""The memory of the accounts: what the statements read so far have proven, and where a new one stands.

Per account, a statement is placed by its balances: closing of one = opening of the next. Movements that two statements
both tell are the same ones and keep their rank; all others are movements of their own and get a rank that nobody has,
whatever their booking day and in whatever order the statements arrive. A statement whose period is proven with other
movements is refused as a whole. Statements without both balances prove nothing and are not remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any, Final

from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.identity import TOLD, Plan, account_key, natural, short
from hub.plugins.bank_statements.model import Statement
from hub.plugins.bank_statements.proven import Fit, Piece, differences, fit
from hub.sdk.errors import RecordRejected
from hub.sdk.money import amount_text

#: Movements and statements remembered per account: the latest ones.
KEPT_MOVES: Final = 10_000
KEPT_PIECES: Final = 3_000
#: Movements named when a statement is refused.
_NAMED: Final = 3


class Timeline:
    """Chains of pieces by account, oldest first."""

    def __init__(self, plain: Mapping[str, Any] | None = None) -> None:
        self._of: dict[str, list[list[Piece]]] = {
            str(account): [[Piece.parse(piece) for piece in chain] for chain in chains]
            for account, chains in (plain or {}).items()
        }
        self._ranks: dict[str, dict[str, set[int]]] = {}

    def text(self) -> str:
        """The memory as JSON for the cursor."""
        accounts = (
            f"{dumps(account)}:[{','.join(f'[{_texts(chain)}]' for chain in chains)}]"
            for account, chains in sorted(self._of.items())
        )
        return "{" + ",".join(accounts) + "}"

    def place(self, statement: Statement, name: str, learn: bool = True) -> Plan:
        """Where `statement` of file `name` stands; it is remembered unless it is refused."""
        ranks = natural(statement.moves)
        told = _piece(statement, name, ranks)
        if told is None:
            return Plan(ranks)
        account = account_key(statement)
        chains = self._of.get(account, [])
        fits: list[Fit] = []
        for chain in chains:
            found = fit(chain, told)
            if isinstance(found, Piece):
                return Plan(ranks, fault=_contradiction(found, told, statement, name))
            if found is not None:
                fits.append(found)
        fits.sort(key=lambda one: (one.first, one.chain[0].opened_on))
        plan = self._ranked(account, told, fits)
        if learn:
            told.ranks = plan.ranks
            self._learn(account, told, fits)
        return plan

    def _learn(self, account: str, told: Piece, fits: Sequence[Fit]) -> None:
        """Remember what `told` adds, and forget what is too old."""
        chains = _with(self._of.get(account, []), told, fits)
        kept = _forgotten(chains)
        self._of[account] = kept
        if kept != chains:
            self._ranks.pop(account, None)  # what is forgotten is free again, now as after a new start
            return
        taken = self._taken(account)
        for key, rank in zip(told.keys, told.ranks, strict=True):
            if rank != TOLD:
                taken.setdefault(key, set()).add(rank)

    def _ranked(self, account: str, told: Piece, fits: Sequence[Fit]) -> Plan:
        """The ranks of the movements: those they have already, else the lowest that no other movement has."""
        ranks: list[int | None] = [None] * len(told.keys)
        told_by = ""
        for one in fits:
            if not one.same_format:
                ranks[one.first : one.last] = [TOLD] * (one.last - one.first)
                told_by = f"{one.near.label} ({one.near.format or 'several formats'})"
                continue
            have: dict[str, list[int]] = defaultdict(list)
            for key, rank in zip(one.near.keys[one.low : one.high], one.near.ranks[one.low : one.high], strict=True):
                have[key].append(rank)
            for places in have.values():
                places.sort(reverse=True)
            for place in range(one.first, one.last):
                if left := have.get(told.keys[place]):
                    ranks[place] = left.pop()
        taken, own = self._taken(account), {(key, rank) for key, rank in zip(told.keys, ranks, strict=True) if rank}
        free: dict[str, int] = {}
        result: list[int] = []
        for key, known in zip(told.keys, ranks, strict=True):
            if known is not None:
                result.append(known)
                continue
            used, rank = taken.get(key, ()), free.get(key, 1)
            while rank in used or (key, rank) in own:
                rank += 1
            free[key] = rank + 1
            result.append(rank)
        return Plan(result, told_by)

    def _taken(self, account: str) -> dict[str, set[int]]:
        """Ranks in use by key, of one account."""
        taken = self._ranks.get(account)
        if taken is None:
            taken = self._ranks[account] = {}
            for chain in self._of.get(account, ()):
                for piece in chain:
                    for key, rank in zip(piece.keys, piece.ranks, strict=True):
                        taken.setdefault(key, set()).add(rank)
        return taken


def _piece(statement: Statement, name: str, ranks: Sequence[int]) -> Piece | None:
    """The statement as a piece of its account; None when its balances prove nothing."""
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None or not opening.on or not closing.on or opening.on > closing.on:
        return None
    moves = statement.moves
    amounts = [move.minor for move in moves if move.minor is not None]
    if len(amounts) != len(moves) or opening.minor + sum(amounts) != closing.minor:
        return None
    days, keys = [move.on for move in moves], [short(move.key) for move in moves]
    format_ = str(statement.layout.get("format", ""))
    return Piece(name, format_, opening.on, opening.minor, closing.on, closing.minor, days, keys, amounts, ranks)


def _with(chains: list[list[Piece]], told: Piece, fits: Sequence[Fit]) -> list[list[Piece]]:
    """The chains with what only `told` tells; it joins the chains that it touches."""
    new: list[Piece] = []
    done, since = 0, told.opened_on
    for one in fits:
        head = one.chain[0]
        earlier = not new and since < head.opened_on and told.start == head.start
        if one.first > done or earlier:
            new.append(told.part(done, one.first, since, max(since, head.opened_on)))
        new += one.chain
        done, since = max(done, one.last), one.chain[-1].closed_on
    later = not new or (since < told.closed_on and told.end == new[-1].end)
    if done < len(told.keys) or later:
        new.append(told.part(done, len(told.keys), since, max(since, told.closed_on)))
    touched = {id(one.chain) for one in fits}
    result = [chain for chain in chains if id(chain) not in touched]
    result.append(new)
    result.sort(key=lambda chain: (chain[0].opened_on, chain[-1].closed_on))
    return result


def _forgotten(chains: list[list[Piece]]) -> list[list[Piece]]:
    """Without the oldest pieces beyond what is kept; of one that is too long, its end stays."""
    moves = pieces = 0
    kept: list[list[Piece]] = []
    for chain in reversed(chains):
        stay: list[Piece] = []
        for piece in reversed(chain):
            room = KEPT_MOVES - moves
            pieces += 1
            if room <= 0 or pieces > KEPT_PIECES:
                break
            if len(piece.keys) > room:
                first = len(piece.keys) - room
                piece = piece.part(first, len(piece.keys), max(piece.opened_on, piece.days[first]), piece.closed_on)
            moves += len(piece.keys)
            stay.append(piece)
        if stay:
            kept.append(stay[::-1])
    return kept[::-1]


def _contradiction(known: Piece, told: Piece, statement: Statement, name: str) -> RecordRejected:
    """The refusal of a statement whose period is proven with other movements."""
    there, here = differences(known, told)
    currency = statement.opening.currency if statement.opening else ""
    return reject(
        "HUB-BANK-050",
        f"{name}:{statement.line}",
        start=told.opened_on,
        end=told.closed_on,
        account=statement.account or "?",
        file=known.label,
        differ=f"only there {_told(there, currency)}; only here {_told(here, currency)}"
        if here or there
        else "the amounts are the same, the texts differ",
        opening=amount_text(told.start, currency),
        closing=amount_text(told.end, currency),
    )


def _told(moves: list[tuple[str, int]], currency: str) -> str:
    """A few movements as words."""
    said = [f"{amount_text(minor, currency)} on {day}" for day, minor in moves[:_NAMED]]
    if len(moves) > _NAMED:
        said.append(f"{len(moves) - _NAMED} more")
    return ", ".join(said) or "nothing else"


def _texts(chain: Sequence[Piece]) -> str:
    return ",".join(piece.text() for piece in chain)
