"""`hub check`: what is wrong with the set-up, and how to mend it. Nothing is read in."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.sdk.errors import HubError


class Finding(NamedTuple):
    """One thing looked at. `level`: ok, note (worth knowing), wrong; `status` what it adds to the exit status."""

    level: str
    subject: str
    words: str
    mend: str = ""
    code: str = ""
    status: int = 0


@click.command("check", short_help="Say what is wrong with the set-up, and how to mend it.")
@with_json
@common
@pass_session
def command(session: Session) -> int:
    """Say what is wrong with the set-up, and how to mend it.

    The configuration, the data base, plugins, each connector's settings and files, whose books count for each seller.
    Nothing is read in.
    """
    hub = session.hub  # a faulty configuration ends here, shown with its place
    findings = [Finding("ok", "configuration", str(hub.settings.path)), *_database(hub), *_plugins(hub)]
    for section in hub.settings.connectors:
        findings += _connector(hub, section)
    if not hub.settings.connectors:
        findings.append(Finding("wrong", "connectors", "none is configured", "add a [connector.NAME]", status=1))
    findings += _mail(hub)
    if not any(found.subject == "data base" and found.status for found in findings):
        findings += [*_books(hub), *_held(hub)]
    findings += _rules(hub)
    if session.json:
        from hub.app.cli.table import show_json

        keys = ("level", "subject", "words", "mend", "code")
        show_json({"findings": [{key: getattr(found, key) for key in keys} for found in findings]})
    else:
        _show(findings)
    return max(found.status for found in findings)


def _wrong(subject: str, error: HubError) -> Finding:
    from hub.app.cli.run import status_of

    place = f"{error.where}: " if error.where else ""
    return Finding("wrong", subject, f"{place}{error.what}", error.mend, error.code, status_of(error, reporting=True))


def _database(hub: Hub) -> Iterator[Finding]:
    from hub.sdk.errors import HubError

    try:
        store = hub.store
    except HubError as error:
        yield _wrong("data base", error)
        return
    yield Finding("ok", "data base", f"{store.engine.url.render_as_string()}, schema {store.revision()}")


def _mail(hub: Hub) -> Iterator[Finding]:
    from hub.app.settings import mail_of
    from hub.sdk.errors import HubError

    try:
        found = mail_of(hub.settings)
    except HubError as error:
        yield _wrong("[mail]", error)
        return
    if found is not None:
        yield Finding("ok", "[mail]", f"alarms are told to {', '.join(found.to)} through {found.host}:{found.port}")


def _plugins(hub: Hub) -> Iterator[Finding]:
    yield from (_wrong(f"plugin {fault.plugin}", fault.error) for fault in hub.plugin_faults)
    if hub.registry.connectors:
        yield Finding("ok", "plugins", ", ".join(sorted(hub.registry.connectors)))


def _connector(hub: Hub, section: str) -> Iterator[Finding]:
    """The settings, the connector's own process, its streams, and the files it would read."""
    from hub.app.places import paths_of
    from hub.app.settings import connector_config
    from hub.core.host.process import ConnectorProcess
    from hub.sdk.errors import HubError, SourceUnavailable

    subject = f"[connector.{section}]"
    if not hub.settings.connectors[section].get("enabled", True):
        yield Finding("note", subject, "is not enabled", "enabled = true")
        return
    try:
        spec = hub.spec(section)
        with ConnectorProcess(spec.start, spec.limits) as process:
            streams = [stream.name for stream in process.streams()]
    except HubError as error:
        yield _wrong(subject, error)
        return
    yield Finding("ok", subject, f"{spec.plugin} is ready; streams: {', '.join(streams) or 'none'}")
    if not streams:
        yield Finding("wrong", subject, "it has nothing to read", f"say where its files are; see {subject}", status=1)
    config = connector_config(hub.settings, section, hub.registry.get(spec.plugin).config)
    for name, path in paths_of(config):
        yield _files(subject, name, path)
    try:
        hub.refuse_doubles(section)
    except SourceUnavailable:
        return  # told once, under the data base
    except HubError as error:
        yield _wrong(subject, error)


def _files(subject: str, name: str, path: Path) -> Finding:
    """How many files a path, folder or glob gives now; none is worth a note, a missing path is wrong."""
    from hub.app.cli.words import many

    try:
        if path.is_dir():
            found = sum(1 for entry in path.rglob("*") if entry.is_file() and not entry.name.startswith("."))
        elif glob.has_magic(str(path)) and not path.exists():
            missing = _missing_base(path)
            if missing is not None:
                what = f"{name}: {path}: the folder {missing} does not exist"
                return Finding("wrong", subject, what, "make it, or correct the path", status=1)
            found = len([entry for entry in glob.glob(str(path), recursive=True) if Path(entry).is_file()])
        elif path.exists():
            found = 1
        else:
            return Finding(
                "wrong", subject, f"{name}: {path} does not exist", "put it there, or correct the path", status=1
            )
    except OSError as error:
        return Finding(
            "wrong", subject, f"{name}: {path}: {error.strerror}", "make it readable for this user", status=1
        )
    if not found:
        return Finding("note", subject, f"{name}: no file in {path} yet", "put files there, then run hub sync")
    return Finding("ok", subject, f"{name}: {many(found, 'file')} in {path}")


def _missing_base(path: Path) -> Path | None:
    """The folder that a glob begins in, if it is not there."""
    fixed = path
    while glob.has_magic(str(fixed)):
        fixed = fixed.parent
    return None if fixed.is_dir() else fixed


def _rules(hub: Hub) -> Iterator[Finding]:
    """The rules of reconciliation, and debtors named there whom nobody knows."""
    from hub.app.policies import policy_of
    from hub.core.services.rules import unknown_debtors
    from hub.sdk.errors import HubError

    try:
        policy = policy_of(hub.settings)
        unknown = unknown_debtors(hub.desk, policy)
    except HubError as error:
        yield _wrong("[reconcile]", error)
        return
    yield Finding("ok", "[reconcile]", f"version {policy.version}; rules of your own: {len(policy.rules)}")
    for what in unknown:
        yield Finding("wrong", "[reconcile]", what, "correct seller and debtor there", status=1)


def _books(hub: Hub) -> Iterator[Finding]:
    """Whose amounts count, for each seller known so far."""
    from hub.core.services.desk import books_of
    from hub.core.store.reading import connector_keys
    from hub.sdk.errors import HubError

    try:
        with hub.store.read() as connection:
            books, keys = books_of(hub.desk, connection), connector_keys(connection)
    except HubError as error:
        yield _wrong("books", error)
        return
    configured = {hub.key_of(section) for section in hub.settings.connectors}
    for seller, connector in sorted(books.items()):
        if connector in keys and keys[connector] not in configured:
            yield Finding(
                "wrong", f"seller {seller}", f"its books are {keys[connector]!r}, which is not configured any more",
                f'if the section was renamed, write id = "{keys[connector]}" in it; else configure it again',
                status=1,
            )  # fmt: skip
        elif connector in keys:
            yield Finding("ok", f"seller {seller}", f"its books are {keys[connector]}")
        else:
            yield Finding(
                "wrong", f"seller {seller}", f"its books, {hub.books.get(seller)!r}, brought nothing yet",
                "run hub sync, or correct [seller] books", status=1,
            )  # fmt: skip
    for seller in sorted(hub.books.keys() - books.keys()):
        yield Finding("note", f"seller {seller}", "no invoice of it was read yet", "run hub sync")


def _held(hub: Hub) -> Iterator[Finding]:
    """Records that wait for a person: nothing is wrong with the set-up, yet the picture is not whole."""
    from hub.app.cli.words import many
    from hub.core.store.held import held_counts

    with hub.store.read() as connection:
        counts = held_counts(connection)
    for connector, number in sorted(counts.items()):
        words = many(number, "record was not understood and is held", "records were not understood and are held")
        yield Finding("note", connector, words, "hub held list")


def _show(findings: list[Finding]) -> None:
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import many, styled, wrapped

    marks = {"ok": styled("ok    ", "green"), "note": styled("note  ", "yellow"), "wrong": styled("WRONG ", "red")}
    for found in findings:
        code = f" ({found.code})" if found.code else ""
        lines = wrapped(f"{found.subject}: {found.words}{code}", indent="      ")
        click.echo(marks[found.level] + lines[0].lstrip())
        for line in lines[1:] + (wrapped(f"-> {found.mend}", indent="      ") if found.mend else []):
            click.echo(line)
    wrong = sum(found.level == "wrong" for found in findings)
    click.echo()
    noted = sum(found.level == "note" for found in findings)
    fine = f"The set-up is sound; {many(noted, 'note')} above." if noted else "Nothing to mend."
    click.echo(f"{many(wrong, 'thing')} to mend." if wrong else fine)
    next_steps(("hub check", "again, once it is mended") if wrong else ("hub sync", "read what there is"))
