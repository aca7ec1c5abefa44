"""A sidecar beats option and file, says so with both values, and survives being written."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.read import open_recording, read_signal
from faultlens.signals.sidecar import Sidecar, read_sidecar, resolve, write_sidecar

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda x: x.strip())
NUMBER = st.floats(1e-3, 1e9)
BEARING = (
    TEXT.map(str.strip)
    | st.builds(BearingGeometry, st.integers(3, 40), st.floats(1, 5), st.floats(90, 900))
    | st.builds(
        FaultOrders,
        st.floats(0.1, 20),
        st.floats(20.1, 50),
        st.floats(0.1, 50),
        st.floats(0.1, 0.9),
    )
)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "pump7.csv"
    times = np.arange(200) / 1000
    path.write_text("time,DE (g),FE\n" + "".join(f"{t:.3f},{t},{-t}\n" for t in times))
    return path


@given(
    st.builds(
        Sidecar,
        shaft_rpm=st.none() | NUMBER,
        sample_rate_hz=st.none() | NUMBER,
        unit=st.none() | TEXT,
        bearing=st.none() | BEARING,
        asset=st.none() | TEXT,
        time=st.none() | TEXT,
        channel=st.none() | TEXT,
    )
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, sidecar: Sidecar
) -> None:
    path = tmp_path_factory.mktemp("sidecar") / "a.csv"
    assert write_sidecar(path, sidecar).name == "a.toml"
    assert read_sidecar(path) == sidecar


@pytest.mark.parametrize("name", ["pump7.toml", "pump7.csv.toml", "pump7.json", "pump7.csv.json"])
def test_each_name_beside_the_recording_is_found(name: str, recording: Path) -> None:
    content = '{"shaft_rpm": 1772}' if name.endswith("json") else "shaft_rpm = 1772\n"
    (recording.parent / name).write_text(content)
    assert read_sidecar(recording) == Sidecar(shaft_rpm=1772.0)


def test_the_fuller_name_goes_first_and_twins_are_refused(recording: Path) -> None:
    (recording.parent / "pump7.toml").write_text("shaft_rpm = 1\n")
    (recording.parent / "pump7.csv.toml").write_text("shaft_rpm = 2\n")
    assert read_sidecar(recording) == Sidecar(shaft_rpm=2.0)
    (recording.parent / "pump7.csv.json").write_text('{"shaft_rpm": 3}')
    with pytest.raises(UnreadableFileError, match=r"two sidecars, pump7\.csv\.toml and pump7"):
        read_sidecar(recording)


def test_a_result_of_ours_beside_the_recording_is_no_sidecar(recording: Path) -> None:
    (recording.parent / "pump7.json").write_text('{"schema": 1, "verdict": "healthy"}')
    assert read_sidecar(recording) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rpm = 1772", "Unknown sidecar field 'rpm'.*Known: asset, bearing, channel, sample_rate"),
        ("shaft_rpm = '1772'", "shaft_rpm is '1772'; it must be a number without quotes"),
        ("shaft_rpm = -1", "shaft_rpm is -1; it must be a positive number"),
        ("shaft_rpm = nan", "shaft_rpm is nan; it must be a finite number"),
        ("unit = 3", "unit is 3; it must be text in quotes"),
        ("bearing = {balls = 9}", "Unknown bearing field 'balls'.*rolling_elements"),
        ("bearing = {bpfo = 3.5, bpfi = 5.4}", "the bearing lacks bsf, ftf"),
        ("bearing = 6.2", "bearing is 6.2; give a designation"),
        ("shaft_rpm 1772", "cannot be read as TOML"),
    ],
)
def test_a_wrong_sidecar_is_named_with_what_is_allowed(
    line: str, words: str, recording: Path
) -> None:
    (recording.parent / "pump7.toml").write_text(line + "\n")
    with pytest.raises(UnreadableFileError, match=words) as caught:
        open_recording(recording)
    assert "pump7.toml" in str(caught.value)


def test_resolve_prefers_sidecar_then_option_then_file_and_names_both() -> None:
    assert resolve("unit", None, None, None) == (None, None)
    assert resolve("unit", None, None, "g") == ("g", None)
    assert resolve("shaft_rpm", 1772, 1773.0, None) == (1773.0, None)  # within 0.1 %
    value, warning = resolve("shaft_rpm", 1800.0, 1772.0, 1790.0)
    assert value == 1772.0
    assert warning == Notice(
        "shaft_rpm is 1772 by the sidecar and 1800 by the option; the sidecar wins.",
        "shaft_rpm 取值不一致：同名元数据文件为 1772，选项为 1800；以同名元数据文件为准。",
    )
    value, warning = resolve("sample_rate_hz", 48000, None, 12000.0)
    assert value == 48000
    assert str(warning) == (
        "sample_rate_hz is 48000 by the option and 12000 by the file; the option wins."
    )


def test_a_recording_carries_what_its_sidecar_says(recording: Path) -> None:
    sidecar = Sidecar(
        shaft_rpm=1772,
        sample_rate_hz=2000,
        unit="mm/s",
        bearing="6205",
        asset="pump 7",
        time="2024-05-01T12:00:00",
        channel="FE",
    )
    write_sidecar(recording, sidecar)
    signal = read_signal(recording, sample_rate_hz=4000)
    assert (signal.sample_rate_hz, signal.unit, signal.channel) == (2000, "mm/s", "FE")
    assert (signal.shaft_rpm, signal.bearing, signal.asset) == (1772, "6205", "pump 7")
    assert signal.time == "2024-05-01T12:00:00"
    assert [x.en for x in signal.warnings] == [
        "sample_rate_hz is 2000 by the sidecar and 1000 by the file; the sidecar wins.",
    ]


def test_a_channel_asked_for_beats_the_sidecar_since_it_is_a_wish(recording: Path) -> None:
    write_sidecar(recording, Sidecar(channel="FE"))
    assert open_recording(recording).channel == "FE"
    assert open_recording(recording, channel="DE").channel == "DE (g)"


def test_two_recordings_of_one_stem_keep_their_own_sidecars(tmp_path: Path) -> None:
    for name, rpm in (("a.csv", 900.0), ("a.npy", 1772.0)):
        (tmp_path / name).touch()
        write_sidecar(tmp_path / name, Sidecar(shaft_rpm=rpm))
    assert sorted(x.name for x in tmp_path.glob("*.toml")) == ["a.npy.toml", "a.toml"]
    for name, rpm in (("a.csv", 900.0), ("a.npy", 1772.0)):
        found = read_sidecar(tmp_path / name)
        assert found is not None and found.shaft_rpm == rpm
