"""Progress of long work, on standard error and only for a person who watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.app.cli.words import count, is_terminal


@contextmanager
def counting(label: str, word: str) -> Iterator[Callable[[str, int], None]]:
    """Gives a function to call with a name (a stream) and how many so far. Silent unless standard error is a
    terminal."""
    if not is_terminal(err=True):
        yield lambda _name, _number: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(label, total=None)

        def told(name: str, number: int) -> None:
            progress.update(task, description=f"{label} {name}: {count(number)} {word}")

        yield told
