"""A Dolibarr in memory: invoices, payments and discounts, answered as its REST API does. Not more than the tests need.

Amounts are decimal texts with eight places, days are seconds at midnight in Paris, an empty list is a 404 when asked to
behave like an older version. `tms` moves only when the row itself changes: a payment leaves it where it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import httpx

KEY = "canary-dol-4711"
API = "/api/index.php"
PARIS = ZoneInfo("Europe/Paris")
Row = dict[str, Any]
_CRITERION = re.compile(r"\(t\.(\w+):(>=|>|=):('[^']*'|\d+)\)")


def seconds(day: str) -> int:
    """The second at which a day begins in Paris."""
    return int(datetime.fromisoformat(day).replace(tzinfo=PARIS).timestamp())


@dataclass
class FakeDolibarr:
    """One company. `before` is called with each request before it is answered: what happens while we read."""

    key: str = KEY
    empty_is_404: bool = False
    most: int = 1_000
    now: int = field(default_factory=lambda: seconds("2026-06-01") + 36_000)
    before: Callable[[str, Mapping[str, str]], object] | None = None
    third_parties: dict[int, Row] = field(default_factory=dict)
    invoices: dict[int, Row] = field(default_factory=dict)
    payments: list[Row] = field(default_factory=list)  # invoice, amount, type, date, num, ref
    discounts: list[Row] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: dict[int, Row] = field(default_factory=dict)  # fields of an invoice that are told otherwise

    def tick(self) -> int:
        """A second later."""
        self.now += 1
        return self.now

    def third_party(self, number: int, name: str, **more: Any) -> Row:
        """A customer."""
        plain = {"id": str(number), "name": name, "client": "1", "code_client": f"CU{number:04}", "country_code": "FR"}
        row = self.third_parties[number] = {**plain, "entity": "1", "date_modification": self.tick(), **more}
        return row

    def invoice(self, number: int, total: str, socid: int = 1, day: str = "2026-05-04", **more: Any) -> Row:
        """A validated invoice over `total` with VAT of 20 %."""
        net = round(Decimal(total) / Decimal("1.2"), 2)
        row = self.invoices[number] = {
            "id": str(number), "ref": f"FA2605-{number:04}", "type": "0", "status": "1", "statut": "1", "paye": "0",
            "close_code": None, "entity": "1", "socid": str(socid), "date": seconds(day),
            "date_lim_reglement": seconds(day) + 30 * 86_400, "total_ht": f"{net:.8f}",
            "total_tva": f"{Decimal(total) - net:.8f}", "total_ttc": f"{Decimal(total):.8f}", "lines": [],
            "multicurrency_code": "EUR", "cond_reglement_code": "30D", "date_modification": self.tick(),
            "online_payment_url": "https://erp.test/public/payment?securekey=never-kept", **more,
        }  # fmt: skip
        return row

    def credit_note(self, number: int, total: str, **more: Any) -> Row:
        """A validated credit note over `total`, which is below zero."""
        return self.invoice(number, total, **{"type": "2", "ref": f"AV2605-{number:04}", **more})

    def pay(
        self, number: int, amount: str, ref: str, day: str = "2026-05-20", kind: str = "VIR", num: str = ""
    ) -> None:
        """A payment, or the part of one: nothing in the invoice's own row changes."""
        date = f"{day} 12:00:00"
        self.payments.append(
            {"invoice": number, "amount": f"{Decimal(amount):.8f}", "type": kind, "date": date, "num": num, "ref": ref}
        )

    def delete_payment(self, ref: str) -> None:
        """All its parts; again nothing in the rows of the invoices."""
        self.payments = [payment for payment in self.payments if payment["ref"] != ref]

    def set(self, number: int, **fields: Any) -> None:
        """Change the row of an invoice: paid, abandoned, reopened."""
        if "status" in fields:
            fields["statut"] = fields["status"]
        self.invoices[number] |= {**fields, "date_modification": self.tick()}

    def discount(self, rowid: int, source: int, amount: str, *, on: int = 0, line: int = 0, socid: int = 1) -> None:
        """A credit kept as a discount, used on invoice `on` or in a line of it, or not yet."""
        self.discounts.append({
            "rowid": str(rowid), "socid": socid, "ref": self.invoices[source]["ref"], "fk_facture_source": str(source),
            "factype": self.invoices[source]["type"], "amount_ttc": f"{amount}.00000000",
            "fk_facture": str(on) if on else None, "fk_facture_line": str(line) if line else None,
            "date": "2026-05-25 09:30:00",
        })  # fmt: skip

    def remains(self, number: int) -> Decimal:
        """What Dolibarr says remains to pay."""
        return Decimal(self._shown(self.invoices[number])["remaintopay"])

    def open_total(self) -> Decimal:
        """The sum over what is neither paid nor abandoned, less credit notes that wait as discounts."""
        rows = [row for row in self.invoices.values() if row["status"] == "1"]
        waiting = sum(
            Decimal(one["amount_ttc"])
            for one in self.discounts
            if one["factype"] == "2" and not one["fk_facture"] and not one["fk_facture_line"]
        )
        return sum((self.remains(int(row["id"])) for row in rows), Decimal(0)) - waiting

    def answer(self, path: str, params: Mapping[str, str], key: str | None) -> tuple[int, Any]:
        """Status and document for one GET."""
        self.asked.append(path)
        if self.before is not None:
            self.before(path, params)
        if key != self.key:
            return 401, {"error": {"code": 401, "message": f"Unauthorized: Access not allowed for key {key}"}}
        if path in ("/invoices", "/thirdparties"):
            table = self.invoices if path == "/invoices" else self.third_parties
            found = self._listed(table, params)
            if not found and self.empty_is_404:
                return 404, {"error": {"code": 404, "message": f"Not Found: no {path[1:]} found"}}
            return 200, found
        if match := re.fullmatch(r"/invoices/(\d+)/payments", path):
            return 200, self._payments_of(int(match[1]))
        if match := re.fullmatch(r"/thirdparties/(\d+)/fixedamountdiscounts", path):
            mine = [one for one in self.discounts if one["socid"] == int(match[1])]
            return 200, [one for one in mine if one["fk_facture"] or one["fk_facture_line"]]
        return 404, {"error": {"code": 404, "message": "Not Found"}}

    def handle(self, request: httpx.Request) -> httpx.Response:
        """For a client without a network."""
        path = request.url.path.removeprefix(API)
        status, found = self.answer(path, dict(request.url.params), request.headers.get("DOLAPIKEY"))
        return httpx.Response(status, json=found)

    def serve(self) -> ThreadingHTTPServer:
        """The same on a port of this machine; the caller shuts it down."""
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                path = parts.path.removeprefix(API)
                status, found = fake.answer(path, dict(parse_qsl(parts.query)), self.headers.get("DOLAPIKEY"))
                body = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        return server

    def _listed(self, table: Mapping[int, Row], params: Mapping[str, str]) -> list[Row]:
        rows = [row for row in table.values() if self._meets(row, params.get("sqlfilters", ""))]
        by_change = params.get("sortfield") == "t.tms"
        rows.sort(
            key=lambda row: (row.get("date_modification", 0), int(row["id"])) if by_change else int(row["id"]),
            reverse=params.get("sortorder") == "DESC",
        )
        shown = [self._shown(row) for row in rows[: min(int(params.get("limit", 100)), self.most)]]
        names = params.get("properties")
        return [{name: row[name] for name in names.split(",")} for row in shown] if names else shown

    def _meets(self, row: Row, filters: str) -> bool:
        """Dolibarr's sqlfilters: criteria in brackets, joined by `and` and `or`."""
        columns = {
            "rowid": int(row["id"]),
            "fk_statut": int(row.get("status", 0)),
            "tms": datetime.fromtimestamp(row.get("date_modification", 0), PARIS).strftime("%Y-%m-%d %H:%M:%S"),
        }

        def judged(match: re.Match[str]) -> str:
            given = match[3].strip("'") if match[3].startswith("'") else int(match[3])
            mine = columns[match[1]]
            return str({"=": mine == given, ">": mine > given, ">=": mine >= given}[match[2]])

        told = _CRITERION.sub(judged, filters)
        assert not re.search(r"t\.\w+:", told), f"Dolibarr would not understand {filters!r}"
        return not told or bool(eval(told, {"__builtins__": {}}))  # noqa: S307 our own True, False, and, or

    def _payments_of(self, number: int) -> list[Row]:
        names = {"2": "(CREDIT_NOTE)", "3": "(DEPOSIT)"}
        own = [{k: v for k, v in one.items() if k != "invoice"} for one in self.payments if one["invoice"] == number]
        return own + [
            {"amount": one["amount_ttc"], "type": names.get(one["factype"], "(EXCESS RECEIVED)"), "date": one["date"],
             "num": "0", "ref": one["ref"]}
            for one in self.discounts
            if one["fk_facture"] == str(number)
        ]  # fmt: skip

    def _shown(self, row: Row) -> Row:
        """A row with its sums, as the list and the single call give them; a sum over nothing is null."""
        if "total_ttc" not in row:
            return row
        number = row["id"]
        paid = [Decimal(one["amount"]) for one in self.payments if str(one["invoice"]) == number]
        used = [one for one in self.discounts if one["fk_facture"] == number]
        notes = [Decimal(one["amount_ttc"]) for one in used if one["factype"] != "3"]
        deposits = [Decimal(one["amount_ttc"]) for one in used if one["factype"] == "3"]
        rest = Decimal(row["total_ttc"]) - sum(paid) - sum(notes) - sum(deposits)
        sums = {
            name: f"{sum(some):.8f}" if some else None
            for name, some in (("totalpaid", paid), ("totalcreditnotes", notes), ("totaldeposits", deposits))
        }
        return {**row, **sums, "remaintopay": f"{rest.normalize():f}", **self.told.get(int(number), {})}


def sample() -> FakeDolibarr:
    """A small company: what happens to invoices in a year, once each."""
    fake = FakeDolibarr()
    fake.third_party(1, "Dupont BTP", idprof1="732 829 320", idprof2="732 829 320 00074", tva_intra="FR44732829320")
    fake.third_party(2, "Mairie de Sainville", typent_code="TE_ADMIN", outstanding_limit="5000.00000000")
    fake.third_party(3, "Papeterie Leroy", client="0", code_client="", fournisseur="1")
    fake.invoice(1, "120")
    fake.invoice(2, "240")
    fake.pay(2, "100", "PAY2605-0001")  # one payment over two invoices
    fake.invoice(3, "360", status="2", paye="1")
    fake.pay(3, "360", "PAY2605-0001")
    fake.invoice(4, "50", status="0", ref="(PROV4)")
    fake.credit_note(5, "-60", status="2", paye="1")
    fake.invoice(6, "600")
    fake.discount(1, 5, "60", on=6)
    fake.credit_note(7, "-12")
    fake.invoice(8, "300", status="3", close_code="badcustomer", date_closing=fake.now)
    fake.pay(8, "100", "PAY2605-0002")
    fake.invoice(9, "100", socid=2, status="2", paye="1", close_code="discount_vat", date_closing=fake.now)
    fake.pay(9, "98", "PAY2605-0003", kind="CHQ", num="7700123")
    fake.invoice(10, "200", type="3", status="2", paye="1", socid=2)
    fake.pay(10, "200", "PAY2605-0004")
    fake.invoice(11, "1000", socid=2)
    fake.discount(2, 10, "200", on=11, socid=2)
    fake.invoice(12, "80", status="2", paye="1")
    fake.pay(12, "100", "PAY2605-0005")  # 20 too much, kept as a discount and used on the next
    fake.invoice(13, "90")
    fake.discount(3, 12, "20", on=13)
    fake.invoice(
        14, "100", multicurrency_code="USD", multicurrency_total_ttc="110.00000000",
        multicurrency_total_ht="91.67000000", multicurrency_total_tva="18.33000000",
    )  # fmt: skip
    fake.pay(14, "25", "PAY2605-0006")
    fake.credit_note(15, "-24", status="2", paye="1")
    fake.invoice(16, "96", lines=[{"id": "501", "fk_remise_except": "4"}, {"id": "502", "fk_remise_except": None}])
    fake.discount(4, 15, "24", line=501)
    fake.invoice(17, "70")
    fake.pay(17, "70", "PAY2605-0007", day="2026-05-10")
    fake.pay(17, "-70", "PAY2605-0008", day="2026-05-15")  # came back unpaid
    fake.pay(17, "30", "PAY2605-0009", day="2026-05-18")
    return fake
