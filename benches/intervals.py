"""Figures over judged windows, with intervals over the recordings they come from."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benches.windows import Judged
from faultlens.metrics.calibration import expected_calibration_error
from faultlens.metrics.classification import auroc
from faultlens.metrics.intervals import bootstrap_interval, share_interval

OfDraw = Callable[[NDArray[np.intp]], float]
"""Indices of the windows drawn -> the figure."""


def balanced_share(rows: Sequence[Judged], hits: Sequence[bool]) -> OfDraw:
    """Mean over the labels of the share of hits; of one label, that share.

    Args:
        rows: judged windows.
        hits: whether each is one.

    Example:
        >>> balanced_share([], [])(np.arange(0))
        nan
    """
    labels, marks = np.array([x.label for x in rows]), np.array(hits, dtype=float)
    classes = sorted(set(labels.tolist()))

    def of_draw(index: NDArray[np.intp]) -> float:
        drawn, its = labels[index], marks[index]
        return float(np.mean([its[drawn == x].mean() for x in classes])) if classes else np.nan

    return of_draw


def area(rows: Sequence[Judged]) -> OfDraw:
    """Chance that a faulty window has the higher fault score than a healthy one.

    Args:
        rows: judged windows, healthy ones among them.

    Example:
        >>> area([])(np.arange(0))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 0 positives and 0 negatives; ...
    """
    scores = np.array([x.fault_score for x in rows])
    healthy = np.array([x.label == "healthy" for x in rows], dtype=bool)
    return lambda index: auroc(scores[index][~healthy[index]], scores[index][healthy[index]])


def calibration_error(rows: Sequence[Judged]) -> OfDraw:
    """How far the confidence in what is held likeliest is from the share that is right.

    Args:
        rows: judged windows.

    Example:
        >>> calibration_error([])(np.arange(0))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 0 confidences and 0 answers; ...
    """
    stated = np.array([x.confidence for x in rows])
    right = np.array([x.right for x in rows], dtype=bool)
    return lambda index: expected_calibration_error(stated[index], right[index])


def over_recordings(figure: OfDraw, rows: Sequence[Judged]) -> tuple[float, float, float]:
    """The figure of all windows, and its 95 % interval when recordings are drawn again.

    Args:
        figure: of the windows drawn.
        rows: judged windows; each rig and label keeps its number of recordings.

    Returns:
        value, lower and upper end.

    Example:
        >>> one = Judged("rig", "rig/1", "outer", "m", "speed", False, "outer", "outer_race",
        ...              "outer_race", 0.9, 0.9, True, 0.5)
        >>> over_recordings(balanced_share([one], [True]), [one])
        (1.0, 1.0, 1.0)
    """
    low, high = bootstrap_interval(
        figure, [x.recording for x in rows], strata=[f"{x.rig}/{x.label}" for x in rows]
    )
    return figure(np.arange(len(rows))), low, high


def share_over_recordings(
    rows: Sequence[Judged], hits: Sequence[bool]
) -> tuple[float, float, float]:
    """The balanced share of hits with its interval, also where all or none are hits.

    Drawing again shows nothing that was never seen, so a share of 0 or 1 takes the interval of as
    many independent trials as there are recordings: the windows of one agree.

    Args:
        rows: judged windows.
        hits: whether each is one.

    Returns:
        value, lower and upper end.

    Example:
        >>> one = Judged("rig", "rig/1", "outer", "m", "speed", False, "outer", "outer_race",
        ...              "outer_race", 0.9, 0.9, True, 0.5)
        >>> value, low, high = share_over_recordings([one], [True])
        >>> value, round(low, 3), high
        (1.0, 0.207, 1.0)
    """
    if all(hits) or not any(hits):
        groups = len({x.recording for x in rows})
        return float(hits[0]), *share_interval(groups if hits[0] else 0, groups)
    return over_recordings(balanced_share(rows, hits), rows)
