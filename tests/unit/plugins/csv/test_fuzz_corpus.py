"""Inputs that once broke the reader, and the seeds of the fuzzer, stay survived."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.csv import CORPUS, mutated, seeds, survive

KEPT = sorted(CORPUS.glob("*.bin"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_kept_input(path: Path, tmp_path: Path) -> None:
    """Records that are valid, refusals with words, the same units in pages of any size."""
    survive(path.read_bytes(), tmp_path)


def test_neighbours_of_the_corpus(tmp_path: Path) -> None:
    """A short run of the fuzzer, always the same one."""
    rng, pool = random.Random(2026), seeds()
    for _ in range(60):
        survive(mutated(rng.choice(pool), rng, pool), tmp_path)
