"""Bank statements of a folder: CFONB 120, camt.053, MT940, OFX and QIF, recognised by their content.

Docs: docs/connectors/bank_statements.md; refusals: docs/errors/bank.md.
"""

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.mapping import MAPPING_FIELDS, MAPPING_VERSION
from hub.plugins.bank_statements.source import Statements
from hub.sdk import BulkMap, Connector, FileCheck, RecordSource, Registry, hookimpl

CONNECTOR = Connector(
    name="bank_statements",
    sdk="1",
    roles=[RecordSource, BulkMap, FileCheck],
    config=StatementsConfig,
    build=Statements,
    mapping_version=MAPPING_VERSION,
    mapping_fields=MAPPING_FIELDS,
    title="Bank statements from a folder: CFONB 120, camt.053, MT940, OFX, QIF",
    author="receivables-hub",
)


@hookimpl
def hub_register(registry: Registry) -> None:
    """Offer the connector `bank_statements`."""
    registry.add(CONNECTOR)
