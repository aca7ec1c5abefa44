"""HDF5, Parquet, TDMS and UFF as their own libraries write them: rate, unit, windows."""

import os
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import MissingPackageError, UnreadableFileError
from faultlens.signals.read import FORMATS, open_recording

WAVE = np.sin(np.arange(3000) / 9)


def test_hdf5_attributes_give_rate_speed_and_unit(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["rpm"] = 1480.0
        data = file.create_dataset("pump/DE", data=WAVE, chunks=(500,), compression="gzip")
        data.attrs["sampling_rate"] = 25600
        data.attrs["units"] = "m/s^2"
    recording = open_recording(tmp_path / "a.h5")
    assert (recording.channel, recording.sample_rate_hz) == ("pump.DE", 25600)
    assert (recording.shaft_rpm, recording.unit) == (1480, "m/s2")
    assert np.array_equal(recording.read(450, 1050), WAVE[450:1050])
    assert open_recording(tmp_path / "a.h5", channel="DE").length == 3000


def test_hdf5_never_follows_a_link_out_of_the_file(tmp_path: Path) -> None:
    import h5py

    (tmp_path / "secret.bin").write_bytes(WAVE.tobytes())
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["acc"] = WAVE
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["linked"] = h5py.ExternalLink("other.h5", "/acc")
        outside = [(str(tmp_path / "secret.bin"), 0, WAVE.nbytes)]
        file.create_dataset("outside", WAVE.shape, WAVE.dtype, external=outside)
    with pytest.raises(UnreadableFileError, match="holds no channel of numbers"):
        open_recording(tmp_path / "a.h5")


def test_parquet_columns_are_told_apart_and_read_across_row_groups(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    columns = {"time": np.arange(3000) / 12000, "acc (g)": WAVE, "rpm": np.full(3000, 1500.0)}
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=700)
    recording = open_recording(tmp_path / "a.parquet")
    assert recording.channels == ("acc (g)",)
    assert recording.sample_rate_hz == pytest.approx(12000)
    assert (recording.shaft_rpm, recording.unit) == (1500, "g")
    assert np.array_equal(recording.read(650, 2150), WAVE[650:2150])


def test_parquet_timestamps_give_the_rate(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    stamps = np.datetime64("2024-05-01T12:00:00", "us") + np.arange(3000) * np.timedelta64(1, "ms")
    parquet.write_table(pa.table({"timestamp": stamps, "acc": WAVE}), tmp_path / "a.parquet")
    recording = open_recording(tmp_path / "a.parquet")
    assert recording.sample_rate_hz == pytest.approx(1000, rel=1e-6)
    assert recording.warnings == ()


def test_tdms_waveforms_give_rate_and_unit(tmp_path: Path) -> None:
    nptdms = pytest.importorskip("nptdms", reason="nptdms is not installed")
    properties = {"wf_increment": 1 / 25600, "unit_string": "g"}
    with nptdms.TdmsWriter(tmp_path / "a.tdms") as writer:
        for name, values in (("DE", WAVE), ("FE", -WAVE)):
            channel = nptdms.ChannelObject("acc", name, values, properties=properties)
            writer.write_segment([channel])
    recording = open_recording(tmp_path / "a.tdms", channel="FE")
    assert (recording.channels, recording.unit) == (("DE", "FE"), "g")
    assert recording.sample_rate_hz == pytest.approx(25600)
    assert np.array_equal(recording.read(100, 200), -WAVE[100:200])


def test_uff_time_responses_give_the_rate(tmp_path: Path) -> None:
    pyuff = pytest.importorskip("pyuff", reason="pyuff is not installed")
    written = pyuff.prepare_58(
        binary=0, func_type=1, rsp_node=3, rsp_dir=1, ref_node=1, ref_dir=1, data=WAVE,
        x=np.arange(3000) / 1024, id1="a", rsp_ent_name="pump", ref_ent_name="pump",
        abscissa_spacing=1, abscissa_min=0.0, abscissa_inc=1 / 1024, ordinate_spec_data_type=12,
        orddenom_spec_data_type=0, abscissa_spec_data_type=17, num_pts=3000, ord_data_type=4,
    )  # fmt: skip
    pyuff.UFF(str(tmp_path / "a.uff")).write_sets(written, "add")
    recording = open_recording(tmp_path / "a.uff")
    assert recording.channel == "pump 3 direction 1"
    assert recording.sample_rate_hz == pytest.approx(1024)
    assert recording.read(100, 200) == pytest.approx(WAVE[100:200], abs=1e-6)


@pytest.mark.parametrize(
    ("suffix", "magic", "package"),
    [
        (".tdms", b"TDSm", "nptdms"),
        (".parquet", b"PAR1", "pyarrow"),
        (".uff", b"    -1\n", "pyuff"),
    ],
)
def test_a_missing_package_is_named_with_the_pip_line(
    suffix: str, magic: bytes, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (package, f"{package}.parquet"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    (tmp_path / f"a{suffix}").write_bytes(magic * 10)
    with pytest.raises(MissingPackageError, match=rf"'{package}'.*pip install 'faultlens\[form"):
        open_recording(tmp_path / f"a{suffix}")


def test_the_table_of_formats_lists_them_all() -> None:
    known = set(FORMATS)
    assert {".csv", ".mat", ".wav", ".npy", ".npz", ".h5", ".parquet", ".tdms", ".uff"} <= known


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableFileError, match=r"no regular file but a pipe"):
        open_recording(pipe)
