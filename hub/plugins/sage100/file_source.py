"""Export files in the tagged format as a source: the same units and records as from the data base.

The files together are the complete present state: what they no longer have is withdrawn. A line has no number of its
own there; it is known by what it says (journal, date, voucher, invoice, account, debtor, side, amount, label) and,
among lines of one file that say the same, by its order. So a line that two exports have is one, as the newer file has
it. Openings count in the oldest year, as from the data base (`feeds.entries`).
"""

from __future__ import annotations

import glob
import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from hub.plugins.sage100 import pnm
from hub.plugins.sage100.accounts import GENERAL, SALES, TREASURY, kind_of
from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.faults import misconfigured, unavailable
from hub.plugins.sage100.feeds_lettrage import REPEATED
from hub.plugins.sage100.layout import Layout
from hub.plugins.sage100.tagged import Entry, Tagged, decode, entry, records
from hub.sdk import Cursor, Page, RawUnit, RecordRejected

_COMMON = (
    "EC_No JO_Num JO_Type JM_Date EC_Jour EC_Piece EC_RefPiece CG_Num CT_Num EC_Signed N_Devise EC_Devise"
).split()
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "debtors": (
        "CT_Num", "CT_Intitule", "CT_Siret", "CT_Identifiant", "CT_Adresse", "CT_CodePostal", "CT_Ville", "CT_Pays",
        "CT_Telephone", "CT_EMail", "CT_NumPayeur", "CT_Encours", "N_Devise", "N_Risque",
    ),
    "sales": (*_COMMON, "EC_Reference", "EC_Intitule", "EC_Echeance"),
    "entries": (*_COMMON, "EC_TresoPiece", "EC_Reference", "EC_Intitule", "EC_Echeance", "N_Reglement"),
    "lettrage": (*_COMMON, "EC_Lettrage", "Carried"),
}  # fmt: skip
_CUSTOMER = "0"
#: Raised whenever the same files give other units.
READER_VERSION = 3

Row = dict[str, Any]
#: A line with its place; lines by their number.
Line = tuple[Row, str]
Lines = dict[int, Line]


class FileSource:
    """Units of the files that `config.files` names."""

    def __init__(self, config: Sage100Config) -> None:
        self._config = config
        self._read: tuple[str, dict[str, list[RawUnit]]] = ("", {})

    def page(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """At most `limit` units after `cursor`. The whole state is given in each run; the hub knows it again."""
        digest, units = self._units(stream)
        start = self._start(cursor, digest)
        chosen = units[start : start + limit]
        end = start + len(chosen)
        last = end >= len(units)
        mark = hashlib.blake2b(f"{digest} {stream} {start} {end}".encode(), digest_size=16).digest()
        after = json.dumps({"digest": digest, "next": 0 if last else end})
        return Page(chosen, after, last=last, origin="files", fingerprint=mark)

    def refs(self, stream: str) -> Iterator[str]:
        """Refs that the files have now."""
        return (unit.ref for unit in self._units(stream)[1])

    def _start(self, cursor: Cursor | None, digest: str) -> int:
        if cursor is None:
            return 0
        try:
            state = json.loads(cursor)
            known, start = state["digest"], int(state["next"])
        except (ValueError, KeyError, TypeError) as error:
            raise misconfigured("HUB-SAGE-008", "files", cursor=cursor[:60]) from error
        if start and known != digest:
            raise unavailable("HUB-SAGE-045", "files", detail="they changed while they were read")
        return start

    def _units(self, stream: str) -> tuple[str, list[RawUnit]]:
        bodies = self._bodies()
        digest = hashlib.blake2b(f"{READER_VERSION}".encode(), digest_size=16)
        for name, body in bodies:
            digest.update(f"{name} {len(body)} ".encode() + body)
        if self._read[0] != digest.hexdigest():
            self._read = (digest.hexdigest(), self._understood(bodies))
        return self._read[0], self._read[1][stream]

    def _bodies(self) -> list[tuple[str, bytes]]:
        paths = sorted({Path(found) for pattern in self._config.paths() for found in glob.glob(str(pattern))})
        if not paths:
            raise unavailable("HUB-SAGE-045", "files", detail="no file matches the configured path")
        try:
            by_age = sorted(paths, key=lambda path: (path.stat().st_mtime_ns, path.name))
            return [(path.name, path.read_bytes()) for path in by_age]
        except OSError as error:
            raise unavailable("HUB-SAGE-045", "files", detail=str(error.strerror or error)) from error

    def _understood(self, bodies: Sequence[tuple[str, bytes]]) -> dict[str, list[RawUnit]]:
        """All units by stream; a file or entry that cannot be understood is a held unit of ``entries``."""
        held: list[RawUnit] = []
        debtors: dict[str, Row] = {}
        lines: Lines = {}
        for name, body in bodies:
            twins: dict[str, int] = {}
            try:
                if self._config.experimental_pnm and pnm.is_pnm(body):
                    for one, number in pnm.entries(body, name):
                        self._take(one, f"{name}:{number}", lines, twins)
                    continue
                found = list(records(decode(body), name))
            except RecordRejected as refusal:
                held.append(RawUnit(f"file {name}", body[:2_000], "", name, refusal))
                continue
            for record in found:
                place = f"{name}:{record.line}"
                if record.flag == "#MPCT" and len(record.fields) > 2:
                    code, title, kind = (field.strip() for field in record.fields[:3])
                    debtors[code] = {"name": title, "kind": kind, "place": place}
                elif record.flag == "#MECG":
                    self._line(record, place, lines, twins, held)
        counted, carried = self._openings(lines)
        units = {stream: self._grouped(stream, counted) for stream in ("sales", "entries")}
        units["lettrage"] = self._grouped("lettrage", [*counted, *carried])
        units["entries"] += held
        owing = {row["CT_Num"] for row, _ in lines.values()}
        known = {code: said for code, said in debtors.items() if said["kind"] == _CUSTOMER or code in owing}
        return {"debtors": self._debtors(known), **units}

    def _line(self, record: Tagged, place: str, lines: Lines, twins: dict[str, int], held: list[RawUnit]) -> None:
        try:
            one = entry(record, place)
        except RecordRejected as refusal:
            body = "\n".join(record.fields).encode()
            ref = f"entry {hashlib.blake2b(body, digest_size=8).hexdigest()}"
            held.append(RawUnit(ref, body, "", place, refusal))
            return
        self._take(one, place, lines, twins)

    def _take(self, one: Entry, place: str, lines: Lines, twins: dict[str, int]) -> None:
        """A line on a debtor's account; others are none of ours."""
        if one.account.startswith(tuple(self._config.accounts)):
            row = self._row(one, twins)
            lines[row["EC_No"]] = (row, place)

    def _openings(self, lines: Lines) -> tuple[list[Line], list[Line]]:
        """The lines that count, and those carried forward that were matched where they are, each standing for the line
        that it repeats (see `feeds_lettrage.repeated`)."""

        def year(row: Row) -> int:
            return int(row["JM_Date"][:4]) - (int(row["JM_Date"][5:7]) < self._config.year_begins)

        def alike(row: Row) -> tuple[Any, ...]:
            return row["CT_Num"], row["CG_Num"], row["EC_Signed"], row["EC_RefPiece"]

        found = sorted(lines.values(), key=lambda line: (line[0]["JM_Date"], line[0]["EC_Jour"], line[0]["EC_No"]))
        oldest = min((year(row) for row, _ in found), default=0)
        counted = [line for line in found if not line[0]["EC_ANType"] or year(line[0]) == oldest]
        waiting: dict[tuple[Any, ...], deque[Row]] = defaultdict(deque)
        for row, _ in counted:
            if not row["EC_Lettrage"]:
                waiting[alike(row)].append(row)
        carried = []
        for row, place in found:
            if not row["EC_ANType"] or year(row) == oldest or not row["EC_Lettrage"]:
                continue
            same = waiting[alike(row)]
            if same and same[0]["JM_Date"] < row["JM_Date"]:
                line = same.popleft()
                said = f"{line['EC_No']}|{line['JM_Date']}|{line['EC_Jour']}"
                carried.append(({**row, **{name: line[name] for name in REPEATED}, "Carried": said}, place))
        return counted, carried

    def _row(self, one: Entry, twins: dict[str, int]) -> Row:
        day, signed = one.day.isoformat(), str(one.signed)
        said = "\t".join((one.journal, day, one.piece, one.invoice, one.account, one.debtor, signed, one.label))
        order = twins[said] = twins.get(said, 0) + 1
        number = int.from_bytes(hashlib.blake2b(f"{said}\t{order}".encode(), digest_size=6).digest(), "big") + 1
        sales, treasury = self._config.sales_journals, self._config.treasury_journals
        journal = SALES if one.journal in sales else TREASURY if one.journal in treasury else GENERAL
        kind = kind_of(journal, one.account, one.debtor, one.signed)
        return {
            "EC_No": number, "JO_Num": one.journal, "JO_Type": kind, "JM_Date": one.day.replace(day=1).isoformat(),
            "EC_Jour": one.day.day, "EC_Piece": one.piece, "EC_RefPiece": one.invoice, "CG_Num": one.account,
            "CT_Num": one.debtor or one.account, "EC_Signed": one.signed, "N_Devise": one.currency,
            "EC_Devise": one.amount,
            "EC_Reference": one.reference, "EC_Intitule": one.label, "EC_TresoPiece": one.treasury_piece,
            "EC_Echeance": one.due.isoformat() if one.due else "", "N_Reglement": one.method,
            "EC_Lettrage": one.code, "EC_ANType": one.opening, "Carried": "",
        }  # fmt: skip

    def _grouped(self, stream: str, lines: Sequence[Line]) -> list[RawUnit]:
        """The units of one stream, by their refs; the lines of one by date and number."""
        chosen = [(self._ref(stream, row), row, place) for row, place in lines if _belongs(stream, row)]
        chosen.sort(key=lambda line: (line[0], line[1]["JM_Date"], line[1]["EC_Jour"], line[1]["EC_No"]))
        layout = self._layout(stream)
        names = COLUMNS[stream]
        units = []
        for ref, group in groupby(chosen, key=lambda line: line[0]):
            rows = list(group)
            body = to_json([[row[name] for name in names] for _, row, _ in rows])
            units.append(RawUnit(ref, body, layout, rows[0][2]))
        return units

    def _ref(self, stream: str, row: Row) -> str:
        if stream == "sales":
            number = row[self._config.invoice_number] or f"#{row['EC_No']}"
            return f"{number}|{row['JM_Date'][:4]}|{int(row['EC_Signed'] < 0)}"
        if stream == "lettrage":
            return f"{row['CG_Num']}|{row['CT_Num']}|{row['EC_Lettrage']}"
        return str(row["EC_No"])

    def _debtors(self, found: Mapping[str, Row]) -> list[RawUnit]:
        layout, names = self._layout("debtors"), COLUMNS["debtors"]
        blank = {name: 0 if name in ("CT_Encours", "N_Devise", "N_Risque") else "" for name in names}
        units = []
        for code, said in sorted(found.items()):
            row = {**blank, "CT_Num": code, "CT_Intitule": said["name"]}
            units.append(RawUnit(code, to_json([[row[name] for name in names]]), layout, said["place"]))
        return units

    def _layout(self, stream: str) -> str:
        config = self._config
        currencies = {int(number): code for number, code in config.currencies.items()}
        return Layout(COLUMNS[stream], currencies, {}, config.invoice_number, config.year_begins).as_text()


def _belongs(stream: str, row: Row) -> bool:
    if stream == "lettrage":
        return bool(row["EC_Lettrage"])
    return bool((row["JO_Type"] == SALES) == (stream == "sales"))
