"""Every refusal of this connector: one table of codes, each with its sentence and its remedy.

The table is the page `docs/errors/bank.md`; a test compares the two. A code is never reused for another meaning.
"""

from __future__ import annotations

from typing import Any, Final

from hub.sdk.errors import RecordRejected
from hub.sdk.faults import error_of

_EXPORT = "ask the bank for the statement again, and put the complete file in the folder"

#: code -> (what is wrong, how to mend it); both are filled with `str.format`.
CODES: Final[dict[str, tuple[str, str]]] = {
    # The file as a whole.
    "HUB-BANK-001": (
        "the {kind} {path} cannot be read: {reason}",
        "correct folder = … or files = … for this connector, or give the hub the right to read it",
    ),
    "HUB-BANK-002": ("the file cannot be read: {reason}", "give the hub the right to read this file"),
    "HUB-BANK-003": (
        "this is {named}, which this connector does not read",
        "export the account as CFONB 120, camt.053, MT940 or OFX{hint}",
    ),
    "HUB-BANK-004": (
        "this is {named}, an intraday report: its movements may still change",
        "give the end-of-day statement (camt.053, MT940), which carries the same movements once booked",
    ),
    "HUB-BANK-005": (
        "no bank statement format is recognised: {seen}",
        "check that the whole file was copied; formats read: CFONB 120, camt.053, MT940, OFX, QIF",
    ),
    "HUB-BANK-006": (
        "the file has {size} bytes, more than the {limit} allowed for {format}",
        "export a shorter period, so that each file stays below the limit",
    ),
    "HUB-BANK-007": (
        "the file has more than {limit} movements",
        "export a shorter period, so that each file stays below the limit",
    ),
    "HUB-BANK-008": (
        "one {thing} is longer than {limit} bytes",
        _EXPORT + "; if it is genuine, tell the author of the connector",
    ),
    "HUB-BANK-009": (
        "reading took more than {limit} seconds of processor time",
        "export a shorter period, so that each file is read sooner",
    ),
    "HUB-BANK-010": ("the XML is not well formed: {reason}", _EXPORT),
    "HUB-BANK-011": (
        "the XML declares a DOCTYPE, which no bank statement needs and the hub refuses",
        "find out who made this file; a bank's own file has none",
    ),
    "HUB-BANK-012": ("the text is not {encoding}: {reason}", _EXPORT + ", unopened by any editor"),
    "HUB-BANK-013": (
        "the bank answered with an error instead of a statement: {reason}",
        "download the statement again from the bank",
    ),
    # A statement.
    "HUB-BANK-020": (
        "the balances do not agree: opening {opening} + movements {movements} = {found}, but closing says {closing}"
        " (difference {gap}, {count} movements)",
        _EXPORT + "; nothing of this statement was booked",
    ),
    "HUB-BANK-021": (
        "the balance cannot be proved because of one movement: {reason}",
        _EXPORT + "; nothing of this statement was booked",
    ),
    "HUB-BANK-022": (
        "amounts in {first} and in {second} in one statement: the balance cannot be proved",
        "ask the bank for one statement per currency; nothing of this statement was booked",
    ),
    "HUB-BANK-023": ("this is a fragment of a statement: {missing}", _EXPORT),
    "HUB-BANK-024": (
        "this statement is of account {found}, not {wanted}",
        "put it in the folder of its own connector, or correct account = … for this one",
    ),
    "HUB-BANK-025": (
        "the statement of account {first} holds a line of account {second}",
        _EXPORT,
    ),
    "HUB-BANK-026": ("the line is not understood: {reason}", _EXPORT),
    "HUB-BANK-027": ("the {which} balance is not understood: {reason}", _EXPORT),
    "HUB-BANK-028": (
        "the statement was too long to be kept whole while held ({size} bytes): {reason}",
        _EXPORT + ", then import again",
    ),
    "HUB-BANK-029": (
        "the statement carries no account number",
        "set account = … for this connector if the file is really of that account",
    ),
    # A movement.
    "HUB-BANK-030": (
        "the amount {text!r} is not understood: {reason}",
        _EXPORT + ", or enter this movement by hand",
    ),
    "HUB-BANK-031": (
        "the {field} {text!r} is no date of the calendar",
        _EXPORT + ", or enter this movement by hand",
    ),
    "HUB-BANK-032": (
        "the movement carries no booking date",
        _EXPORT + ", or enter this movement by hand",
    ),
    "HUB-BANK-033": (
        "the currency {text!r} is not an ISO 4217 code",
        "set currency = … for this connector if the bank leaves it blank, otherwise ask for the statement again",
    ),
    "HUB-BANK-034": (
        "the {field} has {size} characters, more than {limit}",
        "look at the file: no bank writes that much; enter this movement by hand",
    ),
    "HUB-BANK-035": ("the {field} holds a control character ({char})", _EXPORT),
    "HUB-BANK-036": (
        "the sign of the amount is not understood: {text!r}",
        _EXPORT + ", or enter this movement by hand",
    ),
    "HUB-BANK-037": (
        "the number of decimals is missing or not a digit: {text!r}",
        "set decimals = … for this connector if the bank leaves it blank",
    ),
    "HUB-BANK-038": ("the movement is not understood: {reason}", _EXPORT),
    # A statement beside those read before.
    "HUB-BANK-050": (
        "from {start} to {end} other movements of account {account} are proven by {file}: {differ}"
        " (this one says opening {opening}, closing {closing})",
        "ask the bank which of the two stands; if it is {file}, discard this one, otherwise correct by hand what only"
        " one of them tells; nothing of this statement was booked",
    ),
    # Formats that need to be told something.
    "HUB-BANK-040": (
        "a QIF file says neither account, currency nor date order",
        "set account = …, currency = … and date_order = … for this connector, or export OFX or camt.053 instead",
    ),
}


def reject(code: str, where: str, **values: Any) -> RecordRejected:
    """The refusal `code` at `where`, its sentence filled with `values`."""
    return error_of(RecordRejected, CODES, code, where, **values)
