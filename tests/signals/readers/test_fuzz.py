"""Damaged files of every format end in a Signal or in an error of ours, never in another one."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultlens.core.errors import InputError, MissingPackageError, UsageError
from faultlens.signals.read import open_recording, read_signal
from faultlens.signals.signal import Signal

WAVE = np.sin(np.arange(64) / 3).astype(np.float32)


def csv_bytes(folder: Path) -> bytes:
    rows = "".join(f"{i / 1000:.3f},{x:.4f},{-x:.4f}\r\n" for i, x in enumerate(WAVE))
    return ("# sample rate: 1000\r\ntime (s),DE (g),FE (g)\r\n" + rows).encode()


def mat_bytes(folder: Path, *, compressed: bool = False) -> bytes:
    from scipy.io import savemat

    stream = io.BytesIO()
    values = {"X105_DE_time": WAVE[:, None], "X105RPM": 1797, "s": {"gs": WAVE, "sr": 1000}}
    savemat(stream, values, do_compression=compressed)
    return stream.getvalue()


def packed_mat_bytes(folder: Path) -> bytes:
    return mat_bytes(folder, compressed=True)


def records_mat_bytes(folder: Path) -> bytes:
    from scipy.io import savemat

    names, rasters = ["speed", "vibration"], ["slow", "fast"]
    records = np.zeros((1, 2), dtype=[(x, "O") for x in ("Name", "Data", "Raster")])
    for i, data in enumerate((np.full(9, 1500.0), WAVE)):
        records[0, i] = (names[i], data, rasters[i])
    stream = io.BytesIO()
    savemat(stream, {"run": {"Y": records, "X": {"Name": "Time", "Data": np.arange(64) / 1000}}})
    return stream.getvalue()


def mat73_bytes(folder: Path) -> bytes:
    import h5py

    path = folder / "made.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file.create_dataset("x", data=WAVE[None, :])
        file.create_dataset("fs", data=np.array([[1000.0]]))
    content = bytearray(path.read_bytes())
    content[:19] = b"MATLAB 7.3 MAT-file"
    return bytes(content)


def h5_bytes(folder: Path) -> bytes:
    import h5py

    path = folder / "made.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=WAVE, chunks=(16,), compression="gzip")
        file.attrs["fs"] = 1000.0
    return path.read_bytes()


def wav_bytes(folder: Path) -> bytes:
    data = (WAVE * 32767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data


def npy_bytes(folder: Path) -> bytes:
    stream = io.BytesIO()
    np.save(stream, WAVE)
    return stream.getvalue()


def npz_bytes(folder: Path) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, DE=WAVE, fs=1000.0, rpm=1500)
    return stream.getvalue()


def parquet_bytes(folder: Path) -> bytes:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    parquet.write_table(pa.table({"acc": WAVE}), folder / "made.parquet")
    return (folder / "made.parquet").read_bytes()


def tdms_bytes(folder: Path) -> bytes:
    nptdms = pytest.importorskip("nptdms", reason="nptdms is not installed")
    with nptdms.TdmsWriter(folder / "made.tdms") as writer:
        properties = {"wf_increment": 1e-3}
        writer.write_segment([nptdms.ChannelObject("g", "acc", WAVE, properties=properties)])
    return (folder / "made.tdms").read_bytes()


def uff_bytes(folder: Path) -> bytes:
    pyuff = pytest.importorskip("pyuff", reason="pyuff is not installed")
    written = pyuff.UFF(str(folder / "made.uff"))
    written.write_sets(
        pyuff.prepare_58(
            binary=0, func_type=1, rsp_node=1, rsp_dir=1, ref_node=1, ref_dir=1,
            data=WAVE.astype(float), x=np.arange(64) / 1000, id1="a", rsp_ent_name="pump",
            ref_ent_name="pump", abscissa_spacing=1, abscissa_min=0.0, abscissa_inc=1e-3,
            ordinate_spec_data_type=12, orddenom_spec_data_type=0, abscissa_spec_data_type=17,
            num_pts=64, ord_data_type=4,
        ),
        "add",
    )  # fmt: skip
    return (folder / "made.uff").read_bytes()


MAKERS: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "csv": (".csv", csv_bytes),
    "mat v5": (".mat", mat_bytes),
    "mat v5 compressed": (".mat", packed_mat_bytes),
    "mat v5 records": (".mat", records_mat_bytes),
    "mat v7.3": (".mat", mat73_bytes),
    "hdf5": (".h5", h5_bytes),
    "wav": (".wav", wav_bytes),
    "npy": (".npy", npy_bytes),
    "npz": (".npz", npz_bytes),
    "parquet": (".parquet", parquet_bytes),
    "tdms": (".tdms", tdms_bytes),
    "uff": (".uff", uff_bytes),
}


def ends_well(path: Path) -> bool:
    """Read `path`; True for a Signal of finite size, False for an error of ours that names it."""
    try:
        signal = read_signal(path, sample_rate_hz=1000)
    except (InputError, UsageError, MissingPackageError) as error:
        assert path.stem in str(error), f"the message does not name the file: {error}"
        return False
    assert isinstance(signal, Signal)
    assert signal.samples.ndim == 1
    return True


@pytest.mark.parametrize("name", MAKERS)
def test_the_undamaged_file_is_read(name: str, tmp_path: Path) -> None:
    suffix, make = MAKERS[name]
    path = tmp_path / f"whole{suffix}"
    path.write_bytes(make(tmp_path))
    assert read_signal(path, sample_rate_hz=1000).samples == pytest.approx(WAVE, abs=1e-4)


@pytest.mark.parametrize("name", MAKERS)
def test_a_cut_file_ends_in_a_signal_or_a_clear_error(name: str, tmp_path: Path) -> None:
    suffix, make = MAKERS[name]
    content = make(tmp_path)
    outcomes = []
    for cut in np.unique(np.linspace(0, len(content) - 1, 40).astype(int)):
        path = tmp_path / f"cut{suffix}"
        path.write_bytes(content[:cut])
        outcomes.append(ends_well(path))
    assert not all(outcomes)  # an empty file at least is refused


@pytest.mark.parametrize("name", MAKERS)
def test_changed_bytes_end_in_a_signal_or_a_clear_error(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    suffix, make = MAKERS[name]
    folder = tmp_path_factory.mktemp("fuzz")
    content = make(folder)
    path = folder / f"changed{suffix}"
    places = st.lists(
        st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=8
    )

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(places, st.booleans())
    def check(changes: list[tuple[int, int]], at_the_start: bool) -> None:
        damaged = bytearray(content)
        for place, value in changes:
            # Headers are at the start of most formats: half of the changes go there.
            damaged[place % 200 if at_the_start else place] = value
        path.write_bytes(bytes(damaged))
        assert ends_well(path) in (True, False)

    check()


@pytest.mark.parametrize("suffix", [".csv", ".mat", ".wav", ".npy", ".npz", ".h5", ".xyz"])
def test_random_bytes_are_refused_in_words(
    suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"noise{suffix}"

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.binary(max_size=400) | st.text(max_size=200).map(lambda x: x.encode("utf-8")))
    def check(content: bytes) -> None:
        path.write_bytes(content)
        assert ends_well(path) in (True, False)

    check()


@pytest.mark.parametrize("suffix", [".csv", ".mat", ".wav", ".npy", ".npz", ".h5", ".parquet"])
def test_missing_empty_and_folder_are_named(suffix: str, tmp_path: Path) -> None:
    missing, empty, folder = (tmp_path / f"{x}{suffix}" for x in ("missing", "empty", "folder"))
    empty.write_bytes(b"")
    folder.mkdir()
    for path, words in ((missing, "does not exist"), (empty, "is empty"), (folder, "is a folder")):
        with pytest.raises(InputError, match=words) as caught:
            open_recording(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("suffix", [".wav", ".mat", ".npy", ".npz", ".h5"])
def test_text_under_a_binary_name_is_said_to_be_text(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"pump7{suffix}"
    path.write_text("0.1,0.2\n0.3,0.4\n" * 10)
    with pytest.raises(InputError, match=r"looks like a text file\. Rename it to pump7\.csv"):
        open_recording(path)


def test_plain_hdf5_named_mat_is_said_to_be_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "pump7.mat"
    path.write_bytes(h5_bytes(tmp_path))
    with pytest.raises(InputError, match=r"looks like an HDF5 file\. Rename it to pump7\.h5"):
        open_recording(path)


def test_an_unknown_suffix_is_read_by_its_first_bytes_or_lists_the_known_ones(
    tmp_path: Path,
) -> None:
    readable = tmp_path / "pump7.rec"
    readable.write_bytes(wav_bytes(tmp_path))
    assert "'.rec' is not known; read as a WAV file" in open_recording(readable).warnings[0].en
    picture = tmp_path / "pump7.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(64)))
    with pytest.raises(InputError, match=r"looks like a picture.*Known formats: .*\.csv.*\.wav"):
        open_recording(picture)
    scan = tmp_path / "part.pcd"
    scan.write_text("# .PCD v.7\nFIELDS x y z\n0 0 0\n0 1 0\n")
    with pytest.raises(InputError, match=r"looks like a scan, which faultlens measure takes"):
        open_recording(scan)


def test_one_sample_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "single.csv"
    path.write_text("0.5\n")
    with pytest.raises(InputError, match="holds 1 sample"):
        open_recording(path)


def test_a_small_archive_that_unfolds_to_terabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (1 << 38,)}
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", header.getvalue() + bytes(1000))
    with pytest.raises(InputError, match=r"unfolds to 2048\.0 GiB; at most 2 GiB"):
        open_recording(path, sample_rate_hz=1000).read(0, 10)


def test_a_compressed_matlab_variable_that_promises_too_much_is_refused(tmp_path: Path) -> None:
    import zlib

    path = tmp_path / "bomb.mat"
    shape, name = struct.pack("<IIii", 5, 8, 1 << 29, 1), struct.pack("<HH4s", 1, 1, b"x")
    values = struct.pack("<II", 1, 1 << 29)
    head = struct.pack("<IIII", 6, 8, 6, 0) + shape + name + values
    inner = zlib.compress(struct.pack("<II", 14, 3 << 30) + head)
    header = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H2s", 0x0100, b"IM")
    path.write_bytes(header + struct.pack("<II", 15, len(inner)) + inner)
    with pytest.raises(InputError, match=r"unfolds to 3\.0 GiB; at most 2 GiB"):
        open_recording(path, sample_rate_hz=1000).read(0, 10)
