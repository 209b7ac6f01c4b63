"""The vocabulary of French bank labels and company names. Data only; all words folded (upper case ASCII)."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Forms of companies and words that say nothing about which company it is.
LEGAL_FORMS = _set(
    """SAS SASU SA SARL EURL SNC SCI SCS SCA SCOP GIE GAEC EARL SELARL SELAS SCP SCM SCCV SEM SPL SE EI EIRL EARL
    STE SOC SOCIETE ETS ETABL ETABLISSEMENT ETABLISSEMENTS ENT ENTREPRISE ENTREPRISES CIE COMPAGNIE ASSOC ASSOCIATION
    GMBH LTD LIMITED INC BV BVBA SPRL SRL SPA NV AG KG PLC LLC CORP MR MME MLLE MONSIEUR MADAME ME MAITRE"""
)
SMALL_WORDS = _set("ET LE LA LES DU DE DES D L AU AUX A EN THE AND OF UN UNE SUR SOUS PAR POUR")

# Words that announce an invoice number without being part of it.
INVOICE_WORDS = _set(
    """F FA FAC FACT FACTS FACTURE FACTURES FCT FCTS FT FTS FTR FRA FV FC FAV FACTN INV INVOICE INVOICES BILL N
    NO NR NUM
    NUMERO NUMEROS NUMS NOS REF REFS REFERENCE REFERENCES RF PIECE PIECES DOC DOCUMENT ECH ECHEANCE VOTRE VOS VREF VIR
    VIRT VRT VIREMENT VIREMENTS SEPA INST INSTANTANE RECU DE DU MOTIF LIB LIBELLE RGLT RGT REGL REGLT REGLEMENT
    REGLEMENTS PAIEMENT PAIEMENTS PAYMENT PMT PAYT PAIE PAIMT SOLDE ACPTE ACOMPTE ACC PARTIEL ET AND POUR FOR DES LES LA
    LE A AU NOTPROVIDED EUR"""
)
CREDIT_NOTE_WORDS = _set("AV AVR AVOIR AVOIRS AVO NC CN CREDIT AVC")
LIST_WORDS = _set("ET AND PLUS")
RANGE_WORDS = _set("A AU TO JUSQU")

# Words that announce a number which is no invoice number.
ORDER_WORDS = _set("CDE CDES CMD CMDE COMMANDE COMMANDES BC BDC PO ORDER ORDRE BONCDE DEVIS DEV MARCHE ENGAGEMENT EJ")
OTHER_NUMBER_WORDS = _set(
    """BL LIVRAISON CLIENT CLT CLIENTS CPT CPTE COMPTE CTE CONTRAT CTR DOSSIER DOS MANDAT RUM ICS TEL TELEPHONE FAX CHQ
    CHEQUE CHEQUES LOT AFFAIRE AFF CHANTIER SIRET SIREN TVA RCS IBAN BIC RIB NAF APE CODE CP BP TICKET CARTE ADHERENT
    ABONNEMENT ABO POLICE SINISTRE SITE AGENCE BORDEREAU BORD"""
)

# The payer says that it pays a statement, a month, everything, or only a part.
STATEMENT_WORDS = _set("RELEVE RELEVES REL RLV STATEMENT SITUATION")
PART_WORDS = _set("ACOMPTE ACPTE ACOMPTES PARTIEL PARTIELLE PARTIE VERSEMENT AVANCE ARRHES ECHEANCIER MENSUALITE")
DISCOUNT_WORDS = _set("ESCOMPTE ESC ESCPTE ESCT DISCOUNT")
ON_BEHALF_WORDS = _set("COMPTE PC CPTE ORDRE ON BEHALF")
MONTHS = {
    "JANVIER": 1,
    "JANV": 1,
    "JAN": 1,
    "FEVRIER": 2,
    "FEVR": 2,
    "FEV": 2,
    "MARS": 3,
    "MAR": 3,
    "AVRIL": 4,
    "AVR": 4,
    "MAI": 5,
    "JUIN": 6,
    "JUILLET": 7,
    "JUIL": 7,
    "AOUT": 8,
    "AOU": 8,
    "SEPTEMBRE": 9,
    "SEPT": 9,
    "SEP": 9,
    "OCTOBRE": 10,
    "OCT": 10,
    "NOVEMBRE": 11,
    "NOV": 11,
    "DECEMBRE": 12,
    "DEC": 12,
}

# Short spellings of words that company names are made of.
ABBREVIATIONS = {
    "ST": "SAINT",
    "STS": "SAINTS",
    "FRES": "FRERES",
    "FR": "FRANCE",
    "GD": "GRAND",
    "GDE": "GRANDE",
    "INTL": "INTERNATIONAL",
    "INTER": "INTERNATIONAL",
    "SCES": "SERVICES",
    "SERV": "SERVICES",
    "SVCS": "SERVICES",
    "TPTS": "TRANSPORTS",
    "TRSP": "TRANSPORTS",
    "TRANSP": "TRANSPORTS",
    "BAT": "BATIMENT",
    "CONST": "CONSTRUCTION",
    "IMMO": "IMMOBILIER",
    "ELEC": "ELECTRICITE",
    "IND": "INDUSTRIE",
    "INDUS": "INDUSTRIE",
    "DISTRIB": "DISTRIBUTION",
    "MENUIS": "MENUISERIE",
    "BOUL": "BOULANGERIE",
    "GAR": "GARAGE",
    "PHIE": "PHARMACIE",
    "PHCIE": "PHARMACIE",
    "TECHNO": "TECHNOLOGIES",
    "GRP": "GROUPE",
    "GPE": "GROUPE",
    "MAT": "MATERIAUX",
    "IMP": "IMPRIMERIE",
    "TX": "TRAVAUX",
    "COMMUNE": "MAIRIE",
    "VILLE": "MAIRIE",
}

# Words too common in labels to name a company when the payer's name is only in the text.
LABEL_WORDS = (
    INVOICE_WORDS
    | CREDIT_NOTE_WORDS
    | ORDER_WORDS
    | OTHER_NUMBER_WORDS
    | STATEMENT_WORDS
    | PART_WORDS
    | DISCOUNT_WORDS
    | LEGAL_FORMS
    | SMALL_WORDS
    | frozenset(MONTHS)
    | _set("RECUS EMIS EUROS EURO DONT MOINS SUITE")
)

# How long an account number of each country is (ISO 13616 registry). "VE2603078369" begins like one only to the eye.
IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL FK SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK MN",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM TL SO",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
