"""A body taken in, within limits: files to their place, the options as text."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from fastapi import Request

from faultlens.service.client_gone import ClientGone
from faultlens.service.form_reader import FormReader, ReceivedFile, boundary_of
from faultlens.service.problems import refused
from faultlens.service.settings import ServiceSettings
from faultlens.service.spool import Spool


@dataclass(frozen=True)
class Upload:
    """What a client sent.

    Args:
        files: in the order in which they came.
        options: JSON text of the field `request`; "{}" where it was left out.
        beside: files of other fields, by their field.
    """

    files: tuple[ReceivedFile, ...]
    options: bytes
    beside: Mapping[str, ReceivedFile] = field(default_factory=dict)


@asynccontextmanager
async def uploaded(
    request: Request, spool: Spool, settings: ServiceSettings, beside: Collection[str] = ()
) -> AsyncIterator[Upload]:
    """The body of a request, taken in; its files are gone when the block is left.

    Args:
        request: whose body nobody has read yet.
        spool: where the files lie meanwhile.
        settings: the limits.
        beside: further fields that may hold one file each.

    Raises:
        Refused: no multipart body, too large, too slow, or malformed.
        ClientGone: the connection ended within the body.

    Example:
        >>> async def sizes(request, spool, settings):
        ...     async with uploaded(request, spool, settings) as upload:
        ...         return [os.path.getsize(x.path) for x in upload.files]
    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    packed = request.headers.get("content-encoding", "identity")
    if packed.strip().lower() != "identity":
        raise refused(
            "unsupported-media-type",
            f"The body comes packed, as '{packed[:40]}'; send it as it is.",
            Accept_Encoding="identity",
        )
    with spool.place(_stated_length(request, settings)) as place:
        reader = FormReader(boundary, place, settings, beside)
        try:
            yield await _read(request, reader, settings)
        finally:
            reader.close()


def _stated_length(request: Request, settings: ServiceSettings) -> int | None:
    """What is stated to be too large is refused before a byte of it is read."""
    stated = request.headers.get("content-length")
    if stated is None:
        return None
    if not stated.isdecimal() or int(stated[:20]) > settings.max_body_bytes:
        raise too_large(settings)
    return int(stated)


def too_large(settings: ServiceSettings) -> Exception:
    """The refusal of a body over the limit.

    Example:
        >>> too_large(ServiceSettings()).problem.detail
        'The body is larger than 64 MB, the most that this service takes. Send fewer files ...'
    """
    return refused(
        "too-large",
        f"The body is larger than {settings.max_body_mb:g} MB, the most that this service takes. "
        "Send fewer files at a time, or smaller ones.",
    )


async def small_body(
    request: Request, settings: ServiceSettings, most_bytes: int | None = None
) -> bytes:
    """The body of a request that is no form, whole.

    Args:
        request: whose body nobody has read yet.
        settings: the limits.
        most_bytes: that it may have; None for those of every body.

    Raises:
        Refused: too large, or too slow.
        ClientGone: the connection ended within the body.

    Example:
        >>> async def receive():
        ...     return {"type": "http.request", "body": b"{}"}
        >>> request = Request({"type": "http", "headers": []}, receive)
        >>> asyncio.run(small_body(request, ServiceSettings()))
        b'{}'
    """
    if most_bytes is not None:
        settings = replace(settings, max_body_mb=min(most_bytes / 1e6, settings.max_body_mb))
    _stated_length(request, settings)
    body = bytearray()
    await _receive(request, body.extend, settings)
    return bytes(body)


async def _read(request: Request, reader: FormReader, settings: ServiceSettings) -> Upload:
    await _receive(request, reader.feed, settings)
    return Upload(*reader.finish())


async def _receive(
    request: Request, take: Callable[[bytes], None], settings: ServiceSettings
) -> None:
    received = 0
    try:
        async with asyncio.timeout(settings.body_timeout_s):
            more = True
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                chunk = message.get("body", b"")
                received += len(chunk)
                if received > settings.max_body_bytes:
                    raise too_large(settings)
                if chunk:
                    take(chunk)
                more = message.get("more_body", False)
    except TimeoutError:
        raise refused(
            "slow-body",
            f"The body did not arrive within {settings.body_timeout_s:g} s; {received} bytes of it "
            "did. Send it again, faster or smaller.",
            Connection="close",
        ) from None
    except OSError as error:
        raise refused(
            "busy",
            f"The upload cannot be stored now: {error.strerror}. Ask again later.",
            Retry_After="5",
        ) from error
