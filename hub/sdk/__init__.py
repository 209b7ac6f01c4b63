"""All that a plugin may import. Stable within its major version (`SDK_VERSION`).

A name is loaded when it is first asked for: a command that only reads the data base loads no role and no hook.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.sdk.config import ConnectorConfig as ConnectorConfig
    from hub.sdk.context import Clock as Clock
    from hub.sdk.context import Context as Context
    from hub.sdk.context import SystemClock as SystemClock
    from hub.sdk.errors import BrokenPromise as BrokenPromise
    from hub.sdk.errors import ConfigError as ConfigError
    from hub.sdk.errors import HubError as HubError
    from hub.sdk.errors import PartnerRefused as PartnerRefused
    from hub.sdk.errors import RecordRejected as RecordRejected
    from hub.sdk.errors import SignatureRefused as SignatureRefused
    from hub.sdk.errors import SourceAuthError as SourceAuthError
    from hub.sdk.errors import SourceUnavailable as SourceUnavailable
    from hub.sdk.events import Headers as Headers
    from hub.sdk.events import ReceivedEvent as ReceivedEvent
    from hub.sdk.events import same_secret as same_secret
    from hub.sdk.hooks import SDK_VERSION as SDK_VERSION
    from hub.sdk.hooks import Connector as Connector
    from hub.sdk.hooks import Registry as Registry
    from hub.sdk.hooks import hookimpl as hookimpl
    from hub.sdk.money import CurrencyMismatch as CurrencyMismatch
    from hub.sdk.money import Money as Money
    from hub.sdk.reporting import Collection as Collection
    from hub.sdk.reporting import CollectionReport as CollectionReport
    from hub.sdk.roles import BulkMap as BulkMap
    from hub.sdk.roles import CollectionReports as CollectionReports
    from hub.sdk.roles import Columns as Columns
    from hub.sdk.roles import ControlTotals as ControlTotals
    from hub.sdk.roles import EventReceiver as EventReceiver
    from hub.sdk.roles import FileCheck as FileCheck
    from hub.sdk.roles import KeySweep as KeySweep
    from hub.sdk.roles import LedgerWriter as LedgerWriter
    from hub.sdk.roles import MappedPage as MappedPage
    from hub.sdk.roles import Prepares as Prepares
    from hub.sdk.roles import RecordSource as RecordSource
    from hub.sdk.units import Cursor as Cursor
    from hub.sdk.units import Page as Page
    from hub.sdk.units import RawUnit as RawUnit
    from hub.sdk.units import Stream as Stream
    from hub.sdk.writing import LedgerBatch as LedgerBatch
    from hub.sdk.writing import LedgerFile as LedgerFile
    from hub.sdk.writing import Posting as Posting
    from hub.sdk.writing import PostingPart as PostingPart

#: Where each name lives; a test holds it equal to what type checkers see above.
_PART_OF = {
    "ConnectorConfig": "config",
    "Clock": "context",
    "Context": "context",
    "SystemClock": "context",
    "BrokenPromise": "errors",
    "ConfigError": "errors",
    "HubError": "errors",
    "PartnerRefused": "errors",
    "RecordRejected": "errors",
    "SignatureRefused": "errors",
    "SourceAuthError": "errors",
    "SourceUnavailable": "errors",
    "Headers": "events",
    "ReceivedEvent": "events",
    "same_secret": "events",
    "SDK_VERSION": "hooks",
    "Connector": "hooks",
    "Registry": "hooks",
    "hookimpl": "hooks",
    "CurrencyMismatch": "money",
    "Money": "money",
    "Collection": "reporting",
    "CollectionReport": "reporting",
    "BulkMap": "roles",
    "CollectionReports": "roles",
    "Columns": "roles",
    "ControlTotals": "roles",
    "EventReceiver": "roles",
    "FileCheck": "roles",
    "KeySweep": "roles",
    "LedgerWriter": "roles",
    "MappedPage": "roles",
    "Prepares": "roles",
    "RecordSource": "roles",
    "Cursor": "units",
    "Page": "units",
    "RawUnit": "units",
    "Stream": "units",
    "LedgerBatch": "writing",
    "LedgerFile": "writing",
    "Posting": "writing",
    "PostingPart": "writing",
}


def __getattr__(name: str) -> Any:
    """The public name `name`, from the part it lives in."""
    part = _PART_OF.get(name)
    if part is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{part}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PART_OF})
