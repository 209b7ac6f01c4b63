"""All that a plugin may import. Stable within its major version (`SDK_VERSION`)."""

from hub.sdk.config import ConnectorConfig
from hub.sdk.context import Clock, Context, SystemClock
from hub.sdk.errors import (
    BrokenPromise,
    ConfigError,
    HubError,
    PartnerRefused,
    RecordRejected,
    SignatureRefused,
    SourceAuthError,
    SourceUnavailable,
)
from hub.sdk.events import Headers, ReceivedEvent, same_secret
from hub.sdk.hooks import SDK_VERSION, Connector, Registry, hookimpl
from hub.sdk.money import CurrencyMismatch, Money
from hub.sdk.roles import (
    BulkMap,
    Columns,
    ControlTotals,
    EventReceiver,
    FileCheck,
    KeySweep,
    LedgerWriter,
    MappedPage,
    RecordSource,
)
from hub.sdk.units import Cursor, Page, RawUnit, Stream
from hub.sdk.writing import LedgerBatch, LedgerFile, Posting, PostingPart

__all__ = [
    "SDK_VERSION",
    "BrokenPromise",
    "BulkMap",
    "Clock",
    "Columns",
    "ConfigError",
    "Connector",
    "ConnectorConfig",
    "Context",
    "ControlTotals",
    "CurrencyMismatch",
    "Cursor",
    "EventReceiver",
    "FileCheck",
    "Headers",
    "HubError",
    "KeySweep",
    "LedgerBatch",
    "LedgerFile",
    "LedgerWriter",
    "MappedPage",
    "Money",
    "Page",
    "PartnerRefused",
    "Posting",
    "PostingPart",
    "RawUnit",
    "ReceivedEvent",
    "RecordRejected",
    "RecordSource",
    "Registry",
    "SignatureRefused",
    "SourceAuthError",
    "SourceUnavailable",
    "Stream",
    "SystemClock",
    "hookimpl",
    "same_secret",
]
