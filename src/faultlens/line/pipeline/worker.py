"""A thread per source: what waits in its queue is judged in micro-batches and handed on."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic, perf_counter

from faultlens.core.errors import BundleError, FaultlensError
from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.frame import Frame, Trouble
from faultlens.line.journal import Journal, JournalFull
from faultlens.line.judged import Judged
from faultlens.line.media import MediaKeeper
from faultlens.line.pipeline.batch import Batch, Done, Item
from faultlens.line.pipeline.clerk import Clerk
from faultlens.line.pipeline.conditions import Conditions
from faultlens.line.pipeline.judging import judged_all, next_batch
from faultlens.line.pipeline.queue import FrameQueue
from faultlens.line.pipeline.recorder import Recorder, Written
from faultlens.line.pipeline.stages import Stages
from faultlens.line.pipeline.state import LineState
from faultlens.store.records import Record

PREVIEW_S = 0.5
"""At most so often is a picture made for the live page, s; it is shown twice a second."""

IN_FLIGHT = 2
"""Batches of a source that wait for the recorder: one while the next is judged."""

AGAIN_S = 2.0
"""A damaged model is loaded again after so long, s."""

_FLYING = 20_000
"""Ids of frames whose results are not on the disk yet."""


@dataclass(frozen=True)
class Setup:
    """What judges the frames of a source from a batch on.

    Args:
        config: of the source.
        detector: made of it.
        records: written down with the first batch.
        state: kept with them.
    """

    config: SourceConfig
    detector: AbstractDetector
    records: Sequence[Record] = ()
    state: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """What all workers of a line share.

    Args:
        journal: knows frames that come again.
        recorder: takes batches.
        clerk: makes steps of them.
        conditions: where a damaged model is shown.
        stages: where times go.
        remade: makes a detector again whose model was damaged.
    """

    journal: Journal
    recorder: Recorder
    clerk: Clerk
    conditions: Conditions
    stages: Stages
    remade: Callable[[SourceConfig], AbstractDetector]


class Worker:
    """Judges what waits in a queue until it is closed and empty.

    Args:
        setup: what judges at first.
        queue: of the source.
        keeper: of its files.
        around: what all workers share.
    """

    def __init__(
        self, setup: Setup, queue: FrameQueue, keeper: MediaKeeper, around: Surroundings
    ) -> None:
        self._setup, self._queue, self._keeper, self._around = setup, queue, keeper, around
        self._lock = Lock()
        self._next: Setup | None = None
        self._given_up = Event()
        self._places = BoundedSemaphore(IN_FLIGHT)
        self._flying: dict[str, None] = {}
        self._previewed_s = 0.0
        name = f"judge {setup.config.name}"
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def config(self) -> SourceConfig:
        """By which frames are judged now, or from the next batch on."""
        with self._lock:
            return (self._next or self._setup).config

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def swap(self, setup: Setup) -> None:
        """Judge by another setup from the next batch on; no frame is lost or judged twice.

        Args:
            setup: what judges then.
        """
        with self._lock:
            waiting = () if self._next is None else self._next.records
            kept = {} if self._next is None else dict(self._next.state)
            self._next = Setup(
                setup.config,
                setup.detector,
                (*waiting, *setup.records),
                {**kept, **setup.state},
            )

    def wait(self, timeout_s: float) -> bool:
        """Whether it has judged all and ended within so long; what is left is given up.

        Args:
            timeout_s: s.
        """
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._given_up.set()
        return not self._thread.is_alive()

    def _run(self) -> None:
        most = 1
        while not self._given_up.is_set():
            taken = self._queue.take(most, timeout_s=0.2)
            self._swap_now()
            if not taken:
                if self._queue.closed:
                    return
                continue
            start = perf_counter()
            items = self._items(taken)
            if items is None:
                return
            took_s, fits = perf_counter() - start, self._setup.detector.most_frames
            most = next_batch(most, took_s, len(taken), fits)
            self._hand_on(Batch(self._setup.config, tuple(items)))

    def _swap_now(self) -> None:
        with self._lock:
            setup, self._next = self._next, None
            if setup is None:
                return
            self._setup = Setup(setup.config, setup.detector)

        def told(state: LineState) -> Written:
            for key, value in setup.state.items():
                state.keep(key, value)
            return Written(setup.records)

        self._around.recorder.take(told)

    def _items(self, taken: Sequence[Frame | Trouble]) -> list[Item] | None:
        known = self._known([x.id for x in taken if isinstance(x, Frame)])
        fresh: dict[str, Frame] = {}
        for x in taken:
            if isinstance(x, Frame) and x.id not in known:
                fresh.setdefault(x.id, x)
        judged = self._judged(list(fresh.values()))
        if judged is None:
            return None
        self._flying.update(dict.fromkeys(fresh))
        # On a full disk results never land; then the oldest are forgotten.
        for old in list(self._flying)[: max(0, len(self._flying) - _FLYING)]:
            self._flying.pop(old, None)
        done = {id(x.frame): x for x in judged}
        return [self._done(done[id(x)]) if id(x) in done else x for x in taken]

    def _judged(self, fresh: list[Frame]) -> list[Judged] | None:
        key = f"source/{self._setup.config.name}"
        while not self._given_up.is_set():
            try:
                with self._around.stages.timed("judge"):
                    judged = judged_all(self._setup.detector, fresh)
            except BundleError as error:
                self._around.conditions.set(f"{key}/model", "error", _damaged(error))
                self._given_up.wait(AGAIN_S)
                with suppress(FaultlensError, OSError):
                    detector = self._around.remade(self._setup.config)
                    self._setup = Setup(self._setup.config, detector)
                self._swap_now()
            else:
                self._around.conditions.clear(f"{key}/model")
                return judged
        return None

    def _done(self, judged: Judged) -> Done:
        now_s = perf_counter()
        small = cache(lambda: _small(judged))
        with self._around.stages.timed("keep"):
            kept = self._keeper.kept(judged, small)
        preview = None
        if judged.alarm or monotonic() - self._previewed_s >= PREVIEW_S:
            self._previewed_s = monotonic()
            preview = small()
        return Done(
            judged, kept, datetime.now(UTC), max(now_s - judged.frame.arrived_s, 0.0), preview
        )

    def _known(self, ids: Sequence[str]) -> set[str]:
        # First those under way: once a result is on the disk it is no longer among them.
        flying = {x for x in ids if x in self._flying}
        with suppress(JournalFull):
            return flying | self._around.journal.seen(self._setup.config.name, ids)
        return flying

    def _hand_on(self, batch: Batch) -> None:
        while not self._places.acquire(timeout=0.5):
            if self._given_up.is_set():
                return
        step = self._around.clerk.step(batch, self._places.release)

        def take(state: LineState) -> Written:
            written = step(state)
            return Written(written.records, (*written.acknowledge, lambda: self._landed(batch)))

        with self._around.stages.timed("hand on"):
            self._around.recorder.take(take)

    def _landed(self, batch: Batch) -> None:
        for item in batch.items:
            if isinstance(item, Done):
                self._flying.pop(item.judged.frame.id, None)


def _small(judged: Judged) -> bytes | None:
    if judged.preview is None:
        return None
    try:
        return judged.preview()
    # A picture that cannot be drawn is no reason to lose its verdict.
    except Exception:
        return None


def _damaged(error: BundleError) -> Notice:
    return Notice(
        f"{error} Its frames wait; it is loaded again every {AGAIN_S:.0f} s.",
        f"模型损坏（{error}）。其帧正在等待；每 {AGAIN_S:.0f} 秒重新加载一次。",
    )
