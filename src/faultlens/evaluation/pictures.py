"""The pictures of an evaluation, and what is said where one cannot be drawn."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from faultlens.core.errors import MissingPackageError, UsageError
from faultlens.core.notice import Notice
from faultlens.evaluation.predictions import Predictions
from faultlens.metrics.calibration import reliability
from faultlens.metrics.multiclass import roc_curve, tally
from faultlens.metrics.projection import FEWEST, evenly_chosen, tsne
from faultlens.reports.confusion_figure import confusion_figure
from faultlens.reports.evaluation_figures import (
    embedding_figure,
    reliability_figure,
    roc_figure,
)
from faultlens.reports.evaluation_phrases import evaluation_phrase
from faultlens.reports.picture import write_picture

NAMES = ("confusion", "tsne", "roc", "reliability")
"""Pictures of an evaluation, each `NAME.png`, in the order of the page."""


def write_pictures(
    folder: str | Path, predictions: Predictions, record: Mapping[str, Any], lang: str = "en"
) -> tuple[tuple[tuple[str, Path], ...], tuple[Notice, ...]]:
    """Draw confusion matrix, t-SNE, ROC and reliability.

    Args:
        folder: where the PNG files go.
        predictions: answers of the model, of its first training.
        record: its figures, as `metrics_record` gives them.
        lang: "en" or "zh".

    Returns:
        title and file of each picture, and why others were left out.

    Raises:
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> from faultlens.evaluation.measured import measure
        >>> from faultlens.evaluation.metrics_record import metrics_record
        >>> made = Predictions(("inner", "outer"), ("a", "b"), ("a", "b"), ("a", "b"), ("", ""),
        ...                    ("inner", "outer"), np.zeros(2, int), np.eye(2))
        >>> record = metrics_record([made], measure([made]), {}, {})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     drawn, missing = write_pictures(folder, made, record)
        >>> [path.name for _, path in drawn], missing[0].en
        (['confusion.png', 'roc.png', 'reliability.png'], 't-SNE: the model gave no embeddings.')
    """
    figures = {}
    left_out = []
    counts = np.array(record["confusion"]["counts"])
    figures["confusion"] = confusion_figure(counts, predictions.classes, record, lang)
    layout = _layout(predictions)
    if isinstance(layout, Notice):
        left_out.append(layout)
    else:
        chosen, places = layout
        figures["tsne"] = embedding_figure(
            places,
            [predictions.truth[i] for i in chosen],
            predictions.right[chosen],
            predictions.classes,
            count=len(predictions.truth),
            lang=lang,
        )
    truth = predictions.truth_index
    both = [i for i in range(len(predictions.classes)) if 0 < (truth == i).sum() < len(truth)]
    if both:
        areas = tally(truth, predictions.scores).auroc[0]
        figures["roc"] = roc_figure(
            {predictions.classes[i]: roc_curve(predictions.scores[:, i], truth == i) for i in both},
            {predictions.classes[i]: float(areas[i]) for i in both},
            predictions.classes,
            lang,
        )
    else:
        left_out.append(
            Notice(en="ROC: every window is of one class.", zh="ROC 曲线：所有窗口均属同一类别。")
        )
    bins = reliability(predictions.confidence, predictions.right)
    gaps = sum(x.samples * abs(x.confidence - x.accuracy) for x in bins)
    figures["reliability"] = reliability_figure(bins, gaps / len(truth), lang)
    drawn = []
    for name in NAMES:
        if name in figures:
            path = Path(folder) / f"{name}.png"
            write_picture(path, figures[name])
            drawn.append((evaluation_phrase(name, lang), path))
    return tuple(drawn), tuple(left_out)


def _layout(predictions: Predictions) -> tuple[Any, Any] | Notice:
    if predictions.embeddings is None:
        return Notice(en="t-SNE: the model gave no embeddings.", zh="t-SNE：模型没有给出嵌入向量。")
    chosen = evenly_chosen(len(predictions.embeddings))
    try:
        return chosen, tsne(predictions.embeddings[chosen])
    except MissingPackageError as error:
        return Notice(
            en=f"t-SNE: {error}", zh=f"t-SNE：缺少可选软件包：{str(error).rpartition(': ')[2]}"
        )
    except UsageError:
        return Notice(
            en=f"t-SNE: it needs {FEWEST:d} windows or more, finite points all.",
            zh=f"t-SNE：至少需要 {FEWEST:d} 个窗口，且嵌入向量必须为有限值。",
        )
