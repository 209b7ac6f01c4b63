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
@click.option("--all", "everything", is_flag=True, help="Also what is too much by no more than a rounding.")
@with_json
@common
@pass_session
def unapplied(session: Session, verdicts: tuple[str, ...], since: date | None, *, everything: bool) -> None:
    """Money that nothing was applied of and nothing is suggested for, as the last hub reconcile left it, and why.

    What debtors paid too much, by no more than [reconcile] allows for a rounding, is counted below the list.

    With --verdict return: receipts that the bank took back, and behind them what came back and of which a person must
    say which receipt it was.
    """
    from hub.app.policies import policy_of
    from hub.core.services.left_alone import list_came_back, list_left_alone, list_taken_back

    found = list_left_alone(session.desk, verdicts=verdicts, since=since)
    if "return" in verdicts:
        found += list_taken_back(session.desk, since=since) + list_came_back(session.desk, since=since)
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"unapplied": [_entry(one) for one in found]})
        return
    within = 0 if everything else policy_of(session.hub.settings).rounding_minor
    small = [one for one in found if 0 < one.left_minor < one.amount_minor and one.left_minor <= within]
    told = [one for one in found if one not in small]
    _show(told, most=_MOST if since is None else len(told), small=small)


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


def _show(found: list[LeftAlone], *, most: int, small: list[LeftAlone]) -> None:
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import amounts, many

    if not found:
        click.echo("No such money is left.")
        _tell_small(small)
        next_steps(
            ("hub allocations list --status suggested", "what waits for you"),
            (
                "hub allocations unapplied --verdict not_a_receipt",
                "what was taken for no debtor's payment: a look a month",
            ),
        )
        return
    whole, found = found, found[-most:]
    rows = _rows(whole, found)
    columns = [Col("receipt"), Col("received"), Col("payer, text", wrap=True), Col("why", wrap=True)]
    show_table([*columns, Col("left", right=True)], rows)
    if len(whole) > len(found):
        click.echo(
            f"\nThe last {len(found)} of {len(whole)}; --since chooses others, hub export receipts writes all.",
            nl=False,
        )
    click.echo(f"\n{many(len(whole), 'receipt')}, {amounts(_sums(whole))}")
    _tell_small(small)
    next_steps(*_steps(found, [row[0] for row in rows]))


def _tell_small(small: list[LeftAlone]) -> None:
    """How much debtors paid too much by no more than a rounding: nothing that a person must look at."""
    from hub.app.cli.words import amounts, many

    if small:
        what = f"Of {many(len(small), 'receipt')} applied a few cents are left: {amounts(_sums(small))}"
        click.echo(f"{what}; --all lists them.")


def _sums(found: list[LeftAlone]) -> Counter[str]:
    """What is left, by currency."""
    sums = Counter[str]()
    for one in found:
        sums[one.currency] += one.left_minor
    return sums


def _rows(whole: list[LeftAlone], found: list[LeftAlone]) -> list[list[str]]:
    """The lines of the table; a receipt whose own id is not the only one in the whole list bears our number."""
    from hub.app.cli.words import amount, day, label

    times, rows = Counter(one.receipt_id for one in whole), list[list[str]]()
    for one in found:
        name = one.receipt_id if times[one.receipt_id] == 1 or not one.receipt_row else f"receipt:{one.receipt_row}"
        payer = one.payer_name or "-"
        who = f"{payer}: “{label(one.text, _TEXT_SHOWN)}”" if one.text else payer
        left = amount(one.left_minor, one.currency)
        if one.verdict == "return" and one.receipt_row:
            left += f"\nof {amount(one.amount_minor, one.currency)}"
        rows.append([name, day(one.received_on), who, one.reason, left])
    return rows


def _steps(found: list[LeftAlone], names: list[str]) -> list[tuple[str, str]]:
    """What may be done about the first of them, by the name it has in the list."""
    from hub.app.cli.words import day, quoted
    from hub.core.reconcile.outcome import UNAPPLIED

    back = next((one for one in found if one.fitting), None)
    if back is not None:
        came = quoted(back.fitting[0])
        return [
            (f"hub allocations explain {came}", "what that receipt paid: reverse it if it came back"),
            (f'hub allocations mark {came} --reason "came back on {day(back.received_on)}"', "then say so"),
        ]
    mine = [(name, one) for name, one in zip(names, found, strict=True) if one.receipt_row]
    whole = [name for name, one in mine if one.verdict == UNAPPLIED and one.left_minor == one.amount_minor]
    steps = []
    if mine:
        by_hand = f'hub allocations allocate --receipt {quoted(mine[0][0])} --invoice … --reason "…"'
        steps.append((by_hand, "apply it yourself"))
    if whole:
        steps.append((f'hub allocations mark {quoted(whole[0])} --reason "…"', "it is no debtor's payment"))
    return steps
