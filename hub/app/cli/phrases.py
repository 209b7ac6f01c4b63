"""The engine's rules in the words of a credit controller: one place, for every table, report and explanation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.core.services.reconcile import RuleCount

#: The rest of receipts that are counted where most of them went.
SURPLUS = "surplus"
#: Why receipts that may be a debtor's payment are left; the other reasons say that they are none.
UNEXPLAINED = frozenset(("nothing_fits", "nothing_left", "duplicate", SURPLUS))
#: What a rule found, by its stored spelling. Rules that mean the same to a reader share a phrase.
_RULES = {
    "remittance_exact": "the payer's own list, exact amount",
    "remittance_in_part": "the payer's own list; the amount differs",
    "number_exact": "invoice number and exact amount",
    "numbers_exact": "invoice number and exact amount",
    "number_named_exact": "invoice number and exact amount",
    "numbers_named_exact": "invoice number and exact amount",
    "some_named_exact": "some of the invoice numbers named, exact amount",
    "named_less_discount": "invoice number, less a cash discount",
    "named_less_credit_note": "invoice number, less a credit note",
    "named_less_bank_fee": "invoice number, less bank charges",
    "named_less_rounding": "invoice number, less a few cents",
    "named_rounded_up": "invoice number, a few cents too much",
    "named_in_part": "invoice number, a part of its amount",
    "named_overpaid": "invoice number, more than its amount",
    "named_and_others": "invoice number, and others that make up the rest",
    "order_exact": "order or payment reference and exact amount",
    "order_in_part": "order or payment reference; the amount differs",
    "other_currency": "an invoice in another currency",
    "payer_amount": "who paid, and the only amount that fits",
    "payer_amount_near_number": "who paid, the amount, and a misprinted number",
    "payer_statement": "a month's statement, exact amount",
    "payer_balance": "who paid, and everything that was open",
    "payer_sum": "who paid, and the only invoices that add up",
    "payer_discount": "who paid, less a cash discount",
    "payer_less_credit_note": "who paid, less a credit note",
    "payer_rounding": "who paid, but for a few cents",
    "payer_bank_fee": "who paid, less bank charges",
    "payer_instalment": "who paid, and the instalment the text counts",
    "payer_in_part": "who paid; a part of an invoice",
    "oldest_first": "who paid; no amount fits: the oldest debts",
    "amount_only": "the amount alone: nobody is named",
    "by_hand": "decided by a person",
    "nothing_fits": "no open invoice fits",
    "nothing_left": "nothing of it is left",
    "duplicate": "an invoice that is paid already",
    "return": "taken back by the bank",
    "money_out": "money that left the account",
    "internal_transfer": "a transfer between own accounts",
    "tax_or_social": "from the tax office or a social body",
    "insurance": "from an insurer",
    "salary": "wages or expenses",
    "loan": "a loan paid out",
    "bank_interest": "interest of the bank",
    "provider_payout": "a payout of a payment provider",
    "card_takings": "takings of card payments",
    "cash_deposit": "cash paid in by the company",
    "own_transfer_returned": "a transfer of yours that came back",
    "company_rule": "no debtor's payment by a rule of yours",
    SURPLUS: "the rest of receipts applied above",
}


def phrase(rule: str) -> str:
    """What `rule` found, in plain words; a rule that has none here is shown by its name, never hidden."""
    return _RULES.get(rule) or rule.replace("_", " ")


def known_rules() -> frozenset[str]:
    """The rules that have a phrase."""
    return frozenset(_RULES)


def by_phrase(counts: Mapping[str, RuleCount]) -> list[tuple[str, RuleCount]]:
    """What rules did, those with one phrase together: most receipts first. The rest of receipts comes last."""
    from hub.core.services.reconcile import RuleCount

    ways: dict[str, RuleCount] = {}
    for rule, found in counts.items():
        ways.setdefault(phrase(rule), RuleCount()).add(found)
    last = phrase(SURPLUS)
    return sorted(ways.items(), key=lambda pair: (pair[0] == last, -pair[1].receipts, pair[0]))
