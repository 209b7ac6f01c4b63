"""What is asked of Sage, stream by stream: one statement each, whose adjacent rows make up a unit.

A unit is what must be understood together: the lines of one invoice number, one payment, all lines that ever bore one
matching code on an account. A run reads again what was touched since the last one; for the lettrage that is every
group of a touched account, since taking a line out of a group leaves no trace in its other lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.plugins.sage100.accounts import APART, DEPOSITS, GENERAL, SALES, SITUATION, TREASURY
from hub.plugins.sage100.portable import (
    NOTHING,
    ONE,
    ZERO,
    Day,
    Exact,
    Expr,
    Instant,
    Moment,
    Query,
    Year,
    digits,
    millionths,
    text,
    whole,
)
from hub.plugins.sage100.schema import Row, Schema

Columns = dict[str, Expr]
Touched = Callable[[str, Sequence[str]], sa.ColumnElement[bool]]


@dataclass(frozen=True)
class Feed:
    """One stream as statements.

    Attributes:
        columns: what a row of evidence holds, by Sage's own names.
        keys: what the rows of one unit share, in the order of reading; a unit's ref is made of them.
        told: the columns that say the keys; none, and the keys are asked for beside the columns.
        within: order of the rows inside a unit.
        touched: given the earliest instant to look at, and debtors to read again in any case, which rows to read again.
        stamp, number: when a row was changed last, and what it is known by: to notice changes and a restored backup.
        joined: the stamp is made of two tables.
    """

    name: str
    source: sa.FromClause
    where: sa.ColumnElement[bool]
    columns: Columns
    keys: Sequence[Expr]
    within: Sequence[Expr]
    touched: Touched
    window: Callable[[str], sa.ColumnElement[bool]]
    stamp: Expr
    number: Expr
    ref: str
    told: tuple[str, ...] = ()
    joined: bool = False

    def units(self, since: str | None, after: Sequence[Any] | None, suspects: Sequence[str] = ()) -> Query:
        """Rows of all units, or of those touched since `since` or of the debtors `suspects`, in order, after the unit
        with the keys `after`."""
        keys = [] if self.told else self.keys
        statement = sa.select(*keys, *self._named()).select_from(self.source).where(self.where)
        if since is not None:
            statement = statement.where(self.touched(since, suspects))
        if after:
            statement = statement.where(beyond(self.keys, after))
        return statement.order_by(*self.keys, *self.within)

    def newest(self) -> Query:
        """One row: the newest instant of change; of the whole table where that will do, which is quicker."""
        asked = sa.select(Instant(sa.func.max(self.stamp)))
        return asked.select_from(self.source).where(self.where) if self.joined else asked

    def look_back(self, since: str) -> Query:
        """Every row changed since `since`, with its content: what tells whether there is anything to do."""
        chosen = sa.select(self.number, Instant(self.stamp), *self._named()).select_from(self.source)
        return chosen.where(self.where, self.window(since)).order_by(self.number)

    def existing(self) -> Query:
        """The keys of every unit that exists now."""
        return sa.select(*self.keys).select_from(self.source).where(self.where).distinct()

    def _named(self) -> list[Expr]:
        return [column.label(name) for name, column in self.columns.items()]


def beyond(keys: Sequence[Expr], after: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Rows that come after a position, in the order of `keys`."""
    conditions = []
    for index, (key, value) in enumerate(zip(keys, after, strict=True)):
        equal = [earlier == known for earlier, known in zip(keys[:index], after[:index], strict=True)]
        conditions.append(sa.and_(*equal, key > value))
    return sa.or_(*conditions)


def debtors(schema: Schema, accounts: Sequence[str] = ()) -> Feed:
    """Customers of F_COMPTET; and whoever else has lines on `accounts`: a supplier may be a customer too."""
    t = schema.table("F_COMPTET", "t")
    code = text(t["CT_Num"])
    columns = {
        "CT_Num": code, "CT_Intitule": text(t["CT_Intitule"]), "CT_Siret": text(t["CT_Siret"]),
        "CT_Identifiant": text(t["CT_Identifiant"]), "CT_Adresse": text(t["CT_Adresse"]),
        "CT_CodePostal": text(t["CT_CodePostal"]), "CT_Ville": text(t["CT_Ville"]), "CT_Pays": text(t["CT_Pays"]),
        "CT_Telephone": text(t["CT_Telephone"]), "CT_EMail": text(t["CT_EMail"]),
        "CT_NumPayeur": text(t["CT_NumPayeur"]), "CT_Encours": millionths(t["CT_Encours"]),
        "N_Devise": whole(t["N_Devise"]), "N_Risque": whole(t["N_Risque"]),
    }  # fmt: skip
    changed = since_of(t)
    others: sa.ColumnElement[bool] = sa.false()
    if accounts:
        e = schema.table("F_ECRITUREC", "e")
        others = sa.and_(t["CT_Type"] != ZERO, t["CT_Num"].in_(sa.select(e["CT_Num"]).where(on_account(e, accounts))))

    def touched(since: str, suspects: Sequence[str]) -> sa.ColumnElement[bool]:
        # A first line on such an account does not move the third party's own stamp: the few are read each time.
        return sa.or_(changed(since), others) if accounts else changed(since)

    customer = t["CT_Type"] == ZERO
    return Feed(
        name="debtors", source=t.table, where=sa.or_(customer, others) if accounts else customer, columns=columns,
        keys=[Exact(code)], within=[], touched=touched, window=changed, stamp=t["cbModification"], number=Exact(code),
        ref="{}", told=("CT_Num",),
    )  # fmt: skip


def since_of(row: Row) -> Callable[[str], sa.ColumnElement[bool]]:
    """Rows whose stamp is not before an instant; a row without a stamp counts as touched, always."""
    stamp = row["cbModification"]
    return lambda since: sa.or_(stamp >= Moment(sa.literal(since, sa.String())), stamp.is_(None))


def by_stamp(row: Row) -> Touched:
    """What is read again by its stamp alone."""
    changed = since_of(row)
    return lambda since, suspects: changed(since)


@dataclass(frozen=True)
class Entries:
    """The lines of F_ECRITUREC on debtors' accounts with their journal: what every question about them shares.

    Attributes:
        signed: debit positive, in millionths.
        debtor: the third party; of a line without one, the account itself.
        sale: true for a line that is part of an invoice or credit note.
        kind: the kind of its journal, as far as that says what the line is (see `kind_of`).
    """

    e: Row
    j: Row
    source: sa.FromClause
    where: sa.ColumnElement[bool]
    signed: Expr
    debtor: Expr
    sale: sa.ColumnElement[bool]
    kind: Expr

    def of_debtor(self) -> Columns:
        """The columns that any stream of entries shows."""
        e = self.e
        return {
            "EC_No": e["EC_No"], "JO_Num": text(e["JO_Num"]), "JO_Type": self.kind,
            "JM_Date": Day(e["JM_Date"]), "EC_Jour": whole(e["EC_Jour"]), "EC_Piece": text(e["EC_Piece"]),
            "EC_RefPiece": text(e["EC_RefPiece"]), "CG_Num": text(e["CG_Num"]), "CT_Num": self.debtor,
            "EC_Signed": self.signed, "N_Devise": whole(e["N_Devise"]), "EC_Devise": millionths(e["EC_Devise"]),
        }  # fmt: skip


def entries(schema: Schema, accounts: Sequence[str], openings_until: str, alias: str = "") -> Entries:
    """Lines on `accounts`, without situation journals.

    Openings (EC_ANType) repeat what the year before left open: they count in the oldest year of the base, where they
    stand for what came before it, and nowhere else.

    Args:
        openings_until: the day after the oldest year, ISO.
    """
    e, j = (schema.table(name, f"{letter}{alias}") for name, letter in _ALIASES)
    source = e.table.join(j.table, sa.and_(j["JO_Num"] == e["JO_Num"], j["JO_Type"] != SITUATION))
    where = sa.and_(on_account(e, accounts), first(e, openings_until))
    amount = millionths(e["EC_Montant"])
    signed = sa.case((e["EC_Sens"] == ZERO, amount), else_=-amount)
    debtor = sa.func.coalesce(sa.func.nullif(text(e["CT_Num"]), NOTHING), text(e["CG_Num"]), type_=sa.String())
    sale = is_sale(e, j)
    return Entries(e, j, source, where, signed, debtor, sale, kind_of(j, sale, accounts))


def either(changed: sa.ColumnElement[bool], of: Entries, suspects: Sequence[str]) -> sa.ColumnElement[bool]:
    """Lines that changed, and all lines of these debtors."""
    return sa.or_(changed, of.debtor.in_(list(suspects))) if suspects else changed


def on_account(row: Row, accounts: Sequence[str]) -> sa.ColumnElement[bool]:
    """A row whose general account begins with one of `accounts`."""
    return sa.or_(*(row["CG_Num"].like(f"{account}%") for account in accounts))


def is_sale(e: Row, j: Row) -> sa.ColumnElement[bool]:
    """A line of a sales journal that is part of an invoice or credit note: no deposit (419) that is credited, and none
    without third party on an account of bills, deposits and the like (`accounts.APART`)."""
    nobody = text(e["CT_Num"]) == NOTHING
    apart = sa.and_(nobody, sa.or_(*(e["CG_Num"].like(f"{one}%") for one in APART)))
    deposit = sa.and_(e["EC_Sens"] != ZERO, e["CG_Num"].like(f"{DEPOSITS}%"))
    return sa.and_(j["JO_Type"] == SALES, sa.not_(deposit), sa.not_(apart))


def kind_of(j: Row, sale: sa.ColumnElement[bool], accounts: Sequence[str]) -> Expr:
    """The kind of a line's journal; GENERAL where it misleads: no sale after all, or a journal of treasury whose own
    account is a debtor's (bills receivable, 413), which brings no money.
    """
    general, known = sa.literal_column(str(GENERAL), sa.Integer()), j["JO_Type"]
    misleads = [(sa.and_(known == SALES, sa.not_(sale)), general)]
    if j.has("CG_Num"):
        misleads.append((sa.and_(known == TREASURY, on_account(j, accounts)), general))
    return sa.case(*misleads, else_=whole(known))


def first(e: Row, openings_until: str) -> sa.ColumnElement[bool]:
    """A line that stands for itself: no opening, or one of the oldest year."""
    return sa.or_(whole(e["EC_ANType"]) == ZERO, e["JM_Date"] < Moment(sa.literal(openings_until, sa.String())))


_ALIASES = (("F_ECRITUREC", "e"), ("F_JOURNAUX", "j"))


def oldest(schema: Schema) -> Query:
    """One row: the first month in which anything was entered."""
    e = schema.table("F_ECRITUREC", "e")
    return sa.select(Day(sa.func.min(e["JM_Date"])))


def number_of(e: Row, column: str) -> Expr:
    """The invoice's number; a line without one stands alone under its own number, written ``#EC_No``."""
    number = sa.func.nullif(text(e[column]), NOTHING)
    return sa.func.coalesce(number, sa.literal_column("'#'", sa.String()) + digits(e["EC_No"]), type_=sa.String())


def sales(schema: Schema, accounts: Sequence[str], until: str, column: str) -> Feed:
    """Lines of sales journals: one unit per invoice number, calendar year and side."""
    all_, again = entries(schema, accounts, until), entries(schema, accounts, until, "x")
    e, number = all_.e, number_of(all_.e, column)
    year = Year(e["JM_Date"])
    side = sa.case((all_.signed < ZERO, ONE), else_=ZERO)
    changed = since_of(again.e)

    def touched(since: str, suspects: Sequence[str]) -> sa.ColumnElement[bool]:
        numbers = sa.select(number_of(again.e, column)).select_from(again.source)
        return number.in_(numbers.where(again.where, again.sale, either(changed(since), again, suspects)))

    columns = all_.of_debtor() | {
        "JO_Type": ONE, "EC_Reference": text(e["EC_Reference"]), "EC_Intitule": text(e["EC_Intitule"]),
        "EC_Echeance": Day(e["EC_Echeance"]),
    }  # fmt: skip
    return Feed(
        name="sales", source=all_.source, where=sa.and_(all_.where, all_.sale), columns=columns,
        keys=[Exact(number), year, side], within=[e["EC_No"]], touched=touched, window=since_of(e),
        stamp=e["cbModification"], number=e["EC_No"], ref="{}|{}|{}",
    )  # fmt: skip


def others(schema: Schema, accounts: Sequence[str], until: str) -> Feed:
    """Lines of all other journals, one unit each: payments, unpaid items, write-offs, transfers."""
    all_ = entries(schema, accounts, until)
    e = all_.e

    def touched(since: str, suspects: Sequence[str]) -> sa.ColumnElement[bool]:
        return either(since_of(e)(since), all_, suspects)

    columns = all_.of_debtor() | {
        "EC_TresoPiece": text(e["EC_TresoPiece"]), "EC_Reference": text(e["EC_Reference"]),
        "EC_Intitule": text(e["EC_Intitule"]), "EC_Echeance": Day(e["EC_Echeance"]),
        "N_Reglement": whole(e["N_Reglement"]),
    }  # fmt: skip
    return Feed(
        name="entries", source=all_.source, where=sa.and_(all_.where, sa.not_(all_.sale)), columns=columns,
        keys=[e["EC_No"]], within=[], touched=touched, window=since_of(e), stamp=e["cbModification"],
        number=e["EC_No"], ref="{}", told=("EC_No",),
    )  # fmt: skip
