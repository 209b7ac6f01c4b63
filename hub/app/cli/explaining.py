"""One screen of plain words about one decision: the receipt, the lines, why, what speaks against it, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.decided import money_of
from hub.app.cli.phrases import phrase
from hub.app.cli.table import Col, next_steps, show_table
from hub.app.cli.words import amount, day, in_fours, label, many, moment, quoted, styled, words_of, wrapped

if TYPE_CHECKING:
    from hub.core.reconcile import Policy
    from hub.core.services.allocations import Explanation
    from hub.core.store.decisions import AllocationRow
    from hub.core.store.shown import ShownReceipt

#: How the payer was recognised, by the engine's spelling.
_FOUND_BY = {
    "iban": "by the account it came from",
    "name": "by the name the bank gives",
    "siren": "by the company number in the text",
    "text": "by a name in the text",
    "learnt iban": "by an account that somebody confirmed before",
    "learnt name": "by a name that somebody confirmed before",
    "iban and name differ": "but the account is one debtor's and the name another's",
}
_WHERE = {
    "remittance": "The text of the transfer",
    "structured_ref": "The structured reference",
    "end_to_end_ref": "The end-to-end reference",
    "payer_name": "The payer's name",
}
_STANCE = {
    "agrees": "The payer is known to pay for this debtor",
    "unknown": "The payer is not known: nothing for it, nothing against it",
    "contradicts": "The payer is known as another debtor",
}
_TEXT_SHOWN = 400  # characters of a bank's text; some lists have a hundred thousand
_HARDLY = 0.01  # expected sets by chance of which nothing is said
_NOTHING: tuple[object, ...] = (None, [], {}, "", 0)  # evidence of which nothing is to be said
_FEW_WRONG = 50  # of 10,000; with more, the right ones are counted
#: Amounts as the engine counts them.
_OTHERS = re.compile(r"\b(\d+) others add up too\b")
_MINOR = re.compile(r"\b(\d+) minor units\b")


def show_explanation(found: list[Explanation], zone: tzinfo, policy: Policy | None = None) -> None:
    """Print why decisions stand; several about one receipt are shown those that stand first, then best first.

    `policy`: the rules in force, to say why a suggestion was not applied alone.
    """
    before: set[int] = set()
    for number, decision in enumerate(found):
        receipts = {row.receipt_row for row in decision.lines}
        if not receipts <= before:
            if number:
                click.echo()
            _receipts(decision)
        before = receipts
        _decision(decision, zone, whole=number == 0)
        if number == 0 and decision.lines[0].status == "suggested":
            for line in _not_alone(found, policy, zone):
                click.echo(line)
    next_steps(*_steps(found[0]))


def _not_alone(found: list[Explanation], policy: Policy | None, zone: tzinfo) -> list[str]:
    """Why the hub did not apply a suggestion by itself, where the evidence does not say so already."""
    row, evidence = found[0].lines[0], found[0].evidence
    undone = [
        one.lines[0]
        for one in found
        if one.lines[0].status == "reversed" and one.lines[0].receipt_row == row.receipt_row
    ]
    if undone:
        last = max(undone, key=lambda one: one.reversed_at or 0)
        who = f"{last.reversed_by} reversed {last.proposal}, {moment(last.reversed_at, zone)}"
        return wrapped(f"- Not applied alone: {who}; since then the hub only suggests for this receipt.")
    weight = evidence.get("weight")
    least = policy.for_debtor(row.seller, row.debtor_id).auto_threshold if policy else 0
    if not isinstance(weight, float) or round(weight * 1000) >= least:
        return []
    return wrapped(
        f"- Not applied alone: the evidence weighs {round(weight * 1000)}, and auto_threshold asks for {least}."
    )


def _chance(found: float) -> str:
    """How many sets of the payer's invoices make such a sum without being meant; nothing where hardly one does."""
    if found < _HARDLY:
        return ""
    if found >= 1:
        return "Chance may explain it: some of the payer's open invoices make nearly any such sum."
    return (
        f"Chance may explain it: about {round(found * 100)} of 100 such sums are made by some of the payer's invoices."
    )


def _steps(decision: Explanation) -> list[tuple[str, str]]:
    """What may be done about the first of the decisions, or about what its receipt has left."""
    first, steps = decision.lines[0], list[tuple[str, str]]()
    by_hand = f'hub allocations allocate --receipt {quoted(first.receipt_id)} --invoice … --reason "…"'
    mark = (f'hub allocations mark {quoted(first.receipt_id)} --reason "…"', "it is no debtor's payment")
    if first.status == "suggested":
        return [(f"hub allocations confirm {first.proposal}", "apply it, as your decision"),
                (by_hand, "apply it otherwise"), mark]  # fmt: skip
    if first.status != "reversed":
        steps.append((f'hub allocations reverse {first.proposal} --reason "…"', "undo it"))
    now = decision.left.get(first.receipt_row)
    if now is not None and now.free:
        steps.append((by_hand, "apply what is left of it"))
        steps += [mark] if first.status == "reversed" else []
    return steps


def _receipts(decision: Explanation) -> None:
    """The money, and what the bank said of it."""
    for row in {row.receipt_row: row for row in decision.lines}.values():
        payer = f" from {row.payer_name}" if row.payer_name else ""
        money = amount(row.receipt_minor, row.receipt_currency)
        for line in wrapped(f"Receipt {row.receipt_id}: {money} on {day(row.received_on)}{payer}"):
            click.echo(styled(line, "bold"))
        _said(decision.receipts.get(row.receipt_row))
        now = decision.left.get(row.receipt_row)
        for line in wrapped(f"Not applied now, {now.left}: {now.why}") if now else ():
            click.echo(line)


def _said(shown: ShownReceipt | None) -> None:
    """What the bank said of money, if it said anything."""
    if shown is not None:
        told = [("The bank's text", label(shown.text, _TEXT_SHOWN))] if shown.text else []
        told += [(_WHERE[name], label(said, _TEXT_SHOWN)) for name, said in shown.references]
        for what, said in told:
            for line in wrapped(f"{what}: “{said}”"):
                click.echo(line)
        if shown.payer_iban:
            click.echo(f"Account of the payer: {in_fours(shown.payer_iban)}")


def _decision(decision: Explanation, zone: tzinfo, *, whole: bool) -> None:
    rows = decision.lines
    row = rows[0]
    click.echo()
    by = f" by {row.actor}, {moment(row.recorded_at, zone)}" if row.actor else ""
    done = {"auto": "applied automatically", "confirmed": "decided", "suggested": "suggested, not applied"}
    status = done.get(row.origin or row.status, row.status)  # what was reversed was applied by somebody else, before
    reversed_since = ", reversed since" if row.status == "reversed" else ""
    for line in wrapped(f"{row.proposal}: {status}{by}{reversed_since}"):
        click.echo(line)
    _table(decision)
    for line in wrapped(f"Why: {phrase(row.rule)}. {_reason(row)}"):
        click.echo(line)
    if row.status == "reopened":
        said = "The books settled it and opened it again: it counts as open. Ask them; reverse this, or, if they err, "
        for line in wrapped(f"Needs a person: {said}reverse it and apply it anew."):
            click.echo(line)
    if row.reversed_because:
        who = f"{row.reversed_by}, {moment(row.reversed_at, zone)}"
        for line in wrapped(f"Reversed by {who}: {row.reversed_because}"):
            click.echo(line)
    if whole or row.status != "suggested":
        for line in found_words(_as_written(decision), rows):
            click.echo(line)


def _reason(row: AllocationRow) -> str:
    """The engine's sentence; a person's reason in quotation marks."""
    if row.rule == "by_hand":
        return f"“{row.reason}”"
    words = _MINOR.sub(lambda found: amount(int(found[1]), row.currency), row.reason.strip())
    return f"{words} {_how_sure(row)}"


def _how_sure(row: AllocationRow) -> str:
    """How often the engine was right in such cases, on ledgers of which the truth is known, and here."""
    wrong, right = round(10_000 - row.confidence_ppm / 100), round(row.confidence_ppm / 10_000)
    kind = "suggestions" if row.rank > 1 or row.status == "suggested" else "decisions"
    judged = json.loads(row.evidence).get("judged")
    if judged:
        here = f"Of {judged[1]} such suggestions that people decided about here {judged[0]} were right"
        return f"{here}; with those measured elsewhere, about {right} of 100."
    if row.origin == "auto" and wrong > _FEW_WRONG:
        return f"Such decisions were measured too seldom to promise more than about {right} of 100 right."
    if wrong <= _FEW_WRONG:
        return f"Where it was measured, about {wrong} of 10 000 such {kind} were wrong."
    if not right:
        return f"Where it was measured, hardly one of 100 such {kind} was right."
    return f"Where it was measured, about {right} of 100 such {kind} were right."


def _table(decision: Explanation) -> None:
    """Lines of money and deductions; the receipt of each only where there are several, and what is no plain money."""
    rows = decision.lines
    several, plain = len({row.receipt_row for row in rows}) > 1, all(_as(row) == "money" for row in rows)
    table = [
        [
            *([row.receipt_id] if several else []),
            row.invoice_number,
            *_whose(decision, row),
            *([] if plain else [_as(row)]),
            money_of(row),
        ]
        for row in rows
    ]
    columns = [Col("invoice", wrap=True), Col("debtor", wrap=True), Col("due")]
    columns += [] if plain else [Col("as", wrap=True)]
    show_table([*([Col("receipt", wrap=True)] if several else []), *columns, Col("amount", right=True)], table)


def _whose(decision: Explanation, row: AllocationRow) -> tuple[str, str]:
    """The debtor by code and name, and the due date."""
    shown = decision.invoices.get(row.invoice_row)
    if shown is None:
        return row.debtor_id, ""
    return f"{row.debtor_id} {shown.debtor_name or ''}".rstrip(), day(shown.due_on) if shown.due_on else "-"


def _as(row: AllocationRow) -> str:
    if row.nature != "money":
        return words_of(row.nature)
    return "credit note used up" if row.invoice_kind == "credit_note" else "money"


def _as_written(decision: Explanation) -> dict[str, Any]:
    """The evidence, its numbers as the bank's text has them: they are kept as they are compared."""
    from hub.core.reconcile.texts.text import as_written

    tokens = decision.evidence.get("tokens")
    said = [shown for row in decision.lines if (shown := decision.receipts.get(row.receipt_row)) is not None]
    texts = [text for shown in said for text in (("remittance", shown.text or ""), *shown.references)]
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        return decision.evidence
    return {**decision.evidence, "tokens": [as_written(token, texts) if token else token for token in tokens]}


def found_words(evidence: dict[str, Any], rows: list[AllocationRow]) -> list[str]:
    """The evidence in sentences; what has no sentence is shown under its own name, so that nothing is left out."""
    currency = rows[0].currency
    sentences: dict[str, Callable[[Any], str]] = {
        "tokens": lambda found: f"{_where(evidence)} says {_quoted(found)}.",
        "texts": lambda found: f"Texts read: {_listed(found)}.",
        "payer": lambda found: f"{_STANCE.get(found, found)}{_by_what(evidence)}.",
        "payer_found_by": lambda found: _recognised(found, evidence),
        "received": lambda found: _received(found, rows),
        "open": lambda found: f"Open then: {_open(found, evidence.get('open_currency', currency))}.",
        "left_of_receipts": lambda found: f"Not applied then: {_open(found, currency)}.",
        "sets_that_add_up": lambda found: "" if found == 1 else f"{found} sets of open invoices add up to the amount.",
        "chance": _chance,
        "same_amount": lambda found: f"{found} open items have this amount." if found != 1 else "",
        "ordered": lambda found: f"The payer ordered {amount(found[1], found[0])}." if len(found) == 2 else "",
        "remittance": _list,
        "fee": lambda found: f"Kept by the provider: {amount(found, currency)}.",
        "numbers": lambda found: f"Numbers read in the text: {_listed(found)}.",
        "unknown_numbers": lambda found: f"Numbers in the text that belong to no open invoice: {_listed(found)}.",
        "not_found": lambda found: f"Named in the payer's list, not found: {_listed(found)}.",
        "closed": lambda found: f"Paid already: {_listed(found)}.",
        "against": lambda found: f"Against it: {_listed(found)}.",
        "rivals": lambda found: f"Against it: {_rivals(found)}." if _listed(found) else "",
        "refused": lambda found: f"Also looked at, and refused: {_refused(found)}.",
        "held_back": lambda found: f"Not applied alone: {found}.",
        "confirmed_because": lambda found: f"Confirmed because: {found}",
        "moved_from": lambda found: _moved(found, rows),
        "policy": lambda found: f"Decided under version {found} of the rules in [reconcile].",
    }
    silent = {"where", "strength", "payer_score", "open_currency", "weight", "judged", "offered", "lines"}
    texts = [sentences[name](evidence[name]) for name in sentences if evidence.get(name) not in _NOTHING]
    others = [name for name in sorted(evidence) if name not in sentences and name not in silent]
    texts += [f"{words_of(name)}: {_listed(evidence[name])}" for name in others if evidence[name] not in _NOTHING]
    if "policy" not in evidence and rows[0].policy:
        texts.append(sentences["policy"](rows[0].policy))
    return [line for text in texts if text for line in wrapped(f"- {text}")]


def _where(evidence: dict[str, Any]) -> str:
    where = evidence.get("where", "The text")
    return _WHERE.get(where, str(where)) if isinstance(where, str) else _listed(where)


def _by_what(evidence: dict[str, Any]) -> str:
    """How the payer was recognised, behind what that means."""
    how = _how(str(evidence.get("payer_found_by")))
    return f", recognised {how}" if how and evidence.get("payer") == "agrees" else ""


def _recognised(found: str, evidence: dict[str, Any]) -> str:
    if "payer" in evidence or found == "unknown":
        return "" if "payer" in evidence else "Nobody known pays like this."
    score = evidence.get("payer_score")
    alike = f" ({round(score * 100)} % alike)" if isinstance(score, float) and score < 1 else ""
    return f"The payer was recognised {_how(found) or found}{alike}."


def _how(found_by: str) -> str:
    """How the payer was recognised; "" when there is no sentence for it."""
    from hub.core.reconcile.company_rules import RULED

    if found_by.startswith(RULED):
        return f"by your rule “{found_by.removeprefix(RULED)}”"
    return _FOUND_BY.get(found_by, "")


def _received(minor: int, rows: list[AllocationRow]) -> str:
    """Said only when it is not the whole receipt."""
    if minor == rows[0].receipt_minor:
        return ""
    return f"Of the receipt {amount(minor, rows[0].receipt_currency)} were left to apply."


def _moved(found: dict[str, Any], rows: list[AllocationRow]) -> str:
    """What went over from another receipt, and why. Decisions of earlier versions tell less of that receipt."""
    was = f"receipt {found.get('receipt')}"
    if "received_on" in found:
        money = amount(found["amount_minor"], found["currency"])
        was += f" ({money} on {day(date.fromisoformat(found['received_on']))})"
    what = ", ".join(f"{amount(row.amount_minor, row.currency)} to {row.invoice_number}" for row in rows)
    why = (
        "The two were taken for one sum and are two again, so it went over to this one."
        if found.get("back")
        else "Both are the same money, seen twice; this one counts, so it went over to it."
    )
    return f"Applied first as {was}: {what}. {why}"


def _list(found: Any) -> str:
    """The payer's own list, by its name; decisions of earlier versions have only a number, which says nothing."""
    if not isinstance(found, dict):
        return ""
    lines = f"has {many(found['lines'], 'line')}"
    return (
        f"The payer's list “{found['name']}” {lines}."
        if found["name"]
        else f"The list came with the money; it {lines}."
    )


def _open(found: Any, currency: str) -> str:
    if not isinstance(found, dict):
        return amount(found, currency) if isinstance(found, int) else str(found)
    return ", ".join(f"{number} {amount(minor, currency)}" for number, minor in found.items())


def _refused(found: Any) -> str:
    """``rule: numbers (0.95)`` as the engine notes it, with the phrase in place of the rule."""
    told = []
    for entry in found if isinstance(found, list) else [found]:
        rule, colon, rest = str(entry).partition(": ")
        told.append(f"{rest.rsplit(' (', 1)[0]} ({phrase(rule)})" if colon else str(entry))
    return "; ".join(told)


def _rivals(found: Any) -> str:
    """What else explains the money; sets of other invoices by how many they are."""
    return _OTHERS.sub(
        lambda some: (
            "another invoice makes this amount too"
            if some[1] == "1"
            else f"{some[1]} other invoices together make this amount too"
        ),
        _listed(found),
    )


def _quoted(found: Any) -> str:
    return ", ".join(f"“{part}”" for part in found) if isinstance(found, list | tuple) else f"“{found}”"


def _listed(found: Any) -> str:
    if isinstance(found, dict):
        return ", ".join(f"{key} {value}" for key, value in found.items())
    return ", ".join(str(part) for part in found) if isinstance(found, list | tuple) else str(found)
