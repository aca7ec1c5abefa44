"""A server on loopback that answers as a test wants, also wrongly."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[socket.socket, str], None]


@contextmanager
def serving(
    answer: Answer,
    family: int = socket.AF_INET,
    tls: ssl.SSLContext | None = None,
    patience_s: float = 10.0,
) -> Iterator[tuple[int, list[str]]]:
    """A server on loopback that gives each request to `answer`; its port, and what was asked.

    Who says nothing for `patience_s` is let go.
    """
    asked: list[str] = []
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    listener.listen(8)
    # Closing a socket does not wake an accept that waits on it.
    listener.settimeout(0.02)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(patience_s)
            with suppress(OSError), shaken(connection, tls) as talking:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += talking.recv(4096) or b"\r\n\r\n"
                asked.append(request.decode("latin-1"))
                answer(talking, asked[-1])

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], asked
    finally:
        stop.set()
        thread.join()
        listener.close()


@contextmanager
def shaken(connection: socket.socket, tls: ssl.SSLContext | None) -> Iterator[socket.socket]:
    """The connection, encrypted where `tls` says how; closed at the end."""
    with connection:
        if tls is None:
            yield connection
            return
        with tls.wrap_socket(connection, server_side=True) as wrapped:
            yield wrapped


def saying(head: str, body: bytes = b"") -> Answer:
    """Answers every request alike."""
    return lambda connection, _: connection.sendall(head.encode() + b"\r\n\r\n" + body)
