"""How far the reading of one stream has come, as text that the hub keeps with each page.

Between runs: the newest instant of change, from when on changes count as recent, and a digest for each block of ids of
what was recent or open in it. During a run also: what the run will leave behind, and up to which id it came.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from hub_dolibarr.faults import foreign_cursor

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """`asked` is what was asked for: with another address or company everything is read again.

    Attributes:
        newest: the newest instant of change when the last complete run began, in seconds since 1970; 0: none known.
        floor: changes from this instant on, and open rows, are looked at again; 0: all rows.
        marks: by block of ids, the digest of those rows.
        running: a run is under way, and the following fields are its own.
        everything: it gives every row, whether it changed or not.
        next_newest, next_floor, next_marks: what it will leave as `newest`, `floor` and `marks`.
        after: the blocks up to this id are done.
        given: in the block after that, the rows up to this id were given; 0: none.
        begun: the digest of that block when its first rows were given.
    """

    asked: str
    newest: int = 0
    floor: int = 0
    marks: dict[str, str] = field(default_factory=dict)
    running: bool = False
    everything: bool = False
    next_newest: int = 0
    next_floor: int = 0
    next_marks: dict[str, str] = field(default_factory=dict)
    after: int = 0
    given: int = 0
    begun: str = ""

    def ended(self) -> Progress:
        """What the next run begins with."""
        return Progress(self.asked, self.next_newest, self.next_floor, self.next_marks)

    def block_done(self, last_id: int, block: str, mark: str) -> Progress:
        """One block further; `mark` is its digest for the next run, empty when nothing of it is kept."""
        marks = {**self.next_marks, block: mark} if mark else self.next_marks
        return replace(self, after=last_id, given=0, begun="", next_marks=marks)

    def as_text(self) -> str:
        """The progress as text."""
        told = {name: value for name, value in asdict(self).items() if value}
        return json.dumps({"v": _VERSION, **told}, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_text(cls, cursor: str, where: str) -> Progress:
        """Raises:
        ConfigError: the text was written by another connector.
        """
        try:
            told = json.loads(cursor)
            if told.pop("v") != _VERSION:
                raise ValueError("another version")
            return cls(**told)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise foreign_cursor(where, cursor, error) from error
