"""Pages in: a connector's process is asked page by page; what is new or changed is validated, mapped and committed."""

from hub.core.sync.run import ConnectorSpec, Progress, RunReport, sync_connector

__all__ = ["ConnectorSpec", "Progress", "RunReport", "sync_connector"]
