"""One POST, bounded in time as a whole, to an address that was looked up once.

The receiver is named in line.toml by whoever runs the line, so that private addresses are welcome;
a cloud's metadata service is not. No redirect is followed and no proxy of the environment used:
the alarm goes where the file says.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultlens.core.addresses import checked_addresses
from faultlens.core.errors import UnreachableServiceError, UnreachableUrlError
from faultlens.core.urls import Url
from faultlens.core.version import __version__
from faultlens.line.trust import untrusted

if TYPE_CHECKING:
    import httpx2

_ANSWER_BYTES = 2_000
"""Of an answer that are read, for the message about it."""


@dataclass(frozen=True)
class Answered:
    """What the receiver said.

    Args:
        status: of HTTP.
        text: beginning of the answer, where it is no success.
    """

    status: int
    text: str


def posted(
    url: Url, body: bytes, headers: Mapping[str, str], *, trust: ssl.SSLContext, timeout_s: float
) -> Answered:
    """Send `body` and wait for the answer.

    Args:
        url: where to.
        body: what.
        headers: of the request.
        trust: whom https trusts.
        timeout_s: from the call to the end of the answer, s.

    Raises:
        UnreachableServiceError: no answer, not in time, or a certificate that is not trusted.

    Example:
        >>> from faultlens.core.urls import read_url
        >>> from faultlens.line.trust import client_context
        >>> closed = read_url("http://127.0.0.1:1/")
        >>> posted(closed, b"{}", {}, trust=client_context(None), timeout_s=5)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreachableServiceError: http://127.0.0.1:1 does not answer: ...
    """
    deadline = time.monotonic() + timeout_s
    try:
        addresses = checked_addresses(url.host, url.port, timeout_s=timeout_s, allow_private=True)
    except UnreachableUrlError as error:
        raise UnreachableServiceError(f"{place_of(url)}: {error}") from error
    left = max(deadline - time.monotonic(), 0.01)
    return asyncio.run(_posted(url, addresses, body, headers, trust, left))


async def _posted(
    url: Url,
    addresses: tuple[str, ...],
    body: bytes,
    headers: Mapping[str, str],
    trust: ssl.SSLContext,
    left_s: float,
) -> Answered:
    import httpx2

    try:
        # A bound for the whole: one byte a second would keep a bound for each read for ever.
        async with asyncio.timeout(left_s):
            async with httpx2.AsyncClient(verify=trust, trust_env=False, timeout=None) as client:
                last: httpx2.TransportError | None = None
                for address in addresses:
                    try:
                        return await _asked(client, url, address, body, headers)
                    except httpx2.ConnectError as error:
                        last = error
                assert last is not None
                raise last
    except TimeoutError as error:
        raise UnreachableServiceError(f"{place_of(url)} did not answer in time.") from error
    except httpx2.TransportError as error:
        raise UnreachableServiceError(f"{place_of(url)} {_reason(error)}") from error


async def _asked(
    client: "httpx2.AsyncClient", url: Url, address: str, body: bytes, headers: Mapping[str, str]
) -> Answered:
    # To the address that was checked, under the name that the user wrote.
    request = client.build_request(
        "POST",
        f"{url.scheme}://{_authority(address, url.port)}{url.target}",
        content=body,
        headers={
            **headers,
            "Host": _authority(url.host, url.port, url.scheme),
            "User-Agent": f"faultlens/{__version__}",
            "Accept-Encoding": "identity",
        },
        extensions={"sni_hostname": url.host},
    )
    answer = await client.send(request, stream=True, follow_redirects=False)
    try:
        text = b""
        if not answer.is_success:
            async for block in answer.aiter_raw():
                text += block
                if len(text) >= _ANSWER_BYTES:
                    break
        return Answered(answer.status_code, text[:_ANSWER_BYTES].decode("utf-8", "replace"))
    finally:
        await answer.aclose()


def place_of(url: Url) -> str:
    """An address as messages may have it: a path can hold a key of the receiver's.

    Args:
        url: where alarms go.

    Example:
        >>> from faultlens.core.urls import read_url
        >>> place_of(read_url("https://chat.example/hooks/T0001/secret"))
        'https://chat.example'
    """
    return f"{url.scheme}://{_authority(url.host, url.port, url.scheme)}"


def _authority(host: str, port: int, scheme: str = "") -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == {"http": 80, "https": 443}.get(scheme) else f"{name}:{port}"


def _reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return untrusted(cause)
        cause = cause.__cause__ or cause.__context__
    return f"does not answer: {str(error) or 'the connection was lost'}. Is it running?"
