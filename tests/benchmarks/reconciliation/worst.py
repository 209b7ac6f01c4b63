"""The worst cases: a debtor with thousands of invoices, and very long texts; and what twice as much work takes."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable
from datetime import date, timedelta

from hub.core.reconcile import Debtors, OpenItems, Policy, Receipts, Remittances, SettledNumbers, reconcile
from hub.core.reconcile.kept.image import Image, Whole, lay_image
from hub.core.reconcile.kept.standing import Standing

_DAY = date(2026, 1, 1)
Run = Callable[[], object]


def _run(
    amounts: list[int], texts: list[str], paid: list[int], *, kept: bool = False, lists: Remittances | None = None
) -> Run:
    """A run over one debtor who owes `amounts` and sends `paid` with `texts`; over a kept ledger, if asked for."""
    count, receipts = len(amounts), len(texts)
    items = OpenItems(
        id=list(range(count)),
        seller=["ACME"] * count,
        debtor=["C001"] * count,
        number=[f"FA-2026-{n:05d}" for n in range(count)],
        kind=["invoice"] * count,
        issued_on=[_DAY + timedelta(days=n % 90) for n in range(count)],
        due_on=[None] * count,
        currency=["EUR"] * count,
        total_minor=amounts,
        open_minor=amounts,
    )
    money = Receipts(
        id=list(range(receipts)),
        received_on=[_DAY + timedelta(days=120)] * receipts,
        currency=["EUR"] * receipts,
        amount_minor=paid,
        unapplied_minor=paid,
        payer_name=["DURAND ET FILS"] * receipts,
        remittance=list(texts),
    )
    debtors = Debtors(["ACME"], ["C001"], ["Durand & Fils"])
    ledger = _kept(items) if kept else items
    return lambda: reconcile(
        ledger, debtors, money, policy=Policy(), remittances=lists, today=_DAY + timedelta(days=200)
    )


def _kept(items: OpenItems) -> Standing:
    none = SettledNumbers([], [], [])
    image = Image(memoryview(b"".join(lay_image(Whole(items, none, [], {}, {}), {}))))
    return Standing.of(image, (), OpenItems(*([] for _ in OpenItems.__slots__)), none)


def equal_amounts(invoices: int, receipts: int, *, kept: bool = False) -> Run:
    """`invoices` of one amount, and silent receipts of that amount."""
    return _run([99_00] * invoices, ["ABONNEMENT"] * receipts, [99_00] * receipts, kept=kept)


def unlike_amounts(invoices: int, receipts: int, *, kept: bool = False) -> Run:
    """`invoices` of many amounts, and receipts of sums that nothing explains."""
    amounts, paid = [10_00 + n * 7 for n in range(invoices)], [1_234_567 + n for n in range(receipts)]
    return _run(amounts, ["VIREMENT"] * receipts, paid, kept=kept)


def long_text(characters: int) -> Run:
    """One receipt whose text of that many characters names invoices, open and not."""
    text = " ".join(f"FA-2026-{n:05d} ligne {n}" for n in range(1, characters // 12))[:characters]
    return _run([10_00 + n for n in range(400)], [text], [123_45])


def long_list(rows: int) -> Run:
    """One receipt with a list of that many lines: numbers without their letters, two of three not in the ledger."""
    lines = tuple((f"facture 2026/{n:06d}", 10_00 + n) for n in range(rows))
    lists = Remittances(id=[1], receipt_id=[0], lines=[lines])
    return _run(
        [10_00 + n for n in range(rows // 3)], ["VIREMENT"], [sum(amount or 0 for _, amount in lines)], lists=lists
    )


def calls(run: Run) -> int:
    """Function calls of a run: work that no other program on the machine can change."""
    profile = cProfile.Profile()
    profile.runcall(run)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def report() -> str:
    """Each worst case at half and at full size."""
    cases = (
        ("5,000 equal invoices, 2,000 receipts", equal_amounts(2_500, 1_000), equal_amounts(5_000, 2_000)),
        (
            "5,000 unlike invoices, 40 receipts nothing explains",
            unlike_amounts(2_500, 40),
            unlike_amounts(5_000, 40),
        ),
        ("a text of 100 KB", long_text(50_000), long_text(100_000)),
        ("a list of 4,000 lines, 100 KB", long_list(2_000), long_list(4_000)),
        (
            "5,000 equal invoices of a kept ledger, 2,000 receipts",
            equal_amounts(2_500, 1_000, kept=True),
            equal_amounts(5_000, 2_000, kept=True),
        ),
        (
            "5,000 unlike invoices of a kept ledger, 40 receipts",
            unlike_amounts(2_500, 40, kept=True),
            unlike_amounts(5_000, 40, kept=True),
        ),
    )
    lines = []
    for name, half, full in cases:
        start = time.process_time()
        full()
        cpu = time.process_time() - start
        lines.append(f"{name}: CPU {cpu:.2f} s; twice the size takes {calls(full) / calls(half):.2f} times the calls")
    return "\n".join(lines)
