"""What the report of an evaluation tells, from what `metrics.json` holds."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from faultlens.evaluation.cells import at, called, cell, plain, shown, span
from faultlens.evaluation.metrics_record import floor_name
from faultlens.metrics.multiclass import FIGURES
from faultlens.reports.class_styles import class_names
from faultlens.reports.evaluation_page import EvaluationView, Row
from faultlens.reports.evaluation_phrases import PHRASES, evaluation_phrase

HEADLINE = (
    ("false_alarms", ("false_alarms_on_healthy",)),
    ("accuracy", ("accuracy",)),
    ("macro_f1", ("f1", "macro")),
    ("macro_recall", ("recall", "macro")),
    ("macro_auroc", ("auroc", "macro")),
    ("ece", ("expected_calibration_error",)),
    ("seen", ("seen_and_unseen", "seen")),
    ("unseen", ("seen_and_unseen", "unseen")),
    ("harmonic_mean", ("seen_and_unseen", "harmonic_mean")),
)
"""Phrase -> place in the record of each figure that comes first."""

BESIDE = HEADLINE[:6]


def evaluation_view(
    record: Mapping[str, Any],
    pictures: Sequence[tuple[str, Path]] = (),
    *,
    title: str | None = None,
    lang: str = "en",
) -> EvaluationView:
    """The page of an evaluation.

    Args:
        record: what `metrics_record` made, in the same language.
        pictures: title and PNG file of each.
        title: heading; None for the usual one.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> import numpy as np
        >>> from faultlens.evaluation.measured import measure
        >>> from faultlens.evaluation.metrics_record import metrics_record
        >>> from faultlens.evaluation.predictions import Predictions
        >>> made = Predictions(("inner", "outer"), ("a", "b"), ("a", "b"), ("a", "b"), ("", ""),
        ...                    ("inner", "outer"), np.zeros(2, int), np.eye(2))
        >>> view = evaluation_view(metrics_record([made], measure([made]), {}, {}))
        >>> view.headline[0][:2]
        ('accuracy', '1.000')
    """
    floors = record["floors"]
    measured = {name: x for name, x in floors.items() if "left_out" not in x}
    sentences = [x["in_words"] for x in measured.values()]
    worse = [x["in_words"] for x in measured.values() if _is_worse(x)]
    facts = tuple(_facts(record, lang))
    return EvaluationView(
        title=title or f"faultlens: {evaluation_phrase('title', lang)}",
        subtitle=" · ".join(called(record[x]) for x in ("model", "data", "protocol") if record[x]),
        worse=tuple(worse),
        conclusions=tuple(x for x in sentences if x not in worse),
        headline=tuple(
            (evaluation_phrase(name, lang), shown(at(record, key)), span(record, key))
            for name, key in HEADLINE
            if at(record, key) is not None
        ),
        interval_notes=(_over(record, lang), *record["intervals"]["notes"]),
        beside=tuple(_beside(record, measured, lang)) if measured else (),
        beside_left_out=tuple(
            (_row_name(name, lang), x["left_out"]) for name, x in floors.items() if "left_out" in x
        ),
        per_class=tuple(_per_class(record, lang)),
        facts=facts,
        warnings=tuple(record["warnings"]),
        left_out=tuple(record["left_out"]),
        failed=tuple((x["file"], x["reason"]) for x in record["failed"]),
        pictures=tuple(pictures),
    )


def _beside(
    record: Mapping[str, Any], measured: Mapping[str, Mapping[str, Any]], lang: str
) -> Iterator[Row]:
    kept = [(name, key) for name, key in BESIDE if at(record, key) is not None]
    yield (
        evaluation_phrase("method", lang),
        *(evaluation_phrase(name, lang) for name, _ in kept),
    )
    rows = {evaluation_phrase("this_model", lang): record}
    rows |= {_row_name(name, lang): x for name, x in measured.items()}
    for name, each in rows.items():
        yield (name, *(cell(each, key) for _, key in kept))


def _per_class(record: Mapping[str, Any], lang: str) -> Iterator[Row]:
    heads = ("class", "windows", *FIGURES)
    yield tuple(evaluation_phrase(x, lang) for x in heads)
    classes = record["classes"]
    for label, name in zip(classes, class_names(classes, lang), strict=True):
        keys = [(figure, "per_class", label) for figure in FIGURES]
        cells = (cell(record, key) for key in keys)
        yield (name, str(record["windows_per_class"][label]), *cells)
    for mean in ("macro", "weighted"):
        means = [(figure, mean) for figure in FIGURES]
        cells = (cell(record, key) for key in means)
        yield (evaluation_phrase(mean, lang), str(record["windows"]), *cells)


def _facts(record: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    for name in ("model", "data", "protocol", "seeds", "settings"):
        told = plain(record[name])
        if told:
            yield evaluation_phrase(name, lang), told
    counts = {x: record[x] for x in ("windows", "recordings")}
    yield (
        evaluation_phrase("test_size", lang),
        evaluation_phrase("test_counts", lang, **counts),
    )


def _over(record: Mapping[str, Any], lang: str) -> str:
    spans = record["intervals"]
    over = spans["over"]
    told = evaluation_phrase(over, lang) if over in PHRASES else over
    if spans["blocks_within_one"]:
        told = f"{told}, {evaluation_phrase('blocks', lang)}"
    return evaluation_phrase(
        "intervals_over", lang, over=told, units=spans["units"], draws=spans["draws"]
    )


def _row_name(name: str, lang: str) -> str:
    return evaluation_phrase(name, lang) if name in PHRASES else floor_name(name, lang)


def _is_worse(floor: Mapping[str, Any]) -> bool:
    gap = floor["model_minus_floor"]["f1_macro"]
    return gap is not None and gap["high"] < 0
