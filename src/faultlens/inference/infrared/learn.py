"""The level and the weight of a fusion, learned on few labelled pairs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.registration.warp import Matrix
from faultlens.images.thermal.blend import blended
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.infrared.decision import decided
from faultlens.inference.infrared.feature import with_beside
from faultlens.inference.infrared.fusion import DECISION, FEATURE, INPUT, LEVELS, Fusion
from faultlens.inference.infrared.paired import paired
from faultlens.inference.inspector import Inspector
from faultlens.metrics.classification import auroc
from faultlens.profiles.calibrate_surface import measures_of
from faultlens.profiles.weighed_picture import weighed
from faultlens.runtimes.looking import Finish, Seen, each_seen
from faultlens.runtimes.surface_scores import log_odds

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the infrared, among which is chosen: few pairs tell no more apart."""

LEAST_PAIRS = 3
"""Labelled pairs of either kind; of fewer, chance would choose."""

SPLITS = 20
"""How often the pairs are split in halves to see what a choice is worth."""


@dataclass(frozen=True)
class LearnedFusion:
    """A fusion chosen on labelled pairs, and what that choice is worth.

    Args:
        fusion: the level and the weight.
        auroc: chance that a faulty pair scores above a sound one, on the pairs that it was chosen
            on.
        held_out_auroc: the same on pairs that it was not chosen on, the mean of halves.
        visible_auroc: of the visible pictures alone.
        pairs: how many there were.
    """

    fusion: Fusion
    auroc: float
    held_out_auroc: float
    visible_auroc: float
    pairs: int


def learned_fusion(
    scores: Mapping[Fusion, NDArray[np.floating]], faulty: Sequence[bool], *, seed: int = 0
) -> LearnedFusion:
    """Choose the fusion whose scores tell faulty pairs from sound ones best.

    Of equals the one with the weight nearest to the mean of all equals is taken: it stands in the
    middle of what does as well.

    Args:
        scores: fusion -> (pair,) scores, the higher the likelier a fault.
        faulty: (pair,) whether it shows a fault.
        seed: of the splits.

    Raises:
        UsageError: fewer than three pairs of either kind, or lengths that differ.

    Example:
        >>> scores = {Fusion("input", 0.0): np.array([1.0, 0, 1, 0, 1, 0]),
        ...           Fusion("feature", 0.5): np.array([1.0, 1, 1, 0, 0, 0])}
        >>> learned_fusion(scores, [True, True, True, False, False, False]).fusion
        Fusion(level='feature', weight=0.5)
    """
    truth = np.asarray(faulty, dtype=bool)
    if min(truth.sum(), (~truth).sum()) < LEAST_PAIRS:
        raise UsageError(
            f"{truth.sum()} faulty and {(~truth).sum()} sound pairs; a fusion is learned on "
            f"{LEAST_PAIRS} of either kind at least, better 10. Set its weight by hand meanwhile "
            "(Fusion('feature', 0.5))."
        )
    if any(len(x) != len(truth) for x in scores.values()) or not scores:
        raise UsageError("Give scores of at least one fusion, one per pair.")
    everything = np.arange(len(truth), dtype=np.intp)
    chosen = _best(scores, truth, everything)
    alone = [x for x in scores if x.weight == 0]
    held = [
        _area(scores[_best(scores, truth, here)], truth, there)
        for here, there in _halves(truth, seed)
    ]
    return LearnedFusion(
        fusion=chosen,
        auroc=_area(scores[chosen], truth, everything),
        held_out_auroc=float(np.mean(held)),
        visible_auroc=_area(scores[alone[0]], truth, everything) if alone else float("nan"),
        pairs=len(truth),
    )


def learn_fusion(
    ready: Inspector,
    pairs: Iterable[tuple[Image, Thermal, bool]],
    *,
    levels: Sequence[str] = tuple(LEVELS),
    start: Matrix | None = None,
    seed: int = 0,
) -> LearnedFusion:
    """Learn level and weight of a fusion on few labelled pairs of visible and infrared.

    Args:
        ready: as `inference.inspect.inspector` makes it, with model, defects and profile.
        pairs: visible picture, infrared and whether the part is faulty.
        levels: among which is chosen.
        start: (3, 3) pixel of a picture -> pixel of the infrared, where the rig is known.
        seed: of the splits.

    Raises:
        UsageError: fewer than three pairs of either kind.
        InputError: an infrared picture of another scene.

    Example:
        >>> learn_fusion.__name__  # tests/inference/infrared/test_learn.py shows it at work
        'learn_fusion'
    """
    fusions = fusions_of(levels)
    rows, faulty = [], []
    for image, thermal, is_faulty in pairs:
        beside = paired(image, thermal, fusion=Fusion(FEATURE), start=start).beside
        assert beside is not None  # the level asks for it
        rows.append(fusion_scores(ready, image, beside, fusions))
        faulty.append(is_faulty)
    table = np.array(rows).reshape(len(rows), len(fusions))
    return learned_fusion(dict(zip(fusions, table.T, strict=True)), faulty, seed=seed)


def fusions_of(levels: Sequence[str] = tuple(LEVELS)) -> tuple[Fusion, ...]:
    """The fusions among which is chosen: the visible picture alone first, then every weight.

    Args:
        levels: of `LEVELS`.

    Example:
        >>> [x.weight for x in fusions_of(["feature"])]
        [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    alone = Fusion(INPUT, 0.0)
    return alone, *(Fusion(level, x) for level in levels for x in WEIGHTS if x > 0)


def fusion_scores(
    ready: Inspector, image: Image, beside: Image, fusions: Sequence[Fusion]
) -> list[float]:
    """The log-odds of an anomaly on one pair, by each of several fusions.

    Args:
        ready: as `inference.inspect.inspector` makes it.
        image: the picture in visible light.
        beside: the infrared in its frame, hot is white; `valid` where it reaches.
        fusions: levels and weights.

    Raises:
        InputError: a picture in which nothing can be seen.

    Example:
        >>> fusion_scores.__name__  # `learn_fusion` calls it
        'fusion_scores'
    """
    visible, infrared = _seen(ready, image, None), _seen(ready, beside, None)
    out = []
    for fusion in fusions:
        if fusion.weight == 0:
            seen = visible
        elif fusion.level == DECISION:
            seen = decided(visible, infrared, fusion.weight)
        elif fusion.level == FEATURE:
            seen = _seen(ready, image, with_beside(ready.model, lambda _: beside, fusion.weight))
        else:
            seen = _seen(ready, _mixed(image, beside, fusion.weight), None)
        out.append(float(log_odds(weighed(seen, ready.scoring, ready.profile).anomaly)))
    return out


def _mixed(image: Image, beside: Image, weight: float) -> Image:
    warm = beside.grey()
    if beside.valid is not None:
        warm = np.where(beside.valid, warm, np.float32(np.nan))
    return blended(image, warm, weight)


def _seen(ready: Inspector, image: Image, finish: Finish | None) -> Seen:
    measures = () if ready.profile is None else measures_of(ready.profile.bank)
    (seen,) = each_seen(
        ready.model,
        [image],
        ready.question.meanings,
        ready.scoring,
        viewing=ready.viewing,
        measures=measures,
        finish=finish,
    )
    return seen


def _best(
    scores: Mapping[Fusion, NDArray[np.floating]],
    truth: NDArray[np.bool_],
    chosen: NDArray[np.intp],
) -> Fusion:
    areas = {fusion: _area(x, truth, chosen) for fusion, x in scores.items()}
    most = max(areas.values())
    equals = [x for x, area in areas.items() if area >= most - 1e-9]
    middle = float(np.mean([x.weight for x in equals]))
    return min(equals, key=lambda x: abs(x.weight - middle))


def _area(
    scores: NDArray[np.floating], truth: NDArray[np.bool_], chosen: NDArray[np.intp]
) -> float:
    its, are = scores[chosen], truth[chosen]
    return auroc(its[are], its[~are])


def _halves(
    truth: NDArray[np.bool_], seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Halves of the pairs, faulty and sound ones in both."""
    rng = np.random.default_rng(seed)
    for _ in range(SPLITS):
        here, there = [], []
        for kind in (True, False):
            drawn = rng.permutation(np.flatnonzero(truth == kind))
            here.append(drawn[: (len(drawn) + 1) // 2])
            there.append(drawn[(len(drawn) + 1) // 2 :])
        yield np.concatenate(here), np.concatenate(there)
