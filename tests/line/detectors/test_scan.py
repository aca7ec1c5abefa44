"""Scans are measured with their source's reference, rules, sentences and profile, and shown."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.inference.measure import measure
from faultlens.line.configuration.line_config import DecisionConfig, SourceConfig
from faultlens.line.configuration.scan_config import ScanConfig
from faultlens.line.detectors.making import detector_of
from faultlens.line.detectors.scan import MOST_DEFECTS, ScanDetector
from faultlens.line.detectors.scan_preview import SHORTEST_PX
from faultlens.line.judged import Judged
from faultlens.profiles.scan_profile import ScanProfile
from faultlens.surfaces.surface import height_map
from faultlens.surfaces.write import write_surface
from tests.line.detectors.frames import frame, surface
from tests.line.detectors.scan_frames import DEPTH_MM, plate

RULES = """
format = 1
[[rule]]
name = "deep"
depth_mm = { at_least = 0.2 }
severity = "scrap"
"""
SOURCE = SourceConfig("press", "folder", None, detector="scan", sentences=("dent", "scratch"))


@pytest.fixture(scope="module")
def detector() -> ScanDetector:
    return ScanDetector(SOURCE)


@pytest.fixture(scope="module")
def dented(detector: ScanDetector) -> Judged:
    (judged,) = detector.judge([frame(1, plate(3, dented=True))])
    return judged


def profile(model: str, parts: int = 200) -> ScanProfile:
    """Of sound parts whose scores are spread evenly up to 0.4."""
    scores = tuple(float(x) for x in np.linspace(0, 0.4, parts))
    return ScanProfile("plates", model, 0.41, 0.01, 0.01, parts, scores, scores, 4.0)


def test_a_verdict_is_that_of_measure_and_the_depth_is_the_true_one(dented: Judged) -> None:
    alone = measure(plate(3, dented=True), defects=["dent", "scratch"])
    assert (dented.verdict, dented.alarm, dented.error) == (alone.verdict, True, "")
    assert (dented.score, dented.threshold) == (alone.alarm_score, alone.threshold)
    worst = dented.result["defects"][0]
    assert worst["depth_mm"] == pytest.approx(DEPTH_MM, abs=2 * worst["depth_mm_u95"] + 1e-3)
    assert (dented.result["source"], dented.result["part"]) == ("hall", "P1")
    assert dented.result["seconds"] > 0


def test_a_sound_plate_passes_and_says_what_its_scanner_gave(detector: ScanDetector) -> None:
    (judged,) = detector.judge([frame(1, plate(4))])
    assert (judged.verdict, judged.alarm) == ("no defect", False)
    assert judged.quality["noise_mm"] == pytest.approx(0.004, rel=0.1)
    assert judged.quality["missing"] == 0.0


def test_auto_measures_scans_among_other_frames(dented: Judged) -> None:
    made = detector_of(replace(SOURCE, detector="auto"))
    judged = made.judge([frame(1, plate(3, dented=True)), frame(2, surface(2))])
    assert [x.frame.kind for x in judged] == ["scan", "picture"]
    assert judged[0].score == dented.score


def test_the_small_picture_shows_the_dent_where_it_is(dented: Judged) -> None:
    assert dented.preview is not None
    shown = Pillow.open(io.BytesIO(dented.preview()))
    assert shown.format == "JPEG" and SHORTEST_PX <= max(shown.size) <= 480
    red, _, blue = np.moveaxis(np.asarray(shown.convert("RGB"), float), -1, 0)
    # Into the material is blue: the dent stands right of the middle and below it.
    row, column = np.unravel_index(int((blue - red).argmax()), red.shape)
    assert column / shown.width == pytest.approx(0.5 + 3 / 24, abs=0.1)
    assert row / shown.height == pytest.approx(0.5 + 2 / 18, abs=0.1)


def test_rules_of_severity_and_the_golden_scan_are_taken_from_the_files(tmp_path: Path) -> None:
    rules, golden = tmp_path / "severity.toml", tmp_path / "golden.npz"
    rules.write_text(RULES, encoding="utf-8")
    write_surface(golden, plate(5))
    scan = ScanConfig(rules=rules, golden=golden, reference="scan")
    (judged,) = ScanDetector(replace(SOURCE, scan=scan)).judge([frame(1, plate(3, dented=True))])
    assert judged.result["severity"] == "scrap"
    assert judged.result["defects"][0]["rule"] == "deep"
    assert judged.result["reference"]["kind"] == "scan"


def test_shallower_than_was_asked_for_is_no_defect() -> None:
    deep = replace(SOURCE, scan=ScanConfig(least_depth_mm=0.5))
    (judged,) = ScanDetector(deep).judge([frame(1, plate(3, dented=True))])
    assert (judged.verdict, judged.alarm) == ("no defect", False)


def test_a_fixed_threshold_holds_and_promises_nothing() -> None:
    fixed = replace(SOURCE, decision=DecisionConfig(rule="fixed", threshold=0.97))
    (judged,) = ScanDetector(fixed).judge([frame(1, plate(4))])
    assert judged.threshold == pytest.approx(0.97, abs=1e-6)
    assert judged.false_alarm_rate is None


def test_a_wanted_rate_takes_the_threshold_of_the_profile_s_scores(
    tmp_path: Path, detector: ScanDetector, dented: Judged
) -> None:
    file = tmp_path / "plates.profile"
    profile(dented.model).save(file)
    wanted = DecisionConfig(false_alarms=0.05)
    made = ScanDetector(replace(SOURCE, profile=file, decision=wanted))
    (judged,) = made.judge([frame(1, plate(4))])
    # Of 200 sound parts the 191st best score: (n + 1) * 0.95 rounded up.
    assert judged.threshold == pytest.approx(0.4 * 190 / 199, abs=1e-3)
    assert (judged.false_alarm_rate, judged.profile) == (0.05, "plates")
    with pytest.raises(UsageError, match="only scans of the product's own sound parts"):
        ScanDetector(replace(SOURCE, decision=wanted))


def test_a_profile_of_another_kind_or_model_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plates.profile"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="not a profile of scans"):
        ScanDetector(replace(SOURCE, profile=file))
    profile("builtin/scan@000000000000").save(file)
    with pytest.raises(UsageError, match="was made with builtin/scan@000000000000"):
        ScanDetector(replace(SOURCE, profile=file))


def test_one_bad_frame_gets_its_reason_and_stops_no_other(detector: ScanDetector) -> None:
    empty = height_map(np.full((20, 20), np.nan), 0.1)
    frames = [frame(1, surface(2)), frame(2, empty), frame(3, plate(4))]
    judged = detector.judge(frames)
    assert [bool(x.error) for x in judged] == [True, True, False]
    assert 'set detector = "picture"' in judged[0].error
    assert judged[1].quality["missing"] == 1.0
    assert "Our fault" not in judged[1].error


def test_the_json_holds_no_more_defects_than_anybody_reads(dented: Judged) -> None:
    assert 1 <= len(dented.result["defects"]) <= MOST_DEFECTS
    assert "defects_found" not in dented.result
