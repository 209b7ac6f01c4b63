"""The daily message about alarms, by e-mail: put together here, handed to a mail server with the standard library."""

from __future__ import annotations

import platform
import smtplib
import ssl
from collections.abc import Sequence
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from zoneinfo import ZoneInfo

from hub.app.settings import MailSection
from hub.core.store.alarms import Alarm
from hub.sdk.errors import SourceUnavailable
from hub.sdk.redaction import redact

_TIMEOUT_S = 30.0


def message(settings: MailSection, alarms: Sequence[Alarm], *, now: datetime, zone: ZoneInfo) -> EmailMessage:
    """What the operator reads: alarms that came since the last message, then those that stand. No amount, no name of
    a debtor: mail travels far."""
    fresh = [alarm for alarm in alarms if alarm.told_on is None]
    known = [alarm for alarm in alarms if alarm.told_on is not None]
    mail = EmailMessage()
    counts = ", ".join(f"{len(some)} {word}" for some, word in ((fresh, "new"), (known, "standing")) if some)
    mail["Subject"] = f"[hub] {'alarm' if len(alarms) == 1 else 'alarms'}: {counts} ({platform.node() or 'localhost'})"
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    lines = [*_part("New since the last message:", fresh, zone), *_part("Still standing:", known, zone)]
    lines += [
        "hub status shows how things stand; docs/operating.md says what to do for each alarm.",
        "There is one message a day at most, and none when nothing stands.",
    ]
    mail.set_content("\n".join(lines) + "\n")
    return mail


def _part(title: str, alarms: Sequence[Alarm], zone: ZoneInfo) -> list[str]:
    if not alarms:
        return []
    return [title, *(f"- {_since(alarm, zone)}  {redact(alarm.what)}" for alarm in alarms), ""]


def _since(alarm: Alarm, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(alarm.since // 1_000_000, zone).strftime("%d/%m/%Y %H:%M")


def is_due(settings: MailSection, mailed_on: date | None, now: datetime, today: date, zone: ZoneInfo) -> bool:
    """Whether today's message may be sent now: there was none yet, and its hour has come."""
    return mailed_on != today and now.astimezone(zone).time() >= settings.at


def send(settings: MailSection, mail: EmailMessage) -> None:
    """Hand the message to the mail server.

    Raises:
        SourceUnavailable: it was not taken; try later.
    """
    try:
        with _connected(settings) as server:
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password.get_secret_value())
            refused = server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise _not_sent(settings, f"{type(error).__name__}: {error}") from error
    if refused:
        raise _not_sent(settings, f"refused for {', '.join(sorted(refused))}")


def _connected(settings: MailSection) -> smtplib.SMTP:
    """A connection, encrypted unless the settings say otherwise; the server's certificate is always checked."""
    if settings.port == 465:
        return smtplib.SMTP_SSL(settings.host, 465, timeout=_TIMEOUT_S, context=ssl.create_default_context())
    server = smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT_S)
    if settings.starttls:
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _not_sent(settings: MailSection, why: str) -> SourceUnavailable:
    return SourceUnavailable(
        code="HUB-MAIL-001",
        what=f"the daily message was not taken by {settings.host}:{settings.port}: {redact(why)}",
        where="[mail]",
        mend="the daemon tries again; if it stays so, correct [mail] or ask whoever runs the mail server",
    )
