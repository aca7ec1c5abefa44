"""Infrared is laid on the picture; its hot spots lie where they are; another scene is refused."""

import numpy as np
import pytest

from faultlens.core.errors import InputError
from faultlens.images.image import Image
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.infrared.fusion import Fusion
from faultlens.inference.infrared.paired import infrared_alone, paired
from faultlens.inference.inspect import inspect
from tests.inference.infrared.scenes import SHIFT, infrared, visible


def test_a_hot_spot_lies_on_the_picture_where_it_is() -> None:
    pair = paired(visible(1), infrared(1, (60, 100, 50.0), times=1.25))
    (spot,) = pair.hot_spots
    assert spot.at == pytest.approx((60, 100), abs=2)
    left, top, width, height = spot.box
    assert (left + width / 2, top + height / 2) == pytest.approx((100.5, 60.5), abs=2.5)
    assert spot.spot.celsius == pytest.approx(75, abs=8)
    assert pair.quality > 0.5
    assert pair.beside is None
    assert "infrared laid on it, quality" in pair.looked.history[-1]
    assert (pair.looked.pixels == visible(1).pixels).all()


def test_a_hot_spot_beside_the_picture_is_told_without_a_place_on_it() -> None:
    pair = paired(visible(1), infrared(1, (-6, 40, 60.0)))
    (spot,) = pair.hot_spots
    assert spot.at is None
    assert spot.to_dict()["box"] is None
    assert spot.to_dict()["infrared"]["y"] == pytest.approx(SHIFT[0] - 6, abs=2)


def test_each_level_gets_what_it_needs() -> None:
    image, warm = visible(2), infrared(2)
    mixed = paired(image, warm, fusion=Fusion("input", 0.5))
    assert mixed.beside is None
    assert np.abs(mixed.looked.pixels.astype(int) - image.pixels).max() > 30
    beside = paired(image, warm, fusion=Fusion("feature")).beside
    assert beside is not None
    assert (beside.height, beside.width) == (image.height, image.width)
    # Dark is warm there: what the model sees of the infrared is about the picture's negative.
    inside = np.s_[10:-10, 10:-10]
    likeness = np.corrcoef(beside.grey()[inside].ravel(), image.grey()[inside].ravel())[0, 1]
    assert likeness < -0.9


def test_infrared_of_another_scene_is_refused_with_its_quality() -> None:
    with pytest.raises(InputError, match=r"warmth 4 could not be laid.*quality.*0\.\d\d"):
        paired(visible(3), infrared(4))


def test_a_picture_without_anything_on_it_cannot_be_laid_on() -> None:
    flat = Thermal(np.full((100, 120), 20.0, np.float32))
    with pytest.raises(InputError, match="one brightness"):
        paired(visible(3), flat)


def test_alone_the_infrared_is_the_picture_and_says_so() -> None:
    alone = infrared_alone(infrared(1, (60, 100, 50.0)))
    (spot,) = alone.hot_spots
    assert spot.at == pytest.approx((60 + SHIFT[0], 100 + SHIFT[1]), abs=1)
    assert "no visible picture" in str(alone.notices[0])
    assert "repaired at once" in str(alone.notices[1])
    assert alone.looked.pixels.dtype == np.uint16


@pytest.mark.parametrize("fusion", [None, "input:0.3", "feature", "decision:0.4"])
def test_an_inspection_carries_hot_spots_at_every_level(fusion: str | None) -> None:
    result = inspect(visible(1), infrared=infrared(1, (60, 100, 50.0)), fusion=fusion)
    told = result.to_dict()
    assert told["hot_spots"][0]["celsius"] == pytest.approx(75, abs=8)
    assert told["hot_spots"][0]["box"]["x"] == pytest.approx(97, abs=4)
    assert told["fusion"] == (None if fusion is None else result.infrared.fusion.to_dict())
    assert "Infrared: hottest spot" in result.sentence
    assert any("without infrared" in x for x in result.warnings) == (fusion is not None)


def test_an_inspection_works_when_either_is_missing() -> None:
    both = inspect(visible(1), infrared=infrared(1, (60, 100, 50.0)))
    light = inspect(visible(1))
    warm = inspect(None, infrared=infrared(1, (60, 100, 50.0)))
    assert light.to_dict()["hot_spots"] == []
    # Without a fusion the infrared changes nothing of the verdict.
    assert light.alarm_score == pytest.approx(both.alarm_score, abs=1e-9)
    assert warm.hot_spots[0].score == pytest.approx(both.hot_spots[0].score, abs=1e-9)
    assert any("no visible picture" in x for x in warm.warnings)


def test_what_was_not_measured_and_what_is_cut_out_do_not_mislead() -> None:
    warm = infrared(1, (60, 100, 50.0))
    values = warm.values.copy()
    values[:30] = np.nan
    image = visible(1)
    valid = np.ones(image.pixels.shape, bool)
    valid[:, 140:] = False
    cut = Image(image.pixels, valid=valid)
    pair = paired(cut, Thermal(values), fusion=Fusion("feature"))
    assert pair.hot_spots[0].at == pytest.approx((60, 100), abs=2)
    assert pair.beside is not None and pair.beside.valid is not None
    assert not pair.beside.valid[:15].any()
    assert pair.beside.valid[30:120].mean() > 0.9
