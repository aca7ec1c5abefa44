"""The seam of detectors: frames in, a verdict for each."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from faultlens.line.frame import Frame
from faultlens.line.judged import Judged

MOST_FRAMES = 256
"""Frames of a micro-batch at most: their results stand in one transaction."""


class AbstractDetector(ABC):
    """A model with its profile and sentences, ready to judge; made anew when one changes."""

    @abstractmethod
    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """A verdict for each frame, in their order.

        A frame that cannot be judged gets one too, with its `error`.

        Args:
            frames: those that wait, of one source, oldest first.

        Raises:
            BundleError: the model is damaged; then nothing was judged.
        """

    @property
    def most_frames(self) -> int:
        """Frames of one call at most: the first of them waits for the verdict of the last."""
        return MOST_FRAMES
