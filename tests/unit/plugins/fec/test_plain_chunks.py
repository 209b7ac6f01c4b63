"""Lines read by whole columns are the lines read one by one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.plugins.fec import lines
from hub.plugins.fec.blocks import Line
from hub.plugins.fec.files import Dialect, find, look
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.values import minor, plain_cents

NAMES = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate "
    "EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise"
).split()
PLAIN = "VE Ventes 1 20260105 41100000 Clients C1 Martin F1 20260105 Facture 12,50 0,00 AA 20260131 20260131".split()
#: Field and what may stand there instead of what does.
ODD = st.tuples(
    st.integers(0, 17),
    st.sampled_from(
        "|x| 41100000 |CompteNum|JournalCode|20261301|-12,50|12.50|1 234,50|1.234|+5,00|0000-12,50|,50|12,5||٣٤,٥٠|"
        "99999999999999999,00|\xa0|\t|é|\x0b|\x0c|\x85|\u2028|a|b".split("|")
    ),
)


class OneByOne(Reader):
    """A reader that never takes the short way."""

    def _plain(self, first: int, texts: list[str]) -> list[Line] | None:
        return None


@settings(max_examples=25)
@given(odd=st.lists(st.lists(ODD, max_size=2), min_size=1, max_size=6), blank=st.booleans())
def test_columns_give_what_lines_give(
    odd: list[list[tuple[int, str]]], blank: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever stands in a field: the same lines, amounts, keys and refusals, in the same order."""
    rows = []
    for number, changes in enumerate(odd):
        cells = [*PLAIN, "", ""]
        cells[2] = str(number // 2)
        for at, text in changes:
            cells[at] = text
        rows.append("\t".join(cells))
    path = tmp_path_factory.mktemp("fec") / "123456789FEC20261231.txt"
    # The header is a chunk of its own kind: plain lines before and after the odd ones stand in further chunks.
    many = ["\t".join([*PLAIN, "", ""])] * 700
    text = "\n".join(["\t".join(NAMES), *many, *rows, *([""] if blank else []), *many])
    path.write_text(text + "\n", encoding="utf-8")
    [ledger] = find([path])
    dialect = look(ledger, None)
    told = [[shown(line) for line in kind(ledger, dialect, "EUR").read()] for kind in (Reader, OneByOne)]
    assert told[1] == told[0]


def shown(line: object) -> object:
    """A line with its refusal as plain values."""
    fault = getattr(line, "fault", None)
    return (*line[:-1], fault and fault.as_wire())  # type: ignore[index]


def test_the_short_way_is_taken() -> None:
    """And left alone where a text has a second reading."""
    assert [1250, 0, -5, 700] == plain_cents(["12,50", "", "-0,05", "0007.00"])
    assert all(plain_cents(["1,00", odd]) is None for odd in ("1", "1.234", "1 000,00", "+1,00", "٣,٥٠", "1,00 "))


@given(st.lists(st.text("0123456789,.- +٣", max_size=6), max_size=3))
def test_the_short_way_gives_what_the_long_way_gives(texts: list[str]) -> None:
    """Whatever it takes, each amount is what it would be by itself."""
    amounts = plain_cents(texts)
    assert amounts is None or amounts == [minor(text, "EUR", "") for text in texts]


PIECES = [
    b"a",
    "é".encode(),
    b"\x82\xff",
    b"\x0c",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\x07",
    b"\n",
    b"\r",
    b"\r\n",
    b"\x1a",
    b"\0",
]


@settings(max_examples=200)
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=30),
    size=st.integers(1, 12),
    encoding=st.sampled_from(["utf-8", "cp1252", "iso8859-15", "cp850", "mac-roman"]),
    bom=st.booleans(),
)
def test_lines_are_the_same_wherever_a_chunk_ends(
    pieces: list[bytes], size: int, encoding: str, bom: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    r"""\n, \r\n and \r end lines, letters of two bytes are not cut, and what is strange is seen."""
    if bom and encoding == "utf-8":
        pieces, encoding = [b"\xef\xbb\xbf", *pieces], "utf-8-sig"
    path = tmp_path_factory.mktemp("fec") / "one.txt"
    path.write_bytes(b"".join(pieces))
    [ledger] = find([path])
    dialect = Dialect(encoding, "\t", {}, (), 1, True, False, "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_CHUNK", size)
        told = list(Reader(ledger, dialect, "EUR")._chunks())
    whole = path.read_bytes().rstrip(b"\x1a")
    wanted = whole.decode(encoding, "surrogateescape").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    found = [(at + n, text) for at, texts, _ in told for n, text in enumerate(texts)]
    assert found == (list(enumerate(wanted.split("\n"), 1)) if whole else [])
    odd = {text for _, text in found if re.search("[\0\x07\x1a\ud800-\udfff]", text)}
    assert odd <= {text for _, texts, strange in told if strange for text in texts}
