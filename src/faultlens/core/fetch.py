"""One file out of a URL, bounded in bytes and in time, from addresses that were checked.

A server that fetches what its users name can be sent into its own network. Therefore every host is
resolved once, every address of it is checked, and the connection is made to a checked address
itself, so that a name server cannot answer differently the second time; redirects are followed by
hand and checked alike. Proxies of the environment are not used: the check would be theirs then.
"""

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urljoin

from faultlens.core.addresses import checked_addresses
from faultlens.core.errors import UnreachableUrlError, UsageError
from faultlens.core.urls import Url, read_url
from faultlens.core.version import __version__

MOST_REDIRECTS = 5
_BLOCK_BYTES = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Fetched:
    """What a URL held.

    Args:
        content: its bytes, all of them.
        final_url: where it was found after redirects, without user and password.
        content_type: what the server calls it, such as "image/png"; empty where it does not say.
    """

    content: bytes
    final_url: str
    content_type: str


def fetch(
    url: str, *, largest_bytes: int, timeout_s: float, allow_private: bool = False
) -> Fetched:
    """Fetch one file by http or https.

    Args:
        url: http:// or https://; a user and password in it are sent to that host alone, and stand
            in no message.
        largest_bytes: how long the file may be.
        timeout_s: seconds from the call to the last byte, redirects included.
        allow_private: fetch from private, loopback and link-local addresses too.

    Raises:
        UnreachableUrlError: no answer in time, refused, too large, cut off, or an address that is
            not allowed.
        UsageError: a limit that is no positive number.

    Example:
        >>> fetch("file:///etc/passwd", largest_bytes=10, timeout_s=1)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreachableUrlError: file:///etc/passwd begins with ...
    """
    if not (largest_bytes > 0 and timeout_s > 0):
        raise UsageError(
            f"largest_bytes is {largest_bytes} and timeout_s {timeout_s}; both must be positive."
        )
    deadline = time.monotonic() + timeout_s
    first = at = read_url(url)
    for _ in range(MOST_REDIRECTS + 1):
        # The password was meant for the host that the user wrote it to, and for no other.
        authorization = first.authorization if at.origin == first.origin else None
        try:
            found = _get(at, authorization, deadline, largest_bytes, allow_private)
        except UnreachableUrlError as error:
            raise _named(first, at, str(error)) from error
        except TimeoutError as error:
            reason = f"did not come within {timeout_s:g} s; try again, or download it first."
            raise _named(first, at, reason) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise _named(first, at, f"could not be fetched: {reason}.") from error
        if isinstance(found, Fetched):
            return found
        onward = read_url(found)
        if at.scheme == "https" and onward.scheme == "http":
            raise _named(
                first, onward, "is not encrypted, while the URL given was; it is not followed."
            )
        at = onward
    raise UnreachableUrlError(
        f"{first.shown} was redirected more than {MOST_REDIRECTS} times; give the last address."
    )


def _named(first: Url, at: Url, reason: str) -> UnreachableUrlError:
    by_way = f"{first.shown} redirects to {at.shown}, and that" if at is not first else first.shown
    mark = ":" if reason.startswith(("'", "no host", "the name server")) else ""
    return UnreachableUrlError(f"{by_way}{mark} {reason}")


def _get(
    url: Url, authorization: str | None, deadline: float, largest_bytes: int, allow_private: bool
) -> Fetched | str:
    addresses = checked_addresses(
        url.host, url.port, timeout_s=deadline - time.monotonic(), allow_private=allow_private
    )
    wire = _connected(url, addresses, deadline)
    try:
        connection = http.client.HTTPConnection(url.host, url.port)
        connection.default_port = 443 if url.scheme == "https" else 80
        connection.sock = wire
        headers = {
            "User-Agent": f"faultlens/{__version__}",
            "Accept": "image/*, */*;q=0.5",
            # Packed answers are refused: a few kB of them unpack to gigabytes.
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        if authorization is not None:
            headers["Authorization"] = authorization
        connection.request("GET", url.target, headers=headers)
        with connection.getresponse() as answer:
            if answer.status in _REDIRECTS:
                return _onward(url, answer)
            return _received(url, answer, largest_bytes)
    finally:
        wire.hang_up()


def _onward(url: Url, answer: http.client.HTTPResponse) -> str:
    place = answer.headers.get("Location", "")
    if not place:
        raise UnreachableUrlError(f"answered {answer.status} without saying where to go.")
    authority = f"[{url.host}]" if ":" in url.host else url.host
    return urljoin(f"{url.scheme}://{authority}:{url.port}{url.target}", place)


def _received(url: Url, answer: http.client.HTTPResponse, largest_bytes: int) -> Fetched:
    if answer.status != 200:
        hint = " It wants a user and password: http://USER:PASSWORD@HOST/..."
        raise UnreachableUrlError(
            f"answered {answer.status} {answer.reason}."
            f"{hint if answer.status == 401 else ' Check the address.'}"
        )
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise UnreachableUrlError(
            f"was sent packed ({packed}), which is not unpacked; download it and give its path."
        )
    stated = answer.length
    too_large = f"up to {largest_bytes / 1e6:.4g} MB are fetched. Download it and give its path."
    if stated is not None and stated > largest_bytes:
        raise UnreachableUrlError(f"is {stated / 1e6:.4g} MB large; {too_large}")
    content = bytearray()
    while block := answer.read(_BLOCK_BYTES):
        content += block
        if len(content) > largest_bytes:
            raise UnreachableUrlError(f"is larger than it may be; {too_large}")
    if stated is not None and len(content) < stated:
        raise UnreachableUrlError(
            f"was cut off after {len(content)} of {stated} bytes; fetch it again."
        )
    kind = answer.headers.get_content_type() if "Content-Type" in answer.headers else ""
    return Fetched(bytes(content), url.shown, kind)


def _connected(url: Url, addresses: tuple[str, ...], deadline: float) -> "_Wire":
    failed: OSError | None = None
    for address in addresses:
        try:
            plain = socket.create_connection((address, url.port), timeout=_left(deadline))
        except TimeoutError:
            raise
        except OSError as error:
            failed = error
            continue
        if url.scheme == "http":
            return _Wire(plain, deadline)
        try:
            plain.settimeout(_left(deadline))
            context = ssl.create_default_context()
            return _Wire(context.wrap_socket(plain, server_hostname=url.host), deadline)
        except BaseException:
            plain.close()
            raise
    reason = failed.strerror if failed is not None and failed.strerror else str(failed)
    raise UnreachableUrlError(
        f"does not answer at {', '.join(addresses)}: {reason}. Check the address; proxies of the "
        "environment are not used."
    )


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Wire:
    """A socket on which every read and write shares one deadline.

    A socket's own timeout begins anew with every byte: a server that sends one byte a second would
    hold the reader for ever.
    """

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def sendall(self, content: bytes) -> None:
        self._connection.settimeout(_left(self._deadline))
        self._connection.sendall(content)

    def read_into(self, buffer: memoryview) -> int:
        self._connection.settimeout(_left(self._deadline))
        return self._connection.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """http.client closes its socket as soon as it has the header; the body is still to come."""

    def hang_up(self) -> None:
        self._connection.close()


class _Reader(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._wire.read_into(buffer)
