"""`python -m tests.benchmarks.reconciliation --size 10k|100k|1m`: the table, and the time beside the limit."""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import time
from collections.abc import Iterator
from pathlib import Path

from hub.core.reconcile import Outcome, Policy, reconcile
from tests.benchmarks.reconciliation import fourth_hand, other_hand, receipts, third_hand, traps, worst
from tests.benchmarks.reconciliation.apart import made_apart, peak_mib, resident_mib
from tests.benchmarks.reconciliation.calibration import Seen, counted, reliability, seen
from tests.benchmarks.reconciliation.days import by_days
from tests.benchmarks.reconciliation.examples import examples
from tests.benchmarks.reconciliation.files import write_scenario
from tests.benchmarks.reconciliation.limit import measure
from tests.benchmarks.reconciliation.scenario import Scenario
from tests.benchmarks.reconciliation.scorer import score, table

SIZES = {"1k": 1_000, "10k": 10_000, "50k": 50_000, "100k": 100_000, "500k": 500_000, "1m": 1_000_000}
_IDLE_LOOP_US = 12
TUNING_SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9)  # looked at while the engine is written
REPORT_SEEDS = (101, 102)  # only reported; so is every seed of the other hand


def run_engine(scenario: Scenario) -> tuple[Outcome, float, float]:
    """The outcome with wall and CPU seconds of the engine alone."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = reconcile(
        scenario.items,
        scenario.debtors,
        scenario.receipts,
        policy=Policy(),
        remittances=scenario.remittances,
        settled=scenario.settled,
        today=scenario.today,
    )
    return outcome, time.perf_counter() - wall, time.process_time() - cpu


def report(scenario: Scenario, shown: int) -> str:
    """The table, the times and, if asked for, some mistakes and misses of each kind."""
    records, before = resident_mib(), _loop_us()
    outcome, wall, cpu = run_engine(scenario)
    memory = max(peak_mib() - records, 0.0)
    loop = (before + _loop_us()) / 2
    result = score(scenario, outcome)
    stated = reliability(seen(scenario, outcome))
    lines = [
        f"== {scenario.name}: {len(scenario.receipts.id):,} receipts, {len(scenario.items.id):,} open items",
        table(result),
        stated,
        f"engine: wall {wall:.2f} s, CPU {cpu:.2f} s; memory {memory:,.0f} MiB beside {records:,.0f} MiB of records",
        f"this machine meanwhile: an empty loop of 1,000 turns takes {loop:.0f} us (about 12 on an idle 3 GHz core); "
        f"in proportion {cpu * _IDLE_LOOP_US / loop:.1f} s on that core",
    ]
    limit = measure(scenario)
    if limit is not None:
        lines.append(
            f"limit, one polars equality join: wall {limit.wall:.2f} s, CPU {limit.cpu:.2f} s, links "
            f"{limit.linked:,} receipts;"
            f" engine / limit = {cpu / max(limit.cpu, 1e-9):.1f} in CPU"
        )
    if shown:
        lines.append(examples(scenario, result, shown))
    return "\n".join(lines)


def _tuning() -> Iterator[Seen]:
    """The proposals of all hands' tuning seeds."""
    for seed in TUNING_SEEDS:
        for hand in (receipts, other_hand, third_hand, fourth_hand):
            scenario = hand.make_scenario(seed, SIZES["10k"])
            yield from seen(scenario, run_engine(scenario)[0])


def _loop_us() -> float:
    """How fast this machine is at this moment, since others may be working on it."""
    start = time.process_time()
    for _ in range(1_000_000):
        pass
    return (time.process_time() - start) * 1000


def main() -> None:
    """Print the table of each seed asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reconciliation", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k", help="invoices; 0.62 receipts each are drawn")
    parser.add_argument("--seed", type=int, action="append", help="may be repeated; default: the report-only seeds")
    parser.add_argument("--other-hand", action="store_true", help="use the second, independent generator")
    parser.add_argument("--third-hand", action="store_true", help="use the third generator")
    parser.add_argument("--fourth-hand", action="store_true", help="use the fourth generator")
    parser.add_argument("--traps", action="store_true", help="the third, with many who quote somebody else's number")
    parser.add_argument("--worst", action="store_true", help="print the worst cases instead, and how they grow")
    parser.add_argument("--calibrate", type=Path, metavar="FILE", help="count all tuning seeds, and write measured.py")
    parser.add_argument("--calls", action="store_true", help="print the engine's function calls instead (slow)")
    parser.add_argument("--every", type=int, metavar="DAYS", help="reconcile as days go by, so many between two runs")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N mistakes and misses of each kind")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write CSV, camt.053 and CFONB 120 files, and stop")
    args = parser.parse_args()
    if args.worst:
        print(worst.report())
        return
    if args.calibrate:
        args.calibrate.write_text(counted(_tuning()) + "\n", encoding="utf-8")
        return
    hands = (
        (args.other_hand, other_hand),
        (args.third_hand, third_hand),
        (args.fourth_hand, fourth_hand),
        (args.traps, traps),
        (True, receipts),
    )
    make = next(hand.make_scenario for asked, hand in hands if asked)
    for seed in args.seed or REPORT_SEEDS:
        scenario = made_apart(make, seed, SIZES[args.size])
        if args.write:
            write_scenario(scenario, args.write / f"seed-{seed}")
        elif args.every:
            print(
                f"== {scenario.name}, a run every {args.every} days",
                table(score(scenario, by_days(scenario, args.every))),
                sep="\n",
            )
        elif args.calls:
            print(f"{scenario.name}: {len(scenario.receipts.id):,} receipts, {_calls(scenario):,} function calls")
        else:
            print(report(scenario, args.show), flush=True)


def _calls(scenario: Scenario) -> int:
    """Function calls of the engine: work that no other program on the machine can change."""
    profile = cProfile.Profile()
    profile.runcall(run_engine, scenario)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
