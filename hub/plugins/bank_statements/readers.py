"""Which reader reads which format, and how a movement's bytes are understood. Loaded when first needed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, cast

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.model import Reader
from hub.plugins.bank_statements.seen import Seen

#: ``understand(body, layout, config, ref)``: what one movement says. Raises Garbled or RecordRejected.
Understand = Callable[[bytes, dict[str, Any], StatementsConfig, str], Seen]

_PACKAGE: Final = "hub.plugins.bank_statements."
_MODULES: Final = {
    "cfonb120": ("cfonb", "cfonb_map"),
    "camt.053": ("camt", "camt_map"),
    "camt.054": ("camt", "camt_map"),
    "mt940": ("mt940", "mt940_map"),
    "ofx": ("ofx", "ofx"),
    "qif": ("qif", "qif"),
}


def reader(format_: str) -> Reader:
    """The reader of a format; KeyError when there is none."""
    return cast(Reader, import_module(_PACKAGE + _MODULES[format_][0]).read)


def understanding(format_: str) -> Understand:
    """How one movement of a format is understood; KeyError when there is none."""
    return cast(Understand, import_module(_PACKAGE + _MODULES[format_][1]).understand)
