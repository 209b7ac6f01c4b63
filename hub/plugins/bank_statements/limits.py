"""What a file may cost, in one place: bytes, movements, lengths, seconds. Each limit names its refusal.

The figures leave a wide margin over real statements (a large company's year of camt.053 is about 100 MB) and keep the
connector under 256 MB of memory (reliability.md (d)).
"""

from __future__ import annotations

import time
from typing import Final

from hub.plugins.bank_statements.faults import reject

#: Bytes of one file: camt is read as a stream, the other formats keep one statement in memory. HUB-BANK-006.
FILE_BYTES: Final = {"camt": 256 * 1024 * 1024, "other": 32 * 1024 * 1024}
#: Movements of one file. HUB-BANK-007.
MOVEMENTS: Final = 300_000
#: Bytes of one movement: one page carries 4 MB. HUB-BANK-008.
ELEMENT_BYTES: Final = 2 * 1024 * 1024
#: Bytes of XML from the end of one entry to the end of the next: about 7,000 details of one batch. HUB-BANK-008.
ENTRY_BYTES: Final = 6 * 1024 * 1024
#: Bytes of one line of a line-wise format. HUB-BANK-008.
LINE_BYTES: Final = 64 * 1024
#: Seconds of processor time for reading one file. HUB-BANK-009.
SECONDS: Final = 120.0
#: Elements between two entries of a camt statement: balances and the like, about thirty. HUB-BANK-026.
HEAD_ELEMENTS: Final = 5_000
#: Characters of what stands around the details of a batch; a longer entry is booked as one. No refusal.
SHELL_CHARS: Final = 64 * 1024
#: Bytes looked at to recognise a format: the root element or the first record stands in them. HUB-BANK-005.
HEAD_BYTES: Final = 64 * 1024
#: Bytes of a held statement or refused file that are kept as evidence (one page carries 4 MB). HUB-BANK-028.
KEPT_BYTES: Final = 2 * 1024 * 1024
#: Bytes of bodies in one page, below the wire's 4 MB with room for layouts and places.
PAGE_BYTES: Final = 2 * 1024 * 1024
#: Bytes of bodies kept as they are while a statement is being proved; those of a longer one are compressed. No refusal.
BUFFER_BYTES: Final = 24 * 1024 * 1024
#: Bytes of compressed bodies kept; a statement that takes more is read a second time. No refusal.
PACKED_BYTES: Final = 48 * 1024 * 1024
#: Characters of a number of a document (hub.sdk.records); a longer one stays in the text only. No refusal.
REF_CHARS: Final = 200
#: Characters of a name or reference, and of the joined remittance text (hub.sdk.records). HUB-BANK-034.
NAME_CHARS: Final = 500
REMITTANCE_CHARS: Final = 120_000
#: Digits of an amount: more cannot be a 64-bit integer. HUB-BANK-030.
AMOUNT_DIGITS: Final = 19


class Budget:
    """Time and movements spent on one file. `spend` refuses when either is exhausted.

    Processor time of this process counts, not the clock on the wall: between two pages the hub is at work.
    """

    def __init__(self, where: str, seconds: float = SECONDS, movements: int = MOVEMENTS) -> None:
        self._where = where
        self._seconds = seconds
        self._movements = movements
        self._until = time.process_time() + seconds
        self._spent = 0

    def spend(self) -> None:
        """Count one movement.

        Raises:
            RecordRejected: HUB-BANK-007 (too many) or HUB-BANK-009 (too long).
        """
        self._spent += 1
        if self._spent > self._movements:
            raise reject("HUB-BANK-007", self._where, limit=self._movements)
        if not self._spent & 255:
            self.look()

    def look(self) -> None:
        """Refuse when the time is over: HUB-BANK-009."""
        if time.process_time() > self._until:
            raise reject("HUB-BANK-009", self._where, limit=f"{self._seconds:g}")


def check_size(size: int, family: str, where: str, named: str) -> None:
    """Refuse a file of `size` bytes above the limit of its family (``camt`` or ``other``): HUB-BANK-006."""
    limit = FILE_BYTES[family]
    if size > limit:
        raise reject("HUB-BANK-006", where, size=size, limit=limit, format=named)
