"""What all tests share: each data base that the hub runs on, and guests that come through the hub's own door."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # most tests need no data base, and should not wait for one
    from tests.support.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[1]
#: What takes longest, to be begun first.
LONGEST = ("test_crashes", "test_daemon", "test_sage100", "test_replay", "integration/", "end_to_end/")

# run.py tells the hub how it was called, for its hints; tests expect the plain name.
os.environ.pop("HUB_COMMAND", None)

# The default suite tries the same examples each time, so that a red run means a change; without a deadline, so that a
# busy machine does not count. `HYPOTHESIS_PROFILE=explore python3 run.py test` looks for new ones.
settings.register_profile(
    "suite", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=1_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first: at the end only short ones are left, to be shared out among the workers."""
    for item in items:
        if item.get_closest_marker("long_on_postgres") and item.get_closest_marker("postgres"):
            item.add_marker("long")
    items.sort(key=lambda item: next((at for at, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST)))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started when the first test wants it and ended with the session."""
    from tests.support.postgres import PostgresServer

    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """The name of a data base with the schema and nothing in it."""
    name = postgres.create()
    _migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "hub.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    from hub.core.store import Store

    store = Store(url, lambda: 0)
    store.migrate()
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh data base with the hub's schema: SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "database" / "hub.db"
        path.parent.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a data base without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def opened_hubs() -> Iterator[None]:
    """Closes the hubs that a test made."""
    from tests.support.hubs import close_hubs

    yield
    close_hubs()


@pytest.fixture
def install_guest(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs plugins for one test, as a distribution would be: modules on the path, announced by entry points.

    Processes started by the test, such as a connector's, see them too.
    """

    def install(folder: Path, **modules: str) -> None:
        base = tmp_path_factory.mktemp("guest")
        info = base / f"{base.name}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {base.name}\nVersion: 1\n")
        points = "".join(f"{name} = {module}\n" for name, module in modules.items())
        (info / "entry_points.txt").write_text(f"[hub.plugins]\n{points}")
        for path in (str(folder), str(info.parent)):
            monkeypatch.syspath_prepend(path)
            before = os.environ.get("PYTHONPATH", str(ROOT))
            monkeypatch.setenv("PYTHONPATH", os.pathsep.join([path, before]))

    return install
