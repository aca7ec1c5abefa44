"""The built-in model of surfaces on real pictures: every figure that it is held to.

`make bench-surface` measures them; answers stay in `results/surface`, so a stopped run goes on.
"""

from collections.abc import Iterable, Mapping, Sequence

from benches.surface.answers import COMMAND, Bench
from benches.surface.command import Parts, bench_command
from benches.surface.questions import AIMS as QUESTIONED
from benches.surface.questions import (
    CHANCE,
    FALSE,
    alarms_section,
    naming_section,
    references_section,
    text_section,
)
from benches.surface.speed import AIMS as TIMED
from benches.surface.speed import PEAK, TIME, surface_speed_section
from benches.workbench import kept_section
from faultlens.evaluation.figures import Figure, Section, tables
from faultlens.evaluation.surface.floors import NEAREST

AIMS: dict[tuple[str, str, str], float] = {**QUESTIONED, **TIMED}
"""(topic, subject, name) -> what the figure is held to; asked for before anything was measured."""

AT_MOST = (FALSE, PEAK, TIME)
"""Figures that are to be reached from above."""


def parts(bench: Bench) -> Parts:
    """What can be measured, by name, in the order of the page.

    Args:
        bench: pictures and model.

    Example:
        >>> from pathlib import Path
        >>> list(parts(Bench(Path("/x"), Path("/y"))))
        ['naming', 'text', 'references', 'alarms', 'speed']
    """
    return {
        "naming": lambda: naming_section(bench),
        "text": lambda: text_section(bench),
        "references": lambda: references_section(bench),
        "alarms": lambda: alarms_section(bench),
        "speed": lambda: kept_section(
            bench.out / f"speed-{bench.reference.rpartition('@')[2]}.json",
            lambda: surface_speed_section(bench),
        ),
    }


def held_table(sections: Iterable[Section], aims: Mapping[tuple[str, str, str], float]) -> str:
    """What was asked for, what came of it, and the floor beside it, as Markdown.

    Args:
        sections: measured; of each figure the model's comes first.
        aims: (topic, subject, name) -> what the figure is held to.

    Example:
        >>> one = Figure("T", "tiles", "image AUROC", "m", 0.9, 10, 0.85, 0.95)
        >>> print(held_table([Section("T", "", (one,))], {("T", "tiles", "image AUROC"): 0.92}))
        | what | figure | asked for | measured | held | floor |
        |---|---|---|---|---|---|
        | T: tiles | image AUROC | 0.92 | 0.900 [0.850, 0.950] | no; within its interval | - |
        <BLANKLINE>
    """
    rows: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in (x for section in sections for x in section.figures):
        rows.setdefault((figure.topic, figure.subject, figure.name), []).append(figure)
    head = ["what", "figure", "asked for", "measured", "held", "floor"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for key, found in rows.items():
        if key in aims:
            floors = [f"{x.text} ({x.model})" for x in found if x.model in (CHANCE, NEAREST)]
            at_most = key[2] in AT_MOST
            aim = f"{'at most ' if at_most else ''}{aims[key]:g}"
            cells = [f"{key[0]}: {key[1]}", key[2], aim, found[0].text]
            cells += [_held(found[0], aims[key], at_most=at_most), ", ".join(floors) or "-"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def page_of(sections: Sequence[Section]) -> str:
    """The whole page: what is held, then every figure.

    Args:
        sections: measured.

    Example:
        >>> page_of([]).splitlines()[0]
        '# Surfaces on real pictures'
    """
    head = (
        "# Surfaces on real pictures\n\n"
        f"Made by `{COMMAND}`: `inspect` and `calibrate` as a user calls them. No real picture "
        "was trained on. [95 % intervals] where there are any; over what stands with each "
        "table.\n\n"
    )
    return head + held_table(sections, AIMS) + "\n" + tables(sections, AIMS)


def _held(figure: Figure, aim: float, *, at_most: bool) -> str:
    if figure.value <= aim if at_most else figure.value >= aim:
        return "yes"
    low, high = figure.low, figure.high
    within = low is not None and high is not None and low <= aim <= high
    return "no; within its interval" if within else "no"


if __name__ == "__main__":
    bench_command("benches.surface.builtin", "surface", parts, page_of, draws=5)
