"""Marks beside those of the last reading, against the plain way: each mark looked up among all former ones."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from hub.core.host.comparing import compare

#: Few values, so that rows repeat; long enough for several pieces.
ROWS = st.lists(st.integers(0, 60), max_size=120)


def marks(rows: list[int]) -> list[bytes]:
    """A mark for each row."""
    return [b"mark%04d" % row for row in rows]


@st.composite
def two_readings(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """A page and its next version: rows changed, put in, taken away, moved."""
    before = draw(ROWS)
    after = list(before)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(after)))
        match draw(st.sampled_from(["change", "insert", "remove", "move"])):
            case "change" if at < len(after):
                after[at] = draw(st.integers(0, 99))
            case "insert":
                after.insert(at, draw(st.integers(0, 99)))
            case "remove" if at < len(after):
                del after[at]
            case "move" if at < len(after):
                after.insert(draw(st.integers(0, len(after) - 1)), after.pop(at))
    return before, after


@given(two_readings())
@example((list(range(40)), list(range(40))))
@example((list(range(40)), [99, *range(40)]))
@example(([], [1]))
@example(([1], []))
def test_what_is_told_is_so(readings: tuple[list[int], list[int]]) -> None:
    """A place is told as new, or it stands where an equal row stood; what was nowhere before is always told."""
    before, after = readings
    places, moved = compare(marks(after), b"".join(marks(before)))
    assert places == sorted(set(places))
    assert not set(places) & set(moved)
    for place, row in enumerate(after):
        if place in places:
            continue
        index = moved.get(place, place)
        assert before[index] == row
    assert {place for place, row in enumerate(after) if row not in before} <= set(places)


@given(two_readings())
def test_rows_that_are_not_repeated_are_found_wherever_they_went(readings: tuple[list[int], list[int]]) -> None:
    before, after = readings
    before, after = list(dict.fromkeys(before)), list(dict.fromkeys(after))
    places, _ = compare(marks(after), b"".join(marks(before)))
    assert places == [place for place, row in enumerate(after) if row not in before]
