"""Keeping a lease while work goes on: a thread renews it; work that lost it can no longer write (store.leases)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hub.core.store import Store, leases
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.leases import LENGTH_S, Lease, LeaseLost


@contextmanager
def held(store: Store, name: str, actor: str, *, length_s: float = LENGTH_S) -> Iterator[Lease]:
    """The lease called `name`, renewed until the end of the block, then given back.

    Raises:
        LeaseTaken: somebody else has it.
    """
    lease = store.again(actor, lambda unit: leases.take(unit, name, leases.this_process(), length_s))
    if lease is None:
        raise leases.taken(name, leases.holder_of(store, name))
    done = threading.Event()
    thread = threading.Thread(
        target=_keep, args=(store, lease, actor, length_s, done), name=f"lease {name}", daemon=True
    )
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()
        with contextlib.suppress(DatabaseUnreachable):  # it ends by itself
            store.again(actor, lambda unit: leases.release(unit, lease))


def _keep(store: Store, lease: Lease, actor: str, length_s: float, done: threading.Event) -> None:
    while not done.wait(length_s / 4):
        try:
            store.again(actor, lambda unit: leases.renew(unit, lease, length_s))
        except LeaseLost:
            return  # the fence stops the work at its next transaction
        except DatabaseUnreachable:
            continue  # perhaps it is back before the lease ends
