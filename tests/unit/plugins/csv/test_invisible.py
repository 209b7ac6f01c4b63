"""Characters that nobody sees make no second invoice and no second debtor."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.unit.plugins.csv.tables import read

HEAD = "number;debtor_id;issued_on;total\n"


def test_a_byte_order_mark_at_a_line_start(tmp_path: Path) -> None:
    """Exports joined by `cat`: the second header is a header, and a row behind a mark is the row without it."""
    one, two = HEAD + "F1;C;31/01/2026;1,00\n", HEAD + '"F2";"C\n1";31/01/2026;2,00\n'
    joined = read(tmp_path, f"\ufeff{one}\ufeff{two}\ufeffF3;C;31/01/2026;3,00\n")
    assert not joined.rejected
    assert ["F1", "F2", "F3"] == [unit.number for unit in joined.of("invoice")]
    plain = read(tmp_path, f"{one}{two}F3;C;31/01/2026;3,00\n")
    assert [(u.ref, u.body) for u in plain.units] == [(u.ref, u.body) for u in joined.units]
    careful = read(tmp_path, f"\ufeff{one}\ufeff{two}\ufeffF3;C;31/01/2026;3,00\nF4;\x00;31/01/2026;3,00\n")
    assert [u.body for u in plain.units] == [u.body for u in careful.units[:3]]


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u202e", "\ufeff", "\u2060"])
def test_invisible_signs_in_identifiers(sign: str, tmp_path: Path) -> None:
    """They are left out of what names a document or a debtor; texts keep theirs."""
    head = "number;debtor_id;debtor_name;issued_on;total;order_ref;seller\n"
    row = f"F{sign}1;{sign}C1;Du{sign}pont;31/01/2026;1,00;B1{sign};S{sign}\n"
    result = read(tmp_path, head + row)
    (invoice,) = result.of("invoice")
    assert ("F1", "C1", "B1", "S") == (invoice.number, invoice.debtor_id, invoice.order_ref, invoice.seller)
    assert ["S|F1|2026"] == [unit.ref for unit in result.units]
    assert f"Du{sign}pont" == result.of("debtor")[0].name


def test_an_identifier_of_nothing_visible_is_empty(tmp_path: Path) -> None:
    """Required, so its row is held."""
    assert ["HUB-CSV-014"] == read(tmp_path, HEAD + "\u200b;C;31/01/2026;1,00\n").codes


def test_composed_and_decomposed_letters_are_one(tmp_path: Path) -> None:
    """What a Macintosh writes as letter and accent is the letter with its accent."""
    number = "FÉV-1"
    refs = {
        read(tmp_path, f"{HEAD}{unicodedata.normalize(form, number)};Société;31/01/2026;1,00\n").units[0].ref
        for form in ("NFC", "NFD")
    }
    assert {f"MAIN|{number}|2026"} == refs
