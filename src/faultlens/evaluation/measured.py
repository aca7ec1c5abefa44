"""The figures of predictions with their intervals, of one training or the mean of several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.evaluation.predictions import Predictions
from faultlens.metrics.calibration import BINS
from faultlens.metrics.multiclass import Key, seen_and_unseen, tally
from faultlens.metrics.paired import Difference, mean_over_seeds, paired_difference
from faultlens.metrics.resamples import Resamples, interval_of, resamples

HEALTHY = "healthy"
"""The class whose windows count as false alarms when they are called anything else."""

ACCURACY: Key = ("accuracy",)
MACRO_F1: Key = ("f1", "macro")
CALIBRATION: Key = ("expected_calibration_error",)
FALSE_ALARMS: Key = ("false_alarms_on_healthy",)

FEW_GROUPS = 5
"""With fewer recordings per class than this, drawing them again shows few different outcomes."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """Every figure of one model, in every draw.

    Args:
        draws: key of the figure -> (draw,) its mean over the seeds; first of the data as they are.
        by_seed: key of the figure -> (seed, draw).
        confusion: (class, class) windows of each true class called each class, of all seeds.
        drawn: what was drawn.
        classes: names of the classes.
    """

    draws: Mapping[Key, Array]
    by_seed: Mapping[Key, Array]
    confusion: NDArray[np.intp]
    drawn: Resamples
    classes: tuple[str, ...]

    def value(self, key: Key) -> float | None:
        """The figure; None where it is not defined, as for a class that does not occur."""
        found = float(self.draws[key][0])
        return found if np.isfinite(found) else None

    def interval(self, key: Key) -> tuple[float, float] | None:
        """Its 95 % interval; None where it is not defined."""
        if self.value(key) is None:
            return None
        label = key[2] if key[1:2] == ("per_class",) else None
        if key == FALSE_ALARMS:
            label = HEALTHY
        units = self.drawn.units if label is None else self.drawn.units_of[label]
        low, high = interval_of(self.draws[key], units=None if key == CALIBRATION else units)
        # The calibration error of a draw is biased upwards, which may leave the value outside.
        value = float(self.draws[key][0])
        return (min(low, value), max(high, value)) if np.isfinite(low) else None

    @property
    def as_dict(self) -> dict[str, Any]:
        """Every figure, nested by its key."""
        return _nested({key: self.value(key) for key in self.draws})

    @property
    def intervals(self) -> dict[str, Any]:
        """Every interval, nested as the figures are."""
        spans = {key: self.interval(key) for key in self.draws}
        return _nested({key: None if x is None else list(x) for key, x in spans.items()})


def measure(
    trainings: Sequence[Predictions], *, unseen: Sequence[str] = (), seed: int = 0
) -> Measured:
    """Measure a model: figures, and what they are when recordings and seeds are drawn again.

    Args:
        trainings: answers of trainings that differ in their seed, to the same windows.
        unseen: classes that no training window had.
        seed: seed of the draws.

    Raises:
        UsageError: no predictions, or of other windows.

    Example:
        >>> scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
        >>> made = Predictions(("inner", "outer"), tuple("abcd"), tuple("abcd"), tuple("abcd"),
        ...                    ("",) * 4, ("inner", "inner", "outer", "outer"), np.zeros(4, int),
        ...                    scores)
        >>> found = measure([made])
        >>> found.value(ACCURACY), found.interval(ACCURACY)
        (0.75, (0.5, 1.0))
    """
    if not trainings:
        raise UsageError("No predictions; give those of one training at least.")
    for each in trainings[1:]:
        refuse_other_windows(trainings[0], each)
    first = trainings[0]
    drawn = resamples(first.group, first.truth, _positions(first), seed=seed)
    found: dict[Key, list[Array]] = {}
    confusion = np.zeros((len(first.classes), len(first.classes)))
    for each in trainings:
        counted = tally(each.truth_index, each.scores, drawn)
        confusion += counted.confusion[0]
        figures = dict(counted.figures(each.classes))
        if HEALTHY in first.truth:
            figures[FALSE_ALARMS] = 1 - counted.recall[:, first.classes.index(HEALTHY)]
        figures[CALIBRATION] = _calibration_error(each, drawn)
        if unseen:
            parts = seen_and_unseen(counted, each.classes, unseen)
            figures |= {("seen_and_unseen", name): x for name, x in parts.items()}
        for key, values in figures.items():
            found.setdefault(key, []).append(values)
    by_seed = {key: np.stack(x) for key, x in found.items()}
    return Measured(
        draws={key: mean_over_seeds(x, seed=seed) for key, x in by_seed.items()},
        by_seed=by_seed,
        confusion=confusion.round().astype(np.intp),
        drawn=drawn,
        classes=first.classes,
    )


def difference(first: Measured, second: Measured, key: Key = MACRO_F1) -> Difference:
    """How much better the first model is than the second, on the same draws.

    Args:
        first: measured on the same windows as the second, with the same seed of the draws.
        second: the other.
        key: figure to compare.

    Raises:
        UsageError: they were measured on other windows, or the figure is not defined.

    Example:
        >>> made = Predictions(("inner", "outer"), ("a", "b"), ("a", "b"), ("a", "b"), ("", ""),
        ...                    ("inner", "outer"), np.zeros(2, int), np.eye(2))
        >>> difference(measure([made]), measure([made.answered(np.eye(2)[::-1])]), ACCURACY).value
        1.0
    """
    same = first.drawn.counts.shape == second.drawn.counts.shape
    if not same or not np.array_equal(first.drawn.unit_of, second.drawn.unit_of):
        raise UsageError(
            "The two models were measured on other windows; a paired difference needs the same "
            "windows in the same order."
        )
    return paired_difference(first.by_seed[key], second.by_seed[key])


def refuse_other_windows(first: Predictions, second: Predictions) -> None:
    """Refuse to compare answers to different windows.

    Args:
        first: answers of one model.
        second: answers of another.

    Raises:
        UsageError: other windows, another order, or other classes.

    Example:
        >>> made = Predictions(("inner",), ("a",), ("a",), ("a",), ("",), ("inner",),
        ...                    np.zeros(1, int), np.ones((1, 1)))
        >>> refuse_other_windows(made, made)
    """
    columns = ("classes", "file", "recording", "group", "truth")
    other = [x for x in columns if getattr(first, x) != getattr(second, x)]
    if not np.array_equal(first.window, second.window):
        other.append("window")
    if other:
        raise UsageError(
            f"Predictions that differ in {', '.join(other)}; models are compared on the same "
            "windows in the same order, with the same classes."
        )


def interval_notices(drawn: Resamples, over: str = "recordings") -> tuple[Notice, ...]:
    """What a reader must know of the intervals, where they are narrower than the truth.

    Args:
        drawn: what was drawn.
        over: what the groups are: "recordings" or "bearings".

    Example:
        >>> interval_notices(resamples(["a", "b"], ["x", "y"], [0, 0]))[0].en
        'Only one of the recordings is of the class x, y: ...'
    """
    zh = {"recordings": "段记录", "bearings": "个轴承"}.get(over, "组")
    if drawn.blocked:
        names = ", ".join(drawn.blocked)
        return (
            Notice(
                en=f"Only one of the {over} is of the class {names}: its interval is over blocks "
                "of neighbouring windows within it. It does not tell how the next one would do, "
                "and is too narrow.",
                zh=f"以下类别只有一{zh}：{names}。其区间按该{zh[-2:]}内相邻窗口的分块计算，"
                "不能说明对其他数据的表现，因而偏窄。",
            ),
        )
    if drawn.groups < FEW_GROUPS:
        return (
            Notice(
                en=f"The class with the fewest has {drawn.groups:d} {over}: the intervals are "
                "rough, and rather too narrow than too wide.",
                zh=f"样本最少的类别只有 {drawn.groups:d} {zh}：区间只是粗略估计，往往偏窄。",
            ),
        )
    return ()


def _positions(predictions: Predictions) -> NDArray[np.intp]:
    """Rank in time within a group, whose files follow each other."""
    order = np.lexsort((predictions.window, np.asarray(predictions.file)))
    places = np.empty(len(order), dtype=np.intp)
    places[order] = np.arange(len(order))
    return places


def _calibration_error(predictions: Predictions, drawn: Resamples) -> Array:
    """As `metrics.calibration.expected_calibration_error`, for all draws at once."""
    edges = np.linspace(0, 1, BINS + 1)
    bins = np.searchsorted(edges[1:-1], predictions.confidence, side="left")
    gaps = np.zeros((drawn.units, BINS))
    np.add.at(gaps, (drawn.unit_of, bins), predictions.confidence - predictions.right)
    sizes = np.bincount(drawn.unit_of, minlength=drawn.units)
    errors: Array = np.abs(drawn.counts @ gaps).sum(axis=1) / (drawn.counts @ sizes)
    return errors


def _nested(figures: Mapping[Key, Any]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in figures.items():
        place = table
        for name in key[:-1]:
            place = place.setdefault(name, {})
        place[key[-1]] = value
    return table
