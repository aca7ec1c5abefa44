"""The reference of one channel: what its frames looked like when its thresholds were made."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.monitoring.energy import Rows
from faultlens.line.monitoring.measure import Measure, learned
from faultlens.line.monitoring.sights import Glance
from faultlens.line.monitoring.together import TOGETHER, Together, together_of

MOST_ROWS, MOST_WINDOW_ROWS, LEAST_WINDOW_ROWS = 2000, 500, 20
"""Frames of a reference and of a window that are held against each other; of longer ones every
second, third ... frame is taken."""

TESTS = 20
"""Tests while a window passes. Between neighbours of these a window changes so little that more
tests would find nothing earlier, and each costs its share of the false-alarm rate."""

RESERVE = 10.0
"""By how much stricter a test is than its share asks for. A source keeps one reference for years:
with an unlucky one of twenty a test of nominal chance p alarms in about 10 p, since the reference
is off centre by two of its standard errors. It costs a tenth of the power."""

_WANDER = 2.0
"""Factor on the distance of two halves of a reference that never stood still, for its level."""

Raw = Mapping[str, Rows]


@dataclass(frozen=True)
class Pace:
    """How frames of a stream are taken and tested.

    Args:
        every: one of so many frames is taken.
        reference: rows of a reference.
        window: rows of a window.
        step: rows from test to test.
    """

    every: int
    reference: int
    window: int
    step: int


def pace_of(config: MonitoringConfig) -> Pace:
    """How often is looked, for what was configured.

    Args:
        config: the table of line.toml.

    Example:
        >>> pace_of(MonitoringConfig())
        Pace(every=1, reference=500, window=100, step=5)
        >>> pace_of(MonitoringConfig(reference=20_000, window=1000))
        Pace(every=10, reference=2000, window=100, step=5)
    """
    every = max(-(-config.window // MOST_WINDOW_ROWS), -(-config.reference // MOST_ROWS))
    window = max(LEAST_WINDOW_ROWS, config.window // every)
    rows = max(LEAST_WINDOW_ROWS, config.reference // every)
    return Pace(every, rows, window, max(1, window // TESTS))


@dataclass(frozen=True, eq=False)
class Reference:
    """What is known of a channel.

    Args:
        key: of the frames that it is of, see `Observed`.
        raw: measure -> (row, dim) as observed.
        measures: measure -> its level.
        seen: what its camera showed; None of a signal.
        together: how its plain measures are made one point; None where they are not.
        wander: measure -> distance that was seen between halves, of a channel that never stood
            still; empty else.
    """

    key: str
    raw: Raw
    measures: Mapping[str, Measure]
    seen: Glance | None = None
    together: Together | None = None
    wander: Mapping[str, float] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether it stood still while it was taken."""
        return all(x.settled for x in self.measures.values())


def reference_of(
    key: str, raw: Raw, config: MonitoringConfig, seen: Glance | None = None
) -> Reference:
    """Learn the levels of a reference: together they are passed as often as configured.

    Args:
        key: of its frames.
        raw: measure -> (row, dim) in the order of time.
        config: window, false alarms per frame, seed.
        seen: what its camera showed.

    Example:
        >>> import numpy as np
        >>> rows = np.random.default_rng(0).normal(size=(100, 1)).astype(np.float32)
        >>> made = reference_of("", {"rms": rows}, MonitoringConfig(reference=100, window=20))
        >>> made.settled, list(made.measures)
        (True, ['rms'])
    """
    pace, together = pace_of(config), together_of(raw)
    # What never moved cannot pass by chance, and takes no share.
    moving = sum(bool((x != x[0]).any()) for x in raw.values()) + (together is not None)
    moving = max(moving, 1)
    chance = config.false_alarms * pace.step * pace.every / moving / RESERVE
    chance = min(max(chance, 1e-15), 0.5)
    measures = {
        name: learned(name, rows, pace.window, chance, config.seed) for name, rows in raw.items()
    }
    if together is not None:
        points, parts = together.points(raw), together.parts(raw)
        measures[TOGETHER] = learned(
            TOGETHER, points, pace.window, chance, config.seed, plain=parts
        )
    return Reference(key, raw, measures, seen, together)


def widened(reference: Reference, wander: Mapping[str, float]) -> Reference:
    """The reference of a channel that never stands still, with levels that allow for that.

    Args:
        reference: the last one that was tried.
        wander: measure -> greatest distance of two halves that was seen.

    Example:
        >>> import numpy as np
        >>> rows = np.random.default_rng(0).normal(size=(100, 1)).astype(np.float32)
        >>> made = reference_of("", {"rms": rows}, MonitoringConfig(reference=100, window=20))
        >>> widened(made, {"rms": 3.0}).measures["rms"].level
        6.0
    """
    measures = {
        name: replace(x, level=max(x.level, _WANDER * wander.get(name, 0.0)))
        for name, x in reference.measures.items()
    }
    return replace(reference, measures=measures, wander=dict(wander))


def same_names(rows: Mapping[str, Rows], raw: Raw) -> bool:
    """Whether a frame has all measures of a reference, each as long as there.

    Args:
        rows: measure -> (dim,).
        raw: measure -> (row, dim).

    Example:
        >>> import numpy as np
        >>> same_names({"rms": np.zeros(1, np.float32)}, {"rms": np.zeros((9, 1), np.float32)})
        True
    """
    return all(name in rows and len(rows[name]) == x.shape[1] for name, x in raw.items())
