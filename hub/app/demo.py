"""What `hub demo` does: the demo company, copied to a folder of its own, from its files to an aged balance.

It goes the way of the commands: the same services, in the same order as sync, reconcile, export.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import hub
from hub.sdk.errors import ConfigError

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.core.sync.run import RunReport

#: In a folder that `hub demo` made: it may be made again, no other may.
MARK = ".hub-demo"
#: Who acts, in the demo's journal.
ACTOR = "hub demo"
#: The generated answers, for tests only.
_NOT_COPIED = ("truth.csv", "__pycache__")
_EXPORTS = ("aged-balance", "allocations", "open-items")


def run_demo(folder: Path, echo: Callable[[str], None]) -> int:
    """Make the demo company in `folder`, read its files, reconcile, export, and tell what came of it.

    Args:
        folder: made, or made again when it is a demo folder already.
        echo: called with each line of the report.

    Returns:
        The exit status, 0: that records are held is part of the demo.

    Raises:
        ConfigError: the data is not there, or `folder` is something else.
        HubError: a connector could not run to its end.
    """
    from hub.app.bootstrap import Hub

    if copy_company(source(), folder):
        echo(f"An earlier demo stood in {folder}: it is made again from the beginning.")
    with closing(Hub.open(folder / "hub.toml", ACTOR)) as demo:
        for line in _told(demo, folder):
            echo(line)
    return 0


def _told(demo: Hub, folder: Path) -> Iterator[str]:
    """The demo, done step by step while it is told."""
    from hub.app import demo_report as report
    from hub.app.policies import policy_of
    from hub.core.services.held import list_held
    from hub.core.services.reconcile import reconcile_now
    from hub.core.services.status import status

    yield from report.opening(demo, folder)
    runs = sync_all(demo)
    yield from [*report.reading(runs), *report.held(list_held(demo.desk))]
    reconciled = reconcile_now(demo.desk, policy_of(demo.settings))
    found = status(demo.desk)
    yield from [*report.receipts(reconciled, found), *report.owed(demo, found)]
    yield from report.closing(folder, export_all(demo, folder / "exports"))


def source() -> Path:
    """The folder config/demo of the clone that the hub runs from.

    Raises:
        ConfigError: the hub was installed without it.
    """
    folder = Path(hub.__file__).resolve().parents[1] / "config" / "demo"
    if not (folder / "hub.toml").is_file():
        raise ConfigError(
            code="HUB-DEMO-001",
            what="the files of the demo company are not here: they come with a clone of the project",
            where=str(folder),
            mend="clone the project and run `python3 run.py demo` in it; for your own company begin with hub init",
        )
    return folder


def copy_company(origin: Path, folder: Path) -> bool:
    """Copy the demo company to `folder`; true when an earlier demo was there, which is replaced.

    Raises:
        ConfigError: `folder` holds something that is no demo, or cannot be written.
    """
    try:
        replaced = _make_room(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # First of all, so that a demo that was interrupted here is recognised as one.
        (folder / MARK).write_text("Made by hub demo, which replaces this folder whole when it runs again.\n")
        shutil.copytree(origin, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    except (OSError, shutil.Error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError(
            code="HUB-DEMO-003",
            what=f"the demo company cannot be put there: {reason}",
            where=str(folder),
            mend="name a folder that can be written: hub demo --dir FOLDER",
        ) from error
    return replaced


def _make_room(folder: Path) -> bool:
    """Remove an earlier demo and say whether there was one; an empty folder may stay.

    Raises:
        ConfigError: there is something else.
    """
    if not folder.is_symlink() and (folder / MARK).is_file():
        shutil.rmtree(folder)
        return True
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise ConfigError(
            code="HUB-DEMO-002",
            what="there is something here that hub demo did not make; it is left as it is",
            where=str(folder),
            mend="move it away, or name another folder: hub demo --dir FOLDER",
        )
    return False


def sync_all(demo: Hub) -> list[RunReport]:
    """Run all connectors, in the order of the configuration.

    Raises:
        HubError: what kept one from coming to its end.
    """
    from hub.core.sync.run import sync_connector

    runs = []
    for section in demo.sections():
        run = sync_connector(demo.store, demo.spec(section), actor=demo.actor)
        if run.error is not None:
            raise run.error
        runs.append(run)
    return runs


def export_all(demo: Hub, folder: Path) -> list[tuple[Path, int]]:
    """Write the exports a credit controller begins with; each file with its number of rows."""
    from hub.core.services.exports import Asked, open_table, write_file

    written = []
    for kind in _EXPORTS:
        form = "xlsx" if kind == "aged-balance" and _has_workbooks() else "csv"
        path = folder / f"{kind}.{form}"
        with open_table(demo.desk, kind, Asked()) as table:
            written.append((path, write_file(table, form, path)))
    return written


def _has_workbooks() -> bool:
    """Whether the extra `excel` is installed."""
    from importlib.util import find_spec

    return find_spec("xlsxwriter") is not None
