"""The process of the pages: settings and states of the line come in, pages go out."""

import io
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, final

from faultlens.core.errors import FaultlensError, UnreadableFileError, UsageError
from faultlens.core.optional import optional_import
from faultlens.line.dashboard.settings import settings_of
from faultlens.line.live import LiveState, live_state

LONGEST_LINE = 64 * 1024 * 1024
"""Of one state, characters: a hundred cameras with a picture each are far less."""

STOP_S = 2
"""Answers that are being written when the line ends have this long, s."""

KEEP_ALIVE_S = 30
"""An idle connection is kept so long, s: pages ask every second."""


@final
class Latest:
    """The newest state that the line has told; others are forgotten.

    Example:
        >>> latest = Latest()
        >>> latest.tell("no state")
        >>> latest() is None
        True
    """

    def __init__(self) -> None:
        self._line: str | None = None
        self._state: LiveState | None = None
        self._lock = threading.Lock()

    def tell(self, line: str) -> None:
        """Take a line of JSON; it is read when somebody asks."""
        with self._lock:
            self._line = line

    def __call__(self) -> LiveState | None:
        """The state; None before the first, and where the last one was none."""
        with self._lock:
            if self._line is not None:
                try:
                    self._state = live_state(self._line)
                except UnreadableFileError:
                    self._state = None
                self._line = None
            return self._state


def told_by(stream: TextIO, latest: Latest, ended: Callable[[], None]) -> None:
    """Pass every line on, and say when there are no more: the line's own process is gone.

    Args:
        stream: that the line writes to.
        latest: takes the states.
        ended: called at the end.

    Example:
        >>> import io
        >>> latest = Latest()
        >>> told_by(io.StringIO('{"line":"a","time":"","sources":[],"conditions":[],'
        ...     '"stages":{},"alarms":[]}\\n'), latest, lambda: print("ended"))
        ended
        >>> latest().line
        'a'
    """
    try:
        while line := stream.readline(LONGEST_LINE):
            latest.tell(line)
    except (OSError, ValueError):
        pass
    ended()


def serve(stream: TextIO, said: Callable[[str], None]) -> None:
    """Serve the pages until the stream ends.

    Args:
        stream: first line the settings, then a state of the line in each.
        said: told one line of JSON with the address, once requests are answered there.

    Raises:
        FaultlensError: the pages cannot be served; the message says why.

    Example:
        >>> import io
        >>> serve(io.StringIO("no settings"), print)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: These are no settings of a dashboard: ...
    """
    settings = settings_of(stream.readline(LONGEST_LINE))
    latest = Latest()
    with listening(settings.host, settings.port) as opened:
        uvicorn: Any = optional_import("uvicorn", extra="line")
        from faultlens.line.dashboard.app import dashboard_app
        from faultlens.store.store import open_store

        store = open_store(settings.store)
        config = uvicorn.Config(
            dashboard_app(store, latest, settings),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_S,
        )
        server = uvicorn.Server(config)

        def ended() -> None:
            server.should_exit = True

        arguments = (stream, latest, ended)
        threading.Thread(target=told_by, args=arguments, name="live", daemon=True).start()
        # Who connects from now on waits in the socket's queue until the first answer.
        said(json.dumps({"url": url_of(opened)}))
        try:
            server.run(sockets=[opened])
        finally:
            store.close()


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens.

    Args:
        host: name or address of this machine.
        port: 0 takes a free one.

    Raises:
        UsageError: nothing can listen there; the message says why.

    Example:
        >>> with listening("127.0.0.1", 0) as opened:
        ...     url_of(opened).startswith("http://127.0.0.1:")
        True
    """
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.create_server(address[:2], family=family, backlog=256)
    except OSError as error:
        raise UsageError(
            f"The pages cannot listen at {host}, port {port}: {error.strerror or error}. Choose "
            "another host or port under [dashboard] in line.toml, or end what listens there."
        ) from error
    with opened:
        yield opened


def url_of(opened: socket.socket) -> str:
    """The address of a listening socket, as a browser wants it.

    Args:
        opened: the socket.

    Example:
        >>> with listening("127.0.0.1", 0) as opened:
        ...     url_of(opened).count(":")
        2
    """
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def main() -> int:
    """Serve the pages of the line whose process started this one, and give the exit code.

    Example:
        >>> main.__name__
        'main'
    """
    stream = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    try:
        serve(stream, lambda line: print(line, flush=True))
    except FaultlensError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"The pages cannot be served: {error}", file=sys.stderr)
        return 1
    return 0
