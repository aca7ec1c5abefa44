"""NumPy files are read by window, members choose channels, scalars give rate and speed."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import MissingMetadataError, UnknownNameError, UnreadableFileError
from faultlens.signals.read import open_recording, read_signal

WAVE = np.sin(np.arange(5000) / 7).astype(np.float32)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("across", [False, True])
def test_npy_takes_the_longer_axis_as_time(order: str, across: bool, tmp_path: Path) -> None:
    table = np.stack([WAVE, 2 * WAVE], axis=0 if across else 1)
    np.save(tmp_path / "a.npy", np.asarray(table, order="C" if order == "C" else "F"))
    recording = open_recording(tmp_path / "a.npy", sample_rate_hz=1000, channel=1)
    assert recording.channels == ("a column 1", "a column 2")
    assert np.array_equal(recording.read(10, 20), 2 * WAVE[10:20].astype(float))
    assert recording.read(0, 5).dtype == np.float64


def test_integers_of_either_byte_order_are_read(tmp_path: Path) -> None:
    for dtype in ("<i2", ">i4", "u1", ">f8"):
        np.save(tmp_path / "a.npy", np.append(100 * (np.arange(99) % 3), 99).astype(dtype))
        assert read_signal(tmp_path / "a.npy", sample_rate_hz=10).samples[-1] == 99


def test_npz_scalars_give_rate_and_speed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", DE=WAVE, FE=-WAVE[:100], sample_rate_hz=12000, shaft_rpm=1772.0)
    signal = read_signal(tmp_path / "a.npz", channel="FE")
    assert (signal.sample_rate_hz, signal.shaft_rpm, signal.channel) == (12000, 1772, "FE")
    assert len(signal.samples) == 100


def test_a_time_array_gives_the_rate_and_is_no_channel(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", time=np.arange(5000) / 25600, acc=WAVE)
    recording = open_recording(tmp_path / "a.npz")
    assert recording.channels == ("acc",)
    assert recording.sample_rate_hz == pytest.approx(25600)


def test_pickles_and_text_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableFileError, match="holds object, not real numbers"):
        open_recording(tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", note=np.array(["a", "b"]))
    with pytest.raises(UnreadableFileError, match="left out as text or objects: note"):
        open_recording(tmp_path / "a.npz")


def test_another_zip_archive_says_what_it_holds(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UnreadableFileError, match=r"no NumPy arrays but xl/workbook\.xml"):
        open_recording(tmp_path / "a.npz")


def test_three_axes_are_refused_with_the_shape(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", acc=np.zeros((4, 50, 2)), snapshot=np.arange(4))
    with pytest.raises(UnreadableFileError, match=r"'acc' in the npz file has shape \(4, 50, 2\)"):
        open_recording(tmp_path / "a.npz")


def test_a_missing_rate_says_how_to_give_it(tmp_path: Path) -> None:
    np.save(tmp_path / "pump7.npy", WAVE)
    recording = open_recording(tmp_path / "pump7.npy")
    assert recording.sample_rate_hz is None
    with pytest.raises(MissingMetadataError) as caught:
        recording.load()
    for words in ("sample_rate_hz=", "--sample-rate", "sidecar pump7.toml", "time column"):
        assert words in str(caught.value)


def test_an_unknown_channel_lists_the_known_ones(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", DE=WAVE, FE=WAVE)
    with pytest.raises(UnknownNameError, match=r"Unknown channel 'DR'. Nearest: DE. Known: DE, FE"):
        open_recording(tmp_path / "a.npz", channel="DR")


def test_real_packs_offer_each_recording_as_a_channel(shared_data: Path) -> None:
    path = shared_data / "bearing" / "cwru_12k_de.npz"
    recording = open_recording(path, sample_rate_hz=12000, channel="IR007_1hp_106")
    assert recording.length == 121991  # bearing/manifest.csv
    assert len(recording.channels) == 60
    assert "and 53 more. Choose with channel=" in open_recording(path).warnings[0].en
