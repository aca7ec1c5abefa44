"""Files are kept as the policy says, below their folder, with their hash; a burst is bounded."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.line.configuration.line_config import KeepConfig
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.line.media import LOSSLESS_PIXELS, MediaKeeper, lot, wants_media
from faultlens.signals.read import read_signal
from faultlens.signals.signal import Signal
from faultlens.surfaces.read import read_surface
from tests.line.detectors.scan_frames import plate
from tests.line.pipeline.stand_ins import frame, judged


def keeper(folder: Path, media: str = "defects", **more: object) -> MediaKeeper:
    return MediaKeeper(folder, KeepConfig(media=media), **more)  # type: ignore[arg-type]


def nothing() -> None:
    return None


@pytest.mark.parametrize(
    ("media", "sound", "defect"),
    [("all", True, True), ("defects", False, True), ("none", False, False)],
)
def test_the_policy_decides(tmp_path: Path, media: str, sound: bool, defect: bool) -> None:
    its = keeper(tmp_path, media)
    assert (its.kept(judged(frame("1")), nothing).media is not None) == sound
    assert (its.kept(judged(frame("2"), 0.9), nothing).media is not None) == defect


def test_the_file_is_there_with_its_hash_and_reads_back(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (9, 7, 3), dtype=np.uint8)
    its = replace(frame("../../evil\0", source="../up"), payload=Image(pixels))
    kept = keeper(tmp_path).kept(judged(its, 0.9), lambda: b"small")
    assert kept.media is not None and kept.preview is not None
    path = tmp_path / kept.media
    assert path.resolve().is_relative_to(tmp_path.resolve())
    assert kept.media_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert np.array_equal(read_image(path).pixels, pixels)
    assert (tmp_path / kept.preview).read_bytes() == b"small"


def test_a_recording_keeps_its_rate_and_speed(tmp_path: Path) -> None:
    signal = Signal(
        np.random.default_rng(0).normal(size=500), 25_600.0, shaft_rpm=1480, bearing="6205"
    )
    its = replace(frame(), payload=signal)
    kept = keeper(tmp_path).kept(judged(its, 0.9), nothing)
    assert kept.media is not None
    read = read_signal(tmp_path / kept.media)
    assert (read.sample_rate_hz, read.shaft_rpm, read.bearing) == (25_600.0, 1480, "6205")


def test_a_large_picture_is_kept_as_jpeg(tmp_path: Path) -> None:
    side = int(math.sqrt(LOSSLESS_PIXELS)) + 1
    its: Frame = replace(frame(), payload=Image(np.zeros((side, side), np.uint8)))
    assert str(keeper(tmp_path).kept(judged(its, 0.9), nothing).media).endswith(".jpg")


def test_a_sample_is_the_same_when_frames_come_again() -> None:
    keep = KeepConfig(media="sample", sample=0.2)
    drawn = [n for n in range(1000) if wants_media(keep, judged(frame(f"{n}")))]
    assert drawn == [n for n in range(1000) if wants_media(keep, judged(frame(f"{n}")))]
    # 1000 draws at 0.2: 200, give or take 4 standard deviations.
    assert 150 < len(drawn) < 250
    assert lot(frame("1"), "keep") != lot(frame("1"), "audit")


def test_a_burst_of_defects_is_bounded_but_an_audit_keeps_its_picture(tmp_path: Path) -> None:
    def audited(one: Judged) -> bool:
        return one.frame.id == "audit"

    its = keeper(tmp_path, also=[audited])
    kept = [its.kept(judged(frame(f"{n}"), 0.9), nothing).media for n in range(50)]
    assert 5 <= sum(x is not None for x in kept) <= 10
    assert its.kept(judged(frame("audit")), nothing).media is not None


def test_a_disk_that_cannot_be_written_costs_the_file_and_is_shown(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    its = keeper(tmp_path / "media")
    assert its.kept(judged(frame(), 0.9), nothing).media is None
    assert isinstance(its.failed, OSError)


def test_a_scan_is_kept_small_and_reads_back_as_it_was(tmp_path: Path) -> None:
    its = replace(frame("B1"), payload=plate(4))
    kept = keeper(tmp_path).kept(judged(its, 0.9), lambda: b"small")
    assert kept.media is not None and kept.media.endswith(".scan.npz")
    path = tmp_path / kept.media
    assert kept.media_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    read = read_surface(path)
    assert read.grid == plate(4).grid and not read.warnings
    np.testing.assert_allclose(read.points_mm, plate(4).points_mm, atol=1e-4)
    assert path.stat().st_size < plate(4).points_mm.nbytes
