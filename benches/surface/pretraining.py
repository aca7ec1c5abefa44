"""What an encoder of surfaces that is trained anew is worth beside the built-in one.

`python -m benches.surface.pretraining` trains on half of the groups of real
pictures, or on rendered ones alone, and asks the other half of the same question that `evaluate`
asks; answers and models stay in `results/pretraining`, so a stopped run goes on.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benches.surface.answers import CASTINGS, STRIP, TILES, Bench
from benches.surface.questions import AUROC, PARTS, PIXEL_AUROC, RIGHT
from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.datasets.pictures.picture import LabelledPicture, PictureDataset
from faultlens.evaluation.figures import Figure, Section, figures_json, tables
from faultlens.evaluation.surface.judged import JudgedPictures
from faultlens.evaluation.surface.picture_figures import (
    Spanned,
    drawn_groups,
    image_figures,
    naming,
    pixel_figures_of,
    share_figure,
)
from faultlens.evaluation.surface.trial import PictureTrial
from faultlens.runtimes.picture_model import SURFACE_MODEL

COMMAND = "python -m benches.surface.pretraining"

TOPIC = "An encoder trained by its owner"

OWN, UNLABELLED, NOTHING = "labelled", "unlabelled", "rendered alone"


@dataclass(frozen=True)
class Case:
    """What is trained.

    Args:
        name: in a word or two.
        start: "builtin/surface" or "scratch".
        subset: set whose half is learned from; "" for none.
        given: `OWN` with labels (and masks where there are some), `UNLABELLED` without, or
            `NOTHING`.
        rendered: pictures rendered along.
        epochs: passes over all windows.
        sound_only: only its sound pictures are learned from.
        kept: share of the starting weights at the end.
    """

    name: str
    start: str
    subset: str
    given: str
    rendered: int
    epochs: int
    sound_only: bool = False
    kept: float = 0.0


CASES = (
    Case("strip", SURFACE_MODEL, STRIP, OWN, 500, 8),
    Case("strip-kept", SURFACE_MODEL, STRIP, OWN, 500, 8, kept=0.5),
    Case("strip-scratch", "scratch", STRIP, OWN, 500, 12),
    Case("tiles", SURFACE_MODEL, TILES, OWN, 500, 8),
    Case("tiles-unlabelled", SURFACE_MODEL, TILES, UNLABELLED, 500, 8, sound_only=True),
    Case("castings-unlabelled", SURFACE_MODEL, CASTINGS, UNLABELLED, 500, 8),
    Case("rendered-scratch", "scratch", "", NOTHING, 1500, 12),
)
"""A few minutes each on two cores."""


def halves(
    pictures: Sequence[LabelledPicture], seed: int
) -> tuple[list[LabelledPicture], list[LabelledPicture]]:
    """Two halves that share no group, of each label alike.

    Args:
        pictures: with a group each.
        seed: of the draw.

    Example:
        >>> some = [LabelledPicture(Path(x), x, "crack", True, 2, 3) for x in "abcd"]
        >>> [len(x) for x in halves(some, seed=0)]
        [2, 2]
    """
    draw = np.random.default_rng(seed)
    first: set[str] = set()
    for label in sorted({x.label for x in pictures}):
        keys = sorted({x.key for x in pictures if x.label == label} - first)
        first |= {keys[i] for i in draw.permutation(len(keys))[: len(keys) // 2]}
    learned = [x for x in pictures if x.key in first]
    return learned, [x for x in pictures if x.key not in first]


def trained(case: Case, bench: Bench, seed: int) -> Path:
    """The bundle of a case, trained unless it is there.

    Args:
        case: what is trained.
        bench: where pictures are taken from and models kept.
        seed: of the halves and of the training.

    Raises:
        InputError: the pictures cannot be read.
        OSError: the folder cannot be written.

    Example:
        >>> trained.__name__
        'trained'
    """
    from faultlens.models.checkpoint import read_checkpoint
    from faultlens.training.surface.experiment import usual_experiment
    from faultlens.training.surface.material import gathered
    from faultlens.training.surface.pretrain import picture_cache, pretrain_pictures
    from faultlens.training.surface.pretrained_bundle import export_pictures

    folder = bench.out / f"{case.name}-{seed}"
    bundle = folder / "bundle"
    if bundle.exists():
        return bundle
    usual = usual_experiment(case.start)
    how = replace(
        usual,
        rendered=case.rendered,
        kept=case.kept,
        training=replace(usual.training, epochs=case.epochs, seed=seed),
    )
    half = halves(bench.pictures(case.subset).pictures, seed)[0] if case.subset else []
    half = [x for x in half if not (case.sound_only and x.defective)]
    given = (half, []) if case.given == OWN else ([], [x.path for x in half])
    checkpoint = folder / "checkpoint"
    material = gathered(*given, how, picture_cache(checkpoint), quiet=bench.quiet)
    pretrain_pictures(material, how, checkpoint, quiet=bench.quiet)
    export_pictures(read_checkpoint(checkpoint), bundle, name=case.name)
    return bundle


def asked(bench: Bench, model: str, seed: int, name: str) -> Iterator[Figure]:
    """Figures of a model on the halves that no case learned from.

    Args:
        bench: where pictures are taken from and answers kept.
        model: "builtin/surface", or the folder of a bundle.
        seed: of the halves.
        name: how the figures call the model.

    Raises:
        InputError: pictures or model cannot be read.

    Example:
        >>> asked.__name__
        'asked'
    """
    bench = replace(bench, model=model)
    for subset in (STRIP, TILES, CASTINGS):
        whole = bench.pictures(subset)
        held = replace(whole, pictures=tuple(halves(whole.pictures, seed)[1]))
        trial = PictureTrial(part=PARTS[subset])
        (test,) = bench.answers(
            f"{name.replace('/', '-')}-{subset}-{seed}", held, trial, pixels=subset == TILES
        )
        yield from _figures(f"{subset}, half {seed}", name, test, held)


def _figures(
    subject: str, name: str, test: JudgedPictures, held: PictureDataset
) -> Iterator[Figure]:
    drawn = drawn_groups([test])
    if images := image_figures([test], drawn):
        yield _figure(subject, AUROC, name, images["auroc"])
    if pixels := pixel_figures_of([test], drawn):
        yield _figure(subject, PIXEL_AUROC, name, pixels["auroc"])
    if len(held.defects) < 2:
        return
    hits, among = naming(test, {x: x for x in held.defects})
    right = share_figure([test], drawn, [hits], [among], balanced=True)
    if right is not None:
        yield _figure(subject, RIGHT, name, right)


def _figure(subject: str, what: str, name: str, found: Spanned) -> Figure:
    return Figure(
        TOPIC, subject, what, name, found.value, found.n, found.low, found.high, command=COMMAND
    )


def _main() -> None:
    """Train, ask, print and write."""
    parser = argparse.ArgumentParser(prog=COMMAND.removeprefix("python -m "))
    parser.add_argument("only", nargs="*", help="names of cases; all of them without any")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    images = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data" / "images"
    if not images.is_dir():
        parser.error(f"no real pictures at {images}; set FAULTLENS_SHARED to the folder 'shared'")
    known = {x.name: x for x in CASES}
    if strange := [x for x in chosen.only if x not in known]:
        parser.error(f"no case '{strange[0]}'; there are {', '.join(known)}")
    bench = Bench(images, chosen.out / "pretraining", quiet=True)
    try:
        figures = list(asked(bench, SURFACE_MODEL, chosen.seed, SURFACE_MODEL))
        for name in chosen.only or known:
            print(f"{name} ...", file=sys.stderr, flush=True)
            bundle = trained(known[name], bench, chosen.seed)
            figures += asked(bench, str(bundle), chosen.seed, name)
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    note = (
        "Half of the groups of real pictures are learned from, as the case says; all figures are "
        "of the other half, asked by text alone. Intervals are over groups."
    )
    print(tables([Section(TOPIC, note, tuple(figures))], {}))
    if not chosen.only:
        write_text(bench.out / "pretraining.json", figures_json(figures))


if __name__ == "__main__":
    _main()
