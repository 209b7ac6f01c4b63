"""No secret leaves: known secret values and texts shaped like secrets are masked in logs and errors.

Values are registered once, when the configuration is read or when a header is sent, for the whole process: a
secret of one connector must not appear in the log of another either.

>>> redact("GET /invoices?api_key=12345&page=2")
'GET /invoices?api_key=[secret]&page=2'
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

MASK = "[secret]"
#: Shorter values are not masked: they would blot out half of every text. They are no secrets either.
MIN_LENGTH = 4

_NAMES = (
    r"(?:[\w-]{0,24}(?:api[_-]?key|access[_-]?key|token|secret|passw(?:or)?d|passwd|pwd|signature|private[_-]?key)"
    r"|(?:proxy-)?authorization|(?:set-)?cookie|x-auth[\w-]*)"
)
#: Names of headers, parameters and settings whose value is a secret.
SECRET_NAME = re.compile(rf"(?i){_NAMES}")
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.{0,5000}?-----END [A-Z ]{0,40}-----", re.S), MASK),
    # A scheme and a value with a digit or a sign in it: "Bearer x9…", but not "basic agreement".
    (re.compile(r"(?i)\b(bearer|basic|digest|token)(\s+)(?=[a-z]{0,100}[\d.~+/=_])[\w.~+/=-]{8,}"), rf"\1\2{MASK}"),
    (re.compile(r"(?<=://)[^\s/@:]{0,200}:[^\s/@]{1,500}@"), f"{MASK}@"),
    (re.compile(r"\b(?:[sr]k_(?:live|test)_|whsec_|xox[abp]-|gh[pousr]_|AKIA)[\w-]{8,}"), MASK),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), MASK),
    (
        # name = value, name: value, "name": "value", name=value&…, with or without a scheme.
        re.compile(
            rf"(?i)(\b{_NAMES}[\"']?(?:\s{{0,9}}[=:]\s{{0,9}}|%3D)[\"']?)"
            r"(?!(?:(?:bearer|basic|digest|token)\s+)?\[secret\])(?:(?:bearer|basic|digest|token)\s+)?[^\s\"'&,;<>]+"
        ),
        rf"\1{MASK}",
    ),
)
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
_secrets: set[str] = set()
_pattern: re.Pattern[str] | None = None


def register_secret(secret: SecretStr | str) -> None:
    """Mask this value from now on, as it is and as it stands in an address; very short ones are not."""
    value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
    forms = {form for form in (value, value.strip(), quote(value, safe="")) if len(form) >= MIN_LENGTH}
    if forms <= _secrets:
        return
    global _pattern
    _secrets.update(forms)
    _pattern = re.compile("|".join(map(re.escape, sorted(_secrets, key=len, reverse=True))))


def register_secrets_of(values: object) -> None:
    """Register every `SecretStr` in a connector's settings: in nested settings, lists and tables as well."""
    if isinstance(values, SecretStr):
        register_secret(values)
    elif isinstance(values, BaseModel):
        register_secrets_of([value for _, value in values])
    elif isinstance(values, Mapping):
        register_secrets_of(list(values.values()))
    elif isinstance(values, list | tuple | set | frozenset):
        for value in values:
            register_secrets_of(value)


def redact(text: str) -> str:
    """`text` without registered secrets and without what looks like one."""
    if _pattern is not None:
        text = _pattern.sub(MASK, text)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of a foreign text on one line, redacted and without control characters."""
    printable = "".join(char if char.isprintable() else " " for char in redact(text[:4_000]))
    line = " ".join(printable.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


class RedactingFilter(logging.Filter):
    """Masks secrets in a log record: message, traceback, stack and extras. For loggers and for handlers."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(_message(record)), None
        if record.exc_info:
            # The formatter would print the exception itself: leave it the masked text only.
            record.exc_text = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        for name, value in record.__dict__.items():
            if name not in _STANDARD and value is not None:
                record.__dict__[name] = MASK if SECRET_NAME.fullmatch(name) else _redacted(value)
        return True


#: The one filter; adding it to the same logger twice changes nothing.
REDACTING = RedactingFilter()


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # a log call whose arguments do not fit must not stop the work
        return f"{record.msg} {record.args!r}"


def _redacted(value: object) -> object:
    """Extra values of a record; numbers stay, texts and containers are masked (containers as text)."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact(value)
    text = repr(value)
    masked = redact(text)
    return value if masked == text else masked
