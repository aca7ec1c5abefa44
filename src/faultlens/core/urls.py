"""URLs as users give them: told from paths, taken apart, and shown without their password."""

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from faultlens.core.errors import UnreachableUrlError

# Two letters at least: C://x is a drive.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_LONGEST = 8192
"""Characters; what common servers take."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Url:
    """An http or https URL, taken apart.

    Args:
        scheme: "http" or "https".
        host: name or address, without brackets.
        port: of the service.
        target: path and query, as the request line has them.
        authorization: value of the header for a user and password in the URL, if any.
        shown: the URL as messages may have it, without password.
    """

    scheme: str
    host: str
    port: int
    target: str
    authorization: str | None = field(repr=False)
    shown: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: whom a password may be told."""
        return self.scheme, self.host.lower(), self.port


def is_url(text: str) -> bool:
    """Whether a text is a URL rather than a path.

    Args:
        text: what a user gave.

    Example:
        >>> is_url("https://a.example/b.png"), is_url("C://plates/b.png"), is_url("plates/b.png")
        (True, False, False)
    """
    return _URL.match(text) is not None


def without_password(url: str) -> str:
    """A URL as it may be shown and stored: a user and password in it are masked.

    Args:
        url: any text; one that is no URL comes back as it was.

    Example:
        >>> without_password("http://anna:secret@camera.example/snap.jpg")
        'http://***@camera.example/snap.jpg'
    """
    head, mark, rest = url.partition("://")
    if not mark:
        return url
    # Up to the last @ of the authority: a password may hold an @ of its own.
    authority, slash, path = re.match(r"([^/?#\\]*)(.?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    user, at, host = authority.rpartition("@")
    return f"{head}://{'***@' if at else ''}{host}{slash}{path}" if user or at else url


def read_url(url: str) -> Url:
    """Take an http or https URL apart.

    Args:
        url: as the user or a redirect gave it.

    Raises:
        UnreachableUrlError: another scheme, no host, or characters that no URL has.

    Example:
        >>> read = read_url("http://plant.example:8080/a b.png?n=1")
        >>> read.host, read.port, read.target
        ('plant.example', 8080, '/a%20b.png?n=1')
    """
    shown = without_password(url)
    if len(url) > _LONGEST:
        raise UnreachableUrlError(f"The URL has {len(url)} characters; up to {_LONGEST} are taken.")
    # A backslash is a path's part to some and an authority's end to others: no URL has one.
    if any((ord(x) < 33 and x != " ") or ord(x) == 127 or x == "\\" for x in url):
        raise UnreachableUrlError(
            f"{shown!r} holds characters that no URL has; write them as %XX, or check the line."
        )
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise UnreachableUrlError(f"{shown} is no URL: {error}. Check the spelling.") from None
    if parts.scheme not in _PORTS:
        raise UnreachableUrlError(
            f"{shown} begins with '{parts.scheme}://'; http:// and https:// are fetched. Give a "
            "file by its path."
        )
    if not host:
        raise UnreachableUrlError(f"{shown} names no host; write http://HOST/PATH.")
    return Url(
        parts.scheme,
        _ascii_host(host, shown),
        port or _PORTS[parts.scheme],
        _target(parts),
        _authorization(parts),
        shown,
    )


def _ascii_host(host: str, shown: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise UnreachableUrlError(f"{shown} has a host that no name server knows.") from None


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return (
        urlunsplit(("", "", path, query, ""))
        if not path.startswith("//")
        else (path + (f"?{query}" if query else ""))
    )


def _authorization(parts: SplitResult) -> str | None:
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")
