"""The guest as an installed distribution; where it is not installed, importable and announced all the same."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parent
sys.path[:0] = [str(HERE)]
INSTALLED = any(point.name == "dolibarr" for point in importlib.metadata.entry_points(group="hub.plugins"))
if not INSTALLED:
    sys.path[:0] = [str(PROJECT)]


@pytest.fixture
def announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that the test starts find the guest by its entry point, as pyproject.toml declares it."""
    if INSTALLED:
        return
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = tmp_path / "site" / "hub_dolibarr-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hub-dolibarr\nVersion: 1\n")
    points = "".join(f"{name} = {module}\n" for name, module in declared["entry-points"]["hub.plugins"].items())
    (info / "entry_points.txt").write_text(f"[hub.plugins]\n{points}")
    before = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else [str(PROJECT.parents[1])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PROJECT), str(info.parent), *before]))
