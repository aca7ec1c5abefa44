"""Where the service is and how it is spoken to: address, key, trust, times."""

import os
from typing import Any

import httpx2

from faultlens.core.errors import UsageError
from faultlens.core.version import __version__

DEFAULT_URL = "http://127.0.0.1:8000"

# Shorter than the 5 s after which uvicorn closes an idle connection: a request that meets a
# closing connection is sent again, but it need not come to that.
_KEEP_ALIVE_S = 4.0
_CONNECT_S = 5.0


def connection(url: str | None, key: str | None, timeout_s: float) -> dict[str, Any]:
    """What both clients of httpx2 are made with.

    Args:
        url: of the service; None for FAULTLENS_URL, else this machine's port 8000.
        key: of the service; None for FAULTLENS_API_KEY, else none.
        timeout_s: longest silence of the service while it works, s.

    Raises:
        UsageError: an address that is none, or a key that no header can carry.

    Example:
        >>> connection("http://press-3:8000", "secret", 30.0)["headers"]["Authorization"]
        'Bearer secret'
    """
    address = url or os.environ.get("FAULTLENS_URL") or DEFAULT_URL
    try:
        parsed = httpx2.URL(address)
    except httpx2.InvalidURL:
        parsed = httpx2.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UsageError(f"'{address}' is no address of a service; give one as '{DEFAULT_URL}'.")
    if timeout_s <= 0:
        raise UsageError(f"timeout_s is {timeout_s}; it must be more than 0 seconds.")
    headers = {"User-Agent": f"faultlens/{__version__}"}
    secret = key or os.environ.get("FAULTLENS_API_KEY")
    if secret:
        if not (secret.isascii() and secret.isprintable()) or " " in secret.strip():
            raise UsageError("The key holds spaces or letters that no header carries.")
        headers["Authorization"] = f"Bearer {secret.strip()}"
    return {
        "base_url": parsed,
        "headers": headers,
        "timeout": httpx2.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
        "limits": httpx2.Limits(max_keepalive_connections=32, keepalive_expiry=_KEEP_ALIVE_S),
    }
