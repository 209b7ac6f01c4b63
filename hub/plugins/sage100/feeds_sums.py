"""What is asked about each debtor in all: his balance on a day, and figures that tell of a change without a stamp."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from hub.plugins.sage100.feeds import entries, on_account
from hub.plugins.sage100.portable import ONE, ZERO, Moment, Query, whole
from hub.plugins.sage100.schema import Schema


def balances(schema: Schema, accounts: Sequence[str], until: str, month: str, day: int) -> Query:
    """Debits less credits of each debtor up to a day: rows (debtor, millionths).

    The accounting date is the month's first day plus EC_Jour − 1.

    Args:
        month: first day of the month asked for, ISO; `day`: the day in it.
    """
    all_ = entries(schema, accounts, until)
    first = Moment(sa.literal(month, sa.String()))
    in_time = sa.or_(all_.e["JM_Date"] < first, sa.and_(all_.e["JM_Date"] == first, whole(all_.e["EC_Jour"]) <= day))
    code = all_.debtor
    statement = sa.select(code, sa.cast(sa.func.sum(all_.signed), sa.BigInteger())).select_from(all_.source)
    return statement.where(all_.where, in_time).group_by(code).order_by(code)


def figures(schema: Schema, accounts: Sequence[str], upto: int) -> Query:
    """Each debtor's lines, openings of every year included: rows (debtor, number, sum and sum of keys of all, the same
    of those whose key is not beyond `upto`, the largest key). See `figures`.
    """
    all_ = entries(schema, accounts, "1753-01-01T00:00:00.000")
    e, key = all_.e, sa.cast(all_.e["EC_No"], sa.BigInteger())
    former = e["EC_No"] <= upto
    values = [ONE, all_.signed, key]
    sums = [sa.func.sum(value) for value in values]
    sums += [sa.func.sum(sa.case((former, value), else_=ZERO)) for value in values]
    whole_ = [sa.cast(one, sa.BigInteger()) for one in sums]
    statement = sa.select(all_.debtor, *whole_, sa.func.max(e["EC_No"])).select_from(all_.source)
    return statement.where(on_account(e, accounts)).group_by(all_.debtor)
