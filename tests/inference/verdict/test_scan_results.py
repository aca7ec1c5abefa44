"""Measured scans in a joined verdict: one defect seen twice is one, and the rules' word counts."""

from typing import Any

import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.inference.verdict.fuse import fuse
from faultlens.inference.verdict.sensors import readings_of

SCAN: dict[str, Any] = {
    "file": "lid.ply", "verdict": "scratch", "alarm": True, "alarm_score": 0.97, "threshold": 0.9,
    "false_alarm_rate": 0.01, "profile": "lid", "severity": "rework",
    "findings": [
        {"label": "scratch", "defect": "scratch", "score": 0.92},
        {"label": "no defect", "defect": "no_defect", "score": 0.03},
        {"label": "unknown", "defect": "unknown", "score": 0.05},
    ],
    "defects": [
        {"counts": True, "kind": "depression", "depth_mm": 0.061, "depth_mm_u95": 0.003},
        {"counts": False, "kind": "protrusion", "depth_mm": 0.5, "depth_mm_u95": 0.003},
    ],
}  # fmt: skip
PICTURE: dict[str, Any] = {
    "file": "lid.png", "verdict": "scratch", "alarm": False, "alarm_score": 0.6, "threshold": 0.8,
    "false_alarm_rate": 0.01, "profile": "lid",
    "findings": [
        {"label": "scratch", "defect": "scratch", "score": 0.6},
        {"label": "no defect", "defect": "no_defect", "score": 0.4},
        {"label": "unknown", "defect": "unknown", "score": 0.0},
    ],
}  # fmt: skip
SOUND = SCAN | {
    "verdict": "no defect", "alarm": False, "alarm_score": 0.02, "severity": "accept",
    "findings": [
        {"label": "scratch", "defect": "scratch", "score": 0.0},
        {"label": "no defect", "defect": "no_defect", "score": 0.98},
        {"label": "unknown", "defect": "unknown", "score": 0.02},
    ],
    "defects": [],
}  # fmt: skip


def test_a_scan_is_read_with_its_depth_and_its_severity() -> None:
    (reading,) = readings_of(SCAN, "a.json")
    assert (reading.kind, reading.says, reading.key) == ("scan", "fault", "scratch")
    assert (reading.deviation_mm, reading.deviation_mm_u95) == (-0.061, 0.003)
    assert (reading.severity, reading.alarm, reading.name) == ("rework", True, "lid.ply")
    # What deviates without a name is a fault all the same.
    assert reading.belief.fault == pytest.approx(0.97) and reading.belief.unknown == 0


def test_a_picture_is_still_a_picture() -> None:
    assert [x.kind for x in readings_of(PICTURE, "a.json")] == ["picture"]


def test_one_scratch_on_picture_and_scan_is_one_finding() -> None:
    result = fuse(SCAN, PICTURE, asset="lid 7")
    labels = [x.label for x in result.findings]
    assert labels.count("scratch") == 1 and len(labels) == len(set(labels))
    assert sum(x.score for x in result.findings) == pytest.approx(1)
    assert (result.verdict, result.alarm) == ("scratch", True)
    assert set(result.findings[0].kinds) == {"scan", "picture"}
    assert result.findings[0].score > 0.9


def test_the_sentence_says_how_deep_and_the_action_what_the_rules_say() -> None:
    result = fuse(SCAN, asset="lid 7")
    assert (
        "scratch, 61 ± 3 µm deep" in result.sentence or "0.061 ± 0.003 mm deep" in result.sentence
    )
    assert result.action.startswith("rework the part by its rules")
    zh = fuse(SCAN, asset="lid 7", lang="zh")
    assert "三维扫描" in zh.sentence and "返修" in zh.action
    part = result.to_dict()["parts"][0]
    assert (part["deviation_mm"], part["severity"]) == (-0.061, "rework")


def test_a_sound_scan_is_no_defect_and_lowers_what_a_picture_believes() -> None:
    alone, both = fuse(PICTURE, asset="lid 7"), fuse(PICTURE, SOUND, asset="lid 7")
    assert fuse(SOUND, asset="lid 7").verdict == "no defect"
    assert both.alarm_score < alone.alarm_score
    assert "no defect" in {x.label for x in both.findings}
    assert "rework" not in both.action


@pytest.mark.parametrize(
    "changed",
    [
        {"severity": "bin"}, {"alarm_score": 2}, {"alarm": "yes"}, {"verdict": "dent"},
        {"defects": [3]}, {"defects": [{"counts": True, "depth_mm": "deep"}]},
    ],
)  # fmt: skip
def test_a_damaged_result_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(UnreadableFileError, match=r"a\.json"):
        readings_of(SCAN | changed, "a.json")
