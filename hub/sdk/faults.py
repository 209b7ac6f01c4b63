"""A connector's faults in one table: by its stable code what is wrong and how to mend it, both with {names} to fill.

>>> FAULTS = {"HUB-ABC-123": ("{name} is empty", "fill it, then sync again")}
>>> str(error_of(RecordRejected, FAULTS, "HUB-ABC-123", "invoice 7", name="Date"))
'HUB-ABC-123 invoice 7: Date is empty — fill it, then sync again'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from hub.sdk.errors import HubError

Error = TypeVar("Error", bound=HubError)


class Fault(NamedTuple):
    """What is wrong, and what to do."""

    what: str
    mend: str


def error_of(
    kind: type[Error], faults: Mapping[str, tuple[str, str]], code: str, where: str, /, **values: object
) -> Error:
    """The fault `code` at `where` as an error of `kind`, its sentences filled with `values`."""
    what, mend = faults[code]
    return kind(code=code, what=what.format(**values), where=where, mend=mend.format(**values))
