"""A small picture of a scan's deviations, with a box round each defect that counts, as JPEG."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from faultlens.inference.measured_defect import MeasuredDefect
from faultlens.line.detectors.preview import LONGEST_PX
from faultlens.reports.measurement_colours import colour_limit_mm, deviation_colours
from faultlens.reports.measurement_raster import shaded, shown_map
from faultlens.reports.measurement_view import MeasurementView

SHORTEST_PX = 240
"""Longer side of a coarse map's picture at least: its cells are drawn larger."""

MOST_BOXES = 20
"""Defects that are marked, the worst first: of more, nobody would see which is which."""

_QUALITY = 85
_BOX = (20, 22, 28)
_MARGIN_PX = 3
"""Between a defect and its box, so that the box hides nothing of it."""


def scan_preview(
    view: MeasurementView, defects: Sequence[MeasuredDefect], longest_px: int = LONGEST_PX
) -> bytes:
    """The deviation map, small: blue into the material, orange out of it.

    Args:
        view: the measured scan.
        defects: that count, the worst first.
        longest_px: of its longer side.

    Returns:
        the bytes of a JPEG; v grows upwards, as in the report.

    Example:
        >>> scan_preview.__name__  # `ScanDetector` shows it at work
        'scan_preview'
    """
    shown = shown_map(view, (longest_px, longest_px))
    limit_mm = colour_limit_mm(shown.deviations_mm, [x.depth_mm for x in defects])
    colours = shaded(deviation_colours(shown.deviations_mm, limit_mm), shown, limit_mm)
    larger = -(-SHORTEST_PX // max(colours.shape[:2]))
    pixels = np.ascontiguousarray(colours.repeat(larger, axis=0).repeat(larger, axis=1)[::-1])
    picture = Pillow.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    scale = larger * view.deviations.spacing_mm / shown.cell_mm
    for each in defects[:MOST_BOXES]:
        top, left, rows, columns = (x * scale for x in each.defect.box)
        low = picture.height - top - rows - _MARGIN_PX, picture.height - top + _MARGIN_PX
        across = left - _MARGIN_PX, left + columns + _MARGIN_PX
        draw.rectangle((across[0], low[0], across[1], low[1]), outline=_BOX, width=2)
        draw.text((across[0] + 4, low[0] + 2), str(each.number), fill=_BOX)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
