"""What the report of an evaluation on pictures tells, from what `metrics.json` holds."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from faultlens.evaluation.cells import at, called, cell, plain, shown, span
from faultlens.evaluation.surface.confusions import Confusion
from faultlens.reports.evaluation_page import EvaluationView, Row
from faultlens.reports.evaluation_phrases import evaluation_phrase
from faultlens.reports.surface_evaluation_phrases import PHRASES, surface_evaluation_phrase

HEADLINE = (
    ("image_auroc", ("image", "auroc")),
    ("pixel_auroc", ("pixel", "auroc")),
    ("aupro", ("pixel", "region_overlap_area")),
    ("naming", ("naming", "accuracy")),
    ("named", ("naming", "named")),
    ("named_wrongly", ("naming", "named_wrongly")),
    ("false_alarms", ("alarms", "false_alarms")),
    ("missed", ("alarms", "missed")),
    ("image_ap", ("image", "average_precision")),
    ("image_f1", ("image", "best_f1")),
    ("pixel_ap", ("pixel", "average_precision")),
    ("pixel_f1", ("pixel", "best_f1")),
)
"""Phrase -> place in the record of each figure that comes first."""

BESIDE = tuple(x for x in HEADLINE if x[0] in ("image_auroc", "image_ap", "image_f1", "naming"))

CONFUSIONS_TOLD = 3


def picture_view(
    record: Mapping[str, Any],
    pictures: Sequence[tuple[str, Path]] = (),
    *,
    title: str | None = None,
    lang: str = "en",
) -> EvaluationView:
    """The page of an evaluation on pictures.

    Args:
        record: what `picture_record` made, in the same language.
        pictures: title and PNG file of each.
        title: heading; None for the usual one.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> picture_view.__name__
        'picture_view'
    """
    floors = record["floors"]
    return EvaluationView(
        title=title or f"faultlens: {surface_evaluation_phrase('title', lang)}",
        subtitle=" · ".join(called(record[x]) for x in ("model", "data", "protocol") if record[x]),
        worse=(),
        conclusions=tuple(confusions_told(record, lang)),
        headline=tuple(
            (surface_evaluation_phrase(name, lang), shown(at(record, key)), span(record, key))
            for name, key in HEADLINE
            if at(record, key) is not None
        ),
        interval_notes=(
            surface_evaluation_phrase("intervals_over", lang, units=record["intervals"]["units"]),
            surface_evaluation_phrase("best_threshold", lang),
            *record["intervals"]["notes"],
        ),
        beside=tuple(_beside(record, lang)),
        beside_left_out=tuple(
            (_floor_name(name, lang), x["left_out"])
            for name, x in floors.items()
            if "left_out" in x
        ),
        per_class=tuple(_per_label(record, lang)),
        facts=tuple(_facts(record, lang)),
        warnings=tuple(record["warnings"]),
        left_out=tuple(record["left_out"]),
        failed=tuple((x["file"], x["reason"]) for x in record["failed"]),
        pictures=tuple(pictures),
    )


def confusions_told(record: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Which defects are given the name of another, the worst, and where advice is.

    Args:
        record: what `picture_record` made.
        lang: "en" or "zh".

    Example:
        >>> one = {"truth": "dent", "called": "pit", "count": 3, "of": 9}
        >>> list(confusions_told({"naming": {"confusions": [one]}}, "en"))[0]
        "'dent' is called 'pit' in 3 of 9 pictures, 33% [12%, 65%]."
    """
    found = at(record, ("naming", "confusions")) or ()
    for each in found[:CONFUSIONS_TOLD]:
        confusion = Confusion(each["truth"], each["called"], each["count"], each["of"])
        yield confusion.told().of(lang)
    if found:
        yield surface_evaluation_phrase("advice", lang)


def _beside(record: Mapping[str, Any], lang: str) -> Iterator[Row]:
    kept = [(name, key) for name, key in BESIDE if at(record, key) is not None]
    heads = (surface_evaluation_phrase(name, lang) for name, _ in kept)
    yield (evaluation_phrase("method", lang), *heads)
    yield (evaluation_phrase("this_model", lang), *(cell(record, key) for _, key in kept))
    for name, floor in record["floors"].items():
        if "left_out" not in floor:
            yield (_floor_name(name, lang), *(cell(floor, key) for _, key in kept))


def _per_label(record: Mapping[str, Any], lang: str) -> Iterator[Row]:
    heads = ("defect", "pictures", "missed", "called_rightly")
    yield tuple(surface_evaluation_phrase(x, lang) for x in heads)
    for label, count in record["pictures_per_label"].items():
        missed = ("alarms", "missed_per_defect", label)
        named = ("naming", "per_defect", label)
        yield (label, str(count), cell(record, missed), cell(record, named))


def _facts(record: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    for name in ("model", "data", "protocol", "settings"):
        if told := plain(record[name]):
            yield evaluation_phrase(name, lang), told
    draws = (surface_evaluation_phrase("draw", lang, **x) for x in record["draws"])
    yield surface_evaluation_phrase("draws", lang), "; ".join(draws)


def _floor_name(name: str, lang: str) -> str:
    return surface_evaluation_phrase(name, lang) if name in PHRASES else name
