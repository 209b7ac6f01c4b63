"""A guest that is told of changes: invoices of a provider that is a JSON file, and webhooks signed over their bytes.

The file is ``{id: {"seq": n, "number": …, "total": minor units, …}}``; `seq` grows with each change. A call's body is
``{"id": …, "about": [ids]}``, its signature ``t=SECONDS,v1=HEX``: an HMAC-SHA256 over ``SECONDS.BODY``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr

from hub.sdk import (
    Connector,
    ConnectorConfig,
    Context,
    Cursor,
    EventReceiver,
    Headers,
    Page,
    RawUnit,
    ReceivedEvent,
    RecordRejected,
    RecordSource,
    Registry,
    SignatureRefused,
    SourceUnavailable,
    Stream,
    hookimpl,
    same_secret,
)
from hub.sdk.records import Debtor, Invoice, Record

HEADER = "X-Provider-Signature"


class NoticedConfig(ConnectorConfig):
    """Where the provider is, and the secret that it shares with us."""

    provider: Path = Field(description="The provider's file.")
    secret: SecretStr = Field(description="What its webhooks are signed with.")
    tolerance_s: int = Field(300, description="How old or new a webhook may be, in seconds.")


def signature(secret: str, body: bytes, at: int) -> str:
    """The header that the provider sends with `body`."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


class Noticed:
    """Plays RecordSource and EventReceiver."""

    def __init__(self, config: NoticedConfig, context: Context) -> None:
        self._config = config
        self._context = context

    def streams(self) -> Sequence[Stream]:
        return [Stream("invoices", repeats="latest")]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        after = int(cursor or 0)
        rest = sorted((one["seq"], ref) for ref, one in self._provider().items() if one["seq"] > after)
        chosen = rest[:limit]
        units = list(self._units([ref for _, ref in chosen]))
        return Page(units, str(chosen[-1][0] if chosen else after), len(rest) <= limit, "provider")

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        one = json.loads(unit.body)
        if one["total"] < 0:
            raise RecordRejected(code="HUB-NOT-003", what="a negative total", where=unit.place, mend="correct it")
        return [
            Debtor(seller="ACME", debtor_id=one["debtor"], name=one["debtor"], stub=True),
            Invoice(
                seller="ACME",
                number=one["number"],
                debtor_id=one["debtor"],
                issued_on=date.fromisoformat(one["issued_on"]),
                currency="EUR",
                total_minor=one["total"],
            ),
        ]

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        parts = dict(part.partition("=")[::2] for part in headers.get(HEADER, "").split(","))
        at = parts.get("t", "")
        if not at.isdecimal() or not same_secret(self._signed(int(at[:12]), body), headers.get(HEADER, "")):
            raise self._refused("the signature does not fit the body")
        if abs(int(at) - self._context.clock.now().timestamp()) > self._config.tolerance_s:
            raise self._refused("the webhook is too old or too new")
        try:
            call = json.loads(body)
            if call.get("die"):
                os._exit(3)
            time.sleep(call.get("sleep", 0))
            about = list(call["about"])
            if len(about) == 1:
                return [ReceivedEvent(call["id"], "invoices", about[0])]
            return [ReceivedEvent(f"{call['id']}/{n}", "invoices", ref) for n, ref in enumerate(about)]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordRejected(
                code="HUB-NOT-002",
                what=f"the webhook has another form than expected ({type(error).__name__})",
                where=self._context.name,
                mend="ask the provider what changed",
            ) from error

    def reread(self, stream: str, refs: Sequence[str]) -> Iterable[RawUnit]:
        return self._units(refs)

    def _units(self, refs: Sequence[str]) -> Iterable[RawUnit]:
        provider = self._provider()
        for ref in refs:
            if ref == "poison":
                raise RuntimeError("poisoned")
            if ref == "deadly":
                os._exit(4)
            if ref in provider:
                body = json.dumps(provider[ref], sort_keys=True).encode()
                yield RawUnit(ref, body, place=f"provider:{ref}")

    def _signed(self, at: int, body: bytes) -> str:
        return signature(self._config.secret.get_secret_value(), body, at)

    def _provider(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._config.provider.read_text())
        except OSError as error:
            raise SourceUnavailable(
                code="HUB-NOT-004", what="the provider is away", where=self._context.name, mend="try later"
            ) from error
        return found

    def _refused(self, what: str) -> SignatureRefused:
        return SignatureRefused(
            code="HUB-NOT-001", what=what, where=self._context.name, mend="compare the secret with the provider's"
        )


@hookimpl
def hub_register(registry: Registry) -> None:
    """The door."""
    registry.add(
        Connector(
            name="noticed",
            sdk="1",
            roles=[RecordSource, EventReceiver],
            config=NoticedConfig,
            build=Noticed,
            author="tests@hub.test",
        )
    )
