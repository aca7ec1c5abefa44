"""One figure: its SVG, what it says in words, and its numbers as a table."""

from dataclasses import dataclass

from faultlens.line.dashboard.charts.svg import tag, words


@dataclass(frozen=True)
class Table:
    """The numbers of a figure, for those who read them, by eye or by ear.

    Args:
        headings: of the columns; the first column names the row.
        rows: as many cells each.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Entry:
    """One entry of a legend.

    Args:
        name: what it stands for.
        style: class of its mark in `charts.css`.
    """

    name: str
    style: str


@dataclass(frozen=True)
class Chart:
    """A figure as a page shows it.

    Args:
        kind: class of the figure in `charts.css`.
        name: what is drawn, for a screen reader.
        svg: the whole element; its colours come from `charts.css`.
        table: the same numbers.
        legend: empty where one series explains itself.
        is_empty: whether there is nothing to show.
    """

    kind: str
    name: str
    svg: str
    table: Table
    legend: tuple[Entry, ...] = ()
    is_empty: bool = False


def canvas(name: str, height: float, *children: str, description: str = "") -> str:
    """The outer element of a figure, as wide as its place.

    Its name is a label and not a `title`, which browsers would show as a tip over all of it.

    Args:
        name: what is drawn.
        height: px.
        children: its elements; places along the width are percentages.
        description: what can be seen, in a sentence.

    Example:
        >>> canvas("Yield", 10)
        '<svg class="drawing" role="img" aria-label="Yield" width="100%" height="10"/>'
    """
    told = [words_of(description)] if description else []
    return tag(
        "svg",
        {"class": "drawing", "role": "img", "aria-label": name, "width": "100%", "height": height},
        *told,
        *children,
    )


def words_of(description: str) -> str:
    """The description of a figure inside it.

    Args:
        description: a sentence.

    Example:
        >>> words_of("Rises.")
        '<desc>Rises.</desc>'
    """
    return words(description, {}).replace("<text>", "<desc>").replace("</text>", "</desc>")


def curve(points: list[tuple[float, float]], height: float, style: str) -> str:
    """A path through points whose places along the width are shares.

    Args:
        points: share of the width, and y in px.
        height: of the figure, px.
        style: class of the path.

    Example:
        >>> curve([(0, 1), (1, 2)], 10, "line").count("path")
        1
    """
    steps = " ".join(
        f"{'L' if k else 'M'}{x * 1000:.1f} {y:.2f}" for k, (x, y) in enumerate(points)
    )
    closed = "Z" if style.startswith("band") else ""
    # A path knows no percentages: it is drawn 1000 wide and stretched; its stroke is not.
    return tag(
        "svg",
        {
            "viewBox": f"0 0 1000 {height:g}",
            "preserveAspectRatio": "none",
            "width": "100%",
            "height": height,
            "overflow": "visible",
        },
        tag("path", {"d": steps + closed, "class": style}),
    )
