"""What normal pictures of a product look like: patches remembered, and the space they fill."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError

KEPT_VARIANCE = 0.99
"""Share of the normal patches' variance that the subspace keeps."""

LARGEST_SUBSPACE = 128
"""Directions of a subspace at most."""

CORESET_FROM = 20_000
"""Patches, drawn at random, among which the memory is chosen: more cost minutes."""

CORESET_DIM = 64
"""Random directions in which they are compared (PatchCore projects them, too)."""

EQUAL = 1e-5
"""Squared distance of two patches below which they are one: rounding alone."""

BLOCK = 8_192
"""Patches compared at once: bounds the memory of a picture of 8000 x 2000 pixels."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Subspace:
    """The space that normal patches fill.

    Args:
        mean: (feature,) of the normal patches.
        directions: (direction, feature) orthonormal rows.
    """

    mean: Floats
    directions: Floats


def memory_of(rows: Floats, *, count: int, seed: int = 0) -> Floats:
    """A few patches that stand for all: each chosen patch is the one farthest from those before.

    Args:
        rows: (patch, feature) unit rows.
        count: patches to keep at most.
        seed: of the first patch, and of the draw among very many.

    Returns:
        (kept, feature).

    Raises:
        UsageError: no rows, or no place for one.

    Source:
        Roth et al., PatchCore (CVPR 2022), greedy coreset; Sener, Savarese (ICLR 2018).

    Example:
        >>> rows = np.repeat(np.eye(3, dtype=np.float32), 100, axis=0)
        >>> sorted(memory_of(rows, count=3).argmax(axis=1).tolist())
        [0, 1, 2]
    """
    if not len(rows) or count < 1:
        raise UsageError(f"A memory of {count} patches out of {len(rows)}; one at least is needed.")
    dice = np.random.default_rng(seed)
    if len(rows) > CORESET_FROM:
        rows = rows[np.sort(dice.choice(len(rows), CORESET_FROM, replace=False))]
    if len(rows) <= count:
        return rows
    points = rows
    if rows.shape[1] > CORESET_DIM:
        points = rows @ dice.normal(size=(rows.shape[1], CORESET_DIM)).astype(np.float32)
    lengths = (points**2).sum(axis=1)
    chosen = np.empty(count, dtype=np.intp)
    nearest = np.full(len(points), np.inf, dtype=np.float32)
    at = int(dice.integers(len(rows)))
    for place in range(count):
        chosen[place] = at
        np.minimum(nearest, lengths - 2 * points @ points[at] + lengths[at], out=nearest)
        at = int(nearest.argmax())
        if nearest[at] <= EQUAL:  # nothing is left that the memory does not hold
            chosen = chosen[: place + 1]
            break
    return rows[np.sort(chosen)]


def memory_distance(rows: Floats, memory: Floats) -> Floats:
    """How unlike anything normal each patch is: 1 - cosine to the nearest remembered patch.

    Args:
        rows: (patch, feature) unit rows.
        memory: (kept, feature) unit rows.

    Returns:
        (patch,) 0 to 2.

    Source:
        Roth et al., PatchCore (CVPR 2022); Jeong et al., WinCLIP+ (CVPR 2023).

    Example:
        >>> memory_distance(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)[:1]).tolist()
        [0.0, 1.0]
    """
    nearest = [(rows[i : i + BLOCK] @ memory.T).max(axis=1) for i in range(0, len(rows), BLOCK)]
    return np.asarray(np.maximum(1 - np.concatenate(nearest), np.float32(0)))


def subspace_of(rows: Floats, *, kept: float = KEPT_VARIANCE) -> Subspace:
    """The space that normal patches fill: the fewest directions that keep `kept` of the variance.

    Args:
        rows: (patch, feature).
        kept: share of the variance, 0 to 1.

    Raises:
        UsageError: no rows.

    Source:
        Jolliffe, Principal Component Analysis (2002), section 6.1.1.

    Example:
        >>> line = np.outer(np.linspace(-1, 1, 50), [3.0, 4.0]).astype(np.float32)
        >>> abs(subspace_of(line).directions).round(2)
        array([[0.6, 0.8]], dtype=float32)
    """
    if not len(rows):
        raise UsageError("A subspace needs one patch at least.")
    mean = rows.mean(axis=0, dtype=np.float64)
    away = rows - mean.astype(np.float32)
    spread = (away.T @ away).astype(np.float64) / len(rows)
    values, vectors = np.linalg.eigh(spread)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    share = np.cumsum(values) / max(float(values.sum()), 1e-12)
    count = min(int(np.searchsorted(share, kept)) + 1, len(values), LARGEST_SUBSPACE)
    return Subspace(mean.astype(np.float32), vectors[:, :count].T.astype(np.float32))


def subspace_distance(rows: Floats, subspace: Subspace) -> Floats:
    """How far each patch lies outside of the space that normal patches fill, squared.

    Args:
        rows: (patch, feature).
        subspace: of normal patches.

    Returns:
        (patch,) ||(I - C C^T)(x - mean)||^2.

    Source:
        Jackson, Mudholkar, Control procedures for residuals associated with principal component
        analysis, Technometrics 21 (1979).

    Example:
        >>> flat = Subspace(np.zeros(2, np.float32), np.array([[1.0, 0.0]], np.float32))
        >>> subspace_distance(np.array([[5.0, 0.0], [5.0, 2.0]], np.float32), flat).tolist()
        [0.0, 4.0]
    """
    away = rows - subspace.mean
    inside = away @ subspace.directions.T
    outside = (away**2).sum(axis=1) - (inside**2).sum(axis=1)
    return np.asarray(np.maximum(outside, np.float32(0)))


def quarter_turns(pixels: Sequence[NDArray[np.generic]]) -> list[NDArray[np.generic]]:
    """Every picture in its four quarter turns: a part may lie any way under the camera.

    Args:
        pixels: (row, column) each, or (row, column, 3).

    Example:
        >>> [x.shape for x in quarter_turns([np.zeros((2, 3))])]
        [(2, 3), (3, 2), (2, 3), (3, 2)]
    """
    return [np.ascontiguousarray(np.rot90(x, turns)) for x in pixels for turns in range(4)]
