"""A Sage 100 company made up for tests: its data base as formats.md §1 describes it, on SQLite or PostgreSQL."""

from tests.sage_company.base import SageBase
from tests.sage_company.ledger import fill, write_statement

__all__ = ["SageBase", "fill", "write_statement"]
