"""Exports: what the hub knows, as tables for spreadsheets and machines.

`tables` says which kinds there are, with their columns and how rows are made, whatever the format; `writers` puts a
table into CSV, JSON lines or a workbook. Rows stream: a million of them need no more memory than a page.
"""

from hub.core.services.exports.tables import KINDS, Asked, Column, Table, open_table
from hub.core.services.exports.writers import FORMATS, write_file, write_stream

__all__ = ["FORMATS", "KINDS", "Asked", "Column", "Table", "open_table", "write_file", "write_stream"]
