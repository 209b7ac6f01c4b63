"""Durable work: when connectors run, on which machine, and what becomes of what a crash interrupted.

`schedule` is pure: when is a connector due. `protocol` is all the rest of the hub knows of the engine; `dbos_engine`
puts DBOS behind it, and no other module imports DBOS. What must survive (cursors, leases, the state of connectors) is
in the hub's own tables; the engine's data base may be deleted at any time.
"""
