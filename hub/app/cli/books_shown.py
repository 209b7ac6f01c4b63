"""How `hub status` shows the books: a line per seller and currency, and what is not in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hub.core.services.books import BooksStatus


def books_json(found: BooksStatus) -> dict[str, Any]:
    """For the JSON document of `hub status`."""
    from hub.app.cli.words import money_json
    from hub.sdk.money import decimal_text

    def minor(name: str, value: int, currency: str) -> dict[str, Any]:
        return {name: decimal_text(value, currency), f"{name}_minor": value}

    not_in_books = None
    if found.not_in_books is not None:
        not_in_books = {"number": found.not_in_books, "amounts": money_json(found.not_in_books_minor)}
    return {
        "checked": found.check.checked,
        "agreed_debtors": found.check.agreed,
        "sellers": [
            {
                "seller": total.seller,
                "currency": total.currency,
                "balance_on": total.balance_on.isoformat(),
                **minor("open", total.open_minor, total.currency),
                **minor("on_account", total.on_account_minor, total.currency),
                **minor("entries", total.entries_minor, total.currency),
                **minor("control_total", total.control_minor, total.currency),
                **minor("gap", total.gap_minor, total.currency),
                **minor("gap_sizes", total.differing_minor, total.currency),
                "debtors_with_gap": total.debtors_with_gap,
                "held": total.held,
            }
            for total in found.check.totals
        ],
        "not_compared": found.check.unread,
        "receipts_not_in_books": not_in_books,
        "receipts_maybe_in_books": {"number": found.maybe_in_books, "amounts": money_json(found.maybe_in_books_minor)},
        "suggestions": {"same_sum": found.same_sum, "same_party": found.same_party},
        "disagreements": found.disagreements,
        "handed_over": {"not_in_books_yet": found.handed, "to_correct": found.to_correct},
    }


def show_books(found: BooksStatus) -> None:
    """A few lines for a person; nothing when there is nothing to say."""
    from hub.app.cli.words import amount, amounts, day, many

    for total in found.check.totals:
        where = f"{total.seller}, {total.currency}, {day(total.balance_on)}"
        if total.debtors_with_gap:
            click.echo(
                f"{where}: the books do not agree for {many(total.debtors_with_gap, 'debtor')}: "
                f"open {amount(total.open_minor, total.currency)}, "
                f"books {amount(total.control_minor, total.currency)}"
            )
        else:
            click.echo(f"{where}: the books agree, {amount(total.control_minor, total.currency)}")
    for seller, why in found.check.unread.items():
        click.echo(f"{seller}: not held against the books: {why}")
    if found.not_in_books:
        click.echo(f"{many(found.not_in_books, 'receipt')} not yet in the books: {amounts(found.not_in_books_minor)}")
    if found.maybe_in_books:
        click.echo(
            f"  of them {many(found.maybe_in_books, 'receipt')} that may be there already "
            f"({amounts(found.maybe_in_books_minor)}): hub sightings list --status suggested"
        )
    if found.handed:
        click.echo(f"{many(found.handed, 'payment')} handed to the books, not seen there yet: hub books list")
    if found.to_correct:
        click.echo(
            f"{many(found.to_correct, 'payment')} handed to the books that a person has to correct: hub books list"
        )
    if found.same_sum:
        click.echo(f"{many(found.same_sum, 'pair')} of receipts that may be one sum")
    if found.same_party:
        click.echo(f"{many(found.same_party, 'pair')} of debtors' accounts that may be one party")
    if found.disagreements:
        click.echo(f"{many(found.disagreements, 'disagreement')} between the books and another connector")
