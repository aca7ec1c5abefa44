"""A line at work: its stations, its recorder, and what may change while it runs."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, RLock, Thread
from time import monotonic
from typing import TypeAlias

from faultlens.core.errors import FaultlensError, UnknownNameError, UsageError
from faultlens.line.configuration.line_config import LineConfig, SourceConfig
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.journal import Journal
from faultlens.line.judged import Judged
from faultlens.line.live import LiveState
from faultlens.line.media import MediaKeeper
from faultlens.line.pipeline.board import Board
from faultlens.line.pipeline.clerk import Calendar, Clerk
from faultlens.line.pipeline.companions import Companion
from faultlens.line.pipeline.conditions import Conditions, event
from faultlens.line.pipeline.hooks import Hooks
from faultlens.line.pipeline.promoted import LIVE, effective, promoted_text
from faultlens.line.pipeline.recorder import Recorder, Written
from faultlens.line.pipeline.reloading import Change, applied, change, show_fixed
from faultlens.line.pipeline.shadows import Shadows
from faultlens.line.pipeline.shipper import CONSUMER
from faultlens.line.pipeline.stages import Stages
from faultlens.line.pipeline.state import LineState
from faultlens.line.pipeline.station import Station
from faultlens.line.pipeline.worker import Setup, Surroundings
from faultlens.store.records import AlarmRecord, Record

DetectorMaker: TypeAlias = Callable[[SourceConfig, str | None], AbstractDetector]
"""Makes the detector of a source; the second is the kind of its frames where it is known."""

NICENESS = 10
"""Of those who look on later: learning a reference takes a second, and no frame shall wait."""

STOP_S = 10.0
"""A source that stops has so long to judge what waits, s."""


class Line:
    """Everything from sources to the journal.

    Args:
        config: of line.toml.
        journal: open, with its consumers.
        detectors: makes the detector of a source.
        hooks: where others join.
        urgent: sends a step of an alarm past the journal, when the disk is full.
        wrote: is given the records of each transaction; must not wait.

    Raises:
        FaultlensError: a detector cannot be made.
    """

    def __init__(
        self,
        config: LineConfig,
        journal: Journal,
        detectors: DetectorMaker,
        hooks: Callable[["Line"], Hooks],
        *,
        urgent: Callable[[AlarmRecord], None],
        wrote: Callable[[Sequence[Record]], None],
    ) -> None:
        self.config, self._journal, self._detectors = config, journal, detectors
        self._urgent, self._wrote = urgent, wrote
        self._changing = RLock()
        self._stopped = Event()
        self.went_back: Callable[[], None] = lambda: None
        self.stages, self.board = Stages(), Board()
        self.conditions = Conditions(lambda told: self.recorder.tell(told))
        self.recorder = self._new_recorder()
        self.shadows = Shadows(detectors, self.write)
        self.hooks = hooks(self)
        self._companions = [
            Companion(name, look, self.write, niceness=NICENESS)
            for name, look in self.hooks.looking.items()
        ]
        self._stations: dict[str, Station] = {}
        self._set_up([self._setup(x) for x in config.sources])
        self._supervisor = Thread(target=self._supervise, name="supervisor", daemon=True)

    @property
    def media(self) -> Path:
        """The media folder."""
        return self.config.state / "media"

    def start(self) -> None:
        """Begin: the recorder first, then every source."""
        self.recorder.start()
        for station in self._stations.values():
            station.start()
        self._supervisor.start()

    def stop(self, timeout_s: float = STOP_S) -> None:
        """Read nothing more, judge and write down what waits, and end.

        Args:
            timeout_s: at most so long, s.
        """
        with self._changing:
            self._stopped.set()
            end_s = monotonic() + timeout_s
            self._stop_stations(self._stations.values(), end_s)
            for companion in self._companions:
                companion.close(max(end_s - monotonic(), 0.1))
            self.shadows.close()
            self.recorder.close(max(end_s - monotonic(), 0.5))

    @property
    def ended(self) -> bool:
        """Whether every source has ended by itself, or failed."""
        return all(x.ended or x.state == "failed" for x in list(self._stations.values()))

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the sources that failed."""
        return tuple(x.config.name for x in self._stations.values() if x.state == "failed")

    @property
    def unkept(self) -> OSError | None:
        """Why files of frames cannot be kept; None where they can."""
        failed = [x.keeper.failed for x in list(self._stations.values())]
        return next((x for x in failed if x is not None), None)

    def write(self, records: Sequence[Record]) -> None:
        """Write down records that change nothing else; any thread may.

        Args:
            records: in their order.
        """
        self.recorder.write(records)

    def settle_ended(self) -> None:
        """Every source has ended: judge what waits, and every part is over."""
        self._stop_stations(self._stations.values(), monotonic() + STOP_S)
        self.recorder.take(lambda state: Written(state.ended()))

    def judged_by(self, source: str) -> SourceConfig:
        """How a source is judged now.

        Args:
            source: its name.

        Raises:
            UnknownNameError: line.toml has none of that name.
        """
        return self._station(source).config

    def swap(self, source: str, config: SourceConfig, records: Sequence[Record] = ()) -> None:
        """Judge a source by another model from its next batch on, also after a restart.

        Args:
            source: its name.
            config: of the source, with that model and the profiles made with it.
            records: written down in the transaction of the change.

        Raises:
            FaultlensError: that model cannot be used; nothing changes.
        """
        detector = self._made(config)
        with self._changing:
            base = next(x for x in self.config.sources if x.name == source)
            kept = {LIVE + source: promoted_text(base, config)}
            self._station(source).swap(Setup(config, detector, records, kept))

    def shadow(
        self,
        source: str,
        config: SourceConfig | None,
        saw: Callable[[Judged, Judged], None] = lambda live, shadow: None,
    ) -> None:
        """Let a candidate judge the frames of a source beside its model, at low priority.

        Args:
            source: its name.
            config: of the source, with the candidate; None ends it.
            saw: is given what the live model says and what the candidate says of each frame.

        Raises:
            FaultlensError: the candidate cannot be used.
        """
        self.shadows.set(source, config, saw, self.board.kind(source) or None)

    def apply(self, config: LineConfig) -> None:
        """Go on by another line.toml; all of it, or nothing.

        Args:
            config: what stands in it.

        Raises:
            UsageError: a detector of it cannot be made; every fault is listed.
        """
        with self._changing:
            if self._stopped.is_set():
                return
            made = change(self.config, config)
            setups = self._setups(made)
            show_fixed(made, self.conditions)
            self.config = made.config
            self.clerk.calendar = Calendar(dict(config.shifts), config.time_zone)
            self._go_on(made, setups)
            for station in self._stations.values():
                station.keeper.keep = config.keep
            self.recorder.tell(event("line", "info", applied(config.path.name)))

    def live(self, conditions: Iterable[tuple[str, str, str]] = ()) -> LiveState:
        """How the line stands at this moment.

        Args:
            conditions: that others know of; see `LiveState.conditions`.
        """
        alarms = self.recorder.state.alarms
        held = [*self.conditions.listed(), *conditions]
        held.sort(key=lambda x: ("error", "warning", "info").index(x[0]))
        return LiveState(
            line=self.config.name,
            time=datetime.now(UTC).isoformat(),
            sources=self.board.sources(list(self._stations.values()), alarms),
            alarms=tuple(vars(x) for x in alarms.last_steps()),
            conditions=tuple(held),
            spooled=self._journal.waiting(CONSUMER),
            stages=self.stages.listed(),
            shadow=self.shadows.references(),
        )

    def _new_recorder(self) -> Recorder:
        state = LineState(self.config.name, self._journal, monotonic())
        return Recorder(
            state, self._journal, self.conditions, self.stages,
            urgent=self._urgent, wrote=self._wrote,
        )  # fmt: skip

    def _set_up(self, setups: Sequence[Setup]) -> None:
        onlookers = [*(x.saw for x in self._companions), self.shadows.saw]
        self.clerk = Clerk(self.config, self.hooks.along, self.board.saw, onlookers)
        self._stations = {x.config.name: self._new_station(x) for x in setups}

    def _setups(self, made: Change) -> dict[str, Setup]:
        """Setups of all sources that are new or judged otherwise; every fault is said at once."""
        setups: dict[str, Setup] = {}
        faults = []
        for base in (*made.added, *made.opened_again, *made.judged_otherwise):
            try:
                setups[base.name] = self._setup(base)
            except (FaultlensError, OSError) as error:
                faults.append(f"[source.{base.name}]: {error}")
        if faults:
            raise UsageError("\n".join(faults))
        return setups

    def _go_on(self, made: Change, setups: dict[str, Setup]) -> None:
        for base in made.judged_otherwise:
            self._stations[base.name].swap(setups[base.name])
        again = [x.name for x in made.opened_again]
        stopping = [self._stations.pop(name) for name in (*made.removed, *again)]
        self._stop_stations(stopping, monotonic() + STOP_S)
        # Where a source goes on is known once the recorder has taken all of it.
        self.recorder.settle(STOP_S)
        if made.removed:
            gone, now = made.removed, datetime.now(UTC)
            self.recorder.take(lambda state: Written(state.removed(gone, now)))
            self.board.forget(gone)
        fresh = [self._new_station(setups[x.name]) for x in (*made.opened_again, *made.added)]
        for station in fresh:
            self._stations[station.config.name] = station
            station.start()
        order = [x.name for x in self.config.sources]
        self._stations = {name: self._stations[name] for name in order}

    def _supervise(self) -> None:
        while not self._stopped.wait(0.5):
            if self.recorder.room_again.is_set():
                self._go_back()

    def _go_back(self) -> None:
        """Go on from what the disk holds, as after a restart: results were lost on a full disk."""
        with self._changing:
            if self._stopped.is_set():
                return
            setups = [Setup(x.config, self._made(x.config)) for x in self._stations.values()]
            self._stop_stations(self._stations.values(), monotonic() + STOP_S)
            self.recorder.close(STOP_S)
            self.recorder = self._new_recorder()
            self.conditions.clear("line/disk")
            self._set_up(setups)
            self.recorder.start()
            for station in self._stations.values():
                station.start()
            self.went_back()

    def _setup(self, base: SourceConfig) -> Setup:
        config = effective(base, self._journal.state(LIVE + base.name))
        return Setup(config, self._made(config))

    def _made(self, config: SourceConfig) -> AbstractDetector:
        return self._detectors(config, self.board.kind(config.name) or None)

    def _new_station(self, setup: Setup) -> Station:
        around = Surroundings(
            self._journal, self.recorder, self.clerk, self.conditions, self.stages, self._made
        )
        keeper = MediaKeeper(self.media, self.config.keep, self.hooks.keeps)
        return Station(setup, keeper, around, self.recorder.state.resume)

    def _station(self, source: str) -> Station:
        if source not in self._stations:
            raise UnknownNameError("source", source, self._stations)
        return self._stations[source]

    def _stop_stations(self, stations: Iterable[Station], end_s: float) -> None:
        threads = [Thread(target=x.stop, args=(max(end_s - monotonic(), 0.1),)) for x in stations]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
