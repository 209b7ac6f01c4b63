"""What one command run shares: where the configuration is, how to show things, who acts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.core.services.desk import Desk


def actor() -> str:
    """Who acts, for the journal: HUB_ACTOR, else the login name."""
    given = os.environ.get("HUB_ACTOR", "").strip()
    if given:
        return given
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user, as in a container
        return f"uid {os.getuid()}"


@dataclass
class Session:
    """The options that stand beside every command. `hub` is read when first needed."""

    config: Path | None = None
    json: bool = False
    verbose: bool = False

    @cached_property
    def hub(self) -> Hub:
        """The configured hub.

        Raises:
            ConfigError: there is no configuration, or it is faulty.
        """
        from hub.app.bootstrap import Hub

        return Hub.open(self.config, actor())

    @property
    def desk(self) -> Desk:
        """The use cases, on the configured data base."""
        return self.hub.desk

    def work_folder(self) -> Path:
        """Where to leave a trace of a fault: the hub's work folder if the configuration was read, else a temporary
        one."""
        if "hub" in self.__dict__:
            settings = self.hub.settings
            return settings.folder / settings.hub.work_folder
        import tempfile

        return Path(tempfile.gettempdir()) / f"hub-{os.getuid()}"

    def close(self) -> None:
        """Give the data base's connections back, if any were taken."""
        if self.verbose:
            from hub.app.logs import say_less

            say_less()
        if "hub" in self.__dict__:
            self.hub.close()
