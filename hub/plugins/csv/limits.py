"""Every limit of the reader, in one place. Each has its message in `faults`."""

from __future__ import annotations

#: Bytes of one file, and of what an archive unfolds to.
MAX_FILE_BYTES = 4 * 1024**3
MAX_EXPANDED_BYTES = 4 * 1024**3
#: An archive that unfolds to more than this many times its size is no table but a bomb (text: 5 to 30 times).
MAX_EXPANSION = 200
#: Below this size an archive's expansion is not questioned.
EXPANSION_FREE_BYTES = 32 * 1024**2
#: Members of one ZIP that are looked at.
MAX_ZIP_MEMBERS = 1_000
#: Spreadsheets are held in memory while they are read: bytes of the file and of its unfolded parts, and cells.
MAX_SHEET_BYTES = 24 * 1024**2
MAX_SHEET_EXPANDED_BYTES = 64 * 1024**2
MAX_SHEET_CELLS = 1_000_000

#: One record, and the physical lines it may cover when quoted cells hold line breaks.
MAX_RECORD_BYTES = 1024**2
MAX_RECORD_LINES = 1_000
MAX_CELL_CHARS = 100_000
MAX_COLUMNS = 2_000
#: A line this long ends the reading: what has one is no table, whatever comes behind it.
MAX_LINE_BYTES = 64 * 1024**2
#: Lines above the header that may be titles.
MAX_TITLE_LINES = 30
#: What is looked at before a file's dialect is fixed.
SAMPLE_BYTES = 256 * 1024
#: Bytes of one page, as read: a third of what the wire takes, for a cp1252 character may need three bytes in UTF-8.
PAGE_BYTES = 1_250 * 1024

#: Characters of the fields, as `hub.sdk.records` has them; a number is also part of its unit's ref.
MAX_NUMBER = 150
MAX_REF = 200
MAX_NAME = 500
MAX_TEXT = 120_000
