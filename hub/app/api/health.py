"""`/health/live`: the process answers. `/health/ready`: it can do its work. Words only: nobody logs in for them."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from hub.app.api.answers import answer
from hub.app.api.switchboard import Switchboard
from hub.sdk.errors import HubError

router = APIRouter()

#: A data base that does not answer within this, in seconds, is out of reach.
PATIENCE_S = 3.0


@router.get("/health/live")
async def live() -> Response:
    """The process answers. Whoever watches it starts it anew when this fails."""
    return answer(200, {"status": "live"})


@router.get("/health/ready")
async def is_ready(request: Request) -> Response:
    """The data base answers, has this version's schema, and the scheduler of the daemon beside it ticks."""
    checks = {"data_base": False}
    try:
        async with asyncio.timeout(PATIENCE_S):
            checks |= await _probe(request.app.state.board)
        checks["data_base"] = True
    except (HubError, TimeoutError):
        pass
    well = all(checks.values())
    words = {name: "ok" if passed else "failing" for name, passed in checks.items()}
    return answer(200 if well else 503, {"status": "ready" if well else "not ready", "checks": words})


async def _probe(board: Switchboard) -> dict[str, bool]:
    """One look at a time, shared by all who ask: a data base that hangs costs one thread."""
    if board.probe is None or board.probe.done():
        board.probe = asyncio.ensure_future(asyncio.to_thread(board.ready))
    return await asyncio.shield(board.probe)
