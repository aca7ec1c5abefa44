"""`ablation.json` and `ablation.csv`: every combination with its figures, and every difference."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from faultlens.evaluation.ablation import Ablation, CellResult
from faultlens.evaluation.ablation_differences import Change, change_notices
from faultlens.evaluation.measured import ACCURACY, CALIBRATION, MACRO_F1, interval_notices
from faultlens.metrics.multiclass import Key
from faultlens.metrics.resamples import LEVEL
from faultlens.reports.ablation_phrases import value_words

SCHEMA = 1

TABLE: dict[str, Key] = {
    "accuracy": ACCURACY,
    "f1_macro": MACRO_F1,
    "auroc_macro": ("auroc", "macro"),
    "expected_calibration_error": CALIBRATION,
}
"""Figures of the table: column -> figure."""


def ablation_record(
    ablation: Ablation, made: Sequence[Change], *, lang: str = "en"
) -> dict[str, Any]:
    """What `ablation.json` holds; a figure that is not defined is null.

    Args:
        ablation: done, with one result at least.
        made: its changes.
        lang: language of the sentences, "en" or "zh".

    Example:
        >>> ablation_record.__name__
        'ablation_record'
    """
    recipe = ablation.recipe
    first = ablation.results[0]
    notes = (
        *interval_notices(first.measured.drawn, recipe.over),
        *change_notices(ablation, made),
    )
    return {
        "schema": SCHEMA,
        "title": recipe.title,
        "data": {**ablation.data, "train": recipe.train_data, "test": recipe.test_data},
        "where": {"train": dict(recipe.where), "test": dict(recipe.test_where)},
        "protocol": recipe.protocol,
        "by": recipe.by,
        "splits": list(ablation.splits),
        "seeds": list(recipe.seeds),
        "grid": {axis: list(values) for axis, values in recipe.grid.items()},
        "settings": dict(recipe.settings),
        "adapter_settings": dict(recipe.adapter_settings),
        "intervals": {
            "level": LEVEL,
            "over": recipe.over,
            "units": first.measured.drawn.units,
            "draws": len(first.measured.drawn.counts) - 1,
            "blocks_within_one": list(first.measured.drawn.blocked),
            "notes": [x.of(lang) for x in notes],
        },
        "cells": [_cell(x, lang) for x in ablation.results],
        "differences": [_difference(x, lang) for x in made],
        "warnings": [x.of(lang) for x in ablation.warnings],
        "failed": [
            {"cell": x.cell.told(lang), "values": dict(x.cell.values), "reason": x.reason}
            for x in ablation.failed
        ],
        "failed_files": [asdict(x) for x in ablation.failed_files],
    }


def ablation_table(record: Mapping[str, Any]) -> str:
    """What `ablation.csv` holds: one row per combination, those that failed with their reason.

    Args:
        record: as `ablation_record` makes it.

    Example:
        >>> row = {"name": "lstm", "values": {"text_model": "lstm"}, "seeds": 1, "seconds": 2.5,
        ...        "windows": 9, "recordings": 3, "accuracy": 0.5, "intervals": {}}
        >>> made = {"grid": {"text_model": ["lstm"]}, "cells": [row], "failed": []}
        >>> ablation_table(made).splitlines()[0][:49]
        'cell,text_model,accuracy,accuracy_low,accuracy_hi'
    """
    page = io.StringIO()
    rows = csv.writer(page, lineterminator="\n")
    axes = list(record["grid"])
    figures = [f"{name}{end}" for name in TABLE for end in ("", "_low", "_high")]
    counts = ("seeds", "seconds", "windows", "recordings")
    rows.writerow(["cell", *axes, *figures, *counts, "failed"])
    for cell in record["cells"]:
        cells: list[Any] = []
        for key in TABLE.values():
            cells += [_at(cell, key), *(_at(cell["intervals"], key) or (None, None))]
        shown = ["" if x is None else f"{x:.6g}" for x in cells]
        rows.writerow([cell["name"], *_values(cell), *shown, *(cell[x] for x in counts), ""])
    for cell in record["failed"]:
        nothing = [""] * (len(figures) + len(counts))
        rows.writerow([cell["cell"], *_values(cell), *nothing, cell["reason"]])
    return page.getvalue()


def _cell(result: CellResult, lang: str) -> dict[str, Any]:
    measured, first = result.measured, result.trainings[0]
    return {
        "name": result.cell.told(lang),
        "values": dict(result.cell.values),
        **measured.as_dict,
        "intervals": measured.intervals,
        "by_seed": {
            name: measured.by_seed[key][:, 0].tolist()
            for name, key in TABLE.items()
            if measured.value(key) is not None
        },
        "by_split": {name: round(x, 6) for name, x in result.by_split.items()},
        "confusion": {"classes": list(measured.classes), "counts": measured.confusion.tolist()},
        "windows": len(first.truth),
        "recordings": len(set(first.recording)),
        "seeds": len(result.trainings),
        "seconds": round(result.seconds, 1),
    }


def _difference(change: Change, lang: str) -> dict[str, Any]:
    return {
        "axis": change.axis,
        "value": value_words(change.axis, change.value, lang),
        "against": value_words(change.axis, change.baseline, lang),
        "pairs": sum(x is not None for x in change.single),
        **{name: asdict(x) for name, x in change.gaps.items()},
        "verdict": change.verdict,
        "in_words": change.in_words(lang),
        "worse_alone": list(change.worse_alone(lang)),
        "each": [
            {
                "cell": new.cell.told(lang),
                "against": old.cell.told(lang),
                "f1_macro": None if gap is None else asdict(gap),
            }
            for (new, old), gap in zip(change.pairs, change.single, strict=True)
        ],
    }


def _values(cell: Mapping[str, Any]) -> list[str]:
    return [value_words(axis, x) for axis, x in cell["values"].items()]


def _at(record: Mapping[str, Any], key: Key) -> Any:
    found: Any = record
    for name in key:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
