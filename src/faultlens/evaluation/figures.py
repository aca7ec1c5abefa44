"""A measured figure with its interval, and the table and the file it goes into."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from faultlens.core.errors import UnreadableFileError

COMMAND = "make bench"

OF_N = "of n"
"""Unit of a share of which the number behind it is told too: 3 of 170."""


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        topic: table that it belongs to.
        subject: rig, language or machine that it was measured on.
        name: what was measured.
        model: reference of the model that it was measured with.
        value: the figure.
        n: samples behind it (windows, sentences, ...; the table says which).
        low: lower end of its 95 % interval; None where there is none.
        high: upper end.
        how: which of several ways; "" where there is one.
        unit: "", "of n" for a share whose count is told too, or a unit.
        command: what measures it again.
    """

    topic: str
    subject: str
    name: str
    model: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None
    how: str = ""
    unit: str = ""
    command: str = COMMAND

    @property
    def by(self) -> str:
        """Who answered, and how."""
        return ", ".join(x for x in (self.model.partition("@")[0], self.how) if x)

    @property
    def what(self) -> str:
        """All that tells it from other figures, in one line."""
        return f"{self.topic}; {self.subject}: {self.name}; {self.by}"

    @property
    def text(self) -> str:
        """The value with its interval, as tables and cards show it.

        Example:
            >>> Figure("t", "s", "n", "m", 0.25, 12, 0.1, 0.5, unit=OF_N).text
            '0.250 [0.100, 0.500], 3 of 12'
        """
        if self.unit not in ("", OF_N):
            return f"{self.value:.3g} {self.unit}"
        span = "" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]"
        count = f", {round(self.value * self.n)} of {self.n}" if self.unit == OF_N else ""
        return f"{self.value:.3f}{span}{count}"


@dataclass(frozen=True)
class Section:
    """The figures of one topic, as a table.

    Args:
        topic: what the table is about.
        note: what a reader must know to read it.
        figures: all of this topic.
        after: Markdown below the table; "" for nothing.
    """

    topic: str
    note: str
    figures: tuple[Figure, ...]
    after: str = ""


def tables(sections: Iterable[Section], aims: Mapping[tuple[str, str, str], float]) -> str:
    """The sections as Markdown, what was measured with different models side by side.

    Args:
        sections: in their order.
        aims: (topic, subject, name) -> what the figure is held to.

    Example:
        >>> one = Figure("Speed", "start", "time", "faultlens", 0.5, 1, unit="s")
        >>> print(tables([Section("Speed", "Median.", (one,))], {("Speed", "start", "time"): 1.0}))
        ## Speed
        <BLANKLINE>
        Median.
        <BLANKLINE>
        | | figure | n | faultlens | to reach |
        |---|---|---|---|---|
        | start | time | 1 | 0.5 s | 1 |
        <BLANKLINE>
    """
    pages = []
    for section in sections:
        parts = [f"## {section.topic}", section.note, _table(section.figures, aims), section.after]
        pages.append("\n\n".join(part for part in parts if part) + "\n")
    return "\n".join(pages)


def figures_json(figures: Iterable[Figure]) -> str:
    """The figures as JSON: a list of tables with what, value, n, low, high, command and the rest.

    Example:
        >>> text = figures_json([Figure("Speed", "start", "time", "faultlens", 0.5, 1, unit="s")])
        >>> json.loads(text)[0]["what"]
        'Speed; start: time; faultlens'
    """
    rows = [{"what": x.what, **asdict(x)} for x in figures]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def read_figures(path: str | Path) -> tuple[Figure, ...]:
    """The figures that `figures_json` wrote.

    Raises:
        UnreadableFileError: there is no such file, or it holds something else.

    Example:
        >>> read_figures("/nowhere/bench.json")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/bench.json cannot be read: ...
    """
    names = [field.name for field in fields(Figure)]
    try:
        rows = json.loads(Path(path).read_text(encoding="utf-8"))
        return tuple(Figure(**{name: row[name] for name in names}) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error}. Make it first: {COMMAND}"
        ) from error


def _table(figures: Sequence[Figure], aims: Mapping[tuple[str, str, str], float]) -> str:
    if not figures:
        return ""
    columns = list(dict.fromkeys(x.by for x in figures))
    rows: dict[tuple[str, str, str], dict[str, Figure]] = {}
    for each in figures:
        rows.setdefault((each.topic, each.subject, each.name), {})[each.by] = each
    held = any(key in aims for key in rows)
    head = ["", "figure", "n", *columns, *(["to reach"] if held else [])]
    # The first heading is empty, and so needs no space of its own.
    lines = ["|" + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for key, cells in rows.items():
        texts = [cells[x].text if x in cells else "-" for x in columns]
        aim = [f"{aims[key]:g}" if key in aims else "-"] if held else []
        n = max(x.n for x in cells.values())
        lines.append(f"| {' | '.join([*key[1:], str(n), *texts, *aim])} |")
    return "\n".join(lines)
