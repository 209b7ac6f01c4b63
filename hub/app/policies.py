"""`[reconcile]` as the engine takes it."""

from __future__ import annotations

from hub.app.settings import Settings
from hub.core.reconcile.policy import Policy
from hub.sdk.errors import ConfigError


def policy_of(settings: Settings) -> Policy:
    """What the hub may decide alone, with the overrides of single sellers and debtors.

    Raises:
        ConfigError: an override names no seller, or a key that does not exist.
    """
    plain = settings.reconcile.model_dump(exclude={"override"})
    overrides: dict[tuple[str, str | None], dict[str, int | bool]] = {}
    for entry in settings.reconcile.override:
        values = dict(entry)
        seller, debtor = values.pop("seller", None), values.pop("debtor", None)
        if not isinstance(seller, str) or not (debtor is None or isinstance(debtor, str)):
            raise _faulty(settings, 'an override names no seller: seller = "…"')
        if not all(isinstance(value, int) for value in values.values()):
            raise _faulty(
                settings, f"an override of seller {seller!r} has a value that is no whole number or true/false"
            )
        overrides[seller, debtor] = values
    try:
        return Policy(**plain, overrides=overrides)
    except ValueError as error:
        raise _faulty(settings, str(error)) from None


def _faulty(settings: Settings, what: str) -> ConfigError:
    return ConfigError(
        code="HUB-CFG-012",
        what=what,
        where=f"{settings.path}: [[reconcile.override]]",
        mend="correct that [[reconcile.override]]; hub.toml as hub init writes it explains each key",
    )
