"""The connector `csv`: receivables from CSV files and spreadsheets (docs/connectors/csv.md)."""

from __future__ import annotations

from hub.plugins.csv.config import CsvConfig
from hub.sdk import SDK_VERSION, BulkMap, Connector, Context, RecordSource, Registry, hookimpl
from hub.sdk.roles import FileCheck, Prepares

#: Raised whenever the same row gives other records.
MAPPING_VERSION = 4


def build(config: CsvConfig, context: Context) -> RecordSource:
    """The connector itself; the hub, which only registers it, does not load the reader."""
    from hub.plugins.csv.source import CsvSource

    return CsvSource(config, context)


@hookimpl
def hub_register(registry: Registry) -> None:
    """Add the connector `csv`."""
    registry.add(
        Connector(
            name="csv",
            sdk=SDK_VERSION,
            roles=[RecordSource, BulkMap, FileCheck, Prepares],
            config=CsvConfig,
            build=build,
            mapping_version=MAPPING_VERSION,
            title="CSV files and spreadsheets",
            author="the hub",
            mapping_fields=("columns", "decimal", "date_order", "date_format", "currency", "seller"),
        )
    )
