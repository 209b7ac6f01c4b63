"""A provider that calls: its file, its signed calls, and a hub with the guest `noticed` that hears them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.guests.hub_noticed import HEADER, signature

GUESTS = Path(__file__).resolve().parent / "guests"
SECRET = "canary-whsec-4711"
SECTION = """
[serve]
port = 0

[connector.provider]
plugin = "noticed"
provider = "provider.json"
secret = { env = "PROVIDER_SECRET" }
every = "P1D"
"""


class Provider:
    """The other side: invoices in a file, each change with a number of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seq = 0
        self.invoices: dict[str, dict[str, Any]] = {}

    def change(self, *refs: str, total: int | None = None) -> None:
        """These invoices are new, or changed; their totals differ from what they were."""
        for ref in refs:
            self._seq += 1
            self.invoices[ref] = {
                "seq": self._seq,
                "number": f"N-{ref}",
                "debtor": f"C{len(ref) % 3}",
                "issued_on": "2026-10-05",
                "total": self._seq * 100 if total is None else total,
            }
        self.write()

    def write(self) -> None:
        """The file, exchanged in one go."""
        other = self.path.with_suffix(".new")
        other.write_text(json.dumps(self.invoices))
        other.replace(self.path)


def signed(
    event: str, *about: str, at: float | None = None, secret: str = SECRET, **more: Any
) -> tuple[dict[str, str], bytes]:
    """Headers and body of a call."""
    body = json.dumps({"id": event, "about": about, **more}).encode()
    stamp = int(time.time() if at is None else at)
    return {"Content-Type": "application/json", HEADER: signature(secret, body, stamp)}, body


def install(install_guest: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The guest on the path, its secret in the environment."""
    install_guest(GUESTS, noticed="hub_noticed")
    monkeypatch.setenv("PROVIDER_SECRET", SECRET)
