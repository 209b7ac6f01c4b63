"""Files that are neither UTF-8 nor cp1252: names are never garbled in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plugins.csv.tables import read

HEAD = "number;debtor_id;debtor_name;issued_on;total\n"


def _table(*names: str) -> str:
    return HEAD + "".join(f"F{i};C{i};{name};31/01/2026;1,00\n" for i, name in enumerate(names))


@pytest.mark.parametrize(
    ("encoding", "looks", "names"),
    [
        ("cp850", "cp850", ["Hélène Noël", "Crêperie"]),
        ("cp850", "cp850", ["CRÉDIT FRANÇAIS", "ÉTABLISSEMENTS GÉRARD"]),
        ("cp850", "cp850", ["SOCIÉTÉ GÉNÈVE", "LE FRANÇAIS"]),
        ("cp850", "cp850", ["FRANÇAISE"]),
        ("mac_roman", "Mac Roman", ["Société Générale", "Hélène"]),
        ("mac_roman", "Mac Roman", ["SOCIÉTÉ CRÉDIT", "GÉRARD"]),
        ("mac_roman", "Mac Roman", ["Crédit et cœurs d'été"]),
    ],
)
def test_other_accents_hold_the_file(encoding: str, looks: str, names: list[str], tmp_path: Path) -> None:
    """Until the encoding is told; then the names are right."""
    content = _table(*names).encode(encoding)
    held = read(tmp_path, content)
    assert ["HUB-CSV-005"] == held.codes
    assert looks in held.rejected[0].what
    assert names == [one.name for one in read(tmp_path, content, encoding=encoding).of("debtor")]


@pytest.mark.parametrize("names", [["Œuvre", "Cœur", "Société"], ["MANŒUVRE"], ["Hélène 5 €"]])
def test_latin_nine_is_read(names: list[str], tmp_path: Path) -> None:
    """œ, Œ and € of ISO-8859-15 are ½, ¼ and ¤ of cp1252, which no word has inside."""
    assert names == [one.name for one in read(tmp_path, _table(*names).encode("iso-8859-15")).of("debtor")]


@pytest.mark.parametrize(
    "names",
    [
        ["L’œuvre d’été – 5 € « Noël »", "SŒUR", "Š. Ž. …"],
        ["5 €", "l’art"],
        ["1½ heure", "ÉTÉ"],
        ["Société “Générale”•"],
    ],
)
def test_windows_stays_windows(names: list[str], tmp_path: Path) -> None:
    """Its quotes, dashes, ligatures and fractions stand where words have them."""
    assert names == [one.name for one in read(tmp_path, _table(*names).encode("cp1252")).of("debtor")]
