"""A reference is taken: the first frames of a channel, once they stand still."""

from collections import Counter, deque

import numpy as np

from faultlens.images.image import Image
from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.monitoring.energy import Rows
from faultlens.line.monitoring.observed import Observed
from faultlens.line.monitoring.reference import Reference, pace_of, reference_of, widened
from faultlens.line.monitoring.sights import Glance, glance, joined

TRIES = 8
"""Times that half a reference is thrown away because a machine still warms up."""

_LAST = 3
"""Tries whose wandering tells how far a channel that never stands still will go."""
_GLANCES = 20
_PRESENT = 0.95
"""Share of frames that must have a measure for it to be watched."""


class Collecting:
    """Frames of a channel until they make a reference.

    Args:
        config: how many, and the rest that levels are made of.
    """

    def __init__(self, config: MonitoringConfig) -> None:
        self._config = config
        self._pace = pace_of(config)
        self._seen: list[Observed] = []
        self._glances: deque[Glance] = deque(maxlen=_GLANCES)
        self._wander: deque[dict[str, float]] = deque(maxlen=_LAST)
        self._count = 0
        self.tries = 0

    def take(self, seen: Observed, image: Image | None) -> Reference | None:
        """One more frame; the reference once there are enough that stand still.

        Args:
            seen: the frame.
            image: its picture; None of a signal.
        """
        self._count += 1
        if (self._count - 1) % self._pace.every:
            return None
        if self._seen and seen.key != self._seen[-1].key:
            self._seen.clear()
        self._seen.append(seen)
        if image is not None and len(self._seen) % (self._pace.reference // _GLANCES or 1) == 0:
            self._glances.append(glance(image))
        return None if len(self._seen) < self._pace.reference else self._finished()

    def _finished(self) -> Reference | None:
        raw = stacked(self._seen)
        if not raw or min(len(x) for x in raw.values()) < self._pace.reference // 2:
            self._seen.clear()  # frames that have nothing in common
            return None
        shown = joined(list(self._glances))
        made = reference_of(self._seen[-1].key, raw, self._config, shown)
        if made.settled:
            return made
        self.tries += 1
        self._wander.append({name: x.halves for name, x in made.measures.items()})
        if self.tries < TRIES:
            self._seen = self._seen[len(self._seen) // 2 :]
            return None
        farthest = {name: max(x.get(name, 0.0) for x in self._wander) for name in made.measures}
        return widened(made, farthest)


def stacked(seen: list[Observed]) -> dict[str, Rows]:
    """(row, dim) of every measure that nearly all frames have; frames without one of them go.

    Args:
        seen: frames, oldest first.

    Example:
        >>> one = Observed("", {"rms": np.zeros(1, np.float32)})
        >>> stacked([one, one])["rms"].shape
        (2, 1)
    """
    shapes = Counter((name, len(row)) for x in seen for name, row in x.rows.items())
    kept = [shape for shape, count in shapes.items() if count >= _PRESENT * len(seen)]
    whole = [x for x in seen if all(len(x.rows.get(name, ())) == dim for name, dim in kept)]
    return {name: np.stack([x.rows[name] for x in whole]) for name, _ in sorted(kept)}
