"""What makes a connector a connector: conformance classes to subclass under pytest, and fakes.

>>> class TestMine(RecordSourceConformance):
...     expected_total = Money(minor=1_284_500, currency="EUR")  # the sample's own total
...
...     def make_source(self, tmp_path):
...         return Mine(MineConfig(plugin="mine", folder=SAMPLES), self.make_context(tmp_path))
"""

from hub.sdk.testing.collection_reports import CollectionReportsConformance
from hub.sdk.testing.control_totals import ControlTotalsConformance
from hub.sdk.testing.event_receiver import EventReceiverConformance, SignedCall
from hub.sdk.testing.fakes import FrozenClock, MemorySource, make_context, without_pauses
from hub.sdk.testing.ledger_writer import LedgerWriterConformance
from hub.sdk.testing.record_source import RecordSourceConformance
from hub.sdk.testing.runs import Mapped, map_units, pages, read_records, run_source
from hub.sdk.testing.samples import BulkMemorySource, sample_map, sample_source, sample_unit

__all__ = [
    "BulkMemorySource",
    "CollectionReportsConformance",
    "ControlTotalsConformance",
    "EventReceiverConformance",
    "FrozenClock",
    "LedgerWriterConformance",
    "Mapped",
    "MemorySource",
    "RecordSourceConformance",
    "SignedCall",
    "make_context",
    "map_units",
    "pages",
    "read_records",
    "run_source",
    "sample_map",
    "sample_source",
    "sample_unit",
    "without_pauses",
]
