"""Explanations from who paid and how much, when the text names no number that helps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.reading.mentions import STRONG as STRONG_REF
from hub.core.reconcile.rules.explaining import explain
from hub.core.reconcile.rules.judging import MOST_ACCOUNTS, judge
from hub.core.reconcile.rules.near_number import NEAR, others_near
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS, cap
from hub.core.reconcile.texts.text import fold
from hub.core.reconcile.texts.words import LEGAL_FORMS

_BESIDE_OWN = 0.85  # what a group owes, when the debtor's own items explain the sum, though not surely
_GROUP = 0.975  # what a group owes, when nothing of the debtor's own explains the sum
_OTHER_FORM = 0.8  # a debtor with the payer's words, and another legal form
_NAMESAKE = 0.7  # the same where the payer is found as a debtor whose items explain nothing
_MOST_NAMESAKES, _MOST_BEGUN = 12, 50
_SETS = ("payer_sum", "payer_balance")  # several invoices that add up, beside which one of a namesake is no worse


def by_payer(desk: Desk, case: Case) -> list[Draft]:
    """Drafts for the accounts that may be the payer, then for their group, then for those of nearly its name."""
    if not case.payer.accounts or case.payer.score < 0.5:
        return _of_namesakes(desk, case, [])
    accounts = _at_this_seller(desk, case)
    drafts: list[Draft] = []
    if not accounts and case.seller is not None:
        drafts = _of_the_same_words(desk, case, case.seller)
        accounts = _cut_short(desk, case) if not drafts else []
    for account in accounts:
        drafts += explain(desk, case, [account])
    if not any([d.weight > 0.8 for d in drafts]):
        drafts += _of_groups(desk, case, accounts, drafts)
    rivals = len(accounts)
    alone = rivals > 1 and len(_explaining(desk, drafts)) == 1
    judged = [judge(desk, case, d, rivals, alone) for d in drafts]
    if accounts and not any([d.weight > 0.6 for d in judged]):
        judged += _of_namesakes(desk, case, accounts)
    if rivals > 1:
        _several_explain(desk, judged)
    if case.reading.months or case.reading.due_on:
        _period_first(judged)
    near = [d for d in judged if d.rule == NEAR]
    if near:
        _misprint_first(judged, 0.9 if _is_named(desk, case) else 1.0)
    judged += _others_who_owe_it(desk, case, judged)
    return judged + [other for d in near for other in others_near(desk, case, d)] if near else judged


def _at_this_seller(desk: Desk, case: Case) -> list[int]:
    """The accounts that may be the payer, of the seller who was paid if that is known.

    Whose name stands in a label as one seller writes it is another's debtor as well.
    """
    known = case.payer.accounts
    if len(known) == 1 and case.payer.found_by == "text":
        known = (*known, *desk.payers.of_its_siren(known))
    return [a for a in known if case.seller in (None, desk.ledger.accounts[a][0])][:MOST_ACCOUNTS]


def _of_the_same_words(desk: Desk, case: Case, seller: str) -> list[Draft]:
    """What the seller's debtors of the payer's words owe, where the payer is found at another seller only."""
    namesakes = desk.payers.namesakes(case.payer, seller)[:MOST_ACCOUNTS]
    most = 1.0 if len(namesakes) == 1 and not _states_a_form(desk, case) else _OTHER_FORM
    return [cap(d, most) for account in namesakes for d in explain(desk, case, [account])]


def _of_groups(desk: Desk, case: Case, accounts: list[int], drafts: list[Draft]) -> list[Draft]:
    """What the groups of the first accounts owe; less likely where their own items explain the sum, not surely."""
    most = _BESIDE_OWN if any("sets_that_add_up" in d.evidence for d in drafts) else _GROUP
    groups = [group for account in accounts[:2] if len(group := desk.ledger.groups.of(account)) > 1]
    return [cap(d, most) for group in groups for d in explain(desk, case, group) if d.weight > 0.6]


def _period_first(drafts: list[Draft]) -> None:
    """All of the month, or of the due date, that the text names goes first; its number may say so as well."""
    told = [d for d in drafts if d.rule == "payer_statement" and d.weight >= 0.8]
    for draft in drafts if told else ():
        if draft.rule != "payer_statement" and not (draft.rule == NEAR and draft.same_as(told[0])):
            cap(draft, 0.79)


def _misprint_first(drafts: list[Draft], most: float) -> None:
    """An invoice whose number is nearly the text's goes before others of the sum."""
    for draft in drafts:
        cap(draft, most if draft.rule == NEAR else 0.85)


def _others_who_owe_it(desk: Desk, case: Case, drafts: list[Draft]) -> list[Draft]:
    """Invoices of others whom the payer may be, or pay for, beside its one invoice of this very sum."""
    first = max(drafts, key=lambda d: d.weight, default=None)
    if first is None or first.weight < 0.8:
        return []
    if first.rule in _SETS:
        namesakes = desk.payers.namesakes(case.payer, case.seller)[:_MOST_NAMESAKES]
        return _owe_it_too(desk, case, first, namesakes, "A debtor of the payer's name may be meant")
    if first.rule != "payer_amount":
        return []
    found = _of_longer_names(desk, case, first) + _of_its_companies(desk, case, first)
    if namesakes := desk.payers.reordered(case.payer):
        found += _owe_it_too(desk, case, first, namesakes, "The payer may be a namesake")
    return found


def _cut_short(desk: Desk, case: Case) -> list[int]:
    """The seller's only debtor whose name begins as a label does that names another seller's debtor in full.

    "RESIDENCE DES ORMES SA" of 31 characters is the Résidence des Ormes Saint-Malo, where that one is the debtor.
    """
    if case.payer.found_by != "text" or not desk.cuts.may_have_cut(_label(desk, case)):
        return []
    owners = desk.ledger.accounts
    begun = [a for a in desk.payers.names.full.begun(case.payer.label, _MOST_BEGUN) if owners[a][0] == case.seller]
    return begun if len(begun) == 1 else []


def _label(desk: Desk, case: Case) -> str:
    """The first line of a label, which has the name."""
    return (desk.receipts.remittance[case.row] or "").partition("\n")[0]


def _states_a_form(desk: Desk, case: Case) -> bool:
    """Whether the payer's name, or the label, has a legal form; if not it may be that of a company of any form."""
    name = desk.receipts.payer_name[case.row]
    return not LEGAL_FORMS.isdisjoint(fold(name).split() if name else case.reading.words)


def _is_named(desk: Desk, case: Case) -> bool:
    """Whether a number of the text is, well spelt, an invoice of exactly this sum: then it is hardly a misprint."""
    refs = [ref for mention in case.reading.mentions for ref in mention.refs if ref.strength >= STRONG_REF]
    return any(desk.usable(ref.row, case) and desk.ledger.left[ref.row] == case.amount for ref in refs)


def _explaining(desk: Desk, drafts: list[Draft]) -> set[int]:
    """The accounts whose items explain the sum well; but for charges is not well where somebody owes it to the cent."""
    account_of = desk.ledger.account_of
    exact = any([d.rule == "payer_amount" for d in drafts])
    drafts = [d for d in drafts if not (exact and d.rule == "payer_bank_fee")]
    return {account_of[d.lines[0][0]] for d in drafts if d.lines and d.weight > 0.6}


def _several_explain(desk: Desk, drafts: list[Draft]) -> None:
    """Nothing is sure when the items of two accounts that may be the payer explain the sum, or one invoice of each is
    the sum: it is not the same creditor's.
    """
    likely, account_of = _explaining(desk, drafts), desk.ledger.account_of
    owing = {account_of[d.lines[0][0]] for d in drafts if d.rule == "payer_amount"}
    for draft in drafts:
        if len(likely) > 1 and draft.rule not in ("payer_amount", NEAR):
            cap(draft, 0.85)
        elif len(owing) > 1 and draft.rule == "payer_amount":
            cap(draft, 0.9).evidence["rivals"] = [f"{len(owing)} debtors of this name owe the sum"]


def _of_namesakes(desk: Desk, case: Case, accounts: list[int]) -> list[Draft]:
    """What debtors owe whose name is nearly the payer's: another legal form, or more of it. Only offered.

    A form is easily left out, or wrong; a name may have been cut; and of many of one name only some were looked at.
    """
    payers, owners = desk.payers, desk.ledger.accounts
    nearly = [*payers.namesakes(case.payer, case.seller), *case.payer.accounts, *payers.longer_names(case.payer)]
    nearly += payers.names.full.begun(case.payer.label, _MOST_NAMESAKES)
    others = [a for a in dict.fromkeys(nearly) if a not in accounts and case.seller in (None, owners[a][0])]
    drafts = [d for account in others[:_MOST_NAMESAKES] for d in explain(desk, case, [account]) if d.weight > 0.6]
    return [cap(judge(desk, case, d, len(others) + len(accounts)), _NAMESAKE) for d in drafts]


def _of_longer_names(desk: Desk, case: Case, first: Draft) -> list[Draft]:
    """Debtors whose names begin with all the payer's, and who owe this very sum: the bank may have cut the name."""
    return _owe_it_too(desk, case, first, desk.payers.longer_names(case.payer), "The payer's name may have been cut")


def _of_its_companies(desk: Desk, case: Case, first: Draft) -> list[Draft]:
    """Companies of a parent that owe the very sum of the one invoice of its own: it may pay theirs."""
    if not desk.ledger.groups.is_head(own := desk.ledger.account_of[first.lines[0][0]]):
        return []
    companies = [account for account in desk.ledger.groups.of(own) if account != own]
    return _owe_it_too(desk, case, first, companies, "The payer is the parent of this debtor")


def _owe_it_too(desk: Desk, case: Case, first: Draft, accounts: Sequence[int], why: str) -> list[Draft]:
    """The invoices of other accounts with the amount; then the first one is not sure either."""
    found, last = [], case.received_on + timedelta(days=DATE_SLACK_DAYS)
    mine = desk.ledger.account_of[first.lines[0][0]]
    for account in accounts:
        row = desk.ledger.first_of_amount(account, case.amount, last) if account != mine else None
        if row is not None and desk.usable(row, case):
            cap(first, 0.9)
            reason = f"{why}, and {desk.numbers([row])} has exactly this amount open."
            found.append(Draft(min(first.weight, 0.89) - 0.01, "payer_amount", reason, [(row, case.amount)]))
    return found
