"""A client that sends any bytes and tells which statuses came back."""

import re
import select
import socket
import struct
import time
from collections.abc import Sequence

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def answers_to(
    port: int, pieces: Sequence[bytes], *, pause_s: float = 0.0, longest_s: float = 60.0
) -> tuple[list[int], bytes]:
    """The statuses that a server answers, and all bytes of its answers.

    Args:
        port: at 127.0.0.1.
        pieces: sent in turn.
        pause_s: between them.
        longest_s: a server that neither answers nor ends within it is told as a TimeoutError.
    """
    until = time.monotonic() + longest_s
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=longest_s) as client:
        client.setblocking(False)
        for number, piece in enumerate(pieces):
            if number and pause_s:
                ended, more = _heard(client, min(until, time.monotonic() + pause_s), b"")
                received += more
                if ended or _statuses(received):
                    break
            ended, more = _sent(client, piece, until)
            received += more
            if ended:
                break
        _, received = _heard(client, until, received, whole=True)
    return _statuses(received), received


def leave_within(port: int, content: bytes, share: float) -> None:
    """Send a part of a request, and be gone without a word (RST).

    Args:
        port: at 127.0.0.1.
        content: of the request.
        share: of it that is sent; 1 for all.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=60.0) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(content[: int(share * len(content))])


def _sent(client: socket.socket, piece: bytes, until: float) -> tuple[bool, bytes]:
    """Send all of it unless the server ends the connection, or answers and takes no more."""
    left, received = memoryview(piece), b""
    while left:
        if time.monotonic() > until:
            raise TimeoutError("The server takes no more and says nothing.")
        readable, writable, _ = select.select([client], [client], [], 0.2)
        try:
            if readable:
                more = client.recv(1 << 16)
                received += more
                if not more:
                    return True, received
            if writable:
                left = left[client.send(left[: 1 << 16]) :]
        except (ConnectionResetError, BrokenPipeError):
            return True, received
    return False, received


def _heard(
    client: socket.socket, until: float, received: bytes, *, whole: bool = False
) -> tuple[bool, bytes]:
    """What comes until an answer is whole, the server ends, or the time is over."""
    while (left_s := until - time.monotonic()) > 0:
        if whole and _is_whole(received):
            return False, received
        if not select.select([client], [], [], left_s)[0]:
            break
        try:
            more = client.recv(1 << 16)
        except ConnectionResetError:
            return True, received
        if not more:
            return True, received
        received += more
    if whole and not _is_whole(received):
        raise TimeoutError("The server neither answers nor ends.")
    return False, received


def _is_whole(received: bytes) -> bool:
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return False
    length = _LENGTH.search(head + b"\r\n")
    return length is not None and len(body) >= int(length[1])


def _statuses(received: bytes) -> list[int]:
    return [int(x) for x in _STATUS.findall(received) if x != b"100"]
