"""The trial of a model of pictures: rendered surfaces, sound ones and six defects by name."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.images.simulator.render import render_surface
from faultlens.metrics.classification import auroc
from faultlens.runtimes.defect_question import defect_question
from faultlens.runtimes.heat import top_mean
from faultlens.runtimes.image_model import (
    IMAGE,
    PATCHES,
    PIXELS,
    each_encoded,
    picture_preparation,
)
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.surface_scores import log_odds, scoring_of, shares_of
from faultlens.runtimes.trial import Trial

ASKED = {
    "crack": "crack", "scratch": "scratch", "corrosion": "corrosion", "dent": "dent",
    "pitting": "pitting", "inclusion": "inclusion",
}  # fmt: skip
"""Sentence -> concept of the renderer: the usual defects of metal surfaces."""

SOUND = "no_defect"

HELD_OUT_SEED, CALIBRATION_SEED = 60_000_000, 61_000_000
"""Apart from each other, and from what builtin/surface learned from and was measured on."""

HELD_OUT, CALIBRATION = 900, 48
"""Pictures. Of a drop of one point, 900 show the sign where one in fifty is named otherwise."""

HELD_OUT_WORDS = 300
"""Pictures for a model that brings its own words: each takes it up to a second."""

SIZES_PX = (128, 160, 200)


def picture_trial(
    model: Model,
    own: Sequence[Image] = (),
    *,
    held_out: int | None = None,
    calibration: int = CALIBRATION,
) -> Trial:
    """What a model of pictures is calibrated with and measured on.

    Args:
        model: of the kind "image".
        own: pictures of the user's to calibrate with; none takes rendered ones.
        held_out: rendered pictures to measure on, a third of them sound; None takes as many as
            such a model judges in a few minutes.
        calibration: rendered pictures to calibrate with.

    Raises:
        UsageError: the model takes something else.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> trial = picture_trial(load_model("builtin/surface"), held_out=12, calibration=2)
        >>> trial.what, len(trial.calibration["image"])
        ('12 rendered pictures that nothing was learned from', 2)
    """
    preparation = picture_preparation(model)
    count = held_out or (HELD_OUT_WORDS if model.brings_text else HELD_OUT)
    shown = list(own) or rendered(CALIBRATION_SEED, calibration)[0]
    passes = [{PIXELS: preparation.pixels(x)[None]} for x in shown]

    def figures(judging: Model) -> Mapping[str, float]:
        return _figures(judging, *rendered(HELD_OUT_SEED, count))

    first = rendered(CALIBRATION_SEED, 2)[0][1]
    told = f"{len(own)} pictures of its user's" if own else f"{calibration} rendered pictures"
    return Trial(
        what=f"{count} rendered pictures that nothing was learned from",
        figures=figures,
        # Models with words of their own read the ranges of each picture as it comes.
        calibration={} if model.brings_text else {IMAGE: passes},
        calibrated_on="" if model.brings_text else f"calibrated on {told}",
        golden={} if model.brings_text else {IMAGE: {PIXELS: preparation.pixels(first)[None]}},
    )


@cache
def rendered(first_seed: int, count: int) -> tuple[list[Image], list[str]]:
    """Rendered pictures and their concepts; every third is sound.

    Args:
        first_seed: of the first picture; the others follow.
        count: pictures.

    Example:
        >>> rendered(1, 3)[1]
        ['no_defect', 'crack', 'scratch']
    """
    pictures, concepts = [], []
    defects = list(ASKED.values())
    for at in range(count):
        concept = defects[(at - 1 - at // 3) % len(defects)] if at % 3 else SOUND
        side = SIZES_PX[at // 3 % len(SIZES_PX)]
        made = render_surface(
            seed=first_seed + at,
            height_px=side,
            width_px=side,
            concept=concept,
            colour=at % 5 == 0,
        )
        pictures.append(Image(made.pixels))
        concepts.append(concept)
    return pictures, concepts


def _figures(model: Model, pictures: Sequence[Image], concepts: Sequence[str]) -> dict[str, float]:
    meanings = defect_question(list(ASKED), model=model).meanings
    scoring = scoring_of(model.bundle.calibration)
    anomaly, names = [], []
    for seen in each_encoded(model, pictures, want=(IMAGE, PATCHES)):
        assert seen.image is not None and seen.patches is not None
        whole = shares_of(seen.image[None], meanings, scoring)
        places = shares_of(np.moveaxis(seen.patches, 0, -1), meanings, scoring)
        hottest = log_odds(top_mean(places.anomalous))
        anomaly.append(float(log_odds(whole.anomalous)[0] + hottest) / 2)
        names.append(whole.names[0])
    defective = np.array([x != SOUND for x in concepts])
    truth = np.array([list(ASKED.values()).index(x) for x in concepts if x != SOUND])
    scores, shares = np.array(anomaly), np.stack(names)[defective]
    found = {
        "defect against sound, AUROC": auroc(scores[defective], scores[~defective]),
        "right name against the others, AUROC": _naming_area(shares, truth),
    }
    if not model.brings_text:
        # A model of photographs names rendered pictures little better than by chance, and what is
        # named by chance changes with every rounding: there the area says more.
        found["accuracy of naming"] = float((shares.argmax(axis=1) == truth).mean())
    return found


def _naming_area(shares: NDArray[np.float32], truth: NDArray[np.intp]) -> float:
    """Mean over the names: how well the share of a name parts its own pictures from the others."""
    areas = [auroc(shares[truth == name, name], shares[truth != name, name]) for name in set(truth)]
    return float(np.mean(areas))
