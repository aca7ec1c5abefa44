"""A strip of frames one after the other, each by its score."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas, curve
from faultlens.line.dashboard.charts.numbers import score_text
from faultlens.line.dashboard.charts.svg import at, tag


@dataclass(frozen=True)
class StripFrame:
    """One frame of a strip.

    Args:
        name: of it, and when.
        score: 0 to 1.
        threshold: of it.
        is_alarm: whether it alarmed.
        link: address that shows it.
        is_here: whether it is the one looked at.
    """

    name: str
    score: float
    threshold: float
    is_alarm: bool
    link: str = ""
    is_here: bool = False


def score_strip(
    frames: Sequence[StripFrame],
    *,
    name: str,
    headings: tuple[str, str, str],
    height: float = 72,
) -> Chart:
    """Scores of frames in their order, held against their thresholds.

    Args:
        frames: oldest first.
        name: what is drawn.
        headings: of the table: frame, score, threshold.
        height: px.

    Example:
        >>> chart = score_strip([StripFrame("f1", 0.2, 0.9, False)], name="Scores",
        ...                     headings=("Frame", "Score", "Threshold"))
        >>> chart.table.rows
        (('f1', '0.200', '0.900'),)
    """
    wide = 1 / max(1, len(frames))
    drawn = []
    for k, frame in enumerate(frames):
        tall = max(1.5, (height - 2) * min(max(frame.score, 0.0), 1.0))
        kind = " alarm" if frame.is_alarm else ""
        bar = {
            "class": f"bar{kind}",
            "x": at((k + 0.12) * wide),
            "width": at(0.76 * wide),
            "y": height - tall,
            "height": tall,
        }
        hit = {"class": "hit", "x": at(k * wide), "width": at(wide), "y": 0, "height": height}
        pieces = [tag("rect", hit), tag("rect", bar)]
        if frame.is_here:
            foot = {"class": "here", "x": bar["x"], "width": bar["width"], "y": height + 3}
            pieces.append(tag("rect", {**foot, "height": 4, "rx": 2}))
        group = {"class": "point", "data-tip": f"{frame.name}\n{score_text(frame.score)}"}
        if frame.link:
            drawn.append(tag("a", {**group, "href": frame.link}, *pieces))
        else:
            drawn.append(tag("g", group, *pieces))
    steps: list[tuple[float, float]] = []
    for k, frame in enumerate(frames):
        y = (height - 2) * (1 - frame.threshold) + 2
        steps += [(k * wide, y), ((k + 1) * wide, y)]
    if steps:
        drawn.append(curve(steps, height, "limit"))
    rows = tuple((x.name, score_text(x.score), score_text(x.threshold)) for x in frames)
    return Chart(
        "strip", name, canvas(name, height, *drawn), Table(headings, rows), is_empty=not frames
    )
