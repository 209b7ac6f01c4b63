"""Explanations from the payer's or provider's own list of what a receipt pays. It outranks the text."""

from __future__ import annotations

from collections.abc import Sequence

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.inputs import Remittances
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS, UNKNOWN
from hub.core.reconcile.reading.mentions import STRONG, Ref
from hub.core.reconcile.rules.pool import cap
from hub.core.reconcile.texts.text import compact

_DAYS_APART = 7
_BY_A_PRICE = 0.9  # a list found by its sum, where that may be chance


class RemittanceIndex:
    """Lists by the receipt they name, or by what they add up to."""

    def __init__(self, remittances: Remittances | None) -> None:
        self.remittances = remittances
        self._by_receipt: dict[int, list[int]] = {}
        self._by_total: dict[int, list[int]] = {}
        self._by_code: dict[str, list[int | None]] = {}
        self._by_amount: dict[int, list[int]] | None = None
        if remittances is None:
            return
        for row in sorted(range(len(remittances.id)), key=lambda row: remittances.id[row]):
            receipt_id = remittances.receipt_id[row]
            if receipt_id is not None:
                self._by_receipt.setdefault(receipt_id, []).append(row)
            elif (total := remittances.total_minor[row]) is not None:
                self._by_total.setdefault(total, []).append(row)

    def find(self, desk: Desk, case: Case) -> list[int]:
        """Lists for this receipt: those that name it, else the only one with its total, debtor and week."""
        named = self._by_receipt.get(case.id)
        if named:
            return named
        equal = self._by_total.get(case.amount)
        if not equal:
            return []
        fitting = [row for row in equal if self._may_be(desk, case, row)]
        return fitting if len(fitting) == 1 else []

    def _may_be(self, desk: Desk, case: Case, row: int) -> bool:
        table = self.remittances
        if table is None:
            return False
        sent, seller, debtor = table.sent_on[row], table.seller[row], table.debtor[row]
        if sent is not None and abs((sent - case.received_on).days) > _DAYS_APART:
            return False
        if seller is not None and case.seller not in (None, seller):
            return False
        if debtor is None:
            return True
        accounts = self._accounts_of(desk, debtor) if seller is None else [desk.ledger.account_at.get((seller, debtor))]
        return any(one is not None and desk.payers.stance(case.payer, one) != CONTRADICTS for one in accounts)

    def others_for(self, desk: Desk, case: Case, row: int) -> bool:
        """Whether another receipt of this sum came in the week of a list that names no receipt: it may be its."""
        table, receipts = self.remittances, desk.receipts
        if table is None or table.receipt_id[row] is not None:
            return False
        if self._by_amount is None:
            self._by_amount = {}
            for at, amount in enumerate(receipts.amount_minor):
                self._by_amount.setdefault(amount, []).append(at)
        day = table.sent_on[row] or case.received_on
        return any(
            at != case.row
            and abs((receipts.received_on[at] - day).days) <= _DAYS_APART
            and case.seller in (None, receipts.seller[at])
            for at in self._by_amount.get(case.amount, ())
        )

    def _accounts_of(self, desk: Desk, debtor: str) -> Sequence[int | None]:
        """The accounts with a debtor's code, at any seller."""
        if not self._by_code:
            for account, (_, code) in enumerate(desk.ledger.accounts):
                self._by_code.setdefault(code, []).append(account)
        return self._by_code.get(debtor, ())


def by_remittance(desk: Desk, case: Case, index: RemittanceIndex) -> list[Draft]:
    """One draft per list: its lines, for the amounts it states, within what is open."""
    return [draft for row in index.find(desk, case)[:3] for draft in _from_list(desk, case, index, row)]


def _from_list(desk: Desk, case: Case, index: RemittanceIndex, row: int) -> list[Draft]:
    table = index.remittances
    if table is None:
        return []
    lines: dict[int, int] = {}
    missing: list[str] = []
    for number, amount in table.lines[row]:
        item = _item(desk, case, number, table.seller[row], table.debtor[row], amount)
        if item is None or item in lines:
            missing.append(number)
        else:
            lines[item] = _bounded(desk, item, amount)
    if not lines or (total := sum(lines.values())) <= 0:
        return []
    fee = table.fee_minor[row] or 0
    evidence = {
        "remittance": table.id[row],
        "not_found": missing[:20],
        "lines": len(lines),
        "fee": fee,
        "received": case.amount,
    }
    drafts = _against_amount(desk, case, lines, total, fee, missing, evidence)
    if table.receipt_id[row] != case.id and (why := _why_not_this(desk, case, index, row, list(lines))):
        for draft in drafts:
            cap(draft, _BY_A_PRICE).evidence["against"] = why
    return drafts


def _why_not_this(desk: Desk, case: Case, index: RemittanceIndex, list_row: int, rows: list[int]) -> str:
    """Why a list that was found by its sum may be another payment's; "" when nothing says so.

    One of a single line says no more than a price that many pay: then who pays must be the debtor, as where the bank
    names nobody (a deposit of direct debits), and where two receipts of the week have its sum. A text that spells
    another number means that one, unless its debtor's list has several lines and the number does not explain the sum.
    """
    payers, account_of = desk.payers, desk.ledger.account_of
    plain = len(rows) == 1 or not desk.receipts.payer_name[case.row]
    stances = {payers.stance(case.payer, account_of[row]) for row in rows}
    if plain and stances != {AGREES}:
        return "nothing but its sum says that the list is of this payment"
    if UNKNOWN in stances and index.others_for(desk, case, list_row):
        return "another receipt of that week has the sum of this list as well"
    spelt = [mention.refs for mention in case.reading.mentions if mention.refs[0].strength >= STRONG]
    if case.reading.closed or any({ref.row for ref in refs}.isdisjoint(rows) for refs in spelt):
        outranked = len(rows) > 1 and stances == {AGREES} and not case.reading.closed
        return "" if outranked and not _explain(desk, case, spelt) else "the text names something else"
    return ""


def _explain(desk: Desk, case: Case, spelt: Sequence[Sequence[Ref]]) -> bool:
    """Whether the numbers of a text, or one of them, make up what came."""
    sums = [{desk.signed(ref.row) for ref in refs} for refs in spelt]
    return any([case.amount in one for one in sums]) or sum([max(one) for one in sums]) == case.amount


def _against_amount(
    desk: Desk, case: Case, lines: dict[int, int], total: int, fee: int, missing: list[str], evidence: dict[str, object]
) -> list[Draft]:
    """The list adds up to the receipt (plus the fee a provider kept), or is only a hint."""
    rows = list(lines)
    stances = {desk.payers.stance(case.payer, desk.ledger.account_of[r]) for r in rows}
    reason = f"A list sent for this receipt names {desk.numbers(rows)}"
    if total - fee == case.amount:
        weight = 0.9 if CONTRADICTS in stances and not fee else 0.999 if stances == {AGREES} else 0.995
        if fee:
            bearer = max(rows, key=lambda r: (lines[r], -desk.ledger.items.id[r]))
            lines[bearer] -= fee
            return [
                Draft(
                    weight,
                    "remittance_exact",
                    reason + " and the provider's fee.",
                    list(lines.items()),
                    [("bank_fee", bearer, fee)],
                    evidence,
                )
            ]
        if missing:
            weight = min(weight, 0.9)
        return [
            Draft(
                weight,
                "remittance_exact",
                reason + "; they add up exactly.",
                list(lines.items()),
                evidence=evidence,
            )
        ]
    if total < case.amount:
        weight = 0.85 if CONTRADICTS not in stances else 0.5
        return [
            Draft(
                weight,
                "remittance_in_part",
                reason + "; the rest stays unapplied.",
                list(lines.items()),
                evidence=evidence,
            )
        ]
    return []


def _item(
    desk: Desk, case: Case, number: str, seller: str | None, debtor: str | None, amount: int | None
) -> int | None:
    """The one open item a line names, narrowed by seller, debtor and amount."""
    numbers = desk.ledger.numbers
    rows = [r for r in numbers.rows(numbers.whole.get(compact(number))) if desk.usable(r, case)]
    if not rows and compact(number).isdigit():
        rows = [
            r
            for r in list(numbers.rows(numbers.by_counter.get(compact(number).lstrip("0"))))[:500]
            if desk.usable(r, case)
        ]
        rows = [r for r in rows if amount is not None and desk.ledger.left[r] == abs(amount)]
    for column, wanted in ((desk.ledger.items.seller, seller), (desk.ledger.items.debtor, debtor)):
        if wanted is not None and len(rows) > 1:
            rows = [r for r in rows if column[r] == wanted]
    if len(rows) > 1:
        rows = [r for r in rows if desk.payers.stance(case.payer, desk.ledger.account_of[r]) == AGREES] or rows
    return rows[0] if len(rows) == 1 else None


def _bounded(desk: Desk, item: int, amount: int | None) -> int:
    """What the list states for an item, within what it has open, with the sign of its kind."""
    left = desk.ledger.left[item]
    stated = left if amount is None else min(abs(amount), left)
    return -stated if desk.ledger.is_credit[item] else stated
