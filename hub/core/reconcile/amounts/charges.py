"""Charges a bank may have kept of a transfer, only where banks do so, and sums that debtors keep back or pay in parts.

Inside SEPA the full amount arrives (SEPA Credit Transfer rulebook, charging principles; directive 2015/2366,
article 81): money missing there was withheld by the debtor, and whether to forgo it is for a person to say.
"""

from __future__ import annotations

from hub.core.reconcile.inputs import Receipts

# Countries and territories whose banks take part in SEPA (EPC409-09).
_SEPA = frozenset(
    """AD AL AT AX BE BG BL CH CY CZ DE DK EE ES FI FO FR GB GF GG GI GP GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME
    MF MK MQ MT NL NO PL PM PT RE RO RS SE SI SK SM VA YT""".split()
)
_SAYS_CHARGES = frozenset(  # or that it came from abroad: "VIR ETRANGER RECU"
    """FRAIS CHARGES CHARGE CHGS CHG FEE FEES COMMISSION COMMISSIONS SPESEN GEBUEHR GEBUEHREN GEBUHR GEBUHREN
    ENTGELT GASTOS COMISION COMISIONES
    ETRANGER""".split()
)
_FOREIGN_CODES = frozenset(("XBCT", "39", "41", "45"))  # ISO 20022 sub-family; CFONB: transfers from abroad
_SHARES = ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 6), (5, 6), (1, 20), (19, 20))
_INDEMNITY = 40_00
_SMALL, _SMALL_ROUND = 30_00, 50  # round sums that debtors keep back, whatever note has the same by chance


def charges_likely(receipts: Receipts, row: int, words: set[str]) -> bool:
    """Whether a bank on the way may have kept charges: from outside SEPA, in another currency, or the text says so.

    `words` are those of the text without the debtor's names: "Produits Frais SARL" speaks of no charges.
    """
    ordered_in = receipts.original_currency[row]
    if receipts.currency[row] != "EUR" or (ordered_in and ordered_in != "EUR"):
        return True
    code = receipts.transaction_code[row] or receipts.method[row] or ""
    if code.rsplit("-", 1)[-1].upper() in _FOREIGN_CODES:
        return True
    iban = receipts.payer_iban[row]
    if iban and iban[:2].isalpha() and iban[:2].upper() not in _SEPA:
        return True
    return not _SAYS_CHARGES.isdisjoint(words)


def is_indemnity(excess: int, late: int) -> bool:
    """Whether too much money is to the cent what invoices paid late cost besides, 40 euros each (C. com. D441-5)."""
    return excess % _INDEMNITY == 0 and 0 < excess // _INDEMNITY <= late


def often_kept_back(gap: int) -> bool:
    """Whether what is missing is a small round sum, which debtors keep back for many reasons: that a credit note has it
    to the cent is chance as easily."""
    return 0 < gap <= _SMALL and gap % _SMALL_ROUND == 0


def is_a_share(amount: int, total: int) -> bool:
    """Whether an amount is an instalment of a half, a third or a quarter, the 20 % of VAT or the sum without it, or
    what is kept back for a year (5 %): to the cent."""
    return any([-of <= amount * of - total * part <= of for part, of in _SHARES])
