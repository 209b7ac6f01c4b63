"""Kinds of the fourth hand that name nothing, and those that must be left alone."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.benchmarks.reconciliation import fourth_hand_texts as texts
from tests.benchmarks.reconciliation.fourth_hand_firms import plain
from tests.benchmarks.reconciliation.fourth_hand_till import TODAY, Till
from tests.benchmarks.reconciliation.scenario import Truth

_NOBODY = (
    ("DGFIP", "VIR DGFIP REMBOURSEMENT CREDIT TVA 3519"), ("", "VIR SEPA URSSAF RHONE ALPES TROP VERSE"),
    ("", "VIREMENT INTERNE DEPUIS CPT EPARGNE"), ("", "DEBLOCAGE PRET PRO 0012458"),
    ("", "REMISE CB 1234567 DU 041126"),
    ("", "VIR CPAM DU RHONE IJSS 10 2026"), ("GENERALI IARD", "REGLEMENT SINISTRE 26A00123"),
    ("", "VIR DRFIP CREDIT IMPOT RECHERCHE 2025"), ("", "INTERETS CREDITEURS 3EME TRIM"),
    ("STRIPE", "STRIPE PAYOUT 88A1"),
    ("", "REMB NOTE DE FRAIS M ADAM"), ("", "VIR OPCO EP FORMATION APPRENTI"), ("", "VERSEMENT ESPECES 1102 AG DOLE"),
    ("SUMUP PAYMENTS", "SUMUP PID 3391"), ("", "REM CARTES TPE 0044123 12/11"), ("", "VIR AGEFIPH AIDE EMBAUCHE"),
    ("", "REMBOURSEMENT TROP PERCU SALAIRE"), ("EDF", "REMBOURSEMENT TROP PERCU CONTRAT 100 234 567"),
    ("", "VIR COMPTE A COMPTE TRESORERIE"), ("MAIF", "INDEMNISATION DOSSIER M26 114 552"),
)  # fmt: skip


class SilentKinds(Till):
    """Receipts that name nothing, or nothing one may believe."""

    def _silent(self) -> None:
        got = self.pick()
        if got and self.no_equal(got):
            firm, (one,) = got
            self.put_several(
                "silent", firm, [one], texts.silent(self.rng, firm.country), self.on([one]), sure="silent", leave=False
            )

    def _silent_two(self) -> None:
        got = self.pick(2, 3)
        if got:
            firm, documents = got
            self.put_several(
                "silent_two",
                firm,
                documents,
                texts.silent(self.rng, firm.country),
                self.on(documents),
                sure="silent",
                leave=False,
            )

    def _rent_month(self) -> None:
        """A subscription: equal invoices, and the text says of which month."""
        got = self.pick(where=lambda f: bool(f.rent))
        if got:
            firm, (one,) = got
            day = one["issued_on"]
            months = [(d["issued_on"].year, d["issued_on"].month) for d in firm.invoices]
            if months.count((day.year, day.month)) == 1 and (TODAY - day).days < 200:
                text = texts.month(self.rng, day.year, day.month, rent=True)
                self.put_several(
                    "rent_month",
                    firm,
                    [one],
                    text,
                    self.on([one]),
                    needs=(text, firm.name[:14]),
                    sure=self.alone(firm),
                    leave=False,
                )

    def _rent_in_order(self) -> None:
        """A subscription paid month after month in silence: of equal debts the oldest first."""
        got = self.pick(2, 2, lambda f: bool(f.rent) and not any(d.get("used") for d in f.documents))
        if got:
            firm = got[0]
            days = sorted(self.on([one]) for one in firm.invoices[:3])
            for one, on in zip(firm.invoices[:3], days, strict=False):
                self.put_several(
                    "rent_in_order",
                    firm,
                    [one],
                    "ABONNEMENT",
                    max(on, one["issued_on"]),
                    needs=(firm.name[:14],),
                    sure=self.alone(firm),
                    leave=False,
                )

    # --- left alone ----------------------------------------------------------------------------------

    def _paid_twice(self) -> None:
        if self.paid:
            row = self.paid.pop(self.rng.randrange(len(self.paid)))
            number = len(self.receipts.rows) + 1
            on = min(row["received_on"] + timedelta(days=self.rng.choice((0, 1, 7, 30))), TODAY)
            self.receipts.add(**(row | {"id": number, "received_on": on}))
            self.truth.append(Truth(number, "paid_twice", (), False, True))

    def _closed(self) -> None:
        firm, one = self.rng.choice(self.closed)
        text = texts.named(self.rng, firm.country, one["number"])
        if len(one["number"]) > 5 and all(d["open_minor"] != one["open_minor"] for d in firm.documents):
            self.put("closed", firm, one["open_minor"], self.on([one]), text, [], sure=False)

    def _brother_number(self) -> None:
        """A debtor quotes the number and sum of one with a like name, and owes no such sum itself."""
        if self.families:
            payer, other = self.rng.choice(self.families)
            free = self.free(other)
            if free and not payer.parent and not other.parent:
                one = self.rng.choice(free)
                if all(d["open_minor"] != one["open_minor"] for d in payer.documents):
                    one["used"] = True
                    iban = payer.iban if payer.known_iban else ""
                    self.put(
                        "brother_number",
                        payer,
                        one["open_minor"],
                        self.on([one]),
                        one["number"],
                        [],
                        sure=False,
                        payer_name=plain(payer.name),
                        payer_iban=iban or None,
                        remittance=one["number"],
                    )

    def _brother_amount(self) -> None:
        """Two debtors of like names owe the sum, and the bank shows what both names share."""
        if self.families:
            payer, other = self.rng.choice(self.families)
            mine, theirs = self.free(payer), self.free(other)
            shared = set(plain(payer.name).split()) & set(plain(other.name).split())
            if mine and theirs and shared and not payer.rent and not other.rent:
                one, two = self.rng.choice(mine), self.rng.choice(theirs)
                two["open_minor"] = two["total_minor"] = one["open_minor"]
                one["used"] = two["used"] = True
                name = max(shared, key=len)
                self.put(
                    "brother_amount",
                    payer,
                    one["open_minor"],
                    self.on([one, two]),
                    "REGLEMENT",
                    [(one, one["open_minor"])],
                    sure=False,
                    payer_name=None,
                    payer_iban=None,
                    remittance=f"VIR {name} REGLEMENT",
                )

    def _stranger(self) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            name = self.rng.choice(
                ("TYCHO VALERIANE", "MME OLGA PRZYBYLSKI", "KRONBERG VERWALTUNG", "INDIVISION TASTET")
            )
            self.put(
                "stranger",
                firm,
                one["open_minor"],
                self.on([one]),
                self.rng.choice(("", "virement", "merci")),
                [],
                sure=False,
                name=name,
                seller=None,
                payer_iban=None,
            )

    def _advance(self) -> None:
        firm = self.rng.choice(self.firms)
        amount = self.rng.randrange(2, 50) * 10_000 + 13
        self.put(
            "advance",
            firm,
            amount,
            TODAY,
            self.rng.choice(("ACOMPTE COMMANDE A VENIR", "ARRHES DEVIS 2611", "AVANCE", "ACOMPTE DEVIS")),
            [],
            sure=False,
        )

    def _cheques(self) -> None:
        """A deposit of several cheques: sums of several debtors, or one that happens to be an invoice's."""
        picks = [got for got in (self.pick() for _ in range(self.rng.randint(1, 4))) if got]
        if picks:
            total = sum(documents[0]["open_minor"] for _, documents in picks)
            text = self.rng.choice(
                ("REM CHQ {} BORD {}", "REMISE DE {} CHEQUES N {}", "REMISE CHEQUES {} REF {}")
            ).format(len(picks), self.rng.randrange(10**6, 10**7))
            self.put("cheques", None, total, TODAY, text, [], sure=False)

    def _nobody(self) -> None:
        name, text = self.rng.choice(_NOBODY)
        self.put(
            "nobody", None, self.rng.randrange(3_000, 3_000_000), TODAY, text, [], sure=False, payer_name=name or None
        )

    def _nobody_tempting(self) -> None:
        """The same, of exactly the sum of some invoice."""
        got = self.pick()
        if got:
            name, text = self.rng.choice(_NOBODY)
            self.put(
                "nobody_tempting",
                None,
                got[1][0]["open_minor"],
                self.on(got[1]),
                text,
                [],
                sure=False,
                payer_name=name or None,
            )

    def _other_counter(self) -> None:
        """The bare digits are another debtor's invoice of another sum: the payer's own files, or a stranger's."""
        one, other = self.pick(), self.pick()
        if one and other and one[0].seller != other[0].seller and one[0] is not other[0]:
            payer, document = one[0], other[1][0]
            digits = re.findall(r"\d+", document["number"])[-1]
            amount = self.rng.randrange(10_000, 300_000) | 1
            self.put(
                "other_counter",
                payer,
                amount,
                TODAY,
                f"DOSSIER {digits}",
                [],
                sure=False,
                payer_name=plain(payer.name),
                remittance=f"DOSSIER {digits}",
            )
