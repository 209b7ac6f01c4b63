"""`hub allocations`: what receipts were applied to, what is suggested, and why; undo is a reversing fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli import by_hand
from hub.app.cli.decided import entry, say
from hub.app.cli.export import Day
from hub.app.cli.group import common, pass_session, with_json, with_reason
from hub.app.cli.session import Session
from hub.app.cli.unapplied import unapplied

if TYPE_CHECKING:
    from hub.core.store.decisions import AllocationRow, Only

_STATUSES = ("reopened", "auto", "confirmed", "reversed", "suggested")


@click.group("allocations", short_help="What receipts were applied to: list, confirm, reverse, explain.")
@common
def command() -> None:
    """What receipts were applied to: list, confirm, reverse, explain; or decide by hand.

    Lines decided together share a name, such as P4f2a…; explain understands a receipt's own id and an invoice's number
    as well.
    """


def with_only(function: Callable[..., None]) -> Callable[..., None]:
    """The options that choose among decisions."""
    options = (
        click.option("--seller", help="Only those of this seller."),
        click.option("--debtor", help="Only those of this debtor (its code)."),
        click.option("--since", type=Day(), help="Only of receipts received on that day or later."),
        click.option(
            "--right", type=click.IntRange(1, 99), metavar="N",
            help="Only suggestions whose first is of a kind of which at least N of 100 were right.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@command.command("list")
@click.option("--status", "statuses", multiple=True, type=click.Choice(_STATUSES), help="May be given several times.")
@with_only
@with_json
@common
@pass_session
def list_(session: Session, /, statuses: tuple[str, ...], **asked: Any) -> None:
    """Allocations, then suggestions: best first, their lines together."""
    from hub.core.services.allocations import list_allocations
    from hub.core.store.decisions import Only

    only = Only(**asked)
    if only.right is not None:
        statuses = ("suggested",)
    rows = list_allocations(session.desk, statuses=statuses, only=only)
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"allocations": [entry(row) for row in rows]})
    else:
        _show_list(session, rows, only, narrowed=bool(statuses))


def _show_list(session: Session, rows: list[AllocationRow], only: Only, *, narrowed: bool) -> None:
    from hub.app.cli.listed import foremost, latest, show_applied, show_left_out, show_suggested
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import amounts, many, wrapped
    from hub.core.services.naming import unknown_account

    chosen = only != type(only)()
    if not rows:
        click.echo(
            "Nothing such was applied or suggested." if chosen or narrowed else "Nothing was applied or suggested."
        )
        unknown = unknown_account(session.desk, only.seller, only.debtor)
        if unknown:
            click.echo(f"{unknown}.")
            next_steps(("hub export debtors", "sellers and the codes of their debtors"))
            return
        next_steps(("hub reconcile", "apply what was received to the invoices"))
        return
    suggested = [row for row in rows if row.status == "suggested"]
    applied = [row for row in rows if row.status != "suggested"]
    show_applied(applied if chosen else latest(applied))
    some = suggested if chosen else foremost(suggested)
    show_suggested(session.desk, some)
    show_left_out(suggested, some)
    _totals(rows, amounts, many)
    name = (suggested or rows)[0].proposal
    steps = [(f"hub allocations explain {name}", "why, in plain words")]
    if suggested:
        steps.append((f"hub allocations confirm {name}", "apply this suggestion"))
        steps.append(_surest(only.right))
    reopened = [row for row in rows if row.status == "reopened"]
    for row in {row.proposal: row for row in reopened}.values():
        said = f"The books reopened {row.invoice_number} that was paid by receipt {row.receipt_id}: it needs a person."
        for line in wrapped(said):
            click.echo(line)
    standing = [row.proposal for row in reopened or rows if row.status in ("reopened", "auto", "confirmed")]
    if standing:
        why = "undo it; then apply it anew, if the books err" if reopened else "undo it"
        steps.append((f'hub allocations reverse {standing[0]} --reason "…"', why))
    next_steps(*steps)


def _surest(right: int | None) -> tuple[str, str]:
    """How to look at what is nearly certain, then to apply it."""
    if right is None:
        return "hub allocations list --right 95", "those of a kind of which 95 of 100 are right"
    return f"hub allocations confirm --right {right}", "apply the first for each of these receipts"


def _totals(rows: list[AllocationRow], amounts: Any, many: Any) -> None:
    """A line per status: decisions, and money; of several suggestions for a receipt only the best is counted."""
    for status in _STATUSES:
        mine = [row for row in rows if row.status == status and row.rank == 1]
        money: dict[str, int] = {}
        for row in mine:
            if row.nature == "money":
                money[row.currency] = money.get(row.currency, 0) + row.amount_minor
        if mine:
            decided = len({row.proposal for row in mine})
            what = many(decided, "receipt", "receipts") if status == "suggested" else many(decided, "decision")
            best = " by the first suggestion for each" if status == "suggested" else ""
            click.echo(f"{status}: {what}, {amounts(money)}{best}")


@command.command("confirm")
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option("--reason", help="Why, if there is something to say; kept with the decision.")
@with_only
@with_json
@common
@pass_session
def confirm(session: Session, /, names: tuple[str, ...], reason: str | None, **asked: Any) -> None:
    """Apply suggestions, as your decision. Other suggestions for the same receipt go.

    Name them, or say how sure they must be: --right 95 applies the first suggestion for each receipt that `hub
    allocations list --right 95` shows, one decision each.
    """
    from hub.app.cli.table import next_steps
    from hub.app.policies import rules_of
    from hub.core.services.allocations import confirm as apply
    from hub.core.services.allocations import surest
    from hub.core.store.decisions import Only

    only, rules = Only(**asked), rules_of(session.hub.settings)
    if names and only != Only():
        raise click.UsageError("Name suggestions, or choose them by options: not both.")
    if not names and only.right is None:
        raise click.UsageError("Name the suggestions to apply, or say --right N: how sure they must be.")

    def act(name: str) -> list[AllocationRow]:
        return apply(session.desk, rules, name, (reason or "").strip())

    chosen = names or surest(session.desk, only)
    if not chosen and not session.json:
        click.echo("No suggestion is as sure as that.")
    told = say(session, "applied", map(act, names) if names else _those_that_stand(chosen, act))
    if not session.json:
        steps = told.steps() if len(told.decisions) == 1 else told.steps()[1:]
        next_steps(("hub allocations list --status suggested", "what else is suggested"), *steps)


def _those_that_stand(
    names: Sequence[str], apply: Callable[[str], list[AllocationRow]]
) -> Iterator[list[AllocationRow]]:
    """One act after the other; suggestions that another decision has overtaken are told and passed by."""
    from hub.sdk.errors import HubError

    for name in names:
        try:
            yield apply(name)
        except HubError as error:
            if not error.code.startswith("HUB-REC"):
                raise
            click.echo(f"not applied: {name}: {error.what} ({error.code})", err=True)


@command.command("reverse")
@click.argument("name")
@with_reason("Why; kept with the reversal.")
@with_json
@common
@pass_session
def reverse(session: Session, name: str, reason: str) -> None:
    """Undo what was applied together. Nothing is erased: the reversal is a fact of its own."""
    from hub.app.cli.table import next_steps
    from hub.core.services.allocations import reverse_proposal

    say(session, "reversed", [reverse_proposal(session.desk, name, reason)])
    if not session.json:
        next_steps(("hub reconcile", "look for another explanation of the receipt"))


@command.command("explain")
@click.argument("name")
@with_json
@common
@pass_session
def explain(session: Session, name: str) -> None:
    """Why something was applied or suggested. NAME: a decision, a receipt's id, or an invoice's number."""
    from hub.core.services.allocations import explain as ask

    found = ask(session.desk, name)
    if session.json:
        from hub.app.cli.table import show_json

        lines = [entry(row) for decision in found for row in decision.lines]
        show_json({"lines": lines, "evidence": found[0].evidence})
    else:
        from hub.app.cli.explaining import show_explanation
        from hub.app.policies import policy_of

        show_explanation(found, session.hub.zone, policy_of(session.hub.settings))


for verb in (
    unapplied,
    by_hand.allocate,
    by_hand.write_off,
    by_hand.mark,
    by_hand.unmark,
    by_hand.learnt,
    by_hand.forget,
):
    command.add_command(verb)
