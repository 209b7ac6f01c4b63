"""What the engine may decide alone and how far a person may go: the rules of one company, as configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.core.reconcile import Policy
from hub.core.services.desk import Desk, books_of
from hub.core.store.reading import debtor_columns

Debtor = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """The engine's policy, and the limits that hold for people as well.

    write_off_minor: most that may be written off of one invoice, all write-offs of it together.
    discount_bp: largest cash discount a person may allow, in basis points of the invoice's total.
    overrides: for one seller ("ACME", None) or one debtor ("ACME", "C001"), those of the two that differ.
    """

    policy: Policy = field(default_factory=Policy)
    write_off_minor: int = 500
    discount_bp: int = 300
    overrides: Mapping[Debtor, Mapping[str, int | bool]] = field(default_factory=dict)

    def limit_minor(self, nature: str, seller: str, debtor: str, total_minor: int) -> int:
        """The most that a person may deduct as `nature` from an invoice of this total, in minor units."""
        policy = self.policy.for_debtor(seller, debtor)
        if nature == "rounding":
            return policy.rounding_minor
        if nature == "bank_fee":
            return policy.bank_fee_minor
        if nature == "exchange":
            return total_minor * policy.exchange_bp // 10_000
        if nature == "discount":
            return total_minor * self._value("discount_bp", seller, debtor, self.discount_bp) // 10_000
        return self._value("write_off_minor", seller, debtor, self.write_off_minor)

    def _value(self, name: str, seller: str, debtor: str, default: int) -> int:
        """The debtor's own value, else the seller's, else the company's."""
        for who in ((seller, debtor), (seller, None)):
            if name in self.overrides.get(who, {}):
                return int(self.overrides[who][name])
        return default


def unknown_debtors(desk: Desk, policy: Policy) -> list[str]:
    """What rules and overrides name that nobody knows, each as a sentence without its full stop; nothing before the
    first debtors were read."""
    named: dict[Debtor, str] = dict.fromkeys(policy.overrides, "an override")
    named |= {rule.debtor: f"rule {rule.name!r}" for rule in policy.rules if rule.debtor}
    if not named:
        return []
    with desk.store.read() as connection:
        columns = debtor_columns(connection, books_of(desk, connection), ())
    known: set[Debtor] = set(zip(columns["seller"], columns["debtor_id"], strict=True))
    known |= {(seller, None) for seller, _ in known}
    unknown = sorted(named.keys() - known, key=str) if known else []
    return [f"{named[who]} names {_called(*who)}, whom nobody knows" for who in unknown]


def _called(seller: str, debtor: str | None) -> str:
    return f"seller {seller}" if debtor is None else f"debtor {debtor} of {seller}"


#: The setting behind each limit, for the sentence that refuses.
SETTING_OF = {
    "rounding": "rounding_minor",
    "bank_fee": "bank_fee_minor",
    "exchange": "exchange_bp",
    "discount": "discount_bp",
    "write_off": "write_off_minor",
}
