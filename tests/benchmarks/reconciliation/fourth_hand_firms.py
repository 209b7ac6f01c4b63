"""The fourth hand's sellers, how each numbers, and their debtors: families of like names, names with digits, people."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

Document = dict[str, Any]

#: How each seller numbers: (counter, day, firm) to the number as printed.
INVOICES: dict[str, Callable[[int, date, Firm], str]] = {
    "ANNEE": lambda n, on, firm: f"{on:%Y}/{n:06d}",
    "TIRET": lambda n, on, firm: f"F-{on:%y}-{n:04d}",
    "MENSUEL": lambda n, on, firm: f"{on:%y%m}{n:04d}",
    "SUFFIXE": lambda n, on, firm: f"{20_000 + n}/{'ABCD'[n * 5 % 4]}",
    "NU": lambda n, on, firm: f"{3100 + n}",
    "SITE": lambda n, on, firm: f"{firm.site}-{n:06d}",
    "PERSO": lambda n, on, firm: f"{firm.code[-5:]}-{n:02d}",
}
CREDITS: dict[str, Callable[[int, date, Firm], str]] = {
    "ANNEE": lambda n, on, firm: f"{on:%Y}/A{n:05d}",
    "TIRET": lambda n, on, firm: f"AV-{on:%y}-{n:04d}",
    "MENSUEL": lambda n, on, firm: f"A{on:%y%m}{n:04d}",
    "SUFFIXE": lambda n, on, firm: f"{20_000 + n}/Z",
    "NU": lambda n, on, firm: f"AV{500 + n}",
    "SITE": lambda n, on, firm: f"{firm.site}-A{n:05d}",
    "PERSO": lambda n, on, firm: f"{firm.code[-5:]}-A{n:02d}",
}
SITES = ("LY", "PA", "BX", "NT")

_SURNAMES = (
    "Dupont Lefèvre Marchand Gauthier Perrin Rousseau Chevalier Lemaire Barbier Girard Aubert Collet Renault "
    "Bertin Charpentier Meunier Faure Blanchard Caron Hubert Rolland Joly Besnard Vasseur Guillot Poirier "
    "Legrand Adam Maillard Prévost Boyer Noël Vidal Masson Roche Leclercq Royer Colin Schmitt Mallet Brunet "
    "Delattre Pichon LeGoff Kerjean Ferreira DaCosta Benali Nguyen Traoré Zanetti Abécassis Wojcik Haddad "
    "Ottaviani Etcheverry Quéméner Ravel Sabatier "
).split()
_FIRST = "Alain Nadia Jean-Luc Sophie Karim Émilie Théo Françoise Yann Inès".split()
_TOWNS = (
    "Annecy Dole Cahors Redon Mende Gap Sète Vannes Tulle Laon Melun Dax Foix Rodez Niort Cholet Épinal Évreux "
    "Aurillac Saint-Malo Bourg-en-Bresse Le-Puy Villefranche Montélimar Thonon Sarlat Guéret Vesoul Chaumont "
    "Bayeux Fécamp Lunel "
).split()
_TRADES = (
    "Menuiserie Garage Boulangerie Plomberie Paysages Carrosserie Imprimerie Pharmacie Terrassement Charpente Optique "
    "Traiteur Serrurerie Toitures Cycles Peinture Miroiterie Ambulances Pépinières Scierie Caves Fromagerie"
).split()
_THINGS = "du Lac|des Tilleuls|de la Gare|du Marché|des Halles|du Vieux Pont|de la Poste|des Alpes|du Centre|Bellevue"
_ACRONYMS = "S2P|3D|BTP 74|A.M.I.|T2M|C&A|2MB|H24|J.P.R.|4 Saisons|M3|R.G.F."
_AFTER = "Industrie|Concept|Services|Négoce|Ingénierie|Automation|Energies|Formation|Logistique"
_GERMAN = "Müller Schröder Weiß Köhler Fuchs Möller Groß Zimmermann".split()
_GERMAN_TRADES = "Werkzeugbau Elektrotechnik Fensterbau Feinmechanik Holzhandel".split()
_GERMAN_TOWNS = "Ulm Kehl Trier Lahr Zwickau".split()
_PUBLIC = ("Mairie de", "Lycée de", "Syndicat des Eaux de", "Communauté de Communes de")
_ENGLISH = "Smith Taylor Hughes Barlow Fletcher Marsh Fenwick Doyle".split()
_ENGLISH_TRADES = "Tools|Building Supplies|Marine|Foods|Textiles".split("|")
_IBAN_DIGITS = {"FR": 23, "DE": 18, "GB": 0}


@dataclass(slots=True)
class Firm:
    """A debtor of one seller. `code` is its customer number, `habit` how it writes numbers."""

    code: str
    seller: str
    name: str
    country: str
    iban: str
    known_iban: bool
    siren: str | None
    site: str
    habit: int
    bank: int
    terms: int
    rent: int = 0  # the amount of a subscription, in minor units
    parent: str | None = None
    discount: str | None = None
    documents: list[Document] = field(default_factory=list)

    @property
    def invoices(self) -> list[Document]:
        return [d for d in self.documents if d["kind"] == "invoice"]


def plain(text: str) -> str:
    """Upper case, without accents."""
    text = text.replace("ß", "ss")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).upper()


def account(rng: Random, country: str) -> str:
    """An invented account with right check digits."""
    body = ("ABCD" if country == "GB" else "") + "".join(
        rng.choice("0123456789") for _ in range(_IBAN_DIGITS[country] or 14)
    )
    return f"{country}{98 - int(''.join(str(int(c, 36)) for c in body + country + '00')) % 97:02d}{body}"


def _family(rng: Random) -> list[str]:
    """Names of one surname that only small words tell apart."""
    name = rng.choice(_SURNAMES)
    forms = [
        f"{name} SARL",
        f"{name} et Fils",
        f"{name} Frères",
        f"Éts {name}",
        f"SAS {name}",
        f"{name} & Cie",
        f"{name} {rng.choice(_FIRST)}",
    ]
    return rng.sample(forms, rng.randint(2, 4))


def _single(rng: Random) -> tuple[str, str]:
    """A name and a country."""
    draw, town, name = rng.random(), rng.choice(_TOWNS), rng.choice(_SURNAMES)
    trade = rng.choice(_TRADES)
    if draw < 0.22:
        return f"{rng.choice(('SARL ', 'SAS ', '', 'EURL '))}{trade} {name} {town}", "FR"
    if draw < 0.38:
        return f"{trade} {rng.choice(_THINGS.split('|'))} {town}", "FR"
    if draw < 0.5:
        return f"{rng.choice(_ACRONYMS.split('|'))} {rng.choice(_AFTER.split('|'))} {town}", "FR"
    if draw < 0.6:
        return f"{rng.choice(('M. ', 'MME ', 'Dr ', ''))}{name} {rng.choice(_FIRST)} {town}", "FR"
    if draw < 0.68:
        return f"SCI {rng.choice(_THINGS.split('|'))} {name} {town}".replace("SCI du ", "SCI le "), "FR"
    if draw < 0.74:
        return f"{rng.choice(_PUBLIC)} {town} {name}", "FR"
    if draw < 0.82:
        return f"{name}-{rng.choice(_SURNAMES)} {trade}", "FR"
    if draw < 0.9:
        return f"{rng.choice(_GERMAN)} {rng.choice(_GERMAN_TRADES)} {rng.choice(_GERMAN_TOWNS)} GmbH", "DE"
    return (
        f"{rng.choice(_ENGLISH)} {rng.choice(('& Sons', '& Co', 'Brothers'))} {rng.choice(_ENGLISH_TRADES)} Ltd",
        "GB",
    )


def make_firms(rng: Random, count: int) -> list[Firm]:
    """Debtors; of eight one belongs to a family of like names at its seller."""
    firms: list[Firm] = []
    taken: set[str] = set()
    sellers = list(INVOICES)
    while len(firms) < count:
        seller = sellers[rng.randrange(len(sellers))]
        names = [(n, "FR") for n in _family(rng)] if rng.random() < 0.05 else [_single(rng)]
        if any(plain(f"{seller} {name}") in taken for name, _ in names):
            names = [
                (f"{name} {rng.choice(_TOWNS)} {len(firms) % 97 or 'Sud'}", country) for name, country in names[:1]
            ]
        for name, country in names:
            key = plain(f"{seller} {name}")
            if key not in taken:
                taken.add(key)
                firms.append(_firm(rng, len(firms), seller, name, country))
    return firms


def _firm(rng: Random, number: int, seller: str, name: str, country: str) -> Firm:
    code = f"411{10_000 + number}" if seller in ("ANNEE", "MENSUEL") else f"C{40_000 + number}"
    return Firm(
        code, seller, name, country, account(rng, country), rng.random() < 0.45,
        f"{rng.randrange(3 * 10**8, 9 * 10**8)}" if country == "FR" and rng.random() < 0.7 else None,
        rng.choice(SITES), rng.randrange(8), rng.randrange(8), rng.choice((10, 30, 30, 45, 60)),
        rng.choice((4900, 12000, 35000, 78000, 150000, 23880)) if rng.random() < 0.06 else 0,
        None, "2% 10 jours" if rng.random() < 0.08 else None,
    )  # fmt: skip
