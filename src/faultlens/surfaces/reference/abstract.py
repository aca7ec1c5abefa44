"""The seam of reference surfaces: where a point lies along the surface, and how far off it."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray


class AbstractReference(ABC):
    """A surface as a sheet that can be unrolled: u and v along it, w out of the material.

    Lengths along u and v are true millimetres near the middle of the scan: a cylinder is unrolled,
    a sphere is laid flat about its middle.
    """

    kind: str
    """"plane", "cylinder", "sphere", "free form" or "scan"."""

    @property
    def relief_mm(self) -> float:
        """How far the form itself rises and falls over its base, mm; 0 where it has none."""
        return 0.0

    @abstractmethod
    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points lie on the sheet, and how far off it.

        Args:
            points_mm: (point, 3) x, y, z, mm.

        Returns:
            (point, 3) u, v and w, mm; w is the deviation, positive out of the material.
        """

    @abstractmethod
    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """The points of given places on the sheet: what undoes `located`.

        Args:
            sheet_mm: (point, 3) u, v, w, mm.

        Returns:
            (point, 3) x, y, z, mm.
        """

    @abstractmethod
    def told(self) -> dict[str, object]:
        """The form as plain values for the JSON: kind, parameters with units, quality of fit."""
