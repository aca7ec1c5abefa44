"""What the decision remembers of one channel between two frames."""

import json
from dataclasses import dataclass

from faultlens.core.errors import UnreadableFileError

MOST_FRAMES = 1000
"""A decision looks back at no more frames than `n` of line.toml allows."""

SOUND, BETWEEN, ABOVE = 0, 1, 2
"""Levels of a frame: below the level of return, between that and the threshold, above it."""


@dataclass(frozen=True)
class DecisionState:
    """The last frames of one channel, and whether its alarm is raised.

    Args:
        recent: level of each of the last frames, `SOUND`, `BETWEEN` or `ABOVE`, oldest first.
        raised: whether it alarms.
    """

    recent: tuple[int, ...] = ()
    raised: bool = False

    def text(self) -> str:
        """The state as a short line of JSON.

        Example:
            >>> DecisionState((0, 2, 1), True).text()
            '{"recent":"021","raised":true}'
        """
        table = {"recent": "".join(map(str, self.recent)), "raised": self.raised}
        return json.dumps(table, separators=(",", ":"))


def decision_state(text: str) -> DecisionState:
    """The state that `DecisionState.text` made this of.

    Args:
        text: its line of JSON.

    Raises:
        UnreadableFileError: it is none.

    Example:
        >>> decision_state(DecisionState((0, 2, 1), True).text())
        DecisionState(recent=(0, 2, 1), raised=True)
    """
    try:
        table = json.loads(text)
        recent, raised = table["recent"], table["raised"]
        levels = tuple(int(x) for x in recent)
        if not set(levels) <= {SOUND, BETWEEN, ABOVE} or not isinstance(raised, bool):
            raise ValueError("its values cannot be")
        if len(levels) > MOST_FRAMES:
            raise ValueError(f"it holds {len(levels)} frames")
        return DecisionState(levels, raised)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableFileError(
            f"This is no state of a decision ({error}): the journal is damaged, or of another "
            "version of faultlens."
        ) from error
