"""A multipart body taken in: files to a folder of their own, the options as text, within limits."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import final

from fastapi import Request

from faultlens.service.client_gone import ClientGone
from faultlens.service.form_reader import FormReader, ReceivedFile, boundary_of
from faultlens.service.problems import refused
from faultlens.service.settings import ServiceSettings


@dataclass(frozen=True)
class Upload:
    """What a client sent.

    Args:
        files: in the order in which they came.
        options: JSON text of the field `request`; "{}" where it was left out.
    """

    files: tuple[ReceivedFile, ...]
    options: bytes


@final
class Spool:
    """Where uploads lie while they are judged: a folder of this process, one within per request.

    TMPDIR says on which disk. Names are ours alone, so that no file can be taken for another's
    sidecar, and none leaves its folder.

    Example:
        >>> spool = Spool()
        >>> with spool.folder() as own:
        ...     _ = (Path(own) / "0000.wav").write_bytes(b"RIFF")
        >>> os.path.exists(own)
        False
        >>> spool.close()
    """

    def __init__(self) -> None:
        self._folder = ""
        self._numbers = itertools.count()

    @contextmanager
    def folder(self) -> Iterator[str]:
        """A new empty folder, which is gone with all its files when the block is left."""
        if not self._folder:
            self._folder = tempfile.mkdtemp(prefix="faultlens-uploads-")
        folder = f"{self._folder}/{next(self._numbers)}"
        os.mkdir(folder, 0o700)
        try:
            yield folder
        finally:
            _remove(folder)

    def close(self) -> None:
        """Remove everything."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


@asynccontextmanager
async def uploaded(
    request: Request, spool: Spool, settings: ServiceSettings
) -> AsyncIterator[Upload]:
    """The body of a request, taken in; its files are gone when the block is left.

    Args:
        request: whose body nobody has read yet.
        spool: where the files lie meanwhile.
        settings: the limits.

    Raises:
        Refused: no multipart body, too large, too slow, or malformed.
        ClientGone: the connection ended within the body.

    Example:
        >>> async def sizes(request, spool, settings):
        ...     async with uploaded(request, spool, settings) as upload:
        ...         return [Path(x.path).stat().st_size for x in upload.files]
    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    _check_length(request, settings)
    with spool.folder() as folder:
        reader = FormReader(boundary, folder, settings)
        try:
            yield await _read(request, reader, settings)
        finally:
            reader.close()


def _check_length(request: Request, settings: ServiceSettings) -> None:
    """What is stated to be too large is refused before a byte of it is read."""
    stated = request.headers.get("content-length")
    if stated is not None and (not stated.isdecimal() or int(stated) > settings.max_body_bytes):
        raise too_large(settings)


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


async def small_body(request: Request, settings: ServiceSettings) -> bytes:
    """The body of a request that is no form, whole.

    Args:
        request: whose body nobody has read yet.
        settings: the limits.

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
    _check_length(request, settings)
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


def _remove(folder: str) -> None:
    with suppress(OSError):
        for each in os.listdir(folder):
            os.unlink(f"{folder}/{each}")
        os.rmdir(folder)
