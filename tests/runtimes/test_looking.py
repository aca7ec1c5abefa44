"""A picture is looked at in tiles and scales, and what is said of it lands where it lies."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.looking import each_features, each_seen
from faultlens.runtimes.surface_scores import Meanings, Scoring
from faultlens.runtimes.viewing import Viewing
from tests.coloured_model import CRACKED, SCRATCHED, SOUND, meanings, picture, write_coloured_model

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


def test_a_spot_is_hot_where_it_lies_and_has_its_name(model: Model, meant: Meanings) -> None:
    image = picture(spots=((CRACKED, 40, 80, 24, 16), (SCRATCHED, 120, 200, 16, 24)))
    found = seen(model, meant, image)
    assert found.anomalous.shape == (20, 30)
    hot = found.anomalous > 0.5
    assert hot.sum() == 3 * 2 + 2 * 3
    assert hot[5:8, 10:12].all()
    assert hot[15:17, 25:28].all()
    assert found.names[0, 6, 10] > 0.8
    assert found.names[1, 15, 26] > 0.8
    assert found.text_log_odds > 0


def test_a_sound_surface_is_cold(model: Model, meant: Meanings) -> None:
    found = seen(model, meant, picture())
    assert found.anomalous.max() < 0.2
    assert found.text_log_odds < -1
    assert found.known == 1.0


@pytest.mark.parametrize("size", [(160, 240), (157, 245), (16, 300)])
def test_tiles_say_the_same_as_the_whole(
    model: Model, meant: Meanings, size: tuple[int, int]
) -> None:
    height, width = size
    image = picture(3, height=height, width=width, spots=((CRACKED, 0, width - 20, 16, 20),))
    whole = seen(model, meant, image)
    tiled = seen(model, meant, image, viewing=Viewing(tile_px=64, overlap_px=16))
    assert tiled.tiles > 3
    assert tiled.anomalous.shape == whole.anomalous.shape
    # Tiles do not start on the whole's patches, so a border of a spot may differ by a patch.
    assert np.mean(abs(tiled.anomalous - whole.anomalous) > 0.3) < 0.05
    assert tiled.anomalous[0, -1] > 0.5
    assert tiled.text_log_odds == pytest.approx(whole.text_log_odds, abs=0.5)


def test_every_point_of_the_grid_is_taken_from_one_tile(model: Model, meant: Meanings) -> None:
    image = Image(np.full((333, 501, 3), SOUND, np.uint8))
    tiled = seen(model, meant, image, viewing=Viewing(tile_px=96, overlap_px=24))
    assert np.isfinite(tiled.anomalous).all()
    # A point that was added up twice, or not at all, would stand out.
    assert np.allclose(tiled.anomalous, tiled.anomalous[0, 0], rtol=1e-3)
    assert np.allclose(tiled.names.sum(axis=0), 1, atol=0.01)


def test_scales_are_averaged(model: Model, meant: Meanings) -> None:
    image = picture(spots=((CRACKED, 40, 80, 48, 32),))
    one, half = (seen(model, meant, image, viewing=Viewing((x,))) for x in (1.0, 0.5))
    both = seen(model, meant, image, viewing=Viewing((0.5, 1.0)))
    assert both.anomalous.shape == one.anomalous.shape == (20, 30)
    assert half.anomalous.shape == (10, 15)
    assert both.whole_log_odds == pytest.approx((one.whole_log_odds + half.whole_log_odds) / 2)
    assert (both.anomalous[5:11, 10:14] > 0.5).all()


def test_what_alpha_leaves_out_is_not_seen(model: Model, meant: Meanings) -> None:
    image = picture(spots=((CRACKED, 0, 0, 160, 80),))
    valid = np.ones((160, 240), bool)
    valid[:, :84] = False
    found = seen(model, meant, Image(image.pixels, valid=valid))
    assert np.isnan(found.anomalous[:, :11]).all()  # the cell at the rim too
    assert found.anomalous[:, 11:].max() < 0.2
    nothing = Image(image.pixels, valid=np.zeros_like(valid))
    with pytest.raises(InputError, match="transparent all over"):
        seen(model, meant, nothing)


def test_distances_are_measured_patch_by_patch(model: Model, meant: Meanings) -> None:
    image = picture(spots=((CRACKED, 40, 80, 24, 16),))
    bank = next(each_features(model, [picture(9)]))

    def far(rows: np.ndarray) -> np.ndarray:
        return 1 - (rows @ bank.T).max(axis=1)

    found = seen(model, meant, image, measures=[far])
    (distance,) = found.distances
    assert distance[5:8, 10:12].min() > 0.3
    distance[5:8, 10:12] = 0
    assert distance.max() < 0.01


def test_features_are_unit_rows_of_every_patch(model: Model) -> None:
    rows = next(each_features(model, [picture()]))
    assert rows.shape == (20 * 30, 6)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    tiled = next(each_features(model, [picture()], viewing=Viewing(tile_px=64, overlap_px=16)))
    # Each tile gives its own patches, which do not lie on those of the whole.
    assert abs(len(tiled) - len(rows)) < 0.1 * len(rows)
    assert (tiled @ rows.T).max(axis=1).min() > 0.99


def test_features_of_what_alpha_leaves_out_are_no_reference(model: Model) -> None:
    valid = np.ones((160, 240), bool)
    valid[:, :84] = False
    image = picture(spots=((CRACKED, 0, 0, 160, 80),))
    rows = next(each_features(model, [Image(image.pixels, valid=valid)]))
    assert len(rows) == 20 * 19
    crack = next(each_features(model, [Image(image.pixels)]))[0]
    assert (rows @ crack).max() < 0.5


def test_pictures_come_out_in_their_order_whatever_their_sizes(
    model: Model, meant: Meanings
) -> None:
    images = [picture(0), picture(1, height=64), picture(2, spots=((CRACKED, 0, 0, 40, 40),))]
    found = list(each_seen(model, iter(images), meant, SCORING))
    assert [x.height_px for x in found] == [160, 64, 160]
    assert [x.text_log_odds > 0 for x in found] == [False, False, True]
    alone = seen(model, meant, images[2])
    assert np.allclose(found[2].anomalous, alone.anomalous, atol=1e-6)


def test_one_pixel_is_too_small_to_judge(model: Model, meant: Meanings) -> None:
    for height, width in ((1, 1), (15, 4000)):
        with pytest.raises(InputError, match=r"pixels: too small to judge.*16 pixels"):
            seen(model, meant, Image(np.zeros((height, width), np.uint8), name="a.png"))


@pytest.mark.parametrize("scales", [(0.0,), (1.0, 40.0), (float("nan"),), (1.0,) * 9])
def test_scales_out_of_range_are_refused(scales: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match=r"give 1 to 5 of them from 0\.1 to 4"):
        Viewing(scales)


def test_a_model_with_one_frame_sees_a_long_picture_in_squares(
    tmp_path: Path, meant: Meanings
) -> None:
    preparation = {"kind": "clip", "size": 64, "resample": "bilinear"}
    square = load_model(write_coloured_model(tmp_path / "m", preparation=preparation).folder)
    long = picture(height=64, width=512, spots=((CRACKED, 16, 300, 32, 40),))
    found = seen(square, meant, long)
    assert found.tiles == 11
    assert found.anomalous.shape == (8, 64)
    hot = np.argwhere(found.anomalous > 0.5)
    assert hot.min(axis=0).tolist() == pytest.approx([2, 37.5], abs=1)
    assert hot.max(axis=0).tolist() == pytest.approx([5, 42], abs=1)
    nearly = seen(square, meant, picture(height=64, width=90))
    assert nearly.tiles == 1
    assert nearly.smooth_px == pytest.approx(4 * 64 / 224)


@pytest.mark.parametrize(
    ("height", "width", "scale"),
    [(320, 500, 0.5), (100, 900, 1.0), (480, 480, 0.333), (481, 999, 1.0)],
)
def test_pictures_are_looked_at_in_the_size_that_the_model_learned_from(
    height: int, width: int, scale: float
) -> None:
    # Never enlarged, and never shrunk so far that what is small would be lost.
    image = Image(np.zeros((height, width), np.uint8))
    assert Viewing().scales_for(image, usual_px=160) == (scale,)
    assert Viewing().scales_for(image, usual_px=None) == (1.0,)
    assert Viewing((0.5, 1.5)).scales_for(image, usual_px=160) == (0.5, 1.5)
