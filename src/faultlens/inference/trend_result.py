"""The result of a trend: health over time with its band, warning and alarm, as data and picture."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultlens.core.files import write_text
from faultlens.inference.saving import save_by_suffix, write_json
from faultlens.inference.schema import SCHEMA
from faultlens.inference.snapshot import Snapshot
from faultlens.metrics.change import ALARM, WARNING, Followed
from faultlens.reports.trend_view import ORDER, TrendMark, TrendView
from faultlens.reports.trend_words import measure_name, moved_words, trend_sentence, when

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_UNITS = {"level": "dB", "kurtosis": "ln(k/3)", "line": "nat"}


@dataclass(frozen=True, eq=False)
class Trend:
    """The health of one asset over time.

    Args:
        view: everything that the picture shows.
        followed: indicator, band and smoothed measures.
        snapshots: the recordings in the order of time.
        left_out: file -> why it was left out.
        warnings: what a careful engineer would want to know.
        false_alarms: nominal chance that a healthy asset is ever warned of.
        lang: language of sentence, warnings and picture, "en" or "zh".
    """

    view: TrendView = field(repr=False)
    followed: Followed = field(repr=False)
    snapshots: tuple[Snapshot, ...] = field(repr=False)
    left_out: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    false_alarms: float
    lang: str = "en"

    @property
    def sentence(self) -> str:
        """What happened, why, and what to do."""
        return trend_sentence(self.view, self.lang)

    @property
    def state(self) -> str:
        """What stands at the end: "alarm", "warning" or "healthy"."""
        return _state_of(float(self.followed.indicator[-1]))

    def to_dict(self) -> dict[str, Any]:
        """The trend as plain values."""
        view, followed = self.view, self.followed
        return {
            "schema": SCHEMA,
            "asset": view.title,
            "sentence": self.sentence,
            "state": self.state,
            "healthy_recordings": view.healthy,
            "false_alarms": self.false_alarms,
            "limit_spreads": round(followed.limit, 4),
            "time_known_by": view.time_kind,
            "warning": self._mark(view.warning),
            "alarm": self._mark(view.alarm),
            "recordings": [
                {
                    "file": file,
                    "time": self._time(number),
                    "elapsed_s": self._elapsed(number),
                    "indicator": round(float(followed.indicator[number]), 4),
                    "low": round(float(followed.low[number]), 4),
                    "high": round(float(followed.high[number]), 4),
                    "broad_db": round(float(followed.broad_db[number]), 3),
                    "state": _state_of(float(followed.indicator[number])),
                }
                for number, file in enumerate(view.files)
            ],
            "left_out": [{"file": file, "reason": why} for file, why in self.left_out],
            "warnings": list(self.warnings),
        }

    def to_csv(self) -> str:
        """A row per recording: time, indicator with its band, state, and every measure."""
        measures = self.snapshots[0].measures
        names = [f"{measure_name(x, 'en')} ({_UNITS[x.kind]})" for x in measures]
        stream = io.StringIO()
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["file", "time", "elapsed_s", "indicator", "low", "high", "state", *names])
        followed = self.followed
        for number, made in enumerate(self.snapshots):
            indicator = float(followed.indicator[number])
            band = (indicator, float(followed.low[number]), float(followed.high[number]))
            elapsed = self._elapsed(number)
            table.writerow(
                [
                    made.file,
                    self._time(number) or "",
                    "" if elapsed is None else f"{elapsed:g}",
                    *(f"{x:.4f}" for x in band),
                    _state_of(indicator),
                    *(f"{x:.4f}" for x in made.values),
                ]
            )
        return stream.getvalue()

    def figure(self) -> "Figure":
        """The picture: indicator with its band, warning and alarm, and what moved."""
        from faultlens.reports.trend_figure import trend_figure

        return trend_figure(self.view, self.lang)

    def save(self, path: str | Path) -> None:
        """Write the trend, whole or not at all: as .png, .csv or .json by the suffix.

        Raises:
            UsageError: another suffix.
            OSError: the file cannot be written.
        """
        save_by_suffix(
            path,
            {
                ".png": self._save_picture,
                ".csv": lambda target: write_text(target, self.to_csv()),
                ".json": lambda target: write_json(target, self.to_dict()),
            },
            what="trend",
        )

    def _save_picture(self, target: Path) -> None:
        from faultlens.reports.picture import write_picture

        write_picture(target, self.figure())

    def _time(self, number: int) -> str | None:
        time = self.snapshots[number].time
        return None if self.view.start is None or time is None else time.isoformat(sep=" ")

    def _elapsed(self, number: int) -> float | None:
        return None if self.view.time_kind == ORDER else float(self.view.times_s[number])

    def _mark(self, mark: TrendMark | None) -> dict[str, Any] | None:
        if mark is None:
            return None
        index = mark.index
        return {
            "recording": index + 1,
            "file": self.view.files[index],
            "when": when(self.view, index),
            "time": self._time(index),
            "elapsed_s": self._elapsed(index),
            "indicator": round(float(self.followed.indicator[index]), 4),
            "low": round(float(self.followed.low[index]), 4),
            "high": round(float(self.followed.high[index]), 4),
            "broad_db": None if mark.broad_db is None else round(mark.broad_db, 2),
            "moved": [
                {
                    "measure": measure_name(x.measure, self.lang),
                    "channel": x.measure.channel or None,
                    "kind": x.measure.kind,
                    "band_hz": x.measure.band_hz,
                    "healthy": round(x.healthy, 4),
                    "now": round(x.now, 4),
                    "spreads": round(x.spreads, 3),
                    "words": moved_words(x, self.lang),
                }
                for x in mark.moved
            ],
        }


def _state_of(indicator: float) -> str:
    return "alarm" if indicator >= ALARM else "warning" if indicator >= WARNING else "healthy"
