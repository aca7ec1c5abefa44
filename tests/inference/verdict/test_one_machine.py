"""One simulated machine, its vibration and a picture of its part, from samples to one verdict."""

from dataclasses import replace
from pathlib import Path

import pytest

from faultlens.images.image import Image
from faultlens.images.simulator.render import render_surface
from faultlens.inference.diagnose import diagnose
from faultlens.inference.findings import Diagnosis
from faultlens.inference.inspect import inspect
from faultlens.inference.inspection import Inspection
from faultlens.inference.verdict.fuse import fuse
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

GEOMETRY_6205 = BearingGeometry(9, 7.94, 39.04)


def heard(*families: str) -> Diagnosis:
    """The diagnosis of a bearing with these faults."""
    made = simulate(families, bearing=GEOMETRY_6205, shaft_rpm=1772, sample_rate_hz=12000,
                    seconds=3.0, seed=3, snr_db=5.0)  # fmt: skip
    return diagnose(replace(made.signal, source="pump7-DE.csv", asset="pump 7"))


def seen(concept: str) -> Inspection:
    """The inspection of a rendered part with this defect."""
    made = render_surface(seed=5, concept=concept, height_px=192, width_px=192)
    return inspect(Image(made.pixels, name=f"{concept}.png"))


@pytest.fixture(scope="module")
def broken() -> Diagnosis:
    """Of an inner race."""
    return heard("inner")


@pytest.fixture(scope="module")
def sound() -> Diagnosis:
    """Of a sound bearing."""
    return heard()


@pytest.fixture(scope="module")
def cracked() -> Inspection:
    """Of a crack."""
    return seen("crack")


@pytest.fixture(scope="module")
def clean() -> Inspection:
    """Of a clean part."""
    return seen("no_defect")


def test_both_faults_are_named_together(broken: Diagnosis, cracked: Inspection) -> None:
    result = fuse(broken, cracked)
    assert result.verdict == "inner race fault + crack"
    assert result.alarm
    assert result.alarm_score > max(broken.alarm_score, cracked.alarm_score)
    assert "take the part out" in result.action


def test_each_fault_is_named_where_the_other_is_not(
    broken: Diagnosis, sound: Diagnosis, cracked: Inspection, clean: Inspection
) -> None:
    assert fuse(broken, clean).verdict == "inner race fault"
    assert fuse(sound, cracked).verdict == "crack"
    for result in (fuse(broken, clean), fuse(sound, cracked)):
        assert result.alarm
        assert result.alarm_score > result.threshold


def test_a_sound_machine_is_sound_and_surer_than_by_one_sensor(
    sound: Diagnosis, clean: Inspection
) -> None:
    result = fuse(sound, clean)
    assert (result.verdict, result.alarm) == ("healthy", False)
    assert result.alarm_score < sound.alarm_score


def test_a_missing_picture_leaves_the_diagnosis_as_it_is(broken: Diagnosis) -> None:
    result = fuse(broken)
    assert result.verdict == broken.verdict
    assert result.alarm_score == pytest.approx(broken.alarm_score, abs=1e-4)


def test_objects_and_their_json_give_the_same(
    broken: Diagnosis, cracked: Inspection, tmp_path: Path
) -> None:
    import json

    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for part, file in zip((broken, cracked), files, strict=True):
        part.save(file)
    told = fuse(*(json.loads(x.read_text(encoding="utf-8")) for x in files))
    assert told.sentence == fuse(broken, cracked).sentence
