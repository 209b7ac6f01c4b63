"""One command from its arguments to its exit status: what can go wrong is shown in words, never as a traceback."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hub.app.cli.group import ReaderGone, root
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.sdk.errors import HubError

DONE, NEEDS_A_PERSON, CANNOT_RUN, OUT_OF_REACH = 0, 1, 2, 3
FAULT, INTERRUPTED, READER_GONE = 70, 130, 141

#: Commands that report by their status that something needs a person (DESIGN §6).
REPORTING = ("check", "sync", "reconcile", "status", "verify")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every failure becomes words on standard error and a status."""
    # A command makes few cycles and many objects that live to its end, modules above all: looking for garbage after
    # each 700 of them costs a seventh of a short command (hub status: 1.38 s -> 1.20 s of CPU on a busy machine), and
    # even after 100,000 of them, once, 40 ms.
    before = gc.get_threshold()
    gc.set_threshold(250_000, 20, 50)
    session = Session()
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments), session)
    finally:
        session.close()
        gc.set_threshold(*before)


def _run(given: list[str], session: Session) -> int:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # a test's stream may not have it
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = root.main(given, prog_name="hub", standalone_mode=False, obj=session)
        sys.stdout.flush()
        return status if isinstance(status, int) else DONE
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return CANNOT_RUN
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: what was committed is kept; run the command again to go on", err=True)
        return INTERRUPTED
    except (ReaderGone, BrokenPipeError):
        return _reader_gone()
    except Exception as error:
        return _failed(error, session, given)


def _reader_gone() -> int:
    """As `cat big | head` does: leave quietly. What is still buffered has nowhere to go."""
    null = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError):
        os.dup2(null, sys.stdout.fileno())
    return READER_GONE


def _failed(error: Exception, session: Session, given: list[str]) -> int:
    errors = sys.modules.get("hub.sdk.errors")  # a HubError exists only where its module was imported
    if errors is not None and isinstance(error, errors.HubError):
        from hub.app.cli.failures import show

        show(error)
        return status_of(error, reporting=any(name in REPORTING for name in given))
    from hub.app.cli.failures import show_fault

    show_fault(error, session)
    return FAULT


def status_of(error: HubError, *, reporting: bool) -> int:
    """The exit status that an error means: 3 out of reach, 2 configuration; else 1 from the reporting commands."""
    from hub.sdk.errors import ConfigError, SourceUnavailable

    if isinstance(error, SourceUnavailable):
        return OUT_OF_REACH
    if isinstance(error, ConfigError) or not reporting:
        return CANNOT_RUN
    return NEEDS_A_PERSON
