"""What happens to files on their way: a line that is damaged, a file that is cut, forgotten, or there twice."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.unit.plugins.fec.habits import Company

LINES = ("joined", "split", "amount", "date", "account", "byte", "control", "broken", "short", "gone", "turned")
FILES = ("cut", "twice", "forgotten", "interim", "draft")


def damage_line(company: Company, path: Path, draw: random.Random, how: str) -> None:
    """One line of a file, in one of `LINES`."""
    habits, end = company.habits, company.habits.end.encode()
    delimiter = habits.delimiter.encode()
    lines = path.read_bytes().split(end)
    at = draw.randrange(1, len(lines) - 1)
    cells = lines[at].split(delimiter)
    label = cells[10]
    if how == "joined":
        cells[8:10] = [cells[8] + cells[9]]
    elif how == "amount":
        cells[11] += b"x"
    elif how == "date":
        cells[3] = cells[3][:-1] + b"x"
    elif how == "account":
        cells[4] = b""
    elif how == "turned":
        cells[11:13] = reversed(cells[11:13]) if habits.written == "debit" else (cells[11], b"?")
    elif how in ("split", "broken"):
        cells[10] = label[:3] + (delimiter if how == "split" else end) + label[3:]
    else:
        cells[10] = label + {"byte": b"\xff\xfe\x81", "control": b"\x07"}.get(how, b"")
    lines[at] = delimiter.join(cells)
    if how == "short":
        lines[at] = lines[at][: len(lines[at]) * 2 // 3]
    elif how == "gone":
        del lines[at]
    path.write_bytes(end.join(lines))


def damage_files(company: Company, folder: Path, how: str) -> None:
    """The files of a company, in one of `FILES`; one for each of three years or more."""
    paths = company.write(folder)
    if how == "cut":
        path = paths[-1]
        lines = path.read_bytes().split(company.habits.end.encode())
        path.write_bytes(company.habits.end.encode().join([*lines[:-3], lines[-3][:25]]))
    elif how == "twice":
        (folder / f"copy of {paths[-1].name}").write_bytes(paths[-1].read_bytes())
    elif how == "forgotten":
        paths[1].unlink()
    else:
        name, rows = list(company.files.items())[-1]
        middle = sorted(row["day"] for row in rows)[len(rows) // 2]
        some = [dict(row) for row in rows if row["day"] <= middle]
        for row in some if how == "draft" else ():
            row["EcritureNum"] = row["EcritureNum"] and f"9{row['EcritureNum']}"
        company.files[f"interim {name}"] = some
        company.write(folder)
        for path in folder.iterdir():
            when = 1_700_000_000 + 60 * (not path.name.startswith("interim"))
            os.utime(path, (when, when))
