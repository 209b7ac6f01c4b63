"""Kinds of receipts whose text names what they pay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.benchmarks.reconciliation import habits
from tests.benchmarks.reconciliation.till import Till
from tests.benchmarks.reconciliation.world import TODAY, Item


class NamedKinds(Till):
    """Receipts that quote numbers or references."""

    def _single(self, kind: str, text: Callable[[Item], str], decidable: bool = True) -> None:
        items = self.some()
        if items:
            item = items[0]
            core = habits.decorate(self.rng, text(item), item.debtor)
            row = self.receive(
                kind, item.open, self.when(items), core, [(item, item.open)], payer=item.debtor, decidable=decidable
            )
            self.past.append(row)

    def _exact(self) -> None:
        self._single("exact", lambda i: habits.number_as_printed(self.rng, i.number))

    def _loose_number(self) -> None:
        self._single("loose_number", lambda i: habits.number_loosely(self.rng, i.number))

    def _counter_only(self) -> None:
        self._single(
            "counter_only", lambda i: self.rng.choice(("", "FACT ", "FACTURE N ", "F")) + habits.counter_of(i.number)
        )

    def _misprint(self) -> None:
        def misprinted(item: Item) -> str:
            own = {other.number for other in item.debtor.items}
            text = habits.misprint(self.rng, item.number)
            while text in own:  # then nobody could tell that it is one
                text = habits.misprint(self.rng, item.number)
            return text

        self._single("misprint", misprinted)

    def _lookalike_letters(self) -> None:
        self._single("lookalike_letters", lambda i: habits.lookalikes(self.rng, i.number))

    def _several(self) -> None:
        items = self.some(2, 6)
        if items:
            text = habits.decorate(self.rng, habits.number_list(self.rng, items), items[0].debtor)
            lines = [(i, i.open) for i in items]
            self.receive("several", sum(i.open for i in items), self.when(items), text, lines, payer=items[0].debtor)

    def _range(self) -> None:
        items = self.some(3, 6)
        if items:
            free = sorted((i for i in self.unpaid(items[0].debtor)), key=lambda i: i.id)
            at = free.index(min(items, key=lambda i: i.id))
            chosen = [i for i in free[at : at + 4]]
            everything = [
                i for i in items[0].debtor.items if i.kind == "invoice" and chosen[0].id <= i.id <= chosen[-1].id
            ]
            if len(chosen) < 3 or everything != chosen or chosen[0].issued_on.year != chosen[-1].issued_on.year:
                return
            text = f"FACT {chosen[0].number}{self.rng.choice((' A ', ' AU ', ' a '))}{chosen[-1].number}"
            self.receive(
                "range",
                sum(i.open for i in chosen),
                self.when(chosen),
                text,
                [(i, i.open) for i in chosen],
                payer=chosen[0].debtor,
            )

    def _part(self) -> None:
        items = self.some(where=lambda d: not d.recurring)
        if items and items[0].open > 20000:
            item = items[0]
            amount = self.rng.choice(
                (item.open // 2, item.open * 3 // 10, item.open // 3, item.open // 10000 * 100 * 40 or 100)
            )
            amount = min(max(amount, 100), item.open - 4000)
            text = self.rng.choice(("ACOMPTE ", "", "FACT ", "1ER VERSEMENT ")) + habits.number_as_printed(
                self.rng, item.number
            )
            self.receive("part", amount, self.when(items), text, [(item, amount)], payer=item.debtor)

    def _overpaid(self) -> None:
        items = self.some(where=lambda d: not d.recurring)
        if items:
            item = items[0]
            extra = self.rng.choice((self.rng.randrange(200, 5000), item.open // 10 + 101, item.open // 5 + 200))
            text = "FACT " + habits.number_as_printed(self.rng, item.number)
            self.receive("overpaid", item.open + extra, self.when(items), text, [(item, item.open)], payer=item.debtor)

    def _discount_named(self) -> None:
        self._discount("discount_named", True)

    def _discount_silent(self) -> None:
        self._discount("discount_silent", False)

    def _discount(self, kind: str, named: bool) -> None:
        items = self.some(where=lambda d: d.discount is not None)
        if items and items[0].debtor.discount:
            item, terms = items[0], items[0].debtor.discount
            rate, days = {"2% 8 jours": (200, 8), "1,5 % 10 jours": (150, 10), "2/8 net 30": (200, 8)}[terms]
            on = min(item.issued_on + timedelta(days=self.rng.randrange(1, days)), TODAY)
            amount = item.open - (item.open * rate + 5000) // 10000
            text = habits.number_as_printed(self.rng, item.number) if named else "REGLEMENT"
            self.receive(
                kind,
                amount,
                on,
                text + self.rng.choice(("", " ESC DEDUIT", " ESCOMPTE")),
                [(item, amount)],
                payer=item.debtor,
            )

    def _credit_note_named(self) -> None:
        self._credit_note("credit_note_named", True)

    def _credit_note_silent(self) -> None:
        self._credit_note("credit_note_silent", False)

    def _credit_note(self, kind: str, named: bool) -> None:
        items = self.some(1, 3, where=lambda d: bool(self.unpaid(d, "credit_note")))
        if not items:
            return
        note = self.unpaid(items[0].debtor, "credit_note")[0]
        total = sum(i.open for i in items) - note.open
        if total <= 100:
            return
        text = " ET ".join(i.number for i in items)
        if named:
            text += self.rng.choice((" - ", " MOINS AVOIR ", " DEDUCTION AV ", " AVOIR ")) + note.number
        lines = [(i, i.open) for i in items] + [(note, -note.open)]
        self.receive(kind, total, self.when([*items, note]), text, lines, payer=items[0].debtor)

    def _bank_fee(self) -> None:
        """Charges kept of a transfer from abroad, or that the text speaks of."""
        abroad = self.rng.random() < 0.6
        said = "" if abroad else self.rng.choice((" FRAIS DEDUITS", " MOINS FRAIS", " BANK CHARGES", " CHGS BEN"))
        more = {"payer_iban": None, "transaction_code": "PMNT-RCDT-XBCT"} if abroad else {}
        self._kept_back("bank_fee", (500, 800, 1200, 1500, 1850), said, True, more)

    def _short_paid(self) -> None:
        """The same from a domestic debtor: no bank kept it, so whether to forgo it is a person's question."""
        said = self.rng.choice(("", "", "", " ESC", " ESCOMPTE DEDUIT"))
        self._kept_back("short_paid", (310, 500, 750, 1000, 1500, 2400), said, False, {})

    def _kept_back(self, kind: str, kept: tuple[int, ...], said: str, decidable: bool, more: dict[str, Any]) -> None:
        items = self.some(where=lambda d: d.discount is None)
        if items and items[0].open > 65000:
            item = items[0]
            amount = item.open - self.rng.choice(kept)
            text = "FACT " + habits.number_as_printed(self.rng, item.number) + said
            lines = [(item, amount)]
            self.receive(
                kind,
                amount,
                self.when(items),
                text,
                lines,
                payer=item.debtor,
                decidable=decidable,
                must_leave=not decidable,
                **more,
            )

    def _rounding(self) -> None:
        items = self.some()
        if items and items[0].open % 100:
            item = items[0]
            amount = item.open // 100 * 100
            self.receive(
                "rounding",
                amount,
                self.when(items),
                habits.number_as_printed(self.rng, item.number),
                [(item, amount)],
                payer=item.debtor,
            )

    def _order(self) -> None:
        items = self.some(where=lambda d: any(i.order_ref for i in self.unpaid(d)))
        items = [i for i in self.unpaid(items[0].debtor) if i.order_ref][:1] if items else None
        if items and items[0].order_ref:
            item = items[0]
            text = habits.decorate(
                self.rng, self.rng.choice(("", "COMMANDE ", "VOTRE REF ")) + (item.order_ref or ""), item.debtor
            )
            self.receive("order", item.open, self.when(items), text, [(item, item.open)], payer=item.debtor)

    def _payment_ref(self) -> None:
        items = self.some(where=lambda d: any(i.payment_ref for i in self.unpaid(d)))
        items = [i for i in self.unpaid(items[0].debtor) if i.payment_ref][:1] if items else None
        if items and items[0].payment_ref:
            item = items[0]
            ref = item.payment_ref
            spaced = " ".join((ref or "")[i : i + 4] for i in range(0, len(ref or ""), 4))
            self.receive(
                "payment_ref",
                item.open,
                self.when(items),
                self.rng.choice(("", spaced)),
                [(item, item.open)],
                payer=item.debtor,
                structured_ref=ref,
            )

    def _foreign(self) -> None:
        for _ in range(60):
            debtor = self.debtor()
            free = [i for i in debtor.items if not i.paid and i.kind == "invoice" and i.currency != "EUR"]
            if free:
                item = free[0]
                amount = item.open * self.rng.randrange(85, 118) // 100
                self.receive(
                    "foreign",
                    amount,
                    self.when([item]),
                    item.number,
                    [(item, item.open)],
                    payer=debtor,
                    original_amount_minor=item.open,
                    original_currency=item.currency,
                )
                return
