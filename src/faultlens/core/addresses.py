"""Which addresses of the network may be fetched from, and what a host's name stands for."""

import ipaddress
import socket
import threading

from faultlens.core.errors import UnreachableUrlError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
_METADATA = frozenset(
    ipaddress.ip_address(x)
    for x in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)
"""Where clouds hand out a machine's keys: never a picture, whatever is allowed."""


def why_refused(address: str, *, allow_private: bool = False) -> str | None:
    """Why an address may not be fetched from, in a word; None where it may.

    Args:
        address: IPv4 or IPv6, as numbers.
        allow_private: whether private, loopback and link-local addresses are welcome.

    Example:
        >>> why_refused("127.0.0.1"), why_refused("::ffff:10.0.0.5"), why_refused("1.1.1.1")
        ('loopback', 'private', None)
        >>> why_refused("10.0.0.5", allow_private=True)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "malformed"
    inner = [x for x in _inner(ip) if x is not None]
    for one in (ip, *inner):
        if one in _METADATA:
            return "a cloud's metadata service"
        if one.is_multicast:
            return "multicast"
        if one.is_unspecified or one == ipaddress.ip_address("255.255.255.255"):
            return "no host's address"
        # 64:ff9b::/96 and ::ffff:0:0/96 count as not global; what they carry decides.
        if (one is ip and inner) or allow_private or one.is_global:
            continue
        if one.is_loopback:
            return "loopback"
        if one.is_link_local:
            return "link-local"
        return "private" if one.is_private else "reserved"
    return None


def _inner(ip: IPAddress) -> tuple[IPAddress | None, ...]:
    if isinstance(ip, ipaddress.IPv4Address):
        return ()
    nat64 = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
    teredo = ip.teredo or ()
    return (ip.ipv4_mapped, ip.sixtofour, nat64, *teredo)


def checked_addresses(
    host: str, port: int, *, timeout_s: float, allow_private: bool = False
) -> tuple[str, ...]:
    """The addresses of a host, resolved once, each of them found allowed.

    Args:
        host: a name, or an address as numbers.
        port: of the service.
        timeout_s: how long to wait for the name server.
        allow_private: whether private, loopback and link-local addresses are welcome.

    Raises:
        UnreachableUrlError: no such host, no answer in time, or an address that is not allowed.

    Example:
        >>> checked_addresses("127.0.0.1", 80, timeout_s=5)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreachableUrlError: '127.0.0.1' is a loopback address ...
    """
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def resolve() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(row[4][0]) for row in rows)
        except (OSError, UnicodeError) as error:
            failed.append(error)

    # The system's resolver knows no timeout; a thread of it that hangs is left behind.
    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(max(timeout_s, 0))
    if thread.is_alive():
        raise UnreachableUrlError(
            f"the name server did not say within {timeout_s:.0f} s where '{host}' is; try again."
        )
    if failed or not found:
        raise UnreachableUrlError(
            f"no host of the name '{host}' is known; check the spelling and the network."
        )
    addresses = tuple(dict.fromkeys(found))
    for address in addresses:
        reason = why_refused(address, allow_private=allow_private)
        if reason is not None:
            raise UnreachableUrlError(_refusal(host, address, reason, allow_private))
    return addresses


def _refusal(host: str, address: str, reason: str, allow_private: bool) -> str:
    article = "" if reason.startswith(("a ", "no ")) else "a "
    noun = "" if reason.startswith(("a ", "no ")) else " address"
    advice = (
        "which is never fetched from; download the file and give its path."
        if allow_private or reason.startswith(("a ", "no ", "multicast", "malformed"))
        else "which is not fetched from unless allow_private=True (command line: --allow-private)."
    )
    return f"'{host}' is {article}{reason}{noun} ({address}), {advice}"
