"""`POST /webhooks/NAME`: a sender's call, verified by the connector of that section and stored before it is answered.

A 2xx means that it is kept; anything else that the sender shall send it again. Nothing is done with it here: the
objects it is about are read again by whoever runs the connector.
"""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from hub.app.api.answers import answer, refusal
from hub.app.api.metrics import Metrics
from hub.app.api.switchboard import Switchboard
from hub.core.host.receiving import Call, Receiver
from hub.sdk.errors import HubError, RecordRejected, SignatureRefused

router = APIRouter()

#: A body that takes longer to arrive, in seconds, is not waited for.
BODY_S = 10.0
#: When a sender is asked to try again, in seconds.
AGAIN = {"retry-after": "30"}


class _TooLarge(Exception):
    """The body is larger than is taken."""


@router.post("/webhooks/{section}")
async def take(section: str, request: Request) -> Response:
    """One call of a sender."""
    board: Switchboard = request.app.state.board
    counts: Metrics = request.app.state.metrics
    began = time.perf_counter()
    receiver = board.receiver_of(section)
    response = _unknown() if receiver is None else await _answer(board, section, receiver, request)
    counts.webhook(receiver.key if receiver else None, response.status_code, time.perf_counter() - began)
    return response


def _unknown() -> Response:
    return refusal(404, "HUB-WEB-002", "no connector of that name receives webhooks")


async def _answer(board: Switchboard, section: str, receiver: Receiver, request: Request) -> Response:
    try:
        body = await _body(request, board.hub.settings.serve.largest_body)
    except _TooLarge:
        return refusal(413, "HUB-WEB-003", "the body is too large", {"connection": "close"})
    except TimeoutError:
        return refusal(408, "HUB-WEB-003", "the body did not arrive in time", {"connection": "close"})
    except ClientDisconnect:
        return refusal(400, "HUB-WEB-003", "the body is not complete")
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    try:
        verified = await asyncio.wrap_future(receiver.receive(Call(tuple(headers), body)))
    except SignatureRefused as error:
        board.tell_refused(section, error)
        return refusal(401, "HUB-WEB-006", "the signature is not that of this sender, or too old")
    except RecordRejected as error:
        board.tell_refused(section, error)
        return refusal(400, "HUB-WEB-007", "the call cannot be understood")
    except HubError as error:
        board.tell_refused(section, error)
        return refusal(503, "HUB-WEB-004", "not stored; send it again later", AGAIN)
    return answer(200, {"status": "stored" if verified.events else "ignored"})


async def _body(request: Request, most: int) -> bytes:
    """The body as it was sent; given up as soon as it is known to be too large.

    Raises:
        _TooLarge: it is larger than `most` bytes.
        TimeoutError: it does not arrive.
        ClientDisconnect: the sender went away.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _TooLarge
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(BODY_S):
        async for part in request.stream():
            size += len(part)
            if size > most:
                raise _TooLarge
            parts.append(part)
    return b"".join(parts)
