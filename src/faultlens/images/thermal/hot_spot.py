"""The record of one place that is hotter than the rest of an infrared picture."""

from dataclasses import dataclass, replace
from typing import Any

SEVERITIES = ((40.0, "major"), (20.0, "serious"), (10.0, "probable"), (0.0, "possible"))
"""Difference to the surroundings, K, from which a spot is called so, the worst first. Source:
ANSI/NETA MTS, table 100.18, differences to the air: to 10 possible deficiency, to 20 probable, to
40 to be watched until it is mended, above that a major discrepancy to be repaired at once. It holds
for electric equipment under load; we take the surroundings in the picture for the air."""


@dataclass(frozen=True)
class HotSpot:
    """One place that is hotter than nearly all of the picture, and than what surrounds it.

    Args:
        row: of its hottest pixel.
        column: of its hottest pixel.
        box: left, top, width and height of what is warm together with it, pixels.
        area_px: pixels of that.
        score: probability that an inspector marks it, 0 to 1; see `hot_spots.SCORE_OF_KELVIN`.
        celsius: temperature of its hottest pixel, degC; None where the file holds none.
        surroundings_celsius: median temperature of what is around it, degC; None likewise.

    Example:
        >>> spot = HotSpot(10, 20, (18, 8, 5, 5), 21, 0.9, 96.4, 21.2)
        >>> round(spot.delta_celsius, 1)
        75.2
    """

    row: int
    column: int
    box: tuple[float, float, float, float]
    area_px: int
    score: float
    celsius: float | None = None
    surroundings_celsius: float | None = None

    @property
    def delta_celsius(self) -> float | None:
        """How much hotter than its surroundings it is, K; None where the file holds no degrees."""
        if self.celsius is None or self.surroundings_celsius is None:
            return None
        return self.celsius - self.surroundings_celsius

    @property
    def severity(self) -> str | None:
        """How bad it is on electric equipment under load, of `SEVERITIES`; None without degrees.

        Example:
            >>> HotSpot(10, 20, (18, 8, 5, 5), 21, 0.9, 96.4, 21.2).severity
            'major'
        """
        delta = self.delta_celsius
        if delta is None:
            return None
        return next((name for least, name in SEVERITIES if delta > least), None)

    def to_dict(self) -> dict[str, Any]:
        """The hot spot as plain values, as in the JSON of a result.

        Example:
            >>> HotSpot(1, 2, (2, 1, 1, 1), 1, 0.25).to_dict()["celsius"] is None
            True
        """
        left, top, width, height = self.box
        delta = self.delta_celsius
        return {
            "x": self.column,
            "y": self.row,
            "box": {
                "x": round(left, 2),
                "y": round(top, 2),
                "width": round(width, 2),
                "height": round(height, 2),
            },
            "area_px": self.area_px,
            "score": round(self.score, 6),
            "celsius": _tenths(self.celsius),
            "surroundings_celsius": _tenths(self.surroundings_celsius),
            "delta_celsius": _tenths(delta),
            "severity": self.severity,
        }

    def moved(self, row: int, column: int, box: tuple[float, float, float, float]) -> "HotSpot":
        """The same spot in the coordinates of another picture.

        Args:
            row: of its hottest pixel there.
            column: of its hottest pixel there.
            box: left, top, width and height there, pixels.

        Example:
            >>> HotSpot(1, 2, (2, 1, 1, 1), 1, 0.25).moved(5, 6, (6, 5, 2, 2)).row
            5
        """
        return replace(self, row=row, column=column, box=box)


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
