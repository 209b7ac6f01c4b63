"""What every step of one connector's run shares."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.host.process import ConnectorProcess
from hub.core.store import Store


@dataclass(frozen=True, slots=True)
class Session:
    """One connector at work: its process, where its facts go, and who set it going.

    `key` is the connector's stable key; `mapping_id` the mapping its units must have.
    """

    store: Store
    process: ConnectorProcess
    key: str
    connector_id: int
    mapping_id: int
    actor: str
