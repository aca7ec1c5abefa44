"""Gain, blur, noise, dead and clipped samples each show in the measure that is meant for them."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from faultlens.images.image import Image
from faultlens.line.monitoring.quality_picture import picture_quality
from faultlens.line.monitoring.quality_scan import scan_quality
from faultlens.line.monitoring.quality_signal import signal_quality
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface, height_map


@pytest.fixture
def surface() -> np.ndarray:
    rng = np.random.default_rng(0)
    return 100 + 25 * gaussian_filter(rng.normal(size=(400, 600)), 0.8) / 0.35


def quality(pixels: np.ndarray) -> dict[str, float]:
    return picture_quality(Image(np.clip(pixels + 0.5, 0, 255).astype(np.uint8)))


def test_gain_moves_brightness_alone(surface: np.ndarray) -> None:
    before, after = quality(surface), quality(1.1 * surface)
    assert after["brightness"] / before["brightness"] == pytest.approx(1.1, abs=0.005)
    assert after["contrast"] == pytest.approx(before["contrast"], rel=0.02)
    for size in (1, 2, 4, 8):
        assert after[f"detail_{size}"] == pytest.approx(before[f"detail_{size}"], abs=0.15)


def test_blur_takes_the_finest_detail_most_and_no_light(surface: np.ndarray) -> None:
    before, after = quality(surface), quality(gaussian_filter(surface, 0.6))
    fallen = [before[f"detail_{x}"] - after[f"detail_{x}"] for x in (1, 2, 4, 8)]
    assert fallen == sorted(fallen, reverse=True)
    assert fallen[0] > 2 > 0.4 > fallen[3]
    assert after["brightness"] == pytest.approx(before["brightness"], rel=0.01)


def test_a_large_picture_is_measured_as_a_small_one_is(surface: np.ndarray) -> None:
    large = np.tile(surface, (5, 6))
    small, whole = quality(surface), quality(large)
    assert whole["brightness"] == pytest.approx(small["brightness"], rel=0.02)
    assert whole["detail_1"] == pytest.approx(small["detail_1"], abs=0.5)


def test_black_and_white_pictures_have_finite_measures() -> None:
    black, white = quality(np.zeros((50, 60))), quality(np.full((50, 60), 255.0))
    assert (black["dark"], black["saturated"]) == (1.0, 0.0)
    assert (white["dark"], white["saturated"]) == (0.0, 1.0)
    assert np.isfinite(list({**black, **white}.values())).all()


def test_the_fingerprint_tells_a_change_of_one_grey_step(surface: np.ndarray) -> None:
    changed = surface.copy()
    changed[::3, ::4] += 1
    assert quality(surface)["fingerprint"] == quality(surface)["fingerprint"]
    assert quality(surface)["fingerprint"] != quality(changed)["fingerprint"]


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (3, 2), (7, 900, 3)])
def test_odd_sizes_are_measured_as_far_as_they_go(shape: tuple[int, ...]) -> None:
    found = picture_quality(Image(np.full(shape, 128, np.uint8)))
    assert found["brightness"] == pytest.approx(0.502, abs=0.001)
    assert np.isfinite(list(found.values())).all()


def test_a_sixteen_bit_picture_has_the_brightness_of_its_eight_bits() -> None:
    found = picture_quality(Image(np.full((40, 40), 32896, np.uint16)))
    assert found["brightness"] == pytest.approx(0.502, abs=0.001)


def of(samples: np.ndarray) -> dict[str, float]:
    return signal_quality(Signal(samples, 1000.0))


def test_the_level_follows_the_gain_and_not_the_offset() -> None:
    noise = np.random.default_rng(0).normal(size=20_000)
    assert of(1.1 * noise + 5)["rms"] == pytest.approx(1.1 * of(noise)["rms"])
    assert of(noise)["kurtosis"] == pytest.approx(3, abs=0.2)


def test_a_converter_that_stands_still_is_dead() -> None:
    noise = np.random.default_rng(0).normal(size=1000)
    noise[300:900] = 0.25
    assert of(noise)["dead"] == pytest.approx(0.6)
    assert of(np.zeros(1000))["dead"] == 1.0


def test_coarse_counts_of_a_quiet_machine_are_not_dead() -> None:
    counts = np.round(np.random.default_rng(0).normal(size=20_000))
    assert of(counts)["dead"] == 0.0


def test_missing_samples_are_dead_and_spoil_nothing_else() -> None:
    noise = np.random.default_rng(0).normal(size=1000)
    noise[::10] = np.nan
    found = of(noise)
    assert found["dead"] == pytest.approx(0.1)
    assert found["rms"] == pytest.approx(1, abs=0.1)


def test_cut_samples_are_clipped() -> None:
    tone = np.clip(3 * np.sin(np.arange(5000.0)), -1, 1)
    assert of(tone)["clipped"] > 0.5


def test_nothing_at_all_is_dead() -> None:
    assert of(np.zeros(0))["dead"] == 1.0
    assert of(np.full(9, np.nan))["dead"] == 1.0


def test_a_tilted_scan_with_noise_and_holes_tells_them_apart() -> None:
    chance = np.random.default_rng(0)
    rows, columns = np.indices((200, 300))
    heights = 0.02 * rows - 0.05 * columns + chance.normal(0, 0.003, (200, 300))
    heights[50:150, 100:200] = np.nan
    found = scan_quality(height_map(heights, 0.1))
    assert found["missing"] == pytest.approx(10_000 / 60_000)
    assert found["points"] == 50_000
    assert found["noise_mm"] == pytest.approx(0.003, rel=0.03)
    # Over their plane, so that a tilt is no relief.
    assert found["relief_mm"] == pytest.approx(0.003, rel=0.05)


def test_a_dent_moves_the_relief_of_a_scan_and_not_its_noise() -> None:
    heights = np.random.default_rng(0).normal(0, 0.003, (200, 300))
    sound = scan_quality(height_map(heights, 0.1))
    heights[80:120, 100:160] -= 0.5
    dented = scan_quality(height_map(heights, 0.1))
    assert dented["noise_mm"] == pytest.approx(sound["noise_mm"], rel=0.05)
    assert dented["relief_mm"] > 10 * sound["relief_mm"]
    assert dented["fingerprint"] != sound["fingerprint"]


def test_a_cloud_has_no_raster_to_miss_points_in_and_an_empty_scan_is_all_holes() -> None:
    cloud = Surface(np.random.default_rng(0).normal(size=(500, 3)))
    assert "noise_mm" not in scan_quality(cloud) and scan_quality(cloud)["missing"] == 0.0
    empty = scan_quality(height_map(np.full((9, 9), np.nan), 0.1))
    assert (empty["missing"], empty["points"]) == (1.0, 0.0)
    assert "relief_mm" not in empty
