"""What fewer bits cost the built-in models on real recordings and pictures.

The bundles are made as a user makes them (`faultlens export builtin/... --precision int8`) and
judge the real sets beside their sources; no real file calibrates them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benches.surface.answers import Bench
from benches.surface.builtin import parts
from benches.windows import (
    BOTH,
    FAULT_KEYS,
    LEARNED,
    NOTHING,
    SPEED,
    Judged,
    chosen,
    judged_packs,
)
from faultlens.core.files import write_text
from faultlens.metrics.classification import auroc, balanced_accuracy
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.runtimes.trial import Drop

COMMAND = "python -m benches.reduced"

HEALTHY = "healthy"

ASKED = ("naming", "text")
"""Parts of `surface.builtin` that are compared: what text alone says; references take hours."""


def bearing_drops(judged: Sequence[Judged]) -> Iterator[Drop]:
    """Figures of two models that judged the same windows, by what was known of them.

    Args:
        judged: windows and whole recordings; of each, the source's judgement comes first.

    Example:
        >>> list(bearing_drops([]))
        []
    """
    for known in (BOTH, SPEED, NOTHING):
        models = list(chosen(judged, known=known).values())
        if len(models) != 2:
            continue
        before, after = (_figures(rows) for rows in models)
        for name, value in before.items():
            yield Drop(f"{known} known: {name}", value, after[name])


def surface_drops(
    images: Path, out: Path, reduced: str, *, only: Sequence[str] = ASKED, draws: int = 5
) -> Iterator[Drop]:
    """Figures of the parts of `surface.builtin`, of the built-in model and of a smaller one.

    Args:
        images: folder of the pictures with its manifest.csv.
        out: keeps the answers of both.
        reduced: folder of the bundle.
        only: names of parts.
        draws: of references, and of paraphrases.

    Raises:
        InputError: pictures or the model cannot be read.

    Example:
        >>> list(surface_drops(Path("/x"), Path("/y"), "mine", only=()))
        []
    """
    for name in only:
        found = []
        for model in (SURFACE_MODEL, reduced):
            bench = Bench(images, out, model, draws)
            own = bench.reference
            figures = parts(bench)[name]().figures
            found.append({(x.subject, x.name, x.how): x.value for x in figures if x.model == own})
        for key in found[0].keys() & found[1].keys():
            told = ", ".join(x for x in key if x)
            yield Drop(told, found[0][key], found[1][key])


def page_of(drops: Sequence[Drop], precision: str) -> str:
    """The figures as Markdown, and the largest difference.

    Args:
        drops: measured.
        precision: of the smaller models.

    Example:
        >>> print(page_of([Drop("accuracy", 0.9, 0.895)], "int8").splitlines()[-3])
        | accuracy | 0.9000 | 0.8950 | -0.50 |
    """
    lines = [f"| figure | fp32 | {precision} | points |", "|---|---|---|---|"]
    lines += [
        f"| {x.name} | {x.single:.4f} | {x.reduced:.4f} | {round(-100 * x.drop, 2) + 0.0:+.2f} |"
        for x in drops
    ]
    worst = max((x.drop for x in drops), default=0.0)
    within = sum(x.drop <= 0.01 for x in drops)
    told = (
        f"{within} of {len(drops)} figures within one point; most lost: {100 * worst:.2f} points."
    )
    return "\n".join([*lines, "", told]) + "\n"


def _figures(rows: Sequence[Judged]) -> dict[str, float]:
    windows = [x for x in rows if not x.whole]
    faulty = [x for x in windows if x.label in FAULT_KEYS]
    sound = [x for x in windows if x.label == HEALTHY]
    scores = [np.array([x.fault_score for x in part]) for part in (faulty, sound)]
    truth, forced = [x.label for x in faulty], [x.forced for x in faulty]
    return {
        f"fault type, balanced accuracy (n = {len(faulty)})": balanced_accuracy(truth, forced),
        f"fault against healthy, AUROC (n = {len(windows)})": auroc(scores[0], scores[1]),
        f"healthy without alarm (n = {len(sound)})": 1 - float(np.mean([x.alarm for x in sound])),
        f"faults that alarm (n = {len(faulty)})": float(np.mean([x.alarm for x in faulty])),
    }


def _exported(model: str, precision: str, folder: Path) -> str:
    target = folder / f"{model.replace('/', '-')}-{precision}"
    more = ["--precision", precision, "--out", str(target), "--quiet"]
    subprocess.run([sys.executable, "-m", "faultlens", "export", model, *more], check=True)
    return str(target)


def _main() -> None:
    """Export, judge, print and write."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("only", nargs="*", help="bearing, surface; both without any")
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--parts", nargs="*", default=ASKED, help="of benches.surface.builtin")
    parser.add_argument("--out", type=Path, default=Path("results"))
    asked = parser.parse_args()
    data = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data"
    drops: list[Drop] = []
    with tempfile.TemporaryDirectory() as place:
        if not asked.only or "bearing" in asked.only:
            small = _exported(LEARNED, asked.precision, Path(place))
            both = dict.fromkeys((BOTH, SPEED, NOTHING), (LEARNED, small))
            drops += bearing_drops(judged_packs(data / "bearing", models=both))
        if not asked.only or "surface" in asked.only:
            small = _exported(SURFACE_MODEL, asked.precision, Path(place))
            drops += surface_drops(
                data / "images", asked.out / "surface", small, only=asked.parts, draws=asked.draws
            )
    page = f"# The built-in models in {asked.precision}\n\n" + page_of(drops, asked.precision)
    write_text(asked.out / f"reduced-{asked.precision}.md", page)
    print(page)


if __name__ == "__main__":
    _main()
