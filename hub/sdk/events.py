"""Webhooks: what a sender's call holds, and comparing signatures without telling how far a guess was right."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


class Headers(Mapping[str, str]):
    """The headers of a call, found whatever the case of their names; one that came twice is joined with ``", "``."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)})"  # values may be secrets


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """What a verified call says: something about this object changed.

    What changed is not believed but read again from the source, so events may come twice, late and in any order.

    Attributes:
        id: the sender's own id of the event, the same at each delivery. A call about several objects is several
            events: make their ids differ, ``evt_7/1``, ``evt_7/2``.
        stream: the stream of the object, as `RecordSource.streams` names it.
        ref: which object `EventReceiver.reread` shall read.
    """

    id: str
    stream: str
    ref: str


def same_secret(expected: str, given: str) -> bool:
    """Whether two signatures or tokens are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(expected.encode(errors="surrogatepass"), given.encode(errors="surrogatepass"))
