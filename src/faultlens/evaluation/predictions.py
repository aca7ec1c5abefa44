"""What a model said of every window, with the file and the truth beside it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.core.files import write_text
from faultlens.datasets.windows import LabelledWindows

COLUMNS = ("file", "window", "truth", "prediction", "recording", "group", "condition")
"""Columns of `predictions.csv` before those of the scores, one per class, named as the class."""

OVER = ("recordings", "bearings")
"""What intervals are drawn over."""

LARGEST_CSV_BYTES = 1_000_000_000
SUM_TOLERANCE = 1e-3
"""Probabilities of a window sum to 1 within this: half precision is no better."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """The answers of one model to the windows of a test, in the order of the windows.

    Args:
        classes: names of the classes, in the order of the scores.
        file: (window,) the file it comes from.
        recording: (window,) the recording.
        group: (window,) what no split cuts and intervals are drawn over: recording or bearing.
        condition: (window,) speed and load; "" where not known.
        truth: (window,) the true class, one of `classes`.
        window: (window,) place of the window in its recording, ascending in time.
        scores: (window, class) probabilities.
        embeddings: (window, dim) points of the windows; None where the model has none.

    Raises:
        UsageError: no windows, lengths that differ, a truth that is no class, the same class
            twice, or scores that are no probabilities.

    Example:
        >>> made = Predictions(("inner", "outer"), ("a.csv",), ("a",), ("a",), ("",), ("inner",),
        ...                    np.array([0]), np.array([[0.9, 0.1]]))
        >>> made.predicted, made.right.tolist()
        (('inner',), [True])
    """

    classes: tuple[str, ...]
    file: tuple[str, ...]
    recording: tuple[str, ...]
    group: tuple[str, ...]
    condition: tuple[str, ...]
    truth: tuple[str, ...]
    window: NDArray[np.intp]
    scores: NDArray[np.float64]
    embeddings: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        texts = (self.file, self.recording, self.group, self.condition, self.truth)
        lengths = {len(self.window), len(self.scores), *map(len, texts)}
        if self.embeddings is not None:
            lengths.add(len(self.embeddings))
        if len(lengths) != 1 or not len(self.window):
            raise UsageError(
                f"Predictions with columns of {sorted(lengths)} windows; every column needs one "
                "entry per window, at least one."
            )
        if not self.classes or len(set(self.classes)) != len(self.classes):
            raise UsageError(
                f"The classes are {', '.join(self.classes) or 'none'}; give each once, one at "
                "least."
            )
        if strange := sorted(set(self.truth) - set(self.classes)):
            raise UsageError(
                f"The truth holds {', '.join(strange)}; the classes are "
                f"{', '.join(self.classes)}. Give a score, be it 0, for every class of the truth."
            )
        self._check_scores()

    def _check_scores(self) -> None:
        if self.scores.shape != (len(self.window), len(self.classes)):
            raise UsageError(
                f"Scores of shape {self.scores.shape} for {len(self.window)} windows and "
                f"{len(self.classes)} classes; give one row per window, one column per class."
            )
        probable = np.isfinite(self.scores) & (self.scores >= 0) & (self.scores <= 1)
        sums = self.scores.sum(axis=1)
        if not probable.all() or bool((np.abs(sums - 1) > SUM_TOLERANCE).any()):
            row = int(np.argmax(~probable.all(axis=1) | ~(np.abs(sums - 1) <= SUM_TOLERANCE)))
            raise UsageError(
                f"The scores of window {row} are {self.scores[row].round(4).tolist()}; "
                "probabilities lie between 0 and 1 and sum to 1 (softmax of scale x cosine)."
            )

    @property
    def truth_index(self) -> NDArray[np.intp]:
        """(window,) index of the true class."""
        place = {label: i for i, label in enumerate(self.classes)}
        return np.array([place[x] for x in self.truth], dtype=np.intp)

    @property
    def predicted(self) -> tuple[str, ...]:
        """(window,) the class with the highest score."""
        return tuple(self.classes[i] for i in self.scores.argmax(axis=1))

    @property
    def right(self) -> NDArray[np.bool_]:
        """(window,) whether it is the true one."""
        hits: NDArray[np.bool_] = self.scores.argmax(axis=1) == self.truth_index
        return hits

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(window,) probability of the class with the highest score."""
        highest: NDArray[np.float64] = self.scores.max(axis=1)
        return highest

    def answered(self, scores: NDArray[np.floating]) -> "Predictions":
        """The same windows with the scores of another model.

        Args:
            scores: (window, class) probabilities.
        """
        return replace(self, scores=np.asarray(scores, dtype=np.float64), embeddings=None)


def predictions_of(
    windows: LabelledWindows,
    classes: Sequence[str],
    scores: NDArray[np.floating],
    *,
    embeddings: NDArray[np.float32] | None = None,
    over: str = "recordings",
) -> Predictions:
    """The answers to labelled windows, with what is known of each window beside them.

    Args:
        windows: the windows of the test.
        classes: names of the classes, in the order of the scores.
        scores: (window, class) probabilities.
        embeddings: (window, dim) points of the windows.
        over: what intervals are drawn over, "recordings", or "bearings" where specimens are told.

    Raises:
        UsageError: scores that do not fit the windows, or no such groups.

    Example:
        >>> from faultlens.datasets.labelled import LabelledRecording
        >>> from faultlens.datasets.windows import cut_windows
        >>> from faultlens.signals.signal import Signal
        >>> one = LabelledRecording("rig", "a", "inner race fault", Signal(np.arange(64.0), 64))
        >>> made = predictions_of(cut_windows([one], window=16), [one.label], np.ones((4, 1)))
        >>> made.window.tolist(), set(made.group)
        ([0, 1, 2, 3], {'rig/a'})
    """
    if over not in OVER:
        raise UsageError(f"Intervals over '{over}'; they are drawn over {' or '.join(OVER)}.")
    rows = [windows.recordings[x] for x in windows.recording]
    names = [f"{x.machine}/{x.key}" for x in rows]
    groups = names
    if over == "bearings":
        # A recording whose bearing nobody told is a bearing of its own.
        groups = [
            f"{x.machine}/{x.label}/{x.specimen}" if x.specimen else name
            for x, name in zip(rows, names, strict=True)
        ]
    place = np.zeros(len(rows), dtype=np.intp)
    for recording in np.unique(windows.recording):
        its = np.flatnonzero(windows.recording == recording)
        place[its[np.argsort(windows.start[its], kind="stable")]] = np.arange(len(its))
    return Predictions(
        classes=tuple(classes),
        file=tuple(x.file or x.key for x in rows),
        recording=tuple(names),
        group=tuple(groups),
        condition=tuple(x.condition for x in rows),
        truth=tuple(x.label for x in rows),
        window=place,
        scores=np.asarray(scores, dtype=np.float64),
        embeddings=embeddings,
    )


def joined(parts: Sequence[Predictions]) -> Predictions:
    """The predictions of several folds as one test, each window judged once.

    Args:
        parts: with the same classes; embeddings are kept where one model made them all.

    Raises:
        UsageError: no parts, or other classes in one of them.

    Example:
        >>> one = Predictions(("inner",), ("a.csv",), ("a",), ("a",), ("",), ("inner",),
        ...                   np.array([0]), np.ones((1, 1)))
        >>> joined([one, one]).file
        ('a.csv', 'a.csv')
    """
    if not parts or any(x.classes != parts[0].classes for x in parts):
        told = " / ".join(", ".join(x.classes) for x in parts)
        raise UsageError(
            f"Folds with the classes {told or 'of nothing'}; give folds with the same classes in "
            "the same order, at least one."
        )
    return Predictions(
        classes=parts[0].classes,
        file=tuple(y for x in parts for y in x.file),
        recording=tuple(y for x in parts for y in x.recording),
        group=tuple(y for x in parts for y in x.group),
        condition=tuple(y for x in parts for y in x.condition),
        truth=tuple(y for x in parts for y in x.truth),
        window=np.concatenate([x.window for x in parts]),
        scores=np.concatenate([x.scores for x in parts]),
        # The points of two models lie in two spaces, and make no picture together.
        embeddings=parts[0].embeddings if len(parts) == 1 else None,
    )


def write_predictions(path: str | Path, predictions: Predictions) -> None:
    """Write one row per window: file, window, truth, prediction, a score per class.

    Raises:
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> one = Predictions(("inner",), ("a.csv",), ("a",), ("a",), ("",), ("inner",),
        ...                   np.array([0]), np.ones((1, 1)))
        >>> target = Path(tempfile.mkdtemp()) / "predictions.csv"
        >>> write_predictions(target, one)
        >>> print(target.read_text(encoding="utf-8"))
        file,window,truth,prediction,recording,group,condition,inner
        a.csv,0,inner,inner,a,a,,1
    """
    page = io.StringIO()
    rows = csv.writer(page, lineterminator="\n")
    rows.writerow([*COLUMNS, *predictions.classes])
    for i, called in enumerate(predictions.predicted):
        rows.writerow(
            [
                predictions.file[i],
                int(predictions.window[i]),
                predictions.truth[i],
                called,
                predictions.recording[i],
                predictions.group[i],
                predictions.condition[i],
                # Nine digits give back a single-precision number exactly.
                *(f"{x:.9g}" for x in predictions.scores[i]),
            ]
        )
    write_text(path, page.getvalue())


def read_predictions(path: str | Path) -> Predictions:
    """The predictions that `write_predictions` wrote, without embeddings.

    Raises:
        UnreadableFileError: there is no such file, or it holds something else.

    Example:
        >>> read_predictions("/nowhere/predictions.csv")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/predictions.csv cannot be read: ...
    """
    try:
        if Path(path).stat().st_size > LARGEST_CSV_BYTES:
            raise ValueError(f"it is larger than {LARGEST_CSV_BYTES / 1e9:g} GB")
        with Path(path).open(encoding="utf-8", newline="") as stream:
            head, *rows = list(csv.reader(stream, strict=True))
        if tuple(head[: len(COLUMNS)]) != COLUMNS:
            raise ValueError(f"its columns do not begin with {', '.join(COLUMNS)}")
        cells = [tuple(x[i] for x in rows) for i in range(len(COLUMNS))]
        return Predictions(
            classes=tuple(head[len(COLUMNS) :]),
            file=cells[0],
            window=np.array([int(x) for x in cells[1]], dtype=np.intp),
            truth=cells[2],
            recording=cells[4],
            group=cells[5],
            condition=cells[6],
            scores=np.array([[float(y) for y in x[len(COLUMNS) :]] for x in rows]),
        )
    except (OSError, ValueError, IndexError, csv.Error, UsageError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error}. Make it with: faultlens evaluate"
        ) from error
