"""`--method lora` from end to end: folds say how well it does, then it learns from all pictures."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.runtimes.adapters import Adapters
from faultlens.runtimes.defect_question import defect_question
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.training.few_pictures.by_methods import Learnt
from faultlens.training.few_pictures.learned import (
    SHARPNESS_BOUNDS,
    Space,
    Told,
    class_mean,
    name_losses,
    told,
)
from faultlens.training.few_pictures.left_out import SHARES, Tried
from faultlens.training.few_pictures.lora import FittedLora, LoraPlan, fit_lora
from faultlens.training.few_pictures.lora_objective import LoraPicture
from faultlens.training.few_pictures.shown import ShownPicture, shown_pictures
from faultlens.training.few_pictures.taken import TakenPictures

FOLDS = 3
"""Trainings that leave pictures out, beside the one on all: each takes as long."""


@dataclass(frozen=True, eq=False)
class _Fold:
    """Pictures left out together, as a model sees them that never saw them."""

    at: NDArray[np.intp]
    space: Space
    shown: list[ShownPicture]


def learnt_by_lora(
    base: Model,
    taken: TakenPictures,
    shown: Sequence[ShownPicture],
    part: str,
    folder: Path,
    *,
    epochs: int | None = None,
    seed: int = 0,
    resume: Path | None = None,
    quiet: bool = True,
) -> Learnt:
    """Tune the towers on all pictures, and say how well the same does on pictures left out.

    Args:
        base: of the kind "image".
        taken: the pictures.
        shown: the same as the base sees them.
        part: what is on them, in words.
        folder: to write the tuned encoders into.
        epochs: passes over the pictures; None for the usual.
        seed: of folds, order and views.
        resume: folder in which a killed tuning is kept, fold by fold; None keeps none.
        quiet: no progress bar.

    Raises:
        UsageError: a class with one group of pictures only, which cannot be left out.
        BundleError: a model that cannot be trained on.
        MissingPackageError: what trains is not installed.

    Example:
        >>> learnt_by_lora.__name__  # `tune_pictures` shows it at work
        'learnt_by_lora'
    """
    plan = LoraPlan() if epochs is None else LoraPlan(epochs=epochs)
    pictures = [
        LoraPicture(x.part, int(y), x.places[0].mask if x.places else None)
        for x, y in zip(shown, taken.target, strict=True)
    ]

    def fitted(which: NDArray[np.bool_], name: str) -> FittedLora:
        # Asked in the order of the classes; "no defect" is the one after the last.
        question = defect_question(taken.defects, part=part, model=base)
        return fit_lora(
            base, list(compress(pictures, which)), question, scoring_of(base.bundle.calibration),
            plan=plan, seed=seed, resume=None if resume is None else resume / name, quiet=quiet,
        )  # fmt: skip

    folds = []
    for number, out in enumerate(_folds(taken, seed)):
        made = fitted(~out, f"fold-{number}")
        folds.append(_seen_by(made.model, taken, np.flatnonzero(out), part, quiet=quiet))
    tried = _tried(folds, taken)
    bundle, difference = fitted(np.ones(len(pictures), bool), "all").export(folder, seed=seed)
    if resume is not None:
        shutil.rmtree(resume, ignore_errors=True)
    notice = Notice(
        en=f"Scores by torch and by the exported bundle differ by {difference:.1g} at most.",
        zh=f"torch 与导出模型包的得分最大相差 {difference:.1g}。",
    )
    return Learnt(bundle, tried, [tried], Adapters(taken.defects, part), (notice,))


def _folds(taken: TakenPictures, seed: int) -> Iterator[NDArray[np.bool_]]:
    """Pictures left out together: every class has one in each at most, and one that stays."""
    once = [x for i, x in enumerate(taken.classes) if taken.groups_of(i) < 2]
    if once:
        raise UsageError(
            f"LoRA is measured with pictures left out, and there is one only of "
            f"{', '.join(once)}. Add a second one, or take another method: --method auto."
        )
    draw = np.random.default_rng(seed)
    fold = np.zeros(len(taken.target), np.intp)
    for number in range(len(taken.classes)):
        groups = draw.permutation(np.unique(taken.group[taken.target == number]))
        for place, group in enumerate(groups):
            fold[taken.group == group] = place % min(FOLDS, len(groups))
    for number in np.unique(fold):
        yield fold == number


def _seen_by(
    model: Model, taken: TakenPictures, at: NDArray[np.intp], part: str, *, quiet: bool
) -> _Fold:
    question = defect_question(taken.defects, part=part, model=model)
    scoring = scoring_of(model.bundle.calibration)
    pictures = [taken.pictures[i] for i in at.tolist()]
    found, _ = shown_pictures(
        model, pictures, taken.target[at].tolist(), question, scoring, quiet=quiet
    )
    seen = [x is not None for x in found]
    space = Space.of(question.meanings, scoring, has_sound=taken.has_sound)
    return _Fold(at[seen], space, [x for x in found if x is not None])


def _tried(folds: Sequence[_Fold], taken: TakenPictures) -> Tried:
    """Names at the share and sharpness that fit the pictures left out best."""
    count, defects = len(taken.target), len(taken.defects)
    judged = np.zeros(count, bool)
    judged[np.concatenate([x.at for x in folds])] = True
    some = judged & (taken.target < defects)

    def said(share: float, sharpness: float) -> Told:
        names, odds = np.zeros((count, defects)), np.zeros(count)
        for fold in folds:
            points = np.stack([x.rows for x in fold.shown])
            its = told(fold.space, fold.shown, points, sharpness=sharpness, whole_share=share)
            names[fold.at], odds[fold.at] = its.names, its.odds
        return Told(names, odds)

    def loss(share: float, log_sharpness: float) -> float:
        names = said(share, float(np.exp(log_sharpness))).names[some]
        return class_mean(name_losses(names, taken.target[some]), taken.target[some])

    best: tuple[float, float, float] | None = None
    for share in SHARES:
        found = minimize_scalar(
            lambda x, share=share: loss(share, x), bounds=SHARPNESS_BOUNDS, method="bounded"
        )
        if best is None or found.fun < best[0]:
            best = (float(found.fun), share, float(np.exp(found.x)))
    assert best is not None
    at_best = said(best[1], best[2])
    losses, named = np.full(count, np.nan), np.full(count, np.nan)
    losses[some] = name_losses(at_best.names[some], taken.target[some])
    named[some] = at_best.names[some].argmax(axis=1) == taken.target[some]
    return Tried("lora", 0.0, best[1], best[2], best[0], losses, named, judged, at_best)
