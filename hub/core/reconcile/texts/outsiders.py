"""Money that pays no invoice: payouts, taxes, salaries, loans, interest, own transfers; and returns."""

from __future__ import annotations

import re
from typing import NamedTuple

from hub.core.reconcile.texts.text import fold
from hub.core.reconcile.texts.words import INVOICE_NAMES, ORDER_WORDS


class Kind(NamedTuple):
    """A kind of outsider: its code and what a person reads."""

    code: str
    reason: str


_PAYOUT = Kind(
    "provider_payout",
    "A payout of a payment provider: its charges pay invoices, each a receipt of its own, not the sum.",
)
_TAX = Kind("tax_or_social", "Money from the tax office or a social body, not from a debtor.")
_SALARY = Kind("salary", "Wages or expenses, not a debtor's payment.")
_LOAN = Kind("loan", "A loan or a line of credit paid out by a lender.")
_INTEREST = Kind("bank_interest", "Interest or a commercial gesture of the bank.")
_INTERNAL = Kind("internal_transfer", "A transfer between own accounts.")
_INSURANCE = Kind("insurance", "Compensation paid by an insurer.")
_CARDS = Kind("card_takings", "Takings of card payments, a sum of many small sales.")
_CASH = Kind("cash_deposit", "Cash paid in by the company itself.")

# Names that are an outsider whatever the text says, as whole words of the payer's name or of the label.
_NAMES = [
    (
        _PAYOUT,
        r"STRIPE|PAYPAL|SUMUP|MOLLIE|ADYEN|GOCARDLESS|PAYPLUG|PAYZEN|LEMONWAY|MANGOPAY|WORLDLINE|SQUAREUP|ZETTLE|IZETTLE"
        r"|HIPAY|CHECKOUT COM|CHECKOUT LTD|AMAZON PAYMENTS|SHOPIFY PAYMENTS|STANCER|VIVA WALLET",
    ),
    (
        _TAX,
        r"URSSAF|CPAM|AGIRC|ARRCO|POLE EMPLOI|FRANCE TRAVAIL|AGEFIPH|OPCO|CARSAT|CGSS|SERVICE DES IMPOTS",
    ),
]
# Words that say what the money is.
_WORDS = [
    (
        _TAX,
        r"(?:REMB(?:OURSEMENT|T|OURST)?|RBT|RESTITUTION|DEGREVEMENT|EXCEDENT) (?:DE )?(?:CREDIT )?(?:DE )?(?:L ?)?"
        r"(?:TVA|IS|CFE|CVAE|CICE|CIR|TAXES?|IMPOTS?|COTISATIONS?)|DEGREVEMENTS?"
        r"|CREDIT (?:DE )?TVA"
        r"|CREDIT (?:D )?IMPOT|IJSS|INDEMNITES? JOURNALIERES?|ACTIVITE PARTIELLE|SUBVENTION|AIDE APPRENTI\w*",
    ),
    (
        _SALARY,
        r"SALAIRES?|PAIE (?:DE |DU )?\w*|NOTES? DE FRAIS|REMB(?:OURSEMENT|T)? (?:DE )?FRAIS"
        r"|TROP PERCU SALAIRE|ACOMPTE SUR SALAIRE",
    ),
    (
        _LOAN,
        r"DEBLOCAGE|PRET|PRETS|EMPRUNT|PGE|MOBILISATION|DAILLY|AVANCE DE TRESORERIE|LIGNE DE CREDIT"
        r"|APPORT (?:EN )?(?:C/?C|COMPTE COURANT|CAPITAL)"
        r"|COMPTE COURANT (?:D )?ASSOCIES?|AUGMENTATION (?:DE )?CAPITAL",
    ),
    (
        _INTEREST,
        r"INTERETS? CREDITEURS?|INTERETS|AGIOS|RISTOURNE|GESTE COMMERCIAL"
        r"|REMB(?:OURSEMENT|T)? (?:DE )?(?:FRAIS|COMMISSIONS?) BANC\w*|ARRETE DE COMPTE",
    ),
    (
        _INTERNAL,
        r"VIR(?:EMENT)? INTERNE|VIREMENT DE COMPTE A COMPTE|COMPTE A COMPTE|INTERCO|CASH ?POOL\w*"
        r"|NIVELLEMENT|EQUILIBRAGE|ALIM(?:ENTATION)? (?:DU )?COMPTE"
        r"|VIR(?:EMENT)? (?:DE )?TRESORERIE(?! (?:DE|DU|DES|D|MUNICIPALE|PRINCIPALE|GENERALE)\b)|APPROVISIONNEMENT",
    ),
    (_INSURANCE, r"INDEMNISATION|INDEMNITE SINISTRE|SINISTRE|REGLEMENT SINISTRE"),
    (_CARDS, r"REM(?:ISE)? (?:DE )?(?:CB|CARTES?|TPE)|ENCAISSEMENTS? CB|TELECOLLECTE|REMISE CARTE BANCAIRE"),
    (_CASH, r"VERSEMENT (?:D )?ESPECES?|DEPOT (?:D )?ESPECES?|REMISE (?:D )?ESPECES?"),
    (_PAYOUT, r"PAYOUT|REVERSEMENT"),
]
# Public accountants pay the bills of the State, towns, hospitals and groups of schools, and give back taxes.
_PUBLIC = re.compile(
    r"\b(?:DGFIP|DRFIP|DDFIP|TRESOR PUBLIC|TRESORERIE|PAIERIE|SGC|DIRECTION GENERALE DES FINANCES|FINANCES PUBLIQUES"
    r"|AGEN(?:T|CE) COMPTABLE|AG COMPTABLE|AC (?:DU |DE L ?)?(?:LYCEE|LYC|LEGT|LPO?|COLLEGE|COL|CLG|EPLE|UNIVERSITE)"
    r")\b"
)
_PUBLIC_REFUND = re.compile(
    r"\b(?:REMB\w*|RBT|RESTITUTION\w*|DEGREV\w*|EXCEDENT\w*|CREDIT (?:DE )?TVA|CREDIT (?:D )?IMPOTS?|IMPOTS?|3519)\b"
)
_FACTOR = re.compile(r"\b(?:\w*FACTOR(?:S|ING)?|AFFACTURAGE|\w*FACTOFRANCE|COFACREDIT)\b")
_NAME_RULES = [(kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _NAMES]
_WORD_RULES = [(kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _WORDS]
_ANY_NAME = re.compile("|".join(rf"\b(?:{words})\b" for _, words in _NAMES))
_ANY_WORD = re.compile("|".join(rf"\b(?:{words})\b" for _, words in _WORDS))
_INVOICE = re.compile(r"\b(?:" + "|".join(sorted(INVOICE_NAMES)) + r")(?![A-Z])")
_AN_ORDERS = re.compile(r"\b(?:" + "|".join(sorted(ORDER_WORDS)) + r")[^A-Z0-9]{1,3}(?:N[OR]?[^A-Z0-9]{1,3})?\d")

# ISO 20022 sub-families and CFONB codes that are no payment of a debtor.
_CODES = {
    "LDAS": _LOAN,
    "INTR": _INTEREST,
    "INTE": _INTEREST,
    "61": _INTEREST,
    "65": _INTEREST,
    "30": _CARDS,
    "SALA": _SALARY,
    "PAYR": _SALARY,
    "TAXE": _TAX,
    "ICCT": _INTERNAL,
    "POSP": _CARDS,
    "FCTO": _LOAN,
}

RETURN_REASONS = {
    "AC01": "wrong account number",
    "AC04": "account closed",
    "AC06": "account blocked",
    "AC13": "consumer account",
    "AG01": "direct debits forbidden on this account",
    "AG02": "wrong bank operation code",
    "AM04": "insufficient funds",
    "AM05": "duplicate collection",
    "BE05": "creditor not recognised",
    "FOCR": "recalled by the payer's bank",
    "FRAD": "fraud",
    "MD01": "no mandate",
    "MD02": "mandate data wrong",
    "MD06": "refund asked by the debtor",
    "MD07": "debtor deceased",
    "MS02": "refused by the debtor",
    "MS03": "reason not given",
    "RC01": "wrong bank code",
    "RR04": "regulatory reason",
    "SL01": "service of the debtor's bank",
    "CUST": "asked by the customer",
    "DUPL": "duplicate payment",
    "TECH": "technical problem",
    "64": "duplicate",
    "65": "returned on request",
    "66": "wrong mandate",
}
_RETURN_CODE = re.compile(r"\b(" + "|".join(k for k in RETURN_REASONS if k.isalnum() and not k.isdigit()) + r")\b")
_RETURN_WORDS = re.compile(
    r"\b(REJET\w*|RETOUR\w*|IMPAYE\w*|RTN|RETURN\w*|REJECT\w*|ANNUL\w*|RAPPEL|RECALL|CONTREPASS\w*|CHARGEBACK|REPRESENTATION)\b"
)
_RETURN_CODES_CFONB = frozenset(("03", "10", "26", "27", "33", "34", "38", "98", "B3", "B4", "C4", "12", "C3", "C5"))
_RETURN_CODES_ISO = ("UPDD", "RRTN", "PMDD", "RPCR", "UPCQ", "RCDD", "ARET", "RRWT")


def is_public_accountant(folded: str) -> bool:
    """Whether a folded name is that of a public accountant, who pays for towns, schools and hospitals."""
    return _PUBLIC.search(folded) is not None


def pays_for_many(name: str | None) -> bool:
    """Whether a payer's name tells that its money is other people's: a provider, a social body, a public accountant or
    a factor. That one transfer of it paid a debtor says nothing of the next."""
    folded = fold(name) if name else ""
    return bool(_ANY_NAME.search(folded) or _PUBLIC.search(folded) or _FACTOR.search(folded))


def outsider_by_name(name: str | None) -> Kind | None:
    """The kind of outsider a payer's name tells by itself."""
    folded = fold(name) if name else ""
    if not folded or not _ANY_NAME.search(folded):
        return None
    return next((kind for kind, words in _NAME_RULES if words.search(folded)), None)


def outsider_by_text(text: str, code: str | None) -> Kind | None:
    """The kind of outsider the folded label or the bank's transaction code tells."""
    if _PUBLIC.search(text) and _PUBLIC_REFUND.search(text):
        return _TAX
    if code:
        kind = _CODES.get(code.rsplit("-", 1)[-1].upper())
        if kind:
            return kind
    if _ANY_NAME.search(text):
        return next((kind for kind, words in _NAME_RULES if words.search(text)), None)
    if _ANY_WORD.search(text):
        return next((kind for kind, words in _WORD_RULES if words.search(text)), None)
    return None


def figures_are_no_invoices(text: str) -> bool:
    """Whether figures of a folded text are rather those of an order, a loan or wages, where no word is for an invoice.

    "PRET 2026-14028" and "AVOIR SUR VOTRE COMMANDE 2026-14294" are somebody else's numbers, though ours look alike.
    """
    if _INVOICE.search(text) is not None:
        return False
    return _ANY_WORD.search(text) is not None or _AN_ORDERS.search(text) is not None


_UNSTATED = "RETURN"  # what the readers of statements say of a return whose bank gives no reason


def return_code(reason: str | None, text: str, transaction_code: str | None) -> str | None:
    """The reason code of money that came back, "" when it is a return without a reason, None when it is none.

    Where the bank's field has none, its text may: "REJET PRLV MOTIF AM04".
    """
    stated = reason.strip().upper() if reason else ""
    if stated and stated != _UNSTATED:
        return stated
    found = _RETURN_CODE.search(text)
    if found:
        return found.group(1)
    if stated:
        return stated
    code = (transaction_code or "").upper()
    if code in _RETURN_CODES_CFONB or any(part in code for part in _RETURN_CODES_ISO) or _RETURN_WORDS.search(text):
        return ""
    return None
