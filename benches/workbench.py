"""The workbench on real recordings: every figure that it is held to, beside what was asked for.

`make bench-workbench` measures them; what was trained before is taken from `results/workbench`.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benches.few_shot import AIMS as FEW_AIMS
from benches.few_shot import TUNED, few_shot_section, measured_few_shots
from benches.reencoding import AIMS as SPEED_AIMS
from benches.reencoding import ENCODERS, speed_section, timed_both
from benches.trend import AIMS as TREND_AIMS
from benches.trend import FALSE, measured_runs, trend_section
from benches.workbench_figures import COMMAND, ERROR
from benches.workbench_questions import AIMS as TRAINED_AIMS
from benches.workbench_questions import (
    condition_section,
    load_section,
    own_section,
    size_section,
)
from benches.workbench_trials import Trials
from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.evaluation.figures import Figure, Section, figures_json, tables
from faultlens.evaluation.floors import LINEAR, RULE

SEEDS = 5

AIMS: dict[tuple[str, str, str], float] = {
    **TRAINED_AIMS, **FEW_AIMS, **SPEED_AIMS, **TREND_AIMS
}  # fmt: skip
"""(topic, subject, name) -> what the figure is held to; asked for before anything was measured."""

AT_MOST = (ERROR, FALSE)
"""Figures that are to be reached from above."""

Parts = Mapping[str, Callable[[], Sequence[Section]]]


def parts(data: Path, out: Path, seeds: int, *, quiet: bool = False) -> Parts:
    """What can be measured, by name, in the order of the table.

    Args:
        data: folder `shared/data`.
        out: folder of models, answers and sections.
        seeds: trainings of each model.
        quiet: no progress bar.

    Example:
        >>> list(parts(Path("/x"), Path("/y"), 5))
        ['own', 'condition', 'size', 'load', 'few', 'speed', 'trend']
    """
    trials = Trials(out, tuple(range(seeds)), quiet)
    bearingset, bearing = data / "bearingset", data / "bearing"
    train = bearingset / "train_set"

    def once(name: str, make: Callable[[], Section]) -> Callable[[], Sequence[Section]]:
        return lambda: [kept_section(out / f"{name}.json", make)]

    return {
        "own": lambda: [own_section(bearingset, trials)],
        "condition": lambda: condition_section(bearingset, trials),
        "size": lambda: [size_section(bearing, trials)],
        "load": lambda: [load_section(bearing, trials)],
        "few": once("few", lambda: few_shot_section(measured_few_shots(bearing, quiet=quiet))),
        "speed": once("speed", lambda: speed_section([timed_both(train, x) for x in ENCODERS])),
        "trend": once(
            "trend", lambda: trend_section(measured_runs(bearing / "femto", quiet=quiet))
        ),
    }


def kept_section(path: Path, make: Callable[[], Section]) -> Section:
    """A section from disk, or made and written there.

    Args:
        path: JSON file.
        make: measures it.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "a.json"
        >>> kept_section(path, lambda: Section("Speed", "Median.", ())).topic
        'Speed'
        >>> kept_section(path, lambda: Section("not asked for", "", ())).topic
        'Speed'
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return Section(**{**table, "figures": tuple(Figure(**x) for x in table["figures"])})
    except (OSError, ValueError, KeyError, TypeError):
        made = make()
    write_text(path, json.dumps(asdict(made), indent=1, ensure_ascii=False) + "\n")
    return made


def held_table(sections: Iterable[Section], aims: Mapping[tuple[str, str, str], float]) -> str:
    """What was asked for, what came of it, and the floors beside it, as Markdown.

    Args:
        sections: of each figure the product's is the tuned one, else the first.
        aims: (topic, subject, name) -> what the figure is held to.

    Example:
        >>> one = Figure("T", "rig", "recall", "m", 0.9, 10, 0.85, 0.95)
        >>> print(held_table([Section("T", "", (one,))], {("T", "rig", "recall"): 0.92}))
        | what | figure | asked for | measured | held | linear-spectrum | training-free |
        |---|---|---|---|---|---|---|
        | T: rig | recall | 0.92 | 0.900 [0.850, 0.950] | no; within its interval | - | - |
        <BLANKLINE>
    """
    rows: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in (x for section in sections for x in section.figures):
        rows.setdefault((figure.topic, figure.subject, figure.name), []).append(figure)
    head = ["what", "figure", "asked for", "measured", "held", LINEAR, RULE]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for key, found in rows.items():
        if key not in aims:
            continue
        floors = {x.model: x.text for x in found if x.model in (LINEAR, RULE)}
        at_most = key[2] in AT_MOST
        aim = f"{'at most ' if at_most else ''}{aims[key]:g}"
        own = next((x for x in found if x.how == TUNED), found[0])
        texts = [own.text, _held(own, aims[key], at_most=at_most)]
        texts += [floors.get(x, "-") for x in (LINEAR, RULE)]
        lines.append(f"| {' | '.join([f'{key[0]}: {key[1]}', key[2], aim, *texts])} |")
    return "\n".join(lines) + "\n"


def _held(figure: Figure, aim: float, *, at_most: bool) -> str:
    if figure.value <= aim if at_most else figure.value >= aim:
        return "yes"
    within = figure.low is not None and figure.high is not None
    return "no; within its interval" if within and _spans(figure, aim) else "no"


def _spans(figure: Figure, aim: float) -> bool:
    return (figure.low or 0.0) <= aim <= (figure.high or 0.0)


def page_of(sections: Sequence[Section]) -> str:
    """The whole page: what is held, then every figure.

    Args:
        sections: measured.

    Example:
        >>> page_of([]).splitlines()[0]
        '# The workbench on real recordings'
    """
    head = (
        "# The workbench on real recordings\n\n"
        f"Made by `{COMMAND}`. [95 % intervals] where there are any; what they are over stands "
        f"with each table below. Times on {os.cpu_count()} cores with {_threads()}, next to "
        "whatever else ran on them; memory is that of the whole process, data and libraries "
        "included.\n\n"
    )
    return head + held_table(sections, AIMS) + "\n" + tables(sections, AIMS)


def _threads() -> str:
    given = os.environ.get("OMP_NUM_THREADS")
    return f"OMP_NUM_THREADS={given}" if given else "as many threads"


def _measured(known: Parts, names: Sequence[str]) -> Iterator[Section]:
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        yield from known[name]()


def _main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benches.workbench")
    parser.add_argument("only", nargs="*", help="names of parts; all of them without any")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    chosen = parser.parse_args()
    data = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data"
    known = parts(data, chosen.out / "workbench", chosen.seeds)
    if strange := [x for x in chosen.only if x not in known]:
        parser.error(f"no part '{strange[0]}'; there are {', '.join(known)}")
    if not data.is_dir():
        parser.error(f"no real recordings at {data}; set FAULTLENS_SHARED to the folder 'shared'")
    try:
        sections = list(_measured(known, chosen.only or list(known)))
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    page = page_of(sections)
    print(page)
    # A part of the table takes no place of the whole one.
    if not chosen.only:
        write_text(chosen.out / "workbench.md", page)
        figures = [x for section in sections for x in section.figures]
        write_text(chosen.out / "workbench.json", figures_json(figures))


if __name__ == "__main__":
    _main()
