"""The connector itself: its streams, what is asked for each row, and the refs that still exist."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from hub.sdk import Context, Cursor, Page, RawUnit, Stream
from hub.sdk.records import Record
from hub_dolibarr.api import Api, Row
from hub_dolibarr.config import DolibarrConfig
from hub_dolibarr.customers import customer
from hub_dolibarr.faults import another_form
from hub_dolibarr.invoices import document
from hub_dolibarr.reading import Feed, Reader
from hub_dolibarr.settling import CREDIT_NOTE

#: Raised when units are made in another way: everything is then read again.
READER_VERSION = 2

# What is kept of a row, as it was sent. The rest is of no use here, changes without meaning, or is a secret (an invoice
# comes with the address of its payment page, which holds a key).
CUSTOMER_FIELDS = (
    "id name name_alias code_client client entity status idprof1 idprof2 tva_intra email phone address zip town "
    "country_code typent_code outstanding_limit parent multicurrency_code cond_reglement_code"
).split()
INVOICE_FIELDS = (
    "id ref type status statut paye close_code entity socid date date_lim_reglement date_closing ref_client "
    "ref_customer cond_reglement_code cond_reglement_doc total_ht total_tva total_ttc multicurrency_code "
    "multicurrency_total_ht multicurrency_total_tva multicurrency_total_ttc totalpaid totalcreditnotes totaldeposits "
    "remaintopay fk_facture_source"
).split()
PAYMENT_FIELDS = ("amount", "type", "date", "num", "ref")
DISCOUNT_FIELDS = ("rowid", "ref", "factype", "fk_facture_source", "amount_ttc", "fk_facture", "fk_facture_line")
SOURCE_FIELDS = ("total_ttc", "multicurrency_code", "multicurrency_total_ttc")


class Dolibarr:
    """One company in Dolibarr. Plays RecordSource and KeySweep. Sends GET and nothing else."""

    def __init__(self, config: DolibarrConfig, context: Context) -> None:
        self._config = config
        self._api = api = Api(config, context)
        told = json.dumps([READER_VERSION, config.address, config.entity])
        asked = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
        customers = Feed("/thirdparties", "", lambda row: False, _customer_unit)
        invoices = Feed("/invoices", "(t.fk_statut:=:1)", _is_open, self._invoice_unit, self._is_ours)
        self._readers = {
            "customers": Reader(api, customers, asked, config.look_back),
            "invoices": Reader(api, invoices, asked, config.look_back),
        }

    def streams(self) -> Sequence[Stream]:
        """Who owes, then what is owed and how it was paid."""
        return [Stream(name, repeats="latest", swept=self._config.sweep) for name in self._readers]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """The next rows that changed. Nothing changed since the last run: one empty page."""
        return self._readers[stream].page(cursor, limit)

    def sweep(self, stream: str) -> Iterator[str]:
        """Ids that exist in Dolibarr now."""
        return self._readers[stream].existing()

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """The records of one row; none of a supplier or a draft."""
        make = customer if stream == "customers" else document
        return make(json.loads(unit.body), self._config.seller, self._config.currency, unit.place)

    def _is_ours(self, row: Row) -> bool:
        """False for an invoice that another company of this Dolibarr shares with the one asked for."""
        entity = self._config.entity
        return entity is None or str(row.get("entity") or entity) == str(entity)

    def _source_of(self, discount: Row) -> dict[str, Row]:
        """The totals of the credit note that a discount comes from, when it is in another currency: the discount itself
        is told in the main one only."""
        number = str(discount.get("fk_facture_source") or "")
        if str(discount.get("factype")) != str(CREDIT_NOTE) or not number.isdecimal():
            return {}
        found = self._api.attached("/invoices", sqlfilters=f"(t.rowid:=:{number})", limit="1", page="0")
        rows = [_only(row, SOURCE_FIELDS) for row in found if str(row.get("id")) == number]
        abroad = [row for row in rows if row.get("multicurrency_code") not in (None, "", self._config.currency)]
        return {"source": abroad[0]} if abroad else {}

    def _invoice_unit(self, row: Row) -> RawUnit:
        """An invoice with what paid it: asked for where Dolibarr's sums say that there is something."""
        number, debtor = str(row["id"]), str(row.get("socid"))
        payments: list[Row] = []
        discounts: list[Row] = []
        if _given(row, "totalpaid") or _given(row, "totalcreditnotes") or _given(row, "totaldeposits"):
            payments = self._api.attached(f"/invoices/{number}/payments")
        used = _discounts_in_lines(row)
        if debtor.isdecimal() and (used or _given(row, "totalcreditnotes") or _given(row, "totaldeposits")):
            for discount in self._api.attached(f"/thirdparties/{debtor}/fixedamountdiscounts", filter="used"):
                if str(discount.get("fk_facture")) == number or str(discount.get("rowid")) in used:
                    discounts.append(discount)
        parts: dict[str, Any] = {
            "invoice": _only(row, INVOICE_FIELDS),
            "payments": [_only(payment, PAYMENT_FIELDS) for payment in payments],
            "discounts": [_only(discount, DISCOUNT_FIELDS) | self._source_of(discount) for discount in discounts],
        }
        return RawUnit(number, _body(parts), place=f"invoice {row.get('ref') or ''} (id {number})")


def _customer_unit(row: Row) -> RawUnit:
    return RawUnit(str(row["id"]), _body(_only(row, CUSTOMER_FIELDS)), place=f"third party id {row['id']}")


def _is_open(row: Row) -> bool:
    """Validated, and neither paid nor abandoned."""
    return str(row.get("status", row.get("statut"))) == "1"


def _given(row: Row, name: str) -> bool:
    """False for nothing and for zero, however it is written."""
    return bool(str(row.get(name) or "").strip("0.+- "))


def _discounts_in_lines(row: Row) -> set[str]:
    """Ids of the discounts that stand as lines of the invoice: they have lowered its total."""
    lines = row.get("lines") or []
    if isinstance(lines, dict):  # PHP writes a list with gaps as an object
        lines = list(lines.values())
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise another_form(f"/invoices/{row['id']}", lines)
    return {str(line["fk_remise_except"]) for line in lines if line.get("fk_remise_except")}


def _only(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names if row.get(name) is not None}


def _body(value: object) -> bytes:
    # A Decimal as text: what was a number with a point is read like the numbers that Dolibarr sends as texts.
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()
