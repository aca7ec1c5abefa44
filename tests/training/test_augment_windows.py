"""Windows as other machines might have given them: changed as told, and told apart all the same."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.inputs.modulation_array import BANDS, CONTRASTS
from faultlens.inputs.window_preparation import KINDS, WindowPreparation
from faultlens.training.augment_windows import (
    COPIES,
    as_elsewhere,
    augmentation,
    modulations,
    spectra,
    waveforms,
)
from faultlens.training.loop import Examples

SHAPES = {"waveform": (1, 256), "spectrum": (1, 128), "modulation": (CONTRASTS + BANDS,)}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_moved_keeps_its_shape_and_stays_where_strength_is_0(kind: str) -> None:
    preparation = WindowPreparation(kind, 256, 5120.0)
    moved = augmentation(preparation, 1.0)
    assert moved is not None and augmentation(preparation, 0.0) is None
    torch.manual_seed(0)
    x = torch.rand(5, *SHAPES[kind]) + 0.5
    first, second = moved(x), moved(x)
    assert first.shape == x.shape and torch.isfinite(first).all()
    assert not torch.equal(first, second), "another draw each time"
    torch.manual_seed(7)
    one = moved(x)
    torch.manual_seed(7)
    assert torch.equal(moved(x), one)


def test_a_waveform_is_turned_and_begins_elsewhere_and_hardly_more_at_little_strength() -> None:
    torch.manual_seed(0)
    x = torch.randn(20, 1, 64)
    moved = waveforms(x, 1e-6)
    for before, after in zip(x[:, 0], moved[:, 0], strict=True):
        every = torch.stack([s * before.roll(i) for i in range(64) for s in (1, -1)])
        assert (every - after).abs().amax(dim=1).min() < 1e-4
    noisy = waveforms(torch.zeros(50, 1, 400), 1.0).std(dim=2)
    assert noisy.min() > 0 and noisy.max() < 0.25


def test_a_spectrum_gets_a_curve_that_grows_with_strength_and_no_gain() -> None:
    torch.manual_seed(0)
    spread = [spectra(torch.zeros(200, 1, 128), x).std().item() for x in (0.1, 1.0)]
    assert spread[1] == pytest.approx(10 * spread[0], rel=0.2) and spread[1] > 0.5
    assert spectra(torch.randn(5, 1, 128), 1.0).mean(dim=2).abs().max() < 1e-5


def test_noise_of_any_level_hides_bands_and_lines_grow_weaker() -> None:
    torch.manual_seed(0)
    x = torch.cat([torch.full((400, CONTRASTS), 2.0), torch.ones(400, BANDS)], dim=1)
    moved = modulations(x, 1.0)
    assert 1.4 < moved[:, :CONTRASTS].mean() < 1.8
    assert moved[:, CONTRASTS:].min() > 0


def test_held_out_windows_are_moved_the_same_way_every_time_and_disturb_no_random_number() -> None:
    held = Examples(
        np.random.default_rng(0).normal(size=(6, 1, 128)).astype(np.float32), np.arange(6)
    )
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    augment = augmentation(WindowPreparation("spectrum", 256, 5120.0), 1.0)
    one, two = as_elsewhere(held, augment), as_elsewhere(held, augment)
    assert torch.equal(torch.rand(2), expected)
    assert np.array_equal(one.arrays, two.arrays)
    assert one.target.tolist() == [*range(6)] * COPIES
    assert as_elsewhere(held, None) is held
