"""The third hand's sellers, their number series, and their debtors in four countries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

_CHECK = "ABCDEFGHJKLMNPRTUVWXY"

#: How each seller numbers: (counter, day) to the number as printed. Counters restart where `RESTARTS` says so.
INVOICES: dict[str, Callable[[int, date], str]] = {
    "QUATRE": lambda n, on: f"{1000 + n}",  # four digits, then five, and nothing else
    "SEPT": lambda n, on: f"{7_000_000 + n * 3}",
    "DIX": lambda n, on: f"{on:%Y}{n:06d}",
    "JOUR": lambda n, on: f"{on:%Y%m%d}-{n % 1000:02d}",
    "AGENCE": lambda n, on: f"{('LYO', 'PAR', 'LIL')[n % 3]}-{on:%y}-{n // 3:05d}",
    "BARRE": lambda n, on: f"F{on:%y}/{n:04d}",
    "LETTRE": lambda n, on: f"{n:05d}{_CHECK[n * 7 % len(_CHECK)]}",
    "BESTELL": lambda n, on: f"RE-{on:%Y}-{n}",
    "ORDRE": lambda n, on: f"VK{45_000_000 + n * 7}",  # the number is the order's
    "INTL": lambda n, on: f"INV{n:07d}",
}
CREDITS: dict[str, Callable[[int, date], str]] = {
    "QUATRE": lambda n, on: f"A{100 + n}",
    "SEPT": lambda n, on: f"{9_100_000 + n}",
    "DIX": lambda n, on: f"9{on:%Y}{n:05d}",
    "JOUR": lambda n, on: f"{on:%Y%m%d}-A{n % 1000:02d}",
    "AGENCE": lambda n, on: f"AV-{on:%y}-{n:05d}",
    "BARRE": lambda n, on: f"AV{on:%y}/{n:04d}",
    "LETTRE": lambda n, on: f"{n:05d}Z",
    "BESTELL": lambda n, on: f"GS-{on:%Y}-{n}",
    "ORDRE": lambda n, on: f"VC{n:08d}",
    "INTL": lambda n, on: f"CN{n:07d}",
}
RESTARTS = frozenset(("BARRE", "BESTELL", "DIX"))  # counters begin again each year

_STEMS = {
    "FR": "Vernhes Castaing Lacaze Pujol Bouchet Aubrac Cazals Mercadier Trémoulet Escande Fourcade Roumégous".split(),
    "DE": "Krüger Böhm Straßburger Vögele Hartmann Lindner Oberländer Schäfer Jäger Weißkopf Brückner".split(),
    "ES": "Ibáñez Muñoz Echevarría Rodríguez Peñalver Cabañas Zubiría Ordóñez Llorente Quiñones".split(),
    "GB": "Ashworth Pemberton Holloway Whitcombe Thackeray Bramley Kingsley Harcourt Winslow".split(),
}
_TRADES = {
    "FR": "Façades Ascenseurs Pneumatiques Fenêtres Surgelés Conserves Étanchéité Vérandas Arrosage Abrasifs".split(),
    "DE": "Maschinenbau Großhandel Haustechnik Werkzeuge Gerüstbau Kältetechnik Verpackungen".split(),
    "ES": "Construcciones Refrigeración Cerámicas Envases Suministros Aceites Montajes".split(),
    "GB": "Engineering Catering Joinery Packaging Freight Fasteners Lighting".split(),
}
_FORMS = {
    "FR": ("SAS", "SARL", "SA", "S.A.S", "SELARL", "SCOP", ""),
    "DE": ("GmbH", "AG", "GmbH & Co. KG", "e.K."),
    "ES": ("S.L.", "S.A.", "SLU"),
    "GB": ("Ltd", "Limited", "PLC", "LLP"),
}
_TOWNS = (
    "Figeac Decize Riom Thiers Lannion Vitré Senlis Autun Issoire Loudun Pithiviers Château-Thierry Saint-Lô".split()
)
_IBAN_DIGITS = {"FR": 23, "DE": 18, "ES": 20, "GB": 0}


@dataclass(slots=True)
class Firm:
    """A debtor of one seller. `habit` is how it writes: one number scheme, one language, one way to list."""

    id: str
    seller: str
    name: str
    country: str
    iban: str
    known_iban: bool
    siren: str | None
    habit: int
    terms: int
    parent: str | None = None
    discount: str | None = None
    documents: list[dict[str, Any]] = field(default_factory=list)


def check_digits(country: str, body: str) -> str:
    """The account number with right ISO 13616 check digits."""
    return f"{country}{98 - int(''.join(str(int(c, 36)) for c in body + country + '00')) % 97:02d}{body}"


def account(rng: Random, country: str) -> str:
    """An invented account of a country."""
    digits = "".join(rng.choice("0123456789") for _ in range(_IBAN_DIGITS[country] or 14))
    return check_digits(country, ("ABCD" if country == "GB" else "") + digits)


def make_firm(rng: Random, number: int, seller: str) -> Firm:
    """A debtor; in seven cases of ten a French one."""
    country = rng.choices(("FR", "DE", "ES", "GB"), (7, 1, 1, 1))[0]
    stem, trade, form = rng.choice(_STEMS[country]), rng.choice(_TRADES[country]), rng.choice(_FORMS[country])
    town = rng.choice(_TOWNS)
    core = rng.choice(
        (f"{trade} {stem} {town}", f"{stem} {trade} {town}", f"{stem} & {rng.choice(_STEMS[country])} {town}")
    )
    if rng.random() < 0.12:
        core = f"Commune de {town}" if rng.random() < 0.5 else f"Centre Hospitalier de {town}"
        form, country = "", "FR"
    iban = account(rng, country)
    siren = f"{rng.randrange(3 * 10**8, 9 * 10**8)}" if country == "FR" else None
    terms = rng.choice((14, 30, 30, 45, 60))
    firm = Firm(
        f"CL{number:05d}",
        seller,
        f"{core} {form}".strip(),
        country,
        iban,
        rng.random() < 0.5,
        siren,
        rng.randrange(6),
        terms,
    )
    firm.discount = "1% 10 jours" if rng.random() < 0.05 else None
    return firm
