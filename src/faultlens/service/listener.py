"""The socket at which the service listens: opened, and closed without a client in between."""

import ctypes
import socket
import struct

from faultlens.core.errors import UsageError

BACKLOG = 2048
"""Connections that may wait to be accepted; the system cuts it to its own limit."""

_ATTACH_FILTER = 26
"""SO_ATTACH_FILTER of Linux, which Python does not name."""

_NO_MORE_CALLERS = (
    (0x30, 0, 0, 13),  # load the byte of the flags of a TCP header
    (0x54, 0, 0, 0x12),  # keep SYN and ACK
    (0x15, 0, 1, 0x02),  # SYN alone: the first packet of a new connection
    (0x06, 0, 0, 0),  # is dropped;
    (0x06, 0, 0, 0xFFFFFFFF),  # all others pass
)
"""A program for the packet filter of Linux: (code, jump if true, jump if false, operand)."""


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: name or address of this machine.
        port: 0 takes a free one.

    Raises:
        UsageError: nothing can listen there; the message says why.

    Example:
        >>> with listening_socket("127.0.0.1", 0) as opened:
        ...     opened.getsockname()[0]
        '127.0.0.1'
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(address)
            opened.listen(BACKLOG)
        except OSError:
            opened.close()
            raise
    except OSError as error:
        raise UsageError(
            f"Cannot listen at {host}, port {port}: {error.strerror or error}. Choose another "
            "with --host and --port, or end what listens there."
        ) from error
    opened.setblocking(False)
    return opened


def url_of(opened: socket.socket) -> str:
    """The address of a listening socket, as clients write it.

    Args:
        opened: the socket.

    Example:
        >>> with listening_socket("127.0.0.1", 0) as opened:
        ...     url_of(opened).startswith("http://127.0.0.1:")
        True
    """
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def refuse_callers(opened: socket.socket) -> bool:
    """Let nobody begin to connect any more; who has begun is let through.

    Whoever connects between the last accept and the closing of a socket is accepted by the system
    and then reset, with a request on its way. So new callers are not heard from now on: their
    system calls again a second later, and is refused, which every client understands.

    Args:
        opened: the socket.

    Returns:
        Whether this system can; others than Linux cannot.

    Source: packet(7) and socket(7) of Linux; struct sock_fprog.

    Example:
        >>> with listening_socket("127.0.0.1", 0) as opened:
        ...     refuse_callers(opened) in (True, False)
        True
    """
    steps = b"".join(struct.pack("HBBI", *x) for x in _NO_MORE_CALLERS)
    program = ctypes.create_string_buffer(steps, len(steps))
    pointer = struct.pack("@HP", len(_NO_MORE_CALLERS), ctypes.addressof(program))
    try:
        opened.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, pointer)
    except OSError:
        return False
    return True
