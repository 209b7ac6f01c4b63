"""What a bank's operation code says about the means of payment.

Classified by code and sign; an unknown code is ``other``, never an error. Sources: formats.md §4.1 (interbank codes of
CFONB 120) and §4.2 (ISO 20022 domain, family, sub-family).
"""

from __future__ import annotations

from typing import Final

_CFONB: Final = {
    "transfer": "05 18 13 39 45 41 C2 06 21 C1",
    "cheque": "01 02 03 15",
    "card": "11 30 36 38",
    "bill": "31 32 33 34 35 37 70",
    "direct_debit": "08 09 10 24 26 27 98 A1 A2 A3 A4 B1 B2 B3 B4",
    "fee": "61 62 63 64 65 66",
    "return": "12 C3 C5 C4",
}
_CFONB_METHOD: Final = {code: method for method, codes in _CFONB.items() for code in codes.split()}
#: Debits that take back money already received: unpaid cheques, cards, bills and direct debits (formats.md §4.1). A
#: refund of cards (36) is the firm's own act.
CFONB_RETURNED: Final = frozenset("03 10 26 27 33 34 38 98 B3 B4 C4".split())
#: Sub-families of ISO 20022 that mean the same: unpaid direct debit, cheque, card, bill; reversals; recalls.
ISO_RETURNED: Final = frozenset("UPDD RCDD PRDD UPCQ CQRV UPCT UDFT RRTN RPCR".split())
#: Reason of a return whose bank says no reason: a person has to look.
UNSTATED: Final = "RETURN"

_ISO_FAMILY: Final = {
    "RCDT": "transfer",
    "ICDT": "transfer",
    "RRCT": "transfer",
    "IRCT": "transfer",
    "RDDT": "direct_debit",
    "IDDT": "direct_debit",
    "RCHQ": "cheque",
    "ICHQ": "cheque",
    "CCRD": "card",
    "MCRD": "card",
    "DRFT": "bill",
}
_ISO_FEES: Final = frozenset({"CHRG", "COMM", "FEES", "INTR", "COMT", "TAXE"})


def cfonb_method(code: str) -> str:
    """The means of payment of an interbank code."""
    return _CFONB_METHOD.get(code.upper(), "other")


def iso_method(family: str, sub_family: str) -> str:
    """The means of payment of an ISO 20022 bank transaction code."""
    if sub_family in _ISO_FEES:
        return "fee"
    return _ISO_FAMILY.get(family, "other")


def is_return(code: str | None, minor: int) -> bool:
    """Whether a bank's code (CFONB ``10``, ISO ``PMNT-IDDT-UPDD``) says that a payment came back or was taken back."""
    if not code:
        return False
    last = code.rpartition("-")[2].upper()
    return last in ISO_RETURNED if "-" in code else minor < 0 and last in CFONB_RETURNED


#: MT940 type identification code (three characters after N, S or F) and OFX TRNTYPE.
SWIFT_METHOD: Final = {
    "TRF": "transfer",
    "CHK": "cheque",
    "CLR": "cheque",
    "CHG": "fee",
    "COM": "fee",
    "INT": "fee",
    "DDT": "direct_debit",
    "BOE": "bill",
    "RTI": "return",
}
OFX_METHOD: Final = {
    "XFER": "transfer",
    "DIRECTDEP": "transfer",
    "CHECK": "cheque",
    "DIRECTDEBIT": "direct_debit",
    "POS": "card",
    "FEE": "fee",
    "SRVCHG": "fee",
    "INT": "fee",
}
