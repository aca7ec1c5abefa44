"""Looks whether line.toml has changed, and hands on what it says then."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import LineConfig
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.pipeline.conditions import Conditions

LOOKS_S = 0.25
"""Between two looks at the file, s; it is read once it stayed the same for one of them."""

KEY = "line/file"
"""Of the condition of a wrong file."""


class FileWatch:
    """The thread that reads line.toml when it has changed.

    Args:
        path: of the file.
        apply: is given what stands in it; what it refuses is shown like a fault of the file.
        conditions: where a wrong file is shown, with every fault.
    """

    def __init__(
        self, path: Path, apply: Callable[[LineConfig], None], conditions: Conditions
    ) -> None:
        self._path, self._apply, self._conditions = path, apply, conditions
        self._read = self._looked = _stamp(path)
        self._stop = Event()
        self._thread = Thread(target=self._run, name="line.toml", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, timeout_s: float) -> None:
        """Look no more.

        Args:
            timeout_s: at most so long, s.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.wait(LOOKS_S):
            now = _stamp(self._path)
            if now == self._looked and now != self._read:
                self._read = now
                self._take()
            self._looked = now

    def _take(self) -> None:
        try:
            self._apply(read_line_config(self._path))
        # Whatever is wrong with it, the line goes on, and the next version is looked at too.
        except Exception as error:
            self._conditions.set(
                KEY,
                "error",
                Notice(
                    f"The changed {self._path.name} is not used; the line goes on as before. "
                    f"{error}",
                    f"修改后的 {self._path.name} 未生效；产线按原配置运行。{error}",
                ),
            )
            return
        self._conditions.clear(
            KEY, Notice(f"{self._path.name} is right again.", f"{self._path.name} 已恢复正确。")
        )


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        facts = path.stat()
    except OSError:
        return ()
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
