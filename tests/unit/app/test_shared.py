"""What the threads of one process share is made once."""

from __future__ import annotations

import threading
import time

from hub.app.shared import shared_property


class House:
    """Makes its door slowly, and counts."""

    made = 0

    @shared_property
    def door(self) -> object:
        """A door of its own each time it is made."""
        House.made += 1
        time.sleep(0.02)
        return object()


def test_threads_that_ask_at_one_instant_get_the_same() -> None:
    house, start, seen = House(), threading.Barrier(8), list[object]()

    def ask() -> None:
        start.wait()
        seen.append(house.door)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (1, 8, {house.door}) == (House.made, len(seen), set(seen))
    assert House().door is not house.door
