"""What `faultlens evaluate` leaves behind: predictions, metrics, pictures and a report."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.evaluation.measured import Measured, measure, refuse_other_windows
from faultlens.evaluation.metrics_record import checked_about, metrics_record
from faultlens.evaluation.pictures import NAMES, write_pictures
from faultlens.evaluation.predictions import Predictions, write_predictions
from faultlens.evaluation.told import evaluation_view
from faultlens.reports.evaluation_page import write_evaluation_page

METRICS, PREDICTIONS, REPORT = "metrics.json", "predictions.csv", "report.html"

OURS = (METRICS, PREDICTIONS, REPORT, *(f"{x}.png" for x in NAMES))
"""Files that every evaluation writes, or leaves out."""

Answers = Predictions | Sequence[Predictions]
"""Of one training, or of several that differ in their seed, to the same windows."""


def write_evaluation(
    folder: str | Path,
    predictions: Answers,
    about: Mapping[str, Any],
    floors: Mapping[str, Answers | Notice] | None = None,
    lang: str = "en",
) -> dict[str, Any]:
    """Measure predictions and write `metrics.json`, `predictions.csv`, pictures and a report.

    All are made beside their places first and then moved there, so that a full disk or an
    interrupt leaves what an earlier evaluation wrote.

    Args:
        folder: where the files go; others in it stay.
        predictions: answers of the model.
        about: what a reader must know, each where it is known: "title" of the report; "model" and
            "data", tables with "sha256" and what else tells them; "protocol", its name or a table;
            "seeds"; "interval_over", what the groups are ("recordings", "bearings"); "unseen",
            classes that no training window had; "settings", a table of options; "warnings" and
            "left_out", notices; "failed", pairs of a file and the reason.
        floors: name -> answers of what the model is held against on the same windows (the
            linear-spectrum floor, the same model without its adapter), or why it was left out.
        lang: language of report, pictures and sentences, "en" or "zh".

    Returns:
        what `metrics.json` holds.

    Raises:
        UsageError: floors that answered other windows, an unknown fact or language.
        OSError: the folder cannot be written.

    Example:
        >>> import numpy as np
        >>> made = Predictions(("inner", "outer"), ("a", "b"), ("a", "b"), ("a", "b"), ("", ""),
        ...                    ("inner", "outer"), np.zeros(2, int), np.eye(2))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     metrics = write_evaluation(folder, made, {"protocol": "recording-disjoint"})
        ...     (Path(folder) / "report.html").is_file(), metrics["accuracy"]
        (True, 1.0)
    """
    checked_language(lang)
    checked_about(about)
    trainings = _several(predictions)
    unseen = tuple(about.get("unseen", ()))
    measured = measure(trainings, unseen=unseen)
    beside: dict[str, Measured | Notice] = {}
    for name, floor in (floors or {}).items():
        if isinstance(floor, Notice):
            beside[name] = floor
            continue
        refuse_other_windows(trainings[0], _several(floor)[0])
        beside[name] = measure(_several(floor), unseen=unseen)
    record = metrics_record(trainings, measured, beside, about, lang=lang)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".evaluation.") as made:
        _write_all(Path(made), trainings, record, about.get("title"), lang)
        new = sorted(x.name for x in Path(made).iterdir())
        for name in new:
            os.replace(Path(made) / name, target / name)
    # A picture of an earlier evaluation beside the figures of this one would be taken for its own.
    for name in OURS:
        if name not in new:
            (target / name).unlink(missing_ok=True)
    return record


def _write_all(
    folder: Path,
    trainings: Sequence[Predictions],
    record: dict[str, Any],
    title: str | None,
    lang: str,
) -> None:
    write_predictions(folder / PREDICTIONS, trainings[0])
    for number, each in enumerate(trainings[1:], 2):
        write_predictions(folder / f"predictions-{number}.csv", each)
    drawn, missing = write_pictures(folder, trainings[0], record, lang)
    record["left_out"] += [x.of(lang) for x in missing]
    view = evaluation_view(record, drawn, title=title, lang=lang)
    write_evaluation_page(folder / REPORT, view, lang)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    write_text(folder / METRICS, text + "\n")


def _several(answers: Answers) -> Sequence[Predictions]:
    return [answers] if isinstance(answers, Predictions) else answers
