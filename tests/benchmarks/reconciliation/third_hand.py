"""A third generator: ten number schemes, four languages, banks that cut names and numbers, 2 to 60 invoices at once.

It shares no template with the other two. What it says to be decidable is what a careful clerk would apply with the
records at hand; everything else must be left alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from hub.core.reconcile import Debtors, OpenItems, Receipts, Remittances, SettledNumbers
from tests.benchmarks.reconciliation import third_hand_texts as texts
from tests.benchmarks.reconciliation.scenario import Rows, Scenario, Truth
from tests.benchmarks.reconciliation.third_hand_firms import CREDITS, INVOICES, RESTARTS, Firm, account, make_firm

TODAY = date(2026, 10, 15)
_DAYS = 420
Document = dict[str, Any]

# Kinds of receipts and their share. Those of `_LEAVE` may not be applied without a person.
KINDS = {
    "named": 300, "zeros_dropped": 60, "tail_only": 40, "list": 90, "many": 12, "range": 15, "with_amounts": 25,
    "cut_in_number": 60, "credit_netted": 25, "discount": 8, "from_abroad": 15, "rounded": 12, "part": 25,
    "too_much": 12, "group": 15, "factor": 15, "public_payer": 20, "order_ref": 25, "silent": 60, "silent_two": 20,
    "paid_twice": 10, "closed": 10, "transposed_amount": 8, "short_at_home": 12, "late_discount": 8,
    "somebody_elses": 8, "stranger": 10, "on_account": 12, "no_payment": 30, "two_debtors": 6,
}  # fmt: skip
_NO_PAYMENT = (
    ("ADYEN N.V.", "TX 8837 PAYOUT BATCH"), ("DRFIP OCCITANIE", "REMBT CREDIT DE TVA 08 2026"),
    ("TRESOR PUBLIC", "DEGREVEMENT TF 2025"), ("CPAM HAUTE GARONNE", "IJ MATERNITE"),
    ("MALAKOFF HUMANIS", "REMB PREVOYANCE SALAIRE"),
    ("", "INT. CREDITEURS ARRETE 30/09"), ("", "VIREMENT INTERNE TRESORERIE"), ("AXA ASSURANCES", "SINISTRE 8827741"),
    ("BPIFRANCE FINANCEMENT", "DEBLOCAGE PRET GARANTI"), ("", "REMISE CARTE BANCAIRE 12/10"),
)  # fmt: skip


class Hand:
    """Draws the firms, their documents, and one receipt after the other."""

    def __init__(self, seed: int, invoices: int) -> None:
        self.rng = Random(seed + 31_000_017)
        sellers = list(INVOICES)
        self.firms = [make_firm(self.rng, n, sellers[n % len(sellers)]) for n in range(max(invoices // 18, 30))]
        for at in range(0, len(self.firms) - 20, 40):
            self.firms[at + 10].parent = self.firms[at].id
        self.twins = [(self.firms[at], self.firms[at + 10]) for at in range(15, len(self.firms) - 10, 60)]
        for firm, twin in self.twins:
            twin.name = firm.name
        self.by_id = {firm.id: firm for firm in self.firms}
        self.names: dict[str, int] = {}
        for firm in self.firms:
            key = texts.plain(" ".join(firm.name.split()[:3]))
            self.names[key] = self.names.get(key, 0) + 1
        self.closed: list[tuple[Firm, Document]] = []
        self.receipts, self.truth = Rows(), list[Truth]()
        self.quoted: list[dict[str, Any]] = []
        self._issue(invoices)

    def _issue(self, invoices: int) -> None:
        rng = self.rng
        counters: dict[tuple[str, int, bool], int] = {}
        weights = [rng.paretovariate(1.4) for _ in self.firms]
        owners = rng.choices(self.firms, [min(w, 20.0) for w in weights], k=invoices)
        for number, firm in enumerate(owners, 1):
            on = TODAY - timedelta(days=_DAYS - number * _DAYS // (invoices + 1))
            credit = rng.random() < 0.04
            key = (firm.seller, on.year if firm.seller in RESTARTS else 0, credit)
            counters[key] = counters.get(key, 0) + 1
            total = rng.randrange(4_000, 60_000) if rng.random() < 0.3 else int(rng.lognormvariate(11.6, 1.2)) + 900
            total = total // 5 if credit else total
            printed = (CREDITS if credit else INVOICES)[firm.seller](counters[key], on)
            order = (
                printed if firm.seller == "ORDRE" else f"{rng.randrange(10**7, 10**8)}" if rng.random() < 0.3 else None
            )
            document: Document = {
                "id": number, "seller": firm.seller, "debtor": firm.id, "number": printed,
                "kind": "credit_note" if credit else "invoice", "issued_on": on,
                "due_on": on + timedelta(days=firm.terms), "currency": "EUR", "total_minor": total, "open_minor": total,
                "discount_terms": firm.discount, "order_ref": order,
            }  # fmt: skip
            if not credit and rng.random() < 0.12:
                self.closed.append((firm, document))
            else:
                firm.documents.append(document)

    # --- picking and paying --------------------------------------------------------------------------

    def free(self, firm: Firm, kind: str = "invoice") -> list[Document]:
        """What no receipt pays yet."""
        return [d for d in firm.documents if d["kind"] == kind and not d.get("used")]

    def pick(self, least: int = 1, most: int = 1) -> tuple[Firm, list[Document]] | None:
        """A debtor and some of its free invoices, often neighbours."""
        for _ in range(80):
            firm = self.rng.choice(self.firms)
            free = self.free(firm)
            if len(free) >= least:
                size = self.rng.randint(least, min(most, len(free)))
                at = self.rng.randrange(len(free) - size + 1)
                return firm, free[at : at + size]
        return None

    def on(self, documents: list[Document]) -> date:
        """When it is paid: near the due date of the youngest."""
        last = max(documents, key=lambda d: d["issued_on"])
        return min(last["due_on"] + timedelta(days=self.rng.choice((-5, 0, 1, 3, 8, 15, 30))), TODAY)

    def put(
        self, kind: str, firm: Firm | None, amount: int, on: date, text: str, paid: list[tuple[Document, int]],
        *, sure: bool = True, name: str | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """One receipt as a CSV export, camt.053 or CFONB 120 gives it."""
        rng, number = self.rng, len(self.receipts.rows) + 1
        shown = texts.name_shown(rng, firm.name) if firm and name is None else name
        bank = rng.choices(("camt", "cfonb", "csv"), (4, 4, 2))[0]
        iban = firm.iban if firm and firm.known_iban and rng.random() < 0.8 else account(rng, "FR")
        if bank == "cfonb":
            iban, text = "", texts.plain(text)
            shown = texts.plain(shown)[:35] if shown else shown
            if shown and rng.random() < 0.35:
                text, shown = f"VIR {shown[: rng.choice((24, 31))]} {text}", ""
        if len(text) > 31 and rng.random() < 0.5:
            text = texts.cut(rng, text)
        row: dict[str, Any] = {
            "id": number, "received_on": on, "currency": "EUR", "amount_minor": amount, "unapplied_minor": amount,
            "seller": firm.seller if firm and rng.random() < 0.7 else None, "account": "FR76HUB",
            "payer_name": shown or None, "payer_iban": iban or None, "remittance": text or None,
            "end_to_end_ref": rng.choice((None, "NOTPROVIDED", f"{rng.randrange(10**11)}")),
            "transaction_code": "05" if bank == "cfonb" else "PMNT-RCDT-ESCT",
        } | more  # fmt: skip
        self.receipts.add(**row)
        for document, _ in paid:
            document["used"] = True
        lines = tuple(sorted((d["id"], a) for d, a in paid))
        self.truth.append(Truth(number, kind, lines, sure, not sure))
        if sure and kind == "named":
            self.quoted.append(row)

    def run(self, count: int, kinds: dict[str, int] = KINDS) -> None:
        """Draw the receipts, of each kind its share."""
        for kind in self.rng.choices(list(kinds), list(kinds.values()), k=count):
            getattr(self, f"_{kind}")()

    # --- one invoice, named --------------------------------------------------------------------------

    def _one(self, kind: str, spell: Any, least_digits: int = 0) -> None:
        got = self.pick()
        if got is None:
            return
        firm, (one,) = got
        number = spell(one["number"], firm)
        if sum(c.isdigit() for c in number) >= least_digits:
            text = texts.announce(self.rng, firm.country, number)
            self.put(kind, firm, one["open_minor"], self.on([one]), text, [(one, one["open_minor"])])

    def _named(self) -> None:
        self._one("named", lambda n, firm: texts.written(self.rng, n, firm.habit))

    def _zeros_dropped(self) -> None:
        self._one("zeros_dropped", lambda n, firm: texts.without_zeros(n))

    def _tail_only(self) -> None:
        self._one("tail_only", lambda n, firm: texts.tail(n), 4)

    def _order_ref(self) -> None:
        got = self.pick()
        if got and got[1][0]["order_ref"]:
            firm, (one,) = got
            if sum(d["order_ref"] == one["order_ref"] for d in firm.documents) == 1:
                self.put(
                    "order_ref",
                    firm,
                    one["open_minor"],
                    self.on([one]),
                    f"{one['order_ref']}",
                    [(one, one["open_minor"])],
                )

    def _cut_in_number(self) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            front = texts.plain(
                f"{texts.name_shown(self.rng, firm.name)[:22]} {self.rng.choice(('PAIEMENT', 'RGLT', 'REF'))}"
            )
            at = self.rng.choice((31, 35)) - max(len(one["number"]) - 3, 1)
            text = f"{front[:at]:<{at}}"
            text = f"{text.rstrip()}{' ' * (at - len(text.rstrip()))}{one['number']}"
            width = at + max(len(one["number"]) - 3, 1)
            self.put(
                "cut_in_number",
                firm,
                one["open_minor"],
                self.on([one]),
                f"{text[:width]}\n{text[width:]}",
                [(one, one["open_minor"])],
            )

    # --- several -------------------------------------------------------------------------------------

    def _several(self, kind: str, least: int, most: int, text_of: Any) -> None:
        got = self.pick(least, most)
        if got:
            firm, documents = got
            lines = [(d, d["open_minor"]) for d in documents]
            text = text_of(firm, documents)
            if text:
                self.put(kind, firm, sum(a for _, a in lines), self.on(documents), text, lines)

    def _list(self) -> None:
        def text(firm: Firm, docs: list[Document]) -> str:
            numbers = [texts.written(self.rng, d["number"], firm.habit) for d in docs]
            return texts.announce(self.rng, firm.country, texts.listed(self.rng, firm.country, numbers))

        self._several("list", 2, 7, text)

    def _many(self) -> None:
        self._several("many", 9, 60, lambda firm, docs: " ".join(d["number"] for d in docs))

    def _range(self) -> None:
        def text(firm: Firm, docs: list[Document]) -> str:
            own = [d for d in firm.documents if d["kind"] == "invoice"]
            between = own[own.index(docs[0]) : own.index(docs[-1]) + 1]
            same_year = docs[0]["issued_on"].year == docs[-1]["issued_on"].year
            if between != docs or not same_year or firm.seller in ("AGENCE", "LETTRE", "JOUR"):
                return ""
            return texts.announce(
                self.rng, firm.country, texts.ranged(firm.country, docs[0]["number"], docs[-1]["number"])
            )

        self._several("range", 3, 8, text)

    def _with_amounts(self) -> None:
        def text(firm: Firm, docs: list[Document]) -> str:
            return texts.beside_amounts(self.rng, [d["number"] for d in docs], [d["open_minor"] for d in docs])

        self._several("with_amounts", 2, 4, text)

    def _credit_netted(self) -> None:
        got = self.pick(1, 3)
        notes = self.free(got[0], "credit_note") if got else []
        if got and notes and (total := sum(d["open_minor"] for d in got[1]) - notes[0]["open_minor"]) > 500:
            firm, documents = got
            lines = [(d, d["open_minor"]) for d in documents] + [(notes[0], -notes[0]["open_minor"])]
            text = texts.less(firm.country, [d["number"] for d in documents], notes[0]["number"])
            self.put("credit_netted", firm, total, self.on([*documents, notes[0]]), text, lines)

    # --- another amount ------------------------------------------------------------------------------

    def _other_amount(self, kind: str, amount_of: Any, text: str = "{}", *, sure: bool = True, **more: Any) -> None:
        got = self.pick()
        if got is None:
            return
        firm, (one,) = got
        amount = amount_of(one["open_minor"], one)
        if not amount or amount <= 0 or any(d["open_minor"] == amount for d in firm.documents):
            return
        said = text.format(texts.announce(self.rng, firm.country, one["number"]))
        self.put(kind, firm, amount, self.on([one]), said, [(one, min(amount, one["open_minor"]))], sure=sure, **more)

    def _part(self) -> None:
        share = self.rng.choice((20, 30, 50, 60))
        self._other_amount(
            "part",
            lambda a, d: a * share // 100 if a > 40_000 else 0,
            self.rng.choice(("{}", "acompte {}", "{} part payment")),
        )

    def _too_much(self) -> None:
        self._other_amount("too_much", lambda a, d: a + self.rng.randrange(150, 2_500))

    def _rounded(self) -> None:
        self._other_amount("rounded", lambda a, d: a // 100 * 100 if a % 100 else 0)

    def _from_abroad(self) -> None:
        kept = self.rng.choice((500, 1000, 1500, 2000))
        more = {"payer_iban": None, "transaction_code": "PMNT-RCDT-XBCT"}
        self._other_amount(
            "from_abroad", lambda a, d: a - kept if a > 60_000 else 0, self.rng.choice(("{}", "{} /CHGS/")), **more
        )

    def _short_at_home(self) -> None:
        kept = self.rng.choice((400, 900, 1500, 2500))
        self._other_amount("short_at_home", lambda a, d: a - kept if a > 60_000 else 0, sure=False)

    def _late_discount(self) -> None:
        def kept(amount: int, one: Document) -> int:
            return 0 if one["discount_terms"] or amount < 30_000 else amount - amount * 2 // 100

        self._other_amount("late_discount", kept, "{} escompte 2% déduit", sure=False)

    def _discount(self) -> None:
        for _ in range(30):
            got = self.pick()
            if got and got[0].discount:
                firm, (one,) = got
                amount = one["open_minor"] - (one["open_minor"] * 100 + 5000) // 10000
                on = min(one["issued_on"] + timedelta(days=7), TODAY)
                self.put("discount", firm, amount, on, f"{one['number']} esc. 1%", [(one, amount)])
                return

    def _transposed_amount(self) -> None:
        """Two digits of the amount exchanged, and the number right: the invoice is paid in part."""

        def swapped(amount: int, _: Document) -> int:
            digits = list(str(amount))
            digits[0], digits[1] = digits[1], digits[0]
            other = int("".join(digits))
            return other if other < amount - 5_000 and digits[0] != "0" else 0

        self._other_amount("transposed_amount", swapped)

    # --- other payers --------------------------------------------------------------------------------

    def _group(self) -> None:
        for _ in range(40):
            got = self.pick()
            if got and got[0].parent:
                firm, (one,) = got
                parent = self.by_id[firm.parent or ""]
                text = texts.announce(self.rng, firm.country, one["number"])
                if parent.seller == firm.seller:
                    self.put("group", parent, one["open_minor"], self.on([one]), text, [(one, one["open_minor"])])
                return

    def _factor(self) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            name = self.rng.choice(("COFACREDIT", "FACTOR BANK IBERICA", "TARGOBANK FACTORING", "CREDIPAR"))
            text = f"{one['number']} {self.rng.choice(('PR CPTE', 'O/B', 'P/C DE', 'I.A.'))} {texts.plain(firm.name)}"
            self.put(
                "factor",
                firm,
                one["open_minor"],
                self.on([one]),
                text,
                [(one, one["open_minor"])],
                name=name,
                payer_iban=account(self.rng, "FR"),
            )

    def _public_payer(self) -> None:
        for _ in range(40):
            got = self.pick()
            if got and got[0].name.startswith(("Commune", "Centre Hosp")):
                firm, (one,) = got
                name = self.rng.choice(
                    (
                        "DRFIP NOUVELLE AQUITAINE",
                        "TRESOR PUBLIC",
                        "SGC DE RIOM",
                        "PAIERIE DEPARTEMENTALE DU LOT",
                        "DDFIP 46",
                    )
                )
                mandate = f"MANDAT {self.rng.randrange(100, 9000)} BORD {self.rng.randrange(10, 300)}"
                text = f"{mandate} {self.rng.choice(('FACT ', 'FA ', ''))}{one['number']}"
                self.put(
                    "public_payer",
                    firm,
                    one["open_minor"],
                    self.on([one]),
                    text,
                    [(one, one["open_minor"])],
                    name=name,
                    payer_iban=None,
                )
                return

    # --- no number -----------------------------------------------------------------------------------

    def _unnamed(self, kind: str, firm: Firm, documents: list[Document]) -> None:
        on = self.on(documents)
        pool = [d["open_minor"] for d in firm.documents if d["kind"] == "invoice" and d["issued_on"] <= on]
        total = sum(d["open_minor"] for d in documents)
        ways = pool.count(total) + sum(a + b == total for i, a in enumerate(pool) for b in pool[:i])
        alone = self.names[texts.plain(" ".join(firm.name.split()[:3]))] == 1
        if ways == 1 and alone and len(pool) <= 14:
            self.put(
                kind, firm, total, on, texts.quiet(self.rng, firm.country), [(d, d["open_minor"]) for d in documents]
            )

    def _silent(self) -> None:
        got = self.pick()
        if got:
            self._unnamed("silent", *got)

    def _silent_two(self) -> None:
        got = self.pick(2, 2)
        if got:
            self._unnamed("silent_two", *got)

    # --- left alone ----------------------------------------------------------------------------------

    def _paid_twice(self) -> None:
        if self.quoted:
            row = self.quoted.pop(self.rng.randrange(len(self.quoted)))
            on = min(row["received_on"] + timedelta(days=self.rng.choice((1, 6, 14))), TODAY)
            number = len(self.receipts.rows) + 1
            self.receipts.add(**(row | {"id": number, "received_on": on}))
            self.truth.append(Truth(number, "paid_twice", (), False, True))

    def _closed(self) -> None:
        if self.closed:
            firm, document = self.rng.choice(self.closed)
            text = texts.announce(self.rng, firm.country, document["number"])
            self.put("closed", firm, document["open_minor"], self.on([document]), text, [], sure=False)

    def _somebody_elses(self) -> None:
        one, other = self.pick(), self.pick()
        if (
            one
            and other
            and one[0].seller == other[0].seller
            and one[0] is not other[0]
            and not one[0].parent
            and not other[0].parent
        ):
            payer, (document,) = one[0], other[1]
            shares = set(texts.plain(payer.name).split()) & set(texts.plain(other[0].name).split())
            if not shares and all(d["open_minor"] != document["open_minor"] for d in payer.documents):
                document["used"] = True
                self.put(
                    "somebody_elses",
                    payer,
                    document["open_minor"],
                    self.on([document]),
                    document["number"],
                    [],
                    sure=False,
                )

    def _two_debtors(self) -> None:
        """A name that two debtors of one seller bear, who both owe the sum, and no number."""
        firm, twin = self.rng.choice(self.twins)
        if self.free(firm) and self.free(twin):
            one, other = self.free(firm)[0], self.free(twin)[0]
            other["open_minor"] = other["total_minor"] = one["open_minor"]
            one["used"] = other["used"] = True
            self.put(
                "two_debtors",
                firm,
                one["open_minor"],
                self.on([one, other]),
                "",
                [(one, one["open_minor"])],
                sure=False,
                payer_iban=None,
                name=texts.plain(firm.name),
            )

    def _stranger(self) -> None:
        got = self.pick()
        if got:
            name = self.rng.choice(("ZYKLOP QWANT BV", "HOLDING XARVIO", "M. ET MME OUVRARD-TISSOT"))
            self.put("stranger", None, got[1][0]["open_minor"], self.on(got[1]), "virement", [], sure=False, name=name)

    def _on_account(self) -> None:
        firm = self.rng.choice(self.firms)
        amount = self.rng.randrange(3, 70) * 10_000 + 7
        self.put(
            "on_account",
            firm,
            amount,
            TODAY,
            self.rng.choice(("acompte", "avance", "provision", "deposit")),
            [],
            sure=False,
        )

    def _no_payment(self) -> None:
        name, text = self.rng.choice(_NO_PAYMENT)
        self.put("no_payment", None, self.rng.randrange(5_000, 4_000_000), TODAY, text, [], sure=False, name=name)


def make_scenario(seed: int, invoices: int) -> Scenario:
    """The third hand's scenario of about `invoices` documents."""
    hand = Hand(seed, invoices)
    hand.run(invoices * 62 // 100)
    return scenario_of(hand, f"third hand, seed {seed}")


def scenario_of(hand: Hand, name: str) -> Scenario:
    """What a hand has drawn, as the engine takes it."""
    items, debtors = Rows(), Rows()
    for firm in hand.firms:
        ibans = (firm.iban,) if firm.known_iban else ()
        debtors.add(
            seller=firm.seller, debtor_id=firm.id, name=firm.name, siren=firm.siren, parent_id=firm.parent, ibans=ibans
        )
        for document in firm.documents:
            items.add(**{k: v for k, v in document.items() if k != "used"})
    closed = SettledNumbers(
        [f.seller for f, _ in hand.closed], [f.id for f, _ in hand.closed], [d["number"] for _, d in hand.closed]
    )
    return Scenario(
        name,
        TODAY,
        items.columns(OpenItems),
        debtors.columns(Debtors),
        hand.receipts.columns(Receipts),
        Remittances([], [], []),
        closed,
        hand.truth,
    )
