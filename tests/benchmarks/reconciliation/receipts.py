"""The receipts of a ledger, by kind of case, in stated proportions, with the truth of each."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from random import Random

from hub.core.reconcile import Debtors, OpenItems, Receipts, Remittances, SettledNumbers
from tests.benchmarks.reconciliation import habits
from tests.benchmarks.reconciliation.kinds_named import NamedKinds
from tests.benchmarks.reconciliation.kinds_silent import SilentKinds
from tests.benchmarks.reconciliation.scenario import Rows, Scenario, Truth
from tests.benchmarks.reconciliation.world import TODAY, Item, World, company_name, make_world

# Kinds of cases and their share of all receipts, in thousandths.
SHARES = {
    "exact": 240,
    "loose_number": 140,
    "counter_only": 45,
    "misprint": 20,
    "lookalike_letters": 15,
    "several": 85,
    "range": 10,
    "statement": 30,
    "payer_single": 90,
    "payer_sum": 40,
    "payer_balance": 12,
    "equal_amounts": 35,
    "part": 40,
    "overpaid": 15,
    "discount_named": 20,
    "discount_silent": 7,
    "credit_note_named": 20,
    "credit_note_silent": 12,
    "bank_fee": 8,
    "short_paid": 7,
    "rounding": 10,
    "parent": 20,
    "third_party": 15,
    "order": 20,
    "payment_ref": 15,
    "remittance": 12,
    "foreign": 6,
    "ambiguous_sum": 10,
    "homonym": 5,
    "other_debtors_number": 8,
    "stranger_amount": 8,
    "on_account": 10,
    "duplicate": 8,
    "closed_number": 7,
    "advance": 4,
    "return": 8,
    "outsider": 38,
}
_OUTSIDERS = (
    ("STRIPE PAYMENTS EUROPE", "STRIPE {n}"),
    ("STRIPE", "TRANSFER PAYOUT PO{n}"),
    ("PAYPAL EUROPE", "/INV/{n} PAYPAL"),
    ("DGFIP", "REMBOURSEMENT CREDIT TVA 3519"),
    ("DRFIP ILE DE FRANCE", "CREDIT TVA {n}"),
    ("URSSAF RHONE ALPES", "REMB COTISATIONS {n}"),
    ("CPAM DU RHONE", "IJSS {n}"),
    ("BPIFRANCE", "DEBLOCAGE PRET {n}"),
    ("BANQUE POPULAIRE", "DEBLOCAGE PRET NO {n}"),
    (None, "INTERETS CREDITEURS 3T2026"),
    (None, "VIREMENT INTERNE COMPTE A COMPTE"),
    ("AXA FRANCE IARD", "INDEMNITE SINISTRE {n}"),
    (None, "REMISE CB {n}"),
    (None, "VERSEMENT ESPECES"),
    ("M DUPRE JEAN", "APPORT COMPTE COURANT ASSOCIE"),
    ("GOCARDLESS SAS", "PAYOUT {n}"),
    ("TRESOR PUBLIC", "DEGREVEMENT CFE {n}"),
)


def _listed(rng: Random, items: list[Item]) -> tuple[tuple[str, int | None], ...]:
    """The lines of a debtor's list: five of ten have our numbers as printed, three spell them in their own way, one has
    letters for digits, and one tells no amounts."""
    habit = rng.randrange(10)
    if habit < 5:
        return tuple((item.number, item.open) for item in items)
    if habit < 9:
        spelt = habits.lookalikes if habit == 8 else habits.number_loosely
        return tuple((spelt(rng, item.number), item.open) for item in items)
    return tuple((item.number, None) for item in items)


class AllKinds(NamedKinds, SilentKinds):
    """Every kind of `SHARES`, one method each."""

    def run(self, count: int) -> None:
        """Draw `count` receipts; a kind the ledger can no longer serve is skipped."""
        kinds = self.rng.choices(list(SHARES), list(SHARES.values()), k=count)
        late = ("duplicate", "return", "payer_balance")
        for kind in [k for k in kinds if k not in late]:
            getattr(self, f"_{kind}")()
        self._settle_equal()
        for kind in [k for k in kinds if k in late]:
            getattr(self, f"_{kind}")()
        self.label_silent()

    # --- other payers --------------------------------------------------------------------------------

    def _parent(self) -> None:
        items = self.some(1, 2, where=lambda d: d.parent is not None)
        if items:
            parent = self.by_id[items[0].debtor.parent or ""]
            text = " ".join(habits.number_as_printed(self.rng, i.number) for i in items)
            self.receive(
                "parent", sum(i.open for i in items), self.when(items), text, [(i, i.open) for i in items], payer=parent
            )

    def _third_party(self) -> None:
        items = self.some()
        if items:
            item = items[0]
            name = self.rng.choice(
                (
                    "BNP PARIBAS FACTOR",
                    "FACTOFRANCE",
                    "EUROFACTOR",
                    "CABINET COMPTABLE DU PARC",
                    "NOTAIRES ASSOCIES",
                    company_name(self.rng) + " GESTION",
                )
            )
            text = f"{habits.number_as_printed(self.rng, item.number)} POUR COMPTE {habits.plain(item.debtor.name)}"
            self.receive(
                "third_party",
                item.open,
                self.when(items),
                text,
                [(item, item.open)],
                name=name,
                seller=item.debtor.seller,
            )

    def _remittance(self) -> None:
        items = self.some(2, 12)
        if items:
            lines = [(i, i.open) for i in items]
            row = self.receive(
                "remittance",
                sum(i.open for i in items),
                self.when(items),
                self.rng.choice(("VOIR DETAIL", "RGLT SUIVANT BORDEREAU 4471", "")),
                lines,
                payer=items[0].debtor,
            )
            self.remittances.add(
                id=row["id"],
                receipt_id=row["id"],
                lines=_listed(Random(f"list {row['id']} {items[0].number}"), items),
                seller=items[0].debtor.seller,
                debtor=items[0].debtor.id,
            )

    # --- what must be left alone ---------------------------------------------------------------------

    def _homonym(self) -> None:
        items = self.some(where=lambda d: len(self.namesakes[d.name]) > 1)
        if not items:
            return
        item = items[0]
        twin = next(d for d in self.namesakes[item.debtor.name] if d is not item.debtor)
        other = next((i for i in self.unpaid(twin) if i.issued_on <= item.issued_on), None)
        if other is None:
            return
        other.open = other.total = item.open
        other.paid = True
        self.receive(
            "homonym",
            item.open,
            self.when([item, other]),
            self._quiet_text(),
            [(item, item.open)],
            name=habits.plain(item.debtor.name),
            seller=item.debtor.seller,
            decidable=False,
            must_leave=True,
        )

    def _other_debtors_number(self) -> None:
        items, others = self.some(where=lambda d: not d.recurring), self.some(where=lambda d: not d.recurring)
        if (
            items
            and others
            and items[0].debtor.seller == others[0].debtor.seller
            and items[0].debtor.name != others[0].debtor.name
        ):
            payer, item = items[0].debtor, others[0]
            if payer.parent or item.debtor.parent or any(d.parent == payer.id for d in (item.debtor,)):
                return
            if any(i.open == item.open for i in payer.items):
                return
            self.receive(
                "other_debtors_number",
                item.open,
                self.when([item]),
                item.number,
                [],
                name=habits.plain(payer.name),
                seller=payer.seller,
                payer=payer,
                decidable=False,
                must_leave=True,
            )
            item.paid = True

    def _stranger_amount(self) -> None:
        items = self.some()
        if items:
            name = f"{company_name(self.rng)} {self.rng.choice(('ZZ', 'HOLDING', 'INVEST'))} {self.rng.randrange(99)}"
            self.receive(
                "stranger_amount",
                items[0].open,
                self.when(items),
                self._quiet_text(),
                [],
                name="XAVIER " + name[:12] + " QUORTEX",
                decidable=False,
                must_leave=True,
            )

    def _on_account(self) -> None:
        items = self.some(2, 2, where=lambda d: not d.recurring and len(d.items) < 14)
        if items:
            amount = self.rng.randrange(3, 90) * 10000
            on = self.when(items)
            pool = self._pool(items[0].debtor, on)
            if any(sum(c) in (amount, amount + 1) for k in (1, 2, 3) for c in combinations(pool, k)):
                return
            self.receive(
                "on_account",
                amount,
                on,
                self.rng.choice(("ACOMPTE", "VERSEMENT", "VIREMENT", "A VALOIR")),
                [],
                payer=items[0].debtor,
                decidable=False,
                must_leave=True,
            )

    def _advance(self) -> None:
        debtor = self.debtor()
        if debtor.items and not debtor.recurring:
            amount = self.rng.randrange(10**5, 10**6) * 1 + 7
            on = min(i.issued_on for i in debtor.items) - timedelta(days=9)
            text = f"ACOMPTE DEVIS {self.rng.randrange(1000, 9999)}"
            self.receive("advance", amount, on, text, [], payer=debtor, decidable=False, must_leave=True)

    def _closed_number(self) -> None:
        if self.world.closed:
            item = self.rng.choice(self.world.closed)
            text = habits.decorate(self.rng, habits.number_as_printed(self.rng, item.number), item.debtor)
            on = min(item.due_on + timedelta(days=20), TODAY)
            self.receive("closed_number", item.total, on, text, [], payer=item.debtor, decidable=False, must_leave=True)

    def _duplicate(self) -> None:
        if self.past:
            row = self.past.pop(self.rng.randrange(len(self.past)))
            on = min(row["received_on"] + timedelta(days=self.rng.randrange(1, 20)), TODAY)
            number = len(self.receipts.rows) + 1
            self.receipts.add(**(row | {"id": number, "received_on": on, "bank_ref": f"B{number}"}))
            self.truth.append(Truth(number, "duplicate", (), False, True))

    def _return(self) -> None:
        if self.past:
            row = self.past.pop(self.rng.randrange(len(self.past)))
            on = min(row["received_on"] + timedelta(days=self.rng.randrange(1, 20)), TODAY)
            number = len(self.receipts.rows) + 1
            back = {
                "id": number,
                "received_on": on,
                "amount_minor": -row["amount_minor"],
                "unapplied_minor": -row["amount_minor"],
                "return_reason": self.rng.choice(("AC04", "AM04", "MD06", "FOCR")),
                "remittance": f"REJET {row['remittance']}",
                "bank_ref": f"B{number}",
            }
            self.receipts.add(**(row | back))
            self.truth.append(Truth(number, "return", (), False, True))

    def _outsider(self) -> None:
        name, text = self.rng.choice(_OUTSIDERS)
        self.receive(
            "outsider",
            self.rng.randrange(10**4, 10**7),
            TODAY - timedelta(days=self.rng.randrange(300)),
            text.format(n=self.rng.randrange(10**4, 10**8)),
            [],
            name=name or "",
            decidable=False,
            must_leave=True,
        )


def make_scenario(seed: int, invoices: int) -> Scenario:
    """A scenario of `invoices` invoices and 0.55 receipts per invoice. Equal seeds give equal scenarios."""
    world = make_world(seed, invoices)
    till = AllKinds(world, seed)
    till.run(invoices * 62 // 100)
    order = list(range(len(till.receipts.rows)))
    till.rng.shuffle(order)
    return Scenario(
        f"seed {seed}",
        TODAY,
        _open_items(world),
        _debtors(world),
        _shuffled(till.receipts, order).columns(Receipts),
        till.remittances.columns(Remittances),
        _settled(world),
        [till.truth[i] for i in order],
    )


def _shuffled(rows: Rows, order: list[int]) -> Rows:
    return Rows([rows.rows[i] for i in order])


def _open_items(world: World) -> OpenItems:
    rows = Rows()
    for i in world.items:
        rows.add(
            id=i.id,
            seller=i.debtor.seller,
            debtor=i.debtor.id,
            number=i.number,
            kind=i.kind,
            issued_on=i.issued_on,
            due_on=i.due_on,
            currency=i.currency,
            total_minor=i.total,
            open_minor=i.open,
            order_ref=i.order_ref,
            payment_ref=i.payment_ref,
            discount_terms=i.debtor.discount,
        )
    table: OpenItems = rows.columns(OpenItems)
    return table


def _debtors(world: World) -> Debtors:
    rows = Rows()
    for d in world.debtors:
        ibans = (d.iban,) if d.iban_known else ()
        rows.add(seller=d.seller, debtor_id=d.id, name=d.name, siren=d.siren, parent_id=d.parent, ibans=ibans)
    table: Debtors = rows.columns(Debtors)
    return table


def _settled(world: World) -> SettledNumbers:
    closed = world.closed
    return SettledNumbers([i.debtor.seller for i in closed], [i.debtor.id for i in closed], [i.number for i in closed])
