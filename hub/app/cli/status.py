"""`hub status`: connectors, open amounts by lateness, receipts not applied, what waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from hub.app.bootstrap import Hub
    from hub.core.services.status import Status
    from hub.core.store.inbox import Heap

#: What an anomaly of the ledger means, by its stored spelling.
ANOMALIES = {
    "over_settled": "settled in the books beyond their total",
    "over_allocated": "applied beyond what is open: reverse an allocation",
    "unknown_document": "settled or applied, but the invoice is not known",
    "ambiguous_document": "settled or due in parts, but several invoices bear that number",
    "other_currency": "settled or applied in another currency than the invoice",
    "unreadable_terms": "payment terms that could not be read",
    "reopened_in_books": "paid by a receipt, but the books opened them again: hub allocations list --status reopened",
    "instalments_differ": "instalments that do not add up to the invoice",
}


@click.command("status", short_help="How things stand: connectors, open amounts, what waits for you.")
@with_json
@common
@pass_session
def command(session: Session) -> int:
    """How things stand: connectors, open amounts, what waits for you.

    Exit status 1 when something needs a person: records held, a run that did not come to its end, gaps, bank
    statements that do not meet, anomalies, alarms.
    """
    from hub.core.services.status import status

    hub = session.hub
    found = status(hub.desk)
    heaps = hub.inbox.heaps()
    due = _due(hub, found)
    if session.json:
        from hub.app.cli.table import show_json

        show_json({**_document(hub, found, due), "webhooks": _webhooks(heaps)})
    else:
        _show(hub, found, due)
        _show_webhooks(heaps)
        _next(found)
    return 1 if _needs_a_person(found) else 0


def _due(hub: Hub, found: Status) -> dict[str, datetime]:
    """From when on the daemon at work runs each connector; empty when there is none."""
    if not found.daemons:
        return {}
    from hub.app.planned import next_runs

    return next_runs(hub)


def _needs_a_person(found: Status) -> bool:
    unfinished = any(run.state in ("incomplete", "failed") for run in found.runs)
    to_correct = found.of_books is not None and found.of_books.to_correct
    wrong = found.held or found.gaps or found.bank or found.anomalies or found.suspended or to_correct
    return bool(unfinished or wrong or found.alarms or found.restored)


def _document(hub: Hub, found: Status, due: Mapping[str, datetime]) -> dict[str, Any]:
    from hub.app.cli.books_shown import books_json
    from hub.app.cli.sync import counts_json
    from hub.app.cli.words import iso_moment, money_json
    from hub.sdk.money import decimal_text

    def minor(name: str, value: int, currency: str) -> dict[str, Any]:
        return {name: decimal_text(value, currency), f"{name}_minor": value}

    return {
        "as_of": hub.clock.today().isoformat(),
        "connectors": [
            {
                "connector": run.connector,
                "plugin": run.plugin,
                "state": run.state,
                "started_at": iso_moment(run.started_at),
                "ended_at": iso_moment(run.ended_at),
                "next_run_at": iso_moment(_microseconds(due.get(run.connector))),
                "held": found.held.get(run.connector, 0),
                "error": run.error,
                "streams": [{"stream": s.stream, **counts_json(s.counts), "complete": s.complete} for s in run.streams],
            }
            for run in found.runs
        ],
        "sellers": [
            {
                "seller": s.seller,
                "currency": s.currency,
                "books": s.books,
                "open_items": s.open_items,
                **minor("open", s.open_minor, s.currency),
                **minor("overdue", s.overdue_minor, s.currency),
                "aged": {
                    name: {**minor("amount", value, s.currency)}
                    for name, value in zip(found.buckets, s.aged, strict=True)
                },
            }
            for s in found.sellers
        ],
        "receipts": {
            "not_applied": found.unapplied_receipts,
            "not_applied_amounts": money_json(found.unapplied),
            "with_suggestions": found.suggested_receipts,
        },
        "daemons": found.daemons,
        "suspended": found.suspended,
        "alarms": [
            {
                "kind": alarm.kind,
                "subject": alarm.subject,
                "what": alarm.what,
                "since": iso_moment(alarm.since),
                "told_on": alarm.told_on.isoformat() if alarm.told_on else None,
            }
            for alarm in found.alarms
        ],
        "restored_at": iso_moment(found.restored.at) if found.restored else None,
        "held": sum(found.held.values()),
        "standing_on_an_old_version": sum(found.stale.values()),
        "gaps": found.gaps,
        "bank_gaps": [
            {
                "kind": one.gap.kind,
                "account": one.account,
                "seller": one.seller,
                "currency": one.gap.currency,
                "from": one.gap.from_on.isoformat(),
                "to": one.gap.to_on.isoformat(),
                **minor("expected", one.gap.expected_minor, one.gap.currency),
                **minor("found", one.gap.found_minor, one.gap.currency),
                **minor("difference", one.gap.difference_minor, one.gap.currency),
                "what": one.what,
                "mend": one.mend,
            }
            for one in found.bank
        ],
        "books": books_json(found.of_books) if found.of_books else None,
        "anomalies": dict(sorted(found.anomalies.items())),
    }


def _show(hub: Hub, found: Status, due: Mapping[str, datetime]) -> None:
    from hub.app.cli.words import amounts, day, many, styled, wrapped

    click.echo(styled(f"The hub on {day(hub.clock.today())}", "bold"))
    click.echo()
    _alarms(hub, found)
    if found.runs:
        _runs(hub, found, due)
    else:
        click.echo("No connector has run yet.")
    if found.sellers:
        click.echo()
        _sellers(found)
    if found.unapplied_receipts:
        click.echo()
        suggested = f"; for {many(found.suggested_receipts, 'of them', 'of them')} there are suggestions"
        click.echo(
            f"{many(found.unapplied_receipts, 'receipt')} not or not wholly applied: {amounts(found.unapplied)}"
            + (suggested if found.suggested_receipts else "")
        )
    for connector, because in found.suspended.items():
        click.echo(f"{connector} is suspended: {because}")
    if found.stale:
        stale = many(sum(found.stale.values()), "record stands", "records stand")
        click.echo(f"{stale} on an old version: the newer one is held")
    for kind, number in sorted(found.anomalies.items()):
        named = found.where.get(kind, [])
        more = f": {', '.join(named)}{' …' if number > len(named) else ''}" if named else ""
        for line in wrapped(f"{many(number, 'anomaly', 'anomalies')}: {ANOMALIES.get(kind, kind)}{more}"):
            click.echo(line)
    if found.of_books:
        from hub.app.cli.books_shown import show_books

        show_books(found.of_books)
    _bank(found)


def _webhooks(heaps: dict[str, Heap]) -> dict[str, dict[str, int]]:
    return {key: {"waiting": heap.waiting, "given_up": heap.given_up} for key, heap in sorted(heaps.items())}


def _show_webhooks(heaps: dict[str, Heap]) -> None:
    """What waits in the inbox, and what was given up; nothing when all was dealt with."""
    from hub.app.cli.words import many

    for key, heap in sorted(heaps.items()):
        if heap.waiting:
            click.echo(f"{key}: {many(heap.waiting, 'webhook waits', 'webhooks wait')}; hub sync {key} deals with them")
        if heap.given_up:
            click.echo(f"{key}: {many(heap.given_up, 'webhook was', 'webhooks were')} given up; the next run finds why")


def _alarms(hub: Hub, found: Status) -> None:
    """What the daemon's watch found, oldest first, and whether the hub was restored."""
    from hub.app.cli.words import moment, styled, wrapped

    if found.restored is not None:
        text = (
            f"Restored on {moment(found.restored.at, hub.zone)} from a backup of "
            f"{moment(found.restored.backup_of, hub.zone)}: partners are asked what they have before anything is sent."
        )
        click.echo("\n".join(wrapped(text)) + "\n")
    shown = [alarm for alarm in found.alarms if alarm.kind != "restored"]
    for alarm in shown:
        for text in wrapped(f"Alarm since {moment(alarm.since, hub.zone)}: {alarm.what}"):
            click.echo(styled(text, "red"))
    if shown:
        click.echo()


#: Differences between bank statements shown one by one.
_SHOWN = 5


def _bank(found: Status) -> None:
    """What is wrong between the statements of each account, with its remedy."""
    from hub.app.cli.words import count, wrapped

    for one in found.bank[:_SHOWN]:
        for text in wrapped(f"Account {one.account}: {one.what}."):
            click.echo(text)
        for text in wrapped(f"What to do: {one.mend}.", indent="  "):
            click.echo(text)
    if len(found.bank) > _SHOWN:
        click.echo(f"and {count(len(found.bank) - _SHOWN)} more: hub export bank-gaps")


def _runs(hub: Hub, found: Status, due: Mapping[str, datetime]) -> None:
    from hub.app.cli.table import Col, show_table
    from hub.app.cli.words import count, many, moment

    rows = []
    for run in found.runs:
        read = sum(stream.counts.read for stream in run.streams)
        new = sum(stream.counts.new + stream.counts.changed for stream in run.streams)
        state = run.state if not run.error else f"{run.state}: {run.error.get('code', '')}"
        held = count(found.held.get(run.connector, 0))
        began = moment(run.started_at, hub.zone)
        next_ = [moment(_microseconds(due.get(run.connector)), hub.zone)] if found.daemons else []
        rows.append([run.connector, began, count(read), count(new), held, *next_, state])
    columns = [
        Col("connector", wrap=True), Col("last run"), Col("read", right=True), Col("new", right=True),
        Col("held now", right=True), *([Col("next run")] if found.daemons else []), Col("state", wrap=True),
    ]  # fmt: skip
    show_table(columns, rows)
    if found.daemons:
        click.echo(f"{many(len(found.daemons), 'daemon')} at work: {', '.join(found.daemons)}")
    for run in found.runs:
        if run.error:
            click.echo(f"{run.connector}: {run.error.get('what', '')}. What to do: {run.error.get('mend', '')}")


def _microseconds(when: datetime | None) -> int | None:
    return None if when is None else int(when.timestamp() * 1_000_000)


def _sellers(found: Status) -> None:
    """Open amounts by seller, then by lateness with a total per currency, never across."""
    from hub.app.cli.table import Col, show_table
    from hub.app.cli.words import amount, count
    from hub.core.services.words import column_name

    rows = [
        [s.seller, s.books, count(s.open_items), amount(s.open_minor, s.currency), amount(s.overdue_minor, s.currency)]
        for s in found.sellers
    ]
    columns = [
        Col("seller", wrap=True), Col("books", wrap=True), Col("open items", right=True), Col("open", right=True),
        Col("overdue", right=True),
    ]  # fmt: skip
    show_table(columns, rows)
    for currency in sorted({s.currency for s in found.sellers}):
        click.echo()
        mine = [s for s in found.sellers if s.currency == currency]
        lines = [
            [
                column_name(name),
                *(amount(s.aged[at], currency) for s in mine),
                amount(sum(s.aged[at] for s in mine), currency),
            ]
            for at, name in enumerate(found.buckets)
        ]
        totals = [amount(s.open_minor, currency) for s in mine]
        total = ["total", *totals, amount(sum(s.open_minor for s in mine), currency)]
        head = [Col("days late"), *(Col(s.seller, right=True) for s in mine), Col("all sellers", right=True)]
        if len(mine) == 1:
            head, lines, total = head[:2], [line[:2] for line in lines], total[:2]
        show_table(head, lines, total=total)


def _next(found: Status) -> None:
    from hub.app.cli.sync import ASKS
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import many

    steps = []
    if found.held:
        steps.append(("hub held list", f"{many(sum(found.held.values()), 'record')} held or questioned"))
    if any(run.state in ("incomplete", "failed") and (run.error or {}).get("code") != ASKS for run in found.runs):
        steps.append(("hub check", "why a connector did not come to its end"))
    if found.restored:
        steps.append(("hub restore --asked all", "once every partner was asked what it already has"))
    for connector in found.suspended:
        steps.append((f"hub connectors resume {connector}", "once it is mended"))
    if found.gaps:
        steps.append(("hub export gaps", "where the books and the open items differ"))
    if found.bank:
        steps.append(("hub export bank-gaps", "where bank statements do not meet, or other money is booked"))
    if found.of_books and found.of_books.same_sum:
        steps.append(("hub sightings list --status suggested", "receipts that may be one sum"))
    if found.suggested_receipts:
        steps.append(("hub allocations list --status suggested", "suggestions to confirm"))
    if found.unapplied_receipts > found.suggested_receipts > 0:
        steps.append(("hub allocations unapplied", "money that nothing is suggested for"))
    if not found.runs:
        steps.append(("hub sync", "read invoices and statements"))
    elif found.unapplied_receipts and not found.suggested_receipts:
        steps.append(("hub reconcile", "apply what was received to the invoices"))
    if found.sellers:
        steps.append(("hub export aged-balance --out aged.xlsx", "what each debtor owes, by lateness"))
    next_steps(*steps)
