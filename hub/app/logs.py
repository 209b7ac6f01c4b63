"""The hub's log: structured, one line an event, on standard error; no secret passes."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

from hub.sdk.redaction import redact

Form = Literal["console", "json"]


def configure(form: Form, level: int = logging.INFO) -> None:
    """Send what the hub and its libraries log to standard error, as lines for people or as JSON."""
    import structlog

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redacted,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))  # of libraries, only what went wrong


def say_more() -> None:
    """What the hub does, on standard error, with the seconds since the command began: `-v` of every command."""
    from hub.sdk.redaction import REDACTING

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Elapsed("%(seconds)7.2f s  %(message)s"))
    handler.addFilter(REDACTING)
    logger = logging.getLogger("hub")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


def say_less() -> None:
    """Undo `say_more`."""
    logger = logging.getLogger("hub")
    logger.handlers = []
    logger.setLevel(logging.NOTSET)


class _Elapsed(logging.Formatter):
    """Gives `seconds` since logging was loaded, which is when the command began."""

    def format(self, record: logging.LogRecord) -> str:
        record.seconds = record.relativeCreated / 1000
        return super().format(record)


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Every text without the secrets of the configuration."""
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}
