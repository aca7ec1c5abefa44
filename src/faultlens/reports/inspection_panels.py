"""The panels that show an inspected picture: with outlines, with its heat, and its worst place."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faultlens.reports.hot_spot_panel import mark_hot_spots
from faultlens.reports.inspection_heat import heat_picture
from faultlens.reports.inspection_outlines import outlines
from faultlens.reports.inspection_overlay import CASING, NUMBERED, OTHER, TOLD
from faultlens.reports.inspection_tags import tag_spots
from faultlens.reports.inspection_view import PictureFinding, PictureView, SpottedRegion
from faultlens.reports.lettering import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TAG_IN = 0.125
"""Height of the number of a region, inches."""

DOTS_PER_IN = 200
"""Finest print of a panel; a picture in more pixels is shrunk to it."""

LEAST_ZOOM_PX = 24.0
"""Least side of the enlarged piece, pixels: below, a reader no longer knows what it is."""

Piece = tuple[float, float, float]
"""Left, top and side of a square, pixels of the picture as it was read."""


def draw_picture(axes: "Axes", view: PictureView, *, heat: bool = False) -> None:
    """Draw a picture, with numbered outlines or with its heat.

    Args:
        axes: where to draw; of the picture's own proportions.
        view: the inspected picture.
        heat: whether to draw the heat instead of outlines and numbers.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> view = PictureView("a.png", np.zeros((30, 40), np.uint8), 40, 30, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> draw_picture(new_sheet(10, 7, "en").axes(1, 1, 4, 3), view)
    """
    width_in, height_in = _size_in(axes)
    most = (round(width_in * DOTS_PER_IN), round(height_in * DOTS_PER_IN))
    ground = _shrunk(view.pixels, most).convert("RGB")
    if heat and view.heat is not None:
        warm = heat_picture(view.heat, view.heat_level, ground.size)
        # Grey, so that every colour on the panel is one of the heat's.
        ground = ground.convert("L").convert("RGB")
        ground.paste(warm.convert("RGB"), mask=warm.getchannel("A"))
    _show(axes, np.asarray(ground), (0, view.width_px, view.height_px, 0), width_in)
    if heat:
        return
    if view.outline:
        columns, rows = zip(*view.outline, view.outline[0], strict=True)
        for colour, width in ((CASING, 1.6), (OTHER, 0.6)):
            axes.plot(columns, rows, color=_paint(colour), lw=width)
    for finding in reversed(view.findings):
        _outline(axes, finding, view, 0.9)
    _number(axes, view, width_in, height_in)
    size_px = (view.width_px, view.height_px)
    mark_hot_spots(axes, view.hot_spots, size_px, (width_in, height_in))


def zoomed_piece(view: PictureView) -> Piece | None:
    """The square around the worst region, or around its hottest point where it is long.

    Args:
        view: the inspected picture.

    Returns:
        left, top and side, pixels; None where no region stands out.

    Example:
        >>> finding = PictureFinding("pit", 0.9, "defect", (SpottedRegion((50, 50, 20, 20), 0.9),))
        >>> view = PictureView("a.png", np.zeros((300, 300), np.uint8), 300, 300, "pit", "defect",
        ...                    True, 0.9, 0.5, (finding,))
        >>> zoomed_piece(view)
        (44.0, 44.0, 32.0)
    """
    if not view.spotted:
        return None
    _, region = view.spotted[0]
    x, y, width, height = region.box
    shortest = min(view.width_px, view.height_px)
    # A hairline is enlarged until it is more than a hair, though its ends are cut off.
    thin = 40 * region.width_px if region.width_px is not None else shortest
    side = max(min(1.6 * max(width, height), 0.6 * shortest, thin), LEAST_ZOOM_PX)
    side = float(min(side, shortest))
    middle_x, middle_y = x + width / 2, y + height / 2
    if side < max(width, height):
        middle_x, middle_y = _hottest(view, region)
    left = min(max(middle_x - side / 2, 0), view.width_px - side)
    top = min(max(middle_y - side / 2, 0), view.height_px - side)
    return float(left), float(top), side


def draw_piece(axes: "Axes", view: PictureView, piece: Piece) -> None:
    """Draw a square of the picture, enlarged, with thin outlines.

    Args:
        axes: where to draw, square.
        view: the inspected picture.
        piece: left, top and side, pixels.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> view = PictureView("a.png", np.zeros((30, 40), np.uint8), 40, 30, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> draw_piece(new_sheet(10, 7, "en").axes(1, 1, 2, 2), view, (0, 0, 20))
    """
    left, top, side = piece
    height, width = view.pixels.shape[:2]
    across, down = width / view.width_px, height / view.height_px
    # Whole pixels: the piece is widened to them, and the axes cut it back.
    columns = slice(int(left * across), int(np.ceil((left + side) * across)))
    rows = slice(int(top * down), int(np.ceil((top + side) * down)))
    cut = view.pixels[rows, columns]
    extent = (
        columns.start / across,
        (columns.start + cut.shape[1]) / across,
        (rows.start + cut.shape[0]) / down,
        rows.start / down,
    )
    width_in = _size_in(axes)[0]
    shown = np.asarray(_shrunk(cut, (round(width_in * DOTS_PER_IN),) * 2).convert("RGB"))
    _show(axes, shown, extent, width_in)
    for finding in reversed(view.findings):
        _outline(axes, finding, view, 0.6)
    axes.set(xlim=(left, left + side), ylim=(top + side, top))


def mark_piece(axes: "Axes", piece: Piece) -> None:
    """Mark on the whole picture which square of it is shown enlarged.

    Args:
        axes: where the picture is drawn.
        piece: left, top and side, pixels.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> mark_piece(new_sheet(10, 7, "en").axes(1, 1, 2, 2), (0, 0, 20))
    """
    left, top, side = piece
    x, y = np.array([0, 1, 1, 0, 0]) * side + left, np.array([0, 0, 1, 1, 0]) * side + top
    axes.plot(x, y, color=_paint(CASING), lw=1.5, alpha=0.7)
    axes.plot(x, y, color="white", lw=0.7, dashes=(4, 3))


def scale_bar(view_width_px: float, mm_per_pixel: float, width_in: float) -> tuple[float, str]:
    """A round length that is about a fifth of a panel: in inches, and in words.

    Args:
        view_width_px: pixels that the panel spans.
        mm_per_pixel: mm.
        width_in: width of the panel, inches.

    Example:
        >>> scale_bar(1000, 0.1, 4.0)
        (0.8, '20 mm')
    """
    span_mm = view_width_px * mm_per_pixel
    wanted = span_mm / 4
    power = 10.0 ** np.floor(np.log10(wanted))
    length = float(max(x for x in (1, 2, 5) if x * power <= wanted * 1.000001) * power)
    words = f"{length:g} mm" if length >= 0.001 else f"{length * 1000:g} µm"
    return round(length / span_mm * width_in, 6), words


def _show(
    axes: "Axes",
    pixels: NDArray[np.uint8],
    extent: tuple[float, float, float, float],
    width_in: float,
) -> None:
    from faultlens.reports.palette import RULE

    # Enlarged so far that its pixels are seen, a picture is shown as it is, without inventing.
    enlarged = width_in * 150 / pixels.shape[1] > 3
    axes.imshow(
        pixels,
        extent=extent,
        aspect="auto",
        interpolation="nearest" if enlarged else "antialiased",
        resample=True,
    )
    axes.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=RULE, linewidth=0.6)


def _outline(axes: "Axes", finding: PictureFinding, view: PictureView, width_pt: float) -> None:
    colour = _paint(TOLD if finding.label == view.verdict else OTHER)
    lines: list[NDArray[np.float64]] = []
    if finding.mask is not None and finding.mask.any():
        lines += outlines(finding.mask, view.width_px, view.height_px)
    else:
        for x, y, width, height in finding.boxes:
            corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
            lines.append(np.array(corners, dtype=np.float64))
    for line in lines:
        axes.plot(*line.T, color=_paint(CASING), lw=width_pt + 1.0, solid_joinstyle="round")
        axes.plot(*line.T, color=colour, lw=width_pt, solid_joinstyle="round")


def _number(axes: "Axes", view: PictureView, width_in: float, height_in: float) -> None:
    across, down = width_in / view.width_px, height_in / view.height_px
    spotted = view.spotted[:NUMBERED]
    boxes = [
        (x * across, y * down, (x + width) * across, (y + height) * down)
        for x, y, width, height in (region.box for _, region in spotted)
    ]
    tags = [(TAG_IN * (0.55 + 0.5 * len(str(x))), TAG_IN) for x in range(1, len(spotted) + 1)]
    spots = tag_spots(boxes, tags, (width_in, height_in), 0.035)
    for number, ((finding, _), spot, tag) in enumerate(zip(spotted, spots, tags, strict=True), 1):
        told = finding.label == view.verdict
        written = write(
            axes,
            (spot[0] + tag[0] / 2) / across,
            (spot[1] + tag[1] / 2) / down,
            str(number),
            fontsize=6,
            weight="bold",
            color=_paint(CASING),
            ha="center",
            va="center_baseline",
            bbox={
                "boxstyle": "round,pad=0.18",
                "facecolor": _paint(TOLD if told else OTHER),
                "edgecolor": _paint(CASING),
                "linewidth": 0.5,
            },
        )
        written.set_gid("region-number")


def _hottest(view: PictureView, region: SpottedRegion) -> tuple[float, float]:
    """The hottest point within a region's box, else the middle of the box, pixels."""
    x, y, width, height = region.box
    if view.heat is None:
        return x + width / 2, y + height / 2
    rows, columns = view.heat.shape
    across, down = columns / view.width_px, rows / view.height_px
    left, top = int(x * across), int(y * down)
    right = max(int(np.ceil((x + width) * across)), left + 1)
    bottom = max(int(np.ceil((y + height) * down)), top + 1)
    inside = np.nan_to_num(view.heat[top:bottom, left:right])
    if not inside.size:
        return x + width / 2, y + height / 2
    row, column = np.unravel_index(np.argmax(inside), inside.shape)
    return (left + float(column) + 0.5) / across, (top + float(row) + 0.5) / down


def _shrunk(pixels: NDArray[np.uint8], most: tuple[int, int]) -> Image.Image:
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    step = max(1, min(picture.width // max(most[0], 1), picture.height // max(most[1], 1)))
    return picture.reduce(step) if step > 1 else picture


def _size_in(axes: "Axes") -> tuple[float, float]:
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    place = axes.get_position()
    return float(place.width * width), float(place.height * height)


def _paint(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
