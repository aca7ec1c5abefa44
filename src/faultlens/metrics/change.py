"""When a series leaves its own healthy start: an indicator with its band, from the past alone.

Two things are watched. Small and lasting: each measure against its first recordings, smoothed over
about twenty; the highest eighth of them is the score. Gross and broad: by how much half of all
bands have risen at once, within three recordings. Falls never count: a machine that runs in gets
quieter.
"""

from collections import deque
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError

Array = NDArray[np.float64]

MEMORY = 0.05
"""Weight of the newest recording in the smoothed measures: about twenty recordings count. Of .1 and
.05 the one that parted the healthy thirds of the learning set better from what came later."""

CLIP = (-2.0, 3.0)
"""Spreads that one recording may add: a single shock must not warn."""

TOP_SHARE = 1 / 8
"""Share of the measures, the highest, that make the score: a fault does not move all of them."""

HIGHEST_HEALTHY = (1.132, 0.1404)
"""Location and scale of the Gumbel law of the highest score that a healthy asset reaches.

Fitted by moments to the first thirds of life of the six FEMTO bearings of the learning set (scores
1.07, 1.21, 1.44, 0.97, 1.19, 1.40); `python -m benches.trend` lists them."""

STRICTEST, LOOSEST = 0.001, 0.5
"""False-alarm rates for which a limit can be given: the law was fitted to six assets."""

BROAD_WARNING_DB = 5.0
"""Rise of half of all bands that warns at once. Healthy thirds of those six: 1.2 dB at most."""

WARNING, ALARM = 1.0, 2.0
"""Indicator that warns, and that alarms: a broad rise of 10 dB, three times the amplitude."""

LASTING_AT_MOST = 1.8
"""Indicator that the score alone can reach: one band that stays loud warns, and never alarms."""

DRAWS = 100
"""Draws of the healthy recordings for the band."""

_NORMAL_95 = 1.96
_BROAD_MEMORY = 0.2  # weight of the newest recording in the mean that its scatter is taken about
_MEDIAN_OF_3 = 0.67  # standard deviation of the median of three Gaussian values of deviation 1
_BLAND = 1e-9


@dataclass(frozen=True, eq=False)
class Followed:
    """A series of recordings against its own healthy start.

    Args:
        indicator: (recording,) 1 warns, 2 alarms.
        low: (recording,) lower end of its 95 % band.
        high: (recording,) upper end.
        score: (recording,) the smoothed score, in spreads, before it is divided by its limit.
        broad_db: (recording,) by how much half of all bands have risen, dB.
        smoothed: (recording, measure) each measure's smoothed distance, in spreads.
        centres: (measure,) the healthy middle of each measure.
        limit: score that warns, spreads.
        healthy: recordings that were taken as healthy.
    """

    indicator: Array
    low: Array
    high: Array
    score: Array
    broad_db: Array
    smoothed: Array
    centres: Array
    limit: float
    healthy: int

    def first(self, level: float) -> int | None:
        """Number of the first recording behind the healthy ones that reaches a level, or None."""
        reached = np.flatnonzero(self.indicator[self.healthy :] >= level)
        return int(reached[0]) + self.healthy if len(reached) else None


def warning_limit(false_alarms: float) -> float:
    """Score that a healthy asset exceeds with chance `false_alarms`, spreads.

    The chance is meant for the whole healthy life of one asset, not for one recording, and nominal:
    it holds for assets that wander as those did on which the law was fitted.

    Raises:
        UsageError: a rate outside 0.001 to 0.5.

    Source: Gumbel, Statistics of Extremes (1958): x = location - scale ln(-ln(1 - rate)).

    Example:
        >>> round(warning_limit(0.1), 2), round(warning_limit(0.01), 2)
        (1.45, 1.78)
    """
    if not STRICTEST <= false_alarms <= LOOSEST:
        raise UsageError(
            f"A false-alarm rate of {false_alarms}; it must lie in {STRICTEST} to {LOOSEST}: the "
            "chance that a healthy asset is ever warned of, for example 0.1."
        )
    location, scale = HIGHEST_HEALTHY
    return location - scale * log(-log(1 - false_alarms))


def follow(
    values: Array,
    *,
    floors: Array,
    bands: NDArray[np.bool_],
    healthy: int,
    false_alarms: float,
    seed: int = 0,
) -> Followed:
    """Follow measures from recording to recording; each value depends on the past alone.

    Args:
        values: (recording, measure) in the order of time; every measure grows as a fault does.
        floors: (measure,) spread below which the scatter of a measure is not believed.
        bands: (measure,) which of them are levels of bands, dB.
        healthy: how many recordings from the first are healthy, 3 at least.
        false_alarms: as in `warning_limit`.
        seed: of the draws behind the band.

    Raises:
        UsageError: shapes that do not fit, or fewer than 3 healthy recordings.

    Source: Roberts, Technometrics 1 (1959), the smoothing (EWMA); clipped as in Lucas, Crosier,
    Technometrics 24 (1982), the robust chart.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> values = rng.normal(size=(60, 8))
        >>> values[40:, 2] += 6.0
        >>> followed = follow(values, floors=np.ones(8), bands=np.ones(8, bool), healthy=20,
        ...                   false_alarms=0.1)
        >>> 40 < followed.first(WARNING) < 58
        True
    """
    values = np.asarray(values, dtype=np.float64)
    _check(values, floors, bands, healthy)
    limit = warning_limit(false_alarms)
    centres, spreads = _references(values[:healthy], floors, seed)
    top = ceil(TOP_SHARE * values.shape[1])
    smoothed = np.zeros_like(centres)
    scatter = np.ones(values.shape[1])
    last: deque[Array] = deque(maxlen=3)
    broad_mean, broad_scatter = 0.0, 1.0
    rows: list[tuple[float, ...]] = []
    kept = []
    for number, value in enumerate(values):
        distance = np.clip((value - centres) / spreads, *CLIP)
        scatter += MEMORY * ((distance[0] - smoothed[0]) ** 2 - scatter)
        smoothed += MEMORY * (distance - smoothed)
        score = _score(smoothed, top)
        last.append(value)
        broad = np.zeros(len(centres))
        if bands.any():
            # Until there are three, the lowest: the first recording alone warns of nothing.
            recent = np.median(last, axis=0) if number > 1 else np.min(last, axis=0)
            broad = np.median((recent - centres)[:, bands], axis=1)
            now = float(np.median((value - centres[0])[bands]))
            broad_scatter += MEMORY * ((now - broad_mean) ** 2 - broad_scatter)
            broad_mean += _BROAD_MEMORY * (now - broad_mean)
        lasting = np.minimum(score / limit, LASTING_AT_MOST)
        indicator = np.maximum(lasting, broad / BROAD_WARNING_DB)
        if lasting[0] >= broad[0] / BROAD_WARNING_DB:
            noise = _score_noise(smoothed[0], scatter, top) / limit
        else:
            noise = _MEDIAN_OF_3 * np.sqrt(broad_scatter) / BROAD_WARNING_DB
        half = _NORMAL_95 * float(np.hypot(noise, indicator[1:].std()))
        rows.append((indicator[0], indicator[0] - half, indicator[0] + half, score[0], broad[0]))
        kept.append(smoothed[0].copy())
    columns = np.array(rows).T
    return Followed(
        columns[0],
        np.maximum(columns[1], 0.0),
        columns[2],
        columns[3],
        columns[4],
        np.array(kept),
        centres[0],
        limit,
        healthy,
    )


def _check(values: Array, floors: Array, bands: NDArray[np.bool_], healthy: int) -> None:
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise UsageError(
            f"Values of shape {values.shape}; they must be finite, shape (recording, measure)."
        )
    if floors.shape != values.shape[1:] or bands.shape != values.shape[1:]:
        raise UsageError(
            f"{values.shape[1]} measures with {len(floors)} floors and {len(bands)} marks of "
            "bands; each measure needs one of both."
        )
    if not 3 <= healthy <= len(values):
        raise UsageError(
            f"{healthy} healthy recordings of {len(values)}; name at least 3 and not more than "
            "there are."
        )


def _references(healthy: Array, floors: Array, seed: int) -> tuple[Array, Array]:
    """(draw, measure) centres and spreads: of the healthy recordings, then of draws of them."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(healthy), (DRAWS, len(healthy)))
    samples = np.concatenate([healthy[None], healthy[drawn]])
    centres = np.median(samples, axis=1)
    # 1.4826: the median distance of Gaussian values is so much smaller than their deviation.
    spreads = 1.4826 * np.median(np.abs(samples - centres[:, None]), axis=1)
    return centres, np.hypot(spreads, floors)


def _score(smoothed: Array, top: int) -> Array:
    highest = np.partition(smoothed, -top, axis=-1)[..., -top:]
    score: Array = np.sqrt(np.mean(np.maximum(highest, 0.0) ** 2, axis=-1))
    return score


def _score_noise(smoothed: Array, scatter: Array, top: int) -> float:
    """Standard deviation of the score by what recordings scatter, as if measures erred together."""
    highest = np.argpartition(smoothed, -top)[-top:]
    deviation = np.sqrt(MEMORY / (2 - MEMORY) * scatter[highest])
    weight = np.maximum(smoothed[highest], _BLAND)
    return float(np.sum(weight * deviation) / np.sqrt(top * np.sum(weight**2)))
