"""The leader's watch: every few minutes alarms are judged anew, and once a day the operator is told by e-mail.

It works in a thread of its own, so that a slow mail server keeps nobody waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.app import mail
from hub.app.bootstrap import Hub
from hub.app.settings import MailSection, mail_of
from hub.core.jobs.keeper import held
from hub.core.jobs.scheduler import Planned
from hub.core.services.alarms import Expected, look, usual_silence
from hub.core.store import alarms
from hub.core.store.alarms import Alarm
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.leases import LeaseTaken
from hub.sdk.errors import HubError
from hub.sdk.redaction import register_secrets_of

#: Pause after a message that could not be sent; it doubles up to the longest.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 300.0, 3_600.0


class Watch:
    """Judges alarms while this daemon leads. `settle` reads what is expected; it raises ConfigError."""

    def __init__(self, hub: Hub, planned: Mapping[str, Planned], actor: str, log: Any) -> None:
        self._actor = actor
        self._log = log
        self._thread: threading.Thread | None = None
        self._looked_at = time.monotonic()  # connectors that were due while the hub was down come first
        self._failures = 0
        self._mail_again_at = 0.0
        self._not_mailed: Alarm | None = None
        self.settle(hub, planned)

    def settle(self, hub: Hub, planned: Mapping[str, Planned]) -> None:
        """Take a configuration over.

        Raises:
            ConfigError: `[mail]` is faulty.
        """
        self._hub, self._mail = hub, mail_of(hub.settings)
        register_secrets_of(self._mail)
        self._expected = expected(hub, planned)

    def glance(self, *, leads: bool) -> None:
        """Called at each tick; begins to look when it is time."""
        every = self._hub.settings.daemon.watch_every.total_seconds()
        if not leads or time.monotonic() - self._looked_at < every or (self._thread and self._thread.is_alive()):
            return
        self._looked_at = time.monotonic()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._thread.start()

    def _look(self) -> None:
        try:
            self.look()
        except DatabaseUnreachable:
            return  # the daemon says so
        except Exception:
            self._log.exception("alarms could not be judged")

    def look(self) -> None:
        """Judge alarms, and send the day's message if there is something to tell."""
        hub, now, today = self._hub, self._hub.clock.now(), self._hub.clock.today()
        waiting = {
            key: (heap.waiting, heap.oldest_at) for key, heap in hub.inbox.heaps().items() if heap.oldest_at is not None
        }
        came, mended = look(
            hub.store, self._expected, now=now, today=today, zone=hub.zone, actor=self._actor,
            backlog=hub.settings.daemon.backlog, unhandled=waiting, more=[self._not_mailed] if self._not_mailed else (),
        )  # fmt: skip
        for alarm in came:
            self._log.warning("alarm", kind=alarm.kind, subject=alarm.subject, what=alarm.what)
        for alarm in mended:
            self._log.info("alarm mended", kind=alarm.kind, subject=alarm.subject)
        if self._mail is not None and time.monotonic() >= self._mail_again_at:
            self._tell(hub, self._mail, now)

    def _tell(self, hub: Hub, settings: MailSection, now: datetime) -> None:
        """One message a day. Killed between sending and noting it, the hub sends one more that day, never none."""
        try:
            with held(hub.store, "daily mail", self._actor):  # two daemons that both believe to lead: one sends
                with hub.store.read() as connection:
                    mailed_on, standing = alarms.mailed_on(connection), alarms.standing(connection)
                told = [alarm for alarm in standing if alarm.kind != "mail"]
                today = hub.clock.today()
                if not told or not mail.is_due(settings, mailed_on, now, today, hub.zone):
                    return
                mail.send(settings, mail.message(settings, told, now=now, zone=hub.zone))
                hub.store.again(self._actor, lambda unit: alarms.note_told(unit, told, today))
        except LeaseTaken:
            return
        except DatabaseUnreachable:
            raise
        except HubError as error:
            self._not_sent(error, now)
            return
        self._failures, self._not_mailed = 0, None
        self._log.info("alarms told by mail", alarms=len(told))

    def _not_sent(self, error: HubError, now: datetime) -> None:
        self._log.error("mail not sent", code=error.code, what=error.what)
        pause = min(_FIRST_PAUSE_S * 2**self._failures, _LONGEST_PAUSE_S)
        self._failures = min(self._failures + 1, 10)
        self._mail_again_at = time.monotonic() + pause
        self._not_mailed = Alarm("mail", "", error.what, int(now.timestamp() * 1_000_000))


def expected(hub: Hub, planned: Mapping[str, Planned]) -> Sequence[Expected]:
    """What is expected of each connector, by its settings and its schedule."""
    found = []
    for key, plan in planned.items():
        config = hub.config_of(plan.section)
        silence = config.silent_after
        if silence is None:
            silence = usual_silence(plan.schedule.period(), _quiet(plan))
        found.append(Expected(key, plan.section, silence, config.news_days, config.statement_days))
    return found


def _quiet(plan: Planned) -> timedelta:
    """How long the quiet hours of a connector last."""
    if plan.schedule.quiet is None:
        return timedelta(0)
    begin, end = (timedelta(hours=clock.hour, minutes=clock.minute) for clock in plan.schedule.quiet)
    return (end - begin) % timedelta(days=1)
