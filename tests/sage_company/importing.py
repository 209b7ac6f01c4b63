"""What the accountant does with a file of the hub: Sage imports it, each line a new entry. No line is matched."""

from __future__ import annotations

from hub.plugins.sage100.tagged import decode, entry, records
from tests.sage_company.base import SageBase


def import_file(base: SageBase, body: bytes) -> int:
    """Enter the lines of a file in the tagged format; returns how many. Imported twice, they stand there twice."""
    lines = [entry(record, "import") for record in records(decode(body), "import") if record.flag == "#MECG"]
    first = int(base.value("SELECT MAX(EC_No) FROM F_ECRITUREC") or 0) + 1
    base.add("F_ECRITUREC", [
        {
            "EC_No": first + at, "JO_Num": one.journal, "JM_Date": one.day.replace(day=1), "EC_Jour": one.day.day,
            "EC_Date": one.day, "EC_Piece": one.piece, "EC_RefPiece": one.invoice, "EC_Reference": one.reference,
            "CG_Num": one.account, "CT_Num": one.debtor, "EC_Intitule": one.label,
            "EC_Sens": 0 if one.signed >= 0 else 1,
            "EC_Montant": f"{abs(one.signed) // 1_000_000}.{abs(one.signed) % 1_000_000:06d}",
        }
        for at, one in enumerate(lines)
    ])  # fmt: skip
    return len(lines)
