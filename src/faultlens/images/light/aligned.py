"""A view laid on the first one: where the camera moved, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import InputError
from faultlens.images.image import Image
from faultlens.images.light.camera_move import GOOD_FROM, camera_move
from faultlens.images.light.glare import cut_off
from faultlens.images.light.levels import bands, levels_of
from faultlens.images.registration.warp import moved_points

RIM_PX = 2
"""Around what is cut off that is left out with it: lenses mix the lamp into it, splines ring."""

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in grey (ITU-R BT.601), as in `Image.grey`."""


@dataclass(frozen=True, eq=False)
class Aligned:
    """One view in the frame of the first.

    Args:
        levels: (row, column) or (row, column, 3) brightness, 0 to 1.
        covered: (row, column) where the view shows the part, be it under glare.
        white: (row, column) where it is cut off, with a rim.
        quality: of the registration, 0 to 1.
    """

    levels: NDArray[np.float32]
    covered: NDArray[np.bool_]
    white: NDArray[np.bool_]
    quality: float

    @property
    def grey(self) -> NDArray[np.float32]:
        """(row, column) brightness, NaN where the view shows nothing of the surface."""
        grey = self.levels if self.levels.ndim == 2 else self.levels @ LUMA
        return np.where(self.covered & ~self.white, grey, np.float32(np.nan))


def same_frame(view: Image, first: Image | None = None, number: int = 1) -> Aligned:
    """A view that lies pixel on pixel on the first.

    Args:
        view: of the part.
        first: what it lies on; None for the first itself.
        number: of the view, for messages.

    Raises:
        InputError: a view of another size.

    Example:
        >>> same_frame(Image(np.zeros((4, 4), np.uint8))).quality
        1.0
    """
    if first is not None and view.pixels.shape[:2] != first.pixels.shape[:2]:
        raise InputError(
            f"View {view.name or number} is {view.width} x {view.height} pixels and the first "
            f"picture {first.width} x {first.height}; of a camera that stands they are alike. "
            "Leave out moved=False (--views-fixed), so that they are laid on each other."
        )
    full = np.float32(levels_of(view.pixels) - 1)
    covered = np.ones(view.pixels.shape[:2], bool) if view.valid is None else view.valid
    return Aligned(view.pixels.astype(np.float32) / full, covered, _white(view), 1.0)


def carried(
    view: Image, matrix: NDArray[np.float64], shape: tuple[int, int], *, quality: float = 1.0
) -> Aligned:
    """A view seen in the frame of the first, where it is known how the two lie.

    Levels (row, column) between pixels are bicubic: bilinear ones would blur hairlines, and each
    view differently.

    Args:
        view: of the part.
        matrix: (3, 3) from column and row of the first to column and row of the view.
        shape: rows and columns of the first.
        quality: of the registration, 0 to 1.

    Example:
        >>> view = Image(np.array([[0, 51, 102]], np.uint8))
        >>> carried(view, np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1]]), (1, 3)).covered.tolist()
        [[True, True, False]]
    """
    full = np.float32(levels_of(view.pixels) - 1)
    planes = view.pixels if view.is_colour else view.pixels[..., None]
    curves = [
        ndimage.spline_filter(planes[..., x] / full, output=np.float32, mode="mirror")
        for x in range(planes.shape[2])
    ]
    shown = np.ones(planes.shape[:2], bool) if view.valid is None else view.valid
    white = _white(view)
    levels = np.empty((*shape, len(curves)), np.float32)
    covered, cut = np.empty(shape, bool), np.empty(shape, bool)
    for rows in bands(shape):
        places = _places(matrix, rows, shape[1])
        for channel, curve in enumerate(curves):
            levels[rows, :, channel] = ndimage.map_coordinates(
                curve, places, order=3, mode="mirror", prefilter=False
            )
        nearest = np.rint(places).astype(np.intp)
        inside = (nearest >= 0) & (nearest < np.array(shown.shape)[:, None, None])
        there = tuple(np.where(inside.all(axis=0), nearest, 0))
        covered[rows] = inside.all(axis=0) & shown[there]
        cut[rows] = inside.all(axis=0) & white[there]
    # A spline swings over beside a hard edge.
    levels = np.clip(levels, 0, 1)
    return Aligned(levels if view.is_colour else levels[..., 0], covered, cut, quality)


def _places(matrix: NDArray[np.float64], rows: slice, width: int) -> NDArray[np.float64]:
    """(2, row, column) row and column in the view of some rows of the first."""
    down, across = np.mgrid[rows, :width]
    moved = moved_points(matrix, np.stack([across.ravel(), down.ravel()], axis=1))
    return moved.T[::-1].reshape(2, *down.shape)


def _white(view: Image) -> NDArray[np.bool_]:
    return np.asarray(ndimage.binary_dilation(cut_off(view), iterations=RIM_PX))


def aligned(first: Image, view: Image, number: int) -> Aligned:
    """A view laid on the first, wherever the camera was.

    Args:
        first: the view whose frame counts.
        view: of the same part.
        number: of the view, for messages.

    Raises:
        InputError: it cannot be laid on the first; the message holds the quality.

    Example:
        >>> grain = np.random.default_rng(0).integers(50, 200, (90, 90)).astype(np.uint8)
        >>> aligned(Image(grain[3:83, :80]), Image(grain[:80, :80]), 2).quality > 0.9
        True
    """
    name = f"View {number}" + (f" ({view.name})" if view.name else "")
    try:
        move = camera_move(same_frame(first).grey, same_frame(view).grey)
    except InputError as error:
        raise InputError(f"{name} cannot be laid on the first picture: {error}") from error
    if move.quality < GOOD_FROM:
        raise InputError(
            f"{name} cannot be laid on the first picture: the quality of the alignment is "
            f"{move.quality:.2f}, and {GOOD_FROM:g} is the least (0 to 1). It shows another part, "
            "the camera moved too far, or the surface is too plain to tell. If neither camera nor "
            "part moved, say so (moved=False, --views-fixed); else leave this view out."
        )
    return carried(view, move.matrix, first.pixels.shape[:2], quality=move.quality)
