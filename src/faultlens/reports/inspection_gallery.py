"""The pictures of a page, each in the little that a page needs: thumbnail, picture, heat, lines."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faultlens.core.files import written_whole
from faultlens.reports.inspection_heat import write_heat
from faultlens.reports.inspection_outlines import outlines
from faultlens.reports.inspection_overlay import NUMBERED
from faultlens.reports.inspection_tags import tag_spots
from faultlens.reports.inspection_view import Box, PictureView

PICTURE_PX, PICTURE_LONGEST_PX = 2_000_000, 4000
"""Most pixels of a picture of a page, and of its longer side."""

THUMBNAIL_PX = 360
"""Longer side of a thumbnail: twice what a card is wide, for fine screens."""

HEAT_PX = 512
"""Longer side of a heat map; it is smooth, and stretched by the reader's browser."""

OUTLINES = 40
"""Outlines of one finding at most."""

SCREEN_PX = (900, 720)
"""Width and height that a picture has on a usual screen: for these its numbers are placed."""

QUALITY = 88
"""Of JPEG: above, the files grow, and no difference is seen on metal."""


@dataclass(frozen=True)
class DrawnOutline:
    """Outlines of one finding as a page draws them.

    Args:
        path: the data of an SVG path, pixels of the picture as it was read.
        told: whether the finding is the verdict.
        hot: whether these are hot spots of the infrared.
    """

    path: str
    told: bool
    hot: bool = False


@dataclass(frozen=True)
class DrawnNumber:
    """Where the number of a region stands on a page.

    Args:
        number: as in the table of regions.
        left_percent: of the picture's width.
        top_percent: of the picture's height.
        told: whether its finding is the verdict.
    """

    number: int
    left_percent: float
    top_percent: float
    told: bool


@dataclass(frozen=True, eq=False)
class GalleryEntry:
    """One inspected picture of a page; its arrays lie on disk, so that many can be kept.

    Args:
        view: what to tell of it, without pixels, heat and masks.
        picture: the picture, a JPEG file.
        thumbnail: the same, small.
        heat: its heat, a PNG file that is clear where nothing is; None where there is none.
        outlines: where its findings stand.
        numbers: the numbers of its regions.
    """

    view: PictureView
    picture: Path
    thumbnail: Path
    heat: Path | None
    outlines: tuple[DrawnOutline, ...]
    numbers: tuple[DrawnNumber, ...]

    @property
    def group(self) -> str:
        """What it counts as: "alarm", "below" (the threshold), "unknown" or "clear"."""
        if self.view.alarm:
            return "alarm"
        return {"defect": "below", "unknown": "unknown", "no_defect": "clear"}[self.view.kind]


def add_to_gallery(folder: str | Path, name: str, view: PictureView) -> GalleryEntry:
    """Write what a page shows of one picture, each file whole or not at all.

    Args:
        folder: where the files go.
        name: what their names begin with.
        view: the inspected picture.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> view = PictureView("a.png", np.zeros((30, 40), np.uint8), 40, 30, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> add_to_gallery(tempfile.mkdtemp(), "a", view).thumbnail.name
        'a-small.jpg'
    """
    target = Path(folder)
    full = Image.fromarray(np.ascontiguousarray(view.pixels))
    share = min(
        1.0,
        (PICTURE_PX / (full.width * full.height)) ** 0.5,
        PICTURE_LONGEST_PX / max(full.size),
    )
    picture, thumbnail = target / f"{name}.jpg", target / f"{name}-small.jpg"
    shown = _scaled(full, share)
    _save(picture, shown)
    _save(thumbnail, _scaled(shown, min(1.0, THUMBNAIL_PX / max(shown.size))))
    heat: Path | None = None
    if view.heat is not None:
        heat = target / f"{name}-heat.png"
        longest = min(1.0, HEAT_PX / max(full.size))
        size = (max(1, round(full.width * longest)), max(1, round(full.height * longest)))
        write_heat(heat, view.heat, view.heat_level, size)
    return GalleryEntry(view.light(), picture, thumbnail, heat, _outlines(view), _numbers(view))


def _outlines(view: PictureView) -> tuple[DrawnOutline, ...]:
    drawn = []
    if view.outline:
        around = np.array([*view.outline, view.outline[0]], dtype=np.float64)
        drawn.append(DrawnOutline(_path(around), told=False))
    for finding in reversed(view.findings):
        lines: tuple[NDArray[np.float64], ...] = tuple(map(_around, finding.boxes[:NUMBERED]))
        if finding.mask is not None and finding.mask.any():
            lines = outlines(finding.mask, view.width_px, view.height_px, most=OUTLINES)
        if lines:
            drawn.append(DrawnOutline("".join(map(_path, lines)), finding.label == view.verdict))
    if view.hot_spots:
        boxes = "".join(_path(_around(x.box)) for x in view.hot_spots)
        drawn.append(DrawnOutline(boxes, told=False, hot=True))
    return tuple(drawn)


def _numbers(view: PictureView) -> tuple[DrawnNumber, ...]:
    scale = min(SCREEN_PX[0] / view.width_px, SCREEN_PX[1] / view.height_px)
    size = (view.width_px * scale, view.height_px * scale)
    spotted = view.spotted[:NUMBERED]
    boxes = [
        (x * scale, y * scale, (x + width) * scale, (y + height) * scale)
        for x, y, width, height in (region.box for _, region in spotted)
    ]
    tags = [(12.0 + 7.0 * len(str(x)), 19.0) for x in range(1, len(spotted) + 1)]
    spots = tag_spots(boxes, tags, size, 5)
    return tuple(
        DrawnNumber(
            number,
            round(100 * x / size[0], 2),
            round(100 * y / size[1], 2),
            finding.label == view.verdict,
        )
        for number, ((finding, _), (x, y)) in enumerate(zip(spotted, spots, strict=True), start=1)
    )


def _around(box: Box) -> NDArray[np.float64]:
    x, y, width, height = box
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    return np.array(corners, dtype=np.float64)


def _path(line: NDArray[np.float64]) -> str:
    corners = (f"{x:.1f} {y:.1f}".replace(".0", "") for x, y in line[:-1])
    return f"M{'L'.join(corners)}Z"


def _scaled(picture: Image.Image, share: float) -> Image.Image:
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.BOX if share < 0.5 else Image.Resampling.LANCZOS)


def _save(path: Path, picture: Image.Image) -> None:
    with written_whole(path) as temporary:
        picture.save(temporary, format="JPEG", quality=QUALITY)
