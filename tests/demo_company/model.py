"""What the demo company is made of. Amounts are signed cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Seller:
    """A company of the group, with its bank account."""

    code: str
    name: str
    siren: str
    iban: str
    bic: str
    opening: int


@dataclass(frozen=True)
class Company:
    """Who a debtor is, whichever seller it buys from."""

    key: str
    name: str
    form: str
    siren: str
    vat: str
    street: str
    postal_code: str
    city: str
    country: str
    iban: str
    category: str

    @property
    def legal_name(self) -> str:
        """The name with its legal form."""
        return f"{self.name} {self.form}".strip()


@dataclass(frozen=True)
class Account:
    """A debtor in one seller's books: what it buys, and how it pays.

    rhythm: "spread" over the months, "monthly" (a contract of one price) or "burst" (three invoices a month, one per
        site). temper: a key of `paying.DELAYS`. manner: how its payments look (`paying`).
    """

    seller: str
    code: str
    company: Company
    terms: str
    count: int
    price: int
    rhythm: str
    temper: str
    manner: str
    parent: Account | None = None
    discount: str = ""
    currency: str = "EUR"

    @property
    def taxed(self) -> bool:
        """Sales to another country carry no French VAT."""
        return self.company.country == "FR"


@dataclass(eq=False)
class Document:
    """An invoice or a credit note; `rest` is what nobody has paid or used yet.

    says_origin: the ledger says which invoice a credit note corrects; the hub then deducts it by itself.
    """

    account: Account
    kind: str
    issued_on: date
    due_on: date
    net: int
    tax: int
    label: str
    number: str = ""
    order_ref: str = ""
    payment_ref: str = ""
    corrects: Document | None = None
    says_origin: bool = False
    rest: int = 0
    open_at_takeover: int = 0

    @property
    def total(self) -> int:
        """With VAT."""
        return self.net + self.tax


@dataclass(eq=False)
class Movement:
    """Money on a seller's account. `lines` is the truth: which document takes how much of a receipt; `deducted` is
    what a discount or a bank kept back of the invoice.

    method: "transfer", "instant", "cheque", "debit" (direct debit), "fee", "wages", "tax", "card".
    """

    seller: str
    on: date
    minor: int
    method: str
    party: str
    text: str
    kind: str
    iban: str = ""
    end_to_end: str = ""
    structured: str = ""
    lines: list[tuple[Document, int]] = field(default_factory=list)
    deducted: int = 0
    note: str = ""
    ref: str = ""
    return_reason: str = ""
    batch: str = ""
    original: tuple[int, str] | None = None

    @property
    def account(self) -> Account | None:
        """The debtor's account, of a receipt that pays something."""
        return self.lines[0][0].account if self.lines else None
