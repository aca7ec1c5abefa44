"""Answers to pictures as answers over classes: what the figures of any classifier take."""

from collections.abc import Mapping

import numpy as np

from faultlens.core.notice import Notice
from faultlens.datasets.pictures.picture import NO_DEFECT, SOME_DEFECT
from faultlens.evaluation.predictions import Predictions
from faultlens.evaluation.surface.judged import JudgedPictures

UNKNOWN = "unknown"


def class_predictions(
    judged: JudgedPictures, meant: Mapping[str, str]
) -> tuple[Predictions | None, tuple[Notice, ...]]:
    """One score per class for each picture: its named defects, no defect, unknown.

    Where no defect of the test has a name that was asked for, there are two classes: a defect, and
    none. Pictures whose label nobody asked for have no class among several, and are left out.

    Args:
        judged: the answers.
        meant: true label -> the sentence that asks for it.

    Returns:
        None where no picture has a class; and what was left out.

    Example:
        >>> class_predictions.__name__
        'class_predictions'
    """
    if not meant:
        scores = np.stack([1 - judged.alarm_score, judged.alarm_score], axis=1)
        truth = [SOME_DEFECT if x else NO_DEFECT for x in judged.defective]
        return _made(judged, (NO_DEFECT, SOME_DEFECT), truth, scores), ()
    called = {sentence: label for label, sentence in meant.items()}
    names = [called.get(x, x) for x in judged.sentences]
    scores = np.column_stack([judged.scores, judged.no_defect, judged.unknown])
    classes = (*names, NO_DEFECT, UNKNOWN)
    kept = [i for i, x in enumerate(judged.truth) if x in classes]
    out = sorted({x for x in judged.truth if x not in classes})
    notices: tuple[Notice, ...] = ()
    if out:
        lacking = len(judged.truth) - len(kept)
        notices = (
            Notice(
                en=f"{lacking:d} pictures are called {', '.join(out)}, which nobody asked for: "
                "they count for alarms and pixels, not for names.",
                zh=f"{lacking:d} 张图片的类别（{', '.join(out)}）未被询问："
                "只计入报警与像素指标，不计入命名指标。",
            ),
        )
    if not kept:
        return None, notices
    some = judged.chosen(kept)
    return _made(some, classes, some.truth, scores[kept]), notices


def _made(
    judged: JudgedPictures,
    classes: tuple[str, ...],
    truth: tuple[str, ...] | list[str],
    scores: np.ndarray,
) -> Predictions:
    total = scores.sum(axis=1, keepdims=True)
    return Predictions(
        classes=classes,
        file=judged.file,
        recording=judged.file,
        group=judged.group,
        condition=("",) * len(judged.file),
        truth=tuple(truth),
        window=np.zeros(len(judged.file), dtype=np.intp),
        scores=scores / np.maximum(total, 1e-12),
    )
