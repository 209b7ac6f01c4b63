"""`hub allocations unapplied`: money that nothing was applied of and nothing is suggested for, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.export import Day
from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from datetime import date

    from hub.core.services.left_alone import LeftAlone

_VERDICTS = ("unapplied", "not_a_receipt", "return")
_TEXT_SHOWN = 120  # characters of a bank's text
_MOST = 60  # receipts of a list that nobody narrowed; the JSON document has all


@click.command("unapplied", short_help="Money that nothing is suggested for, and why.")
@click.option(
    "--verdict", "verdicts", multiple=True, type=click.Choice(_VERDICTS), default=("unapplied",), show_default=True,
    help="May be given several times; not_a_receipt: what is taken for no debtor's payment; return: what came back.",
)  # fmt: skip
@click.option("--since", type=Day(), help="Only what was received on that day or later.")
@with_json
@common
@pass_session
def unapplied(session: Session, verdicts: tuple[str, ...], since: date | None) -> None:
    """Money that nothing was applied of and nothing is suggested for, as the last hub reconcile left it, and why.

    With --verdict return: receipts that the bank took back, and behind them what came back and of which a person must
    say which receipt it was.
    """
    from hub.core.services.left_alone import list_came_back, list_left_alone, list_taken_back

    found = list_left_alone(session.desk, verdicts=verdicts, since=since)
    if "return" in verdicts:
        found += list_taken_back(session.desk, since=since) + list_came_back(session.desk, since=since)
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"unapplied": [_entry(one) for one in found]})
    else:
        _show(found, most=_MOST if since is None else len(found))


def _entry(one: LeftAlone) -> dict[str, Any]:
    from hub.sdk.money import decimal_text

    return {
        "receipt_id": one.receipt_id,
        "receipt": f"receipt:{one.receipt_row}" if one.receipt_row else None,
        "received_on": one.received_on.isoformat(),
        "payer_name": one.payer_name,
        "remittance": one.text,
        "amount": decimal_text(one.amount_minor, one.currency),
        "amount_minor": one.amount_minor,
        "unapplied": decimal_text(one.left_minor, one.currency),
        "unapplied_minor": one.left_minor,
        "currency": one.currency,
        "verdict": one.verdict,
        "reason": one.reason,
    }


def _show(found: list[LeftAlone], *, most: int) -> None:
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import amount, amounts, day, label, many, quoted
    from hub.core.reconcile.outcome import UNAPPLIED

    if not found:
        click.echo("No such money is left.")
        next_steps(
            ("hub allocations list --status suggested", "what waits for you"),
            (
                "hub allocations unapplied --verdict not_a_receipt",
                "what was taken for no debtor's payment: a look a month",
            ),
        )
        return
    times = Counter(one.receipt_id for one in found)
    rows, sums = [], Counter[str]()
    for one in found:
        sums[one.currency] += one.left_minor
    whole, found = found, found[-most:]
    for one in found:
        name = one.receipt_id if times[one.receipt_id] == 1 or not one.receipt_row else f"receipt:{one.receipt_row}"
        payer = one.payer_name or "-"
        who = f"{payer}: “{label(one.text, _TEXT_SHOWN)}”" if one.text else payer
        left = amount(one.left_minor, one.currency)
        if one.verdict == "return" and one.receipt_row:
            left += f"\nof {amount(one.amount_minor, one.currency)}"
        rows.append([name, day(one.received_on), who, one.reason, left])
    show_table(
        [
            Col("receipt"),
            Col("received"),
            Col("payer, text", wrap=True),
            Col("why", wrap=True),
            Col("left", right=True),
        ],
        rows,
    )
    if len(whole) > len(found):
        click.echo(
            f"\nThe last {len(found)} of {len(whole)}; --since chooses others, hub export receipts writes all.",
            nl=False,
        )
    click.echo(f"\n{many(len(whole), 'receipt')}, {amounts(sums)}")
    back = next((one for one in found if one.fitting), None)
    if back is not None:
        next_steps(
            (
                f"hub allocations explain {quoted(back.fitting[0])}",
                "what that receipt paid: reverse it if it came back",
            ),
            (
                f'hub allocations mark {quoted(back.fitting[0])} --reason "came back on {day(back.received_on)}"',
                "then say so",
            ),
        )
    mine = next((row[0] for row, one in zip(rows, found, strict=True) if one.receipt_row), None)
    if mine is not None and back is None:
        by_hand = f'hub allocations allocate --receipt {quoted(mine)} --invoice … --reason "…"'
        steps = [(by_hand, "apply it yourself")]
        if any(one.verdict == UNAPPLIED for one in found):
            steps.append((f'hub allocations mark {quoted(mine)} --reason "…"', "it is no debtor's payment"))
        next_steps(*steps)
