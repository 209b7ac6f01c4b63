"""What can go wrong with Sage 100, by stable code. docs/errors/sage100.md shows each with an example.

Codes 001 to 019 concern the way to the data base, 020 to 039 one unit. A code is never reused.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.sdk import ConfigError, RecordRejected, SourceAuthError, SourceUnavailable


@dataclass(frozen=True, slots=True)
class Fault:
    """What a code says: `what` and `mend` are filled in with the values at hand."""

    what: str
    mend: str


FAULTS: dict[str, Fault] = {
    "HUB-SAGE-001": Fault(
        "the data base cannot be reached: {detail}",
        "check server, port (1433) and firewall, and that SQL Server accepts TCP/IP; then sync again",
    ),
    "HUB-SAGE-002": Fault(
        "no answer within {seconds} s",
        "sync again at a quieter hour, or raise timeout_s; ask the administrator whether Sage is being maintained",
    ),
    "HUB-SAGE-003": Fault(
        "the login was refused: {detail}",
        "check user and password with the administrator; hub/plugins/sage100/grant_read_only.sql makes the login",
    ),
    "HUB-SAGE-004": Fault(
        "this is no data base of a Sage 100 company: it has no table {missing}",
        "name the company's own data base at the end of url (the name of its .MAE or .GCM file)",
    ),
    "HUB-SAGE-005": Fault(
        "table {table} has no column {missing}, which is needed",
        "this version of Sage 100 is older than those known: report it with the list of columns of the table",
    ),
    "HUB-SAGE-006": Fault(
        "the login may not read {detail}",
        "have the administrator run hub/plugins/sage100/grant_read_only.sql in this company's data base",
    ),
    "HUB-SAGE-007": Fault(
        "the driver of {scheme!r} is not installed: {detail}",
        "pip install 'receivables-hub[sage100]' for mssql+pytds://, or the driver that the url names",
    ),
    "HUB-SAGE-008": Fault("the position {cursor!r} was not written by this connector", "run hub sync --full once"),
    "HUB-SAGE-009": Fault(
        "the data base gave up the question: {detail}",
        "sync again; if it stays, report it with this text",
    ),
    "HUB-SAGE-010": Fault("the url is not understood: {detail}", "write it like mssql+pytds://reader@server/COMPANY"),
    "HUB-SAGE-020": Fault(
        "the amount {amount} has more decimals than {currency} allows",
        "correct the entry in Sage, then sync again",
    ),
    "HUB-SAGE-021": Fault(
        "{column} says {text!r}, which is no day of the calendar", "correct the date in Sage, then sync again"
    ),
    "HUB-SAGE-022": Fault(
        "currency number {number} has no ISO code in P_DEVISE",
        "fill in the ISO code of that currency in Sage (file, company, currencies), then sync again",
    ),
    "HUB-SAGE-023": Fault(
        "number {number!r} stands for {count} debtors in {year}: {debtors}",
        "correct the invoice number (EC_RefPiece) of the wrong entry in Sage, or set invoice_number; then sync again",
    ),
    "HUB-SAGE-024": Fault(
        "number {number!r} is shared by {count} entries of {year}: it is a batch label, no invoice number",
        'set invoice_number = "EC_Piece" (or "EC_RefPiece") for this connector, then sync again',
    ),
    "HUB-SAGE-025": Fault("{column} is empty", "fill it in Sage, then sync again"),
    "HUB-SAGE-026": Fault("the unit is written in another form than this version knows", "run hub sync --full once"),
    "HUB-SAGE-027": Fault("{column} {amount} is negative", "correct the payment in Sage, or report what it stands for"),
    "HUB-SAGE-040": Fault(
        "this is no file in Sage's tagged format: it begins with {found!r} instead of '#FLG 000'",
        "export it from Comptabilité as 'format Sage'",
    ),
    "HUB-SAGE-041": Fault(
        "version {version} of the tagged format is not known (known: {known})",
        "export it from a recent Sage 100, or report it with a sample",
    ),
    "HUB-SAGE-042": Fault("the file has no #FIN: it was cut", "export it again"),
    "HUB-SAGE-043": Fault("the entry has {found} fields of {wanted}", "export it again; report it if it stays"),
    "HUB-SAGE-044": Fault("{column} {text!r} is not understood", "correct the entry in Sage, then export again"),
    "HUB-SAGE-045": Fault("the file cannot be read: {detail}", "put it there, and let the hub's user read it"),
    "HUB-SAGE-050": Fault(
        "no general account or journal is configured for the bank account {account!r}",
        'add it: bank_accounts = {{ "{account}" = "512100" }}, bank_journals = {{ "{account}" = "BQ" }}',
    ),
    "HUB-SAGE-051": Fault(
        "posting {posting} is in {currency}, the books are in {own}", "book it in Sage by hand, at the rate of the day"
    ),
    "HUB-SAGE-052": Fault(
        "the parts of posting {posting} add up to {parts} cents, its amount is {amount}",
        "report it as a bug of the hub",
    ),
    "HUB-SAGE-054": Fault(
        "the {what} {text!r} has more than {most} characters, which the format does not take",
        "enter this payment by hand; nothing is cut",
    ),
    "HUB-SAGE-060": Fault(
        "this is no movement of a PNM file: {found!r}",
        "export it in the tagged format (format Sage), which is known better",
    ),
    "HUB-SAGE-061": Fault(
        "the amount {text!r} has no decimal mark: euros to some programs, cents to others",
        "export it in the tagged format (format Sage)",
    ),
    "HUB-SAGE-062": Fault(
        "debits less credits of its {count} movements are {rest}: the layout is not the one known, or the file was cut",
        "export it in the tagged format (format Sage)",
    ),
    "HUB-SAGE-053": Fault(
        'with ledger = "commercial" entries would not come back: Comptabilité imports, Gestion commerciale is read',
        'read Comptabilité (ledger = "accounting"), or enter the payments in Gestion commerciale by hand',
    ),
}


def rejected(code: str, where: str, /, **values: object) -> RecordRejected:
    """The refusal of one unit."""
    return RecordRejected(code=code, where=where, **_words(code, values))


def unavailable(code: str, where: str, /, **values: object) -> SourceUnavailable:
    """Something that may be there the next time."""
    words = _words(code, values)
    return SourceUnavailable(code=code, where=where, what=words["what"], mend=words["mend"])


def refused(code: str, where: str, /, **values: object) -> SourceAuthError:
    """Something that only the administrator of the data base can open."""
    return SourceAuthError(code=code, where=where, **_words(code, values))


def misconfigured(code: str, where: str, /, **values: object) -> ConfigError:
    """Something that only a change of the configuration or the installation can mend."""
    return ConfigError(code=code, where=where, **_words(code, values))


def _words(code: str, values: dict[str, object]) -> dict[str, str]:
    fault = FAULTS[code]
    return {"what": fault.what.format(**values), "mend": fault.mend.format(**values)}
