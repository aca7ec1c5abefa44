"""WAV files of every common encoding are read back, window by window, cut ones with a warning."""

import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.signals.read import open_recording, read_signal
from faultlens.signals.readers.wav import read_wav

RATE = 8000
WAVE = 0.9 * np.sin(2 * np.pi * 50 * np.arange(800) / RATE)


def encoded(samples: NDArray[np.float64], bits: int, *, is_float: bool) -> bytes:
    if is_float:
        return samples.astype(f"<f{bits // 8}").tobytes()
    if bits == 8:
        return (np.round(samples * 128) + 128).astype(np.uint8).tobytes()
    whole = np.round(samples * 2 ** (bits - 1)).astype("<i8")
    return whole.reshape(-1, 1).view(np.uint8)[:, : bits // 8].tobytes()


def wav(
    data: bytes,
    bits: int,
    *,
    tag: int = 1,
    channels: int = 1,
    form: bytes = b"RIFF",
    before: bytes = b"",
    stated: int | None = None,
    extensible: bool = False,
) -> bytes:
    frame = channels * bits // 8
    shown = 0xFFFE if extensible else tag
    head = struct.pack("<HHIIHH", shown, channels, RATE, RATE * frame, frame, bits)
    if extensible:
        guid = struct.pack("<H", tag) + bytes.fromhex("000000001000800000aa00389b71")
        head += struct.pack("<HHI", 22, bits, 0) + guid
    length = len(data) if stated is None else stated
    body = b"WAVE" + before + b"fmt " + struct.pack("<I", len(head)) + head
    return (
        form + struct.pack("<I", 36 + len(data)) + body + b"data" + struct.pack("<I", length) + data
    )


@pytest.mark.parametrize(
    ("bits", "is_float"),
    [(8, False), (16, False), (24, False), (32, False), (32, True), (64, True)],
)
@pytest.mark.parametrize("extensible", [False, True])
def test_every_encoding_is_read_back(
    bits: int, is_float: bool, extensible: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    tag = 3 if is_float else 1
    data = encoded(WAVE, bits, is_float=is_float)
    path.write_bytes(wav(data, bits, tag=tag, extensible=extensible))
    signal = read_signal(path)
    step = 2.0**-24 if is_float else 2.0 ** -(bits - 1)
    assert signal.sample_rate_hz == RATE
    assert np.max(np.abs(signal.samples - WAVE)) <= step
    assert signal.unit is None
    assert "carries no unit" in signal.warnings[0].en


def test_a_unit_in_the_sidecar_is_taken_and_nothing_is_said_of_its_lack(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encoded(WAVE, 16, is_float=False), 16))
    (tmp_path / "a.toml").write_text('unit = "g"\n')
    signal = read_signal(path)
    assert (signal.unit, signal.warnings) == ("g", ())


def test_scipy_written_files_are_read_alike(tmp_path: Path) -> None:
    from scipy.io import wavfile

    for name, values in (("i", (WAVE * 32767).astype(np.int16)), ("f", WAVE.astype(np.float32))):
        wavfile.write(tmp_path / f"{name}.wav", RATE, values)
        assert read_signal(tmp_path / f"{name}.wav").samples == pytest.approx(WAVE, abs=1e-4)


def test_channels_are_told_apart_and_the_first_is_read_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    both = np.stack([WAVE, -WAVE], axis=1).ravel()
    path.write_bytes(wav(encoded(both, 24, is_float=False), 24, channels=2))
    assert read_signal(path, channel="channel 2").samples == pytest.approx(-WAVE, abs=1e-6)
    assert read_signal(path, channel=1).samples == pytest.approx(-WAVE, abs=1e-6)
    first = read_signal(path)
    assert first.samples == pytest.approx(WAVE, abs=1e-6)
    assert any("also holds channel 2" in x.en for x in first.warnings)


def test_odd_chunks_before_the_data_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    odd = b"LIST" + struct.pack("<I", 5) + b"hello" + b"\0"
    path.write_bytes(wav(encoded(WAVE, 16, is_float=False), 16, before=odd))
    assert len(read_signal(path).samples) == len(WAVE)


def test_rf64_takes_its_length_from_ds64(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    data = encoded(WAVE, 16, is_float=False)
    sizes = b"ds64" + struct.pack("<IQQQI", 28, 0, len(data), len(WAVE), 0)
    content = wav(data, 16, form=b"RF64", before=sizes, stated=0xFFFFFFFF) + b"junk"
    path.write_bytes(content)
    assert len(read_signal(path).samples) == len(WAVE)


def test_a_cut_file_gives_what_is_there_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encoded(WAVE, 16, is_float=False), 16)[: 44 + 2 * 500 + 1])
    signal = read_signal(path)
    assert len(signal.samples) == 500
    assert any("promises 800 samples per channel, 500 are there" in x.en for x in signal.warnings)


def test_a_recorder_that_never_closed_the_file_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encoded(WAVE, 16, is_float=False), 16, stated=0))
    assert len(read_signal(path).samples) == len(WAVE)


def test_compressed_sound_is_refused_with_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(bytes(400), 8, tag=2))
    with pytest.raises(UnreadableFileError, match=r"encoding 2 with 8 bits; 8, 16, 24 and 32 bit"):
        read_signal(path)


def test_windows_are_the_pieces_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encoded(WAVE, 16, is_float=False), 16))
    recording = open_recording(path)
    cuts = [*range(0, recording.length, 240), recording.length]
    pieces = [recording.signal(start, stop) for start, stop in pairwise(cuts)]
    assert np.array_equal(np.concatenate([x.samples for x in pieces]), recording.load().samples)
    assert pieces[1].history[-1] == "samples 240 to 480 (0.03 to 0.06 s)"
    assert np.array_equal(recording.read(100, 300), recording.load().samples[100:300])


def test_a_file_is_read_alike_whether_its_samples_are_kept_or_sought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.arange(600, dtype="<i2").tobytes(), 16, channels=2))
    kept = [x.read(7, 290) for x in read_wav(path).channels]
    monkeypatch.setattr("faultlens.signals.readers.wav.KEPT_BYTES", 0)
    sought = [x.read(7, 290) for x in read_wav(path).channels]
    assert [x.tolist() for x in kept] == [x.tolist() for x in sought]
