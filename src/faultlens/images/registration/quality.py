"""How likely a registration is right, from what its parts say and how alike the edges are.

The constants are fitted on 68 pairs of substation pictures, every third of those by day, all of one
infrared camera with a visible one in it: 34 of one scene, of which 30 were registered rightly
(scale, rotation and shift must be the same each time; four near objects were judged by eye), and 34
of two scenes. No pair of roadscene took part, but ten of two scenes there taught that streets may
be alike in their large lines while none of their parts fit: so both must speak for a registration.
"""

import numpy as np
from scipy.special import betaln, expit

from faultlens.images.registration.agreement import Agreement

AGREEING = (2.9, 1.7)
"""Beta distribution (a, b) of the share of parts that agree with a registration that is right; mean
0.63."""

ASTRAY = (2.1, 31.0)
"""The same of one that is wrong, or of two scenes; mean 0.06, which is little more than chance."""

ALIKE = 0.175
"""Likeness of edges that speaks neither for nor against: the geometric mean of the usual ones of
right (0.45) and wrong (0.07) registrations."""

LEAST_PARTS = 8
"""Parts below which nothing speaks for a registration."""

STEEPNESS = 14.0
"""Log odds for each factor e of likeness: both kinds scatter by a factor 1.44."""


def quality_of(said: Agreement, likeness: float) -> float:
    """Probability that a registration is right, where half of all pairs given are of one scene.

    Both kinds of evidence rest on the same edges, so their log odds are not added: the lower
    counts. Parts may fit by chance, and large lines are alike in many scenes.

    Args:
        said: what the parts said.
        likeness: of both pictures' edges where they overlap, weighted by how many do.

    Source: beta-binomial and log-normal likelihood ratios, at equal prior odds.

    Example:
        >>> [round(quality_of(Agreement(40, x), 0.2), 2) for x in (2, 10, 30)]
        [0.01, 0.71, 0.87]
    """
    if said.parts < LEAST_PARTS or likeness <= 0:
        return 0.0
    of_parts = _log_of(said, AGREEING) - _log_of(said, ASTRAY)
    of_edges = STEEPNESS * float(np.log(likeness / ALIKE))
    return float(expit(min(of_parts, of_edges)))


def _log_of(said: Agreement, beta: tuple[float, float]) -> float:
    """Logarithm of the chance that so many of the parts agree, up to what both kinds share."""
    first, second = beta
    drawn = betaln(said.agreeing + first, said.parts - said.agreeing + second)
    return float(drawn - betaln(first, second))
