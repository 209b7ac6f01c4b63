"""A connector's own process, begun by `spawn`. Faults and crashes of a plugin end here.

It speaks frames (see `frames`) on its original standard input and output; whatever the plugin prints goes to standard
error. The first frame says which connector to build, its settings and secrets; then one request, one answer.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import select
import signal
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from hub.core.host.frames import FrameError, read_frame, write_frame
from hub.core.host.plugins import discover
from hub.core.host.server import Server, broken_by, wire_of
from hub.sdk.config import ConnectorConfig
from hub.sdk.context import Clock, Context, SystemClock
from hub.sdk.errors import ConfigError, HubError
from hub.sdk.hooks import Connector
from hub.sdk.redaction import REDACTING, register_secrets_of
from hub.sdk.roles import Prepares

#: Processes and threads that a connector may start. Linux counts all of a user's; root is not bound by it.
_MORE_PROCESSES = 256
#: How often it is seen whether the hub still lives, in seconds.
_LOOK_S = 2.0


def build_source(start: dict[str, Any]) -> tuple[Any, Clock]:
    """The connector named in the first frame, built from its settings, and its clock."""
    registry, faults = discover(only=[start["plugin"]])
    if start["plugin"] not in registry.connectors and faults:
        raise faults[0].error
    connector = registry.get(start["plugin"], where=f"[connector.{start['name']}]")
    config = _checked(connector, start)
    register_secrets_of(config)
    today = date.fromisoformat(start["today"]) if start.get("today") else None
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(REDACTING)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    clock = SystemClock(start["timezone"], today)
    context = Context(start["name"], clock=clock, work_folder=Path(start["work_folder"]))
    return connector.build(config, context), clock


def _checked(connector: Connector, start: dict[str, Any]) -> ConnectorConfig:
    """The settings again as the connector's own model; the hub checked them, so a fault here is one of versions."""
    try:
        return connector.config.model_validate(start["config"])
    except ValidationError as error:
        names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}))
        raise ConfigError(
            code="HUB-HOST-009",
            what=f"the connector does not accept its settings: {names}",
            where=f"[connector.{start['name']}]",
            mend="correct them; hub check names each fault",
        ) from None


def _own_pipes() -> tuple[io.FileIO, BinaryIO]:
    """The pipes of the hub, taken away from the plugin: what it prints goes to standard error, it reads nothing."""
    # Unbuffered: whether a request is there must be seen from outside.
    inside, outside = io.FileIO(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return inside, outside


def _answer(server: Server, request: dict[str, Any], body: bytes, out: BinaryIO) -> None:
    try:
        operation = getattr(server, request["op"])
        operation(request, body)
    except HubError as error:
        write_frame(out, {"error": wire_of(error)})
    except Exception as error:
        write_frame(out, {"error": broken_by(error)})


def _prepare(source: Prepares) -> None:
    try:
        source.prepare()
    except Exception:  # it is raised again, and told, when the hub asks for what failed
        logging.getLogger("hub.connector").info("it could not prepare", exc_info=True)


def _work_ahead(server: Server, inside: io.FileIO) -> None:
    """Until the hub asks for something, or there is nothing to do."""
    try:
        while server.work_ahead() and not select.select([inside], [], [], 0)[0]:
            pass
    except Exception:  # it is raised again, and told, when the hub asks for what failed
        server.give_up_ahead()


def main() -> None:
    """Serve until the hub closes the pipe."""
    inside, out = _own_pipes()
    # Pages are long lists without cycles: looking for garbage in them again and again costs a fifth of a bulk load.
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 20, 100)
    try:
        start, _ = read_frame(inside)
        threading.Thread(target=_leave_with, args=(os.getppid(),), name="leave with the hub", daemon=True).start()
        _limit(start.get("limits") or {})
        try:
            source, clock = build_source(start)
            server = Server(source, out, clock)
        except HubError as error:
            write_frame(out, {"error": wire_of(error)})
            return
        except Exception as error:
            write_frame(out, {"error": broken_by(error)})
            return
        write_frame(out, {"ready": True})
        if start.get("prepare") and isinstance(source, Prepares):
            _prepare(source)
        while True:
            request, body = read_frame(inside)
            _answer(server, request, body, out)
            _work_ahead(server, inside)
    except (FrameError, BrokenPipeError, KeyboardInterrupt):
        return
    finally:
        gc.freeze()  # the process ends; the hub waits for it, and what it holds need not be taken apart


def _limit(limits: dict[str, int]) -> None:
    """Bound what the plugin may use; only on systems that can."""
    try:
        import resource
    except ImportError:
        return
    bounds = {
        "RLIMIT_AS": limits.get("memory_bytes"),
        "RLIMIT_CPU": limits.get("cpu_seconds"),
        "RLIMIT_NPROC": _processes_now() + _MORE_PROCESSES,
    }
    for name, value in bounds.items():
        if value and hasattr(resource, name):
            _, hard = resource.getrlimit(getattr(resource, name))
            bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (bound, hard))


def _leave_with(hub: int) -> None:
    """End this process and its group when the hub is gone: who hangs does not see that its pipe was closed."""
    while os.getppid() == hub:
        time.sleep(_LOOK_S)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _processes_now() -> int:
    """How many threads all users of this machine have; the limit counts those of one user, so it leaves room."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    except (OSError, IndexError, ValueError):
        return 4_096
