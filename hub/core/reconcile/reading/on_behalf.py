"""For whom a payer says it pays: "VIREMENT POUR LE COMPTE DE ALPHA LYON", or what a bank calls the ultimate debtor."""

from __future__ import annotations

import re

from hub.core.reconcile.payers.companies import NOBODY, Payer
from hub.core.reconcile.payers.payer_index import PayerIndex
from hub.core.reconcile.payers.stances import STRONG
from hub.core.reconcile.reading.mentions import Reading
from hub.core.reconcile.texts.text import fold

_ON_BEHALF = re.compile(r"\b(?:(?:POUR|PR|P)\b[ /]?(?:LE )?COMPTE|P/C)\b (?:DE |D'|DU )?:? ?([^\n]+)")
_WORD = re.compile(r"[A-Z]{2,}")


def says_for_whom(reading: Reading, remittance: str) -> bool:
    """Whether a text has words of somebody else's account: "POUR LE COMPTE DE", "P/C"."""
    return reading.on_behalf or "P/C " in remittance or "p/c " in remittance


def paid_for(payers: PayerIndex, remittance: str) -> Payer:
    """The debtor whose name stands behind these words on their line; nobody when there is none for sure."""
    named = _ON_BEHALF.search(fold(remittance))
    if named is None:
        return NOBODY
    told = payers.find_name(named[1])
    if told.score < STRONG:
        told = payers.in_text(_WORD.findall(named[1]))
    return told if told.score >= STRONG else NOBODY
