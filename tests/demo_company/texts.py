"""How payers quote invoices (formats.md §6): whole, glued, shortened, in lists and ranges, or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from tests.demo_company.dice import Dice
from tests.demo_company.model import Document


def plain(text: str) -> str:
    """As banks carry it: capitals, no accents, the characters of SEPA."""
    bare = unicodedata.normalize("NFKD", text.upper().replace("&", "ET").replace("Œ", "OE"))
    return "".join(char for char in bare if not unicodedata.combining(char))


def exact(document: Document, dice: Dice) -> str:
    """The number as printed, with a word or two around."""
    return dice.pick(("{}", "FACTURE {}", "FACT {}", "REGLT FACTURE {}", "VOTRE FACTURE {}", "{} MERCI")).format(
        document.number
    )


def glued(document: Document, dice: Dice) -> str:
    """Without dashes and slashes, or with blanks in their place."""
    number = document.number
    joined = "".join(char for char in number if char.isalnum())
    spaced = "".join(char if char.isalnum() else " " for char in number)
    return dice.pick((joined, spaced, f"FACT {joined}", f"REF {spaced}"))


def short(document: Document, dice: Dice) -> str:
    """Without zeros, series or year."""
    counter = bare(document)
    return dice.pick((f"FACT {counter}", f"FACTURE N {counter}", f"FAC{counter}", f"RGT FACTURE {counter} / 2026"))


def bare(document: Document) -> str:
    """The counter of the number, without zeros."""
    return "".join(char if char.isdigit() else " " for char in document.number).split()[-1].lstrip("0")


def silent(dice: Dice) -> str:
    """No number at all."""
    return dice.pick(("", "VIREMENT", "REGLEMENT FACTURE", "VOTRE FACTURE", "PAIEMENT FOURNISSEUR"))


def several(documents: Sequence[Document], dice: Dice) -> str:
    """A list: the first number whole, the others sometimes shortened; a credit note is announced."""
    invoices = [document for document in documents if document.kind == "invoice"]
    credits = [document for document in documents if document.kind != "invoice"]
    first, *others = [document.number for document in invoices]
    tails = others if dice.percent(50) else [bare(document).rjust(4, "0") for document in invoices[1:]]
    text = dice.pick((" ", ", ", " ET ", "/")).join([first, *tails]) if tails else first
    return text + "".join(f" {dice.pick(('AVOIR', 'MOINS AVOIR', '- AV'))} {note.number}" for note in credits)


def ranged(documents: Sequence[Document]) -> str:
    """From the first to the last."""
    return f"FACTURES {documents[0].number} A {bare(documents[-1])}"


def order(document: Document, dice: Dice) -> str:
    """The debtor's own order number."""
    return dice.pick(("CDE {}", "COMMANDE {}", "VOTRE FACTURE S/CDE {}")).format(document.order_ref)


def slipped(document: Document) -> str:
    """The number with two digits exchanged."""
    number = document.number
    return f"FACTURE {number[:-2]}{number[-1]}{number[-2]}"
