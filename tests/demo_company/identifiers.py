"""Identifiers that are well formed and belong to nobody: SIREN from 999, banks 99999 and the like.

Sources: formats.md §6 (SIREN, VAT, IBAN, ISO 11649).
"""

from __future__ import annotations


def siren(number: int) -> str:
    """A SIREN from 999 on: 999, five digits, and the Luhn digit."""
    body = f"999{number:05d}"
    return body + _luhn_digit(body)


def siret(company: str, branch: int = 1) -> str:
    """A SIRET of that SIREN."""
    body = f"{company}{branch:04d}"
    return body + _luhn_digit(body)


def vat_number(company: str) -> str:
    """The French VAT number of a SIREN."""
    return f"FR{(12 + 3 * (int(company) % 97)) % 97:02d}{company}"


def french_iban(bank: str, branch: str, account: str) -> str:
    """The IBAN of a French account: five digits, five digits, eleven digits, and the two keys."""
    rib_key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return iban("FR", f"{bank}{branch}{account}{rib_key:02d}")


def iban(country: str, account: str) -> str:
    """The IBAN with its check digits: all of it moved round gives 1 modulo 97."""
    return f"{country}{98 - _modulo(account + country + '00'):02d}{account}"


def creditor_reference(text: str) -> str:
    """An ISO 11649 reference: RF, check digits, `text`."""
    return f"RF{98 - _modulo(text + 'RF00'):02d}{text}"


def _modulo(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97


def _luhn_digit(body: str) -> str:
    total = 0
    for place, char in enumerate(reversed(body)):
        doubled = int(char) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
