"""Broken and hostile files: held with a code and a remedy, within bounds of memory."""

from __future__ import annotations

import tracemalloc
import zlib
from pathlib import Path

import pytest

from hub.sdk.testing import read_records
from tests.unit.plugins.einvoices.made import cii, pdf, read, source, ubl, updated

ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;">' % (98 + n, 97 + n, 97 + n) for n in range(20))
    + b"]><Invoice>&u;</Invoice>"
)
MANY = b"<Invoice>" + b"<a/>" * 600_000 + b"</Invoice>"
DEEP = b"<Invoice>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</Invoice>"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ENTITY, "HUB-EINV-004"),
        (LAUGHS, "HUB-EINV-004"),
        (ENTITY.decode().replace('1.0"', '1.0" encoding="UTF-16"').encode("utf-16"), "HUB-EINV-004"),
        (MANY, "HUB-EINV-003"),
        (DEEP, "HUB-EINV-005"),
        (b"<Invoice>" + b"x" * (17 * 1024 * 1024), "HUB-EINV-003"),
        (cii()[:700], "HUB-EINV-005"),
        (b"", "HUB-EINV-002"),
        (b"hello", "HUB-EINV-002"),
        (b"<html/>", "HUB-EINV-009"),
        (b"<CrossIndustryDocument/>", "HUB-EINV-009"),
        (b"<Invoice/>", "HUB-EINV-010"),
        (cii(number=""), "HUB-EINV-010"),
        (cii(issued="20260230"), "HUB-EINV-011"),
        (cii(total="12,5O"), "HUB-EINV-011"),
        (cii(currency="EURO"), "HUB-EINV-011"),
        (cii(due="199.99"), "HUB-EINV-012"),
        (cii(total="225.50", paid="300.00", due="-74.50"), "HUB-EINV-014"),
        (cii(total="225.50", paid="-10.00", due="235.50"), "HUB-EINV-014"),
        (ubl(total="1e3"), "HUB-EINV-011"),
    ],
    ids=range(20),
)
def test_xml_that_cannot_be_taken(content: bytes, code: str, tmp_path: Path) -> None:
    """Nothing is expanded, fetched or guessed."""
    assert ([], code) == read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\n%%EOF\n", "HUB-EINV-007"),
        (pdf(b"<note/>", name="note.xml"), "HUB-EINV-007"),
        (pdf(cii())[:-500], "HUB-EINV-006"),
        (b"%PDF-1.7\n1 0 obj\n<< /Encrypt 2 0 R >>\n%%EOF", "HUB-EINV-006"),
        (pdf(cii(), filters=b"[/FlateDecode /LZWDecode]"), "HUB-EINV-006"),
        (updated(pdf(cii()), cii(number="F2"), number=9), "HUB-EINV-006"),
        (pdf(ENTITY), "HUB-EINV-004"),
        (pdf(b"<CrossIndustryDocument></CrossIndustryDocument>"), "HUB-EINV-009"),
        (pdf(cii()[:900] + b" " * (40 * 1024 * 1024)), "HUB-EINV-008"),
    ],
    ids=range(9),
)
def test_pdf_that_cannot_be_taken(content: bytes, code: str, tmp_path: Path) -> None:
    """Plain, cut, protected, strangely folded, with two invoices, or a bomb."""
    assert ([], code) == read(tmp_path, content, "f.pdf")


def test_an_update_of_the_attachment_counts(tmp_path: Path) -> None:
    """An incremental update writes the object again: the last one is the invoice."""
    content = pdf(cii(number="FIRST"))
    for number in ("SECOND", "NEW"):
        content = updated(content, cii(number=number))
    records, held = read(tmp_path, content, "f.pdf")
    assert "" == held
    assert "NEW" in {getattr(record, "number", "") for record in records}


F1, F2 = pdf(cii(number="F1")), pdf(cii(number="F2"))


@pytest.mark.parametrize(
    "content",
    [
        F1 + F2,
        F1.rstrip() + F2,
        F1.replace(b"%%EOF", b"") + F2,
        F1 + b"\0" * 300 + b"\r\n" + F2,
        updated(F1, cii(number="F2")) + F1,
        F1 + pdf(b"<note/>", name="note.xml"),
        pdf(b"<note/>", name="note.xml") + F1,
        F1 + F1 + F2,
        F1.rstrip() + b"  " + F2,
        F1[:-20] + F2,
    ],
    ids=range(10),
)
def test_pdfs_one_behind_the_other(content: bytes, tmp_path: Path) -> None:
    """Neither the first nor the last is the invoice: the file is held, with the remedy."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "f.pdf").write_bytes(content)
    [one] = read_records(source(tmp_path, folder))
    assert one.rejected is not None
    assert ("HUB-EINV-016", "f.pdf") == (one.rejected.code, one.rejected.where)
    assert "one behind the other" in one.rejected.what
    assert "one file for each invoice" in one.rejected.mend


def test_a_pdf_inside_a_pdf_is_no_second_one(tmp_path: Path) -> None:
    """An unfolded PDF attached beside the invoice, and the same PDF twice in a row."""
    attached = b"7 0 obj\n<< /Type /EmbeddedFile /Length %d >>\nstream\n" % len(F2) + pdf(b"<note/>", name="note.xml")
    beside = F1.replace(b"trailer", attached + b"\nendstream\nendobj\ntrailer")
    for content in (beside, updated(beside, cii(number="F1")), F1 + F1):
        records, held = read(tmp_path, content, "f.pdf")
        assert ("", True) == (held, "F1" in {getattr(record, "number", "") for record in records})


def test_a_bomb_costs_little(tmp_path: Path) -> None:
    """Streams that unfold to gigabytes are looked at for their first kilobytes only."""
    bomb = zlib.compress(b" " * (64 * 1024 * 1024))
    stream = b"7 0 obj\n<< /Filter /FlateDecode >>\nstream\n" + bomb + b"\nendstream\nendobj\n"
    content = pdf(cii()).replace(b"trailer", stream * 20 + b"trailer")
    tracemalloc.start()
    records, held = read(tmp_path, content, "f.pdf")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "" == held
    assert records
    assert peak < 32 * 1024 * 1024


def test_any_cut_is_held_or_read(tmp_path: Path) -> None:
    """A file cut anywhere is held; never read with other amounts, never a crash."""
    for whole, name in ((cii(), "a.xml"), (pdf(cii()), "a.pdf")):
        good = read(tmp_path, whole, name)[0]
        (tmp_path / "in" / name).unlink()
        for size in range(0, len(whole), 97):
            records, held = read(tmp_path, whole[:size], name)
            assert held or [r for r in records if r.kind != "document"] == [r for r in good if r.kind != "document"]
            (tmp_path / "in" / name).unlink()
