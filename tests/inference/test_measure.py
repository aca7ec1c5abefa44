"""`measure` from points to a named, sized, judged defect, on simulated scans of known truth."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import InputError, UnknownNameError, UsageError
from faultlens.core.hashes import file_sha256
from faultlens.images.image import Image
from faultlens.inference.calibrate_scans import calibrate_scans
from faultlens.inference.measure import measure, measurer
from faultlens.inference.measurement import Measurement
from faultlens.inference.measuring import each_measured
from faultlens.profiles.scan_profile import ScanProfile, read_scan_profile
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_model import load_scan_model
from faultlens.surfaces.photograph import Camera
from faultlens.surfaces.simulator.carve import SimulatedScan
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.surface import Surface
from faultlens.surfaces.write import write_surface

SCRATCH = DefectForm("scratch", 0.06, 9.0, 0.8, (-2.0, 6.0), 10.0)
DENT = DefectForm("dent", 0.2, 5.0, 5.0, (6.0, -5.0))
BUMP = DefectForm("bump", 0.15, 3.0, 3.0, (-5.0, -3.0))


def scan(*forms: DefectForm, seed: int = 1) -> SimulatedScan:
    return simulate_scan(
        "plane", list(forms), size_mm=(27.0, 21.0), spacing_mm=0.15, roughness_mm=0.003, seed=seed
    )


@pytest.fixture(scope="module")
def model() -> Model:
    return load_scan_model()


@pytest.fixture(scope="module")
def dented() -> SimulatedScan:
    return scan(DENT)


@pytest.fixture(scope="module")
def result(dented: SimulatedScan, model: Model) -> Measurement:
    return measure(dented.surface, reference="plane", rules="sample", model=model)


def test_a_dent_is_found_named_and_measured_within_its_uncertainty(
    dented: SimulatedScan, result: Measurement
) -> None:
    (truth,) = dented.truths
    assert (result.verdict, result.alarm, result.is_defect) == ("dent", True, True)
    (found,) = result.defects
    assert found.kind == "depression" and found.counts and found.label == "dent"
    # Twice the interval, which holds in all but 0.01 % of scans.
    assert abs(found.depth_mm - truth.depth_mm) < 2 * found.depth_mm_u95
    assert found.depth_mm_u95 < 0.05 * truth.depth_mm
    assert found.length_mm == pytest.approx(truth.length_mm, rel=0.05)
    assert found.volume_mm3 == pytest.approx(truth.volume_mm3, rel=0.05)
    assert np.linalg.norm(np.subtract(found.position_mm, truth.position_mm)) < 0.5
    assert (result.severity, found.severity and found.severity.rule) == (
        "rework", "dent to be filled or dressed",
    )  # fmt: skip


def test_the_json_holds_what_the_contracts_name(result: Measurement) -> None:
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    for key in (
        "schema", "file", "asset", "part", "source", "time", "profile", "model", "verdict", "alarm",
        "threshold", "false_alarm_rate", "findings", "warnings", "seconds", "defects", "reference",
        "severity", "unit",
    ):  # fmt: skip
        assert key in told
    assert sum(x["score"] for x in told["findings"]) == pytest.approx(1, abs=1e-4)
    assert {x["label"] for x in told["findings"]} >= {"dent", "no defect", "unknown"}
    (defect,) = told["defects"]
    assert defect["depth_mm"] == pytest.approx(0.2, rel=0.05) and defect["depth_mm_u95"] > 0
    assert (told["reference"]["kind"], told["unit"], told["severity"]) == ("plane", "mm", "rework")
    assert told["model"].startswith("builtin/scan@")
    assert told["alarm_score"] > told["threshold"]


def test_a_sound_scan_is_no_defect_and_says_where_the_threshold_comes_from(model: Model) -> None:
    sound = measure(scan(seed=2).surface, reference="plane", rules="sample", model=model)
    assert (sound.verdict, sound.alarm, sound.severity) == ("no defect", False, "accept")
    assert sound.defects == () and sound.significance == 0
    assert any("simulated surfaces" in x for x in sound.warnings)


def test_sizes_in_sentences_decide_between_defects_of_one_scan(model: Model) -> None:
    surface = scan(SCRATCH, DENT, BUMP).surface
    asked = ["scratch deeper than 0.1 mm", "dent", "protrusion higher than 0.1 mm"]
    found = measure(surface, reference="plane", defects=asked, model=model)
    by_label = {x.label: x for x in found.defects}
    assert set(by_label) == {"dent", "scratch", asked[2]}
    assert not by_label["scratch"].counts and by_label["scratch"].number == 3
    assert any("'deeper than 0.1 mm' does not hold" in x for x in found.warnings)
    lower = measure(
        surface, reference="plane", defects=["scratch deeper than 0.04 mm"], model=model
    )
    assert next(x for x in lower.defects if x.label == "scratch deeper than 0.04 mm").counts


def test_a_threshold_fixed_by_hand_decides_and_promises_nothing(
    dented: SimulatedScan, model: Model
) -> None:
    quiet = measure(dented.surface, reference="plane", threshold=1 - 1e-9, model=model)
    assert not quiet.alarm and quiet.false_alarm_rate is None
    assert quiet.threshold == pytest.approx(1 - 1e-6) and quiet.defects[0].reason == "threshold"


def test_chinese_throughout(dented: SimulatedScan, model: Model) -> None:
    found = measure(dented.surface, reference="plane", rules="sample", lang="zh", model=model)
    assert found.verdict == "凹陷" and "凹陷" in found.sentence
    assert all(any("\u4e00" <= y <= "\u9fff" for y in x) for x in found.warnings)


def test_every_kind_of_file_is_written(result: Measurement, tmp_path: Path) -> None:
    for suffix, begins in ((".json", b"{"), (".png", b"\x89PNG"), (".html", b"<!DOCTYPE html>")):
        result.save(tmp_path / f"lid{suffix}")
        assert (tmp_path / f"lid{suffix}").read_bytes().startswith(begins)
    with pytest.raises(UsageError, match=r"\.json, \.png or \.html"):
        result.save(tmp_path / "lid.txt")


def test_a_profile_brings_sentences_rules_and_threshold(model: Model, tmp_path: Path) -> None:
    sound = [scan(seed=x).surface for x in range(3)]
    made = calibrate_scans(
        sound, reference="plane", defects=["dent deeper than 0.1 mm"], rules="sample", model=model,
        false_alarms=0.3, name="lid", unit="mm",
    )  # fmt: skip
    assert (made.parts, made.false_alarm_rate, made.reference) == (3, 0.3, "plane")
    made.save(tmp_path / "lid.profile")
    ready = measurer(profile=read_scan_profile(tmp_path / "lid.profile"), model=model)
    (found,) = each_measured(ready, [scan(DENT).surface])
    assert found.verdict == "dent deeper than 0.1 mm" and found.profile == "lid"
    assert found.severity == "rework" and found.false_alarm_rate == 0.3
    assert found.warnings == ()
    with pytest.raises(UsageError, match="was made with"):
        measurer(profile=replace(made, model="builtin/scan@000000000000"), model=model)


def test_the_golden_scan_of_a_profile_is_the_very_file(model: Model, tmp_path: Path) -> None:
    golden = tmp_path / "golden.ply"
    write_surface(golden, scan(seed=3).surface)
    made = calibrate_scans(
        [scan(seed=4).surface], golden=golden, golden_unit="mm", model=model, name="lid"
    )
    assert made.reference == "scan" and made.golden == str(golden.resolve())
    ready = measurer(profile=made, model=model)
    (found,) = each_measured(ready, [scan(DENT, seed=5).surface])
    assert found.reference["kind"] == "scan" and found.verdict == "dent"
    assert found.defects[0].depth_mm == pytest.approx(0.2, rel=0.1)
    golden.write_bytes(golden.read_bytes()[:-12])
    with pytest.raises(InputError, match="is not the file any more"):
        measurer(profile=made, model=model)
    golden.unlink()
    with pytest.raises(InputError, match=r"golden\.ply .* cannot be read"):
        measurer(profile=made, model=model)


def test_a_photograph_is_draped_on_the_scan(dented: SimulatedScan, model: Model) -> None:
    # From 100 mm above the middle, looking down: x to the right, y away from the reader.
    pose = np.array([[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 100], [0, 0, 0, 1]], float)
    camera = Camera(500.0, 500.0, 50.0, 40.0, pose)
    red = np.zeros((81, 101, 3), np.uint8)
    red[..., 0] = 200
    found = measure(
        dented.surface, reference="plane", photograph=Image(red), camera=camera, model=model
    )
    colours = found.view.deviations.colours
    assert colours is not None and (colours[70, 70] == (200, 0, 0)).all()


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"reference": "cube"}, UnknownNameError, "free form"),
        ({"reference": "scan"}, UsageError, "golden"),
        ({"least_depth_mm": -1.0}, UsageError, "0 or more"),
        ({"cell_mm": 0.0}, UsageError, "positive"),
        ({"threshold": 1.0}, UsageError, "between 0 and 1"),
        ({"defects": []}, UsageError, "sentence"),
        ({"lang": "de"}, UnknownNameError, "en"),
        ({"photograph": Image(np.zeros((20, 20), np.uint8))}, UsageError, "camera"),
    ],
)
def test_a_wrong_argument_is_said(
    dented: SimulatedScan, model: Model, given: dict[str, object], error: type, words: str
) -> None:
    with pytest.raises(error, match=words):
        measure(dented.surface, model=model, **given)  # type: ignore[arg-type]  # wrong on purpose


def test_one_point_is_no_surface(model: Model) -> None:
    with pytest.raises(InputError):
        measure(Surface(np.zeros((1, 3))), model=model)


def test_the_golden_scan_of_the_profile_is_known_by_its_content(
    tmp_path: Path, model: Model, dented: SimulatedScan
) -> None:
    first, other = tmp_path / "lid.ply", tmp_path / "copied.ply"
    for file in (first, other):
        write_surface(file, dented.surface)
    profile = ScanProfile(
        "lid", model.reference, 0.9, 0.01, 0.01, 200, (0.2,) * 200, (3.0,) * 200, 8.0, "scan",
        golden=str(first), golden_sha256=file_sha256(first), golden_unit="mm",
    )  # fmt: skip
    by_itself = measurer(profile=profile, model=model)
    # Named again, with its unit or without, it is the same golden scan, wherever it lies.
    for unit in ("mm", None):
        named = measurer(profile=profile, golden=other, golden_unit=unit, model=model)
        assert named.notices == by_itself.notices
        assert named.golden is not None and by_itself.golden is not None
        np.testing.assert_array_equal(named.golden.points_mm, by_itself.golden.points_mm)
    write_surface(other, scan(seed=2).surface)
    assert measurer(profile=profile, golden=other, model=model).notices != by_itself.notices
