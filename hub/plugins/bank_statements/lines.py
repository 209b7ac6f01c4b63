"""The lines of a statement in text, decoded one by one: a line without end is refused before it fills the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.limits import LINE_BYTES
from hub.plugins.bank_statements.model import Opened


def decoded_lines(stream: BinaryIO, opened: Opened) -> Iterator[tuple[int, int, str]]:
    """Number, size in bytes and text of each line, without its end, a byte order mark or the old end of file (0x1A).

    Raises:
        RecordRejected: HUB-BANK-008 (a line without end), HUB-BANK-012 (encoding).
    """
    for number, raw in enumerate(stream, 1):
        if len(raw) > LINE_BYTES:
            raise reject("HUB-BANK-008", f"{opened.name}:{number}", thing="line", limit=LINE_BYTES)
        try:
            line = raw.decode(opened.encoding).strip("\r\n\x1a\ufeff")
        except UnicodeDecodeError as error:
            where = f"{opened.name}:{number}:{error.start + 1}"
            raise reject("HUB-BANK-012", where, encoding=opened.encoding, reason=error.reason) from None
        yield number, len(raw), line
