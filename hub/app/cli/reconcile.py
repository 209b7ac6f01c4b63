"""`hub reconcile`: apply receipts to invoices where it is certain, suggest the rest, say why some are left alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.export import Day
from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.core.services.reconcile import ReconcileReport, RuleCount


@click.command("reconcile", short_help="Apply receipts to invoices, and suggest what is not certain.")
@click.option(
    "--as-if",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="RULES.toml",
    help="Only say what other rules would decide otherwise; nothing is written.",
)
@click.option("--since", type=Day(), help="With --as-if: receipts from this day on [default: 90 days back].")
@with_json
@common
@pass_session
def command(session: Session, as_if: Path | None, since: date | None) -> int:
    """Apply receipts to invoices, and suggest what is not certain.

    What [reconcile] in hub.toml allows is applied at once; each decision explains itself and can be reversed. Running
    it again without new facts changes nothing.

    --as-if tries the rules of a file (the keys of [reconcile], or a copy of hub.toml) on the receipts since a day, and
    says in money and receipts what they would apply, no longer apply, or apply otherwise.
    """
    if as_if is not None:
        return _as_if(session, as_if, since)
    if since is not None:
        raise click.UsageError("--since goes with --as-if: hub reconcile itself looks at all receipts.")
    from hub.app.policies import policy_of
    from hub.core.services.reconcile import reconcile_now

    hub = session.hub
    report = reconcile_now(hub.desk, policy_of(hub.settings))
    if session.json:
        from hub.app.cli.table import show_json

        show_json(
            {
                "receipts": report.receipts,
                "applied": _entries(report.automatic),
                "suggested": _entries(report.suggested),
                "left_alone": _entries(report.left),
                "taken_back": _entries({"return": report.returned} if report.returned.receipts else {}),
                "came_back": _entries({"return_to_check": report.to_place} if report.to_place.receipts else {}),
            }
        )
    else:
        _show(report)
    return 0


def _as_if(session: Session, path: Path, since: date | None) -> int:
    from hub.app.cli import replaying
    from hub.app.policies import policy_of, rules_in
    from hub.core.services.replay import compare
    from hub.core.services.rules import unknown_debtors

    policy, other = policy_of(session.hub.settings), rules_in(path).policy
    day = since or session.hub.clock.today() - timedelta(days=90)
    found = compare(session.desk, policy, other, day)
    if session.json:
        from hub.app.cli.table import show_json

        show_json(replaying.document(found, policy.version, other.version))
    else:
        replaying.show(found, policy.version, other.version, unknown_debtors(session.desk, other))
    return 0


def _entries(counts: dict[str, RuleCount]) -> list[dict[str, Any]]:
    from hub.app.cli.words import money_json

    return [
        {"rule": rule, "receipts": c.receipts, "lines": c.lines, "amounts": money_json(c.amounts)}
        for rule, c in _ordered(counts)
    ]


def _ordered(counts: dict[str, RuleCount]) -> list[tuple[str, RuleCount]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1].receipts, pair[0]))


def _each(found: RuleCount) -> list[str]:
    """The amounts, one currency each."""
    from hub.app.cli.words import amount

    return [amount(minor, currency) for currency, minor in sorted(found.amounts.items())]


def _show(report: ReconcileReport) -> None:
    from hub.app.cli.phrases import SURPLUS, by_phrase, phrase
    from hub.app.cli.table import Col, show_table
    from hub.app.cli.words import count, many

    if not report.receipts:
        click.echo("No receipt has money left to apply.")
        if not report.to_place.receipts:
            return
    else:
        click.echo(f"{many(report.receipts, 'receipt')} with money to apply:")
    click.echo()
    parts = (
        ("Applied to invoices", report.automatic),
        ("Waiting for you, with a suggestion", report.suggested),
        ("Left alone", report.left),
        (
            "Taken back by the bank: the invoice is open",
            {"return": report.returned} if report.returned.receipts else {},
        ),
        (
            "Came back; which receipt it was, a person must say",
            {"return_to_check": report.to_place} if report.to_place.receipts else {},
        ),
    )
    rows = []
    for name, counts in parts:
        if not counts:
            continue
        whole = _sum({rule: found for rule, found in counts.items() if rule != SURPLUS})
        rows.append([name, count(whole.receipts), "\n".join(_each(_sum(counts)))])
        if name.startswith(("Taken", "Came")):
            continue
        for way, found in by_phrase(counts):
            rest = way == phrase(SURPLUS)  # a part of receipts that are counted above
            rows.append([f"  {way}", "" if rest else count(found.receipts), "\n".join(_each(found))])
    show_table([Col("", wrap=True), Col("receipts", right=True), Col("amount", right=True)], rows)
    _next(report)


def _sum(counts: dict[str, RuleCount]) -> RuleCount:
    from hub.core.services.reconcile import RuleCount

    total = RuleCount()
    for found in counts.values():
        total.add(found)
    return total


def _next(report: ReconcileReport) -> None:
    from hub.app.cli.phrases import UNEXPLAINED
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import many

    steps = []
    if report.suggested:
        waiting = many(_sum(report.suggested).receipts, "receipt waits", "receipts wait")
        steps.append(("hub allocations list --status suggested", f"{waiting} for you: confirm what is right"))
    if report.to_place.receipts or report.returned.receipts:
        why = "what came back, and which receipts it may be" if report.to_place.receipts else "what came back, and why"
        steps.append(("hub allocations unapplied --verdict return", why))
    if report.left.keys() & UNEXPLAINED:
        steps.append(("hub allocations unapplied", "why each receipt was left alone"))
    elif report.left:
        steps.append(("hub allocations unapplied --verdict not_a_receipt", "what was taken for no debtor's payment"))
    steps.append(("hub export allocations --out allocations.csv", "what was applied to which invoice"))
    next_steps(*steps)
