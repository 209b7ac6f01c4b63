"""The third hand with one trap set again and again: a debtor quotes the number and the sum of another one.

In half of them the two names share words (a family name, a trade, a town), which the third hand itself leaves out.
"""

from __future__ import annotations

from tests.benchmarks.reconciliation import third_hand_texts as texts
from tests.benchmarks.reconciliation.scenario import Scenario
from tests.benchmarks.reconciliation.third_hand import KINDS, Hand, scenario_of

_OFTEN = {"somebody_elses": 600, "somebody_alike": 2000}  # most of the latter find no pair and draw nothing


class _Traps(Hand):
    """Draws as the third hand does, and pairs of firms with names alike."""

    def _somebody_alike(self) -> None:
        one, other = self.pick(), self.pick()
        if not one or not other or one[0].seller != other[0].seller or one[0].parent or other[0].parent:
            return
        payer, (document,) = one[0], other[1]
        mine, theirs = (texts.plain(firm.name) for firm in (payer, other[0]))
        shared = {word for word in set(mine.split()) & set(theirs.split()) if len(word) > 3}
        if shared and mine != theirs and all(d["open_minor"] != document["open_minor"] for d in payer.documents):
            document["used"] = True
            amount, on = document["open_minor"], self.on([document])
            self.put("somebody_alike", payer, amount, on, document["number"], [], sure=False)


def make_scenario(seed: int, invoices: int) -> Scenario:
    """The third hand's scenario with many such receipts; only they matter here."""
    hand = _Traps(seed, invoices)
    hand.run(invoices * 62 // 100, KINDS | _OFTEN)
    return scenario_of(hand, f"traps, seed {seed}")
