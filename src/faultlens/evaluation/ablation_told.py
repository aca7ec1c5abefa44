"""What the report of an ablation tells, from what `ablation.json` holds."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from faultlens.evaluation.ablation_recipe import ADAPTER
from faultlens.evaluation.ablation_record import TABLE
from faultlens.metrics.multiclass import Key
from faultlens.reports.ablation_figure import ForestRow, GapRow
from faultlens.reports.ablation_page import AblationView, Table
from faultlens.reports.ablation_phrases import ablation_phrase, axis_words, value_words
from faultlens.reports.evaluation_phrases import evaluation_phrase

HEADS = {
    "accuracy": "accuracy",
    "f1_macro": "macro_f1",
    "auroc_macro": "macro_auroc",
    "expected_calibration_error": "ece",
}
"""Column -> phrase."""

TEXT_MODELS = ("text_model", "text.model")
HASH_SHOWN = 12


def ablation_view(
    record: Mapping[str, Any],
    *,
    grid: Path | None = None,
    forest: Path | None = None,
    lang: str = "en",
) -> AblationView:
    """The page of an ablation.

    Args:
        record: what `ablation_record` made, in the same language.
        grid: PNG file of what is varied.
        forest: PNG file of the figures.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> ablation_view.__name__
        'ablation_view'
    """
    worse = tuple(worse_sentences(record))
    sentences = [x["in_words"] for x in record["differences"]]
    sentences += [y for x in record["differences"] for y in x["worse_alone"]]
    return AblationView(
        title=record["title"],
        subtitle=" · ".join(_subtitle(record, lang)),
        worse=worse,
        conclusions=tuple(x for x in sentences if x not in worse),
        axes=len(record["grid"]),
        cells=tuple(_cells(record, lang)),
        splits=tuple(_splits(record, lang)) if len(record["splits"]) > 1 else (),
        differences=tuple(_differences(record, lang)) if record["differences"] else (),
        notes=(_over(record, lang), *record["intervals"]["notes"]),
        facts=tuple(_facts(record, lang)),
        warnings=tuple(record["warnings"]),
        failed=tuple((x["cell"], x["reason"]) for x in record["failed"]),
        failed_files=tuple((x["file"], x["reason"]) for x in record["failed_files"]),
        grid=grid,
        forest=forest,
    )


def worse_sentences(record: Mapping[str, Any]) -> Iterator[str]:
    """Where an adapter does harm beyond the interval, over all combinations or in one of them.

    Args:
        record: what `ablation_record` made.

    Example:
        >>> row = {"axis": "adapter", "verdict": "worse", "in_words": "Worse.", "worse_alone": []}
        >>> list(worse_sentences({"differences": [row]}))
        ['Worse.']
    """
    for row in record["differences"]:
        if row["axis"] == ADAPTER:
            if row["verdict"] == "worse":
                yield row["in_words"]
            yield from row["worse_alone"]


def forest_rows(record: Mapping[str, Any], lang: str = "en") -> tuple[ForestRow, ...]:
    """The combinations as the picture shows them: those of the first thing varied together.

    Args:
        record: what `ablation_record` made.
        lang: "en" or "zh".

    Example:
        >>> forest_rows({"grid": {}, "cells": []})
        ()
    """
    axes = [axis for axis, values in record["grid"].items() if len(values) > 1]
    first, rest = (axes[0], axes[1:]) if len(axes) > 1 else (None, axes)
    rows = []
    for cell in record["cells"]:
        told = {x: _short(x, value_words(x, y, lang)) for x, y in cell["values"].items()}
        span = _at(cell["intervals"], TABLE["f1_macro"]) or (0.0, 0.0)
        rows.append(
            ForestRow(
                group=told[first] if first else "",
                label=", ".join(told[x] for x in rest) or cell["name"],
                value=_at(cell, TABLE["f1_macro"]),
                low=span[0],
                high=span[1],
                single=tuple(cell["by_seed"].get("f1_macro", ())),
            )
        )
    return tuple(rows)


def gap_rows(record: Mapping[str, Any], lang: str = "en") -> tuple[GapRow, ...]:
    """The changes as the picture shows them.

    Args:
        record: what `ablation_record` made.
        lang: "en" or "zh".

    Example:
        >>> gap_rows({"differences": []})
        ()
    """
    rows = []
    for row in record["differences"]:
        gap = row.get("f1_macro") or {"value": None, "low": 0.0, "high": 0.0}
        value, baseline = (_short(row["axis"], row[x]) for x in ("value", "against"))
        label = ablation_phrase("against", lang, value=value, baseline=baseline)
        rows.append(GapRow(axis_words(row["axis"], lang), label, **gap, verdict=row["verdict"]))
    return tuple(rows)


def over_words(record: Mapping[str, Any], lang: str) -> str:
    """What intervals are drawn over, in words.

    Args:
        record: what `ablation_record` made.
        lang: "en" or "zh".

    Example:
        >>> over_words({"intervals": {"over": "bearings"}}, "zh")
        '轴承'
    """
    return evaluation_phrase(record["intervals"]["over"], lang)


def _short(axis: str, words: str) -> str:
    """A text model without its owner or folder, so that a label has room for the rest."""
    return words.rpartition("/")[2] if axis in TEXT_MODELS else words


def _subtitle(record: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield str(record["data"]["name"])
    yield _protocol(record, lang)
    seeds = ", ".join(map(str, record["seeds"]))
    yield f"{ablation_phrase('seeds', lang)} {seeds}"


def _protocol(record: Mapping[str, Any], lang: str) -> str:
    told = str(record["protocol"] or ablation_phrase("own_split", lang))
    return f"{told}, {record['by']}" if record["by"] else told


def _cells(record: Mapping[str, Any], lang: str) -> Iterator[tuple[str, ...]]:
    heads = [*(HEADS[x] for x in TABLE), "spread", "seconds"]
    axes = (axis_words(x, lang) for x in record["grid"])
    yield (*axes, *(ablation_phrase(x, lang) for x in heads))
    for cell in record["cells"]:
        values = (value_words(x, y, lang) for x, y in cell["values"].items())
        single = cell["by_seed"]["accuracy"]
        yield (
            *values,
            *(_figure(cell, key) for key in TABLE.values()),
            f"{min(single):.3f} – {max(single):.3f}",
            f"{cell['seconds']:.1f}",
        )


def _splits(record: Mapping[str, Any], lang: str) -> Iterator[tuple[str, ...]]:
    yield (*(axis_words(x, lang) for x in record["grid"]), *record["splits"])
    for cell in record["cells"]:
        values = (value_words(x, y, lang) for x, y in cell["values"].items())
        yield (*values, *(f"{cell['by_split'][x]:.3f}" for x in record["splits"]))


def _differences(record: Mapping[str, Any], lang: str) -> Table:
    figures = ("f1_macro", "accuracy", "auroc_macro")
    heads = ("change", "verdict")
    numbers = (*(HEADS[x] for x in figures), "combinations")
    rows = [tuple(ablation_phrase(x, lang) for x in (*heads, *numbers))]
    for row in record["differences"]:
        against = ablation_phrase("against", lang, value=row["value"], baseline=row["against"])
        gaps = (_gap(row.get(x)) for x in figures)
        verdict = ablation_phrase(row["verdict"], lang)
        rows.append((against, verdict, *gaps, str(row["pairs"])))
    return tuple(rows)


def _over(record: Mapping[str, Any], lang: str) -> str:
    spans = record["intervals"]
    told = over_words(record, lang)
    if spans["blocks_within_one"]:
        told = f"{told}, {evaluation_phrase('blocks', lang)}"
    return evaluation_phrase(
        "intervals_over", lang, over=told, units=spans["units"], draws=spans["draws"]
    )


def _facts(record: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    data = record["data"]
    folders = dict.fromkeys(str(x) for x in (data["train"], data["test"]) if x)
    told = f"{data['name']} · {' → '.join(folders)} · SHA-256 {data['sha256'][:HASH_SHOWN]}"
    sides = [", ".join(f"{k} {x}" for k, x in side.items()) for side in record["where"].values()]
    chosen = " → ".join(x for x in sides if x)
    yield ablation_phrase("data", lang), f"{told} · {chosen}" if chosen else told
    yield ablation_phrase("protocol", lang), _protocol(record, lang)
    if record["protocol"]:
        yield ablation_phrase("splits", lang), "; ".join(record["splits"])
    yield ablation_phrase("seeds", lang), ", ".join(map(str, record["seeds"]))
    sizes = dict.fromkeys((x["windows"], x["recordings"]) for x in record["cells"])
    counts = (ablation_phrase("test_counts", lang, windows=x, recordings=y) for x, y in sizes)
    yield ablation_phrase("test_size", lang), "; ".join(counts)
    if record["settings"]:
        yield ablation_phrase("settings", lang), _plain(record["settings"])


def _plain(fact: Any) -> str:
    if isinstance(fact, Mapping):
        return " · ".join(f"{k} {_plain(x)}" for k, x in fact.items())
    return ", ".join(map(_plain, fact)) if isinstance(fact, list) else str(fact)


def _figure(cell: Mapping[str, Any], key: Key) -> str:
    value, span = _at(cell, key), _at(cell["intervals"], key)
    if value is None:
        return "–"
    return f"{value:.3f}" if span is None else f"{value:.3f}\n[{span[0]:.3f}, {span[1]:.3f}]"


def _gap(gap: Mapping[str, float] | None) -> str:
    if gap is None:
        return "–"
    return f"{gap['value']:+.3f}\n[{gap['low']:+.3f}, {gap['high']:+.3f}]"


def _at(record: Mapping[str, Any], key: Key) -> Any:
    found: Any = record
    for name in key:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
