"""Prints receipts the engine got wrong or left, beside the truth."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.benchmarks.reconciliation.scenario import Scenario


def examples(scenario: Scenario, result: Any, most: int) -> str:
    """Up to `most` mistakes and misses of each kind."""
    number = dict(zip(scenario.items.id, scenario.items.number, strict=True))
    debtor = dict(zip(scenario.items.id, scenario.items.debtor, strict=True))
    name = dict(zip(scenario.debtors.debtor_id, scenario.debtors.name, strict=True))
    at = {receipt_id: row for row, receipt_id in enumerate(scenario.receipts.id)}
    out: list[str] = []
    for title, pairs in (("WRONG", result.mistakes), ("LEFT", result.missed)):
        seen: Counter[str] = Counter()
        for truth, decision in pairs:
            seen[truth.kind] += 1
            if seen[truth.kind] > most:
                continue
            r, row = scenario.receipts, at[truth.receipt_id]
            out.append(
                f"{title} {truth.kind} #{truth.receipt_id} {r.received_on[row]} {r.amount_minor[row]} "
                f"seller={r.seller[row]} name={r.payer_name[row]!r} iban={bool(r.payer_iban[row])} "
                f"text={r.remittance[row]!r}"
            )
            out.append("   truth " + ", ".join(f"{number[i]}({name[debtor[i]]}):{a}" for i, a in truth.lines[:8]))
            out.append(f"   {decision.status} {decision.rule} {decision.evidence}")
            for p in decision.proposals[:3]:
                out.append(
                    f"   {p.confidence} {p.rule} "
                    + ", ".join(f"{number[i]}({name[debtor[i]]}):{a}" for i, a in p.lines[:8])
                    + f" {p.evidence}"[:300]
                )
    return "\n".join(out)
