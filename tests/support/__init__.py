"""Helpers of the tests: a real PostgreSQL, hubs made from a few lines of TOML, guests that follow a script."""
