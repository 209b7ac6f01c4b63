"""`[reconcile]` as the engine and the use cases take it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from hub.app.settings import ReconcileSection, RuleSection, Settings, read_rules
from hub.core.reconcile.company_rules import CompanyRule
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
    return _rules(settings.path, settings.reconcile)


def rules_in(path: Path) -> Rules:
    """The rules in a file of their own, to be tried.

    Raises:
        ConfigError: the file is not readable, or a key or value is not understood.
    """
    return _rules(path, read_rules(path))


def _rules(path: Path, section: ReconcileSection) -> Rules:
    plain = section.model_dump(exclude={"override", "rule", "version", *_FOR_PEOPLE})
    own = tuple(_own(path, entry) for entry in section.rule)
    for_engine: dict[tuple[str, str | None], Override] = {}
    for_people: dict[tuple[str, str | None], Override] = {}
    for entry in section.override:
        values = dict(entry)
        seller, debtor = values.pop("seller", None), values.pop("debtor", None)
        if not isinstance(seller, str) or not (debtor is None or isinstance(debtor, str)):
            raise _faulty(path, 'an override names no seller: seller = "…"')
        if not all(isinstance(value, int) and value >= 0 for value in values.values()):
            raise _faulty(path, f"an override of seller {seller!r} has a value that is no whole number or true/false")
        for_people[seller, debtor] = {name: values.pop(name) for name in _FOR_PEOPLE if name in values}
        for_engine[seller, debtor] = values
    try:
        policy = Policy(**plain, version=_version(section), overrides=for_engine, rules=own)
    except ValueError as error:
        raise _faulty(path, str(error)) from None
    return Rules(policy, section.write_off_minor, section.discount_bp, for_people)


def _own(path: Path, entry: RuleSection) -> CompanyRule:
    values = entry.model_dump(exclude={"seller", "debtor"})
    try:
        if (entry.seller is None) != (entry.debtor is None):
            raise ValueError(f"rule {entry.name!r} names a seller or a debtor; who pays is both")
        return CompanyRule(**values, debtor=(entry.seller, entry.debtor) if entry.seller and entry.debtor else None)
    except ValueError as error:
        raise _faulty(path, str(error), "rule") from None


def _version(section: ReconcileSection) -> str:
    """The version a person gave, with a mark of the content: ``1-3f2a91``. Rules that were changed without raising the
    version are told apart all the same."""
    unsaid = {"version"} if section.rule else {"version", "rule"}  # marks given before there were rules stay the same
    content = json.dumps(section.model_dump(exclude=unsaid), sort_keys=True, default=str)
    return f"{section.version}-{hashlib.sha256(content.encode()).hexdigest()[:6]}"


def _faulty(path: Path, what: str, table: str = "override") -> ConfigError:
    return ConfigError(
        code="HUB-CFG-012",
        what=what,
        where=f"{path}: [[reconcile.{table}]]",
        mend=f"correct that [[reconcile.{table}]]; hub.toml as hub init writes it explains each key",
    )
