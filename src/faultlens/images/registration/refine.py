"""A coarse registration made precise: the map that makes the edges of both pictures most alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.images.registration.pyramid import Layer
from faultlens.images.registration.search import SHARED
from faultlens.images.registration.structure import Structure, structure_of
from faultlens.images.registration.warp import Matrix, warped

AFFINE, HOMOGRAPHY = "affine", "homography"
MODELS = (AFFINE, HOMOGRAPHY)
"""Straight lines stay straight in both; parallel ones stay parallel in the first only."""

STEPS = 12
"""Most steps of one layer."""

_STILL_PX = 0.03
"""A step that moves no corner further is the last."""

_GAIN = 1e-4
"""Likeness that a step must gain, or it was the last."""

_OUTLIER = 4.0
"""Squared difference, in medians of it, at which a pixel counts half: parallax, a moving car."""

_DAMPED = 1e-3
"""Share of the diagonal that is added to it (Levenberg, Marquardt)."""

_LEAST_OVERLAP = 0.1
"""Share of the fixed layer below which there is nothing left to compare."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A registration of two layers.

    Args:
        likeness: of the two pictures' edges, at most 1, weighted by how many take part.
        matrix: (3, 3) pixel of the fixed layer -> pixel of the moving layer.
    """

    likeness: float
    matrix: Matrix


def refined(
    fixed: Layer, moving: Layer, matrix: Matrix, *, model: str = AFFINE, steps: int = STEPS
) -> Fit | None:
    """The registration near a given one under which both pictures' edges are most alike.

    Args:
        fixed: layer of the picture whose frame counts.
        moving: layer of the other.
        matrix: (3, 3) pixel of the fixed layer -> pixel of the moving layer, to begin with.
        model: "affine" or "homography".
        steps: at most.

    Returns:
        The best one on the way; None where the pictures hardly overlap.

    Source: Gauss-Newton with the mean of both gradients, after Malis, Improving vision-based
        control using efficient second-order minimization techniques (2004); weights after Cauchy.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> from faultlens.images.registration.pyramid import evened
        >>> scene = gaussian_filter(np.random.default_rng(0).normal(size=(70, 90)), 2)
        >>> fit = refined(evened(scene[5:65, 7:87]), evened(scene[3:63, 5:85]), np.eye(3))
        >>> bool(np.abs(fit.matrix[:2, 2] - 2).max() < 0.05)
        True
    """
    seen = structure_of(fixed)
    whole = (float(seen.energy.sum()), float(structure_of(moving).energy.sum()))
    known = np.where(moving.valid, moving.grey, np.nan).astype(np.float32)
    to_pixels, slopes = _slopes(fixed.shape, model)
    best, alike = None, -1.0
    for _ in range(steps):
        pair = _pair(seen, known, matrix)
        if pair is None:
            break
        # What is compared from step to step is the likeness where they overlap, for that is what
        # the steps increase; the share that overlaps only decides between starts.
        if pair.likeness <= alike:
            break
        gained = pair.likeness - alike
        alike = pair.likeness
        best = Fit(alike * pair.shared(whole, matrix), matrix)
        if gained < _GAIN:
            break
        step = _step(pair, slopes, to_pixels[0, 0])
        matrix = matrix @ to_pixels @ _as_matrix(step) @ np.linalg.inv(to_pixels)
        if not np.isfinite(matrix).all() or min(matrix[2, 2], np.linalg.det(matrix)) < 1e-6:
            break
        matrix = matrix / matrix[2, 2]
        if np.abs(step).max() * to_pixels[0, 0] < _STILL_PX:
            break
    return best


@dataclass(frozen=True, eq=False)
class _Pair:
    """Both pictures' edges in the fixed frame, where they overlap."""

    fixed: NDArray[np.float32]
    moving: NDArray[np.float32]
    valid: NDArray[np.bool_]
    energies: tuple[float, float]

    @property
    def likeness(self) -> float:
        product = float(np.einsum("cij,cij,ij->", self.fixed, self.moving, self.valid))
        return product / float(np.sqrt(self.energies[0] * self.energies[1]))

    def shared(self, whole: tuple[float, float], matrix: Matrix) -> float:
        # Drawn larger, the moving picture has as many times its energy as it has its pixels.
        larger = abs(float(np.linalg.det(matrix[:2, :2])))
        shares = (self.energies[0] / whole[0], self.energies[1] * larger / whole[1])
        return float(np.prod([min(x, 1.0) ** SHARED for x in shares]))


def _pair(seen: Structure, moving: NDArray[np.float32], matrix: Matrix) -> _Pair | None:
    grey = warped(moving, matrix, (seen.valid.shape[0], seen.valid.shape[1]))
    valid = np.isfinite(grey)
    drawn = structure_of(Layer(np.where(valid, grey, 0).astype(np.float32), valid, np.eye(3)))
    valid = drawn.valid & seen.valid
    energies = (float(seen.energy[valid].sum()), float(drawn.energy[valid].sum()))
    if np.count_nonzero(valid) < _LEAST_OVERLAP * valid.size or min(energies) <= 0:
        return None
    return _Pair(seen.channels, drawn.channels, valid, energies)


def _slopes(shape: tuple[int, int], model: str) -> tuple[Matrix, NDArray[np.float32]]:
    """The way from -1 to 1 to pixels, and (2, parameter, pixel): what moves x and y how far."""
    height, width = shape
    half = max(shape) / 2
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    x, y = (columns.ravel() - (width - 1) / 2) / half, (rows.ravel() - (height - 1) / 2) / half
    one, none = np.ones_like(x), np.zeros_like(x)
    along_x, along_y = [x, y, one, none, none, none], [none, none, none, x, y, one]
    if model == HOMOGRAPHY:
        along_x += [-x * x, -x * y]
        along_y += [-x * y, -y * y]
    to_pixels = np.array([[half, 0, (width - 1) / 2], [0, half, (height - 1) / 2], [0, 0, 1.0]])
    return to_pixels, np.array([along_x, along_y], dtype=np.float32)


def _step(pair: _Pair, slopes: NDArray[np.float32], half_px: float) -> NDArray[np.float64]:
    """(parameter,) by which to move, from -1 to 1."""
    gain = np.float32(np.sqrt(pair.energies[0] / pair.energies[1]))
    moving = pair.moving * gain
    missing = pair.fixed - moving
    down, across = np.gradient((pair.fixed + moving) / 2, axis=(1, 2))
    squared = np.einsum("cij,cij->ij", missing, missing)
    usual = max(float(np.median(squared[pair.valid])), 1e-12)
    weight = (pair.valid / (1 + squared / np.float32(_OUTLIER * usual))).astype(np.float32)
    xx, xy, yy, to_x, to_y = (
        np.einsum("cij,cij,ij->ij", a, b, weight).ravel()
        for a, b in (
            (across, across), (across, down), (down, down), (across, missing), (down, missing)
        )
    )  # fmt: skip
    x, y = slopes
    mixed = (x * xy) @ y.T
    normal = ((x * xx) @ x.T + mixed + mixed.T + (y * yy) @ y.T).astype(np.float64)
    normal *= half_px**2
    wanted = (x @ to_x + y @ to_y).astype(np.float64) * half_px
    normal += np.diag(_DAMPED * np.diag(normal) + 1e-9)
    return np.asarray(np.linalg.solve(normal, wanted))


def _as_matrix(step: NDArray[np.float64]) -> Matrix:
    moved = np.eye(3)
    moved[:2] += step[:6].reshape(2, 3)
    moved[2, : len(step) - 6] += step[6:]
    return moved
