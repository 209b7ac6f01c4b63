"""The companion file with due dates: a FEC has none, and none is invented."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.plugins.fec.faults import misconfigured, unavailable
from hub.plugins.fec.files import fold
from hub.plugins.fec.values import iso_day, minor
from hub.sdk import RecordRejected

_NAMES = {
    "number": (
        "number",
        "invoicenumber",
        "pieceref",
        "piece",
        "numero",
        "facture",
        "nfacture",
        "numerofacture",
        "npiece",
    ),
    "due_on": ("dueon", "duedate", "echeance", "dateecheance", "datedecheance"),
    "debtor_id": ("debtorid", "compauxnum", "codeclient", "client", "tiers"),
    "amount": ("amount", "montant"),
}


def fold_number(text: str | None) -> str | None:
    """A number for comparison: no blanks, capitals."""
    return None if text is None else "".join(text.split()).upper()


def due_dates(path: Path, currency: str) -> Iterator[tuple[str, str, str, int | None]]:
    """Folded number, debtor (or empty), ISO due date and amount (or None) of each row.

    Raises:
        ConfigError: the file cannot be understood; the row is named.
        SourceUnavailable: it is not there.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            head = stream.readline()
            delimiter = max(";\t,|", key=head.count)
            names = [fold(name) for name in head.strip().split(delimiter)]
            at = {
                name: next((names.index(known) for known in alike if known in names), -1)
                for name, alike in _NAMES.items()
            }
            if at["number"] < 0 or at["due_on"] < 0:
                raise _wrong(path, f"no columns number and due_on in {head.strip()[:80]!r}")
            for line, row in enumerate(csv.reader(stream, delimiter=delimiter), 2):
                if any(cell.strip() for cell in row):
                    yield _row(path, line, [*row, ""], at, currency)
    except OSError as error:
        raise unavailable("HUB-FEC-031", path.name, name=path.name, detail=error.strerror) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong(path, str(error)) from None


def _row(path: Path, line: int, row: list[str], at: dict[str, int], currency: str) -> tuple[str, str, str, int | None]:
    try:
        number, due = fold_number(row[at["number"]]) or "", iso_day(row[at["due_on"]])
        debtor, amount = row[at["debtor_id"]].strip(), row[at["amount"]].strip()
        if not number or not due:
            raise _wrong(
                path, f"line {line}: {row[at['due_on']]!r} is no date" if number else f"line {line}: no number"
            )
        return number, debtor, due, minor(amount, currency, f"{path.name}:{line}") if amount else None
    except IndexError:
        raise _wrong(path, f"line {line} has too few columns") from None
    except RecordRejected as refusal:
        raise _wrong(path, f"line {line}: {refusal.what}") from None


def _wrong(path: Path, detail: str) -> Any:
    return misconfigured("HUB-FEC-034", path.name, name=path.name, detail=detail)
