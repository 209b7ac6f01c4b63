"""What allocations use up of their receipts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def used_of_receipt(allocation: Any) -> sa.ColumnElement[int]:
    """What a money line uses up of its receipt, in minor units of the receipt's currency: its amount, or what was
    exchanged for it where the invoice is in another currency.

    Args:
        allocation: the table of allocations, or an alias of it.
    """
    return sa.func.coalesce(allocation.c.used_minor, allocation.c.amount_minor)


def used_by(line: Any) -> int:
    """The same of a line that was read, or is to be written: `amount_minor` and `used_minor`."""
    used: int | None = line.used_minor
    return int(line.amount_minor) if used is None else used
