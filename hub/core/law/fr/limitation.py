"""Limitation (prescription): the day a claim can no longer be enforced, and what moves it.

C. com. L110-4, C. conso. L218-2, C. civ. 2219 and following. Days are calendar days and do not roll
(prudent).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

#: Length by regime, in years. "business": C. com. L110-4 I, since the law of 2008-06-17; "carriage" of goods:
#: C. com. L133-6; "consumer": C. conso. L218-2; "judgment": CPCE L111-4. Unknown sector: warn with the
#: shortest.
REGIMES: dict[str, int] = {"business": 5, "carriage": 1, "consumer": 2, "judgment": 10}

#: Causes that interrupt: a closed list. C. civ. 2240 (acknowledgement: written recognition, plan request,
#: part payment), 2241 (claim in court, until the case ends: 2242), 2244 (protective or enforcement act),
#: and the declaration of claim in insolvency, until the proceedings close.
INTERRUPTS = frozenset({"acknowledgement", "part_payment", "court_claim", "enforcement_act", "insolvency_claim"})
#: What people take for an interruption and is none: a formal notice, even registered (Cass. com. 18 May 2022,
#: 20-23.204), a reminder, an invoice.
NO_EFFECT = frozenset({"formal_notice", "reminder", "invoice"})

EventType = Literal[
    "acknowledgement", "part_payment", "court_claim", "enforcement_act", "insolvency_claim", "formal_notice",
    "reminder", "invoice",
]  # fmt: skip


class Event(NamedTuple):
    """Something that happened to a claim. `ended_on`: last day of a case or of proceedings; None: not ended.

    `void`: the claim in court was withdrawn, lapsed or dismissed (C. civ. 2243): it never interrupted.
    """

    type: EventType
    happened_on: date
    ended_on: date | None = None
    void: bool = False


class Limitation(NamedTuple):
    """The claim lapses at the end of `expires_on`; None while a case or proceedings keep it alive.

    `running_from`: the due date or the last interruption, the day itself not counted (C. civ. 2228, 2229).
    """

    regime: str
    running_from: date
    expires_on: date | None


def limitation_of(due_on: date, regime: str = "business", events: Iterable[Event] = ()) -> Limitation:
    """When a claim due on `due_on` lapses, from its term (C. civ. 2233 3°), after what interrupted it.

    An interruption erases the past and starts the same length again (C. civ. 2231), if it came in time. Each
    instalment has its own clock. Not modelled: suspension (2238), the ceiling of 20 years (2232), a length
    agreed by contract (2254); that penalties follow the principal's length is a reading.

    Args:
        events: any order; those without effect are accepted and ignored.

    Raises:
        ValueError: an unknown regime or type of event.
    """
    if regime not in REGIMES:
        raise ValueError(f"unknown limitation regime {regime!r}; known: {', '.join(REGIMES)}")
    start = due_on
    for event in sorted(events, key=lambda e: (e.happened_on, e.type)):
        if event.type not in INTERRUPTS | NO_EFFECT:
            raise ValueError(f"unknown limitation event {event.type!r}")
        lapsed = event.happened_on > _years_after(start, REGIMES[regime])
        if event.type in NO_EFFECT or event.void or lapsed:
            continue
        if event.type in ("court_claim", "insolvency_claim"):
            if event.ended_on is None:
                return Limitation(regime, event.happened_on, None)
            start = max(start, event.ended_on)
        else:
            start = max(start, event.happened_on)
    return Limitation(regime, start, _years_after(start, REGIMES[regime]))


def _years_after(day: date, years: int) -> date:
    """The same day `years` later; 29 February gives 28 February (the shorter, prudent reading)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
