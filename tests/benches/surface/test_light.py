"""The figures on hard light are counted as stated, and a small measurement runs."""

from functools import cache

import numpy as np
import pytest

from benches.surface.light import (
    ALARMS,
    AREA,
    CONTRAST,
    LEFT_OUT,
    NAMED,
    OFF,
    REFUSED,
    TAKEN_FOR_ONE,
    light_section,
    moves_section,
    real_section,
)
from benches.surface.light_real import RealTrial
from benches.surface.light_trials import (
    PLAIN,
    TAKEN,
    WAYS,
    LightTrial,
    MoveTrial,
    contrast_of,
    light_trials,
)
from faultlens.images.image import Image
from faultlens.images.simulator.concepts import CLEAN

NAN = float("nan")


def trial(seed: int, concept: str, way: str, score: float, contrast: float) -> LightTrial:
    refused = way == "minimum" and seed == 1
    return LightTrial(seed, concept, way, score, score > 0.5, "crack", contrast, refused)


@cache
def figures() -> dict[tuple[str, str], float]:
    rows = []
    for way in WAYS:
        worse = 0.4 if way == TAKEN else 0.0
        rows += [
            trial(1, "crack", way, 0.9 - worse, 2.0 - worse),
            trial(2, "dent", way, 0.8 - worse, 4.0),
            trial(3, CLEAN, way, 0.2 + worse, NAN),
            trial(4, CLEAN, way, 0.1, NAN),
        ]
    return {(x.name, x.how): x.value for x in light_section(rows).figures}


def test_each_figure_is_what_it_says() -> None:
    value = figures()
    assert value[AREA, PLAIN] == 1.0
    assert value[AREA, TAKEN] == 0.5
    assert value[ALARMS, TAKEN] == 0.5
    assert value[ALARMS, PLAIN] == 0.0
    assert value[NAMED, PLAIN] == 0.5
    assert value[CONTRAST, TAKEN] == pytest.approx((0.8 + 1.0) / 2)
    assert value[REFUSED, "minimum"] == 0.25


def test_only_views_that_were_used_have_a_distance() -> None:
    rows = [
        MoveTrial(1, True, True, 0.5),
        MoveTrial(2, True, False, 40.0),
        MoveTrial(1, False, True, NAN),
        MoveTrial(2, False, False, NAN),
    ]
    found = {x.name: x.value for x in moves_section(rows).figures}
    assert found[OFF] == 0.5
    assert found[TAKEN_FOR_ONE] == 0.5


def test_contrast_counts_only_what_is_seen() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.normal(120, 5, (60, 60))
    mask = np.zeros((60, 60), bool)
    mask[20:24, 10:50] = True
    pixels[mask] -= 40
    image = Image(pixels.astype(np.uint8))
    assert contrast_of(image, mask) == pytest.approx(8, rel=0.1)
    assert np.isnan(contrast_of(Image(image.pixels, valid=~mask), mask))
    assert np.isnan(contrast_of(image, np.zeros((60, 60), bool)))


def test_a_part_is_looked_at_in_every_way() -> None:
    found = light_trials(1, quiet=True)
    assert [x.way for x in found] == list(WAYS)
    assert {x.concept for x in found} == {"crack"}
    assert all(0 <= x.score <= 1 for x in found)


def test_real_pictures_are_counted_by_set_and_way() -> None:
    rows = [
        RealTrial(subset, f"{index}.png", index % 2 == 1, way, index / 4 * sign, 0.1)
        for subset in ("casting", "tile")
        for way, sign in ((TAKEN, 1.0), ("glare", -1.0))
        for index in range(4)
    ]
    found = {(x.subject, x.how, x.name): x.value for x in real_section(rows).figures}
    assert found["tile", TAKEN, AREA] == 0.75
    assert found["tile", "glare", AREA] == 0.25
    assert found["casting", "glare", LEFT_OUT] == pytest.approx(0.1)
