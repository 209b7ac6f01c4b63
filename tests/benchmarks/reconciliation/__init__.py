"""Public benchmark of the reconciliation engine: an invented French ledger, its receipts, and the truth."""
