"""The canonical names of columns and the French and English headers that mean them.

Sources: DESIGN §7 (canonical names), formats.md §7 (French headers).
"""

from __future__ import annotations

#: Canonical field -> headers that mean it, by kind, best first. The field's own name is always understood.
# fmt: off
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "debtors": {
        "debtor_id": (
            "Code client", "N° client", "Numéro client", "N° compte tiers", "Compte tiers", "Compte auxiliaire",
            "CompAuxNum", "Code tiers", "Tiers", "Compte", "Code", "customer_id", "customer_code", "account",
            "account_number", "customer_number", "client_id",
        ),
        "name": (
            "Nom client", "Raison sociale", "Intitulé", "Dénomination", "Nom", "Client", "CompAuxLib",
            "Nom du client", "customer_name", "company", "company_name", "debtor_name",
        ),
        "legal_name": ("Dénomination sociale", "Nom légal", "Raison sociale légale"),
        "siren": ("N° SIREN", "SIREN client"),
        "siret": ("N° SIRET", "SIRET client"),
        "vat_number": (
            "N° TVA", "Numéro TVA", "TVA intracommunautaire", "N° TVA intracommunautaire", "N° TVA intra",
            "TVA intra", "Identifiant", "vat", "vat_id",
        ),
        "iban": ("ibans", "IBAN client", "Compte bancaire"),
        "parent_id": ("Société mère", "Maison mère", "Code groupe", "Compte payeur"),
        "currency": ("Devise", "Code devise", "Monnaie"),
        "payment_terms": ("Conditions de paiement", "Conditions de règlement", "Délai de paiement", "terms"),
        "email": ("Courriel", "Adresse e-mail", "Mail", "e-mail"),
        "phone": ("Téléphone", "Tél", "telephone"),
        "address": ("Adresse", "Adresse 1", "Rue", "street"),
        "postal_code": ("Code postal", "CP", "zip", "postcode"),
        "city": ("Ville", "Commune", "town"),
        "country": ("Pays", "Code pays", "country_code"),
        "category": ("Catégorie", "Type de client"),
        "risk_class": ("Code risque", "Classe de risque", "Risque"),
        "credit_limit": ("Encours autorisé", "Plafond", "Limite de crédit", "Encours maximum"),
        "seller": ("Société", "Entité", "Dossier", "entity", "Vendeur", "company_code"),
    },
    "invoices": {
        "number": (
            "N° facture", "Numéro facture", "Numéro de facture", "Réf. facture", "Référence facture", "Facture",
            "N° pièce", "Numéro de pièce", "Numéro pièce", "Pièce", "N° document", "Document", "Numéro",
            "invoice_number", "invoice_no", "invoice", "document_number", "invoice_id", "Référence",
        ),
        "seller": ("Société", "Entité", "Dossier", "entity", "Vendeur", "company_code"),
        "debtor_id": (
            "Code client", "N° client", "Numéro client", "N° compte tiers", "Compte tiers", "Compte auxiliaire",
            "CompAuxNum", "Code tiers", "Tiers", "customer_id", "customer_code", "account_number", "client_id",
            "customer_number",
        ),
        "type": ("Type de pièce", "Type document", "Type de document", "Nature", "document_type", "Type facture"),
        "issued_on": (
            "Date facture", "Date de facture", "Date de facturation", "Date d'émission", "Date de pièce",
            "Date pièce", "Date document", "Date", "issue_date", "invoice_date", "document_date",
        ),
        "due_on": (
            "Échéance", "Date échéance", "Date d'échéance", "Échu le", "due_date", "Date limite de paiement",
            "Règlement dû le",
        ),
        "currency": ("Devise", "Code devise", "Monnaie"),
        "total_excl_tax": ("Montant HT", "Total HT", "HT", "net_amount", "total_net"),
        "tax": ("Montant TVA", "TVA", "Total TVA", "vat_amount", "tax_amount"),
        "total": (
            "Montant TTC", "Total TTC", "TTC", "Net à payer", "Montant", "Montant facture", "amount",
            "gross_amount", "total_amount", "invoice_amount", "Total signé", "Montant net à payer",
        ),
        "debit": ("Débit", "Montant débit"),
        "credit": ("Crédit", "Montant crédit"),
        "direction": ("Sens",),
        "open_amount": (
            "Reste à payer", "Reste dû", "Restant dû", "Solde dû", "Solde", "Encours", "balance", "open",
            "amount_due", "outstanding", "Montant dû",
        ),
        "paid": ("Montant réglé", "Réglé", "Payé", "Montant payé", "Acompte", "amount_paid"),
        "paid_on": ("Date règlement", "Date de règlement", "Date paiement", "Date de paiement", "payment_date"),
        "book_total": ("Montant devise société", "Contre-valeur", "Contrevaleur"),
        "book_currency": ("Devise société", "Devise de tenue"),
        "order_ref": (
            "N° commande", "Commande", "Bon de commande", "Référence commande", "Réf. commande", "po_number",
        ),
        "payment_ref": ("Référence paiement", "Référence de paiement", "RF", "payment_reference"),
        "payment_terms": ("Conditions de paiement", "Conditions de règlement", "Délai de paiement", "terms"),
        "discount_terms": ("Escompte", "Conditions d'escompte"),
        "corrects": ("Facture d'origine", "Facture origine", "Facture corrigée", "corrected_invoice"),
        "label": ("Libellé", "Objet", "Désignation", "description", "Intitulé pièce"),
        "debtor_name": (
            "Nom client", "Client", "Raison sociale", "Intitulé", "Dénomination", "Nom", "Nom du client",
            "CompAuxLib", "customer_name", "customer", "company_name", "Nom tiers", "Partenaire",
            "Nom d'affichage du partenaire de la facture", "Invoice Partner Display Name",
        ),
        "siren": ("N° SIREN", "SIREN client"),
        "siret": ("N° SIRET", "SIRET client"),
        "vat_number": (
            "N° TVA", "TVA intracommunautaire", "N° TVA intracommunautaire", "N° TVA intra", "Identifiant",
        ),
        "email": ("Courriel", "Adresse e-mail", "Mail", "e-mail"),
    },
    "instalments": {
        "invoice_number": ("N° facture", "Numéro facture", "Facture", "N° pièce", "Pièce", "number", "invoice"),
        "seller": ("Société", "Entité", "Dossier", "entity", "Vendeur", "company_code"),
        "due_on": ("Échéance", "Date échéance", "Date d'échéance", "due_date"),
        "amount": ("Montant", "Montant TTC", "Montant échéance"),
        "currency": ("Devise", "Code devise"),
    },
    "receipts": {
        "receipt_id": ("N° règlement", "Numéro règlement", "transaction_id", "payment_id"),
        "received_on": (
            "Date opération", "Date d'opération", "Date de l'opération", "Date règlement", "Date de règlement",
            "Date paiement", "Date de paiement", "Date comptable", "Date encaissement", "Date", "booking_date",
            "transaction_date", "Date de l'opération (locale)", "Date de comptabilisation",
        ),
        "value_on": ("Date de valeur", "Date valeur", "Valeur", "value_date", "Date de la valeur (locale)"),
        "amount": (
            "Montant", "Montant réglé", "Montant opération", "Montant opération en euro", "Montant encaissé",
            "Montant (euros)", "Montant total (TTC)",
        ),
        "debit": ("Débit", "Montant débit", "Débit euros"),
        "credit": ("Crédit", "Montant crédit", "Crédit euros"),
        "direction": ("Sens",),
        "currency": ("Devise", "Code devise"),
        "payer_name": (
            "Nom payeur", "Payeur", "Donneur d'ordre", "Nom client", "Client", "Tiers", "Émetteur",
            "Nom de la contrepartie", "Contrepartie", "payer",
        ),
        "payer_iban": ("IBAN payeur", "IBAN donneur d'ordre", "IBAN"),
        "remittance": (
            "Détail de l'écriture", "Libellé", "Libellé opération", "Motif", "Communication", "Détail", "description",
            "label", "reference_text",
        ),
        "end_to_end_ref": ("Référence bout en bout", "end_to_end_id", "e2e"),
        "structured_ref": ("Référence structurée",),
        "bank_ref": ("Référence", "Réf.", "Référence opération", "Référence banque", "reference"),
        "method": ("Mode de règlement", "Mode de paiement", "Mode", "payment_method"),
        "transaction_code": ("Code opération", "Code interbancaire", "CIB"),
        "account": ("Compte", "N° compte", "Compte bancaire", "IBAN compte"),
        "seller": ("Société", "Entité", "Dossier", "entity", "Vendeur", "company_code"),
        "fee": ("Frais", "Commission"),
        "debtor_id": (
            "Code client", "N° client", "Numéro client", "N° compte tiers", "Compte tiers", "Code tiers",
            "CompAuxNum", "customer_id", "customer_code",
        ),
        "batch_ref": ("Bordereau", "N° bordereau", "N° remise", "Numéro de remise", "batch"),
        "original_amount": ("Montant d'origine", "Montant origine", "Montant devise"),
        "original_currency": ("Devise d'origine", "Devise origine"),
    },
    "payouts": {
        "payout_id": ("Virement", "N° virement", "payout"),
        "charge_id": ("Paiement", "N° paiement", "charge", "transaction_id"),
        "invoice_number": ("N° facture", "Numéro facture", "Facture", "invoice"),
        "seller": ("Société", "Entité", "Dossier", "entity"),
        "paid_on": ("Date", "Date paiement", "Date de paiement"),
        "gross": ("Brut", "Montant brut"),
        "fee": ("Frais", "Commission"),
        "net": ("Net", "Montant net"),
        "currency": ("Devise", "Code devise"),
    },
    "remittances": {
        "remittance_id": (
            "N° avis", "Avis", "N° avis de paiement", "N° paiement", "N° virement", "Référence paiement",
            "Référence virement", "advice", "advice_number", "payment_reference", "payment_id",
        ),
        "dated_on": (
            "Date de paiement", "Date paiement", "Date de virement", "Date virement", "Date d'avis",
            "Date de règlement", "Date règlement", "payment_date", "paid_on",
        ),
        "invoice_number": (
            "N° facture", "Numéro facture", "Facture", "Votre facture", "Votre référence", "N° pièce", "Pièce",
            "Référence facture", "invoice", "document_number", "your_reference", "number",
        ),
        "type": ("Type de pièce", "Type document", "Nature", "Type", "document_type"),
        "amount": (
            "Montant payé", "Montant réglé", "Net payé", "Net à payer", "Montant", "Montant TTC", "amount_paid",
            "net_amount", "paid_amount",
        ),
        "currency": ("Devise", "Code devise"),
        "debtor_id": ("Code client", "N° client", "Compte tiers", "Code tiers", "customer_id"),
    },
    "settlements": {
        "invoice_number": ("N° facture", "Numéro facture", "Facture", "N° pièce", "Pièce", "number", "invoice"),
        "type": ("Type de pièce", "Type document", "Nature", "document_type"),
        "receipt_id": ("N° règlement", "Numéro règlement", "Règlement", "payment_id"),
        "settled_on": ("Date lettrage", "Date de lettrage", "Date règlement", "Date de règlement", "Date"),
        "amount": ("Montant", "Montant lettré", "Montant réglé", "Montant imputé"),
        "currency": ("Devise", "Code devise"),
        "debtor_id": ("Code client", "N° client", "Compte tiers", "Code tiers", "CompAuxNum", "customer_id"),
        "seller": ("Société", "Entité", "Dossier", "entity", "Vendeur", "company_code"),
    },
    "control_totals": {
        "debtor_id": (
            "Code client", "N° client", "N° compte tiers", "Compte tiers", "Compte auxiliaire", "CompAuxNum",
            "Code tiers", "Tiers", "Compte", "customer_id", "customer_code", "account", "account_number",
        ),
        "balance_on": ("Date", "Date solde", "Date du solde", "Arrêté au", "as_of", "date_of_balance"),
        "balance": ("Solde", "Solde du compte", "Solde débiteur", "Montant", "amount"),
        "currency": ("Devise", "Code devise"),
        "seller": ("Société", "Entité", "Dossier", "entity", "Vendeur", "company_code"),
    },
}
# fmt: on

#: What a file must have: each inner tuple is an alternative of sets joined by "+".
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "debtors": (("debtor_id",), ("name",)),
    "invoices": (("number",), ("debtor_id", "debtor_name"), ("issued_on",), ("total", "debit+credit")),
    "instalments": (("invoice_number",), ("due_on",), ("amount",)),
    "receipts": (("received_on",), ("amount", "credit", "debit+credit")),
    "payouts": (("payout_id",), ("charge_id",), ("gross",), ("fee", "net")),
    "remittances": (("invoice_number",), ("amount",), ("remittance_id", "dated_on")),
    "settlements": (("invoice_number",), ("settled_on",), ("amount",)),
    "control_totals": (("debtor_id",), ("balance_on",), ("balance",)),
}

DATES = frozenset({"issued_on", "due_on", "paid_on", "received_on", "value_on", "settled_on", "balance_on", "dated_on"})
AMOUNTS = frozenset(
    "total_excl_tax tax total debit credit open_amount paid book_total amount fee original_amount gross net "
    "credit_limit balance".split()
)
