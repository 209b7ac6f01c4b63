"""The connector `fec`: the receivables in any French ledger file, FEC (docs/connectors/fec.md).

The story. `files` finds the files and how each is written; `order` puts them in order (`overlap` compares two whose
days overlap); `lines` reads them into `blocks`, many lines at once where nothing is unusual (`values` knows amounts and
dates), `proof` adds them up as they are; `gathering` puts the lines of an entry together (`loose`: where each line has
a number of its own), and `intake` takes them in: `simple` says by columns what nearly every entry did to its debtor,
`entries` what any other did (`division` takes it apart, `accounts` knows the chart of accounts, `beginning` what is an
opening), `holding` keeps what cannot be read; `scratch` keeps all that in a temporary data base, so that memory stays
flat; `opening` joins what is carried forward to what they carry (`net`: less what was paid); `lettering` finds what was
matched (`mentions`: a text names a document); `books` runs these in order, `doubts` says what is wrong with the whole;
`mapping` turns the result into records.
"""

from __future__ import annotations

from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.source import MAPPING_FIELDS, MAPPING_VERSION, Fec
from hub.sdk import SDK_VERSION, BulkMap, Connector, ControlTotals, RecordSource, Registry, hookimpl
from hub.sdk.roles import FileCheck


@hookimpl
def hub_register(registry: Registry) -> None:
    """Add the connector `fec`."""
    registry.add(
        Connector(
            name="fec",
            sdk=SDK_VERSION,
            roles=[RecordSource, BulkMap, ControlTotals, FileCheck],
            config=FecConfig,
            build=Fec,
            mapping_version=MAPPING_VERSION,
            mapping_fields=MAPPING_FIELDS,
            title="French ledger files (FEC): debtors, invoices, receipts, lettrage, balances",
            author="the hub",
        )
    )
