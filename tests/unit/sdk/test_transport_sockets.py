"""The HTTP client against real sockets on loopback: deadline, refused connection, cut answer, TLS."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stamina
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hub.sdk import SourceUnavailable
from hub.sdk.transport import HttpClient


@contextmanager
def server(speak: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback that lets `speak` answer each connection; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    if tls is None:
                        connection.recv(65_536)
                        speak(connection)
                    else:
                        with tls.wrap_socket(connection, server_side=True) as wrapped:
                            speak(wrapped)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def drip(first: bytes, each: bytes) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(200):
            connection.sendall(each)
            time.sleep(0.02)

    return speak


@pytest.mark.parametrize(
    ("first", "each"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y"),  # in the middle of the headers
    ],
)
def test_a_dripping_partner_ends_with_the_deadline(first: bytes, each: bytes) -> None:
    """One byte at a time keeps each read alive, but not the call."""
    with server(drip(first, each)) as port:
        http = HttpClient(f"http://127.0.0.1:{port}", timeout_s=5.0, deadline_s=0.3)
        started = time.monotonic()
        with pytest.raises(SourceUnavailable, match="HUB-HTTP-002"), http:
            http.get("/")
        assert time.monotonic() - started < 4.5  # long before the time-out of 5 s


def test_a_refused_connection() -> None:
    """Nobody listens: nothing was sent, and the error says so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SourceUnavailable, match="HUB-HTTP-001"):
        HttpClient(f"http://127.0.0.1:{port}", timeout_s=1.0).get("/")


def test_a_cut_answer_is_no_answer() -> None:
    """Half a page counts as not read."""
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2"
    with server(lambda connection: connection.sendall(cut)) as port:
        http = HttpClient(f"http://127.0.0.1:{port}", timeout_s=1.0)
        with pytest.raises(SourceUnavailable, match="HUB-HTTP-002"), http:
            http.get("/")


def test_a_partner_that_does_not_speak_tls() -> None:
    """The certificate is checked, and no setting switches the check off."""
    with server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        http = HttpClient(f"https://127.0.0.1:{port}", timeout_s=1.0)
        with pytest.raises(SourceUnavailable, match="HUB-HTTP-010"), http:
            http.get("/")


def certificate(folder: Path, host: str, days: int) -> Path:
    """A certificate for `host`, valid from 10 days ago until in `days` days, with its key, self-signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}{days}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


@pytest.mark.parametrize(
    ("host", "days", "trusted", "good"),
    [
        ("localhost", 5, True, True),
        ("localhost", 5, False, False),
        ("localhost", -5, True, False),
        ("other", 5, True, False),
    ],
)
def test_only_a_valid_certificate_is_accepted(
    host: str, days: int, trusted: bool, good: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown issuer, expired, another host: refused, and nothing of the call is sent."""
    file = certificate(tmp_path, host, days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    heard: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        heard.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with server(speak, tls) as port, HttpClient(f"https://localhost:{port}", timeout_s=2.0) as http:
        if good:
            assert {} == http.get("/").json()
        else:
            with pytest.raises(SourceUnavailable, match="HUB-HTTP-010"):
                http.get("/")
    assert good == bool(heard)


def test_a_whole_answer() -> None:
    """The plain case, over a real socket."""
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    with (
        server(lambda connection: connection.sendall(good)) as port,
        HttpClient(f"http://localhost:{port}") as http,
    ):
        assert {} == http.get("/").json()
        assert {} == http.post("/", json={"a": 1}).json()


def test_without_test_mode_a_pause_is_kept() -> None:
    """The retry waits as long as the partner asked, on a real clock (0.2 s here)."""
    answers = [b"HTTP/1.1 429 X\r\nRetry-After: 0.2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]
    answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")
    times: list[float] = []

    def speak(connection: socket.socket) -> None:
        times.append(time.monotonic())
        connection.sendall(answers.pop(0))

    with stamina.set_testing(False), server(speak) as port, HttpClient(f"http://127.0.0.1:{port}") as http:
        assert [] == http.get("/").json()
    assert times[1] - times[0] >= 0.2
