"""Configuration of a connector: declared once, with type, default, bounds and description."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class ConnectorConfig(BaseModel):
    """Base of every connector's settings. Unknown keys are refused, with the nearest known one named.

    Declare a file or folder as ``pathlib.Path``: a relative path is made absolute, from the folder of the
    configuration file, before the connector sees it. Declare a secret as ``pydantic.SecretStr``: the file then
    names an environment variable (``api_key = { env = "PARTNER_KEY" }``), never the secret itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    plugin: str = Field(description="Name of the connector, as `hub connectors list` shows it.")
    id: str | None = Field(None, description="Stable identity; the section's name unless given. Never change it.")
    missing_percent: int = Field(
        20, ge=0, le=100, description="Share of a snapshot that may be missing before you are asked, in percent."
    )
    enabled: bool = Field(True, description="false: this connector is left alone.")
    every: timedelta = Field(
        timedelta(hours=1),
        ge=timedelta(seconds=10),
        le=timedelta(days=366),
        description='How often the daemon runs it, as ISO 8601: "PT15M", "P1D".',
    )
    cron: str | None = Field(
        None, description='Takes the place of every: minute hour day month weekday, local time: "30 6 * * 1-5".'
    )
    quiet: str | None = Field(
        None, pattern=r"^\d{2}:\d{2}-\d{2}:\d{2}$",
        description='Hours in which no run is begun by the schedule: "22:00-06:00".',
    )  # fmt: skip
