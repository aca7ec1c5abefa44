"""`few_shot`: how much a few labelled windows of a machine help on its other recordings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from faultlens.core.errors import UsageError
from faultlens.core.progress import progress
from faultlens.datasets.labelled import LabelledRecording
from faultlens.metrics.paired import Difference
from faultlens.models.tuning import left_out, tuned, tuned_scores
from faultlens.training.shots import Shots, Tunable, picked, read_shots, tunable
from faultlens.training.tune import balanced


@dataclass(frozen=True)
class Draw:
    """One choice of labelled windows.

    Args:
        seed: of the choice.
        before: balanced accuracy of the base on the windows of all other recordings.
        after: of the tuned model on the same windows.
        recalls: of the tuned model, class -> share of its windows.
        expected: balanced accuracy that leaving out the labelled windows in turn promised.
        windows: that were tested.
        recordings: that these came from.
    """

    seed: int
    before: float
    after: float
    recalls: dict[str, float]
    expected: float
    windows: int
    recordings: int


@dataclass(frozen=True)
class FewShot:
    """What a few labelled windows per class are worth.

    Args:
        model: name and hash of the base.
        classes: told apart.
        shots: labelled windows per class, each from a recording of its own.
        window_s: length of a window, s.
        draws: every choice of them.
    """

    model: str
    classes: tuple[str, ...]
    shots: int
    window_s: float
    draws: tuple[Draw, ...]

    @property
    def before(self) -> Difference:
        """Balanced accuracy of the base: mean over draws, with its interval."""
        return _of_share(over_draws([x.before for x in self.draws]))

    @property
    def after(self) -> Difference:
        """Balanced accuracy when tuned: mean over draws, with its interval."""
        return _of_share(over_draws([x.after for x in self.draws]))

    @property
    def difference(self) -> Difference:
        """The second less the first, draw by draw."""
        return over_draws([x.after - x.before for x in self.draws])

    def to_dict(self) -> dict[str, Any]:
        """As a table for JSON."""
        told = {
            name: {"value": x.value, "low": x.low, "high": x.high}
            for name in ("before", "after", "difference")
            if isinstance(x := getattr(self, name), Difference)
        }
        return {
            "model": self.model,
            "classes": list(self.classes),
            "shots": self.shots,
            "window_s": self.window_s,
            "balanced_accuracy": told,
            "recalls": {
                name: float(np.mean([x.recalls[name] for x in self.draws])) for name in self.classes
            },
            "draws": [
                {
                    "seed": x.seed,
                    "before": x.before,
                    "after": x.after,
                    "expected": x.expected,
                    "windows": x.windows,
                    "recordings": x.recordings,
                }
                for x in self.draws
            ],
        }

    @property
    def in_words(self) -> str:
        """The figures in one sentence."""
        after, before, gain = self.after, self.before, self.difference
        verdict = "" if gain.is_better else " Tuning is no better beyond the interval."
        return (
            f"{self.shots} labelled windows per class, {len(self.draws)} draws: balanced accuracy "
            f"{after.value:.3f} [{after.low:.3f}, {after.high:.3f}] on the other recordings; "
            f"{self.model.partition('@')[0]} without them {before.value:.3f} [{before.low:.3f}, "
            f"{before.high:.3f}], difference {gain.value:+.3f} [{gain.low:+.3f}, "
            f"{gain.high:+.3f}].{verdict}"
        )


def few_shot(
    model_name: str,
    recordings: Sequence[LabelledRecording],
    *,
    shots: int,
    draws: int = 10,
    seed: int = 0,
    quiet: bool = True,
) -> FewShot:
    """Tune a model on a few labelled windows, and test it on all recordings that none came from.

    Args:
        model_name: what is tuned, "builtin/bearing" or a bundle like it.
        recordings: labelled, all of one sampling rate, each with speed and bearing.
        shots: labelled windows per class, each from a recording of its own.
        draws: choices of them.
        seed: of the first choice; each further draw takes the next number.
        quiet: no progress bar.

    Raises:
        UsageError: a model that cannot be tuned, one class, a class that the model does not tell,
            mixed rates, too few recordings to learn from some and test on others, or no draw.
        InputError: recordings without speed or bearing, or that cannot be judged.

    Example:
        >>> few_shot("builtin/physics", [], shots=5)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/physics@... cannot be tuned: ...
    """
    if draws < 1:
        raise UsageError(f"{draws} draws of the labelled windows; give 1 or more.")
    given = tunable(recordings, model_name)
    _refuse_too_few(given, shots)
    whole = picked(given, None, np.random.default_rng(seed))
    read = read_shots(given, whole, quiet=quiet)
    # Only windows that could be read are drawn.
    rows = [np.flatnonzero(read.recording == i) for i in range(len(given.recordings))]
    given = replace(given, windows=np.array([len(x) for x in rows], dtype=np.intp))
    numbers = progress(range(seed, seed + draws), label="Draws", total=draws, quiet=quiet)
    return FewShot(
        model=given.judge.reference,
        classes=given.names,
        shots=shots,
        window_s=given.grid.window_s,
        draws=tuple(_draw(given, read, rows, shots, x) for x in numbers),
    )


def over_draws(values: Sequence[float], *, level: float = 0.95) -> Difference:
    """Mean of a figure over draws, with the interval of that mean.

    It says how much the choice of the labelled windows matters; the recordings are the same.

    Args:
        values: of each draw.
        level: coverage wanted.

    Source: Student, Biometrika 6 (1908).

    Example:
        >>> found = over_draws([0.90, 0.92, 0.94, 0.96])
        >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
        (0.93, 0.889, 0.971)
    """
    figures = np.asarray(values, dtype=np.float64)
    mean = float(figures.mean())
    if len(figures) < 2:
        return Difference(mean, mean, mean)
    quantile = float(stdtrit(len(figures) - 1, (1 + level) / 2))
    half = quantile * float(figures.std(ddof=1) / np.sqrt(len(figures)))
    return Difference(mean, mean - half, mean + half)


def _of_share(found: Difference) -> Difference:
    """The interval of a share, which ends at 0 and 1."""
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _draw(
    given: Tunable, read: Shots, rows: Sequence[NDArray[np.intp]], shots: int, seed: int
) -> Draw:
    picks = picked(given, shots, np.random.default_rng(seed), apart=True)
    index = np.array([rows[i][x] for i, windows in picks for x in windows], dtype=np.intp)
    learned = read.take(index)
    test = read.take(~np.isin(read.group, learned.group))
    count = len(given.classes)
    found = left_out(learned.readings, learned.target, learned.group, count)
    tuning = tuned(learned.readings, learned.target, count, found.scales)
    scores = tuned_scores(tuning, test.readings)
    hits = scores.argmax(axis=1) == test.target
    return Draw(
        seed=seed,
        before=balanced(test.readings.base, test.target),
        after=balanced(scores, test.target),
        recalls={x: float(hits[test.target == i].mean()) for i, x in enumerate(given.names)},
        expected=balanced(found.scores, learned.target),
        windows=len(test.target),
        recordings=len(np.unique(test.group)),
    )


def _refuse_too_few(given: Tunable, shots: int) -> None:
    for number, name in enumerate(given.names):
        count = len(np.unique(given.group[given.target == number]))
        if count <= shots:
            raise UsageError(
                f"'{name}' has {count} recordings; {shots} shots from as many different ones "
                f"leave none to be tested. Ask for {max(count - 1, 0)} shots or fewer, or add "
                "recordings."
            )
