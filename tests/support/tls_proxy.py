"""A proxy with TLS and tokens before a Chroma server, as a team would have one, and with faults at will."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Certificates:
    """A certificate authority of its own, and what it has signed for 127.0.0.1."""

    authority: Path
    good: Path
    expired: Path

    @classmethod
    def make(cls, folder: Path) -> Certificates:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a team's authority")])
        now = datetime.datetime.now(datetime.timezone.utc)
        authority = (
            _builder(name, name, key, now - _DAY, now + 9 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        made = cls(folder / "authority.pem", folder / "good.pem", folder / "expired.pem")
        made.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        for path, ends in ((made.good, now + 9 * _DAY), (made.expired, now - _DAY)):
            own = ec.generate_private_key(ec.SECP256R1())
            subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
            signed = (
                _builder(subject, name, own, now - 3 * _DAY, ends)
                .add_extension(names, critical=False)
                .sign(key, hashes.SHA256())
            )
            secret = own.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
        return made


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    begins: datetime.datetime,
    ends: datetime.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


Answer = tuple[int, bytes]
"""Status and body."""

Fault = Callable[[str, bytes, Answer], "Answer | None"]
"""Path, body of the request, true answer → the answer to give; None breaks off in the middle of it."""


@dataclass
class TlsProxy:
    """Listens on 127.0.0.1 in a thread of its own. `close` it at the end."""

    upstream: int
    """The port of the Chroma server."""
    certificates: Certificates
    token: str
    fault: Fault | None = None
    delay: float = 0.0
    """Seconds before each answer."""
    hole: bool = False
    """Answer nothing."""
    requests: list[str] = field(default_factory=list)
    """Method and path of each."""
    received: bytearray = field(default_factory=bytearray)
    """Everything that clients sent, if `capture`."""
    capture: bool = False
    sent: int = 0
    """Bytes of the answers."""
    port: int = 0

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self.listen()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def listen(self, expired: bool = False) -> None:
        """Listen, on the same port as before."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.expired if expired else self.certificates.good)

        async def start() -> None:
            self._server = await asyncio.start_server(
                self._serve, "127.0.0.1", self.port, ssl=context, limit=1 << 20
            )
            self.port = self._server.sockets[0].getsockname()[1]

        self._run(start())

    def refuse(self) -> None:
        """Stop listening; connections that are open are ended."""

        async def stop() -> None:
            assert self._server is not None
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        self._run(stop())

    def close(self) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answer_one(reader, writer):
                pass
        writer.transport.abort()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if self.capture:
            self.received += head + body
        method, path, _ = lines[0].split(" ")
        self.requests.append(f"{method} {path}")
        if self.hole:
            await asyncio.sleep(3600)
        await asyncio.sleep(self.delay)
        if headers.get("authorization") != f"bearer {self.token}".lower():
            answer: Answer | None = (401, b'{"error":"who are you"}')
        else:
            answer = await self._forward(head, body)
            if self.fault is not None:
                broken, answer = answer, self.fault(path, body, answer)
                if answer is None:
                    writer.write(_response(broken)[: len(broken[1]) // 2 + 60])
                    await writer.drain()
                    return False
        assert answer is not None
        response = _response(answer)
        self.sent += len(response)
        writer.write(response)
        await writer.drain()
        return True

    async def _forward(self, head: bytes, body: bytes) -> Answer:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=1 << 20)
        except OSError:
            return 502, b"{}"
        try:
            first, _, rest = head.partition(b"\r\n")
            kept = [line for line in rest.split(b"\r\n") if not line.lower().startswith(_NOT_FORWARDED)]
            writer.write(b"\r\n".join([first, b"Connection: close", *kept]) + body)
            answer = await reader.read(-1)
        finally:
            writer.close()
        status, _, content = answer.partition(b"\r\n\r\n")
        if b"chunked" in status.lower():
            content = _unchunked(content)
        return int(status.split(b" ")[1]), content


_NOT_FORWARDED = (b"authorization:", b"connection:", b"accept-encoding:")


def _unchunked(content: bytes) -> bytes:
    parts = bytearray()
    while content:
        size, _, content = content.partition(b"\r\n")
        length = int(size, 16)
        parts += content[:length]
        content = content[length + 2 :]
    return bytes(parts)


def _response(answer: Answer) -> bytes:
    status, body = answer
    retry = b"Retry-After: 7\r\n" if status == 429 else b""
    head = b"HTTP/1.1 %d x\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n"
    return head % (status, retry, len(body)) + body


def status_fault(status: int, body: bytes = b'{"error":"secret-of-the-server"}') -> Fault:
    """Every request gets this answer."""
    return lambda path, asked, answer: (status, body)


def cut_off(path: str, body: bytes, answer: Answer) -> Answer | None:
    """Break off in the middle of the answers that have vectors."""
    return None if path.endswith("/get") else answer
