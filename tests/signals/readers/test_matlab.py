"""MATLAB files: CWRU and MFPT with speed and rate, plain arrays, v5 and v7.3; nothing crashes."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.signals.read import open_recording, read_signal

WAVE = np.sin(np.arange(600) / 5)


def save(path: Path, values: dict[str, Any], *, compressed: bool = False) -> Path:
    from scipy.io import savemat

    savemat(path, values, do_compression=compressed)
    return path


def save73(path: Path, values: dict[str, Any]) -> Path:
    """As MATLAB writes it: a user block that names the version, arrays transposed, groups."""
    import h5py

    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in values.items():
            array = np.atleast_2d(np.asarray(value))
            data = file.create_dataset(name.replace(".", "/"), data=array.T)
            data.attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM")
    return path


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i2", "u1", ">f8"])
def test_v5_arrays_are_read_back_by_window(compressed: bool, dtype: str, tmp_path: Path) -> None:
    values: NDArray[Any] = (100 + 100 * WAVE).astype(dtype)
    table = np.stack([values, values[::-1]], axis=1)
    path = save(tmp_path / "a.mat", {"acc": table, "fs": 1000.0}, compressed=compressed)
    recording = open_recording(path, channel="acc column 2")
    assert recording.sample_rate_hz == 1000
    assert np.array_equal(recording.read(7, 19), table[7:19, 1].astype(float))


def test_cwru_channels_and_speed(tmp_path: Path) -> None:
    values = {"X105_DE_time": WAVE[:, None], "X105_FE_time": -WAVE[:, None], "X105RPM": 1797}
    path = save(tmp_path / "IR007_0.mat", values)
    recording = open_recording(path, sample_rate_hz=12000, channel="FE")
    assert recording.channels == ("DE", "FE")
    assert recording.shaft_rpm == 1797
    assert recording.load().samples[5] == -WAVE[5]


def test_cwru_has_no_rate_and_the_error_names_the_published_ones(tmp_path: Path) -> None:
    path = save(tmp_path / "105.mat", {"X105_DE_time": WAVE[:, None]})
    with pytest.raises(MissingMetadataError, match="published at 12000 and 48000 Hz"):
        read_signal(path)


@pytest.mark.parametrize(
    ("name", "number", "why"), [("99.mat", 99, "as the file is named"), ("x.mat", 98, "the first")]
)
def test_a_cwru_file_with_two_recordings_gives_the_one_of_its_name(
    name: str, number: int, why: str, tmp_path: Path
) -> None:
    values = {"X098_DE_time": WAVE[:, None], "X099_DE_time": 2 * WAVE[:, None],
              "X098RPM": 1772, "X099RPM": 1750}  # fmt: skip
    signal = read_signal(save(tmp_path / name, values), sample_rate_hz=48000)
    assert signal.samples[3] == WAVE[3] * (2 if number == 99 else 1)
    assert signal.shaft_rpm == (1750 if number == 99 else 1772)
    assert f"holds recordings [98, 99]; read {number}, {why}" in signal.warnings[0].en


def test_mfpt_gives_rate_speed_and_unit(tmp_path: Path) -> None:
    record = {"gs": WAVE[:, None], "sr": 48828, "rate": 25, "load": 50}
    path = save(tmp_path / "a.mat", {"bearing": record, "BPFO": 81.1})
    signal = read_signal(path)
    assert (signal.sample_rate_hz, signal.shaft_rpm, signal.unit) == (48828, 1500, "g")


def test_text_cells_complex_and_objects_are_passed_over(tmp_path: Path) -> None:
    cell = np.array([WAVE, "a"], dtype=object)
    values = {"c": cell, "z": WAVE + 1j, "note": "abc", "flag": np.ones(9, bool), "acc": WAVE}
    assert open_recording(save(tmp_path / "a.mat", values)).channels == ("acc",)
    only = save(tmp_path / "b.mat", {"c": cell})
    with pytest.raises(UnreadableFileError, match="no array of real numbers; cells, objects"):
        open_recording(only)


def test_v73_reads_plain_and_nested_arrays_by_window(tmp_path: Path) -> None:
    values = {"data.acc": WAVE, "data.Fs": 2000.0, "data.rpm": 900.0}
    recording = open_recording(save73(tmp_path / "a.mat", values))
    assert recording.format == "MATLAB v7.3"
    assert (recording.channels, recording.sample_rate_hz) == (("data.acc",), 2000)
    assert recording.shaft_rpm == 900
    assert np.array_equal(recording.read(10, 30), WAVE[10:30])


def test_v73_cwru_and_mfpt_are_recognised(tmp_path: Path) -> None:
    cwru = open_recording(save73(tmp_path / "c.mat", {"X105_DE_time": WAVE, "X105RPM": 1797}))
    assert (cwru.channel, cwru.shaft_rpm) == ("DE", 1797)
    mfpt = save73(tmp_path / "m.mat", {"bearing.gs": WAVE, "bearing.sr": 97656, "bearing.rate": 25})
    assert (read_signal(mfpt).sample_rate_hz, read_signal(mfpt).shaft_rpm) == (97656, 1500)


@pytest.mark.parametrize(
    ("file", "pack", "key", "rpm"),
    [
        ("IR007_1.mat", "cwru_12k_de", "IR007_1hp_106", 1772),
        ("OR014@6_2.mat", "cwru_12k_de", "OR014@6_2hp_199", 1749),
        ("B028_0.mat", "cwru_12k_de", "B028_0hp_3005", None),
        ("normal_0.mat", "cwru_normal_48k", "Normal_0hp_97_DE", 1796),
        ("InnerRaceFault_vload_1.mat", "mfpt", "InnerRaceFault_vload_1", 1500),
        ("OuterRaceFault_vload_3.mat", "mfpt", "OuterRaceFault_vload_3", 1500),
    ],
)
def test_published_files_agree_with_the_packs(
    file: str, pack: str, key: str, rpm: float | None, shared_data: Path
) -> None:
    folder = shared_data / "bearing"
    with (folder / "manifest.csv").open() as stream:
        row = next(x for x in csv.DictReader(stream) if x["key"] == key)
    rate = float(row["fs"])
    recording = open_recording(
        folder / "raw" / file, sample_rate_hz=None if pack == "mfpt" else rate
    )
    assert recording.sample_rate_hz == rate
    assert recording.length == int(row["n"])
    assert recording.shaft_rpm == rpm
    packed = read_signal(folder / f"{pack}.npz", channel=key, sample_rate_hz=rate)
    assert np.array_equal(recording.load().samples.astype(np.float32), packed.samples)
