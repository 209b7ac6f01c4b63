"""What a part of a movement says when it cannot be understood; the place is added by whoever knows it."""

from __future__ import annotations

from hub.plugins.bank_statements.faults import reject
from hub.sdk.errors import RecordRejected


class Garbled(ValueError):
    """Part of a record that cannot be understood; carries the refusal's code and values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def at(self, where: str) -> RecordRejected:
        """The refusal, with its place."""
        return reject(self.code, where, **self.values)
