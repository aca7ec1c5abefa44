"""Fills the view that picture and page of a measured scan show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from faultlens.inference.measured_conditions import checked
from faultlens.inference.measured_defect import MeasuredDefect
from faultlens.inference.measured_findings import SIZE, Found
from faultlens.inference.measurement import NO_DEFECT, UNKNOWN
from faultlens.profiles.severity_rules import SeverityRules
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.measurement_view import DefectMark, MeasurementView, ScanFinding
from faultlens.reports.measurement_words import measurement_sentence
from faultlens.surfaces.deviation import DeviationMap

FORMS = {
    "plane": {"en": "plane", "zh": "平面"},
    "cylinder": {"en": "cylinder", "zh": "圆柱面"},
    "sphere": {"en": "sphere", "zh": "球面"},
    "free form": {"en": "smooth free form", "zh": "光滑自由曲面"},
    "scan": {"en": "golden scan", "zh": "标准件扫描"},
}
"""Forms of reference surfaces, in words."""

REASONS = {
    SIZE: {"en": "not of a size asked for", "zh": "尺寸不在所问范围"},
    "threshold": {"en": "below the alarm threshold", "zh": "未达报警阈值"},
    "otherwise": {"en": "no rule takes it", "zh": "没有适用的规则"},
}
"""Why a defect does not count, or no rule decided it."""


def measured_view(
    found: Found,
    deviations: DeviationMap,
    *,
    name: str,
    threshold: float,
    roughness_mm: float | None,
    points: int,
    unit: str,
    rules: SeverityRules | None,
    false_alarm_rate: float | None,
    part: str,
    model: str,
    profile: str | None,
    sound: Sequence[str],
    warnings: tuple[str, ...],
    lang: str,
) -> MeasurementView:
    """The view of one measured scan, with its sentence.

    Args:
        found: on the scan.
        deviations: the map that it was found on.
        name: of the scan.
        threshold: alarm score from which it alarms.
        roughness_mm: of the scan, mm.
        points: that were measured.
        unit: of the file.
        rules: of severity; None for none.
        false_alarm_rate: of the threshold.
        part: what was scanned.
        model: name and hash.
        profile: name; None for none.
        sound: the user's own words for "no defect".
        warnings: in the language of the view.
        lang: "en" or "zh".

    Example:
        >>> measured_view.__name__  # `measure` shows it at work
        'measured_view'
    """

    def shown(label: str, kind: str) -> str:
        ours = label == UNKNOWN or (kind == "no_defect" and label == NO_DEFECT and not sound)
        return inspection_phrase(kind, lang) if ours else label

    view = MeasurementView(
        name=name,
        deviations=deviations,
        defects=tuple(_mark(x, shown(x.label, UNKNOWN), lang) for x in found.defects),
        verdict=shown(found.verdict.label, found.verdict.kind),
        kind=found.verdict.kind,
        alarm=found.alarm,
        alarm_score=found.alarm_score,
        threshold=threshold,
        findings=tuple(
            ScanFinding(shown(x.label, x.kind), x.score, x.kind, checked(x.conditions, lang))
            for x in found.findings
        ),
        severity=None if found.by_rules is None else found.by_rules.severity,
        rules=None if rules is None else rules.name,
        reference=reference_words(deviations.reference.told(), lang),
        roughness_mm=roughness_mm,
        points=points,
        unit=unit,
        false_alarm_rate=false_alarm_rate,
        part=part,
        model=model,
        profile=profile,
        warnings=warnings,
        lang=lang,
    )
    return replace(view, sentence=measurement_sentence(view))


def reference_words(told: Mapping[str, object], lang: str) -> str:
    """A reference surface in a few words.

    Args:
        told: its form and parameters.
        lang: "en" or "zh".

    Example:
        >>> reference_words({"kind": "cylinder", "radius_mm": 40.0213}, "en")
        'cylinder, radius 40.02 mm'
        >>> reference_words({"kind": "plane"}, "zh")
        '平面'
    """
    kind = str(told.get("kind", ""))
    words = FORMS.get(kind, {}).get(lang, kind)
    radius = told.get("radius_mm")
    if not isinstance(radius, int | float):
        return words
    return f"{words}, radius {radius:.4g} mm" if lang == "en" else f"{words}，半径 {radius:.4g} mm"


def _mark(each: MeasuredDefect, label: str, lang: str) -> DefectMark:
    severity = None if each.severity is None else each.severity.severity
    if not each.counts:
        rule = REASONS[each.reason][lang]
    elif each.severity is not None:
        rule = each.severity.rule or REASONS["otherwise"][lang]
    else:
        rule = ""
    return DefectMark(each.defect, label, each.score, severity, rule, each.counts)
