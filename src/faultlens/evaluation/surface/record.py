"""`metrics.json` of pictures: every figure with its interval, per defect, and the floors beside."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.datasets.pictures.picture import NO_DEFECT, PictureDataset
from faultlens.evaluation.measured import FEW_GROUPS, measure
from faultlens.evaluation.metrics_record import metrics_record
from faultlens.evaluation.predictions import Predictions
from faultlens.evaluation.surface.confusions import believed, confusions
from faultlens.evaluation.surface.floors import (
    ALWAYS_CLEAN,
    NEAREST,
    chance_of_naming,
    nearest_thumbnail,
)
from faultlens.evaluation.surface.judged import JudgedPictures
from faultlens.evaluation.surface.picture_figures import (
    IMAGE,
    Drawn,
    Spanned,
    drawn_groups,
    image_figures,
    naming,
    pixel_figures_of,
    share_figure,
    spanned,
)
from faultlens.evaluation.surface.tested import PictureTest
from faultlens.metrics.ranking import best_f1, drawn_rankings
from faultlens.profiles.class_thresholds import ClassThresholds

NOT_OF_PICTURES = ("windows", "windows_per_class", "recordings", "false_alarms_on_healthy")
"""Keys of the record of recordings that pictures tell under names of their own."""


def picture_record(
    dataset: PictureDataset,
    tests: Sequence[PictureTest],
    predictions: Predictions | None,
    meant: Mapping[str, str],
    about: Mapping[str, Any],
    *,
    lang: str = "en",
) -> dict[str, Any]:
    """What `metrics.json` holds; a figure that is not defined is null.

    Args:
        dataset: what was tested on.
        tests: of each draw.
        predictions: answers over classes, of the first draw; None where no picture has a class.
        meant: true label -> the sentence that asked for it.
        about: what a reader must know; see `evaluation.written.write_evaluation`.
        lang: language of the sentences, "en" or "zh".

    Example:
        >>> picture_record.__name__
        'picture_record'
    """
    judged = [x.judgement.judged for x in tests]
    drawn = drawn_groups(judged)
    classes = _of_classes(predictions, about, lang) if predictions is not None else {}
    first = judged[0]
    figures: dict[str, Any] = {
        "image": image_figures(judged, drawn),
        "pixel": pixel_figures_of(judged, drawn),
        "alarms": _alarms(judged, drawn),
        "naming": _naming(judged, drawn, meant, [x.classes for x in tests]),
    }
    spans = {name: _spans(x) for name, x in figures.items()}
    intervals = {**classes.pop("intervals", {}), **spans}
    # They count in what pictures were drawn by, not in recordings.
    intervals |= {"over": "groups of pictures", "units": drawn.units}
    intervals["notes"] = [x.of(lang) for x in _interval_notices(first)]
    record = {
        "schema": 1,
        "kind": "pictures",
        **{name: _values(x) for name, x in figures.items()},
        **classes,
        "pictures": len(first.file),
        "pictures_per_label": {x: first.truth.count(x) for x in sorted(set(first.truth))},
        "draws": [_draw(x) for x in tests],
        "intervals": intervals,
        "floors": _floors(dataset, tests, drawn, meant, lang),
        "seconds_per_picture": float(np.median(first.seconds)),
        "protocol": about.get("protocol"),
        "data": about.get("data"),
        "model": about.get("model"),
        "seeds": list(about.get("seeds", ())),
        "settings": dict(about.get("settings", {})),
        "warnings": [x.of(lang) for x in about.get("warnings", ())],
        "left_out": [x.of(lang) for x in about.get("left_out", ())],
        "failed": [{"file": str(x), "reason": str(y)} for x, y in about.get("failed", ())],
    }
    if 0 < first.defective.sum() < len(first.file):
        best = best_f1(first.alarm_score, first.defective)
        record["image"]["best_f1_threshold"] = best.threshold
    return record


def _interval_notices(judged: JudgedPictures) -> tuple[Notice, ...]:
    pairs = set(zip(judged.truth, judged.group, strict=True))
    fewest = min(sum(x == label for x, _ in pairs) for label in set(judged.truth))
    if fewest >= FEW_GROUPS:
        return ()
    return (
        Notice(
            en=f"The label with the fewest has {fewest:d} groups of pictures: the intervals are "
            "rough, and rather too narrow than too wide.",
            zh=f"样本最少的类别只有 {fewest:d} 个图片组：区间只是粗略估计，往往偏窄。",
        ),
    )


def _of_classes(predictions: Predictions, about: Mapping[str, Any], lang: str) -> dict[str, Any]:
    record = metrics_record([predictions], measure([predictions]), {}, about, lang=lang)
    return {k: v for k, v in record.items() if k not in NOT_OF_PICTURES}


def _alarms(judged: Sequence[JudgedPictures], drawn: Drawn) -> dict[str, Any]:
    alarmed = [x.alarm for x in judged]
    clean = [~x.defective for x in judged]
    missed = [~x.alarm for x in judged]
    table: dict[str, Any] = {
        "false_alarms": share_figure(judged, drawn, alarmed, clean),
        "missed": share_figure(judged, drawn, missed, [x.defective for x in judged]),
    }
    labels = sorted({y for x in judged for y in x.truth} - {NO_DEFECT})
    table["missed_per_defect"] = {
        label: share_figure(judged, drawn, missed, [_called(x, label) for x in judged])
        for label in labels
    }
    return table


def _naming(
    judged: Sequence[JudgedPictures],
    drawn: Drawn,
    meant: Mapping[str, str],
    classes: Sequence[ClassThresholds | None],
) -> dict[str, Any]:
    if not meant:
        return {}
    pairs = [naming(x, meant) for x in judged]
    hits, among = [x[0] for x in pairs], [x[1] for x in pairs]
    if not any(x.any() for x in among):
        return {}
    confusion = _confusion(judged[0], meant)
    return {
        **_believed(judged, drawn, meant, among, classes),
        "accuracy": share_figure(judged, drawn, hits, among),
        "balanced_accuracy": share_figure(judged, drawn, hits, among, balanced=True),
        "per_defect": {
            label: share_figure(judged, drawn, hits, [_called(x, label) for x in judged])
            for label in sorted(meant)
        },
        "confusion": confusion,
        "confusions": [
            x.to_dict() for x in confusions(np.array(confusion["counts"]), confusion["classes"])
        ],
    }


def _believed(
    judged: Sequence[JudgedPictures],
    drawn: Drawn,
    meant: Mapping[str, str],
    among: Sequence[NDArray[np.bool_]],
    classes: Sequence[ClassThresholds | None],
) -> dict[str, Any]:
    """How many are given one name, and a wrong one, where class thresholds say when."""
    named, wrong = [], []
    for each, its in zip(judged, classes, strict=True):
        if its is None:
            return {}
        given = believed(each.scores, each.sentences, its)
        right = np.array([
            i >= 0 and meant.get(truth) == each.sentences[i]
            for truth, i in zip(each.truth, given, strict=True)
        ])  # fmt: skip
        named.append(given >= 0)
        wrong.append((given >= 0) & ~right)
    return {
        "named": share_figure(judged, drawn, named, among),
        "named_wrongly": share_figure(judged, drawn, wrong, among),
    }


def _confusion(judged: JudgedPictures, meant: Mapping[str, str]) -> dict[str, Any]:
    """Defects against defects: what was called what when one had to be named."""
    called = {sentence: label for label, sentence in meant.items()}
    names = [called.get(x, x) for x in judged.sentences]
    counts = np.zeros((len(names), len(names)), dtype=int)
    for truth, best in zip(judged.truth, judged.scores.argmax(axis=1), strict=True):
        if truth in meant:
            counts[names.index(truth), best] += 1
    return {"classes": names, "counts": counts.tolist()}


def _floors(
    dataset: PictureDataset,
    tests: Sequence[PictureTest],
    drawn: Drawn,
    meant: Mapping[str, str],
    lang: str,
) -> dict[str, Any]:
    judged = [x.judgement.judged for x in tests]
    floors: dict[str, Any] = {
        ALWAYS_CLEAN: {"image": {"auroc": 0.5}, "alarms": {"false_alarms": 0.0, "missed": 1.0}}
    }
    if meant:
        floors[ALWAYS_CLEAN]["naming"] = {"accuracy": chance_of_naming(judged[0].sentences)}
    nearest = _nearest(dataset, tests)
    if isinstance(nearest, Notice):
        floors[NEAREST] = {"left_out": nearest.of(lang)}
    elif all(0 < x.defective.sum() < len(x.file) for x in judged):
        found = [
            drawn_rankings(scores, x.defective, weights)
            for scores, x, weights in zip(nearest, judged, drawn.weights, strict=True)
        ]
        n = sum(len(x.file) for x in judged)
        image = {name: spanned(np.stack([x[name] for x in found]), n) for name in IMAGE}
        floors[NEAREST] = {"image": _values(image), "intervals": {"image": _spans(image)}}
    return floors


def _nearest(
    dataset: PictureDataset, tests: Sequence[PictureTest]
) -> list[NDArray[np.float64]] | Notice:
    by_file = {x.file: x for x in dataset.pictures}
    found = []
    for each in tests:
        references = [dataset.pictures[i] for i in each.split.references]
        scores = nearest_thumbnail(references, [by_file[x] for x in each.judgement.judged.file])
        if isinstance(scores, Notice):
            return scores
        found.append(scores)
    return found


def _called(judged: JudgedPictures, label: str) -> NDArray[np.bool_]:
    return np.array([x == label for x in judged.truth])


def _draw(test: PictureTest) -> dict[str, Any]:
    split = test.split
    return {
        "seed": split.seed,
        "references": len(split.references),
        "tested": len(test.judgement.judged.file),
        "left_out": len(split.left_out),
        "threshold": test.threshold,
        "stated_false_alarm_rate": test.stated_rate,
    }


def _values(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _value(x) for k, x in figures.items()}


def _value(figure: Any) -> Any:
    if isinstance(figure, Spanned):
        return _finite(figure.value)
    return _values(figure) if isinstance(figure, Mapping) and "counts" not in figure else figure


def _spans(figures: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, x in figures.items():
        if isinstance(x, Spanned):
            known = _finite(x.low) is not None
            found[name] = [x.low, x.high] if known else None
        elif isinstance(x, Mapping) and "counts" not in x:
            found[name] = _spans(x)
    return found


def _finite(value: float) -> float | None:
    # NaN is no JSON.
    return value if np.isfinite(value) else None
