"""What a partner answered: read within a limit, turned into JSON without floats."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from hub.sdk.errors import ConfigError, HubError, PartnerRefused, SourceAuthError, SourceUnavailable
from hub.sdk.http_rules import retry_after_s
from hub.sdk.redaction import excerpt

_MEND_LATER = "try again later; if it lasts, ask the other side"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `headers` have lower-case names; `place` is method and address, without the query."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    place: str

    @property
    def text(self) -> str:
        """The body as text: UTF-8, wrong bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body read as JSON; a number with a decimal point is a `Decimal`, never a float.

        Raises:
            SourceUnavailable: it is no JSON (an error page, a cut answer, nesting without end).
        """
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            what = f"the answer is no JSON: {excerpt(self.text, 120)!r}"
            raise unavailable("HUB-HTTP-006", what, self.place) from error


def unavailable(code: str, what: str, place: str, retry_after_s: float | None = None) -> SourceUnavailable:
    """The error for another side that is out of reach, busy or not understood."""
    return SourceUnavailable(code=code, what=what, where=place, mend=_MEND_LATER, retry_after_s=retry_after_s)


def error_of(answer: Answer, now: datetime) -> HubError:
    """The error that stands for an answer with a status outside 200–299; `now` is aware."""
    status, where, said = answer.status, answer.place, excerpt(answer.text)
    if status in (401, 403):
        mend = "renew the key or the rights that the configuration names"
        what = f"credentials refused ({status}): {said}"
        return SourceAuthError(code="HUB-HTTP-007", what=what, where=where, mend=mend)
    if status in _REDIRECTS:
        target = excerpt(answer.headers.get("location", "").partition("?")[0])
        what = f"answered with a redirect ({status}) to {target!r}, which is never followed"
        return ConfigError(code="HUB-HTTP-004", what=what, where=where, mend="configure the final address")
    if 400 <= status < 500 and status != 429:
        mend = "the other side's answer says what it wants; correct that, then send again"
        return PartnerRefused(code="HUB-HTTP-009", what=f"refused ({status}): {said}", where=where, mend=mend)
    pause = retry_after_s(answer.headers.get("retry-after"), now)
    return unavailable("HUB-HTTP-008", f"busy or broken ({status}): {said}", where, pause)


def read_body(chunks: Iterable[bytes], encoding: str, limit: int, place: str) -> bytes:
    """The body in `chunks`, decompressed; never more than `limit` bytes of it are unfolded (a gzip bomb).

    Raises:
        SourceUnavailable: it is larger, or compressed in another way than gzip.
        EOFError: it ends in the middle.
        zlib.error: it is not what gzip writes.
    """
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        what = f"the answer is compressed as {excerpt(encoding, 20)!r}, only gzip was asked for"
        raise unavailable("HUB-HTTP-006", what, place)
    zipped = "gzip" in encoding
    pieces: list[bytes] = []
    size = 0
    for piece in _gunzipped(chunks, limit + 1) if zipped else chunks:
        size += len(piece)
        if size > limit:
            raise SourceUnavailable(
                code="HUB-HTTP-005",
                what=f"the answer is larger than {limit:,} bytes",
                where=place,
                mend="ask for smaller pages; if that is no setting of the connector, tell its author",
            )
        pieces.append(piece)
    return b"".join(pieces)


def _gunzipped(chunks: Iterable[bytes], room: int) -> Iterator[bytes]:
    """Decompressed pieces, each at most `room` bytes; the caller stops when the sum exceeds its limit."""
    unzip = zlib.decompressobj(wbits=31)
    seen = False
    for chunk in chunks:
        seen = seen or bool(chunk)
        while chunk:
            if unzip.eof:  # gzip files may follow each other in one body (RFC 1952 §2.2)
                unzip = zlib.decompressobj(wbits=31)
            yield unzip.decompress(chunk, room)
            chunk = unzip.unconsumed_tail or unzip.unused_data
    if seen and not unzip.eof:
        raise EOFError


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
