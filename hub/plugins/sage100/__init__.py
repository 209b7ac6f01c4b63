"""The connector `sage100`: the books of Sage 100, read only, from SQL Server (docs/connectors/sage100.md)."""

from __future__ import annotations

from hub.plugins.sage100.config import MAPPING_FIELDS, Sage100Config
from hub.plugins.sage100.source import Sage100
from hub.sdk import (
    SDK_VERSION,
    BulkMap,
    Connector,
    ControlTotals,
    KeySweep,
    LedgerWriter,
    RecordSource,
    Registry,
    hookimpl,
)

#: Raised whenever the same unit gives other records.
MAPPING_VERSION = 3


@hookimpl
def hub_register(registry: Registry) -> None:
    """Add the connector `sage100`."""
    registry.add(
        Connector(
            name="sage100",
            sdk=SDK_VERSION,
            roles=[RecordSource, BulkMap, ControlTotals, KeySweep, LedgerWriter],
            config=Sage100Config,
            build=Sage100,
            mapping_version=MAPPING_VERSION,
            title="Sage 100 (SQL Server, read only)",
            author="the hub",
            mapping_fields=MAPPING_FIELDS,
        )
    )
