"""French caps on payment terms between businesses, C. com. L441-10 I and L441-11 to L441-13.

A term beyond its cap is fined (L441-16: up to 75,000 EUR, 2,000,000 EUR for a company, doubled within two
years). Public buyers are outside these rules (CCP: 30 days as a rule). Days are calendar days; no roll.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from hub.core.law.terms import Terms, due_on

#: C. com. L441-10 I al. 1: nothing agreed, 30 days after receipt of the goods or performance of the service.
DEFAULT_TERMS = Terms(30)
#: The articles stand under these numbers since the ordonnance 2019-359; older terms fell under L441-6, not
#: modelled.
IN_FORCE_SINCE = date(2019, 4, 26)

Start = Literal["invoice", "delivery", "delivery_month_end", "decade_end"]


class Cap(NamedTuple):
    """The longest delay allowed.

    key: stable spelling. terms: the alternatives, any of which may be kept to. start: what the delay counts
    from.
    unconfirmed: the figure or its article was not verified in the current text: show it as such, block
    nothing on it.
    """

    key: str
    terms: tuple[Terms, ...]
    start: Start
    article: str
    valid_from: date = IN_FORCE_SINCE
    unconfirmed: bool = False


NET_60 = Cap("60_net", (Terms(60),), "invoice", "C. com. L441-10 I al. 2")
EOM_45 = Cap("45_eom", (Terms(45, "after"), Terms(45, "before")), "invoice", "C. com. L441-10 I al. 3")
PERIODIC_45 = Cap("45_periodic", (Terms(45),), "invoice", "C. com. L441-10 I al. 4; CGI 289 I 3")

_L11 = "C. com. L441-11 II"
_DECREE = "decree 2015-1484 (D441-5-1, renumbered since)"


def _both(days: int) -> tuple[Terms, Terms]:
    """End of month by either method."""
    return Terms(days, "after"), Terms(days, "before")


#: Sector caps replace the common one, shorter or longer (law-and-finance.md §1.1). Toys and the seasonal
#: terms of snow sports are left out: no confirmed figure.
SECTOR_CAPS: dict[str, Cap] = {
    cap.key: cap
    for cap in (
        Cap("perishable_food", (Terms(30),), "delivery", _L11),
        Cap("perishable_food_periodic", (Terms(30),), "decade_end", _L11),
        Cap("livestock_fresh_meat", (Terms(20),), "delivery", _L11, unconfirmed=True),
        Cap("alcohol_excise", (Terms(30),), "delivery_month_end", _L11, unconfirmed=True),
        Cap("grapes_must_wine", (*_both(45), Terms(60)), "invoice", _L11, unconfirmed=True),
        Cap("road_freight", (Terms(30),), "invoice", _L11),
        Cap("green_space_equipment", _both(55), "invoice", _DECREE, unconfirmed=True),
        Cap("farm_machinery", _both(110), "invoice", _DECREE, unconfirmed=True),
        Cap("leather", _both(54), "invoice", _DECREE, unconfirmed=True),
        Cap("watches_jewellery", (*_both(59), Terms(74)), "invoice", _DECREE, unconfirmed=True),
        Cap("export_vat_free", (Terms(90),), "invoice", "C. com. L441-12"),
    )
}


class CapCheck(NamedTuple):
    """Whether a due date keeps to the law.

    cap: the one that allows the term, or else the most generous of those tried. latest_on: the last due
    date it allows.
    days: from the issue date to the due date. needs_express_clause: allowed only if the contract says so in
    writing and it is no manifest abuse (45 days end of month), or under the conditions of L441-12 (VAT-free
    export, buyer not a large company).
    """

    ok: bool
    cap: Cap
    latest_on: date
    days: int
    needs_express_clause: bool


def check_due_date(
    issued_on: date,
    due: date,
    *,
    terms: Terms | None = None,
    sector: str | None = None,
    periodic: bool = False,
    delivered_on: date | None = None,
) -> CapCheck:
    """Compare the real due date with the caps of C. com. L441-10 I (or of the sector, L441-11 and L441-12).

    Without a sector: 60 days net from the invoice; 45 days for a periodic invoice (CGI 289 I 3); and 45
    days end of month, which only a term of exactly that form may use, by the method its words say (A and B
    are both accepted by the DGCCRF). Other end-of-month terms are legal only under the 60-day cap
    (law-and-finance.md §1.1; whether a shorter one, such as 40 days end of month, may use the derogation is
    UNCONFIRMED: it is not granted here).

    Args:
        terms: what was agreed, when known.
        sector: a key of `SECTOR_CAPS`; None: the common rule.
        delivered_on: day of delivery, end of its ten-day period for "perishable_food_periodic"; needed by
            the sectors that count from it.

    Raises:
        ValueError: an unknown sector, an invoice older than the articles, or a delivery date that is needed.
    """
    if issued_on < IN_FORCE_SINCE:
        raise ValueError(f"these caps are known from {IN_FORCE_SINCE}; the invoice is of {issued_on}")
    if sector is not None and sector not in SECTOR_CAPS:
        raise ValueError(f"unknown sector {sector!r}; known: {', '.join(sorted(SECTOR_CAPS))}")
    caps = [SECTOR_CAPS[sector] if sector else PERIODIC_45 if periodic else NET_60]
    if terms is not None and terms in EOM_45.terms and caps == [NET_60]:
        caps.append(EOM_45._replace(terms=(terms,)))
    limits = [(_latest(cap, issued_on, delivered_on), cap) for cap in caps]
    # The cap that allows it without a clause comes first; else the most generous one.
    latest, cap = next((pair for pair in limits if due <= pair[0]), max(limits, key=lambda pair: pair[0]))
    ok = due <= latest
    clause = ok and cap.key in ("45_eom", "export_vat_free")
    return CapCheck(ok, cap, latest, (due - issued_on).days, clause)


def _latest(cap: Cap, issued_on: date, delivered_on: date | None) -> date:
    """The last due date `cap` allows."""
    if cap.start == "invoice":
        return max(due_on(issued_on, terms) for terms in cap.terms)
    if delivered_on is None:
        raise ValueError(f"the cap {cap.key!r} counts from the delivery: its date is needed, not guessed")
    if cap.start == "delivery_month_end":
        month_end = due_on(delivered_on, Terms(0, "after"))
        return max(month_end + timedelta(days=terms.days) for terms in cap.terms)
    return max(due_on(delivered_on, terms) for terms in cap.terms)
