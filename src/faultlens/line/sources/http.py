"""`kind = "http"`: pictures, scans and recordings pushed to a listener of the line's own.

    curl --data-binary @part.png "http://127.0.0.1:8700/frames?id=0042&part=B17"

The body is the file itself. Behind the question mark may stand `id` (what is sent again under the
same id has the same answer; without one, the SHA-256 of the file), `part`, `channel`, `column` (of
a recording with several), `time`, `rpm` and `sample_rate_hz`. The answer is 200 once the result is
safe on the line's disk; 503 with Retry-After where more waits than can be judged; 4xx with a reason
where it will never be.
"""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, cast, final

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.notice import Notice
from faultlens.core.optional import optional_import
from faultlens.hosting.problems import problem_of
from faultlens.line.configuration.line_config import SourceConfig, positive
from faultlens.line.frame import Frame, Trouble
from faultlens.line.secret import Secret
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.payloads import payload_of
from faultlens.line.sources.push_desk import SAFE, Answer, PushDesk, Pushed
from faultlens.line.sources.scan_reading import scan_reading

if TYPE_CHECKING:
    from faultlens.line.sources.push_server import PushServer

_TURN_S = 0.1
_MOST_WAITING = 256
"""Connections that may wait to be accepted."""


@dataclass(frozen=True)
class HttpOptions:
    """Keys of a listener in line.toml.

    Args:
        host: address to listen at.
        port: 0 takes a free one, and says which.
        key: that senders show as `Authorization: Bearer KEY`; needed beyond this machine.
        largest_mb: of a file, MB.
        timeout_s: for a body to come, and again for its result to be safe, s.
        certificate: PEM file for https; None for http.
        certificate_key: its key; None where the certificate's file holds it.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> HttpOptions(host="0.0.0.0")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: key is missing: at host '0.0.0.0' others can send ...
    """

    host: str = "127.0.0.1"
    port: int = 8700
    key: Secret | None = None
    largest_mb: float = 64.0
    timeout_s: float = 30.0
    certificate: Path | None = None
    certificate_key: Path | None = None

    def __post_init__(self) -> None:
        positive("largest_mb", self.largest_mb)
        positive("timeout_s", self.timeout_s)
        if not 0 <= self.port <= 65535:
            raise UsageError(f"port is {self.port}; 0 to 65535.")
        if self.largest_mb > 200:
            raise UsageError(f"largest_mb is {self.largest_mb:g}; up to 200.")
        if self.key is not None and len(self.key) < 16:
            raise UsageError("key has less than 16 characters; make one: openssl rand -hex 16")
        if self.key is None and not _is_here(self.host):
            raise UsageError(
                f"key is missing: at host '{self.host}' others can send pictures to the line. Give "
                'one with key = "env:NAME", or listen at 127.0.0.1.'
            )


@final
class HttpSource(AbstractSource):
    """A listener for frames.

    Args:
        config: whose options are `HttpOptions`.
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config
        self._options = cast(HttpOptions, config.options)
        self._scans = scan_reading(config)

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """Frames as they are pushed.

        Args:
            resume: not needed: senders send again what is not safe.
            stop: set when the line shuts down.

        Raises:
            UsageError: nothing can listen there, or the certificate cannot be used.
            MissingPackageError: uvicorn or starlette are not installed.
        """
        desk = PushDesk(self._config.queue)
        listener = _listening(self._options.host, self._options.port)
        try:
            server = self._served(desk, listener)
        except BaseException:
            listener.close()
            raise
        port = listener.getsockname()[1]
        try:
            yield self._trouble(_listens(self._options, port), "info")
            while not stop.is_set() and server.is_alive:
                pushed = desk.next(_TURN_S)
                if pushed is not None:
                    yield self._item(desk, pushed)
            if not stop.is_set():
                raise UsageError(f"The listener at port {port} has ended by itself.")
        finally:
            # Who is connected is still answered, while the line judges what it has.
            server.stop()

    def _served(self, desk: PushDesk, listener: socket.socket) -> "PushServer":
        for package in ("uvicorn", "starlette"):
            optional_import(package, extra="line")
        from faultlens.line.sources.push_app import push_app
        from faultlens.line.sources.push_server import PushServer

        options = self._options
        app = push_app(
            desk,
            key=options.key,
            largest_bytes=round(options.largest_mb * 1e6),
            timeout_s=options.timeout_s,
        )
        server = PushServer(app, desk, listener, options.certificate, options.certificate_key)
        server.start()
        return server

    def _item(self, desk: PushDesk, pushed: Pushed) -> Frame | Trouble:
        arrived_s = time.perf_counter()
        try:
            payload = payload_of(
                pushed.content,
                pushed.id,
                mm_per_pixel=self._config.mm_per_pixel,
                sample_rate_hz=pushed.sample_rate_hz,
                shaft_rpm=pushed.rpm,
                channel=pushed.column,
                scans=self._scans,
            )
        except FaultlensError as error:
            problem = problem_of(error)
            desk.settled(pushed, Answer(problem.status, problem.slug, problem.detail))
            notice = Notice(
                f"A frame was pushed that cannot be judged: {error}",
                f"推送的一帧无法判定：{error}",
            )
            return self._trouble(notice, "warning")
        return Frame(
            pushed.id,
            self._config.name,
            pushed.time,
            payload,
            channel=pushed.channel,
            part=pushed.part,
            asset=self._config.channel(pushed.channel).asset,
            acknowledge=partial(desk.settled, pushed, SAFE),
            arrived_s=arrived_s,
        )

    def _trouble(self, notice: Notice, severity: str) -> Trouble:
        return Trouble(self._config.name, datetime.now(UTC), notice, severity)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address, family=family, backlog=_MOST_WAITING)
    except OSError as error:
        raise UsageError(
            f"Cannot listen at {host}, port {port}: {error.strerror or error}. Choose another host "
            "or port in line.toml, or end what listens there."
        ) from error


def _listens(options: HttpOptions, port: int) -> Notice:
    scheme = "http" if options.certificate is None else "https"
    host = f"[{options.host}]" if ":" in options.host else options.host
    url = f"{scheme}://{host}:{port}/frames"
    return Notice(f"Frames can be pushed to {url}.", f"可将图像或录音推送到 {url}。")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
