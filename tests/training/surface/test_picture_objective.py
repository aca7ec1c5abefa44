"""A batch costs by what is known of it: unknown pixels and pictures move nothing."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.surface_points import SurfacePoints
from faultlens.training.objectives import LossSettings
from faultlens.training.surface.own_windows import Windows
from faultlens.training.surface.picture_objective import picture_objective
from faultlens.training.surface.pool import Chunk

POINTS = torch.eye(3, 256)
SETTINGS = LossSettings("prototypes", to_text=1.0, to_sensor=0.0)


def windows(concept: int, *, marked: bool, rest_is_sound: bool, masked: bool = True) -> Windows:
    """Four like windows with a square in the middle."""
    draw = np.random.default_rng(0)
    pixels = draw.integers(60, 90, (4, 96, 96, 3)).astype(np.uint8)
    mask = np.zeros((4, 96, 96), bool)
    mask[:, 40:64, 40:64] = masked
    pixels[mask] = 250
    chunk = Chunk(
        pixels, np.ones(4, bool), mask, np.full(4, concept), np.full((4, 16, 2), 52, np.int16)
    )
    return Windows(chunk, np.full(4, marked), np.full(4, rest_is_sound), tuple("abcd"))


def costs(given: Windows, dense: float, *, seed: int = 0) -> tuple[Tensor, SurfacePoints]:
    torch.manual_seed(1)
    inside = SurfacePoints().eval()
    cost = picture_objective(
        ContrastiveModel(inside), inside.surface, given, lambda: (POINTS, POINTS), SETTINGS,
        dense=dense, crop_px=96,
    )  # fmt: skip
    torch.manual_seed(seed)
    which = torch.arange(4.0)[:, None]
    return cost(which, torch.from_numpy(given.chunk.concept)), inside


@pytest.mark.parametrize(
    ("marked", "rest_is_sound", "adds"),
    [(True, True, True), (True, False, True), (False, True, True), (False, False, False)],
)
def test_patches_count_as_far_as_they_are_known(
    marked: bool, rest_is_sound: bool, adds: bool
) -> None:
    given = windows(1, marked=marked, rest_is_sound=rest_is_sound)
    whole, _ = costs(given, 0.0)
    both, _ = costs(given, 1.0)
    assert (float(both.detach() - whole.detach()) > 0.1) is adds


def test_what_is_not_known_to_be_sound_is_never_taken_for_it() -> None:
    given = windows(2, marked=True, rest_is_sound=False, masked=False)
    total, inside = costs(given, 1.0)
    torch.autograd.backward(total)
    assert float(total.detach()) == 0.0, "crops that miss the defect say nothing"
    assert all(x.grad is None or not x.grad.any() for x in inside.parameters())
    known = windows(2, marked=True, rest_is_sound=True, masked=False)
    assert float(costs(known, 1.0)[0].detach()) > 0.1


def test_the_same_random_numbers_cut_the_same_crops() -> None:
    given = windows(1, marked=True, rest_is_sound=True)
    cost: Callable[[int], float] = lambda seed: float(costs(given, 1.0, seed=seed)[0].detach())  # noqa: E731
    assert cost(5) == cost(5) != cost(6)
