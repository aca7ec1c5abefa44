"""What class thresholds come to on real pictures: names given, wrong names, names missed.

`python -m benches.surface.confusions --images DIR` measures it: of each defect a
few pictures, drawn by group, make the thresholds; the rest, without the groups of those, is named.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.surface.answers import STRIP, TILES, Bench
from benches.surface.questions import PARTS
from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.files import write_text
from faultlens.evaluation.figures import Figure, Section, figures_json, tables
from faultlens.evaluation.surface.picture_figures import Spanned, spanned
from faultlens.images.read import read_image
from faultlens.metrics.resamples import resamples
from faultlens.profiles.calibrate_classes import class_thresholds
from faultlens.profiles.calibrate_surface import measures_of
from faultlens.profiles.class_thresholds import possible_names
from faultlens.profiles.labelled_classes import unlearned
from faultlens.profiles.picture_profile import picture_profile
from faultlens.profiles.weighed_picture import weighed
from faultlens.runtimes.defect_question import defect_question
from faultlens.runtimes.looking import each_seen
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.runtimes.viewing import Viewing

COMMAND = "python -m benches.surface.confusions"

PER_CLASS = (10, 20)
"""Labelled pictures of each defect, of groups of their own."""

MISSED = (0.1, 0.2, 0.3)

SETS = {STRIP: 0, TILES: 60}
"""Set of pictures -> clean pictures of a profile; 0 where the set has none."""

BEFORE, RIGHTED = "wrong names, the likeliest one always given", "wrong names, recalibrated"
NAMED, WRONG, OWN = "given one name", "wrong names", "own name missed, mean over classes"
WORST = "own name missed, worst class"

TOPIC = "Names believed from class thresholds"

NOTE = (
    "Shares of all test pictures of defects. Promised is 'own name missed' at most the share "
    "asked for. Mean over draws of the labelled pictures; 95 % intervals over groups of pictures "
    "and draws."
)


@dataclass(frozen=True, eq=False)
class Named:
    """What a model says of labelled pictures of defects.

    Args:
        labels: that were asked for.
        names: (picture, label) probability of each, given an anomaly.
        truth: (picture,) index of the true label.
        group: of each picture.
    """

    labels: tuple[str, ...]
    names: NDArray[np.float64]
    truth: NDArray[np.intp]
    group: tuple[str, ...]


def named_pictures(bench: Bench, subset: str, references: int) -> Named:
    """The names that a model gives to every picture of a defect of a set.

    Args:
        bench: pictures and model.
        subset: of the pictures.
        references: clean pictures of a profile, one of each group; 0 for the text alone.

    Raises:
        InputError: pictures or model cannot be read.
        UsageError: fewer clean groups than are asked for.

    Example:
        >>> named_pictures.__name__
        'named_pictures'
    """
    dataset = bench.pictures(subset)
    labels, part = dataset.defects, PARTS[subset]
    model = load_image_model(bench.model)
    profile = None
    if references:
        clean = list({x.key: x for x in reversed(dataset.pictures) if not x.defective}.values())
        if len(clean) < references:
            raise UsageError(f"{subset} has {len(clean)} clean groups; {references} are needed.")
        profile = picture_profile(
            [read_image(x.path) for x in clean[:references]], defects=labels, part=part,
            model=bench.model,
        )  # fmt: skip
    question = defect_question(labels, part=part, model=model)
    scoring = scoring_of(model.bundle.calibration)
    shown = unlearned([x for x in dataset.pictures if x.defective], model)
    names = [
        weighed(x, scoring, profile).names
        for x in each_seen(
            model, (read_image(x.path) for x in shown), question.meanings, scoring,
            viewing=Viewing(), measures=() if profile is None else measures_of(profile.bank),
        )
    ]  # fmt: skip
    return Named(
        tuple(labels),
        np.array(names, dtype=np.float64),
        np.array([labels.index(x.label) for x in shown]),
        tuple(x.key for x in shown),
    )


def threshold_figures(
    named: Named, per_class: int, missed: float, *, draws: int = 10
) -> dict[str, Spanned]:
    """What thresholds of so many labelled pictures come to on all others.

    Args:
        named: what a model says.
        per_class: labelled pictures of each class, one of a group.
        missed: share of its pictures whose own name a class may miss.
        draws: of the labelled pictures, with the seeds from 0 on.

    Example:
        >>> truth = np.repeat([0, 1], 60)
        >>> sure = Named(("a", "b"), np.eye(2)[truth] * 0.9 + 0.05, truth,
        ...              tuple(str(i) for i in range(120)))
        >>> found = threshold_figures(sure, 10, 0.1, draws=2)
        >>> found[NAMED].value, found[WRONG].value
        (1.0, 0.0)
    """
    drawn = resamples(named.group, [str(x) for x in named.truth], np.arange(len(named.truth)))
    weights = drawn.counts[:, drawn.unit_of]
    rows: dict[str, list[NDArray[np.float64]]] = {}
    for seed in range(draws):
        chosen = _drawn(named, per_class, seed)
        kept = {named.group[i] for i in chosen}
        test = np.array([i for i, x in enumerate(named.group) if x not in kept])
        made = class_thresholds(
            named.names[chosen], named.truth[chosen], named.labels, missed=missed
        )
        shares = made.calibrated(named.names[test].T).T
        shares /= shares.sum(axis=1, keepdims=True)
        possible = [possible_names(x, made.thresholds, made.samples) for x in shares.tolist()]
        true, its = named.truth[test], weights[:, test]
        single = np.array([len(x) == 1 for x in possible])
        first = np.array([x[0] if x else -1 for x in possible])
        lost = np.array([t not in x for t, x in zip(true, possible, strict=True)])
        every = np.ones((1, len(test)), dtype=bool)
        of_class = np.stack([true == i for i in range(len(named.labels))])
        for name, hit, among in (
            (BEFORE, named.names[test].argmax(axis=1) != true, every),
            (RIGHTED, shares.argmax(axis=1) != true, every),
            (NAMED, single, every),
            (WRONG, single & (first != true), every),
            (OWN, lost, of_class),
        ):
            rows.setdefault(name, []).append(_share(hit, among, its).mean(axis=0))
        rows.setdefault(WORST, []).append(_share(lost, of_class, its))
    worst = np.stack(rows.pop(WORST))  # (draw of pictures, class, draw of groups)
    by_class = worst[:, :, 0].mean(axis=0)
    rows[WORST] = list(worst[:, int(by_class.argmax())])
    n = len(named.truth) - per_class * len(named.labels)
    return {name: spanned(np.stack(x), n) for name, x in rows.items()}


def confusions_section(bench: Bench, sets: Sequence[str] = tuple(SETS)) -> Iterator[Section]:
    """A table per set of pictures; those that the model was tuned on, and their like, are left out.

    Args:
        bench: pictures and model.
        sets: of `SETS`.

    Raises:
        InputError: pictures or model cannot be read.

    Example:
        >>> confusions_section.__name__
        'confusions_section'
    """
    for subset in sets:
        references = SETS[subset]
        named = named_pictures(bench, subset, references)
        figures = []
        for per_class in PER_CLASS:
            for missed in MISSED:
                found = threshold_figures(named, per_class, missed, draws=bench.draws)
                subject = f"{per_class} labelled of each, {missed:g} may be missed"
                figures += [
                    Figure(TOPIC, subject, name, bench.reference, x.value, x.n, x.low, x.high,
                           command=COMMAND)
                    for name, x in found.items()
                ]  # fmt: skip
        by = f"{references} clean references" if references else "text alone"
        topic = f"{TOPIC}: {PARTS[subset]}, {len(named.labels)} names, {by}"
        yield Section(topic, NOTE, tuple(figures))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the figures and the page.

    Args:
        arguments: of the command line; None for those of the process.

    Example:
        >>> main(["--images", "/nowhere"])
        3
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, default=Path("../shared/data/images"))
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--model", default=SURFACE_MODEL)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--draws", type=int, default=10)
    given = parser.parse_args(arguments)
    try:
        bench = Bench(given.images, given.out, given.model, draws=given.draws, quiet=True)
        sections = tuple(confusions_section(bench, given.sets))
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        return error.exit_code
    page = f"# Class thresholds on real pictures\n\nMade by `{COMMAND}`.\n\n{tables(sections, {})}"
    write_text(given.out / "confusions.md", page)
    figures = (x for section in sections for x in section.figures)
    write_text(given.out / "confusions.json", figures_json(figures))
    print(page)
    return 0


def _drawn(named: Named, per_class: int, seed: int) -> NDArray[np.intp]:
    """So many pictures of each class, one of a group."""
    dice = np.random.default_rng(seed)
    chosen: list[int] = []
    for label in range(len(named.labels)):
        groups: set[str] = set()
        for i in dice.permutation(np.flatnonzero(named.truth == label)):
            if named.group[i] not in groups:
                groups.add(named.group[i])
                chosen.append(int(i))
            if len(groups) == per_class:
                break
    return np.array(chosen)


def _share(
    hit: NDArray[np.bool_], among: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(set of pictures, draw) share of the pictures among which it is so."""
    total = among @ weights.T
    return np.asarray((among & hit) @ weights.T / np.maximum(total, 1e-9))


if __name__ == "__main__":
    sys.exit(main())
