"""Writes a scenario as the files a company would have, so that the whole product can be measured on it.

In the folder: `customers.csv`, `invoices.csv` and `truth.csv`; the same receipts three times, as
`receipts.csv`, `camt053.xml` and `cfonb120.txt` (one statement per account each). A measurement uses one of the three.
Debtors and open items are those of DESIGN.md §7; closed invoices are written with an open amount of zero.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.benchmarks.reconciliation.habits import plain
from tests.benchmarks.reconciliation.scenario import Scenario

_CREDIT, _DEBIT = "{ABCDEFGHI", "}JKLMNOPQR"


def write_scenario(scenario: Scenario, folder: Path) -> None:
    """Write all files of a scenario into `folder`, which is created."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_ledger(scenario, folder)
    _write_receipts_csv(scenario, folder / "receipts.csv")
    (folder / "camt053.xml").write_text("".join(_camt(scenario)), encoding="utf-8")
    (folder / "cfonb120.txt").write_text("".join(line + "\r\n" for line in _cfonb(scenario)), encoding="latin-1")
    rows = ((f"B{t.receipt_id}", t.kind, t.decidable, t.must_leave, _lines(scenario, t.lines)) for t in scenario.truth)
    _csv(folder / "truth.csv", ("receipt_id", "kind", "decidable", "must_leave", "lines"), rows)


def _lines(scenario: Scenario, lines: Sequence[tuple[int, int]]) -> str:
    number = dict(zip(scenario.items.id, scenario.items.number, strict=True)) if len(lines) else {}
    return " ".join(f"{number[item]}={amount}" for item, amount in lines)


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])


def _money(minor: int | None) -> str:
    return "" if minor is None else f"{minor / 100:.2f}".replace(".", ",")


def _write_ledger(scenario: Scenario, folder: Path) -> None:
    d, i, s = scenario.debtors, scenario.items, scenario.settled
    header = ("debtor_id", "seller", "name", "siren", "iban", "parent_id")
    rows = zip(d.debtor_id, d.seller, d.name, d.siren, (" ".join(x) for x in d.ibans), d.parent_id, strict=True)
    _csv(folder / "customers.csv", header, rows)
    header = (
        "number",
        "seller",
        "debtor_id",
        "type",
        "issued_on",
        "due_on",
        "currency",
        "total",
        "open_amount",
        "order_ref",
        "payment_ref",
        "discount_terms",
    )
    opened = (
        (
            i.number[r],
            i.seller[r],
            i.debtor[r],
            i.kind[r],
            i.issued_on[r],
            i.due_on[r],
            i.currency[r],
            _money(i.total_minor[r]),
            _money(i.open_minor[r]),
            i.order_ref[r],
            i.payment_ref[r],
            i.discount_terms[r],
        )
        for r in range(len(i.id))
    )
    first = min(i.issued_on, default=scenario.today)
    closed = (
        (number, seller, debtor, "invoice", first, first, "EUR", "1,00", "0,00", None, None, None)
        for number, seller, debtor in zip(s.number, s.seller, s.debtor, strict=True)
    )
    _csv(folder / "invoices.csv", header, [*opened, *closed])


def _write_receipts_csv(scenario: Scenario, path: Path) -> None:
    r = scenario.receipts
    header = (
        "receipt_id",
        "received_on",
        "amount",
        "currency",
        "payer_name",
        "payer_iban",
        "remittance",
        "end_to_end_ref",
        "transaction_code",
        "account",
        "seller",
        "original_amount",
        "original_currency",
    )
    rows = (
        (
            f"B{r.id[n]}",
            r.received_on[n],
            _money(r.amount_minor[n]),
            r.currency[n],
            r.payer_name[n],
            r.payer_iban[n],
            r.remittance[n],
            r.end_to_end_ref[n] or r.structured_ref[n],
            r.transaction_code[n],
            r.account[n],
            r.seller[n],
            _money(r.original_amount_minor[n]),
            r.original_currency[n],
        )
        for n in range(len(r.id))
    )
    _csv(path, header, rows)


def _by_account(scenario: Scenario) -> list[tuple[str, list[int]]]:
    """Receipt rows per account, by date, as statements list them."""
    accounts: dict[str, list[int]] = {}
    r = scenario.receipts
    for n in range(len(r.id)):
        accounts.setdefault(r.account[n] or "ACC", []).append(n)
    return [(a, sorted(rows, key=lambda n: (r.received_on[n], r.id[n]))) for a, rows in sorted(accounts.items())]


def _camt(scenario: Scenario) -> Iterable[str]:
    """camt.053.001.02: one statement per account, opening at zero."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>\n'
    yield f"<GrpHdr><MsgId>BENCH</MsgId><CreDtTm>{scenario.today}T08:00:00</CreDtTm></GrpHdr>\n"
    for account, rows in _by_account(scenario):
        r = scenario.receipts
        total = sum(r.amount_minor[n] for n in rows)
        yield (
            f"<Stmt><Id>{account}</Id><CreDtTm>{scenario.today}T08:00:00</CreDtTm><Acct><Id><Othr>"
            f"<Id>{account}</Id></Othr></Id><Ccy>EUR</Ccy></Acct>\n"
        )
        yield _balance("OPBD", 0, r.received_on[rows[0]]) + _balance("CLBD", total, r.received_on[rows[-1]])
        for n in rows:
            yield _entry(scenario, n)
        yield "</Stmt>\n"
    yield "</BkToCstmrStmt></Document>\n"


def _amount(minor: int, currency: str = "EUR") -> str:
    return f'<Amt Ccy="{currency}">{abs(minor) / 100:.2f}</Amt>'


def _sign(minor: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd>"


def _balance(code: str, minor: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(minor)}{_sign(minor)}<Dt>"
        f"<Dt>{on}</Dt></Dt></Bal>\n"
    )


def _entry(scenario: Scenario, n: int) -> str:
    """One booked entry with one detail."""
    r = scenario.receipts
    name, iban, text = r.payer_name[n], r.payer_iban[n], r.remittance[n] or ""
    pieces = "".join(f"<Ustrd>{escape(p)}</Ustrd>" for p in text.split("\n") if p)
    ref = r.structured_ref[n]
    if ref:
        pieces += (
            f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{escape(ref)}"
            "</Ref></CdtrRefInf></Strd>"
        )
    parties = f"<Dbtr><Nm>{escape(name)}</Nm></Dbtr>" if name else ""
    parties += f"<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>" if iban else ""
    original, currency = r.original_amount_minor[n], r.original_currency[n]
    ordered = f"<AmtDtls><InstdAmt>{_amount(original, currency)}</InstdAmt></AmtDtls>" if original and currency else ""
    back = f"<RtrInf><Rsn><Cd>{r.return_reason[n]}</Cd></Rsn></RtrInf>" if r.return_reason[n] else ""
    family = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
    return (
        f"<Ntry>{_amount(r.amount_minor[n])}{_sign(r.amount_minor[n])}<Sts>BOOK</Sts><BookgDt><Dt>{r.received_on[n]}</Dt></BookgDt>"
        f"<ValDt><Dt>{r.received_on[n]}</Dt></ValDt><AcctSvcrRef>B{r.id[n]}</AcctSvcrRef>{family}<NtryDtls><TxDtls><Refs>"
        f"<AcctSvcrRef>B{r.id[n]}</AcctSvcrRef>"
        f"<EndToEndId>{escape(r.end_to_end_ref[n] or 'NOTPROVIDED')}</EndToEndId></Refs>{ordered}"
        f"<RltdPties>{parties}</RltdPties><RmtInf>{pieces}</RmtInf>{back}</TxDtls></NtryDtls></Ntry>\n"
    )


def _cfonb(scenario: Scenario) -> Iterable[str]:
    """CFONB 120: labels upper case, without accents, 31 characters; the whole text follows in LCC and LC2, no IBAN."""
    for number, (_, rows) in enumerate(_by_account(scenario), start=1):
        r = scenario.receipts
        zone = f"30004    00828EUR2 {number:011d}  "
        yield f"01{zone}{r.received_on[rows[0]]:%d%m%y}".ljust(90) + _overpunch(0) + " " * 16
        for n in rows:
            yield from _movement(scenario, n, zone)
        total = sum(r.amount_minor[n] for n in rows)
        yield f"07{zone}{r.received_on[rows[-1]]:%d%m%y}".ljust(90) + _overpunch(total) + " " * 16


def _movement(scenario: Scenario, n: int, zone: str) -> Iterable[str]:
    """The 04 of a receipt, and 05s for the payer's name, the text, references and the amount ordered."""
    r = scenario.receipts
    on, back = r.received_on[n], r.amount_minor[n] < 0
    text = plain((r.remittance[n] or "").replace("\n", "")).encode("ascii", "replace").decode().replace("?", " ")
    name = plain(r.payer_name[n] or "").encode("ascii", "replace").decode().replace("?", " ")
    label = (f"VIR SEPA {name}" if name else text)[:31]
    code = "10" if back else "05"
    zone = zone[:30] + code
    head = f"04{zone}{on:%d%m%y}  {on:%d%m%y}{label:31}  {n % 10**7:07d}  "
    yield head.ljust(90)[:90] + _overpunch(r.amount_minor[n]) + f"{'B' + str(r.id[n]):16}"
    details = [("NPY", name[:70])] if name else []
    details += [("LCC", text[:70])] if text else []
    details += [("LC2", text[70:140])] if len(text) > 70 else []
    details += [("LCS", r.structured_ref[n] or "")] if r.structured_ref[n] else []
    details += [("RCN", (r.end_to_end_ref[n] or "")[:35])] if r.end_to_end_ref[n] else []
    if r.original_amount_minor[n]:
        details.append(("MMO", f"{r.original_currency[n]}2{r.original_amount_minor[n]:014d}"))
    for qualifier, content in details:
        yield f"05{zone}{on:%d%m%y}".ljust(45) + f"{qualifier:3}{content:70}  "


def _overpunch(minor: int) -> str:
    """14 characters: 13 digits and a last one that also carries the sign."""
    digits = f"{abs(minor):014d}"
    return digits[:13] + (_CREDIT if minor >= 0 else _DEBIT)[int(digits[13])]
