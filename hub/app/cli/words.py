"""Instants and numbers of things as a person reads them, and text that fits the screen."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from hub.core.services.words import amount as amount
from hub.core.services.words import amounts as amounts
from hub.core.services.words import count as count
from hub.core.services.words import day as day
from hub.core.services.words import one_line as one_line
from hub.core.services.words import words_of as words_of

#: The blanks of "1 020,70 EUR".
_IN_AMOUNTS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))|(?<=,\d\d) (?=[A-Z]{3}\b)")
_STYLES = {"bold": "1", "dim": "2", "green": "32", "yellow": "33", "red": "31"}
#: The narrowest screen that output is laid out for.
NARROWEST = 40


def screen_width() -> int:
    """Columns to lay out for: those of the terminal, COLUMNS, else 80; at most 140."""
    return max(NARROWEST, min(140, shutil.get_terminal_size((80, 24)).columns))


def is_terminal(*, err: bool = False) -> bool:
    """True when a person reads this stream as it comes."""
    stream = sys.stderr if err else sys.stdout
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def styled(text: str, style: str, *, err: bool = False) -> str:
    """`text` in bold, dim or a colour, on a terminal that may have it (https://no-color.org)."""
    if not is_terminal(err=err) or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def harmless(text: str) -> str:
    """`text` of others without what a terminal obeys: escape sequences, control and direction marks become blanks."""
    if text.isprintable():
        return text
    return "".join([char if char.isprintable() or char == "\n" else " " for char in text])


def label(text: str, most: int) -> str:
    """A bank's text on one line; the beginning of one that is longer than `most`.

    A first piece that the second repeats, and goes on, is left out.
    """
    first, broken, rest = text[: 2 * most].strip().partition("\n")
    line = harmless(one_line(rest if broken and rest.lstrip().startswith(first.strip()) else first + broken + rest))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def in_fours(iban: str) -> str:
    """An account number in groups of four, as it is printed."""
    plain = harmless(iban).replace(" ", "")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def breadth(text: str) -> int:
    """How many columns of a terminal `text` takes: two for an emoji or a Chinese sign, none for a combining accent."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def quoted(name: str) -> str:
    """A name of others as it is typed in a command: in quotation marks where the shell would take it apart."""
    return name if all(char.isalnum() or char in "-_.:/+…" for char in name) else shlex.quote(harmless(name))


def wrapped(text: str, *, indent: str = "") -> list[str]:
    """`text` in lines that fit the screen; words longer than a line, and amounts, are left whole."""
    whole = _IN_AMOUNTS.sub("\0", harmless(text))
    lines = textwrap.wrap(
        whole, screen_width(), initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace("\0", " ") for line in lines] or [indent]


def many(number: int, word: str, words: str | None = None) -> str:
    """``1 receipt``, ``1 234 receipts``."""
    return f"{count(number)} {word if number == 1 else words or word + 's'}"


def moment(microseconds: int | None, zone: tzinfo) -> str:
    """An instant of the data base: ``30/06/2026 18:04``, in the hub's time zone."""
    if microseconds is None:
        return "-"
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).astimezone(zone).strftime("%d/%m/%Y %H:%M")


def iso_moment(microseconds: int | None) -> str | None:
    """The same for machines: ISO 8601, UTC."""
    if microseconds is None:
        return None
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).isoformat().replace("+00:00", "Z")


def money_json(by_currency: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Amounts for a JSON document: by currency, decimal text with a point and the integer of minor units."""
    from hub.sdk.money import decimal_text

    return {
        currency: {"amount": decimal_text(minor, currency), "amount_minor": minor}
        for currency, minor in sorted(by_currency.items())
    }
