"""Views of one part under other light become one picture without glare, in the first's frame."""

import numpy as np
import pytest

from faultlens.core.errors import InputError, TooLargeError, UnknownNameError, UsageError
from faultlens.images.image import Image
from faultlens.images.light import views as views_file
from faultlens.images.light.views import FEWEST, fused_views
from faultlens.images.simulator.views import RenderedViews, render_views

WAYS = tuple(FEWEST)


def part(count: int = 3, *, colour: bool = False, moved: bool = True) -> RenderedViews:
    return render_views(
        seed=72,
        concept="crack",
        process="ground",
        count=count,
        height_px=160,
        width_px=200,
        colour=colour,
        moved_px=5.0 if moved else 0.0,
        turned_deg=1.0 if moved else 0.0,
    )


def white_share(pixels: np.ndarray) -> float:
    return float((pixels >= 0.97 * np.iinfo(pixels.dtype).max).mean())


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("colour", [False, True])
def test_the_glare_goes_and_the_crack_stays(how: str, colour: bool) -> None:
    made = part(colour=colour)
    first, *others = (Image(x) for x in made.views)
    fused = fused_views(first, others, how=how)
    assert fused.pixels.shape == first.pixels.shape
    assert white_share(fused.pixels) < white_share(first.pixels) / 10
    grey, plain = fused.grey(), Image(made.plain).grey()
    seen = np.ones(grey.shape, bool) if fused.judged is None else fused.judged
    around = ~made.mask & seen
    crack = float(grey[around].mean() - grey[made.mask].mean())
    truth = float(plain[around].mean() - plain[made.mask].mean())
    assert crack > 0.6 * truth > 0.05
    assert fused.history[0].startswith(f"{how} of 3 views (alignment ")


@pytest.mark.parametrize("how", WAYS)
def test_sixteen_bits_give_sixteen(how: str) -> None:
    made = part(moved=False)
    eight = [Image(x) for x in made.views]
    wide = [Image(x.astype(np.uint16) * 257) for x in made.views]
    small, large = (fused_views(x[0], x[1:], how=how) for x in (eight, wide))
    assert large.pixels.dtype == np.uint16
    assert np.abs(large.pixels / 257 - small.pixels).max() <= 1


def test_a_camera_that_stands_needs_no_surface_to_go_by() -> None:
    first = np.full((80, 90), 120, np.uint8)
    second = first.copy()
    first[10:30, 10:40], second[50:70, 50:80] = 255, 255
    views = Image(first), [Image(second)]
    fused = fused_views(*views, moved=False)
    assert (fused.pixels == 120).all()
    assert "camera fixed" in fused.history[0]
    with pytest.raises(InputError, match=r"quality of the alignment is 0\.0|one brightness"):
        fused_views(*views)


def test_another_exposure_and_fall_off_of_the_lamp_are_evened_out() -> None:
    rng = np.random.default_rng(0)
    surface = rng.normal(0.5, 0.03, (96, 96))
    ramp = np.linspace(0.6, 1.2, 96)[None]
    first = np.rint(surface * 255).astype(np.uint8)
    second = np.rint(np.clip(0.8 * surface * ramp, 0, 1) * 255).astype(np.uint8)
    fused = fused_views(Image(first), [Image(second)], moved=False)
    assert np.abs(fused.pixels.astype(int) - first).max() <= 3


def test_a_view_that_drops_out_leaves_no_step() -> None:
    rng = np.random.default_rng(5)
    views = [rng.normal(120, 12, (120, 120)).clip(0, 254).astype(np.uint8) for _ in range(3)]
    views[1][30:90, 30:90] = 255
    fused = fused_views(Image(views[0]), [Image(x) for x in views[1:]], moved=False)
    inside, outside = fused.pixels[36:84, 36:84].mean(), fused.pixels[:, :24].mean()
    assert abs(float(inside) - float(outside)) < 2


def test_a_shadow_in_one_of_five_views_is_not_believed() -> None:
    rng = np.random.default_rng(1)
    views = [rng.normal(120, 2, (64, 64)).astype(np.uint8) for _ in range(5)]
    views[3][20:40, 20:40] = 20
    for how in WAYS:
        fused = fused_views(Image(views[0]), [Image(x) for x in views[1:]], how=how, moved=False)
        assert fused.pixels[24:36, 24:36].min() > 100


def test_what_is_white_in_every_view_is_a_mark_and_stays() -> None:
    rng = np.random.default_rng(2)
    views = [rng.normal(120, 4, (64, 64)).astype(np.uint8) for _ in range(3)]
    for view in views:
        view[30:40, 10:50] = 255
    fused = fused_views(Image(views[0]), [Image(x) for x in views[1:]], moved=False)
    assert (fused.pixels[31:39, 11:49] == 255).all()
    assert fused.judged is None
    assert any("white mark" in x.en for x in fused.warnings)


def test_what_only_the_first_shows_and_glare_hides_is_filled_and_not_judged() -> None:
    rng = np.random.default_rng(3)
    first = rng.normal(120, 4, (64, 64)).astype(np.uint8)
    first[:12, 20:40] = 255
    valid = np.ones((64, 64), bool)
    valid[:16] = False  # the other view does not reach so far
    other = Image(rng.normal(120, 4, (64, 64)).astype(np.uint8), valid=valid)
    fused = fused_views(Image(first), [other], moved=False)
    assert not fused.judged[:12, 20:40].any()
    assert fused.judged[20:].all()
    assert fused.pixels[:10, 22:38].max() < 160
    assert any("filled in" in x.en for x in fused.warnings)


def test_a_view_of_another_part_is_refused_with_its_quality() -> None:
    made = part(2)
    stranger = render_views(seed=99, process="ground", height_px=160, width_px=200).views[0]
    with pytest.raises(InputError, match=r"View 2 \(b\.png\).*quality of the alignment is 0\.\d\d"):
        fused_views(Image(made.views[0]), [Image(stranger, name="b.png")])


def test_views_of_another_size_are_taken() -> None:
    made = part(2)
    cut = Image(made.views[1][3:-9, 6:-2])
    fused = fused_views(Image(made.views[0]), [cut])
    assert fused.pixels.shape == (160, 200)
    assert white_share(fused.pixels) < white_share(made.views[0])
    with pytest.raises(InputError, match="of a camera that stands they are alike"):
        fused_views(Image(made.views[0]), [cut], moved=False)


def test_the_same_picture_twice_and_mixed_colours_are_told() -> None:
    made = part(2, moved=False)
    first = Image(made.views[0])
    same = fused_views(first, [first], moved=False)
    assert "adds nothing" in same.warnings[0].en
    colour = Image(np.repeat(made.views[1][..., None], 3, axis=2))
    mixed = fused_views(first, [colour], moved=False)
    assert not mixed.is_colour
    assert "fused in grey" in mixed.warnings[0].en


def test_too_few_too_many_and_unknown_ways_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image(np.zeros((32, 32), np.uint8))
    with pytest.raises(UnknownNameError, match="Known: median, minimum, photometric"):
        fused_views(image, [image], how="mean")
    with pytest.raises(UsageError, match="Take 'minimum' for two"):
        fused_views(image, [image], how="median")
    with pytest.raises(UsageError, match="1 view given"):
        fused_views(image, [])
    with pytest.raises(UsageError, match="17 views given"):
        fused_views(image, [image] * 16)
    monkeypatch.setattr(views_file, "LARGEST_PIXELS", 1000)
    with pytest.raises(TooLargeError, match="give fewer"):
        fused_views(image, [image])
