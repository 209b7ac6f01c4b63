"""What numbers and references are found by, and what they begin with."""

from __future__ import annotations

import re
from collections.abc import Collection

from hub.core.reconcile.texts.text import compact

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BEGINNING = re.compile("^[A-Z]*", re.MULTILINE)


def letters_of(key: str) -> str:
    """The letters a compact number or reference begins with."""
    return key[: len(key) - len(key.lstrip(_LETTERS))]


def beginnings(keys: Collection[str]) -> set[str]:
    """What `letters_of` finds in some compact numbers or references, which are read all at once."""
    return set(_BEGINNING.findall("\n".join(keys))) if keys else set()


def order_key(reference: str | None) -> str:
    """The compact order or payment reference; "" when it is too short, or without a digit, to be told from a word."""
    key = compact(reference) if reference else ""
    return key if is_order_key(key) else ""


def is_order_key(key: str) -> bool:
    """Whether a compact reference is long enough, and has a digit, to be told from a word."""
    return len(key) >= 4 and not key.isalpha()
