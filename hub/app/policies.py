"""`[reconcile]` as the engine and the use cases take it."""

from __future__ import annotations

from hub.app.settings import Settings
from hub.core.reconcile.policy import Policy
from hub.core.services.rules import Rules
from hub.sdk.errors import ConfigError

#: Settings that are no business of the engine: they hold for people.
_FOR_PEOPLE = ("write_off_minor", "discount_bp")
Override = dict[str, int | bool]


def policy_of(settings: Settings) -> Policy:
    """What the hub may decide alone, with the overrides of single sellers and debtors.

    Raises:
        ConfigError: an override names no seller, or a key that does not exist.
    """
    return rules_of(settings).policy


def rules_of(settings: Settings) -> Rules:
    """The same with the limits that hold for people.

    Raises:
        ConfigError: an override names no seller, or a key that does not exist.
    """
    section = settings.reconcile
    plain = section.model_dump(exclude={"override", *_FOR_PEOPLE})
    for_engine: dict[tuple[str, str | None], Override] = {}
    for_people: dict[tuple[str, str | None], Override] = {}
    for entry in section.override:
        values = dict(entry)
        seller, debtor = values.pop("seller", None), values.pop("debtor", None)
        if not isinstance(seller, str) or not (debtor is None or isinstance(debtor, str)):
            raise _faulty(settings, 'an override names no seller: seller = "…"')
        if not all(isinstance(value, int) and value >= 0 for value in values.values()):
            raise _faulty(
                settings, f"an override of seller {seller!r} has a value that is no whole number or true/false"
            )
        for_people[seller, debtor] = {name: values.pop(name) for name in _FOR_PEOPLE if name in values}
        for_engine[seller, debtor] = values
    try:
        policy = Policy(**plain, overrides=for_engine)
    except ValueError as error:
        raise _faulty(settings, str(error)) from None
    return Rules(policy, section.write_off_minor, section.discount_bp, for_people)


def _faulty(settings: Settings, what: str) -> ConfigError:
    return ConfigError(
        code="HUB-CFG-012",
        what=what,
        where=f"{settings.path}: [[reconcile.override]]",
        mend="correct that [[reconcile.override]]; hub.toml as hub init writes it explains each key",
    )
