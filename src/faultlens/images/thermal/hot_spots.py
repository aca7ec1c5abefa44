"""Hot spots of an infrared picture: hotter than nearly all of it, and than what is around them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import UsageError
from faultlens.images.thermal.blobs import Blob, blobs_of
from faultlens.images.thermal.hot_spot import HotSpot
from faultlens.images.thermal.thermal import Thermal

USUAL_SHARE = 0.98
"""Share of the pixels that are usual: a hot spot's excess is counted from there. Chosen on the 60
labelled pictures of the substation set, where .97 to .99 do nearly as well; see bench_hot_spots."""

SCORE_OF_KELVIN = (-2.01, 1.20)
"""Intercept and slope of the log-odds that an inspector marks a spot, by the logarithm of its
excess in K: even odds at 5.3 K. Fitted on the spots of the same 60 pictures, of which every one
holds a hot spot: it is no probability of a fault in a plant where most pictures hold none."""

SCORE_OF_SHARE = (-0.06, 0.70)
"""The same, by the logarithm of the excess as a share of the picture's upper half (98th percentile
less median): for pictures without temperatures."""

LEAST_SCORE = 0.35
"""Score from which a spot is told of, 3.2 K of excess: one false spot a picture on the same 60."""

MOST_SPOTS = 20
"""Spots of one picture that are told of, the worst."""

APART_PX = 20.0
"""Least distance of two spots on a picture of 384 x 288 pixels; nearer ones are one."""

LEAST_WARM_SHARE = 0.1
"""Share of what is around a spot that must be warmer than the picture's cold part, so that the rest
is left out as sky; of less, all of it counts."""

_WINDOW_OF_SIZES = 4.0
"""Half a side of the window in which a spot's extent is sought, in sizes of its blob."""


def hot_spots(
    thermal: Thermal,
    *,
    least_score: float = LEAST_SCORE,
    most: int = MOST_SPOTS,
    usual_share: float = USUAL_SHARE,
) -> tuple[HotSpot, ...]:
    """The hot spots of an infrared picture, the worst first.

    Args:
        thermal: with or without temperatures.
        least_score: spots below it are left out; 0 tells of every place that is warmer at all.
        most: how many at most; of more, the worst.
        usual_share: share of the pixels that are usual; lower it where what is hot fills more of
            the picture than the rest of it.

    Raises:
        UsageError: a score or a share that is none, or fewer than one spot.

    Source: blobs as in Lindeberg, Feature Detection with Automatic Scale Selection, International
    Journal of Computer Vision 30 (1998), here with differences of Gaussians.

    Example:
        >>> celsius = np.full((288, 384), 20, np.float32)
        >>> celsius[100:108, 200:208] = 95
        >>> spot, = hot_spots(Thermal(celsius))
        >>> spot.box, spot.celsius, spot.delta_celsius
        ((200, 100, 8, 8), 95.0, 75.0)
    """
    if not 0 <= least_score < 1 or most < 1 or not 0.5 <= usual_share < 1:
        raise UsageError(
            f"least_score is {least_score}, most {most} and usual_share {usual_share}; give a "
            "score from 0 to below 1, one spot at least, and a share from 0.5 to below 1."
        )
    known = np.isfinite(thermal.values)
    values = np.where(known, thermal.values, np.median(thermal.values[known]))
    middle, usual = (float(x) for x in np.quantile(values[known], [0.5, usual_share]))
    scene = _Scene(values, middle, usual, _split(np.minimum(values[known], usual)))
    found = [
        (strength, blob)
        for blob in blobs_of(values)
        if (strength := min(blob.peak - scene.usual, blob.contrast)) > 0
    ]
    kept = _apart(sorted(found, key=lambda x: -x[0]), values.shape)
    scored = ((scene.score(strength, thermal.is_celsius), blob) for strength, blob in kept)
    return tuple(
        _spot(scene, blob, score, is_celsius=thermal.is_celsius)
        for score, blob in list(scored)[:most]
        if score >= least_score
    )


@dataclass(frozen=True, eq=False)
class _Scene:
    """A picture's own measure: the median, where the unusual begins, where the sky ends."""

    values: NDArray[np.float32]
    middle: float
    usual: float
    cold: float

    def score(self, excess: float, is_celsius: bool) -> float:
        if is_celsius:
            intercept, slope = SCORE_OF_KELVIN
        else:
            intercept, slope = SCORE_OF_SHARE
            excess /= max(self.usual - self.middle, 1e-6)
        return float(1 / (1 + np.exp(-(intercept + slope * np.log(max(excess, 1e-9))))))


def _apart(ordered: list[tuple[float, Blob]], shape: tuple[int, ...]) -> list[tuple[float, Blob]]:
    """The worst of each crowd."""
    least = APART_PX * np.sqrt(shape[0] * shape[1] / (288 * 384))
    kept: list[tuple[float, Blob]] = []
    for strength, blob in ordered:
        if all(np.hypot(blob.row - x.row, blob.column - x.column) > least for _, x in kept):
            kept.append((strength, blob))
    return kept


def _spot(scene: _Scene, blob: Blob, score: float, *, is_celsius: bool) -> HotSpot:
    values = scene.values
    reach = int(np.ceil(_WINDOW_OF_SIZES * blob.size_px)) + 2
    top, left = max(blob.row - reach, 0), max(blob.column - reach, 0)
    window = values[top : blob.row + reach + 1, left : blob.column + reach + 1]
    around = _around(window, scene)
    # What is warm together with the spot: warmer than halfway between it and its surroundings.
    labels, _ = ndimage.label(window >= (blob.peak + around) / 2, structure=np.ones((3, 3)))
    mask = labels == labels[blob.row - top, blob.column - left]
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return HotSpot(
        row=blob.row,
        column=blob.column,
        box=(
            left + int(columns[0]),
            top + int(rows[0]),
            int(np.ptp(columns)) + 1,
            int(np.ptp(rows)) + 1,
        ),
        area_px=int(mask.sum()),
        score=score,
        celsius=blob.peak if is_celsius else None,
        surroundings_celsius=around if is_celsius else None,
    )


def _around(window: NDArray[np.float32], scene: _Scene) -> float:
    """Median of what is around a spot; the sky, and whatever else is far colder, left out."""
    inner = (window.shape[0] // 4, window.shape[1] // 4)
    ring = window.copy()
    ring[inner[0] : -inner[0] or None, inner[1] : -inner[1] or None] = np.nan
    around = ring[np.isfinite(ring)]
    if around.size == 0:
        return float(np.median(window))
    warm = around[around >= scene.cold]
    return float(np.median(warm if warm.size >= LEAST_WARM_SHARE * around.size else around))


def _split(values: NDArray[np.float32]) -> float:
    """The value that parts a picture best into colder and warmer.

    Source: Otsu, A Threshold Selection Method from Gray-Level Histograms, IEEE Transactions on
    Systems, Man, and Cybernetics 9 (1979).
    """
    counts, edges = np.histogram(values, bins=128)
    centres = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts), counts.sum()
    weight = np.cumsum(counts * centres)
    between = (weight[-1] * below - weight * total) ** 2 / np.maximum(below * (total - below), 1)
    return float(edges[int(between[:-1].argmax()) + 1])
