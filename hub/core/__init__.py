"""The engine: pure rooms (law, ledger, reconcile), then store, host, sync, services. Arrows point down."""
