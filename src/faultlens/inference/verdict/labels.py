"""Names and actions of faults as a reader sees them: our own words are said in both languages."""

from collections.abc import Sequence

from faultlens.inference.verdict.joining import JoinedFinding
from faultlens.inference.verdict.reading import FAULT, HEALTHY, UNKNOWN, Reading
from faultlens.inference.verdict.sensors import HOT_SPOT, NO_HOT_SPOT
from faultlens.reports.verdict_phrases import verdict_phrase
from faultlens.reports.wording import PROBABLE_FROM
from faultlens.text.knowledge import load_faults
from faultlens.text.scan_shapes import scan_defects

OURS = {
    "healthy": "healthy",
    "no defect": "no_defect",
    "unknown": "unknown",
    HOT_SPOT: "hot_spot",
    NO_HOT_SPOT: "no_hot_spot",
}
"""Labels that are ours -> phrase."""


def shown(label: str, key: str, lang: str) -> str:
    """A label in the language of the reader, where it is a name of ours; else word for word.

    Args:
        label: of a finding.
        key: of the fault or defect that it means; empty for none.
        lang: "en" or "zh".

    Example:
        >>> shown("inner race fault", "inner_race", "zh"), shown("BPFI tone", "inner_race", "zh")
        ('内圈故障', 'BPFI tone')
    """
    if label in OURS:
        return verdict_phrase(OURS[label], lang)
    named = [
        *((x.key, x.names) for x in load_faults()),
        *((x.key, x.names) for x in scan_defects()),
    ]
    return next((names.of(lang) for k, names in named if k == key and names.en == label), label)


def shown_finding(finding: JoinedFinding, lang: str) -> str:
    """A joined finding in the language of the reader.

    Args:
        finding: of a joined verdict.
        lang: "en" or "zh".

    Example:
        >>> shown_finding(JoinedFinding("healthy", 0.9), "zh")
        '正常'
    """
    if not finding.causes:
        return shown(finding.label, "", lang)
    names = [shown(x.label, x.key, lang) for x in finding.causes]
    return verdict_phrase("and", lang).join(names)


def action_for(
    verdict: JoinedFinding, probability: float, alarm: bool, readings: Sequence[Reading], lang: str
) -> str:
    """What to do now.

    Args:
        verdict: the finding that is the verdict.
        probability: of the verdict, alone or with further faults.
        alarm: whether it alarms.
        readings: what the sensors say.
        lang: "en" or "zh".

    Example:
        >>> action_for(JoinedFinding("healthy", 0.99), 0.99, False, [], "en")
        'keep measuring at the usual interval'
    """
    judged = next((x for x in ("scrap", "rework") if any(r.severity == x for r in readings)), None)
    first = [verdict_phrase(f"action_{judged}", lang)] if judged and alarm else []
    if verdict.label == UNKNOWN:
        told = [*first, verdict_phrase("action_fault" if alarm else "action_unknown", lang)]
        return verdict_phrase("joint", lang).join(told)
    if not verdict.is_fault:
        doubtful = probability < PROBABLE_FROM or any(x.says == FAULT for x in readings)
        return verdict_phrase("action_below" if doubtful else f"action_{HEALTHY}", lang)
    if not alarm:
        return verdict_phrase("action_below", lang)
    worst = max((x.zone or "A" for x in readings), default="A")
    told = [_action(x.key, "act" if worst in ("C", "D") else "plan", lang) for x in verdict.causes]
    return verdict_phrase("joint", lang).join(dict.fromkeys((*first, *told)))


def _action(key: str, level: str, lang: str) -> str:
    if key == "hot_spot":
        return verdict_phrase("action_hot_spot", lang)
    for fault in load_faults():
        if fault.key == key:
            return fault.action(level if level in fault.levels else fault.levels[-1]).of(lang)
    for defect in scan_defects():
        if defect.key == key:
            return defect.action.of(lang)
    return verdict_phrase("action_fault", lang)
