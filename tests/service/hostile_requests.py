"""Requests as bytes, so that they can lie as no client library would."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

BOUNDARY = "hostile7"

CLOSED = 0
"""The connection ended without an answer, as it may where there is no HTTP to answer."""

REFUSED = frozenset({400, 401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 422, 429, 431, 503})
"""What a request that cannot be served may be answered; never 5xx but 503."""

JUDGED = REFUSED | {200}
"""A damaged file may be readable still."""

BROKEN = REFUSED | {CLOSED, 501, 505}
"""What is no HTTP, or another one; 501 and 505 are what RFC 9110 has for that."""


@dataclass(frozen=True)
class Hostile:
    """One request and what may come of it.

    Args:
        name: what is wrong with it.
        pieces: bytes, made when it is sent; more than one are sent with a pause in between.
        allowed: statuses; `CLOSED` for no answer.
        pause_s: between pieces.
        heavy: takes seconds to make or to refuse: left out of the short form.
    """

    name: str
    pieces: Callable[[], Sequence[bytes]]
    allowed: frozenset[int] = REFUSED
    pause_s: float = 0.0
    heavy: bool = False


@dataclass(frozen=True)
class Part:
    """One part of a form.

    Args:
        content: its bytes.
        disposition: of its header Content-Disposition, behind `form-data`.
        headers: further lines.
    """

    content: bytes
    disposition: bytes = b'; name="file"; filename="a.png"'
    headers: Sequence[bytes] = field(default_factory=tuple)


def file_part(content: bytes, name: str = "a.png") -> Part:
    """A file of a form."""
    return Part(
        content, b'; name="file"; filename="' + name.encode("utf-8", "surrogatepass") + b'"'
    )


def options_part(options: object) -> Part:
    """The options of a form: JSON of a value, or bytes as they are."""
    raw = options if isinstance(options, bytes) else json.dumps(options).encode()
    return Part(raw, b'; name="request"')


def form(*parts: Part, boundary: str = BOUNDARY, closed: bool = True) -> bytes:
    """The body of a form."""
    out = b""
    for part in parts:
        lines = [b"Content-Disposition: form-data" + part.disposition, *part.headers]
        out += b"--" + boundary.encode() + b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"
        out += part.content + b"\r\n"
    return out + (b"--" + boundary.encode() + b"--\r\n" if closed else b"")


def request(
    target: str | bytes,
    body: bytes = b"",
    *,
    method: str = "POST",
    key: str = "",
    headers: Sequence[bytes] = (),
    content_type: bytes | None = b"multipart/form-data; boundary=" + BOUNDARY.encode(),
    length: bytes | None = b"",
) -> bytes:
    """A request as bytes.

    Args:
        target: path and query.
        body: after the headers.
        method: of HTTP.
        key: of the service; "" for none.
        headers: further lines.
        content_type: of the body; None for none.
        length: of the header Content-Length; None for none, empty for the true one.
    """
    raw = target if isinstance(target, bytes) else target.encode()
    lines = [method.encode() + b" " + raw + b" HTTP/1.1", b"Host: hostile.example"]
    lines += [b"Authorization: Bearer " + key.encode()] if key else []
    lines += [b"Content-Type: " + content_type] if content_type is not None and body else []
    if length is not None and (body or length):
        lines.append(b"Content-Length: " + (length or str(len(body)).encode()))
    return b"\r\n".join([*lines, *headers, b"", b""]) + body
