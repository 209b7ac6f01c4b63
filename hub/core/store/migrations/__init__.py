"""Migrations of the data base, oldest first; each was run on filled data on SQLite and PostgreSQL."""
