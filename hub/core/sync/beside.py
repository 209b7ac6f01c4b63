"""A piece of work beside the one that goes on: in a thread of its own, waited for, its errors raised to who waits."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Beside(Generic[T]):
    """Work that was begun. The process does not end before it did."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = Thread(target=copy_context().run, args=(self._run,), name="hub-writes")
        self._thread.start()

    def result(self) -> T:
        """Wait for the end; what came of it.

        Raises:
            whatever the work raised.
        """
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result

    def _run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:  # it is raised to the thread that waits
            self._error = error
