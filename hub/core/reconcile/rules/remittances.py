"""Which of the lists that payers and providers send may be a receipt's."""

from __future__ import annotations

from collections.abc import Sequence

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.inputs import REMITTANCE_DAYS, Remittances
from hub.core.reconcile.payers.stances import CONTRADICTS
from hub.core.reconcile.payers.stances import STRONG as KNOWN
from hub.core.reconcile.reading.references import Reader


class RemittanceIndex:
    """Lists by the receipt they name, by what they add up to, or by whose they are; `reader` reads their lines."""

    def __init__(self, remittances: Remittances | None, reader: Reader) -> None:
        self.remittances = remittances
        self.reader = reader
        self._by_receipt: dict[int, list[int]] = {}
        self._by_total: dict[int, list[int]] = {}
        self._by_debtor: dict[str, list[int]] = {}
        self._by_code: dict[str, list[int]] = {}
        self._by_amount: dict[int, list[int]] | None = None
        if remittances is None:
            return
        for at in sorted(range(len(remittances.id)), key=lambda at: remittances.id[at]):
            receipt_id, total, debtor = remittances.receipt_id[at], remittances.total_minor[at], remittances.debtor[at]
            if receipt_id is not None:
                self._by_receipt.setdefault(receipt_id, []).append(at)
                continue
            if total is not None:
                self._by_total.setdefault(total, []).append(at)
            if debtor is not None:
                self._by_debtor.setdefault(debtor, []).append(at)

    def find(self, desk: Desk, case: Case) -> list[int]:
        """Lists for this receipt: those that name it, else the only one with its total, debtor and week."""
        named = self._by_receipt.get(case.id)
        if named:
            return named
        equal = self._by_total.get(case.amount)
        if not equal:
            return []
        fitting = [at for at in equal if self._may_be(desk, case, at)]
        return fitting if len(fitting) == 1 else []

    def of_its_week(self, desk: Desk, case: Case) -> list[int]:
        """The only list that a sure payer sent in the week of a receipt, with another total, which is no receipt's."""
        if not self._by_debtor or case.payer.score < KNOWN:
            return []
        codes = {desk.ledger.accounts[account][1] for account in case.payer.accounts}
        sent = [at for code in sorted(codes) for at in self._by_debtor.get(code, ()) if self._may_be(desk, case, at)]
        return sent if len(sent) == 1 and not self.others_for(desk, case, sent[0]) else []

    def has_for(self, desk: Desk, case: Case) -> bool:
        """Whether any list may be this receipt's."""
        return bool(self.find(desk, case) or self.of_its_week(desk, case))

    def _may_be(self, desk: Desk, case: Case, at: int) -> bool:
        table = self.remittances
        if table is None:
            return False
        sent, seller, debtor = table.sent_on[at], table.seller[at], table.debtor[at]
        if sent is not None and abs((sent - case.received_on).days) > REMITTANCE_DAYS:
            return False
        if seller is not None and case.seller not in (None, seller):
            return False
        if debtor is None:
            return True
        accounts = self.accounts_of(desk, seller, debtor)
        return any(desk.payers.stance(case.payer, account) != CONTRADICTS for account in accounts)

    def others_for(self, desk: Desk, case: Case, at: int) -> bool:
        """Whether another receipt of a list's total came in its week, and it names no receipt: it may be that one's."""
        table, receipts = self.remittances, desk.receipts
        if table is None or table.receipt_id[at] is not None:
            return False
        if self._by_amount is None:
            self._by_amount = {}
            for row, amount in enumerate(receipts.amount_minor):
                self._by_amount.setdefault(amount, []).append(row)
        total, day = table.total_minor[at], table.sent_on[at] or case.received_on
        return total is not None and any(
            row != case.row
            and abs((receipts.received_on[row] - day).days) <= REMITTANCE_DAYS
            and case.seller in (None, receipts.seller[row])
            for row in self._by_amount.get(total, ())
        )

    def accounts_of(self, desk: Desk, seller: str | None, debtor: str) -> Sequence[int]:
        """The accounts of a debtor's code, at one seller or at any."""
        if seller is not None:
            account = desk.ledger.account_at.get((seller, debtor))
            return () if account is None else (account,)
        if not self._by_code:
            for account, (_, code) in enumerate(desk.ledger.accounts):
                self._by_code.setdefault(code, []).append(account)
        return self._by_code.get(debtor, ())
