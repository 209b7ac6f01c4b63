"""Cells of a spreadsheet that hold no value: errors (#N/A, #REF!) and formulas that nobody computed.

The reader of spreadsheets gives both as empty cells, like one that nobody filled; an empty cell is no word, an error is
a word that was lost. So the sheet's own XML is asked. Sheets without formulas and errors cost one search. The old
binary .xls is not looked into.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

_CELL_REF = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_SUSPECT_XLSX = re.compile(rb"""\st=["']e["']|<(?:\w+:)?f[\s/>]""")
_SUSPECT_ODS = b":formula="
_COMPUTED_BY_NONE = "=(formula)"

Lost = tuple[int, int, str]


def lost_cells(path: Path, sheet: str) -> list[Lost]:
    """Row, column (both from 0) and text of each cell without a value: ``#N/A``, or the formula with its ``=``.

    Raises:
        etree.XMLSyntaxError, KeyError, ValueError, OSError, zipfile.BadZipFile: the file is damaged.
    """
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            content = archive.read("content.xml")
            return list(_ods(content, sheet)) if _SUSPECT_ODS in content else []
        part = part_of(archive, sheet)
        content = archive.read(part) if part in names else b""
    return list(_xlsx(content)) if _SUSPECT_XLSX.search(content) else []


def part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The member of an .xlsx that holds `sheet`; empty when there is none."""
    book = next((name for name in archive.namelist() if name.lower().endswith("xl/workbook.xml")), "")
    if not book:
        return ""
    folder = posixpath.dirname(book)
    relations = archive.read(f"{folder}/_rels/{posixpath.basename(book)}.rels")
    targets = {element.get("Id"): element.get("Target", "") for _, element in _elements(relations)}
    for event, element in _elements(archive.read(book)):
        if event == "start" and _bare(element.tag) == "sheet" and element.get("name") == sheet:
            id_ = _attributes(element).get("id")
            return posixpath.normpath(posixpath.join(folder, targets.get(id_, ""))).lstrip("/")
    return ""


def _xlsx(content: bytes) -> Iterator[Lost]:
    row = column = -1
    for event, element in _elements(content):
        tag = _bare(element.tag)
        if tag == "row":
            if event == "start":
                row, column = int(element.get("r", row + 2)) - 1, -1
            else:
                element.clear()
        elif tag == "c" and event == "end":
            place = _CELL_REF.fullmatch(element.get("r", ""))
            column = column_number(place[1]) if place else column + 1
            text = _lost_in_xlsx(element)
            if text:
                yield row, column, text


def _lost_in_xlsx(cell: Any) -> str:
    parts = {_bare(part.tag): part.text or "" for part in cell}
    kind, value = cell.get("t", "n"), parts.get("v", "")
    if kind == "e":
        return value or "#N/A"
    if "f" in parts and not value and kind not in ("str", "inlineStr"):  # a text may be empty, a number not
        return f"={parts['f']}" if parts["f"] else _COMPUTED_BY_NONE
    return ""


def column_number(letters: str) -> int:
    """The position of a column from 0: ``A`` -> 0, ``XFD`` -> 16383."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _ods(content: bytes, sheet: str) -> Iterator[Lost]:
    """A row or cell that is repeated is looked at once: what is repeated over and over is a filler."""
    inside, row, height, column = False, 0, 1, 0
    for event, element in _elements(content):
        tag = _bare(element.tag)
        if tag == "table" and event == "start":
            inside, row = _attributes(element).get("name") == sheet, 0
        elif tag == "table-row":
            if event == "start":
                height, column = int(_attributes(element).get("number-rows-repeated", 1)), 0
            else:
                row += height
                element.clear()
        elif tag in ("table-cell", "covered-table-cell") and event == "end":
            told = _attributes(element)
            text = _lost_in_ods(element, told) if inside and "formula" in told else ""
            if text:
                yield row, column, text
            column += int(told.get("number-columns-repeated", 1))


def _lost_in_ods(cell: Any, told: dict[str, str]) -> str:
    shown = "".join("".join(part.itertext()) for part in cell if _bare(part.tag) == "p")
    if "value-type" not in told:
        return shown or "=" + told["formula"].partition("=")[2]
    return shown if told.get("string-value") == "" else ""


def _elements(content: bytes) -> Iterator[tuple[str, Any]]:
    """``start`` and ``end`` of each element; nothing outside the document is looked at, no entity is resolved."""
    found: Iterator[tuple[str, Any]] = etree.iterparse(
        io.BytesIO(content), ("start", "end"), remove_comments=True, remove_pis=True, resolve_entities=False,
        load_dtd=False, no_network=True, huge_tree=False,
    )  # fmt: skip
    return found


def _attributes(element: Any) -> dict[str, str]:
    """Without name spaces; the standard's own `value-type` goes before that of an extension."""
    return {_bare(name): value for name, value in reversed(list(element.items()))}


def _bare(name: str) -> str:
    return name.rpartition("}")[2]
