"""The only room that knows SQLAlchemy: tables, migrations, bulk loading, unit of work. SQLite and PostgreSQL alike."""

from sqlalchemy import Connection

from hub.core.store.database import Store, UnitOfWork

__all__ = ["Connection", "Store", "UnitOfWork"]
