"""What the threads of one process share, and whichever of them asks first makes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, Self, TypeVar, overload

Made = TypeVar("Made")


class shared_property(cached_property[Made]):  # named as `cached_property` is, for it stands where that stood
    """A `cached_property` that is made once, however many threads ask at one instant: since Python 3.12 each of them
    would make its own, and all but one be lost with what they hold open."""

    def __init__(self, func: Callable[[Any], Made]) -> None:
        super().__init__(func)
        self._making = threading.RLock()

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Made: ...

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        """The value, made by the first who asks; those who come meanwhile wait for it."""
        with self._making:
            return super().__get__(instance, owner)
