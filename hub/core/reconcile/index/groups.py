"""Debtors that belong together: a parent and its companies, each an account of one seller."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from hub.core.reconcile.inputs import Debtors


class Groups:
    """The groups of the accounts; most belong to none."""

    def __init__(self, account_at: Mapping[tuple[str, str], int], debtors: Debtors) -> None:
        self._root = _roots(account_at, debtors)

    def same(self, one: int, other: int) -> bool:
        """Whether two accounts are one, or belong to one parent."""
        return one == other or (one in self._root and self._root.get(one) == self._root.get(other))

    def is_head(self, account: int) -> bool:
        """Whether an account is the topmost parent of others."""
        return self._root.get(account) == account

    def of(self, account: int) -> list[int]:
        """The accounts of the group `account` belongs to, itself included, in order."""
        root = self._root.get(account)
        return [account] if root is None else self._members[root]

    @cached_property
    def _members(self) -> dict[int, list[int]]:
        members: dict[int, list[int]] = {}
        for account in sorted(self._root):
            members.setdefault(self._root[account], []).append(account)
        return members


def _roots(account_at: Mapping[tuple[str, str], int], debtors: Debtors) -> dict[int, int]:
    """Account -> topmost parent, for accounts that have a parent or children. Loops are cut."""
    parent: dict[int, int] = {}
    for seller, debtor, above in zip(debtors.seller, debtors.debtor_id, debtors.parent_id, strict=True):
        if above and above != debtor and (seller, above) in account_at:
            parent[account_at[seller, debtor]] = account_at[seller, above]
    roots: dict[int, int] = {}
    for account in {*parent, *parent.values()}:
        seen = [account]
        while (above_at := parent.get(seen[-1])) is not None and above_at not in seen:
            seen.append(above_at)
        roots[account] = seen[-1] if parent.get(seen[-1]) is None else min(seen)
    return roots
