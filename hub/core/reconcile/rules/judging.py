"""How sure an explanation by payer and amount is, beside what is known of the payer and what the text says."""

from __future__ import annotations

from hub.core.reconcile.amounts.charges import often_kept_back
from hub.core.reconcile.amounts.sums import CHANCE
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.index.keys import letters_of
from hub.core.reconcile.payers.stances import MEDIUM, STRONG
from hub.core.reconcile.reading.mentions import WEAK
from hub.core.reconcile.rules.equal import why_not_the_oldest, why_not_these
from hub.core.reconcile.rules.its_day import told_by_its_day
from hub.core.reconcile.rules.named import paid_with_this
from hub.core.reconcile.rules.named_differs import may_be_a_part, speaks_of_credit
from hub.core.reconcile.rules.near_number import NEAR, near_number
from hub.core.reconcile.rules.not_ours import announces_a_number, begins_another, is_no_other_number
from hub.core.reconcile.rules.paid_already import paid_as_written
from hub.core.reconcile.rules.pool import cap
from hub.core.reconcile.rules.statement import in_a_month_named
from hub.core.reconcile.texts.text import compact, fold
from hub.core.reconcile.texts.words import DEPOSIT_WORDS, GROUP_WORDS, LAW_WORDS, ORDER_WORDS, RETENTION_WORDS

MOST_ACCOUNTS = 6  # debtors that may be the payer, looked at one by one
_TO_THE_CENT = ("payer_amount", "payer_statement", "payer_sum", "payer_balance")  # one account's, and not another's
_COMPOSED = frozenset(("payer_sum", "payer_less_credit_note", "payer_rounding"))  # found by trying many
_NOT_TO_THE_CENT = frozenset(("payer_rounding", "payer_bank_fee"))
_LONG_LAW = tuple(word for word in LAW_WORDS if len(word) > 8)
_HARDLY = 0.05  # part of the chance that is taken among debtors of one name
_IN_FULL = 0.97  # likeness of a payer whose name, or label, has all words of a debtor's
_WITH_A_DIFFERENCE = frozenset(("payer_discount", "payer_less_credit_note", "payer_balance"))
_WHOLE_ONE = ("payer_amount", "payer_less_credit_note")  # one invoice, which may have equal ones, to the cent
_OF_ONE = ("payer_amount", "payer_rounding")  # one invoice's, of which the text may name the month
_DEPOSIT_PAIRS = (frozenset(("DEPOT", "GARANTIE")), frozenset(("TROP", "PERCU")))
_LISTED = ("payer_sum", "payer_statement")  # several invoices of which the text may have all numbers
_A_LIST = 2  # numbers that make one
_NEARLY = 0.42  # such an explanation beside a text that names something else, and may be right about it
_CHANCE_OF_A_STATEMENT = 0.001  # a statement of one invoice: no sum of others, and a sum that is rare


def judge(desk: Desk, case: Case, draft: Draft, rivals: int, alone: bool = False) -> Draft:
    """Lower the weight for a payer that is not certain, or a text that names something else; raise it for a text
    that nearly spells the number.

    rivals: debtors that answer to the payer; alone: only one of them explains the sum.
    """
    if draft.rule in _WHOLE_ONE:
        told_by_its_day(desk, case, draft)
    _doubt_the_payer(desk, case, draft, rivals, alone)
    if draft.rule in _COMPOSED:
        _doubt_a_set(desk, case, draft)
    words = case.reading.words
    if case.reading.part and (not _pays_whole(case, draft) or not ORDER_WORDS.isdisjoint(words)):
        cap(draft, 0.9)  # "ARRHES DEVIS 2611" is money for what is not invoiced yet, whatever it happens to equal
    paid = paid_with_this(desk, case, case.payer.accounts)  # a number well spelt is no misprint of another one
    if not _nearly_spelt(desk, case, draft, bool(paid)):
        _beside_the_text(desk, case, draft, paid)
    return draft


def _pays_whole(case: Case, draft: Draft) -> bool:
    """Whether one invoice, or its instalment, is paid to the cent, or one of each month named: "MENSUALITE MARS"."""
    if draft.rule == "payer_statement":
        return len(draft.lines) <= len(case.reading.months) or len(draft.lines) == 1
    return draft.rule.startswith("payer_amount") or draft.rule == "payer_instalment"


def _against(draft: Draft, most: float, why: str) -> None:
    cap(draft, most).evidence["against"] = why


def _doubt_the_payer(desk: Desk, case: Case, draft: Draft, rivals: int, alone: bool) -> None:
    """No surer than the payer is."""
    payer = case.payer
    draft.evidence |= {"payer_found_by": payer.found_by, "payer_score": round(payer.score, 3), "received": case.amount}
    if payer.score < STRONG:
        cap(draft, 0.9 if payer.score >= MEDIUM else 0.6)
    if payer.found_by == "text":
        if payer.score < 0.93:
            cap(draft, 0.9)
        if len(draft.lines) > 1 and desk.payers.is_a_word_behind_others(payer):
            _against(draft, 0.9, "one word of the label is the debtor's name, and another stands before it")
        if _through_the_law(desk, case, desk.ledger.account_of[draft.lines[0][0]]):
            _against(draft, 0.85, "a court, a bailiff or a liquidator pays: a file's money, not one invoice's")
    if rivals > 1:
        draft.evidence["rivals"] = [f"{rivals} debtors answer to this payer"]
        in_full = payer.score >= (_IN_FULL if len(draft.lines) == 1 else 1.0)  # a set found for a label is less sure
        plain = (in_full or payer.whole) and _one_company(desk, case)
        told = alone and (_has_one_siren(desk, case) or _only_one_owes(desk, case, draft))
        if (not plain or draft.rule not in _TO_THE_CENT) and not told:
            cap(draft, 0.85)


def _doubt_a_set(desk: Desk, case: Case, draft: Draft) -> None:
    """What was found by trying many is chance sooner than what a text says of something else."""
    if case.reading.of_something:
        _against(draft, 0.9, "the text quotes a file, an order or a contract that is none of these")
    if not RETENTION_WORDS.isdisjoint(case.reading.words):
        _against(draft, 0.9, "the text speaks of retention money: a part of something was kept")
    if _pays_for_others(desk, case, desk.ledger.account_of[draft.lines[0][0]]):
        _against(draft, 0.85, "the payer bears the name of a group: it may pay for any of its companies")


def _nearly_spelt(desk: Desk, case: Case, draft: Draft, paid: bool) -> bool:
    """Whether the text nearly spells the numbers of the draft; then it is surer."""
    sure = case.payer.score >= STRONG
    if draft.rule == "payer_amount" and not paid and not (case.reading.closed and _names_own_closed(case)):
        row = draft.lines[0][0]
        near = near_number(desk, case, row)
        if near:
            draft.rule = NEAR
            draft.weight = max(draft.weight, 0.985 if sure else 0.93)
            whole = compact(near) == compact(desk.ledger.items.number[row])
            said = "which is its number" if whole else "one slip away from its number, or the end of it"
            draft.reason += f" The text has {near}, {said}."
            return True
    elif draft.rule in _LISTED and all(near_number(desk, case, row) for row, _ in draft.lines):
        draft.weight = max(draft.weight, 0.985 if sure else 0.9)
        draft.reason += " The text has all their numbers, though not as they are printed."
        return True
    elif draft.rule in _WITH_A_DIFFERENCE and _has_the_ends(desk, case, draft):
        draft.reason += " The text has what is paid, though not as it is printed."
        return True
    return False


def _has_the_ends(desk: Desk, case: Case, draft: Draft) -> bool:
    """Whether the text spells no invoice in full, and has of all that are paid the end of the number, or nearly it.

    A credit note is netted only where what it leaves is no usual part of them, or the text speaks of it.
    """
    ledger = desk.ledger
    paid = [row for row, amount in draft.lines if amount > 0]
    less = sum(-amount for _, amount in draft.lines if amount < 0)
    if (
        less
        and not speaks_of_credit(case)
        and (may_be_a_part(case.amount, case.amount + less) or often_kept_back(less))
    ):
        return False
    spelt = [ref.row for m in case.reading.mentions for ref in m.refs if ref.strength > WEAK]
    return all(map(ledger.is_credit.__getitem__, spelt)) and all(near_number(desk, case, row) for row in paid)


def _beside_the_text(desk: Desk, case: Case, draft: Draft, paid: list[str]) -> None:
    """What the text says of other invoices, of months, and of equal ones speaks against the draft."""
    row = draft.lines[0][0]
    if paid:
        _against(draft, 0.85, paid[0])
    elif _is_a_deposit(desk, case, row):
        _against(draft, 0.85, "the text speaks of a deposit, a mistake or money given back")
    elif _names_something_else(desk, case, draft):
        _against(draft, _NEARLY if draft.rule in _NOT_TO_THE_CENT else 0.85, "the text names something else")
    elif draft.rule in _NOT_TO_THE_CENT and announces_a_number(case) and not near_number(desk, case, row):
        _against(draft, _NEARLY, "the text announces a number, and the sum is not to the cent")
    elif begins_another(desk, case, [row for row, _ in draft.lines]):
        _against(draft, 0.85, "the bank cut a number that begins otherwise")
    elif draft.rule == "payer_amount" and (number := paid_as_written(desk, case, row)):
        _against(draft, 0.85, f"{number} is paid already: the money came twice, or the number is a misprint")
    elif draft.rule in _OF_ONE and case.reading.months and not in_a_month_named(desk, case, row):
        _against(draft, 0.85, "the text names another month")
    elif draft.rule in _WHOLE_ONE:
        if why := why_not_the_oldest(desk, case, *draft.lines[0]):
            _against(draft, 0.85, why)
    elif draft.rule == "payer_sum" and (why := why_not_these(desk, case, draft)):
        _against(draft, 0.85, why)


def _is_a_deposit(desk: Desk, case: Case, row: int) -> bool:
    """Whether the text says that the money is no payment of an invoice: "DEPOT DE GARANTIE", as high as a rent."""
    words = set(case.reading.words)
    said = words & DEPOSIT_WORDS
    for pair in _DEPOSIT_PAIRS:
        if words >= pair:
            said = set(pair)
    return bool(said) and not said <= desk.payers.words_of(desk.ledger.account_of[row])


def _names_something_else(desk: Desk, case: Case, draft: Draft) -> bool:
    """Whether the text points at other items, or at a statement; but for what it says of one invoice of the sum."""
    reading = case.reading
    if reading.names_something:
        if draft.rule == "payer_statement":
            return not _lists_some_of_it(desk, case, draft)
        return draft.rule != "payer_amount" or not is_no_other_number(desk, case, draft.lines[0][0])
    if not reading.statement or draft.rule.startswith("payer_statement"):
        return False
    return draft.rule != "payer_amount" or draft.evidence.get("chance", 1.0) > _CHANCE_OF_A_STATEMENT


def _lists_some_of_it(desk: Desk, case: Case, draft: Draft) -> bool:
    """Whether all numbers of a text are items of a period that adds up: the bank cut the list, or its payer shortened
    it. The last one may be cut itself.
    """
    reading, rows = case.reading, {row for row, _ in draft.lines}
    firm = [mention for mention in reading.mentions if mention.refs[0].strength > WEAK]
    if reading.closed or reading.orders or len(reading.unknown) > 1 or len(firm) < _A_LIST:
        return False
    numbers = [desk.ledger.numbers.compact[row] for row in rows]
    begun = [text[len(letters_of(text)) :] for text in reading.unknown]
    if not all([any([number.startswith(part) for number in numbers]) for part in begun]):
        return False
    return all([any([ref.row in rows for ref in mention.refs]) for mention in firm])


def _only_one_owes(desk: Desk, case: Case, draft: Draft) -> bool:
    """Whether of a few debtors of the payer's very name only one owed the sum, on one invoice, and hardly by chance.

    Of debtors whose names go on where the payer's was cut as well, where it is a sum that nearly nobody has by chance.
    Or on all of a month, or one of each month, when the text names it; a set of several accounts' items is chance.
    """
    ledger, of_a_month = desk.ledger, draft.rule == "payer_statement"
    accounts = [a for a in case.payer.accounts if case.seller in (None, ledger.accounts[a][0])]
    if not (draft.rule == "payer_amount" or of_a_month):
        return False
    by_chance = draft.evidence.get("chance", 1) * len(accounts)
    cut = case.payer.score >= STRONG and not of_a_month and by_chance <= CHANCE * _HARDLY
    if (case.payer.score < _IN_FULL and not cut) or len(accounts) >= MOST_ACCOUNTS:
        return False
    if ledger.account_of[draft.lines[0][0]] not in accounts:  # a company of the group, perhaps
        return False
    equal = [len(ledger.with_amount(account, case.amount)) for account in accounts]
    if of_a_month:
        return len(list(filter(None, equal))) == int(len(draft.lines) == 1)
    return sum(equal) == 1 and by_chance <= CHANCE


def _pays_for_others(desk: Desk, case: Case, account: int) -> bool:
    """Whether the payer's name, or the label, has a word of groups that the debtor's names have not."""
    words = GROUP_WORDS.intersection((*case.payer.words, *case.payer.label))
    return bool(words) and not words <= desk.payers.words_of(account)


def _through_the_law(desk: Desk, case: Case, account: int) -> bool:
    """Whether who pays is an officer of the law who names the debtor, not the debtor: "DIVIDENDE LJ DURAND SARL"."""
    name = fold(desk.receipts.payer_name[case.row] or "")
    words = LAW_WORDS.intersection((*name.split(), *case.payer.label, *case.reading.words))
    if name:  # a word may be glued to another where a bank cut the name
        words |= {word for word in _LONG_LAW if word in name}
    return bool(words) and not words <= desk.payers.words_of(account)


def _one_company(desk: Desk, case: Case) -> bool:
    """Whether the accounts that answer to the payer are one company at several sellers, or under one IBAN."""
    if "iban" in case.payer.found_by:
        return True
    sirens = {desk.payers.siren_of(a) for a in case.payer.accounts} - {None}
    if len(sirens) > 1:
        return False
    sellers = [desk.ledger.accounts[a][0] for a in case.payer.accounts]
    return len(set(sellers)) == len(sellers)


def _has_one_siren(desk: Desk, case: Case) -> bool:
    """Whether the accounts that answer to the payer bear one SIREN, as those of an old and a new numbering do."""
    sirens = {desk.payers.siren_of(a) for a in case.payer.accounts}
    return len(sirens) == 1 and None not in sirens


def _names_own_closed(case: Case) -> bool:
    """Whether the text spells a closed number of this payer: then it is no misprint."""
    return any(account in case.payer.accounts for _, accounts in case.reading.closed for account in accounts)
