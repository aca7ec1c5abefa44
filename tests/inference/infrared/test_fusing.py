"""Rows and odds of both pictures are mixed by weight; where one is missing, the other stands."""

import numpy as np
import pytest

from faultlens.core.errors import InputError, UnknownNameError, UsageError
from faultlens.images.image import Image
from faultlens.images.thermal.blend import blended
from faultlens.inference.infrared.decision import decided
from faultlens.inference.infrared.feature import mixed, with_beside
from faultlens.inference.infrared.fusion import Fusion, fusion_of
from faultlens.runtimes.image_model import encode_images
from faultlens.runtimes.looking import Seen
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.runtimes.picture_tiles import at_scale, scaled_tiles, tile_picture
from faultlens.runtimes.surface_scores import log_odds


def seen(heat: np.ndarray, name: float = 0.5) -> Seen:
    grid = heat.astype(np.float32)
    names = np.stack([np.full_like(grid, name), np.full_like(grid, 1 - name)])
    worst = float(log_odds(float(np.nanmax(grid))))
    whole = np.array([name, 1 - name], np.float32)
    return Seen(64, 64, grid, names, (), worst, whole, 0.8, 4.0, 1)


@pytest.mark.parametrize(
    ("words", "fusion"),
    [("feature", Fusion("feature", 0.5)), (" decision:0.3", Fusion("decision", 0.3)),
     ("input:1", Fusion("input", 1.0))],
)  # fmt: skip
def test_a_fusion_is_read_from_a_command_line(words: str, fusion: Fusion) -> None:
    assert fusion_of(words) == fusion


def test_fusions_that_cannot_be_are_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"'late'.*decision, feature, input"):
        fusion_of("late:0.5")
    with pytest.raises(UsageError, match="from 0 to 1"):
        fusion_of("input:1.5")
    with pytest.raises(UsageError, match="is no number"):
        fusion_of("input:much")


def test_the_input_takes_its_share_where_the_infrared_reaches_and_16_bits_stay() -> None:
    colour = Image(np.dstack([np.full((2, 2), x, np.uint16) for x in (10_000, 20_000, 30_000)]))
    warm = np.array([[1.0, 0.0], [np.nan, 0.5]], np.float32)
    out = blended(colour, warm, 0.25)
    assert out.pixels.dtype == np.uint16
    assert out.pixels[0, 0].tolist() == [23884, 31384, 38884]
    assert out.pixels[1, 0].tolist() == [10_000, 20_000, 30_000]
    assert out.pixels[0, 1].tolist() == [7500, 15_000, 22_500]
    assert out.history == ("infrared mixed in, weight 0.25",)
    with pytest.raises(InputError, match="register and warp it"):
        blended(colour, warm[:1], 0.5)
    with pytest.raises(UsageError, match="from 0 to 1"):
        blended(colour, warm, 2.0)


def test_mixed_rows_keep_their_length_and_turn_by_weight() -> None:
    one, other = np.array([3.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    assert mixed(one, other, 0.0).tolist() == [3.0, 0.0]
    assert mixed(one, other, 1.0).tolist() == [0.0, 1.0]
    assert np.linalg.norm(mixed(one, other, 0.5)) == pytest.approx(2.0)


def test_rows_are_the_mean_of_both_pictures_where_the_infrared_reaches() -> None:
    model = load_image_model(SURFACE_MODEL)
    rng = np.random.default_rng(0)
    visible, infrared = (Image(rng.integers(0, 255, (64, 96), dtype=np.uint8)) for _ in "ab")
    valid = np.ones((64, 96), bool)
    valid[:, 48:] = False
    half = Image(infrared.pixels, valid=valid)
    (tile,) = scaled_tiles(visible, 1.0, side=640, overlap=128)
    shown = tile_picture(visible, tile)
    (said,) = list_of(encode_images(model, [shown]))
    (warm,) = list_of(encode_images(model, [tile_picture(infrared, tile)]))
    both = with_beside(model, lambda _: infrared, 0.5)(visible, tile, shown, said)
    assert both.image == pytest.approx(unit(said.image + warm.image), abs=1e-5)
    assert both.features is said.features
    part = with_beside(model, lambda _: half, 0.5)(visible, tile, shown, said)
    columns = part.patches.shape[2]
    assert part.patches[..., columns // 2 + 1 :] == pytest.approx(
        said.patches[..., columns // 2 + 1 :], abs=1e-6
    )
    assert np.abs(part.patches - said.patches)[..., : columns // 2 - 1].max() > 0.01
    # Half of the tile is covered: half of the weight.
    (warm,) = list_of(encode_images(model, [tile_picture(at_scale(half, 1.0), tile)]))
    assert part.image == pytest.approx(unit(0.75 * said.image + 0.25 * warm.image), abs=1e-5)
    none = with_beside(model, lambda _: None, 0.5)
    assert none(visible, tile, shown, said) is said


def test_odds_are_averaged_by_weight_and_never_claim_more_than_the_surer() -> None:
    visible, infrared = seen(np.full((4, 4), 0.2), 0.9), seen(np.full((4, 4), 0.95), 0.1)
    for weight in (0.0, 0.3, 1.0):
        both = decided(visible, infrared, weight)
        expected = (1 - weight) * log_odds(0.2) + weight * log_odds(0.95)
        assert log_odds(both.anomalous) == pytest.approx(expected, abs=1e-4)
        assert both.whole_log_odds == pytest.approx(expected, abs=1e-4)
        assert both.whole_names[0] == pytest.approx(0.9 - 0.8 * weight, abs=1e-6)
        assert 0.2 <= float(both.anomalous.max()) <= 0.9501


def test_where_the_infrared_does_not_reach_the_picture_decides_alone() -> None:
    heat = np.full((2, 4), 0.9)
    heat[:, 2:] = np.nan
    both = decided(seen(np.full((2, 4), 0.2)), seen(heat), 0.5)
    assert both.anomalous[:, 2:] == pytest.approx(0.2, abs=1e-5)
    assert both.anomalous[:, :2].min() > 0.5
    quarter = 0.75 * log_odds(0.2) + 0.25 * log_odds(0.9)
    assert both.whole_log_odds == pytest.approx(quarter, abs=1e-4)


def test_maps_of_other_sizes_are_refused() -> None:
    with pytest.raises(UsageError, match="same scales"):
        decided(seen(np.zeros((2, 2))), seen(np.zeros((3, 2))), 0.5)


def list_of(encoded):  # type: ignore[no-untyped-def]
    from faultlens.runtimes.image_model import EncodedImage

    return [
        EncodedImage(*x) for x in zip(encoded.image, encoded.patches, encoded.features, strict=True)
    ]


def unit(row: np.ndarray) -> np.ndarray:
    return np.asarray(row / np.linalg.norm(row))
