"""Without a bearing or a speed there is a verdict all the same, and it says what it rests on."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from faultlens.core.errors import BundleError, UnusableSignalError
from faultlens.inference.diagnose import diagnose
from faultlens.inference.diagnose_file import diagnose_file
from faultlens.profiles.calibrate import calibrate
from faultlens.runtimes.loaded import builtin_folders
from faultlens.signals.signal import Signal
from faultlens.signals.write import write_signal

Machine = Callable[..., Signal]


@pytest.fixture
def unnamed(machine: Machine) -> Machine:
    """A machine of which the speed is known and the bearing is not."""
    return lambda *families, **more: replace(machine(*families, **more), bearing=None)


@pytest.fixture
def bare(machine: Machine) -> Machine:
    """A machine of which nothing is known."""
    return lambda *families, **more: replace(
        machine(*families, **more), bearing=None, shaft_rpm=None
    )


@pytest.mark.parametrize(
    ("families", "verdict"),
    [((), "healthy"), (("outer",), "outer race fault"), (("inner",), "inner race fault")],
)
def test_without_a_bearing_the_combs_tell_the_fault(
    unnamed: Machine, families: tuple[str, ...], verdict: str
) -> None:
    result = diagnose(unnamed(*families, seconds=4.0))
    assert (result.verdict, result.alarm) == (verdict, bool(families))
    assert sum(x.score for x in result.findings) == pytest.approx(1)
    assert "over shaft orders" in result.sentence and "no bearing stated" in result.sentence
    assert "slip" not in result.sentence
    assert any("No bearing is stated" in x and "--bearing" in x for x in result.warnings)
    table = result.to_dict()
    assert (table["bearing"], table["second_opinion"]) == (None, None)
    assert table["best_fit"]["rolling_elements"] >= 6
    # A speed read off lines of a guessed geometry is none.
    assert (table["shaft"]["stated_rpm"], table["shaft"]["measured_rpm"]) == (1772, None)
    assert result.history[-1].endswith("combs over shaft orders, since no bearing is stated")


def test_with_a_bearing_nothing_is_called_a_fit(machine: Machine) -> None:
    table = diagnose(machine("outer")).to_dict()
    assert table["best_fit"] is None
    assert table["shaft"]["measured_rpm"] == pytest.approx(1772, rel=0.005)


def test_the_best_fit_of_an_outer_fault_has_its_elements(unnamed: Machine) -> None:
    table = diagnose(unnamed("outer", seconds=4.0)).to_dict()
    assert table["best_fit"] == {"rolling_elements": 9}
    assert table["expected"][0]["expected_order"] == pytest.approx(3.585, rel=0.01)


def test_without_a_speed_the_waveform_tells_a_fault_from_none(
    bare: Machine, machine: Machine
) -> None:
    faulty, sound = diagnose(bare("outer", seconds=4.0)), diagnose(bare(seconds=4.0))
    assert faulty.alarm_score > sound.alarm_score + 0.3
    assert faulty.is_fault and sound.verdict == "healthy" and not sound.alarm
    for result in (faulty, sound):
        assert "the waveform alone" in result.sentence and "window" not in result.sentence
        assert any("How fast did the shaft turn?" in x for x in result.warnings)
        assert any("No bearing is stated either" in x for x in result.warnings)
        table = result.to_dict()
        assert (table["best_fit"], table["expected"], table["ambiguous"]) == (None, [], [])
        assert table["shaft"] == {"stated_rpm": None, "measured_rpm": None, "speed_factor": None}
        assert all(x["evidence"] == {} for x in table["findings"])
    # The bearing alone is of no use, and is told all the same.
    named = diagnose(replace(machine("outer", seconds=4.0), shaft_rpm=None))
    assert named.to_dict()["bearing"] == "n=9, d=7.94 mm, D=39.04 mm"
    assert named.findings == faulty.findings
    assert not any("No bearing is stated" in x for x in named.warnings)


def test_a_chinese_result_says_it_in_chinese(unnamed: Machine, bare: Machine) -> None:
    fitted, deaf = diagnose(unnamed("inner"), lang="zh"), diagnose(bare("inner"), lang="zh")
    assert "按转频阶次上的谐波列判断，未给出轴承" in fitted.sentence
    assert "仅根据波形判断，未给出转速" in deaf.sentence
    english = re.compile(r"[A-Za-z]+(?:[ ,;:'.-]+[A-Za-z]+){3}")
    for result in (fitted, deaf):
        assert not any(english.search(x) for x in (result.sentence, *result.warnings))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_picture_and_page_claim_no_lines_of_a_known_bearing(
    unnamed: Machine, bare: Machine, tmp_path: Path, lang: str
) -> None:
    fit = {"en": "bearing not stated; best fit n=", "zh": "轴承未给出；最佳拟合 n="}[lang]
    missing = {"en": "they need the shaft speed", "zh": "需要转速"}[lang]
    for signal, words in ((unnamed("inner"), fit), (bare("inner"), missing)):
        result = diagnose(signal, lang=lang)
        result.save(tmp_path / "pump.html")
        page = (tmp_path / "pump.html").read_text(encoding="utf-8")
        assert words in page
        told = " ".join(x.get_text() for axes in result.figure().axes for x in axes.texts)
        assert words in " ".join(told.split())
        result.save(tmp_path / "pump.json")
        assert json.loads((tmp_path / "pump.json").read_text(encoding="utf-8"))["bearing"] is None


def test_a_profile_is_used_on_what_it_was_made_on(unnamed: Machine, bare: Machine) -> None:
    for recorded in (unnamed, bare):
        healthy = [recorded(seed=seed) for seed in range(10, 14)]
        profile = calibrate(healthy, false_alarms=0.2, name="pump-7")
        result = diagnose(recorded("outer"), profile=profile)
        assert (result.threshold, result.alarm) == (profile.threshold, True)
        assert not any("pump-7" in x for x in result.warnings)


def test_a_profile_of_another_reading_says_so(
    machine: Machine, unnamed: Machine, bare: Machine
) -> None:
    profile = calibrate([unnamed(seed=s) for s in range(10, 14)], false_alarms=0.2, name="pump-7")
    for signal, words in (
        (machine("outer"), "judged by the fault lines of “n=9, d=7.94 mm, D=39.04 mm”"),
        (bare("outer"), "judged by the waveform alone, no shaft speed stated"),
    ):
        (told,) = (x for x in diagnose(signal, profile=profile).warnings if "pump-7" in x)
        assert "made for recordings judged by combs over shaft orders" in told
        assert f"this one is {words}" in told and "need not hold" in told


def test_too_little_of_a_recording_is_still_refused(unnamed: Machine, bare: Machine) -> None:
    short = unnamed("outer")
    with pytest.raises(UnusableSignalError, match="revolutions"):
        diagnose(replace(short, samples=short.samples[:1000]))
    with pytest.raises(UnusableSignalError, match=r"at least 0\.1 s"):
        diagnose(replace(bare("outer"), samples=short.samples[:500]))


def test_a_file_of_which_nothing_is_known_but_the_rate(machine: Machine, tmp_path: Path) -> None:
    path = write_signal(tmp_path / "pump.wav", machine("outer", seconds=4.0), sidecar=False)
    assert "the waveform alone" in diagnose_file(path).sentence
    assert "over shaft orders" in diagnose_file(path, shaft_rpm=1772.0).sentence
    full = diagnose_file(path, shaft_rpm=1772.0, bearing="6205")
    assert (full.verdict, full.view.bearing) == ("outer race fault", "6205")


def test_a_damaged_model_is_refused_by_the_file_that_is_damaged(
    machine: Machine, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(builtin_folders()["builtin/bearing"], folder)
    assert diagnose(machine("outer"), model=str(folder)).verdict == "outer race fault"
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    with (other / "lines.onnx").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(BundleError, match=r"lines\.onnx"):
        diagnose(machine("outer"), model=str(other))
    (folder / "orders.onnx").unlink()
    with pytest.raises(BundleError, match=r"orders\.onnx"):
        diagnose(machine("outer"), model=f"{folder}/")
