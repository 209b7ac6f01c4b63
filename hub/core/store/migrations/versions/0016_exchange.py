"""An invoice in another currency than the receipt: the allocation is in the invoice's, and says what it uses up."""

import sqlalchemy as sa
from alembic import op

from hub.core.store import triggers

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add an empty column, and the rules that count with it; no row changes: where it is empty, the amount counts."""
    comment = "of the receipt, in its currency, where that is another one"
    op.add_column("allocation", sa.Column("used_minor", sa.BigInteger, comment=comment))
    dialect = op.get_bind().dialect.name
    for statement in (*triggers.dropped_for_exchange(dialect), *triggers.exchange_statements(dialect)):
        op.execute(statement)
