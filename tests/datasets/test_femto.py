"""FEMTO is read alike as published and as one npz per bearing, or it is said what is wrong."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.femto import LEARNING, read_run, read_runs, snapshot_number

ACCELERATION = np.random.default_rng(0).normal(size=(2, 2560, 2)).round(3)


def publish(folder: Path, separator: str = ",") -> Path:
    """A folder as FEMTO publishes it."""
    folder.mkdir(parents=True)
    for number, samples in zip((1, 12), ACCELERATION, strict=True):
        time_s = 34779.065664 + 10 * number + np.arange(2560) / 25600
        clock = [time_s // 3600, time_s % 3600 // 60, time_s % 60 // 1, time_s % 1 * 1e6]
        table = np.column_stack([*clock, samples])
        np.savetxt(folder / f"acc_{number:05d}.csv", table, delimiter=separator,
                   fmt=["%d", "%d", "%d", "%.5g", "%.3f", "%.3f"])  # fmt: skip
    (folder / "temp_00001.csv").write_text("9,39,39,1,25.3\n")
    return folder


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_published_folder_gives_both_axes_and_the_numbers_of_its_files(
    tmp_path: Path, separator: str
) -> None:
    run = read_run(publish(tmp_path / "Bearing2_4", separator))
    assert (run.name, run.shaft_rpm, run.life, run.learning) == ("Bearing2_4", 1650.0, 12, False)
    assert run.numbers.tolist() == [1, 12]
    assert np.allclose(run.samples, ACCELERATION)


def test_an_npz_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "Bearing1_1.npz"
    np.savez(path, acc=ACCELERATION.astype(np.float32), snapshot=[1, 12], n_total=12)
    run = read_run(path)
    assert (run.shaft_rpm, run.life, run.learning) == (1800.0, 12, True)
    assert np.allclose(run.samples, ACCELERATION)


def test_all_bearings_come_by_name_and_other_files_stay_closed(tmp_path: Path) -> None:
    publish(tmp_path / "Bearing3_1")
    publish(tmp_path / "Bearing1_3")
    (tmp_path / "Bearing_notes.txt").write_text("")
    assert [x.name for x in read_runs(tmp_path)] == ["Bearing1_3", "Bearing3_1"]


def test_what_is_no_bearing_or_damaged_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="holds no bearing"):
        list(read_runs(tmp_path))
    with pytest.raises(UnreadableFileError, match="they are called Bearing1_1"):
        read_run(tmp_path / "pump.npz")
    (tmp_path / "Bearing1_2.npz").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_run(tmp_path / "Bearing1_2.npz")
    (tmp_path / "Bearing2_1").mkdir()
    with pytest.raises(UnreadableFileError, match="holds no acc_00001"):
        read_run(tmp_path / "Bearing2_1")
    cut = publish(tmp_path / "Bearing2_2") / "acc_00012.csv"
    cut.write_text("\n".join(cut.read_text().splitlines()[:100]))
    with pytest.raises(UnreadableFileError, match="100 rows of 6"):
        read_run(tmp_path / "Bearing2_2")
    np.savez(tmp_path / "Bearing3_2.npz", acc=np.zeros((2, 9)), snapshot=[1, 2], n_total=2)
    with pytest.raises(UnreadableFileError, match="must be"):
        read_run(tmp_path / "Bearing3_2.npz")


def test_only_accelerations_have_a_number() -> None:
    names = ["acc_00012.csv", "ACC_7.CSV", "temp_1.csv", "acc_1.wav"]
    assert [snapshot_number(x) for x in names] == [12, 7, None, None]


def test_the_bearings_beside_the_clone_are_read(shared_data: Path) -> None:
    runs = list(read_runs(shared_data / "bearing" / "femto"))
    assert len(runs) == 17
    assert [x.name for x in runs if x.learning] == list(LEARNING)
    assert all(x.samples.shape[1:] == (2560, 2) for x in runs)
    assert all(x.numbers[-1] == x.life for x in runs)
