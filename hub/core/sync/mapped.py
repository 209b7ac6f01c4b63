"""What a connector's `map` gave: checked once, here, a page at a time. Faulty records are held, neighbours go on."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from hub.core.store.streams import Refusal
from hub.sdk.columns import validate_columns
from hub.sdk.errors import BrokenPromise
from hub.sdk.records import KINDS

Batch = tuple[str, list[int], dict[str, list[Any]]]
Batches = list[Batch]


def read_mapped(answer: dict[str, Any], places: list[int], origin: str) -> tuple[Batches, dict[int, Refusal]]:
    """Records by kind, and refusals by place.

    Args:
        answer: the frame of the connector's process: columns by kind, rejected units by index.
        places: place in the page of each unit that was mapped, in order.
        origin: the object read, for refusals without a place of their own.

    Returns:
        Batches (kind, place of each record's unit, checked columns), and the units to hold. A unit with one faulty
        record gives none of its records.

    Raises:
        BrokenPromise: the answer does not have the promised shape.
    """
    _check_places(answer, len(places))
    refused = {places[int(index)]: _rejected(error, origin) for index, error in answer["rejected"].items()}
    checked: Batches = []
    for column in answer["columns"]:
        at = [places[index] for index in column["unit"]]
        values, faults = validate_columns(column["kind"], len(at), column["values"])
        for index, fault in faults.items():
            refused.setdefault(at[index], _invalid(column["kind"], fault, origin, at[index]))
        checked.append((column["kind"], at, values))
    return without(checked, refused.keys()), refused


def _check_places(answer: dict[str, Any], count: int) -> None:
    highest = max((max(column["unit"], default=-1) for column in answer["columns"]), default=-1)
    rejected = answer["rejected"].keys()
    if highest >= count or (rejected and not {str(index) for index in range(count)} >= rejected):
        raise BrokenPromise(
            code="HUB-HOST-007",
            what=f"map told of units that were not asked for: there were {count}",
            mend="report it to the connector's author",
        )


def without(batches: Batches, refused: Set[int]) -> Batches:
    """The batches less the records of units at these places; a batch with nothing left goes."""
    return [batch for part in batches if (batch := _without(part, refused) if refused else part)[1]]


def _without(batch: Batch, refused: Set[int]) -> Batch:
    kind, places, values = batch
    keep = [index for index, place in enumerate(places) if place not in refused]
    if len(keep) == len(places):
        return batch
    return kind, [places[i] for i in keep], {name: [column[i] for i in keep] for name, column in values.items()}


def stub_keys(batch: Batch) -> list[tuple[Any, ...]] | None:
    """The business keys of a batch of mere mentions; None when its records are more than mentions."""
    kind, _, values = batch
    stubs = values.get("stub")
    if not stubs or False in stubs:
        return None
    return list(zip(*(values[name] for name in KINDS[kind].key), strict=True))


def without_known_stubs(batches: Batches, known: set[tuple[Any, ...]]) -> Batches:
    """The batches less the mentions of accounts that this run already took in: they come with every invoice."""
    result: Batches = []
    for batch in batches:
        keys = stub_keys(batch)
        if keys is None:
            result.append(batch)
            continue
        kind, places, values = batch
        keep = [index for index, key in enumerate(keys) if key not in known]
        if keep:
            chosen = {name: [column[i] for i in keep] for name, column in values.items()}
            result.append((kind, [places[i] for i in keep], chosen))
    return result


def _rejected(error: dict[str, Any], origin: str) -> Refusal:
    return Refusal(
        code=error["code"],
        place=error["where"] or origin,
        what=error["what"],
        mend=error["mend"],
        excerpt=error["excerpt"],
        lines=max(1, int(error["lines"])),
    )


def _invalid(kind: str, fault: str, origin: str, place: int) -> Refusal:
    return Refusal(
        code="HUB-REC-001",
        place=f"{origin} (record {place + 1} of its page)",
        what=f"{kind.replace('_', ' ')}: {fault}",
        mend="correct the source, or ask the connector's author; then run hub sync, or hub held replay",
        excerpt=fault,
    )
