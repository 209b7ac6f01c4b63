"""One form of answer, with the headers that all of them bear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

#: Nothing of it is kept by a cache, guessed by a browser, or told to another site.
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def answer(status: int, words: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return JSONResponse(dict(words), status, {**HEADERS, **(headers or {})})


def refusal(status: int, code: str, what: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that says no, in fixed words: a stranger learns no path, no version and no text of an error."""
    return answer(status, {"error": code, "what": what}, headers)
