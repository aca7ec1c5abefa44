"""All plain measures of a frame as one point, in which what always moves together counts once.

Parts differ, and a machine's load wanders: then brightness, or all bands, move by themselves, and a
change of a few per cent in one measure drowns. What measures do against each other is much
steadier. Rows are whitened by the scatter of the reference, so that a step counts by how unusual
its direction is.

Source: Mahalanobis, Proc. Natl. Inst. Sci. India 2 (1936).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from faultlens.line.monitoring.energy import Rows
from faultlens.line.monitoring.observed import LEAST, SPECTRUM

TOGETHER = "together"
"""Name of the measure."""

_PARTS = (
    "brightness", "contrast", "detail_1", "detail_2", "detail_4", "detail_8", "rms", "kurtosis",
)  # fmt: skip
"""Measures in dB, which scatter as Gaussian numbers do; shares of pixels do not."""

_GROUPS = 32
"""Bands of a spectrum, neighbours taken together: few enough to know how they move."""

_RIDGE_DB = 0.1
"""Scatter that is added in every direction: the sensor's own, and no direction is quite still."""


@dataclass(frozen=True, eq=False)
class Together:
    """How measures are made one point.

    Args:
        names: measures that are used.
        low: (part,) lower bounds.
        high: (part,) upper bounds.
        middle: (part,) their means in the reference.
        spread: (part,) their standard deviations.
        matrix: (part, dim) that whitens.
        least: (part,) step of each below which nobody has to come, dB.
    """

    names: tuple[str, ...]
    low: Rows
    high: Rows
    middle: Rows
    spread: Rows
    matrix: Rows
    least: Rows

    def parts(self, raw: Mapping[str, Rows]) -> Rows:
        """(row, part) measures side by side, as observed but cut at the bounds.

        Args:
            raw: measure -> (row, dim).
        """
        return np.clip(_side_by_side(raw, self.names), self.low, self.high)

    def points(self, raw: Mapping[str, Rows]) -> Rows:
        """(row, dim) whitened points.

        Args:
            raw: measure -> (row, dim).
        """
        return np.asarray((self.parts(raw) - self.middle) @ self.matrix, dtype=np.float32)

    def matters(self, raw: Mapping[str, Rows]) -> bool:
        """Whether some part has moved so far in the mean that somebody has to come.

        Args:
            raw: measure -> (row, dim) of a window.
        """
        step = np.abs(self.parts(raw).mean(axis=0) - self.middle)
        return bool((step > self.least).any())


def together_of(raw: Mapping[str, Rows]) -> Together | None:
    """How the measures of a reference are made one point; None where fewer than two move.

    Args:
        raw: measure -> (row, dim) of the reference.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> part = rng.normal(0, 3, (300, 1)).astype(np.float32)
        >>> raw = {"detail_1": part, "detail_2": part + rng.normal(0, 0.1, (300, 1))}
        >>> made = together_of(raw)
        >>> made.points(raw).shape, made.names
        ((300, 2), ('detail_1', 'detail_2'))
    """
    names = tuple(x for x in (*_PARTS, SPECTRUM) if x in raw and raw[x].std(axis=0).max() > 0)
    if not names:
        return None
    rows = _side_by_side(raw, names)
    if rows.shape[1] < 2:
        return None
    widths = [min(raw[x].shape[1], _GROUPS) for x in names]
    least = np.repeat([LEAST[x] for x in names], widths).astype(np.float32)
    centre = np.median(rows, axis=0)
    # 1.4826: the median distance of Gaussian values is so much smaller than their deviation.
    room = 4 * np.hypot(1.4826 * np.median(np.abs(rows - centre), axis=0), least)
    low, high = (centre - room).astype(np.float32), (centre + room).astype(np.float32)
    cut = np.clip(rows, low, high)
    middle = cut.mean(axis=0)
    scatter = np.cov((cut - middle).T.astype(np.float64)) + _RIDGE_DB**2 * np.eye(len(middle))
    sizes, ways = np.linalg.eigh(scatter)
    matrix = (ways / np.sqrt(sizes)).astype(np.float32)
    return Together(names, low, high, middle, cut.std(axis=0), matrix, least)


def _side_by_side(raw: Mapping[str, Rows], names: tuple[str, ...]) -> Rows:
    return np.hstack([_grouped(raw[x]) for x in names]).astype(np.float32)


def _grouped(rows: Rows) -> Rows:
    if rows.shape[1] <= _GROUPS:
        return rows
    edges = np.arange(_GROUPS) * rows.shape[1] // _GROUPS
    sizes = np.diff(np.append(edges, rows.shape[1]))
    return np.asarray(np.add.reduceat(rows, edges, axis=1) / sizes, dtype=np.float32)
