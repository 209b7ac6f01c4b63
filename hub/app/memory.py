"""The memory of a process that runs for months: few arenas, and what was freed goes back to the system.

Only what the GNU C library offers (mallopt(3), malloc_trim(3)); elsewhere both do nothing.
"""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
#: Arenas are for threads that allocate at the same instant; Python lets one of them go on at a time.
_ARENAS = 2


def share_arenas() -> bool:
    """Let all threads share two arenas, instead of up to eight for each processor that each keep what they once held.

    To be called before threads are started. Returns whether this system can.
    """
    return _call("mallopt", _M_ARENA_MAX, _ARENAS)


def give_back() -> bool:
    """Give freed memory back to the system; returns whether this system can, and something was given."""
    return _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> bool:
    try:
        function = getattr(ctypes.CDLL(None), name)
    except (OSError, TypeError, AttributeError):  # no such library: musl, macOS, Windows
        return False
    return bool(function(*arguments))
