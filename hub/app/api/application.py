"""The ASGI application, made from what it serves: no module holds a state of its own, so tests make as many as they
like."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import structlog
from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hub.app.api import health, metrics, webhooks
from hub.app.api.answers import answer, refusal
from hub.app.api.switchboard import Switchboard

#: What every hub serves.
ROUTERS = (health.router, metrics.router, webhooks.router)


def make_application(board: Switchboard, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """The application over `board`; `routers` join it in order, and find it
    as ``request.app.state.board``.

    There is no page of documentation and no schema to be read: what is public is what the routers serve.
    """
    application = FastAPI(title="receivables hub", docs_url=None, redoc_url=None, openapi_url=None)
    application.state.board, application.state.metrics = board, metrics.Metrics(board)
    for router in routers:
        application.include_router(router)
    application.add_exception_handler(HTTPException, _no)
    application.add_exception_handler(Exception, _failed)
    return application


async def _no(_request: Request, error: Exception) -> Response:
    """No such address, or no such method on it."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(status, "HUB-WEB-002", "no such address" if status == 404 else "not allowed here")


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of the hub: the caller gets a number, under which the log has what happened."""
    reference = secrets.token_hex(4)
    structlog.get_logger().error("a fault of the hub", reference=reference, path=request.url.path, exc_info=error)
    return answer(500, {"error": "HUB-WEB-001", "what": "the hub failed", "reference": reference})
