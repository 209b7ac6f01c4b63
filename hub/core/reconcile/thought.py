"""The slower reasoning about one receipt: read its texts, find its payer, gather every explanation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.companies import Payer
from hub.core.reconcile.company_rules import ASK, RULED, CompanyRule
from hub.core.reconcile.given_back import FOR_A_PERSON, GIVEN_BACK, given_back
from hub.core.reconcile.mentions import BARE, WEAK, Reading
from hub.core.reconcile.mentions import STRONG as STRONG_REF
from hub.core.reconcile.on_behalf import paid_for, says_for_whom
from hub.core.reconcile.outcome import NOT_A_RECEIPT, UNAPPLIED, Decision
from hub.core.reconcile.outsiders import Kind, figures_are_no_invoices, outsider_by_name, outsider_by_text
from hub.core.reconcile.own_ends import add_ends
from hub.core.reconcile.references import Reader
from hub.core.reconcile.rules.by_amount import by_amount, by_likeness
from hub.core.reconcile.rules.by_currency import by_currency
from hub.core.reconcile.rules.by_order import by_order
from hub.core.reconcile.rules.by_payer import by_payer
from hub.core.reconcile.rules.by_reference import by_reference, may_be_exact
from hub.core.reconcile.rules.by_remittance import RemittanceIndex, by_remittance
from hub.core.reconcile.rules.near_number import due_nearest
from hub.core.reconcile.rules.paid_already import slipped_from_paid
from hub.core.reconcile.stances import CONTRADICTS, MEDIUM, STRONG
from hub.core.reconcile.text import fold, join_pieces

_DIGIT = re.compile(r"\d")
_MOST_EQUAL = 50  # equal invoices whose numbers are compared with a paid one's
_SURE = 0.9  # more than a number of few digits deserves beside words of wages, taxes or damages
_WHOLE = 0.92  # the same where they are all of a number: a person looks at it
_BESIDE_A_NUMBER = 0.8  # another invoice less its discount, where the text spells the number of one
_DOUBTFUL = 0.75  # when nothing is surer, debtors only somewhat like the payer are worth a look
_NO_REFERENCE = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NON COMMUNIQUE", "N/A", "NONE"))


class Thought:
    """Opens cases and explains them."""

    def __init__(
        self,
        desk: Desk,
        remittances: RemittanceIndex,
        own_accounts: frozenset[str],
        ruled: Mapping[int, CompanyRule],
    ) -> None:
        self.desk = desk
        self.remittances = remittances
        self.own_accounts = own_accounts
        self.ruled = ruled
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
        self.given_back = given_back(r)

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
            case.for_a_person = f"your rule “{rule.name}” leaves it to a person"
        elif account is None:
            case.for_a_person = f"your rule “{rule.name}” names a debtor whom nobody knows: {rule.debtor}"
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

    def outsider(self, case: Case) -> Kind | None:
        """Why the money is no payment of a debtor, if it is none."""
        r = self.desk.receipts
        iban = r.payer_iban[case.row]
        if iban and iban.replace(" ", "").upper() in self.own_accounts:
            return Kind("internal_transfer", "A transfer from one of our own accounts.")
        if case.row in self.given_back:
            return GIVEN_BACK
        if case.payer.score >= STRONG:
            return None
        by_name = outsider_by_name(r.payer_name[case.row])
        if by_name is not None:
            return by_name
        said = " ".join(t[:2000] for t in (r.payer_name[case.row], r.remittance[case.row]) if t)
        return outsider_by_text(fold(said), r.transaction_code[case.row])

    def _speaks_of_an_outsider(self, case: Case) -> bool:
        """Whether a label has words of wages, taxes, loans and the like: a name in it may be anybody's."""
        r = self.desk.receipts
        return outsider_by_text(fold((r.remittance[case.row] or "")[:2000]), None) is not None

    def _may_be_other_money(self, case: Case, drafts: list[Draft]) -> float:
        """The most that drafts deserve which nothing but figures speaks for, where nobody knows who paid and the label
        speaks of something else."""
        strangers = [d for d in drafts if d.weight > _SURE and d.evidence.get("payer") == "unknown"]
        if not strangers:
            return 1.0
        if any([d.evidence.get("strength", BARE + 1) <= BARE for d in strangers]) and self._speaks_of_an_outsider(case):
            return _SURE
        compact = self.desk.ledger.numbers.compact
        plain = [d for d in strangers if all([compact[row].isdigit() for row, _ in d.lines])]
        if plain and figures_are_no_invoices(join_pieces(fold((self.desk.receipts.remittance[case.row] or "")[:2000]))):
            return _WHOLE
        return 1.0

    def may_be_exact(self, case: Case) -> bool:
        """Whether a reference can explain the amount to the cent; a quick look that builds no explanation."""
        reading = case.reading
        if reading.orders or case.original or self.remittances.find(self.desk, case):
            return True
        return bool(reading.mentions) and may_be_exact(self.desk, case)

    def by_references(self, case: Case) -> list[Draft]:
        """Explanations with something written behind them; remembered while nobody used the items named."""
        ledger, reading = self.desk.ledger, case.reading
        if not (reading.mentions or reading.orders or case.original or self.remittances.find(self.desk, case)):
            return []
        account_of = ledger.account_of
        accounts = {account_of[ref.row] for mention in reading.mentions for ref in mention.refs}
        uses = sum([ledger.uses[a] for a in accounts])
        if case.thought is None or case.thought[0] != uses or case.reading.orders or not accounts:
            case.thought = (uses, self._by_references(case))
        return list(case.thought[1])

    def _by_references(self, case: Case) -> list[Draft]:
        desk = self.desk
        drafts = by_remittance(desk, case, self.remittances)
        if drafts and any(d.rule == "remittance_exact" and d.weight > 0.98 for d in drafts):
            return drafts
        if case.reading.mentions:
            drafts += by_reference(desk, case)
            if not drafts or case.original:
                drafts += by_currency(desk, case)
        elif case.original:
            drafts += by_currency(desk, case)
        if (most := self._may_be_other_money(case, drafts)) < 1.0:
            for draft in drafts:
                draft.weight = min(draft.weight, most)
        if case.reading.orders and not any(d.weight > 0.97 for d in drafts):
            drafts += by_order(desk, case)
        return drafts

    def all_drafts(self, case: Case) -> list[Draft]:
        """Every explanation, those by payer and amount included."""
        drafts = self.by_references(case)
        if not any([d.weight > 0.97 for d in drafts]):
            explained = by_payer(self.desk, case)
            if explained and case.payer.found_by == "text" and self._speaks_of_an_outsider(case):
                for draft in explained:
                    draft.weight = min(draft.weight, 0.9)
                    draft.evidence["against"] = "the text speaks of money that pays no invoice"
            for draft in explained:
                if draft.rule == "payer_discount" and any([_is_plainly_named(d) for d in drafts]):
                    draft.weight = min(draft.weight, _BESIDE_A_NUMBER)
            drafts += explained
        if case.reading.closed:
            return drafts
        if not drafts:
            return by_amount(self.desk, case)
        if all(draft.weight < _DOUBTFUL for draft in drafts):
            drafts += by_likeness(self.desk, case)
        return drafts

    def second_payment(self, case: Case) -> Decision | None:
        """The text names only invoices that are closed, before this run or in it: paid twice."""
        ledger, payers = self.desk.ledger, self.desk.payers
        if case.reading.closed and any(d.weight > 0.9 for d in (case.thought or (0, []))[1]):
            return None
        if not case.reading.closed and not case.reading.mentions:
            return None
        closed = [
            number
            for number, accounts in case.reading.closed
            if not accounts or any(a < 0 or payers.stance(case.payer, a) != CONTRADICTS for a in accounts)
        ]
        for mention in case.reading.mentions:
            refs = [ref for ref in mention.refs if ref.strength >= STRONG_REF and not ledger.is_credit[ref.row]]
            if any(ledger.left[ref.row] > 0 for ref in refs):
                return None
            if any(payers.stance(case.payer, ledger.account_of[ref.row]) != CONTRADICTS for ref in refs):
                closed.append(mention.text)
        if not closed or self._may_be_a_misprint(case):
            return None
        reason = f"The text names {', '.join(closed[:5])}, already paid: a duplicate, or money to give back."
        evidence = {"closed": closed[:20], "payer_found_by": case.payer.found_by}
        return Decision(case.id, UNAPPLIED, "duplicate", reason, (), evidence)

    def _may_be_a_misprint(self, case: Case) -> bool:
        """Whether the payer owes this very sum on an invoice one slip away from the number of a paid one."""
        payer = case.payer
        if payer.score < STRONG or len(payer.accounts) > 4:
            return False
        ledger = self.desk.ledger
        return any(
            self.desk.usable(row, case) and ledger.left[row] == case.amount and slipped_from_paid(self.desk, case, row)
            for account in payer.accounts
            for row in due_nearest(self.desk, case, ledger.rows_of_amount(account, case.amount))[:_MOST_EQUAL]
        )


def _is_plainly_named(draft: Draft) -> bool:
    """Whether the text spells the number of what the payer owes."""
    return bool(draft.evidence.get("payer") == "agrees" and draft.evidence.get("strength", WEAK) > BARE)


def said_by(rule: CompanyRule) -> Kind:
    """Why money is no payment of a debtor, where the company itself says so."""
    return Kind("company_rule", f"Your rule “{rule.name}” says that it is no debtor's payment.")


def not_a_receipt(receipt_id: int, kind: Kind) -> Decision:
    """The decision for an outsider's money."""
    return Decision(receipt_id, NOT_A_RECEIPT, kind.code, kind.reason)
