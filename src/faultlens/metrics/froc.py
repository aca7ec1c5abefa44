"""Free-response ROC: how many marked places are found at how many false ones a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError


@dataclass(frozen=True, eq=False)
class Froc:
    """A curve over falling thresholds; equal scores fall together.

    Args:
        false_per_picture: (threshold,) places told of that hold nothing marked, a picture.
        found: (threshold,) share of the marked places that hold a place told of, 0 to 1.
        thresholds: (threshold,) scores from which a place is told of, falling.
    """

    false_per_picture: NDArray[np.float64]
    found: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    def found_at(self, false_per_picture: float) -> float:
        """Share of the marked places found at most at so many false ones a picture.

        Example:
            >>> curve = froc(np.array([0.9, 0.8, 0.7]), np.array([0, -1, 1]), marked=2, pictures=1)
            >>> curve.found_at(0.5), curve.found_at(1)
            (0.5, 1.0)
        """
        allowed = self.false_per_picture <= false_per_picture
        return float(self.found[allowed].max(initial=0.0))

    def threshold_at(self, false_per_picture: float) -> float:
        """The lowest threshold with at most so many false ones a picture; infinite for none."""
        allowed = self.false_per_picture <= false_per_picture
        return float(self.thresholds[allowed].min(initial=np.inf))


def froc(
    scores: NDArray[np.floating], marks: NDArray[np.integer], *, marked: int, pictures: int
) -> Froc:
    """The curve of places told of in several pictures.

    Several places in one marked place count once, and none of them is false.

    Args:
        scores: (place,) the higher, the surer.
        marks: (place,) number of the marked place that it lies in, from 0; -1 for none.
        marked: how many marked places there are.
        pictures: how many pictures.

    Raises:
        UsageError: lengths that differ, nothing marked, or a mark that is none.

    Source: Bunch, Hamilton, Sanderson and Simmons, A Free-Response Approach to the Measurement and
    Characterization of Radiographic-Observer Performance, Proc. SPIE 127 (1977).

    Example:
        >>> curve = froc(np.array([0.9, 0.8, 0.8]), np.array([0, 0, -1]), marked=4, pictures=2)
        >>> curve.found.tolist(), curve.false_per_picture.tolist()
        ([0.25, 0.25], [0.0, 0.5])
    """
    scores, marks = np.asarray(scores, dtype=np.float64), np.asarray(marks)
    if scores.shape != marks.shape or scores.ndim != 1 or marked < 1 or pictures < 1:
        raise UsageError(
            f"{scores.shape} scores, {marks.shape} marks, {marked} marked places in {pictures} "
            "pictures; give one mark per score, one marked place and one picture at least."
        )
    if marks.size and not (marks.min() >= -1 and marks.max() < marked):
        raise UsageError(f"A mark lies outside of -1 to {marked - 1}; -1 says that there is none.")
    order = np.argsort(-scores, kind="stable")
    scores, marks = scores[order], marks[order]
    first = np.zeros(len(marks), dtype=bool)
    first[np.unique(marks, return_index=True)[1]] = True
    found = np.cumsum(first & (marks >= 0)) / marked
    false = np.cumsum(marks < 0) / pictures
    last = np.append(scores[1:] != scores[:-1], True)[: len(scores)]
    return Froc(false[last], found[last], scores[last])
