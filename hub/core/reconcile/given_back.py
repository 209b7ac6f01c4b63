"""Transfers of our own that came back: money in, and yet nobody paid."""

from __future__ import annotations

import re

from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.outsiders import Kind
from hub.core.reconcile.text import fold

GIVEN_BACK = Kind("own_transfer_returned", "A transfer of ours that the bank gave back, not a debtor's payment.")
FOR_A_PERSON = "the bank says that a transfer of ours came back"

_MARKS = ("REJET", "RETOUR", "ANNUL", "RESTITUTION")  # one of them is in each phrase; they are looked for first
_TRANSFER = r"(?:VIR|VIRT|VRT|VIREMENT)S?(?: SEPA)?"
_AGAIN = r"(?<!SUITE )(?<!SUITE A )(?<!SUITE AU )(?<!APRES )(?<!REMPLACE )"  # a debtor who pays once more says so
_PHRASE = re.compile(
    rf"{_AGAIN}\b(?:(?:REJETS?|RETOURS?|ANNULATION|RESTITUTION)(?: DE| DU| D UN)? {_TRANSFER}"
    rf"|{_TRANSFER} (?:EMIS )?(?:REJETE|RETOURNE|ANNULE)S?)\b"
)
_NO_WORD = re.compile(r"[^A-Z0-9]+")
_WITHIN = 400  # characters: a bank says it first
_ISSUED = ("ICDT", "IRCT")  # ISO 20022 families of transfers that we issued
_RETURNED = ("RRTN", "ARET")
_METHOD = "return"  # what the readers of statements say of money in that the bank books as one


def given_back(receipts: Receipts) -> set[int]:
    """Rows of money in that is a transfer of ours come back: by a reason of return, the bank's code, or its words."""
    amounts = receipts.amount_minor
    rows = {row for row, reason in enumerate(receipts.return_reason) if reason}
    rows |= {row for row, method in enumerate(receipts.method) if method == _METHOD}
    rows |= {row for row, code in enumerate(receipts.transaction_code) if code and _is_returned(code)}
    rows |= {row for row, text in enumerate(receipts.remittance) if text and _says_so(text)}
    return {row for row in rows if amounts[row] > 0}


def _is_returned(code: str) -> bool:
    return any(part in code for part in _RETURNED) and any(part in code for part in _ISSUED)


def _says_so(text: str) -> bool:
    said = text[:_WITHIN].upper()
    if not any([mark in said for mark in _MARKS]):
        return False
    return _PHRASE.search(_NO_WORD.sub(" ", fold(said))) is not None
