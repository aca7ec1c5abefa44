"""`tune` on labelled pictures: few of each class make a model name a product's defects better.

Closed form, seconds, no torch; LoRA is a method of its own, in `few_pictures.lora`. Every picture
is judged by what was learned without it, so that the bundle says whether tuning helps.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.pictures.picture import NO_DEFECT, LabelledPicture
from faultlens.metrics.conformal import conformal_threshold
from faultlens.runtimes import viewing
from faultlens.runtimes.adapters import ADAPTED, ADAPTERS, unadapted
from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.defect_question import PART, defect_question
from faultlens.runtimes.image_model import KIND
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.runtimes.tuned_pictures import TUNED_ON
from faultlens.training.few_pictures.by_methods import Learnt, learnt_by_methods, masks_usable
from faultlens.training.few_pictures.learned import Space, platt
from faultlens.training.few_pictures.left_out import FEWEST_SOUND, Tried, base_alone
from faultlens.training.few_pictures.methods import METHODS
from faultlens.training.few_pictures.shown import (
    SAME,
    SAME_IN_THE_WORLD,
    USUAL_TIMES,
    ShownPicture,
    failed_notice,
    kept_apart,
    shown_pictures,
)
from faultlens.training.few_pictures.taken import TakenPictures, taken_pictures
from faultlens.training.few_pictures.tuned_on import (
    TunedOnPictures,
    gain_of,
    no_better,
    tried_method,
    tuned_card,
    why_chosen,
)

AUTO, LORA = "auto", "lora"
"""What cross-validation picks of `METHODS`; and the one that trains."""

FALSE_ALARMS = 0.01
"""Share of sound parts that may alarm, where there are enough of them to say so."""


def tune_pictures(
    pictures: Sequence[LabelledPicture],
    folder: str | Path,
    *,
    model: str = SURFACE_MODEL,
    part: str = PART,
    method: str = AUTO,
    epochs: int | None = None,
    shots: int | None = None,
    seed: int = 0,
    dataset: str = "",
    terms: str = "",
    quiet: bool = True,
) -> tuple[Bundle, TunedOnPictures]:
    """Tune a model to labelled pictures of a product, and write it as a bundle.

    Args:
        pictures: labelled with what each shows, in words; "no defect" among them helps.
        folder: bundle to write; a folder that holds anything else is left alone.
        model: what is tuned: "builtin/surface", a bundle, or a model of Hugging Face.
        part: what is on the pictures, in words.
        method: "auto", one of `METHODS`, or "lora", which trains the towers and needs torch.
        epochs: of LoRA, passes over the pictures; None for the usual.
        shots: of each class, each of another part where there are so many; None takes all.
        seed: of the choice of pictures.
        dataset: what the pictures are called, for the card.
        terms: under which they may be used, for the card.
        quiet: no progress bar.

    Raises:
        UsageError: one class, two that mean the same, a model that was tuned so already, or a
            folder that holds something else.
        UnknownNameError: no such method.
        InputError: no picture of a class can be read.
        BundleError: the model is damaged.

    Example:
        >>> tune_pictures([], "/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Tuning learns what defects are called, and none is ...
    """
    if method not in (AUTO, LORA):
        METHODS[method]
    base = unadapted(load_image_model(model))
    scoring = scoring_of(base.bundle.calibration)
    taken = taken_pictures(pictures, shots=shots, seed=seed, quiet=quiet)
    question = defect_question(taken.defects, part=part, model=base)
    same = SAME_IN_THE_WORLD if base.brings_text else SAME
    kept_apart(taken.defects, question.meanings.defects, same)
    found, failed = shown_pictures(
        base, taken.pictures, taken.target.tolist(), question, scoring,
        localised=masks_usable(taken), quiet=quiet,
    )  # fmt: skip
    taken, shown = _readable(taken, found)
    if failed:
        taken = _with(taken, failed_notice(failed))
    space = Space.of(question.meanings, scoring, has_sound=taken.has_sound)
    with tempfile.TemporaryDirectory() as scratch:
        if method == LORA:
            # Here, because it needs torch and peft.
            from faultlens.training.few_pictures.by_lora import learnt_by_lora

            learnt = learnt_by_lora(
                base, taken, shown, part, Path(scratch) / "lora", epochs=epochs, seed=seed,
                resume=Path(folder).with_name(f"{Path(folder).name}.training"), quiet=quiet,
            )  # fmt: skip
        else:
            names = list(METHODS) if method == AUTO else [method]
            learnt = learnt_by_methods(
                base.bundle, names, space, taken, shown, part, seed=seed, quiet=quiet
            )
        taken = _with(taken, *learnt.notices)
        files = [sha256(x.path.read_bytes()).hexdigest() for x in taken.pictures]
        on = _told(base, learnt, base_alone(space, taken, shown), taken, files, method != AUTO)
        listed = _listed(taken, files, on, shots, seed)
        bundle = _written(folder, base, learnt, on, taken, dataset, terms, listed)
    return bundle, on


def _written(
    folder: str | Path,
    base: Model,
    learnt: Learnt,
    on: TunedOnPictures,
    taken: TakenPictures,
    dataset: str,
    terms: str,
    listed: bytes,
) -> Bundle:
    told = learnt.bundle
    return write_bundle(
        folder,
        name=Path(folder).resolve().name,
        kind=KIND,
        card=tuned_card(
            on, base.card, dataset=dataset, terms=terms, part=learnt.adapters.part,
            folder=str(folder),
        ),
        preparation={
            **told.preparation,
            ADAPTED: learnt.adapters.facts(),
            viewing.USUAL_TIMES: list(USUAL_TIMES),
        },
        classes=taken.defects,
        calibration={**told.calibration, **_calibration(learnt.best, taken)},
        text=told.text,
        files={
            **{name: told.path(name) for name in told.files},
            ADAPTERS: learnt.adapters.stored(),
            TUNED_ON: listed,
        },
    )  # fmt: skip


def _with(taken: TakenPictures, *notices: Notice) -> TakenPictures:
    return replace(taken, notices=(*taken.notices, *notices))


def _readable(
    taken: TakenPictures, found: Sequence[ShownPicture | None]
) -> tuple[TakenPictures, list[ShownPicture]]:
    """The pictures that could be looked at; every class must have one."""
    good = np.array([x is not None for x in found])
    for number, name in enumerate(taken.classes):
        if not (good & (taken.target == number)).any():
            raise UsageError(
                f"None of the pictures of '{name}' can be used. Look at them with 'faultlens data "
                "DIR', or leave their folder out."
            )
    left = replace(
        taken,
        pictures=tuple(x for x, fine in zip(taken.pictures, good, strict=True) if fine),
        target=taken.target[good],
        group=taken.group[good],
    )
    return left, [x for x in found if x is not None]


def _calibration(best: Tried, taken: TakenPictures) -> Mapping[str, Any]:
    """The numbers that tuning changed; odds and threshold where sound pictures tell them."""
    names = {
        "names_sharpness": round(best.sharpness, 5),
        "whole_share": best.whole_share,
    }
    judged, ill = best.judged, taken.target < len(taken.defects)
    if min((judged & ill).sum(), (judged & ~ill).sum()) < FEWEST_SOUND:
        return names
    slope, offset, _ = platt(best.said.odds[judged], ill[judged])
    anomaly = 1 / (1 + np.exp(-(slope * best.said.odds + offset)))
    sound = anomaly[judged & ~ill]
    wanted = max(FALSE_ALARMS, 1 / (len(sound) + 1))
    found = conformal_threshold(sound, false_alarms=wanted)
    return {
        **names,
        "a": round(slope, 5),
        "b": round(offset, 5),
        # Up, never down: a rounded threshold must not alarm more often.
        "alarm_threshold": float(min(1.0, np.ceil(found.threshold * 1e4) / 1e4)),
        "false_alarm_rate": found.false_alarm_rate,
    }


def _told(
    base: Model,
    learnt: Learnt,
    alone: Tried,
    taken: TakenPictures,
    files: Sequence[str],
    asked: bool,
) -> TunedOnPictures:
    best = learnt.best
    listed = tuple(tried_method(x, taken) for x in learnt.tried)
    gain = gain_of(best, alone, taken)
    before, after, difference = gain or (None, None, None)
    on = TunedOnPictures(
        base=base.reference,
        method=best.method,
        why=why_chosen(
            best.method, listed, asked=asked, weight=best.weight if best.method != LORA else 1.0
        ),
        classes=taken.classes,
        pictures=len(taken.pictures),
        left_out=int(np.isfinite(best.named).sum()),
        before=before,
        after=after,
        difference=difference,
        tried=listed,
        sha256=_hash(taken, files),
        notices=taken.notices,
    )
    return replace(on, notices=(*on.notices, no_better(on))) if on.helps is False else on


def _hash(taken: TakenPictures, files: Sequence[str]) -> str:
    """Of the labels and the hashes of the files, in their order."""
    total = sha256()
    for each, file in zip(taken.pictures, files, strict=True):
        total.update(f"{each.label}\n{file}\n".encode())
    return total.hexdigest()


def _listed(
    taken: TakenPictures, files: Sequence[str], on: TunedOnPictures, shots: int | None, seed: int
) -> bytes:
    table = {
        "method": on.method,
        "why": on.why.en,
        "shots": shots,
        "seed": seed,
        "sound": NO_DEFECT in taken.classes,
        "pictures": [
            {"file": x.file, "label": x.label, "group": x.group, "sha256": file}
            for x, file in zip(taken.pictures, files, strict=True)
        ],
    }
    return (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode()
