"""An interpreter whose SQLite is too old for the library behind the jobs: words instead of a traceback."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from hub.core.jobs import dbos_engine
from hub.sdk.errors import ConfigError


def test_an_old_sqlite_is_refused_with_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.13 built on Debian 12 has SQLite 3.40: HUB-JOB-006, and no file is begun."""
    monkeypatch.setattr(dbos_engine, "sys", SimpleNamespace(version_info=(3, 13, 0)))
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    file = tmp_path / "jobs.sqlite3"
    with pytest.raises(ConfigError, match=r"HUB-JOB-006.*SQLite 3\.42"):
        dbos_engine.DbosJobs(f"sqlite:///{file}", "here", 1).launch({})
    assert not file.exists()
