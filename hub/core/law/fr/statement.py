"""What one claim amounts to on a day: principal, interest, indemnity, after payments and credit notes.

Order of imputation inside a debt: interest first, then principal (C. civ. 1343-1). The fixed indemnity is not
interest and is served last (convention). Unpaid interest bears no interest unless a clause or a judgment
makes it (C. civ. 1343-2). Euro cents; dates are calendar days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from hub.core.law.fr.penalties import Rule, Segment, late_segments, total_minor
from hub.core.law.fr.rates import RateTable

CreditPolicy = Literal["from_origin", "from_date"]
_DAY = timedelta(days=1)
_PAYMENT, _CREDIT, _END = 0, 1, 2  # on one day payments are applied first


class Payment(NamedTuple):
    """Money that reached the creditor on `value_on`; interest runs up to and including that day."""

    value_on: date
    amount_minor: int


class Credit(NamedTuple):
    """A credit note: it lowers the price, it is no payment (reading).

    policy: "from_origin" when it corrects an error or settles a justified dispute: no interest ever ran on
    it; "from_date" for a commercial gesture: interest ran on it up to and including its date.
    """

    issued_on: date
    amount_minor: int
    policy: CreditPolicy = "from_origin"


class Served(NamedTuple):
    """What became of one payment. `unallocated_minor`: beyond all that was due."""

    payment: Payment
    to_interest_minor: int
    to_principal_minor: int
    to_indemnity_minor: int
    unallocated_minor: int


class Statement(NamedTuple):
    """The claim at the end of the statement's day, and how it came about.

    refundable_minor: credit notes beyond the principal left when they came: money the debtor paid too much.
    It is not set off against interest (that must be invoked: C. civ. 1347), only shown. See also
    `Served.unallocated_minor`.
    """

    principal_minor: int
    interest_minor: int
    indemnity_minor: int
    segments: list[Segment]
    served: list[Served]
    refundable_minor: int

    @property
    def total_minor(self) -> int:
        """What is asked for."""
        return self.principal_minor + self.interest_minor + self.indemnity_minor


def claim_statement(
    principal_minor: int,
    due_on: date,
    until: date,
    rates: RateTable,
    *,
    payments: Sequence[Payment] = (),
    credits: Sequence[Credit] = (),
    indemnity_minor: int = 0,
    rule: Rule = "default_ecb_plus_10",
    contract_rate: int | None = None,
) -> Statement:
    """The account of one invoice at the end of `until`, interest first.

    Interest accrues from `due_on` + 1 on the principal before each event, up to and including the event's
    day, then the event is applied. Events after `until` are left out. Equal arguments in any order give an
    equal result.

    Args:
        principal_minor: the invoice's total, VAT included.
        payments: each at its value date, also before the due date.
        indemnity_minor: what `fixed_indemnity_minor` says, decided by the caller.
        rule, contract_rate: as for `late_segments`; the public rule is anchored at `due_on` + 1.

    Raises:
        ValueError: credit notes exceed the principal, or a negative amount.
        UnknownRate: a half-year not in the table.
    """
    known = [credit for credit in credits if credit.issued_on <= until]
    origin = sum(credit.amount_minor for credit in known if credit.policy == "from_origin")
    if sum(credit.amount_minor for credit in known) > principal_minor:
        raise ValueError("the credit notes exceed the invoice")
    principal, interest, indemnity = principal_minor - origin, 0, indemnity_minor
    events = [(p.value_on, _PAYMENT, p.amount_minor) for p in payments if p.value_on <= until]
    events += [(c.issued_on, _CREDIT, c.amount_minor) for c in known if c.policy == "from_date"]
    segments: list[Segment] = []
    served: list[Served] = []
    accrued_to, refundable = due_on, 0
    for day, what, amount in [*sorted(events), (until, _END, 0)]:
        added = _accrue(principal, due_on, accrued_to, day, rates, rule, contract_rate)
        segments += added
        interest += total_minor(added)
        accrued_to = max(accrued_to, day)
        if what == _CREDIT:
            lowered = min(amount, principal)
            principal -= lowered
            refundable += amount - lowered
        elif what == _PAYMENT:
            to_interest = min(amount, interest)
            to_principal = min(amount - to_interest, principal)
            to_indemnity = min(amount - to_interest - to_principal, indemnity)
            interest -= to_interest
            principal -= to_principal
            indemnity -= to_indemnity
            left = amount - to_interest - to_principal - to_indemnity
            served.append(Served(Payment(day, amount), to_interest, to_principal, to_indemnity, left))
    return Statement(principal, interest, indemnity, segments, served, refundable)


def compound_segments(
    base_minor: int, due_on: date, until: date, rates: RateTable, *, rule: Rule = "default_ecb_plus_10"
) -> list[Segment]:
    """Interest with capitalisation each full year from the due date (anatocisme).

    C. civ. 1343-2: only interest due for a full year at least, and only where the contract provides it or a
    judgment orders it; the caller holds that proof (penalty_examples.json P10).
    """
    segments: list[Segment] = []
    start, base = due_on + _DAY, base_minor
    while start <= until:
        year_end = _next_anniversary(due_on, start)
        year = late_segments(base, start, min(year_end, until), rates, rule=rule)
        segments += year
        base += total_minor(year)
        start = year_end + _DAY
    return segments


def _accrue(
    principal: int,
    due_on: date,
    accrued_to: date,
    day: date,
    rates: RateTable,
    rule: Rule,
    contract_rate: int | None,
) -> list[Segment]:
    """Interest on `principal` after `accrued_to`, up to and including `day`."""
    if principal == 0 or day <= accrued_to:
        return []
    first = accrued_to + _DAY
    if rule != "public_ecb_plus_8":
        return late_segments(principal, first, day, rates, rule=rule, contract_rate=contract_rate)
    # A public buyer's rate is that of the first late day, however the delay is cut.
    frozen = rates.on(due_on + _DAY).public
    return late_segments(principal, first, day, rates, rule="contract", contract_rate=frozen)


def _next_anniversary(due_on: date, day: date) -> date:
    """The first anniversary of `due_on` on or after `day`; 29 February is kept on 28 February."""
    for year in (day.year, day.year + 1):
        try:
            found = due_on.replace(year=year)
        except ValueError:
            found = date(year, 2, 28)
        if found >= day:
            return found
    raise AssertionError("an anniversary falls in each year")
