"""What `faultlens evaluate` leaves behind for pictures: figures, predictions, a report."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.picture import NO_DEFECT, LabelledPicture, PictureDataset
from faultlens.evaluation.metrics_record import checked_about
from faultlens.evaluation.predictions import Predictions, write_predictions
from faultlens.evaluation.surface.classes import class_predictions
from faultlens.evaluation.surface.judged import JudgedPictures, Shown
from faultlens.evaluation.surface.record import picture_record
from faultlens.evaluation.surface.tested import PictureTest
from faultlens.evaluation.surface.told import picture_view
from faultlens.evaluation.written import METRICS, PREDICTIONS, REPORT
from faultlens.metrics.calibration import reliability
from faultlens.metrics.classification import auroc
from faultlens.metrics.multiclass import roc_curve
from faultlens.reports.evaluation_page import write_evaluation_page
from faultlens.reports.surface_evaluation_phrases import surface_evaluation_phrase

TRUTH = (0, 158, 115)
"""Line around what a missed picture shows. Source: Okabe and Ito, Color Universal Design (2008)."""

DRAWN = ("confusion", "alarm_scores", "roc", "reliability")
"""Pictures of an evaluation, each `NAME.png`; false alarms and misses follow."""


def write_picture_evaluation(
    folder: str | Path,
    dataset: PictureDataset,
    tests: Sequence[PictureTest],
    meant: Mapping[str, str],
    about: Mapping[str, Any],
    lang: str = "en",
) -> dict[str, Any]:
    """Measure answers and write `metrics.json`, `predictions.csv`, pictures and a report.

    All are made beside their places first and then moved there, so that a full disk or an
    interrupt leaves what an earlier evaluation wrote.

    Args:
        folder: where the files go; others in it stay.
        dataset: what was tested on.
        tests: of each draw; predictions and pictures are those of the first.
        meant: true label -> the sentence that asked for it.
        about: what a reader must know; see `evaluation.written.write_evaluation`.
        lang: language of report, pictures and sentences, "en" or "zh".

    Returns:
        what `metrics.json` holds.

    Raises:
        UnknownNameError: an unknown fact or language.
        OSError: the folder cannot be written.

    Example:
        >>> write_picture_evaluation.__name__
        'write_picture_evaluation'
    """
    checked_language(lang)
    checked_about(about)
    first = tests[0].judgement
    predictions, notices = class_predictions(first.judged, meant)
    told = {
        **about,
        "left_out": [*about.get("left_out", ()), *notices],
        "failed": [*about.get("failed", ()), *((x.file, x.reason) for x in first.failed)],
    }
    record = picture_record(dataset, tests, predictions, meant, told, lang=lang)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".evaluation.") as made:
        place = Path(made)
        if predictions is not None:
            write_predictions(place / PREDICTIONS, predictions)
        drawn = list(_drawn(place, tests[0], predictions, record, lang))
        view = picture_view(record, drawn, title=about.get("title"), lang=lang)
        write_evaluation_page(place / REPORT, view, lang)
        text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
        write_text(place / METRICS, text + "\n")
        new = sorted(x.name for x in place.iterdir())
        for name in new:
            os.replace(place / name, target / name)
    # A picture of an earlier evaluation beside the figures of this one would be taken for its own.
    for path in (*target.glob("false_alarm_*.png"), *target.glob("miss_*.png")):
        if path.name not in new:
            path.unlink()
    for name in (PREDICTIONS, *(f"{x}.png" for x in DRAWN)):
        if name not in new:
            (target / name).unlink(missing_ok=True)
    return record


def _drawn(
    folder: Path,
    test: PictureTest,
    predictions: Predictions | None,
    record: Mapping[str, Any],
    lang: str,
) -> Iterator[tuple[str, Path]]:
    from faultlens.reports.alarm_scores_figure import alarm_scores_figure
    from faultlens.reports.confusion_figure import confusion_figure
    from faultlens.reports.evaluation_figures import reliability_figure, roc_figure
    from faultlens.reports.picture import write_picture

    judged = test.judgement.judged
    figures: dict[str, Any] = {}
    if predictions is not None:
        counts = np.array(record["confusion"]["counts"])
        figures["confusion"] = confusion_figure(counts, predictions.classes, record, lang, "images")
        bins = reliability(predictions.confidence, predictions.right)
        gaps = sum(x.samples * abs(x.confidence - x.accuracy) for x in bins)
        figures["reliability"] = reliability_figure(
            bins, gaps / len(predictions.truth), lang, "images"
        )
    figures["alarm_scores"] = alarm_scores_figure(
        {x: _scores_of(judged, x) for x in sorted(set(judged.truth))},
        test.threshold,
        NO_DEFECT,
        lang,
    )
    clean = judged.alarm_score[~judged.defective]
    if len(clean) and judged.defective.any():
        curves, areas = {}, {}
        for label in ("", *sorted(set(judged.truth) - {NO_DEFECT})):
            its = _scores_of(judged, label) if label else judged.alarm_score[judged.defective]
            name = label or surface_evaluation_phrase("defect", lang)
            both = np.concatenate([its, clean])
            curves[name] = roc_curve(both, np.arange(len(both)) < len(its))
            areas[name] = auroc(its, clean)
        figures["roc"] = roc_figure(curves, areas, list(curves), lang)
    for name in DRAWN:
        if name in figures:
            path = folder / f"{name}.png"
            write_picture(path, figures[name])
            yield surface_evaluation_phrase(name, lang), path
    shown = {"false_alarm": test.judgement.false_alarms, "miss": test.judgement.misses}
    for kind, its in shown.items():
        for number, each in enumerate(its, start=1):
            yield _overlay(folder / f"{kind}_{number}.png", kind, number, each, lang)


def _overlay(path: Path, kind: str, number: int, shown: Shown, lang: str) -> tuple[str, Path]:
    from faultlens.images.write import write_image
    from faultlens.reports.inspection_overlay import overlay_pixels

    pixels = overlay_pixels(shown.inspection.view)
    truth = _truth(shown.picture, pixels.shape[:2])
    if truth is not None:
        pixels = pixels.copy()
        pixels[truth] = TRUTH
    write_image(path, pixels)
    title = surface_evaluation_phrase(
        kind,
        lang,
        number=number,
        file=shown.picture.file,
        truth=shown.picture.label,
        score=shown.inspection.alarm_score,
    )
    return title, path


def _truth(picture: LabelledPicture, size: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """(row, column) the line around the defects of a picture; None where nobody drew them."""
    mask = defect_mask(picture) if picture.defective else None
    if mask is None or mask.shape != size:
        return None
    reach = max(1, min(size) // 200)
    line: NDArray[np.bool_] = ndimage.binary_dilation(mask, iterations=reach) & ~mask
    return line


def _scores_of(judged: JudgedPictures, label: str) -> Any:
    return judged.alarm_score[[x == label for x in judged.truth]]
