"""An invented French B2B ledger: sellers with their number series, debtors with their habits, open items."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

TODAY = date(2026, 11, 20)
FIRST_DAY = date(2025, 10, 1)

_TRADES = """Menuiserie Plomberie Boulangerie Garage Imprimerie Transports Maçonnerie Charpente Électricité Serrurerie
Peinture Carrosserie Quincaillerie Pharmacie Optique Librairie Brasserie Hôtel Restaurant Traiteur Boucherie Pépinière
Jardinerie Scierie Fonderie Chaudronnerie Mécanique Usinage Logistique Négoce Distribution Matériaux Bâtiment Travaux
Énergie Conseil Formation Informatique Studio Agence Cabinet Laboratoire Clinique Coopérative Domaine Cave Atelier Ferme
Imprim'Express Autocars Ambulances Nettoyage Sécurité Propreté Emballages Textiles Confection Maroquinerie""".split()
_NAMES = """Durand Lefèvre Moreau Garnier Faure Rousseau Blanchard Mercier Dupuis Bonnet Lambert François
Legrand Gauthier
Perrin Morin Clément Dufour Meunier Brun Blanc Guérin Boyer Fabre Aubert Roche Renard Colin Vidal Picard Caron Gérard
Lemoine Noël Marchand Arnaud Rolland Benoît Leroux Philippe Pierre Gaillard Renaud Charles Barbier Schmitt Huet Maillard
Hervé Lacroix Lemaître Chevallier Tessier Baron Besson Jacquet Klein Hamon Poulain Étienne Carpentier Collet Berger
Masson Maréchal Pons Guyot Vasseur Launay Prévost Pichon Raynaud Delattre Millet Tanguy Grondin Le-Goff Thibault Weber
Monnier Coulon Ferrand Vallée Pagès Buisson Bodin Cordier Descamps Hardy Kerautret Quémener Œuvrard Lecœur""".split()
_TOWNS = """Lyon Nantes Rennes Dijon Brest Angers Tours Limoges Metz Nancy Pau Albi Auch Vannes Quimper
Chartres Blois Nevers
Moulins Mâcon Bourg Annecy Gap Nîmes Arles Sète Béziers Niort Saintes Cognac Royan Dax Bayonne Tarbes Foix Rodez Cahors
Brive Tulle Guéret Vichy Roanne Vienne Valence Privas Mende Millau Épinal Belfort Colmar Troyes Reims Laon Arras Lens
Douai Calais Dieppe Évreux Alençon Laval""".split()
_WORDS = """Alpha Nova Vert Bleu Soleil Horizon Océan Ouest Est Sud Nord Centre Littoral Vallée Rivage Sommet
Cristal Granit
Chêne Érable Azur Delta Sigma Optim Prim Tech Pro Services Solutions Industrie Équipements Systèmes
Développement""".split()
_FORMS = ("SARL", "SAS", "SA", "EURL", "SASU", "SNC", "SCI", "Sté", "Ets", "")


@dataclass(slots=True)
class Series:
    """How a seller numbers: a pattern over prefix, date and counter; `yearly` restarts the counter."""

    pattern: str
    yearly: bool
    counters: dict[int, int] = field(default_factory=dict)
    start: int = 0

    def next(self, on: date) -> str:
        """The next number of this series."""
        year = on.year if self.yearly else 0
        self.counters[year] = self.counters.get(year, self.start) + 1
        return self.pattern.format(y=on.year, yy=on.year % 100, m=on.month, n=self.counters[year])


@dataclass(slots=True)
class Debtor:
    """One account. `habit` 0..1 steers how it pays: low quotes numbers neatly, high quotes nothing."""

    seller: str
    id: str
    name: str
    iban: str
    siren: str
    iban_known: bool
    habit: float
    parent: str | None = None
    recurring: int = 0
    terms: int = 30
    discount: str | None = None
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """One invoice or credit note; `paid` once a receipt of the truth uses it."""

    id: int
    debtor: Debtor
    number: str
    kind: str
    issued_on: date
    due_on: date
    currency: str
    total: int
    open: int
    order_ref: str | None
    payment_ref: str | None
    paid: bool = False


@dataclass(slots=True)
class World:
    """The whole ledger. `closed` are invoices paid before, known only by their numbers."""

    debtors: list[Debtor]
    items: list[Item]
    closed: list[Item]


_SERIES = {
    "ACME": ("FA-{y}-{n:05d}", "AV-{y}-{n:05d}", True),
    "BOREAL": ("F{n:07d}", "A{n:07d}", False),
    "CORAIL": ("FA-{y}-{n:05d}", "AV-{y}-{n:05d}", True),
    "DOREE": ("VE{yy:02d}{m:02d}{n:06d}", "AC{yy:02d}{m:02d}{n:06d}", False),
    "EPSILON": ("{y}/{n:06d}", "{y}/AV/{n:04d}", True),
}


def company_name(rng: Random) -> str:
    """An invented company name with its legal form before or after."""
    form = rng.choice(_FORMS)
    style = rng.random()
    if style < 0.35:
        core = f"{rng.choice(_TRADES)} {rng.choice(_NAMES)}"
    elif style < 0.5:
        core = f"{rng.choice(_NAMES)} {rng.choice(('& Fils', 'et Fils', 'Frères', '& ' + rng.choice(_NAMES)))}"
    elif style < 0.7:
        core = f"{rng.choice(_TRADES)} {rng.choice(('de', 'du', 'des'))} {rng.choice(_TOWNS)}"
    elif style < 0.85:
        core = f"{rng.choice(_WORDS)}{rng.choice(('', ' '))}{rng.choice(_WORDS).lower()} {rng.choice(_TOWNS)}"
    else:
        core = f"{rng.choice(_NAMES)} {rng.choice(_TRADES)} {rng.choice(_TOWNS)}"
    if form in ("Sté", "Ets"):
        return f"{form} {core}"
    return f"{core} {form}".strip() if rng.random() < 0.7 else f"{form} {core}".strip()


def iban(rng: Random) -> str:
    """A French IBAN with right check digits."""
    body = "".join(str(rng.randrange(10)) for _ in range(23))
    check = 98 - int(body + "152700") % 97
    return f"FR{check:02d}{body}"


def _amount(rng: Random) -> int:
    value = int(rng.lognormvariate(11.3, 1.1))
    value = min(max(value, 1500), 9_000_000)
    return value // 100 * 100 if rng.random() < 0.12 else value


def make_debtors(rng: Random, count: int) -> list[Debtor]:
    """Debtors of all sellers, with some homonyms, some groups, some who pay the same sum each month."""
    debtors: list[Debtor] = []
    sellers = list(_SERIES)
    used: set[str] = set()
    for number in range(count):
        seller = sellers[number % len(sellers)]
        name = company_name(rng)
        while name.upper() in used:
            name = company_name(rng) if rng.random() < 0.5 else f"{company_name(rng)} {rng.choice(_TOWNS)}"
        used.add(name.upper())
        debtor = Debtor(
            seller,
            f"C{number:05d}",
            name,
            iban(rng),
            f"{rng.randrange(10**8, 10**9)}",
            rng.random() < 0.6,
            rng.random(),
            terms=rng.choice((30, 30, 45, 60)),
            discount=rng.choice(("2% 8 jours", "1,5 % 10 jours", "2/8 net 30")) if rng.random() < 0.08 else None,
        )
        if rng.random() < 0.06:
            debtor.recurring = _amount(rng)
        debtors.append(debtor)
    _pair_up(rng, debtors)
    return debtors


def _pair_up(rng: Random, debtors: list[Debtor]) -> None:
    """Give some debtors a parent, and some the name of another one."""
    by_seller: dict[str, list[Debtor]] = {}
    for debtor in debtors:
        by_seller.setdefault(debtor.seller, []).append(debtor)
    for mine in by_seller.values():
        for at in range(0, len(mine) - 4, 40):
            parent = mine[at]
            for child in mine[at + 1 : at + 3]:
                child.parent = parent.id
        for at in range(30, len(mine) - 1, 120):
            mine[at].name = mine[at + 1].name


def make_world(seed: int, invoices: int) -> World:
    """A ledger of about `invoices` invoices, of which one in ten is closed already."""
    rng = Random(seed)
    debtors = make_debtors(rng, max(invoices // 28, 20))
    weights = [rng.paretovariate(1.6) for _ in debtors]
    chosen = rng.choices(debtors, [min(w, 14.0) for w in weights], k=invoices)
    days = (TODAY - FIRST_DAY).days
    moments = sorted(rng.randrange(days) for _ in range(invoices))
    series = {
        seller: (Series(a, y, start=rng.randrange(3000)), Series(b, y, start=rng.randrange(300)))
        for seller, (a, b, y) in _SERIES.items()
    }
    world = World(debtors, [], [])
    for number, (debtor, day) in enumerate(zip(chosen, moments, strict=True), start=1):
        _issue(rng, world, number, debtor, FIRST_DAY + timedelta(days=day), series[debtor.seller])
    return world


def _issue(rng: Random, world: World, number: int, debtor: Debtor, on: date, series: tuple[Series, Series]) -> None:
    """Issue one document and file it as open or closed."""
    credit = rng.random() < 0.035
    total = debtor.recurring or _amount(rng)
    if credit:
        total = _amount(rng) // 5 + 100
    order = f"{rng.choice(('CDE', 'BC', 'PO', 'CMD'))}{rng.randrange(10**5, 10**7)}" if rng.random() < 0.3 else None
    currency = rng.choice(("USD", "GBP", "CHF")) if rng.random() < 0.012 else "EUR"
    item = Item(
        number,
        debtor,
        series[1 if credit else 0].next(on),
        "credit_note" if credit else "invoice",
        on,
        on + timedelta(days=debtor.terms),
        currency,
        total,
        total,
        order,
        rf_reference(number) if rng.random() < 0.1 else None,
    )
    if not credit and rng.random() < 0.1:
        world.closed.append(item)
        return
    world.items.append(item)
    debtor.items.append(item)


def rf_reference(number: int) -> str:
    """An ISO 11649 creditor reference."""
    body = f"{number:09d}"
    check = 98 - int(body + "271500") % 97
    return f"RF{check:02d}{body}"
