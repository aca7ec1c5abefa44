"""CWRU, MFPT, IMS and FEMTO are read from the layouts in which their makers publish them."""

from collections import Counter
from pathlib import Path, PurePath

import numpy as np
import pytest
from scipy.io import savemat

from faultlens.datasets.cwru_files import files_named, published
from faultlens.datasets.ims import FIRST_FILES, LAST_FILES
from faultlens.datasets.registry import open_dataset
from faultlens.datasets.splits import folds
from tests.datasets.conftest import wave


def cwru(path: Path, number: int, *ends: str, rpm: int | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {f"X{number:03d}_{x}_time": wave(number + ord(x[0]), 900)[:, None] for x in ends}
    savemat(path, {**arrays, **({f"X{number:03d}RPM": rpm} if rpm else {})})


def test_cwru_files_give_class_size_load_rate_speed_and_bearing(tmp_path: Path) -> None:
    cwru(tmp_path / "12k_Drive_End_Bearing_Fault_Data" / "IR007_1.mat", 106, "DE", "FE", rpm=1774)
    cwru(tmp_path / "48k_Drive_End_Bearing_Fault_Data" / "OR" / "203.mat", 203, "DE", "FE")
    cwru(tmp_path / "12k_Fan_End_Bearing_Fault_Data" / "B" / "007" / "285_3.mat", 285, "FE", "DE")
    found = open_dataset(tmp_path)
    assert found.name == "cwru" and not found.failed
    rows = {
        x.file.rpartition("/")[2]: (
            x.machine, x.label, x.condition, x.specimen, x.signal.sample_rate_hz,
            x.signal.shaft_rpm, x.signal.bearing, x.signal.channel, x.key,
        )
        for x in found.recordings
    }  # fmt: skip
    assert rows == {
        "IR007_1.mat": ("CWRU drive end", "inner race fault", "1 hp", "0.007 in", 12000, 1774,
                        "6205", "DE", "cwru/106"),
        "203.mat": ("CWRU drive end", "outer race fault", "2 hp", "0.014 in", 48000, 1750,
                    "6205", "DE", "cwru/203"),
        "285_3.mat": ("CWRU fan end", "rolling element fault", "3 hp", "0.007 in", 12000, 1730,
                      "6203", "FE", "cwru/285"),
    }  # fmt: skip
    outer = next(x for x in found.recordings if x.label == "outer race fault")
    assert outer.attributes["position"] == "6 o'clock" and outer.attributes["size"] == "0.014 in"


@pytest.mark.parametrize("name", ["97.mat", "Normal_0.mat", "normal_0.mat", "97_Normal_0.mat"])
def test_a_healthy_cwru_file_is_both_ends_of_one_recording(tmp_path: Path, name: str) -> None:
    cwru(tmp_path / name, 97, "DE", "FE", rpm=1796)
    drive, fan = open_dataset(tmp_path).recordings
    assert (drive.machine, fan.machine) == ("CWRU drive end", "CWRU fan end")
    assert {drive.key, fan.key} == {"cwru/97"} and drive.label == fan.label == "healthy"
    assert drive.signal.sample_rate_hz == fan.signal.sample_rate_hz == 48000
    assert not np.array_equal(drive.signal.samples, fan.signal.samples)


def test_a_cwru_name_that_fits_several_files_is_settled_by_the_variables_or_asked(
    tmp_path: Path,
) -> None:
    cwru(tmp_path / "OR014@6_2.mat", 199, "DE")
    cwru(tmp_path / "B028_0.mat", 48, "DE")  # the makers' own variable says 048 there
    cwru(tmp_path / "IR014_0.mat", 48, "DE")
    cwru(tmp_path / "whatever.mat", 105, "DE")
    found = open_dataset(tmp_path)
    assert {x.key for x in found.recordings} == {"cwru/199", "cwru/3005"}
    reasons = {x.file: x.reason for x in found.failed}
    assert "may be 169 (12 kHz, drive end), 174 (48 kHz, drive end), 274" in reasons["IR014_0.mat"]
    assert "no name of the university's" in reasons["whatever.mat"]


def test_every_cwru_file_is_found_by_its_number_and_by_its_name() -> None:
    for number, file in published().items():
        assert files_named(PurePath(f"{number}.mat")) == (file,)
        rate, end = f"{file.sample_rate_hz / 1000:g}k", file.end.replace(" ", "_")
        clock = f"@{file.clock}" if file.clock else ""
        name = f"{file.kind}{file.size}{clock}_{file.load}" if file.kind else f"Normal_{file.load}"
        assert files_named(PurePath(f"{rate}_{end}_data", f"{name}.mat")) == (file,)


def test_cwru_bearing_disjoint_holds_out_every_fault_size(tmp_path: Path) -> None:
    for number in (105, 118, 130, 169, 185, 197, 209, 222, 234):
        cwru(tmp_path / "12k" / f"{number}.mat", number, "DE")
    recordings = open_dataset(tmp_path).recordings
    found = folds(recordings, "bearing-disjoint")
    assert [(len(x.train), len(x.test)) for x in found] == [(6, 3)] * 3
    for fold in found:
        sizes = [{recordings[i].specimen for i in side} for side in (fold.train, fold.test)]
        assert not sizes[0] & sizes[1]


def test_mfpt_files_give_class_load_rate_and_bearing(tmp_path: Path) -> None:
    def write(name: str, rate: float, seed: int) -> None:
        place = tmp_path / "some folder"
        place.mkdir(exist_ok=True)
        inside = {"rate": 25.0, "load": 0.0, "gs": wave(seed, 900)[:, None], "sr": rate}
        savemat(place / name, {"bearing": inside})

    write("baseline_2.mat", 97656.0, 1)
    write("OuterRaceFault_3.mat", 97656.0, 2)
    write("OuterRaceFault_vload_1.mat", 48828.0, 3)
    write("InnerRaceFault_vload_7.mat", 48828.0, 4)
    write("Intermediate_Speed.mat", 48828.0, 5)
    found = open_dataset(tmp_path)
    rows = {(x.label, x.condition, x.signal.sample_rate_hz) for x in found.recordings}
    assert found.name == "mfpt" and rows == {
        ("healthy", "270 lbs", 97656), ("outer race fault", "270 lbs", 97656),
        ("outer race fault", "25 lbs", 48828), ("inner race fault", "300 lbs", 48828),
    }  # fmt: skip
    assert {(x.signal.shaft_rpm, x.signal.bearing) for x in found.recordings} == {(1500, "NICE")}
    assert [x.file for x in found.failed] == ["some folder/Intermediate_Speed.mat"]


def ims(folder: Path, start: str, files: int, columns: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    day, _, _ = start.rpartition(".")
    for number in range(files):
        name = f"{day}.{10 + number // 60}.{number % 60:02d}.39"
        table = np.random.default_rng(number).normal(size=(64, columns))
        np.savetxt(folder / name, table, delimiter="\t", fmt="%.3f")


def test_ims_files_are_healthy_first_and_what_was_found_last(tmp_path: Path) -> None:
    ims(tmp_path / "1st_test", "2003.11.20.10", FIRST_FILES + LAST_FILES + 5, 8)
    ims(tmp_path / "2nd_test", "2004.02.13.10", FIRST_FILES + LAST_FILES, 4)
    (tmp_path / "Readme Document for IMS.txt").write_text("about", encoding="utf-8")
    found = open_dataset(tmp_path)
    assert found.name == "ims" and not found.failed
    count = Counter((x.specimen, x.label) for x in found.recordings)
    assert count["test 1, bearing 3", "inner race fault"] == 2 * LAST_FILES
    assert count["test 1, bearing 4", "rolling element fault"] == 2 * LAST_FILES
    assert count["test 2, bearing 1", "outer race fault"] == LAST_FILES
    assert count["test 2, bearing 2", "healthy"] == FIRST_FILES
    assert found.labels["healthy"] == 12 * FIRST_FILES
    assert len(found.recordings) == 12 * FIRST_FILES + 5 * LAST_FILES
    assert "5 files between are left" in str(found.warnings[0])
    first = found.recordings[0]
    assert (first.signal.sample_rate_hz, first.signal.shaft_rpm) == (20000, 2000)
    assert first.signal.time == "2003-11-20T10:00:39" and first.condition == "6000 lbs"
    # All channels of a file are one recording.
    assert sum(x.key == first.key for x in found.recordings) == 8


def test_a_short_copy_of_ims_is_healthy_alone_and_a_cut_file_is_named(tmp_path: Path) -> None:
    ims(tmp_path, "2004.02.13.10", 4, 4)
    (tmp_path / "2004.02.13.10.02.39").write_text("0.1\t0.2\n", encoding="utf-8")
    (tmp_path / "2010.01.01.00.00.00").write_text("0.1\t0.2\n", encoding="utf-8")
    found = open_dataset(tmp_path)
    assert set(found.labels) == {"healthy"} and len(found.recordings) == 12
    assert {x.file for x in found.failed} == {"2004.02.13.10.02.39", "2010.01.01.00.00.00"}


def test_femto_bearings_are_one_recording_each_with_the_challenges_split(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    for name in ("Bearing1_1", "Bearing2_4"):
        acc = generator.normal(size=(5, 2560, 2)).astype(np.float32)
        np.savez(tmp_path / f"{name}.npz", acc=acc, snapshot=[1, 10, 50, 97, 100], n_total=100)
    found = open_dataset(tmp_path)
    assert found.name == "femto" and {x.key for x in found.recordings} == {
        "femto/Bearing1_1", "femto/Bearing2_4",
    }  # fmt: skip
    assert found.labels == {"healthy": 2 * 2, "damaged bearing": 2 * 2 * 2}
    (fold,) = folds(found.recordings, "seed")
    assert {found.recordings[i].specimen for i in fold.test} == {"Bearing2_4"}
    assert found.recordings[0].condition == "1800 rpm 4000 N"


def test_raw_files_as_published_hold_the_samples_of_the_packs(shared_data: Path) -> None:
    packs = {x.sha256: x for x in open_dataset(shared_data / "bearing").recordings}
    raw = shared_data / "bearing" / "raw"
    for name, count in (("cwru", 5), ("mfpt", 2)):
        found = open_dataset(raw, name=name).recordings
        assert len(found) == count
        for each in found:
            twin = packs[each.sha256]
            assert (each.label, each.machine) == (twin.label, twin.machine)
            assert each.signal.sample_rate_hz == twin.signal.sample_rate_hz
            assert each.condition == twin.condition
