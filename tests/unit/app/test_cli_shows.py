"""How the command line shows amounts, tables and errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.app.cli import words
from hub.app.cli.failures import find_spot, lines_of
from hub.app.cli.table import Col, next_steps, table_lines
from hub.app.settings import read_settings
from hub.sdk.errors import ConfigError


@pytest.mark.parametrize(
    ("expected", "minor", "currency"),
    [
        ("1 234,56 EUR", 123_456, "EUR"),
        ("-0,05 EUR", -5, "EUR"),
        ("12 345 678 JPY", 12_345_678, "JPY"),
        ("1,234 TND", 1_234, "TND"),
        ("0,00 EUR", 0, "EUR"),
    ],
)
def test_amounts_are_written_as_in_france(expected: str, minor: int, currency: str) -> None:
    """Groups of three, a comma, the currency's decimals, the code behind."""
    assert expected == words.amount(minor, currency)


def test_currencies_stand_side_by_side() -> None:
    """They never meet in a sum."""
    assert "1,00 EUR + 2,00 USD" == words.amounts({"USD": 200, "EUR": 100})
    assert "-" == words.amounts({})


def test_a_table_fits_and_loses_nothing() -> None:
    """Text columns wrap; every word is still there, no line is longer than the screen."""
    long = "a reason that goes on and on for much longer than any screen is wide, word after word after word"
    lines = table_lines([Col("id", right=True), Col("why", wrap=True)], [["1", long], ["22", "short"]], width=40)
    assert all(len(line) <= 40 for line in lines)
    assert long.split() == [word for word in " ".join(lines[2:-1]).split() if word != "1"]


def test_a_table_without_rows_is_its_titles() -> None:
    assert ["  receipts", "  --------"] == table_lines([Col("", wrap=True), Col("receipts", right=True)], [], width=40)


def test_a_table_that_cannot_fit_becomes_blocks() -> None:
    """Figures are never wrapped or cut: each row then stands in lines of its own."""
    columns = [Col(f"column{at}", right=True) for at in range(6)]
    lines = table_lines(columns, [["1 234 567,89 EUR"] * 6], width=40)
    assert [f"column{at}: 1 234 567,89 EUR" for at in range(6)] == lines


def test_figures_are_flush_right() -> None:
    """So that an eye can run down the column."""
    lines = table_lines([Col("", wrap=True), Col("amount", right=True)], [["a", "1,00"], ["b", "100,00"]], width=80)
    assert ["a    1,00", "b  100,00"] == lines[2:]


def test_next_steps_fit_the_screen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A long command takes a line of its own."""
    monkeypatch.setenv("COLUMNS", "60")
    next_steps(("hub sync", "read"), ("hub export aged-balance --out aged.xlsx", "what each debtor owes, by lateness"))
    assert all(len(line) <= 60 for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    ("text", "line", "marked"),
    [
        ('[hub]\ndatabse = "x"\n', 2, "databse"),
        ('[hub]\ndatabase = "a"\ntimezone = 4\n', 3, "timezone"),
        ("[hub]\ndatabase = sqlite\n", 2, "s"),
        ('[seller.ACME]\nbook = "x"\n', 2, "book"),
        ("[hubb]\n", 1, "[hubb]"),
    ],
)
def test_a_fault_of_the_configuration_is_pointed_at(tmp_path: Path, text: str, line: int, marked: str) -> None:
    """The line stands below the message, with a caret under the key or the place."""
    path = tmp_path / "hub.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        read_settings(path)
    spot = find_spot(raised.value)
    assert spot is not None
    assert (line, marked) == (spot.number, spot.line[spot.start : spot.start + spot.length])
    assert any("^" in shown for shown in lines_of(raised.value))
    assert "What to do:" in lines_of(raised.value)[-1]


def test_an_error_of_another_kind_has_no_spot() -> None:
    """Only the configuration is looked into."""
    assert find_spot(ConfigError(code="HUB-DB-001", what="x", where="[hub] database")) is None


def test_a_hint_can_be_typed_as_it_stands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Called through run.py, the hub names run.py in its hints."""
    monkeypatch.setenv("HUB_COMMAND", "python3 ../run.py hub")
    next_steps(("hub sync", "read the files"))
    assert "python3 ../run.py hub sync" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["\x1b[2J\x1b[1;31mpaid", "pa\u202edi\u202c", "pa\x07\x08id"])
def test_what_others_wrote_gives_the_terminal_no_orders(text: str) -> None:
    """A payer's name or a label comes from strangers: no escape sequence, no turned direction reaches the screen."""
    columns = [Col("payer", wrap=True), Col("text")]
    shown = [*table_lines(columns, [[text, text]], width=80), *table_lines(columns, [[text, text]], width=8)]
    shown += [*words.wrapped(text), words.label(f"{text}\n{text}", 40), words.in_fours(text)]
    assert all(line.isprintable() for line in shown), shown


def test_a_bank_text_is_shown_once_and_on_label() -> None:
    """A label that the second line repeats in full is left out; a long one is cut."""
    assert "REMISE CHEQUES NBRE 1" == words.label("REMISE CHEQUES NB\nREMISE CHEQUES NBRE 1", 40)
    assert "VIR SEPA / FACT 12" == words.label("VIR SEPA\n\n FACT 12 ", 40)
    assert 40 == len(words.label("x" * 100_000, 40))


def test_an_amount_is_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the line ends, "1 020,70 EUR" stands together."""
    for width in range(40, 60):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = words.wrapped(
            "Open then: AV2026-0007 -100,00 EUR, FA2026-0109 1 020,70 EUR, FA2026-0110 12 845,30 EUR."
        )
        assert all(any(one in line for line in lines) for one in ("1 020,70 EUR", "12 845,30 EUR", "-100,00 EUR"))


def test_columns_stand_below_one_another_whatever_is_written() -> None:
    """An emoji takes two columns of a terminal, an accent of its own none."""
    lines = table_lines(
        [Col("payer"), Col("amount", right=True)], [["🙂 AB", "1"], ["Rene\u0301", "22"], ["X", "3"]], width=80
    )
    assert ["🙂 AB       1", "Rene\u0301       22", "X           3"] == lines[2:]


@pytest.mark.parametrize(("name", "typed"), [("FR76…-1.2", "FR76…-1.2"), ("AB 12", "'AB 12'"), ("a;rm *", "'a;rm *'")])
def test_a_name_can_be_typed_as_it_is_shown(name: str, typed: str) -> None:
    """Whatever a bank calls a receipt, the shell gets it whole."""
    assert typed == words.quoted(name)
