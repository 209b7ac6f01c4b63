"""The one place that wires: settings, data base, connectors and clock become a `Hub` for commands, page and daemon."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretStr

from hub.app.places import Places, paths_of, refuse_doubles
from hub.app.settings import Settings, connector_config, find_config, read_settings
from hub.app.shared import shared_property
from hub.sdk.context import SystemClock
from hub.sdk.errors import ConfigError
from hub.sdk.redaction import register_secrets_of

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from hub.core.host.plugins import Fault
    from hub.core.host.process import Limits, Start
    from hub.core.services.desk import Desk
    from hub.core.store import Store
    from hub.core.store.inbox import Inbox
    from hub.core.store.users import User
    from hub.core.sync import ConnectorSpec
    from hub.sdk.config import ConnectorConfig
    from hub.sdk.hooks import Connector, Registry


class Hub:
    """Everything one process needs, made when first used: a command that only reads never loads a connector."""

    def __init__(self, settings: Settings, actor: str, *, trusted: bool = False) -> None:
        """`trusted`: the hub itself acts, as a daemon does; it needs no user."""
        self.settings = settings
        self.actor = actor
        self.trusted = trusted
        self.clock = SystemClock(settings.hub.timezone, settings.hub.today)

    @classmethod
    def open(cls, config: Path | None, actor: str, *, trusted: bool = False) -> Hub:
        """Read the configuration.

        Raises:
            ConfigError: there is none, or it is faulty.
        """
        settings = read_settings(find_config(config))
        _log.info("configuration %s, data base %s", settings.path, settings.database_url)
        return cls(settings, actor, trusted=trusted)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.settings.hub.timezone)

    @shared_property
    def store(self) -> Store:
        """The data base, brought to this version's schema."""
        from hub.core.store import Store

        clock = self.clock
        store = Store(self.settings.database_url, lambda: int(clock.now().timestamp() * 1_000_000), clock.today)
        store.migrate()
        return store

    @shared_property
    def inbox(self) -> Inbox:
        """The inbox of webhooks, which belongs to the data base."""
        from hub.core.store.inbox import Inbox

        return Inbox(self.settings.database_url, lambda: int(self.clock.now().timestamp() * 1_000_000))

    def close(self) -> None:
        """Give the connections back, if any were taken."""
        for name in ("store", "inbox"):
            if name in self.__dict__:
                getattr(self, name).close()

    def receivers(self) -> dict[str, ConnectorSpec]:
        """The enabled sections whose connector receives webhooks, and how to run each.

        Raises:
            ConfigError: one of them is faulty.
        """
        from hub.sdk.roles import EventReceiver

        return {name: self.spec(name) for name in self.sections() if EventReceiver in self._connector(name).roles}

    @shared_property
    def desk(self) -> Desk:
        """The use cases, for people and machines."""
        from hub.core.services.desk import Desk, ImagePlace

        user = self.user
        image = ImagePlace(self.settings.folder / self.settings.hub.work_folder / "ledger.image")
        return Desk(self.store, self.clock, self.zone, self.books, user.name if user else self.actor, user, image)

    @cached_property
    def user(self) -> User | None:
        """The user of that name or token, once the hub has users.

        Raises:
            NotAllowed: the token is not known.
        """
        if self.trusted:
            return None
        from hub.core.services.users import acting

        return acting(self.store, self.actor, os.environ.get("HUB_TOKEN", "").strip() or None)

    @cached_property
    def books(self) -> dict[str, str]:
        """Connector key of the books, by seller, as configured; sellers left out are decided from what was read."""
        books = {name: seller.books for name, seller in self.settings.sellers.items() if seller.books}
        by_id = {self.key_of(section): section for section in self.settings.connectors}
        for seller, section in books.items():
            if section not in self.settings.connectors and section not in by_id:
                raise ConfigError(
                    code="HUB-CFG-008",
                    what=f"books = {section!r}, but there is no [connector.{section}]",
                    where=f"{self.settings.path}: [seller.{seller}]",
                    mend=f"name one of: {', '.join(sorted(self.settings.connectors)) or 'none is configured'}; if the "
                    f'section was renamed, write id = "{section}" in it',
                )
        known = self.settings.connectors
        return {seller: self.key_of(name) if name in known else name for seller, name in books.items()}

    @cached_property
    def _discovered(self) -> tuple[Registry, list[Fault]]:
        from hub.core.host.plugins import discover

        return discover(disabled=self.settings.hub.disabled_plugins)

    @property
    def registry(self) -> Registry:
        """All connectors that are installed and not disabled."""
        return self._discovered[0]

    @property
    def plugin_faults(self) -> list[Fault]:
        """Plugins that could not be loaded."""
        return self._discovered[1]

    def key_of(self, section: str) -> str:
        """The stable key of a connector's section: its `id`, else its name."""
        return str(self.settings.connectors[section].get("id") or section)

    def sections(self, names: Sequence[str] = ()) -> list[str]:
        """The connectors to run: those named, or all that are enabled, in the order of the file.

        Raises:
            ConfigError: a name has no section.
        """
        for name in names:
            if name not in self.settings.connectors:
                raise ConfigError(
                    code="HUB-CFG-009",
                    what=f"there is no connector {name!r}",
                    where=f"{self.settings.path}: [connector.{name}]",
                    mend=f"configured: {', '.join(self.settings.connectors) or 'none'}",
                )
        return list(names) or [name for name, values in self.settings.connectors.items() if values.get("enabled", True)]

    def refuse_doubles(self, section: str) -> None:
        """Refuse a section whose files another one reads, or read under another name.

        Raises:
            ConfigError: with the remedy.
            SourceUnavailable: the data base is out of reach.
        """
        from hub.core.store import runs

        places = {name: self._places(name) for name in [section, *self.sections()]}
        with self.store.read() as connection:
            known = runs.places_by_key(connection)
        configured = {self.key_of(name) for name in self.settings.connectors}
        gone = {} if places[section].key in known else {k: v for k, v in known.items() if k not in configured}
        refuse_doubles(places[section], [places[name] for name in places if name != section], gone)

    def _places(self, section: str) -> Places:
        """Where a section reads; nothing when its settings are faulty, which is told elsewhere."""
        plugin = str(self.settings.connectors[section].get("plugin") or "")
        try:
            config = connector_config(self.settings, section, self._connector(section).config)
        except ConfigError:
            return Places(section, self.key_of(section), plugin, ())
        return Places(section, self.key_of(section), plugin, tuple(f"{name}={path}" for name, path in paths_of(config)))

    def config_of(self, section: str) -> ConnectorConfig:
        """The settings of a connector's section, checked.

        Raises:
            ConfigError: its plugin is not installed or its settings are faulty.
        """
        return connector_config(self.settings, section, self._connector(section).config)

    def _connector(self, section: str) -> Connector:
        """The installed connector of a section; of the built-in plugins only its own is loaded, which is quicker."""
        from hub.core.host.plugins import BUILT_IN, discover

        where = f"{self.settings.path}: [connector.{section}]"
        plugin = str(self.settings.connectors[section].get("plugin") or "")
        if plugin in BUILT_IN and plugin not in self.settings.hub.disabled_plugins:
            return discover(only=[plugin])[0].get(plugin, where=where)
        return self.registry.get(plugin, where=where)

    def start(self, section: str) -> tuple[Start, Limits]:
        """What the connector's process of a section is told first, and its bounds. Loads no data base.

        Raises:
            ConfigError: its plugin is not installed or its settings are faulty.
        """
        connector = self._connector(section)
        return self._start(section, connector, connector_config(self.settings, section, connector.config))

    def _start(self, section: str, connector: Connector, config: ConnectorConfig) -> tuple[Start, Limits]:
        from hub.core.host.process import Limits, Start

        register_secrets_of(config)  # a connector's log may quote them, and the hub quotes the log
        today = self.settings.hub.today
        start = Start(
            name=section,
            plugin=connector.name,
            config=_with_secrets(config, json.loads(config.model_dump_json())),
            timezone=self.settings.hub.timezone,
            today=today.isoformat() if today else None,
            work_folder=self.settings.folder / self.settings.hub.work_folder / section,
            author=connector.author,
        )
        answer, whole = config.max_answer.total_seconds(), config.max_run.total_seconds()
        return start, Limits(answer_seconds=answer, run_seconds=whole)

    def spec(self, section: str) -> ConnectorSpec:
        """How to run the connector of a section.

        Raises:
            ConfigError: its plugin is not installed or its settings are faulty.
        """
        from hub.core.sync import ConnectorSpec

        connector = self._connector(section)
        config = connector_config(self.settings, section, connector.config)
        start, limits = self._start(section, connector, config)
        plain = json.loads(config.model_dump_json())
        mapping = {name: plain.get(name) for name in sorted(connector.mapping_fields)}
        return ConnectorSpec(
            key=self.key_of(section),
            name=section,
            plugin=connector.name,
            start=start,
            missing_percent=config.missing_percent,
            places=tuple(f"{name}={path}" for name, path in paths_of(config)),
            limits=limits,
            fingerprint=f"{connector.mapping_version} {json.dumps(mapping, sort_keys=True, ensure_ascii=False)}",
        )


def refuse_other_database(now: Hub, fresh: Hub) -> None:
    """Refuse a configuration, read again, that names another data base than the one in use.

    Raises:
        ConfigError: it does.
    """
    if fresh.settings.database_url != now.settings.database_url:
        raise ConfigError(
            code="HUB-JOB-004",
            what="[hub] database cannot be changed while the daemon runs",
            where=str(fresh.settings.path),
            mend="stop the daemon and start it again",
        )


def _with_secrets(config: BaseModel, plain: dict[str, Any]) -> dict[str, Any]:
    """The settings for the connector's own process, where secrets are needed in clear; they travel by pipe."""
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, SecretStr):
            plain[name] = value.get_secret_value()
    return plain
