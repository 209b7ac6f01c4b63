"""A mail server on the loopback that keeps what it was given; it can refuse, and speak TLS."""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path


@dataclass
class Post:
    """What a mail server took in, and how it behaves. `logins` are (user, password, encrypted)."""

    port: int = 0
    refuses: bool = False
    messages: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[str, str, bool]] = field(default_factory=list)


@contextmanager
def post_office(certificate: Path | None = None) -> Iterator[Post]:
    """A server; with a certificate (and key in one file) it offers STARTTLS."""
    post = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.ExitStack() as sockets, contextlib.suppress(OSError):
                _converse(self, post, certificate, sockets)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join()


def _converse(
    handler: socketserver.StreamRequestHandler, post: Post, certificate: Path | None, sockets: contextlib.ExitStack
) -> None:
    stream, encrypted = sockets.enter_context(handler.request.makefile("rwb")), False

    def say(text: str) -> None:
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    say("220 test")
    while line := stream.readline().decode().strip():
        verb = line.split()[0].upper()
        if verb == "EHLO":
            say("250-test\r\n250-AUTH PLAIN" + ("\r\n250 STARTTLS" if certificate else "\r\n250 8BITMIME"))
        elif verb == "STARTTLS":
            say("220 go")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(str(certificate))
            wrapped = sockets.enter_context(context.wrap_socket(handler.request, server_side=True))
            stream, encrypted = sockets.enter_context(wrapped.makefile("rwb")), True
        elif verb == "AUTH":
            _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
            post.logins.append((user, password, encrypted))
            say("235 welcome")
        elif verb == "MAIL" and post.refuses:
            say("451 not now")
        elif verb == "DATA":
            say("354 go")
            lines = list(iter(stream.readline, b".\r\n"))
            message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            post.messages.append(message)
            say("250 taken")
        elif verb == "QUIT":
            say("221 bye")
            return
        else:
            say("250 well")


def make_certificate(path: Path) -> Path:
    """A certificate for the loopback, signed by itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
