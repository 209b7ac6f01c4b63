"""Customers of F_COMPTET to Debtor. A blank or malformed SIRET is normal in Sage: it is left out, not refused."""

from __future__ import annotations

from collections.abc import Sequence

from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.faults import rejected
from hub.plugins.sage100.layout import Layout, minor
from hub.plugins.sage100.records import Records, Row, Work
from hub.sdk import RawUnit


def map_debtors(layout: Layout, config: Sage100Config, records: Records) -> Work:
    """One row, one debtor."""

    def work(unit: RawUnit, rows: Sequence[Row]) -> None:
        row = dict(zip(layout.columns, rows[0], strict=True))
        code = row["CT_Num"]
        if not code:
            raise rejected("HUB-SAGE-025", unit.place, column="CT_Num")
        siret = "".join(filter(str.isdigit, row["CT_Siret"]))
        currency = layout.currency(row["N_Devise"], config.currency, unit.place)
        payer = row["CT_NumPayeur"]
        records.add(
            "debtor",
            seller=config.seller,
            debtor_id=code,
            name=row["CT_Intitule"] or code,
            siren=siret[:9] if len(siret) == 14 else None,
            siret=siret if len(siret) == 14 else None,
            vat_number="".join(row["CT_Identifiant"].split()) or None,
            parent_id=payer if payer and payer != code else None,
            currency=currency,
            email=row["CT_EMail"] or None,
            phone=row["CT_Telephone"] or None,
            address=row["CT_Adresse"] or None,
            postal_code=row["CT_CodePostal"] or None,
            city=row["CT_Ville"] or None,
            country=row["CT_Pays"] or None,
            risk_class=str(row["N_Risque"]) if row["N_Risque"] else None,
            credit_limit_minor=minor(row["CT_Encours"], config.currency, unit.place) or None,
        )

    return work
