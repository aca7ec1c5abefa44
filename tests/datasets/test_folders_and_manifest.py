"""A user's own recordings: a folder per class, or a CSV that says what is true of each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.registry import open_dataset
from faultlens.signals.kinematics import FaultOrders

Write = Callable[..., None]


def manifest(folder: Path, *rows: str, name: str = "manifest.csv") -> Path:
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return folder / name


def test_the_folder_is_the_label_and_what_lies_deeper_an_attribute(
    tmp_path: Path, write_wave: Write
) -> None:
    write_wave(tmp_path / "train" / "spalling on the outer raceway" / "a.csv", 1)
    write_wave(tmp_path / "train" / "looseness" / "monday" / "b.csv", 2)
    write_wave(tmp_path / "test" / "looseness" / "c.csv", 3)
    (tmp_path / "test" / "looseness" / "c.toml").write_text(
        'sample_rate_hz = 500\nasset = "fan 3"\nshaft_rpm = 1480\n', encoding="utf-8"
    )
    found = open_dataset(tmp_path, sample_rate_hz=1000)
    rows = {x.file: (x.label, x.attributes.get("split"), x.machine) for x in found.recordings}
    assert found.name == "folders" and rows == {
        "test/looseness/c.csv": ("looseness", "test", "fan 3"),
        "train/looseness/monday/b.csv": ("looseness", "train", tmp_path.name),
        "train/spalling on the outer raceway/a.csv": ("outer race fault", "train", tmp_path.name),
    }
    assert found.recordings[0].signal.sample_rate_hz == 500
    assert found.recordings[1].attributes["folder"] == "monday"
    assert any("does not know 'looseness'" in str(x) for x in found.warnings)


def test_what_cannot_be_read_and_what_lies_outside_is_named(
    tmp_path: Path, write_wave: Write
) -> None:
    write_wave(tmp_path / "inner" / "a.csv", 1)
    write_wave(tmp_path / "stray.csv", 2)
    (tmp_path / "inner" / "b.csv").write_text("", encoding="utf-8")
    (tmp_path / "inner" / "c.mat").write_bytes(b"MATLAB 5.0 nothing")
    found = open_dataset(tmp_path, sample_rate_hz=1000)
    assert [x.file for x in found.recordings] == ["inner/a.csv"]
    reasons = {x.file: x.reason for x in found.failed}
    assert set(reasons) == {"stray.csv", "inner/b.csv", "inner/c.mat"}
    assert "lies in no folder of a class" in reasons["stray.csv"]
    assert "is empty" in reasons["inner/b.csv"]


def test_a_missing_sampling_rate_is_the_reason_that_is_told(
    tmp_path: Path, write_wave: Write
) -> None:
    write_wave(tmp_path / "inner" / "a.csv", 1)
    with pytest.raises(UnreadableFileError, match=r"1 files failed.*does not say its samp"):
        open_dataset(tmp_path)


def test_every_column_of_a_manifest_is_used(tmp_path: Path, write_wave: Write) -> None:
    write_wave(tmp_path / "data" / "a.csv", 1)
    write_wave(tmp_path / "data" / "b.csv", 2)
    manifest(
        tmp_path,
        "file;label;key;sample_rate_hz;shaft_rpm;bearing;machine;condition;specimen;channel;Shift",
        "data/a.csv;内圈点蚀;run 1;2000;1480;6205;pump 7;2 hp;A;acc;night",
        "data/b.csv;healthy;run 1;2000;;bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398;;;;;",
    )
    one, two = open_dataset(tmp_path).recordings
    assert (one.label, one.machine, one.condition, one.specimen) == (
        "inner race fault", "pump 7", "2 hp", "A",
    )  # fmt: skip
    assert (one.signal.sample_rate_hz, one.signal.shaft_rpm, one.signal.bearing) == (
        2000, 1480, "6205",
    )  # fmt: skip
    assert one.attributes == {"called": "内圈点蚀", "channel": "acc", "shift": "night"}
    assert two.signal.bearing == FaultOrders(3.585, 5.415, 2.357, 0.398)
    assert one.key == two.key and two.machine == tmp_path.name


def test_a_manifest_may_have_any_name_and_its_rate_goes_before_the_argument(
    tmp_path: Path, write_wave: Write
) -> None:
    write_wave(tmp_path / "a.csv", 1)
    file = manifest(tmp_path, "file,label,sample_rate_hz", "a.csv,inner,2000", name="mine.csv")
    found = open_dataset(file, sample_rate_hz=1000)
    assert (found.name, found.recordings[0].signal.sample_rate_hz) == ("manifest", 2000)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("gone.csv,inner,1000,", "does not exist"),
        ("a.csv,,1000,", "lacks its file or its label"),
        ("a.csv,inner,fast,", "sample_rate_hz is 'fast'; it must be a positive number"),
        ("a.csv,inner,1000,bpfo=1", "bpfi"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_goes_on(
    tmp_path: Path, write_wave: Write, row: str, reason: str
) -> None:
    write_wave(tmp_path / "a.csv", 1)
    manifest(tmp_path, "file,label,sample_rate_hz,bearing", "a.csv,inner,1000,", row)
    found = open_dataset(tmp_path)
    assert len(found.recordings) == 1
    (failed,) = found.failed
    assert failed.file.startswith("manifest.csv, row 3") and reason in failed.reason


def test_a_bearing_that_no_catalogue_has_is_said_and_its_recording_stays(
    tmp_path: Path, write_wave: Write
) -> None:
    write_wave(tmp_path / "a.csv", 1)
    manifest(tmp_path, "file,label,sample_rate_hz,bearing", "a.csv,inner,1000,XY-99")
    found = open_dataset(tmp_path)
    assert found.recordings[0].signal.bearing == "XY-99"
    assert any("does not know the bearing 'XY-99'" in str(x) for x in found.warnings)


def test_a_table_that_is_no_manifest_says_which_columns_it_needs(tmp_path: Path) -> None:
    manifest(tmp_path, "name,class", "a.csv,inner")
    with pytest.raises(UnreadableFileError, match="needs a header with the columns file and label"):
        open_dataset(tmp_path, name="manifest")
