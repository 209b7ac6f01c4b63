"""One function per use case: open a unit of work, call the pure rooms, commit."""
