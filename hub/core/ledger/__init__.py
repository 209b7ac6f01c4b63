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
