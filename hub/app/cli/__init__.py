"""The command line: `hub`. Commands live in modules of their own, imported only when called."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the console entry.

    Returns:
        The exit status: 0 done; 1 something needs a person; 2 cannot run (configuration, usage); 3 a partner or the
        data base is out of reach; 70 a fault of the hub; 130 interrupted; 141 the reader of our output went away.
    """
    # No plug-in of a library has a say in how records are checked; looking for some costs a tenth of `hub status`.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from hub.app.cli.run import run

    status = run(arguments)
    if arguments is None:  # the process ends now: a last search for garbage among modules takes an eighth of a second
        gc.freeze()
    return status
