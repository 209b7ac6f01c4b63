"""The command line: `hub`. Commands live in modules of their own, imported only when called."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the console entry.

    Returns:
        The exit status: 0 done; 1 something needs a person; 2 cannot run (configuration, usage); 3 a partner or the
        data base is out of reach; 70 a fault of the hub; 130 interrupted; 141 the reader of our output went away.
    """
    from hub.app.cli.run import run

    return run(arguments)
