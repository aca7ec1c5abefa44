"""The overlay of a picture: heat, outlines, numbers and the verdict, quickly, in its own size."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from faultlens.reports.hot_spot_panel import draw_hot_spots
from faultlens.reports.inspection_heat import heat_picture
from faultlens.reports.inspection_letters import draw_letters, letters_that_fit, letters_width
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import score_words
from faultlens.reports.inspection_tags import tag_spots
from faultlens.reports.inspection_view import PictureFinding, PictureView

TOLD = (34, 211, 238)
"""Outlines of the verdict: a cyan, the one bright hue that the heat's colours never take."""

OTHER = (255, 255, 255)
"""Outlines of what else was found."""

CASING = (6, 26, 34)
"""Around every line, so that it stands out of bright and of dark metal alike."""

FRAMES = {"alarm": (213, 94, 0), "unknown": (240, 228, 66)}
"""Colours of the frame. Source: Okabe and Ito, Color Universal Design (2008). An alarm's frame is
whole and an unknown's broken, so that they are told apart without colours too."""

SMALLEST_LETTERED_PX = 120
"""Shorter side below which nothing is written: letters would hide the picture."""

NUMBERED = 60
"""Regions that get a number; more of them would hide the picture."""


def overlay_pixels(view: PictureView, pixels: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """The picture with heat, outlines, numbers and, where it alarms, a frame with the verdict.

    Args:
        view: the inspected picture.
        pixels: (row, column) or (row, column, 3) to draw on instead of the view's own, where
            those were shrunk.

    Returns:
        (row, column, 3) red, green, blue, of the size of the pixels drawn on.

    Example:
        >>> view = PictureView("a.png", np.zeros((30, 40), np.uint8), 40, 30, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> overlay_pixels(view).shape
        (30, 40, 3)
    """
    ground = view.pixels if pixels is None else pixels
    picture = Image.fromarray(np.ascontiguousarray(ground)).convert("RGB")
    if view.heat is not None:
        heat = heat_picture(view.heat, view.heat_level, picture.size)
        picture.paste(heat.convert("RGB"), mask=heat.getchannel("A"))
    thick = line_px(picture.size)
    for finding in reversed(view.findings):
        _outline(picture, finding, view, thick)
    if min(picture.size) >= SMALLEST_LETTERED_PX:
        _number(picture, view)
    if view.outline:
        _outline_roi(picture, view, thick)
    if view.hot_spots:
        draw_hot_spots(picture, view.hot_spots, (view.width_px, view.height_px))
    _frame(picture, view, thick)
    return np.asarray(picture)


def line_px(size: tuple[int, int]) -> int:
    """Thickness of outlines on a picture, pixels.

    Args:
        size: width and height of the picture, pixels.

    Example:
        >>> line_px((50, 50)), line_px((640, 480)), line_px((8000, 2000))
        (1, 1, 7)
    """
    return max(1, round(_extent(size) / 550))


def _outline(picture: Image.Image, finding: PictureFinding, view: PictureView, thick: int) -> None:
    colour = TOLD if finding.label == view.verdict else OTHER
    if finding.mask is not None and finding.mask.any():
        _outline_mask(picture, finding.mask, colour, thick)
        return
    draw = ImageDraw.Draw(picture)
    for box in finding.boxes:
        left, top, right, bottom = _corners(box, view, picture.size)
        around = (left - thick - 1, top - thick - 1, right + thick + 1, bottom + thick + 1)
        draw.rectangle(around, outline=CASING, width=thick + 1)
        inner = tuple(x + (1 if x in around[:2] else -1) for x in around)
        draw.rectangle(inner, outline=colour, width=thick)


def _outline_roi(picture: Image.Image, view: PictureView, thick: int) -> None:
    """A thin line around the region of interest: what lies outside of it was not looked at."""
    across, down = picture.width / view.width_px, picture.height / view.height_px
    corners = [(x * across, y * down) for x, y in (*view.outline, view.outline[0])]
    draw = ImageDraw.Draw(picture)
    draw.line(corners, fill=CASING, width=thick + 2)
    draw.line(corners, fill=OTHER, width=max(1, thick // 2))


def _outline_mask(
    picture: Image.Image, mask: NDArray[np.bool_], colour: tuple[int, int, int], thick: int
) -> None:
    from scipy.ndimage import maximum_filter

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    across, down = picture.width / mask.shape[1], picture.height / mask.shape[0]
    room = 2 * thick + 2
    # Only the part of the picture that holds the mask is worked on: most masks are small.
    left = max(int(columns[0] * across) - room, 0)
    top = max(int(rows[0] * down) - room, 0)
    right = min(int(np.ceil((columns[-1] + 1) * across)) + room, picture.width)
    bottom = min(int(np.ceil((rows[-1] + 1) * down)) + room, picture.height)
    drawn = Image.fromarray(mask).resize(
        (right - left, bottom - top),
        Image.Resampling.NEAREST,
        box=(left / across, top / down, right / across, bottom / down),
    )
    inside = np.asarray(drawn)
    line = maximum_filter(inside, size=2 * thick + 1) & ~inside
    # On the smallest pictures a casing would hide more than it shows.
    cased = min(picture.size) >= SMALLEST_LETTERED_PX
    casing = maximum_filter(line, size=3) & ~inside if cased else line
    for shape, paint in ((casing, CASING), (line, colour)):
        picture.paste(paint, (left, top, right, bottom), Image.fromarray(shape))


def _number(picture: Image.Image, view: PictureView) -> None:
    size = _letters_px(picture.size, least=11, share=42)
    spotted = view.spotted[:NUMBERED]
    boxes = [_corners(region.box, view, picture.size) for _, region in spotted]
    tags = [
        (letters_width(str(number), size) + 0.7 * size, 1.3 * size)
        for number in range(1, len(spotted) + 1)
    ]
    gap = 2 * line_px(picture.size)
    spots = tag_spots(boxes, tags, picture.size, gap)
    for number, ((finding, _), spot, tag) in enumerate(zip(spotted, spots, tags, strict=True), 1):
        told = finding.label == view.verdict
        ImageDraw.Draw(picture).rounded_rectangle(
            (*spot, spot[0] + tag[0], spot[1] + tag[1]),
            0.3 * size,
            fill=TOLD if told else OTHER,
            outline=CASING,
            width=max(1, size // 14),
        )
        place = (spot[0] + 0.35 * size, spot[1] + 0.65 * size)
        draw_letters(picture, place, str(number), size, CASING)


def _frame(picture: Image.Image, view: PictureView, thick: int) -> None:
    kind = "alarm" if view.alarm else view.kind
    if kind not in FRAMES:
        return
    colour = FRAMES[kind]
    wide = 2 * thick if min(picture.size) >= SMALLEST_LETTERED_PX else 1
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    draw.rectangle((0, 0, width - 1, height - 1), outline=colour, width=wide)
    if kind == "unknown":
        dash = max(round((width + height) / 60), 2 * wide)
        for start in range(0, max(width, height), 2 * dash):
            for bar in (
                (start, 0, start + dash - 1, wide - 1),
                (start, height - wide, start + dash - 1, height),
                (0, start, wide - 1, start + dash - 1),
                (width - wide, start, width, start + dash - 1),
            ):
                draw.rectangle(bar, fill=CASING)
    if min(picture.size) < SMALLEST_LETTERED_PX:
        return
    size = _letters_px(picture.size, least=12, share=30)
    words = f"{inspection_phrase('alarm', view.lang)} · " if view.alarm else ""
    score = "" if view.score is None else f" {score_words(view.score)}"
    room = width - 2 * wide - 1.2 * size - letters_width(score, size)
    told = letters_that_fit(words + view.verdict, size, room) + score
    # At the edge that the regions leave free, where they leave one.
    tall = 1.7 * size
    boxes = [_corners(region.box, view, picture.size) for _, region in view.spotted]
    reach = letters_width(told, size) + 1.2 * size
    above = any(top < tall and left < reach for left, top, _, _ in boxes)
    below = any(bottom > height - tall and left < reach for left, _, _, bottom in boxes)
    y = height - tall if above and not below else 0
    draw.rectangle((0, y, reach, y + tall), fill=colour)
    draw_letters(
        picture,
        (0.6 * size, y + tall / 2),
        told,
        size,
        (255, 255, 255) if view.alarm else CASING,
    )


def _extent(size: tuple[int, int]) -> float:
    """Side of a square as large as the picture, pixels."""
    return sqrt(size[0] * size[1])


def _letters_px(size: tuple[int, int], least: int, share: int) -> int:
    return max(least, round(_extent(size) / share))


def _corners(
    box: tuple[float, float, float, float], view: PictureView, size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a box in pixels of a picture of this size."""
    across, down = size[0] / view.width_px, size[1] / view.height_px
    x, y, width, height = box
    return x * across, y * down, (x + width) * across, (y + height) * down
