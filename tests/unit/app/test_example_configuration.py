"""The configuration that `hub init` writes: it loads, and names every key there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hub.app.cli.templates import template
from hub.app.policies import policy_of
from hub.app.settings import (
    DaemonSection,
    HubSection,
    MailSection,
    ReconcileSection,
    RuleSection,
    SellerSection,
    ServeSection,
    connector_config,
    mail_of,
    read_settings,
)
from hub.core.host.plugins import BUILT_IN, discover

ROOT = Path(__file__).resolve().parents[3]
COMMENTED = re.compile(r"^#(?=[\w\[])")


def _uncommented() -> str:
    """The template with every setting that was left at its default taken in."""
    return "\n".join(COMMENTED.sub("", line) for line in template("hub.toml").splitlines())


def test_the_example_is_what_init_writes() -> None:
    """One text, two places: the package for `hub init`, config/ for readers of the repository."""
    assert template("hub.toml") == (ROOT / "config" / "hub.example.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [template("hub.toml"), _uncommented()], ids=["as written", "all keys"])
def test_it_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """As written, and with every commented key taken in: what it says of defaults is true."""
    monkeypatch.setenv("SAGE_PASSWORD", "never used")
    path = tmp_path / "hub.toml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("HUB_MAIL_PASSWORD", "canary-mail")
    settings = read_settings(path)
    registry, faults = discover()
    assert [] == faults
    policy_of(settings)
    mail_of(settings)
    for name, values in settings.connectors.items():
        made = connector_config(settings, name, registry.get(values["plugin"]).config)
        for key, field in type(made).model_fields.items():
            default = field.get_default(call_default_factory=True)
            if key in values and not field.is_required() and default not in (None, [], {}):
                assert default == getattr(made, key), f"{name}: {key}"


def test_it_names_every_key() -> None:
    """A setting that is added is explained here, or this test fails."""
    raw = tomllib.loads(_uncommented())
    registry, _ = discover()
    assert set(HubSection.model_fields) == set(raw["hub"])
    assert set(SellerSection.model_fields) == set(raw["seller"]["ACME"])
    assert set(ReconcileSection.model_fields) == set(raw["reconcile"])
    assert set(RuleSection.model_fields) == {key for rule in raw["reconcile"]["rule"] for key in rule}
    assert set(DaemonSection.model_fields) == set(raw["daemon"])
    assert {field.alias or name for name, field in MailSection.model_fields.items()} == set(raw["mail"])
    assert set(ServeSection.model_fields) == set(raw["serve"])
    by_plugin = {values["plugin"]: values for values in raw["connector"].values()}
    for name in BUILT_IN:
        either = {"files"} if name == "sage100" else set()  # instead of url: named, but it cannot stand beside it
        assert all(f"\n# {key} = " in template("hub.toml") for key in either)
        assert set(registry.get(name).config.model_fields) - either == set(by_plugin[name])
