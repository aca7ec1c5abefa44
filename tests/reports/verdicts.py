"""Joined verdicts as picture, page and words get them."""

from dataclasses import replace
from typing import Any

from faultlens.reports.verdict_view import JoinedRow, SensorRow, VerdictView

WORDS = {
    "en": {"fault": "inner race fault", "sound": "no defect", "both": "inner race fault and crack"},
    "zh": {"fault": "内圈故障", "sound": "无缺陷", "both": "内圈故障和裂纹"},
}


def row(kind: str = "vibration", **facts: Any) -> SensorRow:
    """A sensor that alarms; with `says="healthy"` one that does not."""
    lang = facts.pop("lang", "en")
    well = facts.get("says") == "healthy"
    told: dict[str, Any] = {
        "name": f"pump7.{'csv' if kind == 'vibration' else 'png'}",
        "says": "fault",
        "verdict": WORDS[lang]["sound" if well else "fault"],
        "score": 0.95 if well else 0.97,
        "alarm": not well,
        "alarm_score": 0.05 if well else 0.98,
        "threshold": 0.9,
        "false_alarm_rate": 0.01,
        "fault": 0.05 if well else 0.98,
    }
    return SensorRow(kind, **(told | facts))


def joined(*rows: SensorRow, lang: str = "en", **facts: Any) -> VerdictView:
    """A verdict that alarms, of a machine with vibration and a picture."""
    parts = rows or (row(lang=lang), row("picture", says="healthy", lang=lang))
    view = VerdictView(
        title="pump 7",
        verdict=WORDS[lang]["fault"],
        says="fault",
        probability=0.96,
        alarm=True,
        alarm_score=0.95,
        threshold=0.81,
        if_one_fault=0.72,
        if_own_faults=0.98,
        false_alarm_rate=0.02,
        visits=0,
        rows=parts,
        findings=(
            JoinedRow(WORDS[lang]["fault"], 0.9, "fault", ("vibration",), told=True),
            JoinedRow(WORDS[lang]["both"], 0.05, "fault", ("vibration", "picture")),
            JoinedRow("healthy", 0.05, "healthy"),
        ),
        action="plan replacement" if lang == "en" else "安排更换轴承",
        warnings=("The threshold is the model's.",) if lang == "en" else ("阈值属于模型。",),
        footer="builtin/bearing@0 + builtin/surface@0",
        lang=lang,
    )
    return replace(view, **facts)
