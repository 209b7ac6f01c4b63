"""The tables of a Sage-shaped data base, and what people do in it: enter, match, unmatch, correct, delete.

Every change moves `cbModification`, as Sage's triggers do, unless told to be `silent`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

START = datetime(2026, 11, 1, 8, 0)
_TEXT, _SMALL, _WHOLE, _AMOUNT, _WHEN = "text", "small", "int", "amount", "when"

TABLES: Mapping[str, Mapping[str, str]] = {
    "F_COMPTET": {
        "CT_Num": _TEXT, "CT_Intitule": _TEXT, "CT_Type": _SMALL, "CG_NumPrinc": _TEXT, "CT_Siret": _TEXT,
        "CT_Identifiant": _TEXT, "CT_Adresse": _TEXT, "CT_CodePostal": _TEXT, "CT_Ville": _TEXT, "CT_Pays": _TEXT,
        "CT_Telephone": _TEXT, "CT_EMail": _TEXT, "CT_NumPayeur": _TEXT, "CT_Encours": _AMOUNT, "N_Devise": _SMALL,
        "N_Risque": _SMALL, "CT_Sommeil": _SMALL,
    },
    "F_JOURNAUX": {"JO_Num": _TEXT, "JO_Intitule": _TEXT, "JO_Type": _SMALL, "CG_Num": _TEXT},
    "F_ECRITUREC": {
        "EC_No": _WHOLE, "JO_Num": _TEXT, "JM_Date": _WHEN, "EC_Jour": _SMALL, "EC_Date": _WHEN, "EC_Piece": _TEXT,
        "EC_RefPiece": _TEXT, "EC_TresoPiece": _TEXT, "EC_Reference": _TEXT, "CG_Num": _TEXT, "CT_Num": _TEXT,
        "EC_Intitule": _TEXT, "N_Reglement": _SMALL, "EC_Echeance": _WHEN, "EC_Sens": _SMALL, "EC_Montant": _AMOUNT,
        "N_Devise": _SMALL, "EC_Devise": _AMOUNT, "EC_Parite": _AMOUNT, "EC_Lettre": _SMALL, "EC_Lettrage": _TEXT,
        "EC_ANType": _SMALL,
    },
    "P_DOSSIER": {"D_RaisonSoc": _TEXT, "D_DebutExo01": _WHEN, "D_FinExo01": _WHEN, "D_DebutExo02": _WHEN},
    "P_DEVISE": {"cbIndice": _SMALL, "D_Intitule": _TEXT, "D_CodeISO": _TEXT},
    "P_REGLEMENT": {"cbIndice": _SMALL, "R_Intitule": _TEXT},
    "F_DOCENTETE": {
        "DO_Domaine": _SMALL, "DO_Type": _SMALL, "DO_Piece": _TEXT, "DO_Date": _WHEN, "DO_Ref": _TEXT,
        "DO_Tiers": _TEXT, "DO_Provenance": _SMALL, "DO_TotalHTNet": _AMOUNT, "DO_TotalTTC": _AMOUNT,
        "DO_MontantRegle": _AMOUNT,
    },
    "F_DOCREGL": {
        "DR_No": _WHOLE, "DO_Domaine": _SMALL, "DO_Type": _SMALL, "DO_Piece": _TEXT, "DR_Date": _WHEN,
        "DR_Montant": _AMOUNT, "DR_Equil": _SMALL,
    },
    "F_CREGLEMENT": {
        "RG_No": _WHOLE, "CT_NumPayeur": _TEXT, "RG_Date": _WHEN, "RG_Reference": _TEXT, "RG_Libelle": _TEXT,
        "RG_Montant": _AMOUNT, "RG_Type": _SMALL, "RG_TypeReg": _SMALL, "N_Reglement": _SMALL, "RG_Piece": _TEXT,
    },
    "F_REGLECH": {
        "RG_No": _WHOLE, "DR_No": _WHOLE, "DO_Domaine": _SMALL, "DO_Type": _SMALL, "DO_Piece": _TEXT,
        "RC_Montant": _AMOUNT,
    },
}  # fmt: skip
_INDEXES = {"F_COMPTET": ("CT_Num",), "F_ECRITUREC": ("EC_No",), "F_JOURNAUX": ("JO_Num",)}
_NAMES = re.compile(rf"\b({'|'.join({*TABLES, *(name for columns in TABLES.values() for name in columns)})})\b")
_DEFAULTS = {_TEXT: "", _SMALL: 0, _WHOLE: 0, _AMOUNT: "0.000000", _WHEN: "1753-01-01"}


def metadata(sqlite: bool, without: Iterable[str] = ()) -> sa.MetaData:
    """The tables; `without`: columns (``TABLE.COLUMN``) or whole tables that this version of Sage lacks."""
    types: dict[str, sa.types.TypeEngine[Any]] = {
        _TEXT: sa.String(), _SMALL: sa.SmallInteger(), _WHOLE: sa.Integer(), _AMOUNT: sa.Numeric(24, 6),
        _WHEN: sa.String() if sqlite else sa.TIMESTAMP(),
    }  # fmt: skip
    if sqlite:  # as text, so that no float comes near an amount
        types[_AMOUNT] = sa.String()
    found = sa.MetaData()
    absent = set(without)
    for name, columns in TABLES.items():
        if name in absent:
            continue
        kept = {column: kind for column, kind in columns.items() if f"{name}.{column}" not in absent}
        sa.Table(
            name,
            found,
            sa.Column("cbMarq", sa.Integer, primary_key=True, autoincrement=True),
            *(sa.Column(column, types[kind]) for column, kind in kept.items()),
            *([] if f"{name}.cbModification" in absent else [sa.Column("cbModification", types[_WHEN])]),
            *(sa.Index(f"ix_{name}_{column}", column) for column in _INDEXES.get(name, ())),
        )
    return found


class SageBase:
    """One company's data base, and a clock that Sage's server reads."""

    def __init__(self, url: str, without: Iterable[str] = ()) -> None:
        self.url = url
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)  # nothing is left open behind a test
        self.now = START
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.tables = metadata(self.sqlite, without).tables
        next(iter(self.tables.values())).metadata.create_all(self.engine)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def tick(self, **by: float) -> None:
        """Let time pass on the server."""
        self.now += timedelta(**by)

    def add(self, table: str, rows: Iterable[Mapping[str, Any]], stamp: datetime | None = None) -> None:
        """Enter rows; columns left out are empty as Sage writes them: '' and 1753-01-01 rather than NULL."""
        known = self.tables[table]
        kinds = TABLES[table]
        blank = {column: _DEFAULTS[kind] for column, kind in kinds.items() if column in known.c}
        at = stamp or self.now
        filled = [
            {"cbModification": at, **blank, **{k: v for k, v in row.items() if k in known.c or k == "cbModification"}}
            for row in rows
        ]
        dated = [column for column, kind in kinds.items() if kind == _WHEN and column in known.c]
        for row in filled:
            for column in (*dated, "cbModification"):
                row[column] = self._when(row[column])
        if "cbModification" not in known.c:
            for row in filled:
                row.pop("cbModification")
        with self.engine.begin() as connection:
            connection.execute(known.insert(), filled)

    def change(self, table: str, where: Mapping[str, Any], silent: bool = False, **values: Any) -> int:
        """Correct the rows that match; returns how many."""
        known = self.tables[table]
        kinds = TABLES[table]
        new = {name: self._when(value) if kinds[name] == _WHEN else value for name, value in values.items()}
        if not silent:
            new["cbModification"] = self._when(self.now)
        statement = known.update().where(*(known.c[name] == value for name, value in where.items())).values(new)
        with self.engine.begin() as connection:
            return int(connection.execute(statement).rowcount)

    def delete(self, table: str, **where: Any) -> int:
        """Delete the rows that match: no trace of it remains."""
        known = self.tables[table]
        with self.engine.begin() as connection:
            return int(connection.execute(known.delete().where(*(known.c[n] == v for n, v in where.items()))).rowcount)

    def letter(self, code: str, *entries: int) -> None:
        """Match some lines under a code."""
        for entry in entries:
            assert self.change("F_ECRITUREC", {"EC_No": entry}, EC_Lettre=1, EC_Lettrage=code)

    def unletter(self, *entries: int) -> None:
        """Take the matching off some lines."""
        for entry in entries:
            assert self.change("F_ECRITUREC", {"EC_No": entry}, EC_Lettre=0, EC_Lettrage="")

    def value(self, sql: str) -> Any:
        """The one value that a query gives: the truth, asked for in other words than the connector's."""
        if not self.sqlite:
            sql = _NAMES.sub(r'"\1"', sql)
        with self.engine.connect() as connection:
            return connection.execute(sa.text(sql)).scalar()

    def _when(self, value: Any) -> Any:
        """A date or instant as the column stores it."""
        if value is None:
            return None
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        elif not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}" if self.sqlite else value
