"""Electronic invoices of a folder: Factur-X (PDF), UBL 2.1 and CII (docs/connectors/einvoices.md).

The story. `source` walks the folder; `pdf` finds the XML inside a PDF; `cii` and `ubl` read it
into one `EInvoice` (`model`); `mapping` says it in the hub's records; `collected` prepares the status « encaissée ».
"""

from hub.plugins.einvoices.config import EInvoicesConfig
from hub.plugins.einvoices.mapping import MAPPING_FIELDS, MAPPING_VERSION
from hub.plugins.einvoices.source import EInvoices
from hub.sdk import SDK_VERSION, Connector, RecordSource, Registry, hookimpl
from hub.sdk.roles import CollectionReports, FileCheck


@hookimpl
def hub_register(registry: Registry) -> None:
    """Add the connector `einvoices`."""
    registry.add(
        Connector(
            name="einvoices",
            sdk=SDK_VERSION,
            roles=[RecordSource, CollectionReports, FileCheck],
            config=EInvoicesConfig,
            build=EInvoices,
            mapping_version=MAPPING_VERSION,
            mapping_fields=MAPPING_FIELDS,
            title="Electronic invoices from a folder: Factur-X, UBL 2.1, CII",
            author="the hub",
        )
    )
