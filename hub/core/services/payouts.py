"""Payouts of payment providers: what each is made of now, and the links to lines at the bank that it no longer says."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from hub.core.identity.again import Standing
from hub.core.identity.deposits import PAYOUT, Payout
from hub.core.identity.seen import reference
from hub.core.identity.sightings import Found
from hub.core.store import Connection
from hub.core.store import sightings as store


class Otherwise(NamedTuple):
    """A line at the bank (`whole`) that was linked to a payout of which its provider now tells something else: other
    charges or shares. The link stands, so that nothing counts twice, until the payout fits a line again.

    `told_minor` is what the payout comes to now; `whole_minor` the line at the bank. None: no such payout is told.
    """

    whole: int
    payout: str
    links: tuple[Standing, ...]
    whole_minor: int
    told_minor: int | None

    @property
    def ends(self) -> frozenset[int]:
        """The receipts in its links."""
        return frozenset({self.whole, *(link.carrier for link in self.links)})


class Payouts(NamedTuple):
    """`free`: payouts whose charges are known as receipts and are in no line at the bank, or only in one of those that
    are told `otherwise`."""

    free: list[Payout]
    otherwise: list[Otherwise]


def payouts(connection: Connection) -> Payouts:
    """What the providers say of their payouts, beside what is linked."""
    lines, linked = _lines(connection), _linked(connection)
    otherwise = [one for rows in linked.values() if (one := _otherwise(rows, lines)) is not None]
    open_ends = {link.carrier for one in otherwise for link in one.links}
    carried = {row.carrier_id for rows in linked.values() for row in rows} - open_ends
    free = []
    for (_, key), rows in sorted(lines.items()):
        if len({row.currency for row in rows}) > 1 or any(row.id is None or row.id in carried for row in rows):
            continue
        charges = tuple((row.id, int(row.net_minor)) for row in rows)
        days = [row.paid_on for row in rows if row.paid_on is not None]
        free.append(
            Payout(
                key=key,
                currency=rows[0].currency,
                net_minor=sum(net for _, net in charges),
                paid_on=max(days, default=None),
                references=frozenset(filter(None, [reference(key)])),
                charges=charges,
            )
        )
    return Payouts(free, otherwise)


def told_otherwise(connection: Connection) -> list[Otherwise]:
    """Linked payouts of which their provider tells something else now."""
    linked = _linked(connection)
    lines = _lines(connection) if linked else {}
    return [one for rows in linked.values() if (one := _otherwise(rows, lines)) is not None]


def _lines(connection: Connection) -> dict[tuple[int, str], list[Any]]:
    """What is told of each payout, by connector and payout."""
    lines: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in store.payout_charges(connection):
        lines[row.connector_id, row.payout_id].append(row)
    return lines


def _linked(connection: Connection) -> dict[str, list[Any]]:
    """The links of payouts, by name."""
    linked: dict[str, list[Any]] = defaultdict(list)
    for row in store.payout_links(connection):
        linked[row.name].append(row)
    return linked


def replaced(otherwise: Iterable[Otherwise], found: Iterable[Found]) -> list[Otherwise]:
    """Those whose receipts are in a link that was found anew."""
    taken = {end for one in found for end in (one.whole, *(part for part, _ in one.parts))}
    return [one for one in otherwise if one.ends & taken]


def _otherwise(rows: list[Any], lines: Mapping[tuple[int, str], list[Any]]) -> Otherwise | None:
    """What is linked beside what is told; None when they agree, or a person made or confirmed the link."""
    first = rows[0]
    key = str(json.loads(first.evidence).get("payout", ""))
    told = lines.get((first.connector_id, key), [])
    parts = sorted((row.carrier_id, int(row.amount_minor)) for row in rows)
    same = parts == sorted((row.id or 0, int(row.net_minor)) for row in told)
    if first.origin != "auto" or (same and sum(minor for _, minor in parts) == first.whole_minor):
        return None
    links = tuple(
        Standing(
            row.id, row.name, PAYOUT, row.receipt_id, row.carrier_id, row.currency, int(row.amount_minor),
            (date.min, date.min), row.recorded_at,
        )
        for row in rows
    )  # fmt: skip
    net = sum(int(row.net_minor) for row in told) if told else None
    return Otherwise(first.receipt_id, key, links, int(first.whole_minor), net)
