"""A mark notes the suggestion that it refused."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add an empty column; no row changes."""
    comment = "JSON: the suggestion that stood first; empty when there was none"
    op.add_column("receipt_mark", sa.Column("offered", sa.Text, comment=comment))
