"""Whether the points of a scan lie in two layers over each other, whatever its reference."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from faultlens.surfaces.reference.robust import robust_scale, thinned

MOST, PLACES = 50_000, 120
"""Points that are looked at, and places of the scan from which a second layer is looked for."""

PATCHES = (16, 200)
"""Points by which the normal of a place is told: of one layer where they lie far apart, of both
together where they lie close."""

BESIDE = 12
"""Points nearest to a place of which the last says how far beside its normal another may lie."""

FEWEST, GAP = 3, 4.0
"""Points of the lesser layer at a place, and its distance in quartile ranges of one layer."""

SHARE, PARALLEL = 0.5, 0.1
"""Share of the places that must see a second layer, and spread of its distance over the distance:
the back of a part that goes round lies further off in one place than in another."""

ONE = 0.75
"""Share of the points that hang together from one to the next, above which they are one surface:
the walls of a channel, the sides of a tube."""


def layers_apart(points_mm: NDArray[np.float64]) -> float:
    """How far two layers of a scan lie apart, mm; 0 for one surface, also with steps in it.

    From places all over the scan its points along the normal are looked at: of one surface they lie
    together, of two they lie in two heaps with nothing between.

    Args:
        points_mm: (point, 3) mm, NaN for what was not measured.

    Example:
        >>> plate = np.random.default_rng(0).uniform(0, 20, (4000, 3)) * [1, 1, 0]
        >>> plate[2000:, 2] += 5.0
        >>> layers_apart(plate), layers_apart(plate[:2000])
        (5.0, 0.0)
    """
    rng = np.random.default_rng(0)
    points = thinned(points_mm, MOST, rng)
    if len(points) < max(PATCHES):
        return 0.0
    tree = cKDTree(points)
    middles = points[rng.integers(0, len(points), PLACES)]
    near, patches = tree.query(middles, max(PATCHES))
    reach = float(np.median(near[:, BESIDE]))
    found = (_apart(points, middles, points[patches[:, :few]], reach) for few in PATCHES)
    apart = max(found)
    return 0.0 if apart > 2 * reach and _hangs_together(tree, reach) else apart


def _hangs_together(tree: cKDTree, reach: float) -> bool:
    start, end = tree.query_pairs(reach, output_type="ndarray").T
    graph = coo_array((np.ones(len(start), np.int8), (start, end)), (tree.n, tree.n))
    pieces = connected_components(graph, directed=False)[1]
    return bool(np.bincount(pieces).max() > ONE * tree.n)


def _apart(
    points: NDArray[np.float64],
    middles: NDArray[np.float64],
    patches: NDArray[np.float64],
    reach: float,
) -> float:
    """The usual distance of a second layer, mm; 0 where too few places see one.

    Args:
        points: (point, 3) of the scan, mm.
        middles: (place, 3) mm.
        patches: (place, point, 3) around each, mm.
        reach: how far beside the normal of a place a point counts, mm.
    """
    spread = patches - patches.mean(axis=1, keepdims=True)
    normals = np.linalg.eigh(spread.swapaxes(1, 2) @ spread)[1][:, :, 0]
    gaps = []
    for middle, normal in zip(middles, normals, strict=True):
        off = points - middle
        along = off @ normal
        beside = np.einsum("pi,pi->p", off, off) - along**2
        gaps.append(_gap(np.sort(along[beside <= reach**2])))
    seen = np.array([x for x in gaps if x > 0])
    if len(seen) < SHARE * len(gaps):
        return 0.0
    usual = float(np.median(seen))
    return usual if robust_scale(seen - usual) <= PARALLEL * usual else 0.0


def _gap(along: NDArray[np.float64]) -> float:
    """Distance between the middles of two heaps of sorted numbers; 0 where there is one heap."""
    steps = np.diff(along)
    inner = steps[FEWEST - 1 : len(steps) - FEWEST + 1]
    if not inner.size:
        return 0.0
    cut = int(np.argmax(inner)) + FEWEST
    heaps = along[:cut], along[cut:]
    spread = max(float(np.subtract(*np.quantile(x, [0.75, 0.25]))) for x in heaps)
    # What lies exactly flat has no spread but rounding.
    if inner.max() <= GAP * max(spread, 1e-9 * float(np.abs(along).max())):
        return 0.0
    return float(np.median(heaps[1]) - np.median(heaps[0]))
