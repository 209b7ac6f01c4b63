"""The only room that knows SQLAlchemy: tables, migrations, bulk loading, unit of work. SQLite and PostgreSQL alike."""

from hub.core.store.database import Store, UnitOfWork

__all__ = ["Store", "UnitOfWork"]
