"""Secrets are masked, and what is none stays readable."""

from __future__ import annotations

import logging
import time

import pytest
from pydantic import BaseModel, SecretStr

from hub.sdk.redaction import MASK, REDACTING, excerpt, redact, register_secret, register_secrets_of


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefgh12345",
        "authorization=Basic dXNlcjpwYXNz",
        '{"api_key": "hush-hush-1"}',
        "api-key: hush-hush-1",
        "X-Api-Key: hush-hush-1",
        "client_secret=hush-hush-1&grant=x",
        "password = 'hush-hush-1'",
        "PGPASSWORD=hush-hush-1",
        "https://user:hush-hush-1@db.test/x",
        "Set-Cookie: sid=hush-hush-1",
        "key sk_live_hush12345678 refused",
        "whsec_hush1234567890",
        "eyJhbGciOiJI.eyJzdWIiOiIx.hush-hush-1",
        "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----",
        "access_token%3Dhush-hush-1",
        "sent Bearer hush5678 to them",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    """Nobody needs to register what has the shape of a secret."""
    masked = redact(text)
    assert MASK in masked
    assert not any(secret in masked for secret in ("hush", "abcdefgh12345", "dXNlcjpwYXNz"))
    assert masked == redact(masked)


@pytest.mark.parametrize(
    "text",
    [
        "invoice F2026-001 over 1 234,56 EUR",
        "GET https://api.partner.test/v1/invoices?page=2",
        "token of goodwill",
        "the secretary called at 10:30",
        "https://api.partner.test:8443/x",
        "cookies are off",
        "a basic agreement on terms",
        "the bearer certificate",
        "contact jean@dupont.test: urgent",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    """A log must remain readable."""
    assert text == redact(text)


def test_registered_values_are_masked_in_every_form() -> None:
    """As given, without its line break, and as it stands in an address."""

    class Nested(BaseModel):
        pin: SecretStr

    class Settings(BaseModel):
        plain: str
        phrase: list[SecretStr]
        nested: Nested

    register_secrets_of(
        Settings(
            plain="visible", phrase=[SecretStr("correct horse/battery\n")], nested=Nested(pin=SecretStr("zx9-nested"))
        )
    )
    register_secret("abc")  # too short to be masked everywhere
    assert f"{MASK} {MASK} {MASK} visible abc" == redact(
        "correct horse/battery correct%20horse%2Fbattery%0A zx9-nested visible abc"
    )


def test_log_records_are_masked(caplog: pytest.LogCaptureFixture) -> None:
    """Message, arguments, traceback and extras; a wrong call still logs."""
    register_secret("hush-canary")
    logger = logging.getLogger("test.redaction")
    logger.addFilter(REDACTING)
    try:
        raise ValueError("hush-canary")
    except ValueError:
        logger.exception("with %s", "hush-canary", extra={"api_key": "x", "url": "a?token=hush1234", "count": 3})
    logger.warning("too many %d", "hush-canary", "x")
    assert "hush" not in caplog.text + str([record.__dict__ for record in caplog.records])
    assert "Traceback" in caplog.text
    assert 3 == caplog.records[0].count  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "piece", ["a-", "api", "token ", "eyJaaaaaaaa.", "://a:", "-----BEGIN A PRIVATE KEY-----", "x" * 9]
)
def test_no_text_takes_long(piece: str) -> None:
    """A partner's answer made to be slow to look through is not."""
    text = piece * (20_000 // len(piece))
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 10  # CPU: a busy machine does not count


def test_an_excerpt_is_one_short_line() -> None:
    """A partner's answer cannot forge log lines or fill the screen."""
    assert "a b c" == excerpt("a\n\tb\r\n\x1b \x00c")
    assert 200 == len(excerpt("x" * 10_000))
    register_secret("long-secret-value")
    assert "long" not in excerpt("x" * 190 + "long-secret-value")
