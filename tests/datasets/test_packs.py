"""Labelled packs give each recording with its truth, or say what is missing."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.packs import COLUMNS, read_packs
from faultlens.signals.kinematics import FaultOrders

WAVE = np.sin(np.arange(4800) / 3).astype(np.float32)
ROWS = [
    "a.npz,first,48000,1772,inner,6205,3.585,5.415,2.357,0.398,DE",
    "b.npz,other,20000,2000,healthy,ZA,7.1,8.9,4.2,0.44,ch 1",
    "a.npz,second,48000,1797,healthy,6205,3.585,5.415,2.357,0.398,FE",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_manifest(tmp_path, ",".join((*COLUMNS, "channel")), ROWS)
    np.savez(tmp_path / "a.npz", first=WAVE, second=-WAVE)
    np.savez(tmp_path / "b.npz", other=WAVE)
    return tmp_path


def write_manifest(folder: Path, head: str, rows: list[str]) -> None:
    (folder / "manifest.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def test_a_recording_comes_with_its_label_speed_and_orders(folder: Path) -> None:
    first, second = read_packs(folder, {"a": "rig A"})
    assert (first.machine, first.key, first.label, second.label) == (
        "rig A",
        "first",
        "inner race fault",
        "healthy",
    )
    assert first.signal.bearing == FaultOrders(3.585, 5.415, 2.357, 0.398)
    assert (first.signal.sample_rate_hz, first.signal.shaft_rpm) == (48000, 1772)
    assert first.signal.source == "first"
    assert np.array_equal(second.signal.samples, -WAVE.astype(np.float64))


def test_packs_come_in_the_order_asked_for_and_others_stay_closed(folder: Path) -> None:
    assert [x.key for x in read_packs(folder, {"b": "B", "a": "A"})] == ["other", "first", "second"]
    (folder / "a.npz").unlink()
    assert [x.key for x in read_packs(folder, {"b": "B"})] == ["other"]


def test_a_machine_may_be_named_by_its_channel(folder: Path) -> None:
    assert [x.machine for x in read_packs(folder, {"a": "A {channel}"})] == ["A DE", "A FE"]


def test_only_the_packs_named_are_resampled(folder: Path) -> None:
    found = list(read_packs(folder, {"a": "A", "b": "B"}, sample_rate_hz={"a": 12000.0}))
    assert [x.signal.sample_rate_hz for x in found] == [12000, 12000, 20000]
    assert [len(x.signal.samples) for x in found] == [1200, 1200, 4800]
    assert found[0].signal.history == ("resampled to 12000 Hz",)


def test_what_is_missing_is_named(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(
        UnreadableFileError, match=r"manifest.csv cannot be read: .* Name the folder"
    ):
        list(read_packs(tmp_path_factory.mktemp("empty"), {"a": "A"}))
    with pytest.raises(UnreadableFileError, match=r"c.npz is no pack of recordings"):
        list(read_packs(folder, {"c": "C"}))
    np.savez(folder / "a.npz", first=WAVE)
    with pytest.raises(UnreadableFileError, match=r"a.npz lacks the array second"):
        list(read_packs(folder, {"a": "A"}))
    write_manifest(folder, "pack,key,fs,label", [])
    with pytest.raises(UnreadableFileError, match="lacks the columns pack, key, fs"):
        list(read_packs(folder, {"a": "A"}))
    write_manifest(folder, "pack,key,fs,label", ["a.npz,first,1,inner"])
    with pytest.raises(UnreadableFileError, match="lacks the columns rpm_nominal, bearing, bpfo"):
        list(read_packs(folder, {"a": "A"}))


def test_a_pickle_or_another_file_is_never_opened_as_a_pack(folder: Path) -> None:
    np.save(folder / "a.npy", WAVE)
    (folder / "a.npy").rename(folder / "a.npz")
    with pytest.raises(UnreadableFileError, match=r"a.npz is no pack of recordings: no whole npz"):
        list(read_packs(folder, {"a": "A"}))
    (folder / "a.npz").write_bytes(b"\x80\x04N.")
    with pytest.raises(UnreadableFileError, match=r"a.npz is no pack of recordings"):
        list(read_packs(folder, {"a": "A"}))
    np.savez(folder / "a.npz", first=np.array([{"x": 1}], dtype=object), second=WAVE)
    with pytest.raises(
        UnreadableFileError, match=r"a\.npz: the array first or its row of manifest"
    ):
        list(read_packs(folder, {"a": "A"}))


def test_a_damaged_pack_or_row_is_named(folder: Path) -> None:
    write_manifest(folder, ",".join((*COLUMNS, "channel")), [ROWS[0].replace("1772", "fast")])
    with pytest.raises(UnreadableFileError, match=r"array first or its row .* to float: 'fast'"):
        list(read_packs(folder, {"a": "A"}))
    content = (folder / "a.npz").read_bytes()
    (folder / "a.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableFileError, match=r"a.npz is no pack of recordings"):
        list(read_packs(folder, {"a": "A"}))


def test_the_real_packs_are_read_with_their_truth(shared_data: Path) -> None:
    found = list(read_packs(shared_data / "bearing", {"mfpt": "MFPT"}))
    labels = [x.label for x in found]
    assert (labels.count("inner race fault"), labels.count("outer race fault"), len(labels)) == (
        7,
        7,
        14,
    )
    assert {x.signal.sample_rate_hz for x in found} == {48828.0}
    assert len({x.key for x in found}) == 14
