"""What is asked about matched lines, and which line of an earlier year a line stands for that was carried forward."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from hub.plugins.sage100.feeds import Entries, Feed, either, entries, first, on_account, since_of
from hub.plugins.sage100.portable import NOTHING, ONE, ZERO, Day, Exact, Expr, digits, millionths, text, whole
from hub.plugins.sage100.schema import Schema


def lettrage(schema: Schema, accounts: Sequence[str], until: str) -> Feed:
    """Matched lines: one unit per general account, debtor and code, whatever the year.

    A line of a later year's opening that was matched there stands for the line that it repeats: that one is settled.
    """
    all_, again = entries(schema, accounts, until), entries(schema, accounts, until, "x")
    e, carried = all_.e, repeated(schema, accounts, until)
    changed = since_of(again.e)

    def touched(since: str, suspects: Sequence[str]) -> sa.ColumnElement[bool]:
        return either(
            all_.debtor.in_(sa.select(again.debtor).select_from(again.source).where(changed(since))), all_, suspects
        )

    columns = all_.of_debtor() | {
        name: sa.func.coalesce(carried.c[name], column, type_=column.type)
        for name, column in all_.of_debtor().items()
        if name in REPEATED
    }
    bar = sa.literal_column("'|'", sa.String())
    place = digits(carried.c["EC_No"]) + bar + Day(carried.c["JM_Date"]) + bar + digits(whole(carried.c["EC_Jour"]))
    columns |= {
        "EC_Lettrage": text(e["EC_Lettrage"]),
        "Carried": sa.case((carried.c["EC_No"].is_(None), NOTHING), else_=place),
    }
    keys = [Exact(text(e["CG_Num"])), Exact(all_.debtor), Exact(text(e["EC_Lettrage"]))]
    return Feed(
        name="lettrage", source=all_.source.outerjoin(carried, carried.c["copy"] == e["EC_No"]),
        where=sa.and_(_matched(all_), on_account(e, accounts), sa.or_(first(e, until), carried.c["copy"].is_not(None))),
        columns=columns, keys=keys, within=[e["JM_Date"], e["EC_No"]], touched=touched, window=since_of(e),
        stamp=e["cbModification"], number=e["EC_No"], ref="{}|{}|{}", told=("CG_Num", "CT_Num", "EC_Lettrage"),
    )  # fmt: skip


#: What a line that was carried forward shows of the line that it repeats.
REPEATED = ("JO_Num", "JO_Type", "EC_Piece", "EC_RefPiece")


def repeated(schema: Schema, accounts: Sequence[str], until: str) -> sa.Subquery:
    """Matched lines of openings, each (`copy`) with the line of an earlier year that it repeats: of the same debtor,
    account, side, amount and number, and not matched itself. Of several that are alike the oldest comes first: they are
    as good as each other. What repeats nothing (a balance carried in one sum) is not in it.
    """
    copy, line = entries(schema, accounts, until, "c"), entries(schema, accounts, until, "o")
    copied = sa.and_(
        on_account(copy.e, accounts), whole(copy.e["EC_ANType"]) != ZERO, sa.not_(first(copy.e, until)), _matched(copy)
    )
    copies = _ranked(copy, copied, copy.e["EC_No"].label("copy"))
    d = entries(schema, accounts, until, "d")
    whose = sa.select(d.debtor).select_from(d.source).where(
        on_account(d.e, accounts), whole(d.e["EC_ANType"]) != ZERO, sa.not_(first(d.e, until)), _matched(d)
    )  # fmt: skip
    lines = _ranked(
        line,
        sa.and_(line.where, sa.not_(_matched(line)), line.debtor.in_(whose)),
        line.e["EC_No"],
        whole(line.e["EC_Jour"]).label("EC_Jour"),
        *(line.of_debtor()[name].label(name) for name in REPEATED),
    )
    same = [copies.c[name] == lines.c[name] for name in (*_KEY, "rank")]
    return (
        sa.select(copies.c["copy"], *(lines.c[name] for name in ("EC_No", "JM_Date", "EC_Jour", *REPEATED)))
        .select_from(copies.join(lines, sa.and_(*same, lines.c["JM_Date"] < copies.c["JM_Date"])))
        .subquery("r")
    )


_KEY = ("key_debtor", "key_account", "key_side", "key_amount", "key_number")


def _ranked(of: Entries, where: sa.ColumnElement[bool], *columns: Expr) -> sa.Subquery:
    """The lines with what makes two of them alike, and their place among those alike, by date."""
    e = of.e
    alike = [of.debtor, text(e["CG_Num"]), whole(e["EC_Sens"]), millionths(e["EC_Montant"]), text(e["EC_RefPiece"])]
    rank = sa.func.row_number().over(partition_by=alike, order_by=[e["JM_Date"], e["EC_No"]])
    named = [key.label(name) for key, name in zip(alike, _KEY, strict=True)]
    return sa.select(*columns, e["JM_Date"], *named, rank.label("rank")).select_from(of.source).where(where).subquery()


def _matched(of: Entries) -> sa.ColumnElement[bool]:
    return sa.or_(text(of.e["EC_Lettrage"]) != NOTHING, whole(of.e["EC_Lettre"]) == ONE)
