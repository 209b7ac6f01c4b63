"""The vocabulary of French bank labels and company names. Data only; all words folded (upper case ASCII)."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Forms of companies and words that say nothing about which company it is.
LEGAL_FORMS = _set(
    """SAS SASU SA SARL SLU SL LLP EK EURL SNC SCI SCS SCA SCOP GIE GAEC EARL SELARL SELAS SCP SCM SCCV SEM SPL SE EI
    EIRL EARL
    STE SOC SOCIETE ETS ETABL ETABLISSEMENT ETABLISSEMENTS ENT ENTREPRISE ENTREPRISES CIE COMPAGNIE ASSOC ASSOCIATION
    GMBH LTD LIMITED INC BV BVBA SPRL SRL SPA NV AG KG PLC LLC CORP MR MM MME MMES MLLE MLE MELLE DR MONSIEUR MADAME
    MADEMOISELLE ME MAITRE DOCTEUR"""
)
FORM_BEGINNINGS = frozenset(form[:n] for form in LEGAL_FORMS for n in range(1, len(form) + 1))  # what a cut leaves
SMALL_WORDS = _set("ET OU LE LA LES DU DE DES D L AU AUX A EN THE AND OF UN UNE SUR SOUS PAR POUR")

# Words that announce an invoice number without being part of it.
INVOICE_WORDS = _set(
    """F FA FAC FACT FACTS FACTURE FACTURES FCT FCTS FT FTS FTR FRA FV FC FAV FACTN INV INVOICE INVOICES BILL N
    NO NR NUM
    NUMERO NUMEROS NUMS NOS REF REFS REFERENCE REFERENCES RF PIECE PIECES DOC DOCUMENT ECH ECHEANCE VOTRE VOS VREF VIR
    VIRT VRT VIREMENT VIREMENTS SEPA INST INSTANTANE RECU DE DU MOTIF LIB LIBELLE RGLT RGT REGL REGLT REGLEMENT
    REGLEMENTS PAIEMENT PAIEMENTS PAYMENT PMT PAYT PAIE PAIMT SOLDE ACPTE ACOMPTE ACC PARTIEL ET AND POUR FOR DES LES LA
    LE A AU NOTPROVIDED EUR YOUR OUR RECHNUNG RECHNUNGEN RECHNUNGSNR RECHNUNGSNUMMER RG RGNR RE RNR ZAHLUNG ZU
    UND FACTURA FACTURAS FRE FRAS PAGO SU Y FATTURA FATTURE"""
)
CREDIT_NOTE_WORDS = _set("AV AVR AVOIR AVOIRS AVO NC CN CREDIT AVC GUTSCHRIFT GS ABONO")
REFUND_WORDS = _set("REMBOURSEMENT REMBOURSEMENTS REMBOURST REMB REMBT RMBT RBT REFUND")
REFERENCE_WORDS = _set("REF REFERENCE REFS RF")  # announce the payer's, the bank's or our own number
LIST_WORDS = _set("ET AND PLUS UND Y")
RANGE_WORDS = _set("A AU TO JUSQU JUSQUE BIS AL HASTA THRU THROUGH")

# Words that announce a number which is no invoice number.
ORDER_WORDS = _set("CDE CDES CMD CMDE COMMANDE COMMANDES BC BDC PO ORDER ORDRE BONCDE DEVIS DEV MARCHE ENGAGEMENT EJ")
OTHER_NUMBER_WORDS = _set(
    """BL LIVRAISON CLIENT CLT CLIENTS CPT CPTE COMPTE CTE CONTRAT CTR DOSSIER DOS MANDAT RUM ICS TEL TELEPHONE FAX CHQ
    CHEQUE CHEQUES LOT AFFAIRE AFF CHANTIER SIRET SIREN TVA RCS IBAN BIC RIB NAF APE CODE CP BP TICKET CARTE ADHERENT
    ABONNEMENT ABO POLICE SINISTRE SITE AGENCE BORDEREAU BORD ABONNE CUSTOMER KUNDE KUNDENNR KDNR"""
)

# What the name of who pays for others has more than theirs, a company that holds them or a manager of co-owned houses:
# "Stratelia Holding" is not "Stratelia SARL".
GROUP_WORDS = _set(
    "HOLDING GROUPE GROUP FINANCES FINANCE FINANCIERE PARTICIPATIONS CENTRALE INVESTISSEMENTS INVEST SYNDIC"
)
# Who pays what a court gave him, or a bankrupt left: a part of a file, charges kept, and no invoice's to the cent.
LAW_WORDS = _set(
    """HUISSIER HUISSIERS JUSTICE CARPA JUDICIAIRE JUDICIAIRES LIQUIDATEUR LIQUIDATEURS LIQUIDATION TRIBUNAL GREFFE
    REDRESSEMENT LJ RJ"""
)
CLAIM_WORDS = _set("PRORATA PENALITE PENALITES LITIGE LITIGES")  # why a part is kept back: no discount, and still owed
RETENTION_WORDS = _set("RETENUE RETENUES RG GARANTIE")  # what a builder's customer keeps for a year
CUSTOMER_WORDS = _set("CLIENT CLIENTS CLT CPT CPTE COMPTE CTE CODE ADHERENT ABONNE CUSTOMER KUNDE KUNDENNR KDNR")

# The payer says that it pays a statement, a month, everything, or only a part.
SITUATION_WORDS = _set("SITUATION SIT")  # before a number: a builder's invoice within its contract
STATEMENT_WORDS = _set("RELEVE RELEVES REL RLV STATEMENT SITUATION")
PART_WORDS = _set(
    "ACOMPTE ACPTE ACOMPTES PARTIEL PARTIELLE PARTIE VERSEMENT AVANCE ARRHES ECHEANCIER MENSUALITE VALOIR PROVISION"
)
RENT_WORDS = _set("LOYER LOYERS TERME QUITTANCE")
DUE_WORDS = RENT_WORDS | _set("CHARGES REDEVANCE COTISATION COTISATIONS")
MONTHLY_WORDS = DUE_WORDS | _set(  # what falls due every month, and goes before the month that is paid
    """MOIS PERIODE ABONNEMENT ABONNEMENTS ABO ABT MENSUALITE MENSUALITES FORFAIT LOCATION MAINTENANCE HONORAIRES"""
)
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
    | DUE_WORDS
    | LEGAL_FORMS
    | SMALL_WORDS
    | frozenset(MONTHS)
    | _set("RECUS EMIS EUROS EURO DONT MOINS SUITE FAVEUR")
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
