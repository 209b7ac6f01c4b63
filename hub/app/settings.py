"""hub.toml: read once, checked, and turned into plain settings. Every fault names its place and the nearest key."""

from __future__ import annotations

import difflib
import os
import tomllib
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator

from hub.sdk.config import ConnectorConfig
from hub.sdk.errors import ConfigError

CONFIG_NAME = "hub.toml"
_ADDRESS = r"^[^\s@<>,;]+@[^\s@<>,;]+$"
Model = TypeVar("Model", bound=BaseModel)


class HubSection(BaseModel):
    """``[hub]``: what holds for the whole hub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str = Field("sqlite:///hub.db", description="Where the hub keeps its facts.")
    timezone: str = Field("Europe/Paris", description="Time zone of dates: what day it is, when a day ends.")
    today: date | None = Field(None, description="Freezes the date, for demonstrations and tests; instants go on.")
    disabled_plugins: tuple[str, ...] = Field((), description="Plugins to leave alone, by name.")
    work_folder: Path = Field(Path(".hub"), description="Scratch space of connectors; may be deleted any time.")


class SellerSection(BaseModel):
    """``[seller.NAME]``: an entity that issues invoices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    books: str | None = Field(None, description="Connector whose amounts are the books of this seller.")
    name: str | None = Field(None, description="Name for people.")


class DaemonSection(BaseModel):
    """``[daemon]``: how `hub daemon` works."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(4, ge=1, le=64, description="Connectors run at the same time on this machine.")
    log: Literal["console", "json"] = Field("console", description="Lines for people, or JSON for machines.")
    watch_every: timedelta = Field(
        timedelta(minutes=3), ge=timedelta(seconds=5), le=timedelta(days=1), description="How often alarms are judged."
    )
    backlog: int = Field(20, ge=1, description="Number of what waits from which its growing is an alarm.")


class MailSection(BaseModel):
    """``[mail]``: who is told of alarms, once a day."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    host: str = Field(min_length=1, pattern=r"^[A-Za-z0-9.:_-]+$", description="The mail server.")
    port: int = Field(587, ge=1, le=65_535, description="Its port; 465 is encrypted from the first byte.")
    starttls: bool = Field(True, description="false: the message travels in clear, as inside one's own network.")
    user: str | None = Field(None, description="Name at the mail server, if it wants one.")
    password: SecretStr | None = Field(None, description='{ env = "NAME" }, never the password itself.')
    sender: str = Field(alias="from", pattern=_ADDRESS, description="Address that the messages come from.")
    to: tuple[Annotated[str, Field(pattern=_ADDRESS)], ...] = Field(
        min_length=1, description="Addresses of those who are told."
    )
    at: time = Field(time(8), description="Hour from which a day's message is sent, in the hub's time zone.")

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> MailSection:
        encrypted = self.starttls or self.port == 465 or self.host in ("localhost", "127.0.0.1", "::1")
        if self.password is not None and not encrypted:
            raise ValueError("a password is never sent in clear: starttls = true, or port = 465")
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together")
        return self


class ServeSection(BaseModel):
    """``[serve]``: where `hub serve` listens. It speaks plain HTTP; a proxy before it brings TLS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to listen on; the default is reached from this machine only.")
    port: int = Field(8765, ge=0, le=65_535, description="Port to listen on; 0: any that is free.")
    largest_body: int = Field(1_048_576, ge=1_024, le=16_777_216, description="Largest webhook taken, in bytes.")
    metrics: Literal["loopback", "anyone"] = Field(
        "loopback", description="Who may read /metrics: only callers on this machine, or anyone who reaches it."
    )


Texts = Annotated[tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]


class RuleSection(BaseModel):
    """``[[reconcile.rule]]``: what receipts are taken for that have these words, accounts or amounts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="What you call it; kept with each decision.")
    then: Literal["not_a_receipt", "payer", "ask"] = Field(
        description="No debtor's payment; `debtor` of `seller` pays; or a person decides."
    )
    text: Texts = Field((), description="Words that stand together in the payer's name, the text or a reference.")
    payer_iban: Texts = Field((), description="Accounts the money came from.")
    account: Texts = Field((), description="Our own accounts, as receipts name them.")
    from_minor: int | None = Field(None, description="The least that such a receipt is.")
    to_minor: int | None = Field(None, description="The most.")
    seller: str | None = Field(None, description="Whose debtor pays.")
    debtor: str | None = Field(None, description="Who pays.")


class ReconcileSection(BaseModel):
    """``[reconcile]``: what the hub may decide alone. Amounts in the smallest unit, percentages in basis points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field("1", description="Kept with each decision; raise it when you change a value.")
    auto_threshold: int = Field(
        970, ge=0, le=1000, description="Least weight of evidence, in thousandths, applied alone."
    )
    rounding_minor: int = Field(100, ge=0, description="Difference, either way, that is only rounding.")
    bank_fee_minor: int = Field(3000, ge=0, description="Largest charge a bank may keep of a transfer.")
    bank_fee_bp: int = Field(500, ge=0, description="The same as a share of the transfer.")
    bank_fee_anywhere: bool = Field(False, description="The same for any transfer: small shortfalls are forgone alone.")
    exchange_bp: int = Field(100, ge=0, description="Distance allowed for an exchange rate.")
    partial_by_reference: bool = Field(True, description="A certain reference and less money is a part payment.")
    overpaid_by_reference: bool = Field(True, description="A certain reference and more money settles the invoice.")
    oldest_first: bool = Field(False, description="Unexplained money of a known payer goes to the oldest debt.")
    discount_grace_days: int = Field(3, ge=0, description="Days a cash discount is still accepted after its last.")
    write_off_minor: int = Field(500, ge=0, description="Most that a person may write off of one invoice.")
    discount_bp: int = Field(300, ge=0, description="Largest cash discount that a person may allow, of the total.")
    override: tuple[dict[str, Any], ...] = Field(
        (), description="[[reconcile.override]] seller, debtor (optional) and the fields that differ."
    )
    rule: tuple[RuleSection, ...] = Field(
        (), description="[[reconcile.rule]] in their order: the first that fits holds."
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration as read: `connectors` by section name and `mail`, still as written."""

    path: Path
    hub: HubSection
    sellers: dict[str, SellerSection]
    connectors: dict[str, dict[str, Any]]
    reconcile: ReconcileSection
    daemon: DaemonSection = field(default_factory=DaemonSection)
    serve: ServeSection = field(default_factory=ServeSection)
    mail: dict[str, Any] | None = None
    folder: Path = field(default=Path())

    @property
    def database_url(self) -> str:
        """The data base's address, a relative SQLite path made absolute from the file's folder."""
        url = self.hub.database
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/") and url != prefix:
            return f"{prefix}{(self.folder / url[len(prefix) :]).resolve()}"
        return url


def find_config(given: Path | None) -> Path:
    """The configuration file: as given, from HUB_CONFIG, or hub.toml here.

    Raises:
        ConfigError: there is none.
    """
    path = given or Path(os.environ.get("HUB_CONFIG") or CONFIG_NAME)
    if not path.is_file():
        raise ConfigError(
            code="HUB-CFG-001",
            what=f"there is no configuration file {str(path)!r}",
            where=str(path),
            mend="run hub init to make one, or name it with --config FILE or HUB_CONFIG",
        )
    return path


def read_settings(path: Path) -> Settings:
    """Read and check the whole file.

    Raises:
        ConfigError: it is no TOML, or a key or value is not understood; the place is named.
    """
    raw = _toml(path)
    _known(path, "", raw, ("hub", "seller", "connector", "reconcile", "daemon", "serve", "mail"))
    connectors = _tables(path, raw, "connector")
    return Settings(
        path=path,
        hub=_section(path, "hub", HubSection, raw.get("hub", {})),
        sellers={
            name: _section(path, f"seller.{name}", SellerSection, values)
            for name, values in _tables(path, raw, "seller").items()
        },
        connectors=connectors,
        reconcile=_section(path, "reconcile", ReconcileSection, raw.get("reconcile", {})),
        daemon=_section(path, "daemon", DaemonSection, raw.get("daemon", {})),
        serve=_section(path, "serve", ServeSection, raw.get("serve", {})),
        mail=raw.get("mail"),
        folder=path.resolve().parent,
    )


def mail_of(settings: Settings) -> MailSection | None:
    """``[mail]``, its password fetched from the environment; None when nobody is to be told.

    Read when it is needed, so that commands work for people who do not have the password.

    Raises:
        ConfigError: an unknown key, a faulty value, or a secret written in the file instead of its variable's name.
    """
    if settings.mail is None:
        return None
    where = f"{settings.path}: [mail]"
    names = {field.alias or name: field for name, field in MailSection.model_fields.items()}
    _known(settings.path, "mail", settings.mail, tuple(names))
    values = {
        name: _resolved(value, names[name].annotation, settings.folder, f"{where} {name}")
        for name, value in settings.mail.items()
    }
    if isinstance(values.get("to"), str):
        values["to"] = [values["to"]]
    return checked(where, MailSection, values)


def read_rules(path: Path) -> ReconcileSection:
    """Rules in a file of their own: the keys of [reconcile], alone or in such a section (a copy of hub.toml will do).

    Raises:
        ConfigError: it is no TOML, or a key or value is not understood; the place is named.
    """
    raw = _toml(path)
    whole = "reconcile" in raw or bool({"hub", "connector"} & raw.keys())
    return _section(path, "reconcile", ReconcileSection, raw.get("reconcile", {}) if whole else raw)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            code="HUB-CFG-001", what=f"{str(path)!r} cannot be read: {error.strerror}", where=str(path),
            mend="name a file that is there",
        ) from error  # fmt: skip
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            code="HUB-CFG-002", what=f"not readable as TOML: {error}", where=str(path), mend="correct that line"
        ) from error


def _tables(path: Path, raw: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    tables = raw.get(name, {})
    for key, value in tables.items():
        if not isinstance(value, dict):
            raise ConfigError(
                code="HUB-CFG-003",
                what=f"{key!r} stands directly in [{name}]",
                where=f"{path}: [{name}]",
                mend=f"give it a section of its own: [{name}.{key}]",
            )
    return dict(tables)


def _section(path: Path, name: str, model: type[Model], values: Mapping[str, Any]) -> Model:
    _known(path, name, values, tuple(model.model_fields))
    return checked(f"{path}: [{name}]", model, values)


def checked(where: str, model: type[Model], values: Mapping[str, Any]) -> Model:
    """`values` as `model`; every fault of the section is gathered into one error.

    Raises:
        ConfigError: with the path of each faulty key and what was expected.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise ConfigError(
            code="HUB-CFG-005", what="; ".join(faults), where=where, mend="correct the values named"
        ) from None


def connector_config(settings: Settings, name: str, model: type[ConnectorConfig]) -> ConnectorConfig:
    """The settings of one connector: paths made absolute, secrets fetched from the environment, all checked.

    Raises:
        ConfigError: an unknown key, a faulty value, or a secret written in the file instead of its variable's name.
    """
    where = f"{settings.path}: [connector.{name}]"
    values = settings.connectors[name]
    _known(settings.path, f"connector.{name}", values, tuple(model.model_fields))
    resolved = {
        key: _resolved(value, model.model_fields[key].annotation, settings.folder, f"{where} {key}")
        for key, value in values.items()
    }
    return checked(where, model, resolved)


def _resolved(value: Any, annotation: Any, folder: Path, where: str) -> Any:
    """Paths become absolute, ``{ env = "NAME" }`` becomes the secret it names."""
    kinds = _kinds(annotation)
    if SecretStr in kinds:
        return _secret(value, where)
    if Path in kinds and isinstance(value, str):
        return folder / value
    if Path in kinds and isinstance(value, list):
        return [folder / part if isinstance(part, str) else part for part in value]
    return value


def _kinds(annotation: Any) -> set[Any]:
    if get_origin(annotation) in (Union, types.UnionType, list, tuple, Annotated):
        return {kind for part in get_args(annotation) for kind in _kinds(part)}
    return {annotation}


def _secret(value: Any, where: str) -> str:
    if not (isinstance(value, dict) and set(value) == {"env"}):
        raise ConfigError(
            code="HUB-CFG-006",
            what="a secret stands in the file",
            where=where,
            mend='name an environment variable instead: { env = "NAME" }',
        )
    found = os.environ.get(str(value["env"]))
    if not found:
        raise ConfigError(
            code="HUB-CFG-007",
            what=f"the environment variable {value['env']!r} is not set",
            where=where,
            mend="set it for the user that runs the hub",
        )
    return found


def _known(path: Path, section: str, values: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Refuse a key nobody reads, naming the nearest one that exists."""
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
            raise ConfigError(
                code="HUB-CFG-004",
                what=f"{key!r} is no key here; {hint}",
                where=f"{path}: [{section}]" if section else str(path),
                mend="correct or remove it",
            )
