"""Write the demo company: `python -m tests.demo_company [FOLDER]`, by default `config/demo` of this clone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.demo_company import ledgers, mishaps, paying, sales, statements, treasury, truth
from tests.demo_company.calendar_fr import TAKEOVER
from tests.demo_company.catalogue import accounts
from tests.demo_company.dice import Dice
from tests.demo_company.model import Document, Movement

#: What is generated; the other files of the folder (hub.toml, README.md) are written by hand.
OWN = ("atelier", "services", "bank", "truth.csv")


def make() -> dict[str, bytes]:
    """All files by their path."""
    debtors = accounts()
    invoices = sales.invoices(debtors, Dice("invoices"))
    notes = sales.credit_notes(invoices, Dice("credit notes"))
    paid = treasury.deposited(paying.payments(debtors, invoices, notes, Dice("payments")))
    paid = mishaps.disturb(paid, Dice("mishaps"))
    settle_takeover([*invoices, *notes], paid)
    moved = [movement for movement in paid if movement.on > TAKEOVER] + treasury.movements(Dice("treasury"))
    moved.sort(key=lambda movement: movement.on)
    statements.referenced(moved)
    documents = sorted([*invoices, *notes], key=lambda document: document.issued_on)
    return {
        **ledgers.debtor_files(debtors),
        **ledgers.invoice_files(documents),
        **statements.files(moved),
        "truth.csv": truth.table(moved, statements.held_movements(moved)),
    }


def settle_takeover(documents: Sequence[Document], paid: Sequence[Movement]) -> None:
    """What was paid before the takeover is in the books' open amounts."""
    for movement in paid:
        if movement.on <= TAKEOVER:
            for place, (document, amount) in enumerate(movement.lines):
                document.rest -= abs(amount) + (movement.deducted if place == 0 else 0)
    for document in documents:
        document.open_at_takeover = document.rest


def write(folder: Path) -> None:
    """Replace what is generated in `folder`."""
    for name in OWN:
        old = folder / name
        if old.is_dir():
            shutil.rmtree(old)
        old.unlink(missing_ok=True)
    for name, content in make().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "config" / "demo")
