"""Rules of the HTTP client that need no HTTP library: which address may be called, how long a pause is.

Codes of the client, so that a caller can tell what may have happened on the other side:

- HUB-HTTP-001: no connection; nothing was sent.
- HUB-HTTP-002: no complete answer; what was sent may have been received.
- HUB-HTTP-003: the address is not allowed; nothing was sent.
- HUB-HTTP-004: answered with a redirect, which is never followed.
- HUB-HTTP-005: the answer is larger than the limit.
- HUB-HTTP-006: the answer cannot be read (compression, JSON).
- HUB-HTTP-007: credentials refused (401, 403).
- HUB-HTTP-008: the other side is busy or broken (429, 5xx, anything unexpected).
- HUB-HTTP-009: the other side says no (other 4xx).
- HUB-HTTP-010: its certificate or TLS is wrong; nothing was sent.
- HUB-HTTP-011: the request cannot be written (a line break in a header…); nothing was sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, TypedDict
from urllib.parse import urlsplit

from pydantic import SecretStr

from hub.sdk.errors import ConfigError
from hub.sdk.redaction import SECRET_NAME, redact, register_secret

#: Longest pause that a call waits out by itself; a longer one is the engine's, as `retry_after_s`.
MAX_PAUSE_S = 30.0
#: Longest pause that is believed at all.
MAX_RETRY_AFTER_S = 86_400.0
_SECONDS = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,6})?")
_ENTRY = re.compile(r"(?P<host>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class CallOptions(TypedDict, total=False):
    """What a call may be given beside its path; meaning: `HttpClient.request`."""

    params: Mapping[str, str | int | SecretStr] | None
    headers: Mapping[str, str | SecretStr] | None
    json: Any
    form: Mapping[str, str] | None
    content: bytes | None
    idempotency_key: str | None
    accept: Collection[int]


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """The pause asked for by a ``Retry-After`` header, in seconds, at most a day.

    Args:
        value: the header: whole seconds or an HTTP date (RFC 9110 §10.2.3).
        now: aware; the date is compared with it.

    Returns:
        None when nothing usable is asked: no header, garbage, a date that has passed.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    seconds = (until - now).total_seconds()
    return min(seconds, MAX_RETRY_AFTER_S) if seconds > 0 else None


def origin(address: str, *, where: str) -> tuple[str, str, int]:
    """Scheme, host and port of an absolute address that may be called at all: https, or http on this machine.

    Raises:
        ConfigError: another scheme, no host, a user in it, or characters that parsers read differently.
    """
    shown = redact(address)
    if not address.isascii() or not address.isprintable() or "\\" in address or " " in address:
        raise _refused(f"address {shown!r} holds characters that do not belong in one", where)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(f"address {shown!r} cannot be read", where) from error
    if "@" in parts.netloc:
        raise _refused("the address names a user (user@host)", where)
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise _refused(f"address {shown!r} is not an https:// address", where)
    if parts.scheme == "http" and not is_loopback(host):
        raise _refused(f"address {shown!r} is plain http, allowed on this machine only", where)
    return parts.scheme, host, port if port is not None else _DEFAULT_PORTS[parts.scheme]


def allowed_origins(base_url: str, hosts: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Hosts and ports that a client may call: the base address's, and `hosts` (``name`` means port 443).

    Raises:
        ConfigError: the base address or an entry cannot be used.
    """
    _, base_host, base_port = origin(base_url, where="base_url")
    allowed = {(base_host, base_port)}
    for entry in hosts:
        match = _ENTRY.fullmatch(entry.lower())
        if match is None:
            raise _refused(f"{redact(entry)!r} is no host name (write name or name:port)", "hosts")
        allowed.add((match["host"].strip("[]"), int(match["port"] or 443)))
    return frozenset(allowed)


def is_loopback(host: str) -> bool:
    """True for this machine: ``localhost`` or a loopback address written in full."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def revealed(values: Mapping[str, Any]) -> dict[str, str]:
    """Names and plain values; what is a secret, by its type or by its name, is masked from now on."""
    plain: dict[str, str] = {}
    for name, value in values.items():
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        if isinstance(value, SecretStr) or SECRET_NAME.fullmatch(name):
            register_secret(text)
            register_secret(text.rpartition(" ")[2])  # "Bearer xyz": partners echo the key alone
        plain[name] = text
    return plain


def header_values(headers: Mapping[str, str | SecretStr], where: str) -> dict[str, str]:
    """Like `revealed`, for headers.

    Raises:
        ConfigError: a value holds a line break or another character that may not stand in a header.
    """
    plain = revealed(headers)
    if not all(value.isascii() and value.isprintable() for value in plain.values()):
        raise unwritable(where)
    return plain


def unwritable(place: str) -> ConfigError:
    """The error for a request that cannot be put into words; its values, perhaps secret, are not shown."""
    return ConfigError(
        code="HUB-HTTP-011",
        what="the request cannot be written: its address or a header holds a character that may not be there",
        where=place,
        mend="look at the values that go into it; a key read from a file often ends with a line break",
    )


def _refused(what: str, where: str) -> ConfigError:
    return ConfigError(
        code="HUB-HTTP-003",
        what=what,
        where=where,
        mend="use the https address of a host that this connector may call",
    )
