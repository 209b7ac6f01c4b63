"""What a page brings that the data base does not have yet: found by notes, marks, digests and refs, and mapped.

A page goes through two questions. Is it as it was read last time (`recognise`)? If not, which of its units are new or
changed (`find_changes`)? Only those are asked of the connector.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from hub.core.host.answers import MAPPED, UNITS
from hub.core.host.evidence import DIGEST_SIZE, chunks, excerpt, unpack
from hub.core.store.page_notes import Note, noted_digests
from hub.core.store.raw_units import KnownUnit, held_lines, holds_any, known_units
from hub.core.store.streams import PageToCommit, Refusal
from hub.core.sync.mapped import read_mapped, stub_keys, without, without_known_stubs
from hub.core.sync.recalling import Recalled
from hub.core.sync.seen import Met
from hub.core.sync.session import Session
from hub.sdk.errors import BrokenPromise
from hub.sdk.units import MARK_SIZE, MAX_PAGE_UNITS, Stream

#: States of units that are as they were when their digest is; what a person discarded stays so even in a full run.
_STANDING = ("mapped", "held", "discarded")


@dataclass(slots=True)
class _Units:
    """The units of a page that are not where they were last time, and those that are."""

    unit_ids: list[int | None]
    places: list[int]
    refs: list[str]
    digests: list[bytes]
    marks: bytes
    standing: list[int] = field(default_factory=list)


class Waiting(Protocol):
    """Pages that were found changed and are not written yet."""

    def concerns(self, unit_ids: Collection[int]) -> bool:
        """True when they change one of these units."""

    def settle(self) -> None:
        """Write them now."""


class Finder:
    """Finds what the pages of one stream bring. `full`: nothing noted is believed. `aside`: see `PageToCommit`."""

    def __init__(
        self, session: Session, stream: Stream, met: Met, waiting: Waiting, *, full: bool, aside: bool
    ) -> None:
        self._store = session.store
        self._process = session.process
        self._stream = stream
        self._met = met
        self._waiting = waiting
        self._full = full
        self._aside = aside
        self._known_stubs: set[tuple[Any, ...]] = set()
        self._back: set[int] = set()
        self._any_held: bool | None = None  # None: nobody looked yet
        self._recalled = Recalled(session.store)

    def written(self) -> None:
        """Something was written to the data base."""
        self._recalled.written()

    def taken(self, page: PageToCommit, *, held: bool) -> None:
        """The page's records are in the data base, or will be before those of any later page. `held`: some are not."""
        self._any_held = held or self._any_held
        for batch in page.batches:
            self._known_stubs.update(stub_keys(batch) or ())

    def take_back(self) -> set[int]:
        """Units that were gone from the source, and are not now, since the last call."""
        back, self._back = self._back, set()
        return back

    def recognise(self, page: PageToCommit) -> tuple[Note | None, bool]:
        """The note of the page's last reading, if it can be believed, and whether the page is as it was then."""
        if self._full or self._aside:
            return None, False
        note = self._recalled.note(page)
        if note is not None and self._waiting.concerns(note.unit_ids):
            self._waiting.settle()
            note = self._recalled.note(page)
        if note is None or not self._recalled.stands(page):
            return None, False
        if not page.fingerprint or note.fingerprint != page.fingerprint:
            return note, False
        page.unit_ids = list(note.unit_ids)
        self._count_standing(page, note.unit_ids)
        return note, True

    def find_changes(self, page: PageToCommit, note: Note | None, *, all_new: bool) -> None:
        """Which units are new or changed; have these mapped into `page`.

        `all_new`: those of the page before were, so these are presumed to be, too, when nothing is noted of them.
        """
        units = self._hear_units(note)
        page.unit_ids, page.marks, page.standing = units.unit_ids, units.marks, len(units.standing)
        self._met.mark(units.standing)
        page.presumed_new = all_new and note is None and len(set(units.refs)) == len(units.refs)
        self._count_standing(page, units.standing)
        if not units.places:
            return
        known = {}
        if not page.presumed_new:
            with self._store.look() as connection:
                known = known_units(connection, page.stream.id, units.refs)
        if self._waiting.concerns([unit.id for unit in known.values()]):
            self._waiting.settle()
            with self._store.look() as connection:
                known = known_units(connection, page.stream.id, units.refs)
        page.standing_sum = _standing_sum(note, units.standing, known) if note else None
        wanted = self._sort_out(page, units, known)
        if wanted:
            self._map(page, wanted, whole=len(wanted) == len(units.unit_ids))

    def _hear_units(self, note: Note | None) -> _Units:
        """Ask for the units; those that stand as they did last time are not sent again."""
        by, expected = self._expected(note)
        answer, body = self._process.ask({"op": "units", "by": by}, expected, form=UNITS)
        count, refs, moved, former = answer["count"], answer["refs"], answer["moved"], answer["former"]
        if count > MAX_PAGE_UNITS:
            raise _broken(f"a page of {count} units is larger than {MAX_PAGE_UNITS}")
        places = list(range(count)) if answer["places"] is None else answer["places"]
        size = len(places) * DIGEST_SIZE
        digests, marks = chunks(body[:size], DIGEST_SIZE), body[size:]
        noted = note.unit_ids if note else []
        agreed = (
            len(places) == len(refs) == len(digests)
            and len(marks) in (0, count * MARK_SIZE)
            and len(moved) == len(former)
            and max([*places, *moved], default=-1) < count
            and max(former, default=-1) < len(noted)
        )
        if not agreed:
            raise _broken("the page's refs and digests do not agree in number")
        unit_ids: list[int | None] = [*noted[:count], *[None] * (count - len(noted))]
        for place in places:
            unit_ids[place] = None
        for place, index in zip(moved, former, strict=True):
            unit_ids[place] = noted[index]
        return _Units(unit_ids, places, refs, digests, marks, [unit for unit in unit_ids if unit is not None])

    def _expected(self, note: Note | None) -> tuple[str, bytes]:
        """What the connector may compare its units with: marks are the cheapest, for it need not make the units."""
        if note is None:
            return "", b""
        if len(note.marks) == len(note.unit_ids) * MARK_SIZE:
            return "marks", note.marks
        with self._store.look() as connection:
            return "digests", b"".join(digest or b"\0" * DIGEST_SIZE for digest in noted_digests(connection, note))

    def _sort_out(self, page: PageToCommit, units: _Units, known: dict[int, KnownUnit]) -> list[int]:
        """The places that must be mapped; the others are the same, or held already."""
        if not known and len(set(units.refs)) == len(units.refs):  # all new: the first load of a source
            page.taken, page.refs, page.digests = list(units.places), units.refs, units.digests
            return page.taken
        wanted: list[int] = []
        here: dict[str, bytes] = {}
        first: dict[str, int] = {}
        same: list[int] = []
        for index, place in enumerate(units.places):
            ref, digest, unit = units.refs[index], units.digests[index], known.get(index)
            before = here.get(ref)
            if before is not None and before == digest:
                page.twins[place] = first[ref]  # the very same unit twice in a page: seen once more, nothing to do
                page.already_same += 1
                continue
            differs = unit is not None and unit.digest != digest and self._met.before(unit.id)
            if (before is not None or differs) and self._stream.repeats != "latest":
                ref, unit = self._second(page, place, ref, digest)
            elif before is not None:
                self._drop(page, wanted, first[ref], place)
            here[ref], first[ref] = digest, place
            if unit is not None:
                page.unit_ids[place] = unit.id
                if unit.state not in _STANDING:
                    self._back.add(unit.id)
                if unit.digest == digest and unit.state in (("discarded",) if self._full else _STANDING):
                    same.append(unit.id)
                    page.refused.pop(place, None)
                    continue
            wanted.append(place)
            page.taken.append(place)
            page.refs.append(ref)
            page.digests.append(digest)
        self._count_standing(page, same)
        return wanted

    @staticmethod
    def _drop(page: PageToCommit, wanted: list[int], earlier: int, later: int) -> None:
        """The later of two units of one ref wins: the earlier one of the same page is not taken."""
        page.twins[earlier] = later
        page.already_same += 1
        if earlier in wanted:
            index = wanted.index(earlier)
            for column in (wanted, page.taken, page.refs, page.digests):
                del column[index]

    def _second(self, page: PageToCommit, place: int, ref: str, digest: bytes) -> tuple[str, KnownUnit | None]:
        """The same ref again in one run, with other content: kept apart, to be held under a ref of its own."""
        other = f"{ref} (again {digest.hex()[:12]})"
        page.refused[place] = Refusal(
            code="HUB-REC-003",
            place="",
            what=f"{ref!r} appears twice with different content; the first one stands",
            mend="correct the source so that it appears once, then run hub sync again",
            excerpt="",
        )
        with self._store.look() as connection:
            return other, known_units(connection, page.stream.id, [other]).get(0)

    def _map(self, page: PageToCommit, wanted: list[int], *, whole: bool) -> None:
        answer, page.evidence = self._process.ask({"op": "map", "places": None if whole else wanted}, form=MAPPED)
        twice = dict(page.refused)
        batches, page.refused = read_mapped(answer, wanted, page.origin)
        page.batches = without_known_stubs(batches, self._known_stubs)
        for place, refusal in twice.items():
            self._refuse_twice(page, place, refusal)

    def _refuse_twice(self, page: PageToCommit, place: int, refusal: Refusal) -> None:
        """Hold the second of two: its own line and text are in the evidence."""
        unit = unpack(page.evidence)[page.taken.index(place)]
        where = unit.place or f"{page.origin} (record {place + 1} of page {page.ordinal + 1})"
        page.refused[place] = replace(refusal, place=where, excerpt=excerpt(unit.body))
        page.batches = without(page.batches, {place})

    def _count_standing(self, page: PageToCommit, unit_ids: list[int]) -> None:
        """Units that are as they were: the same, or still held."""
        held = lines = 0
        if unit_ids and self._any_held is not False:
            with self._store.look() as connection:
                if self._any_held is None:
                    self._any_held = holds_any(connection, page.stream.id)
                held, lines = held_lines(connection, unit_ids) if self._any_held else (0, 0)
        page.already_held += lines
        page.already_same += len(unit_ids) - held


def _broken(what: str) -> BrokenPromise:
    return BrokenPromise(
        code="HUB-HOST-007",
        what=what,
        mend="report it to the connector's author",
    )


def _standing_sum(note: Note, standing: list[int], known: dict[int, KnownUnit]) -> int | None:
    """The sum of the evidence ids of the units that stand: what was noted less those that came with other content.

    None when one that was noted is not on the page any more, or is on it twice.
    """
    evidence = {unit.id: unit.evidence_id for unit in known.values()}
    others = set(note.unit_ids).difference(standing)
    if len(others) + len(standing) != len(note.unit_ids) or not others <= evidence.keys():
        return None
    return note.evidence_sum - sum(evidence[unit] for unit in others)
