"""The monitors of a line: one per source and channel, in a thread beside the line."""

from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.monitoring.monitor import Monitor
from faultlens.line.pipeline.companions import Seen
from faultlens.store.records import Record

MOST = 1000
"""Channels that are monitored; more would be a sender that makes up names."""


class Monitors:
    """Made as frames of new channels come.

    Args:
        config: of line.toml.
        folder: below which each keeps its reference.
        media: the media folder, for pictures of what changed.
    """

    def __init__(self, config: MonitoringConfig, folder: Path, media: Path) -> None:
        self._config, self._folder, self._media = config, folder, media
        self._monitors: dict[tuple[str, str], Monitor] = {}
        self._lock = Lock()

    def look(self, seen: Seen) -> Iterable[Record]:
        """What there is to say of drift after one more frame.

        Args:
            seen: it.
        """
        frame = seen.judged.frame
        with self._lock:
            monitor = self._monitors.get((frame.source, frame.channel))
            if monitor is None:
                if not self._config.on or len(self._monitors) >= MOST:
                    return ()
                monitor = self._monitors[frame.source, frame.channel] = Monitor(
                    self._config, frame.source, frame.channel, self._folder, media=self._media
                )
            return monitor.saw(seen.judged)

    def reset(self, source: str, channel: str = "") -> bool:
        """Begin a new reference, as after frames are judged by another measure.

        Args:
            source: its name.
            channel: of it; "" for all of them.

        Returns:
            whether anything of that name is monitored.
        """
        with self._lock:
            meant = [
                x
                for (name, its), x in self._monitors.items()
                if name == source and channel in ("", its)
            ]
        for monitor in meant:
            monitor.reset_reference()
        return bool(meant)

    def reconfigure(self, config: MonitoringConfig) -> None:
        """Go on by other settings.

        Args:
            config: of line.toml.
        """
        if config != self._config:
            self.close()
            self._config = config

    def close(self) -> None:
        """Write down every reference."""
        with self._lock:
            monitors, self._monitors = list(self._monitors.values()), {}
        for monitor in monitors:
            monitor.close()
