"""Where the fourth hand draws: firms and documents, what is unpaid, how a bank shows a receipt, and the truth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

from tests.benchmarks.reconciliation import fourth_hand_texts as texts
from tests.benchmarks.reconciliation.fourth_hand_firms import (
    CREDITS,
    INVOICES,
    Document,
    Firm,
    account,
    make_firms,
    plain,
)
from tests.benchmarks.reconciliation.scenario import Rows, Truth

TODAY = date(2026, 11, 12)
_DAYS = 460


class Till:
    """Draws the firms, their documents, and one receipt after the other."""

    def __init__(self, seed: int, invoices: int) -> None:
        self.rng = Random(seed + 77_000_003)
        self.firms = make_firms(self.rng, max(invoices // 15, 40))
        self._join_groups()
        self.closed: list[tuple[Firm, Document]] = []
        self.receipts, self.truth = Rows(), list[Truth]()
        self.silent: list[tuple[int, Firm, date, list[Document]]] = []  # to be labelled when the ledger is final
        self.paid: list[dict[str, Any]] = []
        self._issue(invoices)
        self.names = [(firm, re.sub(r"[^A-Z0-9]", "", plain(firm.name))) for firm in self.firms]
        self.families = self._families()

    def _join_groups(self) -> None:
        """Every sixtieth debtor is the parent of two others of its seller."""
        for firm in self.firms[::60]:
            for child in [f for f in self.firms if f.seller == firm.seller and f is not firm and not f.parent][
                :200:100
            ]:
                child.parent = firm.code if not firm.parent else None

    def _issue(self, invoices: int) -> None:
        rng, counters = self.rng, dict[tuple[object, ...], int]()
        weights = [min(rng.paretovariate(1.3), 25.0) for _ in self.firms]
        owners = rng.choices(self.firms, weights, k=invoices)
        for row, firm in enumerate(owners, 1):
            on = TODAY - timedelta(days=_DAYS - row * _DAYS // (invoices + 1))
            credit = rng.random() < 0.04
            period = {
                "ANNEE": on.year,
                "TIRET": on.year,
                "MENSUEL": (on.year, on.month),
                "SITE": firm.site,
                "PERSO": firm.code,
            }
            key = (firm.seller, period.get(firm.seller), credit)
            counters[key] = counters.get(key, 0) + 1
            total = self._total(firm, credit)
            document: Document = {
                "id": row, "seller": firm.seller, "debtor": firm.code,
                "number": (CREDITS if credit else INVOICES)[firm.seller](counters[key], on, firm),
                "kind": "credit_note" if credit else "invoice", "issued_on": on,
                "due_on": on + timedelta(days=firm.terms), "currency": "EUR", "total_minor": total, "open_minor": total,
                "discount_terms": firm.discount,
            }  # fmt: skip
            order = f"{rng.choice(('45', '26', 'BC'))}{rng.randrange(10**6, 10**7)}" if rng.random() < 0.25 else None
            document["order_ref"] = order
            if not credit and rng.random() < 0.1:
                self.closed.append((firm, document))
            else:
                firm.documents.append(document)

    def _total(self, firm: Firm, credit: bool) -> int:
        rng, draw = self.rng, self.rng.random()
        if firm.rent and not credit:
            return firm.rent
        if draw < 0.2:
            total = rng.randrange(2, 60) * rng.choice((1000, 5000, 12000))
        elif draw < 0.5:
            total = rng.randrange(1, 40) * rng.choice((1249, 4580, 8990, 11990, 36540))
        else:
            total = int(rng.lognormvariate(11.2, 1.3)) + 700
        return total // 4 if credit else total

    def _families(self) -> list[tuple[Firm, Firm]]:
        """Pairs of debtors of one seller whose names begin, or end, with one surname."""
        by_word: dict[tuple[str, str], list[Firm]] = {}
        for firm in self.firms:
            words = [w for w in plain(firm.name).split() if len(w) > 3]
            starts = tuple(f"{form}{word}" for word in words[:1] for form in ("", "ETS ", "SAS "))
            if len(words) <= 2 and words and plain(firm.name).startswith(starts):
                by_word.setdefault((firm.seller, words[0]), []).append(firm)
        return [(one, other) for family in by_word.values() for one in family for other in family if one is not other]

    # --- picking -------------------------------------------------------------------------------------

    def free(self, firm: Firm, kind: str = "invoice") -> list[Document]:
        """What no receipt pays yet."""
        return [d for d in firm.documents if d["kind"] == kind and not d.get("used")]

    def pick(self, least: int = 1, most: int = 1, where: Any = None) -> tuple[Firm, list[Document]] | None:
        """A debtor and neighbouring free invoices of it; debtors with a subscription only where asked for."""
        for _ in range(150):
            firm = self.rng.choice(self.firms)
            if (firm.rent and where is None) or (where is not None and not where(firm)):
                continue
            free = self.free(firm)
            if len(free) >= least:
                size = self.rng.randint(least, min(most, len(free)))
                at = self.rng.randrange(len(free) - size + 1)
                return firm, free[at : at + size]
        return None

    def on(self, documents: Sequence[Document]) -> date:
        """When it is paid: near the due date of the youngest."""
        last = max(documents, key=lambda d: d["issued_on"])
        return max(
            min(last["due_on"] + timedelta(days=self.rng.choice((-3, 0, 0, 2, 5, 12, 25, 40))), TODAY),
            last["issued_on"],
        )

    # --- how the bank shows it -----------------------------------------------------------------------

    def put_one(self, kind: str, firm: Firm, one: Document, text: str, **more: Any) -> None:
        """One invoice paid in full, when it is due or near it."""
        self.put(kind, firm, one["open_minor"], self.on([one]), text, [(one, one["open_minor"])], **more)

    def put(
        self, kind: str, firm: Firm | None, amount: int, on: date, reason: str, paid: list[tuple[Document, int]],
        *, sure: bool | str = True, leave: bool | None = None, name: str | None = None, needs: tuple[str, ...] = (),
        iban: str | None = "", **more: Any,
    ) -> None:  # fmt: skip
        """One receipt. `sure` "silent": decidable when the ledger says so; `needs`: what must survive the cut."""
        rng, number = self.rng, len(self.receipts.rows) + 1
        said = name if name is not None else firm.name if firm else ""
        shown = texts.shown_name(rng, said, rng.choice((22, 27, 35, 70))) if said else ""
        bank = rng.choices(("camt", "csv", "cfonb"), (35, 35, 30))[0]
        row: dict[str, Any] = {
            "id": number, "received_on": on, "currency": "EUR", "amount_minor": amount, "unapplied_minor": amount,
            "seller": firm.seller if firm and rng.random() < 0.6 else None, "account": "FR76OURS",
        }  # fmt: skip
        if bank == "camt":
            known = account(rng, firm.country) if firm else None
            own = firm.iban if firm and firm.known_iban and rng.random() < 0.8 and name is None else known
            text = reason[:140]
            row |= {"payer_name": shown or None, "payer_iban": own if iban == "" else iban, "remittance": text or None}
            row |= {
                "transaction_code": "PMNT-RCDT-ESCT",
                "end_to_end_ref": rng.choice((None, "NOTPROVIDED", f"E{number}")),
            }
        else:
            text = texts.cut(rng, texts.label(rng, firm.bank, shown, reason) if said else plain(reason))
            row |= {"remittance": text, "transaction_code": "05" if bank == "cfonb" else None}
        row |= more
        self.receipts.add(**row)
        for document, _ in paid:
            document["used"] = True
        visible = re.sub(r"[^A-Z0-9]", "", plain(text))
        kept = all(re.sub(r"[^A-Z0-9]", "", plain(need)) in visible for need in needs)
        lines = tuple(sorted((d["id"], a) for d, a in paid))
        decidable = sure is True
        if not kept and paid:
            kind, sure, leave = "cut_off", "silent" if amount == sum(d["open_minor"] for d, _ in paid) else False, False
            decidable = False
        if sure == "silent" and firm:
            decidable = False
            if self.tells(shown if bank == "camt" else text, firm, row["seller"], row.get("payer_iban")):
                self.silent.append((number - 1, firm, on, [d for d, _ in paid]))
        self.truth.append(Truth(number, kind, lines, decidable, not sure if leave is None else leave))
        if decidable and kind == "named":
            self.paid.append(row)

    def tells(self, shown: str, firm: Firm, seller: str | None, iban: str | None) -> bool:
        """Whether the name left, or the account, is that of one debtor only."""
        if iban and iban == firm.iban and firm.known_iban:
            return True
        left = re.sub(r"[^A-Z0-9]", "", plain(shown))
        mine = re.sub(r"[^A-Z0-9]", "", plain(firm.name))
        core = re.sub(r"^(?:SARL|SAS|EURL|SCI|ETS|STE|M|MR|MME|DR)(?=[A-Z])|(?:SARL|SAS|GMBH|LTD)$", "", mine)
        if core not in left and not (len(left) > 12 and mine.startswith(left)):
            return False
        rivals = [f for f, name in self.names if f is not firm and core in name and seller in (None, f.seller)]
        return not rivals

    def run(self, count: int, kinds: dict[str, int]) -> None:
        """Draw the receipts, then label those that say nothing."""
        for kind in self.rng.choices(list(kinds), list(kinds.values()), k=count):
            getattr(self, f"_{kind}")()
        for at, firm, on, paid in self.silent:
            if self._only_way(firm, on, paid):
                self.truth[at] = self.truth[at]._replace(decidable=True)

    def _only_way(self, firm: Firm, on: date, paid: list[Document]) -> bool:
        """Whether no other set of up to three of the debtor's documents adds up (equal ones: the oldest is meant)."""
        pool = [d for d in firm.documents if d["issued_on"] <= on + timedelta(days=3) and d["kind"] == "invoice"]
        if len(pool) > 16 or any(d["kind"] == "credit_note" for d in paid):
            return False
        total = sum(d["open_minor"] for d in paid)
        mine = {d["id"] for d in paid}
        ways = [c for k in (1, 2, 3) for c in combinations(pool, k) if sum(d["open_minor"] for d in c) == total]
        return all({d["id"] for d in way} == mine for way in ways) and len(paid) <= 3

    def put_several(self, kind: str, firm: Firm, documents: list[Document], text: str, on: date, **more: Any) -> None:
        """One receipt that pays documents in full."""
        lines = [(d, d["open_minor"]) for d in documents]
        self.put(kind, firm, sum(a for _, a in lines), on, text, lines, **more)

    def no_equal(self, got: tuple[Firm, list[Document]]) -> bool:
        """Which of two equal invoices somebody means who says nothing, nobody knows: the rents are there for that."""
        amounts = [d["open_minor"] for d in got[0].invoices]
        return all(amounts.count(d["open_minor"]) == 1 for d in got[1])

    def alone(self, firm: Firm) -> bool:
        """Whether no other debtor has a name with this one in it."""
        return self.tells(firm.name, firm, None, None)
