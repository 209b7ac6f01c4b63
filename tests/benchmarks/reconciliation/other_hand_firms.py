"""The other hand's debtors and number series."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

_SYLLABLES = "BRA KER LO MIN TAR VEL SOU RIN PLA GUE NOR DEL FAN COR BEL MAR TIS ZEN QUI OUX ARD IER EAU ENS".split()
_KIND_OF_FIRM = (
    "CONSTRUCTIONS",
    "ELECTRO",
    "FROID ET CLIMATISATION",
    "SECURITE INCENDIE",
    "GRANDS TRAVAUX",
    "AGENCEMENT",
    "LEVAGE",
    "MANUTENTION",
    "COUVERTURE",
    "ISOLATION",
    "THERMIQUE",
    "HYDRAULIQUE",
    "VOYAGES",
    "CONFISERIE",
    "SALAISONS",
    "VERRERIE",
)
_ENDINGS = (
    "S.A.S.",
    "S.A.R.L",
    "SAS",
    "SARL",
    "SA",
    "(SARL)",
    "- SAS",
    "EURL",
    "ET CIE",
    "& ASSOCIES",
    "GROUPE",
    "SNC",
    "",
)


class Firm:
    """A debtor."""

    def __init__(self, rng: Random, number: int, seller: str) -> None:
        stem = "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice((2, 3, 3)))).capitalize()
        shape = rng.randrange(4)
        if shape == 0:
            core = f"{stem} {rng.choice(_KIND_OF_FIRM).title()}"
        elif shape == 1:
            core = f"Établissements {stem} Père et Fils"
        elif shape == 2:
            core = f"{''.join(rng.choice(_SYLLABLES)[0] for _ in range(3))} {stem}"
        else:
            core = (
                f"L'{stem.lower().capitalize()} "
                f"d'{rng.choice(('Or', 'Argent', 'Armor', 'Aquitaine', 'Alsace'))} {number % 97}"
            )
        self.name = f"{core} {rng.choice(_ENDINGS)}".strip()
        self.seller, self.id = seller, f"411{number:06d}"
        self.iban = f"FR76{rng.randrange(10**22, 10**23)}"
        self.known_iban = rng.random() < 0.35
        self.siren = f"{rng.randrange(3 * 10**8, 9 * 10**8)}"
        self.parent: str | None = None
        self.quiet = rng.random()
        self.discount = "3 % à 10 jours" if rng.random() < 0.06 else None
        self.documents: list[dict[str, Any]] = []


NUMBERING: dict[str, Callable[[int, date], str]] = {
    "NORD": lambda n, on: f"{on:%y}{n:05d}",
    "SUD": lambda n, on: f"FACT{40000 + n}",
    "EST": lambda n, on: f"E/{on:%Y}/{on:%m}/{n % 10000:04d}",
    "OUEST": lambda n, on: f"{110000 + n}",
    "ILES": lambda n, on: f"FC{on:%y}-{n:06d}-A",
}
CREDITS: dict[str, Callable[[int, date], str]] = {
    "NORD": lambda n, on: f"AV{on:%y}{n:04d}",
    "SUD": lambda n, on: f"AVO{9000 + n}",
    "EST": lambda n, on: f"A/{on:%Y}/{n:04d}",
    "OUEST": lambda n, on: f"{800000 + n}",
    "ILES": lambda n, on: f"NC{on:%y}-{n:05d}-A",
}


def plain(text: str) -> str:
    """Upper case without French accents."""
    table = str.maketrans("ÉÈÊËÀÂÄÎÏÔÖÛÜÇéèêëàâäîïôöûüç", "EEEEAAAIIOOUUCEEEEAAAIIOOUUC")
    return text.translate(table).upper()
