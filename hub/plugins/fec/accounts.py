"""The French chart of accounts, as far as a debtor's account meets it: what the other side of an entry says of it.

Plan comptable général: 411 customers, 4117 retention money, 413 bills receivable, 416 doubtful debts, 4191 deposits
received. The other side tells a sale (70, 4457) from money (5), a bad debt (654) from a discount (665).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# What the other side of a line is. Money: 51 banks, 511 transit of cheques and bills, 53 cash, 58 internal transfers.
SALES, MONEY, WRITE_OFF, DISCOUNT, EXCHANGE, ROUNDING, FEE, NETTING, SUSPENSE, OTHER = (
    "sales", "money", "write_off", "discount", "exchange", "rounding", "fee", "netting", "suspense", "other",
)  # fmt: skip
VAT: Final = "vat"

#: The longest beginning that fits decides.
_SIDES: Final = {
    "70": SALES, "71": SALES, "72": SALES, "74": SALES, "75": SALES, "775": SALES, "487": SALES, "418": SALES,
    "4457": VAT, "4458": VAT, "4455": VAT,
    "5": MONEY, "59": OTHER,
    "654": WRITE_OFF, "6714": WRITE_OFF, "6717": WRITE_OFF, "491": WRITE_OFF, "681": WRITE_OFF, "781": WRITE_OFF,
    "665": DISCOUNT, "765": DISCOUNT,
    "666": EXCHANGE, "766": EXCHANGE, "656": EXCHANGE, "756": EXCHANGE, "476": EXCHANGE, "477": EXCHANGE,
    "658": ROUNDING, "758": ROUNDING, "668": ROUNDING, "768": ROUNDING, "67": ROUNDING, "77": ROUNDING,
    "627": FEE, "622": FEE, "4456": FEE,
    "40": NETTING, "471": SUSPENSE, "472": SUSPENSE, "467": SUSPENSE,
}  # fmt: skip
#: When two sides weigh the same, the first one named here speaks.
WEIGHT: Final = (
    SALES, MONEY, WRITE_OFF, DISCOUNT, EXCHANGE, NETTING, ROUNDING, SUSPENSE, FEE, OTHER,
)  # fmt: skip

# What a debtor's account is itself.
CLAIM, RETENTION, DOUBTFUL, BILL, DEPOSIT = "claim", "retention", "doubtful", "bill", "deposit"
_ROLES: Final = {"4117": RETENTION, "416": DOUBTFUL, "413": BILL, "419": DEPOSIT}


@lru_cache(maxsize=50_000)
def side_of(account: str) -> str:
    """What an account that is no debtor's says as the other side of an entry."""
    for length in range(min(4, len(account)), 0, -1):
        if account[:length] in _SIDES:
            return _SIDES[account[:length]]
    return OTHER


#: Debited by a sale, they are nobody who owes it: own funds, stock, suppliers, 418 and 419, staff, taxes, owners,
#: suspense, money, costs.
_NO_CLAIMS: Final = ("1", "2", "3", "40", "418", "419", "42", "43", "44", "455", "47", "48", "5", "6", "7")


@lru_cache(maxsize=50_000)
def may_owe(account: str) -> bool:
    """True for an account that may be a debtor's, whatever the settings say, when a sale debits it."""
    return not account.startswith(_NO_CLAIMS)


@lru_cache(maxsize=50_000)
def role_of(account: str) -> str:
    """What kind of debtor's account it is."""
    return _ROLES.get(account[:4]) or _ROLES.get(account[:3]) or CLAIM


@lru_cache(maxsize=50_000)
def debtor_of(account: str) -> str:
    """The debtor's code where only the account says it: the account's own number (413DUPONT and 416DUPONT are
    411DUPONT)."""
    individual = account[:3] in ("413", "416") and account[3:].strip("0")
    return f"411{account[3:]}" if individual else account


#: How surely a journal carries balances forward.
NAMED, PERHAPS = "named", "perhaps"
#: Bilan d'ouverture: the other side of an opening.
OPENING_ACCOUNT: Final = "890"
#: Bilan de clôture: the other side of an entry that closes all accounts at the end of a year.
CLOSING_ACCOUNT: Final = "891"
_OPENING_CODES: Final = {"AN", "ANO", "ANV", "RAN", "RN", "AN0", "A NOUVEAUX", "ANOUV", "NOUV", "OUV", "REPORT"}
_SALES_WORDS: Final = ("VENTE", "FACTUR", "SALES")
_MONEY_WORDS: Final = ("BANQUE", "CAISSE", "BANK", "TRESORERIE", "ENCAISSEMENT")
_SIGNS: Final = re.compile(r"[^A-Z0-9]")
#: What the name of a journal, and the label of an entry, say of it. A report of a due date is none.
_OPENING: Final = (
    r"A[ -]?NOUVEAU|SOLDES? INITI|REPRISES? (DE |DES |DU )?(BALANCE|SOLDE)|OPENING|\bRAN\b|\bA\.N\b"
    r"|\bREPORTS?\b(?! (D'|D |DE |DES )?ECH)"
)
_OPENING_NAMES: Final = re.compile(rf"{_OPENING}|OUVERTURE|\bA[ -]?N\b")
_OPENING_LABELS: Final = re.compile(rf"{_OPENING}|D'OUVERTURE|^A-?N\b")
_SALES_CODES: Final = ("VE", "VT", "VTE", "VEN", "VEN1", "JV", "FAC", "FA", "SALES", "VENTE", "VENTES")
_MONEY_CODES: Final = ("BQ", "BK", "BNQ", "BAN", "BQE", "CA", "CAI", "CAISSE", "BANQUE", "TR", "CB", "CH")


@lru_cache(maxsize=5_000)
def opening_journal(code: str, label: str, more: tuple[str, ...]) -> str:
    """How surely a journal carries balances forward (à-nouveaux).

    NAMED: its name says so, or the settings. PERHAPS: its code alone (AN may be a branch at Nantes), or its name beside
    a word of money. Empty: it does not; a journal of sales by its name never does.
    """
    plain, words = _plain(code), _plain(label)
    if code in more:
        return NAMED
    if any(word in words for word in _SALES_WORDS):
        return ""
    if _OPENING_NAMES.search(words):
        return PERHAPS if any(word in words for word in _MONEY_WORDS) else NAMED
    return PERHAPS if plain in _OPENING_CODES or _SIGNS.sub("", plain) in _OPENING_CODES else ""


@lru_cache(maxsize=5_000)
def tells_opening(label: str) -> bool:
    """True when the label of an entry says that it carries balances forward."""
    return _OPENING_LABELS.search(_plain(label)) is not None


@lru_cache(maxsize=5_000)
def journal_side(code: str, label: str) -> str:
    """What a journal is for, asked only where the entry itself does not say."""
    plain, words = _plain(code), _plain(label)
    if plain in _SALES_CODES or any(word in words for word in _SALES_WORDS):
        return SALES
    if plain in _MONEY_CODES or any(word in words for word in _MONEY_WORDS):
        return MONEY
    return OTHER


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper().strip()
