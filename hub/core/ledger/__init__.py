"""The ledger: what is open, since when, on whom, and whether the books agree.

The story. The store hands over plain columns (`facts`): documents, what the books settled on them, what the
hub allocated. `balances` says where every cent of a document is, counting one sum of money once though the
bank, the hub and the books each saw it; `credits` lets credit notes meet the invoices they correct.
`open_items` gives what is left its due date and age; `ageing` lays it out by lateness, `indicators` turns
it into figures, `gaps` holds it against the balance of the books, `claims` says how much of an invoice can
still be asked for and who may ask.

Pure: no clock, no data base, no rounding of what is owed. The order of the facts never changes a result,
currencies never meet in a sum, and what does not fit is an `Anomaly` with a name, never a clipped amount.
"""

from hub.core.ledger.ageing import AgedBalance, AgedRow, aged_balance, bucket_names
from hub.core.ledger.balances import Balances, absorbed_minor, books_settled_minor, document_balances, with_reopened
from hub.core.ledger.claims import Claim, Contest, HolderType, contested_minor, open_claims
from hub.core.ledger.due_dates import split_by_instalments
from hub.core.ledger.facts import Allocations, Anomaly, Documents, Instalments, Settlements
from hub.core.ledger.gaps import Candidate, Control, Gap, GapReport, Movement, book_value_minor, find_gaps
from hub.core.ledger.indicators import (
    Concentration,
    CountBack,
    KeptPromises,
    Month,
    PromiseOutcome,
    average_days_delinquent,
    collection_effectiveness,
    concentration,
    cost_per_unit_recovered,
    dso_best_possible,
    dso_count_back,
    dso_simple,
    half_up,
    kept_promises,
    overdue_percent,
    recovery_percent,
    turnover_to_offset,
    unpaid_percent,
    weighted_days_late,
)
from hub.core.ledger.open_items import OpenItem, OpenItems, OpenLedger, open_ledger

__all__ = [
    "AgedBalance",
    "AgedRow",
    "Allocations",
    "Anomaly",
    "Balances",
    "Candidate",
    "Claim",
    "Concentration",
    "Contest",
    "Control",
    "CountBack",
    "Documents",
    "Gap",
    "GapReport",
    "HolderType",
    "Instalments",
    "KeptPromises",
    "Month",
    "Movement",
    "OpenItem",
    "OpenItems",
    "OpenLedger",
    "PromiseOutcome",
    "Settlements",
    "absorbed_minor",
    "aged_balance",
    "average_days_delinquent",
    "book_value_minor",
    "books_settled_minor",
    "bucket_names",
    "collection_effectiveness",
    "concentration",
    "contested_minor",
    "cost_per_unit_recovered",
    "document_balances",
    "dso_best_possible",
    "dso_count_back",
    "dso_simple",
    "find_gaps",
    "half_up",
    "kept_promises",
    "open_claims",
    "open_ledger",
    "overdue_percent",
    "recovery_percent",
    "split_by_instalments",
    "turnover_to_offset",
    "unpaid_percent",
    "weighted_days_late",
    "with_reopened",
]
