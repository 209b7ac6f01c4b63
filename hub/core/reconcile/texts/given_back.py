"""Transfers of our own that came back: money in, and yet nobody paid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.texts.outsiders import Kind
from hub.core.reconcile.texts.text import fold

GIVEN_BACK = Kind("own_transfer_returned", "A transfer of ours that the bank gave back, not a debtor's payment.")
FOR_A_PERSON = "the bank says that a transfer of ours came back"

_TRANSFER = r"(?:VIR|VIRT|VRT|VIREMENT)S?(?: SEPA)?"
_AGAIN = r"(?<!SUITE )(?<!SUITE A )(?<!SUITE AU )(?<!APRES )(?<!REMPLACE )"  # a debtor who pays once more says so
_PHRASE = re.compile(
    rf"{_AGAIN}\b(?:(?:REJETS?|RETOURS?|ANNULATION|RESTITUTION)(?: DE| DU| D UN)? {_TRANSFER}"
    rf"|{_TRANSFER} (?:EMIS )?(?:REJETE|RETOURNE|ANNULE)S?)\b"
)
_NO_WORD = re.compile(r"[^A-Z0-9]+")
_WITHIN = 400  # characters: a bank says it first
_METHOD = "return"  # what the readers of statements say of money in that the bank books as one


def given_back(receipts: Receipts) -> set[int]:
    """Rows of money in that is a transfer of ours come back: by a reason of return, the bank's code, or its words."""
    amounts = receipts.amount_minor
    rows = {row for row, reason in enumerate(receipts.return_reason) if reason}
    rows |= {row for row, method in enumerate(receipts.method) if method == _METHOD}
    returned = {code for code in set(receipts.transaction_code) if code and _is_returned(code)}
    rows |= {row for row, code in enumerate(receipts.transaction_code) if code in returned} if returned else set()
    rows |= {row for row, text in _marked(receipts.remittance) if _PHRASE.search(_NO_WORD.sub(" ", fold(text)))}
    return {row for row in rows if amounts[row] > 0}


def _is_returned(code: str) -> bool:
    """Whether it is of the family of transfers that we issued, come back (ISO 20022)."""
    return "ICDT-RRTN" in code or "ICDT-ARET" in code or "IRCT-RRTN" in code or "IRCT-ARET" in code


def _marked(texts: list[str | None]) -> Iterator[tuple[int, str]]:
    """The beginnings of texts in capitals, by row, that have a word without which there is no such phrase."""
    for row, text in enumerate(texts):
        if text:
            said = text.upper()
            for one in (said, said.replace("\n", "")) if "\n" in said else (said,):  # a width may cut within a word
                if "REJET" in one or "RETOUR" in one or "ANNUL" in one or "RESTITUTION" in one:
                    yield row, one[:_WITHIN]
