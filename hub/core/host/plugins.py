"""Finding connectors: built-ins by module name, guests by entry point. One door, pluggy's; a name can be disabled."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hub.sdk.errors import BrokenPromise, HubError
from hub.sdk.hooks import ENTRY_POINT_GROUP, Registry, load_plugin

#: Built-in plugins: the modules under `hub.plugins`, in the order of listings.
BUILT_IN = ("csv", "bank_statements", "fec", "sage100", "einvoices")


@dataclass(frozen=True, slots=True)
class Fault:
    """A plugin that could not be loaded: its neighbours go on without it."""

    plugin: str
    error: HubError


def discover(disabled: Collection[str] = (), only: Sequence[str] | None = None) -> tuple[Registry, list[Fault]]:
    """All installed connectors, and the plugins that failed to load.

    Args:
        disabled: names of plugins (module or entry point names) to leave alone.
        only: load just these, which is quicker: a child process needs one.
    """
    registry = Registry()
    faults: list[Fault] = []
    for name, module in _candidates(only):
        if name in disabled:
            continue
        try:
            load_plugin(registry, importlib.import_module(module), name)
        except HubError as error:
            faults.append(Fault(name, error))
        except (Exception, SystemExit) as error:  # a guest may do anything when imported; its neighbours go on
            faults.append(Fault(name, _unloadable(name, error)))
    return registry, faults


def _candidates(only: Sequence[str] | None) -> list[tuple[str, str]]:
    built_in = [(name, f"hub.plugins.{name}") for name in BUILT_IN]
    if only is not None and set(only) <= set(BUILT_IN):
        return [pair for pair in built_in if pair[0] in only]
    guests = [(point.name, point.module) for point in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)]
    both = built_in + sorted(guests)
    return [pair for pair in both if only is None or pair[0] in only] or both


def _unloadable(name: str, error: BaseException) -> BrokenPromise:
    return BrokenPromise(
        code="HUB-SDK-003",
        what=f"plugin {name!r} cannot be loaded: {type(error).__name__}: {error}",
        where=name,
        mend="install its missing parts, or list it under [hub] disabled_plugins",
    )
