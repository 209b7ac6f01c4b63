"""From bytes to an `EInvoice`: which syntax it is, and every refusal with its remedy."""

from __future__ import annotations

from typing import Any, Final

from hub.plugins.einvoices import cii, ubl
from hub.plugins.einvoices.faults import rejected
from hub.plugins.einvoices.model import EInvoice
from hub.sdk import RecordRejected
from hub.sdk.xml import XmlRefused, all_at, local, parse, serialized

#: Bytes of one XML, attachments inside it included. HUB-EINV-003.
MAX_XML: Final = 16 * 1024 * 1024
#: Bytes of XML kept as evidence (a page carries 4 MB): attachments inside it are left out first.
KEPT_XML: Final = 2 * 1024 * 1024
_CODES: Final = {"size": "HUB-EINV-003", "doctype": "HUB-EINV-004", "elements": "HUB-EINV-003", "form": "HUB-EINV-005"}
_READERS: Final = {"CrossIndustryInvoice": cii.read, "Invoice": ubl.read, "CreditNote": ubl.read}


def root_of(xml: bytes, where: str) -> Any:
    """The root element of an invoice's XML.

    Raises:
        RecordRejected: HUB-EINV-003 to 005, 009.
    """
    try:
        root = parse(xml, max_bytes=MAX_XML)
    except XmlRefused as refusal:
        raise rejected(_CODES[refusal.reason], where, detail=str(refusal)) from None
    if local(root) not in _READERS:
        raise rejected("HUB-EINV-009", where, root=local(root)[:60])
    return root


def invoice_of(root: Any, where: str) -> EInvoice:
    """What the XML says.

    Raises:
        RecordRejected: it lacks what an invoice must have, or says what cannot be.
    """
    try:
        return _READERS[local(root)](root)
    except RecordRejected as refusal:
        raise RecordRejected(code=refusal.code, what=refusal.what, where=where, mend=refusal.mend) from None


def kept(root: Any, xml: bytes, where: str) -> bytes:
    """The XML as evidence: as it is, or without the files inside it when it would not fit.

    Raises:
        RecordRejected: HUB-EINV-003, it is too large even without them.
    """
    if len(xml) <= KEPT_XML:
        return xml
    for path in (("SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement", "AdditionalReferencedDocument",
                  "AttachmentBinaryObject"),
                 ("AdditionalDocumentReference", "Attachment", "EmbeddedDocumentBinaryObject")):  # fmt: skip
        for one in all_at(root, *path):
            one.text = ""
    less = serialized(root)
    if len(less) > KEPT_XML:
        raise rejected(
            "HUB-EINV-003", where, detail=f"{len(less):,} bytes without attachments, {KEPT_XML:,} are allowed"
        )
    return less
