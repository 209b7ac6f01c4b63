"""Hubs that read a made-up Sage company, and their total held against Sage's own."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.ledger.gaps import book_value_minor
from hub.core.services.ledger import view
from hub.core.store import exporting
from hub.core.store.reading import as_known
from hub.plugins.sage100 import Sage100, Sage100Config
from hub.sdk.testing import make_context
from tests.sage_company import SageBase
from tests.support.hubs import make_hub

#: Sage's own sum of what is not matched, in words of its own: formats.md §1.3.
UNMATCHED = """
    SELECT SUM(CASE WHEN e.EC_Sens = 0 THEN 1 ELSE -1 END * CAST(e.EC_Montant AS NUMERIC(24,6)))
    FROM F_ECRITUREC e JOIN F_JOURNAUX j ON j.JO_Num = e.JO_Num
    WHERE e.CG_Num LIKE '411%' AND e.CT_Num LIKE 'C%' AND j.JO_Type <> 4 AND e.EC_Lettre = 0
"""


def section(base: SageBase, **more: str) -> str:
    """The section of hub.toml for a company."""
    lines = [f'{name} = "{value}"' for name, value in {"url": base.url, "seller": "ATELIER", **more}.items()]
    return "[connector.sage]\nplugin = 'sage100'\n" + "\n".join(lines) + "\n"


def sage_hub(folder: Path, database_url: str, base: SageBase, **more: str) -> Hub:
    """A hub with one Sage company as its books."""
    return make_hub(folder, database_url, section(base, **more))


def source(base: SageBase, folder: Path, **settings: object) -> Sage100:
    """The connector by itself."""
    values = {"plugin": "sage100", "url": base.url, "seller": "ATELIER", **settings}
    return Sage100(Sage100Config.model_validate(values), make_context(folder))


def unmatched(base: SageBase) -> int:
    """What is not matched in Sage, in cents."""
    return int(Decimal(str(base.value(UNMATCHED) or 0)).quantize(Decimal("0.01")).scaleb(2))


def in_hub(hub: Hub) -> dict[str, int]:
    """What each debtor owes in the hub, in cents of the books: documents still open, less what is left of receipts."""
    found: dict[str, int] = defaultdict(int)
    seen = view(hub.desk, as_of=date(2099, 12, 31))
    with hub.store.read() as connection:
        foreign = exporting.book_totals(connection)
        for item in seen.ledger.items:
            book = foreign.get(item.document_id)
            minor = item.open_minor if book is None else book_value_minor(item.open_minor, item.total_minor, book[0])
            found[item.debtor_id] += minor
        receipts, lines = as_known("receipt", None), as_known("settlement_line", None)
        money = sa.select(receipts.c.debtor_id, sa.func.sum(receipts.c.amount_minor)).group_by(receipts.c.debtor_id)
        used = sa.select(lines.c.debtor_id, sa.func.sum(lines.c.amount_minor)).where(lines.c.target == "receipt")
        for debtor, amount in connection.execute(money):
            found[debtor] -= int(amount)
        for debtor, amount in connection.execute(used.group_by(lines.c.debtor_id)):
            found[debtor] += int(amount)
    return {debtor: amount for debtor, amount in sorted(found.items()) if amount}


def in_sage(base: SageBase, folder: Path, on: date = date(2099, 12, 31)) -> dict[str, int]:
    """The balances that the connector gives, in cents."""
    return {total.debtor_id: total.balance_minor for total in source(base, folder).control_totals(on)}
