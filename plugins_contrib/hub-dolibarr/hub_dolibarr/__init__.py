"""Customers, invoices and payments of Dolibarr, read over its REST API. A guest of the hub: it knows `hub.sdk` only."""

from hub.sdk import Connector, KeySweep, RecordSource, Registry, hookimpl
from hub_dolibarr.config import MAPPING_FIELDS, DolibarrConfig
from hub_dolibarr.source import Dolibarr

__all__ = ["Dolibarr", "DolibarrConfig", "hub_register"]


@hookimpl
def hub_register(registry: Registry) -> None:
    """The door."""
    registry.add(
        Connector(
            name="dolibarr",
            sdk="1",
            roles=[RecordSource, KeySweep],
            config=DolibarrConfig,
            build=Dolibarr,
            mapping_fields=MAPPING_FIELDS,
            title="Customers, invoices and payments of Dolibarr",
            author="the authors of the receivables hub",
        )
    )
