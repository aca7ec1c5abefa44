"""Findings of a photograph in millimetres: where its regions lie on the scan under it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.inference.inspection import SurfaceFinding
from faultlens.inference.measured_defect import MeasuredDefect
from faultlens.reports.inspection_view import Box
from faultlens.surfaces.photograph import Camera, located_on
from faultlens.surfaces.surface import Surface


@dataclass(frozen=True)
class PlacedRegion:
    """One region of a finding on a photograph, in the frame of the scan.

    Args:
        label: of the finding, word for word.
        score: of the region, 0 to 1.
        box: left, top, width and height on the photograph, pixels.
        position_mm: x, y, z of its middle on the scan, mm.
        length_mm: the longer side of its box on the scan, mm; None where an end of it is not on it.
        width_mm: the shorter side, mm.
        number: of the measured defect that it lies on; None where the scan shows none there, as of
            a stain, or of a crack too narrow for its points.
    """

    label: str
    score: float
    box: Box
    position_mm: tuple[float, float, float]
    length_mm: float | None
    width_mm: float | None
    number: int | None = None


def placed_regions(
    findings: Sequence[SurfaceFinding],
    size_px: tuple[int, int],
    surface: Surface,
    camera: Camera,
    defects: Sequence[MeasuredDefect] = (),
) -> tuple[PlacedRegion, ...]:
    """Where what `inspect` found on a photograph lies on the scan, and how large it is there.

    Args:
        findings: of an Inspection of the photograph.
        size_px: rows and columns of the photograph.
        surface: the scan.
        camera: that took the photograph, and where it stood.
        defects: of the Measurement of the scan, to be matched; empty for none.

    Returns:
        the regions that lie on the scan, in the order of the findings; others are left out.

    Example:
        >>> placed_regions([], (480, 640), None, None)
        ()
    """
    spots = [(x, y) for x in findings if x.is_defect for y in x.regions]
    if not spots:
        return ()
    places = np.concatenate([_cross(region.box) for _, region in spots])
    located = located_on(surface, camera, places, size_px).reshape(len(spots), 5, 3)
    found = []
    for (finding, region), (middle, left, right, top, bottom) in zip(spots, located, strict=True):
        if not np.isfinite(middle).all():
            continue
        sides = (_apart(left, right), _apart(top, bottom))
        known = [x for x in sides if x is not None]
        whole = len(known) == len(sides)
        position = (float(middle[0]), float(middle[1]), float(middle[2]))
        reach = max(known, default=0.0) / 2
        found.append(
            PlacedRegion(
                label=finding.label,
                score=region.score,
                box=region.box,
                position_mm=position,
                length_mm=max(known) if whole else None,
                width_mm=min(known) if whole else None,
                number=_nearest(middle, reach, defects),
            )
        )
    return tuple(found)


def _cross(box: Box) -> NDArray[np.float64]:
    """Middle of a box and of its four sides, column and row; pixels count from their middles."""
    left, top, width, height = box
    x, y = left + width / 2 - 0.5, top + height / 2 - 0.5
    return np.array(
        [
            (x, y),
            (left - 0.5, y),
            (left + width - 0.5, y),
            (x, top - 0.5),
            (x, top + height - 0.5),
        ]
    )


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    distance = float(np.linalg.norm(one - other))
    return distance if np.isfinite(distance) else None


def _nearest(
    middle: NDArray[np.float64], reach: float, defects: Sequence[MeasuredDefect]
) -> int | None:
    """The nearest defect that comes as near as both together are large."""
    near = [
        (float(np.linalg.norm(middle - np.array(x.position_mm))), x.number, x.length_mm / 2)
        for x in defects
    ]
    touching = [(apart, number) for apart, number, half in near if apart <= half + reach]
    return min(touching)[1] if touching else None
