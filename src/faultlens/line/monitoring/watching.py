"""The latest frames of a channel, held against its reference."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from faultlens.images.image import Image
from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.monitoring.causes import (
    PICTURE_PARTS,
    PROCESS,
    Change,
    cause_of_pictures,
    cause_of_spectra,
)
from faultlens.line.monitoring.energy import EnergyWindow, Rows
from faultlens.line.monitoring.measure import window_of
from faultlens.line.monitoring.observed import SPECTRUM, Observed
from faultlens.line.monitoring.reference import Reference, pace_of
from faultlens.line.monitoring.sights import Glance, glance, joined
from faultlens.line.monitoring.together import TOGETHER


@dataclass(frozen=True)
class Reading:
    """One measure at one test.

    Args:
        value: distance of the window from the reference.
        level: from which it is drift.
    """

    value: float
    level: float

    @property
    def over(self) -> bool:
        """Whether it is drift."""
        return self.value > self.level


class Watching:
    """Windows of all measures of a channel.

    Args:
        reference: of it.
        config: of the monitoring.
    """

    def __init__(self, reference: Reference, config: MonitoringConfig) -> None:
        self.reference = reference
        self.pace = pace_of(config)
        self._windows = {
            name: window_of(x, self.pace.window) for name, x in reference.measures.items()
        }
        self._waiting: list[Observed] = []
        self._seen: deque[Observed] = deque(maxlen=self.pace.window)
        self._glances: deque[tuple[int, Glance]] = deque(maxlen=self.pace.window // self.pace.step)
        self._count = 0

    def take(self, seen: Observed, image: Image | None) -> dict[str, Reading] | None:
        """One more frame; readings of all measures where it was time for a test.

        Args:
            seen: the frame; it has all measures of the reference.
            image: its picture; None of a signal.
        """
        self._count += 1
        if (self._count - 1) % self.pace.every:
            return None
        self._waiting.append(seen)
        self._seen.append(seen)
        if len(self._waiting) < self.pace.step:
            return None
        if image is not None:
            self._glances.append((self._count, glance(image)))
        raw = self._raw(self._waiting)
        for name, rows in self._points(raw).items():
            self._windows[name].take(self.reference.measures[name].cut(rows))
        self._waiting.clear()
        if len(self._seen) < self.pace.window:
            return None
        return {name: self._reading(name) for name in self._windows}

    def _raw(self, seen: Iterable[Observed]) -> dict[str, Rows]:
        frames = list(seen)
        return {name: np.stack([x.rows[name] for x in frames]) for name in self.reference.raw}

    def _points(self, raw: dict[str, Rows]) -> dict[str, Rows]:
        """What the windows hold: the measures, and all of them together."""
        together = self.reference.together
        return raw if together is None else {**raw, TOGETHER: together.points(raw)}

    def _reading(self, name: str) -> Reading:
        value, level = self._windows[name].value, self.reference.measures[name].level
        together = self.reference.together
        if name == TOGETHER and together is not None and value > level:
            # However surely it is there, a step that matters to nobody is no drift.
            value = value if together.matters(self._raw(self._seen)) else level
        return Reading(value, level)

    def since(self, readings: dict[str, Reading]) -> int:
        """Rows since the change, by the measure that shows it most clearly.

        Args:
            readings: of the last test.
        """
        clear = [
            (reading.value / max(reading.level, 1e-12), window)
            for name, reading in readings.items()
            if isinstance(window := self._windows[name], EnergyWindow)
        ]
        window = max(clear, key=lambda x: x[0])[1]
        away = window.away - window.usual
        # Where the sum of what is more than usual turns upwards, the change began.
        start = int(np.argmin(np.concatenate([[0.0], np.cumsum(away)])))
        return max(len(away) - start, self.pace.step)

    def cause(self, since: int) -> str:
        """What kind of change it was, of `causes.CAUSES`.

        Args:
            since: rows since the change.
        """
        measures = self.reference.measures
        if all(name in measures for name in PICTURE_PARTS):
            raw = self.reference.raw
            before, now = (
                np.hstack([x[name] for name in PICTURE_PARTS])
                for x in (raw, {name: self.rows(name, since) for name in PICTURE_PARTS})
            )
            return cause_of_pictures(before, now, measures["brightness"].correlation)
        if SPECTRUM in self.reference.raw:
            memory = measures[SPECTRUM].correlation
            return cause_of_spectra(
                self.reference.raw[SPECTRUM], self.rows(SPECTRUM, since), memory
            )
        return PROCESS

    def changes(self, since: int) -> dict[str, Change]:
        """How far each measure of one number has moved.

        Args:
            since: rows since the change.
        """
        found = {}
        for name, measure in self.reference.measures.items():
            if name != TOGETHER and measure.rows.shape[1] == 1:
                raw = self.reference.raw[name].astype(np.float64)
                now = self.rows(name, since).astype(np.float64)
                # The median: a few broken frames are no change of the sensor.
                step = float(np.median(now) - np.median(raw))
                share = measure.correlation * (1 / len(now) + 1 / len(raw))
                found[name] = Change(step, 1.25 * float(raw.std()) * float(np.sqrt(share)))
        return found

    def rows(self, name: str, since: int) -> Rows:
        """(row, dim) of one measure since the change, as observed.

        Args:
            name: of the measure.
            since: rows since the change.
        """
        return np.stack([x.rows[name] for x in self._seen][-since:])

    def seen(self, since: int) -> Glance | None:
        """What the camera showed since the change; None of a signal.

        Args:
            since: rows since the change.
        """
        first = self._count - since * self.pace.every
        late = [shown for count, shown in self._glances if count > first]
        return joined(late or [shown for _, shown in self._glances][-1:])
