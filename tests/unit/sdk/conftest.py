"""Shared by the SDK's tests: retries that never sleep, and a look at which tests of a kit fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import SkipTest

import pytest

from hub.sdk.transport import without_pauses


@pytest.fixture(autouse=True)
def no_sleep() -> Iterator[None]:
    """Retries without pauses."""
    with without_pauses():
        yield


@pytest.fixture
def failing_tests() -> Callable[[object, Path], set[str]]:
    """Runs a conformance class; gives the names of its failing tests, without their ``test_``."""

    def run(kit: object, tmp_path: Path) -> set[str]:
        failed: dict[str, str] = {}
        for name in dir(kit):
            if name.startswith("test_"):
                folder = tmp_path / name
                folder.mkdir()
                try:
                    getattr(kit, name)(folder)
                except SkipTest:
                    continue
                except Exception as fault:  # as under pytest: any exception is a failure
                    failed[name.removeprefix("test_")] = str(fault)
        assert all(failed.values()), "a test fails without a word"
        return set(failed)

    return run
