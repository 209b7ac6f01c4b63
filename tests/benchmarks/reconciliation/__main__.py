"""`python -m tests.benchmarks.reconciliation --size 10k|100k|1m`: the table, and the time beside the limit."""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from hub.core.reconcile import Outcome, Policy, reconcile
from tests.benchmarks.reconciliation.receipts import make_scenario
from tests.benchmarks.reconciliation.scenario import Scenario
from tests.benchmarks.reconciliation.scorer import score, table

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
TUNING_SEEDS = (1, 2, 3)
REPORT_SEEDS = (101, 102)  # never looked at while the engine is written


def run_engine(scenario: Scenario) -> tuple[Outcome, float, float]:
    """The outcome with wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = reconcile(
        scenario.items, scenario.debtors, scenario.receipts, policy=Policy(), remittances=scenario.remittances,
        settled=scenario.settled, today=scenario.today,
    )  # fmt: skip
    return outcome, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Print the table of each seed asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--seed", type=int, action="append", help="default: the report-only seeds")
    parser.add_argument("--show", type=int, default=0, help="print this many mistakes and misses of each kind")
    parser.add_argument("--other-hand", action="store_true", help="use the second, independent generator")
    parser.add_argument("--write", type=Path, help="also write CSV, camt.053 and CFONB 120 files here")
    args = parser.parse_args()
    for seed in args.seed or REPORT_SEEDS:
        if args.other_hand:
            from tests.benchmarks.reconciliation.other_hand import make_scenario as make
        else:
            make = make_scenario
        scenario = make(seed, SIZES[args.size])
        if args.write:
            from tests.benchmarks.reconciliation.files import write_scenario

            write_scenario(scenario, args.write)
        outcome, wall, cpu = run_engine(scenario)
        result = score(scenario, outcome)
        print(f"== {scenario.name}, size {args.size}: {len(scenario.items.id):,} open items")
        print(table(result))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"engine: wall {wall:.2f} s, CPU {cpu:.2f} s; peak memory with the generator {peak:,.0f} MiB")
        show(scenario, result, args.show)


def show(scenario: Scenario, result: object, most: int) -> None:
    """Print some mistakes and misses, to understand them."""
    if not most:
        return
    from tests.benchmarks.reconciliation.explain import examples

    print(examples(scenario, result, most))


if __name__ == "__main__":
    main()
