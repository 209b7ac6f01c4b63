"""What a company allows the engine to do alone. Written to be read, and changed, by a finance person."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from hub.core.reconcile.company_rules import CompanyRule


@dataclass(frozen=True, slots=True)
class Policy:
    """Tolerances and choices. Amounts in the smallest unit, percentages in basis points (100 = 1 %).

    version: free text kept with each decision, so that a past decision can be replayed.
    auto_threshold: least weight of evidence, in thousandths, at which a proposal is applied without a person.
    rounding_minor: difference, either way, that is only rounding.
    bank_fee_minor, bank_fee_bp: charges a bank may keep of a transfer, whichever is lower: from outside SEPA, in
        another currency, or when the text speaks of charges. Inside SEPA the full amount arrives.
    bank_fee_anywhere: the same for any transfer: small shortfalls are forgone alone.
    exchange_bp: distance allowed between the amount the payer ordered in the invoice's currency and it.
    partial_by_reference: a certain reference and less money than owed is a part payment, applied alone.
    overpaid_by_reference: a certain reference and more money than owed settles it, the rest stays unapplied.
    oldest_first: money of a known payer that nothing explains goes to the debts due first.
    discount_grace_days: days after its last day during which a cash discount is still accepted.
    overrides: for one seller ("ACME", None) or one debtor ("ACME", "C001"), fields that differ.
    rules: the company's own, in their order; the first that fits a receipt holds.
    """

    version: str = "1"
    auto_threshold: int = 970
    rounding_minor: int = 100
    bank_fee_minor: int = 3000
    bank_fee_bp: int = 500
    bank_fee_anywhere: bool = False
    exchange_bp: int = 100
    partial_by_reference: bool = True
    overpaid_by_reference: bool = True
    oldest_first: bool = False
    discount_grace_days: int = 3
    overrides: dict[tuple[str, str | None], dict[str, int | bool]] = field(default_factory=dict)
    rules: tuple[CompanyRule, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an override of a field that does not exist.

        Raises:
            ValueError: names the seller, the debtor and the unknown field.
        """
        known = {f.name for f in fields(self)} - {"version", "overrides", "rules"}
        for who, changes in self.overrides.items():
            unknown = sorted(set(changes) - known)
            if unknown:
                raise ValueError(f"policy override for {who}: unknown field {unknown[0]!r}; known: {sorted(known)}")

    def for_debtor(self, seller: str, debtor: str) -> Policy:
        """This policy as it applies to one debtor: the debtor's override wins over the seller's."""
        if not self.overrides:
            return self
        changes = {**self.overrides.get((seller, None), {}), **self.overrides.get((seller, debtor), {})}
        return replace(self, overrides={}, **changes) if changes else self  # type: ignore[arg-type]
