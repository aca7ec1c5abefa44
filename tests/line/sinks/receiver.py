"""A receiver of webhooks on loopback that answers as a test wants, also wrongly."""

import http.server
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """What came, and how it is answered."""

    url: str = ""
    answer: Callable[[int], int] = lambda number: 204
    """Takes the number of the request, from 1; gives the status."""
    text: bytes = b""
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving(
    answer: Callable[[int], int] = lambda number: 204,
    text: bytes = b"",
    tls: ssl.SSLContext | None = None,
    port: int = 0,
) -> Iterator[Receiver]:
    """A receiver that runs."""
    receiver = Receiver(answer=answer, text=text)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.asked.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status = receiver.answer(len(receiver.asked))
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(receiver.text)))
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            if status != 204:
                self.wfile.write(receiver.text)

        def log_message(self, *args: object) -> None:
            """Nothing: what came is in `asked`."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """A caller that hangs up is what some tests are about."""

    server = Server(("127.0.0.1", port), Handler)
    if tls is not None:
        # Shaken hands in the thread of each caller, so that a stranger holds nobody up.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    receiver.url = (
        f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}/alarms?k=secret"
    )
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
