"""A run that waits frees its place, once, and only while there is room beside."""

from __future__ import annotations

import threading

from hub.core.jobs.aside import Aside, Waiting


def test_who_waits_goes_on_beside_and_who_works_keeps_his_place() -> None:
    """`do` returns at the end of work, or when the work waits; a second one that waits finds no room."""
    aside, go_on, done = Aside(1), threading.Event(), []

    def waits(waiting: Waiting) -> None:
        waiting()
        waiting()
        go_on.wait(10)
        done.append("first")

    def finds_no_room(waiting: Waiting) -> None:
        waiting()
        done.append("second")

    aside.do("first", waits)
    assert [] == done
    aside.do("second", finds_no_room)
    assert ["second"] == done
    aside.wait(0)
    assert ["second"] == done
    go_on.set()
    aside.wait(10)
    assert ["second", "first"] == done
    aside.do("third", waits)
    aside.wait(10)
    assert 3 == len(done)
