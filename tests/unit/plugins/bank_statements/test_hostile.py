"""No bytes give anything but movements, or something held with a place and a remedy (reliability.md (d))."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.plugins.bank_statements.hostile import GOOD, cases
from tests.unit.plugins.bank_statements.survive import OPEN, PLAIN, outcome

CASES = list(cases())


def test_there_are_enough_cases() -> None:
    """At least 120 crafted files for this connector alone, each with its own name."""
    assert len(CASES) >= 120
    assert len(CASES) == len({name for name, _ in CASES})


@pytest.mark.parametrize("how", [PLAIN, OPEN], ids=["plain", "open"])
@pytest.mark.parametrize(("name", "data"), CASES, ids=[name for name, _ in CASES])
def test_a_hostile_file_is_read_or_held_with_words(tmp_path: Path, name: str, data: bytes, how: dict[str, Any]) -> None:
    """Within 10 seconds, and without a traceback."""
    outcome(tmp_path / "in", data, how)


@pytest.mark.parametrize(("name", "data"), GOOD.items())
def test_the_good_files_behind_the_cases_are_read(tmp_path: Path, name: str, data: bytes) -> None:
    """The cases start from files without fault: otherwise they would prove nothing."""
    records, refused = outcome(tmp_path / "in", data, {**OPEN, "account": None} if name != "qif" else OPEN)
    assert records >= 2
    assert [] == refused


@pytest.mark.long
def test_memory_stays_small() -> None:
    """All cases together stay below 256 MB, in a process of their own."""
    code = (
        "import resource, tempfile; from pathlib import Path\n"
        "from tests.unit.plugins.bank_statements.test_hostile import CASES, OPEN, outcome\n"
        "for _, data in CASES:\n"
        "    with tempfile.TemporaryDirectory() as scratch: outcome(Path(scratch) / 'in', data, OPEN)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 256 * 1024


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(GOOD)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=12)), min_size=1, max_size=6),
)
def test_a_good_file_with_any_damage_is_read_or_held(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    """Bytes taken out, put in, replaced: whatever the place."""
    data = GOOD[name]
    for place, out, into in edits:
        at = int(place * len(data))
        data = data[:at] + into + data[at + out :]
    with tempfile.TemporaryDirectory() as scratch:
        outcome(Path(scratch) / "in", data, OPEN)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=2000))
def test_any_bytes_are_held(data: bytes) -> None:
    """Bytes at random."""
    with tempfile.TemporaryDirectory() as scratch:
        outcome(Path(scratch) / "in", data, PLAIN)
