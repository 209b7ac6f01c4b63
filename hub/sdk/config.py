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
    max_answer: timedelta = Field(
        timedelta(minutes=5), ge=timedelta(seconds=1), le=timedelta(days=1),
        description="Its process is ended when it is silent for so long in the middle of its work.",
    )  # fmt: skip
    max_run: timedelta = Field(
        timedelta(hours=6), ge=timedelta(seconds=1), le=timedelta(days=7),
        description="A run is ended after so long; the next one goes on from there.",
    )  # fmt: skip
    silent_after: timedelta | None = Field(
        None, ge=timedelta(0),
        description="Alarm when no run came to its end for so long; PT0S: never. Left out: one and a half times its "
        "schedule and an hour.",
    )  # fmt: skip
    news_days: int | None = Field(
        None, ge=0,
        description="Alarm when it runs, but brought nothing new for so many bank days; 0: never. Left out: three "
        "times the longest pause between its last readings that did, five days at least.",
    )  # fmt: skip
    statement_days: int | None = Field(
        None, ge=0,
        description="Alarm when the newest statement of an account is so many bank days old; 0: never. Left out: a "
        "whole working day longer than the longest pause between its last ten statements.",
    )  # fmt: skip
