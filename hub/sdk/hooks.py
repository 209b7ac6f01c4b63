"""The door of a plugin: one hook that registers connectors.

>>> @hookimpl
... def hub_register(registry):
...     registry.add(Connector(name="mine", sdk="1", roles=[RecordSource], config=MineConfig, build=Mine))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pluggy

from hub.sdk.config import ConnectorConfig
from hub.sdk.context import Context
from hub.sdk.errors import BrokenPromise, ConfigError

PROJECT = "hub"
#: Group of entry points under which a distribution announces its plugin module.
ENTRY_POINT_GROUP = "hub.plugins"
#: The SDK's major version. Inside a major we only add.
SDK_VERSION = "1"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class Connector:
    """What a plugin offers under one name.

    Attributes:
        name: lower case, unique among installed connectors; what ``plugin = "…"`` names.
        sdk: the SDK major it was written for.
        roles: the role protocols that the built object plays (classes of `hub.sdk.roles`).
        config: its settings.
        build: ``build(config, context)`` gives the object that plays the roles. No network, no file yet.
        mapping_version: raised whenever `map` gives other records for the same unit: stored units are mapped again.
        title: one line for listings.
        author: who to ask when it breaks its promises.
        mapping_fields: settings that `map` depends on; a change of their value maps stored units again.
    """

    name: str
    sdk: str
    roles: Sequence[type[Any]]
    config: type[ConnectorConfig]
    build: Callable[[Any, Context], Any]
    mapping_version: int = 1
    title: str = ""
    author: str = ""
    mapping_fields: Sequence[str] = ()


class Registry:
    """Where plugins put their connectors; refuses an unknown SDK and a name taken twice."""

    def __init__(self) -> None:
        self.connectors: dict[str, Connector] = {}

    def add(self, connector: Connector) -> None:
        """Register one connector.

        Raises:
            BrokenPromise: the SDK major is not this one, or the name is taken.
        """
        if connector.sdk != SDK_VERSION:
            raise BrokenPromise(
                code="HUB-SDK-001",
                what=f"connector {connector.name!r} wants hub.sdk {connector.sdk}, this hub has {SDK_VERSION}",
                where=connector.author or connector.name,
                mend="install a version of the connector made for this hub, or another hub",
            )
        if connector.name in self.connectors:
            raise BrokenPromise(
                code="HUB-SDK-002",
                what=f"two plugins register a connector named {connector.name!r}",
                where=connector.author or connector.name,
                mend="disable one of them with [hub] disabled_plugins",
            )
        self.connectors[connector.name] = connector

    def get(self, name: str, *, where: str = "") -> Connector:
        """The connector called `name`.

        Raises:
            ConfigError: none is installed under that name; the nearest ones are named.
        """
        if name not in self.connectors:
            known = ", ".join(sorted(self.connectors)) or "none"
            raise ConfigError(
                code="HUB-CFG-010",
                what=f"no connector named {name!r} is installed (installed: {known})",
                where=where,
                mend="correct plugin = …, or install the package that brings it",
            )
        return self.connectors[name]


class HookSpecs:
    """The hooks of the hub. One: everything else is a role."""

    @hookspec
    def hub_register(self, registry: Registry) -> None:
        """Add this plugin's connectors to `registry`."""


def load_plugin(registry: Registry, module: object, name: str) -> None:
    """Register the connectors of one plugin through pluggy; unknown hooks are refused.

    Raises:
        BrokenPromise: it has no `hub_register`, or implements a hook that this hub does not know.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    try:
        manager.register(module, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise BrokenPromise(
            code="HUB-SDK-004",
            what=f"plugin {name!r} does not fit the hooks of this hub: {error}",
            where=name,
            mend="install a version of the plugin made for this hub",
        ) from error
    if not manager.hook.hub_register.get_hookimpls():
        raise BrokenPromise(
            code="HUB-SDK-005",
            what=f"plugin {name!r} has no hub_register hook",
            where=name,
            mend="decorate hub_register(registry) with @hookimpl from hub.sdk",
        )
    manager.hook.hub_register(registry=registry)
