"""How scores are spread, on both sides of their threshold."""

from collections.abc import Sequence

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas
from faultlens.line.dashboard.charts.lines import grid
from faultlens.line.dashboard.charts.numbers import count_text, score_text, short_count
from faultlens.line.dashboard.charts.scale import Scale, count_scale
from faultlens.line.dashboard.charts.svg import at, short, tag, words

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Scores that are labelled."""


def score_histogram(
    counts: Sequence[int],
    threshold: float | None,
    *,
    name: str,
    headings: tuple[str, str],
    limit: str,
    height: float = 140,
) -> Chart:
    """Counts of scores in equal bins over 0 to 1, on a logarithmic scale.

    One alarming frame among a hundred thousand is seen as well as the crowd.

    Args:
        counts: per bin, the first begins at 0, the last ends at 1.
        threshold: from which a frame alarms; None where there is not one for all.
        name: what is drawn.
        headings: of the table: score, frames.
        limit: what the threshold is called.
        height: of the plot, px.

    Example:
        >>> chart = score_histogram([90, 0, 0, 1], 0.8, name="Scores",
        ...                         headings=("Score", "Frames"), limit="threshold")
        >>> chart.table.rows
        (('0.000–0.250', '90'), ('0.750–1.000', '1'))
    """
    scale, size = count_scale(max(counts, default=0)), len(counts)
    drawn = [*grid(scale, height, short_count), *_axis(height)]
    rows = []
    for k, count in enumerate(counts):
        if not count:
            continue
        low, high = k / size, (k + 1) / size
        told = f"{score_text(low)}–{score_text(high)}"
        rows.append((told, count_text(count)))
        drawn.append(_bin((low, high), count, threshold, scale, height, told))
    if threshold is not None:
        drawn.append(_threshold(threshold, f"{limit} {score_text(threshold)}", height))
    return Chart(
        "plot",
        name,
        canvas(name, height, *drawn),
        Table(headings, tuple(rows)),
        is_empty=not sum(counts),
    )


def _bin(
    edges: tuple[float, float],
    count: int,
    threshold: float | None,
    scale: Scale,
    height: float,
    told: str,
) -> str:
    low, high = edges
    tall = height * scale.at(count)
    middle = (low + high) / 2
    style = "bar alarm" if threshold is not None and middle >= threshold else "bar"
    gap = 0.1 * (high - low)
    bar = {
        "x": at(low + gap),
        "width": at(high - low - 2 * gap),
        "y": height - tall,
        "height": tall,
    }
    column = {"class": "hit", "x": at(low), "width": at(high - low), "y": 0, "height": height}
    return tag(
        "g",
        {"class": "point", "data-tip": f"{told}\n{count_text(count)}"},
        tag("rect", column),
        tag("rect", {"class": style, **bar}),
    )


def _axis(height: float) -> list[str]:
    made = []
    for tick in TICKS:
        side = " first" if tick == 0 else " last" if tick == 1 else ""
        place = {"class": f"tick x{side}", "x": at(tick), "y": height + 18}
        made.append(words(short(tick), place))
    return made


def _threshold(threshold: float, told: str, height: float) -> str:
    x = at(threshold)
    is_right = threshold > 0.5
    line = tag("line", {"class": "limit", "x1": x, "x2": x, "y1": -4, "y2": height})
    style = "limit-name" if is_right else "limit-name left"
    return line + words(told, {"class": style, "x": x, "dx": -6 if is_right else 6, "y": 8})
