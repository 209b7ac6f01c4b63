"""One page after the other: recognise it, find what is new or changed, have it mapped, validate it, commit it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from typing import Any

from hub.core.host.answers import MAPPED, OFFER, UNITS
from hub.core.host.evidence import DIGEST_SIZE, chunks, excerpt, unpack
from hub.core.store import UnitOfWork
from hub.core.store.page_notes import Note, end_stream, forget_pages, note_of, noted_digests, stands
from hub.core.store.pages import commit_page
from hub.core.store.raw_units import KnownUnit, RefsKnown, held_lines, known_units
from hub.core.store.streams import Counts, PageToCommit, Refusal, StreamState
from hub.core.sync.former_totals import withdraw_pieces
from hub.core.sync.mapped import read_mapped, stub_keys, without, without_known_stubs
from hub.core.sync.seen import Seen
from hub.core.sync.session import Session
from hub.sdk.errors import BrokenPromise, HubError
from hub.sdk.units import MARK_SIZE, MAX_PAGE_UNITS, Stream

#: How many unchanged pages may pass before the cursor is written: a crash re-reads them, quickly.
MAX_QUIET_PAGES = 50
#: States of units that are as they were when their digest is; what a person discarded stays so even in a full run.
_STANDING = ("mapped", "held", "discarded")


@dataclass(slots=True)
class PageResult:
    """A page taken in, and where the next one starts. `back`: units that were gone from the source, and are not now."""

    counts: Counts
    cursor: str | None
    origin: str
    ordinal: int
    last: bool
    skipped: list[str]
    state: StreamState
    back: set[int]


@dataclass(slots=True)
class _Offer:
    origin: str
    cursor: str | None
    last: bool
    skipped: list[str]
    begins: bool
    fingerprint: bytes


@dataclass(slots=True)
class _Units:
    """The units of a page that are not where they were last time, and those that are."""

    unit_ids: list[int | None]
    places: list[int]
    refs: list[str]
    digests: list[bytes]
    marks: bytes
    standing: list[int] = field(default_factory=list)


class PageReader:
    """Reads the pages of one stream from a connector's process.

    `aside`: the page is one of objects read by themselves (`rereading`), not the stream's next one.
    """

    def __init__(
        self, session: Session, stream: Stream, seen: Seen, *, full: bool = False, aside: bool = False
    ) -> None:
        self._session = session
        self._store = session.store
        self._process = session.process
        self._stream = stream
        self._seen = seen
        self._full = full
        self._aside = aside
        self._seen_here = Seen()
        self._quiet = 0
        self._all_new = False
        self._cursor: str | None = None
        self._asked = False
        self._known_stubs: set[tuple[Any, ...]] = set()
        self._back: set[int] = set()

    def ask(self, cursor: str | None) -> None:
        """Let the connector fetch the page after `cursor`; the answer is taken by `next_page`.

        While all is new it may go on and map the page, without waiting to be asked.
        """
        request = {"op": "fetch", "stream": self._stream.name, "cursor": cursor, "ahead": self._all_new}
        self._process.tell({**request, "limit": self._process.limits.page_units})
        self._cursor, self._asked = cursor, True

    def next_page(self, state: StreamState, before: tuple[str | None, int] | None) -> PageResult:
        """Take the page that was asked for, commit it and ask for the next one meanwhile.

        `before` is the object of the former page and how many pages of it were read.
        """
        cursor, self._asked = self._cursor, False
        try:
            return self._take_next(state, before)
        except RefsKnown:
            # What followed new pages and looked new is not: it is read again and compared. The page after was asked for
            # already and will be again.
            self._all_new = False
            if self._asked:
                with contextlib.suppress(HubError):
                    self._hear_offer()
            self.ask(cursor)
            return self._take_next(state, before)

    def _take_next(self, state: StreamState, before: tuple[str | None, int] | None) -> PageResult:
        offer = self._hear_offer()
        if offer.begins and before and before[0] == offer.origin:
            # It changed since an ended run read its first pages: what that one met of it says nothing any more.
            self._seen.marks.clear()
            before = None
        if not before or before[0] != offer.origin:
            self._seen_here = Seen()
        ordinal = before[1] if before and before[0] == offer.origin and state.cursor is not None else 0
        page = self._page(state, offer, ordinal)
        note, recognised = self._recognise(page)
        if not recognised:
            self._find_changes(page, state, note)
        return self._commit(page, offer, state, recognised=recognised)

    def _recognise(self, page: PageToCommit) -> tuple[Note | None, bool]:
        """The note of the page's last reading, if it can be believed, and whether the page is as it was then."""
        if self._full or self._aside:
            return None, False
        with self._store.read() as connection:
            note = note_of(connection, stream_id=page.stream.id, origin=page.origin, ordinal=page.ordinal)
            if note is None or not stands(connection, note):
                return None, False
            if not page.fingerprint or note.fingerprint != page.fingerprint:
                return note, False
            page.unit_ids = list(note.unit_ids)
            self._count_standing(connection, page, note.unit_ids)
            return note, True

    def _hear_offer(self) -> _Offer:
        answer, fingerprint = self._process.hear(OFFER)
        return _Offer(
            answer["origin"], answer["cursor"], answer["last"], answer["skipped"], answer["begins"], fingerprint
        )

    def _page(self, state: StreamState, offer: _Offer, ordinal: int) -> PageToCommit:
        return PageToCommit(
            connector_id=self._session.connector_id, connector_key=self._session.key, stream=state, cursor=offer.cursor,
            origin=offer.origin, ordinal=ordinal, fingerprint=offer.fingerprint, mapping_id=self._session.mapping_id,
            recorded_at=0, actor=self._session.actor, unit_ids=[],
            whole_objects=self._stream.whole_objects and not self._aside, aside=self._aside,
        )  # fmt: skip

    def _find_changes(self, page: PageToCommit, state: StreamState, note: Note | None) -> None:
        """Which units are new or changed; have these mapped into `page`."""
        units = self._hear_units(note)
        page.unit_ids, page.marks, page.standing = units.unit_ids, units.marks, len(units.standing)
        self._met(units.standing)
        with self._store.read() as connection:
            self._count_standing(connection, page, units.standing)
            page.presumed_new = self._all_new and note is None and len(set(units.refs)) == len(units.refs)
            known = {} if page.presumed_new else known_units(connection, state.id, units.refs)
        if not units.places:
            return
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
            raise self._broken(f"a page of {count} units is larger than {MAX_PAGE_UNITS}")
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
            raise self._broken("the page's refs and digests do not agree in number")
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
        with self._store.read() as connection:
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
            differs = unit is not None and unit.digest != digest and self._met_before(unit.id)
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
        if same:
            with self._store.read() as connection:
                self._count_standing(connection, page, same)
        return wanted

    def _met_before(self, unit_id: int) -> bool:
        """True when the unit was met already where a repetition counts: in this run, or in this object of it."""
        return (self._seen_here if self._stream.repeats == "by_origin" else self._seen).met(unit_id)

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
        with self._store.read() as connection:
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

    @staticmethod
    def _count_standing(connection: Any, page: PageToCommit, unit_ids: list[int]) -> None:
        """Units that are as they were: the same, or still held."""
        held, lines = held_lines(connection, unit_ids)
        page.already_held += lines
        page.already_same += len(unit_ids) - held

    def _met(self, unit_ids: list[int]) -> None:
        """The run met these units."""
        self._seen.mark(unit_ids)
        if self._stream.repeats == "by_origin":
            self._seen_here.mark(unit_ids)

    def _commit(self, page: PageToCommit, offer: _Offer, state: StreamState, *, recognised: bool) -> PageResult:
        """Write the page, while the connector goes on with the next one.

        Recognised pages only move the cursor: that is written every few pages, and at the end.
        """
        self._all_new = bool(page.taken) and not page.already_same and not any(page.unit_ids)
        if not offer.last:
            self.ask(offer.cursor)
        idle = recognised and not offer.last and self._quiet < MAX_QUIET_PAGES
        if idle or (self._aside and not page.taken):
            self._quiet += 1
            read = page.already_same + page.already_held
            counts = Counts(read=read, same=page.already_same, held=page.already_held)
            unit_ids, version = page.unit_ids, state.version
        else:
            self._quiet = 0
            counts, unit_ids, version = self._store.again(
                self._session.actor, lambda unit: self._write(unit, page, offer)
            )
            for batch in page.batches:
                self._known_stubs.update(stub_keys(batch) or ())
        self._met([unit for unit in unit_ids if unit is not None])
        after = replace(state, cursor=offer.cursor, origin=offer.origin, ordinal=page.ordinal + 1, version=version)
        back, self._back = self._back, set()
        return PageResult(counts, offer.cursor, offer.origin, page.ordinal, offer.last, offer.skipped, after, back)

    def _write(self, unit: UnitOfWork, page: PageToCommit, offer: _Offer) -> tuple[Counts, list[int | None], int]:
        """One try at committing `page`; it works on a copy, for a transaction may have to be run again."""
        fresh = replace(page, unit_ids=list(page.unit_ids), refused=dict(page.refused), recorded_at=unit.at)
        withdraw_pieces(unit, fresh)
        counts = commit_page(unit.connection, fresh, unit.salt)
        if counts.changed:
            unit.note_day()
        if page.aside:
            return counts, fresh.unit_ids, fresh.stream.version
        former = page.stream.origin
        if former is not None and former != page.origin:
            forget_pages(unit.connection, page.stream.id, former, page.stream.ordinal)
        if offer.last:
            forget_pages(unit.connection, page.stream.id, page.origin, page.ordinal + 1)
            end_stream(unit.connection, page.stream.id)
        return counts, fresh.unit_ids, fresh.stream.version

    def _broken(self, what: str) -> BrokenPromise:
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
