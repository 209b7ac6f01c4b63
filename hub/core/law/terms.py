"""Payment terms and discounts as people write them, in French and English, and the dates they lead to.

No country's law is in here: a term says what was agreed, not whether it is allowed (`law.fr.terms` does).
A text that cannot be understood whole gives None; nothing is guessed from the half that was.

>>> parse_terms("45 jours fin de mois le 15")
Terms(days=45, end_of_month='after', day_of_month=15)
>>> due_on(date(2026, 1, 15), Terms(45, "after"))
datetime.date(2026, 3, 31)
>>> parse_discount("2% 8 jours")
Discount(basis_points=200, days=8)
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

EndOfMonth = Literal["none", "after", "before"]

#: Terms and discounts beyond these are taken for a misprint ("300 jours" stands, "3000 jours" does not).
MAX_DAYS = 999


class Terms(NamedTuple):
    """An agreed delay, counted in days from the issue date.

    end_of_month: "none"; "after" (method A: add the days, then go to the end of that month); "before"
        (method B: go to the end of the issue month, then add the days). Both are in use in France:
        law-and-finance.md §1.1.
    day_of_month: 1..31, the first such day on or after the date reached so far (after it, when that date is
        an end of month); None: no such rule. A month too short for it gives its last day.
    """

    days: int
    end_of_month: EndOfMonth = "none"
    day_of_month: int | None = None


class Discount(NamedTuple):
    """A reduction for early payment: `basis_points` (hundredths of a percent) within `days` of the issue
    date.
    """

    basis_points: int
    days: int


def due_on(issued_on: date, terms: Terms) -> date:
    """The day by which an invoice issued on `issued_on` is to be paid. Calendar days; no roll over week-ends.

    That a contract's due date rolls over a non-working day is UNCONFIRMED (law-and-finance.md §1.1), so it
    does not.
    """
    if terms.end_of_month == "before":
        reached = _month_end(issued_on) + timedelta(days=terms.days)
    else:
        reached = issued_on + timedelta(days=terms.days)
    if terms.end_of_month == "after":
        reached = _month_end(reached)
    if terms.day_of_month is None:
        return reached
    if terms.end_of_month == "after":
        reached += timedelta(days=1)
    day = _day_in_month(reached, terms.day_of_month)
    if day >= reached:
        return day
    return _day_in_month(_month_end(reached) + timedelta(days=1), terms.day_of_month)


def discount_minor(total_minor: int, terms: Discount, issued_on: date, paid_on: date) -> int:
    """What `terms` take off `total_minor` when paid on `paid_on`: minor units, half up; 0 when too late.

    Args:
        total_minor: the amount the percentage applies to, not negative.
        paid_on: the last day that counts is `issued_on` + `terms.days`, inclusive.
    """
    if paid_on > issued_on + timedelta(days=terms.days):
        return 0
    return (2 * total_minor * terms.basis_points + 10_000) // 20_000


@lru_cache(maxsize=10_000)
def parse_terms(text: str) -> Terms | None:
    """The delay that `text` states, or None when any word of it is not understood.

    The order of the words is the order of the computation: "45 jours fin de mois", "60 EOM" add the days
    first (method A, "after"); "fin de mois 45 jours", "EOM + 30", "30 days after end of month" go to the
    end of the month first (method B, "before"). Sage-style codes ("30JFDM15"), means of payment ("LCR 45 J
    FDM") and a discount beside the delay ("2/8 net 30") are understood. Calendar months ("2 mois"), delays
    that start at an order or a delivery, and two delays in one text are not: None.

    English texts are ambiguous in real life ("30 EOM" is method B in many British contracts): where a
    contract says so, the caller replaces `end_of_month`. UNCONFIRMED.
    """
    words = _words(text)
    for pattern in (_PERCENT_DISCOUNT, _SLASH_DISCOUNT):
        words = pattern.sub(" ", words, count=1)
    words = _NOISE.sub(" ", words)
    match = _TERM.fullmatch(" ".join(words.split()))
    return _terms(match) if match else None


@lru_cache(maxsize=10_000)
def parse_discount(text: str) -> Discount | None:
    """The reduction for early payment that `text` states, alone or beside a delay; None when there is none.

    "2% 8 jours", "escompte 2 % sous 10 jours", "2,5% à 8 jours", "2% 10 net 30", "2/8 net 30". A bare "2/8"
    may be a date, and a rate finer than a hundredth of a percent or above 100 % a misprint: None.
    """
    words = _words(text)
    match = _PERCENT_DISCOUNT.search(words) or _SLASH_DISCOUNT.search(words)
    if match is None:
        return None
    whole, _, fraction = match["rate"].replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > 2:
        return None
    basis_points = int(whole) * 100 + int(fraction.ljust(2, "0"))
    days = int(match["days"])
    return Discount(basis_points, days) if 0 < basis_points <= 10_000 and days <= MAX_DAYS else None


_RATE = r"(?<![\d.,/])(?P<rate>\d{1,3}(?:[.,]\d+)?)"
_UNIT = r"(?:jours|jour|jrs|jr|j|days|day|d)"
_PERCENT_DISCOUNT = re.compile(
    rf"(?:d )?(?:escompte |discount |remise )?(?:de )?{_RATE} ?%"
    r"(?: (?:d escompte|escompte|discount|remise))?(?: (?:si paye|si paiement|pour paiement|if paid))?"
    rf"(?: (?:sous|a|within|in|dans les))? (?P<days>\d{{1,3}})(?: {_UNIT}\b| (?=net?\b|n\b))"
)
_SLASH_DISCOUNT = re.compile(rf"{_RATE} ?/ ?(?P<days>\d{{1,3}}) (?=net\b|n\b)")  # "2/8 net 30", "2/10, n/30"

# Words that carry no date: how it is paid, and the glue between the parts.
_NOISE = re.compile(
    r"\b(?:paiement|reglement|payable|payment|pay|terms|conditions|par|by|virement|vir|transfer|cheque|chq|lcr|traite"
    r"|billet a ordre|bor|prelevement|prlv|sepa|carte|cb|nets|nette|due|sous|within|in|soit|maximum|max)\b"
)
_EOM = r"(?:fin de mois|fin du mois|fin mois|fdm|fm|eom|end of the month|end of month|month end)"
_FROM_INVOICE = (
    r"(?: (?:(?:a compter de|a partir de|from|after|of|de|apres) )?(?:la |the )?"
    r"(?:date de facturation|date de facture|date facture|date d emission(?: de la facture)?|ddf|df"
    r"|invoice date|date of invoice|facture))?"
)
_THE_DAY = (
    r"(?: (?:le |the |on the |on |au )?(?P<{0}>\d{{1,2}})(?: (?:st|nd|rd|th))?"
    r"(?P<{0}_next> du mois suivant)?)?"
)
_AT_ONCE = (
    r"(?:(?:au )?comptant|cash|immediat|immediate|immediately|(?:a |on |upon )?(?:reception|receipt)"
    r"(?: (?:de (?:la )?)?facture| of (?:the )?invoice)?)"
)
_TERM = re.compile(
    rf"(?P<at_once>{_AT_ONCE})"
    rf"|(?P<net>(?:net|n ?/?) ?)?(?:a )?(?P<days>\d{{1,4}})(?P<unit> {_UNIT})?(?P<net_after> net)?"
    rf"{_FROM_INVOICE}"
    rf"(?: (?P<following>apres (?:la )?|a compter de la |from |after (?:the )?)?(?P<eom>{_EOM}))?"
    rf"{_FROM_INVOICE}{_THE_DAY.format('day')}"
    rf"|(?:net )?{_EOM}(?P<plus> \+| a)? (?P<from_end>\d{{1,4}})(?P<from_end_unit> {_UNIT})?(?: net)?"
    rf"{_THE_DAY.format('day_from_end')}"
    rf"|(?:a )?{_EOM}{_FROM_INVOICE}(?: (?:le|the|on the) (?P<day_only>\d{{1,2}})(?: (?:st|nd|rd|th))?"
    r"(?P<day_only_next> du mois suivant)?)?"
)


def _words(text: str) -> str:
    """`text` in lower case without accents, single blanks, digits parted from letters ("30J" → "30 j")."""
    bare = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    # A sign before a number and letters of other scripts must not vanish with the punctuation.
    bare = re.sub(r"(?<!\w)[-−](?=\d)|(?![a-z0-9])[^\W_]", " ? ", bare)
    bare = re.sub(r"[^a-z0-9%/.,+?]|(?<!\d)[.,]|[.,](?!\d)", " ", bare)
    bare = re.sub(r"\bj(?=fdm|fm|eom)|(?<=\d)j(?=fdm|fm|eom)", "j ", bare)
    bare = re.sub(r"(?<=\d)(?=[a-z+])|(?<=[a-z+])(?=\d)", " ", bare)
    return " ".join(re.sub(r"([%+])", r" \1 ", bare).split())


def _terms(match: re.Match[str]) -> Terms | None:
    """A matched text as numbers; None when they are out of range or can be read in two ways."""
    found = match.groupdict()
    if found["at_once"]:
        return Terms(0)
    day_text = found["day"] or found["day_from_end"] or found["day_only"]
    day = int(day_text) if day_text else None
    days = int(found["days"] or found["from_end"] or 0)
    if days > MAX_DAYS or (day is not None and not 1 <= day <= 31):
        return None
    if found["from_end"]:
        # "FDM 15" is the 15th of the next month and 15 days after the end of this one: the same day up to 28.
        stated = found["plus"] or found["from_end_unit"] or not 28 < days <= 31
        return Terms(days, "before", day) if stated else None
    if found["days"] is None:
        return Terms(0, "after", day)
    if found["eom"]:
        return Terms(days, "before" if found["following"] else "after", day)
    # A bare number may be a code of the ERP; "30 jours le 10 du mois suivant" would need a rule of its own.
    stated = found["unit"] or found["net"] or found["net_after"]
    return Terms(days, "none", day) if stated and not found["day_next"] else None


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _day_in_month(day: date, number: int) -> date:
    """Day `number` of the month of `day`, or the last one of a month too short for it."""
    return day.replace(day=min(number, monthrange(day.year, day.month)[1]))
