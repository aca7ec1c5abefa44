"""A surface before light falls on it, and what a defect changes of it."""

from dataclasses import dataclass, field, replace

import numpy as np

from faultlens.images.simulator.fields import Field


@dataclass(frozen=True, eq=False)
class Surface:
    """Fields of a surface, all (row, column).

    Args:
        height: relief, px.
        albedo: share of light that comes back, about 1.
        shade: brightness that the part's form gives, about 1.
        inside: distance to the part's edge, px, positive on the part; None where the part fills
            the picture.
        beyond: brightness beyond the part, about 1.
        lay_rad: direction of tool marks or rolling.
        scale: size of the texture; marks of a tool grow with it.
        process: how it was made.
        part: what is seen of the part.
        marks: places that defects of this part keep to, by name.

    Example:
        >>> flat = np.ones((4, 4), np.float32)
        >>> Surface(0 * flat, flat, flat, None, flat, 0.0, 1.0, "ground", "sheet").size
        (4, 4)
    """

    height: Field
    albedo: Field
    shade: Field
    inside: Field | None
    beyond: Field
    lay_rad: float
    scale: float
    process: str
    part: str
    marks: dict[str, Field] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns.

        Example:
            >>> flat_surface(4, 6).size
            (4, 6)
        """
        rows, columns = self.height.shape
        return rows, columns

    @property
    def side(self) -> float:
        """The shorter side, px: sizes of defects are shares of it.

        Example:
            >>> flat_surface(4, 6).side
            4.0
        """
        return float(min(self.height.shape))


def flat_surface(height_px: int, width_px: int) -> Surface:
    """A flat, even, evenly lit piece: what a defect looks like by itself.

    Args:
        height_px: rows.
        width_px: columns.

    Example:
        >>> flat_surface(4, 6).size
        (4, 6)
    """
    ones = np.ones((height_px, width_px), np.float32)
    return Surface(0 * ones, ones, ones, None, ones, 0.0, 1.0, "polished", "sheet")


@dataclass(frozen=True, eq=False)
class Change:
    """What a defect does to a surface.

    Args:
        where: pixels that belong to the defect, 0 to 1, (row, column).
        height: added relief, px.
        albedo: factor on the returned light.
        tint: red, green and blue factors on the light where `tinted` is 1.
        tinted: how far the tint holds, 0 to 1.
        hues: red, green and blue factors of every pixel, (row, column, 3), instead of one tint.
        gone: where material is missing and the background is seen, 0 to 1.
        grown: where material stands beyond the edge, 0 to 1.
        light: light added on top, share of the mean brightness.
        warp: shift of the picture down and to the right, px, (2, row, column).
        broad: whether it is one thing as a whole, even where parts of it happen not to show.
        looks: what the defect looks like, keys of `LOOKS`.

    Example:
        >>> Change(np.zeros((2, 2), np.float32)).looks
        ()
    """

    where: Field
    height: Field | None = None
    albedo: Field | None = None
    tint: tuple[float, float, float] | None = None
    tinted: Field | None = None
    hues: Field | None = None
    gone: Field | None = None
    grown: Field | None = None
    light: Field | None = None
    warp: Field | None = None
    broad: bool = False
    looks: tuple[str, ...] = ()


def changed(
    where: Field,
    looks: tuple[str, ...],
    *,
    height: Field | None = None,
    albedo: Field | None = None,
    tint: tuple[float, float, float] | None = None,
    tinted: Field | None = None,
    gone: Field | None = None,
    grown: Field | None = None,
    broad: bool = False,
) -> Change:
    """A change with light factors kept above zero and every field in single precision.

    Args:
        where: pixels that the defect covers, 0 to 1, (row, column).
        looks: keys of `LOOKS`.
        height: added relief, px.
        albedo: factor on the returned light.
        tint: red, green and blue factors where `tinted` is 1.
        tinted: how far the tint holds.
        gone: where material is missing.
        grown: where material stands beyond the edge.
        broad: whether it is one thing as a whole.

    Example:
        >>> flat = np.zeros((2, 2))
        >>> changed(flat, ("dark",), albedo=flat - 1).albedo.min() > 0
        np.True_
    """

    def single(plane: Field | None) -> Field | None:
        return None if plane is None else plane.astype(np.float32)

    return Change(
        where.astype(np.float32),
        height=single(height),
        albedo=None if albedo is None else np.clip(albedo, 0.04, 4).astype(np.float32),
        tint=tint,
        tinted=single(tinted),
        gone=single(gone),
        grown=single(grown),
        broad=broad,
        looks=looks,
    )


def with_height(surface: Surface, added: Field) -> Surface:
    """The surface with more relief.

    Args:
        surface: a surface.
        added: relief, px, (row, column).

    Example:
        >>> float(with_height(flat_surface(2, 2), np.ones((2, 2))).height[0, 0])
        1.0
    """
    return replace(surface, height=surface.height + added)
