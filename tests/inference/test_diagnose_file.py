"""A file, its sidecar and the options may differ: the result says which of them won."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from faultlens.core.errors import (
    InputError,
    MissingMetadataError,
    UnreadableFileError,
    UnusableSignalError,
)
from faultlens.inference.diagnose_file import described, diagnose_file
from faultlens.signals.signal import Signal
from faultlens.signals.write import write_signal

Machine = Callable[..., Signal]


@pytest.fixture
def outer(machine: Machine, tmp_path: Path) -> Path:
    return write_signal(tmp_path / "pump7.npz", machine("outer"))


@pytest.mark.parametrize("kind", ["csv", "wav", "npz", "mat"])
def test_every_format_gives_the_verdict_of_the_signal(
    machine: Machine, tmp_path: Path, kind: str
) -> None:
    result = diagnose_file(write_signal(tmp_path / f"pump.{kind}", machine("outer")))
    assert (result.verdict, result.file) == ("outer race fault", str(tmp_path / f"pump.{kind}"))


def test_the_same_file_gives_the_same_bytes_twice(outer: Path) -> None:
    def told() -> str:
        return json.dumps(diagnose_file(outer).to_dict() | {"seconds": 0}, ensure_ascii=False)

    assert told() == told()


def test_a_stated_speed_says_that_the_speeds_of_the_file_are_left(tmp_path: Path) -> None:
    path = tmp_path / "run-up.csv"
    path.write_text("acc,rpm\n" + "".join(f"{i % 7},{900 + i}\n" for i in range(600)))
    straightened = described(path, sample_rate_hz=1000)
    assert straightened.speeds_rpm is not None
    assert straightened.warnings == ()
    stated = described(path, sample_rate_hz=1000, shaft_rpm=1772.0)
    assert stated.speeds_rpm is None
    assert any("900 to 1499 rpm, are not used" in x.en for x in stated.warnings)


def test_a_sidecar_beats_the_options_and_both_are_named(outer: Path) -> None:
    result = diagnose_file(outer, shaft_rpm=1500.0, bearing="6305")
    assert result.view.stated_rpm == 1772
    told = " ".join(result.warnings)
    assert "shaft_rpm is 1772 by the sidecar and 1500 by the option; the sidecar wins." in told
    assert "6305 by the option; the sidecar wins." in told
    assert result.verdict == "outer race fault"


def test_options_that_agree_with_the_sidecar_are_not_talked_about(outer: Path) -> None:
    assert not any("wins" in x for x in diagnose_file(outer, shaft_rpm=1772.0).warnings)


def test_the_sidecar_names_asset_time_and_unit(outer: Path) -> None:
    outer.with_suffix(".toml").write_text(
        'shaft_rpm = 1772\nbearing = "6205"\nunit = "g"\nasset = "泵 7"\n'
        "time = 2026-05-01T12:00:00\n",
        encoding="utf-8",
    )
    table = diagnose_file(outer).to_dict()
    assert (table["asset"], table["time"]) == ("泵 7", "2026-05-01T12:00:00")
    assert table["severity"]["zone"] is not None


def test_an_option_beats_the_speed_in_the_file(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "105.mat"
    signal = machine("outer")
    scipy.io.savemat(path, {"X105_DE_time": signal.samples[:, None], "X105RPM": 1790.0})
    options = {"sample_rate_hz": 8000.0, "bearing": "6205"}
    assert diagnose_file(path, **options).view.stated_rpm == 1790
    result = diagnose_file(path, shaft_rpm=1772.0, **options)
    assert result.view.stated_rpm == 1772
    assert any("1772" in x and "1790" in x and "the option wins" in x for x in result.warnings), (
        result.warnings
    )


def test_what_only_the_user_knows_is_asked_for(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "bare.npy"
    np.save(path, machine("outer").samples)
    with pytest.raises(MissingMetadataError, match=r"sampling rate.*--sample-rate"):
        diagnose_file(path, shaft_rpm=1772.0, bearing="6205")
    rule = {"sample_rate_hz": 8000.0, "model": "builtin/physics"}
    with pytest.raises(MissingMetadataError, match=r"shaft speed.*--rpm"):
        diagnose_file(path, bearing="6205", **rule)
    with pytest.raises(MissingMetadataError, match=r"the bearing.*--bearing"):
        diagnose_file(path, shaft_rpm=1772.0, **rule)
    known = {"sample_rate_hz": 8000.0, "shaft_rpm": 1772.0, "bearing": "6205"}
    assert diagnose_file(path, **known).verdict == "outer race fault"


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.full(8000, np.nan), r"NaN|missing|finite"),
        (np.full(8000, 0.5), r"constant"),
        (np.array([1.0]), r"holds no channel"),
        (np.zeros(0), r"holds no channel"),
    ],
)
def test_recordings_that_say_nothing_are_refused_in_words(
    tmp_path: Path, samples: np.ndarray, words: str
) -> None:
    path = tmp_path / "bad.npy"
    np.save(path, samples)
    with pytest.raises(InputError, match=words):
        diagnose_file(path, sample_rate_hz=8000.0, shaft_rpm=1772.0, bearing="6205")


def test_too_short_a_recording_says_how_long_would_do(machine: Machine, tmp_path: Path) -> None:
    path = write_signal(tmp_path / "short.npz", machine("outer", seconds=0.2))
    with pytest.raises(UnusableSignalError, match=r"0\.2 s.*10 revolutions.*Record for longer"):
        diagnose_file(path)


def test_a_broken_sidecar_is_no_silent_guess(outer: Path) -> None:
    outer.with_suffix(".toml").write_text("shaft_rpm = fast\n")
    with pytest.raises(UnreadableFileError, match=r"sidecar .*pump7\.toml"):
        diagnose_file(outer)


REAL = {"InnerRaceFault_vload_1.mat": "inner race fault"}
"""MFPT inner race, 1500 rpm; its bearing by the fault orders that MFPT publishes."""


@pytest.mark.parametrize("name", REAL)
def test_a_real_recording_is_named(shared_data: Path, name: str) -> None:
    path = shared_data / "bearing" / "raw" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    result = diagnose_file(path, bearing="NICE")
    assert (result.verdict, result.alarm) == (REAL[name], True)


def test_real_recordings_without_a_rate_ask_for_it(shared_data: Path) -> None:
    path = shared_data / "bearing" / "raw" / "normal_0.mat"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    with pytest.raises(MissingMetadataError, match="sampling rate"):
        diagnose_file(path, bearing="6205")
    assert (
        diagnose_file(path, bearing="6205", sample_rate_hz=48000.0, shaft_rpm=1797.0).alarm is False
    )
