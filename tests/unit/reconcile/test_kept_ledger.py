"""A ledger kept from an earlier run, with what changed since, gives the decisions that the ledger itself gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from random import Random
from typing import Any

import pytest

from hub.core.reconcile import Decision, OpenItems, Policy, SettledNumbers, reconcile
from hub.core.reconcile.kept.image import Image, Whole, lay_image
from hub.core.reconcile.kept.numbers import StaleImage
from hub.core.reconcile.kept.standing import Standing
from tests.benchmarks.reconciliation import fourth_hand, other_hand, receipts, third_hand, traps
from tests.benchmarks.reconciliation.scenario import Scenario

HANDS: dict[str, Callable[[int, int], Scenario]] = {
    "first": receipts.make_scenario,
    "other": other_hand.make_scenario,
    "third": third_hand.make_scenario,
    "fourth": fourth_hand.make_scenario,
    "traps": traps.make_scenario,
}


def rows_of(table: Any, rows: list[int], **instead: Any) -> Any:
    """Some rows of a table of columns."""
    columns = {f.name: [getattr(table, f.name)[row] for row in rows] for f in fields(table)}
    return type(table)(**columns | instead)


def together(one: Any, other: Any) -> Any:
    """Two tables as one."""
    names = [f.name for f in fields(one)]
    return type(one)(**{name: [*getattr(one, name), *getattr(other, name)] for name in names})


def image_of(items: OpenItems, closed: SettledNumbers, closed_ids: list[int]) -> Image:
    """The image of a ledger, as it is read back from its bytes."""
    whole = Whole(items, closed, closed_ids, in_books={}, allocated={})
    return Image(memoryview(b"".join(lay_image(whole, {"of": "a test"}))))


def kept_before(scenario: Scenario, seed: int, share: float) -> Standing:
    """The scenario's ledger as an image of yesterday and what changed since: items that came, were paid, or had
    another open amount; numbers that were closed or opened again; items of shapes and debtors nobody has any more."""
    dice, items, settled = Random(seed), scenario.items, scenario.settled
    size, first = len(items.id), max(items.id) + 1
    closed_ids = list(range(first, first + len(settled.number)))
    came = {row for row in range(size) if dice.random() < share}
    part_paid = {row for row in range(size) if dice.random() < share} - came
    old_rows = [row for row in range(size) if row not in came]
    opened = [items.open_minor[row] + (777 if row in part_paid else 0) for row in old_rows]
    closed_since = [at for at in range(len(closed_ids)) if dice.random() < 0.2]
    gone_for_good = dice.sample(range(size), max(1, int(size * share)))
    paid = rows_of(
        items,
        gone_for_good,
        id=[5 * first + n for n in range(len(gone_for_good))],
        number=[f"QX-{items.number[row]}" for row in gone_for_good],
        debtor=[f"{items.debtor[row]}X" for row in gone_for_good],
    )
    reopened = SettledNumbers(
        *([getattr(items, name)[row] for row in sorted(came)[:50]] for name in ("seller", "debtor", "number"))
    )
    were_open = rows_of(
        items,
        [dice.randrange(size) for _ in closed_since],
        id=[closed_ids[at] for at in closed_since],
        **{name: [getattr(settled, name)[at] for at in closed_since] for name in ("seller", "debtor", "number")},
    )
    before = together(together(rows_of(items, old_rows, open_minor=opened), were_open), paid)
    still_closed = [at for at in range(len(closed_ids)) if at not in set(closed_since)]
    reopened_ids = [items.id[row] for row in sorted(came)[:50]]
    image = image_of(
        before,
        together(rows_of(settled, still_closed), reopened),
        [*(closed_ids[at] for at in still_closed), *reopened_ids],
    )
    now = rows_of(items, sorted(came | part_paid))
    changed = {*now.id, *were_open.id, *paid.id}
    return Standing.of(image, changed, now, rows_of(settled, closed_since))


def decisions(scenario: Scenario, items: OpenItems | Standing) -> list[Decision]:
    """What the engine decides; a standing ledger brings its closed numbers with it."""
    return reconcile(
        items,
        scenario.debtors,
        scenario.receipts,
        policy=Policy(),
        remittances=scenario.remittances,
        settled=scenario.settled if isinstance(items, OpenItems) else None,
        today=scenario.today,
    ).decisions


@pytest.mark.parametrize(("hand", "seed"), [("first", 7), ("other", 7), ("third", 7), ("fourth", 7), ("traps", 8)])
def test_a_kept_ledger_decides_as_the_ledger_itself(hand: str, seed: int) -> None:
    """Whatever came, went or changed since the image was laid: the same decisions, to the last word of evidence."""
    scenario = HANDS[hand](seed, 1_500)
    standing = kept_before(scenario, seed, share=0.05)
    assert len(scenario.items.id) == len(standing)
    assert decisions(scenario, scenario.items) == decisions(scenario, standing)


@pytest.mark.long
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("seed", range(11, 15))
@pytest.mark.parametrize("hand", HANDS)
def test_a_kept_ledger_decides_as_the_ledger_itself_again_and_again(hand: str, seed: int, share: float) -> None:
    """The same over many ledgers, from hardly a change to a third of it. An image too old to be mended says so."""
    scenario = HANDS[hand](seed, 4_000)
    standing = kept_before(scenario, seed, share)
    try:
        found = decisions(scenario, standing)
    except StaleImage:
        assert share > 0.1
        return
    assert decisions(scenario, scenario.items) == found
