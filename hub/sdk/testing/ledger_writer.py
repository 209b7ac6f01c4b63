"""What makes books take entries from outside: a file that is the same for ever, whose entries are known again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from email.message import Message
from pathlib import Path, PurePath
from unittest import SkipTest

from hub.sdk.context import Context
from hub.sdk.errors import ConfigError, RecordRejected
from hub.sdk.records import Receipt
from hub.sdk.roles import LedgerWriter
from hub.sdk.testing import checks
from hub.sdk.testing.fakes import NothingSleeps, make_context
from hub.sdk.writing import LedgerBatch, LedgerFile, Posting

#: Bytes of a file that the hub takes.
MAX_FILE_BYTES = 32 * 1024 * 1024


class LedgerWriterConformance(NothingSleeps):
    """Every promise of `LedgerWriter`, each as one test. Subclass it under a name that begins with ``Test``.

    Define `make_source` and `postings`; give `come_back` to prove what is known again, `refused` what is refused.
    """

    def make_source(self, tmp_path: Path) -> LedgerWriter:
        """The writer. Called several times with one folder: each time the same, made anew."""
        raise AssertionError("define make_source(self, tmp_path) in your test class")

    def make_context(self, tmp_path: Path) -> Context:
        """A context for `make_source` to build with."""
        return make_context(tmp_path)

    def postings(self) -> Sequence[Posting]:
        """Two postings or more that can be written: of one part and of several, for an invoice and on account."""
        raise AssertionError("define postings(self) in your test class")

    def refused(self) -> Iterable[Posting]:
        """Postings that cannot be written: an account that is not configured, another currency. Empty: not checked."""
        return ()

    def come_back(self, file: LedgerFile, tmp_path: Path) -> Iterable[Receipt] | None:
        """The receipts of the books once `file` was imported, as their `RecordSource` gives them. None: not known.

        Import it into a stand-in of the books, and read that: nothing else shows that the references survive.
        """
        return None

    def test_the_role_is_played(self, tmp_path: Path) -> None:
        """The object can write and acknowledge, and the sample says something."""
        writer = self.make_source(tmp_path)
        assert isinstance(writer, LedgerWriter), f"{type(writer).__name__} lacks write or acknowledged"
        postings = list(self.postings())
        assert len(postings) > 1, "give two postings or more"
        wrong = [one.posting_id for one in postings if sum(p.amount_minor for p in one.parts) != one.amount_minor]
        assert not wrong, f"the parts of {wrong} do not add up: no posting of the hub is like that"

    def test_the_same_batch_gives_the_same_file(self, tmp_path: Path) -> None:
        """Twice, and by another process: the same bytes, name and references. A lost file can be made again."""
        first, again = self._written(tmp_path), self._written(tmp_path)
        assert first.body == again.body, "the same batch gives other bytes"
        assert first.file_name == again.file_name, "the same batch gives another name"
        assert dict(first.references) == dict(again.references), "the same batch gives other references"
        writer = self._writer(tmp_path)
        for _ in range(2):
            assert writer.write(self._batch()).body == first.body, "a writer that wrote before writes otherwise"

    def test_the_file_can_be_put_into_a_folder(self, tmp_path: Path) -> None:
        """Its name is one of a file, of each batch another; it has bytes, and not too many."""
        one, other = self._written(tmp_path, 1), self._written(tmp_path, 2)
        for file in (one, other):
            name = file.file_name
            plain = name not in ("", ".", "..") and PurePath(name).name == name and "\\" not in name
            assert plain, f"{name!r} is no name of a file"
            assert len(name) <= 200, f"the name of the file has {len(name)} characters"
            checks.check_text(name, "the name of the file")
            assert isinstance(file.body, bytes), f"the body is {type(file.body).__name__}, not bytes"
            assert 0 < len(file.body) <= MAX_FILE_BYTES, f"the file has {len(file.body):,} bytes"
        assert one.file_name != other.file_name, f"batches 1 and 2 are both called {one.file_name!r}"

    def test_each_posting_has_a_reference_of_its_own(self, tmp_path: Path) -> None:
        """One for each, never used for another, in this batch or in any other, and it stands in the file."""
        file, next_one = self._written(tmp_path, 1), self._written(tmp_path, 2)
        wanted = {one.posting_id for one in self.postings()}
        assert wanted == set(file.references), f"references for {sorted(file.references)} instead of {sorted(wanted)}"
        texts = list(file.references.values())
        for text in texts:
            checks.check_text(text, "a reference")
            assert 0 < len(text) <= 200, f"the reference {text!r} is empty or too long"
        assert len(set(texts)) == len(texts), "two postings have one reference"
        both = set(texts) & set(next_one.references.values())
        assert not both, f"batches 1 and 2 both use the reference {sorted(both)[0]!r}" if both else ""
        shown = _text(file)
        missing = [text for text in texts if text not in shown]
        assert not missing, f"the reference {missing[0]!r} is not in the file" if missing else ""

    def test_nothing_is_cut(self, tmp_path: Path) -> None:
        """Each debtor and each invoice stands in the file as it was told: a number cut short is another one's."""
        shown = _text(self._written(tmp_path))
        for posting in self.postings():
            for part in posting.parts:
                for what, text in (("debtor", part.debtor_id), ("invoice", part.document_number)):
                    assert not text or text in shown, f"the {what} {text!r} is not in the file as it was told"

    def test_what_cannot_be_written_writes_nothing(self, tmp_path: Path) -> None:
        """A posting that the format cannot tell is refused with a remedy, alone and among good ones."""
        bad = list(self.refused())
        if not bad:
            raise SkipTest("no refused() postings")
        good = list(self.postings())
        for posting in bad:
            for batch in ([posting], [*good, posting], [posting, *good]):
                try:
                    self._writer(tmp_path).write(LedgerBatch(1, batch))
                except (ConfigError, RecordRejected) as error:
                    checks.check_error(error, f"posting {posting.posting_id}")
                else:
                    raise AssertionError(f"posting {posting.posting_id} was written, though it cannot be")
        self._written(tmp_path)

    def test_nothing_is_acknowledged_without_an_entry(self, tmp_path: Path) -> None:
        """No receipts, or receipts that only resemble: nothing is there."""
        writer, references = self._writer(tmp_path), self._written(tmp_path).references
        near = [f"{changed} VIR" for text in references.values() for changed in (f"{text}0", f"X{text}", text[:-1])]
        near = [text for text in near if text.partition(" ")[0] not in references.values()]
        others = [_receipt(f"N{number}", text) for number, text in enumerate(["", *near])]
        for receipts in ([], others):
            found = _found(writer.acknowledged(references, receipts))
            assert not found, f"acknowledged without an entry: {found}"

    def test_what_comes_back_is_acknowledged(self, tmp_path: Path) -> None:
        """Imported once: each posting with all its receipts, to the cent, whatever their order."""
        file, receipts = self._imported(tmp_path)
        amounts = {one.source_key: one.amount_minor for one in receipts}
        found = _found(self._writer(tmp_path).acknowledged(file.references, receipts))
        for posting in self.postings():
            keys = found.get(posting.posting_id, [])
            assert keys, f"posting {posting.posting_id} is not known again"
            unknown = set(keys) - set(amounts)
            assert not unknown, f"posting {posting.posting_id}: {sorted(unknown)} are none of the receipts"
            had = sum(amounts[key] for key in keys)
            wanted = posting.amount_minor
            assert wanted == had, f"posting {posting.posting_id}: {had} came back of {wanted}"
        used = [key for keys in found.values() for key in keys]
        assert len(set(used)) == len(used), "one receipt is acknowledged for two postings"
        assert set(found) <= set(file.references), "postings that nobody asked for are acknowledged"
        backwards = _found(self._writer(tmp_path).acknowledged(file.references, receipts[::-1]))
        assert _sets(found) == _sets(backwards), "the order of the receipts decides"

    def test_imported_twice_is_told_twice(self, tmp_path: Path) -> None:
        """A file that was imported twice stands in the books twice: all of it is told, none of it hidden."""
        file, receipts = self._imported(tmp_path)
        twice = [*receipts, *(one.model_copy(update={"source_key": f"{one.source_key}/again"}) for one in receipts)]
        writer = self._writer(tmp_path)
        once, both = (_found(writer.acknowledged(file.references, some)) for some in (receipts, twice))
        expected = {posting: set(keys) | {f"{key}/again" for key in keys} for posting, keys in once.items()}
        assert expected == _sets(both), "of entries that stand there twice, not all are told"

    def test_only_what_was_asked_for_is_acknowledged(self, tmp_path: Path) -> None:
        """With the references of one posting, the others' receipts are nobody's."""
        file, receipts = self._imported(tmp_path)
        for posting, reference in file.references.items():
            found = _found(self._writer(tmp_path).acknowledged({posting: reference}, receipts))
            assert set(found) <= {posting}, f"asked for {posting}, told of {sorted(found)}"

    def _imported(self, tmp_path: Path) -> tuple[LedgerFile, list[Receipt]]:
        file = self._written(tmp_path)
        receipts = self.come_back(file, tmp_path)
        if receipts is None:
            raise SkipTest("no come_back(): what is known again is not proved")
        return file, list(receipts)

    def _batch(self, number: int = 1) -> LedgerBatch:
        return LedgerBatch(number, list(self.postings()))

    def _written(self, tmp_path: Path, number: int = 1) -> LedgerFile:
        return self._writer(tmp_path).write(self._batch(number))

    def _writer(self, tmp_path: Path) -> LedgerWriter:
        return checks.made_again(self.make_source, tmp_path)


def _text(file: LedgerFile) -> str:
    """The file as text, in the charset that its media type names."""
    head = Message()
    head["content-type"] = file.media_type
    return file.body.decode(head.get_content_charset("utf-8"))


def _found(found: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What was acknowledged, without postings of which nothing was found."""
    return {posting: list(keys) for posting, keys in found.items() if keys}


def _sets(found: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    return {posting: set(keys) for posting, keys in found.items()}


def _receipt(key: str, text: str) -> Receipt:
    return Receipt(
        source_key=key, receipt_id=key, received_on=date(2026, 6, 30), amount_minor=100, currency="EUR", remittance=text
    )  # fmt: skip
