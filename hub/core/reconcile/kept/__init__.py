"""A ledger kept in columns from one run to the next: laid down once, looked up where it lies, never read as a whole."""
