"""What an electronic invoice says, whatever its syntax: the business terms (BT) of EN 16931 that a receivable needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from hub.plugins.einvoices.faults import rejected
from hub.plugins.einvoices.sums import Parts
from hub.sdk.amounts import minor_from_text
from hub.sdk.money import decimal_text, is_currency

T = TypeVar("T")

#: BT-3 of credits: 381 credit note, 261 self-billed, 262 global, 296, 308, 396 factored, 420, 458, 502, 503, 532, 83.
CREDITS = {"381", "261", "262", "296", "308", "396", "420", "458", "502", "503", "532", "83"}

#: BT-3 of what looks like an invoice and claims nothing: a proforma invoice.
NO_CLAIMS = {"325"}


@dataclass(slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7). `siren` and `siret` as the party wrote them, blanks removed."""

    name: str = ""
    code: str = ""
    siren: str = ""
    siret: str = ""
    vat: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    email: str = ""

    def ids(self) -> list[str]:
        """What identifies the party, best first."""
        return [one for one in (self.siren, self.siret, self.vat, self.code) if one]


@dataclass(slots=True)
class VatLine:
    """One line of the VAT breakdown (BG-23): category BT-118, rate in percent BT-119, base BT-116, tax BT-117.

    Amounts are signed as written.
    """

    category: str
    rate: Decimal
    base_minor: int
    tax_minor: int


@dataclass(slots=True)
class EInvoice:
    """An invoice or a credit note as issued; amounts signed as written, in minor units of `currency`.

    `due` are the dates of BT-9 with their amounts when the terms name one; `parts` is what the totals are made of.
    """

    syntax: str
    profile: str
    number: str
    issued: date
    type_code: str
    currency: str
    total: int
    due_payable: int
    net: int | None = None
    tax: int | None = None
    prepaid: int | None = None
    rounding: int = 0
    due: list[tuple[date, int | None]] = field(default_factory=list)
    terms: str = ""
    order_ref: str = ""
    buyer_ref: str = ""
    preceding: str = ""
    remittance: str = ""
    means: str = ""
    ibans: list[str] = field(default_factory=list)
    payee: str = ""
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    vat: list[VatLine] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)

    @property
    def sign(self) -> int:
        """+1 for a claim, −1 for a credit: type and amount together (381 positive, 380 negative are both credits)."""
        amount = self.total or self.due_payable
        credit = self.type_code in CREDITS
        return -1 if (amount < 0) != credit else 1


def profile_of(guideline: str) -> str:
    """The profile by the trailing word of BT-24; the whole text when it is none that is known."""
    word = guideline.rstrip("/").replace("#", ":").rsplit(":", 1)[-1].lower()
    known = {"minimum", "basicwl", "basic", "en16931", "extended", "extended-ctc-fr", "comfort"}
    if word in known:
        return word
    return "en16931" if "en16931" in guideline.lower() else guideline[:100]


def amount(text: str, currency: str, term: str, name: str) -> int | None:
    """An amount with a decimal point in minor units; None when there is no text.

    Raises:
        RecordRejected: it is no amount.
    """
    if not text:
        return None
    try:
        return minor_from_text(text, currency, ".")
    except ValueError as error:
        raise rejected("HUB-EINV-011", "", name=name, term=term, text=text[:40], detail=str(error)) from None


def needed(text: str, term: str, name: str) -> str:
    """`text`, which every invoice must have: HUB-EINV-010."""
    if not text:
        raise rejected("HUB-EINV-010", "", name=name, term=term)
    if len(text) > 200:
        raise rejected("HUB-EINV-011", "", name=name, term=term, text=text[:40], detail="more than 200 characters")
    return text


def type_of(text: str) -> str:
    """BT-3, a code of UNTDID 1001.

    Raises:
        RecordRejected: HUB-EINV-011, it is no code, or that of a document that claims nothing.
    """
    detail = "" if text.isascii() and text.isdigit() else "no code of a document"
    if text in NO_CLAIMS:
        detail = "a proforma invoice claims nothing"
    if detail:
        raise rejected("HUB-EINV-011", "", name="the type", term="BT-3", text=text[:40], detail=detail)
    return text


def currency_of(text: str) -> str:
    """BT-5."""
    code = needed(text, "BT-5", "the currency")
    if not is_currency(code):
        raise rejected("HUB-EINV-011", "", name="the currency", term="BT-5", text=code[:40], detail="no ISO 4217 code")
    return code


def given(found: T | None, term: str, name: str) -> T:
    """A value that every invoice must have.

    Raises:
        RecordRejected: HUB-EINV-010, it is None.
    """
    if found is None:
        raise rejected("HUB-EINV-010", "", name=name, term=term)
    return found


def day(text: str, term: str, name: str) -> date | None:
    """A date written AAAAMMJJ (CII format 102) or AAAA-MM-JJ; None when there is no text."""
    plain = text.strip()[:10].replace("-", "")
    if not plain:
        return None
    try:
        if len(plain) != 8 or not plain.isascii():
            raise ValueError("not a date")
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    except ValueError:
        raise rejected("HUB-EINV-011", "", name=name, term=term, text=text[:40], detail="not a date") from None


def checked(invoice: EInvoice) -> EInvoice:
    """The invoice when BT-115 = BT-112 − BT-113 + BT-114: HUB-EINV-012. MINIMUM cannot tell BT-113: what is not due any
    more of the total was paid before."""
    if invoice.prepaid is None and invoice.profile == "minimum":
        invoice.prepaid = invoice.total + invoice.rounding - invoice.due_payable
    paid = invoice.prepaid or 0
    if invoice.total - paid + invoice.rounding != invoice.due_payable:
        amounts = {
            "total": invoice.total,
            "paid": paid,
            "rounding": invoice.rounding,
            "due": invoice.due_payable,
        }
        shown = {name: decimal_text(minor, invoice.currency) for name, minor in amounts.items()}
        raise rejected("HUB-EINV-012", "", **shown)
    return invoice


def squeezed(text: str) -> str:
    """An identifier without its blanks, in capitals."""
    return "".join(text.split()).upper()
