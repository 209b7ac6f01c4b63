"""What this connector refuses, in one place: codes, sentences, remedies. Listed in README.md."""

from __future__ import annotations

from hub.sdk import ConfigError, RecordRejected, SourceUnavailable


def no_api(place: str) -> ConfigError:
    """The address leads somewhere, but not to the API that was asked for."""
    return ConfigError(
        code="HUB-DOL-001",
        what="there is no such API at this address",
        where=place,
        mend="correct `address`; in Dolibarr activate the modules REST API, third parties and invoices",
    )


def another_form(place: str, found: object) -> SourceUnavailable:
    """JSON, but none that a Dolibarr known to us sends."""
    return SourceUnavailable(
        code="HUB-DOL-002",
        what=f"the answer has another form than expected: {str(found)[:100]!r}",
        where=place,
        mend="try again later; if it lasts, update this connector or tell its authors the version of Dolibarr",
    )


def unreadable(place: str, name: str, error: Exception) -> RecordRejected:
    """One object has a field that cannot be understood."""
    return RecordRejected(
        code="HUB-DOL-003",
        what=f"{name} cannot be read: {str(error)[:200]}",
        where=place,
        mend="correct it in Dolibarr, then sync again",
    )


def not_adding_up(place: str, told: str, found: str) -> RecordRejected:
    """Dolibarr's own sums and its list of payments disagree."""
    return RecordRejected(
        code="HUB-DOL-004",
        what=f"Dolibarr says {told} remains to pay, its payments and discounts leave {found}",
        where=place,
        mend="sync again; if it lasts, look at this invoice's payments in Dolibarr (one of another company?)",
    )


def more_back_than_paid(place: str) -> RecordRejected:
    """Money went back that never came."""
    return RecordRejected(
        code="HUB-DOL-005",
        what="more was paid back on this invoice than was paid",
        where=place,
        mend="enter the refund on a credit note in Dolibarr, then sync again",
    )


def foreign_cursor(place: str, cursor: str, error: Exception) -> ConfigError:
    """The progress kept for this connector is none of ours."""
    return ConfigError(
        code="HUB-DOL-006",
        what=f"the stored progress cannot be read: {cursor[:60]!r} ({type(error).__name__})",
        where=place,
        mend="run hub sync --full for this connector: everything is read again, nothing is lost",
    )
