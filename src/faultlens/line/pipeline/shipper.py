"""From the journal into the store: in order, each entry once, also when the database was away."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread

from faultlens.core.errors import FaultlensError
from faultlens.core.notice import Notice
from faultlens.line.journal import Journal, JournalFull
from faultlens.line.pipeline.conditions import Conditions, event
from faultlens.line.pipeline.stages import Stages
from faultlens.store.records import Action, EventRecord, Record
from faultlens.store.store import Store

CONSUMER = "store"
"""The store's name among the consumers of the journal."""

BATCH = 500
"""Entries of one transaction."""

WAITS_S = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Between two attempts while the database is away, s; the last one for as long as it is."""

TOGETHER_S = 0.25
"""What comes within so long is brought together, s: a transaction for each frame of a fast camera
took a third of a core from those who judge; nobody looks at the store for what is urgent."""

IDLE_S = 0.5
"""It looks for new entries at least so often, s."""

_REFUSED = 3
"""A batch that the database refuses so often, while it answers questions, holds a bad entry."""


class Shipper:
    """The thread that brings entries of the journal into the store.

    The rows of a batch and the number of its last entry are one transaction of the database, and
    entries up to that number are skipped: a batch that was written before a kill, and comes again,
    changes nothing.

    Args:
        line: name of the line.
        journal: from which.
        opened: opens the store; called again after each failure.
        conditions: where it shows that the database is away.
        stages: where times go.
    """

    def __init__(
        self,
        line: str,
        journal: Journal,
        opened: Callable[[], Store],
        conditions: Conditions,
        stages: Stages,
        tell: Callable[[EventRecord], None],
    ) -> None:
        self._key = f"{line}#{journal.identity}"
        self._journal, self._opened, self._tell = journal, opened, tell
        self._conditions, self._stages = conditions, stages
        self._store: Store | None = None
        self._lock = Lock()
        self._stop, self._drain = Event(), Event()
        self._thread = Thread(target=self._run, name="shipper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, timeout_s: float) -> None:
        """Bring what waits, if the database is there, and end.

        Args:
            timeout_s: at most so long, s; what is left stays in the journal.
        """
        self._drain.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(WAITS_S[0])

    def waiting_actions(self) -> Sequence[Action] | None:
        """What people ask of the line; None while the database is away."""
        with self._lock:
            store = self._store
        if store is None:
            return None
        try:
            return store.waiting_actions()
        # The shipper may close it at this very moment.
        except Exception:
            return None

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                last = self._journal.last
                shipped = self._ship()
                failures = 0
                self._back()
            # Whatever a database throws, what waits for it stays in the journal.
            except Exception as error:
                failures += 1
                # Also what is thrown while it is dealt with must not end the thread.
                with suppress(Exception):
                    self._away(error)
                    if failures >= _REFUSED:
                        self._try_singly()
                self._stop.wait(WAITS_S[min(failures, len(WAITS_S)) - 1])
                continue
            if shipped:
                if shipped < BATCH:
                    self._drain.wait(TOGETHER_S)
                continue
            if self._drain.is_set():
                break
            self._journal.wait(last, IDLE_S)
        if self._store is not None:
            with suppress(Exception):
                self._store.close()

    def _ship(self) -> int:
        """Bring one batch; how many entries it held."""
        store = self._there()
        entries = self._journal.read(CONSUMER, limit=BATCH)
        if entries:
            with self._stages.timed("store"):
                store.write(self._key, entries)
            self._journal.advance(CONSUMER, entries[-1][0])
        return len(entries)

    def _try_singly(self) -> None:
        """Put aside an entry that a database refuses which is there, so that the rest goes on."""
        try:
            store = self._there()
            done = store.watermark(self._key)
            entries = self._journal.read(CONSUMER, limit=BATCH)
        except (FaultlensError, JournalFull):
            return
        for entry in (x for x in entries if x[0] > done):
            try:
                store.write(self._key, [entry])
            except (FaultlensError, ValueError, TypeError) as error:
                self._put_aside(store, entry, error)
                return

    def _put_aside(self, store: Store, entry: tuple[int, Record], error: Exception) -> None:
        try:
            # Whether it is the entry or the database is told by the next question.
            store.watermark(self._key)
            self._journal.put_aside(entry[0])
        except (FaultlensError, JournalFull):
            return
        name = type(entry[1]).__name__
        self._tell(event("store", "error", Notice(
            f"The database refuses a record ({name}, entry {entry[0]}): {error} It was put aside "
            "in the journal; the others go on. Please report it.",
            f"数据库拒绝了一条记录（{name}，条目 {entry[0]}）：{error} "
            "已在日志中单独保存；其余照常。请报告此问题。",
        )))  # fmt: skip

    def _there(self) -> Store:
        if self._store is None:
            store = self._opened()
            with self._lock:
                self._store = store
        return self._store

    def _away(self, error: Exception) -> None:
        with self._lock:
            store, self._store = self._store, None
        if store is not None:
            store.close()
        waiting = self._journal.waiting(CONSUMER)
        self._conditions.set(
            "store",
            "warning",
            Notice(
                f"The database is away: {error} {waiting} records wait on this machine; "
                "nothing is lost.",
                f"数据库不可用：{error} 本机有 {waiting} 条记录等待写入；不会丢失。",
            ),
        )

    def _back(self) -> None:
        waiting = self._journal.waiting(CONSUMER)
        self._conditions.clear(
            "store",
            Notice(
                f"The database is there again; {waiting} records are being brought in.",
                f"数据库已恢复；正在写入 {waiting} 条记录。",
            ),
        )
