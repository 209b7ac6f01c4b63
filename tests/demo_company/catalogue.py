"""Who is who, written by hand: two sellers, their debtors, what these buy and how they pay. All of it is invented."""

from __future__ import annotations

from tests.demo_company.identifiers import french_iban, iban, siren, siret, vat_number
from tests.demo_company.model import Account, Company, Seller

ATELIER = Seller(
    "ATM", "Atelier Montclar SAS", siren(1), french_iban("99999", "00120", "00045178201"), "ZZMTFRPPXXX", 184_312_47
)
SERVICES = Seller(
    "MSV", "Montclar Services SARL", siren(2), french_iban("99998", "00731", "00090244637"), "ZZVLFRPPXXX", 61_904_18
)
SELLERS = (ATELIER, SERVICES)

# key | name | legal form | postal code and city, or country and city
_COMPANIES = """
orvandel   | Groupe Orvandel              | SAS   | 59000 Lille
orvnord    | Orvandel Nord                | SARL  | 59100 Roubaix
orvouest   | Orvandel Ouest               | SARL  | 35000 Rennes
tavernel   | Menuiserie Tavernel          | SARL  | 69003 Lyon
brissandre | Brissandre Agencement        | SAS   | 44000 Nantes
maurel     | Boulangerie Maurel           | EURL  | 44100 Nantes
maurelfr   | Boulangerie Maurel Frères    | SARL  | 44800 Saint-Herblain
kerluan    | Transports Kerluan           | SAS   | 29200 Brest
kerlog     | Kerluan Logistique           | SAS   | 29490 Guipavas
troisponts | Pharmacie des Trois Ponts    | SELARL| 38000 Grenoble
vauquelin  | Imprimerie Vauquelin-Dorst   | SAS   | 67000 Strasbourg
armance    | Clinique du Val d'Armance    | SA    | 10000 Troyes
aubry      | Commune de Saint-Aubry-sur-Lène |    | 53200 Saint-Aubry-sur-Lène
lantz      | Cabinet Roquefeuil-Lantz     | SELAS | 75008 Paris
vauzelle   | Brasserie du Quai Vauzelle   | SARL  | 33000 Bordeaux
ornans     | Les Tilleuls d'Ornans        | SCI   | 25000 Besançon
persan     | Atelier Numérique Persan     | SASU  | 95340 Persan
calviere   | Restaurants Calvière         | SAS   | 13002 Marseille
goulven    | Établissements Goulvennec    | SARL  | 29000 Quimper
champlour  | Verreries de Champlour       | SA    | 76340 Blangy-sur-Bresle
promogest  | Promogest Sud                | SAS   | 34000 Montpellier
delvaux    | Cuisines Delvaux & Fils      | SARL  | 59300 Valenciennes
sarrasin   | Bureau d'études Sarrasin-Kohl| SARL  | 68100 Mulhouse
aubertin   | Quincaillerie Aubertin       | SARL  | 54000 Nancy
nordwerk   | Nordwerk Ladenbau            | GmbH  | DE Bremen
vanaerdt   | Van Aerdt Interieur          | BV    | NL Breda
helvag     | Helvag Innenausbau           | AG    | CH Basel
lysandre   | Hôtels Lysandre              | SAS   | 74000 Annecy
lysannecy  | Hôtel Lysandre Annecy        | SARL  | 74000 Annecy
lysdinard  | Hôtel Lysandre Dinard        | SARL  | 35800 Dinard
aubepin    | Résidences Aubépin           | SAS   | 37000 Tours
penhoat    | Garage Penhoat               | SARL  | 29600 Morlaix
marchelier | Opticiens Marchelier         | SARL  | 21000 Dijon
pagecornee | Librairie La Page Cornée     | SARL  | 86000 Poitiers
trevigny   | Société Nouvelle Trévigny    | SAS   | 42000 Saint-Étienne
mazerolle  | Mazerolle Immobilier         | SARL  | 87000 Limoges
octavin    | Laboratoire Octavin          | SAS   | 63000 Clermont-Ferrand
berthoux   | Scierie Berthoux             | SARL  | 39300 Champagnole
cerval     | Cerval Distribution          | SAS   | 45000 Orléans
dumontel   | Crèches Dumontel             | SAS   | 31000 Toulouse
estrelle   | Thermes de l'Estrelle        | SA    | 66400 Céret
fauvelet   | Fauvelet Conseil             | SASU  | 92100 Boulogne-Billancourt
grimaudet  | Transports Grimaudet         | SARL  | 72000 Le Mans
haussard   | Haussard Notaires            | SELARL| 80000 Amiens
isatech    | Isabey Technologies          | SAS   | 38240 Meylan
jolivard   | Jolivard Paysages            | EURL  | 49000 Angers
lornet     | Lornet Plasturgie            | SAS   | 01100 Oyonnax
mirecourt  | Mirandol Audiovisuel         | SARL  | 88500 Mirecourt
noirtier   | Noirtier Sécurité            | SAS   | 93100 Montreuil
quincey    | Quincerot Viandes            | SAS   | 71100 Chalon-sur-Saône
"""

# company | terms | invoices | price without VAT in euros | rhythm | temper | manner | parent or discount or currency
_ATELIER = """
orvandel   | 60 jours                   | 4  | 6100 | spread  | normal | several |
orvnord    | 60 jours                   | 6  | 3800 | spread  | normal | parent  | orvandel
orvouest   | 60 jours                   | 5  | 2900 | spread  | normal | parent  | orvandel
tavernel   | 30 jours                   | 7  | 1400 | spread  | prompt | exact   |
brissandre | 45 jours fin de mois       | 11 | 3200 | spread  | normal | several |
maurel     | comptant                   | 4  | 480  | spread  | prompt | cheque  |
maurelfr   | 30 jours                   | 3  | 520  | spread  | normal | silent  |
kerluan    | 30 jours fin de mois       | 8  | 2300 | spread  | normal | short   |
kerlog     | 30 jours fin de mois       | 6  | 2600 | spread  | slow   | short   |
troisponts | 30 jours date de facture   | 5  | 950  | spread  | prompt | exact   |
vauquelin  | 45 jours                   | 6  | 1800 | spread  | normal | glued   |
armance    | 45j fdm                    | 7  | 4900 | spread  | slow   | order   |
aubry      | 30 jours                   | 6  | 4200 | spread  | normal | public  |
lantz      | 30 jours                   | 6  | 1500 | spread  | early  | exact   | 2% 8 jours
vauzelle   | 30 jours                   | 6  | 1100 | spread  | late   | mixed   |
ornans     | 30 jours fin de mois le 10 | 4  | 3300 | spread  | normal | silent  |
persan     | 30 jours                   | 6  | 890  | spread  | normal | glued   |
calviere   | 30 jours fin de mois       | 21 | 760  | burst   | normal | range   |
goulven    | 45 jours fin de mois       | 6  | 2700 | spread  | worst  | mixed   |
champlour  | 45 jours                   | 7  | 3900 | spread  | normal | mixed   |
promogest  | 60 jours                   | 6  | 7800 | spread  | late   | mixed   |
delvaux    | 30 jours                   | 6  | 1250 | spread  | normal | exact   |
sarrasin   | 30 j net                   | 6  | 1700 | spread  | prompt | mixed   |
aubertin   | 30 jours fin de mois       | 7  | 640  | spread  | normal | short   |
nordwerk   | 30 days                    | 5  | 5600 | spread  | prompt | exact   |
vanaerdt   | 30 EOM                     | 5  | 3100 | spread  | normal | short   |
lysannecy  | 45 jours fin de mois       | 3  | 8200 | spread  | normal | silent  |
aubepin    | 30 jours fin de mois       | 9  | 1350 | spread  | normal | monthly |
penhoat    | 30 jours                   | 5  | 730  | spread  | slow   | cheque  |
marchelier | 30 jours                   | 6  | 1900 | spread  | normal | exact   |
pagecornee | 30 jours                   | 6  | 980  | spread  | broke  | mixed   |
trevigny   | 45 jours                   | 6  | 2450 | spread  | normal | factor  |
"""
_SERVICES = """
lysandre   | 30 jours fin de mois       | 8  | 1150 | monthly | normal | exact   |
lysannecy  | 30 jours fin de mois       | 8  | 680  | monthly | normal | parent  | lysandre
lysdinard  | 30 jours fin de mois       | 8  | 590  | monthly | normal | parent  | lysandre
tavernel   | 30 jours                   | 8  | 145  | monthly | prompt | debit   |
kerluan    | 30 jours                   | 8  | 390  | monthly | normal | mixed   |
armance    | 45j fdm                    | 6  | 2100 | spread  | slow   | exact   |
penhoat    | 30 jours                   | 8  | 120  | monthly | prompt | debit   |
helvag     | 30 days                    | 4  | 2750 | spread  | normal | exact   | CHF
mazerolle  | 30 jours                   | 8  | 210  | monthly | normal | silent  |
octavin    | 45 jours                   | 6  | 3400 | spread  | normal | coded   |
berthoux   | 30 jours fin de mois       | 5  | 860  | spread  | late   | mixed   |
cerval     | 45 jours fin de mois       | 10 | 1250 | spread  | normal | several |
dumontel   | 30 jours                   | 8  | 265  | monthly | prompt | debit   |
estrelle   | 60 jours                   | 4  | 3950 | spread  | worst  | mixed   |
fauvelet   | comptant                   | 4  | 540  | spread  | prompt | exact   |
grimaudet  | 30 jours                   | 8  | 175  | monthly | prompt | debit   |
haussard   | 30 jours                   | 4  | 920  | spread  | prompt | coded   |
isatech    | 45 jours                   | 5  | 2800 | spread  | slow   | order   |
jolivard   | 30 jours                   | 8  | 98   | monthly | prompt | debit   |
lornet     | 45j fdm                    | 6  | 1650 | spread  | normal | glued   |
mirecourt  | 30 jours                   | 5  | 730  | spread  | late   | silent  |
noirtier   | 30 jours                   | 8  | 310  | monthly | normal | coded   |
quincey    | 30 jours fin de mois       | 5  | 1480 | spread  | normal | monthly |
troisponts | 30 jours                   | 8  | 135  | monthly | prompt | debit   |
champlour  | 45 jours                   | 5  | 1900 | spread  | normal | short   |
vauzelle   | 30 jours                   | 5  | 460  | spread  | late   | mixed   |
delvaux    | 30 jours                   | 8  | 240  | monthly | normal | glued   |
sarrasin   | 30 j net                   | 4  | 880  | spread  | prompt | mixed   |
"""
_STREETS = (
    "12 rue des Tanneurs", "4 place du Marché", "187 avenue de la Gare", "ZA des Peupliers", "33 quai du Canal",
    "9 bis rue Haute", "61 boulevard des Alliés", "2 impasse du Moulin", "148 route de la Plaine", "7 cours des Arts",
)  # fmt: skip


def companies() -> dict[str, Company]:
    """All companies by key."""
    return {company.key: company for company in map(_company, enumerate(_rows(_COMPANIES), start=11))}


def accounts() -> list[Account]:
    """The debtors' accounts of both sellers, in the order of the tables."""
    known = companies()
    return _accounts(ATELIER, "C{:05d}", 118, 7, _ATELIER, known) + _accounts(
        SERVICES, "MS-{}", 1004, 3, _SERVICES, known
    )


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _company(numbered: tuple[int, list[str]]) -> Company:
    number, (key, name, form, place) = numbered
    code, city = place.split(" ", 1)
    abroad = code if code.isalpha() else ""
    country = abroad or "FR"
    own = "" if abroad else siren(number)
    return Company(
        key=key,
        name=name,
        form=form,
        siren=own,
        vat="" if form == "" else _foreign_vat(abroad, number) if abroad else vat_number(own),
        street=_STREETS[number % len(_STREETS)],
        postal_code={"DE": "28195", "NL": "4811 AB", "CH": "4051"}.get(abroad, code),
        city=city,
        country=country,
        iban=_iban(country, number),
        category="public" if form == "" else "business",
    )


def _foreign_vat(country: str, number: int) -> str:
    return {"DE": f"DE9990000{number:02d}", "NL": f"NL9990000{number:02d}B01", "CH": f"CHE-999.000.0{number:02d} MWST"}[
        country
    ]


def _iban(country: str, number: int) -> str:
    account = f"{number:05d}{number * 7919 % 1_000_000:06d}"
    if country == "FR":
        return french_iban(f"9999{number % 7}", f"{number % 90 + 10:05d}", account)
    return iban(
        country, {"DE": f"99999999{account[1:]}", "NL": f"ZZZZ{account[1:]}", "CH": f"99999{account}X"}[country]
    )


def head_office(company: Company) -> str:
    """The SIRET of its head office; empty abroad."""
    return siret(company.siren) if company.siren else ""


def _accounts(seller: Seller, form: str, first: int, step: int, table: str, known: dict[str, Company]) -> list[Account]:
    made: dict[str, Account] = {}
    for place, (key, terms, count, price, rhythm, temper, manner, extra) in enumerate(_rows(table)):
        made[key] = Account(
            seller=seller.code,
            code=form.format(first + step * place),
            company=known[key],
            terms=terms,
            count=int(count),
            price=int(price) * 100,
            rhythm=rhythm,
            temper=temper,
            manner=manner,
            parent=made.get(extra),
            discount=extra if "%" in extra else "",
            currency=extra if extra == "CHF" else "EUR",
        )
    return list(made.values())
