"""Documents and payments of Gestion commerciale to Invoice, CreditNote, Instalment, Receipt and SettlementLine."""

from __future__ import annotations

from collections.abc import Sequence

from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.faults import rejected
from hub.plugins.sage100.layout import Layout, day_of, minor
from hub.plugins.sage100.records import Records, Row, Work
from hub.sdk import RawUnit

#: DO_Provenance of a return invoice and of a credit note: both count negative.
_CREDIT = (1, 2)
_DOCUMENT = "seller number debtor_id issued_on currency total_minor total_excl_tax_minor order_ref"

#: The line of the payment itself in its settlement; the others bear their DR_No, a 32-bit number.
PAYMENT_LINE = 1 << 40


def map_documents(layout: Layout, config: Sage100Config, records: Records) -> Work:
    """One document with its due dates: a row for each, or one row without any."""

    def work(unit: RawUnit, rows: Sequence[Row]) -> None:
        row = dict(zip(layout.columns, rows[0], strict=True))
        where, seller, number = unit.place, config.seller, row["DO_Piece"]
        issued = day_of(row["DO_Date"])
        if issued is None:
            raise rejected("HUB-SAGE-025", where, column="DO_Date")
        total = row["DO_TotalTTC"]
        credit = row["DO_Provenance"] in _CREDIT or total < 0
        net = minor(row["DO_TotalHT"], config.currency, where) or None
        common = (
            seller, number, row["DO_Tiers"], issued, config.currency, minor(total, config.currency, where), net,
            row["DO_Ref"] or None,
        )  # fmt: skip
        if credit:
            records.into("credit_note", _DOCUMENT)(*common)
            return
        due = [dict(zip(layout.columns, one, strict=True)) for one in rows if one[-3]]
        days = sorted((str(day_of(one["DR_Date"]) or ""), one["DR_Montant"]) for one in due)
        last = days[-1][0] if days else ""
        records.into("invoice", f"{_DOCUMENT} due_on")(*common, last or None)
        if len(days) < 2 or not days[0][0]:
            return
        amounts = [minor(amount, config.currency, where) for _, amount in days]
        if 0 in amounts:  # a balancing instalment has no amount of its own (DR_Equil): it takes the rest
            amounts[amounts.index(0)] = max(0, common[5] - sum(amounts))
        add = records.into("instalment", "seller invoice_number due_on rank amount_minor currency")
        for rank, ((day, _), amount) in enumerate(zip(days, amounts, strict=True), 1):
            add(seller, number, day, rank, amount, config.currency)

    return work


def map_payments(layout: Layout, config: Sage100Config, records: Records) -> Work:
    """One payment of F_CREGLEMENT: a receipt in the company's currency."""

    def work(unit: RawUnit, rows: Sequence[Row]) -> None:
        row = dict(zip(layout.columns, rows[0], strict=True))
        where, day, amount = unit.place, day_of(row["RG_Date"]), row["RG_Montant"]
        if day is None:
            raise rejected("HUB-SAGE-025", where, column="RG_Date")
        if amount < 0:
            raise rejected("HUB-SAGE-027", where, column="RG_Montant", amount=amount // 1_000_000)
        told = "\n".join(text for text in (row["RG_Libelle"], row["RG_Reference"]) if text)
        key = f"RG{row['RG_No']}"
        records.add(
            "receipt",
            source_key=key,
            receipt_id=key,
            seller=config.seller,
            debtor_id=row["CT_NumPayeur"] or None,
            received_on=day,
            amount_minor=minor(amount, config.currency, where),
            currency=config.currency,
            remittance=told or None,
            method=layout.methods.get(row["N_Reglement"]),
            bank_ref=row["RG_Piece"] or None,
        )

    return work


def map_allocations(layout: Layout, config: Sage100Config, records: Records) -> Work:
    """What one payment was applied to (F_REGLECH): a settlement line for each instalment, one for the payment."""

    def work(unit: RawUnit, rows: Sequence[Row]) -> None:
        where, currency, used = unit.place, config.currency, 0
        for values in rows:
            row = dict(zip(layout.columns, values, strict=True))
            day = day_of(row["RG_Date"])
            if day is None:
                raise rejected("HUB-SAGE-025", where, column="RG_Date")
            amount = minor(row["RC_Montant"], currency, where)
            used += amount if row["RC_Montant"] > 0 else -amount
            records.add(
                "settlement_line",
                seller=config.seller,
                settlement_id=f"RG{row['RG_No']}",
                line=row["DR_No"],
                debtor_id=row["CT_NumPayeur"],
                settled_on=day,
                target="invoice" if row["RC_Montant"] > 0 else "credit_note",
                document_number=row["DO_Piece"],
                amount_minor=amount,
                currency=currency,
            )
        last = dict(zip(layout.columns, rows[-1], strict=True))
        if used > 0:
            records.add(
                "settlement_line",
                seller=config.seller,
                settlement_id=f"RG{last['RG_No']}",
                line=PAYMENT_LINE,
                debtor_id=last["CT_NumPayeur"],
                settled_on=day_of(last["RG_Date"]),
                target="receipt",
                document_number=f"RG{last['RG_No']}",
                amount_minor=used,
                currency=currency,
            )

    return work
