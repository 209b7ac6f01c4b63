"""A written amount has one reading or none."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sdk.amounts import minor_column, minor_from_json, minor_from_text
from hub.sdk.money import MAX_MINOR, decimal_text

READ = {
    "1234,56": 123456,
    "1 234,56": 123456,
    "1\u202f234\u00a0567,89": 123456789,
    "1.234,56": 123456,
    "1'234,56": 123456,
    "1 234,56-": -123456,
    "(12,00)": -1200,
    "( 12,00 )": -1200,
    "\u221212,00": -1200,
    "- 12,00": -1200,
    "€ 5": 500,
    "5 €": 500,
    "5,00 EUR": 500,
    "EUR5,00": 500,
    "1 234,56 C": -123456,
    "1 234,56D": 123456,
    "-5,00 €": -500,
    "€ -5,00": -500,
    ",5": 50,
    "1.234": 123400,
    "000,10": 10,
    "0": 0,
    "12,3400": 1234,
}
REFUSED = {
    "": "is not a number",
    "12,": "is not a number",
    ",": "is not a number",
    "12.34": "is not a number",
    "1.23,45": "is not a number",
    "1 23,45": "is not a number",
    "12 34": "is not a number",
    "1234 567,00": "is not a number",
    "1 234.567,00": "is not a number",
    "1,5E3": "is not a number",
    "１２,00": "is not a number",
    "--5": "is not a number",
    "(-5,00)": "two signs",
    "-5,00-": "two signs",
    "-5,00 C": "two signs",
    "(5,00) D": "is not a number",
    "5,001": "more decimals",
    "$5,00": "is written in $",
    "5,00 USD": "is written in USD",
    "5,00 ABC": "is written in ABC",
    "9" * 30: "too large",
    "92233720368547758,08": "too large",
}


@pytest.mark.parametrize(("text", "minor"), READ.items())
def test_read(text: str, minor: int) -> None:
    """Everything formats.md §7 lists, exactly."""
    assert minor == minor_from_text(text, "EUR")


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_refused(text: str, reason: str) -> None:
    """The message says which fault it is and quotes the text, shortened."""
    with pytest.raises(ValueError, match=reason.replace("$", r"\$")) as caught:
        minor_from_text(text, "EUR")
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    ("text", "currency", "decimal", "minor"),
    [
        ("1,234.56", "USD", ".", 123456),
        ("$1,234.56", "CAD", ".", 123456),
        ("1234", "JPY", ",", 1234),
        ("1234,00", "JPY", ",", 1234),
        ("¥ 5", "JPY", ",", 5),
        ("1,234", "TND", ",", 1234),
        ("1,2", "TND", ",", 1200),
        ("£1", "GBP", ".", 100),
        ("10 000 XPF", "XPF", ",", 10000),
    ],
)
def test_currencies(text: str, currency: str, decimal: str, minor: int) -> None:
    """The currency says how many decimals there are; a sign must be one of its own."""
    assert minor == minor_from_text(text, currency, decimal)


def test_an_unknown_currency() -> None:
    """No decimals are known for it, so no amount either."""
    with pytest.raises(ValueError, match="ISO 4217"):
        minor_from_text("1", "XXX")


MINOR = st.integers(-MAX_MINOR, MAX_MINOR)


@given(MINOR, st.sampled_from(["EUR", "JPY", "TND", "CLF"]), st.sampled_from([",", "."]))
def test_written_and_read_back(minor: int, currency: str, point: str) -> None:
    """Our own writing is read back, whatever the currency and the mark."""
    assert minor == minor_from_text(decimal_text(minor, currency, point), currency, point)


@given(MINOR, st.sampled_from([" ", "\u00a0", "\u202f", ".", "'"]), st.sampled_from(["{}", "{}-", "({})", "{} €"]))
def test_grouped_and_read_back(minor: int, group: str, form: str) -> None:
    """Thousands in any French grouping, signs in any place."""
    whole, cents = divmod(abs(minor), 100)
    text = form.format(f"{whole:,}".replace(",", group) + f",{cents:02d}")
    sign = -1 if form in ("{}-", "({})") else 1
    assert sign * abs(minor) == minor_from_text(text, "EUR")


_TEXTS = st.one_of(
    st.text("0123456789,.- €C()\u00a0", max_size=12),
    st.integers(-(10**9), 10**9).map(lambda minor: decimal_text(minor, "EUR", ",")),
    st.sampled_from([*READ, *REFUSED, " ", "\t", "1\n2,00"]),
)


@given(st.lists(_TEXTS, max_size=8), st.sampled_from(["EUR", "JPY", "TND"]), st.sampled_from([",", "."]))
def test_a_column_is_read_as_its_texts(texts: list[str], currency: str, decimal: str) -> None:
    """The fast path gives exactly what the slow one gives, refusals with their words."""
    values, faults = minor_column(texts, currency, decimal)
    for index, text in enumerate(texts):
        if not text.strip():
            assert values[index] is None
            assert index not in faults
            continue
        if index in faults:
            assert values[index] is None
            with pytest.raises(ValueError, match=re.escape(faults[index])):
                minor_from_text(text, currency, decimal)
        else:
            assert minor_from_text(text, currency, decimal) == values[index]


def test_plain_columns() -> None:
    """Plain texts, empty ones, negative ones; one odd text sends only the column the long way."""
    assert ([123456, None, -5, 0], {}) == minor_column(["1234,56", "", "-0,05", "0,00"], "EUR")
    values, faults = minor_column(["1234,56", "1-2,00", "1,2,00"], "EUR")
    assert [123456, None, None] == values
    assert [1, 2] == list(faults)
    assert ([], {}) == minor_column([], "EUR")


@pytest.mark.parametrize(
    ("value", "minor"),
    [
        (70, 7_000),
        (-70, -7_000),
        (Decimal("70.1"), 7_010),
        (Decimal("70.099999999999994"), 7_010),
        (Decimal("1E+3"), 100_000),
        ("70.10", 7_010),
        ("-120.00000000", -12_000),
    ],
)
def test_an_amount_of_a_json_document(value: object, minor: int) -> None:
    """A number or a number as text; the noise of binary fractions is no cent."""
    assert minor == minor_from_json(value, "EUR")


@pytest.mark.parametrize(
    "value", [None, True, [], {}, 70.1, Decimal("70.105"), Decimal("NaN"), Decimal("1E+30"), "", "seventy", "70,10"]
)
def test_what_is_no_amount_in_a_json_document(value: object) -> None:
    """Nothing is guessed: neither a float, nor a third decimal, nor a decimal comma."""
    with pytest.raises(ValueError, match="amount"):
        minor_from_json(value, "EUR")
