"""Makes a scenario in another process, so that this one holds the records and the engine, and nothing else."""

from __future__ import annotations

import pickle
import resource
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.reconciliation.scenario import Scenario

Maker = Callable[[int, int], Scenario]


def made_apart(make: Maker, seed: int, invoices: int) -> Scenario:
    """The scenario, as a caller would have it who read its records from a data base.

    Raises:
        RuntimeError: the other process failed; it has printed why.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.pickle"
        child = get_context("fork").Process(target=_write, args=(make, seed, invoices, path))
        child.start()
        child.join()
        if child.exitcode:
            raise RuntimeError(f"the scenario was not made: exit code {child.exitcode}")
        with path.open("rb") as stored:
            scenario: Scenario = pickle.load(stored)  # noqa: S301  our own file, a moment old
    return scenario


def _write(make: Maker, seed: int, invoices: int, path: Path) -> None:
    with path.open("wb") as out:
        pickle.dump(make(seed, invoices), out, protocol=5)


def resident_mib() -> float:
    """Memory of this process now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return peak_mib()


def peak_mib() -> float:
    """Memory of this process at its highest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
