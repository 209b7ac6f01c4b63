"""What the engine answers: one decision per receipt, each with its explained proposals."""

from __future__ import annotations

from typing import Any, NamedTuple

# Statuses of a decision; stored and exported, never respelt.
AUTO = "auto"
SUGGESTED = "suggested"
UNAPPLIED = "unapplied"
NOT_A_RECEIPT = "not_a_receipt"
RETURN = "return"


class Proposal(NamedTuple):
    """One way the receipt could be allocated.

    lines: (item id, amount). Positive for an invoice, negative for a credit note that is netted: the lines
        add up to money of the receipt that is used, never more than was unapplied.
    deductions: (kind, item id or None, amount) that settle an item beyond the money received: "bank_fee",
        "discount", "rounding", "write_off". Line + deductions never exceed what the item had open.
    currency: of lines and deductions: the items' own. When it is not the receipt's, `exchange` gives what
        the lines use up of the receipt, as (currency, amount).
    confidence: 0..1, the share of such proposals that were right where the truth was known (`confidence.py`).
    weight: 0..1, of the evidence: it orders proposals, and is what the policy's threshold is compared with.
    rule: stable code; reason: the same for a person. debtor: (seller, debtor_id), None for several debtors.
    evidence: JSON-able: tokens and where they were found, payer, amounts, rivals and why they were refused.
    """

    confidence: float
    weight: float
    rule: str
    reason: str
    lines: tuple[tuple[int, int], ...]
    currency: str
    debtor: tuple[str, str] | None
    evidence: dict[str, Any]
    deductions: tuple[tuple[str, int | None, int], ...] = ()
    exchange: tuple[str, int] | None = None


class Decision(NamedTuple):
    """The answer for one receipt. `proposals`, best first; the first one is applied when status is "auto".

    `rule`, `reason` and `evidence` say why the receipt has this status, also when there is no proposal:
    for "return" `evidence` holds the reason code and, when found, `reverses_receipt_id`.
    """

    receipt_id: int
    status: str
    rule: str
    reason: str
    proposals: tuple[Proposal, ...] = ()
    evidence: dict[str, Any] = {}  # noqa: RUF012  shared and empty; decisions are never edited


class Outcome(NamedTuple):
    """Decisions in the order the receipts were given, and the version of the policy that was applied."""

    decisions: list[Decision]
    policy_version: str
