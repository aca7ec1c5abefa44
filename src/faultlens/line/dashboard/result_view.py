"""One result as its page shows it: findings, places, evidence, facts, from the JSON that was kept.

The JSON was written by a detector of this or an older version, or by another's; what is missing or
odd in it is left out, and the page still shows the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from faultlens.line.dashboard.charts.chart import Chart
from faultlens.line.dashboard.charts.numbers import percent_text, seconds_text
from faultlens.line.dashboard.charts.stems import Stem, stems
from faultlens.reports.palette import LINE_NAMES, line_name
from faultlens.store.records import ResultRecord

MOST_FINDINGS = 40
"""Findings that are listed; a question of more sentences shows the likeliest."""

MOST_REGIONS = 20
"""Places that are listed."""


@dataclass(frozen=True)
class FindingView:
    """One sentence that was asked for.

    Args:
        label: of it.
        score: probability, 0 to 1.
        conditions: stated, measured, and whether it holds.
        regions: of the picture: x, y, width, height, px.
    """

    label: str
    score: float
    conditions: tuple[tuple[str, str, bool], ...] = ()
    regions: tuple[tuple[float, float, float, float], ...] = ()


def findings_of(result: Mapping[str, Any]) -> tuple[FindingView, ...]:
    """The findings of a result, best first.

    Args:
        result: the JSON of the contracts.

    Example:
        >>> findings_of({"findings": [{"label": "crack", "score": 0.9}, "odd"]})[0].label
        'crack'
        >>> findings_of({"findings": 3})
        ()
    """
    made = []
    for row in rows_of(result.get("findings"))[:MOST_FINDINGS]:
        label, score = row.get("label"), row.get("score")
        if isinstance(label, str) and is_number(score):
            held = tuple(
                (str(x.get("stated", "")), str(x.get("measured", "")), bool(x.get("holds")))
                for x in rows_of(row.get("conditions"))
            )
            made.append(FindingView(label, float(score), held, _regions(row.get("region"))))
    return tuple(made)


def evidence_chart(result: Mapping[str, Any], t: Callable[..., str]) -> Chart | None:
    """The lines of the spectrum that speak for the best finding that has some.

    Args:
        result: the JSON of the contracts.
        t: words.

    Example:
        >>> evidence_chart({"findings": []}, str) is None
        True
    """
    for row in rows_of(result.get("findings")):
        evidence = row.get("evidence")
        families = rows_of(evidence.get("families")) if isinstance(evidence, Mapping) else []
        lines = [
            _stem(family, line) for family in families for line in rows_of(family.get("lines"))
        ]
        known = [x for x in lines if x is not None]
        if known:
            headings = (t("result_line"), t("result_order"), t("result_strength"))
            name = f"{t('result_evidence')}: {row.get('label')}"
            return stems(known, name=name, headings=headings)
    return None


def facts_of(record: ResultRecord, t: Callable[..., str]) -> list[tuple[str, str]]:
    """What is known beside the verdict, as word and value.

    Args:
        record: the result.
        t: words.

    Example:
        >>> facts_of.__name__
        'facts_of'
    """
    rate = record.false_alarm_rate
    rows: Iterable[tuple[str, str | None]] = (
        (t("figure_source"), record.source),
        (t("figure_channel"), record.channel),
        (t("figure_asset"), record.asset),
        (t("figure_part"), record.part),
        (t("figure_shift"), record.shift),
        (t("result_latency"), seconds_text(record.latency_s)),
        (t("result_model"), record.model),
        (t("result_profile"), record.profile),
        (t("result_rate"), t("result_rate_none") if rate is None else percent_text(rate)),
    )
    return [(word, value) for word, value in rows if value]


def severity_of(result: Mapping[str, Any], t: Callable[..., str]) -> list[tuple[str, str]]:
    """How bad a machine shakes, where its result says so.

    Args:
        result: the JSON of the contracts.
        t: words.

    Example:
        >>> severity_of({"severity": {"zone": "B", "kurtosis": 3.21}}, str)
        [('result_zone', 'B'), ('result_kurtosis', '3.21')]
    """
    told = result.get("severity")
    severity = told if isinstance(told, Mapping) else {}
    shaft = result.get("shaft") if isinstance(result.get("shaft"), Mapping) else {}
    rows = []
    for word, value, unit in (
        ("result_velocity", severity.get("velocity_rms_mm_s"), " mm/s"),
        ("result_zone", severity.get("zone"), ""),
        ("result_kurtosis", severity.get("kurtosis"), ""),
        ("result_crest", severity.get("crest_factor"), ""),
        ("result_rpm", (shaft or {}).get("measured_rpm"), " rpm"),
    ):
        if is_number(value):
            rows.append((t(word), f"{value:.4g}{unit}"))
        elif isinstance(value, str) and value:
            rows.append((t(word), value))
    return rows


def sentences_of(result: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """What the result says in words: its sentence, what to do, and its warnings.

    Args:
        result: the JSON of the contracts.

    Example:
        >>> sentences_of({"sentence": "A crack.", "warnings": ["Dark."]})
        ('A crack.', '', ('Dark.',))
    """
    sentence, action = result.get("sentence"), result.get("action")
    warnings = result.get("warnings")
    listed = warnings if isinstance(warnings, Sequence) and not isinstance(warnings, str) else ()
    return (
        sentence if isinstance(sentence, str) else "",
        action if isinstance(action, str) else "",
        tuple(x for x in listed if isinstance(x, str)),
    )


def picture_size(result: Mapping[str, Any]) -> tuple[float, float] | None:
    """Width and height of the judged picture, px; None where it is not said.

    Args:
        result: the JSON of the contracts.

    Example:
        >>> picture_size({"picture": {"width_px": 640, "height_px": 480}})
        (640.0, 480.0)
    """
    picture = result.get("picture")
    if not isinstance(picture, Mapping):
        return None
    width, height = picture.get("width_px"), picture.get("height_px")
    if not (is_number(width) and is_number(height)) or min(width, height) <= 0:
        return None
    return float(width), float(height)


def _stem(family: Mapping[str, Any], line: Mapping[str, Any]) -> Stem | None:
    name, harmonic, side = family.get("family"), line.get("harmonic"), line.get("sideband", 0)
    order, strength = line.get("measured_order"), line.get("strength")
    numbers = (harmonic, side, order, strength)
    if name not in LINE_NAMES or not all(is_number(x) for x in numbers):
        return None
    told = line_name(str(name), int(harmonic or 0))
    if side:
        sign = "+" if side > 0 else "−"
        times = f"{abs(int(side))} " if abs(side) > 1 else ""
        told += f" {sign} {times}{'FTF' if name == 'ball' else 'fr'}"
    is_found = bool(line.get("matched"))
    return Stem(float(order or 0), float(strength or 0), told, is_found, is_named=not side)


def _regions(told: Any) -> tuple[tuple[float, float, float, float], ...]:
    boxes = rows_of(told.get("boxes")) if isinstance(told, Mapping) else []
    made = []
    for box in boxes[:MOST_REGIONS]:
        values = [x for x in map(box.get, ("x", "y", "width", "height")) if is_number(x)]
        if len(values) == 4:
            made.append((values[0], values[1], values[2], values[3]))
    return tuple(made)


def rows_of(told: Any) -> list[Mapping[str, Any]]:
    """The tables of a list; what is none is left out.

    Args:
        told: as the JSON of a result holds it.

    Example:
        >>> rows_of([{"a": 1}, 3]), rows_of(3)
        ([{'a': 1}], [])
    """
    return [x for x in told if isinstance(x, Mapping)] if isinstance(told, list) else []


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value of the JSON is a number.

    Args:
        value: of any type.

    Example:
        >>> is_number(0.5), is_number(True), is_number("0.5")
        (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool)
