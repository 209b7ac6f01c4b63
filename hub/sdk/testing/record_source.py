"""What makes a connector a record source: subclass, say how to make it, run pytest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from unittest import SkipTest

from hub.sdk.context import Context
from hub.sdk.errors import HubError
from hub.sdk.money import Money
from hub.sdk.roles import BulkMap, RecordSource
from hub.sdk.testing import checks
from hub.sdk.testing.fakes import NothingSleeps, make_context
from hub.sdk.testing.runs import Mapped, by_currency, map_units, pages, read_records, run_source, totals
from hub.sdk.units import MAX_PAGE_UNITS, RawUnit


class RecordSourceConformance(NothingSleeps):
    """Every promise of `RecordSource` (and of `BulkMap`, when it is played), each as one test.

    Subclass it under a name that begins with ``Test`` and define `make_source`; give more of the rest, prove more.

    Attributes:
        expected_total: what the sample's own total says, one amount per currency.
        total_kind: kind of record whose amounts make that total; receipts when there are any, else invoices.
        expected_refs_count: how many different units the sample holds, all streams together; 0 must be said.
        small_pages_units: how many units of a large sample are read with pages of 1, 2 and 7.
    """

    expected_total: Money | Sequence[Money] | None = None
    total_kind: str = ""
    expected_refs_count: int | None = None
    small_pages_units: int = 300

    def make_source(self, tmp_path: Path) -> RecordSource:
        """A source over a sample. Called several times with one folder: always the same source, made anew."""
        raise AssertionError("define make_source(self, tmp_path) in your test class")

    def make_context(self, tmp_path: Path) -> Context:
        """A context for `make_source` to build with."""
        return make_context(tmp_path)

    def make_source_with_bad(self, tmp_path: Path) -> RecordSource | None:
        """The same sample with one record damaged, or None: the check is then skipped."""
        return None

    def failures(self, tmp_path: Path) -> Iterable[tuple[RecordSource, type[HubError]]]:
        """Sources that must fail, and how: a 429, a time-out, a truncated file. Empty: not checked."""
        return ()

    def secrets(self) -> Sequence[str]:
        """Secret values given to the source (canaries). Empty: the check is skipped."""
        return ()

    def test_streams_are_declared(self, tmp_path: Path) -> None:
        """The object plays its role, and always names the same streams in the same order."""
        source = self.make_source(tmp_path)
        assert isinstance(source, RecordSource), f"{type(source).__name__} lacks streams, fetch or map"
        streams = list(source.streams())
        assert streams, "the source has no stream"
        for stream in streams:
            checks.check_stream(stream)
        assert len({stream.name for stream in streams}) == len(streams), "two streams have one name"
        assert list(self._again(tmp_path).streams()) == streams, "the streams change from one call to the next"

    def test_the_sample_is_read(self, tmp_path: Path) -> None:
        """Units are complete, and as many as expected; a run without any would prove nothing."""
        units = [unit for _, found in self._runs(tmp_path) for unit in found]
        assert units or self.expected_refs_count == 0, "the sample holds no unit"
        for unit in units:
            checks.check_unit(unit)
        if self.expected_refs_count is not None:
            count = sum(len({unit.ref for unit in found}) for _, found in self._runs(tmp_path))
            assert self.expected_refs_count == count, f"{count} units instead of {self.expected_refs_count}"

    def test_any_page_size_gives_the_same_units(self, tmp_path: Path) -> None:
        """Whatever `limit`: the same units in the same order."""
        for stream, units in self._runs(tmp_path):
            for limit in (1, 2, 7, min(max(1, len(units)), MAX_PAGE_UNITS)):
                found = self._first(self._again(tmp_path), stream, limit)
                stopped = len(found) >= max(self.small_pages_units, limit)
                expected = units[: len(found)] if stopped else units
                checks.check_same_units(expected, found, f"{stream}, pages of {limit}")

    def test_a_run_resumes_after_any_page(self, tmp_path: Path) -> None:
        """An interrupted run, continued by a new process, gives exactly the rest."""
        for stream, units in self._runs(tmp_path):
            limit = 1 if len(units) <= 20 else 7
            read = 0
            for page in pages(self._again(tmp_path), stream, limit):
                read += len(page.units)
                if page.last or read > self.small_pages_units:
                    break
                rest = run_source(self._again(tmp_path), stream, MAX_PAGE_UNITS, page.cursor)
                checks.check_same_units(units[read:], rest, f"{stream}, resumed after {read} units")

    def test_a_second_run_adds_nothing(self, tmp_path: Path) -> None:
        """From the last cursor nothing comes; a snapshot may come again, unchanged."""
        source = self.make_source(tmp_path)
        for stream in source.streams():
            run = list(pages(source, stream.name))
            units = [unit for page in run for unit in page.units]
            again = run_source(self._again(tmp_path), stream.name, MAX_PAGE_UNITS, run[-1].cursor)
            if stream.mode == "snapshot" and again:
                checks.check_same_units(units, again, f"{stream.name}, second run")
            else:
                assert not again, f"{stream.name}: a second run gives {len(again)} units again ({again[0].ref!r}…)"

    def test_a_ref_has_one_content(self, tmp_path: Path) -> None:
        """A unit's identity is unique in its stream."""
        source = self.make_source(tmp_path)
        for stream in source.streams():
            checks.check_refs(run_source(source, stream.name), stream)

    def test_pages_keep_their_limits(self, tmp_path: Path) -> None:
        """No page is larger than asked or than the wire takes, and its cursor is text."""
        source = self.make_source(tmp_path)
        for stream in source.streams():
            for limit in (1, 3, MAX_PAGE_UNITS):
                read = 0
                for page in pages(source, stream.name, limit):
                    checks.check_page(page, limit, stream.name)
                    read += len(page.units)
                    if limit < MAX_PAGE_UNITS and read > self.small_pages_units:
                        break

    def test_a_fingerprint_stands_for_its_page(self, tmp_path: Path) -> None:
        """Equal pages have equal fingerprints, in any process; other pages others."""
        source = self.make_source(tmp_path)
        for stream in source.streams():
            contents: dict[bytes, list[Any]] = {}
            for limit in (2, MAX_PAGE_UNITS):
                pair = zip(
                    pages(source, stream.name, limit),
                    pages(self._again(tmp_path), stream.name, limit),
                    strict=True,
                )
                for number, (one, other) in enumerate(pair):
                    where = f"{stream.name}, page {number + 1} of {limit}"
                    assert one.fingerprint == other.fingerprint, f"{where}: another fingerprint at each reading"
                    content = [(unit.ref, unit.body, unit.layout) for unit in one.units]
                    if one.fingerprint:
                        known = contents.setdefault(one.fingerprint, content)
                        assert known == content, f"{where}: has the fingerprint of another page"
                    if number * limit > self.small_pages_units:
                        break

    def test_map_is_pure(self, tmp_path: Path) -> None:
        """The same unit gives the same records: twice, backwards, and in a process that fetched nothing."""
        source = self.make_source(tmp_path)
        for stream in source.streams():
            units = run_source(source, stream.name)
            once = map_units(source, stream.name, units)
            twice = map_units(source, stream.name, units)
            checks.check_same_mapping(once, twice, f"{stream.name}, mapped twice")
            backwards = map_units(source, stream.name, units[::-1])[::-1]
            checks.check_same_mapping(once, backwards, f"{stream.name}, mapped backwards")
            afresh = map_units(self._again(tmp_path), stream.name, units)
            checks.check_same_mapping(once, afresh, f"{stream.name}, mapped by another process")

    def test_map_page_gives_what_map_gives(self, tmp_path: Path) -> None:
        """In bulk or one by one: the same records, the same rejections."""
        source = self.make_source(tmp_path)
        if not isinstance(source, BulkMap):
            raise SkipTest("the source does not play BulkMap")
        for stream, units in self._runs(tmp_path):
            units = [unit for unit in units if unit.rejected is None]
            one_by_one = [
                Mapped(one.unit, checks.by_kind(one.records), one.rejected) for one in map_units(source, stream, units)
            ]
            for size in (max(1, len(units)), max(1, len(units) // 2), 3):
                for start in range(0, min(len(units), size * 20), size):
                    expected = one_by_one[start : start + size]
                    found = checks.bulk_mapped(source, stream, units[start : start + size])
                    checks.check_same_mapping(expected, found, f"{stream}, map_page of {size}")

    def test_records_are_valid(self, tmp_path: Path) -> None:
        """Every record fits its kind, and no key is claimed twice."""
        checks.check_records(read_records(self.make_source(tmp_path)))

    def test_totals_agree(self, tmp_path: Path) -> None:
        """The records add up to what the sample says of itself, to the cent."""
        if self.expected_total is None:
            raise SkipTest("no expected_total")
        records = [record for one in read_records(self.make_source(tmp_path)) for record in one.records]
        kind = self.total_kind or ("receipt" if any(record.kind == "receipt" for record in records) else "invoice")
        found, expected = totals(records, kind), by_currency(self.expected_total)
        assert expected == found, f"{kind}: {found} instead of {expected} (minor units)"

    def test_a_bad_record_leaves_its_neighbours(self, tmp_path: Path) -> None:
        """The damaged record is held with its reason; all others are read as before."""
        damaged = self.make_source_with_bad(_folder(tmp_path, "bad"))
        if damaged is None:
            raise SkipTest("no make_source_with_bad")
        good = read_records(self.make_source(_folder(tmp_path, "good")))
        mapped = read_records(damaged)
        lines = sum(one.unit.lines for one in mapped if one.rejected is not None)
        assert lines, "nothing is held, though a record is damaged"
        kept = {record for one in mapped for record in one.records}
        lost = [one.unit for one in good if not kept.issuperset(one.records)]
        assert len(lost) <= lines, f"{len(lost)} units are lost, {lines} held: {lost[0].ref!r} at {lost[0].place!r}…"

    def test_errors_can_be_understood(self, tmp_path: Path) -> None:
        """Each rejection has a code, says what, where, and how to mend; each failure is of the right type."""
        for make in (self.make_source, self.make_source_with_bad):
            source = make(_folder(tmp_path, make.__name__))
            for one in read_records(source) if source else ():
                if one.rejected is not None:
                    checks.check_error(one.rejected, f"unit {one.unit.ref!r}")
        for source, expected in self.failures(_folder(tmp_path, "failures")):
            error = self._failure(source)
            assert type(error) is expected, f"{error!r} instead of {expected.__name__}"
            checks.check_error(error, expected.__name__)

    def test_no_secret_gets_out(self, tmp_path: Path) -> None:
        """The canaries are in no repr, log, cursor, place or error."""
        secrets = self.secrets()
        if not secrets:
            raise SkipTest("no secrets() given")
        with checks.heard() as texts:
            source = self.make_source(tmp_path)
            texts += [repr(source), str(source), repr(vars(source) if hasattr(source, "__dict__") else "")]
            for stream in source.streams():
                for page in pages(source, stream.name):
                    texts += [
                        repr(page.cursor),
                        page.origin,
                        *(f"{unit.ref} {unit.place}" for unit in page.units),
                    ]
            texts += [repr(one.rejected and one.rejected.as_wire()) for one in read_records(source)]
            for failing, _ in self.failures(_folder(tmp_path, "failures")):
                error = self._failure(failing)
                texts += [repr(error), str(error), repr(error.as_wire()), repr(error.__cause__)]
        for secret in secrets:
            leaks = [text for text in texts if secret in text]
            assert not leaks, f"a secret shows in {leaks[0].replace(secret, '[secret]')[:200]!r}"

    def _again(self, tmp_path: Path) -> RecordSource:
        return checks.made_again(self.make_source, tmp_path)

    def _runs(self, tmp_path: Path) -> list[tuple[str, list[RawUnit]]]:
        source = self._again(tmp_path)
        return [(stream.name, run_source(source, stream.name)) for stream in source.streams()]

    def _first(self, source: RecordSource, stream: str, limit: int) -> list[RawUnit]:
        """Units read with pages of `limit`; of a large sample only the first ones when pages are small."""
        found: list[RawUnit] = []
        for page in pages(source, stream, limit):
            found += page.units
            if len(found) >= max(self.small_pages_units, limit):
                break
        return found

    @staticmethod
    def _failure(source: RecordSource) -> HubError:
        try:
            read_records(source)
        except HubError as error:
            return error
        except Exception as error:
            raise AssertionError(f"{type(error).__name__} is none of the hub's errors: {error}") from error
        raise AssertionError("the source was read to its end, though it should have failed")


def _folder(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    return folder
