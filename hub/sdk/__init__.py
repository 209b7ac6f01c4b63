"""All that a plugin may import. Stable within its major version (`SDK_VERSION`)."""

from hub.sdk.config import ConnectorConfig
from hub.sdk.context import Clock, Context, SystemClock
from hub.sdk.errors import (
    BrokenPromise,
    ConfigError,
    HubError,
    PartnerRefused,
    RecordRejected,
    SourceAuthError,
    SourceUnavailable,
)
from hub.sdk.hooks import SDK_VERSION, Connector, Registry, hookimpl
from hub.sdk.money import CurrencyMismatch, Money
from hub.sdk.reporting import Collection, CollectionReport
from hub.sdk.roles import (
    BulkMap,
    CollectionReports,
    Columns,
    ControlTotals,
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
    "Collection",
    "CollectionReport",
    "CollectionReports",
    "Columns",
    "ConfigError",
    "Connector",
    "ConnectorConfig",
    "Context",
    "ControlTotals",
    "CurrencyMismatch",
    "Cursor",
    "FileCheck",
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
    "RecordRejected",
    "RecordSource",
    "Registry",
    "SourceAuthError",
    "SourceUnavailable",
    "Stream",
    "SystemClock",
    "hookimpl",
]
