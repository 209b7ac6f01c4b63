"""The faults that this reader finds, by their stable codes. docs/errors/csv.md shows each with an example.

Codes 001 to 011 concern a whole file, 012 to 029 a row, 030 and later the surroundings. A code is never reused
for another meaning.
"""

from __future__ import annotations

from hub.sdk import ConfigError, RecordRejected, SourceUnavailable
from hub.sdk.faults import Fault, error_of

#: What HUB-CSV-014 says of a cell that nothing stands in.
EMPTY = "the cell is empty"

FAULTS: dict[str, Fault] = {
    "HUB-CSV-001": Fault(
        "the file has no column for {missing} (headers found: {found}{near})",
        "name the header in [connector.….columns.{kind}], for instance {example}, then sync again",
    ),
    "HUB-CSV-002": Fault(
        "the file has no header line with the columns of {kind}",
        "write the headers in the first line, one for each column, and save the file again",
    ),
    "HUB-CSV-003": Fault(
        "column {column!r} can be read with a decimal comma or a decimal point ({example!r}), and nothing decides",
        'set decimal = "," (or ".") for this connector',
    ),
    "HUB-CSV-004": Fault(
        "the dates of column {column!r} can be read in two ways ({example!r})",
        'set date_order = "dmy" (or "mdy"), or date_format = "ddmmyy", for this connector',
    ),
    "HUB-CSV-005": Fault(
        "the file's characters are written in an unclear way: {detail}",
        'set encoding = "cp850" (or "mac_roman", "cp1252", "utf-8") for this connector, or save the file as CSV UTF-8',
    ),
    "HUB-CSV-006": Fault("the file is too large: {detail}", "split it, or export a shorter period"),
    "HUB-CSV-007": Fault(
        "the archive cannot be used: {detail}",
        "make it again without a password, or put the table itself in the folder",
    ),
    "HUB-CSV-008": Fault(
        "the spreadsheet cannot be used: {detail}",
        "open it, save it again as .xlsx or as CSV UTF-8, or name the sheet with sheet = …",
    ),
    "HUB-CSV-009": Fault(
        "the header {header!r} stands {count} times and is needed for {name}",
        "rename the columns that are not meant, or map another header in [columns]",
    ),
    "HUB-CSV-010": Fault(
        "[columns] gives {name} the header {header!r}, which the file does not have{near}",
        "correct the header in [connector.….columns.{kind}]",
    ),
    "HUB-CSV-011": Fault("this is no table of text: {detail}", "export it as CSV (separator ;) or as .xlsx"),
    "HUB-CSV-012": Fault("{detail}", "correct the cell{or_else}, then sync again"),
    "HUB-CSV-013": Fault(
        "{text!r} is not a date written like {example}",
        "correct the cell, or set date_order or date_format for this connector, then sync again",
    ),
    "HUB-CSV-014": Fault("{said}, and {name} must be given", "fill the cell, then sync again"),
    "HUB-CSV-015": Fault(
        "the row has {found} cells, the header has {wanted}",
        "correct the row: a separator inside a text needs quotes around the text",
    ),
    "HUB-CSV-016": Fault(
        "the row holds a control character ({character})",
        "delete the character in the source, then export again",
    ),
    "HUB-CSV-017": Fault(
        "the row is not written in the file's encoding {encoding} ({detail})",
        'set encoding = "cp1252" (or "cp850") for this connector, or save the file as CSV UTF-8',
    ),
    "HUB-CSV-018": Fault(
        "the quotes of the row do not fit: {detail}",
        'close the quote, and write a quote inside a quoted text twice ("")',
    ),
    "HUB-CSV-019": Fault("{detail}", "shorten the cell in the source, then export again"),
    "HUB-CSV-020": Fault(
        "{text!r} is a number in scientific notation: digits were lost",
        "format the column as text in the spreadsheet, correct the value and export again",
    ),
    "HUB-CSV-021": Fault(
        "{text!r} is a formula, not a value",
        "let the spreadsheet compute and save it, or replace the formula by its value, then export again",
    ),
    "HUB-CSV-022": Fault("{text!r} is no ISO 4217 currency", "write the three-letter code, such as EUR"),
    "HUB-CSV-023": Fault(
        "the type {text!r} is neither an invoice nor a credit note",
        "write invoice or credit_note (facture or avoir), or leave the row out of the export",
    ),
    "HUB-CSV-024": Fault(
        "what is open or paid ({open}) does not lie between 0 and the total ({total})",
        "correct the total or the open amount; an overpayment is a receipt of its own",
    ),
    "HUB-CSV-025": Fault("{detail}", "fill either the debit or the credit, not both"),
    "HUB-CSV-026": Fault(
        "gross {gross} less fee {fee} is not net {net}", "correct the row; the three amounts must agree"
    ),
    "HUB-CSV-027": Fault("{name} has {found} characters, {limit} are allowed", "shorten the text in the source"),
    "HUB-CSV-028": Fault(
        "{text!r} is an error of the spreadsheet, not a value",
        "correct the formula or write the value, save the file, then sync again",
    ),
    "HUB-CSV-030": Fault("the file {name} is not there", "put it there, or correct the path in the configuration"),
    "HUB-CSV-031": Fault("the file {name} cannot be read: {detail}", "give the hub's user the right to read it"),
    "HUB-CSV-032": Fault(
        "reading {name} needs the package python-calamine",
        "pip install 'receivables-hub[excel]', then sync again",
    ),
    "HUB-CSV-033": Fault(
        "the file {name} is still changing", "nothing to do: the next run takes it in once it is complete"
    ),
    "HUB-CSV-034": Fault(
        "the snapshot {stream} is not complete: {detail}",
        "mend what is said of the file; until then nothing counts as missing",
    ),
    "HUB-CSV-035": Fault("the position {cursor!r} was not written by this connector", "run hub sync --full once"),
    "HUB-CSV-036": Fault(
        "the folder {name}, where {pattern} is to be found, is not there",
        "make it or connect it (a share that is not mounted?), or correct the path in the configuration",
    ),
}


class FileRefused(Exception):
    """The whole file cannot be taken in; carries the refusal and, when they were found, its headers."""

    def __init__(self, refusal: RecordRejected, headers: list[str] | None = None, rows: int = 1) -> None:
        super().__init__(str(refusal))
        self.refusal, self.headers, self.rows = refusal, headers or [], rows


def rejected(code: str, where: str, /, **values: object) -> RecordRejected:
    """The refusal of a row, to be returned or raised."""
    return error_of(RecordRejected, FAULTS, code, where, **values)


def refused(code: str, where: str, /, *, headers: list[str] | None = None, **values: object) -> FileRefused:
    """The refusal of a whole file, to be raised; `headers` are those found, for a later look at the same file."""
    return FileRefused(rejected(code, where, **values), headers)


def unavailable(code: str, where: str, /, **values: object) -> SourceUnavailable:
    """Something that may be there the next time."""
    return error_of(SourceUnavailable, FAULTS, code, where, **values)


def misconfigured(code: str, where: str, /, **values: object) -> ConfigError:
    """Something that only a change of the configuration or the installation can mend."""
    return error_of(ConfigError, FAULTS, code, where, **values)
