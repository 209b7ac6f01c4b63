"""Rows in bulk on both data bases: ids drawn as ranges, many rows written in pieces, rows written over."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.engine import open_engine

EVIDENCE = {"origin": "a.csv", "unit_count": 0, "recorded_at": 5}


def constants() -> dict[str, bulk.Constant]:
    """What is the same in every row of `evidence`."""
    return {name: bulk.Constant(value) for name, value in EVIDENCE.items()}


def test_rows_are_written_and_written_over(database_url: str) -> None:
    """More rows than go in one piece, in order; then some of them anew: values, nothing, bytes and constants."""
    engine = open_engine(database_url)
    count = 1_203
    with engine.begin() as connection:
        ids = bulk.reserve_ids(connection, t.evidence, count)
        assert ids == list(range(ids[0], ids[0] + count))
        digests = [number.to_bytes(2, "big") + b"\0\\" for number in range(count)]
        bodies = [None if number % 7 == 0 else b"body" for number in range(count)]
        columns = {"id": ids, "digest": digests, "body": bodies, **constants()}
        bulk.insert_columns(connection, t.evidence, columns)
        again = [ids[3], ids[1_200], ids[7]]
        anew = {
            "id": again,
            "digest": [b"x", b"\xff\0", b"z"],
            "body": [None, b"new", b""],
            "origin": ["é;'", "b\n", ""],
        }
        bulk.update_rows(connection, t.evidence, {**anew, "unit_count": bulk.Constant(9)})
    expected = {i: (d, b, "a.csv", 0) for i, d, b in zip(ids, digests, bodies, strict=True)}
    expected |= {i: (d, b, o, 9) for i, d, b, o in zip(*anew.values(), strict=True)}
    e = t.evidence.c
    with engine.connect() as connection:
        rows = connection.execute(sa.select(e.id, e.digest, e.body, e.origin, e.unit_count).order_by(e.id)).all()
    engine.dispose()
    assert expected == {row[0]: tuple(row[1:]) for row in rows}


def test_ids_drawn_at_the_same_instant_are_of_one_only(database_url: str) -> None:
    """Two transactions draw in turns: no id is given twice, and those of one need not follow each other."""
    engine = open_engine(database_url)
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with engine.begin() as one, engine.begin() as other:
        drawn = [bulk.reserve_ids(connection, t.evidence, 40) for connection in (one, other, one, other)]
    engine.dispose()
    assert 160 == len({number for numbers in drawn for number in numbers})
