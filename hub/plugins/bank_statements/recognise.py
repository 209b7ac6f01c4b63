"""Which format a file is in, told by its content; its name and extension do not count.

A file of another kind is called by its name (a PDF, a pain.001, a CFONB 240…), so that the person who put it there
understands. Source: formats.md §4.1 rule 6, §4.2, §4.3, §4.4.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hub.plugins.bank_statements.faults import reject
from hub.sdk.errors import RecordRejected

_BINARY: Final = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or a spreadsheet)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"SQLite format 3", "an SQLite data base"),
    (b"-----BEGIN", "a PEM or PGP text"),
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
_CAMT: Final = {"BkToCstmrStmt": "camt.053", "BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}
_OTHER_XML: Final = {
    "CstmrCdtTrfInitn": "a pain.001 payment order",
    "CstmrDrctDbtInitn": "a pain.008 direct debit order",
    "CstmrPmtStsRpt": "a pain.002 payment status report",
    "CrossIndustryInvoice": "a CII invoice (Factur-X)",
    "Invoice": "a UBL invoice",
    "CreditNote": "a UBL credit note",
    "html": "a web page",
}
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_CAMT_ROOT = re.compile(r"<(?:[\w.-]+:)?(BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)[\s/>]")
_CAMT_VERSION = re.compile(r"camt\.05[234]\.\d{3}\.(\d{2})")
_OTHER_ROOT = re.compile(r"<(?:[\w.-]+:)?(" + "|".join(_OTHER_XML) + r")[\s/>]", re.IGNORECASE)
_CFONB = re.compile(r"0[1457][0-9A-Za-z ]{5}.{4}[0-9A-Za-z ]{5}[A-Za-z ]{3}[0-9 ]")
_OTHER_FIXED: Final = {240: "CFONB 240 (rejected operations)", 160: "CFONB 160 (payment orders)"}
_MT940_BALANCE = re.compile(r"^:6[012][FM]?:", re.MULTILINE)
_MT940_START = re.compile(r"^(?:\{4:\s*)?:(?:20|25|28C?|60[FM]|61):", re.MULTILINE)
_MT942 = re.compile(r"^:(?:34F|13D?):|\{2:[IO]942", re.MULTILINE)
_QIF = re.compile(r"^!(?:type|account|option)", re.MULTILINE | re.IGNORECASE)
_OFX_VERSION = re.compile(r"""(?:^|\s)VERSION\s*[:=]\s*"?(\d+)""")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is.

    Attributes:
        format: ``cfonb120``, ``camt.053``, ``camt.052``, ``camt.054``, ``mt940``, ``mt942``, ``ofx``, ``qif`` or
            ``other``.
        version: of the format, as far as it says: ``08``, ``102``.
        encoding: in which the text formats are read; empty for XML, which declares its own.
        named: the format for people.
        refused: builds the refusal at a place; None when the format is read.
    """

    format: str
    named: str
    version: str = ""
    encoding: str = ""
    refused: Callable[[str], RecordRejected] | None = None

    @property
    def family(self) -> str:
        """Which size limit applies."""
        return "camt" if self.format.startswith("camt") else "other"


def recognise(head: bytes, valid_utf8: bool) -> Kind:
    """The kind of a file, from its first bytes (`limits.HEAD_BYTES`).

    Args:
        head: the beginning of the file.
        valid_utf8: whether the whole file, which may hold accents, is valid UTF-8.
    """
    if not head.strip(b" \t\r\n\x00\x1a"):
        return _unknown("the file is empty" if not head else "it holds nothing but blanks")
    for magic, named in _BINARY:
        if head.startswith(magic):
            hint = "; unpack it first" if "archive" in named or "file" in named else ""
            return _other(named, hint)
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "")
    text = head.decode(encoding or "latin-1", "replace").lstrip("\ufeff \t\r\n")
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding or ("utf-8" if valid_utf8 else "latin-1")
    if text.startswith("<") and not text[:5].upper().startswith("<OFX>"):
        return _xml(text, encoding)
    if "\x00" in text[:4096]:
        return _unknown("it is binary")
    return _plain(text, encoding)


def _xml(text: str, encoding: str) -> Kind:
    """The kind of a document that begins with a tag."""
    camt = _CAMT_ROOT.search(text)
    before = text[: camt.start()] if camt else text
    if "<!DOCTYPE" in before or "<!ENTITY" in before:
        if "<!doctype html" in before[:200].lower():
            return _other("a web page")
        return Kind("other", "an XML document with a DOCTYPE", refused=lambda where: reject("HUB-BANK-011", where))
    if camt:
        name, version = _CAMT[camt[1]], _CAMT_VERSION.search(text)
        number = version[1] if version else ""
        if name == "camt.052":
            return _intraday(name, "a camt.052 account report", number)
        return Kind(name, f"{name}.001.{number}" if number else name, number)
    if re.search(r"<OFX[\s>]", text):
        return _ofx(text, encoding)
    other = _OTHER_ROOT.search(text)
    if other:
        named = next(words for root, words in _OTHER_XML.items() if root.lower() == other[1].lower())
        return _other(named)
    root = _ROOT.search(re.sub(r"<\?.*?\?>|<!--.*?-->", "", text[:4096], flags=re.DOTALL))
    return _other(f"an XML document <{root[1][:40]}>") if root else _unknown("XML without an element")


def _plain(text: str, encoding: str) -> Kind:
    """The kind of a text that does not begin with a tag."""
    if "OFXHEADER" in text[:4096] or re.search(r"<OFX[\s>]", text, re.IGNORECASE):
        return _ofx(text, encoding)
    line = text.split("\n", 1)[0].rstrip("\r")
    fixed = line.rstrip()
    if _CFONB.match(line):
        if 120 < len(fixed) <= 240 and not re.match(r"0[1457]", line[120:]):
            return _other(_OTHER_FIXED[240])
        return Kind("cfonb120", "CFONB 120", "", encoding)
    if len(line) in _OTHER_FIXED and line[:2].isdigit():
        return _other(_OTHER_FIXED[len(line)])
    lines = text.replace("\r", "\n")
    if _MT942.search(lines) and _MT940_START.search(lines):
        return _intraday("mt942", "an MT942 report", "")
    if _MT940_START.search(lines) and (_MT940_BALANCE.search(lines) or ":61:" in lines):
        return Kind("mt940", "MT940", "", encoding)
    if _QIF.search(lines):
        return Kind("qif", "QIF", "", encoding)
    if len([mark for mark in ";\t,|" if line.count(mark) >= 2]):
        return _other("a table of text (CSV)", "; tables of receipts are read by the connector csv")
    return _unknown(f"it begins with {fixed[:40]!r}")


def _ofx(text: str, encoding: str) -> Kind:
    """OFX 1 (SGML) or 2 (XML); OFX 1 declares its encoding in the header (formats.md §4.4)."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Kind("other", "OFX with a DOCTYPE", refused=lambda where: reject("HUB-BANK-011", where))
    version = _OFX_VERSION.search(text.split("<OFX", 1)[0])
    charset = re.search(r"^CHARSET:\s*(\S+)", text, re.MULTILINE)
    if not encoding.startswith(("utf-16", "utf-32")) and charset and charset[1] in ("1252", "WINDOWS-1252"):
        encoding = "utf-8" if encoding.startswith("utf-8") else "cp1252"
    number = version[1] if version else ""
    return Kind("ofx", f"OFX {number[:1] or 1}", number, encoding)


def _intraday(format_: str, named: str, version: str) -> Kind:
    return Kind(format_, named, version, refused=lambda where: reject("HUB-BANK-004", where, named=named))


def _other(named: str, hint: str = "") -> Kind:
    return Kind("other", named, refused=lambda where: reject("HUB-BANK-003", where, named=named, hint=hint))


def _unknown(seen: str) -> Kind:
    return Kind("other", "unknown", refused=lambda where: reject("HUB-BANK-005", where, seen=seen))
