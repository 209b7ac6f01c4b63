"""What the hub lends to a connector, so that tests can replace it: clock, HTTP client, logger, a folder."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from hub.sdk.redaction import REDACTING

if TYPE_CHECKING:
    from pydantic import SecretStr

    from hub.sdk.transport import HttpClient, Transport


class Clock(Protocol):
    """Time comes from here and from nowhere else."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""

    def today(self) -> date:
        """The present date in the hub's time zone, or the frozen one of ``[hub] today``."""


class SystemClock:
    """The machine's clock; `frozen_today` freezes dates, never instants."""

    def __init__(self, timezone: str = "Europe/Paris", frozen_today: date | None = None) -> None:
        self._zone = ZoneInfo(timezone)
        self._frozen_today = frozen_today

    def now(self) -> datetime:
        return datetime.now(ZoneInfo("UTC"))

    def today(self) -> date:
        return self._frozen_today or self.now().astimezone(self._zone).date()


class Context:
    """Everything a connector may use besides its configuration.

    Attributes:
        name: the connector's section name, for messages.
        clock: the only source of time.
        logger: ``hub.connector.<name>``; secrets are redacted from what it writes.
        work_folder: the connector's own folder for scratch files; made on first use.
    """

    def __init__(
        self,
        name: str,
        *,
        clock: Clock | None = None,
        work_folder: Path | None = None,
        logger: logging.Logger | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.name = name
        self.clock: Clock = clock or SystemClock()
        self.logger = logger or logging.getLogger(f"hub.connector.{name}")
        self.logger.addFilter(REDACTING)
        self._work_folder = work_folder
        self._transport = transport

    @property
    def work_folder(self) -> Path:
        """A folder of this connector's own, made when first asked for."""
        folder = self._work_folder or Path.cwd() / ".hub-work" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def http(
        self,
        *,
        base_url: str,
        hosts: Sequence[str] = (),
        timeout_s: float = 30.0,
        deadline_s: float = 60.0,
        headers: Mapping[str, str | SecretStr] | None = None,
    ) -> HttpClient:
        """An HTTP client with time-outs, retries with jitter, ``Retry-After`` and redaction.

        Args:
            base_url: absolute; its host is always allowed.
            hosts: further hosts that may be called; any other is refused before a byte leaves.
            timeout_s: for each phase of a call (connect, read, write), in seconds.
            deadline_s: for a call as a whole, pauses and retries included, in seconds.
            headers: sent with each call to the host of `base_url`; give a secret as `SecretStr`.
        """
        from hub.sdk.transport import HttpClient

        return HttpClient(
            base_url=base_url,
            hosts=hosts,
            timeout_s=timeout_s,
            transport=self._transport,
            logger=self.logger,
            clock=self.clock,
            deadline_s=deadline_s,
            headers=headers,
        )
