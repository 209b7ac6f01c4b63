"""`hub sync`: run connectors one after the other. A failing one does not stop its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.core.host.spawn import Spawned
    from hub.core.sync.run import RunReport
    from hub.sdk.errors import HubError

    #: Section, the report of its run (None: it could not begin), and what ended it early.
    Result = tuple[str, RunReport | None, HubError | None]


#: The code of a question to a person: its remedy says how to answer.
ASKS = "HUB-SYNC-003"


@click.command("sync", short_help="Run the connectors now.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--full", is_flag=True, help="Read everything again, whatever was read before; nothing is deleted.")
@click.option(
    "--accept-missing", is_flag=True, help="What the snapshot of NAME no longer has is really gone, this once."
)
@with_json
@common
@pass_session
def command(session: Session, names: tuple[str, ...], full: bool, accept_missing: bool) -> int:
    """Run the connectors now.

    All that are enabled, or those named, in the order of the configuration. What was read is kept even when a run
    ends early. A table says for each stream: read = new + changed + same + held.
    """
    from hub.core.host.spawn import spawn

    if accept_missing and not names:
        raise click.UsageError("--accept-missing needs the NAME of the connector whose rows are really gone.")
    spares = [spawn()]  # the next connector's process loads while we do something else
    try:
        hub = session.hub
        sections = hub.sections(names)
        results: list[Result] = []
        for left, section in zip(reversed(range(len(sections))), sections, strict=True):
            if left:
                spares.append(spawn())
            run = _run(hub, section, full=full, accept_missing=accept_missing, spawned=spares[0])
            results.append((section, *run))
            spares.pop(0).close()
    finally:
        for spare in spares:
            spare.close()
    held = _held_now(hub, [hub.key_of(section) for section in sections])
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"connectors": [_entry(*result) for result in results], "held_now": held})
    else:
        _show(hub, results, held)
    return max([_status(error) for _, _, error in results] + [1 if held else 0], default=0)


def _run(
    hub: Hub, section: str, *, full: bool, accept_missing: bool, spawned: Spawned
) -> tuple[RunReport | None, HubError | None]:
    """The report of one connector's run, and what ended it early; no report when it could not begin.

    Raises:
        SourceUnavailable: the data base is out of reach; then no connector can run.
    """
    from hub.core.host.process import greet
    from hub.sdk.errors import HubError

    try:
        greet(spawned, *hub.start(section))  # before what loads the data base: the connector is made meanwhile
    except HubError as error:
        return None, error

    from hub.app.cli.progress import counting
    from hub.core.jobs.running import run_connector
    from hub.core.store.engine import DatabaseUnreachable
    from hub.core.store.leases import LeaseLost, LeaseTaken

    try:
        spec = hub.spec(section)
        hub.refuse_doubles(section)
    except DatabaseUnreachable:
        raise
    except HubError as error:
        return None, error
    with counting(section, "records") as tell:
        try:
            report = run_connector(
                hub.store,
                spec,
                actor=hub.actor,
                full=full,
                accept_missing=accept_missing,
                progress=lambda stream, counts: tell(stream, counts.read),
                spawned=spawned,
                inbox=hub.inbox,
            )
        except (LeaseTaken, LeaseLost) as error:
            return None, error
    return report, report.error


def _held_now(hub: Hub, keys: list[str]) -> int:
    from hub.core.sync.run import held_now

    counts = held_now(hub.store)
    return sum(counts.get(key, 0) for key in keys)


def _status(error: HubError | None) -> int:
    from hub.app.cli.run import status_of

    return 0 if error is None else status_of(error, reporting=True)


def _entry(section: str, report: RunReport | None, error: HubError | None) -> dict[str, Any]:
    from hub.app.cli.failures import as_json

    streams = [
        {"stream": s.stream, **counts_json(s.counts), "complete": s.complete, "left_alone": s.skipped}
        for s in (report.streams if report else [])
    ]
    return {
        "connector": section,
        "state": report.state if report else "failed",
        "streams": streams,
        "webhooks": counts_json(report.webhooks) if report and report.webhooks else None,
        "acknowledged": report.acknowledged if report else 0,
        "error": as_json(error) if error else None,
    }


def counts_json(counts: Any) -> dict[str, int]:
    """Counts for a JSON document: read = new + changed + same + held; missing apart."""
    return {name: getattr(counts, name) for name in ("read", "new", "changed", "same", "held", "missing")}


def _show(hub: Hub, results: list[Result], held: int) -> None:
    from hub.app.cli.failures import show
    from hub.app.cli.table import next_steps, show_table
    from hub.app.cli.words import many

    columns, rows, total = _table(results)
    show_table(columns, rows, total=total)
    for section, report, error in results:
        for stream in report.streams if report else []:
            for sentence in stream.news:
                click.echo(f"{section}: {sentence}")
        if report and report.webhooks:
            brought = report.webhooks
            click.echo(f"{section}: webhooks that waited brought {brought.new} new, {brought.changed} changed")
        if report and report.acknowledged:
            click.echo(f"{section}: the books have {many(report.acknowledged, 'payment')} that you handed over")
        if error is not None:
            click.echo(err=True)
            words = "asks something" if error.code == ASKS else "did not come to its end"
            click.echo(f"{section} {words}:", err=True)
            show(error)
    if not results:
        click.echo("no connector is configured: add one to hub.toml")
    steps = []
    if held:
        steps.append(("hub held list", f"{many(held, 'record')} held or questioned: why, and what to do"))
    if any(error is not None and error.code != ASKS for *_, error in results):
        steps.append(("hub check", "what keeps a connector from running"))
    if any(report for _, report, _ in results):
        steps.append(("hub reconcile", "apply what was received to the invoices"))
    next_steps(*steps)


def _table(results: list[Result]) -> tuple[list[Any], list[list[str]], list[str] | None]:
    """Columns, a row per stream, and the totals when there are several; `missing` only when something is."""
    from hub.app.cli.table import Col
    from hub.app.cli.words import count

    names = ["read", "new", "changed", "same", "held"]
    streams = [stream for _, report, _ in results for stream in (report.streams if report else [])]
    if any(stream.counts.missing for stream in streams):
        names.append("missing")
    columns = [Col("connector", wrap=True), Col("stream", wrap=True), *(Col(name, right=True) for name in names)]
    rows = []
    for section, report, error in results:
        for stream in report.streams if report else []:
            figures = [count(getattr(stream.counts, name)) for name in names]
            rows.append([section, stream.stream, *figures, "complete" if stream.complete else "incomplete"])
        if error is not None and (report is None or all(s.complete for s in report.streams)):
            state = "failed" if report is None else report.state
            rows.append([section, "-", *["-"] * len(names), f"{state} ({error.code})"])
        elif report is not None and not report.streams:
            rows.append([section, "-", *["-"] * len(names), report.state])
    total = None
    if len(streams) > 1:
        total = ["total", "", *(count(sum(getattr(s.counts, name) for s in streams)) for name in names), ""]
    return [*columns, Col("state", wrap=True)], rows, total
