"""The text format of COPY: what PostgreSQL reads back is what was written."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from hub.core.store import bulk
from tests.support.postgres import PostgresServer

TEXTS = ["", "\\N", "\\", "a\tb", "line\nbreak\r", "é — 字", "\\x41", None, "plain", "\\."]


@pytest.mark.postgres
def test_whatever_is_written_comes_back(postgres: PostgresServer) -> None:
    """Texts with tabs, line ends, backslashes and nothing at all; numbers, booleans, dates, bytes; constants too."""
    name = postgres.create()
    engine = sa.create_engine(postgres.url(name))
    table = sa.Table(
        "sample", sa.MetaData(), sa.Column("id", sa.BigInteger), sa.Column("words", sa.Text),
        sa.Column("flag", sa.Boolean), sa.Column("day", sa.Date), sa.Column("raw", sa.LargeBinary),
        sa.Column("same", sa.Text), sa.Column("none", sa.Text), sa.Column("iso", sa.Date),
    )  # fmt: skip
    count = len(TEXTS)
    columns = {
        "id": [*range(count - 1), -(2**62)],
        "words": TEXTS,
        "flag": [True, False] * (count // 2),
        "day": [date(2026, 1, 1), None] * (count // 2),
        "raw": [b"", b"\0\xff\\\n", None, b"x", b"\\x"] * (count // 5),
        "iso": ["2026-02-28"] * count,
    }
    with engine.begin() as connection:
        table.create(connection)
        constants = {"same": bulk.Constant("tab\tand \\N"), "none": bulk.Constant(None)}
        bulk.insert_columns(connection, table, {**columns, **constants})
        found = connection.execute(sa.select(table)).all()
    engine.dispose()
    postgres.drop(name)
    wanted = zip(*columns.values(), strict=True)
    assert [(*row[:5], "tab\tand \\N", None, date(2026, 2, 28)) for row in wanted] == [tuple(row) for row in found]


def test_only_plain_values_are_written() -> None:
    """A float would lose money: it is refused before anything is sent."""
    with pytest.raises(TypeError, match="float is no value"):
        bulk.copy_text([[1.5]], [])
