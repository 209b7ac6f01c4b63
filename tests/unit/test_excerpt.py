"""What a person sees of a held row, whatever its encoding and wherever it was cut."""

from __future__ import annotations

import pytest

from hub.core.host.evidence import EXCERPT_CHARACTERS, excerpt


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("F1\x1fSociété".encode(), "F1 ; Société"),
        ("F1;Société n° 2".encode("cp1252"), "F1;Société n° 2"),
        ("Société".encode()[:-1], "Sociét"),
        (b"a\x00b\nc", "a·b\nc"),
        (b"", ""),
    ],
)
def test_an_excerpt_can_be_read(body: bytes, shown: str) -> None:
    """UTF-8, else cp1252; a last character that was cut is left out, control characters are dots."""
    assert shown == excerpt(body)


def test_an_excerpt_is_cut() -> None:
    """And never in the middle of a character."""
    assert "é" * EXCERPT_CHARACTERS == excerpt("é".encode() * 3_000)
