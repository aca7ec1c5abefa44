"""Sizes of a scan's defects are shown as far as the JSON goes, with what doubt leaves open."""

from typing import Any

import pytest

from faultlens.line.dashboard.scan_view import MOST_DEFECTS, defects_of, scan_facts, scan_severity

DENT: dict[str, Any] = {
    "number": 1, "label": "dent", "kind": "depression", "counts": True, "at_border": False,
    "depth_mm": 0.30121, "depth_mm_u95": 0.0071, "length_mm": 6.057, "width_mm": 5.92,
    "area_mm2": 28.19, "area_mm2_u95": 0.28, "volume_mm3": 4.126, "volume_mm3_u95": 0.0127,
    "severity": "rework", "severity_range": ["accept", "rework"],
}  # fmt: skip


def words(key: str, **facts: str) -> str:
    return f"{key}({','.join(facts.values())})" if facts else key


def test_a_size_has_no_more_figures_than_its_uncertainty() -> None:
    (one,) = defects_of({"defects": [DENT]}, words)
    assert (one.depth, one.area) == ("0.301 ± 0.007 mm", "28.2 ± 0.3 mm²")
    assert (one.extent, one.volume) == ("6.06 × 5.92 mm", "4.13 ± 0.01 mm³")


@pytest.mark.parametrize(
    ("change", "depth"),
    [
        ({"depth_mm": 1234.5, "depth_mm_u95": 20.0}, "1234 ± 20 mm"),
        ({"depth_mm_u95": None}, "0.301 mm"),
        ({"depth_mm": "deep"}, ""),
        ({"depth_mm": 0.3, "depth_mm_u95": 0.0}, "0.3 mm"),
    ],
)
def test_odd_sizes_are_shown_as_far_as_they_go(change: dict[str, Any], depth: str) -> None:
    (one,) = defects_of({"defects": [{**DENT, **change}]}, words)
    assert one.depth == depth


def test_severity_says_what_the_uncertainty_leaves_open() -> None:
    (one,) = defects_of({"defects": [DENT]}, words)
    assert one.severity == "rework"
    assert one.becomes == "result_rework (result_unsure(result_accept,result_rework))"
    (sure,) = defects_of({"defects": [{**DENT, "severity_range": ["rework", "rework"]}]}, words)
    assert sure.becomes == "result_rework"
    (odd,) = defects_of({"defects": [{**DENT, "severity": "<b>"}]}, words)
    assert (odd.severity, odd.becomes) == ("", "")


def test_notes_say_way_border_and_what_does_not_count() -> None:
    change = {"kind": "protrusion", "counts": False, "at_border": True}
    (one,) = defects_of({"defects": [{**DENT, **change}]}, words)
    assert one.notes == ("result_out", "result_smaller", "result_border")


def test_the_worst_are_listed_and_odd_rows_left_out() -> None:
    rows = [{**DENT, "number": n} for n in range(200)]
    assert len(defects_of({"defects": rows}, words)) == MOST_DEFECTS
    assert defects_of({"defects": [7, {"label": "dent"}, {"number": 1}]}, words) == ()


def test_another_result_has_no_facts_of_a_scan() -> None:
    vibration = {"severity": {"zone": "B"}, "findings": []}
    assert scan_facts(vibration, words) == [] and scan_severity(vibration, words) == []
    cylinder = {"reference": {"kind": "cylinder", "radius_mm": 40.02}, "scan": {"cell_mm": 0.1}}
    assert scan_facts(cylinder, words) == [
        ("result_reference", "cylinder, 40.02 mm"), ("result_cell", "0.1 mm"),
    ]  # fmt: skip
