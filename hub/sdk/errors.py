"""The error tree: the type says what the engine will do, the text serves the person on call.

Every error carries a stable `code` (listed in docs/errors.md with an example), `what` happened,
`where`, and how to `mend` it. No secret and no traceback ever stands in these texts.
"""

from __future__ import annotations

from typing import Any


class HubError(Exception):
    """Something a person can understand and mend.

    Args:
        code: stable identifier such as ``HUB-CSV-012``; never reused for another meaning.
        what: one sentence, what is wrong, with the offending value quoted.
        where: place, as narrow as known: ``file:line:column``, ``[connector.bank] folder``.
        mend: one sentence, what the reader can do about it.
    """

    def __init__(self, *, code: str, what: str, where: str = "", mend: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" — {self.mend}" if self.mend else ""
        return f"{self.code} {place}{self.what}{remedy}"

    def as_wire(self) -> dict[str, Any]:
        """The error as plain values, for the pipe between a connector's process and the hub."""
        return {
            "type": type(self).__name__,
            "code": self.code,
            "what": self.what,
            "where": self.where,
            "mend": self.mend,
        }


class ConfigError(HubError):
    """The configuration cannot be used: stop before starting (exit status 2)."""


class SourceUnavailable(HubError):
    """The other side is out of reach: retry with backoff, then report (exit status 3).

    `retry_after_s` is the pause the other side asked for, in seconds, or None.
    """

    def __init__(
        self, *, code: str, what: str, where: str = "", mend: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(code=code, what=what, where=where, mend=mend)
        self.retry_after_s = retry_after_s

    def as_wire(self) -> dict[str, Any]:
        return {**super().as_wire(), "retry_after_s": self.retry_after_s}


class SourceAuthError(HubError):
    """Credentials were refused: suspend this connector and tell the operator."""


class RecordRejected(HubError):
    """One record cannot be understood: it is held with place, reason and remedy; the rest goes on."""


class SignatureRefused(HubError):
    """A webhook is not from whom it says, or too old: it is answered 401, and nothing of it is kept."""


class PartnerRefused(HubError):
    """A partner said no for a business reason: file the answer, never retry."""


class BrokenPromise(HubError):
    """A plugin broke the contract of its role: it is stopped and its author named."""


_BY_NAME: dict[str, type[HubError]] = {
    cls.__name__: cls
    for cls in (
        HubError,
        ConfigError,
        SourceUnavailable,
        SourceAuthError,
        RecordRejected,
        SignatureRefused,
        PartnerRefused,
        BrokenPromise,
    )
}


def from_wire(message: dict[str, Any]) -> HubError:
    """The error that `HubError.as_wire` described; an unknown type becomes a plain HubError."""
    cls = _BY_NAME.get(str(message.get("type")), HubError)
    texts = {name: str(message.get(name) or "") for name in ("code", "what", "where", "mend")}
    if cls is SourceUnavailable:
        return SourceUnavailable(**texts, retry_after_s=message.get("retry_after_s"))
    return cls(**texts)
