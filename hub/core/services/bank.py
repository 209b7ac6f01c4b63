"""Bank statements held against one another and against what is booked: `hub status`, `hub export bank-gaps`."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.ledger.bank_chain import ChainGap, Stated, chain_gaps
from hub.core.services.payouts import told_otherwise
from hub.core.services.words import amount, day
from hub.core.store import Connection, bank
from hub.core.store.judged_again import receipt_rows


@dataclass(frozen=True, slots=True)
class BankGap:
    """A gap of an account as it is written in the files or the configuration; `what` and `mend` are for people."""

    gap: ChainGap
    account: str
    seller: str | None
    what: str
    mend: str


def bank_gaps(connection: Connection, *, known_at: int | None = None) -> list[BankGap]:
    """Every gap of every account that has statements, by account and day; then, for the present, the payouts of which
    their provider tells something else than the line at the bank that they were linked to."""
    rows = bank.statements(connection, known_at=known_at)
    written = {(_number(row.account), row.currency): (row.account or "", row.seller) for row in rows}
    told = [
        Stated(
            _number(row.account), row.currency, row.opened_on, row.opening_minor, row.closed_on, row.closing_minor,
            row.entry_count,
        )
        for row in rows
    ]  # fmt: skip
    sums = dict.fromkeys(written, 0)
    for account, currency, minor in bank.booked(connection, known_at=known_at) if rows else ():
        if (_number(account), currency) in sums:
            sums[_number(account), currency] += minor
    found = []
    for gap in chain_gaps(told, sums):
        account, seller = written[gap.account, gap.currency]
        what, mend = _words(gap)
        found.append(BankGap(gap, account, seller, what, mend))
    return found if known_at is not None else [*found, *_payout_gaps(connection)]


def _payout_gaps(connection: Connection) -> list[BankGap]:
    told = told_otherwise(connection)
    rows = {row.id: row for row in receipt_rows(connection, [one.whole for one in told])}
    found = []
    for one in told:
        line = rows[one.whole]
        account, day_ = line.account or "", line.received_on
        gap = ChainGap("payout_otherwise", account, line.currency, day_, day_, one.told_minor or 0, one.whole_minor)
        expected, paid = (amount(minor, line.currency) for minor in (gap.expected_minor, gap.found_minor))
        said = (
            "no longer tells it" if one.told_minor is None else f"tells other charges or shares now, {expected} in all"
        )
        what = f"payout {one.payout}: the bank paid {paid} on {day(day_)}, and the provider {said}"
        mend = "compare it with the provider's own report; told right again, it is linked anew by itself"
        found.append(BankGap(gap, account, line.seller, what, mend))
    return found


def _number(account: str | None) -> str:
    """One spelling of an account: the RIB (characters 5 to 25) of a French IBAN, else what is written, joined."""
    text = "".join((account or "").split()).upper()
    return text[4:25] if len(text) == 27 and text[:2] in ("FR", "MC") else text


def _words(gap: ChainGap) -> tuple[str, str]:
    """What is wrong and how to mend it."""
    first, last, unseen = day(gap.from_on), day(gap.to_on), amount(gap.difference_minor, gap.currency)
    expected, found = amount(gap.expected_minor, gap.currency), amount(gap.found_minor, gap.currency)
    if gap.kind == "missing_statement":
        return (
            f"no statement from {first} to {last}: the balance went from {expected} to {found}, {unseen} unseen",
            f"ask the bank for the statements of this account from {first} to {last}",
        )
    if gap.kind == "contradiction":
        return (
            f"two statements from {first} to {last}: one closes with {expected}, the other with {found}",
            "ask the bank which of the two stands",
        )
    return (
        f"the statements from {first} to {last} prove movements of {expected}, booked are {found}: {unseen} differ",
        "look at hub held list for movements that were not understood; a file of this account without balances, or a"
        " second connector that reads it, counts money twice",
    )
