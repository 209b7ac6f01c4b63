"""The watch: alarms come and go in the data base, `hub status` shows them, and one message a day tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app import mail
from hub.app.bootstrap import Hub
from hub.app.planned import plan
from hub.app.settings import mail_of
from hub.app.watch import Watch
from hub.core.services.status import status
from hub.core.store import Store, alarms
from hub.core.store import tables as t
from hub.core.store.inbox import Delivery
from hub.sdk.errors import ConfigError, SourceUnavailable
from tests.support.hubs import make_hub, rows, sync, write_csv
from tests.support.in_process import InProcess
from tests.support.schema import schema_differences, upgrade_to
from tests.support.smtp import Post, make_certificate, post_office
from tests.unit.plugins.bank_statements.made import Mv, cfonb, text

LEDGER = '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\n'
MORNING = datetime(2026, 11, 30, 9, tzinfo=UTC)


@dataclass
class Notes:
    """A log that keeps the names of what was logged."""

    said: list[str] = field(default_factory=list)

    def __getattr__(self, _level: str) -> Any:
        return lambda event, **_: self.said.append(event)


class HandClock:
    """A clock set by hand; the date is that of the instant."""

    def __init__(self, now: datetime) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.date()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connectors without processes."""
    monkeypatch.setattr("hub.core.sync.run.ConnectorProcess", InProcess)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """For what is the same on both data bases."""
    (tmp_path / "hub.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server without TLS."""
    with post_office() as found:
        yield found


def _hub(folder: Path, url: str, port: int, more: str = "") -> Hub:
    section = (
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nstarttls = false\nfrom = "hub@acme.test"\nto = "anne@acme.test"\n'
    )
    write_csv(folder / "invoices.csv", "number;debtor_id;issued_on;total", "F1;C1;2026-09-01;12,00")
    hub = make_hub(folder, url, LEDGER + section + more, now=lambda: int(hub.clock.now().timestamp() * 1_000_000))
    hub.clock = HandClock(MORNING)  # type: ignore[assignment]
    return hub


def _watch(hub: Hub) -> tuple[Watch, Notes]:
    notes = Notes()
    return Watch(hub, plan(hub), "tester", notes), notes


def _kinds(hub: Hub) -> list[str]:
    with hub.store.read() as connection:
        return [alarm.kind for alarm in alarms.standing(connection)]


def _later(hub: Hub, **by: int) -> None:
    hub.clock.instant += timedelta(**by)  # type: ignore[attr-defined]


def test_a_webhook_that_waits_is_an_alarm(tmp_path: Path, database_url: str, post: Post) -> None:
    """It lies in the inbox, wherever that is kept, for over an hour; dealt with, the alarm goes."""
    hub = _hub(tmp_path, database_url, post.port)
    hub.inbox.prepare()
    hub.inbox.put([Delivery("ledger", "e1", "invoices", "F1", {}, b"{}")])
    watch, _ = _watch(hub)
    _later(hub, minutes=59)
    watch.look()
    assert "inbox" not in _kinds(hub)
    _later(hub, minutes=2)
    watch.look()
    assert "inbox" in _kinds(hub)
    hub.inbox.note_handled([event.id for event in hub.inbox.take("ledger", 10)])
    watch.look()
    assert "inbox" not in _kinds(hub)


def test_an_alarm_comes_is_told_once_a_day_and_goes(tmp_path: Path, database_url: str, post: Post) -> None:
    """Silent for three hours: one message; the next morning one more, of what stands; mended: none."""
    hub = _hub(tmp_path, database_url, post.port)
    sync(hub, "ledger")
    watch, notes = _watch(hub)
    watch.look()
    assert ([], []) == (_kinds(hub), post.messages)
    _later(hub, hours=3)
    for _ in range(3):
        watch.look()
        _later(hub, minutes=5)
    assert ["silent"] == _kinds(hub)
    [told] = post.messages
    assert "1 new" in told["Subject"]
    assert "ledger: no run came to its end since 30/11/2026 10:00" in told.get_content()
    _later(hub, days=1)
    watch.look()
    watch.look()
    assert 2 == len(post.messages)
    assert "1 standing" in post.messages[1]["Subject"]
    sync(hub, "ledger")
    _later(hub, days=1)
    hub.store.again("tester", lambda unit: unit.connection.execute(t.run.update().values(ended_at=unit.at)))
    watch.look()
    assert ([], 2) == (_kinds(hub), len(post.messages))
    assert ["alarm", "alarms told by mail", "alarms told by mail", "alarm mended"] == notes.said


def test_no_message_before_its_hour_and_no_second_one_after_mending(
    tmp_path: Path, sqlite_url: str, post: Post
) -> None:
    """What comes after the day's message waits for tomorrow's, whatever was mended meanwhile."""
    hub = _hub(tmp_path, sqlite_url, post.port, "at = 14:00:00\n")
    sync(hub, "ledger")
    watch, _ = _watch(hub)
    _later(hub, hours=3)
    watch.look()
    assert [] == post.messages  # noon in Paris is 13:00
    _later(hub, hours=1)
    watch.look()
    assert 1 == len(post.messages)
    hub.store.again("tester", lambda unit: unit.connection.execute(t.run.update().values(ended_at=unit.at)))
    watch.look()
    assert [] == _kinds(hub)
    _later(hub, hours=3)
    watch.look()
    assert (["silent"], 1) == (_kinds(hub), len(post.messages))


def test_a_mail_that_is_not_taken_is_an_alarm_and_is_tried_again(tmp_path: Path, sqlite_url: str, post: Post) -> None:
    """The daemon goes on; nothing counts as told; once the server takes it, the alarm goes."""
    hub = _hub(tmp_path, sqlite_url, post.port)
    sync(hub, "ledger")
    watch, notes = _watch(hub)
    post.refuses = True
    _later(hub, hours=3)
    watch.look()
    watch.look()
    assert {"silent", "mail"} == set(_kinds(hub))
    assert 1 == notes.said.count("mail not sent")
    post.refuses = False
    watch._mail_again_at = 0
    watch.look()
    watch.look()
    assert (["silent"], 1) == (_kinds(hub), len(post.messages))
    assert "mail" not in post.messages[0].get_content().split("hub status")[0]


def test_status_shows_what_stands(tmp_path: Path, sqlite_url: str, post: Post) -> None:
    """With its beginning, and the command needs a person."""
    hub = _hub(tmp_path, sqlite_url, post.port)
    sync(hub, "ledger")
    _later(hub, hours=3)
    watch, _ = _watch(hub)
    watch.look()
    [alarm] = status(hub.desk).alarms
    assert ("silent", "ledger", date(2026, 11, 30)) == (alarm.kind, alarm.subject, alarm.told_on)


def test_what_waits_is_kept_by_day(tmp_path: Path, sqlite_url: str, post: Post) -> None:
    """Held lines a week ago and now: the backlog grows; the numbers of a day are its last ones, old ones go."""
    hub = _hub(tmp_path, sqlite_url, post.port, "[daemon]\nbacklog = 2\n")
    watch, _ = _watch(hub)
    watch.look()
    bad = [f"F{n};C1;2026-09-01;twelve" for n in range(3)]
    write_csv(tmp_path / "invoices.csv", "number;debtor_id;issued_on;total", *bad)
    sync(hub, "ledger")
    _later(hub, days=7)
    watch.look()
    assert "backlog" in _kinds(hub)
    kept = rows(hub.store, sa.select(t.backlog.c.kind, t.backlog.c.day, t.backlog.c.number).order_by(*t.backlog.c))
    assert ("held", date(2026, 12, 7), 3) in kept
    _later(hub, days=40)
    watch.look()
    assert {date(2027, 1, 16)} == {row[0] for row in rows(hub.store, sa.select(t.backlog.c.day))}


BANK = '[connector.bank]\nplugin = "bank_statements"\nfolder = "bank"\nsettle_s = 0\n'


def test_what_was_read_and_when(tmp_path: Path, database_url: str, post: Post) -> None:
    """A ledger that brought something on three days and then nothing; an account whose statements stopped."""
    hub = _hub(tmp_path, database_url, post.port, BANK)
    (tmp_path / "bank").mkdir()
    for number, day in enumerate((0, 1, 3)):
        lines = [f"F{n};C1;2026-09-01;12,00" for n in range(day + 1)]
        write_csv(tmp_path / "invoices.csv", "number;debtor_id;issued_on;total", *lines)
        booked = date(2026, 11, 30) + timedelta(days=day)
        told = cfonb([Mv(booked, 1_000, "VIR")], 1_000 * number, booked - timedelta(days=1), booked)
        (tmp_path / "bank" / f"{day}.txt").write_bytes(text(told))
        for section in ("ledger", "bank"):
            sync(hub, section)
        _later(hub, days=2 if day else 1)
    watch, _ = _watch(hub)
    watch.look()
    assert {"silent"} == set(_kinds(hub))
    _later(hub, days=9)
    for section in ("ledger", "bank"):
        sync(hub, section)
    watch.look()
    assert {"no_news", "statement"} == set(_kinds(hub))
    with hub.store.read() as connection:
        heard = alarms.heard(connection, hub.clock.today())
    days = (date(2026, 12, 3), date(2026, 12, 1), date(2026, 11, 30))
    assert days == heard["ledger"].readings


def test_a_password_travels_only_encrypted_and_to_a_server_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STARTTLS with a certificate nobody signed: not sent. With one that is trusted: sent, after the encryption."""
    monkeypatch.setenv("MAIL_KEY", "canary-mail-7731")
    certificate = make_certificate(tmp_path / "server.pem")
    with post_office(certificate) as post:
        login = 'user = "hub"\npassword = { env = "MAIL_KEY" }\n'
        hub = _hub(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}", post.port, login)
        text = (tmp_path / "hub.toml").read_text().replace("starttls = false\n", "")
        (tmp_path / "hub.toml").write_text(text)
        settings = mail_of(Hub.open(tmp_path / "hub.toml", "tester").settings)
        assert settings is not None
        letter = mail.message(settings, [alarms.Alarm("silent", "x", "x", 0)], now=MORNING, zone=hub.zone)
        with pytest.raises(SourceUnavailable, match="CERTIFICATE_VERIFY_FAILED") as caught:
            mail.send(settings, letter)
        assert ([], []) == (post.logins, post.messages)
        assert "canary" not in str(caught.value) + repr(settings)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mail.send(settings, letter)
        assert [("hub", "canary-mail-7731", True)] == post.logins
        assert 1 == len(post.messages)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ('host = "mail.acme.test"\nstarttls = false\nuser = "u"\npassword = { env = "MAIL_KEY" }', "in clear"),
        ('host = "mail.acme.test"\npassword = "plain"', "secret stands in the file"),
        ('host = "mail.acme.test"\nhosts = "x"', "did you mean 'host'"),
        ('host = "mail.acme.test\\r\\nX"', "host"),
    ],
)
def test_a_faulty_section_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, words: str) -> None:
    """With its place, before anything is sent."""
    monkeypatch.setenv("MAIL_KEY", "canary-mail-7731")
    hub = make_hub(tmp_path, "sqlite:///x.db", f'[mail]\n{section}\nfrom = "a@b.test"\nto = "c@d.test"\n')
    with pytest.raises(ConfigError, match="mail") as caught:
        mail_of(hub.settings)
    assert words in caught.value.what


def test_the_migration_leaves_filled_tables_alone(empty_database_url: str) -> None:
    """0013 adds a table to a data base in use; it ends equal to a fresh one."""
    store = Store(empty_database_url, lambda: 9)
    upgrade_to(store, "0011")
    with store.engine.begin() as connection:
        connection.execute(t.alarm.insert().values(kind="silent", subject="bank", what="x", since=5))
        connection.execute(t.run_state.insert().values(connector_key="bank", failures=2))
    store.migrate()
    with store.engine.connect() as connection:
        assert [] == schema_differences(connection)
        assert [("silent", "bank", "x", 5, None)] == [tuple(row) for row in connection.execute(sa.select(t.alarm))]
        assert [2] == list(connection.execute(sa.select(t.run_state.c.failures)).scalars())
    store.close()
