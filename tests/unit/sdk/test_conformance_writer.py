"""The conformance kit for writers of entries: a faithful one passes, each broken promise is caught."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.sdk import ConfigError, LedgerBatch, LedgerFile, LedgerWriter, Posting, PostingPart
from hub.sdk.records import Receipt
from hub.sdk.testing import LedgerWriterConformance

IBAN = "FR7630999000010001234567836"
POSTINGS = [
    Posting("R1", date(2026, 6, 1), IBAN, "EUR", 1_500, "VIR", [
        PostingPart("C1", "F1", 1_000), PostingPart("C1", None, 500),
    ]),
    Posting("R2", date(2026, 6, 2), IBAN, "EUR", 900, "CHQ", [PostingPart("C2", "F-2026-0002", 900)]),
]  # fmt: skip
ticks = itertools.count()


class Books:
    """Books that take lines of text: reference, debtor, invoice, cents."""

    def reference(self, batch: LedgerBatch, place: int) -> str:
        return f"HUB{batch.number}-{place}"

    def line(self, posting: Posting, part: PostingPart, reference: str) -> str:
        return f"{reference};{part.debtor_id};{part.document_number or ''};{part.amount_minor}"

    def name(self, batch: LedgerBatch) -> str:
        return f"batch-{batch.number}.txt"

    def check(self, posting: Posting) -> None:
        if posting.currency != "EUR":
            raise ConfigError(code="HUB-TEST-001", what="not in EUR", where=posting.posting_id, mend="enter it by hand")

    def write(self, batch: LedgerBatch) -> LedgerFile:
        references = {one.posting_id: self.reference(batch, n) for n, one in enumerate(batch.postings)}
        lines = []
        for posting in batch.postings:
            self.check(posting)
            lines += [self.line(posting, part, references[posting.posting_id]) for part in posting.parts]
        body = "\n".join(lines).encode("cp850")
        return LedgerFile(self.name(batch), "text/plain; charset=cp850", body, references)

    def acknowledged(self, references: Mapping[str, str], receipts: Iterable[Receipt]) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for receipt in receipts:
            for posting, reference in references.items():
                if self.same(reference, receipt):
                    found.setdefault(posting, []).append(receipt.source_key)
        return found

    def same(self, reference: str, receipt: Receipt) -> bool:
        return (receipt.remittance or "").partition(" ")[0] == reference


class TestFaithfulBooks(LedgerWriterConformance):
    """Every test runs."""

    def make_source(self, tmp_path: Path) -> LedgerWriter:
        return Books()

    def postings(self) -> Sequence[Posting]:
        return POSTINGS

    def refused(self) -> Iterable[Posting]:
        yield replace(POSTINGS[1], posting_id="R9", currency="USD")

    def come_back(self, file: LedgerFile, tmp_path: Path) -> Iterable[Receipt]:
        for number, line in enumerate(file.body.decode("cp850").splitlines()):
            reference, _, _, cents = line.split(";")
            yield Receipt(
                source_key=f"EC{number}", receipt_id=f"EC{number}", received_on=date(2026, 6, 3), currency="EUR",
                amount_minor=int(cents), remittance=f"{reference} VIR",
            )  # fmt: skip


class NoWriter:
    """Books that can be read only."""


class Restless(Books):
    """Another file each time."""

    def line(self, posting: Posting, part: PostingPart, reference: str) -> str:
        return f"{super().line(posting, part, reference)};{next(ticks)}"


class Remembers(Books):
    """A file that hangs on what was written before."""

    written = 0

    def name(self, batch: LedgerBatch) -> str:
        self.written += 1
        return super().name(batch)

    def line(self, posting: Posting, part: PostingPart, reference: str) -> str:
        return super().line(posting, part, f"{reference}" if not self.written else f"{reference}'")


class Elsewhere(Books):
    """A path instead of a name."""

    def name(self, batch: LedgerBatch) -> str:
        return f"../batch-{batch.number}.txt"


class OneName(Books):
    """All batches in one file."""

    def name(self, batch: LedgerBatch) -> str:
        return "entries.txt"


class Empty(Books):
    """Nothing in the file."""

    def write(self, batch: LedgerBatch) -> LedgerFile:
        return replace(super().write(batch), body=b"")


class Forgets(Books):
    """No reference for the last posting."""

    def write(self, batch: LedgerBatch) -> LedgerFile:
        file = super().write(batch)
        return replace(file, references=dict(list(file.references.items())[:-1]))


class Shares(Books):
    """One reference for all."""

    def reference(self, batch: LedgerBatch, place: int) -> str:
        return f"HUB{batch.number}"


class UsesAgain(Books):
    """The same references in each batch."""

    def reference(self, batch: LedgerBatch, place: int) -> str:
        return f"HUB-{place}"


class Hides(Books):
    """A reference that is not in the file."""

    def line(self, posting: Posting, part: PostingPart, reference: str) -> str:
        return super().line(posting, part, "X")


class Cuts(Books):
    """Ten characters for an invoice's number."""

    def line(self, posting: Posting, part: PostingPart, reference: str) -> str:
        return super().line(posting, replace(part, document_number=(part.document_number or "")[:10]), reference)


class TakesAll(Books):
    """Nothing is refused."""

    def check(self, posting: Posting) -> None:
        pass


class LeavesOut(Books):
    """What cannot be written is left out, and nobody is told."""

    def write(self, batch: LedgerBatch) -> LedgerFile:
        return super().write(replace(batch, postings=[one for one in batch.postings if one.currency == "EUR"]))


class NoRemedy(Books):
    """Refused without a word on what to do."""

    def check(self, posting: Posting) -> None:
        if posting.currency != "EUR":
            raise ConfigError(code="HUB-TEST-001", what="no", where="", mend="")


class Optimist(Books):
    """All is acknowledged that was handed over."""

    def acknowledged(self, references: Mapping[str, str], receipts: Iterable[Receipt]) -> Mapping[str, Sequence[str]]:
        return {posting: ["EC0"] for posting in references}


class Resembles(Books):
    """A reference that begins alike is taken for it."""

    def same(self, reference: str, receipt: Receipt) -> bool:
        return (receipt.remittance or "").startswith(reference)


class Deaf(Books):
    """Nothing is known again."""

    def same(self, reference: str, receipt: Receipt) -> bool:
        return False


class FirstOnly(Books):
    """Of several receipts of a posting only the first is told."""

    def acknowledged(self, references: Mapping[str, str], receipts: Iterable[Receipt]) -> Mapping[str, Sequence[str]]:
        return {posting: keys[:1] for posting, keys in super().acknowledged(references, receipts).items()}


class OnceEach(Books):
    """What stands twice in the books is told once."""

    def acknowledged(self, references: Mapping[str, str], receipts: Iterable[Receipt]) -> Mapping[str, Sequence[str]]:
        found = super().acknowledged(references, receipts)
        return {posting: [key for key in keys if "again" not in key] for posting, keys in found.items()}


class Talkative(Books):
    """Postings that nobody asked for."""

    def acknowledged(self, references: Mapping[str, str], receipts: Iterable[Receipt]) -> Mapping[str, Sequence[str]]:
        known = {"R1": "HUB1-0", "R2": "HUB1-1"}
        return super().acknowledged(known if references else {}, receipts)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (NoWriter, "the_role_is_played"),
        (Restless, "the_same_batch_gives_the_same_file"),
        (Remembers, "the_same_batch_gives_the_same_file"),
        (Elsewhere, "the_file_can_be_put_into_a_folder"),
        (OneName, "the_file_can_be_put_into_a_folder"),
        (Empty, "the_file_can_be_put_into_a_folder"),
        (Forgets, "each_posting_has_a_reference_of_its_own"),
        (Shares, "each_posting_has_a_reference_of_its_own what_comes_back_is_acknowledged"),
        (UsesAgain, "each_posting_has_a_reference_of_its_own"),
        (Hides, "each_posting_has_a_reference_of_its_own what_comes_back_is_acknowledged"),
        (Cuts, "nothing_is_cut"),
        (TakesAll, "what_cannot_be_written_writes_nothing"),
        (LeavesOut, "what_cannot_be_written_writes_nothing"),
        (NoRemedy, "what_cannot_be_written_writes_nothing"),
        (Optimist, "nothing_is_acknowledged_without_an_entry"),
        (Resembles, "nothing_is_acknowledged_without_an_entry"),
        (Deaf, "what_comes_back_is_acknowledged"),
        (FirstOnly, "what_comes_back_is_acknowledged imported_twice_is_told_twice"),
        (OnceEach, "imported_twice_is_told_twice"),
        (Talkative, "only_what_was_asked_for_is_acknowledged"),
    ],
)
def test_broken_writers_are_caught(
    make: Callable[[], Any], expected: str, failing_tests: Callable[[object, Path], set[str]], tmp_path: Path
) -> None:
    """Each fault by the test that is about it."""

    class Kit(TestFaithfulBooks):
        def make_source(self, tmp_path: Path) -> Any:
            return make()

    assert set(expected.split()) <= failing_tests(Kit(), tmp_path)


def test_a_sample_that_proves_nothing_is_caught(
    failing_tests: Callable[[object, Path], set[str]], tmp_path: Path
) -> None:
    """One posting alone, or parts that do not add up."""
    for number, given in enumerate((POSTINGS[:1], [replace(POSTINGS[0], amount_minor=1), POSTINGS[1]])):
        kit = TestFaithfulBooks()
        kit.postings = lambda given=given: given  # type: ignore[method-assign, misc]
        (folder := tmp_path / str(number)).mkdir()
        assert "the_role_is_played" in failing_tests(kit, folder)
