"""A region of interest cuts the picture where it was stated; what cannot be is refused."""

import numpy as np
import pytest

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.images.roi import Outline, box_outline, cut_to, outline_in, outline_of

NUMBERED = np.arange(90 * 120, dtype=np.uint16).reshape(90, 120)


def test_a_box_keeps_the_pixels_inside_and_nothing_else() -> None:
    cut = cut_to(Image(NUMBERED), box_outline(20, 30, 50, 40))
    assert np.array_equal(cut.image.pixels, NUMBERED[30:70, 20:70])
    assert (cut.top_px, cut.left_px, cut.image.valid) == (30, 20, None)
    assert cut.image.history == ("looked at in the region 20,30,50,40 (x,y,w,h)",)


def test_of_a_polygon_what_lies_outside_is_not_valid() -> None:
    triangle = outline_of([(20, 30), (60, 30), (20, 70)])
    cut = cut_to(Image(NUMBERED), triangle)
    valid = cut.image.valid
    assert valid is not None
    assert valid.shape == (40, 40)
    # Half of the square, and on its side of the diagonal.
    assert valid.mean() == pytest.approx(0.5, abs=0.03)
    assert valid[2, 2] and not valid[37, 37]


def test_alpha_and_polygon_both_leave_out() -> None:
    seen = np.ones((90, 120), bool)
    seen[:, :40] = False
    cut = cut_to(Image(NUMBERED, valid=seen), outline_of([(20, 30), (60, 30), (60, 70), (20, 69)]))
    assert cut.image.valid is not None
    assert not cut.image.valid[:, :20].any()
    assert cut.image.valid[:38, 20:].all()


def test_what_reaches_beyond_the_picture_is_cut_off_and_said() -> None:
    cut = cut_to(Image(NUMBERED), box_outline(-10, 60, 50, 400))
    assert (cut.image.width, cut.image.height, cut.left_px, cut.top_px) == (40, 30, 0, 60)
    (notice,) = cut.image.warnings
    assert "beyond the picture" in notice.en


@pytest.mark.parametrize("box", [(500, 0, 50, 50), (0, 0, 5, 50), (110, 80, 50, 50)])
def test_too_little_on_the_picture_is_refused_with_both_sizes(box: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"120 x 90 pixels.*16 x 16 are needed"):
        cut_to(Image(NUMBERED), box_outline(*box))


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("10,20,300,200", (10, 20, 310, 220)),
        (" 10.5, 20, 300, 200 ", (10, 20, 311, 220)),
        ("10,20;300,20;40,200", (10, 20, 300, 200)),
        ("10,20;300,20;40,200;", (10, 20, 300, 200)),
    ],
)
def test_text_states_a_box_or_a_polygon(text: str, bounds: tuple[int, ...]) -> None:
    outline = outline_in(text)
    assert outline is not None
    assert outline.bounds == bounds


@pytest.mark.parametrize("name", ["shaft.png", "a,b.png", "x;y"])
def test_a_file_name_states_no_region(name: str) -> None:
    assert outline_in(name) is None


@pytest.mark.parametrize(
    "text", ["1,2,3", "1,2;3,4", "1,2,3,0", "1,2,-5,5", "nan,1,5,5", "1,2;3,4;1e9,5", "1,2,3;4,5,6"]
)
def test_numbers_that_are_no_region_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"region|[Rr]egion"):
        outline_in(text)


@pytest.mark.parametrize("numbers", ["abc", (1, 2, 3), [[1, 2, 3]], object(), [(1,), (2, 3)]])
def test_other_things_are_no_region(numbers: object) -> None:
    with pytest.raises(UsageError, match="give a box"):
        outline_of(numbers)  # type: ignore[arg-type]


def test_an_outline_of_endless_corners_is_refused() -> None:
    with pytest.raises(UsageError, match="3 to 1000"):
        outline_of([(x, x % 7) for x in range(1001)])


def test_corners_stand_in_the_json_in_their_order() -> None:
    told = Outline(((0, 0), (40, 0), (0, 30)), quality=0.87654).to_dict()
    assert told == {"corners": [[0, 0], [40, 0], [0, 30]], "quality": 0.8765}
