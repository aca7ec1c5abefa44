"""A thread per source: what it yields goes into its queue, and what ends it is tried again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic, perf_counter

from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.pipeline.queue import FrameQueue
from faultlens.line.pipeline.results import clean
from faultlens.line.sources.abstract import AbstractSource

SILENT_S = 10.0
"""A source of which nothing came for so long is shown as waiting, s."""

WAITS_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Between two attempts at a source that failed, s; the last one for ever."""


class Reader:
    """Reads a source until it ends or is told to stop.

    Args:
        config: of the source.
        opened: opens it; called again after a failure.
        queue: where what it yields goes.
        resume: where it goes on; None at the first start.
    """

    def __init__(
        self,
        config: SourceConfig,
        opened: Callable[[SourceConfig], AbstractSource],
        queue: FrameQueue,
        resume: str | None,
    ) -> None:
        self._config, self._opened, self._queue = config, opened, queue
        self._resume = resume
        self._stop = Event()
        self._came_s: float | None = None
        self._lost = False
        self._state = "waiting"
        self._thread = Thread(target=self._run, name=f"source {config.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Tell it to stop; `wait` waits until it has."""
        self._stop.set()

    def wait(self, timeout_s: float) -> bool:
        """Whether it has ended within so long.

        Args:
            timeout_s: s.
        """
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def state(self) -> str:
        """How it is, as `LiveSource.state`."""
        if self._state != "running":
            return self._state
        if self._lost:
            return "lost"
        silent = self._came_s is None or monotonic() - self._came_s > SILENT_S
        return "waiting" if silent else "running"

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            before = self._came_s
            try:
                self._state = "running"
                self._read()
                break
            # A source may be an outsider's; whatever it throws is said and tried again.
            except Exception as error:
                failures = 0 if self._came_s != before else failures
                wait_s = WAITS_S[min(failures, len(WAITS_S) - 1)]
                failures += 1
                self._state = "failed"
                self._queue.put(self._failure(error, wait_s))
                self._stop.wait(wait_s)
        self._state = "ended"

    def _read(self) -> None:
        items = self._opened(self._config).frames(self._resume, self._stop)
        try:
            for item in items:
                self._came_s = monotonic()
                self._lost = isinstance(item, Trouble) and item.severity == "error"
                if not self._queue.put(self._whole(item)):
                    return
                if item.resume is not None:
                    self._resume = item.resume
                if self._stop.is_set():
                    return
        finally:
            # A generator holds a camera or a socket until it is closed; other iterators need not.
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _whole(self, item: Frame | Trouble) -> Frame | Trouble:
        """The item with what only the line knows: its source, asset, arrival, clean letters."""
        name = self._config.name
        if isinstance(item, Trouble):
            return item if item.source == name else replace(item, source=name)
        asset = item.asset or self._config.channel(item.channel).asset
        return replace(
            item,
            id=clean(item.id),
            source=name,
            channel=clean(item.channel),
            part=None if item.part is None else clean(item.part),
            asset=None if asset is None else clean(asset),
            time=item.time if item.time.tzinfo is UTC else item.time.astimezone(UTC),
            arrived_s=item.arrived_s or perf_counter(),
        )

    def _failure(self, error: Exception, wait_s: float) -> Trouble:
        name, said = self._config.name, str(error) or type(error).__name__
        notice = Notice(
            f"The source '{name}' failed: {said} It is tried again in {wait_s:.0f} s.",
            f"数据源“{name}”失败：{said} 将在 {wait_s:.0f} 秒后重试。",
        )
        return Trouble(name, datetime.now(UTC), notice, severity="error")
