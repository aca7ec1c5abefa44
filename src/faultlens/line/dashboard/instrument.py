"""Drawings of one instrument: the strip of its scores with its pen, and its spectrum."""

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT_AT = 2 / 3
"""Share of the height at which every threshold stands, whatever its value: instruments are then
read alike from across the hall. Below and above it the scale is even. Our convention."""

FRAMES = 120
"""Of a strip, the newest at the right: as many as the line tells."""

LEAST_RANGE_DB = 30.0
"""Of a spectrum, from its highest band downwards, dB: noise alone stays flat. Our convention."""


@dataclass(frozen=True)
class Strip:
    """A strip of scores, drawn on 120 by 100, 0 at the top.

    Args:
        line: path of the trace.
        over: path of the area between the trace and the threshold, to be cut off below it.
        pen: where the newest score stands, percent of the height from the top.
    """

    line: str
    over: str
    pen: float


def strip(scores: Sequence[float], threshold: float) -> Strip:
    """The strip of some scores.

    Args:
        scores: oldest first, 0 to 1.
        threshold: from which a frame alarms, 0 to 1.

    Example:
        >>> strip((0.0, 0.5, 1.0), 0.5)
        Strip(line='M117 100L118 33.3L119 0', over='M117 33.3V100L118 33.3L119 0V33.3Z', pen=0.0)
        >>> strip((), 0.5).line
        ''
    """
    latest = scores[-FRAMES:]
    if not latest:
        return Strip("", "", 100.0)
    limit = _short(100 * (1 - LIMIT_AT))
    tops = [100 * (1 - height(x, threshold)) for x in latest]
    first = FRAMES - len(tops)
    points = "L".join(f"{first + k} {_short(y)}" for k, y in enumerate(tops))
    start, _, rest = points.partition(" ")
    over = f"M{start} {limit}V{rest}V{limit}Z"
    return Strip(f"M{points}", over, round(tops[-1], 1))


def height(score: float, threshold: float) -> float:
    """Share of the height at which a score stands.

    Args:
        score: 0 to 1.
        threshold: at `LIMIT_AT`.

    Example:
        >>> height(0.0, 0.9), round(height(0.9, 0.9), 3), height(1.0, 0.9)
        (0.0, 0.667, 1.0)
    """
    known = min(max(score, 0.0), 1.0)
    if not 0 < threshold < 1:
        return known
    if known <= threshold:
        return LIMIT_AT * known / threshold
    return LIMIT_AT + (1 - LIMIT_AT) * (known - threshold) / (1 - threshold)


def spectrum_path(levels: Sequence[float]) -> str:
    """The outline of a spectrum as a closed path, one wide per band and 100 high.

    Args:
        levels: per band, dB; the highest reaches the top, the lowest stands above the floor.

    Example:
        >>> spectrum_path((0.0, -30.0, -90.0))
        'M0 100V2H1V31H2V89H3V100Z'
        >>> spectrum_path(())
        ''
    """
    if not levels:
        return ""
    top = max(levels)
    range_db = max(LEAST_RANGE_DB, top - min(levels))
    steps = [2 + 87 * (top - x) / range_db for x in levels]
    return "M0 100" + "".join(f"V{_short(y)}H{k + 1}" for k, y in enumerate(steps)) + "V100Z"


def _short(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
