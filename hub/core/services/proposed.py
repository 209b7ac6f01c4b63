"""The lines of a proposal as they are written: per invoice and nature, and what each uses up of the receipt."""

from __future__ import annotations

from collections.abc import Sequence

from hub.core.reconcile import Proposal


def lines_of(proposal: Proposal) -> list[tuple[int, str, int]]:
    """Money lines and deductions of a proposal: (invoice id, nature, amount); deductions without an item go to the
    first invoice, and several of one nature on one invoice are one line."""
    found: dict[tuple[int, str], int] = {}
    for item, amount in proposal.lines:
        found[item, "money"] = found.get((item, "money"), 0) + amount
    if proposal.deductions:
        first = next((item for item, amount in proposal.lines if amount > 0), proposal.lines[0][0])
        for nature, to, amount in proposal.deductions:
            found[to or first, nature] = found.get((to or first, nature), 0) + amount
    return [(item, nature, amount) for (item, nature), amount in found.items()]


def exchanged_of(proposal: Proposal, lines: Sequence[tuple[int, str, int]]) -> dict[tuple[int, str], int] | None:
    """What each money line of a proposal in another currency uses up of the receipt, in proportion, all of it together.

    Empty when all is in one currency. None when it cannot be shared out: a line would use nothing of the receipt.
    """
    if proposal.exchange is None:
        return {}
    money = [line for line in lines if line[1] == "money"]
    shares = shared_out([amount for *_, amount in money], proposal.exchange[1])
    if shares is None:
        return None
    return {(item, nature): share for (item, nature, _), share in zip(money, shares, strict=True)}


def shared_out(amounts: Sequence[int], total: int) -> list[int] | None:
    """What each amount uses up of a sum in another currency: in proportion, in whole minor units, together all of it.

    None when one would use nothing, or when the amounts come to nothing.
    """
    whole, before, shares = sum(amounts), 0, list[int]()
    for amount in amounts:
        share = (total * (before + amount)) // whole - (total * before) // whole if whole > 0 else 0
        if not share or (share > 0) != (amount > 0):
            return None
        shares.append(share)
        before += amount
    return shares
