"""`metrics.json`: every figure with its interval, what it was measured on, and the floors."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from faultlens.core.errors import UnknownNameError
from faultlens.core.notice import Notice, refuse_plain_text
from faultlens.evaluation.measured import (
    ACCURACY,
    CALIBRATION,
    FALSE_ALARMS,
    MACRO_F1,
    Measured,
    difference,
    interval_notices,
)
from faultlens.evaluation.predictions import Predictions
from faultlens.metrics.calibration import reliability
from faultlens.metrics.multiclass import Key
from faultlens.metrics.paired import Difference
from faultlens.metrics.resamples import LEVEL
from faultlens.reports.evaluation_phrases import PHRASES, evaluation_phrase

SCHEMA = 1

ABOUT = (
    "title",
    "model",
    "data",
    "protocol",
    "seeds",
    "interval_over",
    "unseen",
    "settings",
    "warnings",
    "left_out",
    "failed",
)
"""What may be told about an evaluation; see `written.write_evaluation`."""

COMPARED: dict[str, Key] = {
    "accuracy": ACCURACY,
    "recall_macro": ("recall", "macro"),
    "f1_macro": MACRO_F1,
    "auroc_macro": ("auroc", "macro"),
}
"""Figures of which a difference to each floor is given."""

Floors = Mapping[str, Measured | Notice]
"""Name -> what it reached on the same windows, or why it was left out."""


def checked_about(about: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse what nobody would read.

    Args:
        about: what is told about the evaluation.

    Raises:
        UnknownNameError: a key that no page has a place for.
        UsageError: a warning in one language only.

    Example:
        >>> checked_about({"protocol": "seed"})
        {'protocol': 'seed'}
    """
    for key in about:
        if key not in ABOUT:
            raise UnknownNameError("fact about the evaluation", key, ABOUT)
    refuse_plain_text(about.get("warnings", ()))
    refuse_plain_text(about.get("left_out", ()))
    return about


def floor_name(name: str, lang: str) -> str:
    """What a floor is called in a sentence; one that no page knows keeps its own name.

    Args:
        name: of the floor.
        lang: "en" or "zh".

    Example:
        >>> floor_name("linear-spectrum", "zh"), floor_name("last year's model", "zh")
        ('线性谱基线', "last year's model")
    """
    for key in (f"than:{name}", name):
        if key in PHRASES:
            return evaluation_phrase(key, lang)
    return name


def verdict_on(name: str, value: Difference) -> Notice:
    """Better, worse, or not to be told apart, in words.

    Args:
        name: what the model is held against.
        value: macro F1 of the model, less that of the other.

    Example:
        >>> verdict_on("linear-spectrum", Difference(-0.1, -0.2, -0.05)).en
        'Worse than the linear-spectrum floor beyond the interval: macro F1 -0.100 ...'
    """
    d, low, high = value.value, value.low, value.high
    there, da = floor_name(name, "en"), floor_name(name, "zh")
    if value.is_worse:
        return Notice(
            en=f"Worse than {there} beyond the interval: macro F1 {d:+.3f} "
            f"[{low:+.3f}, {high:+.3f}].",
            zh=f"低于“{da}”，且差值超出区间：宏平均 F1 {d:+.3f} [{low:+.3f}, {high:+.3f}]。",
        )
    if value.is_better:
        return Notice(
            en=f"Better than {there} beyond the interval: macro F1 {d:+.3f} "
            f"[{low:+.3f}, {high:+.3f}].",
            zh=f"优于“{da}”，且差值超出区间：宏平均 F1 {d:+.3f} [{low:+.3f}, {high:+.3f}]。",
        )
    return Notice(
        en=f"Not to be told from {there}: macro F1 {d:+.3f} [{low:+.3f}, {high:+.3f}].",
        zh=f"与“{da}”无法区分：宏平均 F1 {d:+.3f} [{low:+.3f}, {high:+.3f}]。",
    )


def metrics_record(
    trainings: Sequence[Predictions],
    measured: Measured,
    floors: Floors,
    about: Mapping[str, Any],
    *,
    lang: str = "en",
) -> dict[str, Any]:
    """What `metrics.json` holds; a figure that is not defined is null.

    Args:
        trainings: answers of each training, to the same windows.
        measured: the figures.
        floors: what others reached on the same windows.
        about: see `written.write_evaluation`.
        lang: language of the sentences, "en" or "zh".

    Example:
        >>> import numpy as np
        >>> from faultlens.evaluation.measured import measure
        >>> made = Predictions(("inner", "outer"), ("a", "b"), ("a", "b"), ("a", "b"), ("", ""),
        ...                    ("inner", "outer"), np.zeros(2, int), np.eye(2))
        >>> record = metrics_record([made], measure([made]), {}, {"protocol": "seed"})
        >>> record["accuracy"], record["f1"]["per_class"]["outer"], record["confusion"]["counts"]
        (1.0, 1.0, [[1, 0], [0, 1]])
    """
    first = trainings[0]
    over = str(about.get("interval_over", "recordings"))
    notes = interval_notices(measured.drawn, over)
    record = {
        "schema": SCHEMA,
        # First: a model that cries wolf is switched off, whatever its accuracy.
        FALSE_ALARMS[0]: measured.value(FALSE_ALARMS) if FALSE_ALARMS in measured.draws else None,
        **measured.as_dict,
        "classes": list(first.classes),
        "windows": len(first.truth),
        "windows_per_class": {x: first.truth.count(x) for x in first.classes},
        "recordings": len(set(first.recording)),
        "confusion": {"classes": list(first.classes), "counts": measured.confusion.tolist()},
        "intervals": {
            "level": LEVEL,
            "over": over,
            "units": measured.drawn.units,
            "draws": len(measured.drawn.counts) - 1,
            "blocks_within_one": list(measured.drawn.blocked),
            "notes": [x.of(lang) for x in notes],
            **measured.intervals,
        },
        "reliability": [asdict(x) for x in reliability(first.confidence, first.right)],
        "seeds": list(about.get("seeds", ())),
        "by_seed": _by_seed(measured),
        "protocol": about.get("protocol"),
        "data": about.get("data"),
        "model": about.get("model"),
        "settings": dict(about.get("settings", {})),
        "floors": {name: _floor(name, x, measured, lang) for name, x in floors.items()},
        "warnings": [x.of(lang) for x in about.get("warnings", ())],
        "left_out": [x.of(lang) for x in about.get("left_out", ())],
        "failed": [{"file": str(x), "reason": str(y)} for x, y in about.get("failed", ())],
    }
    return record


def _by_seed(measured: Measured) -> dict[str, list[float]]:
    rows = {name: measured.by_seed[key][:, 0].tolist() for name, key in COMPARED.items()}
    rows[CALIBRATION[0]] = measured.by_seed[CALIBRATION][:, 0].tolist()
    # NaN is no JSON; a figure without a value has none for any seed.
    return {name: x for name, x in rows.items() if x == x and all(y == y for y in x)}


def _floor(name: str, floor: Measured | Notice, model: Measured, lang: str) -> dict[str, Any]:
    if isinstance(floor, Notice):
        return {"left_out": floor.of(lang)}
    gaps = {figure: difference(model, floor, key) for figure, key in COMPARED.items()}
    return {
        **floor.as_dict,
        "confusion": {"classes": list(floor.classes), "counts": floor.confusion.tolist()},
        "intervals": floor.intervals,
        "model_minus_floor": {k: _finite(x) for k, x in gaps.items()},
        "in_words": verdict_on(name, gaps["f1_macro"]).of(lang),
    }


def _finite(value: Difference) -> dict[str, float] | None:
    return asdict(value) if value.value == value.value and value.low == value.low else None
