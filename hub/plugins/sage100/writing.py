"""Receipts of the hub as entries for Sage: a file that the accountant imports, and how its entries are known again.

Each receipt is one voucher: the bank's general account is debited, the debtors are credited, with the invoice's number
in field 5. No matching code is written: whether an import may match is not known (formats.md §2.1), and Sage's own
matching by invoice number does it in one step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from hub.plugins.sage100 import pnm
from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.faults import misconfigured
from hub.plugins.sage100.layout import factor
from hub.plugins.sage100.tagged import Entry, render
from hub.sdk import LedgerBatch, LedgerFile, Posting
from hub.sdk.records import Receipt

#: The name of an entry that is no sale (`map_entries.other_number`): no invoice of Sage bears it.
_NO_INVOICE = re.compile(r"\S+ .*#\d+")
#: Characters of a third party and of an invoice's number in Sage; nothing that tells them apart is ever cut.
LONGEST = 17


def written(batch: LedgerBatch, config: Sage100Config) -> LedgerFile:
    """The import file of a batch.

    Raises:
        ConfigError: a bank account has no general account or journal, a posting is in foreign currency, or its parts do
            not add up; or the books are those of Gestion commerciale.
    """
    if config.ledger == "commercial":
        raise misconfigured("HUB-SAGE-053", f"batch {batch.number}")
    references = {one.posting_id: f"HUB{batch.number:06d}-{n:04d}" for n, one in enumerate(batch.postings, 1)}
    entries = [
        entry for n, one in enumerate(batch.postings, 1) for entry in _voucher(batch, n, one, references, config)
    ]
    name = f"hub-{config.seller}-{batch.number:06d}"
    if config.experimental_pnm:
        return LedgerFile(
            f"{name}.pnm", "text/plain; charset=windows-1252", pnm.render(config.seller, entries), references
        )
    return LedgerFile(f"{name}.txt", "text/plain; charset=cp850", render(entries, config.currency), references)


def found_again(references: Mapping[str, str], receipts: Iterable[Receipt]) -> dict[str, list[str]]:
    """Posting → receipts of the books whose text holds its reference, as a line of its own or (PNM has one text) at its
    beginning; in their order."""
    postings = {reference: posting for posting, reference in references.items()}
    found: dict[str, list[str]] = {}
    for receipt in receipts:
        words = [line.partition(" ")[0] for line in (receipt.remittance or "").splitlines()]
        for word in dict.fromkeys(words):
            if word in postings:
                found.setdefault(postings[word], []).append(receipt.source_key)
    return found


def _voucher(
    batch: LedgerBatch, number: int, one: Posting, references: Mapping[str, str], config: Sage100Config
) -> Iterator[Entry]:
    account, journal = config.bank_accounts.get(one.account), config.bank_journals.get(one.account)
    where = f"batch {batch.number}"
    if account is None or journal is None:
        raise misconfigured("HUB-SAGE-050", where, account=one.account)
    if one.currency != config.currency:
        raise misconfigured("HUB-SAGE-051", where, posting=one.posting_id, currency=one.currency, own=config.currency)
    total = sum(part.amount_minor for part in one.parts)
    if total != one.amount_minor:
        raise misconfigured("HUB-SAGE-052", where, posting=one.posting_id, parts=total, amount=one.amount_minor)

    def line(general: str, debtor: str, invoice: str, minor: int) -> Entry:
        for what, text in (("third party", debtor), ("invoice number", invoice)):
            if len(text) > LONGEST:
                raise misconfigured("HUB-SAGE-054", where, what=what, text=text, most=LONGEST)
        return Entry(
            journal=journal, day=one.booked_on, piece=f"H{batch.number % 10**6:06d}{number % 10**4:04d}",
            invoice=invoice, treasury_piece="", account=general, debtor=debtor, label=one.label, method=0, due=None,
            signed=minor * factor(one.currency), currency=0, code="", amount=0, reference=references[one.posting_id],
        )  # fmt: skip

    yield line(account, "", "", one.amount_minor)
    for part in one.parts:
        named = part.document_number or ""
        invoice = "" if _NO_INVOICE.fullmatch(named) else named
        yield line(config.customer_account, part.debtor_id, invoice, -part.amount_minor)
