"""What is asked of Gestion commerciale: documents with their due dates, payments, and what these were applied to."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from hub.plugins.sage100.feeds import Feed, by_stamp, since_of
from hub.plugins.sage100.portable import Day, Exact, digits, millionths, text, whole
from hub.plugins.sage100.schema import Schema

#: Sales (DO_Domaine), invoices entered and posted (DO_Type), customers (RG_Type), what is money (RG_TypeReg).
_SALES = 0
_INVOICES = (6, 7)
_CUSTOMER = 0
_MONEY = (0, 1)


def documents(schema: Schema) -> Feed:
    """Sales invoices, entered or posted, one unit each with its instalments. Posting turns type 6 into 7, so that the
    type is no part of what identifies a document.
    """
    d, p = schema.table("F_DOCENTETE", "d"), schema.table("F_DOCREGL", "p")
    again = schema.table("F_DOCREGL", "x")
    piece = text(d["DO_Piece"])
    source = d.table.outerjoin(
        p.table,
        sa.and_(p["DO_Domaine"] == d["DO_Domaine"], p["DO_Type"] == d["DO_Type"], p["DO_Piece"] == d["DO_Piece"]),
    )
    changed, moved = since_of(d), since_of(again)
    columns = {
        "DO_Piece": piece, "DO_Type": whole(d["DO_Type"]), "DO_Provenance": whole(d["DO_Provenance"]),
        "DO_Date": Day(d["DO_Date"]), "DO_Tiers": text(d["DO_Tiers"]), "DO_Ref": text(d["DO_Ref"]),
        "DO_TotalHT": millionths(d["DO_TotalHTNet"] if "DO_TotalHTNet" in d.table.c else d["DO_TotalHT"]),
        "DO_TotalTTC": millionths(d["DO_TotalTTC"]), "DR_No": whole(p["DR_No"]), "DR_Date": Day(p["DR_Date"]),
        "DR_Montant": millionths(p["DR_Montant"]),
    }  # fmt: skip

    def touched(since: str, suspects: Sequence[str]) -> sa.ColumnElement[bool]:
        pieces = sa.select(again["DO_Piece"]).where(again["DO_Domaine"] == _SALES, moved(since))
        return sa.or_(changed(since), d["DO_Piece"].in_(pieces))

    stamp = sa.case(
        (sa.func.coalesce(p["cbModification"], d["cbModification"]) > d["cbModification"], p["cbModification"]),
        else_=d["cbModification"],
    )
    return Feed(
        name="documents", source=source, where=sa.and_(d["DO_Domaine"] == _SALES, d["DO_Type"].in_(_INVOICES)),
        columns=columns, keys=[Exact(piece)], within=[whole(p["DR_No"])], touched=touched,
        window=lambda since: sa.or_(changed(since), since_of(p)(since)), stamp=stamp,
        number=Exact(piece + sa.literal("|", sa.String()) + digits(whole(p["DR_No"]))), ref="0|{}", told=("DO_Piece",),
        joined=True,
    )  # fmt: skip


def payments(schema: Schema) -> Feed:
    """Payments of customers, one unit each; cash movements of a till are none."""
    c = schema.table("F_CREGLEMENT", "c")
    columns = {
        "RG_No": c["RG_No"], "CT_NumPayeur": text(c["CT_NumPayeur"]), "RG_Date": Day(c["RG_Date"]),
        "RG_Reference": text(c["RG_Reference"]), "RG_Libelle": text(c["RG_Libelle"]),
        "RG_Montant": millionths(c["RG_Montant"]), "N_Reglement": whole(c["N_Reglement"]),
        "RG_Piece": text(c["RG_Piece"]),
    }  # fmt: skip
    return Feed(
        name="payments", source=c.table,
        where=sa.and_(c["RG_Type"] == _CUSTOMER, whole(c["RG_TypeReg"]).in_(_MONEY)), columns=columns,
        keys=[c["RG_No"]], within=[], touched=by_stamp(c), window=since_of(c), stamp=c["cbModification"],
        number=c["RG_No"], ref="RG{}", told=("RG_No",),
    )  # fmt: skip


def allocations(schema: Schema) -> Feed:
    """What each payment was applied to. The line's own stamp may lag behind its payment's: either counts."""
    r, c = schema.table("F_REGLECH", "r"), schema.table("F_CREGLEMENT", "c")
    again, owner = schema.table("F_REGLECH", "x"), schema.table("F_CREGLEMENT", "y")
    columns = {
        "RG_No": r["RG_No"], "DR_No": r["DR_No"], "DO_Piece": text(r["DO_Piece"]),
        "RC_Montant": millionths(r["RC_Montant"]), "CT_NumPayeur": text(c["CT_NumPayeur"]),
        "RG_Date": Day(c["RG_Date"]),
    }  # fmt: skip

    def touched(since: str, suspects: Sequence[str]) -> sa.ColumnElement[bool]:
        lines = sa.select(again["RG_No"]).where(since_of(again)(since))
        payments = sa.select(owner["RG_No"]).where(since_of(owner)(since))
        return sa.or_(r["RG_No"].in_(lines), r["RG_No"].in_(payments))

    stamp = sa.case((r["cbModification"] > c["cbModification"], r["cbModification"]), else_=c["cbModification"])
    return Feed(
        name="allocations", source=r.table.join(c.table, c["RG_No"] == r["RG_No"]),
        where=sa.and_(r["DO_Domaine"] == _SALES, c["RG_Type"] == _CUSTOMER, whole(c["RG_TypeReg"]).in_(_MONEY)),
        columns=columns, keys=[r["RG_No"]], within=[r["DR_No"]], touched=touched,
        window=lambda since: sa.or_(since_of(r)(since), since_of(c)(since)), stamp=stamp,
        number=r["DR_No"], ref="RG{}", told=("RG_No",), joined=True,
    )  # fmt: skip
