"""Shared by the tests of the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GUESTS = Path(__file__).resolve().parents[1] / "support" / "guests"


@pytest.fixture(autouse=True)
def _hubs(opened_hubs: None) -> None:
    """No test leaves a connection behind."""


@pytest.fixture
def scripted(install_guest: Callable[..., None]) -> None:
    """The guest `scripted`, in a process of its own."""
    install_guest(GUESTS, scripted="hub_scripted")


@pytest.fixture
def without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connectors are asked over frames but without a process: for what has been shown with one."""
    from tests.support.in_process import InProcess

    for module in ("hub.core.sync.run", "hub.core.sync.replay", "hub.core.services.verify"):
        monkeypatch.setattr(f"{module}.ConnectorProcess", InProcess)


@pytest.fixture
def in_process(scripted: None, without_processes: None) -> None:
    """The guest `scripted`, asked without a process: for tests of what is done with its answers."""
