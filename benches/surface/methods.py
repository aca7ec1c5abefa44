"""The methods of `tune` side by side: NEU named after a few labelled pictures, on the same draws.

`python -m benches.surface.methods` measures; answers stay in
`results/tune-methods`, so that a stopped run goes on.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benches.surface.answers import STRIP, TILES, Bench
from benches.surface.questions import PARTS, RIGHT
from benches.surface.tuned_trials import TunedAnswers, TunedTrial, tuned_answers
from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.evaluation.figures import Figure, Section, tables
from faultlens.evaluation.surface.picture_figures import drawn_groups, naming, share_figure
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.training.few_pictures.methods import METHODS
from faultlens.training.few_pictures.tune_pictures import LORA

COMMAND = "python -m benches.surface.methods"

TOPIC = "Methods of tuning, one by one"
SHOTS = {STRIP: 5, TILES: 10}
"""Labelled pictures of each class."""

SECONDS = "seconds to tune"


def methods_section(bench: Bench, methods: Sequence[str], subset: str = STRIP) -> Section:
    """Each method on the same draws.

    Args:
        bench: pictures, base model and number of draws.
        methods: names of them.
        subset: of the pictures.

    Raises:
        InputError: pictures or model cannot be read.
        UnknownNameError: no such method.
        OSError: answers cannot be written.

    Example:
        >>> methods_section(Bench(Path("/nowhere"), Path("/y")), ["lora"])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    dataset = bench.pictures(subset)
    shots = SHOTS[subset]
    figures: list[Figure] = []
    for method in methods:
        name = f"{subset}-{shots}-{method}"
        trial = TunedTrial(name, PARTS[subset], shots, method=method)
        figures += _figures(bench, method, tuned_answers(bench, dataset, trial))
    note = (
        f"{subset}: {shots} pictures per class, {bench.draws} draws; all others that share no "
        "group with a labelled one are inspected; each class weighs alike. Intervals are over "
        "groups and draws."
    )
    return Section(f"{TOPIC}: {subset}", note, tuple(figures))


def _figures(bench: Bench, method: str, answers: Sequence[TunedAnswers]) -> list[Figure]:
    tests = [x.judged for x in answers]
    pairs = [naming(x, {y: y for y in x.sentences}) for x in tests]
    right = share_figure(
        tests, drawn_groups(tests), [x[0] for x in pairs], [x[1] for x in pairs], balanced=True
    )
    seconds = [x.seconds for x in answers]
    found = [
        Figure(
            TOPIC, method, SECONDS, bench.reference, float(np.median(seconds)), len(seconds),
            unit="s", command=COMMAND,
        )
    ]  # fmt: skip
    if right is not None:
        found.append(
            Figure(
                TOPIC, method, RIGHT, bench.reference, right.value, right.n, right.low, right.high,
                how="tuned", command=COMMAND,
            )
        )  # fmt: skip
    return found


def _main() -> None:
    """Measure, print and write."""
    known = [*sorted(METHODS), LORA]
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("methods", nargs="*", help=f"of {', '.join(known)}; all without any")
    parser.add_argument("--subset", choices=sorted(SHOTS), default=STRIP)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--model", default=SURFACE_MODEL)
    parser.add_argument("--draws", type=int, default=3)
    chosen = parser.parse_args()
    images = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data" / "images"
    if not images.is_dir():
        parser.error(f"no real pictures at {images}; set FAULTLENS_SHARED to the folder 'shared'")
    bench = Bench(images, chosen.out / "tune-methods", chosen.model, chosen.draws)
    try:
        section = methods_section(bench, chosen.methods or known, chosen.subset)
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    page = f"# Methods of tuning\n\nMade by `{COMMAND}`.\n\n{tables([section], {})}"
    print(page)
    if not chosen.methods:
        write_text(chosen.out / f"tune-methods-{chosen.subset}.md", page)


if __name__ == "__main__":
    _main()
