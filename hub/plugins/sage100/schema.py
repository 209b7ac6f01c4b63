"""The tables and columns of Sage 100 that are read, and what a data base really has of them.

Column sets vary with the version of Sage and with columns that a firm adds: only what is listed here is ever
selected, and only what the data base has. Source: formats.md §1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from hub.plugins.sage100.faults import misconfigured
from hub.plugins.sage100.portable import Query

#: Without these nothing can be read.
NEEDED: Mapping[str, str] = {
    "F_COMPTET": "CT_Num CT_Intitule CT_Type cbModification",
    "F_ECRITUREC": (
        "EC_No JO_Num JM_Date EC_Jour EC_Piece EC_RefPiece CG_Num CT_Num EC_Intitule EC_Echeance EC_Sens EC_Montant "
        "EC_Lettre EC_Lettrage EC_ANType cbModification"
    ),
    "F_JOURNAUX": "JO_Num JO_Type",
    "P_DOSSIER": "D_DebutExo01 D_FinExo01",
    "P_DEVISE": "cbIndice D_CodeISO",
    "P_REGLEMENT": "cbIndice R_Intitule",
    "F_DOCENTETE": "DO_Domaine DO_Type DO_Piece DO_Date DO_Tiers DO_TotalTTC cbModification",
    "F_DOCREGL": "DR_No DO_Domaine DO_Type DO_Piece DR_Date DR_Montant cbModification",
    "F_CREGLEMENT": "RG_No CT_NumPayeur RG_Date RG_Libelle RG_Montant RG_Type cbModification",
    "F_REGLECH": "RG_No DR_No DO_Domaine DO_Piece RC_Montant cbModification",
}
#: Read where the version of Sage has them.
WELCOME: Mapping[str, str] = {
    "F_COMPTET": (
        "CT_Identifiant CT_Siret CT_Adresse CT_CodePostal CT_Ville CT_Pays CT_Telephone CT_EMail CT_NumPayeur "
        "CT_Encours N_Devise N_Risque"
    ),
    "F_ECRITUREC": "EC_TresoPiece EC_Reference N_Reglement N_Devise EC_Devise",
    "F_JOURNAUX": "CG_Num",
    "P_DOSSIER": "D_DebutExo02 D_DebutExo03 D_DebutExo04 D_DebutExo05",
    "P_DEVISE": "",
    "P_REGLEMENT": "",
    "F_DOCENTETE": "DO_Provenance DO_Ref DO_Devise DO_Cours DO_TotalHTNet DO_TotalHT",
    "F_DOCREGL": "DR_MontantDev DR_Equil",
    "F_CREGLEMENT": "RG_Reference RG_TypeReg N_Reglement N_Devise RG_MontantDev RG_Piece",
    "F_REGLECH": "",
}
#: Which tables each kind of ledger needs.
TABLES = {
    "accounting": ("F_COMPTET", "F_ECRITUREC", "F_JOURNAUX", "P_DOSSIER", "P_DEVISE", "P_REGLEMENT"),
    "commercial": (
        "F_COMPTET", "F_DOCENTETE", "F_DOCREGL", "F_CREGLEMENT", "F_REGLECH", "P_DEVISE", "P_REGLEMENT",
    ),
}  # fmt: skip


def catalogue(dialect: str, ledger: str) -> Query:
    """Asks which columns the data base has of the tables that `ledger` needs: rows (table, column)."""
    if dialect == "sqlite":
        listed = sa.union_all(
            *(
                sa.select(sa.literal(name).label("t"), sa.column("name")).select_from(
                    sa.func.pragma_table_info(name).table_valued("name")
                )
                for name in TABLES[ledger]
            )
        ).subquery()
        return sa.select(listed)
    columns = sa.table("COLUMNS", sa.column("TABLE_NAME"), sa.column("COLUMN_NAME"), schema="INFORMATION_SCHEMA")
    if dialect == "postgresql":
        columns = sa.table("columns", sa.column("table_name"), sa.column("column_name"), schema="information_schema")
    named = columns.c[0]
    return sa.select(columns.c[0], columns.c[1]).where(named.in_(TABLES[ledger]))


class Schema:
    """The tables of one data base. A column that this version of Sage lacks reads as NULL."""

    def __init__(self, found: Iterable[tuple[str, str]], ledger: str, where: str) -> None:
        """Raises:
        ConfigError: it is no data base of Sage 100, or lacks a column that is needed.
        """
        by_table: dict[str, set[str]] = {}
        for table, column in found:
            by_table.setdefault(table, set()).add(column)
        absent = [name for name in TABLES[ledger] if name not in by_table]
        if absent:
            raise misconfigured("HUB-SAGE-004", where, missing=", ".join(absent))
        self._found = by_table
        for name in TABLES[ledger]:
            missing = [column for column in NEEDED[name].split() if column not in by_table[name]]
            if missing:
                raise misconfigured("HUB-SAGE-005", where, table=name, missing=", ".join(missing))

    def table(self, name: str, alias: str) -> Row:
        """`name` under an alias, with the columns that this connector knows."""
        known = {*NEEDED[name].split(), *WELCOME[name].split()}
        table = sa.table(name, *(sa.column(column) for column in sorted(known & self._found[name])))
        return Row(table.alias(alias))


class Row:
    """A table in a statement: ``row["EC_No"]`` is its column, or NULL where the version of Sage has none."""

    def __init__(self, table: sa.FromClause) -> None:
        self.table = table

    def has(self, name: str) -> bool:
        """True when this version of Sage has the column."""
        return name in self.table.c

    def __getitem__(self, name: str) -> sa.ColumnElement[Any]:
        return self.table.c[name] if self.has(name) else sa.null()
