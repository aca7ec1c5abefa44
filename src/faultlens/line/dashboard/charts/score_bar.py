"""A score against its threshold, small enough for a row of a table."""

from faultlens.line.dashboard.charts.chart import canvas
from faultlens.line.dashboard.charts.svg import at, tag

HEIGHT_PX = 12
"""Of the bar with the notch of its threshold."""


def score_bar(score: float, threshold: float, is_alarm: bool, name: str) -> str:
    """A bar from 0 to 1 with a notch at the threshold.

    Args:
        score: 0 to 1.
        threshold: 0 to 1; outside it is not drawn.
        is_alarm: whether it alarmed.
        name: both in words, for a screen reader.

    Example:
        >>> score_bar(0.9, 0.8, True, "0.900, threshold 0.800").count("<rect")
        3
    """
    share = min(max(score, 0.0), 1.0)
    below = min(share, threshold) if is_alarm else share
    place = {"y": 3, "height": 6}
    parts = [tag("rect", {"class": "track", "x": 0, "width": "100%", **place})]
    parts.append(tag("rect", {"class": "bar", "x": 0, "width": at(max(below, 0.0)), **place}))
    if is_alarm and share > below:
        # Red is only what lies above.
        over = {"x": at(max(below, 0.0)), "width": at(share - max(below, 0.0)), **place}
        parts.append(tag("rect", {"class": "bar alarm", **over}))
    if 0 < threshold < 1:
        notch = {"x1": at(threshold), "x2": at(threshold), "y1": 0, "y2": HEIGHT_PX}
        parts.append(tag("line", {"class": "notch-limit", **notch}))
    return canvas(name, HEIGHT_PX, *parts)
