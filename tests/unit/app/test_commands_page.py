"""docs/commands.md says what the commands do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.core.reconcile import Policy
from hub.core.services.exports import KINDS

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "commands.md").read_text(encoding="utf-8")
PAGE_OF_MATCHING = DOCS / "reconciliation.md"


@pytest.mark.parametrize("name", KINDS)
def test_columns_of_exports_are_listed(name: str) -> None:
    """Each kind with its columns, in their order, and whether the two dates make sense."""
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` | ")]
    _, _, columns, as_of, known_on, _ = (cell.strip() for cell in row.split("|"))
    kind = KINDS[name]
    expected = [column.name for column in kind.columns]
    assert columns == "the same" or expected == re.findall(r"`([^`]+)`", columns)
    assert ("no" if kind.no_as_of else "yes", "no" if kind.no_known_on else "yes") == (as_of, known_on)


def test_the_threshold_is_told_as_it_is() -> None:
    """docs/reconciliation.md tells a credit controller what holds unless something is set."""
    page = PAGE_OF_MATCHING.read_text(encoding="utf-8")
    assert f"`auto_threshold` up ({Policy().auto_threshold} unless set;" in page
