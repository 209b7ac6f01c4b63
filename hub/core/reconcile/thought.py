"""The slower reasoning about one receipt that was read: every explanation there is for it."""

from __future__ import annotations

from collections.abc import Collection

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.payers.stances import STRONG
from hub.core.reconcile.reading.mentions import BARE, WEAK
from hub.core.reconcile.rules.by_amount import by_amount, by_likeness
from hub.core.reconcile.rules.by_currency import by_currency
from hub.core.reconcile.rules.by_order import by_order
from hub.core.reconcile.rules.by_payer import by_payer
from hub.core.reconcile.rules.by_reference import by_reference, may_be_exact
from hub.core.reconcile.rules.by_remittance import by_remittance
from hub.core.reconcile.rules.remittances import RemittanceIndex
from hub.core.reconcile.texts.given_back import GIVEN_BACK
from hub.core.reconcile.texts.outsiders import Kind, figures_are_no_invoices, outsider_by_name, outsider_by_text
from hub.core.reconcile.texts.text import fold, join_pieces

_SURE = 0.9  # more than a number of few digits deserves beside words of wages, taxes or damages
_WHOLE = 0.92  # the same where they are all of a number: a person looks at it
_BESIDE_A_NUMBER = 0.8  # another invoice less its discount, where the text spells the number of one
_DOUBTFUL = 0.75  # when nothing is surer, debtors only somewhat like the payer are worth a look


class Thought:
    """Explains cases."""

    def __init__(
        self,
        desk: Desk,
        remittances: RemittanceIndex,
        own_accounts: frozenset[str],
        given_back: Collection[int],
    ) -> None:
        self.desk = desk
        self.remittances = remittances
        self.own_accounts = own_accounts
        self.given_back = given_back

    def outsider(self, case: Case) -> Kind | None:
        """Why the money is no payment of a debtor, if it is none."""
        r = self.desk.receipts
        iban = r.payer_iban[case.row]
        if iban and iban.replace(" ", "").upper() in self.own_accounts:
            return Kind("internal_transfer", "A transfer from one of our own accounts.")
        if case.row in self.given_back:
            return GIVEN_BACK
        if case.payer.score >= STRONG:
            return None
        by_name = outsider_by_name(r.payer_name[case.row])
        if by_name is not None:
            return by_name
        said = " ".join(t[:2000] for t in (r.payer_name[case.row], r.remittance[case.row]) if t)
        return outsider_by_text(fold(said), r.transaction_code[case.row])

    def _speaks_of_an_outsider(self, case: Case) -> bool:
        """Whether a label has words of wages, taxes, loans and the like: a name in it may be anybody's."""
        r = self.desk.receipts
        return outsider_by_text(fold((r.remittance[case.row] or "")[:2000]), None) is not None

    def _may_be_other_money(self, case: Case, drafts: list[Draft]) -> float:
        """The most that drafts deserve which nothing but figures speaks for, where nobody knows who paid and the label
        speaks of something else."""
        strangers = [d for d in drafts if d.weight > _SURE and d.evidence.get("payer") == "unknown"]
        if not strangers:
            return 1.0
        if any([d.evidence.get("strength", BARE + 1) <= BARE for d in strangers]) and self._speaks_of_an_outsider(case):
            return _SURE
        compact = self.desk.ledger.numbers.compact
        plain = [d for d in strangers if all([compact[row].isdigit() for row, _ in d.lines])]
        if plain and figures_are_no_invoices(join_pieces(fold((self.desk.receipts.remittance[case.row] or "")[:2000]))):
            return _WHOLE
        return 1.0

    def may_be_exact(self, case: Case) -> bool:
        """Whether a reference can explain the amount to the cent; a quick look that builds no explanation."""
        reading = case.reading
        if reading.orders or case.original or self.remittances.find(self.desk, case):
            return True
        return bool(reading.mentions) and may_be_exact(self.desk, case)

    def by_references(self, case: Case) -> list[Draft]:
        """Explanations with something written behind them; remembered while nobody used the items named."""
        ledger, reading = self.desk.ledger, case.reading
        if not (reading.mentions or reading.orders or case.original or self.remittances.has_for(self.desk, case)):
            return []
        account_of = ledger.account_of
        accounts = {account_of[ref.row] for mention in reading.mentions for ref in mention.refs}
        uses = sum([ledger.uses[a] for a in accounts])
        if case.thought is None or case.thought[0] != uses or case.reading.orders or not accounts:
            case.thought = (uses, self._by_references(case))
        return list(case.thought[1])

    def _by_references(self, case: Case) -> list[Draft]:
        desk = self.desk
        drafts = by_remittance(desk, case, self.remittances)
        if drafts and any(d.rule == "remittance_exact" and d.weight > 0.98 for d in drafts):
            return drafts
        if case.reading.mentions:
            drafts += by_reference(desk, case)
            if not drafts or case.original:
                drafts += by_currency(desk, case)
        elif case.original:
            drafts += by_currency(desk, case)
        if (most := self._may_be_other_money(case, drafts)) < 1.0:
            for draft in drafts:
                draft.weight = min(draft.weight, most)
        if case.reading.orders and not any(d.weight > 0.97 for d in drafts):
            drafts += by_order(desk, case)
        return drafts

    def all_drafts(self, case: Case) -> list[Draft]:
        """Every explanation, those by payer and amount included."""
        drafts = self.by_references(case)
        if not any([d.weight > 0.97 for d in drafts]):
            explained = by_payer(self.desk, case)
            if explained and case.payer.found_by == "text" and self._speaks_of_an_outsider(case):
                for draft in explained:
                    draft.weight = min(draft.weight, 0.9)
                    draft.evidence["against"] = "the text speaks of money that pays no invoice"
            for draft in explained:
                if draft.rule == "payer_discount" and any([_is_plainly_named(d) for d in drafts]):
                    draft.weight = min(draft.weight, _BESIDE_A_NUMBER)
            drafts += explained
        if case.reading.closed:
            return drafts
        if not drafts:
            return by_amount(self.desk, case)
        if all(draft.weight < _DOUBTFUL for draft in drafts):
            drafts += by_likeness(self.desk, case)
        return drafts


def _is_plainly_named(draft: Draft) -> bool:
    """Whether the text spells the number of what the payer owes."""
    return bool(draft.evidence.get("payer") == "agrees" and draft.evidence.get("strength", WEAK) > BARE)


def _few_digits(draft: Draft) -> bool:
    """Whether nothing but a bare counter names the item, and nobody knows who paid."""
    return bool(draft.evidence.get("payer") == "unknown" and draft.evidence.get("strength", BARE + 1) <= BARE)
