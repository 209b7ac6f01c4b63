"""The faults that this reader finds, by their stable codes. docs/errors/fec.md shows each with an example.

Codes 001 to 009 concern a whole file, 010 to 019 a line, 020 to 029 an entry, 030 and later the surroundings. A code is
never reused for another meaning.
"""

from __future__ import annotations

from hub.sdk import ConfigError, RecordRejected, SourceUnavailable
from hub.sdk.faults import error_of

#: What is wrong, and what to do.
FAULTS: dict[str, tuple[str, str]] = {
    "HUB-FEC-001": (
        "the file has no header line with the columns of a FEC: {missing} missing (found: {found})",
        "export the FEC again with its first line of names (JournalCode, EcritureNum, EcritureDate, CompteNum…)",
    ),
    "HUB-FEC-002": ("this is no text file: {detail}", "export the FEC as text, separated by tabs or |"),
    "HUB-FEC-003": ("the file is too large: {detail}", "give one file per year"),
    "HUB-FEC-004": (
        "the entries of this file overlap those of {other}: {detail}",
        "keep one file per accounting year, the latest export of each",
    ),
    "HUB-FEC-005": (
        "the file is of the company {siren}, the others of {other}",
        "give each company a connector and a seller of its own",
    ),
    "HUB-FEC-006": ("the file has a header and no entry", "export it again: the period chosen was empty"),
    "HUB-FEC-007": (
        "there are sales, and no account begins with one of {prefixes}: they are owed on {found}",
        'say how the accounts of debtors begin: accounts = ["…"]',
    ),
    "HUB-FEC-008": (
        "{count} entries of this file are not in the newer {other}, for which it is left aside; one of them: {first}",
        "take this file away if they were deleted; if not, export {other} again, complete",
    ),
    "HUB-FEC-009": (
        "no entry of this file is known as its opening, and what {count} debtors owed before is booked once more",
        'name the journal in which the opening stands: opening_journals = ["…"], then sync again',
    ),
    "HUB-FEC-010": (
        "the line has {found} fields, the header has {wanted}",
        "take the separator out of the text, or put quotes around it, then export again",
    ),
    "HUB-FEC-011": ("{detail}", "correct the amount in the accounting program, then export again"),
    "HUB-FEC-012": (
        "{name} {text!r} is not a date written AAAAMMJJ",
        "correct the date in the accounting program, then export again",
    ),
    "HUB-FEC-013": (
        "the line is not written in the file's encoding {encoding}",
        'set encoding = "cp1252" (or "cp850", "utf-8") for this connector',
    ),
    "HUB-FEC-014": ("the line holds a control character (U+{character})", "delete the character, then export again"),
    "HUB-FEC-015": ("{name} is empty, and every line of a FEC must have it", "fill it, then export again"),
    "HUB-FEC-016": (
        "Sens {text!r} says neither debit nor credit",
        "write D or C (or +1 or -1), then export again",
    ),
    "HUB-FEC-017": ("{name} has {found} characters, {limit} are allowed", "shorten it, then export again"),
    "HUB-FEC-020": (
        "the entry {entry} does not balance: debits {debit}, credits {credit}, difference {difference}",
        'export the whole ledger again; for an extract of the debtors\' accounts set unbalanced = "take"',
    ),
    "HUB-FEC-021": (
        "each line of journal {journal} has an entry number of its own, and {count} of {day} do not balance: debits "
        "{debit}, credits {credit}, difference {difference}",
        "have EcritureNum number the entries, not the lines, then export again",
    ),
    "HUB-FEC-022": (
        "the file does not balance: debits {debit}, credits {credit}, difference {difference}",
        "export the FEC again; until then the balances of the debtors may be wrong too",
    ),
    "HUB-FEC-023": (
        "sales of {total} are owed on accounts that are not read (accounts begins with {prefixes}): {found}",
        'if debtors stand there, add how these accounts begin: accounts = ["411", …]',
    ),
    "HUB-FEC-024": (
        "what was understood of {count} debtors is not what their lines come to; the first is {first}, by {difference}",
        "report it with this file; until then the balances of these debtors follow the lines",
    ),
    "HUB-FEC-025": (
        "no file has the entries from {first} to {last}, and what {count} debtors owe changed by {total} meanwhile",
        "put the FEC of that time beside the others, then sync again",
    ),
    "HUB-FEC-026": (
        "the opening carries {accounts} forward in one sum of {said} without names, and the debtors there owed {owed}",
        "export the opening by debtor, or the year before again, complete",
    ),
    "HUB-FEC-030": ("the file {name} is not there", "put it there, or correct `files` in the configuration"),
    "HUB-FEC-031": ("the file {name} cannot be read: {detail}", "give the hub's user the right to read it"),
    "HUB-FEC-032": ("the file {name} is still changing", "nothing to do: the next run reads it once it is complete"),
    "HUB-FEC-033": ("no file matches {pattern}", "put the FEC there, or correct `files` in the configuration"),
    "HUB-FEC-034": (
        "the due dates of {name} cannot be read: {detail}",
        "write the columns number and due_on (AAAA-MM-JJ or JJ/MM/AAAA), separated by ; and save as UTF-8",
    ),
    "HUB-FEC-035": (
        "{name}: {detail}",
        "free some space where temporary files lie, then sync again",
    ),
    "HUB-FEC-036": (
        "this text was held and can only be read together with the rest of its file",
        "correct the file, then run hub sync",
    ),
    "HUB-FEC-037": (
        "the file {name} breaks off in its last line, after {found} fields of {wanted}",
        "copy or export it again, complete; what is known stays until then",
    ),
}


class FileRefused(Exception):
    """A whole file cannot be taken in; carries the refusal."""

    def __init__(self, refusal: RecordRejected) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def rejected(code: str, where: str, /, **values: object) -> RecordRejected:
    """The refusal of a line or an entry, to be kept or raised."""
    return error_of(RecordRejected, FAULTS, code, where, **values)


def refused(code: str, where: str, /, **values: object) -> FileRefused:
    """The refusal of a whole file, to be raised."""
    return FileRefused(rejected(code, where, **values))


def unavailable(code: str, where: str, /, **values: object) -> SourceUnavailable:
    """Something that may be there the next time."""
    return error_of(SourceUnavailable, FAULTS, code, where, **values)


def misconfigured(code: str, where: str, /, **values: object) -> ConfigError:
    """Something that only a change of the configuration can mend."""
    return error_of(ConfigError, FAULTS, code, where, **values)
