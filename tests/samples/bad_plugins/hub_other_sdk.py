"""A plugin made for another major version of the SDK."""

from hub.sdk import Connector, ConnectorConfig, RecordSource, Registry, hookimpl


@hookimpl
def hub_register(registry: Registry) -> None:
    """The door."""
    registry.add(Connector("other", "2", [RecordSource], ConnectorConfig, lambda *_: None, author="bob@old.test"))
