"""How the third hand's payers and banks write: four languages, cut names, cut numbers, lists and ranges."""

from __future__ import annotations

import unicodedata
from random import Random

_ANNOUNCES = {
    "FR": ("FACT", "FACTURE N°", "Fre", "v/facture", "Rglt fact.", "ref", "", "N/REF", "paiement de la facture", "FA."),
    "DE": ("Rechnung", "Rechnungsnr.", "RG", "Re.-Nr.", "RNR", "Zahlung zu Rechnung", ""),
    "ES": ("Factura", "Fra.", "pago factura", "S/FRA", "N/FACT", ""),
    "GB": ("Invoice", "Inv", "payment for invoice", "your inv no", "Ref", ""),
}
_AND = {"FR": " ET ", "DE": " UND ", "ES": " Y ", "GB": " AND "}
_TO = {"FR": " à ", "DE": " bis ", "ES": " a ", "GB": " to "}
_LESS = {"FR": " moins avoir ", "DE": " abzgl. Gutschrift ", "ES": " menos abono ", "GB": " less credit note "}
_QUIET = {
    "FR": ("", "virement", "règlement", "solde", "paiement facture", "VIR SEPA RECU"),
    "DE": ("", "Zahlung", "Überweisung", "Danke"),
    "ES": ("", "transferencia", "pago"),
    "GB": ("", "payment", "with thanks", "BACS"),
}


def plain(text: str) -> str:
    """Without accents, upper case, as old formats carry it."""
    text = text.replace("ß", "ss").replace("œ", "oe")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).upper()


def announce(rng: Random, country: str, number: str) -> str:
    """A number with the word that announces it, with or without a blank."""
    word = rng.choice(_ANNOUNCES[country])
    glue = " " if word and (word[-1].isalnum() or rng.random() < 0.5) else ""
    return f"{word}{glue}{number}"


def written(rng: Random, number: str, habit: int) -> str:
    """A number as one firm writes it: as printed, bare, with blanks, without leading zeros, small letters."""
    if habit == 1:
        return "".join(c for c in number if c.isalnum())
    if habit == 2:
        return number.replace("-", " ").replace("/", " ")
    if habit == 3:
        return without_zeros(number)
    if habit == 4:
        return number.lower()
    return number.replace("-", "/") if habit == 5 and rng.random() < 0.5 else number


def without_zeros(number: str) -> str:
    """Leading zeros of each run of digits dropped: "LYO-26-00123" -> "LYO-26-123"."""
    out, fresh = "", True
    for at, char in enumerate(number):
        last = at + 1 == len(number) or not number[at + 1].isdigit()
        if char == "0" and fresh and not last:
            continue
        fresh = not char.isdigit()
        out += char
    return out


def tail(number: str) -> str:
    """The last digits of a number, five at most."""
    digits = "".join(c if c.isdigit() else " " for c in number).split()[-1]
    return digits[-5:]


def listed(rng: Random, country: str, numbers: list[str]) -> str:
    """Several numbers: in full, or the first in full and the end of each other one ("FA1021/22/23")."""
    if rng.random() < 0.35 and len({len(n) for n in numbers}) == 1:
        shared = next((i for i, pair in enumerate(zip(*numbers, strict=True)) if len(set(pair)) > 1), 0)
        keep = len(numbers[0]) - shared
        rest = [n[-max(keep, 2) :] for n in numbers[1:]]
        if all(r.isdigit() for r in rest) and keep <= 4:
            return rng.choice(("/", "-", ",", ", ", " / ")).join([numbers[0], *rest])
    joint = rng.choice((" ", ", ", _AND[country], " / ", "; ", "+", ","))
    return joint.join(numbers)


def ranged(country: str, first: str, last: str) -> str:
    """From one number to another."""
    return f"{first}{_TO[country]}{last}"


def less(country: str, numbers: list[str], note: str) -> str:
    """Numbers less a credit note."""
    return _AND[country].join(numbers) + _LESS[country] + note


def beside_amounts(rng: Random, numbers: list[str], amounts: list[int]) -> str:
    """Each number with its amount, as remittance advices do."""
    form = rng.choice(("{n} {e},{c:02d}", "{n}: {e}.{c:02d} EUR", "{n} ({e},{c:02d}€)", "{n} EUR {e},{c:02d}"))
    pairs = zip(numbers, amounts, strict=True)
    return " ".join(form.format(n=n, e=a // 100, c=a % 100) for n, a in pairs)


def quiet(rng: Random, country: str) -> str:
    """A text that names nothing."""
    return rng.choice(_QUIET[country])


def name_shown(rng: Random, name: str) -> str:
    """A name as a bank shows it: in full, cut, initials, without accents or the form."""
    draw = rng.random()
    if draw < 0.25:
        return name
    text = plain(name).replace("&", rng.choice(("ET", "&", "+")))
    if draw < 0.4:
        text = text.replace("CENTRE HOSPITALIER", "CH").replace("CONSTRUCCIONES", "CONSTR")
    if draw > 0.8:
        words = text.split()
        text = " ".join(words[:-1]) if len(words) > 3 else text
    return text[: rng.choice((24, 31, 35, 70))].strip()


def cut(rng: Random, text: str) -> str:
    """A text in pieces of one width, in the middle of words and numbers."""
    width = rng.choice((31, 35, 70))
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))
