"""One row of the bearing catalogue."""

from dataclasses import dataclass, replace

from faultlens.core.notice import Notice
from faultlens.signals.kinematics import BearingGeometry, most_elements

RATIO_STEPS = (0.0, -1 / 60, 1 / 60, -1 / 30, 1 / 30, -1 / 20, 1 / 20)
"""Relative changes of d/D tried for an estimated row, nearest first. Half a step moves BPFO by
0.2 % at d/D = 0.2, which stays inside the +-0.35 % of `lines.READ_WITHIN`."""


@dataclass(frozen=True)
class CatalogueEntry:
    """A bearing by its designation, with the geometry and where it comes from.

    Args:
        designation: the name of the row ("6205", "ER16K").
        geometry: a fact, or the centre of an estimate.
        estimated: True where the geometry was computed from boundary dimensions.
        source: what was opened, or the rule of the estimate.
        maker: who makes the bearing; None where it does not matter or nobody said.
        warnings: what a careful engineer would want to know about the row.

    Example:
        >>> entry = CatalogueEntry("6205", BearingGeometry(9, 7.94, 39.04), False, "CWRU")
        >>> len(entry.candidates())
        1
    """

    designation: str
    geometry: BearingGeometry
    estimated: bool
    source: str
    maker: str | None = None
    warnings: tuple[Notice, ...] = ()

    def candidates(self) -> tuple[BearingGeometry, ...]:
        """Geometries to search, the nominal one first: a fact has one, an estimate a grid.

        The grid spans n - 1, n, n + 1 and d/D within +-5 %, as far as the elements fit on their
        circle; the pitch diameter stays.

        Example:
            >>> guess = CatalogueEntry("6208", BearingGeometry(9, 12.7, 60.0), True, "rule")
            >>> len(guess.candidates()), guess.candidates()[0].rolling_elements
            (21, 9)
        """
        if not self.estimated:
            return (self.geometry,)
        n, d = self.geometry.rolling_elements, self.geometry.ball_diameter_mm
        pitch = self.geometry.pitch_diameter_mm
        return tuple(
            replace(self.geometry, rolling_elements=number, ball_diameter_mm=d * (1 + step))
            for number in (n, n - 1, n + 1)
            for step in RATIO_STEPS
            if number <= most_elements(d * (1 + step), pitch)
        )
