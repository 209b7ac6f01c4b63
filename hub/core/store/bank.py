"""What bank statements prove, and what is booked of their accounts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hub.core.store.reading import as_known

#: Of a statement: its account as its connector writes it, seller, balances on their days, number of entries.
STATEMENT = ("account", "seller", "currency", "opened_on", "opening_minor", "closed_on", "closing_minor", "entry_count")


def statements(connection: sa.Connection, *, known_at: int | None = None) -> list[sa.Row[Any]]:
    """Every statement as known then, with the columns of `STATEMENT`, oldest first within its account."""
    s = as_known("bank_statement", known_at)
    order = (s.c.account, s.c.currency, s.c.opened_on, s.c.closed_on, s.c.id)
    return list(connection.execute(sa.select(*(s.c[name] for name in STATEMENT)).order_by(*order)).all())


def booked(connection: sa.Connection, *, known_at: int | None = None) -> list[tuple[str, str, int]]:
    """Account, currency and sum of its movements, received net of fees less left, in minor units.

    Only movements of connectors that brought a statement of any account: others do not claim to tell accounts whole.
    """
    s = as_known("bank_statement", known_at)
    tellers = sa.select(s.c.connector_id).distinct()
    sums: dict[tuple[str, str], int] = {}
    for name, sign in (("receipt", 1), ("disbursement", -1)):
        m = as_known(name, known_at)
        net = m.c.amount_minor - sa.func.coalesce(m.c.fee_minor, 0) if name == "receipt" else m.c.amount_minor
        rows = connection.execute(
            sa.select(m.c.account, m.c.currency, sa.func.sum(net))
            .where(m.c.connector_id.in_(tellers), m.c.account.is_not(None))
            .group_by(m.c.account, m.c.currency)
        )
        for account, currency, total in rows:
            sums[account, currency] = sums.get((account, currency), 0) + sign * int(total)
    return [(account, currency, total) for (account, currency), total in sorted(sums.items())]
