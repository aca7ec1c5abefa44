"""Rendered pictures keep what they promise: known masks, known words, the same for one seed."""

import tomllib
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.simulator.captions import LOOKS, PART_WORDS, PROCESS_WORDS, orientation
from faultlens.images.simulator.concepts import ANY_PART, ANY_PROCESS, CLEAN, CONCEPTS
from faultlens.images.simulator.parts import PARTS
from faultlens.images.simulator.processes import PROCESSES
from faultlens.images.simulator.render import RenderedSurface, render_surface
from tests.timing import quickest

WORDINGS = Path(__file__).parents[3] / "recipes" / "text" / "surface.toml"
SLOWEST_MS = 80.0
"""Of processor time for 128 px; it takes a tenth of it where nothing else runs."""


def rendered(concept: str, seed: int = 1, **wanted: Any) -> RenderedSurface:
    return render_surface(seed=seed, concept=concept, alone=True, with_clean=True, **wanted)


def changed(made: RenderedSurface) -> Any:
    assert made.clean is not None
    step = np.abs(made.pixels.astype(int) - made.clean.astype(int))
    return step if step.ndim == 2 else step.max(axis=2)


def test_what_can_be_drawn_are_the_concepts_that_the_text_model_knows() -> None:
    known = tomllib.loads(WORDINGS.read_text(encoding="utf-8"))["concepts"]
    assert {CLEAN, *CONCEPTS} == set(known)


def test_every_process_and_part_is_drawn_and_has_words() -> None:
    assert set(ANY_PROCESS) == set(PROCESSES) == set(PROCESS_WORDS)
    assert set(ANY_PART) == set(PARTS) == set(PART_WORDS)
    drawable = {each for concept in CONCEPTS.values() for each in concept.parts}
    assert drawable == set(PARTS)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_a_defect_shows_on_every_process_and_its_mask_is_where_the_picture_changes(
    concept: str,
) -> None:
    for seed, process in enumerate(PROCESSES):
        made = rendered(concept, seed, process=process, height_px=64, width_px=80)
        step = changed(made)
        assert made.mask.any(), process
        assert step[made.mask].mean() > 2, process
        # Beyond the mask only what the file's compression smears and what nobody sees.
        beyond = ~binary_dilation(made.mask, iterations=9)
        if beyond.any():
            assert np.percentile(step[beyond], 90) < 15, process
        assert set(made.looks) - {"along", "across", "oblique"} <= set(LOOKS)


def test_a_clean_picture_has_no_mask_and_equals_its_own_clean_twin() -> None:
    for seed in range(12):
        made = rendered(CLEAN, seed, height_px=48, width_px=48)
        assert not made.mask.any()
        assert made.concepts == ()
        assert not changed(made).any()


def test_the_same_seed_gives_the_same_picture_and_another_seed_another() -> None:
    for seed in range(6):
        one, again = render_surface(seed=seed), render_surface(seed=seed)
        assert np.array_equal(one.pixels, again.pixels)
        assert np.array_equal(one.mask, again.mask)
        assert one.caption == again.caption
    assert not np.array_equal(rendered("crack", 1).mask, rendered("crack", 2).mask)


def test_scene_and_exposure_do_not_tell_whether_there_is_a_defect() -> None:
    for seed in range(8):
        one = rendered("crack", seed, process="ground", part="sheet", colour=False)
        other = rendered("dent", seed, process="ground", part="sheet", colour=False)
        assert one.settings == other.settings
        assert np.array_equal(one.clean, other.clean)


def test_direction_and_size_in_the_caption_are_those_of_the_mask() -> None:
    told = 0
    for seed in range(40):
        made = rendered("scratch", seed, height_px=64, width_px=64)
        angle, ratio = orientation(made.mask)
        flat = min(angle, np.pi - angle)
        words = made.caption.en.split(" scratch ")[0].split()
        for word, holds in (("horizontal", flat < 0.4), ("vertical", flat > 1.17)):
            assert (word in words) == (ratio > 2.5 and holds)
        assert ("small" in words) == (made.mask.mean() <= 0.01)
        told += "vertical" in words
    assert told > 2


def test_captions_name_defect_process_and_place_in_both_languages() -> None:
    made = rendered("crack", 3, process="ground", part="slot")
    assert "crack" in made.caption.en and "裂纹" in made.caption.zh
    assert "ground metal with a keyway" in made.caption.en and "键槽" in made.caption.zh
    assert made.caption.of("zh") == made.caption.zh


def test_no_concept_given_draws_most_of_them_and_a_share_of_clean_ones() -> None:
    drawn = [render_surface(seed=each, height_px=16, width_px=16).concept for each in range(120)]
    assert len(set(drawn)) > 18
    assert 0.12 < drawn.count(CLEAN) / 120 < 0.4


def test_about_four_pictures_in_ten_have_colours_unless_told() -> None:
    planes = [render_surface(seed=x, height_px=16, width_px=16).pixels.ndim for x in range(100)]
    assert 0.25 < planes.count(3) / 100 < 0.55
    assert render_surface(seed=1, colour=True).pixels.ndim == 3
    assert render_surface(seed=1, colour=False).pixels.ndim == 2


@pytest.mark.parametrize("size", [(16, 16), (16, 300), (333, 41)])
def test_any_size_is_rendered(size: tuple[int, int]) -> None:
    for concept in (CLEAN, *CONCEPTS):
        made = render_surface(seed=4, concept=concept, height_px=size[0], width_px=size[1])
        assert made.pixels.shape[:2] == made.mask.shape == size


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"concept": "cracks"}, "Unknown defect 'cracks'"),
        ({"process": "knitted"}, "Unknown process 'knitted'"),
        ({"part": "moon"}, "Unknown part 'moon'"),
        ({"height_px": 3}, "3 x 128 px"),
        ({"width_px": 100_000}, "128 x 100000 px"),
        ({"seed": -1}, "Seed -1"),
    ],
)
def test_what_cannot_be_rendered_is_said(wanted: dict[str, Any], words: str) -> None:
    with pytest.raises((UnknownNameError, UsageError), match=words):
        render_surface(**{"seed": 0, **wanted})


def test_a_picture_takes_little_time() -> None:
    render_surface(seed=0)

    def render() -> None:
        for seed in range(40):
            render_surface(seed=seed)

    slowest_s = 40 * SLOWEST_MS / 1000
    assert quickest(render, slowest_s, clock=process_time) < slowest_s
