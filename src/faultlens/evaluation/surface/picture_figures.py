"""Figures of judged pictures, each with its interval over groups of pictures and over draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.evaluation.surface.judged import JudgedPictures
from faultlens.metrics.paired import mean_over_seeds
from faultlens.metrics.pixel_counts import drawn_counts, pixel_figures
from faultlens.metrics.ranking import drawn_rankings
from faultlens.metrics.resamples import interval_of, resamples

DRAWS = 1000
PIXEL_DRAWS = 200
"""Draws of an interval; fewer for pixels, of which each draw adds up all pictures."""

IMAGE = ("auroc", "average_precision", "best_f1")
PIXEL = ("auroc", "average_precision", "best_f1", "region_overlap_area")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spanned:
    """A figure with its 95 % interval.

    Args:
        value: the figure; the mean over draws where there are several.
        low: lower end.
        high: upper end.
        n: pictures behind it, of all draws together where they differ.
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """How often each picture of each test is drawn, alike for every model that is compared.

    Args:
        weights: of each test, (draw, picture); the first draw is the data as they are.
        units: groups in all.
    """

    weights: tuple[Array, ...]
    units: int


def drawn_groups(tests: Sequence[JudgedPictures], *, draws: int = DRAWS, seed: int = 0) -> Drawn:
    """Draw groups with replacement, the same for all tests: a picture in two of them is one.

    Args:
        tests: of several draws of references, from one data set.
        draws: number of draws.
        seed: seed of the draws.

    Raises:
        UsageError: no tests.

    Source:
        Field, Welsh, J. R. Stat. Soc. B 69 (2007), clusters within their classes.

    Example:
        >>> drawn_groups([])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No judged pictures; give those of one test at least.
    """
    if not tests:
        raise UsageError("No judged pictures; give those of one test at least.")
    facts: dict[str, tuple[str, str]] = {}
    for each in tests:
        for file, group, truth in zip(each.file, each.group, each.truth, strict=True):
            facts.setdefault(file, (group, truth))
    files = list(facts)
    groups, labels = ([facts[x][i] for x in files] for i in (0, 1))
    made = resamples(groups, labels, np.zeros(len(files), dtype=int), draws=draws, seed=seed)
    place = {x: i for i, x in enumerate(files)}
    by_file = made.counts[:, made.unit_of]
    weights = tuple(by_file[:, [place[x] for x in each.file]] for each in tests)
    return Drawn(weights, made.units)


def image_figures(tests: Sequence[JudgedPictures], drawn: Drawn) -> dict[str, Spanned]:
    """How well alarm scores part pictures of defects from clean ones.

    Args:
        tests: of one draw of references, or of several.
        drawn: what `drawn_groups` gave for them.

    Returns:
        figures of `IMAGE`; empty where the pictures are of one kind only.

    Source:
        `metrics.ranking`; over draws as in `metrics.paired`.

    Example:
        >>> from faultlens.evaluation.surface.judged import JudgedPictures
        >>> image_figures.__name__
        'image_figures'
    """
    if not all(0 < x.defective.sum() < len(x.defective) for x in tests):
        return {}
    found = [
        drawn_rankings(x.alarm_score, x.defective, weights)
        for x, weights in zip(tests, drawn.weights, strict=True)
    ]
    n = sum(len(x.file) for x in tests)
    return {name: spanned(np.stack([x[name] for x in found]), n) for name in IMAGE}


def pixel_figures_of(tests: Sequence[JudgedPictures], drawn: Drawn) -> dict[str, Spanned]:
    """How well heat maps show where defects are, over all pixels of pictures with a mask.

    Args:
        tests: of one draw of references, or of several.
        drawn: what `drawn_groups` gave for them.

    Returns:
        figures of `PIXEL`; empty where no picture of a defect has a mask.

    Source:
        `metrics.pixel_counts`.

    Example:
        >>> pixel_figures_of([], Drawn((), 0))
        {}
    """
    rows: dict[str, list[Array]] = {x: [] for x in PIXEL}
    n = 0
    for each, weights in zip(tests, drawn.weights, strict=True):
        kept = [i for i, x in enumerate(each.counts) if x is not None]
        counts = [x for x in each.counts if x is not None]
        if not any(x.defect.any() for x in counts):
            return {}
        n += len(kept)
        found = []
        for total in drawn_counts(counts, weights[: PIXEL_DRAWS + 1, kept]):
            both = total.clean.any() and total.defect.any()
            made = pixel_figures(total) if both else None
            found.append([np.nan if made is None else getattr(made, x) for x in PIXEL])
        for name, values in zip(PIXEL, np.array(found).T, strict=True):
            rows[name].append(values)
    return {name: spanned(np.stack(x), n) for name, x in rows.items() if x}


def share_figure(
    tests: Sequence[JudgedPictures],
    drawn: Drawn,
    hits: Sequence[NDArray[np.bool_]],
    among: Sequence[NDArray[np.bool_]],
    *,
    balanced: bool = False,
) -> Spanned | None:
    """The share of pictures of which something is so.

    Args:
        tests: of one draw of references, or of several.
        drawn: what `drawn_groups` gave for them.
        hits: of each test, (picture,) whether it is so.
        among: of each test, (picture,) which pictures count.
        balanced: the mean of the shares of each label, not that of all pictures.

    Returns:
        None where no picture counts.

    Source:
        Wilson, J. Am. Stat. Assoc. 22 (1927), where every draw has the same share.

    Example:
        >>> share_figure([], Drawn((), 0), [], []) is None
        True
    """
    rows, n, units = [], 0, set()
    for each, weights, hit, counted in zip(tests, drawn.weights, hits, among, strict=True):
        if not counted.any():
            return None
        labels = np.array(each.truth if balanced else ["all"] * len(each.truth))
        shares = []
        for label in np.unique(labels[counted]):
            its = weights * (counted & (labels == label))
            total = its.sum(axis=1)
            shares.append(
                np.where(total > 0, (its * hit).sum(axis=1) / np.maximum(total, 1), np.nan)
            )
        rows.append(_mean_of_known(np.stack(shares)))
        n += int(counted.sum())
        units |= {x for x, y in zip(each.group, counted, strict=True) if y}
    return spanned(np.stack(rows), n, units=len(units)) if rows else None


def naming(
    judged: JudgedPictures, meant: Mapping[str, str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which named defects were called what they are, when the defect with the best score is taken.

    Args:
        judged: the answers.
        meant: true label -> the sentence that asks for it.

    Returns:
        (picture,) whether it was called rightly, and (picture,) whether it counts.

    Example:
        >>> naming.__name__
        'naming'
    """
    counted = judged.defective & np.array([x in meant for x in judged.truth])
    if not judged.sentences:
        return np.zeros(len(counted), dtype=bool), np.zeros(len(counted), dtype=bool)
    best = [judged.sentences[i] for i in judged.scores.argmax(axis=1)]
    right = np.array([meant.get(x) == y for x, y in zip(judged.truth, best, strict=True)])
    return right & counted, counted


def spanned(values: Array, n: int, *, units: int | None = None) -> Spanned:
    """The mean of several draws of references with its interval over groups and over draws.

    Args:
        values: (seed, draw) the figure; the first draw is the data as they are.
        n: pictures behind it.
        units: groups behind a share; None for other figures.

    Example:
        >>> spanned(np.array([[0.5, 0.25, 0.75]]), 10)
        Spanned(value=0.5, low=0.2625, high=0.7375, n=10)
    """
    over = mean_over_seeds(values)
    low, high = interval_of(over, units=units)
    value = float(over[0])
    return Spanned(value, min(low, value), max(high, value), n)


def _mean_of_known(values: Array) -> Array:
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis=0)
    mean: Array = np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)
    return mean
