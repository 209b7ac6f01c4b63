"""Payment terms and discounts as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.law import Discount, Terms, discount_minor, due_on, parse_discount, parse_terms

#: A busy machine is no fault of the parser.
CALM = settings(deadline=None)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 jours", Terms(30)),
        ("30 jours net", Terms(30)),
        ("30 jours nets", Terms(30)),
        ("30 jours date de facture", Terms(30)),
        ("60 jours nets date d'émission de la facture", Terms(60)),
        ("payable à 30 jours", Terms(30)),
        ("Virement 30 jours fin de mois le 10", Terms(30, "after", 10)),
        ("45 jours fin de mois", Terms(45, "after")),
        ("45 JOURS FIN DE MOIS (LCR)", Terms(45, "after")),
        ("45 jours FDM le 15", Terms(45, "after", 15)),
        ("30JFDM15", Terms(30, "after", 15)),
        ("30 j. fin de mois", Terms(30, "after")),
        ("à 30 jours fin de mois le 10 du mois suivant", Terms(30, "after", 10)),
        ("fin de mois 45 jours", Terms(45, "before")),
        ("fin de mois + 45 jours", Terms(45, "before")),
        ("30 days after end of month", Terms(30, "before")),
        ("EOM + 30", Terms(30, "before")),
        ("FDM 15", Terms(15, "before")),
        ("fin de mois", Terms(0, "after")),
        ("fin de mois le 15", Terms(0, "after", 15)),
        ("comptant", Terms(0)),
        ("paiement comptant", Terms(0)),
        ("à réception", Terms(0)),
        ("à réception de facture", Terms(0)),
        ("due on receipt", Terms(0)),
        ("30 days", Terms(30)),
        ("payment within 30 days of invoice date", Terms(30)),
        ("net 30", Terms(30)),
        ("N/30", Terms(30)),
        ("60 EOM", Terms(60, "after")),
        ("60 days EOM 15th", Terms(60, "after", 15)),
        ("30 days end of month", Terms(30, "after")),
        ("2/8 net 30", Terms(30)),
        ("2/10, n/30", Terms(30)),
        ("2% 8 jours, 30 jours net", Terms(30)),
    ],
)
def test_a_delay_is_understood(text: str, expected: Terms) -> None:
    """What traders write in France and abroad becomes days, end of month and day of the month."""
    assert expected == parse_terms(text)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "30", "30 le 15", "2 mois", "1 month", "30 jours livraison", "30 jours après réception",
        "à la commande", "30 60", "30/60/90", "30% à la commande, solde 30 jours", "10/11/2026", "2026-11-10",
        "45 jours fin de mois le 32", "3000 jours", "30 jours fin de mois + 10 jours", "2% 8 jours", "EOM 30",
        "30 jours le 10 du mois suivant", "selon accord", "30 jours ou 60 jours", "-30 jours", "٣٠ jours",
    ],
)  # fmt: skip
def test_what_is_not_understood_whole_is_not_guessed(text: str) -> None:
    """A delay from delivery, in months, in steps, or a mere number is left to a person."""
    assert parse_terms(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2% 8 jours", Discount(200, 8)),
        ("2 % sous 10 jours", Discount(200, 10)),
        ("2/8 net 30", Discount(200, 8)),
        ("2/10, n/30", Discount(200, 10)),
        ("escompte 2,5 % à 8 jours", Discount(250, 8)),
        ("2% d'escompte si paiement sous 8 jours", Discount(200, 8)),
        ("2% 10 net 30", Discount(200, 10)),
        ("0,25% 8j", Discount(25, 8)),
        ("2/8", None),
        ("0,125% 8 jours", None),
        ("200% 8 jours", None),
        ("0% 8 jours", None),
        ("pas d'escompte", None),
        ("30 jours", None),
        ("", None),
    ],
)
def test_a_discount_is_understood_or_left_alone(text: str, expected: Discount | None) -> None:
    """A rate in hundredths of a percent and a number of days, or nothing."""
    assert expected == parse_discount(text)


@pytest.mark.parametrize(
    ("issued_on", "terms", "expected"),
    [
        (date(2026, 1, 15), Terms(0), date(2026, 1, 15)),
        (date(2026, 1, 31), Terms(0, "after"), date(2026, 1, 31)),
        (date(2026, 7, 2), Terms(30, "after", 15), date(2026, 9, 15)),
        (date(2026, 1, 15), Terms(45, "before", 10), date(2026, 4, 10)),
        (date(2026, 1, 20), Terms(0, "after", 31), date(2026, 2, 28)),
        (date(2026, 1, 10), Terms(30, "none", 15), date(2026, 2, 15)),
        (date(2026, 1, 31), Terms(28, "before"), date(2026, 2, 28)),
        (date(2025, 12, 31), Terms(1, "after"), date(2026, 1, 31)),
    ],
)
def test_a_due_date_follows_the_words(issued_on: date, terms: Terms, expected: date) -> None:
    """Method A adds the days first, method B goes to the end of the month first; then the day of the month."""
    assert expected == due_on(issued_on, terms)


@CALM
@given(DAYS, st.integers(0, 120), st.sampled_from(["none", "after", "before"]), st.none() | st.integers(1, 31))
def test_a_due_date_never_comes_before_its_delay(issued_on, days, end_of_month, day) -> None:
    """The end of a month or a day of the month only ever postpones."""
    assert due_on(issued_on, Terms(days, end_of_month, day)) >= issued_on + timedelta(days=days)


@CALM
@given(st.text(max_size=60))
def test_any_text_gives_an_answer(text: str) -> None:
    """Text from outside never breaks the parser; what it understands is in range."""
    terms = parse_terms(text)
    assert terms is None or (0 <= terms.days <= 999 and terms.day_of_month in {None, *range(1, 32)})
    parse_discount(text)


@CALM
@given(st.integers(0, 999), st.sampled_from(["{} jours", "net {}", "{} EOM", "{} jours fin de mois", "FDM + {} jours"]))
def test_the_number_written_is_the_number_read(days: int, pattern: str) -> None:
    """Whatever stands around it."""
    terms = parse_terms(pattern.format(days))
    assert terms is not None
    assert days == terms.days


def test_a_discount_counts_its_last_day_and_rounds_half_up() -> None:
    """2 % of 12,34 EUR is 0,25 EUR up to the eighth day, nothing on the ninth."""
    terms, issued_on = Discount(200, 8), date(2026, 1, 1)
    assert 25 == discount_minor(1234, terms, issued_on, date(2026, 1, 9))
    assert 0 == discount_minor(1234, terms, issued_on, date(2026, 1, 10))
    assert 1 == discount_minor(25, terms, issued_on, issued_on)
