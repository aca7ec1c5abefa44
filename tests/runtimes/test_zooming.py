"""The hottest places are looked at again, enlarged, and what is said lands where they lie."""

from typing import Any

import numpy as np
import pytest

from faultlens.images.image import Image
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.looking import each_seen
from faultlens.runtimes.surface_scores import Meanings, Scoring
from faultlens.runtimes.viewing import Viewing
from faultlens.runtimes.zooming import ZOOMED_PX, hottest_tiles
from tests.coloured_model import CRACKED, SCRATCHED, meanings, picture, write_coloured_model

SCORING = Scoring(temperature=0.1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The model that reads colours."""
    return load_model(write_coloured_model(tmp_path_factory.mktemp("models") / "colours").folder)


@pytest.fixture(scope="module")
def meant() -> Meanings:
    """No defect; crack and scratch."""
    crack, sound, scratch = meanings()
    return Meanings(normal=sound[None], defects=np.stack([crack, scratch]))


def seen(model: Model, meant: Meanings, image: Image, **options: Any) -> Any:
    return next(each_seen(model, [image], meant, SCORING, **options))


def test_a_defect_smaller_than_a_patch_is_sure_once_enlarged(model: Model, meant: Meanings) -> None:
    # 8 x 8 pixels where four patches meet: each of them shows a quarter of it.
    image = picture(height=400, width=640, spots=((CRACKED, 196, 396, 8, 8),))
    once = seen(model, meant, image)
    again = seen(model, meant, image, viewing=Viewing(zoom=2))
    assert again.zoomed == 2
    assert again.anomalous.shape == once.anomalous.shape
    at = (slice(23, 27), slice(48, 52))
    assert again.anomalous[at].max() > 2 * once.anomalous[at].max()
    assert again.whole_log_odds > once.whole_log_odds
    # Elsewhere nothing changed.
    far = np.ones(once.anomalous.shape, bool)
    for tile in hottest_tiles(image, once.anomalous, 2, scale=2.0):
        low, side = int(tile.top / 16), int(tile.left / 16)
        far[low : low + 22, side : side + 22] = False
    assert np.array_equal(again.anomalous[far], once.anomalous[far])


def test_squares_lie_on_the_picture_around_the_hottest_places() -> None:
    heat = np.full((50, 80), 0.1, np.float32)
    heat[0, 0], heat[30, 40], heat[31, 41] = 0.9, 0.8, 0.7
    image = Image(np.zeros((400, 640), np.uint8))
    tiles = hottest_tiles(image, heat, 3, scale=2.0)
    tops = [(x.top / 2, x.left / 2) for x in tiles]
    assert tops[:2] == [(0, 0), (30.5 * 8 - ZOOMED_PX / 2, 40.5 * 8 - ZOOMED_PX / 2)]
    # The third was seen with the second.
    assert abs(tops[2][0] - tops[1][0]) + abs(tops[2][1] - tops[1][1]) >= ZOOMED_PX / 4
    assert all(x.height == x.width == 2 * ZOOMED_PX for x in tiles)


def test_nowhere_is_looked_where_nothing_is(model: Model, meant: Meanings) -> None:
    valid = np.ones((400, 640), bool)
    valid[:, 300:] = False
    image = Image(picture(height=400, width=640).pixels, valid=valid)
    again = seen(model, meant, image, viewing=Viewing(zoom=50))
    assert again.zoomed < 50
    assert np.isnan(again.anomalous[:, 40:]).all()
    assert again.anomalous[:, :36].max() < 0.2


@pytest.mark.parametrize("size", [(16, 16), (40, 700), (161, 159)])
def test_small_and_long_pictures_are_zoomed_too(
    model: Model, meant: Meanings, size: tuple[int, int]
) -> None:
    height, width = size
    image = picture(height=height, width=width, spots=((SCRATCHED, 0, 0, 16, 16),))
    again = seen(model, meant, image, viewing=Viewing(zoom=3))
    assert again.zoomed >= 1
    assert np.isfinite(again.anomalous).all()
    assert again.anomalous[0, 0] > 0.5
