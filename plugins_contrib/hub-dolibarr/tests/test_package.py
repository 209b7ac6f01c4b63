"""The package says what it does: its door, its README."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

from hub_dolibarr import DolibarrConfig

from hub.sdk import ConnectorConfig, Registry
from hub.sdk.hooks import ENTRY_POINT_GROUP, load_plugin

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_it_comes_through_the_door() -> None:
    """Announced under the connector's name, in the hub's group, and registered by the hub's own loader."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [(name, module)] = project["entry-points"][ENTRY_POINT_GROUP].items()
    registry = Registry()
    load_plugin(registry, import_module(module), name)
    connector = registry.get(name)
    assert name == connector.name
    assert set(connector.mapping_fields) <= set(connector.config.model_fields)


def test_each_code_and_setting_is_explained() -> None:
    """Codes raised and codes in the table are the same; each setting has a line."""
    source = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "hub_dolibarr").glob("*.py"))
    raised = set(re.findall(r"HUB-DOL-\d{3}", source))
    assert raised == set(re.findall(r"^\| `(HUB-DOL-\d{3})`", README, re.MULTILINE))
    own = set(DolibarrConfig.model_fields) - set(ConnectorConfig.model_fields)
    assert own == set(re.findall(r"^\| `([a-z_]+)` \|", README, re.MULTILINE))
