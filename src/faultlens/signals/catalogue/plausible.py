"""Bearings that might be there when nobody said which one it is."""

from functools import cache

import numpy as np

from faultlens.signals.catalogue.resolve import ResolvedBearing
from faultlens.signals.kinematics import BearingGeometry, most_elements

ELEMENTS = (9, 8, 7, 10, 11, 12, 13, 14, 15, 16, 6, 17, 18)
"""Numbers of rolling elements, most usual first: of two that explain the lines alike, the first
is taken. Deep groove ball bearings have 7 to 10, cylindrical rollers 11 to 16."""

RATIOS = tuple(float(x) for x in np.arange(0.12, 0.321, 0.008).round(3))
"""d/D of catalogued bearings, in steps that move BPFO by .5 %; lines are read within .35 %."""


@cache
def plausible_bearing() -> ResolvedBearing:
    """A bearing of which nothing is known: every usual geometry is a candidate.

    Example:
        >>> found = plausible_bearing()
        >>> len(found.candidates) > 200, found.estimated, round(found.orders.bpfo, 2)
        (True, True, 3.96)
    """
    candidates = tuple(
        BearingGeometry(elements, 100 * ratio, 100.0).fault_orders()
        for elements in ELEMENTS
        for ratio in RATIOS
        if elements <= most_elements(100 * ratio, 100.0)
    )
    return ResolvedBearing(
        "unknown bearing", candidates[0], candidates, True, "usual geometries, searched"
    )
