"""A defect painted onto a user's picture stays within its mask and in step with the picture."""

from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.simulator.concepts import CLEAN, CONCEPTS
from faultlens.images.simulator.onto import found_part, lay_of, render_defect_onto

RNG = np.random.default_rng(5)
STRIPES = (
    120 + 15 * RNG.normal(size=(96, 1)) @ np.ones((1, 96)) + 3 * RNG.normal(size=(96, 96))
).astype(np.uint8)


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("planes", [1, 3])
def test_every_defect_changes_the_picture_in_its_mask_and_nowhere_far_from_it(
    concept: str, planes: int
) -> None:
    clean = STRIPES if planes == 1 else np.stack([STRIPES] * 3, axis=2)
    made = render_defect_onto(clean, concept, seed=2)
    step = np.abs(made.pixels.astype(int) - clean.astype(int))
    step = step if planes == 1 else step.max(axis=2)
    assert (made.pixels.shape, made.pixels.dtype) == (clean.shape, clean.dtype)
    assert made.mask.any()
    assert step[made.mask].mean() > 3
    assert made.mask.all() or np.percentile(step[~made.mask], 90) < 15
    assert CONCEPTS[concept].name.en in made.caption.en


def test_no_defect_gives_the_picture_back() -> None:
    made = render_defect_onto(STRIPES, CLEAN, seed=2)
    assert np.array_equal(made.pixels, STRIPES)
    assert not made.mask.any()


def test_the_same_seed_paints_the_same_and_the_picture_given_is_left_alone() -> None:
    clean = STRIPES.copy()
    one, again = (render_defect_onto(clean, "crack", seed=9) for _ in range(2))
    assert np.array_equal(one.pixels, again.pixels)
    assert np.array_equal(clean, STRIPES)


def test_sixteen_bits_stay_sixteen_bits() -> None:
    made = render_defect_onto(STRIPES.astype(np.uint16) * 257, "porosity", seed=1)
    assert made.pixels.dtype == np.uint16
    assert made.pixels[~made.mask].mean() > 20_000


def test_a_mark_is_stronger_where_the_surface_is_rougher() -> None:
    calm = np.full((96, 96), 120, np.uint8)
    rough = np.clip(120 + 30 * RNG.normal(size=(96, 96)), 0, 255).astype(np.uint8)
    depths = []
    for clean in (calm, rough):
        made = [render_defect_onto(clean, "discoloration", seed=seed) for seed in range(12)]
        depths.append(
            np.mean(
                [abs(x.pixels.astype(int) - clean)[x.mask].mean() for x in made if x.mask.any()]
            )
        )
    assert depths[1] > depths[0]


def test_a_defect_lies_on_the_part_that_was_named() -> None:
    on_part = np.zeros((96, 96), bool)
    on_part[:, 48:] = True
    for seed in range(10):
        made = render_defect_onto(STRIPES, "porosity", seed=seed, on_part=on_part)
        columns = np.nonzero(made.mask)[1]
        assert (columns > 40).mean() > 0.6


def test_a_large_picture_gets_its_defect_in_a_window() -> None:
    clean = np.full((900, 1300), 128, np.uint8)
    made = render_defect_onto(clean, "patches", seed=1)
    rows, columns = np.nonzero(made.mask)
    assert np.ptp(rows) < 400 and np.ptp(columns) < 400
    small = render_defect_onto(clean, "patches", seed=1, window_px=64)
    assert np.ptp(np.nonzero(small.mask)[0]) < 64


def test_the_lay_and_a_plain_background_are_found() -> None:
    assert lay_of(STRIPES.astype(np.float32)) % np.pi == pytest.approx(0.0, abs=0.05)
    picture = np.full((64, 64), 0.6, np.float32)
    picture[:, :20] = 0.02
    part = found_part(picture)
    assert part is not None and part[:, 25:].all() and not part[:, :15].any()
    assert found_part(np.full((64, 64), 0.6, np.float32)) is None


@pytest.mark.parametrize(
    ("pixels", "concept", "words"),
    [
        (np.zeros((8, 8), np.uint8), "crack", "too small"),
        (np.zeros((64, 64), np.float32), "crack", "uint8 or uint16"),
        (np.zeros((64, 64, 4), np.uint8), "crack", "uint8 or uint16"),
        (STRIPES, "slime", "Unknown defect 'slime'"),
    ],
)
def test_what_cannot_be_painted_on_is_said(pixels: Any, concept: str, words: str) -> None:
    with pytest.raises((UsageError, UnknownNameError), match=words):
        render_defect_onto(pixels, concept, seed=0)
