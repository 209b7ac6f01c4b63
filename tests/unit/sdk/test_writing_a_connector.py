"""docs/writing-a-connector.md is true: its example is the one that is tested, and what it names exists."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import pytest

import hub.sdk
from hub.sdk import ConfigError, ConnectorConfig, RecordSource, Registry
from hub.sdk.errors import HubError
from hub.sdk.hooks import ENTRY_POINT_GROUP, load_plugin
from hub.sdk.roles import ROLES
from hub.sdk.testing import make_context

ROOT = Path(__file__).parents[3]
GUEST = ROOT / "tests" / "samples" / "guest_plugin"
PAGE = (ROOT / "docs" / "writing-a-connector.md").read_text(encoding="utf-8")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The guest, registered through the hub's own door."""
    monkeypatch.syspath_prepend(str(GUEST))
    found = Registry()
    load_plugin(found, importlib.import_module("hub_example_books"), "example_books")
    return found


@pytest.mark.parametrize("name", ["hub_example_books.py", "test_example_books.py", "pyproject.toml"])
def test_the_page_shows_the_tested_example(name: str) -> None:
    """What a partner copies from the page is what runs in the suite, to the letter."""
    assert f"\n{(GUEST / name).read_text(encoding='utf-8')}```" in PAGE


def test_the_guest_comes_through_the_door(registry: Registry, tmp_path: Path) -> None:
    """Registered, configured, built without network, and playing the role it declares."""
    connector = registry.get("example_books")
    assert issubclass(connector.config, ConnectorConfig)
    config = connector.config.model_validate({"plugin": connector.name, "api_key": "canary-key", "seller": "S"})
    source = connector.build(config, make_context(tmp_path))
    assert [RecordSource] == list(connector.roles)
    assert isinstance(source, RecordSource)
    assert set(connector.mapping_fields) <= set(connector.config.model_fields)
    assert "canary" not in repr(config) + repr(vars(source))
    with pytest.raises(ConfigError, match="example_books"):
        registry.get("example_boks")


def test_the_guest_announces_itself() -> None:
    """Its entry point has the connector's name and the right group."""
    project = tomllib.loads((GUEST / "pyproject.toml").read_text())["project"]
    assert {ENTRY_POINT_GROUP: {"example_books": "hub_example_books"}} == project["entry-points"]


def test_the_page_names_every_role_and_error() -> None:
    """No role and no error type of the SDK is left out."""
    names = {name for name in hub.sdk._PART_OF if isinstance(getattr(hub.sdk, name), type)}
    errors = {name for name in names if issubclass(getattr(hub.sdk, name), HubError)} - {"HubError", "BrokenPromise"}
    assert set() == {name for name in errors | set(ROLES) if f"`{name}`" not in PAGE}


def test_every_code_of_the_client_is_listed() -> None:
    """A code that is raised stands in the list of hub.sdk.http_rules, and the other way round."""
    sources = "".join(path.read_text() for path in (ROOT / "hub" / "sdk").glob("*.py") if path.name != "http_rules.py")
    rules = (ROOT / "hub" / "sdk" / "http_rules.py").read_text()
    listed = set(re.findall(r"^- (HUB-HTTP-\d{3}):", rules, re.M))
    assert listed == set(re.findall(r"\"(HUB-HTTP-\d{3})\"", sources + rules))
