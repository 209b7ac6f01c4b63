"""Rules that a company writes itself: what a receipt with these words, of this account or amount, is taken for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.texts.text import fold

# What a rule says of the receipts it fits.
NO_RECEIPT, PAYER, ASK = "not_a_receipt", "payer", "ask"
RULED = "rule: "  # stands before a rule's name where evidence says how the payer was found
YOUR_RULE = "your rule “"  # the same where evidence says that a rule leaves money to a person
_WORD = re.compile("[A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class CompanyRule:
    """One rule: every condition given must hold; of several texts or accounts, one.

    name: what people call it; kept with each decision.
    then: "not_a_receipt" (no debtor's payment), "payer" (`debtor` pays), "ask" (a person decides).
    text: words that stand together, in this order, in the payer's name, the text or a reference; accents, case and
        punctuation do not matter.
    payer_iban: accounts the money came from. account: our own, as the receipts name them.
    from_minor, to_minor: least and most of the receipt, in the smallest unit of its currency, both included.
    debtor: (seller, code) of who pays, where `then` is "payer".
    """

    name: str
    then: str
    text: tuple[str, ...] = ()
    payer_iban: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    from_minor: int | None = None
    to_minor: int | None = None
    debtor: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that fits everything, or that cannot be followed.

        Raises:
            ValueError: says which rule, and what it lacks.
        """
        limits = (self.from_minor, self.to_minor)
        if not self.name.strip():
            raise ValueError("a rule has no name")
        if self.then not in (NO_RECEIPT, PAYER, ASK):
            raise ValueError(f"rule {self.name!r}: `then` is {self.then!r}, not {NO_RECEIPT}, {PAYER} or {ASK}")
        if (self.then == PAYER) != (self.debtor is not None):
            raise ValueError(f"rule {self.name!r}: seller and debtor are given with then = {PAYER!r}, and only there")
        if not (self.text or self.payer_iban or self.account or any(limit is not None for limit in limits)):
            raise ValueError(f"rule {self.name!r} has no condition, so that it would fit every receipt")
        if not all(_WORD.search(fold(phrase)) for phrase in self.text):
            raise ValueError(f"rule {self.name!r} looks for a text without letters and digits")


def fitting(rules: Sequence[CompanyRule], receipts: Receipts) -> dict[int, CompanyRule]:
    """The rule of each receipt that has one, by row: the first that fits."""
    if not rules:
        return {}
    tests = [(rule, _Test(rule)) for rule in rules]
    found: dict[int, CompanyRule] = {}
    for row in range(len(receipts.id)):
        rule = next((rule for rule, test in tests if test.fits(receipts, row)), None)
        if rule is not None:
            found[row] = rule
    return found


class _Test:
    """The conditions of one rule, prepared; the cheapest are asked first."""

    def __init__(self, rule: CompanyRule) -> None:
        self.rule = rule
        phrases = ("[^A-Z0-9]+".join(_WORD.findall(fold(phrase))) for phrase in rule.text)
        self.text = re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(phrases)})(?![A-Z0-9])") if rule.text else None
        self.payer_ibans, self.accounts = (set(map(_plain, some)) for some in (rule.payer_iban, rule.account))

    def fits(self, receipts: Receipts, row: int) -> bool:
        """Whether every condition holds."""
        rule, minor = self.rule, receipts.amount_minor[row]
        if (rule.from_minor is not None and minor < rule.from_minor) or (
            rule.to_minor is not None and minor > rule.to_minor
        ):
            return False
        for wanted, column in ((self.accounts, receipts.account), (self.payer_ibans, receipts.payer_iban)):
            if wanted and _plain(column[row] or "") not in wanted:
                return False
        return self.text is None or self.text.search(_texts(receipts, row)) is not None


def _texts(receipts: Receipts, row: int) -> str:
    """Everything written about a receipt; a phrase does not reach from one text into another."""
    columns = (receipts.payer_name, receipts.remittance, receipts.structured_ref, receipts.end_to_end_ref)
    return "\x00A\x00".join([fold(text) for column in columns if (text := column[row])])


def _plain(account: str) -> str:
    return account.replace(" ", "").upper()
