"""The first look at a receipt that needs thought: its texts are read, and who paid is found."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.company_rules import ASK, RULED, YOUR_RULE, CompanyRule
from hub.core.reconcile.payers.companies import Payer
from hub.core.reconcile.payers.stances import MEDIUM
from hub.core.reconcile.reading.mentions import Reading
from hub.core.reconcile.reading.on_behalf import paid_for, says_for_whom
from hub.core.reconcile.reading.references import Reader
from hub.core.reconcile.rules.own_ends import add_ends
from hub.core.reconcile.texts.given_back import FOR_A_PERSON

_DIGIT = re.compile(r"\d")
_NO_REFERENCE = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NON COMMUNIQUE", "N/A", "NONE"))


class Opening:
    """Reads receipts one by one. Texts without a digit are read once, however often they come back."""

    def __init__(self, desk: Desk, ruled: Mapping[int, CompanyRule], given_back: Collection[int]) -> None:
        self.desk = desk
        self.ruled = ruled
        self.given_back = given_back
        self._wordy: dict[tuple[str, ...], Reading] = {}
        r = desk.receipts
        self._given = [
            (where, column)
            for where, column in (
                ("structured_ref", r.structured_ref),
                ("end_to_end_ref", r.end_to_end_ref),
                ("remittance", r.remittance),
            )
            if any(column)
        ]
        self.reader = Reader(desk.ledger, desk.payers.names)

    def open_case(self, row: int) -> Case:
        """Read the texts of a receipt and find its payer."""
        r = self.desk.receipts
        texts: list[tuple[str, str]] = []
        for where, column in self._given:
            text = column[row]
            if text and text[:20].strip().upper() not in _NO_REFERENCE:
                texts.append((where, text))
        name = r.payer_name[row]
        if name and _DIGIT.search(name):
            texts.append(("payer_name", name))
        reading = self._read(texts, r.received_on[row])
        ordered, ordered_in = r.original_amount_minor[row], r.original_currency[row]
        original = (ordered_in, ordered) if ordered and ordered_in and ordered_in != r.currency[row] else None
        if r.unapplied_minor[row] != r.amount_minor[row]:
            original = None  # what was ordered is the whole receipt's, and a part of it is applied already
        case = Case(
            row,
            r.id[row],
            r.unapplied_minor[row],
            r.currency[row],
            r.seller[row],
            r.received_on[row],
            self._payer(row, reading),
            bool(name) or self._has_unknown_name(reading),
            reading,
            texts,
            original,
        )
        if row in self.ruled:
            self._follow(self.ruled[row], case)
        elif row in self.given_back:
            case.for_a_person = FOR_A_PERSON
        return case

    def _follow(self, rule: CompanyRule, case: Case) -> None:
        """What a company's rule says of who pays, or that a person decides."""
        account = self.desk.ledger.account_at.get(rule.debtor) if rule.debtor else None
        if rule.then == ASK:
            case.for_a_person = f"{YOUR_RULE}{rule.name}” leaves it to a person"
        elif account is None:
            case.for_a_person = f"{YOUR_RULE}{rule.name}” names a debtor whom nobody knows: {rule.debtor}"
        else:
            case.payer = Payer((account,), 1.0, f"{RULED}{rule.name}")
            case.payer_known_by_name = True

    def _read(self, texts: list[tuple[str, str]], received_on: date) -> Reading:
        """What texts say; without a digit they say the same on any day, and often come back."""
        for _, text in texts:
            if _DIGIT.search(text):
                return self.reader.read(texts, received_on)
        key = tuple([text for _, text in texts])
        reading = self._wordy.get(key)
        if reading is None:
            reading = self._wordy[key] = self.reader.read(texts, received_on)
        return reading

    def look_again(self, case: Case) -> None:
        """A second, slower look at texts with digits that did not explain the receipt yet."""
        if self._wordy.get(tuple([text for _, text in case.texts])) is case.reading:
            return
        more = self.reader.look_again(case.reading, case.texts, case.received_on)
        if add_ends(self.desk, case) or more:
            case.thought = case.named = None

    def _has_unknown_name(self, reading: Reading) -> bool:
        """Whether words of the label may be a name."""
        return any([len(w) > 3 for w in self.desk.payers.telling(reading.words)])

    def _payer(self, row: int, reading: Reading) -> Payer:
        """By account and name; else by the company number or the name the text gives."""
        r, payers = self.desk.receipts, self.desk.payers
        found = payers.find(r.payer_name[row], r.payer_iban[row])
        said = r.remittance[row] or ""
        if says_for_whom(reading, said):
            told = paid_for(payers, said)
            if told.accounts:
                return told
            if found.accounts:
                found = found._replace(behalf=True)
        if found.score >= MEDIUM:
            return self._by_customer(found, reading) if reading.customers or reading.accounts else found
        if reading.accounts:
            return Payer(tuple(dict.fromkeys(reading.accounts)), 1.0, "siren")
        if reading.customers:
            return Payer(tuple(dict.fromkeys(reading.customers)), 1.0, "customer number")
        named = self._by_customer(payers.in_text(reading.words), reading)
        if not found.accounts and not r.payer_name[row]:
            return named  # even when its words name nobody for sure, they may contradict
        named = payers.in_passing(named)
        return named if named.score > found.score and named.score >= 0.6 else found

    def _by_customer(self, payer: Payer, reading: Reading) -> Payer:
        """Of several debtors who may be the payer the one whose SIREN, or customer number, the text has."""
        for found_by, said in (("siren", reading.accounts), (payer.found_by, reading.customers)):
            own = tuple(a for a in payer.accounts if a in said) if len(payer.accounts) > 1 else ()
            if own:
                return payer._replace(accounts=own, found_by=found_by)
        return payer
