"""One source at work: its reader, its queue, its worker."""

from collections.abc import Callable
from time import monotonic

from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.media import MediaKeeper
from faultlens.line.pipeline.queue import FrameQueue
from faultlens.line.pipeline.reader import Reader
from faultlens.line.pipeline.worker import Setup, Surroundings, Worker
from faultlens.line.sources.registry import SOURCES


class Station:
    """A source that is read and judged.

    Args:
        setup: what judges it.
        keeper: of its files.
        around: what all workers share.
        resume: gives where it goes on, when it starts.
    """

    def __init__(
        self,
        setup: Setup,
        keeper: MediaKeeper,
        around: Surroundings,
        resume: Callable[[str], str | None],
    ) -> None:
        config = setup.config
        kind = SOURCES[config.kind]
        self._queue = FrameQueue(config.queue, config.policy or kind.policy)
        self._reader = Reader(config, kind.opened, self._queue, resume(config.name))
        self._worker = Worker(setup, self._queue, keeper, around)
        self.keeper = keeper

    def start(self) -> None:
        """Begin to read and to judge."""
        self._worker.start()
        self._reader.start()

    def stop(self, timeout_s: float) -> bool:
        """Read nothing more, judge what waits, and end; False where that took too long.

        Args:
            timeout_s: s.
        """
        end_s = monotonic() + timeout_s
        self._reader.stop()
        # Of a reader that hangs nothing more is taken: its queue is closed.
        stopped = self._reader.wait(timeout_s / 2)
        self._queue.close()
        return self._worker.wait(max(end_s - monotonic(), 0.1)) and stopped

    def swap(self, setup: Setup) -> None:
        """Judge by another setup from the next batch on.

        Args:
            setup: what judges then.
        """
        self._worker.swap(setup)

    @property
    def config(self) -> SourceConfig:
        """By which its frames are judged."""
        return self._worker.config

    @property
    def state(self) -> str:
        """How the source is, as `LiveSource.state`."""
        return self._reader.state

    @property
    def ended(self) -> bool:
        """Whether it has ended by itself and all of it was judged."""
        return self._reader.state == "ended" and self._queue.idle

    @property
    def queued(self) -> int:
        """Frames that wait."""
        return self._queue.waiting

    @property
    def dropped(self) -> int:
        """Frames that the policy "newest" has passed over."""
        return self._queue.dropped


def same_source(one: SourceConfig, other: SourceConfig) -> bool:
    """Whether a source need not be opened again: what differs is only how it is judged.

    Args:
        one: as it was.
        other: as it is now.

    Example:
        >>> from dataclasses import replace
        >>> belt = SourceConfig("belt", "folder", None)
        >>> same_source(belt, replace(belt, sentences=("dent",))), same_source(
        ...     belt, replace(belt, queue=4))
        (True, False)
    """
    names = ("kind", "options", "policy", "queue", "window_s", "channels")
    same = all(getattr(one, x) == getattr(other, x) for x in names)
    return same and one.scan.read_by == other.scan.read_by
