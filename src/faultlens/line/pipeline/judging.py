"""Frames through a detector: a verdict for each, whatever the detector does."""

from collections.abc import Sequence
from functools import partial

from faultlens.line.detectors.abstract import MOST_FRAMES, AbstractDetector
from faultlens.line.detectors.unjudged import each_or_alone
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged

WHILE_S = 0.1
"""A micro-batch takes about so long, s: an alarm of its first frame waits for its last."""


def judged_all(detector: AbstractDetector, frames: Sequence[Frame]) -> list[Judged]:
    """A verdict for each frame; one that makes the detector fail gets its error as verdict.

    Args:
        detector: of their source.
        frames: in their order.

    Raises:
        BundleError: the model is damaged; nothing was judged.

    Example:
        >>> from faultlens.line.configuration.line_config import SourceConfig
        >>> from faultlens.line.detectors.making import detector_of
        >>> judged_all(detector_of(SourceConfig("belt", "folder", None)), [])
        []
    """
    return each_or_alone(frames, partial(_in_order, detector), "") if frames else []


def next_batch(before: int, seconds: float, frames: int, most: int = MOST_FRAMES) -> int:
    """How many frames to take next, so that a batch takes about `WHILE_S`.

    Args:
        before: how many were allowed.
        seconds: that the last batch took, s.
        frames: that were in it.
        most: that the detector takes at once.

    Example:
        >>> next_batch(8, 0.4, 8), next_batch(2, 0.001, 2), next_batch(8, 0.001, 1)
        (2, 4, 8)
        >>> next_batch(2, 0.001, 2, most=3)
        3
    """
    if frames == 0 or seconds <= 0:
        return min(before, most)
    fitting = int(WHILE_S * frames / seconds)
    # It grows by doubling, and only where batches are full: one quick frame proves little.
    grown = 2 * before if frames >= before else before
    return max(1, min(fitting, grown, most))


def _in_order(detector: AbstractDetector, frames: Sequence[Frame]) -> list[Judged]:
    judged = detector.judge(frames)
    if [x.frame for x in judged] != list(frames):
        raise ValueError("the detector answered other frames than it was asked about")
    return judged
