"""A number and less money: part payments, surer where the part is one that is paid by custom."""

from __future__ import annotations

from hub.core.reconcile.amounts.charges import is_a_share
from hub.core.reconcile.case import Case, Desk, Draft, Named
from hub.core.reconcile.payers.stances import AGREES, UNKNOWN
from hub.core.reconcile.reading.mentions import BARE, FULL, STRONG, WEAK
from hub.core.reconcile.rules.instalments import ends_in_an_instalment, instalment_said, is_instalment
from hub.core.reconcile.rules.named import fits_elsewhere, own_words, paid_with_this
from hub.core.reconcile.texts.text import compact, fills_its_room, fold, mask
from hub.core.reconcile.texts.words import COLLECTOR_WORDS, CREDIT_NOTE_WORDS, RETENTION_WORDS

_CLAIMS = CREDIT_NOTE_WORDS - {"AVR", "CREDIT", "GS", "CN"}  # April, a bank's name, and too short to mean it surely
_NET_OF_FEES = frozenset(("NET", "HONORAIRES"))
_SHARED, _A_SHARE = ((FULL, UNKNOWN), (BARE, AGREES)), 0.972  # to the cent a usual share of the one invoice named
_THIS_SHARE = 0.978  # a number that is not whole, and to the cent what is kept back, or the share the text counts


def part_payment(desk: Desk, case: Case, named: Named, rows: list[int], base: float, allowed: bool) -> list[Draft]:
    """A part of what is named. One invoice: automatic unless the amount fits something else as well."""
    left, lines = case.amount, []
    invoices = [r for r in rows if not desk.ledger.is_credit[r]]
    for row in sorted(invoices, key=desk.ledger.age) if len(invoices) > 1 else invoices:
        part = min(left, desk.ledger.left[row])
        if part > 0:
            lines.append((row, part))
            left -= part
    if not lines:
        return []
    rival = fits_elsewhere(desk, case, named, rows) + paid_with_this(desk, case, named.accounts)
    if _CLAIMS & own_words(desk, case, named):
        rival.append("the text speaks of a credit note, and none that is known is missing")
    if _of_a_collector(desk, case, rows[0]):
        rival.append("a bailiff or an agency pays, which keeps fees: what the debtor paid is not said")
    sure = allowed and len(invoices) == 1 and not rival and not _cut_in_a_number(desk, case, named)
    if sure:
        base = max(base, _of_a_share(desk, case, named, invoices[0]))
    weight = base if sure else min(base, 0.82)
    reason = f"{named.said} {desk.numbers(rows)}; the amount pays a part of it."
    evidence = {"rivals": rival} if rival else {}
    return [Draft(weight, "named_in_part", reason, lines, evidence=evidence)]


def _of_a_collector(desk: Desk, case: Case, row: int) -> bool:
    """Whether who pays collects debts for us: what is missing are fees as likely as money still owed."""
    words = {*fold(desk.receipts.payer_name[case.row] or "").split(), *case.payer.label, *case.reading.words}
    said = COLLECTOR_WORDS & words
    return words >= _NET_OF_FEES or not said <= desk.payers.words_of(desk.ledger.account_of[row])


def _of_a_share(desk: Desk, case: Case, named: Named, row: int) -> float:
    """How sure the number is where the amount is to the cent a part that is paid by custom; 0 where it is none."""
    total = desk.ledger.items.total_minor[row]
    told = named.strength > WEAK or not RETENTION_WORDS.isdisjoint(case.reading.words)
    sure = told if named.stance == AGREES else named.strength >= STRONG and named.stance == UNKNOWN
    if sure and (_is_counted(desk, case, total) or (desk.ledger.left[row] == total and _less_retention(case, total))):
        return _THIS_SHARE
    return _A_SHARE if (named.strength, named.stance) in _SHARED and is_a_share(case.amount, total) else 0.0


def _less_retention(case: Case, total: int) -> bool:
    """Whether the retention money of a building contract is missing, 5 % (law 71-584, article 1)."""
    return abs((total - case.amount) * 20 - total) <= 10


def _is_counted(desk: Desk, case: Case, total: int) -> bool:
    """Whether the receipt is the instalment that the text counts: a third, for "ACOMPTE 1/3"."""
    said = instalment_said(desk.receipts.remittance[case.row])
    return said is not None and is_instalment(case.amount, said[1], total)


def _cut_in_a_number(desk: Desk, case: Case, named: Named) -> bool:
    """Whether the bank cut the label within another number: of a credit note, perhaps, of which nothing is left."""
    text = desk.receipts.remittance[case.row] or ""
    if not text or not fills_its_room(text) or mask(fold(text))[0].endswith("#"):  # a date, or a share, is complete
        return False
    if ends_in_an_instalment(text):
        return False
    last = text.split()[-1]
    return any(map(str.isdigit, last)) and all(token not in compact(last) for _, _, token in named.picks)
