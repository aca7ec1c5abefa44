"""The overlay: heat only where there is some, lines around regions, a frame where it matters."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faultlens.reports.inspection_heat import cover_table, heat_picture, heat_table, write_heat
from faultlens.reports.inspection_letters import (
    MISSING,
    draw_letters,
    letters_that_fit,
    letters_width,
)
from faultlens.reports.inspection_outlines import outlines, shrunk_mask
from faultlens.reports.inspection_overlay import FRAMES, TOLD, overlay_pixels
from faultlens.reports.inspection_tags import tag_spots
from faultlens.reports.inspection_view import PictureFinding
from tests.inspected_pictures import bar, inspected, spotted
from tests.timing import quickest


def grey(view: object) -> np.ndarray:
    """The picture of a view as red, green and blue."""
    pixels = view.pixels  # type: ignore[attr-defined]
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def test_a_clean_picture_stays_as_it_is() -> None:
    view = inspected("no_defect")
    assert np.array_equal(overlay_pixels(view), grey(view))


def test_heat_colours_where_it_is_and_nothing_else() -> None:
    view = inspected("no_defect", size=(90, 90))
    heat = np.zeros((90, 90), np.float32)
    heat[40:50, 40:50] = 1.0
    drawn = overlay_pixels(replace(view, heat=heat))
    changed = (drawn != grey(view)).any(axis=2)
    assert changed[42:48, 42:48].all()
    assert not changed[:30].any() and not changed[60:].any()
    # Yellow over grey: much red and green, less blue.
    red, green, blue = drawn[45, 45].astype(int)
    assert min(red, green) > blue + 60


def test_a_region_is_outlined_and_its_inside_is_left_alone() -> None:
    box = (60, 60, 80, 50)
    view = inspected(size=(300, 200), boxes=(box,), alarm=False, heat=None)
    drawn, plain = overlay_pixels(view), grey(view)
    mask = bar(300, 200, box)
    assert np.array_equal(drawn[mask], plain[mask])
    assert (drawn[59, 60:140] == TOLD).all()
    assert (drawn[60:110, 140] == TOLD).all()


def test_a_box_is_drawn_where_there_is_no_mask() -> None:
    view = inspected(size=(300, 200), boxes=((60, 60, 80, 50),), alarm=False, heat=None)
    bare = replace(view, findings=tuple(replace(x, mask=None) for x in view.findings))
    drawn = overlay_pixels(bare)
    assert (drawn == TOLD).all(axis=2).sum() >= 2 * (80 + 50)


def test_regions_of_other_findings_are_drawn_in_another_colour() -> None:
    view = inspected(size=(300, 200), boxes=((60, 60, 80, 50),), alarm=False, heat=None)
    drawn = overlay_pixels(replace(view, verdict="no defect", kind="no_defect"))
    assert not (drawn == TOLD).all(axis=2).any()
    assert (drawn[59, 60:140] == 255).all()


@pytest.mark.parametrize("size", [(300, 200), (60, 50), (900, 130)])
def test_an_alarm_has_a_whole_frame_and_unknown_a_broken_one(size: tuple[int, int]) -> None:
    alarm = overlay_pixels(inspected(size=size, boxes=((20, 20, 9, 9),)))
    assert (alarm[0] == FRAMES["alarm"]).all() and (alarm[:, -1] == FRAMES["alarm"]).all()
    unknown = overlay_pixels(inspected("unknown", size=size, boxes=((20, 20, 9, 9),)))
    lit = (unknown[-1] == FRAMES["unknown"]).all(axis=1)
    if min(size) >= 120:
        assert 0.3 < lit.mean() < 0.7


def test_grey_colour_shrunk_and_full_pixels_keep_their_sizes() -> None:
    view = inspected(colour=True)
    assert overlay_pixels(view).shape == (150, 200, 3)
    small = replace(view, pixels=np.ascontiguousarray(view.pixels[::2, ::2]))
    assert overlay_pixels(small).shape == (75, 100, 3)
    # The very pixels of the picture, where the view holds fewer.
    assert overlay_pixels(small, view.pixels).shape == (150, 200, 3)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (50, 50)])
def test_the_smallest_pictures_are_drawn_too(size: tuple[int, int]) -> None:
    for kind in ("defect", "unknown", "no_defect"):
        drawn = overlay_pixels(inspected(kind, size=size, boxes=((0, 0, 1, 1),)))
        assert drawn.shape == (size[1], size[0], 3)


def test_heat_that_is_no_number_counts_as_none() -> None:
    view = inspected("no_defect")
    heat = np.full((10, 10), np.nan, np.float32)
    assert np.array_equal(overlay_pixels(replace(view, heat=heat)), grey(view))


def test_a_long_picture_is_drawn_in_a_moment() -> None:
    boxes = tuple((x * 700 + 50, 300 + 90 * x, 300, 6) for x in range(10))
    small = inspected(size=(1000, 250), boxes=((10, 10, 50, 20),))
    mask = np.zeros((2000, 8000), dtype=bool)
    for x, y, wide, high in boxes:
        mask[y : y + high, x : x + wide] = True
    scratch = PictureFinding("scratch", 0.9, "defect", tuple(map(spotted, boxes)), mask)
    view = replace(
        small,
        pixels=np.full((2000, 8000), 90, np.uint8),
        width_px=8000,
        height_px=2000,
        findings=(scratch,),
    )
    assert overlay_pixels(view).shape == (2000, 8000, 3)
    assert quickest(lambda: overlay_pixels(view), 3.0, clock=time.process_time) < 3.0


def test_the_colours_are_those_of_plasma_and_rise_evenly_in_lightness() -> None:
    from matplotlib import colormaps

    true = 255 * colormaps["plasma"](np.linspace(0, 1, 256))[:, :3]
    assert np.abs(heat_table() - true).max() < 6
    light = heat_table() @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(light) > -0.5).all()


def test_cover_is_clear_below_half_of_the_level_and_full_from_it_on() -> None:
    cover = cover_table(0.8).astype(int)
    assert (cover[:102] == 0).all() and (np.diff(cover) >= 0).all()
    assert len(set(cover[205:])) == 1 and cover[-1] < 255
    assert heat_picture(np.zeros((4, 4)), 0.0, (8, 8)).getextrema()[3] == (0, 0)


def test_a_written_heat_looks_as_a_drawn_one(tmp_path: Path) -> None:
    heat = np.random.default_rng(0).uniform(0, 1, (20, 30))
    write_heat(tmp_path / "heat.png", heat, 0.5, (30, 20))
    with Image.open(tmp_path / "heat.png") as picture:
        assert picture.mode == "P"
        written = np.asarray(picture.convert("RGBA"))
    drawn = np.asarray(heat_picture(heat, 0.5, (30, 20)))
    assert np.array_equal(written[..., 3], drawn[..., 3])
    assert np.array_equal(written[drawn[..., 3] > 0], drawn[drawn[..., 3] > 0])


def test_outlines_enclose_what_the_mask_holds() -> None:
    mask = bar(120, 80, (30, 20, 40, 25)) & ~bar(120, 80, (45, 28, 8, 8))
    outer, hole = outlines(mask, 120, 80)
    area = [abs(np.sum(x[:-1, 0] * x[1:, 1] - x[1:, 0] * x[:-1, 1]) / 2) for x in (outer, hole)]
    # Corners are cut by half a point each.
    assert area == pytest.approx([1000, 64], abs=8)
    assert (outer[0] == outer[-1]).all() and len(outer) <= 9


def test_an_outline_at_the_border_stays_in_the_picture() -> None:
    (whole,) = outlines(np.ones((10, 20), bool), 200, 100)
    assert whole.min(axis=0).tolist() == [0, 0] and whole.max(axis=0).tolist() == [200, 100]


def test_a_hairline_survives_shrinking() -> None:
    mask = np.zeros((2000, 8000), bool)
    mask[1000, 100:7000] = True
    assert shrunk_mask(mask, 1600).sum() > 1300
    (line,) = outlines(mask, 8000, 2000)
    assert np.ptp(line[:, 0]) == pytest.approx(6900, abs=20)


def test_numbers_lie_inside_and_none_over_another() -> None:
    chance = np.random.default_rng(3)
    corners = chance.uniform(0, 90, (12, 2))
    boxes = [(x, y, x + 8, y + 8) for x, y in corners]
    spots = np.array(tag_spots(boxes, [(6.0, 5.0)] * 12, (100, 100), 1))
    assert (spots >= 0).all() and (spots <= [94, 95]).all()
    crowded = 0
    for index, one in enumerate(spots):
        for other in spots[index + 1 :]:
            apart = np.abs(one - other)
            crowded += bool(apart[0] < 6 and apart[1] < 5)
    assert crowded == 0


def test_letters_of_both_scripts_fit_or_end_in_an_ellipsis() -> None:
    assert letters_that_fit("划痕 scratch", 20, 500) == "划痕 scratch"
    cut = letters_that_fit("a scratch that goes on and on", 20, 120)
    assert cut.endswith("…") and letters_width(cut, 20) <= 120
    assert letters_that_fit("scratch", 20, 3) == ""
    drawn = [Image.new("RGB", (40, 40)) for _ in range(2)]
    draw_letters(drawn[0], (5, 20), "\U0001fae0", 20, (255, 255, 255))
    draw_letters(drawn[1], (5, 20), MISSING, 20, (255, 255, 255))
    assert drawn[0].tobytes() == drawn[1].tobytes() and drawn[0].getbbox() is not None
