"""A line put together and kept at work: pipeline, store, sinks, pages, monitoring, update."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Event

from faultlens.core.notice import Notice
from faultlens.line.alone import alone
from faultlens.line.configuration.line_config import LineConfig, SourceConfig
from faultlens.line.dashboard.settings import DashboardSettings, settings_line
from faultlens.line.dashboard_process import DashboardProcess
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.detectors.making import detector_of
from faultlens.line.housekeeping import Housekeeping
from faultlens.line.journal import Journal, JournalFull
from faultlens.line.live import LiveState
from faultlens.line.not_judged import NotJudged
from faultlens.line.pipeline.actions import ActionDesk
from faultlens.line.pipeline.file_watch import FileWatch
from faultlens.line.pipeline.hooks import Hooks
from faultlens.line.pipeline.line import DetectorMaker, Line
from faultlens.line.pipeline.monitors import Monitors
from faultlens.line.pipeline.reloading import judged_by_another_measure
from faultlens.line.pipeline.shipper import CONSUMER, Shipper
from faultlens.line.pipeline.steady import steady_interpreter
from faultlens.line.sinks.dispatcher import Dispatcher
from faultlens.line.update.hooks import Hooks as UpdateHooks
from faultlens.line.update.updater import Updater
from faultlens.store.engine import engine_of
from faultlens.store.errors import StoreError
from faultlens.store.records import Action, AlarmRecord, EventRecord, Record
from faultlens.store.retention import tidy
from faultlens.store.store import Store, open_store

LOOKS_S = 0.2
"""Between two looks whether a line is to end, s."""

SHIP_S = 10.0
"""At its end a line brings what waits into the store for so long, s; the rest stays in the
journal."""

SHIP_ONCE_S = 300.0
"""One that ends since its sources did, for so long, s."""

SCARCE_BYTES = 1 << 30
"""With less room than this on its disk a line says so, bytes."""


class Watch:
    """A line at work, from `start` to `close`.

    Args:
        config: of line.toml.
        store: URL of the database in place of line.toml's; None for that.
        told: is given what is written down, in its order; must not wait.
        ready: is given the address of the pages, each time they are there.
        detectors: makes the detector of a source; None for ours.

    Raises:
        UsageError: another process watches this line already.
        FaultlensError: a model, a profile or the journal cannot be used.
        OSError: its folder cannot be written.
    """

    def __init__(
        self,
        config: LineConfig,
        *,
        store: str | None = None,
        told: Callable[[Sequence[Record]], None] = lambda records: None,
        ready: Callable[[str], None] = lambda address: None,
        detectors: DetectorMaker | None = None,
    ) -> None:
        self._told, self._given_store = told, store
        config = self._with_store(config)
        with ExitStack() as opened:
            opened.enter_context(alone(config.state))
            self.journal = Journal(config.state / "journal.db")
            opened.callback(self.journal.close)
            self.journal.register(CONSUMER)
            # The pages' and the update's questions; nothing is connected before the first.
            self._store = Store(engine_of(config.store))
            opened.callback(self._store.close)
            media = config.state / "media"
            self._monitors = Monitors(config.monitoring, config.state / "monitoring", media)
            made = detectors or _ours(config.language)
            self.line = Line(
                config, self.journal, made, self._hooks, urgent=self._urgent, wrote=self._wrote
            )
            # Last: models, tables and libraries are there by now.
            opened.enter_context(steady_interpreter())
            self._opened = opened.pop_all()
        self._shipper = Shipper(
            config.name, self.journal, lambda: open_store(config.store), self.line.conditions,
            self.line.stages, self._tell,
        )  # fmt: skip
        self._desk = ActionDesk(
            self._shipper.waiting_actions, lambda: self.line.recorder, config.language,
            self.line.hooks.handlers,
        )  # fmt: skip
        self.line.went_back = self._desk.again
        self._dispatcher = Dispatcher(
            self.journal, config.sinks, language=config.language,
            folder=config.state / "sinks", tell=self._tell,
        )  # fmt: skip
        self._file = FileWatch(config.path, self.apply, self.line.conditions)
        self._keeping = Housekeeping(self._keep_house, self.line.conditions)
        self._pages = DashboardProcess(
            settings_line(_settings(config)), self.live, self.line.conditions, ready,
            config.state / "dashboard.log",
        )  # fmt: skip

    def start(self) -> None:
        """Begin."""
        self.line.start()
        self._shipper.start()
        self._desk.start()
        self._updater.start()
        self._file.start()
        self._keeping.start()
        if self.line.config.dashboard.on:
            self._pages.start()

    def wait(self, stop: Event, *, once: bool = False) -> None:
        """Wait until told to stop.

        Args:
            stop: set when the line is to end.
            once: end as well when every source has ended or failed.
        """
        while not stop.wait(LOOKS_S):
            if once and self.line.ended:
                return

    def close(self, *, once: bool = False) -> None:
        """Read nothing more, judge and write down what waits, and end.

        Args:
            once: every source has ended: each part is over, and all of it goes into the store.
        """
        self._file.close(1.0)
        self._keeping.close(1.0)
        self._desk.close(1.0)
        self._updater.close()
        if once:
            self.line.settle_ended()
        self.line.stop()
        with suppress(JournalFull):
            self._dispatcher.wake()
            if once:
                self._dispatcher.settle(SHIP_S)
        self._dispatcher.close()
        self._shipper.close(SHIP_ONCE_S if once else SHIP_S)
        self._pages.close()
        self._monitors.close()
        self._opened.close()

    def apply(self, config: LineConfig) -> None:
        """Go on by another line.toml; all of it, or nothing.

        Args:
            config: what stands in it.

        Raises:
            UsageError: it cannot be used; every fault is listed.
        """
        before = self.line.config
        self.line.apply(self._with_store(config))
        for name in judged_by_another_measure(before, self.line.config):
            self._monitors.reset(name)
        self._dispatcher.reconfigure(config.sinks)
        self._monitors.reconfigure(config.monitoring)
        self._updater.reconfigure(self.line.config)

    def live(self) -> LiveState:
        """How the line stands at this moment."""
        sinks = [x.condition for x in self._dispatcher.states()]
        held = [x for x in (*sinks, self._space(), self._unkept()) if x is not None]
        return self.line.live(held)

    def _with_store(self, config: LineConfig) -> LineConfig:
        return config if self._given_store is None else replace(config, store=self._given_store)

    def _hooks(self, line: Line) -> Hooks:
        update = UpdateHooks(swap=line.swap, shadow=line.shadow, tell=line.write)
        self._updater = Updater(line.config, update, self._store)
        return Hooks(
            along=[lambda seen: self._updater.along(seen.judged), NotJudged()],
            looking={"monitoring": self._monitors.look},
            keeps=[self._updater.keeps],
            handlers={**self._updater.handlers(), "reference": self._new_reference},
        )

    def _new_reference(self, action: Action) -> tuple[Sequence[Record], str]:
        source, _, channel = action.target.partition("/")
        if not self._monitors.reset(source, channel):
            notice = Notice(
                f"Nothing is monitored as '{action.target}'.",
                f"没有名为“{action.target}”的监测对象。",
            )
            return (), notice.of(self.line.config.language)
        return (), ""

    def _tell(self, event: EventRecord) -> None:
        self.line.recorder.tell(event)

    def _urgent(self, alarm: AlarmRecord) -> None:
        self._told([alarm])
        self._dispatcher.urgent(alarm)

    def _wrote(self, records: Sequence[Record]) -> None:
        self._dispatcher.wake()
        self._told(records)

    def _keep_house(self) -> None:
        """One round of removing what need not be kept; later, where the database is away."""
        keep = self.line.config.keep
        with suppress(StoreError):
            tidy(
                self._store,
                self.line.media,
                media_days=keep.media_days,
                results_days=keep.results_days,
                most_gb=keep.most_gb,
            )

    def _space(self) -> tuple[str, str, str] | None:
        free = shutil.disk_usage(self.line.config.state).free
        if free >= SCARCE_BYTES:
            return None
        notice = Notice(
            f"The disk has {free / 1e6:.0f} MB left; make room before it is full.",
            f"磁盘剩余 {free / 1e6:.0f} MB；请在写满前腾出空间。",
        )
        return "warning", notice.en, notice.zh

    def _unkept(self) -> tuple[str, str, str] | None:
        failed = self.line.unkept
        if failed is None:
            return None
        notice = Notice(
            f"Pictures and recordings cannot be kept: {failed}.", f"无法保存图片和记录：{failed}。"
        )
        return "warning", notice.en, notice.zh


def _ours(language: str) -> DetectorMaker:
    def made(source: SourceConfig, kind: str | None) -> AbstractDetector:
        return detector_of(source, language=language, kind=kind)

    return made


def _settings(config: LineConfig) -> DashboardSettings:
    pages = config.dashboard
    return DashboardSettings(
        line=config.name, store=config.store, media=config.state / "media",
        secret_file=config.state / "dashboard.key", host=pages.host, port=pages.port,
        language=config.language, time_zone=config.time_zone, public_live=pages.public_live,
        trusted_proxies=pages.trusted_proxies,
    )  # fmt: skip
