"""The seam of sources: frames, one after another, until told to stop."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from threading import Event

from faultlens.line.frame import Frame, Trouble


class AbstractSource(ABC):
    """A folder, a camera, a broker: whatever yields frames.

    A source is iterated in a thread of its own. It looks at `stop` at least every 0.2 s, also
    while nothing comes. What goes wrong on the way is a `Trouble`, and the source goes on; it
    raises only where nobody can go on, such as a folder that was never there.
    """

    @abstractmethod
    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """Frames in their order.

        Args:
            resume: `Frame.resume` of the last frame whose result is safe; None at the first start.
                A source that cannot go back ignores it.
            stop: set when the line shuts down.

        Raises:
            FaultlensError: nothing can ever come from here; the message says why.
        """
