"""A hot spot as a finding of its own: how hot it is, and where on the picture it lies."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from faultlens.images.registration.warp import Matrix, moved_points
from faultlens.images.thermal.hot_spot import HotSpot

LABEL = "hot spot"


@dataclass(frozen=True)
class HotSpotFinding:
    """A hot spot of the infrared, placed on the picture that was inspected.

    Args:
        spot: as it was found, in pixels of the infrared.
        at: row and column of its hottest pixel on the picture; None where it lies outside of it.
        box: left, top, width and height on the picture, pixels; None likewise.

    Example:
        >>> spot = HotSpot(10, 20, (18, 8, 5, 5), 21, 0.9, 96.4, 21.2)
        >>> HotSpotFinding(spot, (10, 20), spot.box).label
        'hot spot'
    """

    spot: HotSpot
    at: tuple[float, float] | None
    box: tuple[float, float, float, float] | None

    @property
    def label(self) -> str:
        """What it is called among findings."""
        return LABEL

    @property
    def score(self) -> float:
        """Probability that an inspector marks it, 0 to 1."""
        return self.spot.score

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain values: the box on the picture, and the place in the infrared.

        Example:
            >>> spot = HotSpot(10, 20, (18, 8, 5, 5), 21, 0.9)
            >>> HotSpotFinding(spot, None, None).to_dict()["box"] is None
            True
        """
        own = self.spot.to_dict()
        box = None
        if self.box is not None:
            left, top, width, height = (round(float(x), 2) for x in self.box)
            box = {"x": left, "y": top, "width": width, "height": height}
        return {
            "label": self.label,
            "score": own["score"],
            "celsius": own["celsius"],
            "surroundings_celsius": own["surroundings_celsius"],
            "delta_celsius": own["delta_celsius"],
            "severity": own["severity"],
            "box": box,
            "infrared": {"x": own["x"], "y": own["y"], "box": own["box"]},
            "area_px": own["area_px"],
        }


def placed(spot: HotSpot, to_picture: Matrix, picture: tuple[int, int]) -> HotSpotFinding:
    """A hot spot of the infrared where it lies on the picture.

    Args:
        spot: in pixels of the infrared.
        to_picture: (3, 3) pixel (x, y) of the infrared -> pixel of the picture.
        picture: height and width of the picture, pixels.

    Example:
        >>> spot = HotSpot(10, 20, (18, 8, 5, 5), 21, 0.9)
        >>> placed(spot, np.diag([2.0, 2.0, 1.0]), (100, 100)).box
        (35.5, 15.5, 10.0, 10.0)
        >>> placed(spot, np.eye(3), (5, 5)).box is None
        True
    """
    height, width = picture
    left, top, across, down = spot.box
    # Edges lie half a pixel before the middle of the first pixel and behind that of the last.
    x, y = (left - 0.5, left + across - 0.5), (top - 0.5, top + down - 0.5)
    corners = moved_points(to_picture, np.array([(a, b) for a in x for b in y]))
    ((column, row),) = moved_points(to_picture, np.array([(spot.column, spot.row)]))
    low = np.maximum(corners.min(axis=0), -0.5) + 0.5
    high = np.minimum(corners.max(axis=0) + 0.5, (width, height))
    if not (0 <= row <= height - 1 and 0 <= column <= width - 1) or (high <= low).any():
        return HotSpotFinding(spot, None, None)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return HotSpotFinding(spot, (float(row), float(column)), box)
