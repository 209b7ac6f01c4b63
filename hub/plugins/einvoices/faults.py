"""The faults of electronic invoices, by their stable codes. docs/errors/einvoices.md shows each with an example."""

from __future__ import annotations

from hub.sdk import RecordRejected, SourceUnavailable
from hub.sdk.faults import error_of

#: What is wrong, and what to do.
FAULTS: dict[str, tuple[str, str]] = {
    "HUB-EINV-001": (
        "the folder or file {path} cannot be looked at: {detail}",
        "correct `files`, or give the right to read",
    ),
    "HUB-EINV-002": ("this is neither a PDF nor an XML invoice: {detail}", "take it out of the folder"),
    "HUB-EINV-003": ("the file is too large: {detail}", "send the attachments apart; an invoice needs far less"),
    "HUB-EINV-004": (
        "the XML declares a DOCTYPE or entities, which is never read",
        "ask the issuer for XML without them",
    ),
    "HUB-EINV-005": ("the XML cannot be read: {detail}", "ask for the file again: it is damaged or was cut"),
    "HUB-EINV-006": ("the PDF cannot be read: {detail}", "ask for the file again, or put its XML in the folder"),
    "HUB-EINV-007": (
        "the PDF carries no invoice data (attached: {found})",
        "it is a plain PDF: issue it as Factur-X, or put the XML in the folder",
    ),
    "HUB-EINV-008": (
        "reading the PDF took too much {what}: it may be a bomb",
        "check where the file comes from; put its XML in the folder instead",
    ),
    "HUB-EINV-009": (
        "<{root}> is no invoice this connector reads",
        "it reads UBL 2.1 Invoice and CreditNote, CII CrossIndustryInvoice, and PDFs with them",
    ),
    "HUB-EINV-010": ("{name} ({term}) is missing", "ask the issuer for a complete invoice"),
    "HUB-EINV-011": ("{name} ({term}) is {text!r}: {detail}", "ask the issuer to correct the invoice"),
    "HUB-EINV-012": (
        "the amounts do not agree: total {total} − paid {paid} + rounding {rounding} is not the amount due {due}",
        "ask the issuer to correct the invoice; nothing of it is guessed",
    ),
    "HUB-EINV-013": (
        "the seller {found} is none of `sellers`",
        "add it to `sellers`, or take the invoice out of the folder",
    ),
    "HUB-EINV-014": (
        "{paid} was paid before (BT-113) on a total of {total}: more than it, or of the other sign",
        "enter in the books what is to be given back; this invoice is owed by nobody",
    ),
    "HUB-EINV-015": (
        "the invoice counts with its total with VAT (BT-112) of {total}, but its amounts contradict each other: "
        "{detail}",
        "ask the issuer to correct it; if you have looked at it and the total is right: hub held discard ID --reason …",
    ),
    "HUB-EINV-016": (
        "the file holds {count} PDFs, one behind the other, {detail}",
        "part it: one file for each invoice",
    ),
    "HUB-EINV-020": ("a credit note alone has no status « encaissée »", "nothing to do"),
    "HUB-EINV-021": (
        "received in {received}, invoiced in {invoiced}: what of it is VAT is not known",
        "report this receipt on your platform by hand",
    ),
    "HUB-EINV-022": (
        "{received} was applied to an invoice of {total}",
        "compare the e-invoice with the books: hub export disagreements",
    ),
    "HUB-EINV-023": (
        "the invoice gives no VAT breakdown by rate that adds up to its total",
        "issue it in a profile with one (BASIC WL or more), or report this receipt by hand",
    ),
    "HUB-EINV-024": ("the invoice has no SIREN of its seller (BT-30)", "report this receipt on your platform by hand"),
}


def rejected(code: str, where: str = "", /, **values: object) -> RecordRejected:
    """The refusal of one invoice, to be kept or raised."""
    return error_of(RecordRejected, FAULTS, code, where, **values)


def unavailable(code: str, where: str, /, **values: object) -> SourceUnavailable:
    """Something that may be there the next time."""
    return error_of(SourceUnavailable, FAULTS, code, where, **values)
